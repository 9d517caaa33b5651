"""./inv as a whole: what it lists and which versions it tells."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import tasks
from benchmarks import __version__
from benchmarks.cli import program
from benchmarks.paths import ROOT


def inv(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "inv", *words], cwd="/", env={**os.environ, "COLUMNS": "80"}, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "words",
    ["--list", "--version", "", "bench --help", "bench.completion bash", "bench.types --cpu 4 --region nowhere"],
)
def test_a_reader_who_leaves_changes_nothing(words: str) -> None:
    read = inv(*words.split())
    unread = subprocess.Popen([ROOT / "inv", *words.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert unread.stdout
    assert unread.stderr
    unread.stdout.close()
    assert (unread.stderr.read(), unread.wait()) == (read.stderr, read.returncode)
    unread.stderr.close()


@pytest.mark.parametrize("words", ["bench --help", "bench.types --cpu 4 --region nowhere"])
def test_nor_does_one_who_leaves_a_task_that_invoke_itself_was_called_for(words: str) -> None:
    command = [str(Path(sys.executable).parent / "invoke"), "--search-root", str(ROOT), *words.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as unread:
        assert unread.stdout
        unread.stdout.close()
        assert unread.stderr
        said = unread.stderr.read()
    assert "Error" not in said
    assert unread.returncode == inv(*words.split()).returncode


def test_no_output_at_all_is_no_failure() -> None:
    assert subprocess.run(["sh", "-c", 'exec "$0" --list >&- 2>&-', ROOT / "inv"]).returncode == 0


def test_every_task_is_in_one_group() -> None:
    shown = Counter(name for group in program.groups(tasks.namespace).values() for name in group)
    assert shown == Counter(name for name, _ in program.names(tasks.namespace))


def test_the_list_is_grouped_and_has_one_line_of_help_for_each_task() -> None:
    listed = inv("--list")
    assert listed.returncode == 0
    heading, first = listed.stdout.splitlines()[:2]
    assert (heading.strip(), first.split()[0]) == ("Benchmark", "bench")
    for name, line in program.names(tasks.namespace):
        assert re.search(rf"^  {re.escape(name)} +{re.escape(line.split()[0])} ", listed.stdout, re.MULTILINE), name
        assert f" {line}" in "\n".join(row.rstrip() for row in listed.stdout.splitlines())
        assert line.endswith(".")


def test_without_a_task_it_says_how_to_start() -> None:
    shown = inv()
    assert shown.returncode == 0
    assert inv("--help").stdout == shown.stdout
    assert shown.stdout == f"{inv('--list').stdout}{program.first_steps(tasks.namespace)}\n"


def test_the_version_names_what_a_result_depends_on() -> None:
    shown = inv("--version")
    pattern = rf"benchmarks {re.escape(__version__)}\nansible-core 2\.\S+, amazon\.aws \d+\.\S+, Python 3\.\S+\n"
    assert re.fullmatch(pattern, shown.stdout)


def test_a_mistyped_task_is_answered_with_the_nearest_one_as_users_call_it() -> None:
    refused = inv("benhc")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "Unknown task benhc. Did you mean bench? ./inv --list shows them all.\n"


@pytest.mark.parametrize("module", ["tasks", "benchmarks.cli.program"])
def test_what_only_comparisons_need_is_not_loaded_for_other_tasks(module: str) -> None:
    """numpy and scipy take longer to load than everything else together."""
    script = f"import sys, {module}; print(sorted({{'numpy', 'scipy'}} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


def test_starting_a_command_does_not_load_what_takes_longest() -> None:
    script = "import sys, tasks; print(sorted({'boto3', 'botocore.parsers', '_awscrt', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
