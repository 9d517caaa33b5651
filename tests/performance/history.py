"""How long listing a thousand published runs takes, and comparing fifty: python -m tests.performance.history

Prints seconds beside the goal, judges nothing. That a list needs no object to be read is asserted in the tests.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from benchmarks.results.publishing import FILES
from benchmarks.results.result_keys import AttemptFolder, RunFolder
from benchmarks.runs import record_files
from benchmarks.runs.records import Manifest
from benchmarks.runs.result_records import Results
from tests.performance.types import ROOT, sandbox, seconds
from tests.support import page_samples
from tests.support.aws_clients import client

RUNS = 1000
COMPARED = 50
ROUNDS = 5
GOAL = 5.0  # seconds for a list of RUNS
BUCKET = "performance-of-history"
NOW = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
SINCE = NOW - timedelta(hours=7 * COMPARED - 1)


def folder(number: int) -> RunFolder:
    """A run of 74 benchmarks, `number` times seven hours ago."""
    started = NOW - timedelta(hours=7 * number)
    machine = ("c7i.xlarge", "c7g.xlarge")[number % 2]
    return RunFolder("plonky2", started, machine, 2, "1.1.0", f"{started:%Y%m%d-%H%M%S}-{number:04}")


def upload(s3: Any, number: int) -> None:
    """The files of a run, which are empty except for the results of those that are compared."""
    run = folder(number)
    contents = dict.fromkeys((*FILES, Manifest.FILE), b"")
    if number < COMPARED:
        results = replace(page_samples.run(number).results, run_id=run.run_id, host="i-0123", attempt=1)
        contents[Results.FILE] = record_files.text(results).encode()
    for name, content in contents.items():
        s3.put_object(Bucket=BUCKET, Key=f"{run.key}{AttemptFolder('i-0123', 1).key}{name}", Body=content)


def main() -> None:
    listed = [str(ROOT / "inv"), "bench.results", "--bucket", BUCKET]
    asked = {
        f"list of {RUNS}": listed,
        f"list of {COMPARED}, selected": [*listed, "--suite", "plonky2", "--since", f"{SINCE:%Y-%m-%dT%H:%M}"],
        f"comparison of {COMPARED}": [
            *(str(ROOT / "inv"), "bench.compare", "--bucket", BUCKET, "--since", f"{SINCE:%Y-%m-%dT%H:%M}"),
            *("--by", "instance-type"),
        ],
    }
    with tempfile.TemporaryDirectory(prefix="benchmarks-perf-") as scratch, sandbox(Path(scratch)) as facts:
        left = {name: value for name, value in os.environ.items() if name not in facts["unset"]}
        environment = {**left, **facts["environment"]}
        s3 = client(facts, "s3")
        s3.create_bucket(Bucket=BUCKET)
        with ThreadPoolExecutor(4) as uploads:
            list(uploads.map(lambda number: upload(s3, number), range(RUNS)))
        times = {what: [seconds(argv, environment) for _ in range(ROUNDS)] for what, argv in asked.items()}
    print(f"{ROUNDS} rounds, seconds (load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs)")
    for what, taken in times.items():
        print(f"{what:<28} median {statistics.median(taken):6.2f}   from {min(taken):6.2f} to {max(taken):6.2f}")
    print(f"(goal for a list of {RUNS}: at most {GOAL:.0f} s)")


if __name__ == "__main__":
    main()
