"""What a page tells first."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Tool
from benchmarks.web_page import page_headline
from benchmarks.web_page.compared_results import ComparedResults
from benchmarks.web_page.source_facts import source_facts
from tests.support import page_samples
from tests.support.result_samples import criterion, labelled


def title(sources: Sequence[Labelled], comparisons: Sequence[ComparedResults] = ()) -> str:
    return page_headline.title([source_facts(source) for source in sources], comparisons)


def test_a_run_is_titled_by_its_suite_and_machine() -> None:
    assert title([page_samples.run(samples=1)]) == "plonky2 on c7i.2xlarge"
    assert title([page_samples.run(number, samples=1) for number in range(3)]) == "plonky2 on 3 machines"
    assert title([labelled(criterion())]) == "Benchmark results"


def test_a_comparison_is_titled_by_its_sides() -> None:
    compared = ComparedResults("before", "after", (), 0.02)
    assert title([page_samples.run(samples=1)], [compared]) == "plonky2: after against before"
    assert title([labelled(criterion())], [compared]) == "after against before"
    assert title([page_samples.run(samples=1)], [compared, compared]) == "plonky2 on c7i.2xlarge"


def test_one_source_has_its_own_facts_and_several_have_what_they_share() -> None:
    assert page_headline.key_facts([page_samples.run(samples=1)]) == [
        "74 benchmarks", "us-east-1b", "2026-05-19 08:15 UTC", "$0.357/h", "cost $0.3998",
    ]  # fmt: skip
    several = [page_samples.run(number, samples=1) for number in (0, 1, 20)]
    assert page_headline.key_facts(several) == [
        "3 sources", "us-east-1b", "2026-05-19 to 2026-05-20", "cost $1.1836",
    ]  # fmt: skip


def test_a_cost_that_is_known_of_some_sources_alone_is_no_sum() -> None:
    several = [page_samples.run(samples=1), page_samples.run(1, samples=1, money=None)]
    assert not [fact for fact in page_headline.key_facts(several) if "cost" in fact]


def test_numbers_of_another_endpoint_than_awss_are_told() -> None:
    sandbox = labelled(label="mine", tool=Tool(version="1", endpoint="http://127.0.0.1:5000"))
    (sentence,) = page_headline.endpoints([sandbox])
    assert sentence.startswith("These numbers come from an EC2 endpoint that is not AWS's own (http://127.0.0.1:5000)")
    assert page_headline.endpoints([labelled(tool=Tool(version="1"))]) == []
    (sentence,) = page_headline.endpoints([sandbox, labelled()])
    assert sentence.startswith("mine: These numbers come")


def test_sentences_of_several_sources_name_theirs() -> None:
    one, two = labelled(label="one"), labelled(label="two")
    assert page_headline.told([one], [["Lost\n."]]) == ["Lost%0A."]
    assert page_headline.told([one, two], [["Lost."], ["Gone."]]) == ["one: Lost.", "two: Gone."]
