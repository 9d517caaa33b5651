"""What bench.runs prints, and what it asks AWS."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from benchmarks.aws import session
from benchmarks.cli import runs_command
from benchmarks.errors import RefusedError
from tests.support import listed_runs
from tests.support.listed_runs import NOW, REGION, Account


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setattr(runs_command, "datetime", SimpleNamespace(now=lambda _zone: NOW))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    """Calls the command in an account, and gives the lines on both streams."""

    def call(account: Account, **given: Any) -> tuple[list[str], list[str]]:
        monkeypatch.setattr(session, "connector", lambda *_arguments, **_more: account)
        runs_command.run({"runs_dir": str(tmp_path), **given})
        output = capsys.readouterr()
        return output.out.splitlines(), output.err.splitlines()

    return call


def test_what_costs_money_is_told_with_how_to_go_on(shown: Any, tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1", ended=True, minutes=-9)
    listed_runs.launched(tmp_path, "r2", "i-2", measured=False)
    lines, _ = shown(Account({REGION: [listed_runs.shape("r2", "i-2")]}))
    assert lines == [
        "run  state     suite  machine    age    cost  off by (UTC)      instances",
        "r2   detached  one    c7i.large  2 h  $0.720  2026-05-19 12:45  i-2",
        "r1   done      one    c7i.large  2 h  $0.360                    i-1",
        "",
        "r2: i-2 (c7i.large) still runs: it costs $0.36 an hour, and should switch itself off by 12:45 UTC on "
        "2026-05-19, which could not be checked.",
        "2 runs, of which 1 costs money now; the latest first.",
        f"To follow it again: ./inv bench.attach r2 --runs-dir {tmp_path}",
        f"To end it: ./inv bench.terminate r2 --runs-dir {tmp_path}",
        f"To see results: ./inv bench.results r1 --runs-dir {tmp_path}",
    ]


def test_a_run_of_another_machine_is_ended_in_its_region_and_read_from_its_bucket(shown: Any) -> None:
    folder = listed_runs.folder("r1").key
    account = Account({REGION: [], "us-east-1": [listed_runs.shape("r1")]}, {f"{folder}i-1/1/benchmark.log": b""})
    lines, _ = shown(account, region=f"{REGION}, us-east-1", bucket="mine")
    assert lines[1].startswith("r1   running  one")
    assert lines[-2:] == [
        "To end it: ./inv bench.terminate r1 --region us-east-1",
        "To see results: ./inv bench.results --bucket mine r1",
    ]


def test_the_regions_and_buckets_of_the_runs_here_are_asked_too(
    shown: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed_runs.launched(tmp_path, "r1", ended=True)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    account = Account({"us-east-1": []})
    lines, _ = shown(account)
    assert [region for service, region in account.asked if service == "ec2"] == ["us-east-1", REGION]
    assert {one["Bucket"] for one in account.s3.called("list_objects_v2")} == {"mine"}
    assert account.s3.called("head_bucket") == [
        {"Bucket": "benchmarks-123456789012-us-east-1", "ExpectedBucketOwner": "123456789012"}
    ]
    assert "1 run, of which none costs money now; the latest first." in lines

    account = Account({"eu-west-1": []})
    shown(account, region="eu-west-1", bucket="mine")
    assert [region for service, region in account.asked if service == "ec2"] == ["eu-west-1"]
    assert account.s3.called("head_bucket") == []


def test_without_credentials_what_is_here_is_shown(shown: Any, tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1", measured=False)
    listed_runs.launched(tmp_path, "r2", ended=True)
    lines, _ = shown(Account(identity=NoCredentialsError()))
    assert lines[1].startswith("r1   may run  one    c7i.large  2 h  ≤$0.720  2026-05-19 12:45  i-1")
    assert lines[2].startswith("r2   done     one    c7i.large  2 h   $0.360")
    assert lines[4].startswith("r1: It may be that i-1 (c7i.large) still runs: ")
    assert lines[5] == "2 runs, of which 1 may cost money now; the latest first."
    told = [line for line in lines if "cannot be asked" in line]
    assert len(told) == 1
    assert "No AWS credentials were found: " in told[0]


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [("AWS_PROFILE", "nobody", "nobody"), ("AWS_REGION", "eu-centrl-1", "There is no AWS region eu-centrl-1.")],
)
def test_settings_that_are_wrong_keep_nothing_here_from_being_shown(
    shown: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, why: str
) -> None:
    listed_runs.launched(tmp_path, "r1", ended=True)
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv(variable, value)
    lines, _ = shown(Account())
    assert lines[1].startswith("r1   done ")
    assert [line for line in lines if why in line and line.startswith("Only what is known here is shown, ")]


def test_without_a_region_ec2_is_not_asked_and_s3_is(
    shown: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    lines, _ = shown(Account(objects={f"{listed_runs.folder('r1').key}i-1/1/benchmark.log": b""}), bucket="mine")
    assert lines[1] == "r1   in S3  one    c7i.large  2 h"
    assert any(line.startswith("EC2 is not asked for instances. No AWS region is set: ") for line in lines)
    lines, _ = shown(Account(identity=NoCredentialsError()))
    assert len(lines) == 2
    assert lines[0] == f"There is no run in {tmp_path} yet, and none is known elsewhere."
    assert lines[1].startswith("Only what is known here is shown, since AWS cannot be asked: No AWS credentials ")


def test_what_was_launched_where_nobody_was_asked_is_named(shown: Any, tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1", endpoint="http://127.0.0.1:5000")
    lines, _ = shown(Account())
    assert lines[1].startswith("r1   may run ")
    assert any(line.startswith("What became of the instances of r1 is not known: ") for line in lines)


def test_a_damaged_plan_is_named_and_its_instance_listed(shown: Any, tmp_path: Path) -> None:
    (listed_runs.launched(tmp_path, "r1") / "preflight.json").write_text("{")
    lines, _ = shown(Account({REGION: [listed_runs.shape("r1")]}))
    assert lines[1].startswith("r1   running ")
    assert "Not everything is known of r1, since preflight.json there cannot be read." in lines


def test_programs_read_names_or_json_alone(shown: Any, tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1", ended=True)
    refused = Account(identity=NoCredentialsError())
    out, err = shown(refused, format="names")
    assert out == ["r1"]
    assert len(err) == 1
    out, err = shown(refused, format="json")
    document = json.loads("\n".join(out))
    assert [run["run_id"] for run in document["runs"]] == ["r1"]
    assert len(document["unknown"]) == 1
    assert err == []
    assert shown(refused, format="names", runs_dir=str(tmp_path / "none"))[0] == []


def test_what_is_not_shown_is_counted(shown: Any, tmp_path: Path) -> None:
    for number in range(23):
        listed_runs.launched(tmp_path, f"r{number:02}", f"i-{number}", ended=True, minutes=number)
    lines, _ = shown(Account())
    assert len([line for line in lines if line.startswith("r")]) == 21
    assert "23 runs, of which none costs money now; the latest first. --all shows 3 more." in lines
    lines, _ = shown(Account(), all=True)
    assert "23 runs, of which none costs money now; the latest first." in lines


def test_other_peoples_runs_are_shown_if_asked_for(shown: Any) -> None:
    account = Account({REGION: [listed_runs.shape("hers", owner="bob")]})
    assert shown(account)[0][0].startswith("There is no run in ")
    assert shown(account, all_owners=True)[0][1].startswith("hers  running ")


def test_a_name_by_others_does_nothing_to_the_terminal(shown: Any) -> None:
    lines, _ = shown(Account({REGION: [listed_runs.shape("\x1b[2Jr1")]}))
    assert "\x1b" not in "".join(lines)
    assert lines[1].startswith("\\x1b[2Jr1 ")


def test_a_region_that_does_not_exist_is_refused(shown: Any) -> None:
    with pytest.raises(RefusedError, match=r"^There is no AWS region eu-centrl-1\."):
        shown(Account(), region="eu-centrl-1")


def test_on_a_terminal_what_costs_money_is_in_colour_and_the_table_fits(
    shown: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed_runs.launched(tmp_path, "r1", ended=True)
    listed_runs.launched(tmp_path, "20260519-081500-k3f9", "i-0123456789abcdef0", measured=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    lines, _ = shown(Account({REGION: [listed_runs.shape("20260519-081500-k3f9", "i-0123456789abcdef0")]}))
    coloured = [line for line in lines if line.startswith("\x1b[33m")]
    assert len(coloured) == 1
    assert "20260519-081500-k3f9" in coloured[0]
    assert "instances" not in lines[0]
