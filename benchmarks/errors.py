"""The kinds of failure, with their exit codes. The message of each is a sentence for the user."""

from __future__ import annotations

# Exit codes.
REFUSED = 2
FAILED = 1
BEYOND_LIMIT = 3


class RefusedError(Exception):
    """The request cannot be carried out as given; nothing was started. Exit code 2."""


class FailedError(Exception):
    """The run was started and failed. Exit code 1."""


class BeyondLimitError(Exception):
    """What was asked for was done, and its result is beyond a limit that the user has set. Exit code 3."""
