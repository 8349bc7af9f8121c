"""Characters that the fonts of the documents cannot print, each found where somebody wrote it."""

from __future__ import annotations

from collections.abc import Iterator

from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import join_and
from policygen.language.document import Document, Value, walk
from policygen.model.adoption import LocatedAdoption
from policygen.model.facts import GROUPS
from policygen.model.workspace import Edition, SchoolFiles


def check_glyphs(
    document: Document,
    edition: Edition,
    school: SchoolFiles,
    adoption: LocatedAdoption,
    problems: Problems,
) -> None:
    """Note the characters that the fonts lack, each once."""
    from policygen.pdf.render import missing_glyphs

    reported: set[str] = set()
    for text, place in [
        *_beside_the_text(document, edition, school, adoption),
        *_printed(document, school, adoption),
    ]:
        signs = sorted(missing_glyphs(text) - reported, key=text.index)
        if signs:
            reported.update(signs)
            named = join_and(f"`{sign}` (U+{ord(sign):04X})" for sign in signs)
            hint = "write it in letters, or leave it out"
            problems.add(
                "missing-glyph", f"the fonts have no {named}", _narrowed(place, signs[0]), hint
            )


def _printed(
    document: Document, school: SchoolFiles, adoption: LocatedAdoption
) -> Iterator[tuple[str, Place | None]]:
    """Every text of the document, with the place where it was written: of a value, where the school wrote it."""
    place: Place | None = None
    for node in walk(document.parts):
        place = getattr(node, "place", None) or place
        text = getattr(node, "text", "")
        if isinstance(text, str) and text:
            yield (
                text,
                (_source(node, school, adoption) if isinstance(node, Value) else None) or place,
            )


def _source(value: Value, school: SchoolFiles, adoption: LocatedAdoption) -> Place | None:
    """Where the school wrote a value; None where it comes from elsewhere."""
    root, _, rest = value.name.partition(" ")[0].partition(".")
    keys = tuple(rest.partition("[]")[0].split("."))
    match root:
        case "answers":
            return adoption.place(root, *keys)
        case "school":
            return school.file.place(*keys)
        case group if group in GROUPS:
            return school.file.place(root, *keys)
        case _:
            return None


def _beside_the_text(
    document: Document, edition: Edition, school: SchoolFiles, adoption: LocatedAdoption
) -> Iterator[tuple[str, Place]]:
    """What prints on the cover, in the margins, in the history and on the sheets to sign."""
    yield document.school_name, school.file.place("name")
    yield document.title, edition.file.place("title")
    yield document.issuer_name, edition.file.place("issuer", "name")
    yield document.branding.strapline, school.file.place("branding", "strapline")
    yield document.branding.footer, school.file.place("branding", "footer")
    for index, row in enumerate(document.versions):
        keys: tuple[str | int, ...] = (
            ("history", index) if index < len(adoption.value.history) else ()
        )
        yield row.author, adoption.place(*keys, "author")
        yield row.reason, adoption.place(*keys, "reason")
    lists = paths.forms_of_list(paths.staff_file(school.school_id))
    place = Place(next((path for path in lists if path in school.inputs), lists[0]))
    for member in school.staff:
        yield f"{member.name} {member.role}", place


def _narrowed(place: Place | None, sign: str) -> Place | None:
    """The place of the character itself, where the line shows it."""
    if place is None or sign not in place.text:
        return place
    return Place(place.path, place.line, place.text.index(sign) + 1, 1, place.text)
