"""A frozen page taken apart, so that a page of the site can show its words as they were approved, to the byte."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_PAGE = re.compile(
    r"<!DOCTYPE html>\n<html lang=\"(?P<language>[^\"]*)\"><head>\n.*?<title>(?P<title>.*?)</title>\n"
    r"<meta name=\"description\" content=\"(?P<description>[^\"]*)\">\n.*?<style>(?P<style>.*?)</style>\n</head>\n"
    r"<body class=\"(?P<class>[^\"]*)\">\n(?P<body>.*)\n</body></html>\n",
    re.DOTALL,
)


class NotAPageError(ValueError):
    """A text that is no page as policygen makes them."""


@dataclass(frozen=True)
class FrozenPage:
    """What a page holds."""

    language: str
    title: str
    description: str
    style: str
    """Its style sheet."""
    class_: str
    """Of its body."""
    body: str
    """Everything between the tags of its body, as it stands."""


def taken_apart(content: bytes) -> FrozenPage:
    """The parts of a page that policygen made, now or years ago. Raises NotAPageError."""
    found = _PAGE.fullmatch(content.decode("utf-8", "replace"))
    if found is None:
        raise NotAPageError("this page was not made by policygen")
    return FrozenPage(
        found["language"],
        html.unescape(found["title"]),
        html.unescape(found["description"]),
        found["style"],
        found["class"],
        found["body"],
    )
