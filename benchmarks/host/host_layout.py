"""What runs use on a host: the logins, the directories, and the names of systemd units."""

from __future__ import annotations

# On instances. For a machine of the user's own, the user names the login.
LOGIN = "benchmarks"
# Runs whatever comes with a suite: toolchains, sources, their build scripts, benchmarks. See host.isolation.
CODE_USER = "benchmarks-code"
# Holds everything that runs keep on a host: toolchains, sources, builds, and a directory for each run. It is not below
# the login's home, which CODE_USER may not enter, and to which SELinux denies systemd's services access.
DIRECTORY = "/var/lib/benchmarks"
LOG = "benchmark.log"
ACTIVITY = "activity"  # when the log grew, see host.activity
STOPPED = "stopped-services"  # for the time of the measurement, see host.background_services
STOP_REASON = "stop-reason"  # why units were stopped before their end, see host.systemd_units
# Takes up room while a unit runs, and is removed at its end: on a disk that is full nothing could be kept of it.
RESERVE = "reserve"
CRITERION = "criterion"
ARCHIVE = "criterion.tar.gz"
HEARTBEAT = "heartbeat"  # in a run's directory: when somebody last looked at the run, see host.results_service
# Whoever comes back to a run or collects does not look at it again for a while: toolchains are installed, an archive is
# fetched. So the heartbeat, whose path is the shell's variable $beat, is set ahead, to end half an hour from then; the
# next look sets it back.
STAYS = """
touch -c -d '+25 minutes' "$beat" 2>/dev/null || touch -c "$beat"
"""
STEPS = ("build", "run")


def run_directory(run_id: str, directory: str = DIRECTORY) -> str:
    """The directory of a run, with a subdirectory for each attempt."""
    return f"{directory}/runs/{run_id}"


def results_unit(prefix: str, attempt: int | str) -> str:
    """The name of the unit that uploads an attempt's results; `prefix` is that of the run's units."""
    return f"{prefix}-{attempt}-results"


def unit_prefix(run_id: str) -> str:
    """The prefix of the names of a run's units: PREFIX-ATTEMPT-STEP."""
    return f"{LOGIN}-{run_id}"
