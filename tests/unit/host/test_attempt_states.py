"""A run's attempts as its host knows them."""

from __future__ import annotations

import getpass
import os
import stat
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.host import attempt_states
from benchmarks.host.attempt_states import AttemptState

DONE = ("success", "success")
OWN = getpass.getuser()
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("found", "here", "chosen"),
    [
        ([], (), (1, True)),
        ([], (1, 2), (3, True)),
        ([AttemptState(1, False, "a", "asked", DONE)], (), (1, False)),
        ([AttemptState(1, True, "a", "asked", ("success", "-"))], (), (1, False)),
        ([AttemptState(1, False, "a", "asked", ("success", "-"))], (), (1, False)),
        ([AttemptState(1, False, "b", "asked", DONE)], (), (2, True)),
        ([AttemptState(1, False, "a", "asked", DONE), AttemptState(2, False, "b", "asked", DONE)], (1, 2), (1, False)),
        ([AttemptState(1, False, "a", "asked", ("success", "exit-code"))], (1,), (2, True)),
        ([AttemptState(1, False, "a", "asked", ("timeout", "-"))], (1,), (2, True)),
        ([AttemptState(1, False, "a", "asked", ("success", "stopped"))], (1,), (2, True)),
        (
            [AttemptState(1, False, "a", "asked", DONE), AttemptState(2, False, "a", "asked", ("success", "signal"))],
            (),
            (3, True),
        ),
        ([AttemptState(1, False, "b", "asked", DONE)], (4,), (5, True)),
        ([AttemptState(1, False, "a", "asked", ("success", "cut"))], (1,), (2, True)),
        ([AttemptState(1, False, "a", "asked", ("cut", "-"))], (1,), (2, True)),
    ],
)
def test_an_attempt_is_gone_on_with_or_is_the_next(
    found: list[AttemptState], here: tuple[int, ...], chosen: tuple[int, bool]
) -> None:
    assert attempt_states.choose(found, here, "a") == chosen


FAILED = AttemptState(2, False, "b", "asked", ("success", "exit-code"))


@pytest.mark.parametrize(
    ("found", "number"),
    [
        ([AttemptState(1, False, "a", "asked", DONE)], 1),
        ([AttemptState(1, False, "a", "asked", DONE), FAILED], 2),
        ([AttemptState(1, False, "a", "asked", ("exit-code", "-"))], 1),
        # It goes on by itself, it may have to be measured still, or it measures something else.
        ([AttemptState(1, True, "a", "asked", ("success", "-"))], None),
        ([AttemptState(1, False, "a", "asked", ("success", "-"))], None),
        ([AttemptState(1, False, "a", "asked", ("-", "-"))], None),
        ([AttemptState(1, False, "a", "other", DONE)], None),
        # It is measured anew.
        ([AttemptState(1, False, "a", "asked", ("success", "cut"))], None),
        ([], None),
    ],
)
def test_an_attempt_that_has_ended_unwatched_is_found(found: list[AttemptState], number: int | None) -> None:
    assert attempt_states.ended_attempt(found, "asked") == number


def test_who_comes_back_to_a_run_takes_its_failure_and_measures_nothing_anew() -> None:
    assert attempt_states.choose([FAILED], (2,), "b", attaches=True) == (2, False)
    assert attempt_states.choose([FAILED], (2,), "b") == (3, True)
    assert attempt_states.choose([FAILED], (2,), "another", attaches=True) == (3, True)
    assert attempt_states.anew([FAILED], "b", 3) == ""


@pytest.mark.parametrize("results", [("success", "cut"), ("cut", "-")])
def test_who_comes_back_to_what_a_restart_has_cut_off_measures_it_anew(results: tuple[str, ...]) -> None:
    cut = AttemptState(2, False, "b", "asked", results)
    assert attempt_states.choose([cut], (2,), "b", attaches=True) == (3, True)
    assert attempt_states.anew([cut], "b", 3) == (
        "Attempt 2 was cut off when its machine restarted, and stays as it was: attempt 3 measures everything anew."
    )
    assert attempt_states.anew([cut], "another", 3) == ""
    # It is being measured anew already.
    again = AttemptState(3, True, "b", "asked", ("success", "-"))
    assert attempt_states.choose([cut, again], (2, 3), "b", attaches=True) == (3, False)
    assert attempt_states.anew([cut, again], "b", 3) == ""


def test_who_measures_anew_is_told_when_the_machine_ends() -> None:
    cut = AttemptState(2, False, "b", "asked", ("success", "cut"))
    assert attempt_states.anew([cut], "b", 3, "the machine switches itself off by 12:15").endswith(
        ": attempt 3 measures everything anew; the machine switches itself off by 12:15."
    )


@pytest.mark.parametrize(
    ("active", "results", "events"),
    [
        (True, ("success", "-"), ("measures",)),
        (False, ("success", "success"), ("measures", "measured")),
        (False, ("success", "exit-code"), ("measures", "measured")),
        (True, ("-", "-"), ()),
        (False, ("exit-code", "-"), ()),
    ],
)
def test_a_host_that_is_come_back_to_measures_once_its_build_is_done(
    active: bool, results: tuple[str, ...], events: tuple[str, ...]
) -> None:
    found = [AttemptState(1, active, "a", "asked", results)]
    assert attempt_states.events(found, 1) == events
    assert attempt_states.events(found, None) == ()


def test_what_is_at_work_is_followed_by_the_same_request_and_disturbed_by_no_other() -> None:
    found = [AttemptState(1, False, "a", "asked", DONE), AttemptState(2, True, "b", "asked", ("success", "-"))]
    assert attempt_states.active_attempt(found, "asked") == 2
    assert attempt_states.active_attempt(found[:1], "other") is None
    with pytest.raises(RefusedError, match=r"^Attempt 2 of this run still measures something else there: "):
        attempt_states.active_attempt(found, "other")


def asked(tmp_path: Path, root: Path, *cases: str) -> subprocess.CompletedProcess[str]:
    """What a host says of the attempts in `root`. Its systemctl is the test's own, which answers by shell `cases`."""
    systemctl = tmp_path / "bin/systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text("\n".join(["#!/bin/sh", 'case "$1 $2" in', *cases, "esac", ""]))
    systemctl.chmod(0o755)
    return subprocess.run(
        ["sh", "-c", attempt_states.states_command(str(root), "benchmarks-r1")],
        capture_output=True,
        text=True,
        env={"PATH": f"{systemctl.parent}:/usr/bin:/bin"},
    )


def test_a_host_is_asked_for_its_attempts(tmp_path: Path) -> None:
    root = tmp_path / "runs/r1"
    for number, wanted in ((1, "a"), (2, "b"), (10, "c")):
        begin = attempt_states.begin_command(str(root / str(number)), wanted, "asked", OWN)
        subprocess.run(["sh", "-c", begin], check=True)
    (root / "1/build.status").write_text("success exited 0\n")
    (root / "1/run.status").write_text("exit-code exited 101\n")
    (root / "2/build.status").touch()
    (root / "10/build.status").write_text("success exited 0\n")
    (root / "other").mkdir()
    output = asked(
        tmp_path,
        root,
        '"list-units "*) printf "benchmarks-r1-10-run.service loaded\\nbenchmarks-r2-1-build.service loaded\\n" ;;',
        '"is-active benchmarks-r1-10-run.service") echo active ;;',
        "*) echo inactive ;;",
    ).stdout
    assert attempt_states.units_of_other_runs(output) == ["benchmarks-r2-1-build.service"]
    assert attempt_states.read_states(output) == (
        AttemptState(1, False, "a", "asked", ("success", "exit-code")),
        AttemptState(2, False, "b", "asked", ("-", "-")),
        AttemptState(10, True, "c", "asked", ("success", "-")),
    )


@pytest.mark.parametrize(
    ("kept", "activity", "told"),
    [
        ("success killed TERM", "1 5", "stopped"),
        # Before its program began.
        ("success", "", "stopped"),
        ("success killed TERM spot-notice", "1 5", "stopped"),
        ("success killed TERM power-off", "1 5", "cut"),
        ("signal killed KILL power-off", "1 5", "cut"),
        # After a crash there is no result of what had begun.
        ("", "1 5", "cut"),
        ("", "", "-"),
    ],
)
def test_a_step_that_was_stopped_or_cut_off_has_not_succeeded(
    tmp_path: Path, kept: str, activity: str, told: str
) -> None:
    root = tmp_path / "runs/r1"
    begin = attempt_states.begin_command(str(root / "1"), "a", "asked", OWN)
    subprocess.run(["sh", "-c", begin], check=True)
    (root / "1/build.status").write_text("success exited 0\n")
    (root / "1/activity").write_text(activity)
    if kept:
        (root / "1/run.status").write_text(f"{kept}\n")
    (found,) = attempt_states.read_states(asked(tmp_path, root, '"is-active "*) echo inactive ;;').stdout)
    assert found.results == ("success", told)
    assert found.was_cut is (told == "cut")
    assert found.can_continue is (told == "-")


@pytest.mark.parametrize(
    ("log", "system", "told"),
    [("Compiling", "inactive", "cut"), ("", "inactive", "-"), ("Compiling", "active", "-")],
)
def test_a_build_that_a_crash_has_cut_off_is_known_by_its_log(tmp_path: Path, log: str, system: str, told: str) -> None:
    begin = attempt_states.begin_command(str(tmp_path / "runs/1"), "a", "asked", OWN)
    subprocess.run(["sh", "-c", begin], check=True)
    (tmp_path / "runs/1/benchmark.log").write_text(log)
    systemctl = tmp_path / "bin/systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text(f"#!/bin/sh\ncase $2 in *-build.service) echo {system} ;; *) echo inactive ;; esac\n")
    systemctl.chmod(0o755)
    command = attempt_states.states_command(str(tmp_path / "runs"), "benchmarks-r1")
    environment = {"PATH": f"{systemctl.parent}:/usr/bin:/bin"}
    output = subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True, env=environment).stdout
    (found,) = attempt_states.read_states(output)
    assert (found.active, found.results) == (system == "active", (told, "-"))


def test_third_party_code_can_replace_nothing_in_an_attempts_directory(tmp_path: Path) -> None:
    directory = tmp_path / "1"
    begin = ["sh", "-c", f"umask 077; {attempt_states.begin_command(str(directory), 'a', 'asked', OWN)}"]
    for _ in range(2):  # a second call changes nothing
        subprocess.run(begin, check=True)
        (directory / "benchmark.log").write_text("kept")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (directory, *directory.iterdir())}
    assert modes == {
        "1": 0o755, "measurement": 0o644, "request": 0o644, "criterion": 0o755,
        "benchmark.log": 0o664, "activity": 0o664, "criterion.tar.gz": 0o664,
    }  # fmt: skip
    assert (directory / "benchmark.log").read_text() == "kept"


def test_who_asks_for_the_attempts_follows_the_run(tmp_path: Path) -> None:
    command = ["sh", "-c", attempt_states.states_command(str(tmp_path), "benchmarks-r1")]
    subprocess.run(command, check=True, capture_output=True)
    assert not (tmp_path / "heartbeat").exists()
    (tmp_path / "heartbeat").touch()
    os.utime(tmp_path / "heartbeat", (0, 0))
    subprocess.run(command, check=True, capture_output=True)
    # Toolchains may take more than the few minutes between two looks.
    assert abs((tmp_path / "heartbeat").stat().st_mtime - time.time() - 1500) < 60


def test_a_host_without_attempts_has_none(tmp_path: Path) -> None:
    command = attempt_states.states_command(str(tmp_path / "none"), "benchmarks-r1")
    output = subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True).stdout
    assert attempt_states.read_states(output) == ()


def test_what_runs_is_unknown_where_systemd_does_not_answer(tmp_path: Path) -> None:
    root = tmp_path / "runs/r1"
    begin = attempt_states.begin_command(str(root / "1"), "a", "asked", OWN)
    subprocess.run(["sh", "-c", begin], check=True)
    (root / "1/activity").write_text("1 5")
    said = asked(tmp_path, root, '*) echo "Failed to connect to bus: Connection refused" >&2; exit 1 ;;')
    assert said.returncode == 1
    assert said.stderr.endswith("systemd does not say what runs\n")
