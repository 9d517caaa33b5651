"""The kinds of failure, with their exit codes. The message of each is a sentence for the user."""

from __future__ import annotations

from typing import ClassVar

# The exit code of a refused request, also where no exception of these is raised.
REFUSED = 2


class RefusedError(Exception):
    """The request cannot be carried out as given; nothing was started."""

    exit_code: ClassVar[int] = REFUSED


class FailedError(Exception):
    """The run was started and failed."""

    exit_code: ClassVar[int] = 1


class PartlyFailedError(FailedError):
    """The run was started, and some of its hosts have failed, while others have not."""

    exit_code: ClassVar[int] = 4


class BeyondLimitError(Exception):
    """What was asked for was done, and its result is beyond a limit that the user has set."""

    exit_code: ClassVar[int] = 3
