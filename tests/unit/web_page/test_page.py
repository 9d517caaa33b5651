"""The page as a whole, as text; how browsers show it is tested in tests/integration/test_page.py."""

from __future__ import annotations

import json
import math
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Results, Tool
from benchmarks.web_page import page, page_assets
from tests.support import page_samples
from tests.support.result_samples import HOSTILE, criterion, labelled, printed, two_sources


class Elements(HTMLParser):
    """The elements of a page, and their texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    content: dict[str, Any] = json.loads(found[1])
    return content


def test_the_page_is_titled_and_tells_what_ran() -> None:
    texts = Elements(page.render([page_samples.run(samples=3)])).texts
    for text in ("plonky2 on c7i.2xlarge", "74 benchmarks", "cost $0.3998", "us-east-1b (use1-az2)"):
        assert text in texts


def test_problems_notes_and_another_endpoint_are_told() -> None:
    source = labelled(
        criterion(),
        problems=("a/b cannot be read: <b>.",),
        partial="1 of 74 benchmarks were measured.",
        notes=("It was throttled.",),
        tool=Tool(version="1", endpoint="http://127.0.0.1:5000"),
    )
    texts = Elements(page.render([source])).texts
    assert "a/b cannot be read: <b>." in texts
    assert "1 of 74 benchmarks were measured." in texts
    assert "It was throttled." in texts
    assert any("not AWS's own (http://127.0.0.1:5000)" in text for text in texts)


def test_nothing_is_loaded_from_outside() -> None:
    for tag, attributes in Elements(page.render([page_samples.run(samples=1)])).found:
        assert tag not in ("iframe", "object", "embed", "base", "form")
        assert not {"src", "action", "style", "onclick", "onload"} & attributes.keys()
        assert attributes.get("href", "#")[0] == "#" or attributes["href"] == "data:,"  # type: ignore[index]


def test_the_policy_allows_the_pages_own_scripts_and_style_alone() -> None:
    html = page.render([page_samples.run(samples=1)])
    (policy,) = (attributes["content"] for _, attributes in Elements(html).found if "http-equiv" in attributes)
    assert policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*", policy)
    # What the policy allows is what the page contains, to the byte.
    for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL):
        assert page_assets.Script(script).source in policy


def test_hostile_names_are_never_markup() -> None:
    sources = two_sources()
    plain = Elements(page.render([labelled(criterion(), label="c7i"), labelled(criterion(), label="desk")]))
    hostile = [Labelled(HOSTILE[0], sources[0].results), Labelled("</script><b>", sources[1].results)]
    html = page.render(hostile)
    assert html.count("<script") == page.render(sources).count("<script")
    assert "alert(1)</script>" not in html
    assert not {"b"} & {tag for tag, _ in Elements(html).found}
    assert {tag for tag, _ in plain.found} <= {tag for tag, _ in Elements(html).found}
    ids = {one.get("id", one["name"]) for one in data_of(html)["benchmarks"]}
    assert set(HOSTILE) <= ids


@pytest.mark.parametrize("id", ["half \ud800 a pair", "line \u2028 separator", "<!-- <script>"])
def test_the_data_is_whole_whatever_an_id_has(id: str) -> None:
    html = page.render([labelled(criterion(id))])
    html.encode()
    (one,) = data_of(html)["benchmarks"]
    assert one.get("id", one["name"]) == id


def test_numbers_that_json_has_not_are_null() -> None:
    (row,) = data_of(page.render([labelled(criterion(point=math.inf))]))["measurements"]["rows"]
    assert row["point"] is None


def test_each_unit_has_an_axis_of_its_own() -> None:
    found = data_of(page.render([labelled(criterion(), criterion("b"), printed("c"), printed("d", unit=None))]))[
        "units"
    ]
    assert [unit["name"] for unit in found] == ["time", "Kcycles", "unit not known"]
    assert found[0]["ticks"][0][1].endswith(" ns")


def test_without_any_measurement_there_is_a_page_too() -> None:
    found = data_of(page.render([Labelled("empty", Results(measurements=(), problems=("Nothing was measured.",)))]))
    assert (found["units"], found["measurements"]["rows"], found["prices"]) == ([], [], None)


def test_prices_are_there_with_several_instance_types() -> None:
    found = page.page_data([page_samples.run(number, samples=1) for number in range(3)])["prices"]
    assert found["benchmarks"] == 74
    assert [point["machine"] for point in found["points"]] == ["c7i.2xlarge", "c7a.2xlarge", "c7g.2xlarge"]
    assert [point["texts"][0] for point in found["points"]] == ["$0.357/h", "$0.4106/h", "$0.2892/h"]


def test_one_run_is_small_enough_to_mail() -> None:
    assert len(page.render([page_samples.run()]).encode()) <= 1_200_000


def test_fifty_runs_are_small_enough_to_open() -> None:
    html = page.render([page_samples.run(number) for number in range(50)])
    assert len(html.encode()) <= 2_000_000
    assert not data_of(html)["measurements"]["has_samples"]
