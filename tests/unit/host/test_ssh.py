"""Paths in ssh's options, as ssh itself reads them."""

from __future__ import annotations

import re
import subprocess

import pytest

from benchmarks.errors import RefusedError
from benchmarks.host import ssh


def read_by_ssh(option: str) -> str:
    """The file of host keys that ssh would use."""
    shown = subprocess.run(["ssh", "-G", "-F", "none", "-o", option, "box"], check=True, capture_output=True, text=True)
    (line,) = (line for line in shown.stdout.splitlines() if line.startswith("userknownhostsfile "))
    return line.partition(" ")[2]


@pytest.mark.parametrize(
    "path",
    [
        "/home/me/runs/r1",
        "/my runs/r1",
        "/läufe/r1",
        "/it's/r1",
        "/a  b/r1",
        "/a#b/r1",
        "/a,b=c;d&e/r1",
        "/$HOME/r1",
        "/~/r1",
    ],
)
def test_ssh_reads_the_path_that_was_given(path: str) -> None:
    assert read_by_ssh(ssh.option("UserKnownHostsFile", path)) == path


def test_a_plain_path_has_no_quotes() -> None:
    assert ssh.option("IdentityFile", "/home/me/k-1.pem") == "IdentityFile=/home/me/k-1.pem"


def test_percent_signs_are_not_expanded() -> None:
    assert ssh.literal("/100%/%h") == "/100%%/%%h"
    assert read_by_ssh(ssh.option("UserKnownHostsFile", "/100% sure")) == "/100% sure"


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ('/a"b', "a double quote"),
        ("/a\\b", "a backslash"),
        ("/${HOME}/k", "${"),
        ("/a\nb", "a control character"),
        ('/"\\', "a double quote and a backslash"),
    ],
)
def test_a_path_that_ssh_has_no_way_to_write_is_refused(path: str, what: str) -> None:
    sentence = f"ssh cannot be given the path {path!r}, since it has {what}: use a path without, "
    with pytest.raises(RefusedError, match=f"^{re.escape(sentence)}"):
        ssh.option("UserKnownHostsFile", path)
