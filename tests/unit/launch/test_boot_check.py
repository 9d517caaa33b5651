"""What is found on an instance before anything is installed there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.launch import boot_check

Check = Callable[..., boot_check.BootCheck]
# As cloud-init 25.1 and 19.3 print them.
NEW = """
status: error
extended_status: error - done
boot_status_code: enabled-by-generator
last_update: Thu, 01 Jan 1970 00:11:13 +0000
detail: DataSourceEc2Local
errors:
\t- ('scripts-user', RuntimeError('1 failures'))
recoverable_errors:
WARNING:
\t- Failed to run module scripts-user
\t- Failed to run module scripts-user
"""
OLD = """.....
status: error
time: Thu, 01 Jan 1970 00:11:13 +0000
detail:
('ssh', ProcessExecutionError())
"""
DONE = "\nstatus: done\nextended_status: done\ndetail: DataSourceEc2\nerrors: []\nrecoverable_errors: {}\n"
DEGRADED = "\nstatus: done\nextended_status: degraded done\nerrors: []\nrecoverable_errors:\nWARNING:\n\t- a\n"
REPORTS = "cloud-init on i-1 reports errors, so its image or launch template may lack something: "


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Runs the command with a cloud-init that prints and exits as told, and systemd's file of a scheduled shutdown."""

    def run(
        printed: str | None, status: int = 0, scheduled: str | None = "USEC=1\nMODE=poweroff\n"
    ) -> boot_check.BootCheck:
        (tmp_path / "bin").mkdir()
        if printed is not None:
            (tmp_path / "printed").write_text(printed)
            program = tmp_path / "bin/cloud-init"
            program.write_text(
                f'#!/bin/sh\n[ "$*" = "status --wait --long" ] && cat {tmp_path}/printed; exit {status}\n'
            )
            program.chmod(0o755)
        if scheduled is not None:
            (tmp_path / "scheduled").write_text(scheduled)
        command = boot_check.command().replace("/run/systemd/shutdown/scheduled", str(tmp_path / "scheduled"))
        environment = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.defpath}"}
        done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=True)
        # As from a terminal, and with what a login shell may print.
        return boot_check.read("i-1", "Welcome\r\n" + done.stdout.replace("\n", "\r\n"))

    return run


@pytest.mark.parametrize("printed", [DONE, None])
def test_an_instance_with_a_timer_is_ready(check: Check, printed: str | None) -> None:
    assert check(printed) == boot_check.BootCheck("", "")


@pytest.mark.parametrize("scheduled", [None, "", "USEC=1\nMODE=reboot\n", "USEC=1\nMODE=dry-poweroff\n"])
def test_an_instance_without_a_timer_is_refused(check: Check, scheduled: str | None) -> None:
    assert check(DONE, scheduled=scheduled) == boot_check.BootCheck(
        "",
        "i-1 does not power itself off, so it would run for ever if this machine died: give an image whose cloud-init "
        "is not switched off by --ami, such as Debian's, Ubuntu's or Amazon Linux's.",
    )


@pytest.mark.parametrize(
    ("printed", "status", "warning"),
    [
        (NEW, 1, f"{REPORTS}('scripts-user', RuntimeError('1 failures')); Failed to run module scripts-user"),
        (OLD, 1, f"{REPORTS}('ssh', ProcessExecutionError())"),
        (DEGRADED, 2, f"{REPORTS}a"),
        # Some distributions keep exit status 0 for errors that it recovered from.
        (DEGRADED, 0, f"{REPORTS}a"),
        ("", 3, f"{REPORTS}exit status 3"),
        ("....", 124, "cloud-init on i-1 had not finished after 10 minutes; the run continues."),
    ],
)
def test_what_cloud_init_says_of_errors_is_a_warning(check: Check, printed: str, status: int, warning: str) -> None:
    assert check(printed, status) == boot_check.BootCheck(warning, "")


def test_cloud_init_is_waited_for_no_longer_than_that() -> None:
    words = boot_check.command(1).replace("cloud-init status --wait --long", "sleep 60")
    done = subprocess.run(
        ["sh", "-c", words.replace("command -v cloud-init", "true")], capture_output=True, text=True, timeout=30
    )
    assert "cloud-init 124" in done.stdout
