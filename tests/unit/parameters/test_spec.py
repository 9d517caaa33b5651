"""Public parameters: how text becomes typed, and what is refused with which words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from benchmarks.parameters.spec import Parameter

PYTHON_TYPES = {"str": str, "path": str, "int": int, "float": float, "bool": bool, "time": datetime}
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
        result = spec.read(parameter(kind), value)
    except RefusedError as error:
        assert str(error).startswith(("thing must be ", "thing is given but empty"))
    else:
        assert type(result) is PYTHON_TYPES[kind]
        assert not isinstance(value, list | dict)


@given(st.integers(min_value=1, max_value=spec.LARGEST))
def test_a_number_means_the_same_as_text_and_typed(number: int) -> None:
    assert spec.read(parameter("int"), str(number)) == spec.read(parameter("int"), number) == number


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_a_price_means_the_same_as_text_and_typed(price: float) -> None:
    assert spec.read(parameter("float"), str(price)) == spec.read(parameter("float"), price) == price


@pytest.mark.parametrize(
    ("words", "meaning"), [(("true", "Yes", "ON", "1", True), True), (("false", "No", "off", "0", False), False)]
)
def test_booleans_are_read_as_yaml_writes_them(words: tuple[object, ...], meaning: bool) -> None:
    assert [spec.read(parameter("bool"), word) for word in words] == [meaning] * 5


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
        ("int", 2**31, "thing must be at most 2147483647, not 2147483648."),
        ("int", ["4"], "thing must be a whole number, not the list ['4']."),
        ("str", True, "thing must be a string, not True."),
        ("str", ["a"], "thing must be a string, not the list ['a']."),
        ("str", {"a": 1}, "thing must be a string, not the mapping {'a': 1}."),
        ("str", "a\nb", "thing must be one line of UTF-8 without control characters, not 'a\\nb'."),
        ("path", "a\0b", "thing must be one line of UTF-8 without control characters, not 'a\\x00b'."),
        ("path", "a\udcff", "thing must be one line of UTF-8 without control characters, not 'a\\udcff'."),
        ("path", ["a"], "thing must be a path, not the list ['a']."),
        ("path", True, "thing must be a path, not True."),
    ],
)
def test_a_value_of_another_kind_is_refused_with_what_is_wanted(kind: str, value: object, sentence: str) -> None:
    with pytest.raises(RefusedError, match=f"^{re.escape(sentence)}$"):
        spec.read(parameter(kind), value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-05-19", datetime(2026, 5, 19, tzinfo=UTC)),
        ("2026-05-19 08:15", datetime(2026, 5, 19, 8, 15, tzinfo=UTC)),
        ("2026-05-19T08:15:30+02:00", datetime(2026, 5, 19, 6, 15, 30, tzinfo=UTC)),
        (date(2026, 5, 19), datetime(2026, 5, 19, tzinfo=UTC)),
    ],
    ids=str,
)
def test_a_time_is_in_utc_if_it_names_no_other_zone(value: object, expected: datetime) -> None:
    assert spec.read(parameter("time"), value) == expected


@pytest.mark.parametrize(("value", "hours"), [("7d", 168), ("12h", 12), ("0h", 0)])
def test_a_time_may_be_a_number_of_days_or_hours_ago(value: str, hours: int) -> None:
    before = datetime.now(UTC)
    assert before <= spec.read(parameter("time"), value) + timedelta(hours=hours) <= datetime.now(UTC)


@pytest.mark.parametrize("value", ["soon", "7", "7w", "999999d", "2026-13-01", "-1d", 7, True])
def test_another_time_is_refused_with_examples(value: object) -> None:
    with pytest.raises(RefusedError) as refused:
        spec.read(parameter("time"), value)
    assert str(refused.value) == (
        "thing must be a date such as 2026-05-19, with or without a time, or a number of days or hours, such as 7d, "
        f"not {value!r}."
    )


@pytest.mark.parametrize("kind", PYTHON_TYPES)
@pytest.mark.parametrize("nothing", ["", "  ", "\n"])
def test_an_empty_value_of_any_kind_is_refused_as_such(kind: str, nothing: str) -> None:
    with pytest.raises(RefusedError) as refused:
        spec.read(parameter(kind), nothing)
    assert str(refused.value) == (
        "thing is given but empty, as from a variable that is not set: give it a value, or leave it out."
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ssh_port", "99999", "ssh_port must be at most 65535, not 99999."),
        ("ssh_port", "0", "ssh_port must be greater than 0, not 0."),
        ("time_limit", 43201, "time_limit must be at most 43200, not 43201."),
        ("build_limit", 10**12, "build_limit must be at most 43200, not 1000000000000."),
        ("cpu", 10**12, "cpu must be at most 2147483647, not 1000000000000."),
    ],
)
def test_a_number_beyond_what_it_can_be_is_refused(name: str, value: object, sentence: str) -> None:
    with pytest.raises(RefusedError, match=f"^{re.escape(sentence)}$"):
        spec.read_all("benchmark", {name: value})


def test_a_value_that_is_no_choice_is_refused_with_the_choices() -> None:
    with pytest.raises(RefusedError, match=r"^thing must be one of a, b, not 'c'\.$"):
        spec.read(parameter("str", choices=("a", "b")), "c")


def test_an_unknown_name_is_refused_with_the_nearest_and_all() -> None:
    with pytest.raises(RefusedError) as refused:
        spec.read_all("benchmark", {"instnace_type": "c7i.large"})
    known = ", ".join(spec.names("benchmark"))
    assert str(refused.value) == f"Unknown parameter instnace_type. Did you mean instance_type? Known: {known}."


def test_a_name_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(RefusedError, match=r"^Unknown parameter zzz\. Known: "):
        spec.read_all("benchmark", {"zzz": 1})


def test_none_counts_as_not_given_as_in_a_runs_frozen_parameters() -> None:
    assert spec.read_all("benchmark", {"region": None, "cpu": "2"}) == {"cpu": 2}


def test_an_empty_text_does_not_count_as_not_given() -> None:
    with pytest.raises(RefusedError, match=r"^host is given but empty, "):
        spec.read_all("benchmark", {"host": "", "cpu": "2"})


def test_a_required_parameter_is_asked_for_with_its_help(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = Parameter(name="run_id", type="str", help="Name of the run.", required=True)
    monkeypatch.setattr(spec, "parameters", lambda entry_point: (needed,))
    with pytest.raises(RefusedError, match=r"^run_id is missing: Name of the run"):
        spec.read_all("terminate", {})


def test_defaults_fill_what_was_not_given_and_nothing_else() -> None:
    whole = spec.with_defaults("benchmark", {"suite": "plonky2-quick"})
    assert set(whole) == set(spec.names("benchmark"))
    assert whole["suite"] == "plonky2-quick"
    assert whole["launch_template"] == "benchmarks"
    assert whole["cpu"] is None


def test_a_parameters_flag_is_its_name_with_dashes() -> None:
    assert Parameter("key_file", "path", "").flag == "--key-file"


def test_parameters_beyond_the_first_few_are_advanced() -> None:
    assert not Parameter("cpu", "int", "").advanced
    assert Parameter("ssh_port", "int", "").advanced
