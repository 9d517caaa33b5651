"""The links to published logs that are printed."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest

from benchmarks.aws import session
from benchmarks.aws.credentials import Lifetime
from benchmarks.cli import result_links
from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled, S3Object
from tests.support import result_samples
from tests.support.aws_fakes import FakeClient

RESULTS = result_samples.results(result_samples.criterion())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    """For which regions clients were made, the session's before that of the client; the bucket is in eu-west-1."""
    regions: list[tuple[str, str | None]] = []

    def connector(default: str) -> Any:
        def connect(service: str, region: str | None = None) -> Any:
            assert service == "s3"
            regions.append((default, region))
            client = FakeClient(head_bucket={"ResponseMetadata": {"HTTPHeaders": {"x-amz-bucket-region": "eu-west-1"}}})
            client.generate_presigned_url = lambda *_, Params, ExpiresIn: f"https://{Params['Key']}"  # type: ignore[attr-defined]  # noqa: N803
            return client

        return connect

    monkeypatch.setattr(session, "connector", connector)
    monkeypatch.setattr("benchmarks.aws.credentials.lifetime", Lifetime)
    return regions


def test_each_source_has_its_link_for_the_region_of_the_bucket(
    asked: list[tuple[str, str | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    result_links.show(
        [
            Labelled("r1", RESULTS, S3Object("mine", "one", "eu-central-1")),
            Labelled("s3://mine/a\x1b", RESULTS, S3Object("mine", "two")),
        ]
    )
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith("opens until 2")] == [
        "r1",
        "https://one",
        r"s3://mine/a\x1b",
        "https://two",
    ]
    assert len(lines) == 6
    assert asked == [("us-east-1", "eu-central-1"), ("us-east-1", None), ("us-east-1", "eu-west-1")]


@pytest.mark.usefixtures("asked")
def test_what_was_not_published_is_named_beside_the_links_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    sources = [Labelled("r1", RESULTS, S3Object("mine", "one", "eu-central-1")), Labelled("r2", RESULTS)]
    result_links.show(sources)
    output = capsys.readouterr()
    assert output.out.startswith("r1\nhttps://one\n")
    assert output.err == "r2 was not published, as far as this machine knows, so it has no link.\n"


@pytest.mark.usefixtures("asked")
def test_nothing_is_printed_if_none_was_published(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RefusedError, match=r"^r2 was not published, as far as this machine knows, so "):
        result_links.show([Labelled("r2", RESULTS)])
    assert capsys.readouterr().out == ""


def test_without_credentials_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def connector(_region: str) -> Any:
        raise botocore.exceptions.NoCredentialsError

    monkeypatch.setattr(session, "connector", connector)
    with pytest.raises(RefusedError, match=r"^No AWS credentials were found: "):
        result_links.show([Labelled("r1", RESULTS, S3Object("mine", "one", "eu-central-1"))])
