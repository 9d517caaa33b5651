"""The formats by name, and what none of them can do."""

from __future__ import annotations

import pytest

from benchmarks.errors import RefusedError
from benchmarks.exports import formats_of_results
from tests.support.result_samples import criterion, labelled, two_sources

FORMATS = list(formats_of_results.FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_text_that_ends_with_a_line(name: str) -> None:
    exported = formats_of_results.export(name, two_sources()[:1])
    assert exported.text.endswith("\n")
    assert "merkle" in exported.text


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_results_give_the_same_text(name: str) -> None:
    assert formats_of_results.export(name, two_sources()[:1]) == formats_of_results.export(name, two_sources()[:1])


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("sources", [(), (labelled(),)], ids=["no source", "no measurement"])
def test_an_export_of_nothing_is_refused(name: str, sources: tuple[()]) -> None:
    with pytest.raises(RefusedError, match=r"^There is nothing to export: no benchmark was measured\.$"):
        formats_of_results.export(name, sources)


@pytest.mark.parametrize("name", FORMATS)
def test_sources_that_cannot_be_told_apart_are_refused(name: str) -> None:
    with pytest.raises(RefusedError, match=r"^Several sources are called same: give each another name\.$"):
        formats_of_results.export(name, [labelled(criterion(), label="same")] * 2)
