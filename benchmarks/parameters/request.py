"""What can be said of a request without asking AWS: is it complete, consistent, and are its local files there?"""

from __future__ import annotations

import ipaddress
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.errors import RefusedError
from benchmarks.host import ssh
from benchmarks.parameters import region, spec, suite_entries, suites
from benchmarks.paths import ROOT, expand
from benchmarks.runs import machine, run_directory, ssh_keys

DEFAULT_INSTANCE_TYPE = "t2.micro"
DEFAULT_KEY_FILE = Path("~/benchmarks.pem")
UNFIT_DEFAULT = (
    f"No instance type, cpu or memory was given, so {DEFAULT_INSTANCE_TYPE} is used: it has 1 GiB of memory "
    f"and a CPU that is "
    "throttled after a few minutes, so its numbers say little. Name a type, such as c7i.2xlarge, for numbers "
    "worth keeping."
)
_HOST = re.compile(
    r"(?:(?P<user>[A-Za-z_][A-Za-z0-9_.-]*)@)?"
    r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[A-Za-z0-9][A-Za-z0-9.-]*))"
    r"(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True)
class Host:
    """A machine reached by SSH."""

    address: str
    user: str | None
    port: int | None


@dataclass(frozen=True)
class Settled:
    """All parameters of a playbook, typed and with defaults, and what the user should know of them."""

    parameters: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outline:
    """What carrying a run to its end needs to know of its request, whatever has become of the run's records."""

    has_machine: bool  # else it only lists types
    launches: bool  # its machines are EC2 instances
    keeps: bool
    region: str | None
    key_file: str | None
    ssh_port: int


def outline(given: Mapping[str, Any], environment: Mapping[str, str]) -> Outline:
    """The outline of a request as it was given; what preflight is to refuse counts as not given."""
    known = {parameter.name: parameter for parameter in spec.parameters("benchmark")}
    values: dict[str, Any] = {}
    for name in known.keys() & given.keys():
        if given[name] is not None:
            with suppress(RefusedError):
                values |= read("benchmark", {name: given[name]}, ROOT)
    try:
        chosen = values.get("region") or region.of_environment(environment)
    except RefusedError:
        chosen = None
    return Outline(
        has_machine=not lists_types(values),
        launches="host" not in values and not lists_types(values),
        keeps=bool(values.get("keep")),
        region=chosen,
        key_file=values.get("key_file") or _usual_key_file(),
        ssh_port=values.get("ssh_port", known["ssh_port"].default),
    )


def parse_host(text: str) -> Host:
    """`[user@]address[:port]`, an IPv6 address in brackets. Raises RefusedError."""
    match = _HOST.fullmatch(text)
    port = int(match["port"]) if match and match["port"] else None
    if (
        not match
        or (port is not None and not 0 < port < 65536)
        or (match["six"] is not None and not _is_ipv6(match["six"]))
    ):
        raise RefusedError(f"host must be [user@]address[:port], such as ubuntu@192.0.2.7:22, not {text!r}.")
    return Host(match["six"] or match["name"], match["user"], port)


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def read(entry_point: str, given: Mapping[str, object], base: Path) -> dict[str, Any]:
    """The values given, typed, with paths made absolute: relative ones start at `base`. Raises RefusedError."""
    values = spec.read_all(entry_point, given)
    types = {parameter.name: parameter.type for parameter in spec.parameters(entry_point)}
    paths = [
        name for name, value in values.items() if types[name] == "path" or (name == "suite" and suites.is_file(value))
    ]
    return {**values, **{name: str(base / expand(name, values[name])) for name in paths}}


def settle(entry_point: str, values: Mapping[str, Any], environment: Mapping[str, str]) -> Settled:
    """The whole request of a playbook, from the values read, as it is frozen in the run's directory.

    Raises RefusedError.
    """
    settled = (
        complete(values)
        if entry_point == "benchmark" and not lists_types(values)
        else Settled(spec.with_defaults(entry_point, values))
    )
    if settled.parameters["run_id"]:
        run_directory.check_id(settled.parameters["run_id"])
    if allowed := settled.parameters.get("allow_from"):
        check_source_range(allowed)
    if settled.parameters.get("host") and not settled.parameters["bucket"]:
        check_machine_of_run(entry_point, settled.parameters)
        return settled
    chosen = region.choose(settled.parameters["region"], environment)
    if entry_point in ("benchmark", "terminate"):
        check_region_of_run(settled.parameters, chosen)
    parameters = {**settled.parameters, "region": chosen}
    check_machine_of_run(entry_point, parameters)
    return Settled(parameters, settled.warnings)


def check_machine_of_run(entry_point: str, parameters: Mapping[str, Any]) -> None:
    """Raises RefusedError where a run is to be gone on with on another machine than it was begun on."""
    if entry_point == "benchmark" and parameters["run_id"] and not lists_types(_given(parameters)):
        machine.check_machine(run_directory.locate(parameters)[1], parameters)


def _given(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def check_paths(parameters: Mapping[str, Any]) -> None:
    """Raises RefusedError for a path that would reach ssh after the launch only, and that ssh cannot be given."""
    run = [] if parameters["host"] else [str(run_directory.locate(parameters)[1])]
    for path in (*run, *filter(None, [parameters["key_file"]])):
        ssh.literal(path)


def check_region_of_run(parameters: Mapping[str, Any], chosen: str) -> None:
    """Raises RefusedError for a run that has launched in another region, where its instances would not be found."""
    if not parameters["run_id"]:
        return
    run_id, directory = run_directory.locate(parameters)
    launched = (run_directory.recall(directory, run_directory.INSTANCES) or {}).get("region")
    if launched not in (None, chosen):
        raise RefusedError(
            f"The run {run_id} has launched in {launched}, not in {chosen}: give --region {launched} "
            f"(Ansible: set AWS_REGION={launched})."
        )


def is_empty(values: Mapping[str, Any]) -> bool:
    """Whether nothing was asked for: where a run lives and in which region says nothing of what it is to do."""
    return not set(values) - {"runs_dir", "run_id", "region"}


def lists_types(values: Mapping[str, Any]) -> bool:
    """Whether a request to benchmark asks for the list of types that fit, since it has limits but no machine."""
    return bool(values.keys() & {"cpu", "memory"}) and not values.keys() & {"instance_type", "host"}


def complete(values: Mapping[str, Any]) -> Settled:
    """A benchmark's parameters with all defaults, and warnings for the user.

    Raises RefusedError for parameters that contradict each other, an unknown suite, a key file that is missing or open
    to others, and paths that ssh cannot be given.
    """
    if is_empty(values):
        raise RefusedError(
            "Nothing was asked for. Name an instance type, such as c7i.2xlarge, or cpu and memory to list "
            "those that fit."
        )
    if "host" in values:
        parse_host(values["host"])
        for name in ("instance_type", "cpu", "memory", "launch_template", "ami", "subnet", "max_price", "keep"):
            if values.get(name):
                raise RefusedError(f"host and {name} exclude each other: a machine that you have is used as it is.")
    warnings: tuple[str, ...] = ()
    result = spec.with_defaults("benchmark", values)
    if not (result["host"] or result["instance_type"]):
        result["instance_type"] = DEFAULT_INSTANCE_TYPE
        warnings = (UNFIT_DEFAULT,)
    for name in ("ref", "toolchain"):
        if values.get(name):
            suite_entries.check_form(name, values[name])
    if "path" in suites.load(result["suite"]).source and result["ref"]:
        raise RefusedError(f"The suite {result['suite']} is a local directory, which has no versions: leave ref out.")
    result["key_file"] = result["key_file"] or _usual_key_file()
    if result["key_file"]:
        check_key_file(Path(result["key_file"]))
    check_paths(result)
    return Settled(result, warnings)


def _usual_key_file() -> str | None:
    """The key that is used where none is given, if there is one."""
    path = DEFAULT_KEY_FILE.expanduser()
    return str(path) if path.is_file() else None


def check_key_file(path: Path) -> None:
    """Raises RefusedError unless `path` is a private key, without a passphrase and for its owner alone."""
    try:
        is_directory, there = path.is_dir(), path.is_file()
        content = path.read_bytes() if there else b""
    except PermissionError:
        raise ssh_keys.cannot_be_read(path) from None
    if is_directory:
        raise RefusedError(f"The key file {path} is a directory: give the path of the private key itself.")
    if not there:
        raise RefusedError(
            f"The key file {path} does not exist: give the private key's path, or leave key_file out for a new key."
        )
    # Before its mode, since a public key is for all to read.
    ssh_keys.check_private(path, content)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise RefusedError(f"The key file {path} can be read by others, which ssh refuses: run chmod 0400 {path}")
    ssh_keys.public_half(path)


def check_source_range(text: str) -> str:
    """The range of addresses that may use SSH, normalised.

    Raises RefusedError for a text that is none and for the whole Internet.
    """
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise RefusedError(f"allow_from must be an address range such as 203.0.113.7/32, not {text!r}.") from None
    if network.prefixlen == 0:
        raise RefusedError(
            f"allow_from must not be {network}: that opens SSH to the whole Internet. Give your own address, "
            f"as in 203.0.113.7/32."
        )
    return str(network)
