"""All kinds of records."""

from __future__ import annotations

from benchmarks.runs.records import (
    Attempt,
    Build,
    CurrentAttempt,
    Failure,
    HostManifest,
    Instances,
    Machine,
    Manifest,
    Preflight,
    Published,
    Ready,
    Record,
    RunRequest,
    Setup,
    Stages,
    Teardown,
    Terminated,
    Toolchain,
)
from benchmarks.runs.result_records import Results

KINDS: tuple[type[Record], ...] = (
    *(Preflight, Instances, Ready, Toolchain, Attempt, CurrentAttempt, Build, Results, Manifest),
    *(HostManifest, RunRequest, Published, Terminated, Stages, Machine, Setup, Teardown, Failure),
)
