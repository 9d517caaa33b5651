"""The instance has no more room, memory or time for what is measured, or gets more of a log than anybody reads."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress

import psutil
import pytest

from tests.integration.conftest import Account, Tool, wait_for
from tests.integration.faults.conftest import IDS, Faults, check_first_is_kept, results

DISK = 288  # MiB; the log of 100 MiB, and what is reserved, have room
LARGEST_MEMORY = 300  # MB of one process of Ansible's, whatever the length of a log


def largest_memory(process: subprocess.Popen[str]) -> float:
    """The most memory, in MB, that a process of Ansible's has had until the end of this one."""
    largest = 0
    while process.poll() is None:
        with suppress(psutil.Error):
            for child in psutil.Process(process.pid).children(recursive=True):
                with suppress(psutil.Error):
                    if any("playbooks/" in word for word in child.cmdline()):
                        largest = max(largest, child.memory_info().rss)
        time.sleep(0.3)
    return largest / 1e6


@pytest.mark.fault("The instance's disk is full while it measures", code=1, seconds=120)
@pytest.mark.fault("A benchmark needs more memory than the instance has", code=1, seconds=120)
@pytest.mark.fault("A benchmark hangs", code=1, seconds=180)
@pytest.mark.fault("A benchmark prints 100 MB", code=0, seconds=180)
def test_what_is_measured_before_a_limit_is_reached_is_kept(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    launched = tool.launch(run_id)
    assert launched.result.code == 0, launched.result.output
    (instance,) = account.instances(run_id)
    host = instance["InstanceId"]
    tool_directory = {"directory": "/var/lib/benchmarks", "mebibytes": DISK}
    account.admin("PUT", f"instance/{host}/disk", tool_directory)

    def meets(name: str, fault: str, attempt: int, *more: str) -> tuple[str, float]:
        """The output of a run that meets the fault once it measures, and the most memory, in MB, that it took here."""
        process = tool.start(run_id, *more, suite=tool.suite(fault, environment={"TINY_FAULT": fault}))
        log = tool.runs / run_id / host / str(attempt) / "benchmark.log"
        wait_for(lambda: log.exists() and b"sum/100" in log.read_bytes()[:4096], "the measurement", 240)
        faults_met.strikes(name)
        largest = largest_memory(process)
        output, _ = process.communicate(timeout=240)
        faults_met.ends(process.returncode, output)
        return " ".join(output.split()), largest

    told, _ = meets("The instance's disk is full while it measures", "fill", 1, "--keep")
    assert "The benchmark run failed because the machine's disk is full; what it had written was kept. Raise " in told
    check_first_is_kept(account, tool, run_id, 1)
    account.execute(host, "rm /var/lib/benchmarks/target/*/scratch")

    told, _ = meets("A benchmark needs more memory than the instance has", "eat", 2, "--keep")
    assert "was ended by SIGKILL, most likely because memory ran out. Choose an instance type with more memory." in told
    check_first_is_kept(account, tool, run_id, 2)

    _, largest = meets("A benchmark prints 100 MB", "print", 3, "--keep")
    assert largest < LARGEST_MEMORY
    found = results(tool, run_id, 3)
    assert ([one["id"] for one in found["measurements"]], found["partial"]) == (IDS, None)
    log = (tool.runs / run_id / host / "3/benchmark.log").read_bytes()
    assert len(log) > 99 * 2**20
    assert account.uploaded(run_id)[f"{host}/3/benchmark.log"] == log
    assert account.states(run_id) == ["running"]

    told, _ = meets("A benchmark hangs", "hang", 4, "--time-limit", "1")
    assert "was stopped at its limit of 1 minute; what it had written was kept. Give more by --time-limit." in told
    check_first_is_kept(account, tool, run_id, 4)
    # A run that keeps nothing has ended its instance by its own end.
    assert set(account.states(run_id)) <= {"shutting-down", "terminated"}
    assert account.launches(run_id) == 1
