"""What is said of one of several hosts."""

from __future__ import annotations

import time

from benchmarks.playbook.host_courses import Course
from benchmarks.runs.host_labels import Label

LABEL = Label("i-1", "c7i.large", "eu-central-1a")


def course(seconds: float = 750, label: Label = LABEL) -> Course:
    return Course(label, begun=time.monotonic() - seconds)


def test_a_host_is_at_its_stage_or_waits() -> None:
    assert course().progress == "  …"
    assert Course(LABEL, "toolchain").progress == "  … toolchain"
    assert course().idle == ""
    waiting = Course(Label("host-5", "c8g.large"), "launch")
    assert (waiting.progress, waiting.idle) == ("  waits for the vCPU quota", "wait for the vCPU quota")


def test_a_host_that_is_done_says_how_long_it_took_and_what_it_measured() -> None:
    done = course()
    assert done.over(is_left=False) == "✓ i-1 c7i.large  done in 12 min 30 s"
    done.benchmarks = 1
    assert done.over(is_left=False) == "✓ i-1 c7i.large  done in 12 min 30 s: 1 benchmark"
    done.benchmarks = 8
    assert done.over(is_left=False) == "✓ i-1 c7i.large  done in 12 min 30 s: 8 benchmarks"
    assert course().over(is_left=True) == "✓ i-1 c7i.large  left measuring after 12 min 30 s"


def test_a_host_that_failed_says_where_it_failed_first() -> None:
    failed = course(seconds=7200)
    failed.stage = "benchmark"
    failed.fail()
    failed.stage = "publish"
    failed.fail()
    failed.benchmarks = 3
    assert failed.over(is_left=True) == "✗ i-1 c7i.large  failed in benchmark after 2 h: 3 benchmarks"
    never = course(label=Label("host-5", "c8g.large"))
    never.fail()
    assert never.over(is_left=False) == "✗ host-5 c8g.large  failed"
