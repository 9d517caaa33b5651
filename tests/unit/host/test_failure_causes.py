"""Why builds and runs failed, from logs as Cargo, the compiler and the harnesses write them."""

from __future__ import annotations

import pytest

from benchmarks.host import failure_causes
from benchmarks.host.failure_causes import LINES

ENDED = "It failed with exit status 101."


def run(target: str, text: str, more: str = "") -> str:
    """A target that failed: its output, and behind it what Cargo says."""
    return (
        f"    Finished `bench` profile [optimized] target(s) in 0.05s\n"
        f"     Running benches/{target}.rs (target/release/deps/{target}-c1a01ce8a563641e)\n"
        f"{text}\nerror: bench failed, to rerun pass `-p own --bench {target}`\n{more}"
    )


def caused_by(end: str) -> str:
    return f"\nCaused by:\n  process didn't exit successfully: `target/release/deps/a-c1 --bench` ({end})\n"


PANIC = """\
Benchmarking wants a file: Warming up for 100.00 ms

thread 'main' (16852) panicked at benches/a.rs:4:96:
test data: not there
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"""


@pytest.mark.parametrize(
    ("log", "said"),
    [
        pytest.param(
            run("a", PANIC), "the target a panicked at benches/a.rs:4:96: test data: not there.", id="a panic"
        ),
        pytest.param(
            run("a", "error: the cache is cold, which is no problem\n" + PANIC),
            "the target a panicked at benches/a.rs:4:96: test data: not there.",
            id="a harmless message before it",
        ),
        pytest.param(
            run("a", PANIC.replace("wants a file", "first").replace("a.rs:4", "caught.rs:1") + PANIC),
            "the target a panicked at benches/a.rs:4:96: test data: not there.",
            id="a panic that was caught before it",
        ),
        pytest.param(
            run("a", "thread 'main' panicked at 'no luck', benches/a.rs:7:9\nstack backtrace:\n   0: x\n"),
            "the target a panicked at 'no luck', benches/a.rs:7:9.",
            id="a panic of an older compiler",
        ),
        pytest.param(
            run("a", "Benchmarking x", caused_by("signal: 4, SIGILL: illegal instruction")),
            "the target a was ended by SIGILL, because it uses instructions that this CPU lacks. Build it for this "
            "CPU: without rustflags, or with -C target-cpu=native.",
            id="a signal",
        ),
        pytest.param(
            run(
                "a",
                "\nthread 'main' (7) has overflowed its stack\nfatal runtime error: stack overflow, aborting",
                caused_by("signal: 6, SIGABRT: process abort signal"),
            ),
            "the target a was ended by SIGABRT: thread 'main' (7) has overflowed its stack.",
            id="a stack that overflowed",
        ),
        pytest.param(
            run("a", "memory allocation of 99 bytes failed", caused_by("signal: 6, SIGABRT: process abort signal")),
            "the target a was ended by SIGABRT: memory allocation of 99 bytes failed. Choose an instance type with "
            "more memory.",
            id="memory that could not be had",
        ),
        pytest.param(
            run("a", PANIC, caused_by("signal: 6, SIGABRT: process abort signal")),
            "the target a panicked at benches/a.rs:4:96: test data: not there, and was ended by SIGABRT.",
            id="a panic that aborts",
        ),
        pytest.param(
            run("a", "error: Unrecognized option: 'sample-size'"),
            "the target a failed: Unrecognized option: 'sample-size'. The compiler's own harness ran in Criterion's "
            "place: put harness = false below the [[bench]] in Cargo.toml.",
            id="the harness of the compiler",
        ),
        pytest.param(
            run("a", PANIC) + run("b", "") + run("c", PANIC),
            "the target a panicked at benches/a.rs:4:96: test data: not there; b and c failed too.",
            id="several targets",
        ),
    ],
)
def test_what_ended_a_run_is_said_in_one_sentence(log: str, said: str) -> None:
    assert failure_causes.explain(ENDED, log) == (f"It failed with exit status 101: {said}", ())


def test_a_message_of_several_lines_stands_below() -> None:
    message = (
        "thread 'main' panicked at benches/a.rs:5:1:\ncannot connect\n\nCaused by:\n    no server\nnote: run with x\n"
    )
    assert failure_causes.explain(ENDED, run("a", message)) == (
        "It failed with exit status 101: the target a panicked at benches/a.rs:5:1: cannot connect.",
        ("Caused by:", "    no server"),
    )


def test_a_program_that_ends_by_itself_has_its_last_lines_shown() -> None:
    text = f"{PANIC}\n" + "\n".join(f"line {number}" for number in range(20))
    sentence, detail = failure_causes.explain(ENDED, run("a", text, caused_by("exit status: 3")))
    assert sentence == "It failed with exit status 101: the target a failed with exit status 3."
    assert detail == tuple(f"line {number}" for number in range(8, 20))


def test_a_target_that_went_well_after_one_that_failed_is_not_blamed() -> None:
    log = run("a", PANIC) + "     Running benches/b.rs (target/release/deps/b-c1a01ce8a563641e)\nBenchmarking b\n"
    assert failure_causes.find(log).reason == "the target a panicked at benches/a.rs:4:96: test data: not there"


COMPILER = """\
   Compiling tiny v0.1.0 (/home/b/source)
error[E0425]: cannot find value `y` in this scope
 --> src/lib.rs:2:5
  |
2 |     y
  |     ^ not found in this scope

error[E0425]: cannot find value `z` in this scope
For more information about this error, try `rustc --explain E0425`.
error: could not compile `tiny` (lib) due to 1 previous error
"""
SCRIPT = """\
error: failed to run custom build command for `native v0.1.0 (/home/b/source)`

Caused by:
  process didn't exit successfully: `/home/b/target/release/build/native-84/build-script-build` (exit status: {status})
  --- stdout
  cargo:rerun-if-changed=build.rs

  --- stderr
{words}
warning: build failed, waiting for other jobs to finish...
"""
IMAGE = "The machine lacks something for it: give an image that has it by --ami, or a machine of yours by --host."


def test_the_compilers_first_error_is_shown_with_where_it_is() -> None:
    assert failure_causes.explain(ENDED, COMPILER) == (
        "It failed with exit status 101: cannot find value `y` in this scope.",
        (" --> src/lib.rs:2:5", "  |", "2 |     y", "  |     ^ not found in this scope"),
    )


def test_what_a_build_scripts_panic_says_is_shown() -> None:
    words = "\n  thread 'main' panicked at build.rs:4:60:\n  cmake is needed\n  note: run with `RUST_BACKTRACE=1`\n"
    assert failure_causes.explain(ENDED, SCRIPT.format(status=101, words=words)) == (
        "It failed with exit status 101: failed to run custom build command for `native v0.1.0 (/home/b/source)`, "
        f"which panicked at build.rs:4:60: cmake is needed. {IMAGE}",
        (),
    )


def test_what_a_build_script_says_is_shown() -> None:
    assert failure_causes.explain(ENDED, SCRIPT.format(status=1, words="  openssl was not found\n")) == (
        "It failed with exit status 101: failed to run custom build command for `native v0.1.0 (/home/b/source)`. "
        f"{IMAGE}",
        ("  openssl was not found",),
    )


def test_cargos_own_causes_are_shown() -> None:
    log = "error: failed to parse manifest at `/a/Cargo.toml`\n\nCaused by:\n  invalid key\n\nCaused by:\n  no root\n"
    assert failure_causes.explain(ENDED, log) == (
        "It failed with exit status 101: failed to parse manifest at `/a/Cargo.toml`.",
        ("Caused by:", "  invalid key", "Caused by:", "  no root"),
    )


def test_a_long_list_is_cut_and_says_so() -> None:
    lines = "\n".join(f"  crate-{number} requires rustc 1.{number}" for number in range(70, 90))
    log = f"error: rustc 1.63.0 is not supported by the following packages:\n{lines}\n"
    sentence, (*detail, cut) = failure_causes.explain(ENDED, log)
    assert sentence.startswith(
        "It failed with exit status 101: rustc 1.63.0 is not supported by the following packages. Give a newer "
        "compiler by --toolchain 1.89, "
    )
    assert len(detail) == LINES - 1
    assert cut == "  … and 9 lines more in the log"


@pytest.mark.parametrize(
    "line",
    [
        "  process didn't exit successfully: `rustc --crate-name one` (signal: 9, SIGKILL: kill)",
        "  = note: collect2: fatal error: ld terminated with signal 9 [Killed]",
    ],
)
def test_a_compiler_that_was_killed_is_told(line: str) -> None:
    assert failure_causes.explain(ENDED, f"error: could not compile `one`\n\nCaused by:\n{line}\n") == (
        "It failed with exit status 101: the compiler was ended by SIGKILL, most likely because memory ran out. "
        "Choose an instance type with more memory.",
        (),
    )


def test_a_log_without_errors_shows_its_end() -> None:
    assert failure_causes.explain(ENDED, "\n".join(map(str, range(100)))) == (ENDED, tuple(map(str, range(88, 100))))


def test_an_empty_log_explains_nothing() -> None:
    assert failure_causes.explain(ENDED, "") == (ENDED, ())


def test_what_came_last_in_the_log_of_the_first_target_that_failed_is_its_context() -> None:
    log = run("a", PANIC) + "     Running benches/b.rs (target/release/deps/b-c1a01ce8a563641e)\nBenchmarking b\n"
    lines = failure_causes.context(log)
    assert "test data: not there" in lines
    assert lines[-1].startswith("error: bench failed")
    assert len(lines) <= LINES


def test_the_context_of_what_no_target_has_failed_is_the_end_of_the_log() -> None:
    lines = failure_causes.context("\n".join(f"line {number}" for number in range(50)) + "\n" + "x" * 10_000)
    assert lines[:-1] == tuple(f"line {number}" for number in range(51 - LINES, 50))
    assert lines[-1] == "x" * (failure_causes.LONGEST - 1) + "…"
    assert failure_causes.context("") == ()
