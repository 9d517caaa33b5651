"""Results that a log alone has."""

from __future__ import annotations

import io

from benchmarks.readers import benchmark_log, log_readings
from benchmarks.runs.result_records import BenchmarkMeasurement, Estimate, Interval
from tests.support.benchmark_logs import LOG


def test_every_result_of_a_log_is_a_measurement() -> None:
    found = log_readings.of_log(benchmark_log.read_stream(io.BytesIO(LOG.encode())))
    assert [(m.target, m.id, m.harness, m.position) for m in found] == [
        ("all_ffts", "mul", "criterion", 1),
        ("all_ffts", "fft<GoldilocksField>/8192", "criterion", 2),
        ("other", "bench_hamming", "libtest", 1),
        ("other", "takes long", "libtest", 2),
        ("other", "talks", "libtest", 3),
    ]
    assert found[0] == BenchmarkMeasurement(
        id="mul",
        target="all_ffts",
        harness="criterion",
        position=1,
        statistic="typical",
        estimates={"typical": Estimate(point=5.1366, interval=Interval(low=5.1277, high=5.1483))},
        unit="ns",
        throughput={"elements": 40.58},
    )
    assert (found[2].statistic, found[2].shown.point, found[2].spread, found[2].unit) == ("median", 88.22, 18.58, "ns")


def test_processes_of_a_target_are_numbered() -> None:
    log = benchmark_log.read_stream(io.BytesIO((LOG + LOG).encode()))
    assert [(m.target, m.process) for m in log_readings.of_log(log) if m.id in ("mul", "talks")] == [
        ("all_ffts", 1),
        ("other", 1),
        ("all_ffts", 2),
        ("other", 2),
    ]


def test_what_criterion_left_out_is_said() -> None:
    log = benchmark_log.read_stream(io.BytesIO(LOG.encode()))
    assert log_readings.left_out(log) == ("Criterion measured no time at all for none, and left it out.",)
