"""The manifest: what was run on which machine, uploaded with the results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks import __version__
from benchmarks.results.uploads import Upload
from benchmarks.runs import attempts, failures, planned_hosts, record_files, run_layout
from benchmarks.runs.records import File, Instances, Manifest, Preflight, Suite, Toolchain
from benchmarks.runs.result_records import Results


def make(run_dir: Path, host: str, attempt: int, plan: Preflight, uploads: Sequence[Upload]) -> Manifest:
    """The manifest of an attempt. An existing one is kept while it lists the same files."""
    directory = run_layout.attempt(run_layout.host(run_dir, host), attempt)
    files = {u.name: File(sha256=u.sha256, bytes=u.path.stat().st_size) for u in uploads}
    earlier = record_files.recall(Manifest, directory)
    if earlier and earlier.files == files:
        return earlier
    return Manifest(
        tool=f"benchmarks {__version__}",
        run_id=run_dir.name,
        host=host,
        attempt=attempt,
        started=plan.started,
        suite=suite_of(run_layout.host(run_dir, host), attempt, plan),
        launch=planned_hosts.launch(plan, record_files.recall(Instances, run_dir), host),
        toolchain=record_files.recall(Toolchain, directory),
        failures=_failures(run_dir, host, attempt),
        files=files,
    )


def _failures(run_dir: Path, host: str, attempt: int) -> tuple[str, ...]:
    """The sentences of an attempt's failures, else why its results are partial: a restart may have cut it off."""
    found = tuple(one.sentence for one in failures.failures(run_dir) if one.is_of(host, attempt))
    results = record_files.recall(Results, run_layout.attempt(run_layout.host(run_dir, host), attempt))
    return found or ((results.partial,) if results and results.partial else ())


def suite_of(host_directory: Path, attempt: int, plan: Preflight) -> Suite:
    """The suite that an attempt has measured, which need not be the one requested now."""
    return attempts.suite(host_directory, attempt) or plan.measurements[0].suite
