"""A failed task's result, in a user's words."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.playbook import task_failures


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ({"msg": "There is no suite x."}, "There is no suite x."),
        ({"msg": "Task failed: Action failed: There is no suite x."}, "There is no suite x."),
        ({"msg": "Task failed: Module failed: No bucket."}, "No bucket."),
        ({}, "Unpack failed."),
        (
            {
                "msg": "timed out waiting for ping module test: "
                "Failed to connect to the host via ssh: Connection refused"
            },
            "i-1 does not answer over SSH: Connection refused. Check the host's port, and that its SSH server runs.",
        ),
        (
            {"unreachable": True, "msg": "Failed to connect to the host via ssh: Permission denied (publickey)."},
            "i-1 does not answer over SSH: Permission denied (publickey). Check the login's name and key: ssh has to "
            "log in by them without a password.",
        ),
        (
            {
                "msg": 'timed out waiting for ping module test: Data could not be sent to remote host "i-1". Make sure '
                "this host can be reached over ssh: Host key verification failed."
            },
            "i-1 does not answer over SSH: Host key verification failed. So that ssh knows the machine, log in once by "
            "ssh, by hand and with the same address.",
        ),
        (
            {
                "unreachable": True,
                "msg": "Failed to connect to the host via ssh: @@@@\n"
                "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n@@@@\nHost key verification failed.\n",
            },
            "i-1 does not answer over SSH: Host key verification failed. If the machine was recreated, remove its "
            "old key by ssh-keygen -R, and log in once by ssh, by hand and with the same address.",
        ),
        (
            {"unreachable": True, "msg": "Failed to connect to the host via ssh: ssh: Could not resolve hostname x"},
            "i-1 does not answer over SSH: ssh: Could not resolve hostname x. Check the host's name.",
        ),
        (
            {"msg": "timed out waiting for ping module test: 'ping'"},
            "i-1 answers over SSH, but runs no Python: the login needs a shell, and the machine python3.",
        ),
        (
            {"msg": "Task failed: Missing sudo password"},
            "The login on i-1 may not use sudo without a password, which measuring requires: allow it.",
        ),
        (
            {"unreachable": True},
            "i-1 does not answer over SSH: no connection. Check that it runs, and the network between it and this "
            "machine.",
        ),
        (
            {"msg": "non-zero return code", "rc": 101, "stderr": "\n".join(map(str, range(20)))},
            "Unpack failed with exit status 101.\n" + "\n".join(f"    {number}" for number in range(8, 20)),
        ),
        ({"msg": "Action failed: It failed.", "detail": ["error:", "  why"]}, "It failed.\n    error:\n      why"),
        (
            {"msg": "It failed.", "detail": ["why"], "next": "The whole log is in /r."},
            "It failed.\n    why\nThe whole log is in /r.",
        ),
        ({"msg": "non-zero return code", "rc": 1, "stdout": "why"}, "Unpack failed with exit status 1.\n    why"),
        (
            {
                "msg": "non-zero return code",
                "rc": 1,
                "stderr": "error: no manifest\n\nCaused by:\n  no workspace root\n",
            },
            "Unpack failed with exit status 1: no manifest.\n    Caused by:\n      no workspace root",
        ),
        (
            {
                "msg": "non-zero return code",
                "rc": 1,
                "stdout": "error: no manifest\r\n",
                "stderr": "Shared connection to 192.0.2.7 closed.\r\n",
            },
            "Unpack failed with exit status 1: no manifest.",
        ),
        ({"results": [{"msg": "fine"}, {"failed": True, "msg": "This one."}], "msg": "One or more"}, "This one."),
    ],
)
def test_a_result_becomes_a_sentence(result: dict[str, Any], sentence: str) -> None:
    assert task_failures.sentence("i-1", "Unpack", result) == sentence


def test_a_task_is_called_the_same_with_and_without_its_role() -> None:
    result = {"msg": "non-zero return code", "rc": 1, "stderr": "why"}
    assert task_failures.sentence("i-1", "toolchain : Unpack", result) == task_failures.sentence(
        "i-1", "Unpack", result
    )
