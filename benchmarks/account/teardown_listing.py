"""What teardown removes and leaves as text."""

from __future__ import annotations

from benchmarks.runs import agreement
from benchmarks.runs.records import Teardown

AS_LISTED = "As listed."
NOTHING = "Nothing that setup made is here to be removed."


def listing(survey: Teardown, confirmed: bool, asks: bool = False) -> str:
    """What would be removed and what is left, with what to do next, unless the user is asked (`asks`) or has agreed."""
    if agreement.is_shown(survey):
        return AS_LISTED
    if not (survey.removals or survey.left):
        return f"{NOTHING} Looked at: account {survey.account}, region {survey.region}."
    lines = [f"Of what setup makes, in account {survey.account}, region {survey.region}:"]
    lines += [f"  remove   {one.text}" for one in survey.removals]
    lines += [f"  leave    {text}" for text in survey.left]
    if not survey.removals:
        lines.append(NOTHING)
    elif not (confirmed or asks):
        lines.append("Nothing was removed. To remove these, run it again with --yes (Ansible: -e yes=true).")
    return "\n".join(lines)
