"""What the pages say, held against what there is: parameters, commands, links, error sentences."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible.cli.playbook import PlaybookCLI
from invoke.exceptions import Exit
from invoke.parser import Parser
from invoke.program import Program

import tasks
from benchmarks.cli import invoke_parser
from benchmarks.cli.spec_tasks import SpecTask
from benchmarks.errors import RefusedError
from benchmarks.pages import parameter_page
from benchmarks.parameters import spec
from benchmarks.paths import ROOT
from tests.support.pages import (
    MARKS,
    SHELL,
    TOOLS,
    Block,
    anchors,
    blocks,
    commands,
    inline_code,
    links,
    pages,
    quotations,
)
from tests.support.repository import files, relative, spec_tasks, tree, yaml_of

PAGES = pages()
BLOCKS = [block for page in PAGES for block in blocks(page)]
SHELL_BLOCKS = [block for block in BLOCKS if block.language in SHELL]
ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:\d+)?(/[^\s]*)?|mailto:[^\s@]+@[^\s@]+")


def test_the_page_of_parameters_is_made_from_their_specs() -> None:
    assert parameter_page.PATH.read_text() == parameter_page.page(), "run ./inv generate"


def test_the_page_of_parameters_calls_tasks_by_their_names() -> None:
    for entry_point, task in spec_tasks().items():
        assert parameter_page.command(entry_point) == f"./inv {task.command}"


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_a_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        if ":" in link.partition("/")[0]:
            assert ADDRESS.fullmatch(link), link
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_names_its_language_and_a_shell_block_who_runs_it(block: Block) -> None:
    assert block.language, "an indented block, or one without a language: what is it?"
    if block.language in SHELL:
        assert len(set(block.marks) & set(MARKS)) == 1, f"one of {', '.join(MARKS)} after the language"
        assert not set(block.marks) - {*MARKS, f"exit={block.exit_code}"}
    else:
        assert not set(block.marks) - {f"save={block.file}"}


def test_every_decision_is_listed_by_its_title() -> None:
    page = ROOT / "docs/adr/README.md"
    for path in page.parent.glob("[0-9]*.md"):
        title = path.read_text().splitlines()[0].removeprefix("# ")
        assert f"- [{title}]({path.name})\n" in page.read_text(), f"{page.name} lacks {path.name}"


def _check_inv(words: list[str]) -> None:
    """Parse a call of ./inv as the program does, and its values as the task does."""
    program = Program(namespace=tasks.namespace)
    program.create_config()
    try:
        program.parse_core(invoke_parser.normalized(["./inv", *words]))
        program.parse_collection()
        parser = Parser(contexts=program.collection.to_contexts(), initial=program.initial_context)
        parsed = parser.parse_argv(program.core.unparsed)
    except Exit as error:
        # --version and the like end here, and well.
        if not error.code:
            return
        pytest.fail(f"./inv {' '.join(words)}: {error}")
    by_name = {str(context.name): context for context in parsed}
    for task in spec_tasks().values():
        context = by_name.get(task.command) or by_name.get(f"{task.command}.run")
        if context:
            _check_values(task, {a.attr_name or a.name: a.value for a in context.args.values() if a.got_value})


def _check_values(task: SpecTask, given: dict[str, object]) -> None:
    if not given.pop("help", False) and given:
        spec.read_all(task.entry_point, {name: value for name, value in given.items() if value is not None})


def _check_playbook(words: list[str]) -> None:
    """Parse a call of ansible-playbook as Ansible does, and what it is given by -e as the playbooks do."""
    cli = PlaybookCLI(["ansible-playbook", *words])
    cli.init_parser()
    options = cli.parser.parse_args(words)
    for playbook in options.args:
        assert (ROOT / playbook).is_file(), playbook
    extra = [text for text in options.extra_vars if not text.startswith("@")]
    given = dict(pair.partition("=")[::2] for text in extra for pair in text.split())
    if given:
        spec.read_all(Path(options.args[0]).stem, given)


def _check(words: list[str]) -> None:
    tool, *rest = words
    # Three dots after a flag are its value, elsewhere more of the same.
    rest = [word for before, word in zip(words, rest, strict=False) if word != "…" or before.startswith("-")]
    if rest:
        {"./inv": _check_inv, "ansible-playbook": _check_playbook}[tool](rest)


@pytest.mark.parametrize(
    "script",
    (
        "./inv bench --instnace-type c7i.large",
        "./inv bench --cpu four",
        "./inv bench.type --cpu 4",
        "echo $(./inv sandbox.env --nam x) | cat",
        "ansible-playbook playbooks/benchmark.yml -e instance_typ=c7i.large",
        "ansible-playbook playbooks/bench.yml",
        "true && ./inv bench \\\n  --tial",
    ),
)
def test_a_mistyped_command_would_be_noticed(script: str) -> None:
    with pytest.raises((pytest.fail.Exception, AssertionError, RefusedError)):
        for words in commands(script):
            _check(words)


@pytest.mark.parametrize("block", SHELL_BLOCKS, ids=str)
def test_a_command_in_a_block_can_be_read(block: Block) -> None:
    for words in commands(block.script):
        _check(words)


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_a_command_in_the_text_can_be_read(page: Path) -> None:
    for code in inline_code(page):
        if code.startswith(TOOLS) and not re.search(r"\bTASK\b", code):
            for words in commands(code):
                _check(words)


# Those of container engines and of Criterion that the pages name, and the one that the page on adding a parameter adds.
OTHER_FLAGS = {
    *("--build-arg", "--cap-drop", "--init", "--ipc", "--read-only", "--rm", "--tmpfs", "--user", "--userns", "-it"),
    *("--note", "--quick"),
}


def _flags_of_ansible() -> set[str]:
    cli = PlaybookCLI(["ansible-playbook"])
    cli.init_parser()
    return set(cli.parser._option_string_actions)


def _flags() -> set[str]:
    """Every flag of every task, and Invoke's own."""
    every = [argument for name in tasks.namespace.task_names for argument in tasks.namespace[name].get_arguments()]
    every += Program().core_args()
    names = {name.replace("_", "-") for argument in every for name in argument.names}
    return {f"--{name}" if len(name) > 1 else f"-{name}" for name in names}


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_a_flag_that_is_named_in_the_text_is_there(page: Path) -> None:
    named = {found[0] for code in inline_code(page) if (found := re.match(r"--?[a-z][a-z-]*", code))}
    assert named <= _flags() | _flags_of_ansible() | OTHER_FLAGS


def test_every_build_argument_of_the_image_is_explained() -> None:
    arguments = re.findall(r"^ARG (\w+)=", (ROOT / "Containerfile").read_text(), re.MULTILINE)
    page = (ROOT / "docs/container.md").read_text()
    assert arguments
    assert [name for name in arguments if f"--build-arg {name}=" not in page] == []


def _constants(node: ast.AST) -> Iterator[str]:
    """The texts below a node in the order in which they stand, `…` for each value between them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        elif isinstance(child, ast.FormattedValue):
            yield "…"
        yield from _constants(child)


def _sayings() -> Iterator[str]:
    """What each function, each class or module, and each task of a role may say."""
    for path in [*files("benchmarks", "plugins", suffixes=(".py",)), ROOT / "tasks.py"]:
        module = tree(path)
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.Assign | ast.AnnAssign):
                yield "".join(_constants(node))
    for path in files("roles", suffixes=(".yml",)):
        yield re.sub(r"{{.*?}}", "…", " ".join(str(yaml_of(path)).split()))


SAYINGS = [" ".join(saying.split()) for saying in _sayings()]


@pytest.mark.parametrize("sentence", list(quotations(ROOT / "docs/troubleshooting.md")))
def test_an_error_sentence_on_the_page_is_one_that_the_tool_can_say(sentence: str) -> None:
    # How the tool is called is filled in, since in a container it is called otherwise.
    pieces = [piece for part in sentence.replace("./inv ", "…").split("…") if len(piece := part.strip(" :.,")) > 2]
    assert sum(map(len, pieces)) >= 10, "too little of the sentence is left to know it by"
    pattern = re.compile(".*".join(map(re.escape, pieces)))
    assert any(pattern.search(saying) for saying in SAYINGS)
