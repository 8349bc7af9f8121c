"""A whole policy, and one form of it, as HTML pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from markupsafe import Markup

from policygen.html.blocks import (
    part_body,
    part_html,
    titled,
    with_first_marks,
    words,
)
from policygen.html.elements import (
    Medium,
    Setting,
    block,
    element,
    heading,
    lines,
    unbroken,
)
from policygen.html.front import (
    panel,
    shape_of,
    signatories_table,
    title_on_paper,
    versions_table,
)
from policygen.html.inline import inline_html
from policygen.html.labels import (
    STATUS,
    VERSIONS,
    Stamp,
    audience_title,
    record_rows,
    status,
)
from policygen.html.measure import is_turned, width_of
from policygen.html.page import MAIN, document_page, facts, logo
from policygen.html.templates import filled
from policygen.language.document import ContentsLine, Document, Section, contents, walk

_CONTENTS = "contents_list"


def policy_html(
    document: Document, stamp: Stamp, *, medium: Medium, images: Mapping[str, bytes]
) -> str:
    """The whole policy as one page that needs no other file."""
    setting = Setting(medium, stamp, images, controls=count(1))
    body = paper_html(document, setting) if setting.print else _screen(document, setting)
    return document_page(document, setting, policy_class(document), [body])


def policy_class(document: Document) -> str:
    """The class of a whole policy: with a cover, or compact."""
    return "policy" if document.front.cover else "policy compact"


def form_html(
    document: Document, form: Section, stamp: Stamp, *, medium: Medium, images: Mapping[str, bytes]
) -> str:
    """One form as a document of its own."""
    setting = Setting(
        medium,
        stamp,
        images,
        rank_offset=0,
        linked=ids_of(form),
        room=width_of(form),
        controls=count(1),
    )
    form = with_first_marks(form)
    title = titled(form.label, inline_html(form.title, setting), form.kind)
    main = block("main", part_body(form, setting), id=form.id)
    class_ = "form-page fit" if setting.print else "form-page"
    if is_turned(form):
        class_ += " landscape"
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
    setting = Setting(medium, stamp, images, linked=ids_of(*parts), controls=count(1))
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
    what = VERSIONS
    main = [versions_table(document, setting)]
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
                (STATUS, status(document, setting.stamp)),
                ("Content code", setting.stamp.content_code),
            ]
        ),
    )


def _screen(document: Document, setting: Setting) -> Markup:
    return filled(
        "policy_screen",
        **_common(document, setting),
        facts=facts(record_rows(document, setting.stamp)),
    )


def paper_html(document: Document, setting: Setting) -> Markup:
    """A policy on paper: its front, its contents and its text."""
    return filled(
        "policy_paper",
        **_common(document, setting),
        title=title_on_paper(document, setting.stamp),
        shape=shape_of(document, setting.stamp),
        panel=panel(document, setting),
    )


def draft_html(document: Document, setting: Setting) -> Markup:
    """A draft as a part of a page for the screen: the same in the order in which it stands on paper."""
    return filled(
        "pack_draft",
        **_common(document, setting),
        facts=facts(record_rows(document, setting.stamp)),
        rank=setting.rank_offset,
    )


def _common(document: Document, setting: Setting) -> dict[str, object]:
    """What a policy shows on the screen and on paper."""
    return {
        "document": document,
        "draft": setting.stamp.draft,
        "code": unbroken(setting.stamp.content_code),
        "logo": logo(document, setting),
        "signatories": signatories_table(document, setting),
        "VERSIONS": VERSIONS,
        "versions": versions_table(document, setting),
        "contents": _contents(document, setting),
        "sections": _parts(document.sections, setting),
        "further": _parts((*document.forms, *document.appendices), setting),
    }


def _parts(parts: Sequence[Section], setting: Setting) -> Markup:
    return lines(part_html(part, setting) for part in parts)


def _contents(document: Document, setting: Setting) -> Markup:
    listed = contents(document)
    if not listed:
        return Markup()
    own = setting.id(_CONTENTS)
    title = heading(setting.rank_offset + 1, "Contents", id=own)
    lines_ = _contents_list(listed, setting)
    if not setting.print:
        # Folded on a narrow screen, where it stands before the text; the style sheet opens it on a wide one.
        lines_ = block("details", element("summary", "Contents"), lines_)
    if setting.around:
        return block("nav", title, lines_, class_="contents", aria_label=setting.named("Contents"))
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
    if line.kind != "section" and line.label:
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
