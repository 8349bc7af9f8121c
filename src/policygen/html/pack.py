"""The governors' pack: cover note, changes, draft and form to sign, of one policy or of all policies of a meeting."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policygen.compare.summary import Redline
from policygen.ground.dates import long_date
from policygen.ground.wording import count
from policygen.html.blocks import block_html
from policygen.html.cover import (
    Room,
    departures_html,
    note_html,
    reasons_table,
)
from policygen.html.elements import Setting, element, escape, heading, lines
from policygen.html.labels import Stamp
from policygen.html.page import facts, page, running
from policygen.html.policy import paper_parts
from policygen.html.redline import changes_html
from policygen.language.document import Document, SignatureBlock, Text
from policygen.register.cover import Cover

_PARTS = (
    ("note", "Cover note"),
    ("changes", "What changed"),
    ("draft", "Draft"),
    ("form", "Approval form"),
)
_FIELDS = ("Approved: yes / no", "Date of the meeting", "Minute number", "Signed", "Name", "Office")
_IDS = re.compile(r'( (?:id|aria-labelledby)="| (?:href|data-target)="#)(?=[^"])')


@dataclass(frozen=True)
class Paper:
    """One policy of a pack: what the body is asked, with all that it reads."""

    cover: Cover
    redline: Redline
    document: Document
    images: Mapping[str, bytes]
    room: Room
    """How much fits the cover note."""

    @property
    def prefix(self) -> str:
        """What stands before each id, so that no two policies of a pack share one."""
        return f"{self.document.policy_id}."

    @property
    def stamp(self) -> Stamp:
        """What the draft says of its standing."""
        return Stamp("draft", self.cover.code)

    def anchor(self, part: str) -> str:
        """The id of one of its parts; the underscore keeps it apart from the ids that authors give."""
        return f"{self.prefix}pack_{part}"


def pack_html(papers: Sequence[Paper], day: datetime.date | None) -> str:
    """The pack for paper."""
    front = [_front(papers, day)] if len(papers) > 1 else []
    body = [*front, *(part for paper in papers for part in _parts(paper))]
    return _page(papers, day, body)


def note_alone(paper: Paper) -> str:
    """The cover note for paper, and an empty page for what it leads to: to see whether it fits one page."""
    after = element(
        "div", heading(1, "What changed"), id=paper.anchor("changes"), class_="pack-part"
    )
    return _page([paper], None, [_note(paper), after])


def _page(papers: Sequence[Paper], day: datetime.date | None, body: Sequence[str]) -> str:
    document = papers[0].document
    return page(
        language=document.language,
        title=_title(papers, day),
        description=_title(papers, day),
        colour=document.branding.colour,
        medium="print",
        draft=False,
        class_="pack",
        body=body,
    )


def _title(papers: Sequence[Paper], day: datetime.date | None) -> str:
    cover = papers[0].cover
    of = cover.name if len(papers) == 1 else count(len(papers), "policy")
    meeting = f", meeting of {long_date(day)}" if day else ""
    return f"Governors’ pack: {of}{meeting} – {cover.school}"


# --- parts ------------------------------------------------------------------------------------------------------------


def _part(paper: Paper, name: str, body: str, class_: str = "", **said: str) -> str:
    """A part of a pack, which begins a page and has the running header of its policy."""
    head = {**running(paper.document, paper.stamp), "short": dict(_PARTS)[name], **said}
    data = {f"data_{key}": text for key, text in head.items()}
    kind = f"pack-part pack-{name} {class_}".strip()
    return element("div", "\n", body, "\n", class_=kind, id=paper.anchor(name), **data)


def _parts(paper: Paper) -> Iterator[str]:
    yield _note(paper)
    yield _changes(paper)
    yield _draft(paper)
    yield _form(paper)


def _note(paper: Paper) -> str:
    note = note_html(paper.cover, paper.room, paper.anchor("changes"))
    return _part(paper, "note", note, "note")


def _changes(paper: Paper) -> str:
    cover, setting = paper.cover, _setting(paper)
    inside = (
        heading(1, "What changed", class_="part-title"),
        element("p", escape(f"{cover.title}, version {cover.version}. {cover.since}.")),
        heading(2, "All changes by their reason") if cover.rows else "",
        reasons_table(cover.rows, setting) if cover.rows else "",
        heading(2, "Departures from agreed wording") if cover.departures else "",
        departures_html(cover.departures),
        heading(2, "Clause by clause"),
        _prefixed(changes_html(paper.redline, setting), paper),
    )
    return _part(paper, "changes", lines(inside), "redline")


def _setting(paper: Paper) -> Setting:
    return Setting("print", paper.stamp, paper.images, linked=frozenset())


def _draft(paper: Paper) -> str:
    document = paper.document
    body = _prefixed(
        lines(paper_parts(document, Setting("print", paper.stamp, paper.images))), paper
    )
    kind = "policy" if document.front.cover else "policy compact"
    short = running(document, paper.stamp)["short"]
    return _part(paper, "draft", body, kind, short=short)


def _prefixed(html: str, paper: Paper) -> str:
    """HTML of ours with every id, and what leads to one, made that of this policy. Values hold no quotation marks."""
    return _IDS.sub(rf"\g<1>{paper.prefix}", html)


def _form(paper: Paper) -> str:
    cover, setting = paper.cover, _setting(paper)
    said = [
        ("Policy", cover.title),
        ("Version", cover.version),
        ("Content code", cover.code),
        ("Model policy", cover.edition),
    ]
    fields = tuple((Text(text),) for text in _FIELDS)
    inside = (
        element("p", escape(cover.school), class_="school"),
        heading(1, "Approval form", class_="part-title"),
        facts(said),
        element("p", escape(_form_says(cover))),
        block_html(SignatureBlock(f"For {cover.body}", fields), setting),
        element("p", escape(_FORM_NOTE), class_="form-note"),
    )
    return _part(paper, "form", lines(inside))


_FORM_NOTE = (
    "If the meeting changes a word of the policy, the content code no longer holds. The changed draft then gets a code "
    "of its own, and the decision is about that one. Keep this form with the minutes."
)


def _form_says(cover: Cover) -> str:
    return (
        f"This form records what {cover.body} decided about version {cover.version} of “{cover.title}” with the "
        f"content code {cover.code}. The code stands at the foot of each page of the draft."
    )


def _front(papers: Sequence[Paper], day: datetime.date | None) -> str:
    """The first page of a pack for a meeting: each policy, what is asked, and the pages of its parts."""
    cover = papers[0].cover
    said = [("Meeting", long_date(day))] if day else []
    said += [("Policies", str(len(papers)))]
    items = [element("li", "\n", lines(_front_item(each)), "\n") for each in papers]
    inside = (
        element("p", escape(cover.school), class_="school"),
        heading(1, "Governors’ pack", id="pack_front", class_="pack-title"),
        facts(said),
        element(
            "nav",
            element("ol", "\n", lines(items), "\n"),
            class_="contents",
            aria_label="Policies of this pack",
        ),
    )
    data = {
        f"data_{key}": text for key, text in running(papers[0].document, papers[0].stamp).items()
    }
    footer = _title(papers, day).rpartition(" – ")[0]
    data |= {"data_short": "Governors’ pack", "data_footer": footer}
    return element("div", "\n", lines(inside), "\n", class_="pack-part pack-front", **data)


def _front_item(paper: Paper) -> Iterator[str]:
    yield _line(paper.cover.title, paper.anchor("note"))
    yield element("p", escape(paper.cover.asked), class_="asked")
    below = [element("li", _line(text, paper.anchor(name))) for name, text in _PARTS[1:]]
    yield element("ol", "\n", lines(below), "\n")


def _line(text: str, target: str) -> str:
    link = element("a", escape(text), href=f"#{target}")
    return element(
        "p", link, element("span", class_="page", data_target=f"#{target}"), class_="line plain"
    )
