"""The policy library of a school: what it has, for whom, since when, and where to read it."""

from __future__ import annotations

from policygen.ground.wording import count
from policygen.language.document import Audience
from policygen.site.frame import FILES, LIBRARY, SEARCH, SitePage
from policygen.site.parts import site_part
from policygen.site.reading import draft_path
from policygen.site.shelf import Shelf

_FOR = {
    "staff": "Staff",
    "pupils": "Pupils",
    "parents": "Parents and carers",
    "headteachers": "Headteachers",
    "everyone": "Everyone",
}
_ORDER: tuple[Audience, ...] = ("staff", "pupils", "parents", "headteachers")


def library_page(shelf: Shelf) -> SitePage:
    """The page on which everything else hangs. The filter needs no script: it is made of choices and a style sheet."""
    how_many = count(len(shelf.in_force), "policy")
    body = site_part(
        "library",
        LIBRARY,
        shelf=shelf,
        logo=f"{FILES}/{shelf.logo_name}" if shelf.logo else "",
        search=SEARCH,
        how_many=how_many,
        audiences=_choices(shelf),
        names=_FOR,
        draft_path=draft_path,
    )
    said = f"{how_many} in force at {shelf.name}, with forms and earlier versions"
    return SitePage(LIBRARY, f"Policies – {shelf.name}", said, [body], class_="site library-page")


def _choices(shelf: Shelf) -> list[tuple[str, str]]:
    """Choices that leave only the policies for one audience; none where there is nothing to choose."""
    meant = {audience for policy in shelf.in_force for audience in policy.current.audiences}
    audiences = [(name, _FOR[name]) for name in _ORDER if name in meant]
    if len(audiences) < 2 or len(shelf.in_force) < 2:
        return []
    return [("all", "All"), *audiences]
