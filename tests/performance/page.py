"""How large pages of results are, and how long they take to write and to open: python -m tests.performance.page

Prints figures beside their goals, and judges nothing: times depend on what else the machine does. What is asserted, on
sizes and numbers of elements, is in the tests.
"""

from __future__ import annotations

import gzip
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.results.labelled import Labelled
from benchmarks.web_page import page
from benchmarks.web_page.compared_results import ComparedResults
from tests.support import page_samples
from tests.support.result_samples import criterion, labelled

ROUNDS = 5
GOAL = 2.0  # seconds until a page can be used
Content = tuple[Sequence[Labelled], Sequence[ComparedResults]]
PAGES: dict[str, Callable[[], Content]] = {
    "1 run": lambda: ([page_samples.run()], []),
    "comparison": lambda: (
        [page_samples.run(label="before"), page_samples.run(label="after")],
        [page_samples.comparison()],
    ),
    "6 machines": lambda: ([page_samples.run(number) for number in range(6)], []),
    "50 runs": lambda: ([page_samples.run(number) for number in range(50)], []),
    "10,000 ids": lambda: ([labelled(*(criterion(f"a/{n}", 10.0 + n) for n in range(10_000)))], []),
}
# When the page has drawn all plots and its first paint is done, in milliseconds from the beginning of its loading.
USABLE = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(
    document.querySelectorAll('.plot svg').length ? performance.now() : NaN))))"""


def opened(browser: Browser, url: str) -> tuple[float, int]:
    """Seconds until the page can be used, and how many elements it has then."""
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(url)
    found = tab.evaluate(USABLE) / 1000, tab.locator("*").count()
    tab.close()
    return found


def main() -> None:
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, build in PAGES.items():
            content = build()
            begun = time.perf_counter()
            html = page.render(*content).encode()
            wrote = time.perf_counter() - begun
            file = Path(scratch, "page.html")
            file.write_bytes(html)
            rounds = [opened(browser, file.as_uri()) for _ in range(ROUNDS)]
            usable = statistics.median(seconds for seconds, _ in rounds)
            print(
                f"{name:<11} {len(html) / 1e6:5.2f} MB, {len(gzip.compress(html)) / 1e6:5.2f} MB compressed, "
                f"{rounds[0][1]:6} elements, written in {wrote:5.2f} s, "
                f"usable after {usable:5.2f} s (goal {GOAL:.0f} s)",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
