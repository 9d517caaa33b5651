"""The two kinds of failure. The message of each is a sentence for the user."""

from __future__ import annotations

# Exit codes.
REFUSED = 2
FAILED = 1


class RefusedError(Exception):
    """The request cannot be carried out as given; nothing was started. Exit code 2."""


class FailedError(Exception):
    """The run was started and failed. Exit code 1."""
