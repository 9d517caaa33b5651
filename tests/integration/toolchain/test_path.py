"""Source from a directory of the controller."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from pathlib import Path

from tests.integration.conftest import Run
from tests.integration.toolchain.conftest import Host


def write_suite(crate: Path) -> Path:
    suite = {
        "description": "The tests' own small project",
        "source": {"path": str(crate)},
        "package": "tiny",
        "benches": ["tiny"],
        "toolchain": "system",
    }
    path = crate.parent / "suite.yml"
    path.write_text(json.dumps(suite))
    return path


def rename_benchmarks(crate: Path, old: str, new: str) -> None:
    source = crate / "benches/tiny.rs"
    source.write_text(source.read_text().replace(f'"{old}/', f'"{new}/'))


def measured(run: Run) -> set[str]:
    """The benchmarks that the host has really run, from what Criterion has written there."""
    assert run.result.code == 0, run.result.output
    files = (run.attempt / "criterion").rglob("benchmark.json")
    return {json.loads(file.read_text())["full_id"].split("/")[0] for file in files}


def test_what_is_measured_is_what_the_directory_has_now(host: Host, crate: Path) -> None:
    suite = write_suite(crate)
    assert measured(host.bench(suite)) == {"sum"}
    rename_benchmarks(crate, "sum", "total")
    assert measured(host.bench(suite)) == {"total"}
    # Back to what an earlier run has built: what was built last must not pass for it.
    rename_benchmarks(crate, "total", "sum")
    assert measured(host.bench(suite)) == {"sum"}


def test_the_host_has_what_the_directory_has_and_nothing_else(host: Host, crate: Path) -> None:
    (crate / "left.rs").write_text("")
    checkout = host.prepare({"path": str(crate)}).record["cargo"]["directory"]
    (crate / "left.rs").unlink()
    for directory in ("target/release", ".git/objects", "src/target"):
        (crate / directory).mkdir(parents=True)
        (crate / directory / "file").write_text("")
    host.prepare({"path": str(crate)})

    there = host.ssh(f"cd {checkout} && find . -type f -not -name '.benchmarks-*' | sort").splitlines()
    assert there == ["./Cargo.lock", "./Cargo.toml", "./benches/tiny.rs", "./src/lib.rs", "./src/target/file"]


def test_a_directory_that_has_not_changed_is_not_copied_again(host: Host, crate: Path) -> None:
    first = host.prepare({"path": str(crate)})
    (crate / "src/lib.rs").touch()
    again = host.prepare({"path": str(crate)})
    assert again.record["source"] == first.record["source"]
    checkout = first.record["cargo"]["directory"]
    assert again.changed == 0, again.result.output
    assert "Unpack the local directory" not in again.result.output
    assert host.ssh(f"ls -d {checkout}/.benchmarks-{first.record['source']['sha256']}")


def test_the_copy_that_was_built_is_kept_and_its_checksum_and_commit_recorded(host: Host, crate: Path) -> None:
    (crate / ".gitignore").write_text("target\n")
    git = ["git", "-C", str(crate), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    prepared = host.prepare({"path": str(crate)})
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    assert prepared.record["working_tree"] == {"commit": commit, "dirty_sha256": None}
    archive = gzip.decompress((prepared.record_file.parent / "source.tar.gz").read_bytes())
    assert prepared.record["source"]["sha256"] == hashlib.sha256(archive).hexdigest()


def test_a_directory_that_there_is_not_is_refused_before_anything_starts(host: Host, crate: Path) -> None:
    suite = write_suite(crate)
    crate.rename(crate.with_name("elsewhere"))
    run = host.bench(suite)
    assert run.result.code == 2, run.result.output
    assert f"Suite suite has its source in {crate}, which is no directory with a Cargo.toml: " in " ".join(
        run.result.output.split()
    )
    assert not run.directory.exists()
