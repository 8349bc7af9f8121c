"""The governors' pack: cover note, changes, draft and form to sign, of one policy or of all policies of a meeting.

Its page for the screen says the same as its paper, in the same order.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from markupsafe import Markup

from policygen.compare.summary import Redline
from policygen.ground.dates import long_date
from policygen.ground.wording import agree, count
from policygen.html.blocks import block_html, text_table
from policygen.html.cover import Room, changes_table, departures_html, note_html
from policygen.html.elements import Medium, Setting, block, element, heading, lines
from policygen.html.labels import Stamp
from policygen.html.measure import shortened
from policygen.html.page import data_of, facts, page, running
from policygen.html.policy import draft_html, page_line, paper_html, policy_class
from policygen.html.redline import changes_html
from policygen.html.templates import filled
from policygen.language.document import Document, SignatureBlock, Text
from policygen.register.cover import Cover

Part = Literal["note", "changes", "choices", "draft", "text", "form"]
PARTS: dict[Part, str] = {
    "note": "Cover note",
    "changes": "What changed",
    "choices": "What the school chose",
    "draft": "Draft",
    "text": "The policy as it stands",
    "form": "Approval form",
}
_RANKS: dict[Part, int] = {"note": 2, "changes": 3, "choices": 3, "draft": 3, "text": 3, "form": 3}
"""The rank of the heading of each part on the screen, where the pack is one page and its title the first heading."""
_FIELDS = ("Date of the meeting", "Minute number", "Signed", "Name", "Office")


_CHOICES = ("Question", "The school’s answer", "The model suggests", "Where it stands")


@dataclass(frozen=True)
class Choice:
    """One choice that the model policy leaves to the school."""

    question: str
    answer: str
    suggested: str
    """What the model policy suggests."""
    where: str
    """Numbers of clauses and parts; empty where no part of the draft hangs on it."""
    new: bool
    """Whether it was not asked for the version before."""

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Its row of the table."""
        question = f"New: {self.question}" if self.new else self.question
        return question, self.answer, self.suggested, self.where or "Nowhere in this draft"


@dataclass(frozen=True)
class Paper:
    """One policy of a pack: what the body is asked, with all that it reads."""

    cover: Cover
    redline: Redline
    document: Document
    images: Mapping[str, bytes]
    room: Room
    """How much fits the cover note."""
    choices: tuple[Choice, ...] = ()

    @property
    def prefix(self) -> str:
        """What stands before each id, so that no two policies of a pack share one."""
        return f"{self.document.policy_id}."

    @property
    def stamp(self) -> Stamp:
        """What the draft says of its standing, or the version that is reviewed."""
        return Stamp("approved" if self.cover.becomes else "draft", self.cover.code)

    def setting(self, medium: Medium, part: Part) -> Setting:
        """How one of its parts is set: a part of its own on paper, below the title of the policy on the screen."""
        linked = None if part in ("draft", "text") else frozenset[str]()
        setting = Setting(medium, self.stamp, self.images, linked=linked, prefix=self.prefix)
        if setting.print:
            return setting
        around = f"{PARTS[part]} of {self.cover.title}"
        return replace(setting, rank_offset=_RANKS[part], around=around)

    @property
    def parts(self) -> dict[Part, str]:
        """The names of its parts, by what they are. Where nothing was chosen, or differs, there is nothing to show."""
        shown = dict(PARTS)
        del shown["draft" if self.cover.becomes else "text"]
        if not self.choices:
            del shown["choices"]
        if not self.redline.comparison.differs and not self.cover.departures:
            del shown["changes"]
        return shown

    def anchor(self, part: Part) -> str:
        """The id of one of its parts; the underscore keeps it apart from the ids that authors give."""
        return f"{self.prefix}pack_{part}"


def pack_html(papers: Sequence[Paper], day: datetime.date | None, *, medium: Medium) -> str:
    """The pack as one page."""
    parts = [part for paper in papers for part in _parts(paper, medium)]
    if medium == "screen":
        return _page(papers, day, [_screen(papers, day, parts)], medium)
    front = [_front(papers, day)] if len(papers) > 1 else []
    return _page(papers, day, [*front, *parts], medium)


def note_alone(paper: Paper) -> str:
    """The cover note for paper, and an empty page for what it leads to: to see how many pages it takes."""
    title = heading(1, PARTS["changes"])
    after = element("div", title, id=paper.anchor("changes"), class_="pack-part")
    return _page([paper], None, [_note(paper, "print"), after], "print")


def _page(
    papers: Sequence[Paper], day: datetime.date | None, body: Sequence[str], medium: Medium
) -> str:
    document = papers[0].document
    title = pack_title(papers, day)
    return page(
        language=document.language,
        title=title,
        description=title,
        colour=document.branding.colour,
        medium=medium,
        class_="pack" if medium == "print" else "policy pack",
        body=body,
    )


def _screen(papers: Sequence[Paper], day: datetime.date | None, parts: Sequence[Markup]) -> Markup:
    return filled(
        "pack_screen",
        school=papers[0].cover.school,
        facts=_facts(papers, day),
        contents=_contents(papers, "screen"),
        parts=lines(parts),
    )


def pack_title(papers: Sequence[Paper], day: datetime.date | None) -> str:
    """Whose pack it is, and of what."""
    return f"{_what(papers, day)} – {papers[0].cover.school}"


def _what(papers: Sequence[Paper], day: datetime.date | None) -> str:
    of = papers[0].cover.name if len(papers) == 1 else count(len(papers), "policy")
    meeting = f", meeting of {long_date(day)}" if day else ""
    return f"Governors’ pack: {of}{meeting}"


# --- parts ------------------------------------------------------------------------------------------------------------


def _part(
    paper: Paper, name: Part, body: Markup, medium: Medium, class_: str = "", **said: str
) -> Markup:
    """A part of a pack; on paper it begins a page and has the running header of its policy."""
    if medium == "screen":
        kind = f"pack-part pack-{name}"
        return block("section", body, class_=kind, id=paper.anchor(name))
    short = shortened(f"{PARTS[name]} · {paper.document.short_title}", 63, 9, 3)
    head = {**running(paper.document, paper.stamp), "short": short, **said}
    data = {f"data_{key}": text for key, text in head.items()}
    kind = f"pack-part pack-{name} {class_}".strip()
    return block("div", body, class_=kind, id=paper.anchor(name), **data)


def _parts(paper: Paper, medium: Medium) -> Iterator[Markup]:
    yield _note(paper, medium)
    if "changes" in paper.parts:
        yield _changes(paper, medium)
    if "choices" in paper.parts:
        yield _choices(paper, medium)
    yield _draft(paper, medium)
    yield _form(paper, medium)


def _note(paper: Paper, medium: Medium) -> Markup:
    setting = paper.setting(medium, "note")
    note = note_html(paper.cover, setting, paper.room, paper.anchor("changes"))
    return _part(paper, "note", note, medium, "note")


def _choices(paper: Paper, medium: Medium) -> Markup:
    setting = paper.setting(medium, "choices")
    rows = [choice.cells for choice in paper.choices]
    name = "The choices of the school"
    body = filled(
        "pack_choices",
        cover=paper.cover,
        title=PARTS["choices"],
        rank=setting.rank_offset,
        says=choices_says(paper.choices),
        table=text_table("", _CHOICES, rows, setting, class_="choices", name=name),
    )
    return _part(paper, "choices", body, medium)


def choices_says(choices: Sequence[Choice]) -> str:
    """What stands above the table of choices."""
    left = f"The model policy leaves {count(len(choices), 'choice')} to the school."
    return (
        f"{left} Whoever approves this version approves {agree(len(choices), 'it', 'them')}, too."
    )


def _changes(paper: Paper, medium: Medium) -> Markup:
    cover, setting = paper.cover, paper.setting(medium, "changes")
    body = filled(
        "pack_changes",
        cover=cover,
        title=PARTS["changes"],
        rank=setting.rank_offset,
        reasons=changes_table(cover, setting),
        departures=departures_html(cover.departures),
        changes=changes_html(paper.redline, setting, listed=True),
    )
    return _part(paper, "changes", body, medium, "redline")


def _draft(paper: Paper, medium: Medium) -> Markup:
    part: Part = "text" if paper.cover.becomes else "draft"
    document, setting = paper.document, paper.setting(medium, part)
    short = running(document, paper.stamp)["short"]
    body = paper_html(document, setting) if setting.print else draft_html(document, setting)
    return _part(paper, part, body, medium, policy_class(document), short=short)


def _form(paper: Paper, medium: Medium) -> Markup:
    cover, setting = paper.cover, paper.setting(medium, "form")
    fields = tuple((Text(text),) for text in form_fields(cover))
    body = filled(
        "pack_form",
        cover=cover,
        title=PARTS["form"],
        rank=setting.rank_offset,
        facts=facts(
            [
                ("Policy", cover.title),
                ("Version", cover.version),
                ("Content code", cover.code),
                ("Model policy", cover.edition),
            ]
        ),
        says=form_says(cover),
        signature=block_html(SignatureBlock(f"For {cover.body}", fields), setting),
    )
    return _part(paper, "form", body, medium)


def form_fields(cover: Cover) -> tuple[str, ...]:
    """What is filled in on the approval form."""
    decided = "Left as it is: yes / no" if cover.becomes else "Approved: yes / no"
    return (decided, *_FIELDS)


def form_says(cover: Cover) -> str:
    """What the approval form records."""
    where = "the policy" if cover.becomes else "the draft"
    return (
        f"This form records what {cover.body} decided about version {cover.version} of “{cover.title}” with the "
        f"content code {cover.code}. The code stands at the foot of each page of {where}."
    )


def _front(papers: Sequence[Paper], day: datetime.date | None) -> Markup:
    """The first page of a pack for a meeting: each policy, what is asked, and the pages of its parts."""
    head = {
        **running(papers[0].document, papers[0].stamp),
        "short": "Governors’ pack",
        "footer": _what(papers, day),
    }
    return filled(
        "pack_front",
        running=data_of(head),
        school=papers[0].cover.school,
        facts=_facts(papers, day),
        contents=_contents(papers, "print"),
    )


def _facts(papers: Sequence[Paper], day: datetime.date | None) -> Markup:
    """When the meeting is, and what it decides about."""
    said = [("Meeting", long_date(day))] if day else []
    if len(papers) == 1:
        said.append(("Policy", papers[0].cover.name))
    else:
        said.append(("Policies", str(len(papers))))
    return facts(said)


def _contents(papers: Sequence[Paper], medium: Medium) -> Markup:
    """Each policy with its parts; of several, what is asked, too."""
    items = []
    for paper in papers:
        first, *others = paper.parts
        items.append(
            {
                "line": _line(paper.cover.title, paper.anchor(first), paper, medium),
                "asked": paper.cover.asked if len(papers) > 1 else "",
                "below": [_line(PARTS[each], paper.anchor(each), paper, medium) for each in others],
            }
        )
    return filled("pack_contents", items=items)


def _line(text: str, anchor: str, paper: Paper, medium: Medium) -> Markup:
    """A line that leads to a place; on paper with its page."""
    if medium == "screen":
        return element("a", text, href=f"#{anchor}")
    # An anchor has the prefix of its policy already.
    return page_line(text, anchor, Setting("print", paper.stamp, {}))
