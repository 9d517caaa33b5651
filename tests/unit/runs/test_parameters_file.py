"""The parameters of a run: frozen with each request, and taken back where it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import FailedError
from benchmarks.runs.parameters_file import PARAMETERS, REQUEST, Request, accept, freeze, read_parameters, refuse


def test_what_was_frozen_is_read_again(tmp_path: Path) -> None:
    assert freeze(tmp_path / "r1", {"instance_type": "c7i.large", "keep": True})
    assert read_parameters(tmp_path / "r1") == {"instance_type": "c7i.large", "keep": True}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        *(
            ("a: [", r"cannot be read \(.*\): leave run_id out"),
            ("a: !!bool x", r"cannot be read \(.*\): leave run_id out"),
        ),
        *(
            ("- a\n", "has no parameters: leave run_id out to start a new run"),
            ("", "has no parameters: leave run_id out to start a new run"),
        ),
    ],
)
def test_parameters_that_are_damaged_are_told_of_by_their_file(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / PARAMETERS).write_text(content)
    with pytest.raises(FailedError, match=rf"^{tmp_path}/{PARAMETERS} {told}"):
        read_parameters(tmp_path)


def test_parameters_that_are_gone_are_told_of(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match=r"cannot be read \(.*No such file"):
        read_parameters(tmp_path)


def test_a_request_that_is_refused_gives_its_place_back_to_the_one_before(tmp_path: Path) -> None:
    freeze(tmp_path, {"cpu": 1})
    accept(tmp_path)
    # As from two requests one after the other, of which neither has come to its end.
    freeze(tmp_path, {"cpu": 2})
    freeze(tmp_path, {"cpu": 3})
    refuse(tmp_path)
    assert read_parameters(tmp_path) == {"cpu": 1}
    assert [path.name for path in tmp_path.iterdir()] == [PARAMETERS]


def test_of_a_first_request_that_is_refused_nothing_is_left(tmp_path: Path) -> None:
    # Else its region would be taken for that of the run.
    freeze(tmp_path, {"cpu": 1})
    freeze(tmp_path, {"cpu": 2})
    refuse(tmp_path)
    assert list(tmp_path.iterdir()) == []
    freeze(tmp_path, {"cpu": 3})
    accept(tmp_path)
    refuse(tmp_path)
    assert read_parameters(tmp_path) == {"cpu": 3}


def test_a_refused_request_gives_its_place_back_to_a_damaged_one(tmp_path: Path) -> None:
    (tmp_path / REQUEST).write_bytes(b"\xff")
    request = Request(tmp_path)
    request.write({"cpu": 1})
    request.withdraw()
    assert (tmp_path / REQUEST).read_bytes() == b"\xff"


def test_a_request_that_is_accepted_keeps_its_place(tmp_path: Path) -> None:
    freeze(tmp_path, {"cpu": 1})
    assert freeze(tmp_path, {"cpu": 2})
    assert not freeze(tmp_path, {"cpu": 2})
    accept(tmp_path)
    assert read_parameters(tmp_path) == {"cpu": 2}
    refuse(tmp_path)
    assert read_parameters(tmp_path) == {"cpu": 2}


def test_a_request_that_is_withdrawn_gives_its_place_back_to_the_one_before(tmp_path: Path) -> None:
    first = Request(tmp_path)
    assert first.write({"cpu": 1}) == tmp_path / REQUEST
    second = Request(tmp_path)
    second.write({"cpu": 2})
    second.withdraw()
    assert (tmp_path / REQUEST).read_text() == "cpu: 1\n"
    first.withdraw()
    assert list(tmp_path.iterdir()) == []
