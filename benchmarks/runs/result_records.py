"""The record of results, results.json: what was measured on a host, and what the numbers depend on.

Results that were read from elsewhere, such as a Criterion directory or a log, have the same shape. What is not known
is null: nothing is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import field

from benchmarks.runs.records import Harness, Part, Profile, Record, Source

NANOSECONDS = "ns"


class Interval(Part, frozen=True, kw_only=True):
    """A confidence interval, in its estimate's unit."""

    low: float
    high: float
    level: float | None = None  # such as 0.95


class Estimate(Part, frozen=True, kw_only=True):
    """One statistic of a benchmark, per iteration, in the measurement's unit."""

    point: float
    interval: Interval | None = None
    standard_error: float | None = None


class Samples(Part, frozen=True, kw_only=True):
    """The raw samples in the order in which they were taken: `values[i]` was measured for `iterations[i]` iterations.

    Values are totals, in the unit of the harness; for times, that is nanoseconds.
    """

    mode: str | None  # Criterion's sampling mode: Linear or Flat
    iterations: tuple[float, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.iterations) != len(self.values):
            raise ValueError(f"there are {len(self.iterations)} iterations for {len(self.values)} values")


class BenchmarkMeasurement(Part, frozen=True, kw_only=True):
    """The measurement of one benchmark by one process. Ids are unique only within a target."""

    id: str
    group: str | None = None
    function: str | None = None
    value: str | None = None  # Criterion's parameter
    target: str | None = None  # of Cargo
    harness: Literal["criterion", "libtest"]  # libtest also stands for the crate bencher, which prints the same
    variant: str | None = None  # which of several builds that were measured side by side
    instance: str | None = None  # id of the EC2 instance
    attempt: int | None = None
    process: int = 1  # number of the process, of those that have measured this variant in this attempt
    round: int | None = None  # of processes that belong together, one for each variant
    position: int | None = None  # within the output of the process, from 1 on
    started: datetime | None = None
    ended: datetime | None = None
    steal: float | None = None  # share of CPU time that the hypervisor took in between, from 0 to 1
    unit: str | None = None  # of estimates and spread; null if the harness did not say
    direction: Literal["smaller", "larger"] = "smaller"  # which values are better
    statistic: str  # which of the estimates is shown: slope, mean, median, or typical for the slope or mean in a log
    estimates: Mapping[str, Estimate]  # by statistic
    spread: float | None = None  # the longest sample minus the shortest, from harnesses without an interval
    samples: Samples | None = None
    throughput: Mapping[str, float] = field(default_factory=dict)  # amount per iteration, by kind

    def __post_init__(self) -> None:
        if self.statistic not in self.estimates:
            raise ValueError(f"{self.id!r} has no estimate {self.statistic!r}")

    @property
    def shown(self) -> Estimate:
        """The estimate that is shown."""
        return self.estimates[self.statistic]


class Code(Part, frozen=True, kw_only=True):
    """What was built and run."""

    suite: str
    source: Source
    package: str
    benches: tuple[str, ...]
    arguments: tuple[str, ...]
    features: tuple[str, ...]
    rustflags: str | None  # null if they were not set
    environment: Mapping[str, str]
    toolchain: str  # as requested
    commit: str | None = None
    crate_sha256: str | None = None
    dirty_sha256: str | None = None  # of what differs from the commit
    rustc: str | None = None  # the output of rustc -Vv
    cargo: str | None = None
    linker: str | None = None
    lock_sha256: str | None = None
    harnesses: tuple[Harness, ...] = ()
    profile: Profile | None = None
    target_cpu: str | None = None  # that -C target-cpu stood for on the host
    executables: Mapping[str, str] = field(default_factory=dict)  # SHA-256 of the program of each target


class Platform(Part, frozen=True, kw_only=True):
    """The machine that measured. What only EC2 knows is null for a machine of the user's own."""

    instance: str | None = None
    instance_type: str | None = None
    tenancy: str | None = None
    lifecycle: str | None = None  # on-demand or spot
    region: str | None = None
    zone: str | None = None
    zone_id: str | None = None  # the same for all accounts, which a zone's name is not
    ami: str | None = None
    ami_name: str | None = None
    cpu_credits: str | None = None  # standard or unlimited, for burstable types
    cores: int | None = None  # as launched
    threads_per_core: int | None = None
    os: str
    kernel: str
    kernel_command_line: str | None = None
    architecture: str
    hypervisor: str | None = None
    cpu_model: str | None = None
    cpu_stepping: str | None = None
    microcode: str | None = None
    cpu_flags: tuple[str, ...] = ()
    mitigations: Mapping[str, str] = field(default_factory=dict)  # by vulnerability
    caches: Mapping[str, str] = field(default_factory=dict)  # size by name, such as L1d
    numa: Mapping[str, str] = field(default_factory=dict)  # CPUs by node
    cpus_online: int | None = None
    cpus_usable: int
    smt: str | None = None  # on, off, forceoff, notsupported or notimplemented, as the kernel says
    memory_mib: int
    clocksource: str | None = None
    governor: str | None = None
    turbo: bool | None = None
    transparent_hugepage: str | None = None
    booted: datetime | None = None
    stopped_services: tuple[str, ...] = ()  # background services that were stopped while it measured


class Money(Part, frozen=True, kw_only=True):
    """What the measurement has cost, from the launch to its end. The instance is billed until it is terminated."""

    usd_per_hour: float
    source: str
    date: str
    cost_usd: float | None = None
    cost_usd_at_most: float | None = None  # if CPU credits may have added to the cost, which is then not known


class Tool(Part, frozen=True, kw_only=True):
    """The version of this tool, and the EC2 endpoint if it was not AWS's own, as in the sandbox."""

    version: str
    endpoint: str | None = None


class Results(Record, frozen=True, kw_only=True):
    """The results of an attempt on a host, or of another source."""

    FILE = "results.json"
    run_id: str | None = None
    host: str | None = None
    attempt: int | None = None
    started: datetime | None = None  # when the run was planned
    expected: int | None = None  # how many benchmarks the suite has, if known
    measurements: tuple[BenchmarkMeasurement, ...]
    problems: tuple[str, ...] = ()  # sentences on results that are lost
    notes: tuple[str, ...] = ()  # sentences on what else to know
    code: Code | None = None
    platform: Platform | None = None
    money: Money | None = None
    tool: Tool | None = None
    partial: str | None = None  # a sentence on why there may be more to measure than was; null if this is all

    @property
    def lost(self) -> tuple[str, ...]:
        """Sentences on what is lost: benchmarks that were not measured, and results that cannot be read."""
        return (*([self.partial] if self.partial else []), *self.problems)
