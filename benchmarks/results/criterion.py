"""Criterion's result files, of versions 0.3.6 to 0.8; up to 0.3.2, the estimates have other names.

Layout: https://bheisler.github.io/criterion.rs/book/. Paths contain shortened names that may collide, so `full_id` is
the key, never the path. The files do not contain the unit: it is nanoseconds, unless the program uses a custom
measurement. Criterion's printed output tells which.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.host.log_output import Printed
from benchmarks.results.estimates import NANOSECONDS, Estimate, Interval
from benchmarks.runs.records import Json

_FILES = ("benchmark", "estimates", "sample")
# Criterion's time units in nanoseconds; some versions print the letter mu for the micro sign.
_TIMES = {"ps": 1e-3, "ns": 1.0, "us": 1e3, "\u00b5s": 1e3, "\u03bcs": 1e3, "ms": 1e6, "s": 1e9}
_THROUGHPUTS = {
    "Elements": "elements",
    "Bytes": "bytes",
    "BytesDecimal": "bytes_decimal",
    "Bits": "bits",
    "elements": "elements",
    "bytes": "bytes",
}


@dataclass(frozen=True)
class Reading:
    """The results of one target: its estimates, and a sentence for each one that cannot be read."""

    estimates: tuple[Estimate, ...]
    problems: tuple[str, ...]


def read(directory: Path, target: str, printed: Mapping[str, Printed], units: Collection[str]) -> Reading:
    """The newest estimate of every benchmark below a target's Criterion directory, in no particular order.

    `printed` is Criterion's output for each benchmark, by title. `units` are all units in the target's output.
    """
    estimates, problems = [], []
    for folder in sorted({path.parent for path in directory.rglob("new/*.json")}):
        try:
            estimates.append(_read_one(folder, target, printed, units))
        except ValueError as error:
            problems.append(str(error))
    return Reading(tuple(estimates), tuple(problems))


def _read_one(folder: Path, target: str, printed: Mapping[str, Printed], units: Collection[str]) -> Estimate:
    benchmark, estimates, sample = (_load(folder / f"{name}.json") for name in _FILES)
    try:
        statistic = "slope" if estimates.get("slope") else "mean"
        chosen = estimates[statistic]
        interval = chosen["confidence_interval"]
        point = _number(chosen["point_estimate"])
        low, high, level = (_number(interval[key]) for key in ("lower_bound", "upper_bound", "confidence_level"))
        line = printed.get(str(benchmark.get("title") or benchmark["full_id"]).strip())
        in_nanoseconds = _is_time(line, point) if line else bool(units) and all(unit in _TIMES for unit in units)
        # Only Criterion knows the scale of a custom measurement, so its printed numbers are used.
        shown = Printed(low, point, high, NANOSECONDS) if in_nanoseconds else line
        return Estimate(
            target=target,
            id=_text(benchmark["full_id"]),
            statistic=statistic,
            point=shown.point if shown else point,
            unit=shown.unit if shown else None,
            interval=Interval(shown.low, shown.high, level) if shown else Interval(low, high, level),
            samples=len(sample["times"]),
            throughput=_throughput(benchmark.get("throughput")),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"{folder} is not as Criterion writes it: {error!r}.") from None


def _is_time(line: Printed, point: float) -> bool:
    """Whether the printed value equals the file's number in nanoseconds."""
    scale = _TIMES.get(line.unit)
    return scale is not None and math.isclose(line.point * scale, point, rel_tol=1e-3, abs_tol=1e-4 * scale)


def _throughput(given: object) -> dict[str, float]:
    """Amounts by kind: one kind, or elements and bytes together."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise TypeError(f"throughput {given!r}")
    amounts = given.get("ElementsAndBytes", given)
    return {_THROUGHPUTS[kind]: _number(amount) for kind, amount in amounts.items()}


def _number(value: object) -> float:
    """A finite number. Raises TypeError, as for the null that Criterion writes for what it could not compute."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is not a finite number")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _load(path: Path) -> Json:
    try:
        content: Json = json.loads(path.read_text(encoding="utf-8"))
        return content
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read: {error}.") from None
