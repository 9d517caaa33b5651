"""What is kept is read back, and nothing that is damaged is believed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.picker import cache

IDENTITY = {"region": "eu-north-1", "endpoint": None}
ENTRY = cache.Entry(datetime(2026, 5, 19, 8, 15, tzinfo=UTC), {"c6i.2xlarge": 0.34})


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "a/b/prices.json"
    assert cache.write(path, IDENTITY, ENTRY)
    assert cache.read(path, IDENTITY) == ENTRY
    assert [file.name for file in path.parent.iterdir()] == ["prices.json"]


def test_another_identity_or_schema_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "prices.json"
    cache.write(path, IDENTITY, ENTRY)
    assert cache.read(path, {**IDENTITY, "endpoint": "http://127.0.0.1:5000"}) is None
    monkeypatch.setattr(cache, "SCHEMA", cache.SCHEMA + 1)
    assert cache.read(path, IDENTITY) is None


def test_nothing_is_read_where_nothing_is(tmp_path: Path) -> None:
    assert cache.read(tmp_path / "prices.json", IDENTITY) is None
    assert cache.read(tmp_path, IDENTITY) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_that_is_cut_or_changed_anywhere_is_not_believed(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "prices.json"
    cache.write(path, IDENTITY, ENTRY)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(st.sampled_from([whole[:at], whole[:at] + b"\x00" + whole[at + 1 :]]))
    path.write_bytes(damaged)
    assert cache.read(path, IDENTITY) is None


@pytest.mark.parametrize("content", [b"", b"\n", b"[]\n[]", b"{}\n{}", b"null\nnull", b"\xff\xfe\n{}"])
def test_what_is_no_cache_file_is_not_believed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.json"
    path.write_bytes(content)
    assert cache.read(path, IDENTITY) is None


def test_where_nothing_can_be_written_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not cache.write(tmp_path / "file/prices.json", IDENTITY, ENTRY)


def test_an_interrupted_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "prices.json"
    cache.write(path, IDENTITY, ENTRY)

    def interrupt(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        cache.write(path, IDENTITY, cache.Entry(ENTRY.fetched, {}))
    assert cache.read(path, IDENTITY) == ENTRY
    assert [file.name for file in tmp_path.iterdir()] == ["prices.json"]


def test_a_reader_beside_writers_never_sees_a_part(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    contents = [{str(n): list(range(n * 500))} for n in range(1, 5)]
    cache.write(path, IDENTITY, cache.Entry(ENTRY.fetched, contents[0]))

    def write(content: object) -> None:
        for _ in range(20):
            cache.write(path, IDENTITY, cache.Entry(ENTRY.fetched, content))

    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen = cache.read(path, IDENTITY)
        assert seen is not None
        assert seen.content in contents


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HOME": "/home/me"}, "/home/me/.cache/benchmarks"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "/var/cache/me"}, "/var/cache/me/benchmarks"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "relative"}, "/home/me/.cache/benchmarks"),
    ],
)
def test_the_directory_is_where_the_users_caches_are(environment: dict[str, str], expected: str) -> None:
    assert cache.directory(environment) == Path(expected)
