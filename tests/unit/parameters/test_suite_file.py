"""A suite's file by kind: what is wrong is said with its entry and its value."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.parameters import suite_file
from benchmarks.parameters.suite_file import SourceFile

GOOD: dict[object, Any] = {
    "description": "One",
    "source": {"crate": "one", "ref": "1.0.0"},
    "package": "one",
    "benches": ["a", 10],
    "toolchain": "system",
}


def test_what_yaml_takes_for_a_number_in_a_list_is_taken() -> None:
    file = suite_file.typed(GOOD)
    assert (file.source, file.benches, file.rustflags) == (SourceFile(crate="one", ref="1.0.0"), ("a", 10), None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"benches": "a"}, "benches must be a list, not 'a'."),
        ({"source": "one"}, "source must be a mapping, not 'one'."),
        ({"expected": 1.5}, "expected must be a whole number, not 1.5."),
        ({"package": 3}, "package must be a string, in quotes where YAML takes it for more, not 3."),
        (
            {"source": {"ref": 1.1}},
            "the source's ref must be a string, in quotes where YAML takes it for more, not 1.1.",
        ),
        ({"features": ["a", True]}, "features must be a string, in quotes where YAML takes it for more, not True."),
        (
            {"environment": {"A": "1", "B": None}},
            "environment's B must be a string, in quotes where YAML takes it for more, not None.",
        ),
        (
            {"arguments": [{"a": 1}]},
            "arguments must be a string, in quotes where YAML takes it for more, not the mapping {'a': 1}.",
        ),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_entry(change: dict[object, Any], sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        suite_file.typed({**GOOD, **change})
    assert str(refused.value) == sentence
