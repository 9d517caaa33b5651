"""What else to know of results: where they come from, what is lost, and what makes them unstable."""

from __future__ import annotations

from benchmarks.results import stability
from benchmarks.runs.result_records import Results


def of_results(results: Results) -> list[str]:
    """Sentences for the user."""
    endpoint = results.tool.endpoint if results.tool else None
    sandbox = [f"Measured through {endpoint}, which is not AWS: these are numbers of a sandbox."] if endpoint else []
    return [*sandbox, *results.lost, *results.notes, *stability.warnings(results.measurements, results.platform)]
