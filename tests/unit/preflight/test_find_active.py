"""What a continued run finds on its host: what is to be followed, and for whom."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.loader import action_loader

from benchmarks.paths import ROOT
from benchmarks.playbook import stages
from benchmarks.runs import attempts, before_plan, failures, measurement, record_files
from benchmarks.runs.records import Attempt
from tests.support import records
from tests.support.measured_suite import SUITE, TOOLCHAIN

GONE = ("sh", "-c", "echo i-1 has failed; exit 1")


def found(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, answer: Any, *, attaches: bool, check: tuple[str, ...] = ()
) -> tuple[dict[str, Any], stages.Hosts]:
    """What the action gives on a host that answers so, and what it has told whoever started the playbook."""
    action_loader.add_directory(str(ROOT / "roles/preflight/action_plugins"))
    args = {"host_dir": str(host_dir), "directory": "/r", "unit": "u", "suite_digest": "asked", "attaches": attaches}
    args |= {"host_check": list(check)}
    action = action_loader.get(
        "find_active", task=Mock(args=args, async_val=0, check_mode=False), connection=Mock(),
        play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip
    monkeypatch.setattr(action, "_low_level_execute_command", Mock(side_effect=[answer]))
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        result = action.run(task_vars={"inventory_hostname": "i-1"})
        return result, pipe.reached().hosts


@pytest.fixture
def host_dir(tmp_path: Path) -> Path:
    """A host's directory with an attempt that was left."""
    host = tmp_path / "i-1"
    measured = measurement.of(SUITE, TOOLCHAIN)
    attempts.take(host, Attempt(number=1, suite=SUITE, suite_digest="asked", measurement=measured), TOOLCHAIN)
    attempts.leave(host)
    return host


@pytest.mark.parametrize(
    ("line", "attaches", "is_followed", "measures"),
    [
        ("1 yes m asked success -", True, True, True),
        ("1 yes m asked success -", False, True, True),
        ("1 no m asked success exit-code", True, True, True),
        # A request of one's own measures anew what has failed.
        ("1 no m asked success exit-code", False, False, False),
        ("1 yes m asked - -", True, True, False),
    ],
    ids=["measures", "measures, continued", "failed", "failed, continued", "builds"],
)
def test_an_attempt_is_followed_and_can_be_left_again(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, line: str, attaches: bool, is_followed: bool, measures: bool
) -> None:
    _, hosts = found(monkeypatch, host_dir, {"stdout": f"{line}\n"}, attaches=attaches)
    assert attempts.is_active(host_dir) is is_followed
    assert not attempts.is_left(host_dir)
    assert bool(hosts.measures) is measures


@pytest.mark.parametrize(("attaches", "is_left"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_host_that_does_not_answer_and_may_measure_is_not_gone_on_with(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, attaches: bool, is_left: bool
) -> None:
    if not is_left:
        attempts.follow(host_dir, None)
    lost = AnsibleConnectionFailure("Connection refused")
    with pytest.raises(AnsibleActionFail, match=r"^i-1 does not answer over SSH: Connection refused"):
        found(monkeypatch, host_dir, lost, attaches=attaches)
    assert attempts.is_left(host_dir) is is_left


def test_a_host_that_does_not_answer_and_measures_nothing_is_a_later_stages_to_fail(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path
) -> None:
    attempts.follow(host_dir, None)
    record_files.write(host_dir / "1", records.published())
    with pytest.raises(AnsibleConnectionFailure):
        found(monkeypatch, host_dir, AnsibleConnectionFailure("Connection refused"), attaches=False)


@pytest.mark.parametrize("attaches", [True, False])
def test_a_host_that_has_failed_is_not_left_any_more_and_the_run_goes_on_to_its_end(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, attaches: bool
) -> None:
    result, _ = found(monkeypatch, host_dir, LOST, attaches=attaches, check=GONE)
    assert result == {"changed": False}
    assert not attempts.is_left(host_dir)
    assert attempts.is_active(host_dir)


LOST = AnsibleConnectionFailure("Connection refused")


@pytest.mark.parametrize(
    ("answer", "attaches", "restored"),
    [
        (LOST, True, True),
        ({"stdout": "1 yes m other success -\n"}, True, True),
        ({"stdout": "1 yes m other success -\n"}, False, True),
        ({"stdout": "1 yes m asked success -\n"}, True, False),
    ],
    ids=["does not answer", "measures something else", "measures something else, continued", "measures what was asked"],
)
def test_where_a_host_refuses_the_run_is_as_it_was_before_it_was_planned(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, answer: Any, attaches: bool, restored: bool
) -> None:
    run = host_dir.parent
    failures.record_failure(run, "i-1", "Build", "The build failed.")
    before_plan.keep(run)
    failures.forget_failures(run)
    with pytest.raises(AnsibleActionFail) if restored else nullcontext():
        found(monkeypatch, host_dir, answer, attaches=attaches)
    assert bool(failures.failures(run)) is restored
