"""What an instance is told to upload by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.results import host_uploads, publishing
from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import Build, Destination, Preflight, Toolchain
from tests.support import records

TARGET = Destination(bucket="mine", account="123456789012", region="eu-central-1", endpoint="http://127.0.0.1:5000")


def plan(**changes: Any) -> Preflight:
    launches = (records.launch_plan(has_profile=True),)
    return records.preflight(**{"launches": launches, "destination": TARGET, **changes})


def test_it_uploads_into_the_very_folder_of_publishing(tmp_path: Path) -> None:
    told = host_uploads.of_attempt(tmp_path / "r1", "i-1", 2, plan(), keep=True)
    assert told
    run = publishing.run_folder(tmp_path / "r1", "i-1", 2, plan())
    assert told["folder"] == f"{run.key}i-1/2/"
    assert {name: told[name] for name in ("run_id", "host", "attempt", "keep")} == {
        "run_id": "r1", "host": "i-1", "attempt": 2, "keep": True,
    }  # fmt: skip
    assert {name: told[name] for name in ("bucket", "account", "region", "endpoint")} == {
        "bucket": "mine", "account": "123456789012", "region": "eu-central-1", "endpoint": "http://127.0.0.1:5000",
    }  # fmt: skip
    names = [file["name"] for file in told["files"]]
    assert {run_layout.LOG, run_layout.ARCHIVE, run_layout.ACTIVITY, Toolchain.FILE, Build.FILE} <= set(names)
    # What is made on the controller alone is not there.
    of_the_controller = {run_layout.PAGE, "results.json"}
    assert set(publishing.FILES) - set(names) == of_the_controller
    types = {file["name"]: file["type"] for file in told["files"]}
    assert types["criterion.tar.gz"] == "application/x-tar"
    assert types["build.json"] == "application/json"
    assert types["activity"] == "text/plain; charset=utf-8"


def test_each_host_uploads_into_the_folder_of_its_own_type(tmp_path: Path) -> None:
    launches = tuple(
        records.launch_plan(host=number, instance_type=f"c{number}i.large", has_profile=True) for number in (1, 2)
    )
    record_files.write(tmp_path / "r1", records.instances("i-1", "i-2"))
    told = host_uploads.of_attempt(tmp_path / "r1", "i-2", 1, plan(launches=launches), keep=False)
    assert told and "_c2i.large_" in told["folder"]


@pytest.mark.parametrize(
    "changes",
    [{"launches": ()}, {"destination": None}, {"launches": (records.launch_plan(),)}],
    ids=["a machine of the user's own", "no bucket", "no role"],
)
def test_a_host_that_cannot_is_told_nothing(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert host_uploads.of_attempt(tmp_path / "r1", "i-1", 1, plan(**changes), keep=False) is None
