"""The index of crates.io."""

from __future__ import annotations

import json

import pytest

from benchmarks.errors import RefusedError
from benchmarks.host import crates_index


def index(*versions: str, yanked: tuple[str, ...] = ()) -> str:
    entries = [{"name": "one", "vers": v, "cksum": f"sum of {v}", "yanked": v in yanked} for v in versions]
    return "".join(json.dumps(entry) + "\n" for entry in entries)


@pytest.mark.parametrize(
    ("crate", "path"),
    [("a", "1/a"), ("ab", "2/ab"), ("abc", "3/a/abc"), ("plonky2", "pl/on/plonky2"), ("Inflector", "in/fl/inflector")],
)
def test_a_crate_has_its_place_in_the_index(crate: str, path: str) -> None:
    assert crates_index.index_path(crate) == path


def test_a_version_has_its_checksum() -> None:
    assert crates_index.checksum(index("0.9.0", "1.0.0"), "one", "0.9.0") == "sum of 0.9.0"


def test_a_yanked_version_can_still_be_asked_for() -> None:
    assert crates_index.checksum(index("0.9.0", yanked=("0.9.0",)), "one", "0.9.0") == "sum of 0.9.0"


def test_an_unknown_version_is_refused_with_those_worth_choosing() -> None:
    with pytest.raises(RefusedError, match=r"^one has no version 2\.0\.0 on crates\.io; it has 0\.9\.0, 1\.0\.0\.$"):
        crates_index.checksum(index("0.8.0", "0.9.0", "1.0.0", yanked=("0.8.0",)), "one", "2.0.0")


def test_a_version_with_the_v_of_a_tag_is_refused_with_the_one_that_is_meant() -> None:
    with pytest.raises(
        RefusedError, match=r"^one has no version v1\.0\.0 on crates\.io, but 1\.0\.0: leave out the v\.$"
    ):
        crates_index.checksum(index("0.9.0", "1.0.0"), "one", "v1.0.0")


def test_only_the_newest_of_many_versions_are_named() -> None:
    with pytest.raises(RefusedError, match=r"its newest are 1\.0\.3, 1\.0\.4, .*, 1\.0\.10\.$"):
        crates_index.checksum(index(*(f"1.0.{n}" for n in range(11))), "one", "2.0.0")


def test_a_crate_of_which_all_versions_were_yanked_is_said_to_be_so() -> None:
    with pytest.raises(RefusedError, match=r"; all its versions were yanked\.$"):
        crates_index.checksum(index("0.8.0", yanked=("0.8.0",)), "one", "2.0.0")


def test_a_crate_that_the_index_does_not_know_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"^There is no crate one on crates\.io\.$"):
        crates_index.checksum("", "one", "1.0.0")


def test_a_version_that_there_is_gives_no_reason_to_refuse_it() -> None:
    assert crates_index.refusal(index("1.0.0"), "one", "1.0.0") == ""
    assert crates_index.refusal("", "one", "1.0.0") == "There is no crate one on crates.io."
