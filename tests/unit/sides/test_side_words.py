"""The words that name sides."""

from __future__ import annotations

import pytest

from benchmarks.errors import RefusedError
from benchmarks.sides import side_words
from benchmarks.sides.side_words import SideWord


def test_each_word_without_a_name_is_a_side() -> None:
    assert side_words.read(["a", "b,c"]) == (SideWord(None, ("a",)), SideWord(None, ("b,c",)))


def test_a_named_side_has_several_sources() -> None:
    assert side_words.read(["old=a", "new-1=b,s3://x/c=d"]) == (
        SideWord("old", ("a",)),
        SideWord("new-1", ("b", "s3://x/c=d")),
    )


@pytest.mark.parametrize("path", ["./a=b", "/tmp/a=b/criterion", "s3://bucket/a=b"])
def test_a_path_with_an_equals_sign_is_no_name(path: str) -> None:
    assert side_words.read([path]) == (SideWord(None, (path,)),)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["old=a", "b"], "old= is named and b is not: name all sides or none."),
        (["old=a", "old=b"], "old is named twice: give all sources of a side together, as in old=SOURCE,SOURCE."),
        (["old="], "old= names no source"),
        (["old=a,", "new=b"], "old=a, names no source"),
    ],
)
def test_what_names_no_sides_is_refused(words: list[str], sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        side_words.read(words)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("words", "given"), [([], "none is given"), (["a"], "only a is"), (["old=a,b"], "only old is")]
)
def test_fewer_than_two_sides_are_refused_with_how_to_name_them(words: list[str], given: str) -> None:
    with pytest.raises(RefusedError, match=f"A comparison needs two sides, and {given}.*bench.compare latest~1 latest"):
        side_words.refuse_fewer_than_two(side_words.read(words))
    side_words.refuse_fewer_than_two(side_words.read(["a", "b"]))
