"""What no page has room for: tables, titles, the words of a cover. Whatever passes here, a build can print."""

from __future__ import annotations

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import count
from policygen.html.front import APPROVAL, cover_room
from policygen.html.labels import Stamp
from policygen.html.measure import (
    TALL,
    TEXT_WIDTH,
    WIDER,
    columns_of,
    lines_needed,
    row_height,
    tables_in,
    width_of,
)
from policygen.html.sheets import parents_declaration, statement
from policygen.language import document as d
from policygen.model.workspace import Edition, SchoolFiles
from policygen.pdf.render import RendererMissingError, can_print

_DRAFT = Stamp("draft", "0000-0000")
_TITLE_SIZE = 17.0
_MOST_TITLE_LINES = 12
_SLIP_SIZE = 10.5
_MOST_DECLARED_LINES = 30
"""With what else stands on it, the slip goes on a page."""


def check_paper(
    document: d.Document, edition: Edition, school: SchoolFiles, problems: Problems
) -> None:
    """Note what a document holds that would not go on paper."""
    for part in document.parts:
        check_tables_fit(part, problems)
        _check_titles(part, problems)
    if document.front.cover and cover_room(document, _DRAFT) < APPROVAL:
        place, what = _longest(document, edition, school)
        problems.add("cover-too-full", f"{what} is too long for a cover", place, "shorten it")
    signed = {entry.name for entry in edition.file.value.every_form}
    for form in document.every_form:
        if form.name in signed:
            _check_declared(form, problems)


def _check_declared(form: d.Section, problems: Problems) -> None:
    """Note what a form declares where that is more than fits on a slip to sign: each slip and sheet says it again."""
    for declared in (statement(form), parents_declaration(form)):
        lines = sum(lines_needed(each.children, TEXT_WIDTH, _SLIP_SIZE) for each in declared)
        if lines > _MOST_DECLARED_LINES:
            says = f"what is declared here takes {lines} lines, on each slip to sign"
            hint = "put a subheading or a list before it: what follows that, up to the signature, is declared"
            problems.add("declaration-too-long", says, declared[0].place or form.place, hint)


def _check_titles(part: d.Section, problems: Problems) -> None:
    """Note titles that fill much of a page, and the contents, the bookmarks and each sheet of a form with it."""
    for section in d.walk(part):
        if not isinstance(section, d.Section):
            continue
        lines = lines_needed(section.title, TEXT_WIDTH, _TITLE_SIZE, bold=True)
        if lines > _MOST_TITLE_LINES:
            says = f"this title fills {lines} lines"
            hint = "write a short title, and say the rest in a paragraph below it"
            problems.add("title-too-long", says, section.place, hint)


def check_drawing(content: bytes, path: str, place: Place | None, problems: Problems) -> None:
    """Note an SVG file of which the renderer does not show all. Those of pixels were tried when they were read."""
    try:
        printable = not path.lower().endswith(".svg") or not content or can_print(content)
    except RendererMissingError:
        return  # whoever makes PDFs is told that none can be made
    if not printable:
        says = f"`{path}` holds what cannot be printed"
        hint = "take out links to other files and text in other alphabets, or save it as PNG"
        problems.add("image-missing", says, place, hint)


def check_tables_fit(part: d.Section, problems: Problems) -> None:
    """Note tables whose columns do not go side by side, and those whose head, which every page repeats, is too high."""
    for table, room in tables_in((part, *_notes(part)), width_of(part)):
        columns = columns_of(table, room)
        place = table.place or part.place
        if not columns.fits:
            problems.add(
                "table-too-wide",
                f"this table has {count(len(columns.widths), 'column')}, too many for a page",
                place,
                _narrower(table, room),
            )
        elif row_height(table.head, columns, bold=True) > TALL:
            problems.add(
                "table-head-too-high",
                "the head of this table fills half a page, and every page of the table repeats it",
                place,
                "shorten the head, and say the rest in a row or in a paragraph before the table",
            )


def _narrower(table: d.Table, room: float) -> str:
    """What to do about a table that is too wide."""
    if not table.landscape and columns_of(table, room + WIDER).fits:
        return (
            "write `{landscape}` at the end of its caption, and it stands on a page that is turned"
        )
    return "make two tables of it, or write what its columns are as its rows"


def _notes(part: d.Section) -> tuple[d.Block, ...]:
    return tuple(block for note in part.footnotes for block in note.blocks)


def _longest(
    document: d.Document, edition: Edition, school: SchoolFiles
) -> tuple[Place | None, str]:
    """The longest of the words that share the cover: where it is written, and what it is."""
    written = (
        (document.title, edition.file.place("title"), "this title"),
        (document.school_name, school.file.place("name"), "this name"),
        (
            document.branding.strapline,
            school.file.place("branding", "strapline"),
            "this strapline",
        ),
    )
    _, place, what = max(written, key=lambda words: len(words[0]))
    return place, what
