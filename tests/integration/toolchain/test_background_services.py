"""A real timer of Debian's, apt's daily update, on a machine that measures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import Run
from tests.integration.toolchain.conftest import Host

TIMER = "apt-daily.timer"
ASK = f'std::process::Command::new("systemctl").args(["is-active", "{TIMER}"]).output().unwrap().stdout'
TELL = f"String::from_utf8_lossy(&{ASK}).trim()"


@pytest.fixture
def timer(host: Host) -> Iterator[None]:
    """The timer runs, as it does on Debian's images; the sandbox's has it switched off."""
    host.ssh(f"sudo systemctl unmask {TIMER} && sudo systemctl start {TIMER}")
    yield
    host.ssh(f"sudo systemctl stop {TIMER} && sudo systemctl mask {TIMER}")


@pytest.fixture
def telling(crate: Path, tmp_path: Path) -> Path:
    """The suite of a crate that tells the timer's state when it is built, and when it is measured."""
    (crate / "build.rs").write_text(f'fn main() {{ println!("cargo:warning=building: {{}}", {TELL}) }}')
    bench = crate / "benches/tiny.rs"
    bench.write_text(bench.read_text().replace("fn main() {", f'fn main() {{ println!("measuring: {{}}", {TELL});', 1))
    suite = tmp_path / "telling.yml"
    base = {"package": "tiny", "benches": ["tiny"], "toolchain": "system", "expected": 3}
    suite.write_text(json.dumps({"description": "Telling", "source": {"path": str(crate)}, **base}))
    return suite


def log(run: Run) -> str:
    return (run.attempt / "benchmark.log").read_text()


@pytest.mark.usefixtures("timer")
@pytest.mark.parametrize("failing", [False, True])
def test_apts_timer_rests_only_while_it_is_measured(host: Host, telling: Path, failing: bool) -> None:
    suite = json.loads(telling.read_text())
    telling.write_text(json.dumps({**suite, "environment": {"TINY_FAIL": "1"} if failing else {}}))
    run = host.bench(telling)

    assert run.result.code == int(failing), run.result.output
    assert "building: active" in log(run)
    assert "measuring: inactive" in log(run)
    assert host.ssh(f"systemctl is-active {TIMER}") == "active"
    assert run.record(f"{run.attempt.relative_to(run.directory)}/results.json")["platform"]["stopped_services"] == [
        TIMER
    ]


def test_a_machine_without_such_services_claims_nothing(host: Host, telling: Path) -> None:
    run = host.bench(telling)

    assert run.result.code == 0, run.result.output
    assert run.record(f"{run.attempt.relative_to(run.directory)}/results.json")["platform"]["stopped_services"] == []
    assert host.ssh("ls /run/*.stopped 2>/dev/null || true") == ""
