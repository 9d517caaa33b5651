"""Third-party code that tries what it must not do, and what keeps it from that."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.host import systemd_units
from tests.integration.conftest import CRATES, Run
from tests.integration.toolchain.conftest import LOGIN, Host

IPV6 = "fd00:ec2::254"
TRIES = CRATES / "hostile/tries.sh"


@pytest.fixture(scope="module")
def metadata(host: Host) -> None:
    """The metadata service answers by both of its addresses. That by IPv6 is a stand-in, which answers anything."""
    serve = f"/usr/bin/python3 -m http.server --bind {IPV6} --directory /srv 80"
    host.ssh(f"sudo ip -6 address add {IPV6}/128 dev lo && sudo systemd-run --quiet --unit=imds6 {serve}")
    host.ssh(f"until curl --silent --globoff --output /dev/null 'http://[{IPV6}]/'; do sleep 0.2; done")


@pytest.fixture(scope="module")
def hostile(host: Host, metadata: None, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of the hostile crate."""
    suite = {
        "description": "Hostile",
        "source": {"path": str(TRIES.parent)},
        "package": "hostile",
        "benches": ["tries"],
        "toolchain": "system",
        "expected": 1,
        "environment": {"HOSTILE_LOGIN": LOGIN},
    }
    path = tmp_path_factory.mktemp("hostile") / "hostile.yml"
    path.write_text(json.dumps(suite))
    # Whatever an earlier run has left is tried too.
    host.ssh("sudo rm -f /tmp/hostile-* && sha256sum .ssh/authorized_keys .profile >/tmp/before")
    return host.bench(path)


def tried(log: str, begin: str) -> dict[str, set[str]]:
    """What was tried, with what came of it each time."""
    lines = [line.partition(begin)[2].rpartition(": ") for line in log.splitlines() if line.startswith(begin)]
    return {what: {came for other, _, came in lines if other == what} for what, _, _ in lines}


def test_the_login_can_do_what_is_tried(host: Host, metadata: None) -> None:
    """So that a program which is not there, or a service that is down, does not pass for isolation."""
    found = tried(
        host.ssh(f"HOSTILE_LOGIN={LOGIN} sh -s | grep -v -e firewall -e run -e Crit", TRIES.read_text()), "tried "
    )
    for address in ("169.254.169.254", f"[{IPV6}]", "[::ffff:169.254.169.254]"):
        assert found[f"IMDSv1 at {address}"] == {"yes"}
        assert found[f"IMDSv2 at {address}"] == {"yes"}
    assert found["sudo"] == found["reading the login's keys"] == {"yes"}
    host.ssh("rm -f hostile .profile; cp /etc/skel/.profile .profile")


@pytest.mark.parametrize("begin", ["warning: hostile@0.1.0: build tried ", "tried "])
def test_neither_build_script_nor_benchmark_does_any_of_it(hostile: Run, begin: str) -> None:
    assert hostile.result.code == 0, hostile.result.output
    found = tried((hostile.attempt / "benchmark.log").read_text(), begin)
    assert len(found) == 26, found
    assert {what for what, came in found.items() if came != {"no"}} == set()


def test_the_code_gains_no_privileges_wherever_it_runs(host: Host, hostile: Run) -> None:
    log = (hostile.attempt / "benchmark.log").read_text()
    assert "NoNewPrivs:\t1" in log
    assert "CapBnd:\t0000000000000000" in log
    wrapper = host.ssh("LC_ALL=C sort -u /tmp/hostile-wrapper; stat --format=%U /tmp/hostile-wrapper").splitlines()
    assert wrapper == ["NoNewPrivs:\t1", "benchmarks-code", "benchmarks-code"]


def test_no_module_of_ansible_runs_what_the_code_has_left(host: Host, hostile: Run) -> None:
    assert set(host.ssh("cat /tmp/hostile-pth").splitlines()) == {"NoNewPrivs:\t1"}
    again = "sudo rm /tmp/hostile-pth; sudo /var/lib/benchmarks/{} -c pass; cat /tmp/hostile-pth 2>/dev/null || true"
    assert host.ssh(again.format("confined /usr/bin/python3")) == "NoNewPrivs:\t1"
    assert host.ssh(again.format("python")) == ""


def test_nothing_of_the_machine_was_changed(host: Host, hostile: Run) -> None:
    assert host.ssh("sha256sum --check --quiet /tmp/before; ls hostile 2>/dev/null || true") == ""
    directory = f"/var/lib/benchmarks/runs/{hostile.directory.name}/1"
    kinds = host.ssh(f"cd {directory} && stat --format='%F %U %n' benchmark.log criterion criterion.tar.gz run.status")
    assert kinds.splitlines() == [
        "regular file root benchmark.log",
        "directory benchmarks-code criterion",
        "regular file root criterion.tar.gz",
        "regular file root run.status",
    ]


def test_links_among_its_results_are_not_followed_and_the_results_are_kept(hostile: Run) -> None:
    assert "kept" in hostile.result.output
    assert "Not unpacked, since results are only in files and directories: " in " ".join(hostile.result.output.split())
    with tarfile.open(hostile.attempt / "criterion.tar.gz") as archive:
        links = {member.name: member.linkname for member in archive if member.issym()}
    assert links["criterion/tries/kept/new/raw.csv"] == "/etc/shadow"
    assert len(links) == 3
    files = [path for path in hostile.directory.rglob("*") if path.is_file()]
    assert [path for path in hostile.directory.rglob("*") if path.is_symlink()] == []
    assert [path for path in files if b"root:*:" in path.read_bytes() or b"root:!" in path.read_bytes()] == []


def test_the_users_service_manager_starts_for_nobody(host: Host, hostile: Run) -> None:
    assert "masked" in host.ssh('sudo systemctl start "user@$(id -u benchmarks-code).service" 2>&1 || true')


def test_nothing_runs_after_a_reboot_before_the_rule_is_there_again(host: Host, hostile: Run) -> None:
    reach = "curl --silent --max-time 5 --output /dev/null http://169.254.169.254/latest/meta-data/ && echo reached"
    confined = f"sudo /var/lib/benchmarks/confined sh -c '{reach} || echo kept apart'"
    assert host.ssh(f"sudo nft delete table inet benchmarks; {confined}") == "kept apart"
    host.ssh("sudo nft list table inet benchmarks")


def test_connections_are_rejected_at_once_however_many_there_are(host: Host, hostile: Run) -> None:
    # Twenty take 19 s where each waits for the kernel, which answers one a second by ICMP.
    connect = (
        "import socket, time\n"
        "begun = time.monotonic()\n"
        "said = [socket.socket().connect_ex(('169.254.169.254', 80)) for _ in range(20)]\n"
        "print(set(said), time.monotonic() - begun < 10)"
    )
    assert host.ssh("sudo /var/lib/benchmarks/confined /usr/bin/python3 -I -", connect) == "{111} True"


@pytest.fixture
def stand_in(host: Host, hostile: Run) -> Iterator[str]:
    """The path of nft, to be replaced by something else; it is there again after the test. The host is prepared."""
    assert hostile.result.code == 0, hostile.result.output
    host.ssh("sudo mv /usr/sbin/nft /usr/sbin/nft-away")
    yield "/usr/sbin/nft"
    host.ssh("sudo mv /usr/sbin/nft-away /usr/sbin/nft")


def put(host: Host, place: str, script: str) -> None:
    host.ssh(f"sudo tee {place} >/dev/null && sudo chmod 755 {place}", f"#!/bin/sh\n{script}\n")


def test_no_unit_starts_where_the_rule_does_not_hold(host: Host, stand_in: str) -> None:
    log = "/var/lib/benchmarks/tried"
    host.ssh(f"sudo install -m 666 /dev/null {log}")
    unit = systemd_units.Unit("benchmarks-tried", ("echo", "started"), {}, "/", log, "/run/tried.status", 60)
    start = f"sudo {systemd_units.start_command(unit, '/usr/bin/python3')} 2>/dev/null"
    look = f"sudo {systemd_units.status_command(unit, 0, 5)}"
    clean = f"sudo {systemd_units.clean_command(unit)}"

    # A firewall that claims to have the rule, and one that cannot load it.
    for script in ("nft-away delete table inet benchmarks 2>/dev/null; exit 0", "echo No such thing >&2; exit 1"):
        put(host, stand_in, script)
        status = systemd_units.read_status(host.ssh(f"{clean}; {start}; {look}"))
        assert status.refused
        assert status.log == b""
    put(host, stand_in, 'exec nft-away "$@"')
    said = host.ssh(f"sudo journalctl --unit={unit.name} --output=cat")
    assert "Third-party code would reach 169.254.169.254 in spite of the firewall's rule." in said
    assert "No such thing" in said
    # Reading it waits for the program, after which the unit may take a moment to end.
    host.ssh(f"{clean}; {start}; until test -e {unit.status}; do sleep 0.1; done")
    status = systemd_units.read_status(host.ssh(look))
    assert status.succeeded
    assert status.log == b"started\n"


def test_a_unit_with_too_long_a_log_is_stopped_and_has_failed_with_what_fits_of_it(host: Host, hostile: Run) -> None:
    place, begin = "/var/lib/benchmarks/tried-log", f"{systemd_units.LARGEST_LOG + 5}"
    host.ssh(
        f"sudo mkdir {place} && echo first | sudo tee {place}/benchmark.log && sudo chmod 666 {place}/benchmark.log"
    )
    host.ssh(f"sudo truncate --size={begin} {place}/benchmark.log")
    log, status = f"{place}/benchmark.log", f"{place}/run.status"
    unit = systemd_units.Unit("benchmarks-tried-log", ("sleep", "60"), {}, "/", log, status, 60)
    host.ssh(f"sudo {systemd_units.start_command(unit, '/usr/bin/python3')}")
    look = f"sudo {systemd_units.status_command(unit, 0)}"
    assert systemd_units.read_status(host.ssh(look)).too_long
    stop = f"sudo {systemd_units.stop_command(unit)}"
    host.ssh(f"{stop}; until test -e {status}; do sleep 0.1; done; {stop}; while {stopping(unit)}; do sleep 0.1; done")
    found = systemd_units.read_status(host.ssh(look))
    assert found.was_cut
    assert found.size == systemd_units.LARGEST_LOG
    assert found.log.startswith(b"first\n\0")
    host.ssh(f"sudo rm -r {place}")


def stopping(unit: systemd_units.Unit) -> str:
    return f"systemctl show --property=ActiveState {unit.name}.service | grep -q =deactivating"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            "nft-away delete table inet benchmarks 2>/dev/null; exit 0",
            "Third-party code would reach the credentials of ",
        ),
        (
            "[ \"$1\" = list ] || echo 'netlink: Error: Operation not supported' >&2; exit 1",
            "nft cannot keep third-party code from the credentials of this machine (netlink: Error: "
            "Operation not supported): use a kernel with nf_tables, ",
        ),
    ],
)
def test_nothing_is_fetched_or_run_where_the_rule_does_not_hold(
    host: Host, stand_in: str, crate: Path, script: str, sentence: str
) -> None:
    put(host, stand_in, script)
    failed = host.prepare({"path": str(crate)})
    assert failed.result.code != 0
    assert sentence in failed.said
    assert "Fetch the crates" not in failed.result.output
