"""YAML that a user may have written: read, or refused by one kind of error that says where."""

from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.runs import yaml_content

TAGS = ("bool", "int", "float", "null", "binary", "timestamp", "seq", "map", "set", "omap", "pairs", "str")


def test_what_is_yaml_is_read() -> None:
    assert yaml_content.load(b"a: [1, {b: 2024-12-31}]") == yaml.safe_load(b"a: [1, {b: 2024-12-31}]")


@pytest.mark.parametrize(
    "value",
    [
        *("2024-13-45", "0b_", "0x_", "9" * 5000, "!!int x", '!!int ""', "!!float x", "!!bool x", "!!timestamp x"),
        *("1" + ":1" * 400 + ".0", '"\\ud800"', '!!binary "a"'),
    ],
)
@pytest.mark.parametrize("shape", ["\n\na: {}", "\n\n- [{}]", "\n\n? {}\n: 1"])
def test_a_value_that_cannot_be_read_is_named_by_its_line(shape: str, value: str) -> None:
    with pytest.raises(yaml.YAMLError, match="line 3, column"):
        yaml_content.load(shape.format(value))


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(yaml.YAMLError, match="it is nested too deeply"):
        yaml_content.load("[" * 9999)


@given(tag=st.sampled_from(TAGS), value=st.text(alphabet="0123456789abcx:-+._ T[]{}\"'", max_size=12))
@example(tag="timestamp", value="9999-12-31T23:59:59-23:59")
@example(tag="omap", value="[1]")
def test_no_value_raises_another_kind_of_error(tag: str, value: str) -> None:
    with suppress(yaml.YAMLError):
        yaml_content.load(f"a: !!{tag} {value}")
    with suppress(yaml.YAMLError):
        yaml_content.load(f"{value}: {value}")
