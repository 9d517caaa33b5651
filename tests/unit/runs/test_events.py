"""The file with a run's events."""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from benchmarks.runs import events
from benchmarks.runs.event_records import KINDS, Failed, RunBegun, StageBegun, Warned
from tests.support.events import brief, read


def test_an_event_is_a_line_with_version_time_and_run(tmp_path: Path) -> None:
    at = datetime(2026, 5, 19, 8, 15, 0, 7000, tzinfo=UTC)
    events.note(tmp_path / "", StageBegun(at=at, host="i-1", stage="launch"))
    assert json.loads((tmp_path / events.FILE).read_text()) == {
        "schema_version": 1,
        "at": "2026-05-19T08:15:00.007Z",
        "event": "stage-begun",
        "run_id": tmp_path.name,
        "host": "i-1",
        "stage": "launch",
    }


def test_an_event_is_of_the_time_at_which_it_was_made(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    events.note(tmp_path, Warned(sentence="Slow."), RunBegun(playbook="benchmark"))
    for event in read(tmp_path):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["at"])
        assert abs((datetime.fromisoformat(event["at"]) - before).total_seconds()) < 5


def test_text_of_any_kind_stays_on_one_line(tmp_path: Path) -> None:
    events.note(tmp_path, Warned(sentence='two\nlines, "quoted", µs'))
    assert brief(tmp_path) == [("warning", 'two\nlines, "quoted", µs')]
    assert "µs" in (tmp_path / events.FILE).read_text()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_has_a_name_of_its_own_and_is_frozen(kind: type[msgspec.Struct]) -> None:
    tags = [one.__struct_config__.tag for one in KINDS]
    assert tags.count(kind.__struct_config__.tag) == 1
    assert re.fullmatch("[a-z-]+", str(kind.__struct_config__.tag))
    assert kind.__struct_config__.frozen


def _note_many(directory: Path, name: str) -> None:
    for number in range(200):
        events.note(directory, Failed(host=name, stage="benchmark", task=str(number), sentence="x" * 500))


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        for done in [pool.submit(_note_many, tmp_path, f"i-{number}") for number in range(4)]:
            done.result()
    found = read(tmp_path)
    assert len(found) == 800
    for host in range(4):
        assert [one["task"] for one in found if one["host"] == f"i-{host}"] == list(map(str, range(200)))


def test_of_a_line_that_does_not_fit_on_the_disk_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events.note(tmp_path, Warned(sentence="Whole."))
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, text: write(file, text[:20]))
    events.note(tmp_path, Warned(sentence="Cut off."))
    monkeypatch.undo()
    events.note(tmp_path, Warned(sentence="Whole again."))
    assert brief(tmp_path) == [("warning", "Whole."), ("warning", "Whole again.")]


def test_a_lost_directory_is_neither_a_failure_nor_made_again(tmp_path: Path) -> None:
    events.note(tmp_path / "gone", Warned(sentence="Lost."))
    assert not (tmp_path / "gone").exists()
    events.note(None, Warned(sentence="No run."))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(30, "Read-only file system")])
def test_a_disk_that_takes_nothing_fails_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def write(*_: object) -> int:
        raise error

    monkeypatch.setattr(os, "write", write)
    events.note(tmp_path, Warned(sentence="Full."))
    monkeypatch.undo()
    (tmp_path / events.FILE).unlink()
    (tmp_path / events.FILE).mkdir()
    events.note(tmp_path, Warned(sentence="Not a file."))


def test_a_pipe_in_its_place_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / events.FILE)
    events.note(tmp_path, Warned(sentence="Nobody reads."))


def test_text_that_is_no_utf8_is_no_failure(tmp_path: Path) -> None:
    events.note(tmp_path, Warned(sentence="a\udcff"), Warned(sentence="b"))
