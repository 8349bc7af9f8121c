"""What the first page of a file says of the document in labels and tables: its title, versions and next review."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policygen.moving.found import Block, Paragraph, Spot, Table, paragraphs, text_of

_LABELS = {
    "title": r"(?:policy |document )?title|(?:policy|document) name|name of (?:the )?(?:policy|document)",
    "version": r"(?:version|issue)(?: number| no\.?)?",
    "date": (
        r"(?:date )?(?:approved|ratified|adopted|agreed)(?: on)?|date of (?:approval|adoption|ratification)"
        r"|(?:approval|adoption|ratification) date"
    ),
    "author": r"(?:policy )?author|(?:written|prepared|produced) by",
    "review": r"(?:date of )?(?:next )?review(?: date| due)?(?: on| by| in)?|to be reviewed(?: on| by| in)?",
}
_ANY = "|".join(f"(?P<{key}>{pattern})" for key, pattern in _LABELS.items())
_LABEL = re.compile(rf"(?:{_ANY})\s*:?", re.IGNORECASE)
_IN_LINE = re.compile(rf"\b(?:{_ANY})\s*:", re.IGNORECASE)
_HEADS = {
    "version": re.compile(r"^(?!.*\bdate\b).*\b(?:version|issue|no)\b", re.IGNORECASE),
    "date": re.compile(r"\bdate\b", re.IGNORECASE),
    "author": re.compile(r"\b(?:author|by|who)\b", re.IGNORECASE),
    "reason": re.compile(
        r"\b(?:changed?|changes|amendments?|reason|comments?|summary|description|details)\b",
        re.IGNORECASE,
    ),
}
_VERSION = re.compile(r"(?:v|version |issue )?(\d{1,3}(?:\.\d{1,3}){0,3})", re.IGNORECASE)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})-(?P<number>\d{1,2})-(?P<day>\d{1,2})\b",
        r"\b(?P<day>\d{1,2})[./-](?P<number>\d{1,2})[./-](?P<year>(?:20)?\d{2})\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH},? (?P<year>\d{{4}})\b",
        rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b",
        rf"\b{_MONTH},? (?P<year>\d{{4}})\b",
    )
)
_LONGEST_CYCLE = 60


@dataclass(frozen=True)
class Front:
    """What labels and tables of the first page say; empty where they do not."""

    title: str = ""
    history: tuple[Mapping[str, str], ...] = ()
    review_months: int = 0
    read: frozenset[Spot] = frozenset()
    """The places whose words went into it."""


@dataclass(frozen=True)
class _Said:
    text: str
    spots: tuple[Spot, ...]


def front_of(blocks: Sequence[Block]) -> Front:
    """What a first page says."""
    pairs: dict[str, _Said] = {}
    history: tuple[Mapping[str, str], ...] = ()
    read: set[Spot] = set()
    for block in blocks:
        rows = _rows(block) if isinstance(block, Table) else ()
        if versions := _versions(rows):
            history = versions
            read.update(spot for row in rows for cell in row for spot in cell.spots)
            continue
        for key, pair in _pairs(block, rows):
            pairs.setdefault(key, pair)
    said = {key: pair.text for key, pair in pairs.items()}
    approved, due = date_in(said.get("date", "")), date_in(said.get("review", ""))
    months = _months(approved, due)
    version = _VERSION.fullmatch(said.get("version", ""))
    if version and approved:
        row = {"version": version[1], "date": approved}
        history = _with(history, row | {key: said[key] for key in ("author",) if key in said})
    used = {"title": bool(said.get("title")), "review": bool(months)}
    in_history = bool(version and any(row["version"] == version[1] for row in history))
    used |= dict.fromkeys(("version", "date", "author"), in_history)
    for key, pair in pairs.items():
        read.update(pair.spots if used[key] else ())
    return Front(said.get("title", ""), history, months, frozenset(read))


def _rows(table: Table) -> tuple[tuple[_Said, ...], ...]:
    return tuple(tuple(_said(cell.blocks) for cell in row.cells) for row in table.rows)


def _said(blocks: tuple[Block, ...]) -> _Said:
    inside = [each for each in paragraphs(blocks) if text_of(each)]
    text = " ".join(f"{each.label if each.typed else ''} {text_of(each)}" for each in inside)
    return _Said(" ".join(text.split()), tuple(each.spot for each in inside))


def _pairs(block: Block, rows: Sequence[Sequence[_Said]]) -> Iterator[tuple[str, _Said]]:
    """Labels and what is said of each: side by side in cells, or in a line with a colon between them."""
    for row in rows:
        for label, value in pairwise(row):
            found = _LABEL.fullmatch(label.text)
            if found and found.lastgroup and value.text:
                yield found.lastgroup, _Said(value.text, (*label.spots, *value.spots))
    if isinstance(block, Paragraph):
        text = text_of(block)
        found_all = [*_IN_LINE.finditer(text)]
        ends = [*(found.start() for found in found_all[1:]), len(text)]
        for found, end in zip(found_all, ends, strict=False):
            if words := text[found.end() : end].strip(" ,;–-"):
                # A line may say more than this: it still needs a look.
                yield found.lastgroup or "", _Said(words, ())


def _versions(rows: Sequence[Sequence[_Said]]) -> tuple[Mapping[str, str], ...]:
    """The rows of a table of versions, oldest first; nothing if any of them cannot be read."""
    for index, head in enumerate(rows[:2]):
        columns: dict[str, int] = {}
        for key, pattern in _HEADS.items():
            free = (at for at, cell in enumerate(head) if at not in columns.values())
            at = next((at for at in free if pattern.search(head[at].text)), None)
            if at is not None:
                columns[key] = at
        if len(head) < 3 or not {"version", "date"} <= columns.keys():
            continue
        made: list[Mapping[str, str]] = []
        for row in rows[index + 1 :]:
            if not any(cell.text for cell in row):
                continue
            if len(row) <= max(columns.values()):
                return ()
            version = _VERSION.fullmatch(row[columns["version"]].text)
            date = date_in(row[columns["date"]].text)
            if not version or not date:
                return ()
            told = {
                key: row[at].text
                for key, at in columns.items()
                if key in ("author", "reason") and row[at].text
            }
            made.append({"version": version[1], "date": date} | told)
        if made != sorted(made, key=_order):
            made.reverse()
        return tuple(made) if _rises(made) else ()
    return ()


def _with(
    history: tuple[Mapping[str, str], ...], row: Mapping[str, str]
) -> tuple[Mapping[str, str], ...]:
    """A history with one more row, unless it has that version, or a later one."""
    if _rises([*history, row]):
        return (*history, row)
    return history


def _rises(rows: Sequence[Mapping[str, str]]) -> bool:
    return all(
        _order(one) < _order(other) and one["date"] <= other["date"]
        for one, other in pairwise(rows)
    )


def _order(row: Mapping[str, str]) -> tuple[int, ...]:
    numbers = [int(number) for number in row["version"].split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))


def date_in(text: str) -> str:
    """The first date of a text, or a month, as 2026-07-09 or 2026-07; empty where there is none."""
    for pattern in _DATES:
        if not (found := pattern.search(text)):
            continue
        parts = found.groupdict()
        month = int(parts.get("number") or _MONTHS.index(parts["month"].lower()[:3]) + 1)
        year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
        try:
            day = datetime.date(year, month, int(parts.get("day") or 1))
        except ValueError:
            return ""
        if parts.get("day"):
            return day.isoformat()
        return f"{day:%Y-%m}"
    return ""


def _months(approved: str, due: str) -> int:
    """The months from one day to another; 0 where that is no cycle of reviews."""
    if not approved or not due:
        return 0
    (from_year, from_month), (to_year, to_month) = (
        map(int, date.split("-")[:2]) for date in (approved, due)
    )
    months = 12 * (to_year - from_year) + to_month - from_month
    return months if 1 <= months <= _LONGEST_CYCLE else 0
