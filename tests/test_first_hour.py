"""The first hour of a school office: a school begun, a policy chosen, and its facts and questions asked, at a terminal."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

import pytest
import yaml

from policygen.model.question import RefusedAnswerError, Typed, question
from policygen.model.school import Ages
from policygen.project.adopt import AnsweredMeanwhileError, save_adoption, start_adoption
from policygen.project.questions import Point, points, read_answer, save_point, with_point
from tests.support.standing import Standing, standing
from tests.support.terminal import CTRL_C, ENTER, Terminal
from tests.support.workspace import ADOPTION, BASE, SCHOOL, Workspace

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.date(2026, 11, 20)
LOST_KEYS = "templates/tiny/sections/lost-keys.md"
PRINTS_LEAD = (
    LOST_KEYS,
    "reported to the {{ roles.head }} within",
    "reported to {{ people.dsl.name }} or the {{ roles.office }} within",
)


@pytest.fixture
def lacking(tmp_path: Path) -> Standing:
    """A school that has adopted nothing, and lacks a name and a title that the policy prints."""
    return standing(Workspace(tmp_path / "work").without(ADOPTION).with_change(*PRINTS_LEAD))


def facts(root: Path, school: str = "oak") -> dict[str, object]:
    said: dict[str, object] = yaml.safe_load((root / f"schools/{school}/school.yaml").read_text())
    return said


# --- which policies there are -----------------------------------------------------------------------------------------


def test_without_a_policy_what_there_is_to_adopt_is_listed(lacking: Standing) -> None:
    """With what a school wants to know of each, and what to type."""
    listed = lacking.run("adopt", "oak")
    assert listed.code == 0
    assert listed.stdout == (
        "tiny\n    Keys to the school\n"
        "    edition 2026.1 of Northshire County Council, up to 7 questions, not adopted\n"
        "\nnext: policygen adopt oak/tiny   or another of them\n"
    )
    lacking.run("adopt", "oak/tiny", "--write")
    assert "adopted in edition 2026.1" in lacking.run("adopt", "oak").stdout


def test_without_any_model_policy_it_says_where_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "schools/oak").mkdir(parents=True)
    listed = Standing(tmp_path).run("adopt", "oak")
    assert "policygen import FILE" in listed.stdout


# --- a school at a terminal -------------------------------------------------------------------------------------------


def choose(terminal: Terminal, asked: str, key: str, last: str = "Decide later") -> None:
    terminal.expect(asked)
    terminal.expect(last)
    terminal.type(key, ENTER)


def enter(terminal: Terminal, asked: str, text: str) -> None:
    terminal.expect(asked)
    terminal.expect("decide later):")
    terminal.type(text, ENTER)


def test_a_school_is_begun_without_a_file_being_opened(tmp_path: Path) -> None:
    """Each fact in words; one goes back with `<`; ages that cannot be are refused; the file keeps its comments."""
    workspace = standing(Workspace(tmp_path / "work"))
    with Terminal(workspace.root, "new", "school", "fernlea") as terminal:
        enter(terminal, "What is the school called", "Fernlea C of E Infant School")
        choose(terminal, "What kind of school is it?", "1")
        terminal.expect("Which pupils is it for?")
        terminal.expect("Decide later")
        terminal.type("<")
        terminal.expect("your answer is: Community school")
        choose(terminal, "Your answer", "3", last="Leave it as it is")
        choose(terminal, "Which pupils is it for?", "2")
        enter(terminal, "How old", "4 to 17")
        terminal.expect("cannot be kept: no primary school is for ages 4 to 17")
        terminal.type("\x7f\x7f", "7", ENTER)
        shown = terminal.expect("Decide later")
        assert "The governing board" not in shown
        terminal.type("1", ENTER)
        enter(terminal, "What is the employer called", "Northshire County Council")
        choose(terminal, "Which title has the head", "1")
        choose(terminal, "call its governing board", "1")
        terminal.expect("next: policygen adopt fernlea ")
        assert terminal.end() == 0
    assert facts(workspace.root, "fernlea") == {
        "name": "Fernlea C of E Infant School",
        "type": "voluntary-controlled",
        "phase": "primary",
        "ages": {"from": 4, "to": 7},
        "employer": "la",
        "employer_name": "Northshire County Council",
        "roles": {"head": "Headteacher", "board": "governing board"},
    }
    assert "# The facts of this school" in workspace.read("schools/fernlea/school.yaml")
    checked = workspace.run("check", "fernlea")
    assert (checked.code, checked.stderr) == (0, "")


def test_facts_come_first_and_what_was_given_can_be_given_again(lacking: Standing) -> None:
    """The policy is chosen from the list; a person is one who may be named; what is put off is listed at the end."""
    before = lacking.read(SCHOOL)
    with Terminal(lacking.root, "adopt", "oak") as terminal:
        choose(terminal, "Which policy?", "1")
        enter(terminal, "fact 1 of 2, kept in schools/oak/school.yaml", "Leila Hadad")
        terminal.expect("What does the school call its school office?")
        terminal.expect("Decide later")
        terminal.type("<")
        terminal.expect("your answer is: Leila Hadad")
        terminal.expect("leave it as it is):")
        terminal.type("Leila Haddad", ENTER)
        choose(terminal, "What does the school call its school office?", "1")
        choose(terminal, "question 1 of 6", "1")
        terminal.expect("question 2 of 6")
        terminal.expect("nothing marked")
        terminal.type(CTRL_C)
        terminal.expect("stopped: what was answered is kept in")
        left = terminal.expect("next: ")
        assert terminal.end() == 0
    assert "  - Which doors have locks?\n" in left
    assert "Who keeps the keys?" not in left
    said = facts(lacking.root)
    assert said["people"]["dsl"] == {"name": "Leila Haddad", "public": True}  # type: ignore[index]
    assert said["roles"]["office"] == "school office"  # type: ignore[index]
    kept = iter(lacking.read(SCHOOL).splitlines())
    assert all(line in kept for line in before.splitlines())


def test_what_another_policy_answers_is_shown_beside_the_question(tmp_path: Path) -> None:
    """A question of the same id that is no shared rule: nobody contradicts the other policy unawares."""
    base, copies = Workspace(tmp_path / "work"), {}
    for path in (BASE / "templates/tiny").rglob("*.*"):
        name = path.relative_to(BASE).as_posix()
        if path.suffix in (".yaml", ".md", ".svg") and "/editions/" not in name:
            text = base.text(name).replace("Keys to the school", "Gates")
            copies[name.replace("/tiny/", "/gates/")] = text
    workspace = standing(base.with_files(copies))
    with Terminal(workspace.root, "adopt", "oak/gates") as terminal:
        terminal.expect("In “Keys to the school” the school says: The school office")
        terminal.expect("Decide later")
        terminal.type(CTRL_C)
        terminal.end()


# --- the same questions for whoever asks ------------------------------------------------------------------------------

GIVEN = {
    "facts.people.dsl": "Leila Haddad",
    "facts.roles.office": "school office",
    "answers.keeper": "The caretaker",
    "answers.holders": "Members of staff\nGovernors",
    "answers.key_safe": "no",
    "answers.doors": ["the front door", "the hall door"],
    "answers.days_to_report": "3",
    "answers.count_from": "2026-09-01",
    "clauses.who-may-hold": "Keep this text",
    "version": "1.0",
    "author": "School office",
    "reason": "First adopted",
}


def test_everything_can_be_answered_as_people_write_it(lacking: Standing) -> None:
    """Labels in place of keys, a line for each entry; afterwards the policy has no errors and nothing is open."""
    adopting = start_adoption(lacking.root, "oak", "tiny", TODAY)
    while point := next((each for each in points(adopting) if each.is_open), None):
        adopting = with_point(adopting, point, read_answer(adopting, point, GIVEN[point.key]))
    save_adoption(lacking.root, adopting)
    checked = lacking.run("check", "oak")
    assert (checked.stdout, checked.stderr) == ("1 policy checked, no errors\n", "")
    said = {point.key: point.said for point in points(adopting)}
    assert said["answers.holders"] == "Members of staff and Governors"
    assert said["answers.keeper"] == "The caretaker"


@pytest.mark.parametrize(
    ("key", "written", "says"),
    [
        ("answers.keeper", "Nobody", "has no option `Nobody`"),
        ("answers.holders", "", "must be a list, and it is empty"),
        ("answers.days_to_report", "9", "must be a whole number from 1 to 5, not `9`"),
        ("answers.count_from", "1 September", "must be a date, the year first"),
        ("answers.key_safe", "perhaps", "must be yes or no, not `perhaps`"),
        ("version", "one", "must be numbers with dots between them, such as 2.0"),
        ("facts.roles.office", "", "is answered with an empty text"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    lacking: Standing, key: str, written: str, says: str
) -> None:
    adopting = start_adoption(lacking.root, "oak", "tiny", TODAY)
    (point,) = (each for each in points(adopting) if each.key == key)
    with pytest.raises(RefusedAnswerError, match=re.escape(says)):
        read_answer(adopting, point, written)


def test_a_title_has_no_article(lacking: Standing) -> None:
    """The sentences have one already."""
    adopting = start_adoption(lacking.root, "oak", "tiny", TODAY)
    (office,) = (each for each in points(adopting) if each.key == "facts.roles.office")
    assert "begins with “the”" in office.doubts("the school office")[0]
    assert not office.doubts("theatre office")


def test_a_fact_that_somebody_gave_meanwhile_stays(lacking: Standing) -> None:
    adopting = start_adoption(lacking.root, "oak", "tiny", TODAY)
    (lead,) = (each for each in points(adopting) if each.key == "facts.people.dsl")
    save_point(lacking.root, adopting, lead, "Leila Haddad")
    with pytest.raises(AnsweredMeanwhileError):
        save_point(lacking.root, adopting, lead, "Ruth Amadi")
    assert "Ruth Amadi" not in lacking.read(SCHOOL)


@pytest.mark.parametrize(
    ("lowest", "highest", "years", "fits"),
    [
        (4, 7, "Years 1 and 2", True),
        (4, 7, "Years 5 and 6", False),
        (7, 11, "Years 3 to 6", True),
        (7, 11, "Year 2", False),
        (11, 18, "Years 7 to 13", True),
        (11, 16, "Year 6", False),
        (4, 7, "in the year 2000", True),
    ],
)
def test_a_year_group_that_the_school_has_not_is_no_answer(
    lowest: int, highest: int, years: str, *, fits: bool
) -> None:
    """What is suggested for older pupils is not offered, and what is typed is asked about."""
    asked = question(kind="text", ask="Who?", suggested=years)
    ages = Ages.model_validate({"from": lowest, "to": highest})
    point = Point("answers.who", "question", asked, "", ages=ages)
    assert isinstance(point.offer, Typed)
    assert (point.offer.suggested is not None) == fits
    assert bool(point.doubts(years)) == (not fits)


# --- all problems at once ---------------------------------------------------------------------------------------------


def test_answers_and_facts_are_checked_beside_a_version_that_is_wrong(tmp_path: Path) -> None:
    """One round for what stands in different parts of a school's files."""
    workspace = Workspace(tmp_path / "work").with_change(*PRINTS_LEAD)
    workspace = workspace.with_change(ADOPTION, 'version: "2.0"', "version: 2.0")
    workspace = workspace.with_change(ADOPTION, "keeper: office", "keeper: nobody")
    told = re.findall(r"\[([a-z-]+)\]$", workspace.run("check").stderr, re.MULTILINE)
    assert {"version-not-text", "bad-answer", "missing-fact"} <= {*told}


def test_facts_are_told_although_nobody_knows_how_old_the_pupils_are(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "work").with_change(*PRINTS_LEAD)
    old, new = PRINTS_LEAD[2], f"{PRINTS_LEAD[2]}{{% if school.ages.to > 11 %}} two{{% endif %}}"
    workspace = workspace.with_change(PRINTS_LEAD[0], old, new)
    workspace = workspace.with_files({SCHOOL: re.sub("ages: .*", "", workspace.text(SCHOOL))})
    said = workspace.run("check").stderr
    assert "how old the pupils are" in said
    assert "designated safeguarding lead" in said
