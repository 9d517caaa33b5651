"""What is refused, and what is filled in, before AWS is asked anything."""

from __future__ import annotations

import os
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.parameters import request, spec
from benchmarks.runs import parameters_file, record_files
from tests.support import records
from tests.support.private_keys import write_key

ENVIRONMENT = {"AWS_REGION": "eu-central-1"}
LETTERS = string.ascii_lowercase + string.digits


def test_paths_start_where_the_caller_stands(tmp_path: Path) -> None:
    given = {"key_file": "keys/a", "runs_dir": "/srv/runs", "suite": "mine.yml"}
    assert request.read("benchmark", given, tmp_path) == {
        "key_file": str(tmp_path / "keys/a"),
        "runs_dir": "/srv/runs",
        "suite": str(tmp_path / "mine.yml"),
    }


def test_a_suites_name_is_not_taken_for_a_path(tmp_path: Path) -> None:
    assert request.read("benchmark", {"suite": "plonky2"}, tmp_path) == {"suite": "plonky2"}


def test_a_path_may_start_in_the_home_directory(home: Path, tmp_path: Path) -> None:
    assert request.read("benchmark", {"key_file": "~/k"}, tmp_path) == {"key_file": str(home / "k")}


def test_the_home_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        RefusedError,
        match=r"^key_file is in a home directory that does not exist: '~nobody-at-all/k'\. Give an absolute path\.$",
    ):
        request.read("benchmark", {"key_file": "~nobody-at-all/k"}, tmp_path)


@pytest.mark.parametrize("values", [{}, {"region": "eu-central-1"}, {"runs_dir": "b"}])
def test_nothing_asked_for_is_refused(values: dict[str, Any]) -> None:
    assert request.is_empty(values)
    with pytest.raises(RefusedError, match=r"^Nothing was asked for\. Name an instance type, such as c7i\.2xlarge"):
        request.resolve("benchmark", values, ENVIRONMENT)


@pytest.mark.parametrize(
    ("values", "lists"),
    [
        ({"cpu": 8}, True),
        ({"memory": 4096}, True),
        ({"cpu": 8, "memory": 4096, "region": "eu-central-1"}, True),
        ({"cpu": 8, "instance_type": "c7i.4xlarge"}, False),
        ({"memory": 8, "host": "a"}, False),
        ({"tail": True}, False),
    ],
)
def test_limits_without_a_machine_ask_for_the_list(values: dict[str, Any], lists: bool) -> None:
    assert request.lists_types(values) is lists


def test_a_number_of_instances_is_refused_where_types_are_only_listed() -> None:
    limits = {"cpu": 1, "memory": 2048}
    with pytest.raises(RefusedError) as refused:
        request.resolve("benchmark", {**limits, "instances": 3}, ENVIRONMENT)
    assert str(refused.value) == (
        "instances is for a run, and cpu and memory alone list the types that fit: give instance_type or best too."
    )
    # Whoever reads a file of parameters is given the default.
    assert request.resolve("benchmark", {**limits, "instances": 1}, ENVIRONMENT).parameters["instances"] == 1
    assert request.resolve("benchmark", {**limits, "instances": 3, "best": 2}, ENVIRONMENT).parameters["best"] == 2


def test_the_default_type_comes_with_a_warning() -> None:
    resolved = request.resolve("benchmark", {"tail": True}, ENVIRONMENT)
    assert resolved.parameters["instance_type"] == "t2.micro"
    assert len(resolved.warnings) == 1
    assert resolved.warnings[0].startswith("No instance type, cpu or memory was given, so t2.micro is used")


def test_a_named_type_comes_without_a_warning() -> None:
    resolved = request.resolve("benchmark", {"instance_type": "c7i.large"}, ENVIRONMENT)
    assert (resolved.parameters["instance_type"], resolved.warnings) == ("c7i.large", ())


@pytest.mark.parametrize("entry_point", spec.playbooks())
def test_the_whole_request_has_every_parameter_and_the_region(entry_point: str) -> None:
    values = {"benchmark": {"instance_type": "c7i.large"}, "terminate": {"run_id": "r"}}.get(entry_point, {})
    resolved = request.resolve(entry_point, values, ENVIRONMENT)
    assert set(resolved.parameters) == set(spec.names(entry_point))
    assert resolved.parameters["region"] == "eu-central-1"


def test_a_machine_one_has_needs_no_region() -> None:
    assert request.resolve("benchmark", {"host": "me@192.0.2.7"}, {}).parameters["region"] is None


def test_a_machine_one_has_needs_a_region_for_its_bucket() -> None:
    with pytest.raises(RefusedError, match=r"^No AWS region is set"):
        request.resolve("benchmark", {"host": "me@192.0.2.7", "bucket": "mine"}, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("instance_type", "c7i.large"),
        ("cpu", 2),
        ("memory", 4096),
        ("launch_template", "t"),
        ("ami", "ami-1"),
        ("subnet", "subnet-1"),
        ("max_price", 1.0),
        ("keep", True),
    ],
)
def test_a_machine_one_has_excludes_what_launching_needs(name: str, value: object) -> None:
    with pytest.raises(RefusedError, match=rf"^host and {name} exclude each other: a machine that you have is used"):
        request.resolve("benchmark", {"host": "a", name: value}, ENVIRONMENT)


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"^There is no suite plonky3\. Did you mean plonky2\?"):
        request.resolve("benchmark", {"suite": "plonky3"}, ENVIRONMENT)


def test_a_version_of_a_local_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").touch()
    suite = tmp_path / "mine.yml"
    suite.write_text(
        "description: Mine\nsource: {path: .}\npackage: mine\nbenches: [a]\ntoolchain: system\n", encoding="utf-8"
    )
    with pytest.raises(RefusedError, match=r"mine\.yml is a local directory, which has no versions: leave ref out\.$"):
        request.resolve("benchmark", {"host": "a", "suite": str(suite), "ref": "main"}, ENVIRONMENT)


def test_an_odd_run_id_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"^run_id must be 1 to 48 lowercase letters"):
        request.resolve("terminate", {"run_id": "../x"}, ENVIRONMENT)


def test_the_users_own_key_is_found_in_the_home_directory(home: Path) -> None:
    key = write_key(home / "benchmarks.pem")
    assert request.resolve("benchmark", {"tail": True}, ENVIRONMENT).parameters["key_file"] == str(key)


def test_without_a_key_the_run_makes_its_own() -> None:
    assert request.resolve("benchmark", {"tail": True}, ENVIRONMENT).parameters["key_file"] is None


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0"])
def test_the_whole_internet_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=rf"^allow_from must not be {text}: that opens SSH to the whole Internet"):
        request.resolve("setup", {"allow_from": text}, ENVIRONMENT)


def test_a_request_leaves_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(os.environ)
    check: Callable[..., Any] = request.resolve
    check("benchmark", {"instance_type": "c7i.large"}, ENVIRONMENT)
    assert dict(os.environ) == before


@pytest.mark.parametrize(("entry_point", "more"), [("terminate", {}), ("benchmark", {"instance_type": "c7i.large"})])
def test_a_run_is_not_looked_for_in_another_region_than_it_has_launched_in(
    tmp_path: Path, entry_point: str, more: dict[str, str]
) -> None:
    record_files.write(tmp_path / "r1", records.instances(region="us-east-1"))
    given = {"run_id": "r1", "runs_dir": str(tmp_path), **more}
    with pytest.raises(RefusedError) as refused:
        request.resolve(entry_point, given, {"AWS_REGION": "eu-west-1"})
    assert str(refused.value) == (
        "The run r1 has launched in us-east-1, not in eu-west-1: give --region us-east-1 "
        "(Ansible: set AWS_REGION=us-east-1)."
    )
    assert request.resolve(entry_point, given, {"AWS_REGION": "us-east-1"}).parameters["region"] == "us-east-1"


def test_a_run_that_is_named_by_a_word_is_ended_in_its_own_region_only(tmp_path: Path) -> None:
    directory = tmp_path / "r1-of-mine"
    record_files.write(directory, records.preflight(launches=(records.launch_plan(region="us-east-1"),)))
    for word in ("latest", "latest~0"):
        given = {"run": word, "runs_dir": str(tmp_path)}
        with pytest.raises(RefusedError, match=r"^The run r1-of-mine was to launch in us-east-1, not in eu-west-1: "):
            request.resolve("terminate", given, {"AWS_REGION": "eu-west-1"})
        assert request.resolve("terminate", given, {"AWS_REGION": "us-east-1"}).parameters["run"] == word


def test_a_new_run_is_not_called_what_stands_for_another(tmp_path: Path) -> None:
    given = {"run_id": "latest", "runs_dir": str(tmp_path), "host": "me@192.0.2.7"}
    with pytest.raises(
        RefusedError, match=r"^A run cannot be called latest, which stands for the run that was started"
    ):
        request.resolve("benchmark", given, ENVIRONMENT)
    assert request.resolve("benchmark", {**given, "run_id": "latest-of-mine"}, ENVIRONMENT).parameters["run_id"]
    # One that an earlier version has called so is continued and ended.
    record_files.write(tmp_path / "latest", records.preflight(launches=()))
    assert request.resolve("benchmark", given, ENVIRONMENT).parameters["run_id"] == "latest"
    assert request.resolve("terminate", {"run_id": "latest"}, ENVIRONMENT).parameters["run_id"] == "latest"


def test_a_word_that_may_be_another_runs_whole_id_ends_nothing(tmp_path: Path) -> None:
    record_files.write(tmp_path / "ci-10", records.preflight())
    given = {"run": "ci-1", "runs_dir": str(tmp_path)}
    with pytest.raises(RefusedError) as refused:
        request.resolve("terminate", given, ENVIRONMENT)
    assert str(refused.value) == (
        "ci-1 is the start of the run ci-10, and may be the whole id of another: give run_id=ci-10, or end it by "
        "./inv bench.terminate ci-1, which asks EC2."
    )
    for word in ("ci-10", "ci-2"):
        assert request.resolve("terminate", {**given, "run": word}, {"AWS_REGION": "eu-central-1"}).parameters["run"]


@pytest.mark.parametrize(("entry_point", "more"), [("terminate", {}), ("benchmark", {"instance_type": "c7i.large"})])
@pytest.mark.parametrize("known_by", ["preflight.json", "parameters.yml"])
def test_a_run_whose_launch_was_not_recorded_is_not_looked_for_in_another_region_than_its_plans(
    tmp_path: Path, entry_point: str, more: dict[str, str], known_by: str
) -> None:
    # As of a process that was killed after RunInstances: the instance lives, and is only known to AWS.
    directory = tmp_path / "r1"
    record_files.write(directory, records.preflight(launches=(records.launch_plan(region="us-east-1"),)))
    parameters_file.freeze(directory, {"region": "us-east-1", "host": None})
    for name in {"preflight.json", "parameters.yml"} - {known_by}:
        (directory / name).unlink()
    given = {"run_id": "r1", "runs_dir": str(tmp_path), **more}
    with pytest.raises(RefusedError) as refused:
        request.resolve(entry_point, given, {"AWS_REGION": "eu-west-1"})
    assert str(refused.value) == (
        "The run r1 was to launch in us-east-1, not in eu-west-1: give --region us-east-1 "
        "(Ansible: set AWS_REGION=us-east-1)."
    )
    assert request.resolve(entry_point, given, {"AWS_REGION": "us-east-1"}).parameters["region"] == "us-east-1"


def test_a_path_that_ssh_cannot_be_given_is_refused_before_the_launch(tmp_path: Path) -> None:
    odd = tmp_path / 'a"b'
    odd.mkdir()
    machine = {"instance_type": "c7i.large"}
    for values in ({**machine, "runs_dir": str(odd)}, {**machine, "key_file": str(write_key(odd / "k"))}):
        with pytest.raises(RefusedError, match=r"^ssh cannot be given the path .* since it has a double quote: use a"):
            request.resolve("benchmark", values, ENVIRONMENT)


def test_the_runs_directory_is_nothing_to_ssh_where_nothing_is_launched(tmp_path: Path) -> None:
    odd = {"runs_dir": str(tmp_path / 'a"b')}
    for values in ({"host": "box"}, {"cpu": 8}):
        resolved = request.resolve("benchmark", {**values, **odd}, ENVIRONMENT)
        assert resolved.parameters["runs_dir"] == odd["runs_dir"]


@pytest.mark.parametrize(
    ("given", "environment", "found"),
    [
        ("eu-central-1, us-east-1,eu-central-1", {}, ("eu-central-1", "us-east-1")),
        ("us-east-1", {"AWS_REGION": "eu-central-1"}, ("us-east-1",)),
        (None, {"AWS_REGION": "eu-central-1"}, ("eu-central-1",)),
        (",", {"AWS_REGION": "eu-central-1"}, ("eu-central-1",)),
    ],
)
def test_expired_is_looked_for_in_the_regions_named(
    given: str | None, environment: dict[str, str], found: tuple[str, ...]
) -> None:
    assert request.regions({"region": given}, environment) == found
    resolved = request.resolve("terminate", {"expired": True, "region": given}, environment)
    assert resolved.parameters["region"] == found[0]
