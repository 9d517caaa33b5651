"""The instance types of a request, and how many instances of each."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.parameters import machines, spec


def settled(**given: Any) -> str | None:
    return machines.settled(spec.with_defaults("benchmark", given))


def refusal(**given: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        settled(**given)
    return str(refused.value)


def test_types_are_separated_by_commas_and_written_in_one_way() -> None:
    assert machines.types("c7i.large, c8g.large") == ("c7i.large", "c8g.large")
    assert settled(instance_type="c7i.large , c8g.large") == "c7i.large,c8g.large"
    assert settled(cpu=4, best=3) is None


@pytest.mark.parametrize("given", ["c7i.large,", ",c7i.large", "c7i.large,,c8g.large"])
def test_a_comma_without_a_type_is_refused(given: str) -> None:
    assert refusal(instance_type=given) == (f"instance_type has a comma without a type before or after it: {given}.")


@pytest.mark.parametrize("given", ["c7i.large c7a.large", "c7i.large;c7a.large", "c7i.large, c7a large"])
def test_what_is_separated_otherwise_is_no_type(given: str) -> None:
    assert refusal(instance_type=given).endswith(
        " is no instance type: separate types by commas, as in c7i.large,c7a.large."
    )


def test_a_type_that_is_named_twice_is_refused() -> None:
    assert refusal(instance_type="c7i.large,c8g.large,c7i.large") == (
        "instance_type has c7i.large twice: give each type once, and instances for more of each."
    )


def test_types_are_either_named_or_found() -> None:
    assert refusal(instance_type="c7i.large", best=2, cpu=4).startswith("instance_type and best exclude each other")
    assert refusal(best=2).endswith("give cpu, memory or both as well.")


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"instance_type": "a,b", "instances": 26}, 52),
        ({"best": 51, "cpu": 1}, 51),
        ({"best": 11, "cpu": 1, "instances": 5}, 55),
    ],
)
def test_more_instances_than_a_run_can_have_are_refused(given: dict[str, Any], count: int) -> None:
    assert refusal(**given).startswith(f"This makes {count} instances, and a run can have 50")
    assert settled(instance_type="a,b", instances=25) == "a,b"
