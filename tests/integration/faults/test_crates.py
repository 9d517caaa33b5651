"""The index of crates answers nothing while a run fetches what it builds with."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import tarfile
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.integration.conftest import CRATES, Account, Tool, wait_for
from tests.integration.faults.conftest import Faults, check_whole

PORT = 8000
INDEX = f"http://127.0.0.1:{PORT}"  # on the instance
NAME, VERSION = "served", "1.0.0"


def packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def registry() -> dict[str, bytes]:
    """A registry of one crate, as files: https://doc.rust-lang.org/cargo/reference/registry-index.html"""
    manifest = f'[package]\nname = "{NAME}"\nversion = "{VERSION}"\nedition = "2021"\n'
    folder = f"{NAME}-{VERSION}"
    crate = packed({f"{folder}/Cargo.toml": manifest.encode(), f"{folder}/src/lib.rs": b""})
    entry = {"name": NAME, "vers": VERSION, "deps": [], "features": {}, "yanked": False}
    entry["cksum"] = hashlib.sha256(crate).hexdigest()
    return {
        "config.json": json.dumps({"dl": INDEX}).encode(),
        "se/rv/served": f"{json.dumps(entry)}\n".encode(),
        f"{NAME}/{VERSION}/download": crate,
    }


def serve(account: Account, instance_id: str) -> None:
    """Start the registry on the instance."""
    archive = base64.b64encode(packed(registry())).decode()
    account.execute(
        instance_id,
        f"mkdir -p /srv/index && echo {archive} | base64 -d | tar -xz -C /srv/index && "
        f"systemd-run --quiet --unit=index /usr/bin/python3 -m http.server --bind 127.0.0.1 -d /srv/index {PORT}",
    )


def suite(tool: Tool) -> Path:
    """The tiny crate with a dependency, whose index is on the instance."""
    crate = Path(shutil.copytree(CRATES / "tiny", tool.runs / "crate", ignore=shutil.ignore_patterns("target")))
    manifest = crate / "Cargo.toml"
    manifest.write_text(f'{manifest.read_text()}\n[dependencies]\n{NAME} = "{VERSION}"\n')
    (crate / "Cargo.lock").unlink(missing_ok=True)
    (crate / ".cargo").mkdir()
    (crate / ".cargo/config.toml").write_text(
        f'[source.crates-io]\nreplace-with = "here"\n[source.here]\nregistry = "sparse+{INDEX}/"\n'
    )
    return tool.suite("dependent", source={"path": str(crate)})


def stages(tool: Tool, run_id: str, name: str) -> int:
    """How often a stage has begun."""
    events = tool.runs / run_id / "events.jsonl"
    told = map(json.loads, events.read_text().splitlines() if events.exists() else ())
    return sum(one["event"] == "stage-begun" and one["stage"] == name for one in told)


@pytest.mark.fault("The index of crates answers nothing", code=1, seconds=180)
@pytest.mark.fault("The index of crates answers nothing for 15 s", code=0, seconds=150)
def test_an_index_that_comes_back_is_waited_for_and_one_that_does_not_is_told(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    dependent = suite(tool)
    faults_met.strikes("The index of crates answers nothing")
    failed = tool.bench(run_id, "--keep", suite=dependent)
    faults_met.ends(failed.result.code, failed.result.output)
    (instance,) = account.instances(run_id)
    assert instance["State"]["Name"] == "running"
    assert "The server of crates does not answer, however often Cargo asks: " in failed.result.output

    run = tool.start(run_id, suite=dependent)
    wait_for(lambda: stages(tool, run_id, "toolchain") == 2, "the toolchain")
    faults_met.strikes("The index of crates answers nothing for 15 s")
    time.sleep(15)
    serve(account, instance["InstanceId"])
    output, _ = run.communicate(timeout=240)
    faults_met.ends(run.returncode, output)
    check_whole(account, tool, run_id, 2)
