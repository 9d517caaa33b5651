"""Which run bench.terminate ends, and what it says of what is saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from benchmarks.aws import session
from benchmarks.cli import terminate_command
from benchmarks.errors import FailedError, RefusedError
from benchmarks.parameters import region
from benchmarks.playbook import runner
from benchmarks.runs import record_files
from benchmarks.runs.records import Values
from tests.support import host_uploads, listed_runs, recorded_runs
from tests.support.listed_runs import REGION, Account

ELSEWHERE = {"AWS_REGION": REGION}


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[Values]:
    """The requests by which a playbook was run."""
    found: list[Values] = []
    monkeypatch.setattr(runner, "prepare", lambda _playbook, values: found.append(values))
    monkeypatch.setattr(runner, "run", lambda _job: None)
    monkeypatch.setenv("AWS_REGION", REGION)
    return found


def use(monkeypatch: pytest.MonkeyPatch, account: Account) -> Account:
    monkeypatch.setattr(session, "connector", lambda *_arguments, **_more: account)
    return account


def named(runs_dir: Path, word: str, **more: Any) -> Values:
    return terminate_command.named({"run": word, "runs_dir": str(runs_dir), **more}, ELSEWHERE)


@pytest.mark.parametrize("word", ["latest", "r1", "r1-of-mine"])
def test_a_run_here_is_ended_where_it_has_launched_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account = use(monkeypatch, Account({"us-east-1": []}))
    listed_runs.launched(tmp_path, "r1-of-mine")
    values = terminate_command.named({"run": word, "runs_dir": str(tmp_path)}, {"AWS_REGION": "us-east-1"})
    assert values == {"run_id": "r1-of-mine", "runs_dir": str(tmp_path), "region": REGION}
    told = capsys.readouterr().err
    assert told == ("" if word == "r1-of-mine" else f"{word} is the run r1-of-mine.\n")
    # The start of its id may be the whole id of another.
    assert [where for what, where in account.asked if what == "ec2"] == ([REGION, "us-east-1"] if word == "r1" else [])


@pytest.mark.parametrize("given", [{}, {"region": "us-east-1"}])
def test_a_whole_id_of_a_run_elsewhere_is_not_taken_for_the_start_of_one_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: Values
) -> None:
    use(monkeypatch, Account({"us-east-1": [listed_runs.shape("ci-1")]}))
    listed_runs.launched(tmp_path, "ci-10")
    asked = {"run": "ci-1", "runs_dir": str(tmp_path), **given}
    values = terminate_command.named(asked, {"AWS_REGION": "us-east-1"})
    assert values == {"run_id": "ci-1", "runs_dir": str(tmp_path), "region": "us-east-1"}
    assert capsys.readouterr().err == ""


def test_nothing_is_guessed_if_ec2_cannot_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Account(identity=NoCredentialsError()))
    listed_runs.launched(tmp_path, "ci-10")
    with pytest.raises(RefusedError, match=r"^ci-1 is the start of the run ci-10, and may be the whole id of another"):
        named(tmp_path, "ci-1")
    assert named(tmp_path, "latest")["run_id"] == named(tmp_path, "ci-10")["run_id"] == "ci-10"


def test_without_a_region_of_ones_own_that_of_the_run_here_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = use(monkeypatch, Account())
    monkeypatch.setattr(region, "of_environment", lambda _: None)
    listed_runs.launched(tmp_path, "ci-10")
    assert terminate_command.named({"run": "ci", "runs_dir": str(tmp_path)}, {})["region"] == REGION
    assert [where for what, where in account.asked if what == "ec2"] == [REGION]
    with pytest.raises(RefusedError, match=r"^No AWS region is set"):
        terminate_command.named({"run": "elsewhere", "runs_dir": str(tmp_path)}, {})


def test_a_region_that_is_given_counts(tmp_path: Path) -> None:
    # Of a whole id, nothing is asked.
    listed_runs.launched(tmp_path, "r1")
    assert named(tmp_path, "r1", region="us-east-1")["region"] == "us-east-1"


def test_a_run_of_another_machine_is_found_by_the_start_of_its_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account = use(monkeypatch, Account({"us-east-1": [listed_runs.shape("20260519-x")]}))
    assert named(tmp_path, "2026", region="us-east-1") == {
        "run_id": "20260519-x", "runs_dir": str(tmp_path), "region": "us-east-1"
    }  # fmt: skip
    assert ("ec2", "us-east-1") in account.asked
    assert capsys.readouterr().err == "2026 is the run 20260519-x.\n"


def test_several_runs_are_refused_with_their_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Account({REGION: [listed_runs.shape("r1"), listed_runs.shape("r2", "i-2")]}))
    with pytest.raises(RefusedError, match=r"^2 runs start with r: r1, r2\."):
        named(tmp_path, "r")
    with pytest.raises(RefusedError, match=rf"^There is no run x\. Runs in {tmp_path} and {REGION}: r2, r1\.$"):
        named(tmp_path, "x")
    with pytest.raises(RefusedError, match=r"^There is no run in .* yet: start one by bench, "):
        named(tmp_path, "latest")


def test_a_whole_id_is_ended_even_if_ec2_does_not_answer_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Account(identity=NoCredentialsError()))
    assert named(tmp_path, "r1")["run_id"] == "r1"


def test_a_run_id_is_taken_as_it_is(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r10")
    given = {"run_id": "r1", "runs_dir": str(tmp_path)}
    assert terminate_command.named(given, ELSEWHERE) == given


def test_what_is_saved_is_told_once_the_run_is_ended(
    ended: list[Values], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = listed_runs.launched(tmp_path, "r1")
    key = listed_runs.folder("r1").key
    said = record_files.text(host_uploads.manifest({})).encode()
    use(monkeypatch, Account(objects={f"{key}i-1/1/benchmark.log": b"", f"{key}i-1/1/host.json": said}))
    terminate_command.run({"run": "latest", "runs_dir": str(tmp_path)})
    assert [values["run_id"] for values in ended] == ["r1"]
    assert capsys.readouterr().out.splitlines() == [
        f"Saved here: the results of 1 benchmark, in {run}.",
        f"Saved in S3: results, in s3://mine/{key}i-1/1/",
    ]


def test_results_of_a_run_of_another_machine_are_looked_for_in_the_accounts_own_bucket(
    ended: list[Values], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account = use(monkeypatch, Account(head_bucket={}, list_objects_v2=[{}]))
    terminate_command.run({"run_id": "r1", "runs_dir": str(tmp_path)})
    assert {one["Bucket"] for one in account.s3.called("list_objects_v2")} == {listed_runs.OWN_BUCKET}
    assert "Nothing that it measured is saved" in capsys.readouterr().out
    assert ended == [{"run_id": "r1", "runs_dir": str(tmp_path)}]


def test_what_cannot_be_asked_afterwards_is_no_failure(
    ended: list[Values], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(monkeypatch, Account(identity=NoCredentialsError()))
    terminate_command.run({"run_id": "r1", "runs_dir": str(tmp_path)})
    assert capsys.readouterr().out.startswith("Whether S3 has results of it is not known. ")
    monkeypatch.setenv("AWS_REGION", "nowhere")
    terminate_command.run({"run_id": "r1", "runs_dir": str(tmp_path)})
    assert "There is no AWS region nowhere." in capsys.readouterr().out
    assert len(ended) == 2


@pytest.mark.parametrize("word", [{"run": "latest"}, {"run": "r"}, {"run": "r1"}, {"run_id": "r1"}])
def test_a_run_on_a_machine_of_ones_own_is_refused_with_how_to_end_it_there(
    ended: list[Values], tmp_path: Path, capsys: pytest.CaptureFixture[str], word: dict[str, str]
) -> None:
    recorded_runs.begin(tmp_path, "r1", launches=(), hosts=("192.0.2.7",))
    with pytest.raises(RefusedError, match=r"^The run r1 has no instance: it is on a machine of yours, ") as refused:
        terminate_command.run({**word, "runs_dir": str(tmp_path)})
    assert "To end it, type there: sudo systemctl stop 'benchmarks-r1-*'\n" in str(refused.value)
    assert str(refused.value).endswith(f"./inv bench.attach r1 --runs-dir {tmp_path}")
    assert (ended, capsys.readouterr().out) == ([], "")


def test_of_what_has_expired_nothing_is_looked_up(
    ended: list[Values], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account = use(monkeypatch, Account())
    terminate_command.run({"expired": True})
    assert (ended, account.asked, capsys.readouterr().out) == ([{"expired": True}], [], "")


@pytest.mark.usefixtures("ended")
def test_of_a_run_that_could_not_be_ended_the_failure_is_the_last_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_job: object) -> None:
        raise FailedError("Ending the run r1 failed.")

    monkeypatch.setattr(runner, "run", fail)
    with pytest.raises(FailedError):
        terminate_command.run({"run_id": "r1", "runs_dir": str(tmp_path)})
    assert capsys.readouterr().out == ""
