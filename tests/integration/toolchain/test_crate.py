"""Source from crates.io."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.toolchain.conftest import SERVER, Host

# Small, with a lock file of its own, and not likely to change any more.
SOURCE = {"crate": "lazy_static", "ref": "1.5.0"}
CHECKSUM = "bbd2bcb4c963f2ddae06a2efc7e9f3591312473c50c6685e1f298068316e66fe"


def test_a_version_is_unpacked_and_its_checksum_recorded(host: Host) -> None:
    first = host.prepare(SOURCE)
    assert first.record["host"]["crate_sha256"] == CHECKSUM
    checkout = first.record["cargo"]["directory"]
    assert 'version = "1.5.0"' in host.ssh(f"cat {checkout}/Cargo.toml")
    assert host.prepare(SOURCE).changed == 0


def test_the_lock_file_of_a_crate_is_kept(host: Host) -> None:
    record = host.prepare({"crate": "itoa", "ref": "1.0.19"}).record
    checkout = record["cargo"]["directory"]
    archive = f"{record['cargo']['root']}/downloads/itoa-1.0.19.crate"
    shipped = host.ssh(f"tar --extract --to-stdout --file {archive} itoa-1.0.19/Cargo.lock | sha256sum").split()[0]
    assert record["host"]["cargo_lock_sha256"] == shipped
    assert host.ssh(f"sha256sum <{checkout}/Cargo.lock").split()[0] == shipped


def test_a_crate_is_fetched_again_after_an_interruption(host: Host) -> None:
    checkout = host.prepare(SOURCE).record["cargo"]["directory"]
    host.ssh(f"sudo rm {checkout}/.benchmarks-{SOURCE['ref']} {checkout}/src/lib.rs")
    host.prepare(SOURCE)
    assert host.ssh(f"ls {checkout}/src/lib.rs")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({"crate": "lazy_static", "ref": "9.9.9"}, "lazy_static has no version 9.9.9 on crates.io; its newest are 1."),
        ({"crate": "no-such-crate-7f3a", "ref": "1.0.0"}, "There is no crate no-such-crate-7f3a on crates.io."),
    ],
)
def test_a_crate_or_version_that_there_is_not_is_told_in_one_sentence(
    host: Host, tmp_path: Path, source: dict[str, str], sentence: str
) -> None:
    suite = {"description": "None", "source": source, "package": "one", "benches": ["one"], "toolchain": "system"}
    (tmp_path / "suite.yml").write_text(json.dumps(suite))
    run = host.bench(tmp_path / "suite.yml")
    assert run.result.code == 1, run.result.output
    said = next(line.strip() for line in run.result.output.splitlines() if "crates.io" in line)
    assert said.removeprefix("✗").strip().startswith(sentence)


def test_a_crate_that_is_not_what_the_index_says_is_refused(host: Host, served: str) -> None:
    host.ssh(f"mkdir -p {served}/crates/lazy_static && echo other >{served}/crates/lazy_static/lazy_static-1.4.0.crate")
    source = {"crate": "lazy_static", "ref": "1.4.0"}
    failed = host.prepare(source, toolchain_crates_server=f"{SERVER}/crates")
    assert failed.result.code != 0
    url = f"{SERVER}/crates/lazy_static/lazy_static-1.4.0.crate"
    assert f"{url} is not what its checksum says: SHA-256 " in failed.said
    assert host.prepare(source).result.code == 0


def test_an_index_that_does_not_answer_is_told_in_one_sentence(host: Host) -> None:
    source = {"crate": "lazy_static", "ref": "1.3.0"}
    failed = host.prepare(source, toolchain_crates_index="http://127.0.0.1:9", __toolchain_delay=0)
    assert failed.result.code != 0
    assert "http://127.0.0.1:9/la/zy/lazy_static cannot be downloaded: [Errno 111] Connection refused." in failed.said
