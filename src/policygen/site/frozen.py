"""A frozen page taken apart, so that a page of the site can show its words as they were approved, to the byte."""

from __future__ import annotations

from markupsafe import Markup

from policygen.html.elements import element, finished
from policygen.html.finished import FinishedPage
from policygen.html.labels import STATUS
from policygen.html.page import fact

_STATUS_BEGINS = f"<li>{element('span', STATUS, class_='name')}"
_STATUS_THEN = "Status until then"


class NotAPageError(ValueError):
    """A text that is no page as policygen makes them."""


def taken_apart(content: bytes) -> FinishedPage:
    """The parts of a page that policygen made, now or years ago. Raises NotAPageError."""
    page = FinishedPage(content)
    if not (page.language and page.title and page.description and page.style and page.body):
        raise NotAPageError("this page was not made by policygen")
    return page


def with_standing(body: Markup, said: str) -> Markup:
    """The body of a frozen page whose panel says how the version stands now, and then what it said when frozen.

    A panel without a status, as of years ago, stays as it was.
    """
    then = f"<li>{element('span', _STATUS_THEN, class_='name')}"
    return finished(str(body).replace(_STATUS_BEGINS, f"{fact(STATUS, said)}\n{then}", 1))


def parts_that_stay(body: Markup) -> tuple[str, ...]:
    """What of a frozen body every page that shows it holds to the byte, however the version stands now."""
    before, _, after = str(body).partition(_STATUS_BEGINS)
    return before, after
