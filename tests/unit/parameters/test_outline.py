"""What carrying a run to its end needs to know of its request, whatever preflight makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.parameters.outline import Outline, outline
from tests.support.private_keys import write_key

ENVIRONMENT = {"AWS_REGION": "eu-central-1"}


@pytest.mark.parametrize(
    ("given", "has_machine", "launches"),
    [
        ({"instance_type": "c7i.large"}, True, True),
        ({"host": "me@192.0.2.7"}, True, False),
        ({"cpu": 8}, False, False),
        ({}, True, True),
    ],
)
def test_a_request_has_a_machine_that_is_launched_or_there_or_only_lists_types(
    given: dict[str, Any], has_machine: bool, launches: bool
) -> None:
    found = outline(given, ENVIRONMENT)
    assert (found.has_machine, found.launches) == (has_machine, launches)


def test_what_was_given_is_read_and_the_rest_is_as_by_default() -> None:
    given = {"instance_type": "c7i.large", "keep": "true", "region": "us-east-1", "key_file": "/k", "ssh_port": "2222"}
    assert outline(given, ENVIRONMENT) == Outline(True, False, True, True, "us-east-1", "/k", 2222)
    assert outline({"instance_type": "c7i.large"}, ENVIRONMENT) == Outline(
        True, False, True, False, "eu-central-1", None, 22
    )


def test_what_preflight_refuses_counts_as_not_given() -> None:
    given = {"instance_type": "c7i.large", "keep": "perhaps", "ssh_port": "x", "no_such_parameter": 1, "region": None}
    assert outline(given, ENVIRONMENT) == Outline(True, False, True, False, "eu-central-1", None, 22)


def test_a_profile_that_is_gone_names_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "gone")
    assert outline({"host": "box"}, {}).region is None


def test_a_run_that_exists_has_the_region_of_its_records_unless_one_is_given(tmp_path: Path) -> None:
    (tmp_path / "parameters.yml").write_text("region: us-east-1\nhost: null\n")
    assert outline({"run_id": "r1"}, ENVIRONMENT, tmp_path).region == "us-east-1"
    assert outline({"run_id": "r1", "region": "eu-west-3"}, ENVIRONMENT, tmp_path).region == "eu-west-3"
    assert outline({"run_id": "r1"}, ENVIRONMENT, tmp_path / "gone").region == "eu-central-1"


def test_the_users_own_key_is_used_where_none_is_named(home: Path) -> None:
    key = write_key(home / "benchmarks.pem")
    assert outline({"host": "box"}, ENVIRONMENT).key_file == str(key)


def test_a_request_may_leave_its_run_and_coming_back_never_does(tmp_path: Path) -> None:
    assert outline({"instance_type": "c7i.large", "detach": "yes"}, ENVIRONMENT).detaches
    assert not outline({"instance_type": "c7i.large"}, ENVIRONMENT).detaches
    (tmp_path / "parameters.yml").write_text("region: us-east-1\ninstance_type: c7i.large\ndetach: false\n")
    assert not outline({"run_id": "r1"}, ENVIRONMENT, tmp_path).detaches


@pytest.mark.parametrize("given", [{"instance_type": "c7i.large"}, {"host": "box"}])
def test_a_request_that_ends_with_its_plan_launches_nothing(given: dict[str, Any]) -> None:
    found = outline({**given, "dry_run": True}, ENVIRONMENT)
    assert (found.is_dry, found.has_machine, found.launches) == (True, True, False)


def test_ending_what_has_expired_names_its_regions_and_whose() -> None:
    found = outline({"expired": "true", "all_owners": True, "region": "eu-central-1,us-east-1"}, {})
    assert (found.expired, found.all_owners, found.regions) == (True, True, ("eu-central-1", "us-east-1"))
    assert outline({"expired": True, "region": "nowhere"}, {}).regions == ()
    assert not outline({"run_id": "r1"}, {}).expired
