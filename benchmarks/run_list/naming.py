"""The run that a user names, here or, by the tags of instances, started elsewhere."""

from __future__ import annotations

from pathlib import Path

from benchmarks.aws import instances, tags
from benchmarks.errors import RefusedError
from benchmarks.run_list.asking import Answer
from benchmarks.runs import named_run, run_id, run_words


def is_here(runs_dir: Path, run: str) -> bool:
    return (runs_dir / run).is_dir()


def find(runs_dir: Path, given: str, answer: Answer, place: str) -> str:
    """The id of the run with the id `given`, else of the only one here, or of the user's in EC2, whose id starts so.

    `answer` is what EC2 has said of `place`. Only runs whose instances live are named by the start of their id. If EC2
    could not be asked, `given` is returned as it is.
    Raises RefusedError, which names the runs that may be meant; also if EC2 could not be asked and a run here has an id
    that starts so, since that may be another run than the one meant.
    """
    every = {tags.of(one.instance)[tags.RUN] for one in answer.seen}
    if given in every:
        return given
    if answer.unknown:
        local = named_run.find(runs_dir, given, elsewhere=True)
        if local != given:
            raise RefusedError(
                f"{given} is the start of the run {local}, and may be the whole id of another: EC2, which knows, could "
                f"not be asked. Give the whole id. {answer.refused or answer.unknown[0]}"
            )
        return given
    alive = {
        tags.of(one.instance)[tags.RUN]
        for one in answer.seen
        if instances.is_alive(one.instance) and tags.of(one.instance).get(tags.OWNER) == answer.owner
    }
    here = [path.name for path in named_run.directories(runs_dir) if named_run.is_planned(path)]
    known = sorted(filter(run_id.is_valid, {*alive, *here}))
    return run_words.named(given, known, place, "There is no run")


def region(run: str, answer: Answer) -> str | None:
    """The region in which EC2 has shown an instance of a run, None in none."""
    return next((one.region for one in answer.seen if tags.of(one.instance)[tags.RUN] == run), None)
