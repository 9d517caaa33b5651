"""The comparison that a page shows."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.paths import ROOT
from benchmarks.web_page.compared_results import ComparedResults


def test_the_mean_and_the_notes_may_be_missing() -> None:
    compared = ComparedResults("old", "new", (), 0.02)
    assert (compared.mean, compared.notes) == (None, ())


def test_neither_it_nor_the_page_of_a_run_loads_what_comparing_needs() -> None:
    script = (
        "import sys, benchmarks.web_page.page, benchmarks.web_page.compared_results\n"
        "print(sorted({'numpy', 'scipy', 'benchmarks.comparison'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"
