"""Which region a request means, and when that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.parameters import region


@pytest.mark.parametrize("variable", region.VARIABLES)
def test_the_environment_names_the_region(variable: str) -> None:
    assert region.choose(None, {variable: "eu-north-1"}) == "eu-north-1"


def test_of_two_variables_the_newer_one_counts() -> None:
    environment = {"AWS_REGION": "eu-north-1", "AWS_DEFAULT_REGION": "us-east-1"}
    assert region.choose(None, environment) == "eu-north-1"


def test_the_region_given_may_agree_with_the_environment() -> None:
    assert region.choose("eu-north-1", {"AWS_DEFAULT_REGION": "eu-north-1"}) == "eu-north-1"


def test_a_region_that_contradicts_the_environment_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        region.choose("us-east-1", {"AWS_DEFAULT_REGION": "eu-north-1"})
    assert str(refused.value) == (
        "region is us-east-1, but the environment's AWS_DEFAULT_REGION is eu-north-1: set one of them to the other's "
        "value, or leave region out."
    )


def test_the_profile_names_the_region_where_no_variable_does(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[default]\nregion = ap-south-1\n")
    assert region.choose(None, {}) == "ap-south-1"


def test_a_profile_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "gone")
    with pytest.raises(RefusedError, match=r"gone.* set AWS_PROFILE to a profile of ~/\.aws/config, or unset it\.$"):
        region.choose(None, {})


def test_no_region_at_all_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"^No AWS region is set: give --region"):
        region.choose(None, {})


def test_an_unknown_region_is_refused_with_the_nearest_and_all() -> None:
    with pytest.raises(
        RefusedError, match=r"^There is no AWS region eu-centra-1\. Did you mean eu-central-1\? Known: "
    ):
        region.choose("eu-centra-1", {})


def test_every_region_is_known_and_no_pseudo_region() -> None:
    known = region.known()
    assert {"us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"} <= set(known)
    assert not [name for name in known if "global" in name]


def test_children_see_one_region_whichever_variable_they_read() -> None:
    assert region.environment_for("eu-north-1") == {"AWS_REGION": "eu-north-1", "AWS_DEFAULT_REGION": "eu-north-1"}


def test_a_configuration_that_cannot_be_read_is_refused_in_one_sentence(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[default\n")
    with pytest.raises(RefusedError, match="The AWS configuration cannot be used"):
        region.of_environment({})
