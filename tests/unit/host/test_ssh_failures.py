"""Why a host does not answer over SSH, as the user is told it."""

from __future__ import annotations

import pytest

from benchmarks.host import ssh_failures

ANSIBLE = "Task failed: Failed to connect to the host via ssh: "
REFUSED = "a@192.0.2.1: Permission denied (publickey)."


@pytest.mark.parametrize(
    ("said", "launched", "own"),
    [
        (
            "ssh: connect to host 192.0.2.1 port 22: Connection timed out",
            "Its security group may not admit this machine, which ./inv bench.setup mends, or its subnet gives it no "
            "public address or no route to the internet.",
            "Check the host's address and port, and that no firewall is in between.",
        ),
        (
            "ssh: connect to host 192.0.2.1 port 22: Connection refused",
            "It still boots, or its image runs no SSH server at this port: try again, or give another image by --ami "
            "or another port by --ssh-port.",
            "Check the host's port, and that its SSH server runs.",
        ),
        (
            REFUSED.removesuffix("."),
            "cloud-init, which sets the login and the host key, has not run there: give an image that has it by "
            "--ami, such as Debian's, Ubuntu's or Amazon Linux's.",
            "Check the login's name and key: ssh has to log in by them without a password.",
        ),
        (
            "Host key verification failed",
            "cloud-init, which sets the login and the host key, has not run there: give an image that has it by "
            "--ami, such as Debian's, Ubuntu's or Amazon Linux's.",
            "So that ssh knows the machine, log in once by ssh, by hand and with the same address.",
        ),
    ],
)
def test_the_cause_is_told_with_what_to_do(said: str, launched: str, own: str) -> None:
    message = f"{ANSIBLE}Warning: something\r\n{said}\r\n"
    assert ssh_failures.sentence("i-1", message, launched=True) == f"i-1 does not answer over SSH: {said}. {launched}"
    assert ssh_failures.sentence("i-1", message) == f"i-1 does not answer over SSH: {said}. {own}"


def test_ssh_has_the_last_word_if_the_cause_is_not_known() -> None:
    message = f"{ANSIBLE}one\ntwo\n"
    assert ssh_failures.sentence("i-1", message, launched=True) == (
        "i-1 does not answer over SSH: two. Check that it runs, and the network between it and this machine."
    )


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        (["Connection refused", "timed out"], "timed out"),
        (["Connection refused", REFUSED, "Connection closed"], REFUSED),
        ([], ""),
    ],
)
def test_a_refused_login_says_more_than_a_connection_closed_after_it(messages: list[str], told: str) -> None:
    assert ssh_failures.telling(messages) == told


def test_a_host_that_is_about_to_switch_itself_off_says_so() -> None:
    said = (
        'Failed to connect to the host via ssh: "System is going down. Unprivileged users are not permitted to log in '
        'anymore. For technical details, see pam_nologin(8)."\n\nConnection closed by 192.0.2.7 port 22'
    )
    assert "System is going down" in ssh_failures.sentence("i-1", said, launched=True)


@pytest.mark.parametrize(
    ("said", "told"), [("Failed to get\r\n properties.\n", "Failed to get properties"), ("\n", "nothing")]
)
def test_a_host_that_answers_and_does_not_tell_is_said_to(said: str, told: str) -> None:
    untold = ssh_failures.untold("i-1", "how u is", said)
    assert untold == f"i-1 answers over SSH, but does not tell how u is: {told}."
