"""Coming back to a run: a request that names a run and nothing of what to measure has the run's own parameters."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from benchmarks import hints
from benchmarks.errors import FailedError, RefusedError
from benchmarks.parameters import key_file, spec
from benchmarks.runs import named_run, parameters_file, run_over
from benchmarks.runs.records import Values

# What says which run is meant, where its key is now, and what to show of it.
_OF_THIS_CALL = ("run_id", "runs_dir", "region", "key_file", "tail")


def attaches(given: Mapping[str, object]) -> bool:
    """Whether a benchmark request comes back to a run; other names than those of its parameters do not count."""
    named = {name for name in spec.names("benchmark") if given.get(name) is not None}
    return "run_id" in named and named <= set(_OF_THIS_CALL)


def asked(given: Mapping[str, object], directory: Path) -> Values:
    """What was given; of a request that comes back to a run that was never planned, the run's own request again.

    Whatever was to carry it out was killed before it was planned, and nothing is launched before that. One that was
    ended is not asked for again.
    """
    if attaches(given) and not named_run.is_planned(directory) and not run_over.was_ended(directory):
        return {**_unplanned(directory), **given}
    return dict(given)


def _unplanned(directory: Path) -> Values:
    """What was asked for, as ./inv wrote it, else as preflight settled on it; empty if neither is known.

    Defaults are left out, since some exclude other parameters if they are given.
    """
    for read, is_of_run in (
        # Other commands, such as setup, write requests too, and share names with it.
        (parameters_file.read_request, lambda _: named_run.is_begun(directory)),
        (parameters_file.read_parameters, _is_of_run),
    ):
        with suppress(FailedError):
            known = read(directory)
            if is_of_run(known) and not attaches(known):
                given = [one for one in spec.parameters("benchmark") if known.get(one.name) not in (None, one.default)]
                # Who comes back wants the results.
                return _with_key({one.name: known[one.name] for one in given if one.name != "detach"})
    return {}


def _is_of_run(parameters: Mapping[str, object]) -> bool:
    """Whether parameters are those of a benchmark: what it settles on always names what to measure, and where."""
    return any(parameters.get(name) is not None for name in ("suite", "instance_type", "host"))


def completed(given: Mapping[str, object], directory: Path) -> Values:
    """What was given, with the parameters of the run in `directory` if the request comes back to it.

    Without those, as of a run that was begun elsewhere, it is returned as it is.
    """
    with suppress(FailedError):
        if attaches(given):
            return {**_recorded(directory), **given}
    return dict(given)


def parameters(values: Values, directory: Path) -> Values:
    """All parameters of a request that comes back to the run in `directory`.

    Raises RefusedError if they were not recorded there: its keys are not there either; and if it was ended before it
    was planned.
    """
    if not named_run.is_planned(directory):
        run_over.refuse_ended(directory)
    try:
        recorded = _recorded(directory)
    except FailedError as error:
        if directory.is_dir():
            raise RefusedError(f"{error} {_elsewhere(directory.name)}") from None
        near = hints.nearest(directory.name, [path.name for path in directory.parent.glob("*")])
        raise RefusedError(
            f"There is no run {directory.name} in {directory.parent}, where the key to its host would be.{near} "
            f"{_elsewhere(directory.name)}"
        ) from None
    return spec.with_defaults("benchmark", {**recorded, **values})


def _elsewhere(run_id: str) -> str:
    return (
        "A run is followed with the directory that it was begun in: give that by --runs-dir. From anywhere, "
        f"{hints.command_line('bench.results --bucket BUCKET')} lists what is published, and "
        f"{hints.command_line(f'bench.terminate --run-id {run_id}')} ends it."
    )


def _recorded(directory: Path) -> Values:
    known = parameters_file.read_parameters(directory)
    if not _is_of_run(known):
        raise FailedError(f"{directory / parameters_file.PARAMETERS} is not that of a run, but of another command.")
    return _with_key({name: known[name] for name in spec.names("benchmark") if known.get(name) is not None})


def _with_key(recorded: Values) -> Values:
    """Recorded parameters, with the path that the user's own key has now."""
    path = recorded.get("key_file")
    return {**recorded, "key_file": key_file.of_run(str(path))} if path else recorded
