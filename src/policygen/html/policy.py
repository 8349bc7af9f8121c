"""A whole policy, and one form of it, as HTML pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policygen.ground.wording import sentence_case
from policygen.html.blocks import framed_table, part_body, part_html, titled, words
from policygen.html.elements import Medium, Setting, element, escape, heading, lines
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
from policygen.html.page import MAIN, document_page, draft_banner, facts, logo
from policygen.language.document import ContentsLine, Document, Section, VersionRow, contents, walk

_CONTENTS = "contents_list"
_RECORD = "version_record"


def policy_html(
    document: Document, stamp: Stamp, *, medium: Medium, images: Mapping[str, bytes]
) -> str:
    """The whole policy as one page that needs no other file."""
    setting = Setting(medium, stamp, images)
    body = paper_parts(document, setting) if setting.print else _screen(document, setting)
    return document_page(document, setting, policy_class(document), body)


def policy_class(document: Document) -> str:
    """The class of a whole policy: with a cover, or compact."""
    return "policy" if document.front.cover else "policy compact"


def form_html(
    document: Document, form: Section, stamp: Stamp, *, medium: Medium, images: Mapping[str, bytes]
) -> str:
    """One form as a document of its own."""
    ids = frozenset(str(getattr(node, "id", "")) for node in walk(form))
    setting = Setting(medium, stamp, images, rank_offset=0, linked=ids)
    body = [
        sheet_header(document, setting, inline_html(form.title, setting)),
        element("main", "\n", part_body(form, setting), "\n", id=form.id),
    ]
    class_ = "form-page one-page" if form.one_page else "form-page"
    return document_page(document, setting, class_, body, what=words(form.title))


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
    ids = frozenset(str(getattr(node, "id", "")) for node in walk(tuple(parts)))
    setting = Setting(medium, stamp, images, linked=ids)
    what = audience_title(audience)
    main = lines(part_html(part, setting) for part in parts)
    body = [
        sheet_header(document, setting, escape(what)),
        element("main", "\n", main, "\n"),
    ]
    return document_page(document, setting, "form-page extract", body, what=what)


def history_html(
    document: Document, stamp: Stamp, *, images: Mapping[str, bytes], redline: str = ""
) -> str:
    """The versions of a policy up to this one, with why each was made, as a page for the screen.

    `redline` is the name of the page beside it that shows what changed since the version before; empty for none.
    """
    setting = Setting("screen", stamp, images, linked=frozenset())
    what = "Versions and amendments"
    link = element(
        "a", f"What changed in version {escape(document.version)}, clause by clause", href=redline
    )
    main = (
        versions_table(document, setting),
        amendments_table(document, setting, "Record of policy amendments"),
        element("p", link) if redline else "",
    )
    body = [
        sheet_header(document, setting, escape(what)),
        element("main", "\n", lines(main), "\n", id=MAIN),
    ]
    return document_page(document, setting, "form-page", body, what=what)


def sheet_header(document: Document, setting: Setting, title: str) -> str:
    """What stands at the top of a form or sheet: the school, what it is, and for which version."""
    return element(
        "header",
        "\n",
        lines(
            (
                draft_banner() if setting.stamp.draft else "",
                logo(document, setting),
                element("p", escape(document.school_name), class_="school"),
                heading(1, title),
                facts(
                    [
                        ("Policy", document.title),
                        ("Version", document.version),
                        ("Status", status(document, setting.stamp)),
                        ("Content code", setting.stamp.content_code),
                    ]
                ),
            )
        ),
        "\n",
        class_="sheet-header",
    )


def _screen(document: Document, setting: Setting) -> list[str]:
    parts = [part_html(part, setting) for part in document.parts]
    skip = element("a", "Skip to the policy", class_="skip-link", href=f"#{MAIN}")
    main = element("main", "\n", lines((*parts, _record(document, setting))), "\n", id=MAIN)
    return [
        skip,
        _masthead(document, setting),
        _contents(document, setting),
        main,
        _footer(document, setting),
    ]


def _masthead(document: Document, setting: Setting) -> str:
    rows = [
        ("Version", document.version),
        ("Status", status(document, setting.stamp)),
        ("Review", sentence_case(review(document))),
        ("Content code", setting.stamp.content_code),
    ]
    strapline = document.branding.strapline
    inside = (
        draft_banner() if setting.stamp.draft else "",
        logo(document, setting),
        element("p", escape(document.school_name), class_="school"),
        element("p", escape(strapline), class_="strapline") if strapline else "",
        heading(1, escape(document.title)),
        facts(rows),
        element(
            "p", element("a", "Versions and amendments", href=f"#{_RECORD}"), class_="to-record"
        ),
    )
    return element("header", "\n", lines(inside), "\n", class_="masthead")


def _footer(document: Document, setting: Setting) -> str:
    stamp = (
        f"{document.title}, version {document.version}, content code {setting.stamp.content_code}"
    )
    values = document.branding.footer
    inside = (
        element("p", escape(stamp)),
        element("p", escape(_issuer(document))),
        element("p", escape(values), class_="values") if values else "",
    )
    return element("footer", "\n", lines(inside), "\n", class_="colophon")


def _record(document: Document, setting: Setting) -> str:
    inside = (
        heading(2, "Versions and amendments"),
        record_html(document, setting),
        amendments_table(document, setting, "Record of policy amendments"),
    )
    return element("section", "\n", lines(inside), "\n", class_="record", id=_RECORD)


def paper_parts(document: Document, setting: Setting) -> list[str]:
    """What a policy on paper is made of: its front, its contents and its text."""
    parts = [part_html(part, setting) for part in document.parts]
    main = element("main", "\n", lines(parts), "\n")
    if not document.front.cover:
        return [
            _heading_block(document, setting),
            _contents(document, setting),
            main,
            _amendments_at_end(document, setting),
        ]
    return [
        _cover(document, setting),
        _title_page(document, setting),
        _contents(document, setting),
        main,
    ]


def _heading_block(document: Document, setting: Setting) -> str:
    """What stands above the text of a policy without a cover: whose it is, what it is, and its approval record."""
    strapline = document.branding.strapline
    inside = (
        logo(document, setting),
        element("p", escape(document.school_name), class_="school"),
        heading(1, escape(document.title), class_="policy-title"),
        element("p", escape(strapline), class_="strapline") if strapline else "",
        draft_banner() if setting.stamp.draft else "",
        record_html(document, setting),
    )
    return element("div", "\n", lines(inside), "\n", class_="heading-block")


def _amendments_at_end(document: Document, setting: Setting) -> str:
    inside = (
        heading(2, "Record of policy amendments", class_="record-title"),
        amendments_table(document, setting, "", "Record of policy amendments"),
        element("p", escape(_issuer(document)), class_="issuer"),
    )
    return element("div", "\n", lines(inside), "\n", class_="amendments-at-end")


def record_html(document: Document, setting: Setting) -> str:
    """The approval record in the shape that the model policy asks for, with who signs it by hand."""
    return lines((_record_table(document, setting), _signatories(document, setting)))


def _signatories(document: Document, setting: Setting) -> str:
    """A row for each of those who sign: a name that is not known here is written by hand."""
    if not document.front.signatories:
        return ""
    head = [element("th", name, scope="col") for name in ("Signed by", "Name", "Signature", "Date")]
    blank = element("td", class_="blank")
    rows = [
        [
            element("th", escape(each.role), scope="row"),
            element("td", escape(each.name)) if each.name else blank,
            blank,
            blank,
        ]
        for each in document.front.signatories
    ]
    return framed_table("Signatures", head, rows, setting, class_="signatories", name="Signatures")


def _record_table(document: Document, setting: Setting) -> str:
    match document.front.record:
        case "versions":
            return versions_table(document, setting)
        case "box":
            rows = [
                [
                    cell
                    for label, value in ((one, two), (three, four))
                    for cell in _labelled(label, value)
                ]
                for one, two, three, four in record_box(document, setting.stamp)
            ]
            return framed_table(
                "Approval", [], rows, setting, class_="approval box", name="Approval"
            )
        case "table":
            rows = [
                _labelled(label, value) for label, value in record_rows(document, setting.stamp)
            ]
            return framed_table(
                "Approval", [], rows, setting, class_="approval labels", name="Approval"
            )


def _labelled(label: str, value: str) -> list[str]:
    """A label and its value. A value that is written by hand is a blank; on a copy for the screen it says so."""
    blank = element("td", class_="blank") if not value else element("td", escape(value))
    return [element("th", escape(label), scope="row"), blank]


def _cover(document: Document, setting: Setting) -> str:
    strapline = document.branding.strapline
    inside = (
        logo(document, setting),
        element("p", escape(document.school_name), class_="school"),
        element("p", escape(strapline), class_="strapline") if strapline else "",
        heading(1, escape(document.title), class_=cover_title(document.title)[0]),
        draft_banner() if setting.stamp.draft else "",
        _record_on_cover(document, setting),
        element("p", f"Content code {escape(setting.stamp.content_code)}", class_="content-code"),
    )
    return element("div", "\n", lines(inside), "\n", class_="cover")


def _record_on_cover(document: Document, setting: Setting) -> str:
    """The approval record, or the last rows of one that is too long for the cover and stands whole on the next page."""
    if document.front.record == "table":
        return ""
    if document.front.record == "box" or not _too_many_versions(document):
        return _record_table(document, setting)
    fit = _versions_that_fit(document) - 1  # the row that says so takes the room of one
    return versions_table(document, setting, last=max(fit, 1))


def _too_many_versions(document: Document) -> bool:
    return document.front.record == "versions" and _versions_that_fit(document) < len(
        document.versions
    )


def _versions_that_fit(document: Document) -> int:
    """How many of the last versions a cover has room for, beside the head and foot of their table."""
    rows = [(row.version, version_date(row), version_minute(row)) for row in document.versions]
    return rows_that_fit(rows, cover_room(document) - 18)


def _title_page(document: Document, setting: Setting) -> str:
    inside = (
        element("p", escape(_issuer(document)), class_="issuer"),
        element("p", escape(document.title), class_="full-title"),
        element("p", escape(document.school_name), class_="school"),
        _record_table(document, setting)
        if document.front.record == "table" or _too_many_versions(document)
        else "",
        _signatories(document, setting),
        heading(2, "Record of policy amendments", class_="record-title"),
        amendments_table(document, setting, "", "Record of policy amendments"),
    )
    return element("div", "\n", lines(inside), "\n", class_="title-page")


def _issuer(document: Document) -> str:
    return f"From the model policy of {document.issuer_name}, edition {document.edition}"


def versions_table(document: Document, setting: Setting, last: int = 0) -> str:
    """Version, date and minute number of each version, or of the last ones, and how often the policy is reviewed."""
    head = [
        element("th", escape(name), scope="col") for name in ("Version", "Date", "Minute number")
    ]
    rows = [_version(row, first=index == 0) for index, row in enumerate(document.versions)]
    if last:
        says = f"All {len(rows)} versions stand on the next page."
        rows = [[element("td", says, colspan="3")], *rows[-last:]]
    requirement = f"Review requirement: {review(document)}"
    rows.append([element("td", escape(requirement), colspan="3", class_="review")])
    return framed_table("Versions", head, rows, setting, class_="versions", name="Versions")


def _version(row: VersionRow, *, first: bool) -> list[str]:
    return [
        element("th", escape(row.version), scope="row"),
        element("td", escape(version_date(row, first=first))),
        element("td", escape(version_minute(row))),
    ]


def amendments_table(document: Document, setting: Setting, caption: str, name: str = "") -> str:
    """What changed in each version, why and by whom."""
    head = [
        element("th", escape(each), scope="col")
        for each in ("Version/Issue", "Date", "Author", "Reason for change")
    ]
    rows = [
        [
            element("th", escape(row.version), scope="row"),
            element("td", escape(version_date(row))),
            element("td", escape(row.author or "Not recorded")),
            element("td", escape(row.reason or "Not recorded")),
        ]
        for row in document.versions
    ]
    return framed_table(caption, head, rows, setting, class_="amendments", name=name or caption)


def _contents(document: Document, setting: Setting) -> str:
    found = contents(document)
    if not found:
        return ""
    return element(
        "nav",
        "\n",
        lines((heading(2, "Contents", id=_CONTENTS), _contents_list(found, setting))),
        "\n",
        class_="contents",
        aria_labelledby=_CONTENTS,
    )


def _contents_list(found: tuple[ContentsLine, ...], setting: Setting) -> str:
    """The lines as nested lists: a deeper line belongs to the one above it."""
    items: list[str] = []
    rest = list(found)
    while rest:
        line, *rest = rest
        below: list[ContentsLine] = []
        while rest and rest[0].level > line.level:
            below.append(rest.pop(0))
        inner = _contents_list(tuple(below), setting) if below else ""
        items.append(element("li", lines((_contents_line(line, setting), inner))))
    return element("ol", "\n", lines(items), "\n")


def _contents_line(line: ContentsLine, setting: Setting) -> str:
    """A line of the contents. On paper number and page stand beside the link: within it each would be a link again."""
    target = f"#{line.target}"
    if not setting.print:
        title = titled(line.label, inline_html(line.title, setting), line.kind)
        return element("a", element("span", title, class_="title"), href=target)
    if line.kind == "appendix" and line.label:
        number, title = "", f"{line.label}: {words(line.title)}"
    else:
        number, title = line.label, words(line.title)
    leading = element("span", escape(number), class_="number") + " " if number else ""
    link = element("a", escape(title), href=target)
    page = element("span", class_="page", data_target=target)
    return element("p", leading, link, page, class_="line" if number else "line plain")
