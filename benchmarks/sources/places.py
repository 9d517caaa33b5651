"""Where sources are looked for that are not files: a directory of runs, or a bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.errors import RefusedError
from benchmarks.runs import run_directory
from benchmarks.runs.records import Values
from benchmarks.sources import selection
from benchmarks.sources.selection import Selection

if TYPE_CHECKING:
    from benchmarks.aws.session import Client
    from benchmarks.sources.published_runs import PublishedRuns

SCHEME = "s3://"
# A bucket, the folder of all its results, or that of a suite.
_ABOVE_RUNS = re.compile(r"s3://(?P<bucket>[^/]+)(?:/|/results/?|/results/(?P<suite>[^/]+)/?)?")


@dataclass(frozen=True)
class Place:
    """Where runs are looked for: in a directory of this machine, or in a bucket, if there is one; and which.

    With a bucket, a word is a path only if it begins like one, since any other may be the id of a run.
    """

    runs_dir: Path
    bucket: str | None = None
    selection: Selection = field(default_factory=Selection)
    _published: dict[str, PublishedRuns] = field(default_factory=dict, compare=False, repr=False)

    @property
    def default(self) -> str:
        """What is read if no source is given."""
        return f"{SCHEME}{self.bucket}/results/" if self.bucket else "latest"

    def is_path(self, word: str) -> bool:
        """Whether a word may be a path."""
        return not self.bucket or word.startswith((".", "/", "~"))

    @cached_property
    def s3(self) -> Client:
        """A client for any bucket. Raises RefusedError if there are no credentials."""
        # Imported here, since results on this machine are read faster without it.
        from benchmarks.sources import s3_objects

        return s3_objects.client()

    def published(self, uri: str) -> PublishedRuns | None:
        """The selected runs in the bucket, or suite's folder there, that a URI names; None if it names something else.

        Those of a URI are listed once.
        """
        found = _ABOVE_RUNS.fullmatch(uri)
        if found and uri not in self._published:
            # Imported here, as above.
            from benchmarks.results import result_keys
            from benchmarks.sources.published_runs import PublishedRuns

            suite = result_keys.suite_of(found["suite"]) if found["suite"] else None
            self._published[uri] = PublishedRuns(self.s3, found["bucket"], self.selection, suite)
        return self._published.get(uri)

    def refuse_unused(self) -> None:
        """Raise RefusedError if there is a selection, and no published run was looked for."""
        if self.selection.given and not self._published:
            raise RefusedError(
                f"{self.selection.given[0]} selects among published runs, and no source is one: leave it out."
            )


def of_parameters(parameters: Values) -> Place:
    """The place that a command's parameters name.

    Raises RefusedError for a selection without a bucket or a source in S3, for what cannot be a bucket's name, and for
    two places.
    """
    chosen = selection.read(parameters)
    bucket = parameters["bucket"]
    if bucket is not None and (not bucket or "/" in bucket):
        raise RefusedError(f"bucket must be the name of an S3 bucket alone, not {bucket!r}.")
    if bucket and parameters["runs_dir"]:
        raise RefusedError("bucket and runs_dir exclude each other: runs are looked for in one place.")
    if chosen.given and not bucket and not any(SCHEME in word for word in parameters["sources"] or ()):
        raise RefusedError(
            f"{chosen.given[0]} selects among published runs: give their bucket too, as in --bucket BUCKET."
        )
    return Place(run_directory.locate_runs(parameters["runs_dir"]), bucket, chosen)


def in_s3(word: str) -> bool:
    return word.startswith(SCHEME)
