"""What setup found, as text: the checks, and what the account has and lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.doctor.examination import PARTS, Examination
from benchmarks.runs import agreement
from benchmarks.runs.records import Check, Setup

STORAGE_PRICE = "about $0.025 a GB and month"
MARKS = {"ok": "ok", "failed": "failed", "unknown": "-"}
NOTHING_CREATED = "Nothing was created."
CREATE = "To create what is missing, run it again with --yes (Ansible: -e yes=true)."
HAVE_CREATED = "What is missing is to be created by somebody who may do that, with --yes."
MEND = "What failed is to be mended as said beside it."
AS_LISTED = "As listed."
CREATED = "Created. Everything is there."
CREATED_ONLY = "Created. Runs cannot begin yet: mend what failed, as said beside it."
INCOMPLETE = "Without that nothing can be created: mend what failed as said beside it, and run it again."


def listing(found: Examination, region: str) -> str:
    """Everything that was found, one line each, unless the user has just agreed to it."""
    setup = found.setup
    if setup and agreement.is_shown(setup):
        return AS_LISTED
    where = f"account {setup.account}, region {setup.region}" if setup else f"region {region}"
    lines = [f"What runs need in {where}:", *map(line, found.checks)]
    if setup:
        lines += _of_account(setup, found.checks)
    return "\n".join(lines)


def line(check: Check) -> str:
    return _line(MARKS[check.result], f"{check.name}: {check.text}")


def _line(mark: str, text: str) -> str:
    return f"  {mark:<7}  {text}"


def _of_account(setup: Setup, checks: Iterable[Check]) -> Iterator[str]:
    yield from (_line("there" if need.exists else "missing", need.text) for need in setup.needs)
    yield from (_line("note", note) for note in setup.notes)
    if setup.outdated and not setup.missing:
        yield _line("note", f"To take back {', '.join(setup.outdated)}, run it with --yes (Ansible: -e yes=true).")
    if not setup.missing:
        if not setup.can_create:
            yield "Nothing is missing of what could be looked at."
        else:
            yield "Nothing is missing." if _failed(checks) else "Everything is there."
    else:
        yield f"It costs nothing but what the bucket stores: {STORAGE_PRICE}."


def obstacle(found: Examination, confirmed: bool) -> str:
    """Why setup cannot go on, as a sentence for the user; empty if it can.

    What it may not look at is in the way only if it is to create what is missing (`confirmed`).
    """
    if found.setup and (not confirmed or found.setup.can_create):
        return ""
    return INCOMPLETE


def problem(setup: Setup, confirmed: bool, asks: bool = False) -> str:
    """Why an account is not ready for runs and what to do, as a text for the user; empty if it is ready.

    With `confirmed`, setup was asked to create what is missing, which is then no problem; nor is what failed, since who
    sets up an account need not be who runs. With `asks`, the user is asked about what can be created.
    """
    failed = _failed(setup.checks)
    if confirmed or not (failed or setup.missing):
        return ""
    if asks and setup.missing and setup.can_create:
        return MEND if failed else ""
    create = HAVE_CREATED if _is_for_others(setup.checks) else CREATE
    return " ".join([NOTHING_CREATED, *([MEND] if failed else []), *([create] if setup.missing else [])])


def created(setup: Setup, rehearsed: Check | None) -> str:
    """What is said once everything was created; `rehearsed` is the launch, if that was asked about again."""
    again = [rehearsed] if rehearsed else []
    asked = {check.name for check in again}
    checks = [*(check for check in setup.checks if check.name not in asked), *again]
    return "\n".join([CREATED_ONLY if _failed(checks) else CREATED, *map(line, again)])


def _failed(checks: Iterable[Check]) -> bool:
    return any(check.result == "failed" for check in checks)


def _is_for_others(checks: Iterable[Check]) -> bool:
    """Whether the user lacks permissions for creating what is missing, or for looking at a part of it."""
    return any(
        (check.name, check.result) == ("creating", "failed")
        or (check.name in PARTS.values() and check.result == "unknown")
        for check in checks
    )
