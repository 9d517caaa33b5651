"""Filters for the results of setup's and teardown's surveys of an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.account import launch_template, teardown_listing
from benchmarks.doctor import listing
from benchmarks.runs import agreement, record_files
from benchmarks.runs.records import Check, Setup, Teardown


def setup_record(directory: str) -> Any:
    """The survey in a run's directory, with the names of what is missing; None without a survey."""
    survey = record_files.read(Setup, Path(directory))
    return {**record_files.plain(survey), "missing": [need.name for need in survey.missing]} if survey else None


def setup_problem(survey: Mapping[str, Any], confirmed: bool) -> str:
    return listing.problem(record_files.typed(Setup, survey), confirmed, agreement.asks())


def setup_created(survey: Mapping[str, Any], rehearsed: Mapping[str, Any] | None) -> str:
    return listing.created(
        record_files.typed(Setup, survey), record_files.typed(Check, rehearsed) if rehearsed else None
    )


def teardown_record(directory: str) -> Any:
    """What teardown has found, in a run's directory; None without it."""
    survey = record_files.read(Teardown, Path(directory))
    return record_files.plain(survey) if survey else None


def teardown_listing_of(survey: Mapping[str, Any], confirmed: bool) -> str:
    return teardown_listing.listing(record_files.typed(Teardown, survey), confirmed, agreement.asks())


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "setup_record": setup_record,
            "setup_problem": setup_problem,
            "setup_created": setup_created,
            "template_tags": launch_template.tag_options,
            "teardown_record": teardown_record,
            "teardown_listing": teardown_listing_of,
        }
