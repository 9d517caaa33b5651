"""Signs that a measurement is unstable, and the sentences on them."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.results import stability
from benchmarks.results.stability import Sign
from benchmarks.runs.result_records import BenchmarkMeasurement, Estimate, Samples
from tests.support import result_samples


def measured(*values: float, id: str = "mul", half: float = 1.0, **changes: Any) -> BenchmarkMeasurement:
    """A measurement with an interval of 100 ± `half` and one iteration for each of the samples, by default ten."""
    given = values or (100.0,) * 10
    samples = Samples(mode="Flat", iterations=(1.0,) * len(given), values=given)
    estimates = {"slope": result_samples.estimate(100.0, half)}
    return result_samples.criterion(id, **{"samples": samples, "estimates": estimates, **changes})


def test_a_quiet_measurement_has_no_sign() -> None:
    assert stability.signs(measured()) == ()
    assert stability.warnings([measured()], None) == []


@pytest.mark.parametrize(
    ("measurement", "sign"),
    [
        (measured(*[100.0] * 9), Sign.FEW),
        (measured(half=5.1), Sign.WIDE),
        (measured(*[100.0] * 5, *[106.0] * 5), Sign.DRIFT),
        (measured(*[106.0] * 5, *[100.0] * 5), Sign.DRIFT),
        (measured(steal=0.011), Sign.STEAL),
    ],
)
def test_each_sign_is_found_alone(measurement: BenchmarkMeasurement, sign: Sign) -> None:
    assert stability.signs(measurement) == (sign,)


@pytest.mark.parametrize(
    "measurement",
    [
        measured(*[100.0] * 10),
        measured(half=5.0),
        measured(*[100.0] * 5, *[105.0] * 5),
        measured(steal=0.01),
        measured(steal=None),
    ],
)
def test_at_a_limit_there_is_no_sign(measurement: BenchmarkMeasurement) -> None:
    assert stability.signs(measurement) == ()


def test_drift_is_that_of_one_iteration() -> None:
    linear = Samples(
        mode="Linear", iterations=tuple(map(float, range(1, 11))), values=tuple(100.0 * n for n in range(1, 11))
    )
    assert stability.signs(measured(samples=linear)) == ()


@pytest.mark.parametrize("values", [[0.0] * 10, [-1.0] * 10, [0.0] * 5 + [1.0] * 5], ids=str)
def test_samples_that_are_no_times_do_not_drift(values: list[float]) -> None:
    assert stability.signs(measured(*values)) == ()


def test_samples_without_iterations_are_not_divided_by_none() -> None:
    none = Samples(mode=None, iterations=(0.0,) * 10, values=(1.0,) * 10)
    assert stability.signs(measured(samples=none)) == ()


def test_what_is_known_from_a_log_alone_has_no_samples_to_count() -> None:
    assert stability.signs(measured(samples=None, estimates={"slope": Estimate(point=1.0)})) == ()
    assert stability.signs(measured(estimates={"slope": result_samples.estimate(0.0)})) == ()


@pytest.mark.parametrize("point", [-100.0, 100.0])
def test_the_width_of_an_interval_is_a_share_of_the_estimate(point: float) -> None:
    assert stability.signs(measured(estimates={"slope": result_samples.estimate(point, 6.0)})) == (Sign.WIDE,)


def test_a_sentence_names_the_benchmarks_and_says_what_to_do() -> None:
    wide = [measured(id=f"mul/{number}", half=9.0) for number in range(3)]
    advice = (
        "an interval of more than ±5%: give a longer --measurement-time in the suite's arguments, or a quieter machine."
    )
    assert stability.warnings(wide[:1], None) == [f"mul/0 has {advice}"]
    assert stability.warnings(wide[:2], None) == [f"2 benchmarks (mul/0, mul/1) have {advice}"]
    assert stability.warnings(wide, None) == [f"3 benchmarks (mul/0, mul/1, …) have {advice}"]


def test_every_sign_has_its_sentence() -> None:
    everything = measured(*[100.0] * 9, half=9.0, steal=0.5), measured(*[100.0] * 5, *[200.0] * 5)
    sentences = stability.warnings(everything, None)
    assert len(sentences) == len(Sign)
    assert all(sentence.startswith("mul has ") and sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize(("credits", "count"), [("standard", 1), ("unlimited", 0), (None, 0)])
def test_a_type_that_is_throttled_is_named(credits: str | None, count: int) -> None:
    platform = result_samples.platform(instance_type="t3.micro", cpu_credits=credits)
    found = stability.warnings([measured()], platform)
    assert len(found) == count
    assert all(sentence.startswith("t3.micro is a burstable type with standard credits: ") for sentence in found)
