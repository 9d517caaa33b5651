"""Commands that run as systemd units, and what is read of them."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.host import systemd_units
from benchmarks.host.systemd_units import Unit, UnitStatus

LookHere = Callable[[str, int | None, bytes | None, str | None], UnitStatus]
ARGV = st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1), min_size=1)


def unit(**more: Any) -> Unit:
    given: dict[str, Any] = {
        "name": "benchmarks-r1-run",
        "argv": ("cargo", "bench"),
        "environment": {"RUSTFLAGS": "-C target-cpu=native"},
        "directory": "/home/b/source",
        "log": "/home/b/benchmark.log",
        "status": "/home/b/run.status",
        "limit_seconds": 7200,
        **more,
    }
    return Unit(**given)


@pytest.fixture
def look_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LookHere:
    """Looks at a unit of this machine, whose systemd says what it is told to."""

    def look(state: str, offset: int | None, log: bytes | None, status: str | None) -> UnitStatus:
        systemctl = tmp_path / "bin/systemctl"
        systemctl.parent.mkdir(exist_ok=True)
        systemctl.write_text(f"#!/bin/sh\necho {state}\n")
        systemctl.chmod(0o755)
        monkeypatch.setenv("PATH", f"{systemctl.parent}{os.pathsep}{os.defpath}")
        one = unit(log=str(tmp_path / "a log"), status=str(tmp_path / "a status"))
        for path, content in ((one.log, log), (one.status, None if status is None else status.encode())):
            if content is not None:
                Path(path).write_bytes(content)
        output = subprocess.run(
            ["sh", "-c", systemd_units.status_command(one, offset)], check=True, capture_output=True
        )
        return systemd_units.read_status(output.stdout.decode())

    return look


@pytest.mark.parametrize(
    ("offset", "read"), [(0, b"one\r\n\xff\x00two"), (3, b"\r\n\xff\x00two"), (10, b""), (99, b""), (None, b"")]
)
def test_a_look_reads_the_log_from_a_byte_on(look_here: LookHere, offset: int | None, read: bytes) -> None:
    look = look_here("active", offset, b"one\r\n\xff\x00two", None)
    assert look == UnitStatus(True, None, 10, read)
    assert not look.ended


@pytest.fixture(params=["sh", "bash"])
def watching(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[float, UnitStatus]]]:
    """Looks at a unit of this machine that runs, by either shell; gives the seconds that it took, and what was seen.

    `later` is called while it waits.
    """
    with subprocess.Popen(["sleep", "60"]) as program:
        systemctl = tmp_path / "bin/systemctl"
        systemctl.parent.mkdir()
        systemctl.write_text(
            f'#!/bin/sh\ncase $2 in --property=MainPID) echo {program.pid};; *) echo "active";; esac\n'
        )
        systemctl.chmod(0o755)
        monkeypatch.setenv("PATH", f"{systemctl.parent}{os.pathsep}{os.environ['PATH']}")

        def look(
            offset: int, wait: float, *, until_it_grows: bool, later: Callable[[], object] = lambda: None
        ) -> tuple[float, UnitStatus]:
            one = unit(log=str(tmp_path / "log"), status=str(tmp_path / "status"))
            command = shlex.split(systemd_units.status_command(one, offset, wait, until_it_grows=until_it_grows))
            begun = time.monotonic()
            with subprocess.Popen([request.param, *command[1:]], stdout=subprocess.PIPE, text=True) as looking:
                time.sleep(0.3)
                later()
                output, _ = looking.communicate(timeout=30)
            assert looking.returncode == 0
            return time.monotonic() - begun, systemd_units.read_status(output)

        look.program = program  # type: ignore[attr-defined]
        yield look
        program.kill()


def tails_of(path: Path) -> list[str]:
    shown = subprocess.run(["ps", "-eo", "args"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [line for line in shown.splitlines() if line.startswith("tail ") and str(path) in line]


def test_a_look_that_does_not_wait_tells_how_long_the_unit_has_run(watching: Any) -> None:
    age = watching(0, 0, until_it_grows=False)[1].age
    assert age is not None
    assert 0 <= age < 30


def test_a_look_that_waits_for_the_log_returns_as_soon_as_it_grows(watching: Any, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"one\n")

    def grow() -> None:
        with log.open("ab") as file:
            file.write(b"\0")

    took, look = watching(4, 20, until_it_grows=True, later=grow)
    assert 0.3 <= took < 5
    assert look == UnitStatus(True, None, 5, b"\0")
    assert tails_of(log) == []


def test_a_look_at_a_log_that_has_grown_does_not_wait(watching: Any, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"one\n")
    took, look = watching(3, 20, until_it_grows=True)
    assert took < 5
    assert look.log == b"\n"


def test_a_look_waits_for_a_quiet_log_only_so_long(watching: Any, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"one\n")
    took, look = watching(4, 1, until_it_grows=True)
    assert 1 <= took < 5
    assert look == UnitStatus(True, None, 4, b"")
    assert tails_of(tmp_path / "log") == []


def test_a_look_at_a_log_that_is_not_there_yet_does_not_fail(watching: Any) -> None:
    assert watching(0, 1, until_it_grows=True)[1] == UnitStatus(True, None, 0, b"")


@pytest.mark.parametrize("until_it_grows", [True, False])
def test_a_look_waits_no_longer_than_the_unit_runs(watching: Any, tmp_path: Path, until_it_grows: bool) -> None:
    (tmp_path / "log").write_bytes(b"one\n")

    def end() -> None:
        watching.program.kill()
        watching.program.wait()

    took, look = watching(4, 20, until_it_grows=until_it_grows, later=end)
    assert took < 5
    assert look.log == b""


def test_a_look_that_waits_for_the_end_lets_the_log_grow(watching: Any, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"one\n")
    took, look = watching(0, 1, until_it_grows=False)
    assert took >= 1
    assert look.log == b"one\n"


def test_a_look_reads_only_so_much(look_here: LookHere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemd_units, "LARGEST_PART", 5)
    assert look_here("active", 1, b"0123456789", None) == UnitStatus(True, None, 10, b"12345")


def test_a_look_at_a_unit_that_never_was_finds_nothing(look_here: LookHere) -> None:
    assert look_here("inactive", 0, None, None) == UnitStatus(False, None, 0, b"")


def test_a_look_at_a_unit_that_is_gone_reads_how_it_ended(look_here: LookHere) -> None:
    look = look_here("inactive", 0, b"", "exit-code exited 101\n")
    assert look.ended
    assert not look.succeeded
    assert look.result == ["exit-code", "exited", "101"]


@pytest.mark.parametrize("state", ["deactivating", "inactive"])
def test_a_look_at_an_empty_result_still_reads_the_log(look_here: LookHere, state: str) -> None:
    assert look_here(state, 0, b"one", "") == UnitStatus(state == "deactivating", None, 3, b"one")


def test_a_look_fails_if_systemd_does_not_tell_the_state(look_here: LookHere) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        look_here("; exit 1", 0, b"", None)


def test_a_unit_that_still_runs_its_last_command_has_not_ended(look_here: LookHere) -> None:
    assert not look_here("deactivating", 0, b"", "success exited 0\n").ended


def test_a_terminals_carriage_returns_do_not_matter() -> None:
    said = f"{systemd_units.TOLD}\r\ninactive\r\nsuccess exited 0\r\n3\r\nYWJj\r\n"
    assert systemd_units.read_status(said) == UnitStatus(False, ["success", "exited", "0"], 3, b"abc")


@pytest.mark.parametrize(
    "before",
    [
        "sudo: unable to resolve host ip-10-0-0-1: Name or service not known\r\n",
        "Failed to get properties: Connection timed out\r\n",
        f"{systemd_units.TOLD}\r\ninactive\r\n",
        "no line end ",
    ],
)
def test_what_a_terminal_shows_before_a_look_does_not_matter(before: str) -> None:
    said = f"{before}{systemd_units.TOLD}\r\nactive\r\n-\r\n3 7\r\nYWJj"
    assert systemd_units.read_status(said) == UnitStatus(True, None, 3, b"abc", 7)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("Failed to connect to bus: No such file\r\n", "Failed to connect to bus: No such file"),
        ("", "its answer is not whole"),
        (f"sudo: oh\n{systemd_units.TOLD}\nactive\n", "sudo: oh"),
        (f"{systemd_units.TOLD}\n\n-\n0 \n", "its answer is not whole"),
        (f"{systemd_units.TOLD}\nactive\n-\nsh: 1: Cannot fork\n", "its answer is not whole"),
        (f"{systemd_units.TOLD}\nactive\n-\n3 \nsh: 1: Cannot fork\n", "its answer is not whole"),
    ],
)
def test_output_that_is_no_look_is_an_error_that_says_what_came_instead(output: str, said: str) -> None:
    with pytest.raises(ValueError, match=rf"^{re.escape(said)}$"):
        systemd_units.read_status(output)


@pytest.mark.parametrize("state", ["active", "refreshing", "maintenance", "whatever"])
def test_a_unit_has_ended_only_if_systemd_says_so(look_here: LookHere, state: str) -> None:
    assert look_here(state, 0, b"", None).active


def test_a_look_that_cannot_read_a_result_that_is_there_fails(look_here: LookHere, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/cat").write_text("#!/bin/sh\nkill -KILL $$\n")
    (tmp_path / "bin/cat").chmod(0o755)
    assert look_here("inactive", 0, b"", None).result is None
    with pytest.raises(subprocess.CalledProcessError):
        look_here("inactive", 0, b"", "success exited 0")


@given(ARGV)
def test_a_units_command_reaches_systemd_word_for_word(argv: list[str]) -> None:
    words = shlex.split(systemd_units.start_command(unit(argv=tuple(argv)), "python3"))
    # systemd reads a doubled dollar sign as one, and any other as the name of a variable.
    assert words[-len(argv) :] == [word.replace("$", "$$") for word in argv]


def test_a_unit_has_its_limit_its_log_and_its_user() -> None:
    words = shlex.split(systemd_units.start_command(unit(), "python3"))
    assert {
        "--unit=benchmarks-r1-run",
        "--uid=benchmarks-code",
        "--property=RuntimeMaxSec=7200",
        "--property=NoNewPrivileges=yes",
    } <= set(words)


def test_a_unit_is_stopped_before_the_one_that_uploads_and_leaves_it_time() -> None:
    words = shlex.split(systemd_units.start_command(unit(after="benchmarks-r1-1-results.service"), "python3"))
    assert {"--property=After=benchmarks-r1-1-results.service", "--property=TimeoutStopSec=20"} <= set(words)
    assert "--property=After" not in systemd_units.start_command(unit(), "python3")


def test_a_look_follows_the_run(tmp_path: Path, look_here: LookHere) -> None:
    heartbeat = tmp_path.parent / "heartbeat"
    heartbeat.touch()
    try:
        os.utime(heartbeat, (0, 0))
        look_here("active", 0, b"", None)
        assert heartbeat.stat().st_mtime > 0
    finally:
        heartbeat.unlink()


def test_a_units_environment_is_not_that_of_what_root_runs_for_it() -> None:
    words = shlex.split(systemd_units.start_command(unit(environment={"PATH": "/home/b/$bin"}), "python3"))
    at = words.index("--")
    told = [word for word in words[:at] if "/home/b/" in word]
    assert told == [f"--property=Environment=STATUS_FILE={unit().status}"]
    env = words.index("/usr/bin/env")
    assert words[env + 1 :] == ["PATH=/home/b/$$bin", "cargo", "bench"]
    assert env > at


def test_systemd_itself_opens_nothing_below_the_home() -> None:
    """SELinux's policy lets no init system do that; a shell that it starts may."""
    words = shlex.split(systemd_units.start_command(unit(argv=("/home/b/.cargo/bin/cargo", "bench")), "python3"))
    at = words.index("--")
    assert words[at + 1] == "/bin/sh"
    # Variables are only handed on.
    told = [word for word in words[:at] if not word.startswith(("--setenv=", "--property=Environment="))]
    assert [word for word in told if "/home/" in word] == []


def test_a_units_command_takes_the_place_of_the_shell_that_opens_its_log(tmp_path: Path) -> None:
    (tmp_path / "a source").mkdir()
    (tmp_path / "a log").write_text("before\n")
    script = 'echo "$$ $(pwd) $1"; echo error >&2; kill -ILL $$'
    one = unit(
        argv=("sh", "-c", script, "sh", "it's $HOME"), log=str(tmp_path / "a log"), directory=str(tmp_path / "a source")
    )
    words = shlex.split(systemd_units.start_command(one, "python3"))
    command = [word.replace("$$", "$") for word in words[words.index("--") + 1 :]]
    # The dollar signs of the script itself were doubled too.
    with subprocess.Popen(command) as process:
        assert process.wait() == -signal.SIGILL
    assert (tmp_path / "a log").read_text() == f"before\n{process.pid} {tmp_path}/a source it's $HOME\nerror\n"


def test_a_unit_whose_directory_is_gone_says_so_in_its_log(tmp_path: Path) -> None:
    one = unit(argv=("true",), log=str(tmp_path / "log"), directory=str(tmp_path / "gone"))
    words = shlex.split(systemd_units.start_command(one, "python3"))
    done = subprocess.run([word.replace("$$", "$") for word in words[words.index("--") + 1 :]], check=False)
    assert done.returncode
    assert "gone" in (tmp_path / "log").read_text()


def test_a_units_end_is_kept_in_its_status_file(tmp_path: Path) -> None:
    one = unit(status=str(tmp_path / "run.status"))
    words = shlex.split(systemd_units.start_command(one, "python3"))
    (stop,) = (w.removeprefix("--property=ExecStopPost=") for w in words if "ExecStopPost" in w)
    (status,) = (w.removeprefix("--property=Environment=") for w in words if "=STATUS_FILE=" in w)
    environment = {"SERVICE_RESULT": "timeout", "EXIT_CODE": "killed", "EXIT_STATUS": "TERM"}
    environment |= dict([status.split("=", 1)])
    assert stop.startswith("+")  # as root, since the directory is root's
    subprocess.run(shlex.split(stop[1:]), check=True, env=environment)
    assert Path(one.status).read_text() == "timeout killed TERM\n"
    assert [path.name for path in tmp_path.iterdir()] == ["run.status"]
    subprocess.run(["sh", "-c", systemd_units.clean_command(one)], check=True)
    assert not Path(one.status).exists()


@pytest.mark.parametrize("code", [0, 1])
def test_a_units_end_is_there_before_it_is_flushed_and_stays_if_that_fails(tmp_path: Path, code: int) -> None:
    words = shlex.split(systemd_units.start_command(unit(status=str(tmp_path / "run.status")), "python3"))
    (stop,) = (w.removeprefix("--property=ExecStopPost=+") for w in words if "ExecStopPost" in w)
    sync = tmp_path / "bin/sync"
    sync.parent.mkdir()
    sync.write_text(f'#!/bin/sh\necho "$*" $(ls *.status*) >>{tmp_path}/synced\nexit {code}\n')
    sync.chmod(0o755)
    environment = {"SERVICE_RESULT": "success", "EXIT_CODE": "exited", "EXIT_STATUS": "0"}
    environment |= {"STATUS_FILE": str(tmp_path / "run.status"), "PATH": f"{sync.parent}:{os.defpath}"}
    subprocess.run(shlex.split(stop), check=True, env=environment)
    assert (tmp_path / "run.status").read_text() == "success exited 0\n"
    synced = (tmp_path / "synced").read_text().splitlines()
    assert synced == [f"{tmp_path}/run.status . run.status"]


@pytest.mark.parametrize(
    ("told", "free", "kept"),
    [
        ("exit-code exited 101", 0, "disk-full exited 101"),
        ("exit-code exited 101", 4095, "disk-full exited 101"),
        ("exit-code exited 101", 4096, "exit-code exited 101"),
        # It has ended for another reason, or well.
        ("timeout killed TERM", 0, "timeout killed TERM"),
        ("success exited 0", 0, "success exited 0"),
        ("exit-code", 0, "exit-code  "),
    ],
)
def test_a_unit_that_failed_on_a_full_disk_says_so_and_has_room_for_that(
    tmp_path: Path, told: str, free: int, kept: str
) -> None:
    one = unit(status=str(tmp_path / "run.status"))
    subprocess.run(["sh", "-c", systemd_units.clean_command(one)], check=True)
    assert (tmp_path / "reserve").stat().st_size == 64 * 2**20
    words = shlex.split(systemd_units.start_command(one, "python3"))
    (stop,) = (w.removeprefix("--property=ExecStopPost=+") for w in words if "ExecStopPost" in w)
    df = tmp_path / "bin/df"
    df.parent.mkdir()
    df.write_text(f"#!/bin/sh\necho Filesystem\necho /dev/sda1 9000 1000 {free} 99% /var\n")
    df.chmod(0o755)
    environment = dict(zip(("SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS"), [*told.split(), "", ""], strict=False))
    environment |= {"STATUS_FILE": one.status, "PATH": f"{df.parent}:{os.defpath}"}
    subprocess.run(shlex.split(stop), check=True, env=environment)
    assert (tmp_path / "run.status").read_text() == f"{kept}\n"
    assert not (tmp_path / "reserve").exists()


def test_a_unit_for_which_no_room_can_be_reserved_is_started_all_the_same(tmp_path: Path) -> None:
    fallocate = tmp_path / "bin/fallocate"
    fallocate.parent.mkdir()
    fallocate.write_text('#!/bin/sh\ntouch "$3"\nexit 1\n')
    fallocate.chmod(0o755)
    environment = {"PATH": f"{fallocate.parent}:{os.defpath}"}
    command = systemd_units.clean_command(unit(status=str(tmp_path / "run.status")))
    subprocess.run(["sh", "-c", command], check=True, env=environment)
    assert not (tmp_path / "reserve").exists()


@pytest.mark.parametrize(
    ("systemctl", "left"),
    [
        ("true", False),
        ('case "$*" in *" benchmarks-r1-*-run.service") echo benchmarks-r1-1-run.service loaded ;; esac', True),
        ("exit 1", True),
    ],
)
def test_what_a_crash_has_left_reserved_by_an_earlier_attempt_is_freed_unless_one_is_active(
    tmp_path: Path, systemctl: str, left: bool
) -> None:
    for number in ("1", "2"):
        (tmp_path / "r1" / number).mkdir(parents=True)
        (tmp_path / "r1" / number / "reserve").write_text("room")
    program = tmp_path / "bin/systemctl"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{systemctl}\n")
    program.chmod(0o755)
    command = systemd_units.clean_command(
        unit(name="benchmarks-r1-2-build", status=str(tmp_path / "r1/2/build.status"))
    )
    subprocess.run(["sh", "-c", command], check=True, env={"PATH": f"{program.parent}:{os.defpath}"})
    assert (tmp_path / "r1/1/reserve").exists() is left
    assert (tmp_path / "r1/2/reserve").stat().st_size == 64 * 2**20


@pytest.mark.parametrize(
    ("told", "noted", "system", "kept"),
    [
        (("success", "killed", "TERM"), None, "running", "success killed TERM"),
        (("success", "killed", "TERM"), None, "stopping", "success killed TERM power-off"),
        # A spot instance is shut down too.
        (("success", "killed", "TERM"), "spot-notice", "stopping", "success killed TERM spot-notice"),
        (("exit-code", "exited", "143"), "spot-notice", "running", "exit-code exited 143 spot-notice"),
        # It has ended by itself, and well, or never begun.
        (("success", "exited", "0"), "spot-notice", "stopping", "success exited 0"),
        (("exit-code", "", ""), "spot-notice", "stopping", "exit-code  "),
        # It was stopped before its program began: systemd has no exit status, and may call that a success.
        (("success", "", ""), None, "stopping", "success killed TERM power-off"),
        (("success", "", ""), "spot-notice", "running", "success killed TERM spot-notice"),
        (("success", "", ""), None, "running", "success killed TERM"),
        (("signal", "", ""), None, "stopping", "signal killed TERM power-off"),
        (("signal", "", ""), None, "running", "signal  "),
        (("resources", "", ""), None, "running", "resources  "),
    ],
)
def test_what_stopped_a_unit_is_kept_with_its_end(
    tmp_path: Path, told: tuple[str, str, str], noted: str | None, system: str, kept: str
) -> None:
    words = shlex.split(systemd_units.start_command(unit(status=str(tmp_path / "run.status")), "python3"))
    (stop,) = (w.removeprefix("--property=ExecStopPost=+") for w in words if "ExecStopPost" in w)
    systemctl = tmp_path / "bin/systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text(f'#!/bin/sh\n[ "$*" = is-system-running ] && echo {system}\n')
    systemctl.chmod(0o755)
    if noted:
        (tmp_path / "stop-reason").write_text(f"{noted}\n")
    environment = dict(zip(("SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS"), told, strict=True))
    environment |= {"STATUS_FILE": str(tmp_path / "run.status"), "PATH": f"{systemctl.parent}:{os.defpath}"}
    subprocess.run(shlex.split(stop), check=True, env=environment)
    assert (tmp_path / "run.status").read_text() == f"{kept}\n"


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (["success", "exited", "0"], True),
        # systemd calls those signals a success by which it stops a unit, as at a shutdown, and SIGPIPE.
        (["success", "killed", "TERM"], False),
        (["success", "killed", "PIPE"], False),
        (["success", "killed", "TERM", "power-off"], False),
        # It was stopped before its program began.
        (["success"], False),
        (["exit-code", "exited", "1"], False),
        (None, False),
    ],
)
def test_a_unit_that_was_stopped_has_not_succeeded(result: list[str] | None, expected: bool) -> None:
    look = UnitStatus(False, result, 0, b"")
    assert look.succeeded is expected
    assert (look.word == "success") is expected


@pytest.mark.parametrize(("size", "result"), [(0, "success"), (0, "timeout"), (1, "log-limit"), (9999, "log-limit")])
def test_a_log_that_is_too_long_is_cut_and_its_unit_has_failed(tmp_path: Path, size: int, result: str) -> None:
    words = shlex.split(systemd_units.start_command(unit(status=str(tmp_path / "run.status")), "python3"))
    (stop,) = (w.removeprefix("--property=ExecStopPost=+") for w in words if "ExecStopPost" in w)
    log, activity = tmp_path / "benchmark.log", tmp_path / "activity"
    for file in (log, activity):
        with file.open("wb") as sparse:
            sparse.write(b"begin")
            sparse.truncate(systemd_units.LARGEST_LOG + size)
    told = {"SERVICE_RESULT": result if size == 0 else "success", "EXIT_CODE": "exited", "EXIT_STATUS": "0"}
    environment = {**told, "STATUS_FILE": str(tmp_path / "run.status"), "PATH": os.defpath}
    subprocess.run(shlex.split(stop), check=True, env=environment)
    assert (tmp_path / "run.status").read_text() == f"{result} exited 0\n"
    for file in (log, activity):
        assert file.stat().st_size == systemd_units.LARGEST_LOG
        with file.open("rb") as cut:
            assert cut.read(5) == b"begin"


def test_a_log_of_usual_length_and_its_notes_are_left_alone(tmp_path: Path) -> None:
    words = shlex.split(systemd_units.start_command(unit(status=str(tmp_path / "run.status")), "python3"))
    (stop,) = (w.removeprefix("--property=ExecStopPost=+") for w in words if "ExecStopPost" in w)
    (tmp_path / "benchmark.log").write_bytes(b"\xff whole\r\n")
    environment = {"SERVICE_RESULT": "success", "EXIT_CODE": "exited", "EXIT_STATUS": "0", "PATH": os.defpath}
    subprocess.run(shlex.split(stop), check=True, env={**environment, "STATUS_FILE": str(tmp_path / "run.status")})
    assert (tmp_path / "benchmark.log").read_bytes() == b"\xff whole\r\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["benchmark.log", "run.status"]


@pytest.mark.parametrize(("active", "more", "expected"), [(True, 0, False), (True, 1, True), (False, 1, False)])
def test_only_an_active_unit_can_have_too_long_a_log(active: bool, more: int, expected: bool) -> None:
    assert UnitStatus(active, None, systemd_units.LARGEST_LOG + more, b"").too_long is expected


def test_a_log_that_was_cut_is_known_by_its_units_result() -> None:
    assert UnitStatus(False, ["log-limit", "killed", "TERM"], 1, b"").was_cut
    assert not UnitStatus(True, ["log-limit", "killed", "TERM"], 1, b"").was_cut
    assert not UnitStatus(False, ["success", "exited", "0"], 1, b"").was_cut
    assert not UnitStatus(False, None, 1, b"").was_cut


def test_a_units_end_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    words = shlex.split(systemd_units.start_command(unit(status=str(tmp_path / "run.status")), "python3"))
    (stop,) = (w.removeprefix("--property=ExecStopPost=") for w in words if "ExecStopPost" in w)
    # A limit on the size of files stands in for a disk without space.
    limited = ["sh", "-c", f"ulimit -f 0; trap '' XFSZ; STATUS_FILE={tmp_path}/run.status exec {stop[1:]}"]
    assert subprocess.run(limited, capture_output=True, check=False).returncode
    assert not (tmp_path / "run.status").exists()


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (None, "The build ended without a result: the machine was restarted, or systemd was stopped. Measure again."),
        (["exit-code", "exited", "101"], "The build failed with exit status 101."),
        (
            ["resources"],
            "The build could not be run: systemd says resources. `sudo journalctl "
            "--unit=benchmarks-r1-run` there says more.",
        ),
        (
            ["success", "killed", "TERM", "spot-notice"],
            "The build was stopped because EC2 takes the spot instance back; what it had written was kept: run the "
            "same command again.",
        ),
        (
            ["exit-code", "exited", "143", "power-off"],
            "The build was stopped because the machine was shut down or restarted; what it had written was kept: run "
            "the same command again.",
        ),
        (
            ["success", "killed", "TERM"],
            "The build was stopped by somebody on its machine; what it had written was kept: run the same command "
            "again.",
        ),
        (
            ["success"],
            "The build was stopped by somebody on its machine; what it had written was kept: run the same command "
            "again.",
        ),
        (["success", "killed", "PIPE"], "The build was ended by SIGPIPE."),
        (
            ["exit-code"],
            "The build was not started, because what has to come before it failed, such as the firewall's rule that "
            "keeps its code from the machine's credentials: `sudo journalctl --unit=benchmarks-r1-run` there says why.",
        ),
        (
            ["signal", "killed", "ILL"],
            "The build was ended by SIGILL, because it uses instructions that this CPU lacks. Build it for this CPU: "
            "without rustflags, or with -C target-cpu=native.",
        ),
        (
            ["exit-code", "exited", "137"],
            "The build was ended by SIGKILL, most likely because memory ran out. Choose an instance type with more "
            "memory.",
        ),
        (
            ["timeout", "killed", "TERM"],
            "The build was stopped at its limit of 120 minutes; what it had written was kept. Give more by "
            "--build-limit.",
        ),
        (
            ["log-limit", "killed", "TERM"],
            "The build was stopped because it had written more than 256 MiB into its log, of which that much was kept: "
            "let the benchmark print less.",
        ),
        (
            ["disk-full", "exited", "101"],
            "The build failed because the machine's disk is full; what it had written was kept. Raise minimum_disk in "
            "the suite, by which the instance's volume is made larger.",
        ),
        (
            ["oom-kill", "killed", "KILL"],
            "The build used up the machine's memory and was killed. Choose an instance type with more memory.",
        ),
    ],
)
def test_how_a_unit_ended_is_said(result: list[str] | None, sentence: str) -> None:
    assert systemd_units.describe_end(UnitStatus(False, result, 0, b""), unit(), "build") == sentence


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (None, False),
        (["exit-code", "exited", "101"], True),
        (["exit-code"], False),
        (["timeout", "killed", "TERM"], False),
        (["exit-code", "exited", "143", "power-off"], False),
    ],
)
def test_only_an_exit_status_is_explained_by_the_log(result: list[str] | None, expected: bool) -> None:
    assert UnitStatus(False, result, 0, b"").failed_by_itself is expected
