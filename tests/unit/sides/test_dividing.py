"""How results become sides."""

from __future__ import annotations

import pytest

from benchmarks.errors import RefusedError
from benchmarks.sides import dividing, side_words
from benchmarks.sides.dividing import Division
from tests.support.result_samples import code, criterion, labelled, platform


def found(division: Division) -> dict[str, list[tuple[str, str]]]:
    """The label and id of each measurement, by side."""
    return {
        side.name: [(source.label, one.id) for source in side.sources for one in source.results.measurements]
        for side in division.sides
    }


def test_named_sides_hold_their_sources_and_others_are_called_as_theirs() -> None:
    a, b, c = (labelled(criterion("x"), label=label) for label in "abc")
    named = dividing.by_source(side_words.read(["old=a", "new=b,c"]), [[a], [b, c]])
    assert found(named) == {"old": [("a", "x")], "new": [("b", "x"), ("c", "x")]}
    assert [*found(dividing.by_source(side_words.read(["a", "b"]), [[a], [b]]))] == ["a", "b"]


def test_a_run_of_several_hosts_is_called_by_its_id() -> None:
    hosts = [labelled(criterion(), label=f"r1/{host}", run_id="r1", host=host) for host in "ab"]
    division = dividing.by_source(side_words.read(["latest", "b"]), [hosts, [labelled(criterion(), label="b")]])
    assert [side.name for side in division.sides] == ["r1", "b"]


def test_sides_of_one_name_are_refused() -> None:
    sources = [[labelled(criterion(), label="a")], [labelled(criterion(), label="a")]]
    with pytest.raises(RefusedError, match="Two sides are called a: name them"):
        dividing.by_source(side_words.read(["a", "a"]), sources)


def test_a_fact_divides_results_in_the_order_of_its_values() -> None:
    given = [
        labelled(criterion(), label=label, platform=platform(instance_type=name))
        for label, name in (("a", "m7i.large"), ("b", "c7i.large"), ("c", "m7i.large"))
    ]
    division = dividing.by_fact(given, "instance-type")
    assert found(division) == {"m7i.large": [("a", "fft/8192"), ("c", "fft/8192")], "c7i.large": [("b", "fft/8192")]}
    assert (division.by, division.left_out) == ("instance-type", ())


def test_what_a_fact_is_not_known_of_is_named() -> None:
    given = [labelled(criterion("x"), code=code(rustflags=flags)) for flags in (None, "-C lto")]
    division = dividing.by_fact([*given, labelled(criterion("other"))], "rustflags")
    assert [*found(division)] == ["none", "-C lto"]
    assert division.left_out == ("other: left out, since rustflags is not known of it.",)


def test_functions_are_compared_at_the_same_group_and_value() -> None:
    functions = [criterion(f"fft/{name}/{n}", function=name, value=n) for n in "12" for name in ("old", "new")]
    assert found(dividing.by_fact([labelled(*functions, label="r")], "function")) == {
        "old": [("r", "fft/1"), ("r", "fft/2")],
        "new": [("r", "fft/1"), ("r", "fft/2")],
    }


@pytest.mark.parametrize(
    ("name", "why"), [("target", "all results have the same, field"), ("rustc", "it is known of no result")]
)
def test_one_value_is_nothing_to_compare(name: str, why: str) -> None:
    with pytest.raises(RefusedError, match=f"There is nothing to compare by {name}: {why}"):
        dividing.by_fact([labelled(criterion())], name)


def test_the_first_group_of_a_pattern_is_the_side_and_the_rest_the_benchmark() -> None:
    given = labelled(*(criterion(id) for id in ("mul/old/8", "mul/new/8", "add/old/8", "else")), label="r")
    division = dividing.by_pattern([given], "(old|new)")
    assert found(division) == {"old": [("r", "mul//8"), ("r", "add//8")], "new": [("r", "mul//8")]}
    assert division.left_out == ("else: left out, since group does not match it.",)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(", "group is not a regular expression: "),
        ("old|new", "group needs a group in parentheses, such as '(old|new)', not 'old|new'."),
        ("(old)", "There is nothing to compare by group '(old)': it finds only old."),
        ("(x)", "There is nothing to compare by group '(x)': it matches no benchmark."),
        ("x?(z?)", "There is nothing to compare by group 'x?(z?)': it matches no benchmark."),
    ],
)
def test_a_pattern_that_makes_no_sides_is_refused(pattern: str, sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        dividing.by_pattern([labelled(criterion("mul/old"), criterion("mul/new"))], pattern)
    assert str(refused.value).startswith(sentence)


def test_two_benchmarks_of_a_side_do_not_become_one() -> None:
    given = labelled(criterion("ab"), criterion("ba"), criterion("xb"))
    with pytest.raises(RefusedError, match="ab and ba would both be b of a: divide them otherwise"):
        dividing.by_pattern([given], "(a|x)")
