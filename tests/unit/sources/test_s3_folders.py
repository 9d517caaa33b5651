"""Which folders have results, and which of them are read."""

from __future__ import annotations

from benchmarks.sources import s3_folders
from benchmarks.sources.s3_folders import Folder

RUN = "results/one/2026-05-19T081500Z_c7i.large_1c_1.0.0_r1/"


def chosen(*keys: str, partial: str = "") -> list[Folder]:
    """`partial` is the folder of which its instance says that something could not be uploaded."""
    return list(s3_folders.last_attempts(s3_folders.folders(keys, ""), lambda folder: folder.key != partial))


def last(*keys: str) -> list[str]:
    return [folder.key for folder in chosen(*keys)]


def test_folders_name_what_is_to_be_read_in_each() -> None:
    keys = ["a/results.json", "a/benchmark.log", "b/criterion.tar.gz", "b/benchmark.log", "c/x", "ab/results.json"]
    assert list(s3_folders.folders(keys, "")) == [
        Folder("a/", ("a/results.json",), "a/benchmark.log"),
        Folder("b/", ("b/criterion.tar.gz", "b/benchmark.log"), "b/benchmark.log"),
        Folder("ab/", ("ab/results.json",)),
    ]
    assert [folder.key for folder in s3_folders.folders(keys, "a")] == ["a/"]


def test_of_each_host_the_last_attempt_is_read_and_of_that_the_last_copy() -> None:
    names = ("i-1/9", "i-1/10", "i-1/10.2", "i-1/10.10", "i-2/1", "i-2/1.2")
    attempts = [f"{RUN}{name}/{file}" for name in names for file in ("manifest.json", "results.json")]
    assert last(*attempts) == [f"{RUN}i-1/10.10/", f"{RUN}i-2/1.2/"]
    assert last(*attempts[:4]) == [f"{RUN}i-1/10/"]


def test_attempts_in_several_folders_of_a_run_are_of_the_same_host() -> None:
    other = RUN.replace("_1c_", "_0c_")
    assert last(f"{other}box/1/manifest.json", f"{RUN}box/2/manifest.json") == [f"{RUN}box/2/"]


def test_an_attempt_that_is_not_uploaded_as_a_whole_gives_way_to_one_that_is() -> None:
    keys = [f"{RUN}i-1/1/manifest.json", f"{RUN}i-1/1/results.json", f"{RUN}i-1/2/benchmark.log"]
    (one,) = chosen(*keys)
    assert (one.key, one.complete, one.later) == (f"{RUN}i-1/1/", True, f"{RUN}i-1/2/")
    (alone,) = chosen(*keys[2:])
    assert (alone.key, alone.complete, alone.later) == (f"{RUN}i-1/2/", False, None)


def test_what_an_instance_could_not_upload_as_a_whole_gives_way_too() -> None:
    keys = [f"{RUN}i-1/{number}/{name}" for number in (1, 2) for name in ("benchmark.log", "host.json")]
    (one,) = chosen(*keys, partial=f"{RUN}i-1/2/")
    assert (one.key, one.later) == (f"{RUN}i-1/1/", f"{RUN}i-1/2/")
    assert last(*keys) == [f"{RUN}i-1/2/"]
    # Whoever has published it has what the instance could not upload.
    assert chosen(*keys, f"{RUN}i-1/2/manifest.json", partial=f"{RUN}i-1/2/")[0].key == f"{RUN}i-1/2/"


def test_nobody_is_asked_of_a_folder_that_is_the_only_one_of_its_host() -> None:
    def asked(folder: Folder) -> bool:
        raise AssertionError(folder)

    keys = [f"{RUN}i-1/1/host.json", f"{RUN}i-2/1/manifest.json", f"{RUN}i-2/1.2/manifest.json"]
    found = s3_folders.last_attempts(s3_folders.folders(keys, ""), asked)
    assert [one.key for one in found] == [f"{RUN}i-1/1/", f"{RUN}i-2/1.2/"]


def test_an_attempt_without_results_is_the_last_one_all_the_same() -> None:
    keys = [f"{RUN}i-1/1/manifest.json", f"{RUN}i-1/1/results.json", f"{RUN}i-1/2/manifest.json"]
    (one,) = chosen(*keys)
    assert (one.key, one.wanted) == (f"{RUN}i-1/2/", ())


def test_the_page_of_an_attempt_is_in_no_folder_of_its_own() -> None:
    keys = [f"{RUN}i-1/1/manifest.json", f"{RUN}i-1/1/report/index.html"]
    assert [folder.key for folder in s3_folders.folders(keys, "")] == [f"{RUN}i-1/1/"]


def test_of_folders_that_are_of_no_run_each_is_read() -> None:
    keys = ["mine/1/results.json", "mine/2/results.json", f"{RUN}results.json"]
    assert last(*keys) == ["mine/1/", "mine/2/", RUN]
