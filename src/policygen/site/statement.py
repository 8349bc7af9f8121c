"""The accessibility statement of a school's policy site, with the parts that the regulations of 2018 ask for."""

from __future__ import annotations

from collections.abc import Iterator

from policygen.site.frame import LIBRARY, STATEMENT, SitePage, address, paper_copy
from policygen.site.parts import site_part
from policygen.site.shelf import Shelf

_UNTESTED = "We have not recorded a test of our own. Until then there may be barriers that we do not know of."
_SUPERSEDED = (
    "Versions that are no longer in force are kept as they were approved, as a record. They are not improved "
    "afterwards, so that their pages and PDFs may not meet all success criteria. Ask us for one in another form."
)


def statement_page(shelf: Shelf) -> SitePage:
    """How far everybody can use the pages, what is known to be missing, and whom to ask.

    What only the school can know is what it says in its file; what it has not said is called missing, never invented.
    """
    gaps = list(_gaps(shelf))
    body = site_part(
        "statement",
        STATEMENT,
        shelf=shelf,
        home=address(shelf, LIBRARY),
        status="partially compliant" if gaps else "fully compliant",
        gaps=gaps,
        own=shelf.accessibility,
        paper_copy=paper_copy(shelf),
    )
    return SitePage(
        STATEMENT,
        f"Accessibility statement – {shelf.name}",
        f"How accessible the policy pages of {shelf.name} are, and whom to ask for another form",
        [body],
    )


def _gaps(shelf: Shelf) -> Iterator[str]:
    """What does not meet the guidelines, or is not known to."""
    if shelf.accessibility is None:
        yield _UNTESTED
    else:
        yield from shelf.accessibility.problems
    if shelf.keeps_ended:
        yield _SUPERSEDED
