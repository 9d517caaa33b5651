"""What was measured on a host that cannot be collected from is not ended with it."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from ansible.plugins.loader import action_loader

from benchmarks.host import ssh_failures
from benchmarks.paths import ROOT
from benchmarks.playbook import stages, uncollected
from benchmarks.runs import attempts, failures, record_files
from benchmarks.runs.records import CurrentAttempt, HostManifest
from tests.support import host_uploads, records
from tests.support.repository import yaml_of

SILENCE = ssh_failures.sentence("i-1", "Connection timed out")
ARCHIVE = "criterion.tar.gz"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of which one instance was built."""
    directory = tmp_path / "r1"
    record_files.write(directory, records.instances("i-1", instances=(records.instance("i-1"),)))
    record_files.write(directory / "i-1/1", records.build())
    return directory


def fail(run: Path, sentence: str, stage: str = "collect", attempt: int = 1) -> None:
    failures.record_failure(run, "i-1", "List", sentence, stage, attempt)


def test_what_was_built_and_not_collected_over_ssh_is_on_its_host_alone(run: Path) -> None:
    assert not uncollected.is_there(run, "i-1", 1)
    fail(run, SILENCE)
    assert uncollected.is_there(run, "i-1", 1)
    assert not uncollected.is_there(run, "i-1", 2)


@pytest.mark.parametrize(
    ("sentence", "stage"),
    [("i-1 is terminated: Taken back.", "collect"), ("results are missing", "collect"), (SILENCE, "publish")],
)
def test_a_host_that_is_gone_or_has_answered_has_nothing_to_wait_for(run: Path, sentence: str, stage: str) -> None:
    fail(run, sentence, stage)
    assert not uncollected.is_there(run, "i-1", 1)


def test_a_host_on_which_nothing_was_built_has_nothing(run: Path) -> None:
    (run / "i-1/1/build.json").unlink()
    fail(run, SILENCE)
    assert not uncollected.is_there(run, "i-1", 1)


@pytest.mark.parametrize(("fetched", "alone"), [(True, False), (False, True)])
def test_what_the_host_has_uploaded_counts_once_all_of_it_is_here(run: Path, fetched: bool, alone: bool) -> None:
    fail(run, SILENCE)
    content = {"benchmark.log": b"log\n", "activity": b"1 2\n", ARCHIVE: b"archive"}
    record_files.write(run / "i-1/1", host_uploads.manifest({**content, "toolchain.json": b"{}", "build.json": b"{}"}))
    for name in content if fetched else ["benchmark.log"]:
        (run / "i-1/1" / name).write_bytes(content[name])
    (run / "i-1/1/toolchain.json").write_bytes(b"{}")
    assert record_files.recall(HostManifest, run / "i-1/1")
    assert uncollected.is_there(run, "i-1", 1) is alone


def test_a_run_whose_results_wait_is_not_said_to_measure(run: Path) -> None:
    attempts.leave(run / "i-1")
    assert uncollected.way_back(run, None).startswith("The run r1 goes on measuring, without this process.\n")
    fail(run, SILENCE)
    first, *more = uncollected.way_back(run, None).splitlines()
    assert first == "What the run r1 has measured is on its instance alone, which is left running."
    assert more[-1].startswith("To come back to it: ./inv bench.attach r1 ")


def test_a_host_that_is_left_is_recorded_and_told_of(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_files.write(run / "i-1", CurrentAttempt(number=1))
    action_loader.add_directory(str(ROOT / "plugins/action"))
    action = action_loader.get(
        "leave_host", task=Mock(args={"host_dir": str(run / "i-1")}, async_val=0, check_mode=False), connection=Mock(),
        play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        assert action.run(task_vars={"inventory_hostname": "i-1"}) == {"changed": True}
        assert pipe.reached().hosts.left == {"i-1"}
    assert attempts.is_left(run / "i-1")


def test_nothing_is_left_by_who_finishes_an_interrupted_run() -> None:
    block, *_ = yaml_of(ROOT / "playbooks/tasks/bring_back_attempt.yml")
    leave = block["rescue"][-1]
    assert "leave_host" in leave
    assert leave["when"].startswith("__may_be_left | default(false) and run_request.launches and ")
    (play,) = [play for play in yaml_of(ROOT / "playbooks/benchmark.yml") if "on every host" in play["name"]]
    assert play["tasks"][-1]["vars"] == {"__may_be_left": True}
    # Once it is left, the tasks after that are not for it.
    assert play["tasks"][-1]["when"] == "not attempt_left"
    assert "may_be_left" not in (ROOT / "playbooks/finish.yml").read_text()
