"""Checks, before anything is launched, that a suite's source has the requested version.

What cannot be checked from here is a warning: the host may reach what this machine does not.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping

from benchmarks.errors import RefusedError
from benchmarks.host import crates_index
from benchmarks.runs.records import Source

TIMEOUT = 10.0  # seconds, for the index
GIT_TIMEOUT = 20.0  # seconds
# The index answers so for a crate that does not exist, or was removed:
# https://doc.rust-lang.org/cargo/reference/registry-index.html#nonexistent-crates
_NO_CRATE = (404, 410, 451)
# What only a clone can tell: commits, whole or abbreviated, and git's expressions for revisions:
# https://git-scm.com/docs/gitrevisions
_REVISION = re.compile(r"[0-9A-Fa-f]{4,64}|origin/.*|.*(\^|~|:|@\{).*")
# git must neither ask for a password nor wait for ssh's questions.
_UNATTENDED = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=10"}


def check(source: Source, crates_index_url: str) -> tuple[str, ...]:
    """Warnings about what could not be checked. Raises RefusedError if the source has no such version.

    `crates_index_url` is the address of a sparse index of crates.
    """
    if source.crate and source.ref:
        return _check_crate(source.crate, source.ref, crates_index_url)
    if source.git and source.ref:
        return _check_git(source.git, source.ref)
    return ()


def _check_crate(crate: str, version: str, index: str) -> tuple[str, ...]:
    url = f"{index}/{crates_index.index_path(crate)}"
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            text = answer.read().decode()
    except urllib.error.HTTPError as error:
        if error.code not in _NO_CRATE:
            return (_unchecked(f"{crate} {version}", f"{url} answers {error.code}"),)
        text = ""
    # ValueError: the index has no URL, or its answer is no text.
    except (OSError, http.client.HTTPException, ValueError) as error:
        return (_unchecked(f"{crate} {version}", f"{url} does not answer from here ({_reason(error)})"),)
    try:
        crates_index.checksum(text, crate, version)
    except (KeyError, TypeError, ValueError):
        return (_unchecked(f"{crate} {version}", f"{url} is not an entry of an index of crates"),)
    return ()


def _check_git(repository: str, ref: str) -> tuple[str, ...]:
    try:
        done = subprocess.run(
            ["git", "ls-remote", "--", repository, ref],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=GIT_TIMEOUT,
            env={**_UNATTENDED, **os.environ},
        )
    except subprocess.TimeoutExpired:
        return (_unchecked(ref, f"{repository} does not answer from here within {GIT_TIMEOUT:.0f} seconds"),)
    except OSError:
        return (_unchecked(ref, "git is not installed here"),)
    if done.returncode:
        reason = next(
            (line for line in done.stderr.splitlines() if line.startswith("fatal:")), "fatal: no reason given"
        )
        said = reason.removeprefix("fatal:").strip().rstrip(".")
        return (_unchecked(ref, f"{repository} does not answer from here ({said})"),)
    return judge_refs(repository, ref, _refs(done.stdout.splitlines()))


def judge_refs(repository: str, ref: str, found: Mapping[str, str]) -> tuple[str, ...]:
    """What to warn of about `ref`; `found` has the commit of each reference that `git ls-remote` names for it.

    Raises RefusedError if it is no branch or tag, and cannot be a commit. Commits themselves are not listed:
    https://git-scm.com/docs/git-ls-remote
    """
    if found.keys() & {ref, f"refs/{ref}", f"refs/heads/{ref}", f"refs/tags/{ref}"}:
        return ()
    if _REVISION.fullmatch(ref):
        return (f"The commit {ref} of {repository} can be checked on the instance only.",)
    raise RefusedError(f"{repository} has no branch or tag {ref}: check --ref, or ref in the suite.")


def _refs(lines: Iterable[str]) -> dict[str, str]:
    pairs = (line.split("\t", 1) for line in lines if "\t" in line)
    return {name: commit for commit, name in pairs}


def _unchecked(what: str, why: str) -> str:
    return f"Whether {what} exists could not be checked before the launch: {why}."


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", error)).rstrip(".") or type(error).__name__
