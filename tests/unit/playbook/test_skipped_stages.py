"""What is finished is skipped as a whole when a run is continued, and nothing is forgotten by that."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2.nativetypes import NativeEnvironment

from benchmarks.paths import ROOT
from tests.support.repository import yaml_of


def test_the_toolchain_of_an_attempt_that_is_followed_is_one_skipped_task() -> None:
    (play,) = [play for play in yaml_of(ROOT / "playbooks/benchmark.yml") if "on every host" in play["name"]]
    (toolchain,) = [task for each in play["tasks"] for task in each.get("block", []) if task["name"] == "Toolchain"]
    # An import would put the condition on each of the role's tasks.
    assert toolchain["ansible.builtin.include_role"] == {"name": "toolchain", "apply": {"tags": "toolchain"}}
    assert toolchain["when"] == "not attempt_active"
    assert toolchain["tags"] == "toolchain"


@pytest.fixture
def benchmark() -> dict[str, dict[str, Any]]:
    return {task["name"]: task for task in yaml_of(ROOT / "roles/benchmark/tasks/measure.yml")}


def test_the_host_is_told_of_a_build_only_when_it_is_recorded(benchmark: dict[str, dict[str, Any]]) -> None:
    *_, write = yaml_of(ROOT / "roles/benchmark/tasks/record.yml")
    assert f"{write['register']} is changed" in benchmark["Have the host upload the record of the build too"]["when"]


def test_whether_the_host_uploads_is_not_forgotten_by_a_skipped_task(benchmark: dict[str, dict[str, Any]]) -> None:
    assert benchmark["Have the host upload the results by itself"]["ansible.builtin.import_tasks"] == "upload.yml"
    # A task that is skipped itself registers that, and not what the first one has told.
    again = benchmark["Have the host upload the record of the build too"]
    assert again["ansible.builtin.include_tasks"] == "upload.yml"


def test_what_was_measured_is_one_skipped_task() -> None:
    *_, attempt, measure, _ = yaml_of(ROOT / "roles/benchmark/tasks/main.yml")
    assert measure["ansible.builtin.include_tasks"] == "measure.yml"
    assert measure["when"] == "not __benchmark_is_done"
    # A record of the build that is lacking is made.
    done = yaml_of(ROOT / "roles/benchmark/vars/main.yml")["__benchmark_is_done"]
    assert done == f"{{{{ {attempt['register']}.measured and __benchmark_build_file is exists }}}}"


@pytest.mark.parametrize(
    ("done", "upload", "check", "told"),
    [
        (True, {"keep": True}, False, True),
        (True, {"keep": False}, False, False),
        (True, None, False, False),
        (True, {"keep": True}, True, False),
        # Then it is told with all the rest.
        (False, {"keep": True}, False, False),
    ],
)
def test_a_host_that_has_measured_is_told_that_it_is_kept(
    done: bool, upload: dict[str, bool] | None, check: bool, told: bool
) -> None:
    keep = yaml_of(ROOT / "roles/benchmark/tasks/main.yml")[-1]
    assert keep["ansible.builtin.include_tasks"] == "upload.yml"
    given = {"__benchmark_is_done": done, "benchmark_upload": upload, "ansible_check_mode": check}
    assert bool(NativeEnvironment().compile_expression(keep["when"])(**given)) is told
