"""The types of a run's records, which each stage writes into the run's directory for later stages.

A record is one JSON file with a `schema_version`. Hosts, launches and measurements are lists even if there is only one.
Times are UTC, in ISO 8601. The JSON Schema of each record is in docs/schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

from msgspec import Struct, field

Json = Mapping[str, Any]  # a JSON object that is passed on unchanged
Values = Mapping[str, Any]  # public parameters; their spec defines the types


class Part(Struct, frozen=True, kw_only=True):
    """A part of a record."""


class Record(Struct, frozen=True, kw_only=True):
    """A record. FILE is its file name, and VERSION the version of its schema."""

    FILE: ClassVar[str]
    VERSION: ClassVar[int] = 1  # the same as `schema_version`
    IS_PRIVATE: ClassVar[bool] = False  # readable by its owner only
    schema_version: Literal[1] = 1


class Source(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Where a suite's source comes from; exactly one of `crate`, `git` and `path` is set."""

    crate: str | None = None  # its name on crates.io
    git: str | None = None  # the URL of a repository
    path: str | None = None  # a directory on the controller
    ref: str | None = None  # the version of a crate; the branch, tag or commit of a repository
    sha256: str | None = None  # of the archive packed from the directory

    @property
    def kind(self) -> str:
        return next(kind for kind in ("crate", "git", "path") if getattr(self, kind) is not None)


class Suite(Part, frozen=True, kw_only=True):
    """What to fetch, build and run."""

    source: Source
    package: str
    benches: tuple[str, ...]
    toolchain: str  # "system", or a rustup toolchain
    name: str = ""
    description: str = ""
    features: tuple[str, ...] = ()
    rustflags: str | None = None  # None leaves RUSTFLAGS unset, which an empty string does not
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    minimum_memory: int = 0  # MiB
    minimum_disk: int = 4  # GiB
    expected: int | None = None  # how many benchmark ids a complete run yields, if known


class Price(Part, frozen=True, kw_only=True):
    """The price of an instance on demand, or on the spot market when the launch was planned, and its source."""

    usd_per_hour: float
    source: str
    date: str
    usd_per_hour_at_most: float | None = None  # of a spot instance: what it may rise to, None if not known


class LaunchTemplate(Part, frozen=True, kw_only=True):
    id: str
    name: str
    version: str


class Image(Part, frozen=True, kw_only=True):
    """An AMI."""

    id: str
    name: str | None = None
    licensed_platform: str | None = None  # whose licence EC2 bills with the instance; None for Linux without one


class Place(Part, frozen=True, kw_only=True):
    """A subnet and zone to launch in; a subnet of None means that of the launch template."""

    subnet: str | None
    zone: str | None


class Quota(Part, frozen=True, kw_only=True):
    """The account's quota that a launch counts against, in vCPUs."""

    code: str  # in Service Quotas
    name: str
    limit: int
    needed: int
    used: int | None  # by the account's other instances, as far as is known

    @property
    def left(self) -> int | None:
        return None if self.used is None else self.limit - self.used


class LaunchPlan(Part, frozen=True, kw_only=True):
    """How one instance of a run is to be launched, or was launched."""

    host: int = 1  # its number in the run
    region: str
    instance_type: str
    architecture: str
    cores: int
    threads_per_core: int
    cpu_options: Mapping[str, int | str] | None  # as in RunInstances; None for the launch template's, or EC2's default
    memory_mib: int
    price: Price | None  # None if not known
    overrides: Json  # settings that replace the launch template's, as in RunInstances
    launch_template: LaunchTemplate
    image: Image
    block_devices: tuple[Json, ...] | None  # as in RunInstances; None for the launch template's
    places: tuple[Place, ...]  # tried in this order
    bare_metal: bool = False  # such an instance takes longer to boot
    spot: bool = False  # whether the launch template asks for a spot instance
    quota: Quota | None = None  # None if there is none, or it is not known
    price_unknown: str | None = None  # why the price is not known, as the part of a sentence after a colon
    cpu_credits: Price | None = None  # the most that CPU credits may add to the price; None for nothing, or not known
    cpu_credits_unknown: str | None = None  # why that is not known, like price_unknown
    named_by_template: tuple[str, ...] = ()  # the types of resources whose tag Name the launch template sets
    network_interface: Json | None = None  # requested in each place's subnet; None for a subnet without more
    alternatives: tuple[str, ...] = ()  # types to suggest if there is no capacity, with their prices
    tenancy: str = "default"  # that the launch template asks for: default, dedicated or host
    has_profile: bool = False  # whether the launch template names an instance profile, by which it uploads by itself

    @property
    def name(self) -> str:
        """What the host is called until it has an instance, whose id is its name from then on."""
        return f"host-{self.host}"


class Destination(Part, frozen=True, kw_only=True):
    """The bucket that results are published to."""

    bucket: str
    account: str  # the owner
    region: str
    public: bool = False  # whether anyone may read it, as far as could be told before the run
    endpoint: str | None = None  # the URL of S3's endpoint if it is not AWS's own, as in the sandbox


class PlannedMeasurement(Part, frozen=True, kw_only=True):
    """A suite to measure on every host, and the digest that identifies it (see runs.measurement)."""

    suite: Suite
    suite_digest: str


class HostAttempt(Part, frozen=True, kw_only=True):
    """An attempt on a host."""

    host: str
    attempt: int


class Preflight(Record, frozen=True, kw_only=True):
    """The plan of a run, made before anything is started."""

    FILE = "preflight.json"
    started: datetime  # when the run was first planned
    measurements: tuple[PlannedMeasurement, ...]
    launches: tuple[LaunchPlan, ...]  # one for each host, in this order; empty for a machine of the user's own
    destination: Destination | None  # None if nothing is published
    measured: tuple[HostAttempt, ...] = ()  # attempts to be brought back of instances that are gone
    warnings: tuple[str, ...] = ()
    existing: tuple[str, ...] = ()  # the ids of instances that the run had when it was planned, as it was continued
    endpoint: str | None = None  # the URL of EC2's endpoint if it is not AWS's own, as in the sandbox
    seed: int | None = None  # of what is random in the run, such as the order of launches; None in earlier plans
    # The numbers of hosts for which nothing is launched: their instance is gone, or could not be launched before.
    gone: tuple[int, ...] = ()

    @property
    def launch(self) -> LaunchPlan | None:
        """The launch of the first host, None for a machine of the user's own."""
        return next(iter(self.launches), None)


class Instance(Part, frozen=True, kw_only=True):
    """An instance of a run, as it was after its launch."""

    host: int  # its number in the run
    instance_id: str
    instance_type: str
    zone: str
    public_dns: str | None
    public_ip: str | None
    private_ip: str | None
    launched: datetime
    tags: Mapping[str, str] = field(default_factory=dict)
    # Records of version 0.1.0 do not have these.
    zone_id: str | None = None  # the same for all accounts, which a zone's name is not
    tenancy: str | None = None
    lifecycle: str | None = None  # on-demand, spot, scheduled or capacity-block
    ami: str | None = None
    cpu_credits: str | None = None  # standard or unlimited, for burstable types

    @property
    def address(self) -> str | None:
        return self.public_ip or self.private_ip


class Instances(Record, frozen=True, kw_only=True):
    """The instances that a run has launched."""

    FILE = "instances.json"
    region: str
    instances: tuple[Instance, ...]


class Ready(Record, frozen=True, kw_only=True):
    """When an instance of the run last answered over SSH, and whether its power-off timer was then seen there."""

    FILE = "ready.json"
    at: datetime
    timer: bool


class Ended(Part, frozen=True, kw_only=True):
    """When an instance was terminated, or was seen to have been."""

    instance_id: str
    at: datetime


class Terminated(Record, frozen=True, kw_only=True):
    """Which of a run's instances were terminated; none if the run was ended when it had none."""

    FILE = "terminated.json"
    instances: tuple[Ended, ...] = ()
    launched_anew: bool = False  # whether the run, which was ended, was asked for anew and has begun to launch since
    whole: bool = False  # whether the run was ended, and not only these hosts: one that waits is not launched any more

    @property
    def times(self) -> Mapping[str, datetime]:
        """The time for each instance id."""
        return {one.instance_id: one.at for one in self.instances}


class Cargo(Part, frozen=True, kw_only=True):
    """How Cargo is called on a host. Paths are those on the host."""

    executable: str
    directory: str  # of the source
    root: str  # the directory that holds everything that runs keep on the host
    environment: Mapping[str, str]


class Package(Part, frozen=True, kw_only=True):
    """A package of the source's own workspace, from `cargo metadata`."""

    name: str
    version: str
    id: str


class Harness(Part, frozen=True, kw_only=True):
    """A benchmark harness among the source's dependencies."""

    name: str
    version: str


class Profile(Part, frozen=True, kw_only=True):
    """Cargo's settings for optimisation: https://doc.rust-lang.org/cargo/reference/profiles.html"""

    opt_level: str
    lto: str
    codegen_units: int
    debug: str
    panic: str
    overflow_checks: bool
    debug_assertions: bool
    incremental: bool


class Fingerprint(Part, frozen=True, kw_only=True):
    """The properties of a host that can affect its numbers, as roles/toolchain/files/fingerprint.py prints them."""

    os: str
    kernel: str
    architecture: str
    cpu_model: str | None
    cpus_online: int | None
    cpus_usable: int
    cpu: Mapping[str, str | None]  # the output of lscpu, by field
    memory_mib: int
    governor: str | None
    transparent_hugepage: str | None
    hypervisor: str | None
    rustc: str | None
    cargo: str | None
    linker: str | None
    commit: str | None
    crate_sha256: str | None
    cargo_lock_sha256: str | None
    cargo_config: str | None
    packages: tuple[Package, ...]
    # Records of version 0.1.0 do not have these.
    kernel_command_line: str | None = None
    microcode: str | None = None
    clocksource: str | None = None
    smt: str | None = None
    turbo: bool | None = None
    booted: datetime | None = None
    harnesses: tuple[Harness, ...] = ()
    crates: int | None = None  # how many packages a build of the benchmarks compiles if none is built yet


class WorkingTree(Part, frozen=True, kw_only=True):
    """The commit that a local directory was at when it was packed."""

    commit: str
    dirty_sha256: str | None  # of the files in it that differ from the commit; null if none does


class Toolchain(Record, frozen=True, kw_only=True):
    """The toolchain and the source on a host, and the host's fingerprint."""

    FILE = "toolchain.json"
    cargo: Cargo
    source: Source
    toolchain: str
    host: Fingerprint
    working_tree: WorkingTree | None = None  # null if the source is no directory in a git repository


class Build(Record, frozen=True, kw_only=True):
    """What an attempt has built."""

    FILE = "build.json"
    executables: Mapping[str, str]  # SHA-256 of the program of each target
    target_cpu: str | None  # the CPU that the compiler generated code for; null if rustc did not say
    profile: Profile | None  # null if the source's Cargo.toml could not be read


class Measurement(Part, frozen=True, kw_only=True):
    """What determines the numbers of an attempt: parts of suite, source and host (see runs.measurement)."""

    suite: Json
    source: Source
    host: Mapping[str, str | None]


class Attempt(Record, frozen=True, kw_only=True):
    """An attempt on a host: the requested suite, and the measurement."""

    FILE = "attempt.json"
    number: int
    suite: Suite
    suite_digest: str
    measurement: Measurement | None = None  # None until the toolchain is installed, which is part of it
    cut: bool = False  # whether a restart of its machine has ended it


class CurrentAttempt(Record, frozen=True, kw_only=True):
    """The current attempt on a host, and whether it was found there to be followed."""

    FILE = "current-attempt.json"
    number: int
    active: bool = False
    left: bool = False  # whether it was left measuring, with nobody to wait for it


class Published(Record, frozen=True, kw_only=True):
    """Where the files of an attempt were uploaded."""

    FILE = "published.json"
    IS_PRIVATE = True  # as long as it opens, anyone with the link can read the log
    bucket: str
    prefix: str
    uri: str
    keys: Mapping[str, str]  # in S3, by file name
    link: str
    link_until: datetime | None  # None for as long as the bucket is public
    link_note: str


class File(Part, frozen=True, kw_only=True):
    sha256: str
    bytes: int


class Manifest(Record, frozen=True, kw_only=True):
    """Describes an attempt's uploaded files: what was measured, and on which machine."""

    FILE = "manifest.json"
    tool: str
    run_id: str
    host: str
    attempt: int
    started: datetime
    suite: Suite
    launch: LaunchPlan | None
    toolchain: Toolchain | None
    failures: tuple[str, ...]
    files: Mapping[str, File]  # by name


class RunRequest(Record, frozen=True, kw_only=True):
    """What was asked of a run and how it was planned: its first object in S3, before anything is launched."""

    FILE = "run.json"
    tool: str
    run_id: str
    started: datetime  # when the run was first planned
    parameters: Values  # as preflight settled on them, without paths of the controller
    plan: Preflight  # without its destination, and what only the call that has made it is about


class HostManifest(Record, frozen=True, kw_only=True):
    """What an instance says of an attempt whose files it has uploaded by itself; uploaded last, when they are there."""

    FILE = "host.json"
    run_id: str
    host: str  # the instance's id
    attempt: int
    region: str
    instance_type: str
    launched: datetime  # the pendingTime of its identity document
    ended: datetime | None  # when the last of its units ended; null if none has left a result
    uploaded: datetime  # when the first upload began
    # systemd's $SERVICE_RESULT, $EXIT_CODE and $EXIT_STATUS; null if the unit was not started or left no result.
    build: tuple[str, ...] | None
    run: tuple[str, ...] | None
    stopped: str | None  # why it was stopped before its end: spot-notice or power-off; null if it was not, or not known
    files: Mapping[str, File]  # by name
    missing: tuple[str, ...] = ()  # names of files that S3 refused, or that could not be packed, before it went down


class StageTime(Part, frozen=True, kw_only=True):
    name: str
    seconds: float
    failed: bool


class Stages(Record, frozen=True, kw_only=True):
    """How long each stage of a run took: what the controller did, and then the longest of the hosts.

    The time for which a host has waited for the vCPU quota is in none of them.
    """

    FILE = "stages.json"
    stages: tuple[StageTime, ...] = ()


class Machine(Record, frozen=True, kw_only=True):
    """The parameters that determine a run's machine."""

    FILE = "machine.json"
    host: str | None
    instance_type: str | None  # or several, with commas between
    cpu: int | None
    ami: str | None
    subnet: str | None
    launch_template: str | None
    region: str | None  # None for a machine of the user's own
    key: str | None  # public half of the user's own key, None if the run created one
    # Records of earlier versions do not have these.
    instances: int = 1  # of each type
    best: int | None = None  # of the types that fit, if none was named


class Policy(Part, frozen=True, kw_only=True):
    name: str
    document: Json


class SecurityGroup(Part, frozen=True, kw_only=True):
    id: str
    description: str


class Need(Part, frozen=True, kw_only=True):
    """One thing that runs need in an account, and whether it exists."""

    name: str
    text: str
    exists: bool


class Check(Part, frozen=True, kw_only=True):
    """A question about the account, its user or this machine, and what came of it.

    `text` says what was found and, of a failure, what to do about it; of what is unknown, why it could not be checked.
    """

    name: str
    result: Literal["ok", "failed", "unknown"]
    text: str


class Setup(Record, frozen=True, kw_only=True):
    """What runs need in an account, and what exists of it."""

    FILE = "setup.json"
    account: str
    partition: str
    region: str
    owner: str
    vpc: str
    allow_from: str  # empty if the owner's address could not be found out
    bucket: str
    launch_template: str  # NAME or ID, with :VERSION
    resource_name: str  # of security group, role and instance profile
    private_subnet: str | None
    tags: Mapping[str, str]
    policy: Policy
    trust: Json
    instance_profile_arn: str
    security_group: SecurityGroup | None
    public: bool = False  # whether anyone is to read the results
    bucket_statements: tuple[Json, ...] = ()  # that the bucket's policy should have
    needs: tuple[Need, ...]
    notes: tuple[str, ...]
    has_profile: bool = False  # whether the instance profile exists, with or without a role
    checks: tuple[Check, ...] = ()
    can_create: bool = True  # whether all of the account could be looked at, and EC2 would create what is missing
    rule_description: str = ""  # of the rules by which the owner reaches instances
    no_instance_profile: bool = False
    outdated: tuple[str, ...] = ()  # the owner's earlier addresses that are still let in
    replaces_own: bool = False  # whether `allow_from` takes their place: if the owner was seen to come from there

    @property
    def missing(self) -> tuple[Need, ...]:
        return tuple(need for need in self.needs if not need.exists)


class Removal(Part, frozen=True, kw_only=True):
    """One thing that teardown removes."""

    kind: str
    id: str
    text: str


class Teardown(Record, frozen=True, kw_only=True):
    """What teardown removes from an account, in this order, and what it leaves, with the reason."""

    FILE = "teardown.json"
    account: str
    region: str
    bucket: str
    removals: tuple[Removal, ...]
    left: tuple[str, ...]

    def id_of(self, kind: str) -> str | None:
        """The id of what is removed of a kind, None if nothing is."""
        return next((one.id for one in self.removals if one.kind == kind), None)


class Failure(Record, frozen=True, kw_only=True):
    """A failure on one host of a run, or before there was a host (`host` is then localhost)."""

    FILE = "failures/*.json"
    host: str
    task: str
    sentence: str
    at: datetime | None
    stage: str = ""
    attempt: int = 0  # 0 if no attempt had begun

    def is_of(self, host: str, attempt: int) -> bool:
        return self.host == host and self.attempt in (0, attempt)
