"""What is saved of a run: the results that are here, and those in S3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from benchmarks.errors import RefusedError
from benchmarks.run_list.asking import Answer, Folder
from benchmarks.run_list.recorded_runs import RecordedRun
from benchmarks.sources import s3_folders, s3_manifests

NOTHING = "Nothing that it measured is saved, so that it is lost with its instance."


def sentences(run_id: str, recorded: RecordedRun | None, answer: Answer) -> Iterator[str]:
    """What is saved of a run and where, a sentence each; that nothing is; and what could not be asked."""
    here = _here(recorded) if recorded else ""
    if here:
        yield here
    in_s3, refused = _in_s3(_of_run(run_id, recorded, answer))
    yield from in_s3
    unknown = [*answer.unknown, *refused]
    yield from (f"Whether S3 has results of it is not known. {why}" for why in unknown)
    if not (here or in_s3 or unknown):
        yield NOTHING


def _here(recorded: RecordedRun) -> str:
    outcome = recorded.outcome
    if not outcome.has_results:
        return ""
    count = f"{outcome.benchmarks} {'benchmark' if outcome.benchmarks == 1 else 'benchmarks'}"
    what = f"the results of {count}" if outcome.benchmarks else "results"
    part = ", which are a part of all" if outcome.is_partial else ""
    return f"Saved here: {what}{part}, in {recorded.directory}."


def _of_run(run_id: str, recorded: RecordedRun | None, answer: Answer) -> list[Folder]:
    """The folders of the run; of several runs of this name, those of the one that is here, else of the latest."""
    named = [folder for folder in answer.folders if folder.run.run_id == run_id]
    latest = max((folder.run.started for folder in named), default=None)
    started = recorded.plan.started.replace(microsecond=0) if recorded else latest
    return [folder for folder in named if folder.run.started == started]


def _in_s3(folders: Sequence[Folder]) -> tuple[list[str], list[str]]:
    """A sentence for each attempt's folder that has results, and why others could not be looked at."""
    found, refused = [], []
    for folder in folders:
        try:
            is_whole = partial(s3_manifests.is_whole, folder.s3, folder.bucket)
            every = s3_folders.folders(folder.keys(), folder.run.key)
            found += [
                f"Saved in S3: {s3_manifests.of(folder.s3, folder.bucket, one).value}, in s3://{folder.bucket}/{one.key}"
                for one in s3_folders.last_attempts(every, is_whole)
                if one.wanted
            ]
        except RefusedError as error:
            refused.append(str(error))
    return found, refused
