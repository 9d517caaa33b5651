"""Why a log has no results."""

from __future__ import annotations

import pytest

from benchmarks.readers.nothing_measured import Signs


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        (["running 0 tests", "", "test result: ok. 0 measured; 0 filtered out"], "the compiler's own harness ran"),
        (["running 0 tests", "test result: ok. 0 measured; 3 filtered out"], "the benchmarks are not Criterion's"),
        (["test result: ok. 0 measured; 0 filtered out"], "the benchmarks are not Criterion's"),
        (["copy/bytes: benchmark"], "the benchmarks were only listed or tested"),
        (["Testing copy/bytes", "Success"], "the benchmarks were only listed or tested"),
        (["Success"], "the benchmarks are not Criterion's"),
        ([], "the benchmarks are not Criterion's"),
    ],
)
def test_the_likely_cause_is_read_from_the_log(lines: list[str], cause: str) -> None:
    signs = Signs()
    for line in lines:
        signs.see(line)
    assert signs.cause.startswith(cause)
