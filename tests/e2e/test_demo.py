"""The demo as a newcomer runs it: real plonky2 from crates.io, built and measured in a sandbox instance.

Its run is killed on the way, and brought back: what the demo itself does is in tests/sandbox/cli/test_demo.py.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import killed_runs
from tests.support.browser import benchmarks, chromium, opened

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A home of the test's own, and no trace of AWS; the demo's sandbox is gone at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {**kept, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    yield environment
    subprocess.run([ROOT / "inv", "sandbox.down", "--name", "demo"], env=environment, check=True)


def containers(engine: str, sandbox: str) -> list[str]:
    """Names of the sandbox's containers, as the engine itself lists them."""
    listing = [engine, "ps", "--all", "--filter", f"label=benchmarks.sandbox={sandbox}", "--format", "{{.Names}}"]
    return subprocess.run(listing, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def killed_on_the_way(environment: dict[str, str], output: Path) -> tuple[str, str]:
    """Begin the demo, and kill its run at a random moment while it builds or measures. Returns its id, and when."""
    seed = random.randrange(2**32)
    seconds = random.Random(seed).uniform(0, 420)
    with output.open("w") as file:
        home = environment["HOME"]
        demo = subprocess.Popen([ROOT / "inv", "demo"], env=environment, cwd=home, stdout=file, stderr=file)
    prepared = None
    while prepared is None or (time.monotonic() < prepared + seconds and "✓ benchmark" not in output.read_text()):
        said = output.read_text()
        assert demo.poll() is None, said
        if prepared is None and "✓ toolchain" in said:
            prepared = time.monotonic()
        time.sleep(0.5)
    *_of_setup, run_id = re.findall(r"^Run (\S+)   ", output.read_text(), re.MULTILINE)
    # Before its run, since it would only be told that this has failed.
    demo.kill()
    demo.wait()
    killed_runs.kill(run_id)
    return run_id, f"seed {seed}: killed {time.monotonic() - prepared:.0f} s after the toolchain"


def in_sandbox(environment: dict[str, str]) -> tuple[dict[str, str], str]:
    """The environment of the demo's run, and the container engine."""
    command = [str(ROOT / "inv"), "sandbox.env", "--name", "demo", "--format", "json"]
    facts = json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)
    return {**environment, **facts["environment"]}, facts["engine"]


@pytest.mark.timeout(2400)
@pytest.mark.fault("Every process is killed while it builds or measures plonky2", code=0, seconds=1200)
def test_the_demo_benchmarks_real_plonky2_also_if_everything_is_killed_on_the_way(
    environment: dict[str, str], tmp_path: Path
) -> None:
    run_id, moment = killed_on_the_way(environment, tmp_path / "said")
    inside, engine = in_sandbox(environment)
    began = time.monotonic()
    done = subprocess.run(
        [ROOT / "inv", "bench.attach", run_id],
        env=inside,
        cwd=environment["HOME"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    assert done.returncode == 0, f"{moment}: {done.stdout}"
    assert time.monotonic() - began < 1200
    directory = Path(re.findall(r"^Run       (/.*)$", done.stdout, re.MULTILINE)[-1])
    (host,) = directory.glob("*/1")
    measured = [json.loads(path.read_text())["full_id"] for path in host.glob("criterion/**/new/benchmark.json")]
    assert len(set(measured)) == 28
    for name in ("keccak256", "poseidon<GoldilocksField, 12>", "fft<GoldilocksField>/65536"):
        assert name in measured
        assert name in done.stdout
    for text in ("estimate", "95% interval", "s3://", "Cost", "Stages"):
        assert text in done.stdout

    record = json.loads((host / "results.json").read_text())
    assert {one["id"] for one in record["measurements"]} == set(measured)
    (endpoint,) = {record["tool"]["endpoint"]}
    assert f"Measured through {endpoint}, which is not AWS" in done.stdout
    with chromium() as browser, opened(browser, host / "report/index.html") as page:
        assert set(benchmarks(page)) == set(measured)
        assert page.locator(".plot svg").count() > 0

    published = json.loads((host / "published.json").read_text())
    with urllib.request.urlopen(published["link"], timeout=30) as answer:
        assert answer.read() == (host / "benchmark.log").read_bytes()
    assert containers(engine, "demo") == []
