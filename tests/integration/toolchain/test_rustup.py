"""Rust by rustup, from a distribution server that is made of Debian's toolchain."""

from __future__ import annotations

import hashlib

import pytest

from benchmarks.host import host_layout
from benchmarks.paths import ROOT
from tests.integration.conftest import CRATES
from tests.integration.toolchain.conftest import SERVER, Host

FIRST, SECOND = "nightly-2026-05-19", "nightly-2026-05-20"
TINY = {"path": str(CRATES / "tiny")}


# The nightlies of the 21st and the 22nd have a manifest and a compiler that are not what their checksums say, and below
# /bad-installer so is rustup's installer.
BREAK = """set -e
cd dist
cp -r 2026-05-20 2026-05-21
echo >>2026-05-21/channel-rust-nightly.toml
cp -r 2026-05-20 2026-05-22
cd 2026-05-22
sed -i 's/^hash = "......../hash = "00000000/' channel-rust-nightly.toml
sha256sum channel-rust-nightly.toml >channel-rust-nightly.toml.sha256
cd ../..
mkdir bad-installer
cp -r rustup bad-installer
for installer in bad-installer/rustup/dist/*/rustup-init; do echo >>$installer; done
"""


@pytest.fixture(scope="module")
def distribution(host: Host, served: str) -> str:
    """The address of a server with two nightlies, and with broken ones beside them."""
    script = (ROOT / "tests/support/rustup_distribution.py").read_text()
    host.ssh("sudo apt-get update --quiet=2 && cat >make_distribution.py", script)
    host.ssh("rm -rf made && python3 make_distribution.py made 2026-05-19 2026-05-20")
    host.ssh(f"mv made/root/* {served} && rm -rf made")
    host.ssh(f"cd {served} && bash -s", BREAK)
    return SERVER


def toolchains(host: Host, directory: str = host_layout.DIRECTORY) -> list[str]:
    return host.ssh(f"ls {directory}/rustup/toolchains 2>/dev/null || true").split()


def test_a_suite_is_built_by_the_toolchain_that_rustup_installs(host: Host, distribution: str) -> None:
    run = host.bench(CRATES / "tiny.yml", "--toolchain", FIRST, RUSTUP_DIST_SERVER=distribution)

    assert run.result.code == 0, run.result.output
    record = run.record(f"{host.address}/toolchain.json")
    # By way of rustup's own stand-in: Debian's compiler does not look for its libraries beside itself.
    root = host_layout.DIRECTORY
    homes = f"sudo -u benchmarks-code RUSTUP_HOME={root}/rustup CARGO_HOME={root}/cargo"
    assert record["toolchain"] == FIRST
    assert record["host"]["rustc"] == host.ssh(f"cd /; {homes} RUSTUP_TOOLCHAIN={FIRST} {root}/cargo/bin/rustc -Vv")
    assert len(list((run.attempt / "criterion").rglob("estimates.json"))) == 3
    assert record["cargo"]["executable"] == f"{record['cargo']['root']}/cargo/bin/cargo"


def test_a_second_run_changes_nothing(host: Host, distribution: str) -> None:
    host.prepare(TINY, toolchain=FIRST, toolchain_dist_server=distribution)
    again = host.prepare(TINY, toolchain=FIRST, toolchain_dist_server=distribution)
    assert again.result.code == 0, again.result.output
    assert again.changed == 0


def test_what_is_installed_needs_no_server(host: Host, distribution: str) -> None:
    host.prepare(TINY, toolchain=FIRST, toolchain_dist_server=distribution)
    again = host.prepare(TINY, toolchain=FIRST, toolchain_dist_server="http://127.0.0.1:9")
    assert again.result.code == 0, again.result.output


def test_another_toolchain_is_added_to_the_first(host: Host, distribution: str) -> None:
    host.prepare(TINY, toolchain=FIRST, toolchain_dist_server=distribution)
    other = host.prepare(TINY, toolchain=SECOND, toolchain_dist_server=distribution)
    assert other.record["toolchain"] == SECOND
    assert toolchains(host) == [f"{name}-x86_64-unknown-linux-gnu" for name in (FIRST, SECOND)]


@pytest.mark.parametrize(
    ("toolchain", "reason"),
    [
        ("nightly-2020-01-01", "no release found for 'nightly-2020-01-01'"),
        ("nightlo", "invalid value 'nightlo' for '--default-toolchain"),
        ("nightly-2026-05-21", "the channel's manifest is not what its checksum says"),
        ("nightly-2026-05-22", "component download failed for cargo-x86_64-unknown-linux-gnu: checksum failed for "),
    ],
)
def test_a_toolchain_that_cannot_be_installed_is_named_in_one_sentence(
    host: Host, distribution: str, toolchain: str, reason: str
) -> None:
    host.prepare(TINY, toolchain=FIRST, toolchain_dist_server=distribution)
    failed = host.prepare(TINY, toolchain=toolchain, toolchain_dist_server=distribution)
    assert failed.result.code != 0
    assert f"rustup cannot install the toolchain {toolchain} from {distribution}: {reason}" in failed.said
    assert not any(name.startswith(toolchain) for name in toolchains(host))
    assert host.prepare(TINY, toolchain=FIRST, toolchain_dist_server=distribution).changed == 0


def test_a_run_whose_toolchain_does_not_exist_fails_with_that_sentence(host: Host, distribution: str) -> None:
    run = host.bench(CRATES / "tiny.yml", "--toolchain", "nightly-2020-01-01", RUSTUP_DIST_SERVER=distribution)
    assert run.result.code == 1, run.result.output
    assert f"rustup cannot install the toolchain nightly-2020-01-01 from {distribution}: no release found" in " ".join(
        run.result.output.split()
    )
    assert "Traceback" not in run.result.output


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        ("{}/bad-installer", " is not what its checksum says: SHA-256 "),
        ("{}/nowhere", ".sha256 cannot be downloaded: the server answers 404."),
        ("http://127.0.0.1:9", ".sha256 cannot be downloaded: [Errno 111] Connection refused."),
    ],
)
def test_an_installer_that_cannot_be_had_is_named_in_one_sentence(
    host: Host, distribution: str, server: str, reason: str
) -> None:
    address = server.format(distribution)
    failed = host.prepare(TINY, toolchain=FIRST, toolchain_dist_server=address, toolchain_directory="/opt/fresh")
    assert failed.result.code != 0
    assert f"{address}/rustup/dist/x86_64-unknown-linux-gnu/rustup-init{reason}" in failed.said
    assert toolchains(host, "/opt/fresh") == []


def test_the_record_tells_the_machine_and_the_compiler(host: Host, distribution: str) -> None:
    record = host.prepare(TINY, toolchain=FIRST, toolchain_dist_server=distribution).record
    machine = record["host"]
    assert machine["kernel"] == host.ssh("uname -r")
    assert machine["os"] == host.ssh(". /etc/os-release; echo $PRETTY_NAME")
    assert machine["cpu_model"] in host.ssh("grep 'model name' /proc/cpuinfo")
    assert machine["cpus_usable"] == int(host.ssh("nproc"))
    assert machine["rustc"].startswith("rustc 1.")
    assert machine["cargo"].startswith("cargo 1.")
    lock = (CRATES / "tiny/Cargo.lock").read_bytes()
    assert machine["cargo_lock_sha256"] == hashlib.sha256(lock).hexdigest()
