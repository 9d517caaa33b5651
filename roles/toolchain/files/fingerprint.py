"""Prints, as JSON, what makes this host's numbers its own: CPU, kernel, compiler, source. Arguments: cargo, source directory."""

import hashlib
import json
import os
import platform
import subprocess
import sys

cargo, source = sys.argv[1:3]


def output(*argv, cwd=None):
    """What a command prints, None where it is not there or fails."""
    try:
        return subprocess.run(argv, cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def content(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return None


def sha256(path):
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return None


def commit(directory):
    """The commit that is checked out, None where `directory` itself is no checkout."""
    if not os.path.isdir(os.path.join(directory, ".git")):
        return None
    return output("git", "rev-parse", "HEAD", cwd=directory)


def lscpu():
    text = output("lscpu", "-J")
    return {e["field"].rstrip(":"): e["data"] for e in json.loads(text)["lscpu"]} if text else {}


def crate_checksum(directory):
    """SHA-256 of the .crate file that the source was unpacked from."""
    downloads = os.path.join(os.path.dirname(os.path.dirname(directory)), "downloads")
    manifest = content(os.path.join(directory, "Cargo.toml")) or ""
    names = sorted(os.listdir(downloads)) if os.path.isdir(downloads) else []
    for name in names:
        crate, _, version = name.removesuffix(".crate").rpartition("-")
        if name.endswith(".crate") and f'name = "{crate}"' in manifest and f'version = "{version}"' in manifest:
            return sha256(os.path.join(downloads, name))
    return None


release = dict(line.split("=", 1) for line in (content("/etc/os-release") or "").splitlines() if "=" in line)
memory = next((line.split()[1] for line in (content("/proc/meminfo") or "").splitlines() if line.startswith("MemTotal")), "0")
cpu = lscpu()
print(
    json.dumps(
        {
            "os": release.get("PRETTY_NAME", "").strip('"'),
            "kernel": platform.release(),
            "architecture": platform.machine(),
            "cpu_model": cpu.get("Model name"),
            "cpus_online": os.cpu_count(),
            "cpus_usable": len(os.sched_getaffinity(0)),
            "cpu": cpu,
            "memory_mib": int(memory) // 1024,
            "governor": content("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            "transparent_hugepage": content("/sys/kernel/mm/transparent_hugepage/enabled"),
            "hypervisor": cpu.get("Hypervisor vendor"),
            "rustc": output(os.path.join(os.path.dirname(cargo), "rustc"), "-Vv"),
            "cargo": output(cargo, "-V"),
            "linker": (output("cc", "--version") or "").partition("\n")[0] or None,
            "commit": commit(source),
            "crate_sha256": crate_checksum(source),
            "cargo_lock_sha256": sha256(os.path.join(source, "Cargo.lock")),
        }
    )
)
