"""The scripts and styles that a page contains."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import bootstrap
from benchmarks.errors import FailedError
from benchmarks.web_page import page_assets


def test_the_library_comes_first_and_with_its_licences() -> None:
    d3, plot, *own = page_assets.read().scripts
    assert d3.text.startswith("// https://d3js.org v7.9.2 ")
    assert plot.text.startswith("// @observablehq/plot v0.6.17 ")
    for script in (d3, plot):
        assert "Permission to use, copy, modify, and/or distribute this software" in script.licence
        assert "--" not in script.licence  # which would end the comment that it is in
    assert [script.licence for script in own] == [""] * len(page_assets.SCRIPTS)


def test_every_file_of_the_directory_is_used() -> None:
    files = {path.name for path in page_assets.DIRECTORY.iterdir()}
    assert files == {*page_assets.SCRIPTS, page_assets.STYLE, "page.html"}


def test_no_script_ends_its_element_or_makes_markup_of_a_text() -> None:
    for script in page_assets.read().scripts:
        assert not re.search(r"</script|<!--", script.text, re.IGNORECASE)
    own = "".join((page_assets.DIRECTORY / name).read_text() for name in page_assets.SCRIPTS)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\.html\(", own)


def test_a_source_of_the_policy_is_the_hash_of_the_text() -> None:
    # The example of https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/script-src
    script = page_assets.Script("doSomething();")
    assert script.source == "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"


@pytest.mark.parametrize("stamp", [None, "older"])
def test_a_missing_or_outdated_library_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stamp: str | None
) -> None:
    monkeypatch.setattr(bootstrap, "PLOT_LIBRARY", tmp_path)
    if stamp:
        (tmp_path / ".stamp").write_text(stamp)
    with pytest.raises(FailedError) as failed:
        page_assets.read()
    assert str(failed.value) == (
        f"The library for the plots of pages is missing or outdated in {tmp_path}: remove {bootstrap.VENV}, then run "
        "./inv --list, which sets it up again."
    )
