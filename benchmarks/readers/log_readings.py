"""The results in a log alone, without the files of a harness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from benchmarks.readers.benchmark_log import Log, Place, ProgramOutput
from benchmarks.readers.criterion import printed_estimate
from benchmarks.readers.printed_results import BenchLine, Printed
from benchmarks.runs.result_records import BenchmarkMeasurement, Estimate


def of_log(log: Log) -> tuple[BenchmarkMeasurement, ...]:
    """Every result in a log, in its order. Programs of the same target are numbered as its processes."""
    processes: Counter[str | None] = Counter()
    found: list[BenchmarkMeasurement] = []
    for program in log.programs:
        processes[program.target] += 1
        found += (measurement for measurement, _ in of_program(program, processes[program.target]))
    return tuple(found)


def left_out(log: Log) -> tuple[str, ...]:
    """A sentence for each benchmark that Criterion has skipped."""
    ids = dict.fromkeys(id for program in log.programs for id in program.skipped)
    return tuple(f"Criterion measured no time at all for {id}, and left it out." for id in ids)


def of_bench_line(id: str, line: BenchLine) -> BenchmarkMeasurement:
    """The result of a harness that writes no files, such as libtest's."""
    return BenchmarkMeasurement(
        id=id,
        harness="libtest",
        statistic="median",
        estimates={"median": Estimate(point=line.point)},
        unit=line.unit,
        spread=line.spread,
        throughput=line.throughput,
    )


def _of_printed(id: str, printed: Printed) -> BenchmarkMeasurement:
    return BenchmarkMeasurement(
        id=id,
        harness="criterion",
        statistic="typical",
        # The confidence level is not printed.
        estimates={"typical": printed_estimate(printed, level=None)},
        unit=printed.unit,
        throughput=printed.throughput,
    )


def of_program(program: ProgramOutput, process: int = 1) -> Iterator[tuple[BenchmarkMeasurement, Place]]:
    """Every result of a program, the process of its target with this number, and where it has written it in the log."""
    of_criterion = {id: _of_printed(id, printed) for id, printed in program.printed.items()}
    of_lines = {id: of_bench_line(id, line) for id, line in program.lines.items() if id not in of_criterion}
    every = {**of_criterion, **of_lines}
    for id, place in program.places.items():
        yield replace(every[id], target=program.target, process=process, position=place.position), place
