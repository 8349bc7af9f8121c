"""What a redline says of a changed shape: columns, items and paragraphs that came, went or stand elsewhere.

Each change is made in a generated text in which every word is another one, so that what is marked is known word by word.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from policygen.compare.comparison import Comparison, compare
from policygen.compare.summary import as_text
from policygen.compare.units import units
from policygen.language import document as d
from tests.test_conserved import read

SEEDS = range(8)


def _words(random: Random, count: int) -> list[str]:
    return [f"w{number}x" for number in random.sample(range(1000), count)]


def _document(text: str) -> d.Document:
    section, problems = read(f"# Title {{#t}}\n\n{text}\n", "none")
    assert section is not None
    assert not problems.found, text
    return d.Document(
        "oak", "keys", "Oak Lane School", "Keys", "Keys", "Northshire", "2026.1", "1.0", (), 24, 1,
        (section,), (), (), d.Branding(),
    )  # fmt: skip


def _compared(old: str, new: str) -> Comparison:
    return compare(_document(old), _document(new))


def _marked(comparison: Comparison, change: str) -> set[str]:
    return {
        word
        for pair in comparison.changes
        for line in pair.lines
        for cell in line.cells
        for run in cell
        if run.change == change
        for word in d.plain(run.children).replace(".", "").split()
    }


def _notes(comparison: Comparison) -> list[str]:
    return [
        note
        for pair in comparison.changes
        for line in pair.lines
        for note in (*line.notes, *pair.notes)
    ]


def _table(columns: list[list[str]]) -> str:
    head, *rows = (f"| {' | '.join(cells)} |" for cells in zip(*columns, strict=True))
    return "\n".join(["Table: Keys", "", head, "|---" * len(columns) + "|", *rows])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("wider", [True, False])
def test_a_column_more_or_less_marks_its_own_words(seed: int, wider: bool) -> None:  # noqa: FBT001
    random = Random(seed)  # noqa: S311
    width, height = random.randint(2, 4), random.randint(2, 4)
    words = _words(random, width * height)
    columns = [words[index * height : (index + 1) * height] for index in range(width)]
    at = random.randrange(width)
    fewer = columns[:at] + columns[at + 1 :]
    old, new = (fewer, columns) if wider else (columns, fewer)
    comparison = _compared(_table(old), _table(new))
    assert _marked(comparison, "inserted") == (set(columns[at]) if wider else set())
    assert _marked(comparison, "deleted") == (set() if wider else set(columns[at]))
    fate = "is new" if wider else "is gone"
    assert _notes(comparison) == [f"the column “{columns[at][0]}” {fate}"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_column_that_moved_is_said_to_stand_elsewhere(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    words = _words(random, 9)
    columns = [words[:3], words[3:6], words[6:]]
    comparison = _compared(_table(columns), _table([*columns[1:], columns[0]]))
    assert _notes(comparison) == [f"the column “{columns[0][0]}” stands elsewhere"]
    assert _marked(comparison, "inserted") == set(columns[0])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sign", ["-", "1."])
def test_an_item_that_moved_is_said_to_stand_elsewhere(seed: int, sign: str) -> None:
    random = Random(seed)  # noqa: S311
    items = _words(random, 4)
    others = [item for item in items if item != items[0]]
    comparison = _compared(
        "\n".join(f"{sign} {item}" for item in items),
        "\n".join(f"{sign} {item}" for item in [*others, items[0]]),
    )
    moved = "" if sign == "-" else ": now 4., was 1."
    assert _notes(comparison) == [f"“{items[0]}” stood elsewhere{moved}"]
    assert _marked(comparison, "inserted") == _marked(comparison, "deleted") == {items[0]}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("opening", "indent", "closing"),
    [
        ("", "", ""),
        ("::: remember\n", "", "\n:::"),
        ("::: quote\n", "", "\n:::"),
        ("- ", "  ", ""),
        ("Term\n: ", "  ", ""),
        ("Word[^n].\n\n[^n]: ", "    ", ""),
    ],
)
def test_a_paragraph_that_was_split_or_joined_is_said_to_be(
    seed: int, opening: str, indent: str, closing: str
) -> None:
    random = Random(seed)  # noqa: S311
    first, second = " ".join(_words(random, 9)) + ".", " ".join(_words(random, 4)) + "."
    whole = f"{opening}{first} {second}{closing}"
    apart = f"{opening}{first}\n\n{indent}{second}{closing}"
    for old, new, fate in ((whole, apart, "is now"), (apart, whole, "is no longer")):
        comparison = _compared(old, new)
        assert _notes(comparison) == [f"“{second}” {fate} a paragraph of its own"]
        assert first.split()[0] not in _marked(comparison, "deleted")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Word[^n].\n\n[^n]: Old.", "Word[^n].\n\n[^n]: New.", "footnote 1  reworded"),
        (
            "::: remember\nWords.\n:::",
            "::: quote\nWords.\n:::",
            "(in: a quotation; was: a thing to",
        ),
        ("::: signature Staff\n- Signed\n:::", "::: signature Parent\n- Signed\n:::", "{+Parent+}"),
        ("::: remember Stop\nWords.\n:::", "::: remember Think\nWords.\n:::", "{+Think+}"),
        ("- one", "1. one", "(list: numbers; was: bullets)"),
    ],
)
def test_changes_of_notes_callouts_and_fields(old: str, new: str, told: str) -> None:
    assert told in as_text(_compared(old, new).changes)


def test_another_fact_in_the_same_place_is_called_by_what_it_is() -> None:
    """No reader of a redline knows the names that templates have for the facts of a school."""

    def told(name: str) -> d.Document:
        value = d.Value("Ada Long", name, "school", "details")
        section = d.Section(
            "t",
            (d.Text("Title"),),
            (d.Paragraph((d.Text("For the key of the hall ask in good time "), value)),),
        )
        return replace(_document("Words."), sections=(section,))

    (note,) = _notes(compare(told("people.dsl.name"), told("people.senco.name")))
    assert note == (
        "filled in: name of the special educational needs co-ordinator; "
        "was: name of the designated safeguarding lead"
    )
    (note,) = _notes(
        compare(told("people.dsl.name"), told("people.senco.name or people.head.name"))
    )
    assert note.startswith("filled in: name of the special educational needs co-ordinator; ")


def test_what_follows_a_callout_is_not_in_it() -> None:
    """In the words of a redline, too: "in: a thing to remember" is said of the callout alone."""
    document = _document(":::: audience staff\n::: remember\nStop.\n:::\n\nGo on.\n::::")
    (part,) = [unit for unit in units(document) if isinstance(unit.node, d.AudiencePart)]
    assert [(line.text, line.within) for line in part.lines] == [
        ("Stop.", "a thing to remember"),
        ("Go on.", "a part for staff"),
    ]
