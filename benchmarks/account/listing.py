"""What setup says of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STORAGE_PRICE = "about $0.025 a GB and month"


def listing(survey: Mapping[str, Any], confirmed: bool) -> str:
    """A survey for the user, and how to go on."""
    lines = [f"What runs need in account {survey['account']}, region {survey['region']}:"]
    for part in survey["parts"]:
        lines.append(f"  {'there  ' if part['there'] else 'missing'}  {part['text']}")
    lines += [f"  note     {note}" for note in survey["notes"]]
    if not survey["missing"]:
        lines.append("Everything is there.")
    else:
        lines.append(f"It costs nothing but what the bucket stores: {STORAGE_PRICE}.")
    if survey["missing"] and not confirmed:
        lines.append("Nothing was created. To create what is missing, run it again with --yes (Ansible: -e yes=true).")
    return "\n".join(lines)
