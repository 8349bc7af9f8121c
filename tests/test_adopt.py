"""`policygen adopt`: on a real terminal it asks; elsewhere, or with `--write`, it writes the open questions down."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.disk.editions import newer_edition
from policygen.files.yamledit import CannotAddError, as_yaml, with_value
from policygen.files.yamltree import compose, plain
from policygen.ground.diagnostics import InputError, Problems
from policygen.ground.letters import nfc
from policygen.project.adopt import (
    AnsweredMeanwhileError,
    add_to_adoption,
    save_adoption,
    start_adoption,
    with_answer,
)
from tests.support.editions import freeze
from tests.support.standing import Standing, standing
from tests.support.terminal import CTRL_C, DOWN, ENTER, SPACE, Terminal
from tests.support.workspace import ADOPTION, TEMPLATE, Workspace

if TYPE_CHECKING:
    from pathlib import Path

NAME = "oak/tiny"
TODAY = datetime.date(2026, 11, 20)
OPEN = ["keeper", "holders", "key_safe", "doors", "days_to_report", "count_from"]
"""The questions of the model policy `tiny` that are asked whatever the answers are."""
ANSWERED = """\
answers:
  keeper: office
  holders: [staff, governors]
  key_safe: yes
  safe_place: in the staff room, "behind" the door
  doors: [the front door, "the hall: both doors"]
  days_to_report: 2
  count_from: 2026-09-01

clauses:
  who-may-hold: keep
"""


@pytest.fixture
def begun(tmp_path: Path) -> Standing:
    """A workspace whose school has not adopted anything yet."""
    return standing(Workspace(tmp_path / "work").without(ADOPTION))


@pytest.fixture
def adopted(tmp_path: Path) -> Standing:
    """A workspace whose school has answered everything."""
    return standing(Workspace(tmp_path / "work"))


@pytest.fixture(scope="module")
def one_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace for many adoptions, one after another; one question is answered for all policies of the school."""
    asked = "  key_safe:\n    ask: Is there a key safe?\n    kind: yes-no\n"
    workspace = Workspace(tmp_path_factory.mktemp("one")).without(ADOPTION)
    workspace = workspace.with_files({"templates/shared/questions.yaml": f"questions:\n{asked}"})
    return workspace.with_change(TEMPLATE, asked, "  key_safe: shared\n").write()


def unanswered(workspace: Standing) -> list[str]:
    """The questions that `check` lists, in the order of their lines."""
    return re.findall(
        r"^error: `(\w+)` has no answer ", workspace.run("check", "oak").stderr, re.MULTILINE
    )


def answer(terminal: Terminal, *keys: str) -> None:
    """Answer a question that is put as a list."""
    terminal.expect("Decide later")
    terminal.type(*keys, ENTER)


def enter(terminal: Terminal, prompt: str, text: str) -> None:
    """Answer a question that is put as a line to fill."""
    terminal.expect(prompt)
    terminal.type(text, ENTER)
    terminal.expect(f"{text}\n")


# --- on a terminal ----------------------------------------------------------------------------------------------------


def answer_everything(terminal: Terminal) -> None:
    answer(terminal, "1")
    terminal.expect("question 2 of 6")
    terminal.expect("nothing marked")
    terminal.type(SPACE, DOWN, SPACE, ENTER)
    answer(terminal, "1")
    terminal.expect("question 4 of 7\nWhere is the key safe?")
    enter(terminal, "(empty: decide later):", 'in the staff room, "behind" the door')
    enter(terminal, "Entry 1 (empty: decide later):", "the front door")
    enter(terminal, "Entry 2 (empty: no more):", "the hall: both doors")
    terminal.expect("Entry 3 (empty: no more):")
    terminal.type(ENTER)
    terminal.expect("question 6 of 7")
    terminal.expect("(empty: decide later):")
    terminal.type("9", ENTER)
    terminal.expect("this must be a whole number from 1 to 5, not `9`")
    terminal.type("\x7f2", ENTER)
    terminal.expect("question 7 of 7")
    terminal.expect("(empty: decide later):")
    terminal.type("1 September", ENTER)
    terminal.expect("this must be a date, the year first")
    terminal.type("\x7f" * 11, "2026-09-01", ENTER)
    assert "Keys are held by Members of staff" not in terminal.expect("clause 1 of 1")
    assert "Keys are held by members of staff and governors only." in terminal.expect(
        "1) Keep this text"
    )
    answer(terminal, "1")


def test_every_kind_of_question(begun: Standing) -> None:
    """The whole way at a terminal: each kind of question, a clause, and the history of a policy that the school had."""
    with Terminal(begun.root, "adopt", NAME) as terminal:
        answer_everything(terminal)
        terminal.expect("the version that is being prepared")
        answer(terminal, "2")
        terminal.expect("(empty: decide later):")
        terminal.type("two", ENTER)
        terminal.expect("this must be numbers with dots between them, such as 2.0")
        terminal.type("\x7f\x7f\x7f", "2.0", ENTER)
        enter(terminal, "Earlier version, such as 1.0 (empty: no more):", "1.10")
        enter(terminal, "Approved on, the year first:", "2021-03-16")
        enter(terminal, "Prepared by:", "Headteacher")
        enter(terminal, "Why:", "First approved")
        enter(terminal, "Minute number (empty: not known):", "13.3")
        terminal.expect("Earlier version, such as 1.0 (empty: no more):")
        terminal.type(ENTER)
        enter(
            terminal,
            "Your answer (empty: decide later):",
            "Office",
        )
        enter(terminal, "Your answer (empty: decide later):", "Moved to the county policy")
        terminal.expect(
            f"kept in {ADOPTION}\neverything is decided\n\nnext: policygen build {NAME}\n"
        )
        assert terminal.end() == 0
    text = begun.read(ADOPTION)
    assert text.endswith(
        'version: "2.0"\nauthor: Office\nreason: Moved to the county policy\n\n'
        + ANSWERED
        + "\nhistory:\n"
        + '  - {version: "1.10", date: 2021-03-16, author: Headteacher, reason: First approved, minute: "13.3"}\n'
    )
    assert begun.run("check", "oak").stdout == "1 policy checked, no errors\n"


def test_ctrl_c_keeps_what_was_answered(begun: Standing) -> None:
    """Each answer is saved when it is given, so that nobody has to begin again."""
    with Terminal(begun.root, "adopt", NAME) as terminal:
        answer(terminal, "2")
        terminal.expect("question 2 of 6")
        terminal.expect("nothing marked")
        terminal.type(CTRL_C)
        terminal.expect(f"stopped: what was answered is kept in {ADOPTION}\n")
        terminal.expect(
            "5 questions and 1 clause still to decide; version, author and reason still to fill in\n"
        )
        assert terminal.end() == 0
    assert begun.read(ADOPTION).endswith("\nanswers:\n  keeper: caretaker\n")
    assert unanswered(begun) == OPEN[1:]
    with Terminal(begun.root, "adopt", NAME) as terminal:
        assert "Who keeps the keys?" not in terminal.expect("question 2 of 6")


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_another_has_answered_meanwhile_stays(begun: Standing) -> None:
    """At two terminals: what only one has answered is in the file, and of what both have, the first answer."""
    with (
        Terminal(begun.root, "adopt", NAME) as first,
        Terminal(begun.root, "adopt", NAME) as second,
    ):
        second.expect("question 1 of 6")
        answer(first, "2")
        first.expect("question 2 of 6")
        first.expect("nothing marked")
        answer(second, "1")
        second.expect("somebody else has decided this meanwhile: what they wrote stays")
        second.expect("question 2 of 6")
        second.expect("nothing marked")
        second.type(SPACE, ENTER)
        second.expect("question 3 of 6")
        first.type(CTRL_C)
        assert first.end() == 0
        second.expect("Decide later")
        second.type(CTRL_C)
        assert second.end() == 0
    assert begun.read(ADOPTION).endswith("\nanswers:\n  keeper: caretaker\n  holders: [staff]\n")


GIVEN = {"keeper": ("office", "caretaker"), "key_safe": ("yes", "no"), "days_to_report": (2, 3)}


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([*GIVEN]), st.booleans()), max_size=6),
)
@settings(max_examples=40)
def test_answers_of_two_are_all_kept_in_whatever_order(
    one_root: Path, given_answers: list[tuple[bool, str, bool]]
) -> None:
    """Each knows what it saw last; the file has the first answer to each question that was asked of both."""
    for path in (ADOPTION, "schools/oak/answers.yaml"):
        (one_root / path).unlink(missing_ok=True)
    sitting = dict.fromkeys((False, True), start_adoption(one_root, "oak", "tiny", TODAY))
    kept: dict[str, object] = {}
    for who, name, which in given_answers:
        value = GIVEN[name][which]
        adding = partial(with_answer, name=name, answer=value)
        knew = sitting[who].given.get(name)
        try:
            sitting[who] = add_to_adoption(
                one_root, sitting[who], lambda each, name=name: each.given.get(name), adding
            )
            assert knew == kept.get(name)
            kept[name] = value
        except AnsweredMeanwhileError as error:
            assert knew != kept[name]
            sitting[who] = error.now
        written = start_adoption(one_root, "oak", "tiny", TODAY)
        assert {name: given for name, given in written.given.items() if given is not None} == kept


def test_nothing_is_added_to_another_edition(one_root: Path) -> None:
    """What was asked may not be asked of it any more."""
    (one_root / ADOPTION).unlink(missing_ok=True)
    begun = start_adoption(one_root, "oak", "tiny", TODAY)
    save_adoption(one_root, begun)
    upgraded = begun.text.replace('edition: "2026.1"', 'edition: "2026.2"')
    (one_root / ADOPTION).write_text(upgraded)
    with pytest.raises(InputError, match="changed-meanwhile"):
        add_to_adoption(one_root, begun, lambda _: None, lambda each: each)
    assert (one_root / ADOPTION).read_text() == upgraded


def test_a_long_answer_is_read_whole(begun: Standing) -> None:
    """On a screen of eighty columns it goes on in the next line, with the word that marks what is suggested."""
    label = "The school office, and when nobody is there the caretaker who lives in the lodge beside the gate"
    begun.put(
        TEMPLATE, begun.read(TEMPLATE).replace("label: The school office,", f'label: "{label}",')
    )
    with Terminal(begun.root, "adopt", NAME, width=80) as terminal:
        shown = terminal.expect("Decide later")
        terminal.type(CTRL_C)
        terminal.end()
    assert f"{label} (suggested)" in " ".join(shown.split())


def test_nothing_is_answered_by_enter_alone(begun: Standing) -> None:
    """The pointer begins at “Decide later”: an answer is always chosen."""
    with Terminal(begun.root, "adopt", NAME) as terminal:
        answer(terminal)
        terminal.expect("nothing marked")
        terminal.type(ENTER)
        answer(terminal)
        for number in (4, 5, 6):
            terminal.expect(f"question {number} of 6")
            terminal.expect("(empty: decide later):")
            terminal.type(ENTER)
        answer(terminal)
        answer(terminal)
        for words in ("Who prepares", "Why"):
            terminal.expect(words)
            terminal.type(ENTER)
        terminal.expect("nothing was changed")
        assert terminal.end() == 0
    assert not (begun.root / ADOPTION).exists()


def test_a_question_is_asked_only_when_its_condition_holds(begun: Standing) -> None:
    """Without a key safe, nobody is asked where it is."""
    with Terminal(begun.root, "adopt", NAME) as terminal:
        answer(terminal, "1")
        terminal.expect("nothing marked")
        terminal.type(ENTER)
        answer(terminal, "2")
        terminal.expect("question 4 of 6\nWhich doors have locks?")
        terminal.expect("Entry 1")
        terminal.type(CTRL_C)
        terminal.end()
    assert "safe_place" not in begun.read(ADOPTION)


def test_own_wording_later(begun: Standing) -> None:
    """Who will write a clause later finds the model text in the file, and `check` still asks for it."""
    begun.put(
        ADOPTION,
        Workspace(begun.root).text(ADOPTION).replace("clauses:\n  who-may-hold: keep\n", ""),
    )
    with Terminal(begun.root, "adopt", NAME) as terminal:
        answer(terminal, "2")
        terminal.expect("1 clause still to decide\n")
        terminal.end()
    written = begun.read(ADOPTION)
    assert (
        "\n  #     Keys are held by members of staff and governors only.\n  # who-may-hold: keep\n"
        in written
    )
    assert "[undecided-clause]" in begun.run("check", "oak").stderr
    with Terminal(begun.root, "adopt", NAME) as terminal:
        answer(terminal, "1")
        terminal.expect("everything is decided")
        terminal.end()
    assert begun.read(ADOPTION) == written.replace("  # who-may-hold: keep", "  who-may-hold: keep")


def test_again(adopted: Standing) -> None:
    """One question is asked again when somebody says so, and nothing else changes."""
    before = adopted.read(ADOPTION).replace(
        "  keeper: office\n", "  keeper: office   # since 2019\n"
    )
    adopted.put(ADOPTION, before)
    with Terminal(adopted.root, "adopt", NAME, "--again", "keeper") as terminal:
        terminal.expect("your answer is: The school office")
        terminal.expect("Leave it as it is")
        terminal.type("2", ENTER)
        terminal.expect("everything is decided\n")
        assert terminal.end() == 0
    assert adopted.read(ADOPTION) == before.replace("keeper: office ", "keeper: caretaker ")


def test_a_question_that_is_no_longer_asked_is_not_asked_again(adopted: Standing) -> None:
    """The first of two answers may take the second question away; `check` then says that its answer has to go."""
    with Terminal(
        adopted.root, "adopt", NAME, "--again", "key_safe", "--again", "safe_place"
    ) as terminal:
        terminal.expect("Leave it as it is")
        terminal.type("2", ENTER)
        terminal.expect("everything is decided, but not right yet: 1 error\n")
        assert terminal.end() == 0
    assert "`safe_place` is not asked of this school" in adopted.run("check", "oak").stderr


def test_a_file_with_every_answer_is_left_alone(adopted: Standing) -> None:
    """Where nothing is open, nothing is asked."""
    before = adopted.read(ADOPTION)
    with Terminal(adopted.root, "adopt", NAME) as terminal:
        terminal.expect("nothing was changed\neverything is decided\n")
        assert terminal.end() == 0
        assert "question 1" not in terminal.shown
    assert adopted.read(ADOPTION) == before


# --- in the file ------------------------------------------------------------------------------------------------------


def test_write_then_check(begun: Standing) -> None:
    """`check` lists exactly what `--write` left open, each in its own line."""
    written = begun.run("adopt", NAME, "--write")
    assert written.code == 0
    assert written.stdout == (
        f"wrote {ADOPTION}\n"
        "6 questions and 1 clause still to decide; version, author and reason still to fill in\n\n"
        f"next: policygen adopt {NAME}   asks for it, on a terminal\n"
        f"  or: policygen check {NAME}   names each with its line\n"
    )
    lines = begun.read(ADOPTION).splitlines()
    checked = begun.run("check", "oak").stderr
    told = re.findall(
        r"^error: `(\w+)` has no (?:value|answer)  .*\n  --> (.+):(\d+):\d+$", checked, re.MULTILINE
    )
    assert [key for key, _, _ in told] == ["version", "author", "reason", *OPEN]
    for key, path, line in told:
        assert path == ADOPTION
        assert lines[int(line) - 1].strip() == f"{key}:"
    others = set(re.findall(r"\[([a-z-]+)\]$", checked, re.MULTILINE)) - {
        "wrong-type",
        "unanswered-question",
    }
    assert others <= {"undecided-clause"}


def test_what_is_written_says_how_to_answer(begun: Standing) -> None:
    """The file can be filled in without anything else at hand."""
    begun.run("adopt", NAME, "--write")
    assert begun.read(ADOPTION).endswith(
        """\
answers:

  # Who keeps the keys?
  # - office: The school office (suggested)
  # - caretaker: The caretaker
  keeper:

  # Who may hold a key?
  # any of these, as a list: [staff, governors]
  # - staff: Members of staff
  # - governors: Governors
  holders:

  # Is there a key safe?
  # yes or no
  key_safe:

  # Which doors have locks?
  # a list
  doors:

  # Within how many days is a lost key reported?
  # a whole number from 1 to 5
  days_to_report:

  # From which day are the keys counted?
  # a date, the year first, such as 2026-09-01
  count_from:

clauses:

  # Required clauses: keep our text, or write your own. To keep it, take the `# ` away before `ID: keep`.
  # For your own, write this in its place:
  #     ID:
  #       replace: |
  #         Your own text, without a number.
  #       reason: Why it differs

  # Say who may hold a key besides those named.
  # Our text:
  #     Keys are held by … only.
  # who-may-hold: keep
"""
    )


def test_what_is_written_can_be_filled_in(begun: Standing) -> None:
    """Filled in as it says, it is right; the terminal takes up what stands empty in it."""
    begun.run("adopt", NAME, "--write")
    text = begun.read(ADOPTION)
    for key, value in {
        "version": '"1.0"',
        "author": "Office",
        "reason": "First",
        "keeper": "office",
    }.items():
        text = re.sub(rf"^( *{key}:)$", rf"\1 {value}", text, flags=re.MULTILINE)
    begun.put(ADOPTION, text)
    with Terminal(begun.root, "adopt", NAME) as terminal:
        terminal.expect("question 2 of 6")
        terminal.expect("nothing marked")
        terminal.type(SPACE, ENTER)
        answer(terminal, "2")
        enter(terminal, "Entry 1", "the hall")
        terminal.expect("Entry 2")
        terminal.type(ENTER)
        enter(terminal, "(empty: decide later):", "3")
        enter(terminal, "(empty: decide later):", "2026-09-01")
        answer(terminal, "1")
        terminal.expect("everything is decided")
        terminal.end()
    assert [
        line
        for line in begun.read(ADOPTION).splitlines()
        if not line.strip().startswith("#") and line
    ][1:] == [
        'version: "1.0"',
        "author: Office",
        "reason: First",
        "answers:",
        "  keeper: office",
        "  holders: [staff]",
        "  key_safe: no",
        "  doors: [the hall]",
        "  days_to_report: 3",
        "  count_from: 2026-09-01",
        "clauses:",
        "  who-may-hold: keep",
    ]


@pytest.mark.parametrize("state", ["begun", "adopted"])
def test_running_twice_changes_nothing(state: str, request: pytest.FixtureRequest) -> None:
    """What is there once is not written again."""
    workspace: Standing = request.getfixturevalue(state)
    workspace.run("adopt", NAME, "--write")
    before = workspace.read(ADOPTION)
    again = workspace.run("adopt", NAME, "--write")
    assert again.stdout.startswith(f"{ADOPTION} has every open question already\n")
    assert workspace.read(ADOPTION) == before


def test_a_question_that_an_answer_opens_comes_in_its_place(begun: Standing) -> None:
    """After `key_safe: yes`, the next run asks where the safe is, below it."""
    begun.run("adopt", NAME, "--write")
    begun.put(
        ADOPTION,
        begun.read(ADOPTION).replace("  key_safe:\n", "  key_safe: yes  # by the kitchen\n"),
    )
    begun.run("adopt", NAME, "--write")
    expected = "  key_safe: yes  # by the kitchen\n\n  # Where is the key safe?\n  # text\n  safe_place:\n\n  # Which doors"
    assert expected in begun.read(ADOPTION)


ODD = """\
# Our own notes
"edition":   '2026.1'
reason: "First: adoption"    # agreed in May
author: >-
  The office,
  # with the head

answers:
# not at the margin
    doors:        # which
    -   the front door   # painted
    - 'the hall door'

    # the key safe is new
    key_safe:   yes
version:   # to be settled
review: {months: 12}
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_line_of_an_existing_file_stays(begun: Standing, ends: str, mark: str) -> None:
    """Comments, order, quotes, indents, line ends and the mark at the beginning are the school's."""
    begun.put(ADOPTION, mark + ODD.replace("\n", ends))
    begun.run("adopt", NAME, "--write")
    text = begun.read(ADOPTION)
    assert text.startswith(mark)
    lines = text.removeprefix("\ufeff").split(ends)
    assert "\n" not in "".join(lines)
    remaining = iter(lines)
    assert all(line in remaining for line in ODD.rstrip("\n").split("\n"))
    assert unanswered(begun) == ["keeper", "holders", "days_to_report", "count_from", "safe_place"]


def test_answers_in_braces(begun: Standing) -> None:
    """An answer goes into braces if that is how the school writes."""
    begun.put(ADOPTION, 'edition: "2026.1"\nanswers: {keeper: office, doors: [hall]}  # short\n')
    with Terminal(begun.root, "adopt", NAME, "--again", "keeper") as terminal:
        terminal.expect("Leave it as it is")
        terminal.type("2", ENTER)
        terminal.expect("nothing marked")
        terminal.type(SPACE, ENTER)
        terminal.expect("question 3")
        terminal.expect("Decide later")
        terminal.type(CTRL_C)
        terminal.end()
    assert "answers: {holders: [staff], keeper: caretaker, doors: [hall]}  # short\n" in begun.read(
        ADOPTION
    )


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["oak/a/b"],
            2,
            "`oak/a/b` is not a school, or a school and a policy; write `elm-grove/staff",
        ),
        (
            ["oakk"],
            1,
            "error: there is no school `oakk`  [unknown-school]\nhint: did you mean `oak`?",
        ),
        (
            ["oakk/tiny"],
            1,
            "hint: did you mean `oak`?\nhint: to begin it, type `policygen new school oakk`",
        ),
        (
            ["oak/tinny"],
            1,
            "error: there is no model policy `tinny`  [unknown-template]\nhint: did you mean `tiny`?",
        ),
        ([NAME, "--again", "keeper"], 2, "--again asks, so it needs a terminal, and no --write"),
    ],
)
def test_what_cannot_be_adopted(
    begun: Standing, arguments: list[str], code: int, said: str
) -> None:
    """The message says what to type."""
    refused = begun.run("adopt", *arguments)
    assert refused.code == code
    assert said in refused.stderr
    assert not (begun.root / ADOPTION).exists()


def test_only_questions_that_are_asked_are_asked_again(adopted: Standing) -> None:
    """A misspelt question is named with its nearest."""
    with Terminal(adopted.root, "adopt", NAME, "--again", "keepr") as terminal:
        terminal.expect(
            "`keepr` is not a question that is asked of this school; did you mean `keeper`?"
        )
        assert terminal.end() == 2


def test_a_file_with_errors_is_not_touched(begun: Standing) -> None:
    """First the errors are mended; then there is something to add to."""
    broken = 'edition: "2026.1"\nanswer: {keeper: office}\n'
    begun.put(ADOPTION, broken)
    refused = begun.run("adopt", NAME, "--write")
    assert refused.code == 1
    assert "did you mean `answers`?" in refused.stderr
    assert begun.read(ADOPTION) == broken


def test_errors_elsewhere_are_named_at_the_end(adopted: Standing) -> None:
    """Everything may be decided and something still be wrong."""
    adopted.put(ADOPTION, adopted.read(ADOPTION).replace("keeper: office", "keeper: ofice"))
    said = adopted.run("adopt", NAME, "--write").stdout
    assert said.endswith(
        f"everything is decided, but not right yet: 1 error\n\nnext: policygen check {NAME}\n"
    )


def test_help_does_not_load_what_asks() -> None:
    """Only a question at a terminal needs the library that puts it."""
    program = "import sys; from policygen.cli import commands; commands(['adopt', '--help'], standalone_mode=False); "
    program += (
        "print([name for name in sys.modules if 'questionary' in name or 'prompt_toolkit' in name])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8"
    )
    assert done.stdout.endswith("[]\n")


# --- adding to YAML ---------------------------------------------------------------------------------------------------

TEXTS = st.text(
    st.characters(exclude_categories=["C"], exclude_characters="\u2028\u2029"), min_size=1
)
VALUES = TEXTS | st.booleans() | st.integers(-999, 999) | st.dates() | st.lists(TEXTS, max_size=3)


def said(text: str) -> object:
    problems = Problems()
    root = compose(text, "", problems)
    assert root is not None
    assert not problems.found
    return plain(root)


@given(TEXTS)
def test_any_text_is_read_back(text: str) -> None:
    """Quotes are put where they are needed; letters are read composed, as everywhere."""
    text = nfc(text)
    assert said(f"x: {as_yaml(text)}") == {"x": text}
    assert said(f"x: {as_yaml([text, text])}") == {"x": [text, text]}
    assert said(f"x: {as_yaml({'y': text, 'z': text})}") == {"x": {"y": text, "z": text}}


@given(
    VALUES,
    st.sampled_from(["doors", "key_safe", "new"]),
    st.sampled_from(["answers", "review", "more", ""]),
)
def test_only_what_is_meant_changes(value: object, name: str, group: str) -> None:
    """Whatever is put where, the file says the same as before but for it."""
    try:
        text = with_value(
            ODD, [*filter(None, [group]), name], value, order=["key_safe", "doors", "new"]
        )
    except CannotAddError:
        pytest.fail("this file can be added to")
    before, after = said(ODD), said(text)
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    inner = after.pop(group, {}) if group else after
    assert inner.pop(name) == said(f"x: {as_yaml(value)}")["x"]  # type: ignore[index]
    kept = {
        key: each
        for key, each in (before.pop(group, {}) if group else before).items()
        if key != name
    }
    assert inner == kept
    assert after == ({key: each for key, each in before.items() if group or key != name})


def test_an_edition_that_is_still_to_come_is_not_adopted(begun: Standing) -> None:
    """A school begins with the last edition that is issued; nobody is told that they are behind one that is not."""
    freeze(begun.root, "tiny", "2026.1")
    freeze(begun.root, "tiny", "2026.2", previous="2026.1", issued="2026-12-01")
    begun.run("adopt", NAME, "--write", "--as-of", "2026-11-20")
    assert begun.read(ADOPTION).count('edition: "2026.1"') == 1
    for day, newer in ((datetime.date(2026, 11, 20), ""), (datetime.date(2026, 12, 1), "2026.2")):
        assert newer_edition(begun.root, "tiny", "2026.1", day, Problems()) == newer
