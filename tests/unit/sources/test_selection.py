"""Which published runs are chosen, and what is said if none is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.results.result_keys import RunFolder
from benchmarks.sources import selection
from benchmarks.sources.selection import Selection

START = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
RUN = RunFolder("plonky2", START, "c7i.large", 1, "1.1.0", "r1")
LOCAL = RunFolder("mine", START, "host-box", 8, None, "r2")


@pytest.mark.parametrize(
    ("asked", "admitted"),
    [
        ({}, [RUN, LOCAL]),
        ({"suite": "plonky2"}, [RUN]),
        ({"suite": "plonky"}, []),
        ({"suite": "plonky*"}, [RUN]),
        ({"instance_type": "c7i.*"}, [RUN]),
        ({"instance_type": "host-*"}, [LOCAL]),
        ({"ref": "1.1.0"}, [RUN]),
        ({"ref": "1.1"}, []),
        ({"ref": "*"}, [RUN]),
        ({"since": START}, [RUN, LOCAL]),
        ({"since": START + timedelta(seconds=1)}, []),
        ({"suite": "mine", "instance_type": "c7i.*"}, []),
    ],
    ids=str,
)
def test_runs_are_admitted_that_have_everything_asked_for(asked: dict[str, Any], admitted: list[RunFolder]) -> None:
    chosen = Selection(**asked)
    assert [run for run in (RUN, LOCAL) if chosen.admits(run)] == admitted
    assert all(chosen.admits_suite(run.suite) for run in admitted)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"suite": "plonky3"}, "with suite plonky3. Did you mean plonky2? There: mine, plonky2"),
        ({"suite": "mine", "ref": "2"}, "with ref 2. There: 1.1.0"),
        ({"suite": "mine", "ref": "1.1.0"}, "with suite mine and ref 1.1.0"),
        ({"since": START, "suite": "mine"}, "with suite mine and start from 2026-05-19 08:15 UTC on"),
    ],
    ids=str,
)
def test_the_reason_names_what_there_is_instead(asked: dict[str, Any], reason: str) -> None:
    assert Selection(**asked).why_none([RUN, LOCAL], "s3://mine") == f"There is no run in s3://mine {reason}."


def test_a_suites_file_stands_for_the_suite() -> None:
    values = {"suite": "/some/where/plonky2.yml", "instance_type": None, "ref": None, "since": None}
    assert selection.read(values) == Selection(suite="plonky2")
