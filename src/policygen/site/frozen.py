"""A frozen page taken apart, so that a page of the site can show its words as they were approved, to the byte."""

from __future__ import annotations

import re

from markupsafe import Markup

from policygen.html.elements import element, finished
from policygen.html.finished import FinishedPage
from policygen.html.labels import STATUS
from policygen.html.page import fact

_STATUS_BEGINS = f"<li>{element('span', STATUS, class_='name')}"
_STATUS_THEN = f"<li>{element('span', 'Status until then', class_='name')}"
_NOW_BEGINS, _NOW_ENDS = str(fact(STATUS, "\n")).split("\n")
# What is said between holds words and links alone: no comment, and nothing that hides what follows.
_STATUS_NOW = re.compile(
    re.escape(_NOW_BEGINS)
    + r'(?:[^<>]|<a href="[^"<>]*">|</a>|<span class="[^"<>]*">|</span>)*'
    + re.escape(f"{_NOW_ENDS}\n{_STATUS_THEN}")
)


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
    now = f"{fact(STATUS, said)}\n{_STATUS_THEN}"
    return finished(str(body).replace(_STATUS_BEGINS, now, 1))


def without_standing(shown: str) -> str:
    """A page that shows the body of a frozen one, as if the version were in force: `with_standing` undone."""
    return _STATUS_NOW.sub(lambda _: _STATUS_BEGINS, shown, count=1)
