"""The website of the documentation: built without a warning, whole, accessible, and asking nothing of anybody."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.browser import axe_violations, open_browser_page

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
MAIN = ("index", "tutorial", "reference/commands", "reference/rules", "how-to/prepare-a-meeting")


def build(docs: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """As `python3 build.py docs` builds it."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-E", "-c", docs / "site"]
    command += ["-d", folder / "doctrees", docs, folder / "site"]
    return subprocess.run(command, capture_output=True, check=False, encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    built = build(ROOT / "docs", folder)
    assert (built.returncode, built.stderr) == (0, "")
    return folder / "site"


class Page(HTMLParser):
    """What a page points to, what it can be pointed at by, and its pictures."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.without_alt: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "id" in said:
            self.ids.add(said["id"])
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if tag == "link":
            self.fetched.append(said["href"])
        if "src" in said:
            self.fetched.append(said["src"])
        if tag == "img" and not said.get("alt"):
            self.without_alt.append(said["src"])


def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def broken(found: dict[Path, Page]) -> list[str]:
    """Links and files of pages that are not there."""
    wrong = []
    for path, page in found.items():
        for target in (*page.links, *page.fetched):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = found[file].ids if file in found else set[str]()
            if not file.is_file() or (parts.fragment and unquote(parts.fragment) not in anchors):
                wrong.append(f"{path.name}: {target}")
    return wrong


def test_every_page_of_the_documentation_is_in_it(site: Path) -> None:
    sources = {
        path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")
    }
    made = {path.relative_to(site).with_suffix("") for path in site.rglob("*.html")}
    assert sources <= made


def test_every_link_and_anchor_leads_somewhere(site: Path) -> None:
    assert broken(pages(site)) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="b.html">b</a><a href="#no">no</a><h1 id="yes"></h1><a href="#yes">y</a>'
    )
    assert broken(pages(tmp_path)) == ["a.html: b.html", "a.html: #no"]


def test_a_page_that_leads_nowhere_stops_the_build(tmp_path: Path) -> None:
    """Which is why `build.py docs` can be trusted."""
    docs = tmp_path / "docs"
    (docs / "site/static").mkdir(parents=True)
    for name in ("conf.py", "static/site.css"):
        (docs / "site" / name).write_bytes((ROOT / "docs/site" / name).read_bytes())
    (docs / "index.md").write_text("# Begin\n\n[nowhere](nowhere.md)\n")
    built = build(docs, tmp_path)
    assert built.returncode != 0
    assert "nowhere" in built.stderr


def test_every_picture_has_words(site: Path) -> None:
    assert {
        str(path): page.without_alt for path, page in pages(site).items() if page.without_alt
    } == {}


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    """No font, no script, no counter: in what the pages name, and in what a browser then asks for."""
    found = pages(site)
    assert found
    for path, page in found.items():
        assert [each for each in page.fetched if urlsplit(each).netloc] == [], path
    for style in site.rglob("*.css"):
        assert "//" not in style.read_text("utf-8").replace("/*", "").replace(
            "http://www.w3.org", ""
        ), style


@pytest.mark.parametrize("name", MAIN)
@pytest.mark.parametrize("width", [1280, 320])
def test_a_page_is_accessible(site: Path, name: str, width: int) -> None:
    """Axe finds nothing, it does not scroll sideways on a phone, and it asks for nothing elsewhere."""
    with open_browser_page(width=width) as quiet:
        quiet.page.goto((site / f"{name}.html").as_uri())
        assert [str(each) for each in axe_violations(quiet.page)] == []
        assert quiet.page.evaluate("document.documentElement.scrollWidth") <= width
        assert quiet.refused == []
