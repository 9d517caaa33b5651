"""What files and directories are taken for, and what is said of those that have no results."""

from __future__ import annotations

import gzip
import json
import os
import socket
import tarfile
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled
from benchmarks.runs import record_files
from benchmarks.sources import file_sources
from tests.support import result_samples
from tests.support.recorded_runs import LOG
from tests.unit.readers.test_criterion import statistic, write

TIMES = "mul                     time:   [9.0000 ns 10.000 ns 11.000 ns]\n"
CYCLES = "mul                     time:   [9.0000 cycles 10.000 cycles 11.000 cycles]\n"


def one(path: Path) -> Labelled:
    (found,) = file_sources.of_path(path, "it")
    assert found.label == "it"
    return found


def shown(path: Path) -> list[tuple[str | None, str, str | None, float]]:
    measurements = one(path).results.measurements
    return sorted((m.target, m.id, m.unit, m.shown.point) for m in measurements)


def refusal(path: Path) -> str:
    with pytest.raises(RefusedError) as refused:
        file_sources.of_path(path, "it")
    return str(refused.value)


def lost(path: Path) -> str:
    """The sentence on a source without results, which its reader makes a refusal."""
    results = one(path).results
    assert results.measurements == ()
    return results.problems[0]


def pack(path: Path, *contents: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for content in contents:
            archive.add(content, content.name)
    return path


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A directory as this tool keeps an attempt, of two targets; the log names the unit of one's."""
    directory = tmp_path / "ours"
    write(directory / "criterion/all", "mul")
    write(directory / "criterion/other", "mul")
    (directory / "benchmark.log").write_text(LOG)
    return directory


OURS = [("all", "mul", "ns", 10.0), ("other", "mul", None, 10.0)]


@pytest.mark.parametrize("place", [".", "target/criterion"])
def test_a_criterion_directory_and_the_projects_root_above_it_are_the_same(tmp_path: Path, place: str) -> None:
    write(tmp_path / place, "fft/8192", "fft/8192")
    write(tmp_path / place, "mul")
    assert shown(tmp_path) == [(None, "fft/8192", None, 10.0), (None, "mul", None, 10.0)]
    assert shown(tmp_path / place) == shown(tmp_path)
    assert one(tmp_path).results.notes == (file_sources.NO_UNIT,)


def test_packages_of_a_workspace_are_told_apart(tmp_path: Path) -> None:
    for package in ("field", "crates/merkle"):
        write(tmp_path / package / "target/criterion", "mul")
    assert [target for target, *_ in shown(tmp_path)] == ["crates/merkle", "field"]


def test_a_directory_of_this_tool_is_read_with_its_targets_and_its_log(ours: Path) -> None:
    assert shown(ours) == OURS


def test_a_directory_of_targets_without_a_log_has_no_units(ours: Path) -> None:
    (ours / "benchmark.log").unlink()
    assert shown(ours) == [("all", "mul", None, 10.0), ("other", "mul", None, 10.0)]
    assert shown(ours / "criterion") == shown(ours)
    assert one(ours).results.notes == (file_sources.NO_UNIT,)


@pytest.mark.parametrize("directory", [".", "criterion"])
@pytest.mark.parametrize(("line", "unit"), [(TIMES, "ns"), (CYCLES, "cycles")])
def test_the_log_beside_a_criterion_directory_names_the_units(
    tmp_path: Path, directory: str, line: str, unit: str
) -> None:
    write(tmp_path / directory, "mul")
    (tmp_path / "benchmark.log").write_text(line)
    assert shown(tmp_path) == [(None, "mul", unit, 10.0)]


def test_a_record_counts_more_than_what_it_was_made_from(ours: Path) -> None:
    record_files.write(ours, result_samples.results(result_samples.criterion(point=7.0)))
    assert shown(ours) == [("field", "fft/8192", "ns", 7.0)]
    (ours / "results.json").write_text("{")
    assert refusal(ours) == "it/results.json is damaged: Input data was truncated."


def test_an_archive_of_this_tool_is_read_as_its_directory(tmp_path: Path, ours: Path) -> None:
    assert shown(pack(tmp_path / "attempt.tar.gz", ours)) == OURS
    assert shown(pack(tmp_path / "content.tgz", *ours.iterdir())) == OURS
    deep = tmp_path / "r1/i-1"
    deep.mkdir(parents=True)
    ours.rename(deep / "1")
    assert shown(pack(tmp_path / "run.tar.gz", tmp_path / "r1")) == OURS


def test_the_archive_in_a_directory_is_read_with_the_log_beside_it(tmp_path: Path, ours: Path) -> None:
    fetched = tmp_path / "fetched"
    fetched.mkdir()
    pack(fetched / "criterion.tar.gz", ours / "criterion")
    assert shown(fetched) == [("all", "mul", None, 10.0), ("other", "mul", None, 10.0)]
    (ours / "benchmark.log").rename(fetched / "benchmark.log")
    assert shown(fetched) == OURS
    (fetched / "criterion.tar.gz").write_bytes(b"\x1f\x8b\x08")
    assert refusal(fetched).startswith("it/criterion.tar.gz cannot be unpacked: ")


@pytest.mark.parametrize("ids", [("mul",), ("mul", "fft/8192")], ids=str)
def test_an_archive_of_a_criterion_directory_is_read(tmp_path: Path, ids: tuple[str, ...]) -> None:
    for id in ids:
        write(tmp_path / "target/criterion", id, id)
    expected = sorted((None, id, None, 10.0) for id in ids)
    assert shown(pack(tmp_path / "a.tar.gz", tmp_path / "target")) == expected
    assert shown(pack(tmp_path / "b.tar.gz", tmp_path / "target/criterion")) == expected
    assert shown(pack(tmp_path / "c.tar.gz", *(tmp_path / "target/criterion").iterdir())) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_log_is_read_in_any_encoding_and_packed(tmp_path: Path, encoding: str, is_packed: bool) -> None:
    content = LOG.encode(encoding)
    path = tmp_path / "any.name"
    path.write_bytes(gzip.compress(content) if is_packed else content)
    assert shown(path) == [("all", "mul", "ns", 10.0)]


@pytest.mark.parametrize("first", ['{"reason":"compiler-artifact"}\n', "[INFO] building\n", "[1/2] Step\n"])
def test_a_log_may_begin_like_json(tmp_path: Path, first: str) -> None:
    (tmp_path / "log").write_text(first + LOG)
    assert shown(tmp_path / "log") == [("all", "mul", "ns", 10.0)]


def test_a_record_is_known_by_its_content_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text(record_files.text(result_samples.results(result_samples.criterion(point=7.0))))
    assert shown(tmp_path / "kept") == [("field", "fft/8192", "ns", 7.0)]


def test_a_log_without_results_says_what_the_likely_cause_is(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("running 0 tests\ntest result: ok. 0 passed; 0 filtered out\n")
    assert lost(tmp_path / "log").startswith(
        "it has no benchmark results: the compiler's own harness ran in Criterion's"
    )
    (tmp_path / "benchmark.log").write_text("Testing mul\nSuccess\n")
    assert lost(tmp_path).startswith("it has no benchmark results: the benchmarks were only listed or tested: ")


def test_an_attempt_whose_results_were_written_elsewhere_says_so(tmp_path: Path) -> None:
    (tmp_path / "criterion/all").mkdir(parents=True)
    (tmp_path / "benchmark.log").write_text(LOG)
    # The log alone still has them.
    assert shown(tmp_path) == [("all", "mul", "ns", 10.0)]


def test_an_empty_directory_says_what_it_lacks(tmp_path: Path) -> None:
    expected = "it has no benchmark results: it has neither Criterion's files, nor benchmark.log or results.json."
    assert lost(tmp_path) == expected
    (tmp_path / "empty").mkdir()
    assert lost(pack(tmp_path / "empty.tar.gz", tmp_path / "empty")) == expected


@pytest.mark.parametrize("name", ["log", "it.json", "it.gz", "it.tar.gz"])
def test_an_empty_file_is_called_empty(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert refusal(tmp_path / name) == "it is empty."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04rest", "it is a zip archive: unpack it, and give what was in it."),
        (b"BZhrest", "it is packed by bzip2: unpack it, and give what was in it."),
        (b"\xfd7zXZ\x00rest", "it is packed by xz: unpack it, and give what was in it."),
        (b"\x28\xb5\x2f\xfdrest", "it is packed by zstd: unpack it, and give what was in it."),
        (b"\x1f\x8b\x09 and more", "it cannot be unpacked: Unknown compression method."),
        (
            gzip.compress(LOG.encode() * 9, mtime=0)[:-9],
            "it cannot be unpacked: Compressed file ended before the end-of-stream",
        ),
        (gzip.compress(LOG.encode(), mtime=0)[:-8] + bytes(8), "it cannot be unpacked: CRC check failed 0x0 != 0x"),
        (
            gzip.compress(LOG.encode(), mtime=0)[:10] + b"\xff" * 40,
            "it cannot be unpacked: Error -3 while decompressing data: ",
        ),
    ],
)
def test_what_is_packed_otherwise_or_damaged_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "it").write_bytes(content)
    assert refusal(tmp_path / "it").startswith(sentence)


@pytest.mark.parametrize("content", [bytes(range(256)) * 64, b"\x00" * 4096, b"\xff\xfe\x00\xd8" * 50])
def test_garbage_has_no_results(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "it").write_bytes(b"x" + content)
    assert lost(tmp_path / "it").startswith("it has no benchmark results: ")


def test_zeros_are_an_archive_without_members(tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(bytes(10_240))
    assert lost(tmp_path / "it").startswith("it has no benchmark results: ")


def test_a_pipe_a_device_and_a_socket_are_refused_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "pipe", tmp_path / "socket", Path("/dev/zero")):
            assert refusal(path) == (
                "it is neither a file nor a directory: write what it yields to a file, and give that."
            )


def test_a_pipe_in_a_directory_is_not_opened_either(tmp_path: Path) -> None:
    damaged = write(tmp_path, "mul") / "sample.json"
    write(tmp_path, "fft", "fft")
    damaged.unlink()
    os.mkfifo(damaged)
    found = one(tmp_path).results
    assert [m.id for m in found.measurements] == ["fft"]
    assert found.problems == ("it/mul/new/sample.json cannot be read: it is no file.",)
    os.mkfifo(tmp_path / "benchmark.log")
    assert refusal(tmp_path) == "it/benchmark.log is not a file: remove it, or give another directory."


def test_what_the_system_does_not_read_is_refused_with_its_reason() -> None:
    # Its owner may not read it from the beginning, not even as root.
    assert refusal(Path("/proc/self/mem")).startswith("it cannot be read: ")


def test_damaged_benchmarks_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, "good", "good")
    numbers: dict[str, Any] = {"nan": float("nan"), "null": None, "text": "10", "inf": float("inf")}
    for name, number in numbers.items():
        write(tmp_path, name, estimates={"mean": {**statistic(1.0), "point_estimate": number}})
    write(tmp_path, "lengths", sample={"sampling_mode": "Flat", "iters": [1.0], "times": []})
    write(tmp_path, "half", benchmark={"full_id": "half \ud800", "directory_name": "half", "title": "half"})
    found = one(tmp_path).results
    assert [m.id for m in found.measurements] == ["good"]
    assert [problem.partition(" is not as Criterion writes it: ")[0] for problem in found.problems] == [
        f"it/{name}/new" for name in sorted((*numbers, "lengths", "half"))
    ]


@pytest.mark.parametrize("number", [0.0, -0.0, -5.0, 5e-324, 1.7e308])
def test_any_finite_number_is_kept(tmp_path: Path, number: float) -> None:
    write(tmp_path, "mul", estimates={"mean": statistic(number)})
    assert [m.shown.point for m in one(tmp_path).results.measurements] == [number]


def test_versions_of_criterion_may_be_mixed(tmp_path: Path) -> None:
    write(tmp_path, "new", "new")
    write(tmp_path, "0.3.3", "0.3.3", sample={"iters": [1.0, 2.0], "times": [10.0, 20.0]})
    write(tmp_path, "0.3.2", "0.3.2", estimates={"Mean": statistic(1.0), "Slope": statistic(1.0)})
    found = one(tmp_path).results
    assert sorted(m.id for m in found.measurements) == ["0.3.3", "new"]
    assert [problem.partition(" is")[0] for problem in found.problems] == ["it/0.3.2/new"]


def test_names_that_criterion_has_cut_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    long = "a" * 64
    write(tmp_path, long, f"{long}1")
    write(tmp_path, f"{long}_2", f"{long}2")
    assert sorted(m.id for m in one(tmp_path).results.measurements) == [f"{long}1", f"{long}2"]


def test_a_directory_whose_name_is_no_text_is_read(tmp_path: Path) -> None:
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")), "mul")
    assert shown(tmp_path) == [("\ufffd", "mul", None, 10.0)]


def test_memory_does_not_grow_with_a_log(tmp_path: Path) -> None:
    path = tmp_path / "benchmark.log"
    with path.open("w") as log:
        for number in range(21_000):
            log.write(f"Benchmarking fft/{number % 100}: Warming up for 3.0000 s {'.' * 950}\n")
        log.write("." * 2**21 + "\n" + TIMES)
    assert path.stat().st_size > 20e6
    tracemalloc.start()
    try:
        assert shown(path) == [(None, "mul", "ns", 10.0)]
        assert tracemalloc.get_traced_memory()[1] < 6e6
    finally:
        tracemalloc.stop()


def test_a_criterion_file_alone_is_no_record(tmp_path: Path) -> None:
    path = write(tmp_path, "mul") / "estimates.json"
    assert refusal(path) == "it is not a results.json of this tool, nor what --format json writes."
    assert json.loads(path.read_text())["mean"]
