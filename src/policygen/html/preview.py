"""Pages that only a preview has: the list of policies, and what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from policygen.ground.diagnostics import Diagnostic, Place
from policygen.ground.wording import count, join_and, sentence_case
from policygen.html.elements import block, element, joined
from policygen.html.page import MAIN, page
from policygen.html.templates import filled

RELOAD = '<script src="/_/reload.js" defer></script>'
"""Reloads the page when files change; without script the page stays as it is."""
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" [^>]*>\n')


@dataclass(frozen=True, slots=True)
class Row:
    """One policy in the list."""

    school: str
    title: str
    address: str
    """Of its page; empty while there is none."""
    state: str
    """Such as "version 1.2, content code 7f3a-91c2" or "2 errors"."""
    problems: str = ""
    """The address of what is wrong with it; empty where nothing is."""
    links: tuple[tuple[str, str], ...] = ()
    """Other pages of it: words and address."""


def list_html(rows: Sequence[Row], diagnostics: Sequence[Diagnostic]) -> str:
    """The first page: every policy of every school."""
    schools = [(school, list(group)) for school, group in groupby(rows, key=lambda row: row.school)]
    return _page(
        "Preview", filled("preview_list", schools=schools, problems=_problems(diagnostics))
    )


def problems_html(
    school: str, title: str, diagnostics: Sequence[Diagnostic], last_good: str
) -> str:
    """What is wrong with one policy of a school, all of it, with places and what to write instead.

    `last_good` is the address of the page as it was before the errors; empty while there is none.
    """
    errors = sum(diagnostic.severity == "error" for diagnostic in diagnostics)
    if errors:
        said = f"{count(errors, 'error')} to put right"
    elif diagnostics:
        said, last_good = f"{count(len(diagnostics), 'warning')} to look at", ""
    else:
        said, last_good = "No problems", ""
    said = sentence_case(said)
    body = filled(
        "preview_problems",
        school=school,
        title=title,
        said=said,
        last_good=last_good,
        problems=_problems(diagnostics),
    )
    return _page(f"{said}: {title} – {school}", body)


def missing_html() -> str:
    """What a preview says at an address where it has nothing."""
    return _page("Page not found", filled("preview_missing"))


def _problems(diagnostics: Sequence[Diagnostic]) -> Markup:
    """Each problem with its place, the line itself, and hints; nothing where there are none."""
    if not diagnostics:
        return Markup()
    items = []
    for diagnostic in diagnostics:
        notes = join_and([*diagnostic.trail, f"rule {diagnostic.rule}"])
        items.append(
            {
                "severity": sentence_case(str(diagnostic.severity)),
                "message": _with_code(diagnostic.message),
                "hints": [_with_code(hint) for hint in diagnostic.hints],
                "note": _with_code(sentence_case(notes)),
                "place": str(diagnostic.place or ""),
                "excerpt": _excerpt(diagnostic.place),
            }
        )
    return filled("preview_problem_list", items=items)


def _with_code(text: str) -> Markup:
    """A message as a page shows it: what stands in backticks is code. One backtick alone stays as it is."""
    words = text.split("`")
    if len(words) % 2 == 0:
        words[-2:] = ["`".join(words[-2:])]
    parts: list[str] = []
    for number, word in enumerate(words):
        is_code = number % 2 == 1
        parts.append(element("code", word) if is_code else word)
    return joined(parts)


def _excerpt(place: Place | None) -> tuple[str, str, str] | None:
    """The line of a place: what stands before, what is meant, and what stands behind it."""
    if place is None or not place.line or not place.text:
        return None
    start = max(place.column, 1) - 1
    end = start + max(1, place.length)
    return place.text[:start], place.text[start:end], place.text[end:]


def with_reload(html: str) -> str:
    """A finished page that follows when files change. In place of its own policy stands that of the server."""
    return without_policy(html).replace("</body>", f"{RELOAD}\n</body>", 1)


def without_policy(html: str) -> str:
    """A finished page without its own Content-Security-Policy, for a server that sends one."""
    return _POLICY.sub("", html, count=1)


def _page(title: str, body: Markup) -> str:
    said = "A preview of drafts"
    return page(
        title=title, description=said, class_="preview", body=[block("main", body, id=MAIN)]
    )
