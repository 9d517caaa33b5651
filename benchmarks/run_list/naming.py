"""The run that a user names, here or, by the tags of their instances, started elsewhere."""

from __future__ import annotations

from pathlib import Path

from benchmarks.aws import instances, tags
from benchmarks.run_list.asking import Answer
from benchmarks.runs import named_run, run_words


def is_here(runs_dir: Path, run_id: str) -> bool:
    return (runs_dir / run_id).is_dir()


def find(runs_dir: Path, given: str, answer: Answer, place: str) -> str:
    """The id of a run that is not in `runs_dir`: one with this id, or the only one of the user's whose id starts so.

    `answer` is what EC2 has said of `place`. Only runs whose instances live are named by the start of their id. If EC2
    could not be asked, `given` is returned as it is.
    Raises RefusedError, which names the runs that may be meant.
    """
    if answer.unknown:
        return given
    every = {tags.of(one.instance)[tags.RUN] for one in answer.seen}
    if given in every:
        return given
    alive = {
        tags.of(one.instance)[tags.RUN]
        for one in answer.seen
        if instances.is_alive(one.instance) and tags.of(one.instance).get(tags.OWNER) == answer.owner
    }
    here = [path.name for path in named_run.directories(runs_dir) if named_run.is_planned(path)]
    return run_words.named(given, sorted({*alive, *here}), place, "There is no run")
