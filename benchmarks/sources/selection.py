"""Which of the published runs are meant, by what their keys say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import PurePath

from benchmarks import hints
from benchmarks.parameters import suites
from benchmarks.results.result_keys import RunFolder
from benchmarks.runs import run_words
from benchmarks.runs.records import Values

_TEXTS: dict[str, Callable[[RunFolder], str | None]] = {
    "suite": lambda run: run.suite,
    "instance type": lambda run: run.machine,
    "ref": lambda run: run.ref,
}


@dataclass(frozen=True)
class Selection:
    """What runs must have. Texts may contain `*` and `?`, as names of files in a shell; None admits every run."""

    suite: str | None = None
    instance_type: str | None = None
    ref: str | None = None
    since: datetime | None = None  # when they were started, or later

    @property
    def _wanted(self) -> dict[str, str]:
        texts = dict(zip(_TEXTS, (self.suite, self.instance_type, self.ref), strict=True))
        return {title: text for title, text in texts.items() if text is not None}

    @property
    def given(self) -> tuple[str, ...]:
        """What is asked for, in words, such as `suite plonky2`."""
        start = () if self.since is None else (f"start from {self.since:%Y-%m-%d %H:%M} UTC on",)
        return (*(f"{title} {text}" for title, text in self._wanted.items()), *start)

    def admits(self, run: RunFolder) -> bool:
        """Whether a run has everything that is asked for."""
        late_enough = self.since is None or run.started >= self.since
        return late_enough and all(_has(run, title, text) for title, text in self._wanted.items())

    def admits_suite(self, suite: str) -> bool:
        """Whether runs of a suite may have what is asked for."""
        return self.suite is None or _matches(suite, self.suite)

    def why_none(self, runs: Sequence[RunFolder], place: str) -> str:
        """A sentence on why none of `runs` is admitted: the first thing asked for that none has, else all together."""
        for title, text in self._wanted.items():
            if not any(_has(run, title, text) for run in runs):
                known = sorted({value for run in runs if (value := _TEXTS[title](run))})
                hint = hints.nearest(text, known)
                return (
                    f"There is no run in {place} with {title} {text}.{hint} There: {run_words.some(known) or 'none'}."
                )
        return f"There is no run in {place} with {' and '.join(self.given)}."


def read(values: Values) -> Selection:
    """The selection of a command's parameters. The name of a suite's file stands for the suite."""
    suite = values["suite"]
    return Selection(
        suite=PurePath(suite).stem if suite and suites.is_file(suite) else suite,
        instance_type=values["instance_type"],
        ref=values["ref"],
        since=values["since"],
    )


def _has(run: RunFolder, title: str, text: str) -> bool:
    value = _TEXTS[title](run)
    return value is not None and _matches(value, text)


def _matches(value: str, pattern: str) -> bool:
    # A bracket stands for itself.
    return fnmatchcase(value, pattern.replace("[", "[[]"))
