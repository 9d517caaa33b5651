"""The parameters of a run: frozen with each request, and taken back where it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import FailedError
from benchmarks.runs.parameters_file import PARAMETERS, freeze_parameters, read_parameters, settle_parameters


def test_what_was_frozen_is_read_again(tmp_path: Path) -> None:
    assert freeze_parameters(tmp_path / "r1", "instance_type: c7i.large\nkeep: true\n")
    assert read_parameters(tmp_path / "r1") == {"instance_type": "c7i.large", "keep": True}


@pytest.mark.parametrize(
    ("content", "told"), [("a: [", "cannot be read: "), ("- a\n", "has no parameters"), ("", "has no parameters")]
)
def test_parameters_that_are_damaged_are_told_of_by_their_file(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / PARAMETERS).write_text(content)
    with pytest.raises(FailedError, match=rf"^{tmp_path}/{PARAMETERS} {told}"):
        read_parameters(tmp_path)


def test_parameters_that_are_gone_are_told_of(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match=r"cannot be read: .*No such file"):
        read_parameters(tmp_path)


def test_a_request_that_is_refused_gives_its_place_back_to_the_one_before(tmp_path: Path) -> None:
    freeze_parameters(tmp_path, "cpu: 1\n")
    settle_parameters(tmp_path, accepted=True)
    # As from two requests one after the other, of which neither has come to its end.
    freeze_parameters(tmp_path, "cpu: 2\n")
    freeze_parameters(tmp_path, "cpu: 3\n")
    settle_parameters(tmp_path, accepted=False)
    assert read_parameters(tmp_path) == {"cpu": 1}
    assert [path.name for path in tmp_path.iterdir()] == [PARAMETERS]


def test_a_request_that_is_accepted_keeps_its_place(tmp_path: Path) -> None:
    freeze_parameters(tmp_path, "cpu: 1\n")
    assert freeze_parameters(tmp_path, "cpu: 2\n")
    assert not freeze_parameters(tmp_path, "cpu: 2\n")
    settle_parameters(tmp_path, accepted=True)
    assert read_parameters(tmp_path) == {"cpu": 2}
    settle_parameters(tmp_path, accepted=False)
    assert read_parameters(tmp_path) == {"cpu": 2}
