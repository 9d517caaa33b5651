"""The Invoke tasks and their namespace.

A task only reads its parameters, calls and prints; the work is done in benchmarks/ and the playbooks.
"""

from __future__ import annotations

from pathlib import Path

from invoke.collection import Collection
from invoke.context import Context

from benchmarks.cli import bench_command, invoke_parser, setup_command, teardown_command, types_command
from benchmarks.cli.spec_tasks import spec_task
from benchmarks.errors import RefusedError
from benchmarks.parameters import attaching, request, spec
from benchmarks.paths import ROOT
from benchmarks.runs.records import Values

invoke_parser.help_parse_errors()


@spec_task(
    "benchmark",
    command="bench",
    examples=(
        ("bench -i c7i.2xlarge", "Run plonky2's benchmarks on a c7i.2xlarge."),
        ("bench -i c7i.2xlarge -c 2 -f", "The same on two of its cores, with the log shown live."),
        ("bench -i c7i.2xlarge --detach", "The same, left to itself; bench.attach comes back to it."),
        ("bench -i c7i.2xlarge,c8g.2xlarge --instances 3", "The same on three instances of each of two types."),
        ("bench -c 8 -m 61035", "List the instance types with at least 8 cores and 61035 MiB."),
        ("bench --host me@192.0.2.7 -s plonky2-quick", "Run on a machine you have, without AWS."),
    ),
)
def run(_context: Context, given: Values) -> None:
    """Run a benchmark suite on EC2, or on a machine you have.

    The results are brought back, and nothing is left running.
    """
    values = request.read("benchmark", given, Path.cwd())
    if request.is_empty(values):
        run.print_manual()
        raise RefusedError("Nothing was asked for, so nothing was launched.")
    if request.lists_types(values):
        types.body(_context, {name: given[name] for name in given if name in spec.names("types")})
        return
    if attaching.attaches(values):
        bench_command.attach(values)
        return
    bench_command.run(values)


@spec_task(
    "attach",
    command="bench.attach",
    examples=(
        ("bench.attach latest", "Come back to the run that was begun last."),
        ("bench.attach RUN -f", "The same with another one, with its log shown live."),
    ),
)
def attach(_context: Context, given: Values) -> None:
    """Come back to a run that was left.

    Whether by Ctrl-C, by --detach or because this machine was lost: it is followed to its end, its results are brought
    back, and nothing is left running, as if it had never been left.
    Exit codes: the run's own - 0 if it succeeded, 1 if it failed or is partial. 2 if there is no such run.
    """
    bench_command.attach(request.read("attach", given, Path.cwd()))


@spec_task(
    "types",
    command="bench.types",
    examples=(
        ("bench.types -c 8 -m 61035", "Types with at least 8 cores and 61035 MiB, best fit first."),
        ("bench.types -c 8 --family c7i,c7a --sort price", "Those of two families, the cheapest first."),
        ("bench.types -c 8 --format names | head -1", "The best fit's name, for a script."),
    ),
)
def types(_context: Context, given: Values) -> None:
    """List the instance types that fit, the best fit first.

    Those with at least that many cores and that much memory: least excess first, then price. Nothing is launched.
    """
    if not given:
        types.print_manual()
        raise RefusedError("Nothing was asked for, so nothing is listed.")
    types_command.run(request.read("types", given, Path.cwd()))


@spec_task(
    "runs",
    command="bench.runs",
    examples=(
        ("bench.runs", "What runs and costs money, and the last runs."),
        ("bench.runs --all-owners --region eu-central-1,us-east-1", "What anyone runs in two regions, too."),
        ("bench.runs --format names | head -1", "The latest run, or one that costs money, for a script."),
    ),
)
def runs(_context: Context, given: Values) -> None:
    """List the runs: what costs money now first, then the latest.

    They are known by their directory here, by their instances in EC2, or by their results in S3.
    Each has its state, machine and cost so far. Without AWS, what is known here is listed. Nothing is changed.
    """
    # Imported here, since the other commands start faster without it.
    from benchmarks.cli import runs_command

    runs_command.run(request.read("runs", given, Path.cwd()))


@spec_task(
    "results",
    command="bench.results",
    examples=(
        ("bench.results", "The results of the latest run."),
        ("bench.results latest~1 latest", "Those of the last two runs, side by side."),
        ("bench.results target/criterion --unit ns", "Those of a Criterion directory."),
        ("bench.results latest --format csv", "As a table for a spreadsheet or a script."),
        ("bench.results --bucket BUCKET --suite plonky2 --since 7d", "A list of what colleagues ran."),
    ),
)
def results(_context: Context, given: Values) -> None:
    """Show the results of runs, Criterion directories and logs.

    Several are shown side by side, and below them what makes their numbers unstable. Nothing is launched or changed.
    """
    # Imported here, since the other commands start faster without it.
    from benchmarks.cli import results_command

    results_command.run(request.read("results", given, Path.cwd()))


@spec_task(
    "compare",
    command="bench.compare",
    examples=(
        ("bench.compare latest~1 latest", "The latest run with the one before it."),
        ("bench.compare old=RUN,RUN,RUN new=RUN,RUN,RUN", "Three runs a side, for 95 % intervals."),
        ("bench.compare RUN RUN --by instance-type", "The instance types of two runs."),
        ("bench.compare --bucket BUCKET --ref '1.*' --by ref", "Versions that colleagues measured."),
        ("bench.compare old=RUN new=RUN --regressions --fail-on 5%", "For a script: exit code 3 if one is 5 % slower."),
    ),
)
def compare(_context: Context, given: Values) -> None:
    """Compare results, with a verdict on each benchmark.

    Each is faster, slower, the same or unclear, by the ratio new/old and its interval.
    Exit codes: 0 if compared, 2 if refused, 3 if beyond --fail-on or --fail-on-unclear.
    """
    # Imported here, since the other commands start faster without it.
    from benchmarks.cli import compare_command

    compare_command.run(request.read("compare", given, Path.cwd()))


@spec_task(
    "report",
    command="bench.report",
    examples=(
        ("bench.report", "A page of the latest run, in report.html."),
        ("bench.report latest~1 latest --page-file both.html", "One that compares the last two runs."),
    ),
)
def report(_context: Context, given: Values) -> None:
    """Make a page with tables and plots of results.

    It is one HTML file that needs nothing else, and compares several results with the first. Each run makes one of its
    own results, and publishes it with the log.
    """
    # Imported here, since the other commands start faster without it.
    from benchmarks.cli import report_command

    report_command.run(request.read("report", given, Path.cwd()))


@spec_task("setup", command="bench.setup")
def setup(_context: Context, given: Values) -> None:
    """Check your AWS account, and create what runs need in it.

    Credentials, permissions, quota and network are checked. A security group, role, bucket and template are created
    when you agree. Exit codes: 0 if runs can begin, 1 if something failed or is missing, 2 if refused.
    """
    setup_command.run(request.read("setup", given, Path.cwd()))


@spec_task(
    "teardown",
    command="bench.teardown",
    examples=(
        ("bench.teardown", "List what setup made, and remove it when you agree. Results stay."),
        ("bench.teardown --delete-results BUCKET", "The same, with all results and their bucket."),
    ),
)
def teardown(_context: Context, given: Values) -> None:
    """Remove from your AWS account what bench.setup made there.

    What would be removed, and what stays, is listed first. Results are kept, and what setup did not make.
    """
    teardown_command.run(request.read("teardown", given, Path.cwd()))


@spec_task(
    "terminate",
    command="bench.terminate",
    examples=(
        ("bench.terminate latest", "End what the run that was started last here has kept."),
        ("bench.terminate --expired", "End all of yours whose time is over, as from cron."),
        ("bench.terminate --expired --all-owners --region eu-central-1,us-east-1", "Everyone's, in two regions."),
    ),
)
def terminate(_context: Context, given: Values) -> None:
    """Terminate a run's instances, or all that have expired.

    A run is named by its id, the start of it, or latest; bench.runs lists them. What is saved of it is said at the end.
    """
    # Imported here, since the other commands start faster without it.
    from benchmarks.cli import terminate_command

    terminate_command.run(request.read("terminate", given, Path.cwd()))


bench = Collection("bench")
bench.add_task(run, name="run", default=True)
bench.add_task(attach, name="attach")
bench.add_task(types, name="types")
bench.add_task(runs, name="runs")
bench.add_task(results, name="results")
bench.add_task(compare, name="compare")
bench.add_task(report, name="report")
bench.add_task(setup, name="setup")
bench.add_task(teardown, name="teardown")
bench.add_task(terminate, name="terminate")

# The container image leaves out sandbox/ and the developers' tools, and so the tasks that need them.
if (ROOT / "sandbox").is_dir():
    from benchmarks.cli import developer_tasks
    from benchmarks.cli.completion_task import completion
    from sandbox.cli import demo
    from sandbox.cli.commands import namespace as sandbox

    bench.add_task(completion, name="completion")
    namespace = Collection(bench, sandbox, demo.demo, *developer_tasks.tasks)
else:
    namespace = Collection(bench)

namespace.configure(
    {
        # In this order; tasks that do not exist here are skipped.
        "groups": {
            "Benchmark": (
                "bench",
                "bench.attach",
                "bench.types",
                "bench.runs",
                "bench.results",
                "bench.compare",
                "bench.report",
                "bench.setup",
                "bench.teardown",
                "bench.terminate",
                "bench.completion",
            ),
            "Without an AWS account": ("demo", "sandbox.up", "sandbox.env", "sandbox.status", "sandbox.down"),
            "Work on this project": ("test", "lint", "docs", "generate", "perf"),
        }
    }
)
