"""Every kind of page in a browser, from the narrowest phone to a desk: nothing is cut, hidden or laid over something."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from policygen.compose.extracts import extracts
from policygen.ground.diagnostics import Diagnostic, Place
from policygen.html.policy import extract_html, form_html
from policygen.html.preview import Row, list_html, missing_html, problems_html
from policygen.html.sheets import Stamp, policy_html
from policygen.language.document import Image, walk
from policygen.project.check import Selection, check
from tests.support import editions, example
from tests.support.browser import axe_violations, open_browser_page
from tests.support.hosting import site, two_versions
from tests.support.register import freeze
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace, run_in

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from policygen.language.document import Document

pytestmark = pytest.mark.slow

KEYS = "templates/tiny/sections/holding-keys.md"
POLICIES = {
    "online-safety": "st-brigids",
    "staff-acceptable-use": "elm-grove",
    "computing-facilities": "beacon-heights",
}
STAMPS = {
    "approved": Stamp("approved", "7f3a-91c2"),
    "draft": Stamp("draft", "7f3a-91c2"),
}
APPROVED = STAMPS["approved"]
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg' width='900' height='60'><path d='M0 0h900v60z'/></svg>"
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
ADDRESS = (
    "https://www.a-school-with-a-long-name.sch.example/documents/policies/acceptable-use?version=2"
)
HARD = f"""
1. The school {LONG} answers mail at the.designated.safeguarding.lead.and.deputies@{LONG.lower()}.example and at
   <{ADDRESS}>, and calls a file `{LONG}.{LONG}.{LONG}`. {{#hard-words}}

   1. A deeper point with {LONG}

      1. A deeper one, with [a link that is {LONG}]({ADDRESS})

Table: Places of {LONG}

| Place | Where |
|---|---|
| {LONG} | <{ADDRESS}> |

Table: Uses of {LONG}

| Use | Yes | No |
|---|---|---|
| In displays inside the school building, and in {LONG} | | |

Table: Many of {LONG}

| One | Two | Three | Four | Five | Six |
|---|---|---|---|---|---|
| Responsibilities | Acknowledgements | {LONG} | Safeguarding | Communication | <{ADDRESS}> |

::: remember
{LONG} stands in a box, too.

Table: More places of {LONG}

| Place | Where |
|---|---|
| Responsibilities of headteachers | {LONG} |
:::

"""
LAYOUT = """() => {
  const faults = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) faults.push(`scrolls sideways: ${page.scrollWidth} > ${page.clientWidth}`);
  for (const frame of document.querySelectorAll("body *")) {
    const style = getComputedStyle(frame);
    const cut = frame.scrollWidth > frame.clientWidth + 1 && style.overflowX !== "visible";
    if (!cut || frame.matches(".spoken, input, textarea, select, .site-bar .of")) continue;
    const named = frame.getAttribute("role") === "region" && frame.tabIndex === 0
      && (frame.ariaLabel || frame.getAttribute("aria-labelledby"));
    if (!named) faults.push(`cut, and no frame to scroll: ${frame.tagName}.${frame.className}`);
  }
  const lines = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!text.data.trim() || !parent.checkVisibility() || parent.closest(".spoken, .skip-link, style, script, sup")) continue;
    if (getComputedStyle(parent).clipPath !== "none") continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const frame = parent.closest("[role=region]");
    for (const box of range.getClientRects()) {
      if (box.width < 1) continue;
      if (!frame && (box.left < -1 || box.right > page.clientWidth + 1)) faults.push(`off the screen: ${text.data.trim().slice(0, 40)}`);
      lines.push({box, text});
    }
  }
  lines.sort((one, other) => one.box.top - other.box.top);
  for (let at = 0; at < lines.length; at++) {
    for (let next = at + 1; next < lines.length; next++) {
      const one = lines[at].box, other = lines[next].box;
      if (other.top > one.bottom) break;
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      // The boxes of two lines of one paragraph may touch; half a line over another word cannot be read.
      if (across > 2 && down > Math.min(one.height, other.height) / 2)
        faults.push(`one over the other: ${lines[at].text.data.trim().slice(0, 30)} | ${lines[next].text.data.trim().slice(0, 30)}`);
    }
  }
  return [...new Set(faults)];
}"""
FIELDS = """() => [...document.querySelectorAll(".field")].flatMap((field, index, all) => {
  const label = field.querySelector(".field-label").getBoundingClientRect();
  // A choice has its boxes among the words of its label.
  const control = [...field.children].find(part => !part.classList.contains("field-label"));
  if (!control) return [];
  const own = control.getBoundingClientRect();
  const above = all[index - 1]?.getBoundingClientRect();
  if (!above || above.bottom > label.top) return [];
  const near = Math.max(0, own.top - label.bottom), far = label.top - above.bottom;
  return far > near ? [] : [`${field.textContent.trim()}: ${far} above, ${near} below`];
})"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each kind, by a name for it."""
    folder = tmp_path_factory.mktemp("pages")
    found: dict[str, Path] = {}
    workspaces = {name: tmp_path_factory.mktemp(name) for name in ("site", "hard", "made")}
    for name, text in (*_documents(), *_previews(), *_hard(workspaces["hard"])):
        found[name] = folder / f"{name.replace(' ', '-')}.html"
        found[name].write_text(text, "utf-8")
    two_versions(workspaces["site"])
    editions.freeze(workspaces["site"], "tiny", "2026.1")
    site(workspaces["site"])
    _made(workspaces["made"])
    for name, root in workspaces.items():
        for path in sorted((root / "output").rglob("*.html")):
            found[f"{name} {path.relative_to(root / 'output')}"] = path
            if path.name == "404.html":
                # Its links begin at the root of a server, which a file does not have.
                path.write_text(path.read_text("utf-8").replace('"/policies/', '"'), "utf-8")
    return found


def _documents() -> list[tuple[str, str]]:
    """Policies, forms and extracts, drafts and approved ones."""
    found = []
    for policy, school in POLICIES.items():
        found += _of(policy, _example(school, policy))
    return found


def _of(name: str, document: Document) -> list[tuple[str, str]]:
    paths = {node.path for node in walk(document.parts) if isinstance(node, Image)}
    images = dict.fromkeys({*paths, document.branding.logo}, PICTURE)
    found = []
    for said, stamp in STAMPS.items():
        text = policy_html(document, stamp, medium="screen", images=images)
        found.append((f"{name} {said}", text))
    for form in document.forms:
        text = form_html(document, form, APPROVED, medium="screen", images=images)
        found.append((f"{name} form {form.name}", text))
    for audience, parts in extracts(document).items():
        text = extract_html(document, audience, parts, APPROVED, medium="screen", images=images)
        found.append((f"{name} extract {audience}", text))
    return found


@cache
def _example(school: str, policy: str) -> Document:
    return example.document(school, policy=policy)


def _previews() -> list[tuple[str, str]]:
    place = Place("schools/oak/policies/tiny.yaml", 3, 9, 5, f"  keeper: {LONG} {ADDRESS}")
    message = f"`{LONG}` is not a fact of this school"
    errors = (Diagnostic("unknown-name", message, place, (f"write `{ADDRESS}`",)),)
    rows = (
        Row("Oak Lane School", f"Keys of {LONG}", "/oak/tiny/", "1 error", "/oak/tiny/problems"),
    )
    return [
        ("preview list", list_html(rows, errors)),
        ("preview problems", problems_html("Oak Lane School", "Keys", errors, "/oak/tiny/before")),
        ("preview missing", missing_html()),
    ]


def _hard(root: Path) -> list[tuple[str, str]]:
    """A policy in which everything is long, for the screen alone: paper has no room for such words."""
    base = Workspace(root)
    named = base.text(SCHOOL).replace("name: Oak Lane School", f"name: Ysgol {LONG}")
    base.with_files({SCHOOL: named, KEYS: base.text(KEYS) + HARD}).write()
    freeze(root, "2.0", "2026-03-12", minute="19.2")
    for command in (("site", "oak"), ("fleet", "--format", "html", "--as-of", "2026-11-20")):
        done = run_in(root, *command)
        assert done.code == 0, (command, done)
    (composed,) = check(root, [Selection("oak", "tiny")], example.AS_OF).policies
    return _of("hard", composed.document)


def _made(root: Path) -> None:
    """Draft, pack, sheets, redline and circular with its changes, made by the commands that make them."""
    base = Workspace(root)
    workspace = base.with_files(
        {
            KEYS: base.text(KEYS) + "\n1. A key is answered for by its holder. {#answered}\n",
            TEMPLATE: base.text(TEMPLATE) + CIRCULAR,
            "schools/oak/staff.csv": "name,role\nAda Long-Lastname-Hyphenated,Caretaker\nBen Low,Teacher\n",
        }
    )
    workspace.write()
    editions.freeze(root, "tiny", "2026.1")
    freeze(root, "2.0", "2026-03-12", minute="19.2")
    (root / KEYS).write_text((root / KEYS).read_text().replace("answered for", "looked after"))
    editions.freeze(root, "tiny", "2026.2", previous="2026.1", changes=CHANGES)
    adoption = (root / ADOPTION).read_text()
    adoption = adoption.replace('"2.0"', '"2.1"').replace('"2026.1"', '"2026.2"')
    (root / ADOPTION).write_text(adoption + "amends: {answered: material}\n")
    for command in (
        ("build",),
        ("pack", "oak/tiny"),
        ("sign", "sheet", "oak/tiny"),
        ("diff", "oak/tiny", "--save"),
        ("announce", "tiny@2026.2"),
    ):
        done = run_in(root, *command)
        assert done.code == 0, (command, done)


CIRCULAR = f"""circular:
  action: Please adopt this edition before the end of the term
  to: Headteachers
  purpose: To keep keys safe, as {ADDRESS} says
  summary: [Keys are counted by caretakers]
  contact: Estates, estates.and.facilities.department@northshire-county-council.example
"""
CHANGES = [
    {"clauses": ["answered"], "class": "material", "must": True, "reason": f"As {LONG} asked"}
]


STYLE = """(css) => {
    // As a reader's own style sheet does: what a page may run does not forbid it.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
}"""


def _faults(page: Page, pages: dict[str, Path], script: str = LAYOUT, style: str = "") -> list[str]:
    found = []
    for name, path in pages.items():
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        if style:
            page.evaluate(STYLE, style)
        found += [f"{name}: {fault}" for fault in page.evaluate(script)]
    return found


@pytest.mark.parametrize(
    ("width", "height", "style"),
    [
        (320, 640, ""),
        (360, 640, ""),
        (390, 800, ""),
        (768, 1024, ""),
        (1280, 900, ""),
        (320, 256, ""),
        (640, 450, ""),
        (390, 800, ":root { font-size: 200% !important }"),
        (1280, 900, ":root { font-size: 200% !important }"),
    ],
    ids=["320", "360", "390", "768", "1280", "400% zoom", "200% zoom", "large text", "200% text"],
)
def test_nothing_is_cut_hidden_or_laid_over_something(
    pages: dict[str, Path], width: int, height: int, style: str
) -> None:
    """Nothing scrolls sideways but a named frame that takes the focus; all text can be read."""
    assert len(pages) > 50
    with open_browser_page(width=width, height=height) as quiet:
        assert _faults(quiet.page, pages, style=style) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_label_stands_with_its_own_field(pages: dict[str, Path], width: int) -> None:
    """Nearer to it than to the field above, so that "Role" is not read as the caption of the name."""
    with open_browser_page(width=width) as quiet:
        assert _faults(quiet.page, pages, script=FIELDS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(pages: dict[str, Path], scheme: str) -> None:
    """WCAG 2.2 AA, and landmarks, headings and skip links as good practice has them."""
    found = []
    with open_browser_page(width=390) as quiet:
        quiet.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for name, path in pages.items():
            if "fragment" in name:
                continue
            quiet.page.goto(path.as_uri())
            found += [f"{name}: {violation}" for violation in axe_violations(quiet.page, good=True)]
        assert quiet.refused == []
    assert found == []


def test_every_page_begins_with_a_link_to_its_main_part(pages: dict[str, Path]) -> None:
    """The first stop of the keyboard, seen when it is reached; it leads into the main landmark."""
    whole = {name: path for name, path in pages.items() if "fragment" not in name}
    assert whole
    with open_browser_page() as quiet:
        for name, path in whole.items():
            quiet.page.goto(path.as_uri())
            quiet.page.keyboard.press("Tab")
            link = quiet.page.locator(":focus")
            assert (link.inner_text(), link.is_visible()) == ("Skip to main content", True), name
            target = link.get_attribute("href")
            assert quiet.page.locator(f'[id="{target[1:]}"]').count() == 1, name


def test_a_consent_form_shows_yes_and_no(pages: dict[str, Path]) -> None:
    with open_browser_page(width=320) as quiet:
        quiet.page.goto(pages["online-safety form image-consent"].as_uri())
        for column in ("Yes", "No"):
            head = quiet.page.get_by_role("columnheader", name=column, exact=True).bounding_box()
            assert head is not None
            assert head["x"] + head["width"] <= 320


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("main { width: 500px }", "scrolls sideways"),
        (".led { overflow: hidden; white-space: nowrap }", "cut, and no frame"),
        ("h2 { margin-bottom: -3rem }", "one over the other"),
        ("main { position: relative; left: -3rem }", "off the screen"),
        (".wide { display: contents }", "scrolls sideways"),
    ],
)
def test_a_broken_page_is_found(pages: dict[str, Path], style: str, said: str) -> None:
    """The test above can fail."""
    one = {"policy": pages["staff-acceptable-use approved"]}
    with open_browser_page(width=320) as quiet:
        faults = _faults(quiet.page, one, style=style)
    assert any(said in fault for fault in faults), faults


def test_a_label_far_from_its_field_is_found(pages: dict[str, Path]) -> None:
    one = {"form": pages["staff-acceptable-use form laptop"]}
    style = ".field-label { margin-bottom: 4rem !important }"
    with open_browser_page(width=320) as quiet:
        assert _faults(quiet.page, one, FIELDS, style)
