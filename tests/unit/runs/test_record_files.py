"""Records are read whole and of a known version, or not at all."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from ansible.template import trust_as_template

from benchmarks.errors import FailedError, RefusedError
from benchmarks.runs import record_files
from benchmarks.runs.records import CurrentAttempt, Ended, Published, Record, Stages, StageTime, Terminated
from tests.support import records


def test_a_record_comes_back_and_says_whether_it_is_new(tmp_path: Path) -> None:
    directory = tmp_path / "r"
    assert record_files.read(CurrentAttempt, directory) is None
    assert record_files.write(directory, CurrentAttempt(number=1))
    assert not record_files.write(directory, CurrentAttempt(number=1))
    assert record_files.write(directory, CurrentAttempt(number=2))
    assert record_files.read(CurrentAttempt, directory) == CurrentAttempt(number=2)


DAMAGED = {
    "": "Expecting value",
    "[]": "Expected `object`, got `array`",
    "null": "Expected `object`, got `null`",
    "5": "Expected `object`, got `int`",
    "{}": "Object missing required field `number`",
    '{"number": "1"}': "Expected `int`, got `str` - at `$.number`",
    "\udcff": "'utf-8' codec can't decode",
    "[" * 99999: "maximum recursion depth exceeded",
}


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_record_of_another_shape_is_damaged(tmp_path: Path, content: str) -> None:
    path = tmp_path / CurrentAttempt.FILE
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(FailedError) as failed:
        record_files.read(CurrentAttempt, tmp_path)
    assert str(failed.value).startswith(f"{path} cannot be read ({DAMAGED[content]}")
    assert str(failed.value).endswith("): remove it, or leave run_id out to start a new run.")
    assert record_files.recall(CurrentAttempt, tmp_path) is None


def test_a_record_of_a_later_tool_is_refused_with_its_name_and_both_versions(tmp_path: Path) -> None:
    path = tmp_path / CurrentAttempt.FILE
    path.write_text(json.dumps({"schema_version": 2, "number": 1}))
    with pytest.raises(FailedError) as failed:
        record_files.read(CurrentAttempt, tmp_path)
    assert str(failed.value) == (
        f"{path} is of schema version 2, and this tool knows version 1: use the version of the tool that has written "
        "it, or leave run_id out to start a new run."
    )


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_record_is_written_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / Stages.FILE).write_bytes(content.encode(errors="surrogateescape"))
    time = StageTime(name="launch", seconds=1.0, failed=False)
    record_files.change(Stages, tmp_path, lambda _known: Stages(stages=(time,)))
    assert record_files.read(Stages, tmp_path) == Stages(stages=(time,))


def test_a_change_is_of_what_is_there(tmp_path: Path) -> None:
    over = (Ended(instance_id="i-1", at=records.STARTED),)
    record_files.write(tmp_path, Terminated(instances=over))
    record_files.change(Terminated, tmp_path, lambda known: Terminated(instances=known.instances * 2 if known else ()))
    assert record_files.read(Terminated, tmp_path) == Terminated(instances=over * 2)


@pytest.mark.parametrize("record", [records.preflight(), records.instances("i-1"), records.toolchain()], ids=str)
def test_a_record_is_the_same_by_way_of_ansible_and_of_its_file(tmp_path: Path, record: Record) -> None:
    kind = type(record)
    assert record_files.typed(kind, record_files.plain(record)) == record
    record_files.write(tmp_path, record)
    assert record_files.read(kind, tmp_path) == record


def test_what_is_its_owners_alone_is_written_so(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.published())
    assert stat.S_IMODE((tmp_path / "published.json").stat().st_mode) == 0o600


def test_ansibles_own_kinds_of_strings_are_written_as_strings(tmp_path: Path) -> None:
    tagged = trust_as_template("Build")
    assert type(tagged) is not str
    record_files.write(tmp_path, records.published(uri=tagged, keys={"log": tagged}))
    assert record_files.read(Published, tmp_path) == records.published(uri="Build", keys={"log": "Build"})


def test_what_ansible_passes_of_another_shape_is_refused_with_what_is_wrong() -> None:
    with pytest.raises(RefusedError) as refused:
        record_files.typed(CurrentAttempt, {"number": "one"})
    assert str(refused.value) == "This is not a valid CurrentAttempt: Expected `int`, got `str` - at `$.number`."
