"""What was run on what, beside the files that were uploaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import __version__
from benchmarks.results.uploads import Upload
from benchmarks.runs import attempts, failures, run_directory

MANIFEST = "manifest.json"


def manifest(
    run_dir: Path, host: str, attempt: int, plan: Mapping[str, Any], uploads: Sequence[Upload]
) -> dict[str, Any]:
    """What was run on what, and what was uploaded. The one that is there is kept while the files are those it names."""
    directory = run_dir / host / str(attempt)
    files = {u.path.name: {"sha256": u.sha256, "bytes": u.path.stat().st_size} for u in uploads}
    earlier = run_directory.recall(directory, MANIFEST)
    if isinstance(earlier, dict) and earlier.get("files") == files:
        return earlier
    return {
        "tool": f"benchmarks {__version__}",
        "run_id": run_dir.name,
        "host": host,
        "attempt": attempt,
        "started": plan["started"],
        "suite": suite_of(run_dir / host, attempt, plan),
        "launch": plan["launch"],
        "toolchain": run_directory.recall(directory, "toolchain.json"),
        "failures": [failure.sentence for failure in failures.failures(run_dir) if failure.is_of(host, attempt)],
        "files": files,
    }


def suite_of(host_directory: Path, attempt: int, plan: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an attempt has measured, which need not be what is asked for now."""
    record = attempts.read(host_directory, attempt)
    suite: Mapping[str, Any] = record.suite if record else plan["suite"]
    return suite
