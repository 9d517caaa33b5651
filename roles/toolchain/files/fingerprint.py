"""Prints, as JSON, the properties of this host that can affect its numbers: CPU, kernel, compiler, source.

Arguments: cargo, source directory, the directory that has /proc, /sys and /etc, and the package to be benchmarked with
its features. Runs on the host, with Python's standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

# Benchmark harnesses on crates.io, and what stands in for them on CodSpeed.
HARNESSES = (
    *("bencher", "codspeed-bencher-compat", "codspeed-criterion-compat", "codspeed-divan-compat", "criterion"),
    *("criterion2", "divan", "gungraun", "iai", "iai-callgrind", "tango-bench"),
)
# Python's own reader of TOML came with 3.11. Cargo writes its lock files itself, always in this shape.
PACKAGE = re.compile(r'^\[\[package\]\]\nname = "(?P<name>[^"]+)"\nversion = "(?P<version>[^"]+)"$', re.MULTILINE)


def output(*argv: str | Path, cwd: Path | None = None) -> str | None:
    """The output of a command, None if it does not exist or fails."""
    try:
        return subprocess.run(argv, cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def content(path: str | Path) -> str:
    """The text of a file without surrounding blanks, empty if it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
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


def crates(cargo: Path, source: Path, members: list[dict[str, str]], package: str, features: str) -> int | None:
    """How many packages a build of the benchmarks of a member compiles, if none is built yet; None if unknown.

    Cargo prints one line for each. Only those for this host count, with what build scripts need.
    https://doc.rust-lang.org/cargo/commands/cargo-tree.html
    """
    specs = [f"{one['name']}@{one['version']}" for one in members if one["name"] == package.partition("@")[0]]
    wanted = ["--package", *specs[:1], *(["--features", features] if features else [])]
    # What was listed before is marked by a star.
    listed = ["--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}"]
    said = output(cargo, "tree", "--locked", "--offline", *wanted, *listed, cwd=source) if specs else None
    return len({line.removesuffix(" (*)") for line in said.splitlines() if line}) if said else None


def cargo_config(source: Path) -> str | None:
    """The source's own Cargo configuration; if both files exist, Cargo uses the one without an extension."""
    return content(source / ".cargo/config") or content(source / ".cargo/config.toml") or None


def harnesses(source: Path) -> list[dict[str, str]]:
    """The benchmark harnesses in the source's lock file, each version of each, in the order of the file."""
    found = [match.groupdict() for match in PACKAGE.finditer(content(source / "Cargo.lock"))]
    return [package for package in found if package["name"] in HARNESSES]


def field(text: str, pattern: str) -> str | None:
    """What the group of `pattern` matches at the start of a line of `text`, None if no line matches."""
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else None


def booted(system: Path) -> str | None:
    """When the kernel was started, which it calculates again only if its clock is set."""
    seconds = field(content(system / "proc/stat"), r"^btime (\d+)$")
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(int(seconds))) if seconds else None


def turbo(cpus: Path) -> bool | None:
    """Whether CPUs may exceed their base frequency, None if the kernel does not say, as on most virtual machines.

    https://docs.kernel.org/admin-guide/pm/intel_pstate.html and https://docs.kernel.org/admin-guide/pm/cpufreq.html
    """
    forbidden, allowed = content(cpus / "intel_pstate/no_turbo"), content(cpus / "cpufreq/boost")
    if forbidden:
        return forbidden == "0"
    return allowed == "1" if allowed else None


def fingerprint(cargo: Path, source: Path, system: Path, package: str = "", features: str = "") -> dict[str, object]:
    release = dict(line.split("=", 1) for line in content(system / "etc/os-release").splitlines() if "=" in line)
    memory = dict(line.split(":", 1) for line in content(system / "proc/meminfo").splitlines())
    cpus = system / "sys/devices/system/cpu"
    clock = system / "sys/devices/system/clocksource/clocksource0"
    cpu = lscpu()
    members = packages(cargo, source)
    return {
        "os": release.get("PRETTY_NAME", "").strip('"'),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "cpu_model": cpu.get("Model name"),
        "cpus_online": os.cpu_count(),
        "cpus_usable": len(os.sched_getaffinity(0)),
        "cpu": cpu,
        "memory_mib": int(memory.get("MemTotal", "0 kB").split()[0]) // 1024,
        "governor": content(cpus / "cpu0/cpufreq/scaling_governor") or None,
        "transparent_hugepage": content(system / "sys/kernel/mm/transparent_hugepage/enabled") or None,
        "hypervisor": cpu.get("Hypervisor vendor"),
        "rustc": output(cargo.with_name("rustc"), "-Vv"),
        "cargo": output(cargo, "-V"),
        "linker": (output("cc", "--version") or "").partition("\n")[0] or None,
        "commit": commit(source),
        "crate_sha256": crate_checksum(source),
        "cargo_lock_sha256": sha256(source / "Cargo.lock"),
        "cargo_config": cargo_config(source),
        "packages": members,
        "kernel_command_line": content(system / "proc/cmdline") or None,
        # Only x86 has this line.
        "microcode": field(content(system / "proc/cpuinfo"), r"^microcode\s*: (\S+)$"),
        "clocksource": content(clock / "current_clocksource") or None,
        "smt": content(cpus / "smt/control") or None,
        "turbo": turbo(cpus),
        "booted": booted(system),
        "harnesses": harnesses(source),
        "crates": crates(cargo, source, members, package, features),
    }


if __name__ == "__main__":
    print(json.dumps(fingerprint(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:6])))
