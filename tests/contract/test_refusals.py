"""The same refusing sentence in every way in: real commands, in an empty home, with no AWS variable set."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.paths import ROOT
from tests.support import interfaces
from tests.support.interfaces import BIN

BAD_CREDENTIALS = "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"


@dataclass(frozen=True)
class Case:
    """A bad request of a playbook, and the sentence that refuses it; `flag` is another where a flag is meant."""

    name: str
    given: Mapping[str, Any]
    sentence: str
    flag: str | None = None
    playbook: str = "benchmark"
    environment: Mapping[str, str] = field(default_factory=dict)


NOTHING: Mapping[str, str] = {}
MACHINE = {"instance_type": "c7i.large", "region": "eu-central-1"}
CASES = (
    Case(
        "unknown-parameter",
        {"instnace_type": "c7i.large"},
        "Unknown parameter instnace_type. Did you mean instance_type? Known: instance_type, cpu, memory, ",
        flag="Unknown flag --instnace-type. Did you mean --instance-type? See ./inv bench --help.",
    ),
    Case("cpu-that-is-no-number", {**MACHINE, "cpu": "four"}, "cpu must be a whole number, not 'four'."),
    Case("port-that-is-none", {**MACHINE, "ssh_port": "99999"}, "ssh_port must be at most 65535, not 99999."),
    Case("limit-beyond-a-month", {**MACHINE, "time_limit": "9" * 30}, "time_limit must be at most 43200, not 999"),
    *(
        Case(f"empty-{name}", {**MACHINE, name: ""}, f"{name} is given but empty, as from a variable that is not set: ")
        for name in ("host", "cpu", "keep", "rustflags")
    ),
    Case("negative-memory", {**MACHINE, "memory": "-5"}, "memory must be greater than 0, not -5."),
    Case(
        "unknown-suite",
        {**MACHINE, "suite": "plonky2-quik"},
        "There is no suite plonky2-quik. Did you mean plonky2-quick? Known: plonky2, plonky2-quick, or the path of a "
        "suite's .yml file.",
    ),
    Case(
        "missing-key", {**MACHINE, "key_file": "{home}/none.pem"}, "The key file {home}/none.pem does not exist: give"
    ),
    Case("key-is-a-directory", {**MACHINE, "key_file": "{home}"}, "The key file {home} is a directory: give the path"),
    Case(
        "open-key",
        {**MACHINE, "key_file": "{home}/open.pem"},
        "The key file {home}/open.pem can be read by others, which ssh refuses: run chmod 0400 {home}/open.pem",
    ),
    Case(
        "bad-host",
        {"host": "me@box:0"},
        "host must be [user@]address[:port], such as ubuntu@192.0.2.7:22, not 'me@box:0'.",
    ),
    Case(
        "host-and-type",
        {**MACHINE, "host": "box"},
        "host and instance_type exclude each other: a machine that you have",
    ),
    Case(
        "bad-run-id",
        {**MACHINE, "run_id": "../x"},
        "run_id must be 1 to 48 lowercase letters, digits and inner hyphens",
    ),
    Case(
        "no-region",
        {"instance_type": "c7i.large"},
        "No AWS region is set: give --region, such as --region eu-central-1",
    ),
    Case(
        "unknown-region",
        {**MACHINE, "region": "eu-centra-1"},
        "There is no AWS region eu-centra-1. Did you mean eu-cent",
    ),
    Case(
        "runs-dir-is-a-file", {**MACHINE, "runs_dir": "{home}/open.pem"}, "The runs directory {home}/open.pem cannot be"
    ),
    Case(
        "runs-dir-that-ssh-cannot-be-given",
        {**MACHINE, "runs_dir": '{home}/my "runs"'},
        'ssh cannot be given the path \'{home}/my "runs"/',
    ),
    Case("nothing-asked-for", {}, "Nothing was asked for"),
    Case(
        "no-run-to-end", {}, "run is missing: name a run, by its id, the start of it, or latest", playbook="terminate"
    ),
    Case("run-by-two-names", {"run_id": "r1", "run": "r2"}, "run and run_id exclude each other", playbook="terminate"),
    Case(
        "word-and-expired", {"run": "r1", "expired": True}, "run and expired exclude each other", playbook="terminate"
    ),
    Case(
        "no-latest-run",
        {"run": "latest", "runs_dir": "{home}", "region": "eu-central-1"},
        "There is no run in {home} yet: start one by bench, or give another directory by --runs-dir.",
        playbook="terminate",
    ),
    Case(
        "run-and-expired",
        {"run_id": "r1", "expired": True},
        "run_id and expired exclude each other",
        playbook="terminate",
    ),
    Case(
        "all-owners-of-a-run",
        {"run_id": "r1", "all_owners": True},
        "all_owners is only for expired: a run is ended by its name, whoever started it.",
        playbook="terminate",
    ),
    Case(
        "run-in-several-regions",
        {"run_id": "r1", "region": "eu-central-1,us-east-1"},
        "A run is in one region: give a single one, since several are only for expired.",
        playbook="terminate",
    ),
    Case(
        "expired-in-an-unknown-region",
        {"expired": True, "region": "eu-central-1,eu-centrall-1"},
        "There is no AWS region eu-centrall-1. Did you mean eu-central-1?",
        playbook="terminate",
    ),
    Case(
        "source-range-for-all",
        {"allow_from": "0.0.0.0/0", "region": "eu-central-1"},
        "allow_from must not be 0.0.0.0/0: that opens SSH to the whole Internet.",
        playbook="setup",
    ),
    Case(
        "results-of-no-bucket",
        {"delete_results": "", "region": "eu-central-1"},
        "delete_results is given but empty, as from a variable that is not set: give it a value, or leave it",
        playbook="teardown",
    ),
    Case(
        "types-of-no-number",
        {"cpu": "0", "region": "eu-central-1"},
        "cpu must be greater than 0, not 0.",
        playbook="types",
    ),
    Case(
        "unknown-sort-key",
        {"cpu": "4", "sort": "age", "region": "eu-central-1"},
        "sort must be one of fit, price, cores, memory, price-per-core, name, not 'age'.",
        playbook="types",
    ),
)


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, all that it showed as one line of text, and what it left."""

    code: int
    screen: str
    left: list[str]


@dataclass(frozen=True)
class Place:
    """A home of its own, with a key that is open to others."""

    home: Path

    @property
    def runs(self) -> Path:
        return self.home / "my runs"

    def filled(self, given: Mapping[str, Any]) -> dict[str, str]:
        return {name: str(value).format(home=self.home) for name, value in given.items()}

    def run(self, argv: list[str], cwd: Path | None = None, environment: Mapping[str, str] = NOTHING) -> Ended:
        done = subprocess.run(
            argv,
            cwd=cwd or self.home,
            env={**interfaces.environment(self.home), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        left = sorted(str(p.relative_to(self.runs)) for p in self.runs.rglob("*")) if self.runs.is_dir() else []
        return Ended(done.returncode, " ".join(done.stdout.split()), left)

    def invoke(self, case: Case) -> Ended:
        given = {"runs_dir": str(self.runs), **self.filled(case.given)}
        command = [str(ROOT / "inv"), interfaces.task(case.playbook), *interfaces.flags(given)]
        return self.run(command, None, case.environment)

    def ansible(self, case: Case) -> Ended:
        extra = self.home / "extra.yml"
        extra.write_text(yaml.safe_dump({"runs_dir": str(self.runs), **self.filled(case.given)}))
        argv = [str(BIN / "ansible-playbook"), f"playbooks/{case.playbook}.yml", "-e", f"@{extra}"]
        return self.run(argv, ROOT, case.environment)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    key = tmp_path / "open.pem"
    key.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    key.chmod(0o644)
    assert stat.S_IMODE(key.stat().st_mode) == 0o644
    return Place(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_invoke_refuses_with_the_sentence_and_leaves_nothing(place: Place, case: Case) -> None:
    ended = place.invoke(case)
    assert (case.flag or case.sentence).format(home=place.home) in ended.screen
    assert "Traceback" not in ended.screen
    assert "TASK [" not in ended.screen
    assert (ended.code, ended.left) == (2, [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ansible_refuses_with_the_sentence_and_leaves_nothing(place: Place, case: Case) -> None:
    ended = place.ansible(case)
    assert case.sentence.format(home=place.home) in ended.screen
    assert "Traceback" not in ended.screen
    assert "Failed to parse inventory" not in ended.screen
    assert ended.code != 0
    assert ended.left == []


@pytest.mark.parametrize("words", [["--host", ""], ["-i", ""], ["--host="], ["-c", "", "-m", "4096"]], ids=str)
def test_a_variable_that_is_not_set_launches_nothing_else(place: Place, words: list[str]) -> None:
    for program in ("inv bench", "benchmarks.sh"):
        command, *task = program.split()
        ended = place.run([str(ROOT / command), *task, *words, "--runs-dir", str(place.runs)])
        assert " is given but empty, as from a variable that is not set: give it a value, or leave it" in ended.screen
        assert (ended.code, ended.left) == (2, [])


def test_by_ansible_neither_does_it(place: Place) -> None:
    argv = [str(BIN / "ansible-playbook"), "playbooks/benchmark.yml", "-e", "host="]
    ended = place.run([*argv, "-e", f"runs_dir='{place.runs}'"], ROOT)
    assert "host is given but empty, as from a variable that is not set: give it a value, or leave it" in ended.screen
    assert (ended.code, ended.left) == (2, [])


def test_a_list_or_mapping_where_a_text_is_wanted_is_called_one(place: Place) -> None:
    for value, said in ((["a"], "the list ['a']"), ({"a": "b"}, "the mapping {'a': 'b'}")):
        given = json.dumps({**MACHINE, "suite": value, "runs_dir": str(place.runs)})
        ended = place.run([str(BIN / "ansible-playbook"), "playbooks/benchmark.yml", "-e", given], ROOT)
        assert f"suite must be a string, not {said}." in ended.screen
        assert (ended.code, ended.left) == (2, [])


@pytest.mark.parametrize(
    ("playbook", "flag", "tag"),
    [
        ("benchmark", "--tags", "nonsense"),
        ("benchmark", "--skip-tags", "lanch"),
        ("setup", "--tags", ""),
        ("teardown", "--tags", "setup"),
        ("types", "--tags", "launch"),
        ("terminate", "--tags", "launch"),
    ],
)
def test_a_tag_that_no_task_has_is_refused(place: Place, playbook: str, flag: str, tag: str) -> None:
    argv = [str(BIN / "ansible-playbook"), f"playbooks/{playbook}.yml", flag, tag]
    ended = place.run([*argv, "-e", json.dumps({"runs_dir": str(place.runs)})], ROOT)
    assert f"There is no tag {tag!r}." in ended.screen
    assert " Known: preflight, " in ended.screen
    assert (ended.code, ended.left) == (2, [])


NO_CREDENTIALS = Case("no-credentials", MACHINE, BAD_CREDENTIALS)


def test_invoke_without_credentials_refuses_and_leaves_nothing(place: Place) -> None:
    ended = place.invoke(NO_CREDENTIALS)
    assert BAD_CREDENTIALS in ended.screen
    assert ended.screen.endswith("Nothing was launched.")
    assert "Traceback" not in ended.screen
    assert (ended.code, ended.left) == (2, [])


def test_ansible_without_credentials_refuses_and_leaves_nothing(place: Place) -> None:
    ended = place.ansible(NO_CREDENTIALS)
    assert BAD_CREDENTIALS in ended.screen
    assert "Traceback" not in ended.screen
    assert (ended.code, ended.left) == (2, [])


def test_a_region_that_contradicts_the_environment_is_refused_by_ansible_which_cannot_change_it(place: Place) -> None:
    case = Case("contradiction", {**MACHINE, "region": "us-east-1"}, "", environment={"AWS_REGION": "eu-central-1"})
    ended = place.ansible(case)
    assert "region is us-east-1, but the environment's AWS_REGION is eu-central-1: set one of them to" in ended.screen
    assert ended.left == []
    # The wrapper sets the region of every child, and gets past it.
    assert BAD_CREDENTIALS in place.invoke(case).screen


def test_inv_itself_ends_with_exit_code_2(place: Place) -> None:
    done = subprocess.run(
        [str(ROOT / "inv"), "bench", "--instnace-type", "c7i.large"], cwd=place.home, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.endswith("Unknown flag --instnace-type. Did you mean --instance-type? See ./inv bench --help.\n")


SECRET = "must have no user name, password or token in its URL, since it would be published and could be read by"


def test_a_servers_address_with_a_password_is_refused_before_anything_is_launched(place: Place) -> None:
    servers = {"RUSTUP_DIST_SERVER": "https://me:s3cret@mirror.example"}
    ended = place.invoke(Case("secret", MACHINE, "", environment=servers))
    assert f"RUSTUP_DIST_SERVER {SECRET} third-party code: use an address without." in ended.screen
    assert ended.screen.endswith("Nothing was launched.")
    assert "s3cret" not in ended.screen
    assert (ended.code, ended.left) == (2, [])


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("git", {"toolchain_suite": {"toolchain": "system", "source": {"git": "https://s3cret@host/r", "ref": "v1"}}}),
        ("toolchain_crates_server", {"toolchain_crates_server": "https://me:s3cret@mirror.example"}),
    ],
)
def test_the_role_by_itself_refuses_an_address_with_a_secret(place: Place, name: str, given: dict[str, Any]) -> None:
    suite = {"toolchain": "system", "source": {"crate": "one", "ref": "1.0.0"}}
    values = {"toolchain_suite": suite, "toolchain_record_file": str(place.home / "toolchain.json"), **given}
    play = {"hosts": "nowhere.invalid", "gather_facts": False, "roles": [{"role": "toolchain", "vars": values}]}
    (place.home / "site.yml").write_text(yaml.safe_dump([play]))
    argv = [str(BIN / "ansible-playbook"), "-i", "nowhere.invalid,", str(place.home / "site.yml")]
    ended = place.run(argv, ROOT)
    assert f"{name} {SECRET}" in ended.screen
    assert "s3cret" not in ended.screen
    assert ended.code != 0
