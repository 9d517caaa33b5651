"""The launches of a run of several types and instances."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.preflight import best_types, launch_plans
from benchmarks.runs.records import LaunchPlan
from tests.support import records
from tests.support.aws_fakes import aws_error
from tests.support.launch_account import Account, account, image, parameters, type_info

TYPES = ("c7i.large", "m7i.large", "c7g.large")


def described(**more: Any) -> Account:
    def types(InstanceTypes: list[str]) -> dict[str, Any]:  # noqa: N803
        (name,) = InstanceTypes
        arm = {"SupportedArchitectures": ["arm64"]}
        return {"InstanceTypes": [type_info(name, **({"ProcessorInfo": arm} if "g." in name else {}))]}

    def images(Filters: Any = None, **_: Any) -> dict[str, Any]:  # noqa: N803
        is_arm = "arm64" in Filters[0]["Values"][0]
        return {"Images": [image("ami-arm64", "arm64") if is_arm else image()]}

    return account(describe_instance_types=types, describe_images=images, **more)


def made(types: tuple[str, ...] = TYPES, seed: int = 1, **given: Any) -> tuple[LaunchPlan, ...]:
    return launch_plans.make(parameters(**given), types, records.suite(), described(), seed)[0]


def test_every_type_has_its_instances_and_its_own_image() -> None:
    launches = made(instances=2)
    assert sorted(one.instance_type for one in launches) == sorted(TYPES * 2)
    assert [one.host for one in launches] == [1, 2, 3, 4, 5, 6]
    assert {(one.architecture, one.image.id) for one in launches if one.instance_type == "c7g.large"} == {
        ("arm64", "ami-arm64")
    }


def test_the_seed_alone_decides_the_order_of_launches() -> None:
    order = [one.instance_type for one in made(instances=3)]
    assert order == [one.instance_type for one in made(TYPES[::-1], instances=3)]
    assert any(order != [one.instance_type for one in made(seed=seed, instances=3)] for seed in range(2, 6))
    # It does not only turn around what was given.
    assert order != sorted(order)


def test_each_zone_begins_with_each_type() -> None:
    firsts = {(one.instance_type, one.places[0].zone) for one in made(instances=2)}
    assert firsts == {(name, f"eu-central-1{zone}") for name in TYPES for zone in "ab"}


def test_what_is_said_of_several_types_alike_is_said_once() -> None:
    connect = described()
    connect.clients["service-quotas"].answers["get_service_quota"] = aws_error("AccessDeniedException", "No.", "Get")
    _, warnings = launch_plans.make(parameters(), TYPES, records.suite(), connect, 1)
    assert len([one for one in warnings if one.startswith("The vCPU quota could not be checked")]) == 1


def best(
    monkeypatch: pytest.MonkeyPatch, found: list[str], arch: str | None = None, aws: Account | None = None, **given: Any
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    offers = tuple(SimpleNamespace(type=SimpleNamespace(name=name)) for name in found)
    answer = SimpleNamespace(choice=SimpleNamespace(fitting=offers))
    asked: list[Any] = []

    def answered(*given: Any) -> Any:
        asked.append(given)
        return answer

    monkeypatch.setattr("benchmarks.picker.answers.answer", answered)
    monkeypatch.setattr("benchmarks.picker.answers.nothing_fits", lambda _: "None fits.")
    chosen = best_types.choose(parameters(instance_type=None, **given), {}, (aws or described())("ec2"))
    assert {name: asked[0][0][name] for name in ("cpu", "memory", "max_price", "region", "arch")} == {
        "cpu": 4, "memory": None, "max_price": None, "region": "eu-central-1", "arch": arch
    }  # fmt: skip
    return chosen


def test_the_best_types_are_those_that_are_listed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert best(monkeypatch, ["a", "b", "c"], cpu=4, best=2) == (("a", "b"), ())


def test_only_types_that_can_run_the_image_are_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = account(describe_images={"Images": [image("ami-7", "arm64")]})
    assert best(monkeypatch, ["a"], arch="arm64", aws=aws, ami="ami-7", cpu=4, best=1) == (("a",), ())


def test_fewer_types_than_asked_for_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert best(monkeypatch, ["a"], cpu=4, best=2) == (("a",), ("Only 1 of the 2 types asked for fit.",))


def test_no_type_that_fits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RefusedError, match=r"^None fits\.$"):
        best(monkeypatch, [], cpu=4, best=2)
