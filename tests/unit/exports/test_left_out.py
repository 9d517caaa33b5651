"""What a user is told of measurements that a format cannot hold."""

from __future__ import annotations

import pytest

from benchmarks.errors import RefusedError
from benchmarks.exports import left_out
from tests.support.result_samples import criterion


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ("a", "field/a is left out, since it is odd."),
        ("ab", "field/a and field/b are left out, each since it is odd."),
        ("abc", "field/a, field/b and field/c are left out, each since it is odd."),
        ("abcde", "field/a, field/b, field/c and 2 more are left out, each since it is odd."),
        ("aa", "field/a is left out, since it is odd."),
    ],
)
def test_measurements_with_one_reason_share_a_sentence(ids: str, sentence: str) -> None:
    assert left_out.sentences([(criterion(id), "it is odd") for id in ids]) == (sentence,)


def test_each_reason_has_its_sentence() -> None:
    reasons = [(criterion("a"), "it is odd"), (criterion("b"), "it is even"), (criterion("c"), "it is odd")]
    assert left_out.sentences(reasons) == (
        "field/a and field/c are left out, each since it is odd.",
        "field/b is left out, since it is even.",
    )


def test_an_export_of_nothing_is_refused_with_every_reason() -> None:
    with pytest.raises(RefusedError) as refused:
        left_out.refuse_nothing([], ["a is odd.", "b is even."], "critcmp")
    assert str(refused.value) == "Nothing can be exported for critcmp: a is odd; b is even."
    left_out.refuse_nothing(["kept"], ["a is odd."], "critcmp")
