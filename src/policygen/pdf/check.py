"""Reads a finished PDF back and says what it lacks: asking for conformance is not having it."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, groupby
from typing import Any, Literal, assert_never

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c

from policygen.editions.announce import AnnouncedChange
from policygen.html.circular import CircularContent, why
from policygen.html.imprint import NAME, Imprint, imprint_of, read
from policygen.html.labels import Stamp, audience_title, full_title
from policygen.html.redline import printed
from policygen.html.sheets import StaffRow, declared, statement
from policygen.language import document as d
from policygen.language.fields import Field, fields_of
from policygen.language.runs import Run, runs
from policygen.pdf.fields import field_faults
from policygen.pdf.tags import entry, tag_faults

Kind = Literal["policy", "form", "roster", "slips"]
Passage = tuple[str, str | tuple[str, ...]]
"""Where it stands, for the message, and its text: of a row of a table, that of each cell."""
Line = tuple[str, str]
"""The id that a line of the contents leads to, and its text."""

_POINTS = 72 / 25.4
_SLACK = 0.7 * _POINTS
"""How far a letter may reach beyond its line, as an italic does, and a rule by its thickness."""
_LEAST_MARGIN = 6 * _POINTS
"""What most printers leave blank at the edges of a sheet."""
_DRAWN = (pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE)
_FAMILY = "Source-Sans-Pro"
"""How the names of the theme's fonts begin in a PDF, behind the mark of a subset."""
_ENDS = 12
"""By how many letters a part of a passage is known."""
_MOST_TURNS = 40
"""Over how many pages one passage may run."""
_IGNORED = re.compile(r"[\s\-\u00ad\u2010\u2011\u2060\ufffe\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a PDF must hold."""

    title: str
    language: str
    passages: tuple[Passage, ...]
    """In the order in which they print."""
    contents: tuple[Line, ...]
    """In the order in which they print."""
    min_pages: int
    max_pages: int
    fields: tuple[Field, ...] = ()
    """What can be filled in, in reading order."""
    imprint: Imprint | None = None
    """What it must say about itself to programs; None for what is no copy of a policy."""
    row_labels: int = 0
    """How many rows of its tables have a label, at least."""


def expect(
    subject: d.Document,
    stamp: Stamp,
    kind: Kind = "policy",
    form: d.Section | None = None,
    staff: Sequence[StaffRow] = (),
) -> Expectation:
    """What the PDF of a policy, form or sheet must hold, computed from what it is made of."""
    if form is None:
        return _expect_policy(subject, stamp)
    what = _printed(form.title)
    if kind == "form":
        passages = tuple(_passages(runs(form)))
        # One that runs over the page that it is meant for is whole: the build says so with `form-too-long`.
        pages = 1, _most_pages(1, passages)
        expected = _expectation(subject, stamp, what, passages, pages, [form])
        return replace(expected, row_labels=_row_labels([form]))
    said = passages_declared(form, statement(form), what)
    if kind == "roster":
        named = [(f"the row of {row.name}", f"{row.name} {row.role}") for row in staff]
        pages = 1, _most_pages(4 + len(staff), said)
        sheet = f"{what}: signature sheet"
        return _expectation(subject, stamp, sheet, (*said, *named), pages)
    slips = [
        *chain.from_iterable((*said, (f"the slip of {row.name}", row.name)) for row in staff),
        *said,
    ]
    pages = 1, _most_pages(4 + len(staff), slips)
    return _expectation(subject, stamp, f"{what}: slips to sign", slips, pages)


def expect_extract(
    document: d.Document, stamp: Stamp, audience: str, parts: Sequence[d.Section]
) -> Expectation:
    """What the PDF of an audience extract must hold."""
    passages = tuple(_passages(runs(*parts)))
    expected = _expectation(
        document,
        stamp,
        audience_title(audience),
        passages,
        (1, _most_pages(1, passages) + len(parts)),
        parts,
    )
    return replace(expected, row_labels=_row_labels(parts))


def check_pdf(pdf: bytes, expectation: Expectation) -> list[str]:
    """What is wrong with a PDF; nothing if it holds what it must and a screen reader can read it."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            pages = [*_seen(pdf, opened)]
            texts = [page.text for page in pages]
            faults = [
                *_page_count_faults(len(texts), expectation),
                *chain.from_iterable(page.faults for page in pages),
                *_passage_faults(texts, expectation.passages),
                *_metadata_faults(opened, expectation),
                *_bookmark_faults(opened, expectation),
                *_font_faults(opened),
                *_archive_faults(opened),
                *_contents_faults(pages, opened, expectation.contents),
                *tag_faults(opened, len(expectation.contents), expectation.row_labels),
                *field_faults(opened, expectation.fields),
            ]
            return list(dict.fromkeys(faults))
    except (pikepdf.PdfError, pypdfium2.PdfiumError) as error:
        return [f"the file cannot be read back: {error}"]


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


# --- what must be there ---------------------------------------------------------------------------------------------


def _expect_policy(document: d.Document, stamp: Stamp) -> Expectation:
    least = document.front.cover + max(len(document.every_form), 1)
    passages = tuple(_passages(runs(*document.parts)))
    history = [("", (row.minute, row.author, row.reason)) for row in document.versions]
    most = _most_pages(least, (*passages, *history, *history))
    expected = _expectation(document, stamp, "", passages, (least, most), document.parts)
    return replace(expected, row_labels=_row_labels(document.parts))


def _row_labels(parts: Iterable[d.Section]) -> int:
    """How many rows of tables begin with a cell that says what the others are about."""
    tables = [node for node in d.walk(tuple(parts)) if isinstance(node, d.Table) and node.labelled]
    first = [row[0] for table in tables for row in table.rows]
    return sum(bool(d.plain(cell.children).strip()) for cell in first)


def _expectation(
    document: d.Document,
    stamp: Stamp,
    what: str,
    passages: Iterable[Passage],
    pages: tuple[int, int],
    filled: Iterable[d.Section] = (),
) -> Expectation:
    """`filled` are the parts that can be filled in on screen."""
    return Expectation(
        title=full_title(document, stamp, what),
        language=document.language,
        passages=tuple(passages),
        contents=() if what else _contents_lines(document),
        min_pages=pages[0],
        max_pages=pages[1],
        fields=tuple(chain.from_iterable(map(fields_of, filled))),
        imprint=imprint_of(document, stamp, what),
    )


def expect_circular(circular: CircularContent) -> Expectation:
    """What the PDF of a circular must hold."""
    said = (circular.action, circular.to, circular.by_when, circular.purpose, *circular.summary)
    changes = [text for change in circular.changes for text in _announced(change)]
    passages = [
        (text, text) for text in (*said, circular.consultation, circular.contact, *changes) if text
    ]
    title = f"Circular: {circular.title}: edition {circular.edition} – {circular.issuer_name}"
    return Expectation(title, circular.language, tuple(passages), (), 1, _most_pages(0, passages))


def _announced(change: AnnouncedChange) -> Iterator[str]:
    for spot in change.spots:
        yield spot.said
        yield from (printed(cell) for line in spot.lines for cell in line.cells)
    yield why(change)


def _contents_lines(document: d.Document) -> tuple[Line, ...]:
    return tuple(
        (line.target, f"{line.label} {_printed(line.title)}") for line in d.contents(document)
    )


def _most_pages(least: int, passages: Sequence[Passage]) -> int:
    """A bound that no honest document passes: six lines to a page, beyond what begins a page."""
    letters = sum(len(cell) for _, text in passages for cell in _cells(text))
    return least + 3 + len(passages) // 6 + letters // 600


def _cells(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def _passages(found: Iterable[Run], around: str = "") -> Iterator[Passage]:
    """What runs print, one passage for each, and for the cells of each row of a table together."""
    for (table, row), together in groupby(found, _row_of):
        if table is None:
            yield from ((_where(run, around), _line(run)) for run in together if _line(run))
        else:
            cells = [run for run in together if run.kind != "picture"]
            yield _where(cells[0], around), tuple(map(_line, cells))
            del row


def passages_declared(form: d.Section, said: Sequence[d.Block], around: str) -> tuple[Passage, ...]:
    """What a sheet prints of words that are signed, with the notes to them."""
    return tuple(_passages(runs(declared(form, said)), around))


def _row_of(run: Run) -> tuple[d.Table | None, int]:
    """The table and row of a cell; its head counts as a row."""
    if run.kind in ("head", "cell") or (run.kind == "picture" and run.row >= 0):
        return next(node for node in run.around if isinstance(node, d.Table)), run.row
    return None, -1


def _where(run: Run, around: str) -> str:
    """Where a run stands, for a message."""
    place = around
    for node in run.around:
        match node:
            case d.Section(number=""):
                place = place or _printed(node.title)
            case d.Section():
                place = f"{'section' if node.kind == 'section' else 'appendix'} {node.number}"
            case d.Clause():
                if node.number:
                    place = f"paragraph {node.number}"
            case d.Item():
                if node.label.startswith("("):
                    place += node.label
            case d.Footnote():
                place = f"footnote {node.number}"
            case d.ItemList() | d.Table() | d.Callout() | d.Quote() | d.SignatureBlock():
                pass
            case d.AudiencePart() | d.Definitions() | d.Definition():
                pass
            case _:
                assert_never(node)
    if any(isinstance(node, d.Table) for node in run.around):
        return f"a table in {place}"
    if run.kind == "title" and isinstance(run.around[-1], d.Section):
        return f"the title of {place}"
    return place


def _line(run: Run) -> str:
    """The letters that a run puts on paper."""
    if run.kind == "picture":
        return ""
    titled = run.kind == "title" and run.around[-1]
    colon = isinstance(titled, d.Section) and titled.kind != "section" and run.label
    return f"{run.label}{':' if colon else ''} {_printed(run.children)}".strip()


def _printed(children: Iterable[d.Inline]) -> str:
    """The letters that inline nodes put on paper: those of the text, and the marks of footnotes."""
    letters = []
    for node in children:
        match node:
            case d.Text() | d.Value() | d.Code():
                letters.append(node.text)
            case d.Emphasis() | d.Strong() | d.Link() | d.Reference() | d.ReferenceMark():
                letters.append(_printed(node.children))
            case d.FootnoteMark():
                letters.append(node.number)
            case d.LineBreak():
                letters.append("\n")
            case d.Image():
                pass
            case _:
                assert_never(node)
    return "".join(letters)


# --- what is there --------------------------------------------------------------------------------------------------


def _bare(text: str) -> str:
    """Text without white space and hyphens, which a line break may add or take away."""
    # A PDF may hold a ligature as one sign (ﬁ): its compatibility form is the letters that were written.
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True, slots=True)
class _Page:
    """What is seen of a page that is loaded once: to draw it costs more than to ask it for all of this."""

    text: str
    """Bare, without running header and footer, so that a passage runs on over a page turn."""
    faults: tuple[str, ...]
    """What stands where it should not."""
    linked: Sequence[tuple[str, str]]
    """The places to which its links lead, each with the bare text of the lines in which the link stands."""


def _seen(pdf: bytes, opened: pikepdf.Pdf) -> Iterator[_Page]:
    """Each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        for number, (page, notes) in enumerate(zip(document, opened.pages, strict=False), 1):
            words = page.get_textpage()
            left, bottom, right, top = _content_box(page)
            text = _bare(words.get_text_bounded(left, bottom, right, top))
            faults = (*_margin_faults(number, page, words), *_running_faults(number, page))
            yield _Page(text, faults, [*_linked(page, words, notes)])


def _content_box(page: pypdfium2.PdfPage) -> tuple[float, float, float, float]:
    """How far the content of a page may reach, by what the renderer says of it: left, bottom, right and top."""
    left, bottom, right, top = page.get_artbox()
    return left - _SLACK, bottom - _SLACK, right + _SLACK, top + _SLACK


def _page_count_faults(pages: int, expectation: Expectation) -> Iterator[str]:
    if pages < expectation.min_pages:
        yield f"it has {pages} pages, {expectation.min_pages} at least are needed"
    if pages > expectation.max_pages:
        yield f"it has {pages} pages, more than the {expectation.max_pages} that it can need"


def _margin_faults(
    number: int, page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage
) -> Iterator[str]:
    """Words, rules or pictures that reach into the margin at the side, or off the paper."""
    width, height = page.get_size()
    first, low, last, high = _content_box(page)
    if min(first, low, width - last, height - high) < _LEAST_MARGIN - _SLACK:
        yield f"page {number} has no margin"
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        if left < first or right > last or bottom < 0 or top > height:
            words = text.get_text_bounded(left, bottom, right, top).strip()
            yield f"on page {number} `{words}` reaches into the margin"
            break
    # What stands within a form, such as the word DRAFT behind the page, may.
    for drawn in page.get_objects(filter=_DRAWN, max_depth=1):
        left, _, right, _ = drawn.get_bounds()
        if left < first or right > last:
            yield f"on page {number} a rule or picture reaches into the margin"
            break


def _running_faults(number: int, page: pypdfium2.PdfPage) -> Iterator[str]:
    """A running header or footer that a screen reader would read out among the text, or that text runs into."""
    _, low, _, high = _content_box(page)
    for drawn in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_TEXT,), max_depth=1):
        _, bottom, _, top = drawn.get_bounds()
        beyond = bottom < low or top > high
        if beyond and pdfium_c.FPDFPageObj_GetMarkedContentID(drawn.raw) >= 0:
            yield f"the running header or footer of page {number} is tagged as text, or lies upon it"
            break


def _passage_faults(texts: Sequence[str], passages: Iterable[Passage]) -> Iterator[str]:
    """Passages that are missing, or do not stand where their order says."""
    whole = "".join(texts)
    position = 0
    for where, passage in passages:
        ends = [position]
        for cell in _cells(passage):
            # The cells of a row stand beside one another: a high row that is broken over pages has the first lines of
            # its second cell before the last ones of its first.
            bare = _bare(cell)
            found = whole.find(bare, position)
            places = [found + len(bare)] if found >= 0 else []
            if not isinstance(passage, str):
                places += _broken_end(bare, whole, position)
            if not places:
                shown = cell if len(cell) <= 60 else f"{cell[:30]} … {cell[-30:]}"
                yield f"{where}: `{' '.join(shown.split())}` is missing or out of order"
            ends.append(min(places, default=position))
        position = max(ends)


def _broken_end(bare: str, whole: str, position: int) -> list[int]:
    """Where a cell that is broken over pages is over: other cells and the head of its table stand between its parts."""
    for _ in range(_MOST_TURNS):
        found = whole.find(bare[:_ENDS], position)
        if found < 0:
            break
        same = len(bare[:_ENDS])
        while same < len(bare) and whole[found + same : found + same + 1] == bare[same]:
            same += 1
        bare, position = bare[same:], found + same
        if not bare:
            return [position]
    return []


def _metadata_faults(pdf: pikepdf.Pdf, expectation: Expectation) -> Iterator[str]:
    if str(pdf.Root.get("/Lang", "")) != expectation.language:
        yield f"the language is not `{expectation.language}`"
    if not entry(pdf.Root, "/ViewerPreferences", "/DisplayDocTitle"):
        yield "a reader would show the file's name instead of its title"
    metadata = pdf.open_metadata()  # only read: at the end of a `with` it would be written anew
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


def _archive_faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What keeps a file from being read the same in many years (PDF/A-2, ISO 19005-2)."""
    if "/ID" not in pdf.trailer:
        yield "the file has no id"
    if "/Encrypt" in pdf.trailer:
        yield "the file is encrypted"
    profile = None
    for intent in pdf.Root.get("/OutputIntents", []):
        if intent.get("/S") == "/GTS_PDFA1":
            profile = intent.get("/DestOutputProfile")
    if profile is None or profile.read_bytes()[36:40] != b"acsp":
        yield "the file does not say what its colours mean"
    metadata = pdf.Root.get("/Metadata")
    if metadata is None or "/Filter" in metadata:
        yield "what the file says about itself is compressed or missing"
        return
    said = pdf.open_metadata()
    standard = str(said.get("pdfaid:part", "")), str(said.get("pdfaid:conformance", ""))
    if standard != ("2", "A"):
        yield "the file does not say that it is PDF/A-2a"
    if b"pdfaSchema:schema" not in metadata.read_bytes():
        yield "the file does not describe what it says of PDF/UA"


def _contents_faults(
    pages: Sequence[_Page], opened: pikepdf.Pdf, lines: Sequence[Line]
) -> Iterator[str]:
    """Lines of the contents that are missing or name another page than the one on which their heading stands."""
    if not lines:
        return
    # The renderer counts pages while it lays them out, and has been known to print 0 for all of them: each number in
    # the contents is held against the page to which its link leads.
    real = _real_pages(opened)
    shown: dict[str, list[str]] = {}
    for place, said in chain.from_iterable(each.linked for each in pages):
        shown.setdefault(place, []).append(said)
    for target, text in lines:
        page, title = real.get(target), _bare(text).replace(":", "")
        numbers = _numbers_after(title, shown.get(target, ()))
        if page is None:
            yield f"nothing in the file is called `{target}`, which the contents lead to"
        elif not numbers:
            yield f"the contents do not list `{text.strip()}`"
        elif numbers[0] != str(page):
            yield f"the contents say page {numbers[0] or '(none)'} for `{text.strip()}`, which is on page {page}"
        elif title not in pages[page - 1].text.replace(":", ""):
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


def _linked(
    page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage, notes: pikepdf.Page
) -> Iterator[tuple[str, str]]:
    for note in notes.get("/Annots", []):
        if "/Dest" in note:
            low, high = sorted((float(note.Rect[1]), float(note.Rect[3])))
            words = text.get_text_bounded(left=0, bottom=low, right=page.get_width(), top=high)
            yield str(note.Dest), _bare(words).replace(":", "")
