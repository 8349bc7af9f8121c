"""Pages that only a preview has: the list of policies, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policygen.ground.diagnostics import Diagnostic, Place
from policygen.ground.wording import count, join_and, sentence_case
from policygen.html.elements import element, escape, heading, lines
from policygen.html.page import page

RELOAD = '<script src="/_/reload.js" defer></script>'
"""Reloads the page when files change; without script the page stays as it is."""


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
    body = [heading(1, "Preview")]
    body.append(
        element("p", "Drafts as their files stand now. The page follows when a file is saved.")
    )
    if diagnostics:
        body += [heading(2, "Problems of the workspace"), problems_list(diagnostics)]
    school = ""
    items: list[str] = []
    for row in rows:
        if row.school != school:
            body += _items(items)
            body.append(heading(2, escape(row.school)))
            school, items = row.school, []
        items.append(_row(row))
    return _page("Preview", [*body, *_items(items)])


def _items(items: list[str]) -> list[str]:
    return [element("ul", "\n", lines(items), "\n", class_="preview-list")] if items else []


def _row(row: Row) -> str:
    title = element("a", escape(row.title), href=row.address) if row.address else escape(row.title)
    state = (
        element("a", escape(row.state), href=row.problems) if row.problems else escape(row.state)
    )
    others = "".join(
        f" · {element('a', escape(words), href=address)}" for words, address in row.links
    )
    return element(
        "li", element("p", title, class_="title"), element("p", state, others, class_="change-note")
    )


def problems_html(title: str, diagnostics: Sequence[Diagnostic], last_good: str) -> str:
    """What is wrong with one policy, all of it, with places and what to write instead."""
    errors = sum(each.severity == "error" for each in diagnostics)
    said = (
        f"{count(errors, 'error')} to mend"
        if errors
        else f"{count(len(diagnostics), 'note')} to read"
    )
    body = [
        heading(1, escape(title)),
        element("p", escape(sentence_case(f"{said}.")), class_="in-short", role="status"),
    ]
    if errors and last_good:
        link = element("a", "the page as it was before", href=last_good)
        body.append(element("p", "Until they are mended, you can look at ", link, "."))
    body.append(problems_list(diagnostics))
    body.append(element("p", element("a", "All policies", href="/")))
    return _page(f"{sentence_case(said)}: {title}", body)


def problems_list(diagnostics: Sequence[Diagnostic]) -> str:
    """Each problem with its place, the line itself, and hints."""
    return element(
        "ol", "\n", lines(_problem(each) for each in diagnostics), "\n", class_="problems"
    )


def _problem(diagnostic: Diagnostic) -> str:
    severity = element("strong", escape(f"{sentence_case(str(diagnostic.severity))}: "))
    said = element("p", severity, escape(diagnostic.message))
    hints = [
        element("p", escape(f"To mend it: {hint}"), class_="hint") for hint in diagnostic.hints
    ]
    notes = join_and([*diagnostic.trail, f"rule {diagnostic.rule}"])
    note = element("p", escape(sentence_case(notes)), class_="change-note")
    return element("li", "\n", lines((said, *_where(diagnostic.place), *hints, note)), "\n")


def _where(place: Place | None) -> list[str]:
    if place is None:
        return []
    where = element("p", element("code", escape(str(place))), class_="where")
    if not place.line or not place.text:
        return [where]
    start = max(place.column, 1) - 1
    end = start + max(1, place.length)
    before, marked, after = place.text[:start], place.text[start:end], place.text[end:]
    excerpt = element("code", escape(before), element("mark", escape(marked)), escape(after))
    return [where, element("p", excerpt, class_="excerpt")]


def with_reload(html: str) -> str:
    """A finished page that follows when files change."""
    return html.replace("</body>", f"{RELOAD}\n</body>", 1)


def _page(title: str, body: Sequence[str]) -> str:
    return page(
        language="en-GB",
        title=title,
        description="A preview of drafts",
        colour="#1d3f6e",
        medium="screen",
        draft=False,
        class_="preview",
        body=[element("main", "\n", lines(body), "\n")],
    )
