"""What can be read off a record."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks.runs.records import Ended, Failure, Source, Terminated
from tests.support import records


def test_a_run_on_a_machine_one_has_launches_nothing() -> None:
    assert records.preflight().launch == records.launch_plan()
    assert records.preflight(launches=()).launch is None


def test_an_instance_is_reached_by_its_public_address_where_it_has_one() -> None:
    assert records.instance().address == "192.0.2.7"
    assert records.instance(public_ip=None).address == "10.0.0.7"


def test_ends_are_known_by_instance() -> None:
    ended = Terminated(instances=(Ended(instance_id="i-1", at=records.STARTED),))
    assert ended.times == {"i-1": records.STARTED}
    assert Terminated().times == {}


@pytest.mark.parametrize("source", [Source(crate="a", ref="1"), Source(git="u", ref="v1"), Source(path="/a")])
def test_a_source_that_is_not_given_is_not_written(source: Source) -> None:
    assert None not in msgspec.to_builtins(source).values()


@pytest.mark.parametrize(
    ("host", "attempt", "is_of"), [("i-1", 1, True), ("i-1", 2, False), ("i-2", 1, False), ("i-1", 0, True)]
)
def test_a_failure_is_of_its_attempt_or_of_all_where_none_had_begun(host: str, attempt: int, is_of: bool) -> None:
    failure = Failure(host=host, task="", sentence="", at=None, attempt=attempt)
    assert failure.is_of("i-1", 1) is is_of
