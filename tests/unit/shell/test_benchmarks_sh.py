"""benchmarks.sh: which ./inv it calls, with what, and when it shows its usage. Beside it is an ./inv of the test's."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.parameters import spec
from benchmarks.paths import ROOT

USAGE = "Usage: {0} --instance-type"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    directory = tmp_path / "my place"
    directory.mkdir()
    inv = directory / "inv"
    inv.write_text('#!/bin/sh\nprintf "<%s>" "$@"\nexit 7\n')
    inv.chmod(0o755)
    return Path(shutil.copy(ROOT / "benchmarks.sh", directory))


def run(script: Path | str, *arguments: str, cwd: str | Path = "/") -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(script), *arguments], cwd=cwd, capture_output=True, text=True)


def test_flags_and_exit_code_are_those_of_bench(script: Path) -> None:
    done = run(script, "--instance-type", "t2.2xlarge", "-f", "--suite", "a b", "", "$(id)")
    assert done.stdout == "<bench><--instance-type><t2.2xlarge><-f><--suite><a b><><$(id)>"
    assert done.returncode == 7


def test_links_to_it_lead_home(script: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/absolute").symlink_to(script)
    (tmp_path / "bin/relative").symlink_to("../my place/benchmarks.sh")
    (tmp_path / "bin/chain").symlink_to("relative")
    for name in ("absolute", "relative", "chain"):
        assert run(f"bin/{name}", "-c", "8", cwd=tmp_path).stdout == "<bench><-c><8>"


@pytest.mark.parametrize("arguments", [("-h",), ("--help",), ("-i", "c7i.large", "--help")])
def test_help_is_the_usage_and_then_benchs_help(script: Path, arguments: tuple[str, ...]) -> None:
    done = run(script, *arguments)
    assert done.stdout.startswith(USAGE.format(script))
    assert done.stdout.endswith(f"\n\n<bench>{''.join(f'<{word}>' for word in arguments)}")


def test_without_arguments_there_is_usage_and_bench_says_the_rest(script: Path) -> None:
    done = run(script)
    assert done.stdout.startswith(USAGE.format(script))
    assert done.stdout.endswith("\n\n<bench>")
    assert done.returncode == 7


def test_a_name_with_spaces_and_signs_is_shown_as_it_is(script: Path) -> None:
    link = script.with_name("a $(id) `id`")
    link.symlink_to(script)
    assert run(link, "-h").stdout.startswith(USAGE.format(link))


def test_the_usage_names_flags_that_bench_has(script: Path) -> None:
    known = {parameter.flag: f"-{parameter.short}" for parameter in spec.parameters("benchmark")}
    listed = re.findall(r"^(-\w), (--[\w-]+) +: [A-Z].*\.$", run(script, "-h").stdout, re.MULTILINE)
    assert [flag for _, flag in listed] == ["--cpu", "--instance-type", "--memory", "--tail", "--help"]
    assert all({**known, "--help": "-h"}[flag] == short for short, flag in listed)
