"""The records of a run: what each stage writes into the run's directory for those behind it, as types.

A record is one JSON file with a `schema_version`. Hosts, launches and measurements are lists, also where there is one.
Times are UTC and written as ISO 8601. The JSON Schema of each record is in docs/schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

from msgspec import Struct, field

Json = Mapping[str, Any]  # a JSON object that is handed on as it is
Values = Mapping[str, Any]  # public parameters, whose types their spec decides


class Part(Struct, frozen=True, kw_only=True):
    """A part of records."""


class Record(Struct, frozen=True, kw_only=True):
    """A record. Its file is called FILE, and is of the schema VERSION."""

    FILE: ClassVar[str]
    VERSION: ClassVar[int] = 1  # the same as that of `schema_version`
    IS_PRIVATE: ClassVar[bool] = False  # to be read by its owner alone
    schema_version: Literal[1] = 1


class Source(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Where a suite's source is from: exactly one of `crate`, `git` and `path`."""

    crate: str | None = None  # its name on crates.io
    git: str | None = None  # the URL of a repository
    path: str | None = None  # a directory on the controller
    ref: str | None = None  # version, tag or commit of the first two
    sha256: str | None = None  # of what was packed of the directory

    @property
    def kind(self) -> str:
        return next(kind for kind in ("crate", "git", "path") if getattr(self, kind) is not None)


class Suite(Part, frozen=True, kw_only=True):
    """What to fetch, build and run."""

    source: Source
    package: str
    benches: tuple[str, ...]
    toolchain: str  # system, or a rustup toolchain
    name: str = ""
    description: str = ""
    features: tuple[str, ...] = ()
    rustflags: str | None = None  # None leaves RUSTFLAGS unset, which an empty string does not
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    minimum_memory: int = 0  # MiB
    minimum_disk: int = 4  # GiB
    expected: int | None = None  # how many benchmark ids a whole run yields, where that is known


class Price(Part, frozen=True, kw_only=True):
    """What an instance costs on demand, and where that is from."""

    usd_per_hour: float
    source: str
    date: str


class LaunchTemplate(Part, frozen=True, kw_only=True):
    id: str
    name: str
    version: str


class Image(Part, frozen=True, kw_only=True):
    """An AMI."""

    id: str
    name: str | None = None


class Place(Part, frozen=True, kw_only=True):
    """Where to try to launch; a subnet of None leaves the choice to the launch template."""

    subnet: str | None
    zone: str | None


class LaunchPlan(Part, frozen=True, kw_only=True):
    """The instance that one host of a run is: as it is to be launched, or as it was."""

    host: int = 1  # its number in the run
    region: str
    instance_type: str
    architecture: str
    cores: int
    threads_per_core: int
    cpu_options: Mapping[str, int] | None  # as RunInstances takes them; None leaves them to EC2
    memory_mib: int
    price: Price | None  # None where it is not known
    overrides: Json  # of the launch template's settings, as RunInstances takes them
    launch_template: LaunchTemplate
    image: Image
    block_devices: tuple[Json, ...] | None  # as RunInstances takes them; None leaves them to the launch template
    places: tuple[Place, ...]  # to be tried in this order


class Destination(Part, frozen=True, kw_only=True):
    """The bucket that results are published to."""

    bucket: str
    account: str  # that owns it
    region: str


class PlannedMeasurement(Part, frozen=True, kw_only=True):
    """A suite to be measured on every host. The digest says what of it decides the numbers (see runs.measurement)."""

    suite: Suite
    suite_digest: str


class HostAttempt(Part, frozen=True, kw_only=True):
    """An attempt on a host."""

    host: str
    attempt: int


class Preflight(Record, frozen=True, kw_only=True):
    """What a run will do, decided before anything is started."""

    FILE = "preflight.json"
    started: datetime  # when the run was first planned
    measurements: tuple[PlannedMeasurement, ...]
    launches: tuple[LaunchPlan, ...]  # none where the machine is the user's own
    destination: Destination | None  # None where nothing is published
    measured: tuple[HostAttempt, ...] = ()  # what instances that are gone have measured of the suite already
    warnings: tuple[str, ...] = ()

    @property
    def launch(self) -> LaunchPlan | None:
        """That of the only host."""
        return next(iter(self.launches), None)


class Instance(Part, frozen=True, kw_only=True):
    """An instance of a run, when it had been launched."""

    host: int  # its number in the run
    instance_id: str
    instance_type: str
    zone: str
    public_dns: str | None
    public_ip: str | None
    private_ip: str | None
    launched: datetime
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str | None:
        return self.public_ip or self.private_ip


class Instances(Record, frozen=True, kw_only=True):
    """The instances that a run has launched."""

    FILE = "instances.json"
    region: str
    instances: tuple[Instance, ...]


class Ended(Part, frozen=True, kw_only=True):
    """When an instance was told to end, or was seen to have ended."""

    instance_id: str
    at: datetime


class Terminated(Record, frozen=True, kw_only=True):
    """Which of a run's instances have ended."""

    FILE = "terminated.json"
    instances: tuple[Ended, ...] = ()

    @property
    def times(self) -> Mapping[str, datetime]:
        """When each ended, by its id."""
        return {one.instance_id: one.at for one in self.instances}


class Cargo(Part, frozen=True, kw_only=True):
    """How Cargo is called on a host. Paths are the host's."""

    executable: str
    directory: str  # of the source
    root: str  # of all that runs keep on the host
    environment: Mapping[str, str]


class Package(Part, frozen=True, kw_only=True):
    """A package of the source's own workspace, as `cargo metadata` tells of it."""

    name: str
    version: str
    id: str


class Fingerprint(Part, frozen=True, kw_only=True):
    """What makes a host's numbers its own, as roles/toolchain/files/fingerprint.py prints it."""

    os: str
    kernel: str
    architecture: str
    cpu_model: str | None
    cpus_online: int | None
    cpus_usable: int
    cpu: Mapping[str, str | None]  # what lscpu says
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


class Toolchain(Record, frozen=True, kw_only=True):
    """What is installed on a host, and what the host is."""

    FILE = "toolchain.json"
    cargo: Cargo
    source: Source
    toolchain: str
    host: Fingerprint


class Measurement(Part, frozen=True, kw_only=True):
    """What decides the numbers of an attempt: of the suite, the source and the host (see runs.measurement)."""

    suite: Json
    source: Source
    host: Mapping[str, str | None]


class Attempt(Record, frozen=True, kw_only=True):
    """An attempt on a host: the suite that was asked for, and what is measured of it."""

    FILE = "attempt.json"
    number: int
    suite: Suite
    suite_digest: str
    measurement: Measurement | None = None  # None until the toolchain is there, by which it is known


class CurrentAttempt(Record, frozen=True, kw_only=True):
    """The attempt that a run is about on a host, and whether it was found at work there."""

    FILE = "current-attempt.json"
    number: int
    active: bool = False


class Published(Record, frozen=True, kw_only=True):
    """Where the files of an attempt are."""

    FILE = "published.json"
    IS_PRIVATE = True  # the link is a key to the log until it ends
    bucket: str
    prefix: str
    uri: str
    keys: Mapping[str, str]  # by the file's name
    link: str
    link_until: datetime
    link_note: str


class File(Part, frozen=True, kw_only=True):
    sha256: str
    bytes: int


class Manifest(Record, frozen=True, kw_only=True):
    """What was measured on what, beside the files that were uploaded."""

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


class StageTime(Part, frozen=True, kw_only=True):
    name: str
    seconds: float
    failed: bool


class Stages(Record, frozen=True, kw_only=True):
    """How long each stage of a run has taken."""

    FILE = "stages.json"
    stages: tuple[StageTime, ...] = ()


class Machine(Record, frozen=True, kw_only=True):
    """Which machine a run has: the parameters that decide it."""

    FILE = "machine.json"
    host: str | None
    instance_type: str | None
    cpu: int | None
    ami: str | None
    subnet: str | None
    launch_template: str | None
    region: str | None  # None for a machine of the user's own
    key: str | None  # the public half of the user's own, None where the run has made one


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


class Setup(Record, frozen=True, kw_only=True):
    """What runs need in an account and what there is of it."""

    FILE = "setup.json"
    account: str
    partition: str
    region: str
    owner: str
    vpc: str
    allow_from: str
    bucket: str
    launch_template: str  # NAME or ID, with :VERSION
    private_subnet: str | None
    tags: Mapping[str, str]
    policy: Policy
    trust: Json
    instance_profile_arn: str
    metadata_options: Json  # as RunInstances takes them
    security_group: SecurityGroup | None
    needs: tuple[Need, ...]
    notes: tuple[str, ...]

    @property
    def missing(self) -> tuple[Need, ...]:
        return tuple(need for need in self.needs if not need.exists)


class Failure(Record, frozen=True, kw_only=True):
    """What went wrong on one host of a run, or before there was a host (`host` is localhost)."""

    FILE = "failures/*.json"
    host: str
    task: str
    sentence: str
    at: datetime | None
    stage: str = ""
    attempt: int = 0  # 0 where no attempt has begun

    def is_of(self, host: str, attempt: int) -> bool:
        return self.host == host and self.attempt in (0, attempt)


KINDS: tuple[type[Record], ...] = (
    *(Preflight, Instances, Toolchain, Attempt, CurrentAttempt, Manifest, Published, Terminated),
    *(Stages, Machine, Setup, Failure),
)
