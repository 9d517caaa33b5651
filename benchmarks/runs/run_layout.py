"""The layout of a run's directory: `<host>/<attempt>/` has the files of an attempt on a host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.runs.records import CurrentAttempt

LOG = "benchmark.log"
ACTIVITY = "activity"  # when the log grew, see host.activity
STOPPED = "stopped-services"  # for the time of the measurement, see host.background_services
CRITERION = "criterion"  # has a directory for each target
ARCHIVE = "criterion.tar.gz"
PAGE = "report/index.html"
KNOWN_HOSTS = "known_hosts"
KEYS = "keys"
LOGIN_KEY = f"{KEYS}/login"
HOST_KEY = f"{KEYS}/host"
FAILURES = "failures"
WRAPPER = "wrapper"  # the process of ./inv that carries a run out


def holder(run_directory: Path, name: str) -> Path:
    """The file that says which process holds, or was the last to hold, one of a run's locks."""
    return run_directory / f".{name}.json"


def host(run_directory: Path, name: str) -> Path:
    """The directory of a host; `name` is its name in the inventory."""
    return run_directory / name


def attempt(host_directory: Path, number: int) -> Path:
    """The directory of an attempt on a host."""
    return host_directory / str(number)


def hosts(run_directory: Path) -> Iterator[Path]:
    """The directories of the hosts on which a run has begun an attempt, sorted by name."""
    return (path.parent for path in sorted(run_directory.glob(f"*/{CurrentAttempt.FILE}")))
