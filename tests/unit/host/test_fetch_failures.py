"""What is said when a toolchain or a source cannot be fetched."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.host import fetch_failures

URL = "https://example.org/file"
REPOSITORY = "https://example.org/one.git"
NETWORK = "Check the network of the machine."
WRONG = "Check the name and version asked for, or try again."
TOOLCHAIN = "Check its name, and the network of the machine."
REF = "Check --ref, or ref in the suite."


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (
            {"msg": "The checksum for /home/me/.ansible/tmp/x/file did not match aa11; it was bb22."},
            f"{URL} is not what its checksum says: SHA-256 bb22 instead of aa11. Try again.",
        ),
        ({"msg": "Request failed", "status_code": 404}, f"{URL} cannot be downloaded: the server answers 404. {WRONG}"),
        ({"msg": "Status code was 503", "status": 503}, f"{URL} cannot be downloaded: the server answers 503. {WRONG}"),
        (
            {"msg": "Request failed: <urlopen error [Errno 111] Connection refused>", "status_code": -1},
            f"{URL} cannot be downloaded: [Errno 111] Connection refused. {NETWORK}",
        ),
        (
            {
                "msg": "Status code was -1 and not [200]: Request failed: <urlopen error [Errno 111] Refused>",
                "status": -1,
            },
            f"{URL} cannot be downloaded: [Errno 111] Refused. {NETWORK}",
        ),
        ({"msg": ""}, f"{URL} cannot be downloaded: no reason given. {NETWORK}"),
    ],
)
def test_a_download_that_failed_names_the_address_and_the_reason(result: dict[str, Any], sentence: str) -> None:
    assert fetch_failures.download({**result, "url": URL}) == sentence


def test_what_another_task_says_is_said_as_it_is() -> None:
    assert (
        fetch_failures.download({"msg": "There is no crate one on crates.io."}) == "There is no crate one on crates.io."
    )


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("info: syncing\nerror: no release found for 'nightly-1'\n", "no release found for 'nightly-1'."),
        (
            "info: update not yet available, sorry! try again later\nerror: toolchain 'nightly-1' is not installable",
            "the channel's manifest is not what its checksum says.",
        ),
        (
            "error: error: invalid value 'nightly-1' for '<name>': odd\n\nFor more information, try '--help'.\n: odd",
            "invalid value 'nightly-1' for '<name>': odd.",
        ),
        ("warning: odd\nerror: first\nerror: second.", "second."),
        ("Killed", "Killed."),
        ("", "no reason given."),
    ],
)
def test_rustup_that_failed_names_the_toolchain_the_server_and_the_reason(stderr: str, reason: str) -> None:
    said = fetch_failures.rustup({"stderr": stderr}, "nightly-1", "https://example.org")
    assert said == f"rustup cannot install the toolchain nightly-1 from https://example.org: {reason} {TOOLCHAIN}"


@pytest.mark.parametrize(
    "result",
    [
        {
            "msg": "Failed to checkout nosuch",
            "stderr": "error: pathspec 'nosuch' did not match any file(s) known to git",
        },
        {"msg": "Failed to checkout nosuch", "stderr": "fatal: reference is not a tree: nosuch"},
        {"msg": "Failed to checkout nosuch", "stderr": "fatal: unable to read tree (nosuch)"},
    ],
)
def test_a_ref_that_there_is_not_is_said_to_be_missing(result: dict[str, Any]) -> None:
    assert (
        fetch_failures.git(result, REPOSITORY, "nosuch") == f"{REPOSITORY} has no branch, tag or commit nosuch. {REF}"
    )


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (
            {"msg": "Cloning into 'x'...\nfatal: unable to access 'https://example.org/': Could not resolve host.\n"},
            "unable to access 'https://example.org/': Could not resolve host.",
        ),
        ({"msg": 'Failed to find required executable "git".'}, 'Failed to find required executable "git".'),
        ({}, "no reason given."),
    ],
)
def test_a_repository_that_cannot_be_fetched_is_named_with_the_reason(result: dict[str, Any], reason: str) -> None:
    assert (
        fetch_failures.git(result, REPOSITORY, "main")
        == f"{REPOSITORY} cannot be fetched: {reason} Check its address, and the network of the machine."
    )
