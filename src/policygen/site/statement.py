"""The accessibility statement of a school's policy site."""

from __future__ import annotations

from policygen.site.frame import STATEMENT, SitePage, paper_copy
from policygen.site.parts import site_part
from policygen.site.shelf import Shelf


def statement_page(shelf: Shelf) -> SitePage:
    """What was done so that everybody can read the policies, what is known to be missing, and whom to ask."""
    return SitePage(
        STATEMENT,
        f"Accessibility statement – {shelf.name}",
        f"How accessible the policy pages of {shelf.name} are, and whom to ask for another form",
        [site_part("statement", STATEMENT, shelf=shelf, paper_copy=paper_copy(shelf))],
    )
