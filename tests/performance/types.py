"""How long listing types takes beside the AWS CLI describing all of them: python -m tests.performance.types

Listing is measured cold, with an empty cache, and warm. All are measured in turns against one sandbox, so that what
else the machine does weighs on all alike. Prints times and ratios, judges nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import uuid
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Version 1 is what PyPI has; it is a Python program too, which starts faster than version 2's bundle.
CLI = "awscli==1.46.3"
ROUNDS = 7
LIST = [str(ROOT / "inv"), "bench.types", "--cpu", "8", "--memory", "61035"]


def install_cli(directory: Path) -> str:
    venv.create(directory, with_pip=True)
    pip = [str(directory / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", CLI]
    subprocess.run(pip, check=True)
    return str(directory / "bin/aws")


@contextmanager
def sandbox(directory: Path) -> Iterator[Mapping[str, Any]]:
    """A sandbox that lives as long as the measurement; what it says of itself."""
    state = {**os.environ, "XDG_STATE_HOME": str(directory)}
    name = f"perf-{uuid.uuid4().hex[:8]}"

    def command(task: str, *options: str) -> str:
        argv = [str(ROOT / "inv"), f"sandbox.{task}", "--name", name, *options]
        return subprocess.run(argv, env=state, check=True, stdout=subprocess.PIPE, text=True).stdout

    try:
        command("up")
        yield json.loads(command("env", "--format", "json"))
    finally:
        command("down")


def seconds(argv: list[str], environment: Mapping[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(argv, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def measure(cli: str, environment: Mapping[str, str], cache: Path) -> dict[str, list[float]]:
    """Seconds of each round, by what was measured. The first round, which warms up the sandbox, does not count."""
    found: dict[str, list[float]] = {"AWS CLI": [], "cold": [], "warm": []}
    for round_number in range(ROUNDS + 1):
        shutil.rmtree(cache, ignore_errors=True)
        taken = {
            "AWS CLI": seconds([cli, "ec2", "describe-instance-types"], environment),
            "cold": seconds(LIST, environment),
            "warm": seconds(LIST, environment),
        }
        for what, took in taken.items():
            if round_number:
                found[what].append(took)
    return found


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchmarks-perf-") as scratch:
        directory = Path(scratch)
        cli = install_cli(directory / "cli")
        with sandbox(directory / "state") as facts:
            left = {name: value for name, value in os.environ.items() if name not in facts["unset"]}
            cache = directory / "cache"
            found = measure(cli, {**left, **facts["environment"], "XDG_CACHE_HOME": str(cache)}, cache)
    medians = {what: statistics.median(times) for what, times in found.items()}
    print(
        f"{ROUNDS} rounds, seconds (load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs)"
    )
    for what, times in found.items():
        print(f"{what:<8} median {medians[what]:6.2f}   from {min(times):6.2f} to {max(times):6.2f}")
    print(f"cold / AWS CLI {medians['cold'] / medians['AWS CLI']:.2f} (goal: at most 1)")
    print(f"warm / AWS CLI {medians['warm'] / medians['AWS CLI']:.2f} (goal: at most 0.33; and at most 1.0 s)")


if __name__ == "__main__":
    main()
