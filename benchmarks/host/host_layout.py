"""A host as runs use it: who logs in, where files are, and what units are called.

Paths are below the login's home directory.
"""

from __future__ import annotations

# On instances. A machine that the user has is logged in to as its user says.
LOGIN = "benchmarks"
# Of all that runs keep on a host: toolchains, sources, builds, and a directory for each run.
DIRECTORY = ".benchmarks"
LOG = "benchmark.log"
CRITERION = "criterion"
STEPS = ("build", "run")


def run_directory(run_id: str, directory: str = DIRECTORY) -> str:
    """The directory of a run, which has one for each attempt."""
    return f"{directory}/runs/{run_id}"


def unit_prefix(run_id: str) -> str:
    """What the names of a run's units begin with: PREFIX-ATTEMPT-STEP."""
    return f"{LOGIN}-{run_id}"
