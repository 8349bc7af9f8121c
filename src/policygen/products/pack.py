"""The governors' pack as files: agenda, cover notes, redlines, drafts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from policygen.ground import paths
from policygen.ground.dates import long_date
from policygen.html.cover import (
    all_passages,
    cover_html,
    note_passages,
)
from policygen.html.elements import Medium
from policygen.html.pack import Paper, choices_says, form_fields, form_says, pack_html, pack_title
from policygen.pdf.check import Expectation, Passage, expect
from policygen.products.folders import PdfJob, Products, made_with
from policygen.products.redline import redline_expectation
from policygen.register.cover import Cover

_MEDIA: tuple[Medium, Medium] = ("screen", "print")


def pack_products(
    papers: Sequence[Paper], day: datetime.date | None, codes: Sequence[str] = ()
) -> Products:
    """The folder of a pack: the page and the PDF, the cover notes as pages, and the agenda with its commands.

    `codes` stand for the registers of the school as they are now.
    """
    first = papers[0].document
    folder = paths.meeting_folder(first.school_id, day) if day else _folder_of(papers[0])
    notes = {
        f"cover-note-{each.document.policy_id}.html": cover_html(each.cover, each.document).encode()
        for each in papers
    }
    page, paper = (pack_html(papers, day, medium=medium) for medium in _MEDIA)
    return Products(
        folder,
        {
            "pack.html": page.encode(),
            **notes,
            "agenda.txt": agenda_text([each.cover for each in papers], day, codes).encode(),
        },
        {"pack.pdf": PdfJob(paper.encode(), pack_expectation(papers, day))},
        {
            "school": first.school_id,
            "meeting": str(day) if day else None,
            "policies": [
                {
                    "policy": each.document.policy_id,
                    "version": each.cover.version,
                    "content": each.cover.code,
                }
                for each in papers
            ],
            "made_with": made_with(),
        },
    )


def _folder_of(paper: Paper) -> str:
    document, version = paper.document, paper.cover.becomes or paper.cover.version
    return paths.pack_folder(document.school_id, document.policy_id, version)


# --- what must be there -----------------------------------------------------------------------------------------------


def pack_expectation(papers: Sequence[Paper], day: datetime.date | None) -> Expectation:
    """What the PDF of a pack must hold."""
    front = len(papers) > 1
    drafts = [expect(each.document, each.stamp) for each in papers]
    redlines = [redline_expectation(each.redline) for each in papers]
    passages: list[Passage] = [("the front page", each.cover.asked) for each in papers if front]
    for paper, draft, redline in zip(papers, drafts, redlines, strict=True):
        cover = paper.cover
        passages += note_passages(cover, paper.room)
        if "changes" in paper.parts:
            passages += (*all_passages(cover), *redline.passages)
        if "choices" in paper.parts:
            said = (choices_says(paper.choices), *(" ".join(each.cells) for each in paper.choices))
            passages += [("the choices of the school", text) for text in said]
        passages += draft.passages
        passages += [
            ("the approval form", text)
            for text in (form_says(cover), f"For {cover.body}", *form_fields(cover))
        ]
    leads = [line for each in papers if front for line in _leads(each)]
    leads += [
        (f"{paper.prefix}{target}", text)
        for paper, draft in zip(papers, drafts, strict=True)
        for target, text in draft.contents
    ]
    least = front + sum(2 + each.min_pages for each in drafts)
    most = front + sum(
        1 + paper.room.pages + draft.max_pages + redline.max_pages
        for paper, draft, redline in zip(papers, drafts, redlines, strict=True)
    )
    language = papers[0].document.language
    rows = sum(len(each.cover.rows) + len(each.choices) for each in papers)
    return Expectation(
        pack_title(papers, day),
        language,
        tuple(passages),
        tuple(leads),
        least,
        most + rows,
    )


def _leads(paper: Paper) -> Iterator[tuple[str, str]]:
    """The lines of the front page: the id that each leads to, and its text, which has to stand on that page.

    The page of a version in force begins with its own title, and says nothing of a pack.
    """
    yield paper.anchor("note"), paper.cover.title
    _, *others = paper.parts.items()
    yield from ((paper.anchor(name), text) for name, text in others if name != "text")


# --- agenda -----------------------------------------------------------------------------------------------------------


def agenda_text(
    covers: Sequence[Cover], day: datetime.date | None, codes: Sequence[str] = ()
) -> str:
    """A line for the agenda for each policy, its proposed minute, and the commands that record the decisions.

    The codes of the registers are for the minutes: whoever cuts a register afterwards is found out by them.
    """
    when = f", meeting of {long_date(day)}" if day else ""
    items = "\n".join(_agenda_item(number, each) for number, each in enumerate(covers, 1))
    commands = "\n".join(_command(each) for each in covers)
    noted = (
        f"\nFor the minutes, the codes of the records so far: {' '.join(codes)}\n" if codes else ""
    )
    agenda = f"{covers[0].school}{when}\n\nAgenda\n\n{items}{noted}"
    return f"{agenda}\nWhen it is decided\n\n{commands}"


def _agenda_item(number: int, cover: Cover) -> str:
    what = "review" if cover.becomes else "approval"
    line = f"{number}. {cover.name} (content code {cover.code}): for {what} by {cover.body}"
    return f"{line}\n   Proposed minute: {cover.minute}\n"


def _command(cover: Cover) -> str:
    """What the clerk types, with what only the meeting can tell in capitals."""
    date = str(cover.meeting) if cover.meeting else "DATE"
    version = f"{cover.becomes} --review" if cover.becomes else cover.version
    said = f"--version {version} --content {cover.code} --body {cover.body_id} --date {date} --minute NUMBER"
    return f"policygen approve {cover.policy} {said}\n"
