"""The documented policies allow what the tool asks for."""

from __future__ import annotations

import re

from benchmarks.paths import ROOT
from benchmarks.picker import region_data


def test_who_runs_bench_may_ask_for_all_that_the_picker_shows() -> None:
    text = (ROOT / "docs/iam-policy.md").read_text()
    (policy,) = re.findall(r"## Who runs `bench`\n.*?```json\n(.*?)```", text, re.DOTALL)
    allowed = set(re.findall(r'"(\w+:\w+)"', policy))
    assert {part.permission for part in region_data.PARTS.values()} <= allowed
