"""The way to the instance is cut, and the run goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.integration.conftest import Account, Tool
from tests.integration.faults.conftest import Faults, check_whole, connection


@pytest.mark.fault("SSH is cut for 5 s", code=0, seconds=90)
def test_a_short_cut_is_not_noticed(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, measures: Callable[[], None]
) -> None:
    run = tool.start(run_id, suite=tool.suite("some", environment={"TINY_SECONDS": "15"}))
    measures()
    faults_met.strikes()
    connection(account, run_id, "closed")
    time.sleep(5)
    connection(account, run_id, "open")
    output, _ = run.communicate(timeout=180)
    faults_met.ends(run.returncode, output)
    check_whole(account, tool, run_id)
