"""The run in a directory of runs that a user names, by its id, the unique start of that, `latest` or `latest~N`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.runs import parameters_file, record_files, run_id, run_layout, run_words
from benchmarks.runs.records import Instances, Preflight

_NONE = "start one by bench, or give another directory by --runs-dir"


def find(runs_dir: Path, given: str, *, elsewhere: bool = False, unplanned: bool = False) -> str:
    """The id of the run that `given` stands for.

    `latest` is the run that was planned last, and `latest~N` the one N runs before it, whatever their ids. A whole id
    is never taken for the start of another. With `elsewhere`, an id that no run here has, and none starts with, is
    returned as it is: that run may have been started on another machine. With `unplanned`, a run counts that was killed
    before it was planned.
    Raises RefusedError, which names the runs that may be meant, if there is no such run or if several ids start so.
    """
    if "/" in given:
        raise RefusedError(f"{given} is no run's id: give the run alone, without a slash and what follows it.")
    admits = is_begun if unplanned else is_planned
    runs_ago = run_words.back(given)
    if runs_ago is not None:
        return run_words.latest(runs_ago, latest_first(runs_dir, admits), str(runs_dir), otherwise=_NONE)
    names = [path.name for path in directories(runs_dir) if run_id.is_valid(path.name)]
    if given in names:
        return given
    # The directories of commands that plan no run, such as setup, are no candidates.
    planned = [name for name in names if admits(runs_dir / name)]
    if elsewhere and run_id.is_valid(given) and not any(name.startswith(given) for name in planned):
        return given
    return run_words.named(given, planned, str(runs_dir), "There is no run")


def directories(runs_dir: Path) -> list[Path]:
    """The directories in `runs_dir`, in no order; none if it cannot be read."""
    try:
        return [path for path in runs_dir.iterdir() if path.is_dir()]
    except OSError:
        return []


def is_planned(directory: Path) -> bool:
    """Whether a directory is that of a run that was planned, and may thus have launched something."""
    return any((directory / kind.FILE).is_file() for kind in (Preflight, Instances))


def is_begun(directory: Path) -> bool:
    """Whether a directory is that of a run that was begun, even if that was killed before it was planned."""
    # Other commands write requests too, and hold no such lock.
    unplanned = (directory / parameters_file.REQUEST, run_layout.holder(directory, run_layout.WRAPPER))
    return is_planned(directory) or all(path.is_file() for path in unplanned)


def latest_first(runs_dir: Path, admits: Callable[[Path], bool] = is_planned) -> list[str]:
    """The names of the runs whose directory `admits` takes, the one that was planned last first.

    None is left out for a damaged record: an older run would be taken for the latest, and be ended in its place.
    """
    started = {path: _started(path) for path in directories(runs_dir) if admits(path)}
    return [path.name for path in sorted(started, key=lambda path: (started[path], path.name), reverse=True)]


def _started(directory: Path) -> datetime:
    """When a run was planned; if its plan cannot be read, the earliest time known that cannot be before that."""
    if plan := record_files.recall(Preflight, directory):
        return plan.started
    launched = record_files.recall(Instances, directory)
    launches = [one.launched for one in launched.instances] if launched else []
    # Whoever continues a run writes its files again.
    files = (directory / name for name in (Preflight.FILE, parameters_file.REQUEST, "."))
    return min((*launches, *_written(files)), default=datetime.min.replace(tzinfo=UTC))


def _written(paths: Iterable[Path]) -> Iterator[datetime]:
    for path in paths:
        with suppress(OSError):
            yield datetime.fromtimestamp(path.stat().st_mtime, UTC)
