"""Why a toolchain or a source could not be fetched, as one sentence, from the result of the failed Ansible task."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

TaskResult = Mapping[str, Any]  # the result of a failed Ansible task
_NETWORK = "Check the network of the machine."
_MISMATCH = re.compile(r"checksum for .* did not match (?P<wanted>\w+); it was (?P<got>\w+)")
# Errors about the command line repeat the word.
_ERROR = re.compile(r"(error: *)+")
# The prefixes of uri and get_url.
_PREFIX = re.compile(r"(Status code was -?\d+ and not \[[^]]*\]: )?(Request failed: )?")
_ABSENT_REF = ("did not match any file", "unable to read tree", "not a valid object", "reference is not a tree")


def download(result: TaskResult) -> str:
    """Why a download failed, from a failed get_url or uri task; for any other task, its message."""
    message = str(result.get("msg") or "")
    url = result.get("url")
    if not url:
        return message
    if match := _MISMATCH.search(message):
        return f"{url} is not what its checksum says: SHA-256 {match['got']} instead of {match['wanted']}. Try again."
    status = result.get("status_code") or result.get("status")
    if isinstance(status, int) and status >= 400:
        wrong = "Check the name and version asked for, or try again."
        return f"{url} cannot be downloaded: the server answers {status}. {wrong}"
    return f"{url} cannot be downloaded: {_plain(message)}. {_NETWORK}"


def rustup(result: TaskResult, toolchain: str, server: str) -> str:
    """Why rustup could not install `toolchain`, from the result of the failed command."""
    lines = [line.strip() for line in str(result.get("stderr") or result.get("msg") or "").splitlines()]
    errors = [_ERROR.sub("", line) for line in lines if _ERROR.match(line)]
    # rustup's message for a manifest that does not match its checksum.
    if any("update not yet available" in line for line in lines):
        reason = "the channel's manifest is not what its checksum says"
    else:
        reason = errors[-1] if errors else next((line for line in reversed(lines) if line), "no reason given")
    told = f"rustup cannot install the toolchain {toolchain} from {server}: {reason.rstrip('.')}."
    return f"{told} Check its name, and the network of the machine."


def git(result: TaskResult, repository: str, ref: str) -> str:
    """Why `ref` of `repository` could not be checked out, from a failed git task."""
    said = "\n".join(str(result.get(key) or "") for key in ("msg", "stderr"))
    if any(words in said for words in _ABSENT_REF):
        return f"{repository} has no branch, tag or commit {ref}. Check --ref, or ref in the suite."
    fatal = [line.strip() for line in said.splitlines() if line.strip().startswith("fatal:")]
    reason = fatal[0].removeprefix("fatal:").strip() if fatal else _plain(said)
    return f"{repository} cannot be fetched: {reason.rstrip('.')}. Check its address, and the network of the machine."


def _plain(message: str) -> str:
    """An Ansible module's message without its prefix and Python's angle brackets."""
    text = _PREFIX.sub("", " ".join(message.split()))
    return re.sub(r"<urlopen error (.*?)>", r"\1", text).rstrip(".") or "no reason given"
