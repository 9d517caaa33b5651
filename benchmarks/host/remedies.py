"""Remedies for known error messages of ssh, Cargo, the compiler and the benchmark harnesses."""

from __future__ import annotations

import re
from collections.abc import Callable

from benchmarks import hints
from benchmarks.host.exit_signals import MORE_MEMORY

Remedy = str | Callable[[str], str]
_RUSTC = re.compile(r"requires rustc (\d+)\.(\d+)")
_FROM_GIT = (
    "What is published on crates.io may lack the benchmarks, or what they need: name the repository as the suite's "
    "source then, by git and ref"
)


def _newer_compiler(text: str) -> str:
    versions = [tuple(map(int, found)) for found in _RUSTC.findall(text)]
    wanted = ".".join(map(str, max(versions))) if versions else "stable"
    return f"Give a newer compiler by --toolchain {wanted}, or the source a Cargo.lock that this one can use."


# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/TroubleshootingInstancesConnecting.html
_NO_WAY = re.compile(r"[Tt]imed out|No route to host|Network is unreachable")


def _not_admitted(_text: str) -> str:
    return (
        f"Its security group may not admit this machine, which {hints.command_line('bench.setup')} mends, or its "
        "subnet gives it no public address or no route to the internet."
    )


_BY_HAND = "log in once by ssh, by hand and with the same address"

# For errors of ssh. The first pattern that matches gives the remedy, here and below.
_OF_SSH: tuple[tuple[re.Pattern[str], Remedy], ...] = (
    (
        re.compile(r"REMOTE HOST IDENTIFICATION HAS CHANGED"),
        f"If the machine was recreated, remove its old key by ssh-keygen -R, and {_BY_HAND}.",
    ),
    (re.compile(r"Host key verification failed"), f"So that ssh knows the machine, {_BY_HAND}."),
    (
        re.compile(r"UNPROTECTED PRIVATE KEY FILE"),
        "Only you may read a private key: chmod 600 does that.",
    ),
    (
        re.compile(r"Permission denied \("),
        "Check the login's name and key: ssh has to log in by them without a password.",
    ),
    (re.compile(r"Could not resolve hostname"), "Check the host's name."),
    (_NO_WAY, "Check the host's address and port, and that no firewall is in between."),
    (re.compile(r"Connection refused"), "Check the host's port, and that its SSH server runs."),
)
# The same for instances that a run has launched.
_NO_CLOUD_INIT = (
    "cloud-init, which sets the login and the host key, has not run there: give an image that has it by --ami, such as "
    "Debian's, Ubuntu's or Amazon Linux's."
)
_OF_LAUNCHED_SSH: tuple[tuple[re.Pattern[str], Remedy], ...] = (
    (re.compile(r"Permission denied \(|Host key verification failed"), _NO_CLOUD_INIT),
    (_NO_WAY, _not_admitted),
    (
        re.compile(r"Connection refused"),
        "It still boots, or its image runs no SSH server at this port: try again, or give another image by --ami or "
        "another port by --ssh-port.",
    ),
)

_REMEDIES: tuple[tuple[re.Pattern[str], Remedy], ...] = (
    (re.compile(r"No space left on device"), "Raise minimum_disk in the suite."),
    (re.compile(r"memory allocation of \d+ bytes failed"), MORE_MEMORY),
    (
        re.compile(
            r"requires rustc|feature `edition\d+` is required|this version of Cargo is older than|"
            r"lock file version .* requires"
        ),
        _newer_compiler,
    ),
    (
        re.compile(r"E0554|may not be used on the stable release channel"),
        'Give a nightly compiler by --toolchain, or set RUSTC_BOOTSTRAP: "1" in the suite\'s environment.',
    ),
    (
        re.compile(r"E0635|unknown feature `"),
        "The source is written for another nightly compiler: give one from that time by --toolchain.",
    ),
    (re.compile(r"requires the features: "), "Name them in the suite's features."),
    (
        re.compile(r"no bench target named|can't find `.*` bench"),
        f"The suite's benches must be [[bench]] targets of the source's Cargo.toml. {_FROM_GIT}.",
    ),
    (re.compile(r"E0463|can't find crate for `"), f"{_FROM_GIT}."),
    (
        re.compile(r"Unrecognized option: '"),
        "The compiler's own harness ran in Criterion's place: put harness = false below the [[bench]] in Cargo.toml.",
    ),
    (
        re.compile(r"unexpected argument '|Found argument '.*' which wasn't expected"),
        "Correct the suite's arguments: this harness does not know them.",
    ),
    (
        re.compile(r"failed to find a workspace root"),
        "Name the workspace's own directory as the suite's source; the member is chosen by package.",
    ),
    (
        re.compile(r"lock file .* needs to be updated but --locked was passed|cannot update the lock file"),
        "The source's Cargo.lock does not fit its Cargo.toml: update it by cargo update in the source.",
    ),
    # An error of curl's, or one of the server's own.
    (
        re.compile(r"download from `[^`]*`\s+Caused by:\s+\[\d+\] |successful HTTP response from `.*, got 5\d\d"),
        "The server of crates does not answer, however often Cargo asks: check the network of the machine, or try "
        "again later.",
    ),
    (
        re.compile(r"failed to run custom build command|linker `.*` not found"),
        "The machine lacks something for it: give an image that has it by --ami, or a machine of yours by --host.",
    ),
)


def of(text: str) -> str:
    """What to do about an error of Cargo, the compiler or a harness, as a sentence; empty if no remedy is known."""
    return _first(_REMEDIES, text)


def of_ssh(text: str) -> str:
    """What to do about an error of ssh, as a sentence; empty if no remedy is known."""
    return _first(_OF_SSH, text)


def of_launched_ssh(text: str) -> str:
    """What to do about an error of ssh to an instance that a run has launched; empty if no remedy is known."""
    return _first(_OF_LAUNCHED_SSH, text)


def _first(remedies: tuple[tuple[re.Pattern[str], Remedy], ...], text: str) -> str:
    remedy = next((remedy for sign, remedy in remedies if sign.search(text)), "")
    return remedy if isinstance(remedy, str) else remedy(text)
