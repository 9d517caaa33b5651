"""How an attempt has ended, by what its instance has uploaded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.results import host_ends
from benchmarks.runs import record_files
from benchmarks.runs.records import HostManifest

AT = datetime(2026, 5, 19, 9, tzinfo=UTC)
WELL = ("success", "exited", "0")


def manifest(build: tuple[str, ...] | None, run: tuple[str, ...] | None, missing: tuple[str, ...] = ()) -> HostManifest:
    return HostManifest(
        run_id="r1",
        host="i-1",
        attempt=1,
        region="eu-central-1",
        instance_type="c7i.large",
        launched=AT,
        ended=AT,
        uploaded=AT,
        build=build,
        run=run,
        stopped=None,
        files={},
        missing=missing,
    )


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (("criterion.tar.gz",), "i-1 could not upload everything: there is no criterion.tar.gz."),
        (
            ("criterion.tar.gz", "benchmark.log"),
            "i-1 could not upload everything: there is no benchmark.log and no criterion.tar.gz.",
        ),
        # No other name counts: it may be anything.
        (("../../other",), ""),
    ],
)
def test_what_was_measured_well_but_not_uploaded_is_a_failure(missing: tuple[str, ...], told: str) -> None:
    assert host_ends.why_not_well(manifest(WELL, WELL, missing), {}) == told


@pytest.mark.parametrize(
    ("build", "run", "told"),
    [
        (WELL, WELL, ""),
        (WELL, ("exit-code", "exited", "101"), "The benchmark run failed with exit status 101."),
        (WELL, ("timeout", "killed", "TERM"), "The benchmark run was stopped at its limit of 90 minutes; "),
        (("exit-code", "exited", "101"), None, "The build failed with exit status 101."),
        (WELL, None, "The benchmark run left no result: nobody was there to begin it, or the machine was restarted."),
    ],
)
def test_what_failed_while_nobody_followed_it_is_a_failure(
    tmp_path: Path, build: tuple[str, ...], run: tuple[str, ...] | None, told: str
) -> None:
    assert host_ends.of_fetched(tmp_path, {}) == ""
    record_files.write(tmp_path, manifest(build, run))
    found = host_ends.of_fetched(tmp_path, {"time_limit": 90})
    assert found.startswith(told)
    assert bool(found) == bool(told)
