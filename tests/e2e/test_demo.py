"""The demo as a newcomer runs it: real plonky2 from crates.io, built and measured in a sandbox instance."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.mark.timeout(2400)
def test_the_demo_benchmarks_real_plonky2(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [ROOT / "inv", "demo"],
        env=environment,
        cwd=environment["HOME"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    assert done.returncode == 0, done.stdout
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
    facts = subprocess.run(
        [ROOT / "inv", "sandbox.env", "--name", "demo", "--format", "json"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    assert containers(json.loads(facts)["engine"], "demo") == []
