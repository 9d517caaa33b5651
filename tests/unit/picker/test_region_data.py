"""The cache while it is fresh, else AWS, else the cache however old: which of them answers, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from benchmarks.aws.optional_answers import UnknownError
from benchmarks.errors import RefusedError
from benchmarks.picker import cache, fetching, region_data
from benchmarks.picker.region_data import Data
from tests.support.aws_fakes import aws_error
from tests.support.picker_data_sets import C6I, C8A

NOW = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
CONTENT = {
    "types": [asdict(C6I), asdict(C8A)],
    "zones": {"c6i.2xlarge": ["eu-north-1a"]},
    "prices": {"c6i.2xlarge": 0.34},
    "spot": {"c6i.2xlarge": {"eu-north-1a": 0.1}},
}
EVERYTHING = tuple(region_data.PARTS)


class Aws:
    """AWS as the picker sees it: what it answers can be changed, what it was asked is kept."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = dict(CONTENT)
        self.asked: list[list[str]] = []

    def fetch(self, _connect: object, _region: str, parts: Sequence[str]) -> Iterator[tuple[str, Any]]:
        self.asked.append(list(parts))
        return iter([(part, self.answers[part]) for part in parts])

    def fail(self, error: Exception, *parts: str) -> None:
        self.answers.update(dict.fromkeys(parts or EVERYTHING, error))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    stand_in = Aws()
    monkeypatch.setattr(fetching, "fetch", stand_in.fetch)
    return stand_in


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


def load(environment: Mapping[str, str], at: datetime = NOW, region: str = "eu-north-1", **options: Any) -> Data:
    return region_data.load(region, EVERYTHING, environment, at, **options)


def files(environment: Mapping[str, str]) -> list[Path]:
    return sorted(cache.directory(environment).rglob("*.json"))


def test_what_is_fetched_is_kept_and_the_second_answer_is_the_same(aws: Aws, environment: dict[str, str]) -> None:
    first = load(environment)
    assert load(environment, NOW + timedelta(minutes=59)) == first
    assert aws.asked == [["types", "zones", "prices", "spot"]]
    c6i, c8a = first.offers
    assert (c6i.type, c6i.on_demand, c6i.spot, c6i.zones) == (C6I, 0.34, {"eu-north-1a": 0.1}, ("eu-north-1a",))
    assert (c8a.type, c8a.on_demand, c8a.spot, c8a.zones) == (C8A, None, {}, ())


def test_each_part_is_fetched_again_when_it_is_too_old(aws: Aws, environment: dict[str, str]) -> None:
    load(environment)
    for passed, stale in (
        (timedelta(hours=1), ["spot"]),
        (timedelta(days=1, hours=1), ["prices", "spot"]),
        (timedelta(days=7, hours=1), ["types", "zones", "prices", "spot"]),
    ):
        aws.asked.clear()
        load(environment, NOW + passed)
        assert aws.asked == [stale]


def test_only_what_is_needed_is_fetched(aws: Aws, environment: dict[str, str]) -> None:
    found = region_data.load("eu-north-1", ("types", "prices"), environment, NOW)
    assert aws.asked == [["types", "prices"]]
    assert set(found.sources) == {"types", "prices"}


def test_refresh_asks_although_the_cache_is_fresh(aws: Aws, environment: dict[str, str]) -> None:
    load(environment)
    aws.answers["prices"] = {"c6i.2xlarge": 0.5}
    found = load(environment, NOW + timedelta(minutes=1), refresh=True)
    assert found.offers[0].on_demand == 0.5
    assert found.sources["prices"].fetched == NOW + timedelta(minutes=1)


def test_a_date_in_the_future_is_not_believed(aws: Aws, environment: dict[str, str]) -> None:
    load(environment)
    load(environment, NOW - timedelta(minutes=1))
    assert len(aws.asked) == 2


@pytest.mark.parametrize("damage", [b"", b"half a fi", b'{"schema": 1}\n[]'])
def test_a_damaged_file_is_fetched_again_and_mended(aws: Aws, environment: dict[str, str], damage: bytes) -> None:
    first = load(environment)
    (path,) = [file for file in files(environment) if file.name == "types.json"]
    path.write_bytes(damage)
    assert load(environment) == first
    assert aws.asked[1:] == [["types"]]
    assert load(environment) == first
    assert len(aws.asked) == 2


@pytest.mark.parametrize("error", [NoCredentialsError(), EndpointConnectionError(endpoint_url="https://ec2")])
def test_without_credentials_or_network_the_old_answer_is_given_with_its_date(
    aws: Aws, environment: dict[str, str], error: Exception
) -> None:
    first = load(environment)
    aws.fail(error)
    found = load(environment, NOW + timedelta(days=30))
    assert found.offers == first.offers
    for source in found.sources.values():
        assert source.fetched == NOW
        assert source.problem is not None


def test_without_credentials_and_cache_it_is_refused_with_the_reason(aws: Aws, environment: dict[str, str]) -> None:
    aws.fail(NoCredentialsError())
    with pytest.raises(RefusedError, match=r"^No AWS credentials were found"):
        load(environment)
    assert files(environment) == []


def test_a_missing_permission_for_prices_leaves_them_unknown_and_is_named(
    aws: Aws, environment: dict[str, str]
) -> None:
    aws.fail(aws_error("AccessDeniedException", operation="GetProducts"), "prices")
    aws.fail(aws_error("UnauthorizedOperation", operation="DescribeSpotPriceHistory"), "spot")
    found = load(environment)
    assert {offer.on_demand for offer in found.offers} == {None}
    assert found.sources["prices"] == region_data.Source(None, "the permission pricing:GetProducts is missing")
    assert found.sources["spot"].problem == "the permission ec2:DescribeSpotPriceHistory is missing"
    assert found.sources["types"].problem is None


def test_prices_that_no_partition_has_leave_the_types_and_say_why(aws: Aws, environment: dict[str, str]) -> None:
    aws.fail(UnknownError("AWS lists the prices of cn-north-1 in CNY, not in US dollars"), "prices")
    found = load(environment)
    assert len(found.offers) == 2
    assert found.sources["prices"].problem == "AWS lists the prices of cn-north-1 in CNY, not in US dollars."


def test_an_endpoint_of_ones_own_and_aws_never_mix(aws: Aws, environment: dict[str, str]) -> None:
    load(environment)
    load({**environment, "AWS_ENDPOINT_URL": "http://127.0.0.1:5000"})
    load({**environment, "AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:5000"})
    load({**environment, "AWS_ENDPOINT_URL": "http://127.0.0.1:5001"})
    load(environment, region="eu-west-1")
    assert len(aws.asked) == 5
    assert [path.parent.parent.name for path in files(environment)].count("aws") == 2 * len(EVERYTHING)


def test_an_endpoint_that_is_to_be_ignored_is(aws: Aws, environment: dict[str, str]) -> None:
    load(environment)
    load({**environment, "AWS_ENDPOINT_URL": "http://x", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"})
    assert len(aws.asked) == 1


def test_profiles_with_endpoints_of_their_own_are_kept_apart(aws: Aws, environment: dict[str, str]) -> None:
    config = Path(environment["HOME"]) / "config"
    config.write_text("[profile one]\nendpoint_url = http://127.0.0.1:5000\n[profile two]\n")
    for profile in ("one", "two", "one"):
        load({**environment, "AWS_CONFIG_FILE": str(config), "AWS_PROFILE": profile})
    assert len(aws.asked) == 2


def test_the_account_makes_no_difference(aws: Aws, environment: dict[str, str]) -> None:
    load({**environment, "AWS_ACCESS_KEY_ID": "one"})
    load({**environment, "AWS_ACCESS_KEY_ID": "two", "AWS_PROFILE": "other"})
    assert len(aws.asked) == 1


def test_completion_is_given_what_is_kept_however_old_and_asks_nobody(aws: Aws, environment: dict[str, str]) -> None:
    assert region_data.cached("eu-north-1", environment) == ()
    load(environment, NOW - timedelta(days=400))
    aws.asked.clear()
    found = region_data.cached("eu-north-1", environment)
    assert [(offer.type.name, offer.zones) for offer in found] == [
        ("c6i.2xlarge", ("eu-north-1a",)),
        ("c8a.2xlarge", ()),
    ]
    first = region_data.cached("eu-north-1", environment, ("types", "prices"))[0]
    assert (first.on_demand, first.zones) == (0.34, ())
    assert aws.asked == []
