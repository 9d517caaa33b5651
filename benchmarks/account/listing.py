"""The survey of an account as text."""

from __future__ import annotations

from benchmarks.runs.records import Setup

STORAGE_PRICE = "about $0.025 a GB and month"


def listing(survey: Setup, confirmed: bool) -> str:
    """A survey as text for the user, with what to do next."""
    lines = [f"What runs need in account {survey.account}, region {survey.region}:"]
    lines += [f"  {'there  ' if need.exists else 'missing'}  {need.text}" for need in survey.needs]
    lines += [f"  note     {note}" for note in survey.notes]
    if not survey.missing:
        lines.append("Everything is there.")
    else:
        lines.append(f"It costs nothing but what the bucket stores: {STORAGE_PRICE}.")
    if survey.missing and not confirmed:
        lines.append("Nothing was created. To create what is missing, run it again with --yes (Ansible: -e yes=true).")
    return "\n".join(lines)
