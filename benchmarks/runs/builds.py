"""The record of a build, from what its host printed of it: see roles/benchmark/files/build_facts.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import msgspec

from benchmarks.errors import FailedError
from benchmarks.host import cargo_profile, log_output, target_cpu
from benchmarks.runs.records import Build, Fingerprint, Part, Profile


class BuildFacts(Part, frozen=True, kw_only=True):
    """What the host prints. What it does not know is null."""

    executables: Mapping[str, str]  # SHA-256 of each program that Cargo names in the log, by its name without the hash
    target_cpus: str | None  # the output of `rustc --print target-cpus`
    manifest: str | None  # the Cargo.toml of the workspace's root


def of(printed: str, benches: Sequence[str], host: Fingerprint, environment: Mapping[str, str]) -> Build:
    """The record of a build of the targets `benches` with these environment variables.

    Raises FailedError if `printed` is not what the host prints.
    """
    try:
        facts = msgspec.json.decode(printed, type=BuildFacts)
    except msgspec.DecodeError as error:
        said = printed.strip().rpartition("\n")[2] or "it printed nothing"
        raise FailedError(f"What was built is not recorded, since the host cannot tell it ({error}): {said}.") from None
    profile = cargo_profile.of_bench(facts.manifest, host.cargo_config, environment) if facts.manifest else None
    programs = {bench: log_output.executable(bench) for bench in benches}
    return Build(
        executables={bench: facts.executables[name] for bench, name in programs.items() if name in facts.executables},
        target_cpu=target_cpu.resolve(facts.target_cpus, host.rustc, host.cargo_config, environment),
        profile=Profile(**asdict(profile)) if profile else None,
    )
