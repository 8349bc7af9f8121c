"""Searching all rules of a school: a page that holds every one, which a small script narrows to what is asked."""

from __future__ import annotations

from collections.abc import Iterator

from policygen.compare.units import Unit, units
from policygen.ground.wording import count
from policygen.html.elements import element, escape, heading, lines
from policygen.html.page import MAIN
from policygen.site.frame import SCRIPT, SEARCH, SitePage, link
from policygen.site.library import search_form
from policygen.site.parts import policy_path
from policygen.site.shelf import Policy, Shelf


def search_page(shelf: Shelf) -> SitePage:
    """Every rule of every policy in force, with a link to where it stands. It needs no script to be read."""
    header = (
        element("p", escape(shelf.name), class_="school"),
        heading(1, "Search all rules"),
        search_form(SEARCH, "What are you looking for? For example “own phone”"),
    )
    found = element("section", heading(2, "Results", id="results_title"), element("ol", id="results"),
                    id="found", hidden="", aria_labelledby="results_title")  # fmt: skip
    said = element("p", id="found_said", role="status")
    rules = lines(_policy(policy) for policy in shelf.policies)
    note = element(
        "p",
        "Every rule in force. Your browser can search this page, too (Ctrl + F).",
        class_="lead",
    )
    every = element("div", "\n", lines((note, rules)), "\n", id="every_rule")
    return SitePage(
        SEARCH,
        f"Search all rules – {shelf.name}",
        f"Every rule of the policies of {shelf.name}, to be searched",
        (
            element("header", "\n", lines(header), "\n", class_="site-head"),
            element("main", "\n", lines((said, found, every)), "\n", id=MAIN),
        ),
        class_="site search-page",
        scripts=(SCRIPT,),
    )


def _policy(policy: Policy) -> str:
    path = link(SEARCH, policy_path(policy))
    items = list(_rules(policy, path))
    title = heading(2, element("a", escape(policy.title), href=path))
    number = element(
        "p",
        f"{count(len(items), 'rule')}, version {escape(policy.current.number)}",
        class_="how-many",
    )
    rules = element("ul", "\n", lines(items), "\n", class_="rules")
    return element("section", "\n", lines((title, number, rules)), "\n", data_policy=policy.title)


def _rules(policy: Policy, path: str) -> Iterator[str]:
    for unit in units(policy.current.document):
        if unit.kind == "title" or not unit.text.strip():
            continue
        yield _rule(unit, path)


def _rule(unit: Unit, path: str) -> str:
    target = unit.id.partition(":")[0] or unit.section
    name = f"{unit.label} {unit.heading}".strip()
    where = element("a", escape(name), href=f"{path}#{target}")
    return element("li", where, element("p", escape(" ".join(unit.text.split()))))
