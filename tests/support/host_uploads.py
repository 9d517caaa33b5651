"""What an instance has uploaded by itself of an attempt, beside the run's request."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.results import run_request
from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import File, HostManifest, PlannedMeasurement, Preflight
from tests.support import criterion_directories, records
from tests.support.result_bucket import FOLDER, KEY, NOW, TOOLCHAIN

LAUNCHED = NOW + timedelta(minutes=1)
UPLOADED = LAUNCHED + timedelta(hours=1)
WELL = ("success", "exited", "0")


def plan(expected: int | None = None, **changes: Any) -> Preflight:
    suite = records.suite(name="plonky2", benches=("all",), expected=expected, rustflags="-C opt-level=3")
    return records.preflight(
        **{"started": NOW, "measurements": (PlannedMeasurement(suite=suite, suite_digest="asked"),), **changes}
    )


def log(*ids: str) -> bytes:
    lines = "".join(f"{id:<24}time:   [9.0000 ns 10.000 ns 11.000 ns]\n" for id in ids)
    return f"     Running benches/all.rs (target/release/deps/all-27f45bc17686f575)\n{lines}".encode()


def archive(*ids: str, target: str = "all") -> bytes:
    """Criterion's directory of a target, as it is packed on a host."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(fileobj=packed, mode="w:gz") as content:
        root = Path(scratch) / run_layout.CRITERION
        root.mkdir()
        for id in ids:
            criterion_directories.write(root / target, id, id, {"mean": 10.0, "slope": 10.0})
        content.add(root, run_layout.CRITERION)
    return packed.getvalue()


def files(*ids: str) -> dict[str, bytes]:
    """The files of an attempt that has measured these benchmarks."""
    written = log(*ids)
    looks = f"{LAUNCHED.timestamp() + 600:.3f} 0 0 100\n{LAUNCHED.timestamp() + 1800:.3f} {len(written)} 10 200\n"
    return {
        "benchmark.log": written,
        "criterion.tar.gz": archive(*ids),
        "activity": looks.encode(),
        "toolchain.json": record_files.text(TOOLCHAIN).encode(),
        "build.json": record_files.text(records.build()).encode(),
    }


def manifest(named: dict[str, bytes], **changes: Any) -> HostManifest:
    given = {
        "run_id": "r1",
        "host": "i-1",
        "attempt": 1,
        "region": "eu-central-1",
        "instance_type": "c7i.large",
        "launched": LAUNCHED,
        "ended": UPLOADED - timedelta(minutes=1),
        "uploaded": UPLOADED,
        "build": WELL,
        "run": WELL,
        "stopped": None,
        "files": {
            name: File(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
            for name, content in named.items()
        },
    }
    return HostManifest(**{**given, **changes})


def objects(named: dict[str, bytes], said: HostManifest | None, key: str = KEY) -> dict[str, bytes]:
    """The objects of an attempt in S3."""
    found = {f"{key}{name}": content for name, content in named.items()}
    return {**found, f"{key}host.json": record_files.text(said).encode()} if said else found


def request(planned: Preflight, **parameters: Any) -> dict[str, bytes]:
    """The object with what was asked of the run."""
    given = {"suite": "plonky2", "instance_type": "c7i.large", "time_limit": 90, "build_limit": 60, **parameters}
    return {f"{FOLDER}run.json": record_files.text(run_request.make("r1", planned, given)).encode()}
