"""Reads a finished PDF back and says what it lacks: asking for conformance is not having it."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any, Literal

import pikepdf
import pypdfium2

from policygen.html.circular import CircularContent
from policygen.html.imprint import NAME, Imprint, imprint_of, read
from policygen.html.labels import Stamp, audience_title, full_title
from policygen.html.sheets import StaffRow, statement
from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Clause,
    Code,
    Definitions,
    Document,
    Emphasis,
    FootnoteMark,
    Image,
    Inline,
    Item,
    ItemList,
    LineBreak,
    Link,
    Paragraph,
    Quote,
    Reference,
    ReferenceMark,
    Section,
    SignatureBlock,
    Strong,
    Subhead,
    Table,
    Text,
    Value,
    contents,
)
from policygen.pdf.tags import entry, tag_faults

Kind = Literal["policy", "form", "roster", "slips"]
Passage = tuple[str, str]
"""Where it stands, for the message, and its text."""

_POINTS = 72 / 25.4
_RUNNING = (24 * _POINTS, 24 * _POINTS)
"""Above and below these, print.css puts the running header and footer and nothing else."""
_FAMILY = "Source-Sans-Pro"
"""How the names of the theme's fonts begin in a PDF, behind the mark of a subset."""
_ENDS = 48
"""How many letters of the beginning and end of a long passage are looked for."""
_IGNORED = re.compile(r"[\s\-\u00ad\u2010\u2011\u2060\ufffe\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a PDF must hold."""

    title: str
    language: str
    passages: tuple[Passage, ...]
    """In the order in which they print."""
    contents: tuple[Passage, ...]
    """The id that a line of the contents leads to, and its text."""
    min_pages: int
    max_pages: int
    running: bool = True
    """Whether the pages have a running header and footer."""
    imprint: Imprint | None = None
    """What it must say about itself to programs; None for what is no copy of a policy."""


def expect(
    subject: Document,
    stamp: Stamp,
    kind: Kind = "policy",
    form: Section | None = None,
    staff: Sequence[StaffRow] = (),
) -> Expectation:
    """What the PDF of a policy, form or sheet must hold, computed from what it is made of."""
    if form is None:
        return _expect_policy(subject, stamp)
    what = _printed(form.title)
    if kind == "form":
        passages = ((what, what), *_runs(what, form.blocks), *_notes(form))
        pages = 1, 1 if form.one_page else _most_pages(1, passages)
        return _expectation(subject, stamp, what, passages, pages)
    declared = tuple(_runs(what, statement(form)))
    if kind == "roster":
        named = [(f"the row of {row.name}", f"{row.name} {row.role}") for row in staff]
        pages = 1, 4 + len(staff)
        return _expectation(subject, stamp, f"{what}: signature sheet", (*declared, *named), pages)
    slips = [
        *chain.from_iterable((*declared, (f"the slip of {row.name}", row.name)) for row in staff),
        *declared,
    ]
    pages = 1, 4 + len(staff)
    return _expectation(subject, stamp, f"{what}: slips to sign", slips, pages, running=False)


def expect_extract(
    document: Document, stamp: Stamp, audience: str, parts: Sequence[Section]
) -> Expectation:
    """What the PDF of an audience extract must hold."""
    passages = tuple(chain.from_iterable(map(_part, parts)))
    return _expectation(
        document,
        stamp,
        audience_title(audience),
        passages,
        (1, _most_pages(1, passages) + len(parts)),
    )


def check_pdf(pdf: bytes, expectation: Expectation) -> list[str]:
    """What is wrong with a PDF; nothing if it holds what it must and a screen reader can read it."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            texts = _page_texts(pdf, running=expectation.running)
            return [
                *_page_count_faults(len(texts), expectation),
                *_passage_faults(texts, expectation.passages),
                *_metadata_faults(opened, expectation),
                *_bookmark_faults(opened, expectation),
                *_font_faults(opened),
                *_contents_faults(pdf, opened, texts, expectation.contents),
                *tag_faults(opened),
            ]
    except (pikepdf.PdfError, pypdfium2.PdfiumError) as error:
        return [f"the file cannot be read back: {error}"]


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


# --- what must be there ---------------------------------------------------------------------------------------------


def _expect_policy(document: Document, stamp: Stamp) -> Expectation:
    front = 0 if not document.front.cover else 3 if contents(document) else 2
    least = front + bool(document.sections) + len(document.forms) + len(document.appendices)
    passages = tuple(chain.from_iterable(map(_part, document.parts)))
    return _expectation(document, stamp, "", passages, (least, _most_pages(least, passages)))


def _expectation(
    document: Document,
    stamp: Stamp,
    what: str,
    passages: Iterable[Passage],
    pages: tuple[int, int],
    *,
    running: bool = True,
) -> Expectation:
    return Expectation(
        title=full_title(document, stamp, what),
        language=document.language,
        passages=tuple(passages),
        contents=() if what else _contents_lines(document),
        min_pages=pages[0],
        max_pages=pages[1],
        running=running,
        imprint=imprint_of(document, stamp, what),
    )


def expect_circular(circular: CircularContent) -> Expectation:
    """What the PDF of a circular must hold."""
    said = (circular.action, circular.to, circular.by_when, circular.purpose, *circular.summary)
    changes = [text for change in circular.changes for text in (*change.what, change.reason)]
    passages = [
        (text, text) for text in (*said, circular.consultation, circular.contact, *changes) if text
    ]
    title = f"Circular: {circular.title}: edition {circular.edition} – {circular.issuer_name}"
    return Expectation(title, circular.language, tuple(passages), (), 1, 3 + len(changes) // 8)


def _contents_lines(document: Document) -> tuple[Passage, ...]:
    return tuple(
        (line.target, f"{line.label} {_printed(line.title)}") for line in contents(document)
    )


def _most_pages(least: int, passages: Sequence[Passage]) -> int:
    """A bound that no honest document passes: six lines to a page, beyond what begins a page."""
    return least + 3 + len(passages) // 6 + sum(len(text) for _, text in passages) // 600


def _part(part: Section) -> Iterator[Passage]:
    where = f"{part.kind} {part.number}" if part.number else _printed(part.title)
    yield f"the title of {where}", _titled(part)
    yield from _runs(where, part.blocks)
    yield from _notes(part)


def _notes(part: Section) -> Iterator[Passage]:
    for note in part.footnotes:
        yield from _led(f"footnote {note.number}", note.number, note.blocks)


def _titled(section: Section) -> str:
    colon = ":" if section.kind == "appendix" and section.label else ""
    return f"{section.label}{colon} {_printed(section.title)}"


def _runs(where: str, blocks: Iterable[Block]) -> Iterator[Passage]:
    """The words of blocks, one passage for each paragraph, cell, label or heading, in the order in which they print."""
    for block in blocks:
        match block:
            case Paragraph(children=children) | Subhead(children=children):
                yield where, _printed(children)
            case ItemList(items=items):
                for item in items:
                    yield from _led(_at(where, item), item.label, item.blocks)
            case Table():
                cells = (cell.children for row in (block.head, *block.rows) for cell in row)
                yield from (
                    (f"a table in {where}", _printed(words)) for words in (block.caption, *cells)
                )
            case Callout(blocks=inner) | AudiencePart(blocks=inner):
                yield from _runs(where, inner)
            case Quote(blocks=inner, source=source):
                yield from _runs(where, inner)
                yield where, _printed(source)
            case SignatureBlock(signatory=signatory, fields=labels):
                yield where, signatory
                yield from ((where, _printed(label)) for label in labels)
            case Definitions(entries=entries):
                for entry in entries:
                    yield where, _printed(entry.term)
                    yield from chain.from_iterable(
                        _runs(where, meaning) for meaning in entry.meanings
                    )
            case Clause():
                yield from _clause(where, block)
            case Section():
                here = f"section {block.number}" if block.number else where
                yield f"the title of {here}", _titled(block)
                yield from _runs(here, block.blocks)


def _clause(where: str, clause: Clause) -> Iterator[Passage]:
    here = f"paragraph {clause.number}" if clause.number else where
    if clause.title:
        yield here, f"{clause.number} {_printed(clause.title)}"
        yield from _runs(here, clause.blocks)
    else:
        yield from _led(here, clause.number, clause.blocks)


def _led(where: str, label: str, blocks: Sequence[Block]) -> Iterator[Passage]:
    match blocks:
        case [Paragraph(children=children), *rest]:
            yield where, f"{label} {_printed(children)}"
            yield from _runs(where, rest)
        case _:
            yield where, label
            yield from _runs(where, blocks)


def _at(where: str, item: Item) -> str:
    return f"{where}{item.label}" if item.label.startswith("(") else where


def _printed(children: tuple[Inline, ...]) -> str:
    """The letters that inline nodes put on paper."""
    return "".join(map(_letters, children))


def _letters(node: Inline) -> str:
    match node:
        case Text(text=text) | Value(text=text) | Code(text=text):
            return text
        case Emphasis(children=children) | Strong(children=children) | Link(children=children):
            return _printed(children)
        case Reference(children=children) | ReferenceMark(children=children):
            return _printed(children)
        case FootnoteMark(number=number):
            return number
        case LineBreak():
            return "\n"
        case Image():
            return ""


# --- what is there --------------------------------------------------------------------------------------------------


def _bare(text: str) -> str:
    """Text without white space and hyphens, which a line break may add or take away."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))


def _page_texts(pdf: bytes, *, running: bool) -> list[str]:
    """The bare text of each page, without running header and footer, so that a passage runs on over a page turn."""
    above, below = _RUNNING if running else (0, 0)
    texts = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            width, height = page.get_size()
            found = page.get_textpage().get_text_bounded(
                left=0, bottom=below, right=width, top=height - above
            )
            texts.append(_bare(found))
    return texts


def _page_count_faults(pages: int, expectation: Expectation) -> Iterator[str]:
    if pages < expectation.min_pages:
        yield f"it has {pages} pages, {expectation.min_pages} at least are needed"
    if pages > expectation.max_pages:
        yield f"it has {pages} pages, more than the {expectation.max_pages} that it can need"


def _passage_faults(texts: Sequence[str], passages: Iterable[Passage]) -> Iterator[str]:
    """Passages that are missing, or do not stand where their order says."""
    whole = "".join(texts)
    position = 0
    for where, passage in passages:
        bare = _bare(passage)
        for end in (bare,) if len(bare) <= 2 * _ENDS else (bare[:_ENDS], bare[-_ENDS:]):
            found = whole.find(end, position)
            if found < 0:
                shown = passage if len(passage) <= 60 else f"{passage[:30]} … {passage[-30:]}"
                yield f"{where}: `{' '.join(shown.split())}` is missing or out of order"
                break
            position = found + len(end)


def _metadata_faults(pdf: pikepdf.Pdf, expectation: Expectation) -> Iterator[str]:
    if str(pdf.Root.get("/Lang", "")) != expectation.language:
        yield f"the language is not `{expectation.language}`"
    if not entry(pdf.Root, "/ViewerPreferences", "/DisplayDocTitle"):
        yield "a reader would show the file's name instead of its title"
    with pdf.open_metadata() as metadata:
        titles = (str(pdf.docinfo.get("/Title", "")), str(metadata.get("dc:title", "")))
        part = str(metadata.get("pdfuaid:part", ""))
    if any(title != expectation.title for title in titles):
        yield f"the title is not `{expectation.title}`"
    if read(str(pdf.docinfo.get(f"/{NAME}", ""))) != expectation.imprint:
        yield "it does not say to programs which version of which policy it is"
    if part != "1":
        yield "the file does not say that it is PDF/UA-1"


def _bookmark_faults(pdf: pikepdf.Pdf, expectation: Expectation) -> Iterator[str]:
    with pdf.open_outline() as outline:
        found = {_bare(title) for title in _bookmarks(outline.root)}
    for _, text in expectation.contents:
        if not any(_same_title(text, title) for title in found):
            yield f"no bookmark leads to `{text.strip()}`"


def _same_title(text: str, title: str) -> bool:
    return _bare(text).replace(":", "") == title.replace(":", "")


def _bookmarks(items: Iterable[pikepdf.OutlineItem]) -> Iterator[str]:
    for item in items:
        yield item.title
        yield from _bookmarks(item.children)


def _font_faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in pdf.objects:
        if not isinstance(font, pikepdf.Dictionary) or font.get("/Type") != "/Font":
            continue
        if str(font.get("/Subtype")).startswith("/CIDFont"):
            continue  # part of a composite font, judged with it
        name = str(font.get("/BaseFont", "/a font"))[1:]
        owner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        descriptor: Any = owner.get("/FontDescriptor", {})
        if font.get("/Subtype") != "/Type3" and not any(
            f"/FontFile{kind}" in descriptor for kind in ("", "2", "3")
        ):
            yield f"the font `{name}` is not in the file"
        if not name.partition("+")[2].startswith(_FAMILY):
            yield f"the font `{name}` is not one of the theme"
        if "/ToUnicode" not in font:
            yield f"the letters of the font `{name}` cannot be read out"


def _contents_faults(
    pdf: bytes, opened: pikepdf.Pdf, texts: Sequence[str], lines: Sequence[Passage]
) -> Iterator[str]:
    """Lines of the contents that are missing or name another page than the one on which their heading stands."""
    if not lines:
        return
    real = _real_pages(opened)
    shown = _shown_lines(pdf, opened)
    for target, text in lines:
        page, title = real.get(target), _bare(text).replace(":", "")
        numbers = _numbers_after(title, shown.get(target, ()))
        if page is None:
            yield f"nothing in the file is called `{target}`, which the contents lead to"
        elif not numbers:
            yield f"the contents do not list `{text.strip()}`"
        elif numbers[0] != str(page):
            yield f"the contents say page {numbers[0] or '(none)'} for `{text.strip()}`, which is on page {page}"
        elif title not in texts[page - 1].replace(":", ""):
            yield f"`{text.strip()}` is not on page {page}, where the contents lead"


def _numbers_after(title: str, shown: Sequence[str]) -> list[str]:
    """What stands behind a title that takes up the first of these lines."""
    joined = accumulate(shown)
    return [text.removeprefix(title) for text in joined if text.startswith(title)]


def _real_pages(opened: pikepdf.Pdf) -> dict[str, int]:
    """The page on which each named place stands."""
    numbers: dict[Any, int] = {page.objgen: number for number, page in enumerate(opened.pages, 1)}
    places = entry(opened.Root, "/Names", "/Dests")
    if places is None:
        return {}
    return {
        str(name): numbers.get(place[0].objgen, 0)
        for name, place in pikepdf.NameTree(places).items()
    }


def _shown_lines(pdf: bytes, opened: pikepdf.Pdf) -> dict[str, list[str]]:
    """For each place that links lead to, the bare text of the lines in which they stand, the first page first."""
    found: dict[str, list[str]] = {}
    with pypdfium2.PdfDocument(pdf) as document:
        for index, page in enumerate(opened.pages):
            links = [note for note in page.get("/Annots", []) if "/Dest" in note]
            if not links:
                continue
            drawn = document[index]
            text = drawn.get_textpage()
            for note in links:
                low, high = sorted((float(note.Rect[1]), float(note.Rect[3])))
                words = text.get_text_bounded(left=0, bottom=low, right=drawn.get_width(), top=high)
                found.setdefault(str(note.Dest), []).append(_bare(words).replace(":", ""))
    return found
