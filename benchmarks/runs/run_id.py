"""Run ids: generating and checking them."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from functools import cache

from benchmarks.errors import RefusedError

# Without letters and digits that are easily confused.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")


def new_id(now: datetime) -> str:
    """A new run id, which sorts by time and ends with random characters: `20260519-081500-k3f9`."""
    return f"{now:%Y%m%d-%H%M%S}-{''.join(secrets.choice(_ALPHABET) for _ in range(4))}"


def is_valid(run_id: str) -> bool:
    """Whether `run_id` can be used in names of directories, tags, keys and systemd units."""
    return bool(_ID.fullmatch(run_id))


def check_id(run_id: str) -> str:
    """Return `run_id`. Raises RefusedError if it cannot be used in names of directories, tags and systemd units."""
    if not is_valid(run_id):
        raise RefusedError(
            f"run_id must be 1 to 48 lowercase letters, digits and inner hyphens, such as 20260519-081500-k3f9, "
            f"not {run_id!r}."
        )
    return run_id


@cache
def id_of_this_process() -> str:
    return new_id(datetime.now(UTC))


def group_name(run_id: str) -> str:
    """The name that the dynamic inventory gives to the group of a run's instances."""
    return "run_" + run_id.replace("-", "_")
