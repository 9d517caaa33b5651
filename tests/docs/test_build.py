"""The pages build without a warning, and what is built holds together."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from benchmarks.paths import ROOT
from tests.support.pages import pages


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-b", "html", "docs", str(out)]
    done = subprocess.run(sphinx, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


class _Page(HTMLParser):
    """The anchors of a built page, and where it links to and loads from."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := given.get(name))}
        target = given.get("href") or given.get("src")
        if target and tag == "a":
            self.links.append(target)
        elif target and tag in ("img", "script", "link"):
            self.loads.append(target)


def test_every_page_is_built_and_can_be_reached(site: Path) -> None:
    wanted = {
        page.relative_to(ROOT / "docs").with_suffix(".html") for page in pages() if page.is_relative_to(ROOT / "docs")
    }
    seen: set[Path] = set()
    waiting = [Path("index.html")]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = [urlsplit(link) for link in _Page(site / page).links]
        linked = [(site / page.parent / unquote(t.path)).resolve() for t in targets if not t.netloc and t.path]
        waiting += [path.relative_to(site) for path in linked if path.suffix == ".html" and path.is_relative_to(site)]
    assert wanted <= seen


def test_links_and_anchors_of_built_pages_lead_somewhere(site: Path) -> None:
    built = {path: _Page(path) for path in site.rglob("*.html")}
    for path, page in built.items():
        for link in page.links:
            target = urlsplit(link)
            if target.scheme or target.netloc:
                continue
            file = (path.parent / unquote(target.path)).resolve() if target.path else path
            assert file.exists(), f"{path.name}: {link}"
            if target.fragment and file in built:
                assert unquote(target.fragment) in built[file].anchors, f"{path.name}: {link}"


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert [load for load in _Page(path).loads if urlsplit(load).netloc] == [], path.name
