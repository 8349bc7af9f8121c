"""What a web server shows at an address that has no page: where the policies are, and how to search them."""

from __future__ import annotations

from functools import partial

from policygen.html.templates import filled
from policygen.site.frame import (
    LIBRARY,
    MISSING,
    SEARCH,
    SitePage,
    from_anywhere,
    paper_copy,
    site_root,
)
from policygen.site.shelf import Shelf


def missing_page(shelf: Shelf) -> SitePage:
    """It is shown at any address, so its links begin at the root of the server."""
    body = filled(
        "missing",
        shelf=shelf,
        to=partial(from_anywhere, site_root(shelf)),
        library=LIBRARY,
        search=SEARCH,
        paper_copy=paper_copy(shelf),
    )
    title = f"Page not found – {shelf.name}"
    said = f"There is no page at this address of the policies of {shelf.name}"
    return SitePage(MISSING, title, said, [body], indexed=False, anywhere=True)
