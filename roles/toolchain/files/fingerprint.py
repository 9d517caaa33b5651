"""Prints, as JSON, the properties of this host that can affect its numbers: CPU, kernel, compiler, source.

Arguments: cargo, source directory. Runs on the host, with Python's standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path


def output(*argv: str | Path, cwd: Path | None = None) -> str | None:
    """The output of a command, None if it does not exist or fails."""
    try:
        return subprocess.run(argv, cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def content(path: str | Path) -> str:
    """The text of a file without surrounding blanks, empty if it cannot be read."""
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def sha256(path: Path) -> str | None:
    """SHA-256 of a file in hex, None if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def commit(source: Path) -> str | None:
    """The commit that is checked out, None if `source` is not the root of a checkout."""
    return output("git", "rev-parse", "HEAD", cwd=source) if (source / ".git").is_dir() else None


def lscpu() -> dict[str, str]:
    """The fields of lscpu without the current clock speed, so that the record of one machine does not change."""
    entries = json.loads(output("lscpu", "-J") or '{"lscpu": []}')["lscpu"]
    fields = {entry["field"].rstrip(":"): entry["data"] for entry in entries}
    return {field: data for field, data in fields.items() if field not in ("CPU MHz", "CPU(s) scaling MHz")}


def crate_checksum(source: Path) -> str | None:
    """SHA-256 of the .crate file that the source was unpacked from, None if it comes from elsewhere."""
    return sha256(source.parent.parent / "downloads" / f"{source.name}.crate")


def packages(cargo: Path, source: Path) -> list[dict[str, str]]:
    """The packages of the source's own workspace, from cargo metadata; none if there is no source yet."""
    said = output(cargo, "metadata", "--no-deps", "--format-version=1", cwd=source)
    members = json.loads(said)["packages"] if said else []
    return [{key: member[key] for key in ("name", "version", "id")} for member in members]


def cargo_config(source: Path) -> str | None:
    """The source's own Cargo configuration; if both files exist, Cargo uses the one without an extension."""
    return content(source / ".cargo/config") or content(source / ".cargo/config.toml") or None


def fingerprint(cargo: Path, source: Path) -> dict[str, object]:
    release = dict(line.split("=", 1) for line in content("/etc/os-release").splitlines() if "=" in line)
    memory = dict(line.split(":", 1) for line in content("/proc/meminfo").splitlines())
    cpu = lscpu()
    return {
        "os": release.get("PRETTY_NAME", "").strip('"'),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "cpu_model": cpu.get("Model name"),
        "cpus_online": os.cpu_count(),
        "cpus_usable": len(os.sched_getaffinity(0)),
        "cpu": cpu,
        "memory_mib": int(memory.get("MemTotal", "0 kB").split()[0]) // 1024,
        "governor": content("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") or None,
        "transparent_hugepage": content("/sys/kernel/mm/transparent_hugepage/enabled") or None,
        "hypervisor": cpu.get("Hypervisor vendor"),
        "rustc": output(cargo.with_name("rustc"), "-Vv"),
        "cargo": output(cargo, "-V"),
        "linker": (output("cc", "--version") or "").partition("\n")[0] or None,
        "commit": commit(source),
        "crate_sha256": crate_checksum(source),
        "cargo_lock_sha256": sha256(source / "Cargo.lock"),
        "cargo_config": cargo_config(source),
        "packages": packages(cargo, source),
    }


if __name__ == "__main__":
    print(json.dumps(fingerprint(*map(Path, sys.argv[1:3]))))
