"""What fits a terminal: excerpts cut around their mark, lines that go on, tables that fold."""

from __future__ import annotations

import datetime
import io
import re
import time
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from wcwidth import wcswidth, wcwidth

from policygen.cli import tables
from policygen.cli.reports import as_text
from policygen.cli.screen import excerpt, folded
from policygen.cli.tables import Column, Line
from policygen.ground.dates import short_day
from policygen.ground.diagnostics import Diagnostic, Place
from tests.support.terminal import CTRL_C, Terminal
from tests.support.workspace import ADOPTION, AS_OF, Workspace

if TYPE_CHECKING:
    from pathlib import Path

NARROW, WIDE, JOINING = "abc xyz éß–“”", "校则方针语言한글", "\u0301\u0308\u0323"
LINES = some.text(some.sampled_from(f"{NARROW}{NARROW}{WIDE}{JOINING}\t"), max_size=300)
WIDTHS = some.integers(40, 200)


# --- excerpts ---------------------------------------------------------------------------------------------------------


def cells(line: str) -> list[str]:
    """The columns of a terminal that shows a line: each with its sign; the second half of a wide one is empty."""
    found: list[str] = []
    for character in line:
        width = wcwidth(character)
        assert width >= 0, "nothing that a terminal obeys is shown"
        if width == 0:
            assert found, "a joining letter stands after what it joins"
            found[-1 if found[-1] else -2] += character
        else:
            found += [character, *[""] * (width - 1)]
    return found


def decomposed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(LINES, some.integers(0, 310), some.integers(0, 80), WIDTHS)
@example("校" * 100, 99, 1, 40)
@example("\t" * 50, 25, 2, 40)
@example("a" * 300, 0, 80, 40)
@example("a" * 300, 299, 1, 40)
@example("", 0, 0, 40)
def test_marks_stand_under_what_they_mark(line: str, start: int, length: int, width: int) -> None:
    """Whatever the line, the place and the width: it fits, and every sign above a caret is one that is marked."""
    line = line.lstrip(JOINING)
    shown, signs = excerpt(line, start, length, width)
    columns = cells(shown)
    assert max(len(columns), len(signs)) <= width
    assert "^" in signs
    above = "".join(
        columns[column]
        for column, sign in enumerate(signs)
        if sign == "^" and column < len(columns) and columns[column] != "…"
    )
    marked = line[start : start + max(length, 1)]
    if wcswidth(marked.replace("\t", " ")) > 0:
        # What is marked, or its beginning; with the letter that a joining one at its edge joins.
        assert decomposed(marked).strip(JOINING)[:1] in decomposed(above) or not marked.strip()
        assert decomposed(above).strip(JOINING) in decomposed(line)
        assert sum(map(len, re.findall(r"\^+", signs))) == len(signs.strip()), "one run of marks"
        if signs.strip() and "…" not in shown:
            assert decomposed(above).rstrip(JOINING) == decomposed(marked).strip(JOINING)


@given(LINES, some.integers(0, 300), WIDTHS)
def test_as_much_is_shown_as_there_is_room_for(line: str, start: int, width: int) -> None:
    """A line that fits is shown whole; one that does not fills its room but for a wide sign or a tab."""
    line = line.lstrip(JOINING)
    whole, _ = excerpt(line, start, 1, None)
    assert "…" not in whole
    shown, _ = excerpt(line, start, 1, width)
    if wcswidth(whole) < width:
        assert shown == whole
    elif "…" in shown:
        assert wcswidth(shown) >= width - 6
        assert all(part in whole for part in shown.split("…"))


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\u202e", "\ufeff", "\x00", "\ue000", "\u2028"])
def test_a_sign_that_a_terminal_obeys_or_hides_is_seen(sign: str) -> None:
    assert excerpt(f"ab{sign}cd", 2, 1, 80) == ("ab\ufffdcd", "  ^")


def test_a_joining_letter_is_marked_with_what_it_joins() -> None:
    assert excerpt("Sia\u0302n", 3, 1, 80) == ("Sia\u0302n", "  ^")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_an_error_fits_the_terminal(width: int) -> None:
    """Its words break between words, what is to be typed stays whole, and the marks stand under the name."""
    line = f"1. {'Staff tell the lead at once, and ' * 4}{{{{ roles.slv }}}}{' as soon as they can' * 4}. {{#tell}}"
    place = Place("templates/tiny/sections/tell.md", 18, line.index("roles") + 1, 9, line)
    hints = (
        "did you mean `roles.slt`?",
        "or add `slv: senior leaders` under `roles:` in school.yaml",
    )
    text = as_text(
        [
            Diagnostic(
                "unknown-name",
                "`roles` has no `slv`",
                place,
                hints,
                ("while composing tiny for oak",),
            )
        ],
        width,
    )
    fitted = [each for each in text.splitlines() if "-->" not in each]  # a path stays whole
    assert max(map(wcswidth, fitted)) <= width
    _, excerpted, signs, *_ = [each for each in text.splitlines() if " | " in each or "-->" in each]
    at = signs.index("^")
    assert excerpted[at : at + signs.count("^")] == "roles.slv"
    assert "`slv: senior leaders`" in text
    assert text.count("…") == 2


def test_elsewhere_than_on_a_terminal_a_line_is_whole() -> None:
    """A program that reads it, or an editor, makes its own lines."""
    line = "word " * 60
    text = as_text([Diagnostic("unknown-name", "no", Place("a.md", 1, 200, 4, line))])
    assert f"  1 | {line}\n" in text


@pytest.mark.slow
def test_an_error_on_a_real_terminal(tmp_path: Path) -> None:
    section = "templates/tiny/sections/lost-keys.md"
    workspace = Workspace(tmp_path)
    words = (
        "The key is kept in a safe that only those on the list can open, and nobody takes it home."
    )
    workspace = workspace.with_files(
        {section: f"{workspace.text(section)}\n1. {words} {{{{ roles.hed }}}} {words} {{#home}}\n"}
    )
    with Terminal(workspace.write(), "check", width=80) as terminal:
        terminal.end()
        lines = terminal.shown.splitlines()
    at = next(number for number, line in enumerate(lines) if "^" in line)
    begin, end = lines[at].index("^"), lines[at].rindex("^") + 1
    assert lines[at - 1][begin:end] == "roles.hed"
    assert max(map(len, lines)) <= 80


# --- lines that go on -------------------------------------------------------------------------------------------------

WORDS = some.lists(
    some.sampled_from(["word", "“quoted”", "`a b c`", "字字", "output/drafts/elm/x/", "–", "`"]),
    max_size=60,
)


@given(WORDS, some.integers(0, 6), some.integers(30, 200))
def test_a_folded_line_keeps_its_words(words: list[str], indent: int, width: int) -> None:
    """In order, none of them broken, none of them further out than the first, and no line too long."""
    line = " " * indent + " ".join(words)
    lines = folded(line, width).split("\n")
    assert " ".join(each.strip() for each in lines).split() == line.split()
    assert all(wcswidth(each) <= width for each in lines)
    assert all(re.match(" *", each)[0] == " " * (indent + 2) for each in lines[1:])


def test_what_is_to_be_typed_stays_in_one_line() -> None:
    text = "publish it first, with the command `policygen publish tiny --edition 2026.1`"
    assert folded(text, 60).splitlines()[1] == "  `policygen publish tiny --edition 2026.1`"
    assert folded(text, 30).splitlines()[2:] == ["  tiny --edition 2026.1`"], "if it can"


def test_without_a_width_nothing_is_folded() -> None:
    assert folded("word " * 100, None) == "word " * 100


# --- tables -----------------------------------------------------------------------------------------------------------

HEADS = (
    Column("Policy"),
    Column("Version", whole=True),
    Column("Approved", whole=True),
    Column("Pupils", right=True),
    Column("To do"),
)
DAY = some.dates(max_value=datetime.date(2099, 12, 31)).map(short_day)
NAME = some.lists(
    some.sampled_from(["IT", "online", "Sián", "communications", "校则", "of", "phones"]),
    max_size=8,
).map(" ".join)
ROW = some.tuples(
    NAME,
    some.sampled_from(["–", "1.0", "2.10.3*"]),
    DAY,
    some.integers(0, 5000).map(str),
    some.lists(some.builds(Line, NAME, some.sampled_from([None, "red"])), max_size=3),
)


def table(width: int, *groups: tuple[str, list[tuple[object, ...]]]) -> list[str]:
    """What a table shows on a terminal of some width."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "columns", lambda _: width)
        out = io.StringIO()
        with redirect_stdout(out):
            tables.show_table(HEADS, *groups)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@given(some.lists(ROW, min_size=1, max_size=5))
def test_a_table_fits_and_breaks_no_word(width: int, rows: list[tuple[object, ...]]) -> None:
    """At any width: nothing is lost or cut, and dates, versions and numbers stand in one line."""
    lines = table(width, ("Oak Lane School", rows))
    assert max(map(wcswidth, lines)) <= width
    shown = "\n".join(lines)
    for name, version, day, number, to_do in rows:
        assert version in shown
        assert day in shown
        assert number in shown
        words = " ".join([name, *(line.text for line in to_do)]).split()
        assert set(words) <= set(shown.split())
    head = next((line for line in lines if line.startswith("Policy")), "")
    if not head:
        assert sum("Approved: " in line for line in lines) == len(rows)


def test_columns_while_they_fit_and_blocks_where_they_do_not() -> None:
    rows = [
        (
            "Keys to the school",
            "2.0",
            "12 Nov 2026",
            "7",
            [Line("review overdue"), Line("2 people to sign")],
        )
    ]
    assert table(60, ("Oak Lane School", rows)) == [
        "Oak Lane School",
        "Policy          Version  Approved     Pupils  To do",
        "Keys to the     2.0      12 Nov 2026       7  review overdue",
        "school                                        2 people to",
        "                                              sign",
    ]
    assert table(40, ("Oak Lane School", rows)) == [
        "Oak Lane School",
        "Keys to the school",
        "  Version: 2.0",
        "  Approved: 12 Nov 2026",
        "  Pupils: 7",
        "  To do: review overdue",
        "         2 people to sign",
    ]


def test_one_head_stands_above_all_groups() -> None:
    """And the columns below each school have the same width."""
    row = ("Keys", "2.0", "12 Nov 2026", "7", "–")
    long = ("Keys to the school", "2.0", "12 Nov 2026", "7", "–")
    lines = table(80, ("Ash Road", [row]), ("Oak Lane", [long]))
    assert [line.split()[0] for line in lines if line] == ["Ash", "Policy", "Keys", "Oak", "Keys"]
    assert lines[2].index("2.0") == lines[5].index("2.0") == lines[1].index("Version")


OWN_WORDS = (
    "clauses:\n",
    """clauses:
  report-loss:
    replace: Whoever loses a key tells the headteacher on the same day, and says where it was last seen.
    reason: The school has many doors
""",
)


# --- a comparison -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("width", [40, 60, 100])
def test_what_differs_fits_a_terminal(tmp_path: Path, width: int) -> None:
    """Signs and colours say what came and went; a long line goes on further in; nothing is lost."""
    workspace = Workspace(tmp_path).with_change(ADOPTION, *OWN_WORDS)
    names = ("oak/tiny@model", "oak/tiny")
    plain = workspace.run("diff", *names).stdout
    with Terminal(workspace.root, "diff", *names, "--as-of", AS_OF, width=width) as terminal:
        assert terminal.end() == 0
        lines = terminal.shown.splitlines()
        raw = terminal.raw
    assert max(map(wcswidth, lines)) <= width
    assert " ".join(" ".join(lines).split()) == " ".join(plain.split())
    assert "{+" in plain
    assert "\x1b[4;32m{+" in raw, "what came is underlined and green, beside its signs"
    start = next(number for number, line in enumerate(lines) if line.startswith("    "))
    followed = [line for line in lines[start:] if line and not line.startswith("    ")]
    assert all(re.match(r"\S|  \S", line) for line in followed), "only heads stand further out"


# --- questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_questions_break_between_words(tmp_path: Path, term: str) -> None:
    """At 60 columns no line is longer, and nobody is told what their terminal cannot do."""
    workspace = Workspace(tmp_path).without(ADOPTION)
    with Terminal(workspace.write(), "adopt", "oak/tiny", width=60, term=term) as terminal:
        asked = terminal.expect("Decide later")
        time.sleep(2.5)  # so long does the asking library wait for an answer of the terminal
        terminal.type(CTRL_C)
        terminal.end()
    assert "CPR" not in terminal.shown
    assert "WARNING" not in terminal.shown
    after = terminal.shown.partition("nothing was changed")[2]  # what is between is drawn anew
    assert max(map(wcswidth, f"{asked}\n{after}".splitlines())) <= 60
