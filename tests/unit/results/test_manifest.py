"""What is told beside the files that were uploaded."""

from __future__ import annotations

import hashlib
from pathlib import Path

from benchmarks.results import publishing
from benchmarks.runs import failures, record_files
from benchmarks.runs.records import File, Manifest
from benchmarks.runs.result_records import Results
from tests.support.result_bucket import NOW, TOOLCHAIN, Bucket, plan


def manifest(host: Path) -> Manifest:
    found = record_files.read(Manifest, host)
    assert found
    return found


def test_a_manifest_is_kept_as_long_as_its_files_are_the_same(host: Path) -> None:
    bucket = Bucket()
    failures.record_failure(host.parents[1], "i-1", "Measure", "The benchmark run failed.")
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    failures.forget_failures(host.parents[1])
    assert not publishing.publish(bucket, host.parents[1], "i-1", 1, plan())[0]
    assert manifest(host).failures == ("The benchmark run failed.",)


def test_the_manifest_says_what_was_run_on_what_and_what_failed(host: Path) -> None:
    failures.record_failure(host.parents[1], "i-1", "Build", "The build failed.")
    failures.record_failure(host.parents[1], "i-2", "Build", "Another host's.")
    publishing.publish(Bucket(), host.parents[1], "i-1", 1, plan())
    told = manifest(host)
    assert (told.run_id, told.host, told.started) == ("r1", "i-1", NOW)
    assert told.launch == plan().launch
    assert told.toolchain == TOOLCHAIN
    assert told.failures == ("The build failed.",)
    assert told.files["benchmark.log"] == File(sha256=hashlib.sha256(b"log\r\n\xff").hexdigest(), bytes=6)


def test_the_manifest_says_why_results_are_partial_if_nothing_has_failed(host: Path) -> None:
    record_files.write(host, Results(measurements=(), partial="1 of 3 benchmarks were measured."))
    publishing.publish(Bucket(), host.parents[1], "i-1", 1, plan())
    assert manifest(host).failures == ("1 of 3 benchmarks were measured.",)
