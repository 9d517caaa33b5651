"""Public parameters: how text becomes typed, and what is refused with which words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import interface
from benchmarks.errors import RefusedError
from benchmarks.interface import Parameter

PYTHON_TYPES = {"str": str, "path": str, "int": int, "float": float, "bool": bool}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def parameter(kind: str, **more: Any) -> Parameter:
    return Parameter("thing", kind, "A thing.", **more)


@pytest.mark.parametrize("kind", PYTHON_TYPES)
@given(value=JSON)
def test_whatever_is_given_becomes_the_parameters_type_or_is_refused_by_name(kind: str, value: object) -> None:
    try:
        result = interface.read(parameter(kind), value)
    except RefusedError as error:
        assert str(error).startswith("thing must be ")
    else:
        assert type(result) is PYTHON_TYPES[kind]
        assert not isinstance(value, list | dict)


@given(st.integers(min_value=1))
def test_a_number_means_the_same_as_text_and_typed(number: int) -> None:
    assert interface.read(parameter("int"), str(number)) == interface.read(parameter("int"), number) == number


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_a_price_means_the_same_as_text_and_typed(price: float) -> None:
    assert interface.read(parameter("float"), str(price)) == interface.read(parameter("float"), price) == price


@pytest.mark.parametrize(
    ("words", "meaning"), [(("true", "Yes", "ON", "1", True), True), (("false", "No", "off", "0", False), False)]
)
def test_booleans_are_read_as_yaml_writes_them(words: tuple[object, ...], meaning: bool) -> None:
    assert [interface.read(parameter("bool"), word) for word in words] == [meaning] * 5


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("int", "four", "thing must be a whole number, not 'four'."),
        ("int", 2.5, "thing must be a whole number, not 2.5."),
        ("int", True, "thing must be a whole number, not True."),
        ("int", "-1", "thing must be greater than 0, not -1."),
        ("int", "0", "thing must be greater than 0, not 0."),
        ("float", "nan", "thing must be a number, not 'nan'."),
        ("float", "inf", "thing must be a number, not 'inf'."),
        ("float", "cheap", "thing must be a number, not 'cheap'."),
        ("bool", "maybe", "thing must be true or false, not 'maybe'."),
        ("str", "  ", "thing must be a text that is not empty, not '  '."),
        ("str", True, "thing must be a text that is not empty, not True."),
        ("path", ["a"], "thing must be a path, not ['a']."),
        ("path", True, "thing must be a path, not True."),
    ],
)
def test_a_value_of_another_kind_is_refused_with_what_is_wanted(kind: str, value: object, sentence: str) -> None:
    with pytest.raises(RefusedError, match=f"^{re.escape(sentence)}$"):
        interface.read(parameter(kind), value)


def test_a_value_that_is_no_choice_is_refused_with_the_choices() -> None:
    with pytest.raises(RefusedError, match=r"^thing must be one of a, b, not 'c'\.$"):
        interface.read(parameter("str", choices=("a", "b")), "c")


def test_an_unknown_name_is_refused_with_the_nearest_and_all() -> None:
    with pytest.raises(RefusedError) as refused:
        interface.read_all("benchmark", {"instnace_type": "c7i.large"})
    known = ", ".join(interface.names("benchmark"))
    assert str(refused.value) == f"Unknown parameter instnace_type. Did you mean instance_type? Known: {known}."


def test_a_name_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(RefusedError, match=r"^Unknown parameter zzz\. Known: "):
        interface.read_all("benchmark", {"zzz": 1})


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_counts_as_not_given(nothing: object) -> None:
    assert interface.read_all("benchmark", {"region": nothing, "cpu": "2"}) == {"cpu": 2}


def test_a_required_parameter_is_asked_for_with_its_help() -> None:
    with pytest.raises(RefusedError, match=r"^run_id is missing: Name of the run"):
        interface.read_all("terminate", {})


def test_defaults_fill_what_was_not_given_and_nothing_else() -> None:
    whole = interface.with_defaults("benchmark", {"suite": "plonky2-quick"})
    assert set(whole) == set(interface.names("benchmark"))
    assert whole["suite"] == "plonky2-quick"
    assert whole["launch_template"] == "benchmarks"
    assert whole["cpu"] is None


def test_a_parameters_flag_is_its_name_with_dashes() -> None:
    assert Parameter("key_file", "path", "").flag == "--key-file"


def test_parameters_beyond_the_first_few_are_advanced() -> None:
    assert not Parameter("cpu", "int", "").advanced
    assert Parameter("ssh_port", "int", "").advanced
