"""Listing types as users do it, against a sandbox; what is right is computed here from AWS's raw answers."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.pages import policy_page
from tests.support import documented_policies
from tests.support.aws_clients import client
from tests.support.documented_policies import User

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
REGIONS = ("us-east-1", "eu-west-1")
WANTED = ("--cpu", "8", "--memory", "61035")
ESCAPE = "\x1b"


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it printed."""

    code: int
    out: str
    error: str = ""

    @property
    def table(self) -> list[str]:
        """The types in the order of the table's rows, which end at the first empty line."""
        rows = self.out.partition("\n\n")[0].splitlines()
        assert rows[0].split()[0] == "Type", self.out
        return [row.split()[0] for row in rows[1:]]


@dataclass(frozen=True)
class Shop:
    """An AWS account in a sandbox, and a user with a home of their own."""

    facts: dict[str, Any]
    user: User  # with the documented policy
    home: Path

    def environment(self, **changes: str | None) -> dict[str, str]:
        left = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        own = {"HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache"), "ANSIBLE_NOCOLOR": "1"}
        changed = {**left, **self.facts["environment"], **self.user.variables, **own, **changes}
        return {name: value for name, value in changed.items() if value is not None}

    def run(self, *argv: str, **changes: str | None) -> Result:
        done = subprocess.run(
            argv,
            cwd=ROOT,
            env=self.environment(**changes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def inv(self, *words: str, **changes: str | None) -> Result:
        return self.run(str(BIN / "invoke"), "--search-root", str(ROOT), *words, **changes)

    def types(self, *words: str, **changes: str | None) -> Result:
        return self.inv("bench.types", *words, **changes)

    def screen(self, *words: str, columns: int = 80, lines: int = 24, **changes: str | None) -> Result:
        """The same on a terminal of that size."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        environment = self.environment(TERM="xterm-256color", COLUMNS=None, LINES=None, NO_COLOR=None, **changes)
        argv = [str(BIN / "invoke"), "--search-root", str(ROOT), "bench.types", *words]
        process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        read = bytearray()
        # Linux ends a terminal whose other side is closed with an error.
        with contextlib.suppress(OSError):
            while block := os.read(ours, 65536):
                read += block
        os.close(ours)
        return Result(process.wait(timeout=60), read.decode().replace("\r\n", "\n"))

    def client(self, service: str, region: str) -> Any:
        return client(self.facts, service, region)

    def faults(self, *faults: dict[str, Any]) -> None:
        request = urllib.request.Request(
            f"{self.facts['endpoint_url']}/_sandbox/faults",
            json.dumps(faults).encode(),
            headers={"X-Sandbox-Token": self.facts["admin_token"]},
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=10).close()

    def forget(self) -> None:
        shutil.rmtree(self.home / "cache", ignore_errors=True)


@pytest.fixture(scope="module")
def sandbox_facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A sandbox of this module's own, and what it says of itself."""
    state = {**os.environ, "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}
    name = f"types-{uuid.uuid4().hex[:8]}"

    def command(task: str, *options: str) -> str:
        invoke = [str(ROOT / "inv"), f"sandbox.{task}", "--name", name]
        done = subprocess.run([*invoke, *options], cwd=ROOT, env=state, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    try:
        command("up", "--set", "regions_off=af-south-1")
        yield json.loads(command("env", "--format", "json"))
    finally:
        command("down")


@pytest.fixture(scope="module")
def user(sandbox_facts: dict[str, Any]) -> Iterator[User]:
    user = documented_policies.new_user(sandbox_facts, policy_page.RUN)
    yield user
    documented_policies.check(sandbox_facts, [user])


@pytest.fixture(scope="module")
def shop(sandbox_facts: dict[str, Any], user: User, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A user whose cache fills as the module goes on."""
    return Shop(sandbox_facts, user, tmp_path_factory.mktemp("home"))


@pytest.fixture
def new_shop(sandbox_facts: dict[str, Any], user: User, tmp_path: Path) -> Iterator[Shop]:
    """A user who has never listed anything; faults that are ordered for them end with the test."""
    shop = Shop(sandbox_facts, user, tmp_path)
    yield shop
    shop.faults()


def raw_answers(shop: Shop, region: str) -> tuple[list[dict[str, Any]], dict[str, float], dict[str, dict[str, float]]]:
    """What AWS says of the region: types that are offered but for Macs, their prices, their spot prices by zone."""

    def listed(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
        return [one for page in client.get_paginator(operation).paginate(**arguments) for one in page[key]]

    ec2 = shop.client("ec2", region)
    offered = {one["InstanceType"] for one in listed(ec2, "describe_instance_type_offerings", "InstanceTypeOfferings")}
    types = [
        one
        for one in listed(ec2, "describe_instance_types", "InstanceTypes")
        if one["InstanceType"] in offered and not one["InstanceType"].startswith("mac")
    ]
    wanted = {
        "regionCode": region,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
    }
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    prices = {}
    for text in listed(
        shop.client("pricing", "us-east-1"), "get_products", "PriceList", ServiceCode="AmazonEC2", Filters=filters
    ):
        product = json.loads(text)
        (term,) = product["terms"]["OnDemand"].values()
        (dimension,) = term["priceDimensions"].values()
        prices[product["product"]["attributes"]["instanceType"]] = float(dimension["pricePerUnit"]["USD"])
    spot: dict[str, dict[str, float]] = {}
    for one in listed(
        ec2,
        "describe_spot_price_history",
        "SpotPriceHistory",
        StartTime=datetime.now(UTC),
        ProductDescriptions=["Linux/UNIX"],
    ):
        spot.setdefault(one["InstanceType"], {}).setdefault(one["AvailabilityZone"], float(one["SpotPrice"]))
    return types, prices, spot


@pytest.mark.parametrize("region", REGIONS)
def test_the_list_is_what_follows_from_the_raw_answers_in_all_formats(shop: Shop, region: str) -> None:
    types, prices, spot = raw_answers(shop, region)
    fitting = [
        one
        for one in types
        if one["VCpuInfo"]["DefaultCores"] >= 8
        and one["MemoryInfo"]["SizeInMiB"] >= 61035
        and one["CurrentGeneration"]
        and not one["BurstablePerformanceSupported"]
        and "GpuInfo" not in one
    ]
    fitting.sort(
        key=lambda one: (
            one["VCpuInfo"]["DefaultCores"] / 8 - 1 + (one["MemoryInfo"]["SizeInMiB"] / 61035 - 1),
            prices.get(one["InstanceType"], float("inf")),
            one["InstanceType"],
        )
    )
    names = [one["InstanceType"] for one in fitting]
    assert len(names) > 100

    given = (*WANTED, "--region", region)
    document = json.loads(shop.types(*given, "--format", "json").out)
    assert [row["type"] for row in document["types"]] == names
    rows = list(csv.DictReader(io.StringIO(shop.types(*given, "--format", "csv").out)))
    assert [row["type"] for row in rows] == names
    assert shop.types(*given, "--format", "names").out == "".join(f"{name}\n" for name in names)
    table = shop.types(*given)
    assert table.table == names
    assert shop.types(*given, "--wide").table == names

    cells = [line.split() for line in table.out.splitlines()[1 : len(names) + 1]]
    for one, row, flat, cell in zip(fitting, document["types"], rows, cells, strict=True):
        name, vcpus = one["InstanceType"], one["VCpuInfo"]["DefaultVCpus"]
        cores, memory, price = one["VCpuInfo"]["DefaultCores"], one["MemoryInfo"]["SizeInMiB"], prices[name]
        assert (row["cores"], row["vcpus"], row["memory_mib"]) == (cores, vcpus, memory)
        assert (row["processor"], row["clock_ghz"]) == (
            one["ProcessorInfo"].get("Manufacturer"),
            one["ProcessorInfo"].get("SustainedClockSpeedInGhz"),
        )
        assert row["threads_per_core"] == one["VCpuInfo"]["DefaultThreadsPerCore"]
        assert row["network"] == one["NetworkInfo"]["NetworkPerformance"]
        assert row["local_disk_gb"] == one.get("InstanceStorageInfo", {}).get("TotalSizeInGB")
        assert row["bare_metal"] == one["BareMetal"]
        assert (row["on_demand_usd_per_hour"], float(flat["on_demand_usd_per_hour"])) == (price, price)
        assert row["on_demand_usd_per_core_hour"] == pytest.approx(price / cores)
        assert row["spot_usd_per_hour_by_zone"] == spot.get(name, {})
        assert row["spot_usd_per_hour"] == min(spot.get(name, {}).values(), default=None)
        assert [cell[0], *map(float, (cell[1], cell[2], cell[3])), cell[4]] == [
            name,
            cores,
            vcpus,
            pytest.approx(memory / 1024, abs=0.01),
            one["ProcessorInfo"]["SupportedArchitectures"][-1],
        ]
        assert (cell[5], cell[6]) == (f"{price:.4f}", f"{price / cores:.4f}")
    assert all(len(line) <= 80 for line in table.out.partition("\n\n")[0].splitlines())


def test_all_ways_in_give_the_same_rows(shop: Shop, tmp_path: Path) -> None:
    expected = json.loads(shop.types(*WANTED, "--format", "json").out)
    assert shop.inv("bench", *WANTED).table == [row["type"] for row in expected["types"]]

    extra = {"cpu": 8, "memory": 61035, "runs_dir": str(tmp_path), "run_id": "listed"}
    played = shop.run(str(BIN / "ansible-playbook"), "playbooks/types.yml", "-e", json.dumps(extra))
    assert played.code == 0, played.out + played.error
    record = json.loads((tmp_path / "listed/instance_types.json").read_text())
    assert record == expected
    message = played.out.partition("msg: |-\n")[2]
    shown = [line.split() for line in message.partition("\n\n")[0].splitlines()]
    plain = [line.split() for line in shop.types(*WANTED).out.partition("\n\n")[0].splitlines()]
    assert shown == plain
    assert "ansible-playbook playbooks/benchmark.yml -e instance_type=" in message

    again = shop.run(str(BIN / "ansible-playbook"), "playbooks/types.yml", "-e", json.dumps(extra))
    assert "changed=0" in again.out, again.out


def test_a_cached_answer_imports_neither_boto3_nor_botocore(shop: Shop) -> None:
    shop.types(*WANTED)
    done = shop.run(
        sys.executable, "-X", "importtime", "-m", "invoke", "--search-root", str(ROOT), "bench.types", *WANTED
    )
    assert done.code == 0
    imported = {line.rpartition("|")[2].strip() for line in done.error.splitlines()}
    assert "benchmarks.picker.selection" in imported
    assert not imported & {"boto3", "botocore.session", "botocore.client"}


def test_a_region_that_is_not_enabled_is_told(shop: Shop) -> None:
    refused = shop.types("-c", "8", "--region", "af-south-1")
    assert refused.code == 2, refused.out
    assert "The region af-south-1 is not enabled in your AWS account" in refused.error


def test_the_region_flag_counts_more_than_the_environment(shop: Shop) -> None:
    found = shop.types("-c", "8", "--max-cpu", "8", "--region", "eu-west-1", AWS_REGION="us-east-1")
    assert found.code == 0
    assert "instance types in eu-west-1 fit." in found.out
    assert re.search(r"^To run on the best fit: \./inv bench -i \S+ --region eu-west-1$", found.out, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--cpu", "0"), "cpu must be greater than 0, not 0."),
        (("--cpu", "many"), "cpu must be a whole number, not 'many'."),
        (("--memory", "-5"), "memory must be greater than 0, not -5."),
        (("-c", "8", "--region", "eu-wset-1"), "There is no AWS region eu-wset-1. Did you mean eu-west-1? Known: "),
        (("-c", "8", "--arch", "arm"), "arch must be one of x86_64, arm64, "),
        (("-c", "8", "--sort", "cost"), "sort must be one of fit, price, cores, memory, price-per-core, name, not"),
        (("-c", "8", "--format", "xml"), "format must be one of table, json, csv, names, not 'xml'."),
        (("-c", "8", "--az", "us-east-1q"), "us-east-1 has no availability zone us-east-1q. Known: us-east-1a, "),
        (("-c", "8", "--family", "c7"), "us-east-1 has no instance types of a family c7. Similar: "),
        (("--format", "json"), "Nothing was asked for."),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(shop: Shop, words: tuple[str, ...], sentence: str) -> None:
    refused = shop.types(*words)
    assert (refused.code, refused.out) == (2, "")
    assert refused.error.startswith(sentence)
    assert refused.error.count("\n") == 1


def test_a_playbook_refuses_with_the_same_sentence(shop: Shop, tmp_path: Path) -> None:
    extra = {"cpu": 8, "sort": "cost", "runs_dir": str(tmp_path)}
    played = shop.run(str(BIN / "ansible-playbook"), "playbooks/types.yml", "-e", json.dumps(extra))
    assert played.code != 0
    said = " ".join((played.out + played.error).split())
    assert "sort must be one of fit, price, cores, memory, price-per-core, name, not 'cost'." in said


def test_nothing_fits_is_said_on_standard_error_and_json_stays_json(shop: Shop) -> None:
    nothing = shop.types("--cpu", "5000", "--format", "json")
    assert nothing.code == 2
    assert json.loads(nothing.out)["types"] == []
    assert "cpu (at least 5000 cores) excludes " in nothing.error
    assert "The nearest miss is u" in nothing.error


def test_no_argument_is_usage(shop: Shop) -> None:
    usage = shop.types()
    assert usage.code == 2
    assert usage.out.startswith("Usage: ./inv bench.types")
    assert "number of physical cores" in usage.out


# Terminals


def pager(directory: Path) -> str:
    """A pager that shows that it was one."""
    script = directory / "pager"
    script.write_text("#!/bin/sh\necho PAGED\ncat\n")
    script.chmod(0o755)
    return str(script)


def without_styles(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_long_list_on_a_terminal_is_paged_and_coloured(shop: Shop, tmp_path: Path) -> None:
    screen = shop.screen(*WANTED, PAGER=pager(tmp_path))
    assert screen.code == 0
    assert screen.out.startswith("PAGED\n")
    assert ESCAPE in screen.out
    assert len(Result(0, without_styles(screen.out.removeprefix("PAGED\n"))).table) > 100


def test_a_list_that_fits_the_screen_is_not_paged(shop: Shop, tmp_path: Path) -> None:
    screen = shop.screen("-c", "8", "--max-cpu", "8", "--family", "c7a,r7a", PAGER=pager(tmp_path))
    assert screen.code == 0
    assert "PAGED" not in screen.out
    assert ESCAPE in screen.out


@pytest.mark.parametrize("columns", [80, 200])
def test_a_wide_table_is_never_broken(shop: Shop, tmp_path: Path, columns: int) -> None:
    words = ("-c", "8", "--max-cpu", "8", "--family", "c7a,r7a", "--wide")
    screen = shop.screen(*words, columns=columns, lines=60, PAGER=pager(tmp_path))
    piped = shop.types(*words)
    rows = piped.out.partition("\n\n")[0].splitlines()
    assert len(rows[1]) > 200
    assert screen.out.startswith("PAGED\n")
    assert set(rows) <= set(without_styles(screen.out).splitlines())


@pytest.mark.parametrize("command", ["/nonexistent/pager", "", "cat", "'unbalanced"])
def test_without_a_pager_the_list_is_printed(shop: Shop, command: str) -> None:
    screen = shop.screen(*WANTED, PAGER=command)
    assert screen.code == 0
    assert "To run on the best fit: ./inv bench -i " in without_styles(screen.out)


def test_less_is_the_pager_where_there_is_none_set_and_not_missed_where_there_is_no_less(
    shop: Shop, tmp_path: Path
) -> None:
    less = tmp_path / "less"
    less.write_text('#!/bin/sh\necho "LESS $*"\ncat\n')
    less.chmod(0o755)
    with_less = shop.screen(*WANTED, PAGER=None, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert with_less.out.startswith("LESS -R -S\n")
    without = shop.screen(*WANTED, PAGER=None, PATH=str(tmp_path / "nothing"))
    assert without.code == 0
    assert "To run on the best fit" in without_styles(without.out)


def test_into_a_pipe_there_is_no_escape_sequence_and_no_pager(shop: Shop, tmp_path: Path) -> None:
    piped = shop.types(*WANTED, PAGER=pager(tmp_path), TERM="xterm-256color")
    assert ESCAPE not in piped.out
    assert "PAGED" not in piped.out


def test_a_reader_that_has_seen_enough_is_no_error(shop: Shop) -> None:
    command = f"{BIN}/invoke --search-root {ROOT} bench.types -c 1 --all --burstable --gpu | head -1"
    done = shop.run("bash", "-o", "pipefail", "-c", command)
    assert (done.code, done.error) == (0, "")
    assert done.out.startswith("Type ")


# When AWS does not answer as it should


def test_without_the_permission_for_prices_types_are_listed_all_the_same(new_shop: Shop) -> None:
    new_shop.faults({"service": "pricing", "action": "GetProducts", "error": "AccessDeniedException"})
    found = new_shop.types(*WANTED)
    assert found.code == 0
    first = found.out.splitlines()[1].split()
    assert first[-2:] == ["\N{EN DASH}", "\N{EN DASH}"]
    assert "\nNo on-demand prices: the permission pricing:GetProducts is missing.\n" in found.out
    refused = new_shop.types(*WANTED, "--max-price", "1")
    assert refused.code == 2
    assert refused.error == "max_price cannot be checked: the permission pricing:GetProducts is missing.\n"


def test_throttled_calls_are_tried_again(new_shop: Shop) -> None:
    new_shop.faults({"service": "ec2", "action": "Describe*", "error": "RequestLimitExceeded", "times": 3})
    found = new_shop.types(*WANTED)
    assert found.code == 0, found.error
    assert len(found.table) > 100


def test_without_credentials_or_network_the_cache_answers_and_says_so(new_shop: Shop) -> None:
    first = new_shop.types(*WANTED)
    nobody = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_EC2_METADATA_DISABLED": "true"}
    fresh = new_shop.types(*WANTED, **nobody)
    assert (fresh.code, fresh.table) == (0, first.table)
    marked = new_shop.types(*WANTED, "--refresh", **nobody)
    assert (marked.code, marked.table) == (0, first.table)
    assert "\nFrom the cache, since AWS did not answer: instance types of " in marked.out
    assert "The reason: No AWS credentials were found" in marked.out
    names = new_shop.types(*WANTED, "--refresh", "--format", "names", **nobody)
    assert names.out == "".join(f"{name}\n" for name in first.table)
    assert names.error.startswith("From the cache, since AWS did not answer: ")
    new_shop.faults({"service": "*", "reset": True})
    lost = new_shop.types(*WANTED, "--refresh")
    assert (lost.code, lost.table) == (0, first.table)
    assert "\nFrom the cache, since AWS did not answer: " in lost.out
    new_shop.forget()
    refused = new_shop.types(*WANTED, **nobody)
    assert refused.code == 2
    assert refused.error.startswith("No AWS credentials were found")


def test_a_half_written_cache_is_fetched_again(new_shop: Shop) -> None:
    first = new_shop.types(*WANTED)
    for path in (new_shop.home / "cache").rglob("*.json"):
        path.write_bytes(path.read_bytes()[:1000])
    again = new_shop.types(*WANTED)
    assert (again.code, again.table) == (0, first.table)
    assert "From the cache" not in again.out


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_types_from_the_cache(shop: Shop, shell: str) -> None:
    program = shutil.which(shell)
    if not program:
        pytest.fail(f"Install {shell} to test its completion, as ./inv test does.")
    shop.types(*WANTED)
    script = shop.inv("bench.completion", shell).out
    ask = {
        "bash": "COMP_WORDS=(./inv bench -i c7i.2); COMP_CWORD=3; _benchmarks_inv; printf '%s\\n' \"${COMPREPLY[@]}\"",
        "zsh": "compadd() { print -l $found }; words=(./inv bench -i c7i.2); CURRENT=4; _benchmarks_inv",
        "fish": "complete -C './inv bench -i c7i.2'",
    }[shell]
    options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["-N"]}[shell]
    done = shop.run(program, *options, "-c", f"{script}\n{ask}")
    assert done.out.split() == ["c7i.24xlarge", "c7i.2xlarge"], done.error


def test_fish_offers_files_only_where_nothing_else_fits(shop: Shop) -> None:
    program = shutil.which("fish")
    assert program, "Install fish to test its completion, as ./inv test does."
    script = shop.inv("bench.completion", "fish").out
    ask = "complete -C './inv bench.types --format '; complete -C './inv bench --key-file READ'"
    done = shop.run(program, "-N", "-c", f"{script}\n{ask}")
    assert done.out.split() == ["csv", "json", "names", "table", "README.md"], done.error


def test_an_unknown_shell_is_refused(shop: Shop) -> None:
    refused = shop.inv("bench.completion", "tcsh")
    assert refused.code == 2
    assert refused.error == "Completion is for bash, zsh, fish, not for 'tcsh'.\n"
