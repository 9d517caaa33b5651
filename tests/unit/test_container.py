"""What the image's entry decides: the command, the user, the home and what is brought there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from benchmarks import container
from benchmarks.container import User
from benchmarks.errors import RefusedError

TOOL = [str(container.BIN / "benchmarks")]
ME = User(os.geteuid(), os.getegid())


@pytest.mark.parametrize("words", [["a", "test", "--format=csv"], ["--unit", "s", "a"], [""], ["--", "-x"]], ids=str)
def test_the_words_after_a_task_are_passed_on_as_they_are(words: list[str]) -> None:
    assert container.command(["bench.results", *words]) == [*TOOL, "bench.results", *words]


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for /root."""
    directory = tmp_path / "root"
    directory.mkdir()
    monkeypatch.setattr(container, "MOUNTED", directory)
    return directory


@pytest.fixture
def at_home(tmp_path: Path) -> Path:
    directory = tmp_path / "at-home"
    directory.mkdir(mode=0o700)
    return directory


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], [*TOOL, "bench"]),
        (["-h"], [*TOOL, "bench", "-h"]),
        (["--instance-type", "t2.2xlarge", "-f"], [*TOOL, "bench", "--instance-type", "t2.2xlarge", "-f"]),
        (["--cpu", "8", "--memory", "4096"], [*TOOL, "bench", "--cpu", "8", "--memory", "4096"]),
        (["--lsit"], [*TOOL, "bench", "--lsit"]),
        (["--list"], [*TOOL, "--list"]),
        (["-l"], [*TOOL, "-l"]),
        (["--list=bench"], [*TOOL, "--list=bench"]),
        (["--version"], [*TOOL, "--version"]),
        (["bench.types", "--cpu", "8"], [*TOOL, "bench.types", "--cpu", "8"]),
        (["bnech"], [*TOOL, "bnech"]),
        (
            ["ansible-playbook", "playbooks/types.yml", "-e", "cpu=8"],
            [str(container.BIN / "ansible-playbook"), "playbooks/types.yml", "-e", "cpu=8"],
        ),
    ],
)
def test_words_become_a_command(words: list[str], expected: list[str]) -> None:
    assert container.command(words) == expected


def test_playbooks_are_named_from_the_repositorys_root_and_paths_from_the_results() -> None:
    assert container.directory(["ansible-playbook", "playbooks/types.yml"], Path("/runs")) == container.ROOT
    assert container.directory(["bench", "--suite", "my.yml"], Path("/runs")) == Path("/runs")
    assert container.directory([], Path("/runs")) == Path("/runs")


def test_root_works_as_the_owner_of_the_results_and_others_as_themselves() -> None:
    owner = User(1000, 100)
    assert container.choose_user(User(0, 0), owner) == owner
    assert container.choose_user(User(0, 0), User(0, 0)) == User(0, 0)
    assert container.choose_user(User(1234, 0), owner) == User(1234, 0)


def test_the_environment_leads_home_and_keeps_what_was_given() -> None:
    found = container.environment({"PATH": "/usr/bin", "AWS_REGION": "eu-central-1", "LD_PRELOAD": "x.so"}, Path("/h"))
    assert found["HOME"] == "/h"
    assert found["PATH"] == f"{container.BIN}:/usr/bin"
    assert found["AWS_REGION"] == "eu-central-1"
    assert found["LD_PRELOAD"] == "x.so libnss_wrapper.so"
    assert found["NSS_WRAPPER_PASSWD"] == "/h/.passwd"


def test_an_aws_variable_that_the_host_does_not_have_is_not_set() -> None:
    found = container.environment({"AWS_PROFILE": "", "AWS_REGION": "us-east-1", "EMPTY": ""}, Path("/h"))
    assert "AWS_PROFILE" not in found
    assert found["AWS_REGION"] == "us-east-1"
    assert found["EMPTY"] == ""


PASSWD = "root:x:0:0:root:/root:/bin/bash\nbenchmarks:x:65532:65532::/nonexistent:/usr/sbin/nologin\n# remark\n"


def test_a_user_whom_the_image_does_not_know_gets_a_line_of_its_own() -> None:
    assert container.passwd(PASSWD, User(1000, 100), Path("/h")).splitlines() == [
        "user:x:1000:100::/h:/bin/sh",
        "root:x:0:0:root:/root:/bin/bash",
        "benchmarks:x:65532:65532::/nonexistent:/usr/sbin/nologin",
    ]


def test_a_user_whom_the_image_knows_keeps_the_name_and_gets_the_home() -> None:
    assert container.passwd(PASSWD, User(65532, 65532), Path("/h")).splitlines() == [
        "benchmarks:x:65532:65532::/h:/bin/sh",
        "root:x:0:0:root:/root:/bin/bash",
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-i", "x", "--key-file", "/k.pem", "-f"], ["-i", "x", "--key-file", "/new", "-f"]),
        (["--key-file=/k.pem"], ["--key-file=/new"]),
        (["bench", "--key-file", "--key-file=x"], ["bench", "--key-file", "/new"]),
    ],
)
def test_the_key_that_words_name_is_found_and_replaced(words: list[str], expected: list[str]) -> None:
    assert container.with_key(words, Path("/new")) == expected


@pytest.mark.parametrize("words", [[], ["-i", "x"], ["--key-file"], ["--key-files=x"]])
def test_without_a_key_in_the_words_none_is_found(words: list[str]) -> None:
    assert container.key_argument(words) is None
    assert container.with_key(words, Path("/new")) == words


def test_a_home_is_the_users_alone_and_in_the_first_place_that_can_be_written(tmp_path: Path) -> None:
    home = container.make_home(ME, (tmp_path / "missing", tmp_path))
    assert home.parent == tmp_path
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_without_any_place_for_a_home_it_is_said_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"/missing nor .*/gone can be written: .* --tmpfs /tmp"):
        container.make_home(ME, (tmp_path / "missing", tmp_path / "gone"))


def test_what_is_mounted_is_brought_home_for_the_user_alone(mounted: Path, at_home: Path) -> None:
    (mounted / "benchmarks.pem").write_text("key")
    (mounted / ".aws/sso/cache").mkdir(parents=True)
    (mounted / ".aws/config").write_text("[default]")
    (mounted / ".aws/sso/cache/token.json").write_text("{}")
    (mounted / ".aws/broken").symlink_to("nowhere")
    (mounted / ".bashrc").write_text("alias")

    assert container.set_up_home(["-i", "x"], ME, at_home) == ["-i", "x"]

    found = {str(p.relative_to(at_home)): stat.S_IMODE(p.stat().st_mode) for p in at_home.rglob("*")}
    assert found == {
        ".passwd": found[".passwd"],
        "benchmarks.pem": 0o400,
        ".aws": 0o700,
        ".aws/config": 0o600,
        ".aws/sso": 0o700,
        ".aws/sso/cache": 0o700,
        ".aws/sso/cache/token.json": 0o600,
    }
    assert f":{at_home}:" in (at_home / ".passwd").read_text()


def test_another_key_is_brought_home_and_named_there(mounted: Path, at_home: Path, tmp_path: Path) -> None:
    key = tmp_path / "other key"
    key.write_text("key")
    assert container.set_up_home(["--key-file", str(key)], ME, at_home) == ["--key-file", str(at_home / "given.pem")]
    assert (at_home / "given.pem").read_text() == "key"
    assert stat.S_IMODE((at_home / "given.pem").stat().st_mode) == 0o400


def test_a_key_that_is_not_there_is_left_to_the_command(mounted: Path, at_home: Path) -> None:
    assert container.set_up_home(["--key-file", "/missing"], ME, at_home) == ["--key-file", "/missing"]
    assert container.set_up_home(["--key-file=/"], ME, at_home) == ["--key-file=/"]


def test_a_directory_for_a_key_is_refused_with_its_cause(mounted: Path, at_home: Path) -> None:
    (mounted / "benchmarks.pem").mkdir()
    with pytest.raises(RefusedError, match="is a directory, not a key: engines make one where the file"):
        container.set_up_home([], ME, at_home)


def test_what_cannot_be_read_is_named(mounted: Path, at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mounted / "benchmarks.pem").write_text("key")

    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(RefusedError) as refused:
        container.set_up_home([], ME, at_home)
    assert str(refused.value) == (
        f"{mounted}/benchmarks.pem cannot be read by the container's user {os.geteuid()} (Permission denied): "
        "leave out --user, or let that user read the file; under SELinux mount it with :z."
    )


def test_nobody_becomes_who_they_are_already(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without the capability, as under --user.
    monkeypatch.setattr(os, "setgroups", lambda _groups: pytest.fail("was called"))
    container.become(ME)
