"""What an instance is told at its first boot."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.launch import cloud_init

# EC2 takes 16 KB: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
LIMIT = 16 * 1024
Boot = Callable[..., str]


@given(st.text(), st.text(), st.text(), st.integers(1, 10**6))
def test_keys_arrive_as_they_are_whatever_their_text(login: str, private: str, public: str, lifetime: int) -> None:
    text = cloud_init.cloud_config(login, private, public, lifetime)
    assert text.startswith("#cloud-config\n")
    config = yaml.safe_load(text)
    assert config["ssh_keys"] == {"ed25519_private": private, "ed25519_public": public}
    assert config["users"][1]["ssh_authorized_keys"] == [login]


def test_the_login_user_has_a_name_of_its_own_and_no_password() -> None:
    config = yaml.safe_load(cloud_init.cloud_config("a", "b", "c", 1))
    default, own = config["users"]
    assert (default, own["name"], own["lock_passwd"]) == ("default", "benchmarks", True)
    assert (config["ssh_pwauth"], config["disable_root"], config["ssh_deletekeys"]) == (False, True, True)


def test_the_instance_switches_itself_off_at_every_boot() -> None:
    (file,) = yaml.safe_load(cloud_init.cloud_config("a", "b", "c", 240))["write_files"]
    assert file["path"].startswith("/var/lib/cloud/scripts/per-boot/")
    assert file["permissions"] == "0755"
    assert file["content"] == cloud_init.power_off_script(240)
    # An instance of an image made from this one must not find the time of this one.
    assert "noted=/var/lib/cloud/instance/" in file["content"]


@pytest.fixture
def boot(tmp_path: Path) -> Boot:
    """Boots at a time: runs the script of a lifetime of 240 minutes, and gives what `shutdown` was called with."""

    def run(now: int, noted: str | None = None, ps: str = "echo '      0'") -> str:
        for name, body in (("date", f"echo {now}"), ("shutdown", 'echo "$@"'), ("ps", ps)):
            program = tmp_path / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(f"#!/bin/sh\n{body}\n")
            program.chmod(0o755)
        if noted is not None:
            (tmp_path / "noted").write_text(noted)
        script = cloud_init.power_off_script(240, str(tmp_path / "noted"))
        path = f"{tmp_path / 'bin'}{os.pathsep}{os.defpath}"
        return subprocess.run(["sh"], input=script, env={"PATH": path}, capture_output=True, text=True).stdout

    return run


@pytest.mark.parametrize(
    ("later", "left"),
    [(0, 240), (59, 240), (60, 239), (239 * 60, 1), (240 * 60 - 1, 1), (240 * 60, 1), (9999 * 60, 1)],
)
def test_a_reboot_leaves_what_is_left_of_the_lifetime(boot: Boot, later: int, left: int) -> None:
    assert boot(1_800_000_000) == "-P +240\n"
    assert boot(1_800_000_000 + later) == f"-P +{left}\n"


@pytest.mark.parametrize(
    ("ps", "left"),
    [
        ("echo '  660'", 229),
        ("echo 15", 240),
        ("echo 99999", 1),
        *((unknown, 240) for unknown in ("exit 1", "echo soon", "echo 089", "echo -1")),
    ],
)
def test_the_lifetime_begins_when_the_system_does(boot: Boot, ps: str, left: int) -> None:
    assert boot(1_800_000_000, ps=ps) == f"-P +{left}\n"
    assert boot(1_800_000_000 + 60, ps="echo 5") == f"-P +{max(1, left - 1)}\n"


@pytest.mark.parametrize(
    "noted", ["", "\n", "soon\n", "-1\n", "089\n", "1800000000\n1\n", "1" * 40, "99999999999\n", "$(reboot)"]
)
def test_a_damaged_note_leaves_the_whole_lifetime_and_is_written_anew(boot: Boot, noted: str) -> None:
    assert boot(1_800_000_000, noted) == "-P +240\n"
    assert boot(1_800_000_000 + 600) == "-P +230\n"


def test_a_note_that_cannot_be_written_does_not_keep_the_timer_from_being_set(boot: Boot, tmp_path: Path) -> None:
    (tmp_path / "noted.new").mkdir()
    assert boot(1_800_000_000) == "-P +240\n"


def test_the_largest_usual_keys_fit_into_what_ec2_takes() -> None:
    rsa_8192, ed25519 = "ssh-rsa " + "A" * 1420, "A" * 500
    assert len(base64.b64encode(cloud_init.cloud_config(rsa_8192, ed25519, ed25519, 1).encode())) < LIMIT
