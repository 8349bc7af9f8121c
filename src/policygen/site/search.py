"""Searching all rules of a school: a page that holds every one, which a small script narrows to what is asked."""

from __future__ import annotations

from collections.abc import Iterator

from policygen.compare.units import units
from policygen.ground.wording import count
from policygen.site.frame import SCRIPT, SEARCH, SitePage, link
from policygen.site.parts import policy_path, site_part
from policygen.site.shelf import Policy, Shelf


def search_page(shelf: Shelf) -> SitePage:
    """Every rule of every policy in force, with a link to where it stands. It needs no script to be read."""
    policies = []
    for policy in shelf.in_force:
        rules = list(_rules(policy))
        policies.append((policy, count(len(rules), "rule"), rules))
    return SitePage(
        SEARCH,
        f"Search all rules – {shelf.name}",
        f"Every rule of the policies of {shelf.name}, to be searched",
        [site_part("search", SEARCH, shelf=shelf, policies=policies)],
        class_="site search-page",
        scripts=(SCRIPT,),
    )


def _rules(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """The address of each rule, its number and heading, and its words."""
    page = link(SEARCH, policy_path(policy))
    for unit in units(policy.current.document):
        words = " ".join(unit.text.split())
        if unit.kind == "title" or not words:
            continue
        target = unit.id.partition(":")[0] or unit.section
        yield f"{page}#{target}", f"{unit.label} {unit.heading}".strip(), words
