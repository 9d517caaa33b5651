"""What the commands show of the runs that were published in a bucket."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.aws import anonymous, credentials
from benchmarks.aws.credentials import Lifetime
from benchmarks.cli import compare_command, report_command, results_command
from benchmarks.errors import RefusedError
from benchmarks.parameters import request
from benchmarks.results import link
from benchmarks.results.result_keys import RunFolder
from benchmarks.runs import record_files
from benchmarks.runs.records import Source
from benchmarks.sources import s3_objects
from tests.support import result_samples
from tests.support.aws_fakes import FakeClient
from tests.support.recorded_runs import LOG
from tests.support.s3_bucket import bucket

START = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)


def run(number: int, machine: str = "c7i.large", ref: str | None = "1.0.0", suite: str = "one") -> RunFolder:
    return RunFolder(suite, START + timedelta(hours=number), machine, 2, ref, f"r{number}")


def published(folder: RunFolder, point: float) -> dict[str, bytes]:
    results = result_samples.results(
        result_samples.criterion(point=point, instance=f"i-{folder.run_id}"),
        run_id=folder.run_id,
        host="i-1",
        attempt=1,
        code=result_samples.code(suite=folder.suite, source=Source(crate="one", ref=folder.ref)),
        platform=result_samples.platform(instance=f"i-{folder.run_id}", instance_type=folder.machine),
    )
    return {
        f"{folder.key}i-1/1/results.json": record_files.text(results).encode(),
        f"{folder.key}i-1/1/benchmark.log": b"",
        f"{folder.key}i-1/1/manifest.json": b"{}",
    }


OBJECTS = {
    **published(run(1), 100.0),
    **published(run(2, ref="feature/a_b"), 200.0),
    **published(run(3, machine="c7g.xlarge"), 50.0),
    **published(run(4, suite="other", ref=None), 1.0),
}


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeClient:
    client = bucket(OBJECTS)
    monkeypatch.setattr(s3_objects, "client", lambda: client)
    monkeypatch.chdir(tmp_path)
    return client


def shown(capsys: pytest.CaptureFixture[str], **given: Any) -> list[str]:
    results_command.run(given)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("given", [{"bucket": "mine"}, {"sources": ["s3://mine"]}, {"sources": ["s3://mine/results/"]}])
def test_runs_of_a_bucket_are_listed_without_reading_one(
    s3: FakeClient, capsys: pytest.CaptureFixture[str], given: dict[str, Any]
) -> None:
    assert shown(capsys, **given) == [
        "run  started (UTC)     suite  instance type  cores  ref",
        "r4   2026-05-19 12:15  other  c7i.large          2",
        "r3   2026-05-19 11:15  one    c7g.xlarge         2  1.0.0",
        "r2   2026-05-19 10:15  one    c7i.large          2  feature/a_b",
        "r1   2026-05-19 09:15  one    c7i.large          2  1.0.0",
        "",
        "4 runs in s3://mine, the latest first.",
        "Results of one: ./inv bench.results --bucket mine r4",
        "Compare two:    ./inv bench.compare --bucket mine r3 r4",
    ]
    assert not s3.called("get_object")


def test_selected_runs_are_listed(s3: FakeClient, capsys: pytest.CaptureFixture[str]) -> None:
    given = {"suite": "one", "instance_type": "c7i.*", "ref": "1.*", "since": START, "bucket": "mine"}
    assert shown(capsys, **given)[1:] == [
        "r1   2026-05-19 09:15  one    c7i.large          2  1.0.0",
        "",
        "1 run in s3://mine, the latest first.",
        "Results of one: ./inv bench.results --bucket mine r1",
    ]
    assert not s3.called("get_object")


@pytest.mark.usefixtures("s3")
def test_runs_that_are_named_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, bucket="mine", sources=["r1"])[1].split()[:3] == ["fft/8192", "100.0", "ns"]
    heading, *_ = shown(capsys, bucket="mine", suite="one", sources=["latest~1", "latest"])
    assert heading.split() == ["benchmark", "r2", "r3"]


@pytest.mark.usefixtures("s3")
def test_numbers_of_all_selected_runs_are_shown_if_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    heading, *_ = shown(capsys, bucket="mine", suite="one", filter="fft")
    assert heading.split() == ["benchmark", "r1", "r2", "r3"]
    results_command.run({"bucket": "mine", "ref": "*", "format": "json"})
    exported = json.loads(capsys.readouterr().out)
    assert [source["results"]["run_id"] for source in exported] == ["r1", "r2", "r3"]


def test_links_of_selected_runs_are_printed(
    s3: FakeClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.generate_presigned_url = lambda *_, Params, ExpiresIn: f"https://{Params['Key']}"  # type: ignore[attr-defined]  # noqa: N803
    monkeypatch.setattr("benchmarks.aws.session.connector", lambda _: lambda *_: s3)
    monkeypatch.setattr(link, "region_of", lambda *_: "eu-west-1")
    monkeypatch.setattr(credentials, "lifetime", Lifetime)
    lines = shown(capsys, bucket="mine", ref="1.*", link=True)
    assert [line for line in lines if not line.startswith("opens until")] == [
        "r1",
        f"https://{run(1).key}i-1/1/benchmark.log",
        "r3",
        f"https://{run(3, machine='c7g.xlarge').key}i-1/1/benchmark.log",
    ]


def test_links_of_public_runs_are_plain_and_last(
    s3: FakeClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.generate_presigned_url = lambda *_, Params, ExpiresIn: f"https://{Params['Key']}?X-Amz-Signature=0"  # type: ignore[attr-defined]  # noqa: N803
    monkeypatch.setattr("benchmarks.aws.session.connector", lambda _: lambda *_: s3)
    monkeypatch.setattr(link, "region_of", lambda *_: "eu-west-1")
    monkeypatch.setattr(credentials, "lifetime", Lifetime)
    monkeypatch.setattr(anonymous, "opens", lambda _: True)
    assert shown(capsys, bucket="mine", sources=["r1"], link=True) == [
        "r1",
        f"https://{run(1).key}i-1/1/benchmark.log",
        "opens for anyone, as long as the bucket is public",
    ]


@pytest.mark.usefixtures("s3")
def test_a_word_is_a_published_run_even_if_a_file_is_called_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    Path("r1").write_text(LOG)
    assert shown(capsys, bucket="mine", sources=["r1"])[1].split()[:3] == ["fft/8192", "100.0", "ns"]
    assert shown(capsys, bucket="mine", sources=["./r1"])[1].split()[:3] != ["fft/8192", "100.0", "ns"]


def test_a_bucket_without_runs_is_not_searched_for_other_results(monkeypatch: pytest.MonkeyPatch) -> None:
    other = bucket({"results/mine/results.json": b"{}"})
    monkeypatch.setattr(s3_objects, "client", lambda: other)
    for given in ({"bucket": "mine"}, {"bucket": "mine", "suite": "one"}):
        with pytest.raises(RefusedError, match="There is no published run in s3://mine: check its name"):
            results_command.run(given)
    assert not other.called("get_object")


def test_a_page_names_what_cannot_be_read_and_compares_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = {**published(run(0), 1.0), f"{run(0).key}i-1/1/results.json": b"{"}
    monkeypatch.setattr(s3_objects, "client", lambda: bucket({**OBJECTS, **damaged}))
    monkeypatch.chdir(tmp_path)
    report_command.run({"bucket": "mine", "suite": "one"})
    output = capsys.readouterr().out
    assert f"s3://mine/{run(0).key}i-1/1/results.json is damaged: " in output
    assert "without a comparison" not in output
    report_command.run({"bucket": "mine"})
    assert (
        "without a comparison: The results differ in suite: r1, r2, r3 have one, r4 has other.\n"
        in capsys.readouterr().out
    )


@pytest.mark.usefixtures("s3")
def test_published_runs_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    compare_command.run({"bucket": "mine", "suite": "one", "instance_type": "c7i.*", "by": "ref"})
    assert "fft/8192   100.0 ns     200.0 ns  2.000  ▲ slower" in capsys.readouterr().out
    compare_command.run({"bucket": "mine", "sources": ["r1", "r3"]})
    assert "fft/8192   100.0 ns  50.00 ns  0.500  ▼ faster" in capsys.readouterr().out


@pytest.mark.usefixtures("s3")
def test_a_page_of_published_runs_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report_command.run({"bucket": "mine", "suite": "one"})
    assert capsys.readouterr().out == f"Page      {tmp_path}/report.html\n"
    assert "r3" in (tmp_path / "report.html").read_text()


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"bucket": "mine", "suite": "othr"},
            "There is no run in s3://mine with suite othr. Did you mean other? There: one, other.",
        ),
        ({"suite": "one"}, "suite one selects among published runs: give their bucket too, as in --bucket BUCKET."),
        (
            {"suite": "one", "sources": ["s3://mine/results/one/x"]},
            "There is no published run in s3://mine/results/one/x to select from: name a bucket, or ",
        ),
        (
            {"bucket": "mine", "sources": ["r9"]},
            "There is no run, file or directory r9. Runs in s3://mine: r4, r3, r2, r1.",
        ),
        ({"bucket": "mine", "sources": ["r1/i-2"]}, "The run r1 has no i-2 in s3://mine. It has i-1/1."),
        ({"bucket": "mine", "sources": ["r1/i-1/2"]}, "The run r1 has no i-1/2 in s3://mine. Did you mean i-1/1? "),
        (
            {"bucket": "mine", "suite": "one", "sources": ["r4"]},
            "There is no run, file or directory r4. Runs in s3://mine with",
        ),
        (
            {"bucket": "mine", "suite": "one", "sources": ["./here.log"]},
            "suite one selects among published runs, and no ",
        ),
        ({"bucket": "mine", "runs_dir": "runs"}, "bucket and runs_dir exclude each other: "),
        ({"bucket": "mine", "link": True, "filter": "x"}, "link and filter exclude each other: "),
        ({"bucket": "mine", "link": True, "format": "csv"}, "link and format exclude each other: "),
        ({"since": "soon"}, "since must be a date such as 2026-05-19, with or without a time, "),
    ],
    ids=str,
)
def test_what_selects_nothing_is_refused(given: dict[str, Any], sentence: str) -> None:
    Path("here.log").write_text(LOG)
    with pytest.raises(RefusedError) as refused:
        results_command.run(request.read("results", given, Path.cwd()))
    assert str(refused.value).startswith(sentence)
