"""A table for comments on GitHub: https://github.github.com/gfm/#tables-extension-

The rows of a benchmark are next to each other, one for each source, so that their numbers can be compared downwards
however many sources there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from benchmarks.exports import benchmark_names, github_text, throughput_rates
from benchmarks.exports.exported import Exported
from benchmarks.results import quantities
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.text import natural

Row = tuple[str, BenchmarkMeasurement]  # the label of its source, and the measurement
Cell = Callable[[BenchmarkMeasurement], str]


def text(sources: Sequence[Labelled]) -> Exported:
    """The table, and below it the sentences on results that are lost."""
    rows = [(source.label, one) for source in sources for one in source.results.measurements]
    places = {source.label: place for place, source in enumerate(sources)}
    rows.sort(key=lambda row: (row[1].target or "", natural(row[1].id), places[row[0]], row[1].variant or ""))
    names, numbers = _names(rows), _numbers([one for _, one in rows])
    lines = [
        github_text.line([*names, *numbers]),
        github_text.line([*(":--" for _ in names), *("--:" for _ in numbers)]),
    ]
    before: Sequence[str] = []
    for row in rows:
        named = [cell(row) for cell in names.values()]
        lines.append(github_text.line([*_unless_repeated(named, before), *(cell(row[1]) for cell in numbers.values())]))
        before = named
    problems = [(source.label, problem) for source in sources for problem in source.results.lost]
    lines += ["" for _ in problems[:1]]
    lines += [f"- {github_text.code(label)}: {github_text.escaped(problem)}" for label, problem in problems]
    return Exported("".join(f"{line}\n" for line in lines))


def _names(rows: Sequence[Row]) -> Mapping[str, Callable[[Row], str]]:
    """The columns that say what was measured: only those in which rows differ, and the benchmark."""
    columns: dict[str, Callable[[Row], str]] = {}
    if len({one.target for _, one in rows}) > 1:
        columns["target"] = lambda row: github_text.code(row[1].target or "")
    columns["benchmark"] = lambda row: github_text.code(f"{row[1].id}{benchmark_names.suffix(row[1])}")
    if len({label for label, _ in rows}) > 1:
        columns["source"] = lambda row: github_text.code(row[0])
    return columns


def _numbers(measurements: Sequence[BenchmarkMeasurement]) -> Mapping[str, Cell]:
    columns: dict[str, Cell] = {"estimate": lambda one: _quantity(one, one.shown.point)}
    levels = {one.shown.interval.level for one in measurements if one.shown.interval}
    if len(levels) == 1 and (level := levels.pop()) is not None:
        columns[f"{quantities.level(level)} interval"] = _interval
    elif any(one.shown.interval for one in measurements):
        columns["interval"] = lambda one: f"{_interval(one)}{_level(one)}"
    if any(one.spread is not None for one in measurements):
        columns["max - min"] = lambda one: "" if one.spread is None else _quantity(one, one.spread)
    if any(_throughput(one) for one in measurements):
        columns["throughput"] = _throughput
    return columns


def _quantity(measurement: BenchmarkMeasurement, value: float) -> str:
    return github_text.escaped(quantities.quantity(value, measurement.unit))


def _interval(measurement: BenchmarkMeasurement) -> str:
    interval = measurement.shown.interval
    return f"{_quantity(measurement, interval.low)} to {_quantity(measurement, interval.high)}" if interval else ""


def _level(measurement: BenchmarkMeasurement) -> str:
    interval = measurement.shown.interval
    return f" ({quantities.level(interval.level)})" if interval and interval.level is not None else ""


def _throughput(measurement: BenchmarkMeasurement) -> str:
    return ", ".join(map(github_text.escaped, throughput_rates.texts(measurement)))


def _unless_repeated(cells: Sequence[str], above: Sequence[str]) -> list[str]:
    """The cells, empty as far as they say the same as those of the row above; the last one is always shown."""
    shown = next((place for place, cell in enumerate(cells) if cell not in above[place : place + 1]), len(cells))
    return [cell if place >= min(shown, len(cells) - 1) else "" for place, cell in enumerate(cells)]
