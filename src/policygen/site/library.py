"""The policy library of a school: what it has, for whom, since when, and where to read it."""

from __future__ import annotations

from policygen.ground.dates import printed_day, printed_due
from policygen.ground.wording import count
from policygen.html.elements import element, escape, heading, lines, void_element
from policygen.html.page import MAIN
from policygen.language.document import Audience
from policygen.site.frame import FILES, LIBRARY, SEARCH, SitePage, link
from policygen.site.parts import (
    approved_by,
    described,
    file_path,
    history_path,
    link_list,
    part_path,
    part_title,
    policy_path,
    size,
)
from policygen.site.reading import draft_path
from policygen.site.shelf import Policy, Shelf

_FOR = {
    "staff": "Staff",
    "pupils": "Pupils",
    "parents": "Parents and carers",
    "headteachers": "Headteachers",
    "everyone": "Everyone",
}


def library_page(shelf: Shelf) -> SitePage:
    """The page on which everything else hangs. The filter needs no script: it is made of choices and a style sheet."""
    main = (
        _filter(shelf),
        element(
            "ul", "\n", lines(_card(policy) for policy in shelf.policies), "\n", class_="shelf"
        ),
        _drafts(shelf),
    )
    body = (_header(shelf), element("main", "\n", lines(main), "\n", id=MAIN, class_="library"))
    said = f"The {count(len(shelf.policies), 'policy')} of {shelf.name} in force, with their forms and earlier versions"
    return SitePage(LIBRARY, f"Policies – {shelf.name}", said, body, class_="site library-page")


def search_form(path: str, words: str = "Search all rules") -> str:
    """A field that leads to the search page."""
    label = element("label", words, for_="site_search")
    field = void_element(
        "input", type="search", id="site_search", name="q", autocomplete="off", spellcheck="false"
    )
    button = element("button", "Search", type="submit")
    row = element("div", field, "\n", button, class_="search-row")
    return element(
        "form",
        "\n",
        lines((label, row)),
        "\n",
        role="search",
        action=link(path, SEARCH),
        class_="search",
    )


def _header(shelf: Shelf) -> str:
    picture = ""
    if shelf.logo:
        src = link(LIBRARY, f"{FILES}/{shelf.logo_name}")
        picture = element(
            "p",
            void_element("img", src=src, alt=shelf.logo_alt or f"Logo of {shelf.name}"),
            class_="logo",
        )
    says = f"{count(len(shelf.policies), 'policy')} in force"
    if shelf.updated:
        says += f". Last updated {printed_day(shelf.updated)}"
    inside = (
        picture,
        element("p", escape(shelf.name), class_="school"),
        heading(1, "Our policies"),
        element("p", f"{says}.", class_="lead"),
        search_form(LIBRARY, "Search all rules, for example “own phone”"),
    )
    return element("header", "\n", lines(inside), "\n", class_="site-head")


def _audiences(shelf: Shelf) -> tuple[Audience, ...]:
    found = {audience for policy in shelf.policies for audience in policy.current.audiences}
    return tuple(each for each in _ORDER if each in found)


_ORDER: tuple[Audience, ...] = ("staff", "pupils", "parents", "headteachers")


def _filter(shelf: Shelf) -> str:
    """Choices that leave only the policies for one audience; none where there is nothing to choose."""
    audiences = _audiences(shelf)
    if len(audiences) < 2 or len(shelf.policies) < 2:
        return ""
    choices = [("all", "All"), *((each, _FOR[each]) for each in audiences)]
    rows = lines(_choice(name, words, checked=name == "all") for name, words in choices)
    return element(
        "fieldset", "\n", element("legend", "Show policies for"), "\n", rows, "\n", class_="filter"
    )


def _choice(name: str, words: str, *, checked: bool) -> str:
    mark = void_element(
        "input",
        type="radio",
        name="audience",
        id=f"filter_{name}",
        value=name,
        checked="" if checked else None,
    )
    return element("label", mark, " ", words, for_=f"filter_{name}")


def _card(policy: Policy) -> str:
    version, path = policy.current, LIBRARY
    title = element("a", escape(policy.title), href=link(path, policy_path(policy)))
    audience = ", ".join(_FOR[each] for each in version.audiences)
    rows = (
        ("For", audience),
        ("Version", escape(version.number)),
        ("Approved by", escape(approved_by(version))),
        ("Last updated", printed_day(version.record.released)),
        ("Next review", printed_due(version.record.next_review, version.record.review_term)),
    )
    inside = (
        heading(2, title),
        element("p", escape(policy.purpose), class_="purpose") if policy.purpose else "",
        described(rows),
        link_list(_ways(policy), "ways"),
        _forms(policy),
    )
    named = " ".join(version.audiences)
    return element("li", "\n", lines(inside), "\n", class_="card", data_for=named)


def _ways(policy: Policy) -> list[str]:
    version, of = policy.current, element("span", f" of {escape(policy.title)}", class_="spoken")
    read = element(
        "a",
        f"Read{element('span', f' {escape(policy.title)}', class_='spoken')}",
        href=link(LIBRARY, policy_path(policy)),
    )
    history = element("a", f"History and changes{of}", href=link(LIBRARY, history_path(policy)))
    pdf = f"{policy.policy_id}.pdf"
    if pdf not in version.files:
        return [read, history]
    paper = element(
        "a", f"PDF{of} ({size(version.files[pdf])})", href=link(LIBRARY, file_path(version, pdf))
    )
    return [read, paper, history]


def _forms(policy: Policy) -> str:
    version = policy.current
    if not version.parts:
        return ""
    items = (
        element(
            "a", escape(part_title(version, part)), href=link(LIBRARY, part_path(version, part))
        )
        + (
            element("span", f", {escape(policy.title)}", class_="spoken")
            if part.startswith("extracts/")
            else ""
        )
        for part in version.parts
    )
    return lines((heading(3, "Forms and parts"), link_list(items, "files")))


def _drafts(shelf: Shelf) -> str:
    items = [
        element(
            "a",
            escape(f"Draft: {each.document.title}, version {each.document.version}"),
            href=link(LIBRARY, draft_path(each)),
        )
        for each in shelf.drafts
    ]
    if not items:
        return ""
    words = element("p", "These have not been approved and are not in force.")
    return element("section", heading(2, "Drafts to comment on"), words, link_list(items, "files"))
