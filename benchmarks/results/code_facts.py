"""What was built and run, and by which version of this tool."""

from __future__ import annotations

from benchmarks import __version__
from benchmarks.runs.records import Build, Preflight, Suite, Toolchain
from benchmarks.runs.result_records import Code, Tool


def code(suite: Suite, toolchain: Toolchain, build: Build | None) -> Code:
    """What an attempt has built and run: the suite as requested, and the source and compiler as found on the host.

    `build` is None if the attempt has recorded no build. A repository is checked out at its commit; only a
    directory may differ from one.
    """
    host, tree = toolchain.host, toolchain.working_tree
    return Code(
        suite=suite.name,
        source=toolchain.source,
        package=suite.package,
        benches=suite.benches,
        arguments=suite.arguments,
        features=suite.features,
        rustflags=suite.rustflags,
        environment=suite.environment,
        toolchain=suite.toolchain,
        commit=tree.commit if tree else host.commit,
        crate_sha256=host.crate_sha256,
        dirty_sha256=tree.dirty_sha256 if tree else None,
        rustc=host.rustc,
        cargo=host.cargo,
        linker=host.linker,
        lock_sha256=host.cargo_lock_sha256,
        harnesses=host.harnesses,
        profile=build.profile if build else None,
        target_cpu=build.target_cpu if build else None,
        executables=build.executables if build else {},
    )


def tool(plan: Preflight) -> Tool:
    """This tool, and the EC2 endpoint that the run was planned for if that is not AWS's own."""
    return Tool(version=__version__, endpoint=plan.endpoint)
