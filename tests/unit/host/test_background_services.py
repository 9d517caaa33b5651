"""Services that a unit stops for its time, on a machine whose systemd says what it is told to."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.host import background_services, systemd_units

# Keeps a file for each active service. It cannot stop those that are `stubborn`; what is `brief` ends by itself, as any
# does whose state is asked for twice.
SYSTEMCTL = """\
#!/bin/sh
cd "$(dirname "$0")/../active" || exit 1
echo "$@" >> ../told
case $1 in
  is-active)
    shift
    [ "$1" != --quiet ] || { shift; [ -e "$1" ]; exit; }
    for unit in "$@"; do
      if [ -e "$unit" ]; then echo activating; else echo inactive; fi
      if [ "$(cat "$unit" 2>/dev/null)" = brief ]; then rm "$unit"; elif [ -e "$unit" ]; then echo brief > "$unit"; fi
    done
    exit 3 ;;
  stop) shift; for unit in "$@"; do [ "$(cat "$unit")" = stubborn ] || rm "$unit"; done ;;
  start) shift 2; touch "$@" ;;
esac
"""


@dataclass(frozen=True)
class Host:
    """A directory for each of the host's."""

    root: Path

    @property
    def active(self) -> set[str]:
        return {path.name for path in (self.root / "active").iterdir()}

    @property
    def told(self) -> list[str]:
        return (self.root / "told").read_text().splitlines()

    def run(self, name: str, wait: int = 5) -> None:
        """Run the commands of a property, in their order, as systemd does: it reads words as a shell does here."""
        given = background_services.properties("one", str(self.root / "a file"), wait)
        commands = [value for key, value in given if key == name]
        (file,) = [value for key, value in given if key == "Environment"]
        path = f"{self.root / 'bin'}{os.pathsep}{os.defpath}"
        for command in commands:
            assert command.startswith("-")
            words = shlex.split(command.lstrip("-+").replace("/run/", f"{self.root}/"))
            subprocess.run(words, env={"PATH": path, **dict([file.split("=", 1)])}, check=False, timeout=30)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    for name in ("active", "bin"):
        (tmp_path / name).mkdir()
    (tmp_path / "bin/systemctl").write_text(SYSTEMCTL)
    (tmp_path / "bin/systemctl").chmod(0o755)
    return Host(tmp_path)


def test_what_was_active_is_stopped_named_and_started_again(host: Host) -> None:
    others = {"ssh.service", "snapd.apparmor.service"}
    for name in ("apt-daily.timer", "snapd.service", *others):
        (host.root / "active" / name).touch()
    host.run("ExecStartPre")
    assert host.active == others
    assert background_services.read((host.root / "a file").read_text()) == ("apt-daily.timer", "snapd.service")
    host.run("ExecStopPost")
    assert host.active == others | {"apt-daily.timer", "snapd.service"}
    assert not (host.root / "one.stopped").exists()


def test_what_cannot_be_stopped_is_not_claimed(host: Host) -> None:
    (host.root / "active/apt-daily.timer").touch()
    (host.root / "active/snapd.service").write_text("stubborn")
    host.run("ExecStartPre")
    assert background_services.read((host.root / "a file").read_text()) == ("apt-daily.timer",)


def test_a_host_without_any_of_them_is_left_as_it_is(host: Host) -> None:
    host.run("ExecStartPre")
    host.run("ExecStopPost")
    assert not [line for line in host.told if line.split()[0] in ("stop", "start")]
    assert background_services.read((host.root / "a file").read_text()) == ()


def test_the_end_of_an_update_is_waited_for(host: Host) -> None:
    (host.root / "active/apt-daily-upgrade.service").touch()
    host.run("ExecStartPre")
    assert host.active == set()
    assert not [line for line in host.told if line.startswith("stop")]


def test_an_update_that_does_not_end_is_not_waited_for_for_ever(host: Host) -> None:
    (host.root / "active/apt-daily-upgrade.service").mkdir()
    host.run("ExecStartPre", wait=1)
    assert host.active == {"apt-daily-upgrade.service"}


def test_a_host_without_systemctl_does_not_fail_and_claims_nothing(host: Host) -> None:
    (host.root / "bin/systemctl").write_text("#!/bin/sh\nexit 1\n")
    host.run("ExecStartPre")
    host.run("ExecStopPost")
    assert not (host.root / "a file").read_text()


def test_only_names_of_services_that_are_ever_stopped_are_read() -> None:
    assert background_services.read("apt-daily.timer\n<b>\nsnapd.service\napt-daily.timer\nssh.service\n") == (
        "apt-daily.timer",
        "snapd.service",
    )


@pytest.mark.parametrize("stopped", ["", "/home/b/stopped-services"])
def test_only_a_unit_with_a_file_for_their_names_stops_services(stopped: str) -> None:
    unit = systemd_units.Unit("one", ("true",), {}, "/home/b", "/home/b/log", "/home/b/status", 60, stopped)
    words = shlex.split(systemd_units.start_command(unit, "python3"))
    assert bool([word for word in words if "systemctl stop" in word]) is bool(stopped)
    # The result is written last: whoever reads it finds the services started again.
    assert "SERVICE_RESULT" in [word for word in words if word.startswith("--property=ExecStopPost=")][-1]


def test_what_a_timer_or_socket_would_start_again_is_stopped_or_waited_for_too() -> None:
    assert "snapd.socket" in background_services.STOPPED
    started = {
        name.removesuffix(".timer") + ".service" for name in background_services.STOPPED if name.endswith(".timer")
    }
    assert started <= {*background_services.AWAITED, *background_services.STOPPED}
