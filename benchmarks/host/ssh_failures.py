"""Why a host does not answer over SSH, as a sentence for users, from what Ansible says of the failed connection."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchmarks.host import remedies

# What Ansible puts before ssh's own message, alone or after each other.
_PREAMBLE = re.compile(
    r"Task failed: |Action failed: |timed out waiting for ping module test:? ?|"
    r"Failed to connect to the host via ssh: |Data could not be sent to remote host \".*?\"\. "
    r"Make sure this host can be reached over ssh: "
)
# In every sentence about a host that does not answer.
UNANSWERED = "does not answer over SSH"
# Ansible's message if its ping module gave no answer: a KeyError.
_SILENT = "'ping'"
# https://man7.org/linux/man-pages/man8/pam_nologin.8.html: from five minutes before a scheduled power-off on.
_GOING_DOWN = re.compile(r"System is going down|Unprivileged users are not permitted")
_UNKNOWN = "Check that it runs, and the network between it and this machine."
_REFUSED_LOGIN = re.compile(r"Permission denied \(|Host key verification failed")


def sentence(host: str, message: str, launched: bool = False) -> str:
    """Why `host` does not answer, from Ansible's `message`: ssh's last line, with a remedy if it is a known one.

    `launched` tells instances of a run, whose login and host key cloud-init sets, from machines of the user's own.
    """
    whole = _PREAMBLE.sub("", message).strip() or "no connection."
    if whole == _SILENT:
        return f"{host} answers over SSH, but runs no Python: the login needs a shell, and the machine python3."
    lines = [line.strip() for line in whole.splitlines()]
    said = next((line for line in lines if _GOING_DOWN.search(line)), lines[-1])
    remedy = remedies.of_launched_ssh(whole) if launched else remedies.of_ssh(whole)
    return f"{host} {UNANSWERED}: {said.removesuffix('.')}. {remedy or _UNKNOWN}"


def untold(host: str, what: str, said: str) -> str:
    """That `host` answers, but does not tell `what`, with what it `said` instead."""
    return f"{host} answers over SSH, but does not tell {what}: {' '.join(said.split()).rstrip('.') or 'nothing'}."


def unheard(sentence: str) -> str:
    """What is said of one of several hosts that does not tell what it is at, with the `sentence` that says why."""
    return f"{sentence} EC2 does not say that it is gone, so it is left as it is: come back to it in a while."


def stopped(unit: str, told: str, *, left: bool) -> str:
    """That a host answers no more on which `unit` was followed. `left` is whether that was left to itself.

    `told` is what there is of its log.
    """
    since = f"The host stopped answering over SSH while {unit} ran there. {told}"
    if left:
        return (
            f"{since} EC2 does not say that it is gone, so it is left measuring: check the network between it and this "
            "machine, and come back to it."
        )
    return f"{since} Check the network between it and this machine."


def unfollowed(untold: str, told: str, *, left: bool) -> str:
    """What is said where `untold` does not pass: `told` is what there is of the log, `left` as for `stopped`."""
    if left:
        return f"{untold} {told} EC2 does not say that it is gone, so it is left measuring: come back to it in a while."
    return f"{untold} {told} Mend that on the machine, or use another."


def telling(messages: Sequence[str]) -> str:
    """The message that says most, of those of several tries to connect: the last, unless a login was refused before.

    After a few refused logins sshd closes every connection for a while, without a reason (PerSourcePenalties in
    https://man.openbsd.org/sshd_config).
    """
    refused = [message for message in messages if _REFUSED_LOGIN.search(message)]
    return next(reversed(refused or messages), "")
