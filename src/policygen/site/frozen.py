"""A frozen page taken apart, so that a page of the site can show its words as they were approved, to the byte."""

from __future__ import annotations

from policygen.html.finished import FinishedPage


class NotAPageError(ValueError):
    """A text that is no page as policygen makes them."""


def taken_apart(content: bytes) -> FinishedPage:
    """The parts of a page that policygen made, now or years ago. Raises NotAPageError."""
    page = FinishedPage(content)
    if not (page.language and page.title and page.description and page.style and page.body):
        raise NotAPageError("this page was not made by policygen")
    return page
