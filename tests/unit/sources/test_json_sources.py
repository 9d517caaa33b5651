"""Results in JSON, whole and damaged."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.exports import json_document
from benchmarks.runs import record_files
from benchmarks.sources import json_sources
from tests.support import result_samples

NOT_OURS = "it is not a results.json of this tool, nor what --format json writes."
EMPTY = b'{"schema_version": 1, "measurements": []}'


def written(directory: Path, content: bytes) -> Path:
    path = directory / "it.json"
    path.write_bytes(content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(RefusedError) as refused:
        json_sources.read(path, "it")
    return str(refused.value)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    _, source = result_samples.two_sources()
    record_files.write(tmp_path, source.results)
    (found,) = json_sources.read(tmp_path / "results.json", "it")
    assert (found.label, found.results) == ("it", source.results)
    assert json_sources.record(tmp_path / "results.json", "it") == source.results


def test_what_format_json_writes_is_read_back(tmp_path: Path) -> None:
    sources = result_samples.two_sources()
    path = written(tmp_path, json_document.text(sources).text.encode())
    assert json_sources.read(path, "it") == sources
    assert json_sources.begins(path.read_bytes()[:512])


def test_a_single_source_is_called_by_its_file(tmp_path: Path) -> None:
    source = result_samples.labelled(result_samples.criterion(), label="latest")
    (found,) = json_sources.read(written(tmp_path, json_document.text([source]).text.encode()), "it")
    assert (found.label, found.results) == ("it", source.results)


@pytest.mark.parametrize(
    "content",
    [codecs.BOM_UTF8 + EMPTY, codecs.BOM_UTF16_LE + EMPTY.decode().encode("utf-16-le"), b" \n" + EMPTY],
    ids=["utf-8", "utf-16", "blank"],
)
def test_marks_of_byte_order_and_blanks_are_skipped(tmp_path: Path, content: bytes) -> None:
    assert json_sources.record(written(tmp_path, content), "it").measurements == ()


@pytest.mark.parametrize("start", [EMPTY, b"\xef\xbb\xbf \n" + EMPTY, b'[\n  {\n    "label": "a"', b"[]"])
def test_results_in_json_are_known_by_how_they_begin(start: bytes) -> None:
    assert json_sources.begins(start)


@pytest.mark.parametrize(
    "start", [b"", b'{"reason":"compiler-artifact"}', b"[INFO] Running", b"[2026-05-19] x", b"mul"]
)
def test_a_log_does_not_begin_so(start: bytes) -> None:
    assert not json_sources.begins(start)


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "left-pad", "version": "1.0.0"}',
        b'{"name": "base", "benchmarks": {}}',
        b'{"schema_version": 1}',
        b'{"measurements": []}',
        b'[{"label": "a"}]',
        b'[{"results": {}}]',
        b'[{"label": 1, "results": {}}]',
        b"[1]",
        b"3",
        b'"text"',
        b"null",
    ],
)
def test_json_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(written(tmp_path, content)) == NOT_OURS


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it is empty."),
        (b" \n", "it is empty."),
        (EMPTY[:-1], "it is damaged: Input data was truncated."),
        (b"[]", "it has no benchmark results: its list is empty."),
        (b"{,}", "it is damaged: JSON is malformed: "),
        (b"[" * 100_000, "it is damaged: maximum recursion depth exceeded "),
        (b'"\xff"', "it is damaged: 'utf-8' codec can't decode byte 0xff in position 1: invalid start byte."),
        (b'{"schema_version": 2, "measurements": []}', "it is of schema version 2, and this tool knows version 1: use"),
        (b'{"schema_version": "x", "measurements": []}', "it is of schema version x, and this tool knows version 1: "),
        (b'{"schema_version": null, "measurements": []}', "it is of schema version None, and this tool knows "),
        (b'{"schema_version": 1, "measurements": [{}]}', "it is damaged: Object missing required field `id` - at `$."),
        (b'{"schema_version": 1, "measurements": 3}', "it is damaged: Expected `array`, got `int` - at `$.measur"),
    ],
)
def test_what_is_damaged_or_of_another_version_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert refusal(written(tmp_path, content)).startswith(sentence)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", '"1"', "true"])
def test_a_number_that_is_none_is_refused(tmp_path: Path, number: str) -> None:
    measured = result_samples.labelled(result_samples.criterion(point=123.25)).results
    text = record_files.text(measured)
    assert text.count('"point": 123.25') == 1
    path = written(tmp_path, text.replace('"point": 123.25', f'"point": {number}').encode())
    assert refusal(path).startswith("it is damaged: ")


def test_a_measurement_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    content = json.loads(record_files.text(result_samples.results(result_samples.criterion())))
    content["measurements"][0]["statistic"] = "typical"
    path = written(tmp_path, json.dumps(content).encode())
    assert refusal(path).startswith("it is damaged: 'fft/8192' has no estimate 'typical' - at `$.measurements[0]`")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.json") == "it cannot be read: No such file or directory."
