"""What an instance uploads by itself, and where: into the very folder to which publishing uploads the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.host import attempt_files, systemd_units
from benchmarks.results import publishing
from benchmarks.results.result_keys import AttemptFolder
from benchmarks.results.uploads import content_type
from benchmarks.runs import planned_hosts, record_files, run_layout
from benchmarks.runs.records import Build, Instances, Preflight, Toolchain

_LARGEST_RECORD = 2**22  # bytes
# In this order, with the most bytes of each.
FILES = {
    Toolchain.FILE: _LARGEST_RECORD,
    Build.FILE: _LARGEST_RECORD,
    run_layout.LOG: systemd_units.LARGEST_LOG,
    run_layout.ACTIVITY: systemd_units.LARGEST_LOG,
    run_layout.STOPPED: _LARGEST_RECORD,
    run_layout.ARCHIVE: attempt_files.LARGEST_ARCHIVE,
}
# Records of the controller, which are copied to the host.
COPIED = (Toolchain.FILE, Build.FILE)


def of_attempt(run_dir: Path, host: str, attempt: int, plan: Preflight, keep: bool) -> dict[str, Any] | None:
    """What an instance is told of the upload of an attempt; None if it cannot upload by itself, or is not to.

    It needs a bucket and a role. With `keep`, it is not powered off afterwards.
    """
    target = plan.destination
    launch = planned_hosts.launch(plan, record_files.recall(Instances, run_dir), host)
    if not (launch and launch.has_profile and target):
        return None
    run = publishing.run_folder(run_dir, host, attempt, plan)
    return {
        "run_id": run_dir.name,
        "host": host,
        "attempt": attempt,
        "region": target.region,
        "bucket": target.bucket,
        "account": target.account,
        "endpoint": target.endpoint,
        "folder": f"{run.key}{AttemptFolder(host, attempt).key}",
        "keep": keep,
        "files": [{"name": name, "type": content_type(name), "limit": limit} for name, limit in FILES.items()],
    }
