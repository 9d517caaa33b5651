"""The page of results in Debian's Chromium: what it shows, how it is used, and that nothing leaves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Tool
from benchmarks.web_page import page as web_page
from benchmarks.web_page.compared_results import ComparedResults
from tests.support import page_samples
from tests.support.browser import WIDE, benchmarks, chromium, opened
from tests.support.result_samples import HOSTILE, criterion, labelled, two_sources

MOST_NODES = 20_000
MOST_PLOTS = 3  # before anything is picked
PHONE = {"width": 390, "height": 844}
PICKED = "#" + urlencode({"target": "ffts", "id": "fft<GoldilocksField>/16384"})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages that several tests open, by name."""
    before, after = page_samples.run(label="before"), page_samples.run(label="after", slower=0.98)
    sandbox = Tool(version="0.1.0", endpoint="http://127.0.0.1:5000")
    pages: dict[str, tuple[Sequence[Labelled], Sequence[ComparedResults]]] = {
        "run": ([page_samples.run()], []),
        "sandbox": ([page_samples.run(tool=sandbox, problems=("a/b is damaged.",), notes=("It was slow.",))], []),
        "comparison": ([before, after], [page_samples.comparison(), page_samples.comparison("before", "again", 6)]),
        "doubled": ([before, after], [_doubled(page_samples.comparison())]),
        "machines": ([page_samples.run(number, samples=5) for number in range(6)], []),
        "everything": _everything(),
        "fifty": ([page_samples.run(number, samples=17) for number in range(50)], []),
        "hostile": (two_sources(), []),
        "large": ([labelled(*(criterion(f"group{n % 70}/f/{n}", 10.0 + n) for n in range(10_000)))], []),
    }
    directory = tmp_path_factory.mktemp("pages")
    written = {}
    for name, content in pages.items():
        written[name] = directory / f"{name}.html"
        written[name].write_text(web_page.render(*content), encoding="utf-8")
    return written


def _doubled(comparison: ComparedResults) -> ComparedResults:
    """One of the benchmarks takes nearly twice as long."""
    first, *others = comparison.benchmarks
    return replace(comparison, benchmarks=(replace(first, ratio=1.83, interval=None, verdict="slower"), *others))


def _everything() -> tuple[Sequence[Labelled], Sequence[ComparedResults]]:
    """Few benchmarks, and every kind of plot and sentence."""
    odd: dict[str, Any] = {
        "problems": ("a/b is damaged.",),
        "notes": ("It was slow.",),
        "tool": Tool(version="1", endpoint="http://a"),
    }
    sources = [page_samples.run(number, samples=10, **odd) for number in range(2)]
    few = [
        Labelled(one.label, msgspec.structs.replace(one.results, measurements=one.results.measurements[-12:]))
        for one in sources
    ]
    whole = page_samples.comparison()
    return few, [replace(whole, benchmarks=whole.benchmarks[-12:])]


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, files: dict[str, Path]) -> Iterator[Open]:
    """Opens a page by name. Whatever it does in the test, it must make no request and log no error."""
    with ExitStack() as pages:
        yield lambda name, fragment="", **settings: pages.enter_context(
            opened(browser, files[name], fragment, **settings)
        )


def column(page: Page, title: str, table: str = "measurements") -> list[str]:
    titles = [text.strip("▲▼") for text in page.locator(f"#{table}-table thead th").all_inner_texts()]
    cells = page.locator(f"#{table}-table tbody tr > :nth-child({titles.index(title) + 1})")
    return cells.all_inner_texts()


def header(page: Page, title: str, table: str = "measurements") -> Any:
    return page.locator(f"#{table}-table thead th", has=page.get_by_role("button", name=title, exact=True))


def is_on_screen(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    assert box
    height = page.evaluate("innerHeight")
    return box["y"] < height and box["y"] + box["height"] > 0


def test_a_run_is_told_and_drawn(open_page: Open) -> None:
    page = open_page("run")
    assert page.title() == "plonky2 on c7i.2xlarge"
    expect(page.get_by_role("heading", level=1)).to_have_text("plonky2 on c7i.2xlarge")
    page.get_by_text("What ran, where and for how much").click()
    expect(page.get_by_text("Intel(R) Xeon(R) Platinum 8488C")).to_be_visible()
    assert page.locator("#overview svg [data-mark=dot] path, #overview svg [data-mark=dot] circle").count() == 74
    assert len(benchmarks(page)) == 74
    assert column(page, "estimate")[0].endswith("µs")


def test_what_to_beware_of_is_visible_at_once(open_page: Open) -> None:
    page = open_page("sandbox")
    for text in ("not AWS's own (http://127.0.0.1:5000)", "a/b is damaged.", "It was slow."):
        expect(page.get_by_text(text)).to_be_visible()


@pytest.mark.parametrize("name", ["run", "comparison", "machines", "fifty", "hostile", "large"])
def test_a_page_stays_small_until_it_is_used(open_page: Open, name: str) -> None:
    page = open_page(name)
    assert page.locator("*").count() <= MOST_NODES
    assert 1 <= page.locator(".plot svg").count() <= MOST_PLOTS


def test_a_click_on_a_heading_sorts_and_another_one_reverses(open_page: Open) -> None:
    page = open_page("run")
    expect(header(page, "benchmark")).to_have_attribute("aria-sort", "ascending")
    header(page, "estimate").get_by_role("button").click()
    expect(header(page, "estimate")).to_have_attribute("aria-sort", "ascending")
    assert header(page, "benchmark").get_attribute("aria-sort") is None
    first = benchmarks(page)[0]
    assert first == "add-throughput<GoldilocksField>"
    header(page, "estimate").get_by_role("button").click()
    expect(header(page, "estimate")).to_have_attribute("aria-sort", "descending")
    assert benchmarks(page)[-1] == first
    assert benchmarks(page)[0] == "merkle-tree<poseidon>/32768"


def test_the_keyboard_alone_sorts_and_picks(open_page: Open) -> None:
    page = open_page("run")
    header(page, "target").get_by_role("button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(header(page, "estimate")).to_have_attribute("aria-sort", "ascending")
    focused = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert focused == "solid"
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('tbody') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#picked .picked-name")).to_contain_text("add-throughput<GoldilocksField>")
    assert page.evaluate("document.activeElement.id") == "picked-title"


def test_the_filter_narrows_table_and_plot(open_page: Open) -> None:
    page = open_page("run")
    page.get_by_label("Filter").fill("FFT 8192")
    assert benchmarks(page) == ["fft<GoldilocksField>/8192", "lde<GoldilocksField>/8192"]
    expect(page.locator("#filter-count")).to_have_text("2 of 74 benchmarks")
    assert page.locator("#overview svg [data-mark=dot] path, #overview svg [data-mark=dot] circle").count() == 2
    page.get_by_label("Filter").fill("no such")
    expect(page.get_by_text("No benchmark matches the filter.")).to_be_visible()
    page.get_by_label("Filter").fill("")
    assert len(benchmarks(page)) == 74


def test_a_link_to_a_benchmark_shows_its_samples_and_distribution(open_page: Open) -> None:
    page = open_page("run", PICKED)
    expect(page.locator("#picked .picked-name")).to_contain_text("fft<GoldilocksField>/16384")
    samples, distribution = page.locator("#picked svg").all()
    assert samples.locator("[data-mark=dot] path, [data-mark=dot] circle").count() == 100
    assert distribution.locator("[data-mark=line] path").count() == 1
    expect(page.locator("#measurements-table [aria-current=true]")).to_have_text("fft<GoldilocksField>/16384")


def test_samples_are_in_time_order_and_their_shares_rise(open_page: Open) -> None:
    page = open_page("run", PICKED)
    dots = "[...document.querySelectorAll('#picked svg')[0].querySelectorAll('[data-mark=dot] *')]"
    across = page.evaluate(f"{dots}.map((dot) => dot.getBoundingClientRect().x)")
    assert across == sorted(across)
    shares = page.evaluate("shares(DATA.measurements.rows.find((row) => row.benchmark === chosen.picked))")
    assert shares[-1][1] == 1
    assert shares == sorted(shares)


def test_a_pick_is_in_the_address_and_goes_with_back(open_page: Open) -> None:
    page = open_page("run")
    page.locator("#measurements-table tbody a").nth(1).click()
    assert page.url.endswith(PICKED)
    assert is_on_screen(page, "#picked")
    page.go_back()
    expect(page.locator("#picked")).to_contain_text("Pick a benchmark")


def test_a_click_into_the_plot_picks_the_nearest_benchmark(open_page: Open) -> None:
    page = open_page("run")
    page.locator("#overview svg [data-mark=dot] *").nth(2).hover()
    expect(page.locator("#overview svg [data-mark=tip]")).to_contain_text("fft<GoldilocksField>/32768")
    page.locator("#overview svg [data-mark=dot] *").nth(2).click(force=True)
    expect(page.locator("#picked .picked-name")).to_contain_text("fft<GoldilocksField>/32768")


@pytest.mark.parametrize(("name", "greatest"), [("comparison", 1.1), ("doubled", 1.8)])
def test_the_axis_of_ratios_is_labelled_on_both_sides_of_one(open_page: Open, name: str, greatest: float) -> None:
    texts = open_page(name).locator(".plot svg").first.locator("text").all_text_contents()
    ticks = [float(text) for text in texts if re.fullmatch(r"[0-9.]+", text)]
    assert min(ticks) <= 1 / greatest + 0.06
    assert max(ticks) >= greatest - 0.01


def test_ratios_come_first_with_verdicts_by_word_and_shape(open_page: Open) -> None:
    page = open_page("comparison")
    sections = page.locator("main h2").all_inner_texts()
    assert sections[0] == "Ratios"
    words: list[str] = [row.verdict for row in page_samples.comparison().benchmarks]
    legend = page.locator("#overview .legend").inner_text()
    for sign, verdict in (("▲", "slower"), ("▼", "faster"), ("◇", "unclear"), ("●", "same")):
        assert re.search(rf"{sign}\s*{words.count(verdict)} {verdict}", legend)
        assert f"{sign}{verdict}" in column(page, "verdict", "ratios")
    # Triangles up and down are one shape, turned; a circle is an element of its own.
    dots = page.locator("#overview [data-mark=dot]")
    assert len({path.get_attribute("d") for path in dots.locator("path").all()}) == 2
    assert dots.locator("circle").count() == words.count("same")
    expect(page.get_by_text("The geometric mean of the ratios is 0.984 (95% interval 0.975 to 0.993)")).to_be_visible()
    assert page.locator("#overview [data-mark=rect] rect").count() == 1  # the band of the threshold


def test_another_comparison_can_be_chosen(open_page: Open) -> None:
    page = open_page("comparison")
    before = column(page, "ratio new/old", "ratios")
    page.get_by_label("Comparison").select_option("again against before")
    assert column(page, "ratio new/old", "ratios") != before
    expect(page.get_by_text("Each ratio is again divided by before.")).to_be_visible()


def test_a_verdict_can_be_filtered(open_page: Open) -> None:
    page = open_page("comparison")
    page.get_by_label("Filter").fill("slower")
    assert {text.strip("▲") for text in column(page, "verdict", "ratios")} == {"slower"}


def test_sizes_and_prices_have_plots_and_tables(open_page: Open) -> None:
    page = open_page("machines")
    page.get_by_label("Family").select_option("reverse_index_bits")
    assert page.locator("#scaling svg [data-mark=line] path").count() == 6
    expect(page.locator("#scaling .legend")).to_contain_text("c7i.2xlarge 1")
    page.get_by_text("As a table").click()
    rows = page.locator("#prices tbody tr").all_inner_texts()
    assert [("on the front" in row, row.split("\t")[1]) for row in rows] == [
        (True, "c7g.2xlarge"), (True, "c8g.2xlarge"), (False, "c6i.2xlarge"),
        (False, "c7i.2xlarge"), (False, "m7i.2xlarge"), (True, "c7a.2xlarge"),
    ]  # fmt: skip


def test_many_runs_show_quantiles_instead_of_samples(open_page: Open) -> None:
    page = open_page("fifty", PICKED)
    expect(page.get_by_text("There are too many samples for one page")).to_be_visible()
    assert page.locator("#picked svg").count() == 2


def test_ten_thousand_benchmarks_are_shown_in_parts(open_page: Open) -> None:
    page = open_page("large")
    expect(page.get_by_text("The plot shows the 100 benchmarks with the largest estimates, of 10,000.")).to_be_visible()
    expect(page.get_by_text("lines are not drawn; choose a family to see them.")).to_be_visible()
    assert len(benchmarks(page)) == 100
    first = benchmarks(page)[0]
    page.get_by_role("button", name="Next rows").click()
    expect(page.get_by_text("Rows 101 to 200 of 10,000")).to_be_visible()
    assert benchmarks(page)[0] != first
    page.get_by_label("Filter").fill("/9999")
    assert len(benchmarks(page)) == 1


def test_hostile_names_are_text_everywhere(open_page: Open) -> None:
    page = open_page("hostile")
    shown = benchmarks(page)
    assert "<script>alert(1)</script>" in shown
    assert "x" * 300 in shown
    assert not any("\u202e" in name or "\n" in name for name in shown)
    scripts = page.locator("script").count()
    for id in HOSTILE:
        page.evaluate("(hash) => { location.hash = hash; }", urlencode({"target": "field", "id": id}))
        place = page.evaluate("chosen.picked")
        assert page.evaluate("(place) => idOf(DATA.benchmarks[place])", place) == id
        expect(page.locator("#measurements-table [aria-current=true]").first).to_be_visible()
    assert page.locator("script").count() == scripts


def test_an_unknown_benchmark_in_the_address_picks_none(open_page: Open) -> None:
    expect(open_page("run", "#id=gone").locator("#picked")).to_contain_text("Pick a benchmark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_no_violation(open_page: Open, scheme: str, viewport: Any) -> None:
    page = open_page("everything", "#target=transpose&id=transpose/2^16+x+10", color_scheme=scheme, viewport=viewport)
    assert page.locator(".plot svg").count() == 5
    for details in page.locator("details").all():
        details.evaluate("(one) => { one.open = true; }")
    found = Axe().run(page)
    assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]] == []


def test_a_plot_is_an_image_with_a_name_that_leads_to_the_table(open_page: Open) -> None:
    page = open_page("machines", PICKED)
    plots = page.locator(".plot svg")
    assert plots.count() == 5
    for plot in plots.all():
        assert plot.get_attribute("role") == "img"
        assert "tables of this page have the same numbers" in (plot.get_attribute("aria-label") or "")


@pytest.mark.parametrize("name", ["run", "comparison", "machines", "hostile"])
def test_a_phone_scrolls_in_one_direction(open_page: Open, name: str) -> None:
    page = open_page(name, PICKED, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_paper_has_dark_text_and_no_controls(open_page: Open) -> None:
    page = open_page("comparison", media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    expect(page.locator("#toolbar")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.pdf()[:5] == b"%PDF-"


def test_dark_and_light_differ(open_page: Open) -> None:
    colours = {
        open_page("run", color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert len(colours) == 2


def test_without_scripts_the_page_says_what_is_missing(browser: Browser, files: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files["run"].as_uri())
    expect(page.get_by_text("Plots and tables need JavaScript")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("plonky2 on c7i.2xlarge")
    context.close()


def test_the_policy_stops_scripts_and_requests_that_are_not_the_pages(browser: Browser, files: dict[str, Path]) -> None:
    """What would be run if a name became markup by mistake after all."""
    context = browser.new_context()
    page = context.new_page()
    failures: list[tuple[str, str | None]] = []
    page.on("requestfailed", lambda request: failures.append((request.url, request.failure)))
    page.goto(files["run"].as_uri())
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true;";
            const image = document.createElement("img");
            image.src = "http://127.0.0.1:9/image.png";
            document.body.append(script, image);
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert failures == [("http://127.0.0.1:9/image.png", "csp")]
    context.close()
