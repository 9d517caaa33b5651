"""Runs that were begun before records had versions are still read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from benchmarks.errors import FailedError
from benchmarks.runs import failures, record_files
from benchmarks.runs.record_kinds import KINDS
from benchmarks.runs.records import (
    Attempt,
    Build,
    Failure,
    HostManifest,
    Instances,
    Manifest,
    Preflight,
    Published,
    Ready,
    Record,
    RunRequest,
    Setup,
    Source,
    Stages,
    Teardown,
    Terminated,
)
from benchmarks.runs.result_records import Results

# As version 0.1.0 has written it, of a run of a local crate in a sandbox.
OLD = Path(__file__).parent / "old_run"
INSTANCE = "i-d7da5cef85b8426f8"
R = TypeVar("R", bound=Record)
# That version kept failures in another way, and knew no others of these.
NEWER = {Failure, Results, Build, Ready, Teardown, HostManifest, RunRequest}
SOURCE = Source(path="/home/you/tiny")


def old(kind: type[R]) -> R:
    found = record_files.read(kind, OLD)
    assert found
    return found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in NEWER])
def test_every_record_is_read_and_written_with_its_version(tmp_path: Path, kind: type[Record]) -> None:
    record_files.write(tmp_path, old(kind))
    assert record_files.read(kind, tmp_path) == old(kind)
    assert '"schema_version": 1' in (tmp_path / kind.FILE).read_text()


def test_what_was_planned_launched_and_measured_is_a_list_now() -> None:
    planned = old(Preflight)
    assert planned.started == datetime(2026, 11, 26, 14, 47, 22, tzinfo=UTC)
    (measurement,) = planned.measurements
    assert (measurement.suite.name, measurement.suite.source) == ("tiny", SOURCE)
    (launch,) = planned.launches
    assert (launch.host, launch.instance_type, launch.memory_mib) == (1, "c7i.large", 4096)
    assert [place.zone for place in launch.places][:1] == ["us-east-1a"]
    assert planned.destination
    assert planned.destination.bucket == "benchmarks-123456789012-us-east-1"
    assert [(one.instance_id, one.host) for one in old(Instances).instances] == [(INSTANCE, 1)]
    assert old(Attempt).suite_digest == measurement.suite_digest


def test_times_of_ends_and_stages_are_kept() -> None:
    assert old(Terminated).times == {INSTANCE: datetime(2026, 11, 26, 14, 48, 15, tzinfo=UTC)}
    assert [time.name for time in old(Stages).stages][:2] == ["preflight", "launch"]
    until = old(Published).link_until
    assert until and until.tzinfo


def test_manifest_survey_and_failures_are_kept() -> None:
    assert old(Manifest).launch == old(Preflight).launch
    assert old(Setup).missing == ()
    (failed,) = failures.failures(OLD)
    assert (failed.host, failed.sentence, failed.attempt) == (INSTANCE, "The build failed.", 1)


@pytest.mark.parametrize("content", ["{}", '{"started": 3}', '{"launch": []}'])
def test_a_damaged_old_record_is_damaged(tmp_path: Path, content: str) -> None:
    (tmp_path / Preflight.FILE).write_text(content)
    with pytest.raises(FailedError, match=r"preflight\.json cannot be read \("):
        record_files.read(Preflight, tmp_path)
