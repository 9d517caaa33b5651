"""Sentences on the measurements that a format cannot hold."""

from __future__ import annotations

from collections.abc import Sequence, Sized

from benchmarks.errors import RefusedError
from benchmarks.exports import benchmark_names
from benchmarks.runs.result_records import BenchmarkMeasurement

_NAMED = 3  # measurements that a sentence names

UNKNOWN_UNIT = "the unit of its numbers is not known"

Reason = tuple[BenchmarkMeasurement, str]  # a measurement, and why it is left out: a clause after `since`


def sentences(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """One sentence for each reason, in the order of their first measurements. Equal names are named once."""
    groups: dict[str, dict[str, None]] = {}
    for measurement, reason in reasons:
        groups.setdefault(reason, {})[benchmark_names.in_sentence(measurement)] = None
    return tuple(_sentence(list(names), reason) for reason, names in groups.items())


def refuse_nothing(kept: Sized, left_out: Sequence[str], program: str) -> None:
    """Raise RefusedError, with all reasons, if no measurement is left for a program."""
    if not len(kept):
        why = "; ".join(sentence.removesuffix(".") for sentence in left_out)
        raise RefusedError(f"Nothing can be exported for {program}: {why}.")


def _sentence(names: Sequence[str], reason: str) -> str:
    if len(names) == 1:
        return f"{names[0]} is left out, since {reason}."
    more = len(names) - _NAMED
    first, last = (names[:_NAMED], f"{more} more") if more > 0 else (names[:-1], names[-1])
    return f"{', '.join(first)} and {last} are left out, each since {reason}."
