"""The list of changes in a circular."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.pages.html_blocks import framed_table
from policygen.pages.html_elements import Setting, element, escape, lines
from policygen.pages.labels import Stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.pages.html_elements import Medium
    from policygen.policy.announcing import AnnouncedChange

_COLUMNS = ("Where and what", "Why", "For schools")


def changes_html(changes: Sequence[AnnouncedChange], medium: Medium) -> str:
    """A table of what changed, why, and what that asks of a school; empty where nothing did."""
    if not changes:
        return ""
    setting = Setting(medium, Stamp("draft", ""), {}, rank_offset=0, linked=frozenset())
    head = [element("th", escape(name), scope="col") for name in _COLUMNS]
    caption = "Changes since the edition before"
    rows = [[*_row(each)] for each in changes]
    return framed_table(escape(caption), head, rows, setting, class_="changes", name=caption)


def _row(change: AnnouncedChange) -> Iterator[str]:
    what = [element("p", escape(each)) for each in change.what]
    yield element("td", *(lines(what) if len(what) > 1 else escape("".join(change.what)),))
    yield element("td", escape(change.reason))
    yield element("td", escape(for_schools(change)))


def for_schools(change: AnnouncedChange) -> str:
    """What a change asks of a school, in words."""
    if change.again:
        return "Retired. Schools that chose it are asked again."
    if change.material is None:
        return "Retired. It is no longer asked."
    takes = "Retired." if change.must is None else "Must be taken." if change.must else "May be taken."
    return f"{takes} {'Material: the approving body decides.' if change.material else 'Editorial.'}"
