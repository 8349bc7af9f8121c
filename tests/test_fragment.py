"""The fragment of a policy for a content management system: all its words and structure, whatever the system takes out."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import nh3
import pytest
from lxml import html as parser

from policygen.html.sheets import Stamp, policy_html
from policygen.site.fragment import fragment_html
from policygen.site.frozen import taken_apart
from tests.support import example
from tests.support.browser import axe_violations, open_browser_page

if TYPE_CHECKING:
    from pathlib import Path

POLICIES = {
    "online-safety": "st-brigids",
    "staff-acceptable-use": "elm-grove",
    "computing-facilities": "beacon-heights",
}
CMS_TAGS = set(
    "a blockquote br caption code dd div dl dt em h2 h3 h4 h5 h6 img li ol p span strong sub sup table tbody td th thead tr ul".split()
)
"""What editors of school websites commonly keep."""
CMS_ATTRIBUTES = {
    "*": {"id", "class"},
    "a": {"href"},
    "img": {"src", "alt"},
    "th": {"scope", "colspan"},
    "td": {"colspan"},
}


@cache
def frozen(policy: str) -> bytes:
    document = example.document(POLICIES[policy], policy=policy)
    images = dict.fromkeys(_pictures(document), b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    return policy_html(
        document, Stamp("approved", "7f3a-91c2"), medium="screen", images=images
    ).encode()


def _pictures(document) -> set[str]:
    from policygen.language.document import Image, walk

    found = {node.path for node in walk(document.parts) if isinstance(node, Image)}
    return found | ({document.branding.logo} if document.branding.logo else set())


def fragment(policy: str) -> str:
    return fragment_html(taken_apart(frozen(policy)), policy)


class Reader(HTMLParser):
    """Words, and ranks of headings; contents and the foot of the page are left out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = ""
        self.ranks: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if re.fullmatch(r"h\d", tag):
            self.ranks.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def spoken(text: str) -> list[str]:
    return Reader(text).text.split()


def main_of(policy: str) -> str:
    body = taken_apart(frozen(policy)).body
    main = body[body.index("<main") : body.index("</main>")]
    # What leads back from a footnote, and how to fill in a form on screen, are of no use elsewhere.
    return re.sub(r'<p class="(back|to-fill)">.*?</p>', "", main)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_word_survives_a_sanitiser(policy: str) -> None:
    """Of the frozen page's main part, in the same order, printed numbers and letters included."""
    kept = nh3.clean(fragment(policy), tags=CMS_TAGS, attributes=CMS_ATTRIBUTES, link_rel=None)
    words, main = spoken(kept), spoken(main_of(policy))
    assert len(main) > 2000
    assert words[-len(main) :] == main


@pytest.mark.parametrize("policy", POLICIES)
def test_a_strict_sanitiser_leaves_the_words(policy: str) -> None:
    """One that takes out ids, classes and spans, too."""
    kept = nh3.clean(
        fragment(policy), tags=CMS_TAGS - {"span", "div"}, attributes={"a": {"href"}}, link_rel=None
    )
    main = spoken(main_of(policy))
    assert spoken(kept)[-len(main) :] == main


@pytest.mark.parametrize("policy", POLICIES)
def test_what_can_be_filled_in_becomes_a_line(policy: str) -> None:
    """Many systems take controls out, and would leave nothing in their place."""
    made, body = fragment(policy), taken_apart(frozen(policy)).body
    assert not re.search(r"<(input|textarea|label)\b", made)
    lines = body.count('class="written"')
    assert lines > 0
    assert made.count(f'<span class="pg-{policy}__written"></span>') == lines
    assert made.count(f"pg-{policy}__blank") == body.count('<td class="blank')


@pytest.mark.parametrize("policy", POLICIES)
def test_a_sanitiser_takes_nothing_out(policy: str) -> None:
    """But pictures inside the page, which keep their description, and what keeps a table in its frame."""
    text = re.sub(r' src="data:[^"]*"', "", fragment(policy))
    text = re.sub(r' (lang|role|tabindex|style|aria-label|aria-labelledby)="[^"]*"', "", text)
    kept = nh3.clean(text, tags=CMS_TAGS, attributes=CMS_ATTRIBUTES, link_rel=None)
    tags = re.compile(r"<(/?)(\w+)([^>]*)>")

    def shape(html: str) -> list[tuple[str, str, list[str]]]:
        found = [
            (end, tag, sorted(re.findall(r'([\w-]+)="', given)))
            for end, tag, given in tags.findall(html)
        ]
        return [each for each in found if each[1] != "tbody"]

    assert shape(kept) == shape(text)


@pytest.mark.parametrize("policy", POLICIES)
def test_ids_and_classes_are_its_own(policy: str) -> None:
    """All begin with the name of the policy; each link within it has its target; no style, script or event leaks."""
    text = fragment(policy)
    ids = re.findall(r' id="([^"]*)"', text)
    names = [name for each in re.findall(r' class="([^"]*)"', text) for name in each.split()]
    assert len(ids) > 40
    assert {each for each in (*ids, *names) if not each.startswith(f"pg-{policy}")} == set()
    assert len(ids) == len(set(ids))
    assert set(re.findall(r' href="#([^"]*)"', text)) <= set(ids)
    assert not re.search(r"<(style|script|link|meta|body|html|nav|main)\b| on\w+=", text)


def test_no_two_policies_share_an_id() -> None:
    """Though the name of one begins with that of the other."""
    page = taken_apart(frozen("online-safety").replace(b'id="', b'id="b-'))
    plain = taken_apart(frozen("online-safety"))
    ids = [
        set(re.findall(r' id="([^"]*)"', fragment_html(shown, name)))
        for shown, name in ((page, "a"), (plain, "a-b"))
    ]
    assert len(ids[0]) > 40
    assert not ids[0] & ids[1]


@pytest.mark.parametrize("policy", POLICIES)
def test_letters_survive_a_page_without_a_charset(policy: str) -> None:
    """Everything is ASCII, read as which encoding you like, and the words are those of the frozen page."""
    text = fragment(policy)
    assert text.isascii()
    words = spoken(text.encode().decode("windows-1252"))
    assert words[-len(spoken(main_of(policy))) :] == spoken(main_of(policy))
    assert any(not word.isascii() for word in words)


@pytest.mark.parametrize("policy", POLICIES)
def test_each_table_has_a_frame_with_a_name_of_its_own(policy: str) -> None:
    page = parser.fromstring(fragment(policy))
    frames = [table.getparent() for table in page.iter("table")]
    assert len(frames) > 3
    names = []
    for frame in frames:
        assert (frame.get("role"), frame.get("tabindex")) == ("region", "0")
        caption = frame.get("aria-labelledby")
        names.append(frame.get("aria-label") or caption)
        assert caption is None or frame.xpath(f".//caption[@id={caption!r}]")
    assert len(names) == len({*names})


HOSTILE = {
    "plain": "",
    "as pasted by a school": "body { margin: 16px; font: 16px Arial }",
    "wide tables": "table { width: 900px; table-layout: fixed } td, th { white-space: nowrap; min-width: 12rem }",
    "everything shown": "div { overflow: visible !important; max-width: none } img { width: 1200px; max-width: none }",
    "columns": "main { display: flex; flex-wrap: wrap } main > * { flex: 1 1 auto } table { width: auto }",
    "a grid": "main { display: grid; grid-template-columns: minmax(auto, 1fr) }",
    "large letters": "main { font-size: 200% } td { padding: 1.5rem }",
}


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_scrolls_sideways_in_any_system(policy: str, tmp_path: Path) -> None:
    """Whatever style sheet stands around it; and axe finds nothing in a plain page."""
    file = tmp_path / "cms.html"
    with open_browser_page() as quiet:
        for name, style in HOSTILE.items():
            text = f"<!doctype html><html lang=en><title>CMS</title><meta name=viewport content=width=device-width><style>{style}</style>"
            file.write_text(f"{text}<main><h1>Policies</h1>{fragment(policy)}</main>", "ascii")
            for width in (320, 390, 1280):
                quiet.page.set_viewport_size({"width": width, "height": 800})
                quiet.page.goto(file.as_uri())
                wide = quiet.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, (name, width)
        file.write_text(f"{text}<main><h1>Policies</h1>{fragment(policy)}</main>", "ascii")
        assert axe_violations(quiet.page) == []


@pytest.mark.parametrize("policy", POLICIES)
def test_headings_begin_below_the_page_of_the_system(policy: str) -> None:
    """The title is an h2, and no rank is skipped."""
    ranks = Reader(fragment(policy)).ranks
    assert ranks[0] == 2
    assert 2 not in ranks[1:]
    assert all(later - earlier <= 1 for earlier, later in pairwise(ranks))


def test_printed_letters_are_words() -> None:
    """A list whose letters the policy refers to is a plain list that says them, so that no style can renumber it."""
    text = fragment("staff-acceptable-use")
    assert "<ol" not in text
    assert re.search(r'<ul class="[^"]*__letter">\n<li><p [^>]*><span [^>]*>\(a\)</span>', text)
