"""Every process of a run is killed at a random moment: whoever comes back gets the whole result."""

from __future__ import annotations

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.conftest import Account, Tool
from tests.integration.faults.conftest import Faults, Row, check_nothing_is_left
from tests.integration.faults.killed import Killed, check_brought_back

ANY = "Every process is killed at a random moment"
LATEST = 35.0  # seconds after its begin, at which a run that shares the machine with two others has mostly ended
MOMENTS = 10


def bring_back(account: Account, place: Path, row: Row, moment: float) -> bool:
    """Begin a run, kill it a moment (seconds) after its id was shown, and come back to it.

    Returns whether the run still went on then.
    """
    run_id = f"it-{moment:.0f}s-{uuid.uuid4().hex[:6]}"
    tool = Tool(account, place / run_id)
    tool.runs.mkdir()
    run = Killed(tool, run_id, tool.start(run_id))
    run.wait(f"Run {run_id}")
    threading.Event().wait(moment)
    went_on = run.goes_on
    run.kill()
    fault = Faults({ANY: row}, [run_id])
    fault.strikes()
    check_brought_back(tool, run_id, fault)
    check_nothing_is_left(account, run_id)
    return went_on


@pytest.mark.timeout(900)
@pytest.mark.fault("Every process is killed at a random moment", code=0, seconds=300)
def test_at_whatever_moment_all_is_killed_the_run_is_brought_back_whole(
    request: pytest.FixtureRequest, account: Account, tmp_path: Path
) -> None:
    row = Row(**request.node.get_closest_marker("fault").kwargs)
    drawn = random.SystemRandom()
    # One in each part of the time, since they could all fall into one stage.
    moments = [drawn.uniform(part, part + 1) * LATEST / MOMENTS for part in range(MOMENTS)]
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(bring_back, account, tmp_path, row, moment) for moment in moments]
    failed = [f"{moment}: {run.exception()}" for moment, run in zip(moments, runs, strict=True) if run.exception()]
    assert not failed, "\n".join(failed)
    met = [run.result() for run in runs]
    assert sum(met) > MOMENTS / 2, f"of {moments}, most met a run that had ended: {met}"
