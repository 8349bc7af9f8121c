"""Pages in Debian's Chromium that can reach nothing outside this machine, and axe-core's view of them."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Route

AXE = Path(__file__).parents[1] / "validators" / "node_modules" / "axe-core" / "axe.min.js"
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GOOD_PRACTICE = [
    "heading-order",
    "landmark-banner-is-top-level",
    "landmark-contentinfo-is-top-level",
    "landmark-main-is-top-level",
    "landmark-no-duplicate-main",
    "landmark-one-main",
    "landmark-unique",
    "page-has-heading-one",
    "region",
    "skip-link",
]
"""Rules of axe-core that no success criterion asks for, and that a person with a screen reader is glad of."""
UNFOLD = "document.querySelectorAll('details').forEach(part => part.open = true)"
"""Wide pages show the contents that are folded on a phone, as the browser knows and axe-core does not."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Quiet:
    """A page, and every request to the outside that was refused while it was open."""

    page: Page
    refused: list[str]


@dataclass(frozen=True)
class Violation:
    """One element that breaks one of axe-core's rules."""

    rule: str
    impact: str
    target: str
    help: str
    html: str

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}) at `{self.target}`: {self.help}\n    {self.html}"


@contextmanager
def open_browser_page(
    *, width: int = 1280, height: int = 900, served: str = "", scripts: bool = True
) -> Iterator[Quiet]:
    """Give a page that loads `file:` and `data:` addresses only, and what stands below the address `served`."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        raise FileNotFoundError(
            f"none of {', '.join(NAMES)} is on the path; `python3 build.py test` installs it"
        )
    refused: list[str] = []

    def admit(route: Route) -> None:
        if route.request.url.startswith(("file:", "data:", *filter(None, [served]))):
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=QUIET,
            chromium_sandbox=os.name == "posix" and os.geteuid() != 0,
        )
        context = browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        context.route("**/*", admit)
        try:
            yield Quiet(context.new_page(), refused)
        finally:
            context.close()
            browser.close()


def axe_violations(page: Page, *, good: bool = False) -> list[Violation]:
    """Judge the page that is open, as it looks now, by WCAG 2.2 A and AA; with `good`, by good practice, too."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": WCAG_22_AA}, "resultTypes": ["violations"]}
    if good:
        options["rules"] = {rule: {"enabled": True} for rule in GOOD_PRACTICE}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        Violation(
            rule=rule["id"],
            impact=node["impact"] or "unknown",
            target=" ".join(str(part) for part in node["target"]),
            help=rule["help"],
            html=node["html"],
        )
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
