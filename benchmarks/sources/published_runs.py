"""The runs in a bucket, known by the keys of their results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.results import result_keys
from benchmarks.results.result_keys import RunFolder
from benchmarks.runs import run_words
from benchmarks.sources import s3_objects
from benchmarks.sources.places import SCHEME
from benchmarks.sources.selection import Selection

Run = tuple[datetime, str]  # its start and its id


@dataclass(frozen=True)
class PublishedRuns:
    """The runs in `bucket`, or in the folder of one suite there, that are selected."""

    s3: Client
    bucket: str
    selection: Selection
    suite: str | None = None  # only what is in the folder of this one

    @cached_property
    def folders(self) -> tuple[RunFolder, ...]:
        """The folders of the runs, the latest first. S3 is asked for lists of keys alone.

        Raises RefusedError if S3 refuses, and if there are runs but none is selected.
        """
        found = sorted(self._listed(self.selection), key=lambda run: (run.started, run.run_id), reverse=True)
        if not found and self.selection.given:
            self._refuse()
        return tuple(found)

    @property
    def runs(self) -> dict[Run, list[RunFolder]]:
        """The folders of each run, the latest first. Several users may have called theirs the same."""
        found: dict[Run, list[RunFolder]] = {}
        for folder in self.folders:
            found.setdefault((folder.started, folder.run_id), []).append(folder)
        return found

    def choose(self, word: str) -> tuple[RunFolder, ...]:
        """The folders of the run of `RUN`, `RUN/HOST` or `RUN/HOST/ATTEMPT`. Raises RefusedError if there is none.

        `latest` is about runs that have begun to measure, as on this machine.
        """
        place = f"{SCHEME}{self.bucket}{self._with}"
        runs_ago = run_words.back(word)
        if runs_ago is not None:
            return tuple(self.runs[run_words.latest(runs_ago, self._begun(runs_ago + 1), place)])
        chosen = run_words.named(word, [run_id for _, run_id in self.runs], place)
        same = {run: folders for run, folders in self.runs.items() if run[1] == chosen}
        if len(same) > 1:
            starts = run_words.some([f"{started:%Y-%m-%dT%H:%M:%S}" for started, _ in same])
            raise RefusedError(
                f"{len(same)} runs in {place} are called {chosen}, started at {starts} UTC: choose one by --since, or "
                "give the s3:// URI of its folder."
            )
        return tuple(next(iter(same.values())))

    def _begun(self, count: int) -> list[Run]:
        """The latest runs of which S3 has an attempt, so many if there are; of others there is only what was asked."""
        has_attempt = (run for run, folders in self.runs.items() if any(map(self._has_attempt, folders)))
        return list(islice(has_attempt, count))

    def _has_attempt(self, run: RunFolder) -> bool:
        return any(True for _ in s3_objects.folders(self.s3, self.bucket, run.key))

    @property
    def _with(self) -> str:
        return f" with {' and '.join(self.selection.given)}" if self.selection.given else ""

    def _listed(self, selection: Selection) -> Iterator[RunFolder]:
        for suite in self._suites(selection):
            after = result_keys.since(suite, selection.since) if selection.since else ""
            for folder in s3_objects.folders(self.s3, self.bucket, result_keys.of_suite(suite), after):
                run = result_keys.run_of(folder)
                if run and selection.admits(run):
                    yield run

    def _suites(self, selection: Selection) -> Sequence[str]:
        if self.suite is not None:
            return [self.suite]
        found = s3_objects.folders(self.s3, self.bucket, result_keys.ROOT)
        return [suite for folder in found if selection.admits_suite(suite := result_keys.suite_of(folder))]

    def _refuse(self) -> None:
        """Raise RefusedError, which names what the runs there have in place of what is asked for, if there are any."""
        runs = list(self._listed(Selection()))
        if runs:
            raise RefusedError(self.selection.why_none(runs, f"{SCHEME}{self.bucket}"))
