"""What is told beside the files that were uploaded."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from benchmarks.results import publishing
from benchmarks.runs import failures
from tests.support.result_bucket import NOW, Bucket, plan


def test_a_manifest_is_kept_as_long_as_its_files_are_the_same(host: Path) -> None:
    bucket = Bucket()
    failures.record_failure(host.parents[1], "i-1", "Measure", "The benchmark run failed.")
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    failures.forget_failures(host.parents[1])
    assert not publishing.publish(bucket, host.parents[1], "i-1", 1, plan())[0]
    assert json.loads((host / "manifest.json").read_text())["failures"] == ["The benchmark run failed."]


def test_the_manifest_says_what_was_run_on_what_and_what_failed(host: Path) -> None:
    failures.record_failure(host.parents[1], "i-1", "Build", "The build failed.")
    failures.record_failure(host.parents[1], "i-2", "Build", "Another host's.")
    publishing.publish(Bucket(), host.parents[1], "i-1", 1, plan())
    manifest = json.loads((host / "manifest.json").read_text())
    assert (manifest["run_id"], manifest["host"], manifest["started"]) == ("r1", "i-1", NOW.isoformat())
    assert manifest["launch"] == {"instance_type": "c7i.large", "cores": 1}
    assert manifest["toolchain"] == {"host": {"cpus_usable": 4}}
    assert manifest["failures"] == ["The build failed."]
    log = {"sha256": hashlib.sha256(b"log\r\n\xff").hexdigest(), "bytes": 6}
    assert manifest["files"]["benchmark.log"] == log
