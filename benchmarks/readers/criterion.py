"""Criterion's result files, of versions 0.3.6 to 0.8; up to 0.3.2, the estimates have other names.

Layout: https://bheisler.github.io/criterion.rs/book/. Paths contain shortened names that may collide, so `full_id` is
the key, never the path. The files do not contain the unit: it is nanoseconds, unless the program uses a custom
measurement. Criterion's printed output tells which.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from benchmarks.readers import printed_results
from benchmarks.readers.benchmark_log import ProgramOutput
from benchmarks.readers.printed_results import Printed
from benchmarks.runs import run_layout
from benchmarks.runs.records import Json
from benchmarks.runs.result_records import NANOSECONDS, BenchmarkMeasurement, Estimate, Interval, Samples

_FILES = ("benchmark", "estimates", "sample")
_STATISTICS = ("mean", "median", "median_abs_dev", "slope", "std_dev")
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
    """The benchmarks of a directory, each with its title, and a sentence for each one that cannot be read."""

    measurements: tuple[tuple[str, BenchmarkMeasurement], ...]
    problems: tuple[str, ...]


def read(directory: Path, output: ProgramOutput, name: str = "") -> Reading:
    """The newest measurement of every benchmark below a Criterion directory, in no particular order.

    `output` is what the program has printed; without it, units are not known. Problems call the directory `name`.
    """
    found, problems = [], []
    for folder in sorted({path.parent for path in directory.rglob("new/*.json")}):
        inside = folder.relative_to(directory)
        try:
            found.append(_read_one(folder, f"{name}/{inside}" if name else str(folder), inside, output))
        except ValueError as error:
            problems.append(str(error))
    return Reading(tuple(_with_unique_ids(found)), tuple(problems))


def _with_unique_ids(
    found: Sequence[tuple[str, BenchmarkMeasurement]],
) -> list[tuple[str, BenchmarkMeasurement]]:
    """Criterion gives benchmarks with the same id different titles."""
    times = Counter((one.target, one.id) for _, one in found)
    return [(title, replace(one, id=title) if times[one.target, one.id] > 1 else one) for title, one in found]


def _target(inside: Path, directory_name: object) -> str | None:
    """The directories above those that Criterion itself has made: this tool gives each target one.

    In a workspace, packages may have `target/criterion` each; their directory's name then stands for a target.
    """
    parts = inside.parts[:-1]
    own = Path(directory_name).parts if isinstance(directory_name, str) else ()
    above = parts[: -len(own)] if own and parts[-len(own) :] == own else ()
    if run_layout.CRITERION in above:
        at = above.index(run_layout.CRITERION)
        # Cargo's own directory of what it has built, which holds Criterion's.
        package = above[: at - 1] if above[at - 1 : at] == ("target",) else above[:at]
        above = (*package, *above[at + 1 :])
    return os.fsencode("/".join(above)).decode(errors="replace") or None


def _read_one(folder: Path, shown: str, inside: Path, output: ProgramOutput) -> tuple[str, BenchmarkMeasurement]:
    benchmark, estimates, sample = (_load(folder / f"{name}.json", f"{shown}/{name}.json") for name in _FILES)
    try:
        id = _text(benchmark["full_id"])
        title = _text(benchmark.get("title") or id).strip()
        statistic = "slope" if estimates.get("slope") else "mean"
        chosen = _estimate(estimates[statistic])
        others = {name: _estimate_if_any(estimates.get(name)) for name in _STATISTICS}
        every = {name: estimate for name, estimate in others.items() if estimate}
        printed = output.printed.get(title)
        unit: str | None = NANOSECONDS if output.units and all(map(printed_results.is_time, output.units)) else None
        if printed and _is_number_of_file(printed, chosen.point):
            unit = printed.unit
        elif printed:
            # Only Criterion knows the scale of a custom measurement, so its printed numbers are used.
            every, unit = (
                {statistic: printed_estimate(printed, chosen.interval.level if chosen.interval else None)},
                printed.unit,
            )
        return title, BenchmarkMeasurement(
            id=id,
            group=_text_if_any(benchmark.get("group_id")),
            function=_text_if_any(benchmark.get("function_id")),
            value=_text_if_any(benchmark.get("value_str")),
            target=_target(inside, benchmark.get("directory_name")),
            harness="criterion",
            statistic=statistic,
            estimates=every,
            unit=unit,
            samples=_samples(sample),
            throughput=_throughput(benchmark.get("throughput")),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"{shown} is not as Criterion writes it: {error!r}.") from None


def printed_estimate(printed: Printed, level: float | None) -> Estimate:
    """The estimate that Criterion has printed, with the confidence level if it is known."""
    if printed.low is None or printed.high is None:
        return Estimate(point=printed.point)
    return Estimate(point=printed.point, interval=Interval(low=printed.low, high=printed.high, level=level))


def _is_number_of_file(printed: Printed, point: float) -> bool:
    """Whether a printed value, which has at least four digits or four decimals, is the same as that of the file."""
    return math.isclose(printed.point, point, rel_tol=1e-3, abs_tol=1e-7)


def _estimate(found: Json) -> Estimate:
    interval = found["confidence_interval"]
    low, high, level = (_number(interval[key]) for key in ("lower_bound", "upper_bound", "confidence_level"))
    return Estimate(
        point=_number(found["point_estimate"]),
        interval=Interval(low=low, high=high, level=level),
        standard_error=_number_if_any(found.get("standard_error")),
    )


def _estimate_if_any(found: Json | None) -> Estimate | None:
    """An estimate that is not shown; None if Criterion could not compute it."""
    try:
        return _estimate(found) if found else None
    except (KeyError, TypeError, AttributeError, OverflowError):
        return None


def _samples(found: Json) -> Samples:
    iterations, values = (tuple(map(_number, found[key])) for key in ("iters", "times"))
    if len(iterations) != len(values):
        raise TypeError(f"{len(iterations)} iterations and {len(values)} times")
    # Criterion 0.3.3 and earlier have only linear sampling, and do not name it.
    return Samples(mode=_text_if_any(found.get("sampling_mode")), iterations=iterations, values=values)


def _throughput(given: object) -> dict[str, float]:
    """Amounts by kind: one kind, or elements and bytes together."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise TypeError(f"throughput {given!r}")
    amounts: Mapping[str, object] = given.get("ElementsAndBytes", given)
    return {_THROUGHPUTS[kind]: _number(amount) for kind, amount in amounts.items()}


def _number(value: object) -> float:
    """A finite number. Raises TypeError, as for the null that Criterion writes for what it could not compute."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is not a finite number")
    return float(value)


def _number_if_any(value: object) -> float | None:
    return None if value is None else _number(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise TypeError(f"{value!r} is no text, but has a part of a character") from None
    return value


def _text_if_any(value: object) -> str | None:
    return None if value is None else _text(value)


def _load(path: Path, shown: str) -> Json:
    try:
        if path.exists() and not path.is_file():
            raise ValueError("it is no file")
        content: Json = json.loads(path.read_text(encoding="utf-8"))
        return content
    except OSError as error:
        raise ValueError(f"{shown} cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{shown} cannot be read: {error}.") from None
