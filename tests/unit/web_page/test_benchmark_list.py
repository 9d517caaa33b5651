"""The benchmarks of a page."""

from __future__ import annotations

from benchmarks.runs.result_records import Interval
from benchmarks.web_page.benchmark_list import benchmark_list
from benchmarks.web_page.compared_results import ComparedBenchmark, ComparedResults
from tests.support.result_samples import criterion, labelled


def test_each_is_there_once_and_numbers_in_names_count_by_value() -> None:
    source = labelled(criterion("fft/16384"), criterion("fft/8192"), criterion("fft/8192", process=2))
    listed = benchmark_list([source, source], [])
    assert listed.names == ("fft/8192", "fft/16384")
    assert listed.places == {("field", "fft/8192"): 0, ("field", "fft/16384"): 1}
    assert not listed.has_targets


def test_the_target_comes_before_an_id_that_several_targets_have() -> None:
    source = labelled(criterion("fft"), criterion("fft", target="merkle"), criterion("hash", target="merkle"))
    listed = benchmark_list([source], [])
    assert listed.names == ("field/fft", "merkle/fft", "hash")
    assert listed.has_targets


def test_what_was_only_compared_is_listed_too() -> None:
    compared = ComparedBenchmark(None, "gone", 1.0, Interval(low=1.0, high=1.0), "same", "")
    listed = benchmark_list([labelled(criterion("fft"))], [ComparedResults("old", "new", (compared,), 0.02)])
    assert listed.names == ("gone", "fft")


def test_an_id_is_kept_as_it_is_beside_a_name_that_can_be_seen() -> None:
    listed = benchmark_list([labelled(criterion("line\nbreak"), criterion("plain"))], [])
    assert listed.data() == [
        {"name": "line%0Abreak", "target": "field", "id": "line\nbreak"},
        {"name": "plain", "target": "field"},
    ]
