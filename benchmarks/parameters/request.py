"""Checks of a request that need no AWS call: is it complete and consistent, and do its local files exist?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import hints
from benchmarks.errors import RefusedError
from benchmarks.host import ssh
from benchmarks.parameters import addresses, attaching, key_file, machines, region, spec, suite_entries, suites
from benchmarks.paths import expand
from benchmarks.runs import named_run, run_directory, run_machine, run_region, run_words
from benchmarks.runs.records import Values
from benchmarks.runs.run_id import check_id, is_valid

DEFAULT_INSTANCE_TYPE = "t2.micro"
SMALL_DEFAULT_WARNING = (
    f"No instance type, cpu or memory was given, so {DEFAULT_INSTANCE_TYPE} is used: it has 1 GiB of memory and a CPU "
    "that is throttled after a few minutes, so its numbers say little. Name a type, such as c7i.2xlarge, for numbers "
    "worth keeping."
)

# Parameters of instances, which a machine of the user's own does not have.
NOT_WITH_HOST = (
    *("instance_type", "instances", "best", "cpu", "memory", "launch_template", "ami", "subnet"),
    *("max_price", "max_cost", "keep"),
)


@dataclass(frozen=True)
class Resolved:
    """All parameters of a playbook, typed and with defaults, and warnings for the user."""

    parameters: Values
    warnings: tuple[str, ...] = ()

    @property
    def uses_aws(self) -> bool:
        """Whether AWS is called: a machine of the user's own needs it only to publish."""
        return not self.parameters.get("host") or bool(self.parameters["bucket"])


def read(entry_point: str, given: Mapping[str, object], base: Path) -> Values:
    """The given values, typed, with absolute paths; relative paths start at `base`. Raises RefusedError."""
    values = spec.read_all(entry_point, given)
    types = {parameter.name: parameter.type for parameter in spec.parameters(entry_point)}
    paths = [
        name for name, value in values.items() if types[name] == "path" or (name == "suite" and suites.is_file(value))
    ]
    return {**values, **{name: str(base / expand(name, values[name])) for name in paths}}


def resolve(entry_point: str, values: Values, environment: Mapping[str, str]) -> Resolved:
    """All parameters of a playbook, from the values that `read` returned. Raises RefusedError."""
    if entry_point == "benchmark" and attaching.attaches(values):
        values = attaching.asked(values, run_directory.locate(values)[1])
    if entry_point == "benchmark" and attaching.attaches(values):
        resolved = _attached(values)
        # Those of the environment are of no account: the run has its own.
        environment = {name: value for name, value in environment.items() if name not in region.VARIABLES}
    elif entry_point == "benchmark" and not lists_types(values):
        resolved = complete(values)
    else:
        resolved = Resolved(spec.with_defaults(entry_point, values))
        refuse_several(resolved.parameters)
    if entry_point == "terminate":
        check_ending(resolved.parameters)
        check_named(resolved.parameters)
        if resolved.parameters["expired"]:
            first, *_ = regions(resolved.parameters, environment)
            return Resolved({**resolved.parameters, "region": first}, resolved.warnings)
    if resolved.parameters["run_id"]:
        check_id(resolved.parameters["run_id"])
        if entry_point == "benchmark":
            check_new_id(resolved.parameters)
    if allowed := resolved.parameters.get("allow_from"):
        addresses.check_source_range(allowed)
    if not resolved.uses_aws:
        check_machine_of_run(entry_point, resolved.parameters)
        return resolved
    chosen = region.choose(resolved.parameters["region"], environment)
    if entry_point in ("benchmark", "terminate"):
        check_region_of_run(resolved.parameters, chosen)
    parameters = {**resolved.parameters, "region": chosen}
    check_machine_of_run(entry_point, parameters)
    return Resolved(parameters, resolved.warnings)


def _attached(values: Values) -> Resolved:
    """The parameters of a run to come back to. Raises RefusedError if they or its key are not here."""
    parameters = attaching.parameters(values, run_directory.locate(values)[1])
    if parameters["key_file"]:
        key_file.check_key_file(Path(parameters["key_file"]))
    check_paths(parameters)
    return Resolved(parameters)


def check_ending(parameters: Values) -> None:
    """Raises RefusedError unless a request to end something names either a run or what has expired."""
    run_id, expired = parameters["run_id"] or parameters["run"], parameters["expired"]
    if parameters["run_id"] and parameters["run"]:
        raise RefusedError("run and run_id exclude each other: name a run once.")
    if expired and run_id:
        name = "run_id" if parameters["run_id"] else "run"
        raise RefusedError(f"{name} and expired exclude each other: name a run, or end all that has expired.")
    if parameters["all_owners"] and not expired:
        raise RefusedError("all_owners is only for expired: a run is ended by its name, whoever started it.")
    if not run_id and not expired:
        raise RefusedError(
            "run is missing: name a run, by its id, the start of it, or latest, or give expired to end all that has."
        )
    if run_id and "," in (parameters["region"] or ""):
        raise RefusedError("A run is in one region: give a single one, since several are only for expired.")


def check_new_id(parameters: Values) -> None:
    """Raises RefusedError for the id of a new run that is a word for another: that would hide it."""
    run_id, directory = run_directory.locate(parameters)
    if run_words.back(run_id) is not None and not named_run.is_planned(directory):
        raise RefusedError(
            f"A run cannot be called {run_id}, which stands for the run that was started last: give another run_id, or "
            "leave it out."
        )


def check_named(parameters: Values) -> None:
    """Raises RefusedError for a `run` that may be either the start of the id of a run here or another run's whole id.

    What ends a run does not guess. `bench.terminate` has asked EC2, and gives the whole id.
    """
    word = parameters["run"]
    if not word or run_words.back(word) is not None or not is_valid(word):
        return
    found, _ = run_directory.locate(parameters)
    if found != word:
        raise RefusedError(
            f"{word} is the start of the run {found}, and may be the whole id of another: give run_id={found}, or "
            f"end it by {hints.command_line(f'bench.terminate {word}')}, which asks EC2."
        )


def regions(parameters: Values, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The regions in which to look for what has expired: those given, else the environment's. Raises RefusedError.

    Those given count whatever the environment says, since no part of Ansible looks for a run's instances.
    """
    named = [one.strip() for one in (parameters["region"] or "").split(",")]
    found = tuple(dict.fromkeys(region.check(one) for one in named if one))
    return found or (region.choose(None, environment),)


def check_machine_of_run(entry_point: str, parameters: Values) -> None:
    """Raises RefusedError if a run is to be continued on another machine than it was started on."""
    if entry_point == "benchmark" and parameters["run_id"] and not lists_types(_given(parameters)):
        run_machine.check_machine(run_directory.locate(parameters)[1], parameters)


def _given(parameters: Values) -> Values:
    return {name: value for name, value in parameters.items() if value is not None}


def check_paths(parameters: Values) -> None:
    """Raises RefusedError for a path that ssh cannot take, since ssh itself would fail only after the launch."""
    run = [] if parameters["host"] else [str(run_directory.locate(parameters)[1])]
    for path in (*run, *filter(None, [parameters["key_file"]])):
        ssh.literal(path)


def check_region_of_run(parameters: Values, chosen: str) -> None:
    """Raises RefusedError if the run has launched, or was to launch, in another region: it is not found in this one."""
    if not (parameters["run_id"] or parameters.get("run")):
        return
    run_id, directory = run_directory.locate(parameters)
    known = run_region.recorded(directory)
    if known and known.region != chosen:
        did = "has launched" if known.launched else "was to launch"
        raise RefusedError(
            f"The run {run_id} {did} in {known.region}, not in {chosen}: give --region {known.region} "
            f"(Ansible: set AWS_REGION={known.region})."
        )


def is_empty(values: Values) -> bool:
    """Whether the request says nothing about what to run: a directory and a region alone do not, a run's name does."""
    return not set(values) - {"runs_dir", "region"}


def lists_types(values: Values) -> bool:
    """Whether a benchmark request only lists the types that fit, since it has limits but no machine."""
    return bool(values.keys() & {"cpu", "memory"}) and not values.keys() & {"instance_type", "best", "host"}


def refuse_several(parameters: Values) -> None:
    """Raises RefusedError if several instances are asked for where the types that fit are only listed."""
    # One is the default, which a file of parameters has too.
    if parameters.get("instances", 1) > 1:
        raise RefusedError(
            "instances is for a run, and cpu and memory alone list the types that fit: give instance_type or best too."
        )


def complete(values: Values) -> Resolved:
    """A benchmark's parameters with all defaults, and warnings for the user.

    Raises RefusedError for parameters that contradict each other, an unknown suite, a key file that is missing or
    readable by others, and paths that ssh cannot take.
    """
    if is_empty(values):
        raise RefusedError(
            "Nothing was asked for. Name an instance type, such as c7i.2xlarge, "
            "or cpu and memory to list those that fit."
        )
    if "host" in values:
        addresses.parse_host(values["host"])
        for name in NOT_WITH_HOST:
            if values.get(name):
                raise RefusedError(f"host and {name} exclude each other: a machine that you have is used as it is.")
    warnings: tuple[str, ...] = ()
    result = dict(spec.with_defaults("benchmark", values))
    if not (result["host"] or result["instance_type"] or result["best"]):
        result["instance_type"] = DEFAULT_INSTANCE_TYPE
        warnings = (SMALL_DEFAULT_WARNING,)
    result["instance_type"] = machines.settled(result)
    for name in ("ref", "toolchain"):
        if values.get(name):
            suite_entries.check_form(name, values[name])
    if suites.load(result["suite"]).source.path and result["ref"]:
        raise RefusedError(f"The suite {result['suite']} is a local directory, which has no versions: leave ref out.")
    result["key_file"] = result["key_file"] or key_file.default_key_file()
    if result["key_file"]:
        key_file.check_key_file(Path(result["key_file"]))
    check_paths(result)
    return Resolved(result, warnings)
