"""A directory that is gone with the container is told from one that the user has mounted."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.playbook import unmounted

NAMELESS = "0123456789abcdef" * 4
IMAGE = "1 2 0:50 / / rw,relatime - overlay overlay rw\n"


def mount(root: str, place: str = "/runs") -> str:
    """A line of mountinfo, with an optional field as of a shared mount."""
    return f"3 1 8:1 {root} {place} rw,relatime shared:7 - ext4 /dev/sda1 rw\n"


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(unmounted, "_MOUNTS", tmp_path / "mountinfo")
    return tmp_path / "mountinfo"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (mount(f"/var/lib/containers/storage/volumes/{NAMELESS}/_data"), True),
        (mount(f"/docker/volumes/{NAMELESS}/_data"), True),
        (mount("/var/lib/docker/volumes/results/_data"), False),
        (mount("/home/me/runs"), False),
        (mount("/"), False),
        ("", False),
        # Another directory of such a volume is the user's.
        (mount(f"/var/lib/docker/volumes/{NAMELESS}/_data") + mount("/home/me/runs", "/runs/mine"), False),
        (mount(f"/var/lib/docker/volumes/{NAMELESS}/_data", "/data"), False),
    ],
)
def test_a_volume_without_a_name_is_no_directory_of_the_users(mounts: Path, lines: str, expected: bool) -> None:
    mounts.write_text(IMAGE + lines)
    assert unmounted.is_unmounted(Path("/runs/mine/r1")) is expected


def test_where_no_mounts_are_known_nothing_is_taken_for_gone(mounts: Path) -> None:
    assert not unmounted.is_unmounted(Path("/runs/r1"))


def test_it_is_said_before_the_run_what_to_mount() -> None:
    said = unmounted.warning(Path("/runs"))
    assert said.startswith("No directory is mounted at /runs: what the run writes there is gone with this container,")
    assert said.endswith('as by -v "$PWD/runs:/runs".')
