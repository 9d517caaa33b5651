"""What a continued run finds on its host: what is to be followed, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import yaml
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.loader import action_loader

from benchmarks.paths import ROOT
from benchmarks.playbook import stages
from benchmarks.runs import attempts, before_plan, failures, record_files
from benchmarks.runs.records import Attempt, Ready, Toolchain
from tests.support import records
from tests.support.answers import told

LOST = AnsibleConnectionFailure("Connection refused")
GONE = ("sh", "-c", "echo i-1 has failed; exit 1")


def action(name: str, args: dict[str, Any]) -> Any:
    action_loader.add_directory(str(ROOT / "roles/preflight/action_plugins"))
    return action_loader.get(
        name, task=Mock(args=args, async_val=0, check_mode=False), connection=Mock(),
        play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip


def found(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, answer: Any, *, attaches: bool, check: Sequence[str] = ()
) -> dict[str, Any]:
    """What is found on a host that answers so."""
    args = {"host_dir": str(host_dir), "directory": "/r", "unit": "u", "suite_digest": "asked", "attaches": attaches}
    args["host_check"] = list(check)
    asking = action("find_active", args)
    monkeypatch.setattr(asking, "_low_level_execute_command", Mock(side_effect=[told(answer)]))
    result: dict[str, Any] = asking.run(task_vars={"inventory_hostname": "i-1"})
    return result


def followed(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, answer: Any, *, attaches: bool, check: Sequence[str] = ()
) -> stages.Hosts:
    """What whoever started the playbook is told once no host has refused."""
    result = found(monkeypatch, host_dir, answer, attaches=attaches, check=check)
    args = {"host_dir": str(host_dir), "number": result["number"], "events": result["events"]}
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        action("follow_attempt", args).run(task_vars={"inventory_hostname": "i-1"})
        return pipe.reached().hosts


@pytest.fixture
def host_dir(tmp_path: Path) -> Path:
    """A host's directory with an attempt that was left."""
    host = tmp_path / "i-1"
    attempts.take(host, Attempt(number=1, suite=records.suite(), suite_digest="asked"), records.toolchain())
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
    hosts = followed(monkeypatch, host_dir, {"rc": 0, "stdout": f"{line}\n"}, attaches=attaches)
    assert attempts.is_active(host_dir) is is_followed
    assert not attempts.is_left(host_dir)
    assert bool(hosts.measures) is measures


@pytest.mark.parametrize(
    ("attaches", "is_left", "file"),
    [(True, False, None), (False, True, None), (False, False, Ready.FILE), (False, False, Toolchain.FILE)],
    ids=["come back to", "left", "was ready", "own machine that was used"],
)
def test_a_host_that_does_not_answer_refuses_if_something_may_measure_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, attaches: bool, is_left: bool, file: str | None
) -> None:
    host = tmp_path / "i-1"
    host.mkdir()
    if is_left:
        attempts.leave(host)
    if file:
        (host / file).touch()
    with pytest.raises(AnsibleActionFail, match=r"^i-1 does not answer over SSH: Connection refused"):
        found(monkeypatch, host, LOST, attaches=attaches)
    assert attempts.is_left(host) is is_left


def test_a_host_that_has_never_answered_is_waited_for_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    host = tmp_path / "i-1"
    attempts.begin(host, records.suite(), "asked")
    told = found(monkeypatch, host, LOST, attaches=False)
    assert (told["number"], told["events"]) == (0, [])


def test_a_host_that_has_failed_is_not_followed_for_another_suite(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path
) -> None:
    attempts.begin(host_dir, records.suite(), "another")
    (host_dir / Ready.FILE).touch()
    with pytest.raises(AnsibleActionFail, match=r"^i-1 has failed$"):
        found(monkeypatch, host_dir, LOST, attaches=False, check=GONE)


@pytest.mark.parametrize("attaches", [True, False])
def test_a_host_that_does_not_tell_what_it_is_at_refuses(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, attaches: bool
) -> None:
    answer = {"rc": 1, "stdout": "", "stderr": "sh: Cannot fork\n"}
    with pytest.raises(
        AnsibleActionFail, match=r"^i-1 answers over SSH, but does not tell what it is at: sh: Cannot fork\."
    ):
        found(monkeypatch, host_dir, answer, attaches=attaches)
    assert attempts.is_left(host_dir)


@pytest.mark.parametrize("attaches", [True, False])
def test_a_host_that_has_failed_is_not_left_any_more_and_the_run_goes_on_to_its_end(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, attaches: bool
) -> None:
    followed(monkeypatch, host_dir, LOST, attaches=attaches, check=GONE)
    assert not attempts.is_left(host_dir)
    assert attempts.is_active(host_dir)


@pytest.mark.parametrize(
    ("answer", "attaches", "restored"),
    [
        (LOST, True, True),
        (LOST, False, True),
        ({"rc": 0, "stdout": "1 yes m other success -\n"}, True, True),
        ({"rc": 0, "stdout": "1 yes m other success -\n"}, False, True),
        ({"rc": 0, "stdout": "1 yes m asked success -\n"}, True, False),
    ],
    ids=[
        "does not answer",
        "does not answer, continued",
        "measures something else",
        "measures something else, continued",
        "measures what was asked",
    ],
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


def test_what_is_found_changes_nothing_as_long_as_another_host_may_refuse(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path
) -> None:
    before = {path: path.read_bytes() for path in host_dir.rglob("*") if path.is_file()}
    told = found(monkeypatch, host_dir, {"rc": 0, "stdout": "1 yes m asked success -\n"}, attaches=True)
    assert (told["number"], told["events"]) == (1, ["measures"])
    assert {path: path.read_bytes() for path in host_dir.rglob("*") if path.is_file()} == before


@pytest.fixture
def several(host_dir: Path) -> Path:
    """The directory of that host in a run that has two, and is asked for anew after a failure."""
    run = host_dir.parent
    launches = tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in (1, 2))
    record_files.write(run, records.preflight(launches=launches))
    record_files.write(run, records.instances("i-1", "i-2"))
    failures.record_failure(run, "i-1", "Build", "The build failed.")
    before_plan.keep(run)
    failures.forget_failures(run)
    return host_dir


UNTOLD = {"rc": 1, "stdout": "", "stderr": "sh: Cannot fork\n"}


@pytest.mark.parametrize(
    ("answer", "why"), [(LOST, "does not answer over SSH"), (UNTOLD, "answers over SSH, but does not tell")]
)
def test_one_of_several_hosts_that_tells_nothing_refuses_only_what_is_more_than_to_come_back(
    monkeypatch: pytest.MonkeyPatch, several: Path, answer: Any, why: str
) -> None:
    told = found(monkeypatch, several, answer, attaches=True)
    assert (told["number"], told["events"]) == (0, [])
    assert told["unheard"].startswith(f"i-1 {why}")
    assert failures.failures(several.parent) == ()
    with pytest.raises(AnsibleActionFail, match=why):
        found(monkeypatch, several, answer, attaches=False)


def left_unheard(
    monkeypatch: pytest.MonkeyPatch, host_dir: Path, others: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], stages.Hosts]:
    """What a task answers that leaves a host as it tells nothing, with what is reported of it."""
    own = {"number": 0, "events": [], "unheard": "i-1 does not answer over SSH: Connection refused. Check it."}
    args = {"host_dir": str(host_dir), "unheard": own["unheard"], "answers": [*others, own]}
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        answer: dict[str, Any] = action("leave_unheard", args).run(task_vars={"inventory_hostname": "i-1"})
        return answer, pipe.reached().hosts


@pytest.mark.parametrize("other", [0, 1], ids=["measures nothing", "measures"])
def test_a_host_that_tells_nothing_is_left_and_has_failed_if_another_one_answers(
    monkeypatch: pytest.MonkeyPatch, several: Path, other: int
) -> None:
    attempts.follow(several, 1)
    answer, hosts = left_unheard(monkeypatch, several, [{}, {"number": other, "events": [], "unheard": ""}])
    assert attempts.is_left(several)
    assert hosts.left == {"i-1"}
    (failure,) = failures.failures(several.parent)
    assert failure.is_of("i-1", 1)
    assert failure.sentence == (
        "i-1 does not answer over SSH: Connection refused. Check it. EC2 does not say that it is gone, so it is left "
        "as it is: come back to it in a while."
    )
    assert answer["warnings"] == [failure.sentence]


def test_if_no_host_tells_anything_the_request_is_refused_and_the_run_as_it_was(
    monkeypatch: pytest.MonkeyPatch, several: Path
) -> None:
    others: list[dict[str, Any]] = [
        {},
        {"skipped": True},
        {"number": 0, "events": [], "unheard": "i-2 does not answer over SSH: …"},
    ]
    with pytest.raises(AnsibleActionFail, match=r"^i-1 does not answer over SSH: Connection refused\. Check it\.$"):
        left_unheard(monkeypatch, several, others)
    assert [failure.sentence for failure in failures.failures(several.parent)] == ["The build failed."]


def test_what_is_followed_is_recorded_only_once_every_host_has_answered() -> None:
    ask, leave, follow = yaml.safe_load((ROOT / "roles/preflight/tasks/active.yml").read_text())
    assert "find_active" in ask
    assert "leave_unheard" in leave
    assert "follow_attempt" in follow
    plays = yaml.safe_load((ROOT / "playbooks/benchmark.yml").read_text())
    (play,) = (one for one in plays if one["name"] == "Check what the hosts of a continued run are doing")
    assert play["any_errors_fatal"]
    assert "strategy" not in play  # of hosts at their own pace, one would go on while another is asked


def test_a_directory_that_cannot_be_written_fails(monkeypatch: pytest.MonkeyPatch, host_dir: Path) -> None:
    monkeypatch.setattr(attempts, "follow", Mock(side_effect=OSError(28, "No space left on device")))
    with pytest.raises(AnsibleActionFail, match="No space left on device"):
        action("follow_attempt", {"host_dir": str(host_dir), "number": 1, "events": []}).run(task_vars={})
