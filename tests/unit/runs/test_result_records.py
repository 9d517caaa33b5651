"""What a record of results cannot hold, since nothing could be shown of it."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks.runs.result_records import BenchmarkMeasurement, Estimate, Samples
from tests.support import result_samples


def test_the_statistic_that_is_shown_is_one_of_the_estimates() -> None:
    assert result_samples.criterion(point=100.0).shown.point == 100.0
    with pytest.raises(ValueError, match=r"^'mul' has no estimate 'slope'$"):
        BenchmarkMeasurement(id="mul", harness="criterion", statistic="slope", estimates={"mean": Estimate(point=1.0)})


def test_each_sample_has_its_iterations() -> None:
    with pytest.raises(ValueError, match=r"^there are 1 iterations for 2 values$"):
        Samples(mode=None, iterations=(1.0,), values=(1.0, 2.0))


def test_a_record_that_contradicts_itself_is_not_read() -> None:
    content = b'{"id": "mul", "harness": "criterion", "statistic": "slope", "estimates": {}}'
    with pytest.raises(msgspec.ValidationError, match=r"^'mul' has no estimate 'slope'"):
        msgspec.json.decode(content, type=BenchmarkMeasurement)
