"""What runs use on a host: the login, the directories, and the names of systemd units.

Paths are relative to the login's home directory.
"""

from __future__ import annotations

# On instances. For a machine of the user's own, the user names the login.
LOGIN = "benchmarks"
# Holds everything that runs keep on a host: toolchains, sources, builds, and a directory for each run.
DIRECTORY = ".benchmarks"
LOG = "benchmark.log"
ACTIVITY = "activity"  # when the log grew, see host.activity
STOPPED = "stopped-services"  # for the time of the measurement, see host.background_services
CRITERION = "criterion"
STEPS = ("build", "run")


def run_directory(run_id: str, directory: str = DIRECTORY) -> str:
    """The directory of a run, with a subdirectory for each attempt."""
    return f"{directory}/runs/{run_id}"


def unit_prefix(run_id: str) -> str:
    """The prefix of the names of a run's units: PREFIX-ATTEMPT-STEP."""
    return f"{LOGIN}-{run_id}"
