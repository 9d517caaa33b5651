"""Benchmarks that measured the same at several sizes."""

from __future__ import annotations

import pytest

from benchmarks.results.labelled import Labelled
from benchmarks.web_page.benchmark_list import benchmark_list
from benchmarks.web_page.size_families import families, sized
from tests.support.result_samples import criterion, labelled


def found(*sources: Labelled) -> list[tuple[str, int, list[list[float]]]]:
    every = families(sources, benchmark_list(sources, []), ["ns"])
    return [(family["name"], family["source"], family["points"]) for family in every]


@pytest.mark.parametrize(
    ("id", "parts"),
    [
        ("fft/8192", ("fft", 8192.0)),
        ("fft-16", ("fft", 16.0)),
        ("lde 2^16 x 10", ("lde 2^16 x", 10.0)),
        ("fft", None),
        ("8192", None),
        ("fft/0", None),
        ("fft/" + "9" * 400, None),
    ],
)
def test_the_number_at_the_end_is_the_size(id: str, parts: tuple[str, float] | None) -> None:
    assert sized(id) == parts


def test_points_are_in_the_order_of_sizes() -> None:
    source = labelled(criterion("fft/16384", 220.0), criterion("fft/8192", 100.0), criterion("other", 1.0))
    assert found(source) == [("fft", 0, [[8192, 100, 0], [16384, 220, 1]])]


def test_one_size_is_no_family() -> None:
    assert found(labelled(criterion("fft/8192"), criterion("fft/8192", process=2))) == []


def test_sources_and_targets_have_families_of_their_own() -> None:
    every = [criterion(f"fft/{size}", target=target) for size in (1, 2) for target in ("field", "merkle")]
    source = labelled(*every)
    assert [(name, place) for name, place, _ in found(source, source)] == [
        ("field/fft", 0), ("merkle/fft", 0), ("field/fft", 1), ("merkle/fft", 1),
    ]  # fmt: skip


def test_what_a_logarithmic_axis_cannot_show_is_left_out() -> None:
    every = [criterion("fft/1", 0.0), criterion("fft/2", 1.0), criterion("fft/4", 2.0)]
    assert found(labelled(*every)) == [("fft", 0, [[2, 1, 1], [4, 2, 2]])]
