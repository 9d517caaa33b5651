"""Which folders have results, and which of them are read."""

from __future__ import annotations

from benchmarks.sources import s3_folders
from benchmarks.sources.s3_folders import Folder

RUN = "results/one/2026-05-19T081500Z_c7i.large_1c_1.0.0_r1/"


def last(*keys: str) -> list[str]:
    return [folder.key for folder in s3_folders.last_attempts(s3_folders.folders(keys, ""))]


def test_folders_name_what_is_to_be_read_in_each() -> None:
    keys = ["a/results.json", "a/benchmark.log", "b/criterion.tar.gz", "b/benchmark.log", "c/x", "ab/results.json"]
    assert list(s3_folders.folders(keys, "")) == [
        Folder("a/", ("a/results.json",), "a/benchmark.log"),
        Folder("b/", ("b/criterion.tar.gz", "b/benchmark.log"), "b/benchmark.log"),
        Folder("ab/", ("ab/results.json",)),
    ]
    assert [folder.key for folder in s3_folders.folders(keys, "a")] == ["a/"]


def test_of_each_host_the_last_attempt_is_read_and_of_that_the_last_copy() -> None:
    attempts = [
        f"{RUN}{name}/results.json" for name in ("i-1/9", "i-1/10", "i-1/10.2", "i-1/10.10", "i-2/1", "i-2/1.2")
    ]
    assert last(*attempts) == [f"{RUN}i-1/10.10/", f"{RUN}i-2/1.2/"]
    assert last(*attempts[:2]) == [f"{RUN}i-1/10/"]


def test_of_folders_that_are_of_no_run_each_is_read() -> None:
    keys = ["mine/1/results.json", "mine/2/results.json", f"{RUN}results.json"]
    assert last(*keys) == ["mine/1/", "mine/2/", RUN]
