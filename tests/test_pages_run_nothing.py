"""No page that we make runs a script that is not ours, wherever it is opened: each says so itself, to any browser."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from policygen.project.serve import start_preview
from tests.support.browser import open_browser_page
from tests.support.hosting import served, site, two_versions
from tests.support.workspace import run_in
from tests.test_serving import AS_OF

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL)
STYLED = "getComputedStyle(document.querySelector('.skip-link')).position != 'static'"
INJECTED = """<script>document.title = "ran"</script><img src="x" onerror="document.title = 'ran'">
<a id="evil" href="javascript:void(document.title = 'ran')">x</a><svg onload="document.title = 'ran'"></svg>
<iframe srcdoc="<script>parent.document.title = 'ran'</script>"></iframe><base href="//evil.example/"></body>"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with its website, drafts, and the page of an issuer."""
    root = two_versions(tmp_path_factory.mktemp("oak"))
    site(root)
    assert run_in(root, "build", "--workers", "1").code == 0
    assert run_in(root, "fleet", "--format", "html", "--as-of", f"{AS_OF}").code == 0
    return root


@pytest.fixture(scope="module")
def made(root: Path) -> dict[str, str]:
    """Every page of them, by path; what is pasted into other pages is none."""
    found = sorted((root / "output").rglob("*.html"))
    pages = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in found}
    return {name: text for name, text in pages.items() if "<html" in text}


def test_every_page_names_what_may_run_on_it(made: dict[str, str]) -> None:
    """First in its head; and a script that stands in a page does by its digest."""
    kinds = {name.rpartition("/")[2] for name in made}
    assert kinds >= {"index.html", "tiny.html", "404.html", "search.html", "changes.html"}
    assert "output/packs/fleet/index.html" in made
    for name, text in made.items():
        (policy,) = POLICY.findall(text)
        assert text.index("Content-Security-Policy") < 200, name
        assert policy.startswith("default-src 'none'; style-src "), name
        assert "script-src 'unsafe" not in policy, name
        for attributes, script in SCRIPT.findall(text):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            ours = " src=" in attributes or 'type="application/ld+json"' in attributes
            assert ours or f"'sha256-{digest}'" in policy, name


@contextmanager
def quiet_console(page: Page) -> Iterator[list[str]]:
    said: list[str] = []
    page.on("console", lambda message: _heard(message.text, said))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said


def _heard(message: str, said: list[str]) -> None:
    if not message.startswith("Failed to load resource"):
        said.append(message)


@pytest.mark.slow
def test_no_page_wants_more_than_it_may_and_nothing_else_runs(
    root: Path, made: dict[str, str]
) -> None:
    """From a disk and from a server: the console is silent, and what somebody put into a page does nothing."""
    evil = root / "output/evil"
    assert made
    with served(root / "output") as address, open_browser_page(served=address) as quiet:
        with quiet_console(quiet.page) as said:
            for base in (address, (root / "output").as_uri() + "/"):
                for name in made:
                    quiet.page.goto(f"{base}{name.removeprefix('output/')}")
                    assert said == [], name
                    if not name.endswith("404.html"):  # its files stand at the root of their server
                        assert quiet.page.evaluate(STYLED), name
        for name, text in made.items():
            path = root / name
            path.write_text(text.replace("</body>", INJECTED), "utf-8")
            for base in (address, (root / "output").as_uri() + "/"):
                quiet.page.goto(f"{base}{name.removeprefix('output/')}")
                quiet.page.locator("#evil").click(force=True)
                assert quiet.page.title() != "ran", name
            path.write_text(text, "utf-8")
        # The same does run where nothing forbids it.
        evil.mkdir()
        (evil / "a.html").write_text(f"<title>a</title><body>{INJECTED}", "utf-8")
        quiet.page.goto(f"{address}evil/a.html")
        quiet.page.wait_for_function("document.title == 'ran'")


@pytest.mark.slow
def test_the_preview_shows_every_page_as_it_is(root: Path) -> None:
    """Its own policy forbids nothing that a page needs, and the page reloads by itself."""
    server, end = start_preview(root, "127.0.0.1", 0, AS_OF)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    shown = ["", "oak/tiny/", "oak/tiny/problems", "oak/tiny/forms/receipt.html", "none"]
    shown += [
        "_/site/oak/policies/index.html",
        "_/site/oak/policies/tiny/index.html",
        "_/site/oak/policies/search.html",
    ]
    try:
        with open_browser_page(served=address) as quiet, quiet_console(quiet.page) as said:
            for path in shown:
                quiet.page.goto(f"{address}/{path}")
                assert said == [], path
                assert quiet.page.evaluate(STYLED), path
    finally:
        server.shutdown()
        end()
        thread.join(5)
