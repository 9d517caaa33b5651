"""The page of results as one HTML file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from benchmarks.results.labelled import Labelled
from benchmarks.web_page import (
    benchmark_list,
    comparison_data,
    log_ticks,
    measurement_data,
    page_assets,
    page_headline,
    price_front,
    size_families,
    source_facts,
)
from benchmarks.web_page.compared_results import ComparedResults
from benchmarks.web_page.sample_values import rounded
from benchmarks.web_page.visible_text import shortened

_TEMPLATE = "page.html"
_MOST_DESCRIBED = 20  # sources of which the page tells all that is known
_UNSAFE = re.compile("[<\u2028\u2029\ud800-\udfff]")
# The style element that Observable Plot adds to each plot of the class `chart`. It changes with Plot's version.
_STYLE_OF_PLOTS = "'sha256-zrfVyvY1E/5V+DXZunsRZW8XTqTsuIZzp8dBDThhSn8='"


def render(sources: Sequence[Labelled], comparisons: Sequence[ComparedResults] = ()) -> str:
    """The page of the sources, with the comparisons first if there are any.

    Raises FailedError if the library for plots is not installed.
    """
    assets = page_assets.read()
    facts = [source_facts.source_facts(source) for source in sources]
    environment = Environment(
        loader=FileSystemLoader(page_assets.DIRECTORY), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template(_TEMPLATE).render(
        policy=_policy(assets),
        title=page_headline.title(facts, comparisons),
        sources=facts,
        key_facts=page_headline.key_facts(sources),
        most_described=_MOST_DESCRIBED,
        endpoints=page_headline.endpoints(sources),
        problems=page_headline.told(sources, [source.results.lost for source in sources]),
        notes=page_headline.told(sources, [source.results.notes for source in sources]),
        data=Markup(_json(page_data(sources, comparisons))),
        style=Markup(assets.style),
        scripts=[(Markup(script.text), Markup(script.licence)) for script in assets.scripts],
    )


def page_data(sources: Sequence[Labelled], comparisons: Sequence[ComparedResults] = ()) -> dict[str, Any]:
    """What the scripts draw."""
    listed = benchmark_list.benchmark_list(sources, comparisons)
    units = measurement_data.units(sources)
    return {
        "sources": [shortened(source.label) for source in sources],
        "benchmarks": listed.data(),
        "units": [_unit(unit, sources) for unit in units],
        "measurements": measurement_data.data(sources, listed, units),
        "comparisons": [comparison_data.data(comparison, listed) for comparison in comparisons],
        "families": size_families.families(sources, listed, units),
        "prices": _prices(sources),
    }


def _unit(unit: str | None, sources: Sequence[Labelled]) -> dict[str, Any]:
    shown = [one.shown for source in sources for one in source.results.measurements if one.unit == unit]
    ends = [end for one in shown if one.interval for end in (one.interval.low, one.interval.high)]
    name = {"ns": "time", None: "unit not known"}.get(unit, shortened(unit or ""))
    return {"name": name, "ticks": log_ticks.ticks([*(one.point for one in shown), *ends], unit)}


def _prices(sources: Sequence[Labelled]) -> dict[str, Any] | None:
    front = price_front.price_front(sources)
    if not front:
        return None
    points = [
        {
            "source": one.source,
            "machine": shortened(source_facts.machine(sources[one.source].results)),
            "usd": one.usd_per_hour,
            "time": rounded(one.time),
            "texts": [f"${one.usd_per_hour:.4g}/h", f"{one.time:.3f}"],
            "front": one.on_front,
        }
        for one in front.points
    ]
    return {"benchmarks": front.benchmarks, "points": points}


def _policy(assets: page_assets.Assets) -> str:
    """The page may run its own scripts and styles, and load nothing: https://www.w3.org/TR/CSP3/"""
    scripts = " ".join(dict.fromkeys(script.source for script in assets.scripts))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {assets.style_source} {_STYLE_OF_PLOTS}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _json(content: Any) -> str:
    """JSON for a script element, which ends at `</script`, and in which `<!--` begins a comment.

    Escaped too are halves of surrogate pairs, which are no text, and the line ends that JSON has not.
    """
    text = json.dumps(content, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
