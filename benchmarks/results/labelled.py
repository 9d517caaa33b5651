"""Results with the name by which the user tells them from others."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.runs.result_records import Results


@dataclass(frozen=True)
class S3Object:
    """An object in S3; `region` is that of its bucket, if it is known."""

    bucket: str
    key: str
    region: str | None = None


@dataclass(frozen=True)
class Labelled:
    """Results, and the name by which the user tells them from others in the same table or export."""

    label: str
    results: Results
    log: S3Object | None = None  # None if it was not published, as far as is known
