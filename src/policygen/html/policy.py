"""A whole policy, and one form of it, as HTML pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from markupsafe import Markup

from policygen.ground.wording import sentence_case
from policygen.html.blocks import (
    column_heads,
    data_cell,
    framed_table,
    part_body,
    part_html,
    text_table,
    titled,
    words,
)
from policygen.html.elements import Medium, Setting, block, element, heading, lines
from policygen.html.inline import inline_html
from policygen.html.labels import (
    Stamp,
    audience_title,
    record_box,
    record_rows,
    review,
    status,
    version_date,
    version_minute,
)
from policygen.html.measure import cover_room, cover_title, rows_that_fit
from policygen.html.page import MAIN, document_page, facts, logo
from policygen.html.templates import filled
from policygen.language.document import ContentsLine, Document, Section, VersionRow, contents, walk

_AMENDMENTS = "Record of policy amendments"
_CONTENTS = "contents_list"


def policy_html(
    document: Document, stamp: Stamp, *, medium: Medium, images: Mapping[str, bytes]
) -> str:
    """The whole policy as one page that needs no other file."""
    setting = Setting(medium, stamp, images)
    body = paper_html(document, setting) if setting.print else _screen(document, setting)
    return document_page(document, setting, policy_class(document), [body])


def policy_class(document: Document) -> str:
    """The class of a whole policy: with a cover, or compact."""
    return "policy" if document.front.cover else "policy compact"


def form_html(
    document: Document, form: Section, stamp: Stamp, *, medium: Medium, images: Mapping[str, bytes]
) -> str:
    """One form as a document of its own."""
    setting = Setting(medium, stamp, images, rank_offset=0, linked=ids_of(form))
    title = inline_html(form.title, setting)
    main = block("main", part_body(form, setting), id=form.id)
    class_ = "form-page fit" if setting.print else "form-page"
    body = [sheet_header(document, setting, title), main]
    what = words(form.title)
    return document_page(document, setting, class_, body, what=what, main=form.id)


def extract_html(
    document: Document,
    audience: str,
    parts: Sequence[Section],
    stamp: Stamp,
    *,
    medium: Medium,
    images: Mapping[str, bytes],
) -> str:
    """The parts of a policy that are meant for one audience, as a document of their own."""
    setting = Setting(medium, stamp, images, linked=ids_of(*parts))
    what = audience_title(audience)
    main = block("main", *(part_html(part, setting) for part in parts), id=MAIN)
    body = [sheet_header(document, setting, what), main]
    return document_page(document, setting, "form-page extract", body, what=what)


def history_html(
    document: Document, stamp: Stamp, *, images: Mapping[str, bytes], redline: str = ""
) -> str:
    """The versions of a policy up to this one, with why each was made, as a page for the screen.

    `redline` is the name of the page beside it that shows what changed since the version before; empty for none.
    """
    setting = Setting("screen", stamp, images, linked=frozenset())
    what = "Versions and amendments"
    main = [
        versions_table(document, setting),
        amendments_table(document, setting, _AMENDMENTS),
    ]
    if redline:
        changes = f"What changed in version {document.version}, clause by clause"
        main.append(element("p", element("a", changes, href=redline)))
    body = [sheet_header(document, setting, what), block("main", *main, id=MAIN)]
    return document_page(document, setting, "form-page", body, what=what)


def ids_of(*nodes: object) -> frozenset[str]:
    """The ids of nodes and of all that stands in them."""
    return frozenset(str(getattr(node, "id", "")) for node in walk(*nodes))


def sheet_header(document: Document, setting: Setting, title: str) -> Markup:
    """What stands at the top of a form or sheet: the school, what it is, and for which version."""
    return filled(
        "sheet_header",
        document=document,
        draft=setting.stamp.draft,
        logo=logo(document, setting),
        title=title,
        facts=facts(
            [
                ("Policy", document.title),
                ("Version", document.version),
                ("Status", status(document, setting.stamp)),
                ("Content code", setting.stamp.content_code),
            ]
        ),
    )


def _screen(document: Document, setting: Setting) -> Markup:
    return filled(
        "policy_screen",
        **_common(document, setting),
        facts=facts(
            [
                ("Version", document.version),
                ("Status", status(document, setting.stamp)),
                ("Review", sentence_case(review(document))),
                ("Content code", setting.stamp.content_code),
            ]
        ),
        record=record_html(document, setting),
        amendments=amendments_table(document, setting, _AMENDMENTS),
    )


def paper_html(document: Document, setting: Setting) -> Markup:
    """A policy on paper: its front, its contents and its text."""
    title_class, on_cover, inside = "", Markup(), _record_table(document, setting)
    if document.front.cover:
        title_class, _ = cover_title(document.title)
        on_cover = _record_on_cover(document, setting)
        # What stands whole on the cover is not said again inside.
        if document.front.record != "table" and not _too_many_versions(document):
            inside = Markup()
    return filled(
        "policy_paper",
        **_common(document, setting),
        title_class=title_class,
        record_on_cover=on_cover,
        record_inside=inside,
        signatories=_signatories(document, setting),
        amendments=amendments_table(document, setting, "", _AMENDMENTS),
    )


def _common(document: Document, setting: Setting) -> dict[str, object]:
    """What a policy shows on the screen and on paper."""
    return {
        "document": document,
        "draft": setting.stamp.draft,
        "code": setting.stamp.content_code,
        "logo": logo(document, setting),
        "contents": _contents(document, setting),
        "parts": lines(part_html(part, setting) for part in document.parts),
        "issuer": f"From the model policy of {document.issuer_name}, edition {document.edition}",
    }


def record_html(document: Document, setting: Setting) -> Markup:
    """The approval record in the shape that the model policy asks for, with who signs it by hand."""
    return lines((_record_table(document, setting), _signatories(document, setting)))


def _signatories(document: Document, setting: Setting) -> Markup:
    """A row for each of those who sign: a name that is not known here is written by hand."""
    rows = [(signatory.role, signatory.name, "", "") for signatory in document.front.signatories]
    if not rows:
        return Markup()
    head = ("Signed by", "Name", "Signature", "Date")
    return text_table("Signatures", head, rows, setting, class_="signatories")


def _record_table(document: Document, setting: Setting) -> Markup:
    match document.front.record:
        case "versions":
            return versions_table(document, setting)
        case "box":
            box = record_box(document, setting.stamp)
            rows = [(*_labelled(*row[:2]), *_labelled(*row[2:])) for row in box]
            class_ = "approval box"
        case "table":
            rows = [_labelled(label, said) for label, said in record_rows(document, setting.stamp)]
            class_ = "approval labels"
        case _:
            assert_never(document.front.record)
    return framed_table("Approval", [], rows, setting, class_=class_, name="Approval")


def _labelled(label: str, said: str) -> tuple[Markup, ...]:
    """A label and what it says, which may be written by hand."""
    return element("th", label, scope="row"), data_cell(said)


def _record_on_cover(document: Document, setting: Setting) -> Markup:
    """The approval record, or the last rows of one that is too long for the cover and stands whole on the next page."""
    if document.front.record == "table":
        return Markup()
    if document.front.record == "box" or not _too_many_versions(document):
        return _record_table(document, setting)
    fit = _versions_that_fit(document) - 1  # the row that says so takes the room of one
    return versions_table(document, setting, last=max(fit, 1))


def _too_many_versions(document: Document) -> bool:
    fit = _versions_that_fit(document)
    return document.front.record == "versions" and fit < len(document.versions)


def _versions_that_fit(document: Document) -> int:
    """How many of the last versions a cover has room for, beside the head and foot of their table."""
    rows = [(row.version, version_date(row), version_minute(row)) for row in document.versions]
    return rows_that_fit(rows, cover_room(document) - 18)


def versions_table(document: Document, setting: Setting, last: int = 0) -> Markup:
    """Version, date and minute number of each version, or of the last ones, and how often the policy is reviewed."""
    head = column_heads(("Version", "Date", "Minute number"))
    rows = [_version(row, first=index == 0) for index, row in enumerate(document.versions)]
    if last:
        says = f"All {len(rows)} versions stand on the next page."
        rows = [[element("td", says, colspan="3")], *rows[-last:]]
    requirement = f"Review requirement: {review(document)}"
    rows.append([element("td", requirement, colspan="3", class_="review")])
    return framed_table("Versions", head, rows, setting, class_="versions", name="Versions")


def _version(row: VersionRow, *, first: bool) -> list[Markup]:
    return [
        element("th", row.version, scope="row"),
        element("td", version_date(row, first=first)),
        element("td", version_minute(row)),
    ]


def amendments_table(document: Document, setting: Setting, caption: str, name: str = "") -> Markup:
    """What changed in each version, why and by whom."""
    head = ("Version/Issue", "Date", "Author", "Reason for change")
    rows = []
    for row in document.versions:
        author, reason = row.author or "Not recorded", row.reason or "Not recorded"
        rows.append((row.version, version_date(row), author, reason))
    return text_table(caption, head, rows, setting, class_="amendments", name=name)


def _contents(document: Document, setting: Setting) -> Markup:
    listed = contents(document)
    if not listed:
        return Markup()
    own = setting.id(_CONTENTS)
    title = heading(2, "Contents", id=own)
    lines_ = _contents_list(listed, setting)
    if not setting.print:
        # Folded on a narrow screen, where it stands before the text; the style sheet opens it on a wide one.
        lines_ = block("details", element("summary", "Contents"), lines_)
    return block("nav", title, lines_, class_="contents", aria_labelledby=own)


def _contents_list(listed: tuple[ContentsLine, ...], setting: Setting) -> Markup:
    """The lines as nested lists: a deeper line belongs to the one above it."""
    items: list[Markup] = []
    rest = list(listed)
    while rest:
        line = rest.pop(0)
        below: list[ContentsLine] = []
        while rest and rest[0].level > line.level:
            below.append(rest.pop(0))
        item = [_contents_line(line, setting)]
        if below:
            item.append(_contents_list(tuple(below), setting))
        items.append(element("li", lines(item)))
    return block("ol", *items)


def _contents_line(line: ContentsLine, setting: Setting) -> Markup:
    """A line of the contents. On paper number and page stand beside the link: within it each would be a link again."""
    if not setting.print:
        title = titled(line.label, inline_html(line.title, setting), line.kind)
        shown = element("span", title, class_="title")
        return element("a", shown, href=setting.href(line.target))
    if line.kind == "appendix" and line.label:
        return page_line(f"{line.label}: {words(line.title)}", line.target, setting)
    return page_line(words(line.title), line.target, setting, number=line.label)


def page_line(text: str, target: str, setting: Setting, number: str = "") -> Markup:
    """A line on paper that leads to a place: number, link, and the number of its page, which the renderer puts in."""
    href = setting.href(target)
    link = element("a", text, href=href)
    page = element("span", class_="page", data_target=href)
    if not number:
        return element("p", link, page, class_="line plain")
    return element("p", element("span", number, class_="number"), " ", link, page, class_="line")
