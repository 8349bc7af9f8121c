"""An option with a condition is offered where the condition holds, and nowhere else: in every place that offers one."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.disk.editions import read_edition, read_edition_record
from policygen.editions.announce import announced_changes, edition_redline
from policygen.editions.differences import differences
from policygen.ground.diagnostics import Problems
from policygen.language.document import plain
from policygen.model.question import ChoiceQuestion, Option, RefusedAnswerError
from policygen.project.adopt import start_adoption
from tests.support.editions import freeze
from tests.support.standing import standing
from tests.support.terminal import ENTER, Terminal
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace
from tests.test_overlay import ADOPTED, ADOPTS, OFFICE, OVERLAY, SECTION, TRUST

if TYPE_CHECKING:
    from pathlib import Path

OFFICE_OPTION = "      office: {label: The school office, prints: the school office}\n"
AS_OF = datetime.date(2026, 11, 20)
PHASES = ("nursery", "primary", "secondary", "all-through", "special")


def only(when: str) -> tuple[str, str, str]:
    """The change by which `office` is offered only under a condition."""
    return TEMPLATE, OFFICE_OPTION, OFFICE_OPTION.replace("}", f", when: '{when}'}}")


@given(withheld=st.sets(st.sampled_from("abcd")), given_=st.sampled_from("abcde"))
def test_a_question_takes_what_it_offers_and_nothing_else(withheld: set[str], given_: str) -> None:
    """Of those that are withheld it says where they are for a school."""
    options = {key: Option(label=key.upper()) for key in "abcd"}
    question = ChoiceQuestion(ask="Who?", kind="choice", options=options)
    asked = question.without({key: f"it is {key}" for key in withheld})
    offered = [option.answer for option in asked.offer().options]
    assert offered == [key for key in "abcd" if key not in withheld]
    listed = [line[2] for line in asked.allowed()]
    assert listed == offered
    if given_ in offered:
        assert asked.read(given_) == given_
        return
    with pytest.raises(RefusedAnswerError) as refused:
        asked.read(given_)
    assert (f"only where it is {given_}" in refused.value.message) == (given_ in withheld)


@pytest.mark.parametrize("phase", PHASES)
def test_what_is_offered_is_what_is_allowed(tmp_path: Path, phase: str) -> None:
    """For each kind of school: the notes of `adopt --write` and `check` agree."""
    workspace = standing(
        Workspace(tmp_path / "work")
        .with_change(*only('school.phase in ["primary", "nursery"]'))
        .with_change(SCHOOL, "phase: primary", f"phase: {phase}")
        .with_change(ADOPTION, "  keeper: office\n", "")
    )
    workspace.run("adopt", "oak/tiny", "--write")
    offered = "# - office: The school office (suggested)" in workspace.read(ADOPTION)
    workspace.put(ADOPTION, workspace.read(ADOPTION).replace("keeper:\n", "keeper: office\n"))
    allowed = "bad-answer" not in workspace.run("check", "oak").stderr
    assert offered == allowed == (phase in ("primary", "nursery"))


def test_an_option_is_offered_until_the_answer_that_decides_is_there(tmp_path: Path) -> None:
    """What hangs on an answer that nobody gave yet is not ruled out."""
    workspace = standing(
        Workspace(tmp_path / "work")
        .with_change(*only("answers.key_safe"))
        .with_change(ADOPTION, "  keeper: office\n", "")
    )
    for answer, offered in (("yes", True), ("no", False), (None, True)):
        text = Workspace(tmp_path / "other").text(ADOPTION).replace("  keeper: office\n", "")
        line = f"  key_safe: {answer}\n" if answer else ""
        workspace.put(ADOPTION, text.replace("  key_safe: yes\n", line))
        asked = start_adoption(workspace.root, "oak", "tiny", AS_OF).asked
        assert ("office" in asked["keeper"].choices) == offered


@pytest.mark.slow
def test_on_a_terminal(tmp_path: Path) -> None:
    """The number of a choice counts only what is offered."""
    workspace = standing(
        Workspace(tmp_path / "work").with_change(*only("school.trust")).without(ADOPTION)
    )
    with Terminal(workspace.root, "adopt", "oak/tiny") as terminal:
        shown = terminal.expect("Decide later")
        assert "The caretaker (suggested)" in shown
        assert "The school office" not in shown
        terminal.type("1", ENTER)
        terminal.expect("question 2 of 6")
    assert "keeper: caretaker" in workspace.read(ADOPTION)


def test_an_upgrade_asks_again_where_an_option_is_not_for_the_school_any_more(
    tmp_path: Path,
) -> None:
    """The answer was right, and is no longer one that may be given."""
    workspace = standing(Workspace(tmp_path / "work"))
    freeze(workspace.root, "tiny", "2026.1")
    changed = Workspace(tmp_path / "other").with_change(*only("school.trust")).text(TEMPLATE)
    workspace.put(TEMPLATE, changed)
    freeze(workspace.root, "tiny", "2026.2")
    assert workspace.run("upgrade", "oak/tiny").code == 1
    decisions = workspace.read("schools/oak/policies/tiny.upgrade.yaml")
    assert "# the answer is no longer allowed\n" in decisions
    assert "# - caretaker: The caretaker (suggested)\n" in decisions
    assert "office: The school office" not in decisions
    refused = workspace.run("upgrade", "oak/tiny", "--decide", "keeper=office")
    assert "not for this school: only where the name of the trust is given" in refused.stderr
    assert workspace.run("upgrade", "oak/tiny", "--decide", "keeper=caretaker").code == 0
    assert "keeper: caretaker" in workspace.read(ADOPTION)


def test_a_trust_cannot_answer_what_is_not_for_its_school(tmp_path: Path) -> None:
    """The place is in the trust's file, for nothing in the school's is wrong."""
    files = {TRUST: OVERLAY, SECTION: OFFICE, ADOPTED: ADOPTS}
    made = Workspace(tmp_path / "work").without(ADOPTION).with_files(files)
    workspace = standing(made.with_change(*only('school.phase == "special"')))
    said = workspace.run("check", "oak").stderr
    assert "only where the phase of the school is special  [bad-answer]" in said
    assert f"--> {TRUST}:" in said


def test_a_new_condition_is_a_change_to_tell_schools(tmp_path: Path) -> None:
    """Its author and the schools read it in words."""
    workspace = standing(Workspace(tmp_path / "work"))
    freeze(workspace.root, "tiny", "2026.1")
    changed = Workspace(tmp_path / "other").with_change(*only("school.trust")).text(TEMPLATE)
    workspace.put(TEMPLATE, changed)
    problems = Problems()
    old = read_edition(workspace.root, "tiny", "2026.1", None, problems)
    new = read_edition(workspace.root, "tiny", "", None, problems)
    assert old
    assert new
    (found,) = differences(old, new, {}, {})
    assert "office (The school office, the school office)" in found.old
    assert "only where the name of the trust is given" in found.new


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("school.fase", "`school` has no `fase`"),
        ('school.phase == "junior"', "`school.phase` is never `junior`"),
        ('answers.keeper == "caretaker"', "cannot hang on the answer to `keeper` itself"),
    ],
)
def test_a_condition_is_checked_like_any_other(tmp_path: Path, when: str, said: str) -> None:
    """At its place in template.yaml, whatever school there is."""
    made = standing(Workspace(tmp_path / "work").with_change(*only(when))).run("check", "tiny")
    assert said in made.stderr
    assert "templates/tiny/template.yaml:" in made.stderr


def test_the_circular_says_for_whom_an_option_is(tmp_path: Path) -> None:
    """Schools read it beside the option, in words."""
    workspace = standing(Workspace(tmp_path / "work"))
    freeze(workspace.root, "tiny", "2026.1")
    changed = Workspace(tmp_path / "other").with_change(*only("school.trust")).text(TEMPLATE)
    workspace.put(TEMPLATE, changed)
    note = {"questions": ["keeper"], "class": "material", "must": True, "reason": "Trusts only"}
    freeze(workspace.root, "tiny", "2026.2", changes=[note])
    old, new = (
        read_edition(workspace.root, "tiny", edition, None, Problems())
        for edition in ("2026.1", "2026.2")
    )
    record = read_edition_record(workspace.root, "tiny", "2026.2", Problems())
    assert old
    assert new
    assert record
    (row,) = announced_changes(old, new, record, edition_redline(old, new, record).comparison)
    new_lines = [line.line for spot in row.spots for line in spot.lines]
    said = " ".join(plain(cell) for line in new_lines for cell in line.cells)
    assert "(only where the name of the trust is given)" in said
