"""A file that a person writes is changed where it is meant to be: every other value and every comment is still there."""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policygen.files.yamledit import (
    CannotAddError,
    Lines,
    as_block,
    as_yaml,
    with_comment,
    with_items,
    with_names,
    with_value,
    without,
    without_comments,
)
from policygen.files.yamltree import MapNode, check_characters, compose, plain
from policygen.ground.dates import Month
from policygen.ground.diagnostics import Problems

LAYOUTS = {
    "plain": "top: a\ngroup:\n  doors: the front door\n  key: yes\nlast: z\n",
    "comments everywhere": """\
        # one
        top: a   # two
        # three
        group:   # four
          # five
          doors:   # six
            - the front door   # seven
            # eight

            - the hall door
            # nine
          # ten
          key: yes # eleven
          # twelve
        last: z
        # thirteen
        """,
    "document end": "top: a\ngroup:\n  doors: x\n  key: yes # c\n...\n",
    "document end and more": "top: a\ngroup:\n  doors: x\n  key: yes\n... # the end\n# after it\n",
    "document start": "# c1\n---\n# c2\ntop: a\ngroup:\n  doors: x\n  key: yes\nlast: z\n",
    "start and end": "---\ntop: a\ngroup:\n  doors: [x, y]  # c\n  key: yes\n...\n",
    "no line end": "top: a\ngroup:\n  doors: x\n  key: yes # c",
    "windows": "top: a # c\r\ngroup:\r\n  doors: x # d\r\n  key: yes\r\nlast: z\r\n",
    "byte order mark": "\ufefftop: a\ngroup:\n  doors: x # d\n  key: yes\nlast: z\n",
    "braces": "top: a\ngroup: {doors: x, key: yes} # c\nlast: z\n",
    "empty braces": "top: a\ngroup: {} # c\nlast: z\n",
    "nothing": "top: a\ngroup:   # c\nlast: z\n",
    "block text": """\
        top: a
        group:
          doors: |   # c1
            a line # not a comment
              another

            third
          # c2
          key: yes
        last: >
          folded # not either
          text
        # c3
        """,
    "block at the end": "top: a\ngroup:\n  key: yes\n  doors: |\n    text # no comment\n\n    more\n",
    "quotes over lines": """\
        top: a
        group:
          doors: "one # no comment
            two"   # c1
          key: 'yes # neither'   # c2
        last: z
        """,
    "flow over lines": """\
        top: a
        group:
          doors: [one, # c1
            two,
            # c2
            three]
          key: yes
        last: z
        """,
    "wide indent": "top: a\ngroup:\n      doors: x\n      key: yes # c\nlast: z\n",
    "list at the margin": "top: a\ngroup:\n  doors:\n  - x # c1\n  - y\n  key: yes\nlast: z\n",
    "value below its key": "top: a\ngroup:\n  doors:\n    x # c\n  key: yes\nlast: z\n",
    "folded plain text": "top: a\ngroup:\n  doors: one\n    two\n    three # c\n  key: yes\nlast: z\n",
    "quoted keys": "top: a\ngroup:\n  'doors' : x # c\n  key: yes\nlast: z\n",
    "apostrophes": "top: O'Brien # c1\ngroup:\n  doors: Ann's # c2\n  key: yes # it's c3\nlast: z\n",
    "a group within": "top: a\ngroup:\n  doors:\n    deep: x # c1\n    # c2\n    more: y\n  key: yes\nlast: z\n",
    "accents apart": "top: Sia\u0302n   # c\u0302\ngroup:\n  doors: y\u0302 x   # d\n  key: yes\nlast: z\n",
    "empty lines": "\n\ntop: a\n\n\ngroup:\n\n  doors: x\n\n  key: yes\n\n\nlast: z\n\n\n",
    "group last": "top: a\nlast: z\ngroup:\n  doors: x\n  key: yes # c\n  # the end\n",
}
TEXTS = {name: dedent(text) for name, text in LAYOUTS.items()}

VALUES = (
    st.text(st.sampled_from("ab #:'\"-[]{},!&*é“”"), min_size=1, max_size=8)
    | st.booleans()
    | st.integers(-9, 999)
    | st.dates()
    | st.lists(
        st.sampled_from(["the front door", "the hall door", "x", "y", "new: one"]), max_size=3
    )
    | st.none()
)
NAMES = st.sampled_from(["doors", "key", "new", "other"])
ORDER = ["key", "doors", "new"]


def said(text: str) -> Any:
    """What a file says."""
    problems = Problems()
    root = compose(check_characters(text, "", problems), "", problems)
    assert root is not None
    assert not problems.found
    return plain(root)


def comments(text: str) -> Counter[str]:
    """The comments of the layouts: all but those that the layouts call none."""
    clean = check_characters(text, "", Problems())
    return Counter(
        found.strip()
        for found in re.findall(r"(?:^|(?<=\s))#[^\n]*", clean, re.MULTILINE)
        if "not a comment" not in found
        and "no comment" not in found
        and not found.startswith(("# not either", "# neither"))
    )


def line_ends(text: str) -> set[str]:
    """The line ends that a file has."""
    return {*re.findall(r"\r?\n", text)}


def asides(text: str) -> int:
    """How many signs of a comment there are that no value holds."""
    clean = check_characters(text, "", Problems())
    return clean.count("#") - json.dumps(said(text), default=str).count("#")


def rows_beside(text: str, path: tuple[str, ...]) -> list[str]:
    """The lines that a change at a path has nothing to do with: all from the start to its key, and from the next key."""
    clean = check_characters(text, "", Problems())
    lines, first, limit = clean.splitlines(), None, None
    root = compose(clean, "", Problems())
    for key in path:
        entries = root.entries if isinstance(root, MapNode) else {}
        starts = [entry.key.line - 1 for entry in entries.values()]
        if isinstance(root, MapNode) and root.flow:
            break
        if key not in entries:
            return [line for line in lines if line.strip()]
        first = entries[key].key.line - 1
        limit = min([row for row in starts if row > first], default=limit)
        root = entries[key].node
    return [line for line in [*lines[:first], *lines[limit or len(lines) :]] if line.strip()]


def check_kept(before: str, after: str, path: tuple[str, ...] = (), added: int = 0) -> None:
    """Every comment is still there, once, as each line beside the path is; line ends and byte order mark stay.

    `added` are the comments that came with the change.
    """
    clean = check_characters(after, "", Problems())
    for comment, number in comments(before).items():
        assert clean.count(comment) >= number
    assert asides(after) == asides(before) + added
    rest = iter(clean.splitlines())
    for line in rows_beside(before, path):
        assert line in rest
    assert line_ends(after) <= (line_ends(before) or {"\n"})
    assert after.startswith("\ufeff") == before.startswith("\ufeff")


LAYOUT = st.sampled_from([*TEXTS])


@given(LAYOUT, NAMES, VALUES)
def test_a_value_is_put(layout: str, name: str, value: object) -> None:
    """In place of an earlier one, or as a new key: it alone changes."""
    text = TEXTS[layout]
    after = with_value(text, ("group", name), value, order=ORDER)
    check_kept(text, after, ("group", name))
    expected = said(text)
    expected["group"] = {**(expected["group"] or {}), name: said(f"x: {as_yaml(value)}")["x"]}
    assert said(after) == expected


@given(LAYOUT, st.sampled_from(["top", "last", "fresh"]), VALUES)
def test_a_value_is_put_at_the_top(layout: str, name: str, value: object) -> None:
    """The same for a key of the file itself."""
    text = TEXTS[layout]
    after = with_value(text, (name,), value)
    check_kept(text, after, (name,))
    assert said(after) == {**said(text), name: said(f"x: {as_yaml(value)}")["x"]}


@given(LAYOUT, VALUES)
def test_groups_that_are_needed_are_made(layout: str, value: object) -> None:
    """However deep."""
    text = TEXTS[layout]
    after = with_value(text, ("one", "two", "three"), value)
    check_kept(text, after)
    assert said(after) == {
        **said(text),
        "one": {"two": {"three": said(f"x: {as_yaml(value)}")["x"]}},
    }


@given(LAYOUT, st.sampled_from(["doors", "new"]))
def test_lines_are_put(layout: str, name: str) -> None:
    """A value of several lines, as it is written."""
    text = TEXTS[layout]
    assume("braces" not in layout)
    after = with_value(
        text, ("group", name), Lines(["", "  replace: |", "    # words", "", "    b"])
    )
    check_kept(text, after, ("group", name))
    expected = said(text)
    expected["group"] = {**(expected["group"] or {}), name: {"replace": "# words\n\nb\n"}}
    assert said(after) == expected


@given(LAYOUT, st.sampled_from([("top",), ("last",), ("group", "doors"), ("group", "key")]))
def test_a_key_is_taken_out(layout: str, path: tuple[str, ...]) -> None:
    """With its value; what was said of it in a comment stays."""
    text, expected = TEXTS[layout], said(TEXTS[layout])
    within = expected
    for key in path[:-1]:
        within = within[key]
    assume(within and path[-1] in within and "braces" not in layout)
    after = without(text, path)
    check_kept(text, after, path)
    del within[path[-1]]
    if len(path) > 1 and not within:
        expected[path[0]] = None
    assert said(after) == expected


@given(LAYOUT)
def test_keys_exchange_their_names(layout: str) -> None:
    """Both at once."""
    text, expected = TEXTS[layout], said(TEXTS[layout])
    group = expected["group"]
    assume(group and {"doors", "key"} <= {*group} and "braces" not in layout)
    after = with_names(text, ("group",), {"doors": "key", "key": "doors"})
    check_kept(text, after, ("group",))
    group["doors"], group["key"] = group["key"], group["doors"]
    assert said(after) == expected


@given(LAYOUT, st.sampled_from([("changes",), ("group", "changes")]))
def test_items_are_put_at_the_end(layout: str, path: tuple[str, ...]) -> None:
    """In a new list, and in one that stands there."""
    text = TEXTS[layout]
    assume("braces" not in layout)
    once = with_items(text, path, [["# why", "a: 1", "b:"]])
    twice = with_items(once, path, [["a: 2"], ["a: 3"]])
    check_kept(text, twice, path[:1], added=1)
    assert "# why" in comments(twice)
    found = said(twice)
    for key in path:
        found = found[key]
    assert found == [{"a": 1, "b": None}, {"a": 2}, {"a": 3}]
    assert {**said(twice), path[0]: None} == {**said(text), path[0]: None}


@given(LAYOUT)
def test_a_comment_is_put(layout: str) -> None:
    """At the end of a group, and nothing else changes."""
    text = TEXTS[layout]
    after = with_comment(text, ("group",), ["new one", "and more"])
    check_kept(text, after, added=2)
    assert comments(after) == comments(text) + Counter(["# new one", "# and more"])
    assert said(after) == said(text)


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("key:            # note\n", "b", "key: b          # note\n"),
        ("key:   # note\n", "longer", "key: longer # note\n"),
        ("key: a   # note\n", "longer", "key: longer   # note\n"),
        ("key: [a, b] # note\n", ["a", "b", "c"], "key: [a, b, c] # note\n"),
        ("key: a#b # note\n", "c", "key: c # note\n"),
    ],
)
def test_a_comment_keeps_its_column(before: str, value: object, after: str) -> None:
    """Where nothing stood and the value leaves room for it; behind another value, its distance."""
    assert with_value(before, ("key",), value) == after


def test_items_that_stay_keep_their_lines() -> None:
    """What was said of an item that is gone stands above the list."""
    before = dedent("""\
        answers:
          doors:   # agreed at the meeting
            - the front door   # new lock 2025
            # the side door has none: minute 4.2
            - the hall door
            - the gate   # rusty
        """)
    after = dedent("""\
        answers:
          # rusty
          doors:   # agreed at the meeting
            - the front door   # new lock 2025
            - the back door
            # the side door has none: minute 4.2
            - the hall door
        """)
    values = ["the front door", "the back door", "the hall door"]
    assert with_value(before, ("answers", "doors"), values) == after


@pytest.mark.parametrize(
    "text",
    [
        "- a\n- b\n",
        "a: [1, 2\n",
        "top: a\ntop: b\n",
        "group: a text\n",
        "group: [a]\n",
        '{"group": {"doors": "x"},\n "top": 1}\n',
        "group: &a {doors: x}\n",
    ],
)
def test_what_cannot_be_changed_is_left_alone(text: str) -> None:
    """Lists, faulty files, values where a group is needed, JSON on several lines."""
    with pytest.raises(CannotAddError):
        without(text, ("group", "doors"))
    if "{" not in text:
        with pytest.raises(CannotAddError):
            with_value(text, ("group", "doors"), "y")


WORDS = st.text(st.sampled_from("ab1 #:'\"-[]{},!&*é“”?|>%@`~"), max_size=8).map(str.strip)
PLAIN = WORDS | st.dates().map(str)


@given(PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.sampled_from(["a", "b c"]), PLAIN))
def test_a_value_on_one_line_is_read_as_what_it_is(value: object) -> None:
    """Texts with every sign that means something in YAML, also within brackets and braces."""
    written = as_yaml(value)
    assert "\n" not in written
    assert said(f"x: {written}\n") == {"x": value}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "yes"),
        (False, "no"),
        (None, ""),
        ("Ann, Bob", "Ann, Bob"),
        (["Ann, Bob", "x"], '["Ann, Bob", x]'),
        ({"a": "b: c", "d": 1}, '{a: "b: c", d: 1}'),
        (Month(2026, 9), "2026-09"),
    ],
)
def test_a_value_is_written_as_a_person_would(value: object, written: str) -> None:
    """With quotes only where it would be read as something else."""
    assert as_yaml(value) == written


@given(st.lists(WORDS, min_size=1, max_size=4).map("\n".join))
def test_a_text_of_several_lines_stands_as_it_is(text: str) -> None:
    """Line by line below its key, or in quotes where YAML would read something else."""
    written = "\n".join([*as_block("x", text), ""])
    assert said(written) == {"x": f"{text.rstrip()}\n"}
    assert written.startswith(("x: |\n", 'x: "'))


def test_a_text_of_several_lines_needs_no_quotes() -> None:
    assert as_block("x", "a: b\n\n# c\n") == ["x: |", "  a: b", "", "  # c"]
    assert as_block("x", " a\nb") == ['x: " a\\nb\\n"']


def test_a_new_key_stands_below_its_note() -> None:
    """After the nearest key that comes before it, and below an empty line where it takes several."""
    text = "group:\n  one: 1\n  three: 3 # c\n\n  # the end\n"
    order = ["one", "two", "three"]
    noted = with_value(text, ("group", "two"), "x", order=order, note=["Why?", "", "So."])
    assert noted == (
        "group:\n  one: 1\n\n  # Why?\n  #\n  # So.\n  two: x\n  three: 3 # c\n\n  # the end\n"
    )
    table = with_value(text, ("group", "rows"), [{"a": 1}, {"a": 2}], order=order)
    assert table == (
        "group:\n  one: 1\n  three: 3 # c\n\n  rows:\n    - {a: 1}\n    - {a: 2}\n\n  # the end\n"
    )
    first = with_value("# top\n\nlast: z\n", ("new",), "x", order=["new", "last"])
    assert first == "# top\n\nnew: x\nlast: z\n"


def test_dates_and_words_of_yaml() -> None:
    """A value is read back as what it was."""
    text = with_value("a: b\n", ("day",), datetime.date(2026, 9, 1))
    assert with_value(text, ("word",), "null") == 'a: b\nday: 2026-09-01\nword: "null"\n'


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("# a\na: 1 # b\n\n# c\nb: 2\n# d\n", "a: 1\n\nb: 2\n"),
        ("a: |\n  # a heading\n  text # of it\n# a comment\nb: 2\n", "a: |\n  # a heading\n  text # of it\nb: 2\n"),
        ("a: 'x # y' # z\nb: \"it's # so\" # z\n", "a: 'x # y'\nb: \"it's # so\"\n"),
        ("a: >\n  folded\n\n# a comment\n", "a: >\n  folded\n\n"),
        ("a:\n  - b # c\n  # d\n  - {e: f} # g\n", "a:\n  - b\n  - {e: f}\n"),
        ("a: b#c\nd: ash # e\n", "a: b#c\nd: ash\n"),
        ('a: "b\\" # c" # d\n', 'a: "b\\" # c"\n'),
        ("a: [\"b # c\", 'd # e'] # f\n", "a: [\"b # c\", 'd # e']\n"),
        ("a: b\t# c\nd: it's # e\n", "a: b\nd: it's\n"),
        ("# allow law-dated: so\na: b # allow law-dated: so\n", "# allow law-dated: so\na: b # allow law-dated: so\n"),
    ],
)  # fmt: skip
def test_what_is_no_comment_stays_when_comments_go(text: str, bare: str) -> None:
    assert without_comments(text) == bare
