"""What keeps third-party code apart on a host, with stand-ins for the programs that change a machine."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.host import host_layout, isolation

# Each notes how it was called. `nft` knows no table until it has loaded one, and fails if the file `broken` is there.
# `setpriv` is root's alone, which tests need not be.
PROGRAMS = {
    "useradd": 'echo "useradd $*" >> told; shift 5; echo "$USER_TO_BE" > users',
    "getent": '[ -e users ] || exit 2; echo "$2:x:1:1::$PWD/root/home:/sbin/nologin"',
    "nft": 'if [ "$1" = list ]; then [ -e loaded ]; exit; fi\n'
    'if [ -e broken ]; then echo "Operation not supported" >&2; echo more >&2; exit 1; fi\necho "$1" > loaded',
    "setpriv": 'echo "setpriv $*" >> told; while [ "$1" != -- ]; do shift; done; shift\n'
    'case $1 in *python*) exit "$(cat reached || echo 0)" ;; esac; "$@"',
    "chown": "",
    "systemctl": 'echo "systemctl $*" >> told\n'
    "case $1 in is-enabled) [ -e masked ] && echo masked ;; mask) [ ! -e unmaskable ] && touch masked ;; esac",
    "loginctl": 'echo "loginctl $*" >> told',
}


@dataclass(frozen=True)
class Machine:
    """A directory with programs of its own; `call` isolates it."""

    root: Path

    def call(self, directory: str = "root", python: str = "python3") -> subprocess.CompletedProcess[str]:
        command = isolation.prepare_command(str(self.root / directory), python, getpass.getuser())
        path = f"{self.root / 'bin'}{os.pathsep}{os.defpath}"
        return subprocess.run(
            command,
            cwd=self.root,
            env={"PATH": path, "USER_TO_BE": getpass.getuser()},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "bin").mkdir()
    for name, script in PROGRAMS.items():
        program = tmp_path / "bin" / name
        program.write_text(f"#!/bin/sh\ncd '{tmp_path}'\n{script}\n")
        program.chmod(0o755)
    return Machine(tmp_path)


def test_a_machine_gets_the_user_its_directories_and_the_rule_once(machine: Machine) -> None:
    first = machine.call()
    assert first.returncode == 0, first.stderr
    made = first.stdout.splitlines()
    assert made[0] == f"Made the user {getpass.getuser()}"
    assert made[-1] == "Made the firewall's table benchmarks"
    names = {path.name for path in (machine.root / "root").iterdir()}
    assert names == {*isolation.OWNED, "archives", "runs", "confined", "python"}
    told = (machine.root / "told").read_text()
    assert told.startswith("useradd --system --user-group --no-create-home --home-dir ")
    assert "/nologin" in told
    again = machine.call()
    assert (again.returncode, again.stdout) == (0, "")


def test_the_users_own_service_manager_can_no_longer_start(machine: Machine) -> None:
    manager = f"user@{os.getuid()}.service"
    assert f"Made {manager} unable to start" in machine.call().stdout.splitlines()
    told = (machine.root / "told").read_text().splitlines()
    steps = ["loginctl disable-linger " + getpass.getuser(), f"systemctl stop {manager}", f"systemctl mask {manager}"]
    assert [line for line in told if line in steps] == steps
    (machine.root / "told").unlink()
    machine.call()
    assert "mask " not in (machine.root / "told").read_text()


def test_a_service_manager_that_can_still_start_is_told_in_one_sentence(machine: Machine) -> None:
    (machine.root / "unmaskable").touch()
    failed = machine.call()
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"systemd cannot mask user@{os.getuid()}.service, which would run programs of ")


def test_nothing_runs_as_that_user_before_the_rule_is_loaded_again(machine: Machine) -> None:
    machine.call()
    (machine.root / "loaded").unlink()  # as by a reboot
    command = isolation.confined(["echo", "ran"], str(machine.root / "root"))
    path = f"{machine.root / 'bin'}{os.pathsep}{os.defpath}"

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)

    assert run().stdout == "ran\n"
    assert (machine.root / "loaded").read_text().strip() == isolation.ruleset(getpass.getuser())
    (machine.root / "broken").touch()
    failed = run()
    assert failed.returncode != 0
    assert (failed.stdout, failed.stderr.splitlines()[0]) == ("", "Operation not supported")


def test_a_rule_that_a_reboot_has_removed_is_loaded_again(machine: Machine) -> None:
    machine.call()
    (machine.root / "loaded").unlink()
    assert machine.call().stdout == "Made the firewall's table benchmarks\n"
    assert (machine.root / "loaded").read_text().strip() == isolation.ruleset(getpass.getuser())


def test_a_firewall_that_cannot_be_had_is_told_in_one_sentence(machine: Machine) -> None:
    (machine.root / "broken").touch()
    failed = machine.call()
    assert failed.returncode == 1
    assert failed.stderr == (
        "nft cannot keep third-party code from the credentials of this machine (Operation not supported): use a kernel "
        "with nf_tables, and a login that may load rules into it.\n"
    )


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (isolation.REACHED, "Third-party code would reach the credentials of this machine in spite of the firewall's "),
        (126, f"The user {getpass.getuser()} cannot run python3: set ansible_python_interpreter to one that every "),
    ],
)
def test_a_probe_that_does_not_fail_is_told_in_one_sentence(machine: Machine, status: int, sentence: str) -> None:
    (machine.root / "reached").write_text(str(status))
    failed = machine.call()
    assert failed.returncode == 1
    assert failed.stderr.startswith(sentence)
    assert failed.stderr.count("\n") == 1


def test_commands_and_modules_of_that_user_can_gain_no_privileges(machine: Machine) -> None:
    machine.call()
    (machine.root / "told").unlink()
    command = isolation.confined(
        ["sh", "-c", 'echo "$HOME $USER $OF_SUITE"'], str(machine.root / "root"), {"OF_SUITE": "a b"}
    )
    path = f"{machine.root / 'bin'}{os.pathsep}{os.defpath}"
    done = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=True)
    assert done.stdout == f"{machine.root}/root/home {getpass.getuser()} a b\n"
    (told,) = (machine.root / "told").read_text().splitlines()
    assert "--clear-groups --no-new-privs -- /usr/bin/env OF_SUITE=a b sh -c " in told
    module = Path(isolation.interpreter(str(machine.root / "root"))).read_text()
    assert module == f"#!/bin/sh\nexec '{machine.root}/root/confined' 'python3' -I \"$@\"\n"


@pytest.mark.parametrize(("directory", "python"), [("/home/me/benchmarks", "python3"), ("/srv/b", "/root/bin/python3")])
def test_what_units_do_not_see_is_refused(machine: Machine, directory: str, python: str) -> None:
    command = isolation.prepare_command(directory, python)
    done = subprocess.run(command, cwd=machine.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is below a home, which third-party code does not see: choose another place." in done.stderr
    assert not Path(directory).exists()


def test_a_directory_that_is_not_absolute_is_refused(machine: Machine) -> None:
    command = isolation.prepare_command(".benchmarks", "python3")
    done = subprocess.run(command, cwd=machine.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(".benchmarks is no absolute path: ")


def test_the_rule_replaces_itself_at_once_and_comes_before_translated_addresses() -> None:
    rules = isolation.ruleset()
    assert rules.index("add table") < rules.index("delete table") < rules.index("{ chain output")
    assert "\n" not in rules
    assert "priority -300;" in rules


@pytest.mark.parametrize(("family", "first"), [("ip", isolation.IPV4[0]), ("ip6", isolation.IPV6[0])])
def test_only_connections_that_another_user_is_known_to_open_are_admitted(family: str, first: str) -> None:
    chain = isolation.ruleset().partition("priority -300; ")[2]
    rules = [rule.split("} ")[1] for rule in chain.split("; ") if rule.startswith(f"{family} daddr {{ {first}, ")]
    opens, user = "tcp flags & (syn | ack) == syn", host_layout.CODE_USER
    assert rules == [
        # The kernel tells of one rejected packet a second by ICMP, which the next connection would wait for.
        f'meta l4proto tcp meta skuid "{user}" reject with tcp reset',
        f'meta skuid "{user}" reject',
        f'{opens} meta skuid != "{user}" accept',
        # What comes here opens a connection by a socket without a user.
        f"{opens} reject with tcp reset",
    ]


def probe(addresses: str, port: int, protocol: int) -> int:
    program = isolation.PROBE.replace(repr(isolation.IPV4 + isolation.IPV6), addresses).replace("80)", f"{port})")
    program = program.replace("(socket.IPPROTO_TCP, 262)", f"({protocol},)")
    return subprocess.run([sys.executable, "-I", "-S", "-c", program], check=False, timeout=30).returncode


def has(protocol: int) -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("protocol", [socket.IPPROTO_TCP, 262])
def test_a_probe_finds_whatever_admits_a_connection_and_nothing_else(address: str, protocol: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as server:
        try:
            server.bind((address, 0))
        except OSError:
            pytest.fail(f"This machine lacks {address}: set net.ipv6.conf.lo.disable_ipv6 to 0.")
        port = server.getsockname()[1]
        assert probe(f"('127.0.0.9', {address!r},)", port, protocol) == 0  # nothing listens
        server.listen()
        # Where the kernel has no Multipath TCP, nobody reaches anything by it.
        found = isolation.REACHED if has(protocol) else 0
        assert probe(f"('127.0.0.9', {address!r},)", port, protocol) == found


def test_a_unit_loads_the_rule_as_root_and_then_probes_as_its_user() -> None:
    before = [value for key, value in isolation.properties("/usr/bin/python3") if key == "ExecStartPre"]
    load, tried = before
    assert load.startswith("+/bin/sh -c ")
    assert tried.startswith("/usr/bin/python3 -I -S -c ")
