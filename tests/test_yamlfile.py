"""YAML files become typed values with places, and every problem of a file is told at once, in plain words."""

import datetime
import re
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import Field

from policygen.files.fields import (
    Day,
    Dotted,
    FileModel,
    Group,
    Id,
    Many,
    Markdown,
    Maybe,
    Months,
    Quoted,
    Words,
    YesNo,
)
from policygen.files.yamlfile import read_yaml
from policygen.files.yamltree import compose, compose_thoroughly, plain
from policygen.ground.diagnostics import Place, Problems
from tests.support.reading import lines, read, reading, told

ROOT = Path(__file__).parents[1]


class Part(FileModel):
    """A group within a file."""

    name: Words = Field(examples=["oak"])
    size: Maybe[int] = None


class Sample(FileModel):
    """A file with every kind of value."""

    title: Words = Field(examples=["Trees"])
    edition: Maybe[Dotted] = None
    minute: Maybe[Quoted] = None
    kind: Literal["tall", "small"] = "tall"
    on: YesNo = False
    day: Maybe[Day] = None
    months: Maybe[Months] = None
    id: Maybe[Id] = None
    text: Maybe[Markdown] = None
    words: Many[Words] = ()
    part: Maybe[Part] = None
    parts: Many[Part] = ()
    needed: Many[Words] = Field(("x",), min_length=1)
    named: dict[Id, Part] = Field(default_factory=dict)
    loose: Group[object] = Field(default_factory=dict)


# --- what is read -----------------------------------------------------------------------------------------------------


def test_values_have_their_types() -> None:
    """Plain words are read by YAML 1.2; text stays text."""
    sample = read(
        """
        title: yes
        edition: "1.10"
        minute: 9a
        on: yes
        day: 2026-09-01
        months: 12
        words: [no, 12:30, a b]
        loose: {a: yes, b: 1.10, c: true, d: null, e: 0x1f, f: "1", g: 2026-13-01, h: [1, {i: ~}]}
        """,
        Sample,
    ).value
    assert sample.title == "yes"
    assert sample.edition == "1.10"
    assert sample.minute == "9a"
    assert sample.on is True
    assert sample.day == datetime.date(2026, 9, 1)
    assert sample.months == 12
    assert sample.words == ("no", "12:30", "a b")
    assert sample.loose == {
        "a": "yes",
        "b": 1.1,
        "c": True,
        "d": None,
        "e": "0x1f",
        "f": "1",
        "g": "2026-13-01",
        "h": [1, {"i": None}],
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", True),
        ("Yes", True),
        ("true", True),
        ('"yes"', True),
        ("no", False),
        ("NO", False),
        ("false", False),
    ],
)
def test_yes_and_no(written: str, *, meant: bool) -> None:
    """yes, no, true and false are the four ways to say it."""
    assert read(f"title: x\non: {written}\n", Sample).value.on is meant


def test_a_group_with_nothing_in_it_is_empty() -> None:
    """`answers:` alone is a group to which nothing has been added yet."""
    assert read("title: x\nloose:\n", Sample).value.loose == {}


def test_windows_line_ends_and_a_byte_order_mark_are_no_problem() -> None:
    """Files come from Windows."""
    located = read("\ufefftitle: x\r\nmonths: 3\r\n", Sample)
    assert located.place("months") == Place("some/file.yaml", 2, 9, 1, "months: 3")


# --- places -----------------------------------------------------------------------------------------------------------

PLACES = """\
title: "A tree"  # note
part:
  name: oak
words: [ash, elm]
parts:
  - name: fir
  - {name: yew, size: 2}
text: |
  First

    deeper
named:
  a:
    name: >-

        folded
        text
loose: {x: |-2 }
"""


def test_places_of_values_and_keys() -> None:
    """Each value has its place; a value of several lines, or one that is not there, has that of its key or parent."""
    located = read(PLACES.replace("{x: |-2 }", "{x: 'it''s', y: }"), Sample)

    def at(*keys: str | int, key: bool = False) -> tuple[int, int, int]:
        place = located.place(*keys, key=key)
        return place.line, place.column, place.length

    assert at("title") == (1, 8, 8)
    assert at("title", key=True) == (1, 1, 5)
    assert at("part") == (2, 1, 4)
    assert at("part", "name") == (3, 9, 3)
    assert at("part", "size") == (2, 1, 4)
    assert at("words") == (4, 8, 10)
    assert at("words", 1) == (4, 14, 3)
    assert at("words", 7, key=True) == (4, 1, 5)
    assert at("parts", 0) == (6, 5, 9)
    assert at("parts", 1) == (7, 5, 20)
    assert at("parts", 1, "size", key=True) == (7, 17, 4)
    assert at("text") == (8, 7, 1)
    assert at("loose", "x") == (18, 12, 7)
    assert at("loose", "y") == (18, 21, 1)
    assert at("nowhere", "at", "all") == (0, 0, 1)
    assert located.place() == Place("some/file.yaml")
    assert located.place("part", "name").text == "  name: oak"


def test_values_as_written() -> None:
    """The way in which a value was written is not lost."""
    located = read("title: x\nloose: {a: 1.10, b: [2], c: 'yes'}\n", Sample)
    assert located.written("loose", "a") == "1.10"
    assert located.written("loose", "b", 0) == "2"
    assert located.written("loose", "c") == "yes"
    assert (
        located.written("loose")
        == located.written("loose", "a", "deeper")
        == located.written("nowhere")
        == ""
    )


@pytest.mark.parametrize(
    ("file", "origin"),
    [
        ("title: x\ntext: |\n  First\n  second\n", (3, 2)),
        ("title: x\ntext: |  # note\n\n    First\n", (3, 4)),
        ("title: x\ntext: |2\n    First\n", (3, 2)),
        ("title: x\ntext: >-\n   First\n   second\n", (3, 3)),
        ("title: x\ntext: |\n    - a list\n      in it\n", (3, 4)),
        ("title: x\ntext: plain\n", (2, 6)),
        ("title: x\ntext: 'quoted'\n", (2, 7)),
        ('title: x\ntext: "quoted"\n', (2, 7)),
        ("title: x\ntext:\n    below\n", (3, 4)),
    ],
)
def test_where_a_text_begins(file: str, origin: tuple[int, int]) -> None:
    """The line of a text's first line, and the columns before it, so that problems within it can be shown in place."""
    located = read(file, Sample)
    assert located.text_origin("text") == origin
    assert located.value.text is not None
    line, indent = origin
    first = re.split(r"\s", located.value.text)[0]
    assert file.split("\n")[line - 1][indent:].startswith(first)


# --- problems of YAML -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "file file-empty: the file has nothing in it"),
        ("# note\n\n---\n", "file file-empty: the file has nothing in it"),
        (
            "- a\n",
            "1:1+3 wrong-type: the file must hold keys and values, not a list\n  write `key: value`, with a space between",
        ),
        (
            "a text",
            "1:1+6 wrong-type: the file must hold keys and values, not text\n  write `key: value`, with a space between",
        ),
        (
            "title:\n\ton: yes",
            "2:1+1 yaml-syntax: a tab stands where only spaces may stand\n  indent with spaces",
        ),
        (
            "title: @x",
            "1:8+1 yaml-syntax: a value cannot begin with `@`\n  put the whole value in quotes",
        ),
        (
            "title: `x`",
            "1:8+1 yaml-syntax: a value cannot begin with a backtick\n  put the whole value in quotes",
        ),
        (
            'title: "x\non: yes\n',
            "1:8+1 yaml-syntax: a text in quotes is not closed\n  add the closing quote",
        ),
        (
            'title: "C:\\data"',
            "1:12+1 yaml-syntax: `\\d` means nothing inside double quotes\n  put the text in single quotes instead",
        ),
        (
            "title: 'it's'",
            (
                "1:12+1 yaml-syntax: a text stands after a value that is already complete\n"
                "  put a text that holds quotes or ` #` in quotes as a whole"
            ),
        ),
        (
            "title: x: y",
            (
                "1:9+1 yaml-syntax: a `:` stands where no key can be\n"
                "  put a text that holds `: ` in quotes, and begin all keys of one level in the same column"
            ),
        ),
        (
            "words: [a, b\non: yes",
            "1:8+1 yaml-syntax: a list in `[ ]` is not closed or lacks a comma\n  close it with `]`",
        ),
        (
            "part: {name: x",
            "1:7+1 yaml-syntax: a group in `{ }` is not closed or lacks a comma\n  close it with `}`",
        ),
        (
            "title: x\nwords\non: yes",
            (
                "2:1+1 yaml-syntax: a line has no `:` after its key\n"
                "  write `key: value`, or indent a text that goes on from the line above"
            ),
        ),
        ("title: x\n: y", "2:1+1 yaml-syntax: a `:` has no key before it\n  write `key: value`"),
        (
            "words:\n  - x\n on: yes",
            (
                "3:2+1 yaml-syntax: this line does not fit the lines above it\n"
                "  begin all keys of one level, and every `-` of one list, in the same column"
            ),
        ),
        (
            "text: | First\n  second",
            (
                "1:7+1 yaml-syntax: `|` or `>` does not stand alone at the end of its line\n"
                "  begin the text on the next line"
            ),
        ),
        (
            "title: {{ x }}",
            "1:9+1 yaml-syntax: a key must be a word\n  put a text that begins with `{`, `[` or `*` in quotes",
        ),
        (
            "title: x\n---\ntitle: y",
            "2:1+3 yaml-syntax: a second document begins here\n  keep one document in each file",
        ),
        (
            "%YAML 1.1\n---\ntitle: x",
            "1:1+9 yaml-syntax: the file says that it is not YAML 1.2\n  take out the line that begins with `%`",
        ),
        (
            "title: &",
            "1:9+1 yaml-syntax: a value cannot begin with `&`\n  put the whole value in quotes",
        ),
        (f"words: {'[' * 5000}", "1:32+1 yaml-syntax: more than 24 levels stand inside each other"),
    ],
)
def test_what_cannot_be_read(file: str, said: str) -> None:
    """One problem, at its place, in plain words."""
    located, found = reading(file, Sample)
    assert found == said
    assert located is None


def test_every_duplicate_tag_and_reference_is_told_at_once() -> None:
    """Reading goes on behind each of them, and nothing is said twice."""
    located, found = reading(
        """\
        title: &t One
        title: Two
        on: !!bool yes
        title: Three
        part: {name: *t, size: 1, name: x}
        <<: {months: 3}
        words: !join [a]
        months: !!int 3 # a tagged value is not judged any further
        months: 900
        """,
        Sample,
    )
    assert located is None
    assert found == lines("""
        1:8+2 yaml-syntax: a value cannot begin with `&`
          put the whole value in quotes, or take `&t` out
        2:1+5 duplicate-key: `title` stands here twice
          the first is in line 1; keep one of the two
        3:5+6 yaml-syntax: a value cannot begin with `!`
          put the whole value in quotes, or take `!!bool` out
        4:1+5 duplicate-key: `title` stands here twice
          the first is in line 1; keep one of the two
        5:14+2 yaml-syntax: a value cannot begin with `*`
          put the whole value in quotes, or take `*t` out
        5:27+4 duplicate-key: `name` stands here twice
          the first is in line 5; keep one of the two
        6:1+2 unknown-key: `<<` means nothing here
          the keys here are `title`, `edition`, `minute`, `kind`, `on`, `day`, `months`, `id`, `text`, `words`, `part`, \
`parts`, `needed`, `named` and `loose`
        7:8+5 yaml-syntax: a value cannot begin with `!`
          put the whole value in quotes, or take `!join` out
        8:9+5 yaml-syntax: a value cannot begin with `!`
          put the whole value in quotes, or take `!!int` out
        9:1+6 duplicate-key: `months` stands here twice
          the first is in line 8; keep one of the two
        """)


def test_references_cannot_blow_up() -> None:
    """A file of a few lines cannot become gigabytes, nor a value hold itself."""
    bomb = "loose:\n  a: &a [x]\n" + "".join(
        f"  {b}: &{b} [{f'*{a},' * 9}]\n" for a, b in zip("abcd", "bcde", strict=True)
    )
    located, found = reading(bomb + "title: &t [*t]\n", Sample)
    assert located is None
    assert found.count("a value cannot begin with `*`") == 37


def test_characters_that_cannot_be_printed() -> None:
    """In the file or in an escape; the text that is shown holds them no more."""
    problems = Problems()
    file = 'title: a\ue000b\ue001\nwords:\n- "\\u0007"\n- x\x1b[31m\n- \u2028\n- \U000f0000\n- "fine\\ttab 😀 é"\n'
    assert read_yaml(file, "f.yaml", Sample, problems) is None
    again = "  delete it and type the text around it again"
    assert told(problems).splitlines() == [
        "1:9+1 bad-character: the character U+E000 cannot be printed",
        again,
        "3:3+8 bad-character: the character U+0007 cannot be printed",
        again,
        "4:4+1 bad-character: the character U+001B cannot be printed",
        again,
        "5:3+1 bad-character: the character U+2028 cannot be printed",
        again,
        "6:3+1 bad-character: the character U+F0000 cannot be printed",
        again,
    ]
    assert [each.place.text for each in problems if each.place][2] == "- x\ufffd[31m"


# --- problems of meaning ----------------------------------------------------------------------------------------------


def test_every_problem_of_meaning_is_told_at_once() -> None:
    """In the order of the file, each with the way to mend it."""
    located, found = reading(
        """\
        titel: Trees
        edition: 1.10
        minute: 2019-03-12
        kind: tal
        on: maybe
        day: 12/11/2026
        months: 61
        id: Big Trees
        text: "  "
        words: ash
        part:
          size: "3"
        parts:
          - name: 2026
            colour: green
          - fir
          - name:
        needed: []
        named:
          Not An Id: {name: x}
          fine: {}
        loose: 3
        """,
        Sample,
    )
    assert located is None
    assert found == lines("""
        1:1+5 unknown-key: `titel` means nothing here
          did you mean `title`?
        2:10+4 version-not-text: `edition` must be text in quotes; `1.10` without them is a number
          write `edition: "1.10"`
        3:9+10 version-not-text: `minute` must be text in quotes; `2019-03-12` without them is a date
          write `minute: "2019-03-12"`
        4:7+3 bad-value: `kind` must be `tall` or `small`
          did you mean `tall`?
        5:5+5 wrong-type: `on` must be yes or no
          write `on: yes` or `on: no`
        6:6+10 wrong-type: `day` must be a date
          write `day: 2026-11-12`, the year first
        7:9+2 bad-value: `months` must be at most 60
        8:5+9 bad-value: `Big Trees` is not lower-case words joined by hyphens
          write `big-trees`
        9:7+4 bad-value: `text` is empty
          write a text, or take it out
        10:8+3 wrong-type: `words` must be a list, not text
          write `words: [ash]`
        11:1+4 missing-key: `part` lacks `name`
          write `name: oak`
        12:9+3 wrong-type: `size` must be a whole number, not text
          write `size: 3`, without quotes
        14:11+4 wrong-type: `name` must be text, not a whole number
          write `name: "2026"`
        15:5+6 unknown-key: `colour` means nothing in item 1 of `parts`
          the keys here are `name` and `size`
        16:5+3 wrong-type: item 2 of `parts` must be a group of keys, not text
          write `{name: fir}`
        17:5+4 wrong-type: `name` has no value
          write `name: oak`
        18:9+2 bad-value: `needed` must hold at least 1 entry
        20:3+9 bad-value: `Not An Id` is not lower-case words joined by hyphens
          write `not-an-id`
        21:3+4 missing-key: `fine` lacks `name`
          write `name: oak`
        22:8+1 wrong-type: `loose` must be a group of keys, not a whole number
        """)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "edition: first",
            '2:10+5 bad-value: `edition` must be numbers with dots between them\n  write `edition: "1.0"`',
        ),
        (
            "edition: [1]",
            '2:10+3 wrong-type: `edition` must be text, not a list\n  write `edition: "1"`',
        ),
        (
            "edition: 2",
            (
                "2:10+1 version-not-text: `edition` must be text in quotes; `2` without them is a whole number\n"
                '  write `edition: "2"`'
            ),
        ),
        ("kind: huge", "2:7+4 bad-value: `kind` must be `tall` or `small`"),
        ("kind: 3", "2:7+1 bad-value: `kind` must be `tall` or `small`"),
        ("kind: [tall]", "2:7+6 bad-value: `kind` must be `tall` or `small`"),
        ("on: 1", "2:5+1 wrong-type: `on` must be yes or no\n  write `on: yes` or `on: no`"),
        (
            "day: 2026-02-30",
            "2:6+10 bad-value: the calendar has no day `2026-02-30`\n  February 2026 has 28 days",
        ),
        (
            "day: 2026",
            "2:6+4 wrong-type: `day` must be a date, not a whole number\n  write `day: 2026-09-01`, the year first",
        ),
        ("months: 0", "2:9+1 bad-value: `months` must be at least 1"),
        ("months: 1.5", "2:9+3 wrong-type: `months` must be a whole number, not a number"),
        ("months: true", "2:9+4 wrong-type: `months` must be a whole number, not true or false"),
        ("id: 42", '2:5+2 wrong-type: `id` must be text, not a whole number\n  write `id: "42"`'),
        (
            "words: [1, x]",
            '2:9+1 wrong-type: item 1 of `words` must be text, not a whole number\n  write `"1"`',
        ),
        ("words: [x, ' ']", "2:12+3 bad-value: item 2 of `words` is empty"),
        (
            "words:\n-\n- x",
            "3:1+1 wrong-type: item 1 of `words` has no value\n  write one, or take the line out",
        ),
        (
            "part: oak",
            "2:7+3 wrong-type: `part` must be a group of keys, not text\n  write `part: {name: oak}`",
        ),
        (
            "part: # later",
            "2:1+4 wrong-type: `part` has no value\n  what follows ` #` is a comment; put the value in quotes",
        ),
        ("parts:", "2:1+5 wrong-type: `parts` has no value\n  write one, or take the line out"),
    ],
)
def test_one_problem_of_meaning(line: str, said: str) -> None:
    """Each kind of value, and each way to get it wrong."""
    located, found = reading(f"title: x\n{line}\n", Sample)
    assert found == said
    assert located is None


def test_a_missing_key_is_told_for_the_whole_file() -> None:
    """There is no line to point at."""
    assert (
        reading("on: yes\n", Sample)[1]
        == "file missing-key: `title` is missing\n  write `title: Trees`"
    )


# --- the two parsers --------------------------------------------------------------------------------------------------

TRICKY = [
    PLACES.replace("|-2 }", "y}"),
    "a:\n- 1\n-  - x\n   - y\n-\n# note\nb: 'it''s'\n? c\n: d\n\"e\": f # note\n",
    "a: >\n  x\n\n   y\n  z\n\nb: |+\n  q\n\nc: |1\n  r\n",
    "é: [😀, “a”, {ü: ñ}]\n",
    "a: 'x\n  y'\nb: z\n w\nc: {d: 1,\n  e: 2}\n",
    "url: http://a.example:80/x?y=z#w\ntime: 12:30\nplus: +44\n",
]


@pytest.mark.parametrize(
    "text",
    TRICKY + [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("templates/*/*.yaml"))],
)
def test_both_parsers_see_the_same(text: str) -> None:
    """The fast parser and the thorough one give the same nodes at the same places."""
    problems = Problems()
    assert compose(text, "f", problems) == compose_thoroughly(text, "f", problems)
    assert not problems.found


def test_the_thorough_parser_alone_would_do() -> None:
    """Where PyYAML has no compiled parser, nothing changes but the speed."""
    root = compose_thoroughly(PLACES.replace("|-2 }", "y}"), "f", Problems())
    assert root is not None
    assert plain(root) == {
        "title": "A tree",
        "part": {"name": "oak"},
        "words": ["ash", "elm"],
        "parts": [{"name": "fir"}, {"name": "yew", "size": 2}],
        "text": "First\n\n  deeper\n",
        "named": {"a": {"name": "\nfolded text"}},
        "loose": {"x": "y"},
    }


# --- what a hint says is right ----------------------------------------------------------------------------------------

OTHER_KINDS = (
    *("12 months", "1,000", "12.0", '"12"', "£12", "1e2", "0x10", "1:30", "007", "-3"),
    *("yes", "off", "2026-13-01", "2026-02-30", "1/9/2026", "true", "1.10", "9" * 30),
    *(
        "[a]",
        "[1]",
        "['x: y']",
        "[a, b]",
        "[[a]]",
        "[{name: a}]",
        "{name: a}",
        "{a: b}",
        "[]",
        "{}",
    ),
    *("\n  - a", "\n  - name: a", "\n  -a\n  -b", "\n  a\n  b", "|\n  a", "a, b", "'a'"),
)
KEYS = tuple(name for name in Sample.model_fields if name != "title")


HINTED = [key for key in KEYS if key not in ("kind", "named", "loose")]
"""What these three may hold is said in the message: there is no line to copy."""


@pytest.mark.parametrize("key", HINTED)
def test_what_a_hint_says_to_write_is_right(key: str) -> None:
    """For every kind of key and of value: the line that a hint gives is read without an error about it."""
    said = [reading(f"title: a\n{key}: {written}\n", Sample)[1] for written in OTHER_KINDS]
    lines = re.findall(rf"  write `({key}: [^`]*)`(?:, | or |$)", "\n".join(said), re.MULTILINE)
    assert lines
    for line in lines:
        again = reading(f"title: a\n{line}\n", Sample)[1]
        assert "YYYY" in line or not re.search("wrong-type|yaml-syntax", again), (line, again)


TOKENS = (
    *(
        "title",
        "words",
        "part",
        "a",
        "#",
        " #b",
        ": ",
        ":",
        "\n",
        "\n  ",
        "- ",
        "-",
        "[",
        "]",
        "{",
        "}",
    ),
    *(
        ",",
        "|",
        ">",
        "&x",
        "*x",
        "!y",
        '"',
        "'",
        "\\",
        "\\x",
        "\\uD83D",
        "\\U00110000",
        "\\UFFFFFFFF",
    ),
    *("\t", "\r", "\ufeff", "\u00a0", "?", "%", "@", "`", "---", "...", "<<", "~", "k" * 1100),
)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
@example('title: "\\U00110000"')
@example('title: "\\UFFFFFFFF"')
@example('title: "\\uD83D"')
def test_any_text_is_read_or_has_an_error_at_a_place(text: str) -> None:
    """Whatever stands in a file: it is read, or what is wrong is told with its place, and each place told once."""
    located, said = reading(text, Sample)
    assert located is not None or said
    assert "unable to parse" not in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("title:a\non: yes", "1:1+1 yaml-syntax: `title:` needs a space after its colon"),
        ("title: x\non:yes", "2:1+1 yaml-syntax: `on:` needs a space after its colon"),
        ('title: "x",\non: yes', "1:11+1 yaml-syntax: a comma stands after a value that"),
        ("title: x\nwords: [a #1, b]", "what follows ` #` is a comment; put a value that holds it"),
        ("title: x\nloose: {" + "k" * 1100 + ": b}", "characters, and this one has more"),
        ("title: x\n" + "k" * 1100 + ": b", "2:1+1 yaml-syntax: a key can have 1024 characters"),
        ('title: "\\U00110000"', "1:9+1 yaml-syntax: `\\U00110000` stands for no character"),
        ('title: "\\xZ"', r"a `\x`, `\u` or `\U` inside double quotes lacks its digits"),
        ("title: x\nday: 2026-13-01", "write `day: 2026-01-13`, if that is the day"),
        ("title: x\nwords:\n  -a\n  -b", "put a space after each `-`"),
    ],
)
def test_slips_of_writing_are_named(line: str, said: str) -> None:
    """By what people did, at its place, with what to write."""
    assert said in reading(line, Sample)[1]
