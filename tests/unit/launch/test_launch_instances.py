"""The actions that launch instances, as far as they make requests of a run's plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.launch import hosts, waiting_host
from benchmarks.launch.run_instances import Launch
from benchmarks.runs import record_files
from tests.support import actions, records
from tests.support.aws_fakes import FakeClient

METAL, OTHER = records.launch_plan(host=1, bare_metal=True), records.launch_plan(host=2)
LIMITS: dict[str, Any] = {"build_limit": 60, "time_limit": 180}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Launch]:
    """The launches that are asked for."""
    found: list[Launch] = []

    def ensure(_ec2: Any, launches: list[Launch], *_: Any, **__: Any) -> hosts.Outcome:
        found.extend(launches)
        return hosts.Outcome(True, (records.instance(),))

    def launch(_waiting: Any, make: Any, *_: Any) -> None:
        found.append(make()[1])

    sts = FakeClient(get_caller_identity={"Arn": "arn:aws:iam::123456789012:user/alice"})
    monkeypatch.setattr("benchmarks.aws.session.connector", lambda _: lambda *_: sts)
    monkeypatch.setattr(hosts, "ensure", ensure)
    monkeypatch.setattr(waiting_host, "launch", launch)
    return found


def run(action: str, directory: Path, **more: Any) -> None:
    plans = [record_files.plain(plan) for plan in (METAL, OTHER)]
    started = records.STARTED.isoformat()
    answer = actions.run(action, run_id="r1", run_dir=str(directory), plans=plans, started=started, **LIMITS, **more)
    assert "failed" not in answer, answer


def test_each_instance_lives_as_long_as_its_own_type_needs(asked: list[Launch], tmp_path: Path) -> None:
    run("launch_instances", tmp_path)
    assert [(one.plan.host, one.lifetime) for one in asked] == [(1, 295), (2, 270)]


@pytest.mark.parametrize(("host", "minutes"), [("host-1", 295), ("host-2", 270)])
def test_a_host_that_waits_lives_as_long_as_its_own_type_needs(
    asked: list[Launch], tmp_path: Path, host: str, minutes: int
) -> None:
    run("launch_waiting", tmp_path, host=host)
    assert [one.lifetime for one in asked] == [minutes]
