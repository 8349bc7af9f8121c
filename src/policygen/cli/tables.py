"""Tables on a terminal of any width: columns while they fit, a block for each row where they do not.

No word is broken, and what a column says is whole (a date, a version, a number) stays in one line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from policygen.cli.screen import columns, folded, width_of

_GAP = 2
"""Spaces between two columns."""
_ELSEWHERE = 80
"""Columns of a table that is not shown on a terminal."""
_HELD = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Column:
    """What stands below one head."""

    name: str
    whole: bool = False
    """Whether a line of a cell is never broken."""
    right: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a cell, in a colour or none."""

    text: str
    colour: str | None = None


Cell = str | Sequence[Line]
Row = Sequence[Cell]


def show_table(heads: Sequence[Column], *groups: tuple[str, Sequence[Row]]) -> None:
    """Show rows in groups, each below its title, if it has one; one head stands above all."""
    rows = [row for _, group in groups for row in group]
    width = columns(sys.stdout) or _ELSEWHERE
    widths = _widths(heads, rows, width)
    for number, (title, group) in enumerate(groups):
        if title:
            if number:
                click.echo()
            click.secho(folded(title, width), bold=True)
        if not widths:
            _show_blocks(heads, group, width)
            continue
        if number == 0:
            names = [column.name for column in heads]
            click.secho(next(_lines_of_row(heads, names, widths)), dim=True)
        for row in group:
            for line in _lines_of_row(heads, row, widths):
                click.echo(line)


def _lines(cell: Cell) -> list[Line]:
    return [Line(cell)] if isinstance(cell, str) else [*cell]


def _coloured(text: str, colour: str | None) -> str:
    return click.style(text, fg=colour) if colour else text


# --- columns ----------------------------------------------------------------------------------------------------------


def _widths(heads: Sequence[Column], rows: Sequence[Row], width: int) -> list[int]:
    """How wide each column is; none where they do not fit beside each other."""
    texts = []
    widths = []
    for index, column in enumerate(heads):
        here = [line.text for row in rows for line in _lines(row[index])]
        parts = here if column.whole else " ".join(here).split()
        texts.append(here)
        widths.append(max(width_of(part) for part in [column.name, *parts]))
    room = width - _GAP * (len(heads) - 1) - sum(widths)
    if room < 0:
        return []
    # The column that makes the table longest gets the next space.
    longer = [_longer(here, given) for here, given in zip(texts, widths, strict=True)]
    while room and any(longer):
        index = longer.index(max(longer))
        widths[index] += 1
        longer[index] = _longer(texts[index], widths[index])
        room -= 1
    return widths


def _longer(texts: Sequence[str], width: int) -> int:
    """How many lines more than texts these are in a column of some width."""
    return sum(folded(text, width, hanging=0).count("\n") for text in texts)


def _lines_of_row(heads: Sequence[Column], row: Row, widths: Sequence[int]) -> Iterator[str]:
    """The lines of a terminal that one row takes."""
    cells = []
    for cell, width in zip(row, widths, strict=True):
        shown = []
        for line in _lines(cell):
            parts = folded(line.text, width, hanging=0).split("\n")
            shown += [(part, line.colour) for part in parts]
        cells.append(shown)
    for index in range(max(map(len, cells))):
        said = ""
        for column, shown, width in zip(heads, cells, widths, strict=True):
            text, colour = shown[index] if index < len(shown) else ("", None)
            space = " " * (width - width_of(text))
            parts = [_coloured(text, colour), space]
            if column.right:
                parts.reverse()
            said += "".join(parts) + " " * _GAP
        yield said.rstrip()


# --- blocks -----------------------------------------------------------------------------------------------------------


def _show_blocks(heads: Sequence[Column], rows: Sequence[Row], width: int) -> None:
    """Each row below its first cell: the name of a column, and what stands in it."""
    for row in rows:
        first, *others = row
        click.echo(folded(" ".join(line.text for line in _lines(first)), width))
        for column, cell in zip(heads[1:], others, strict=True):
            lead = f"  {column.name}: "
            for line in _lines(cell):
                text = line.text
                if column.whole:
                    text = text.replace(" ", _HELD)
                shown = folded(lead + text, width, hanging=2).replace(_HELD, " ")
                click.echo(_coloured(shown, line.colour))
                lead = " " * len(lead)
