"""The governors' pack: cover note, changes, draft and form to sign, of one policy or of all policies of a meeting."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from policygen.compare.summary import Redline
from policygen.ground.dates import long_date
from policygen.ground.wording import count
from policygen.html.blocks import block_html
from policygen.html.cover import Room, changes_table, departures_html, note_html
from policygen.html.elements import Setting, block, element, heading
from policygen.html.labels import Stamp
from policygen.html.measure import shortened
from policygen.html.page import data_of, facts, page, running
from policygen.html.policy import page_line, paper_html, policy_class
from policygen.html.redline import changes_html
from policygen.html.templates import filled
from policygen.language.document import Document, SignatureBlock, Text
from policygen.register.cover import Cover

PARTS = {
    "note": "Cover note",
    "changes": "What changed",
    "draft": "Draft",
    "form": "Approval form",
}
FIELDS = ("Approved: yes / no", "Date of the meeting", "Minute number", "Signed", "Name", "Office")


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

    def setting(self, linked: frozenset[str] | None = None) -> Setting:
        """How its parts are set."""
        return Setting("print", self.stamp, self.images, linked=linked, prefix=self.prefix)

    @property
    def parts(self) -> dict[str, str]:
        """The names of its parts, by what they are. Where nothing differs there are no changes to show."""
        shown = dict(PARTS)
        if not self.redline.comparison.differs and not self.cover.departures:
            del shown["changes"]
        return shown

    def anchor(self, part: str) -> str:
        """The id of one of its parts; the underscore keeps it apart from the ids that authors give."""
        return f"{self.prefix}pack_{part}"


def pack_html(papers: Sequence[Paper], day: datetime.date | None) -> str:
    """The pack for paper."""
    front = [_front(papers, day)] if len(papers) > 1 else []
    return _page(papers, day, [*front, *(part for paper in papers for part in _parts(paper))])


def note_alone(paper: Paper) -> str:
    """The cover note for paper, and an empty page for what it leads to: to see how many pages it takes."""
    title = heading(1, PARTS["changes"])
    after = element("div", title, id=paper.anchor("changes"), class_="pack-part")
    return _page([paper], None, [_note(paper), after])


def _page(papers: Sequence[Paper], day: datetime.date | None, body: Sequence[str]) -> str:
    document = papers[0].document
    title = pack_title(papers, day)
    return page(
        language=document.language,
        title=title,
        description=title,
        colour=document.branding.colour,
        medium="print",
        class_="pack",
        body=body,
    )


def pack_title(papers: Sequence[Paper], day: datetime.date | None) -> str:
    """Whose pack it is, and of what."""
    return f"{_what(papers, day)} – {papers[0].cover.school}"


def _what(papers: Sequence[Paper], day: datetime.date | None) -> str:
    of = papers[0].cover.name if len(papers) == 1 else count(len(papers), "policy")
    meeting = f", meeting of {long_date(day)}" if day else ""
    return f"Governors’ pack: {of}{meeting}"


# --- parts ------------------------------------------------------------------------------------------------------------


def _part(paper: Paper, name: str, body: Markup, class_: str = "", **said: str) -> Markup:
    """A part of a pack, which begins a page and has the running header of its policy."""
    short = shortened(f"{PARTS[name]} · {paper.document.short_title}", 63, 9, 3)
    head = {**running(paper.document, paper.stamp), "short": short, **said}
    data = {f"data_{key}": text for key, text in head.items()}
    kind = f"pack-part pack-{name} {class_}".strip()
    return block("div", body, class_=kind, id=paper.anchor(name), **data)


def _parts(paper: Paper) -> Iterator[Markup]:
    yield _note(paper)
    if "changes" in paper.parts:
        yield _changes(paper)
    yield _draft(paper)
    yield _form(paper)


def _note(paper: Paper) -> Markup:
    note = note_html(paper.cover, paper.room, paper.anchor("changes"))
    return _part(paper, "note", note, "note")


def _changes(paper: Paper) -> Markup:
    cover, setting = paper.cover, paper.setting(linked=frozenset())
    body = filled(
        "pack_changes",
        cover=cover,
        title=PARTS["changes"],
        reasons=changes_table(cover, setting),
        departures=departures_html(cover.departures),
        changes=changes_html(paper.redline, setting, listed=True),
    )
    return _part(paper, "changes", body, "redline")


def _draft(paper: Paper) -> Markup:
    document = paper.document
    short = running(document, paper.stamp)["short"]
    body = paper_html(document, paper.setting())
    return _part(paper, "draft", body, policy_class(document), short=short)


def _form(paper: Paper) -> Markup:
    cover = paper.cover
    fields = tuple((Text(text),) for text in FIELDS)
    body = filled(
        "pack_form",
        cover=cover,
        title=PARTS["form"],
        facts=facts(
            [
                ("Policy", cover.title),
                ("Version", cover.version),
                ("Content code", cover.code),
                ("Model policy", cover.edition),
            ]
        ),
        says=form_says(cover),
        signature=block_html(SignatureBlock(f"For {cover.body}", fields), paper.setting()),
    )
    return _part(paper, "form", body)


def form_says(cover: Cover) -> str:
    """What the approval form records."""
    return (
        f"This form records what {cover.body} decided about version {cover.version} of “{cover.title}” with the "
        f"content code {cover.code}. The code stands at the foot of each page of the draft."
    )


def _front(papers: Sequence[Paper], day: datetime.date | None) -> Markup:
    """The first page of a pack for a meeting: each policy, what is asked, and the pages of its parts."""
    cover = papers[0].cover
    meeting = [("Meeting", long_date(day))] if day else []
    head = {
        **running(papers[0].document, papers[0].stamp),
        "short": "Governors’ pack",
        "footer": _what(papers, day),
    }
    return filled(
        "pack_front",
        running=data_of(head),
        school=cover.school,
        facts=facts([*meeting, ("Policies", str(len(papers)))]),
        items=[_front_item(paper) for paper in papers],
    )


def _front_item(paper: Paper) -> dict[str, object]:
    """A policy on the first page: the lines that lead to its parts, and what is asked."""
    # An anchor has the prefix of its policy already.
    setting = Setting("print", paper.stamp, {})
    note, *others = paper.parts
    return {
        "line": page_line(paper.cover.title, paper.anchor(note), setting),
        "asked": paper.cover.asked,
        "below": [page_line(PARTS[name], paper.anchor(name), setting) for name in others],
    }
