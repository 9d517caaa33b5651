"""The picker's data: from the cache while it is fresh, else from AWS, else from the cache, however old.

boto3 is imported only before a call to AWS: the import takes longer than an answer from the cache.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.aws import instance_types
from benchmarks.aws.instance_types import InstanceType, Offer
from benchmarks.errors import RefusedError
from benchmarks.picker import cache
from benchmarks.runs.records import Json


@dataclass(frozen=True)
class Part:
    """One kind of data: how long it stays fresh, and the IAM permission to fetch it."""

    name: str
    text: str
    fresh: timedelta
    permission: str


PARTS = {
    part.name: part
    for part in (
        # New types appear only a few times a year.
        Part("types", "instance types", timedelta(days=7), "ec2:DescribeInstanceTypes"),
        Part("zones", "zones", timedelta(days=7), "ec2:DescribeInstanceTypeOfferings"),
        # AWS rarely changes on-demand prices, but an outdated one would be misleading.
        Part("prices", "on-demand prices", timedelta(days=1), "pricing:GetProducts"),
        Part("spot", "spot prices", timedelta(hours=1), "ec2:DescribeSpotPriceHistory"),
    )
}


@dataclass(frozen=True)
class Source:
    """When one part was fetched, and why not now."""

    fetched: datetime | None  # UTC; None if the data is unknown
    problem: str | None = None  # why AWS did not answer, if it was called


@dataclass(frozen=True)
class Data:
    """The data on a region's types."""

    region: str
    endpoint: str | None  # the custom URL or URLs used instead of AWS, if any
    offers: tuple[Offer, ...]
    sources: Mapping[str, Source]  # part -> its source; only parts that were needed


def endpoints(environment: Mapping[str, str]) -> dict[str, str | None]:
    """The endpoint URL that the environment sets for each service; None for AWS's own."""
    if environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return {"ec2": None, "pricing": None}
    general = environment.get("AWS_ENDPOINT_URL")
    return {name: environment.get(f"AWS_ENDPOINT_URL_{name.upper()}") or general or None for name in ("ec2", "pricing")}


def _identity(region: str, environment: Mapping[str, str]) -> dict[str, object]:
    """What the data depends on: not the account, but a profile can set its own endpoints."""
    found: dict[str, object] = {"region": region, **endpoints(environment)}
    config = Path(environment.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()
    text = config.read_text(errors="replace") if config.is_file() else ""
    if "endpoint_url" in text:
        profile = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE")
        found["profile"] = [profile, hashlib.sha256(text.encode()).hexdigest()]
    return found


def _path(part: str, identity: Mapping[str, object], environment: Mapping[str, str]) -> Path:
    own = {key: value for key, value in identity.items() if key != "region" and value}
    # AWS's own data is in a directory with a readable name; each set of custom endpoints has its own.
    place = "aws" if not own else hashlib.sha256(repr(sorted(own.items())).encode()).hexdigest()[:16]
    return cache.directory(environment) / place / str(identity["region"]) / f"{part}.json"


def load(
    region: str, needed: Collection[str], environment: Mapping[str, str], now: datetime, *, refresh: bool = False
) -> Data:
    """The region's types with the parts that are needed.

    A part that is fresh in the cache is used, unless `refresh`. The others are fetched from AWS concurrently; if that
    fails, an outdated part is used with its date, or stays unknown. Raises RefusedError with AWS's reason if not even
    the types are known.
    """
    identity = _identity(region, environment)
    paths = {part: _path(part, identity, environment) for part in PARTS if part in needed}
    kept = {part: cache.read(path, identity) for part, path in paths.items()}
    stale = [part for part, entry in kept.items() if refresh or not _is_fresh(part, entry, now)]
    problems: dict[str, str] = {}
    for part, answer in _ask(region, stale, patient=not any(kept.values())):
        if isinstance(answer, Exception):
            problems[part] = _reason(part, answer)
        else:
            kept[part] = fetched = cache.Entry(now, answer)
            cache.write(paths[part], identity, fetched)
    if kept["types"] is None:
        raise RefusedError(problems["types"])
    content = {part: entry.content if entry else {} for part, entry in kept.items()}
    return Data(
        region=region,
        endpoint=" ".join(sorted({url for url in endpoints(environment).values() if url})) or None,
        offers=instance_types.offers(
            [_type(fields) for fields in content["types"]],
            content.get("prices", {}),
            content.get("spot", {}),
            content.get("zones", {}),
        ),
        sources={part: Source(entry.fetched if entry else None, problems.get(part)) for part, entry in kept.items()},
    )


def cached(
    region: str, environment: Mapping[str, str], parts: Collection[str] = ("types", "zones")
) -> tuple[Offer, ...]:
    """The region's types with these parts of the cache, however old; empty without types. Never calls AWS."""
    identity = _identity(region, environment)
    kept = {part: cache.read(_path(part, identity, environment), identity) for part in parts}
    content = {part: entry.content for part, entry in kept.items() if entry}
    return instance_types.offers(
        [_type(fields) for fields in content.get("types", [])],
        content.get("prices", {}),
        content.get("spot", {}),
        content.get("zones", {}),
    )


def _type(fields: Json) -> InstanceType:
    return InstanceType(**{**fields, "architectures": tuple(fields["architectures"])})


def _is_fresh(part: str, entry: cache.Entry | None, now: datetime) -> bool:
    """Whether an entry is recent enough. One dated in the future is not: a clock was wrong, so its age is unknown."""
    return entry is not None and timedelta(0) <= now - entry.fetched < PARTS[part].fresh


def _ask(region: str, parts: list[str], *, patient: bool) -> Iterator[tuple[str, object]]:
    """Fetch parts from AWS. Unless `patient`, give up sooner, since the cache can be used instead."""
    if not parts:
        return iter(())
    from benchmarks.aws import session
    from benchmarks.picker import fetching

    attempts, timeout = (8, 10) if patient else (4, 3)
    return fetching.fetch(session.connector(region, attempts, timeout), region, parts)


def _reason(part: str, error: Any) -> str:
    """Why AWS did not answer, in one sentence."""
    import botocore.exceptions

    from benchmarks.aws import aws_errors, optional_answers

    if isinstance(error, optional_answers.UnknownError):
        return f"{error}."
    if isinstance(error, botocore.exceptions.ClientError) and aws_errors.is_denied(error):
        return optional_answers.denied(error, PARTS[part].permission)
    return aws_errors.explain(error)
