"""What a command tells the playbook that it runs: that it asks the user itself, and what the user has agreed to.

By variables of the environment, since these are no parameters of the playbook: whoever runs that directly is not asked.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping

from benchmarks.runs import record_files
from benchmarks.runs.records import Record

_ASKS = "BENCHMARKS_ASKS"
_AGREED = "BENCHMARKS_AGREED"

# For a playbook whose command asks afterwards.
ASKING: Mapping[str, str] = {_ASKS: "1"}


def agreed(record: Record) -> Mapping[str, str]:
    """For a playbook that does what the user was shown, of which `record` was found."""
    return {_AGREED: _digest(record)}


def asks() -> bool:
    """Whether the command that has run this playbook will ask, so that nobody need be told how to go on."""
    return _ASKS in os.environ


def is_shown(record: Record) -> bool:
    """Whether the user has just been shown exactly this, and need not be shown it again."""
    return os.environ.get(_AGREED) == _digest(record)


def _digest(record: Record) -> str:
    return hashlib.sha256(json.dumps(record_files.plain(record), sort_keys=True).encode()).hexdigest()
