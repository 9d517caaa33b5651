"""The action that puts the archive into its place: only what was fetched as a whole gets there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleActionFail

from benchmarks.paths import ROOT
from tests.support import actions
from tests.support.host_uploads import archive


def unpack(directory: Path, fetched: bool = True) -> dict[str, Any]:
    source = str(directory / "criterion.tar.gz.part")
    return actions.run("unpack_criterion", src=source, dest=str(directory), fetched=fetched)


def test_what_was_fetched_gets_its_name_and_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "criterion.tar.gz.part").write_bytes(archive("mul"))
    assert unpack(tmp_path)["changed"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["criterion", "criterion.tar.gz"]


def test_what_cannot_be_unpacked_is_kept_and_named(tmp_path: Path) -> None:
    (tmp_path / "criterion.tar.gz.part").write_bytes(b"no archive")
    with pytest.raises(AnsibleActionFail, match=r"^criterion\.tar\.gz cannot be unpacked: "):
        unpack(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["criterion.tar.gz"]


def test_what_is_here_already_is_unpacked_again(tmp_path: Path) -> None:
    (tmp_path / "criterion.tar.gz").write_bytes(archive("mul"))
    assert not unpack(tmp_path, fetched=False)["changed"]
    assert (tmp_path / "criterion").is_dir()


def test_what_a_killed_fetch_has_left_does_not_replace_what_is_here(tmp_path: Path) -> None:
    whole = archive("mul")
    (tmp_path / "criterion.tar.gz").write_bytes(whole)
    (tmp_path / "criterion.tar.gz.part").write_bytes(whole[:20])
    assert not unpack(tmp_path, fetched=False)["changed"]
    assert (tmp_path / "criterion.tar.gz").read_bytes() == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["criterion", "criterion.tar.gz"]


def test_what_was_not_fetched_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        AnsibleActionFail, match=r"^criterion\.tar\.gz cannot be unpacked: No such file or directory\.$"
    ):
        unpack(tmp_path, fetched=False)


def test_the_role_fetches_to_another_name_than_the_archives() -> None:
    tasks = {task["name"]: task for task in yaml.safe_load((ROOT / "roles/collect/tasks/criterion.yml").read_text())}
    dest = tasks["Criterion | Fetch the archive"]["ansible.builtin.fetch"]["dest"]
    assert dest.endswith("/criterion.tar.gz.part")
    assert tasks["Criterion | Unpack the archive"]["unpack_criterion"]["src"] == dest
    fetched = tasks["Criterion | Fetch the archive"]["register"]
    assert (
        tasks["Criterion | Unpack the archive"]["unpack_criterion"]["fetched"] == f"{{{{ {fetched} is not skipped }}}}"
    )
