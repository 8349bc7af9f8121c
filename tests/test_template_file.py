"""template.yaml: order, numbering, questions, forms and circular, each key with its own problems."""

import datetime
from functools import partial
from pathlib import Path

import pytest

from policygen.disk.editions import read_edition
from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Problems
from policygen.model.question import (
    ChoiceQuestion,
    ChoicesQuestion,
    DateQuestion,
    ListQuestion,
    Option,
    TextQuestion,
    WholeNumberQuestion,
    YesNoQuestion,
)
from policygen.model.shared import SharedFile, declarations, with_declared
from policygen.model.template import AppendixEntry, FormEntry, SectionEntry, Template
from tests.support.reading import lines, read, reading, told

ROOT = Path(__file__).parents[1]
FILES_MD = ROOT / "docs" / "reference" / "files.md"

HEAD = """\
title: Use of IT
edition: "2026.1"
issued: 2026-09-01
issuer: {name: Northshire, kind: la}
adoption: {body: full-board, review_months: 24}
"""
LEAST = HEAD + "sections: [introduction]\n"


def said_of_question(written: str) -> str:
    """What is told about a template whose one question, `q`, is this."""
    return reading(f"{LEAST}questions:\n  q: {written}\n", Template)[1]


def test_the_least_template() -> None:
    """What may be left out has the value that the reference page says."""
    template = read(LEAST, Template).value
    assert template.short_title == "Use of IT"
    assert template.issued == datetime.date(2026, 9, 1)
    assert template.sections == (SectionEntry(name="introduction"),)
    assert (template.audience, template.numbering, template.contents, template.adapt) == (
        "everyone",
        "decimal",
        1,
        "locked",
    )
    assert (template.forms, template.appendices, template.questions, template.guidance) == (
        (),
        (),
        {},
        {},
    )
    assert template.circular is None


def test_sections_forms_and_appendices() -> None:
    """A section is a name, or a name with what differs."""
    template = read(
        LEAST.replace(
            "sections: [introduction]",
            """\
short_title: IT
sections:
  - introduction
  - {name: learning-platform, when: answers.has_platform, adapt: free, numbering: none, audience: staff}
forms:
  - {name: agreement, signed_by: staff, roster: yes, contents: no}
  - {name: laptop, signed_by: holders, when: answers.laptops}
appendices:
  - app-employees
  - {name: app-heads, audience: headteachers}""",
        ),
        Template,
    ).value
    assert template.short_title == "IT"
    assert template.sections[1] == SectionEntry(
        name="learning-platform",
        when="answers.has_platform",
        adapt="free",
        numbering="none",
        audience="staff",
    )
    assert template.forms == (
        FormEntry(name="agreement", signed_by="staff", roster=True, contents=False),
        FormEntry(
            name="laptop", signed_by="holders", when="answers.laptops", roster=False, contents=True
        ),
    )
    assert template.appendices == (
        AppendixEntry(name="app-employees"),
        AppendixEntry(name="app-heads", audience="headteachers"),
    )


def test_questions_of_every_kind() -> None:
    """Each kind has the keys that make sense for it."""
    questions = read(
        LEAST
        + """\
questions:
  a:
    ask: Which?
    guidance: Choose well.
    clauses: [one, two]
    when: answers.c
    kind: choice
    options:
      never: Not at all
      own-time: {label: In their own time, prints: in their own time}
  b: {ask: Which?, kind: choices, options: {x: No, y: Yes}}
  c: {ask: Is it?, kind: yes-no, suggested: no}
  d: {ask: What?, kind: text, suggested: this}
  e: {ask: What?, kind: list, suggested: [this, that]}
  f: {ask: How many?, kind: whole-number, from: 1, to: 12, suggested: 6}
  g: {ask: When?, kind: date, from: 2026-01-01, to: 2026-12-31}
""",
        Template,
    ).value.questions
    assert questions["a"] == ChoiceQuestion(
        ask="Which?",
        guidance="Choose well.",
        clauses=("one", "two"),
        when="answers.c",
        kind="choice",
        options={
            "never": Option(label="Not at all"),
            "own-time": Option(label="In their own time", prints="in their own time"),
        },
    )
    assert [type(question) for question in questions.values()] == [
        ChoiceQuestion,
        ChoicesQuestion,
        YesNoQuestion,
        TextQuestion,
        ListQuestion,
        WholeNumberQuestion,
        DateQuestion,
    ]
    assert isinstance(questions["b"], ChoicesQuestion)
    assert questions["b"].options == {"x": Option(label="No"), "y": Option(label="Yes")}
    assert isinstance(questions["f"], WholeNumberQuestion)
    assert questions["f"].bounds == "a whole number from 1 to 12"
    assert isinstance(questions["g"], DateQuestion)
    assert questions["g"].latest == datetime.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("bounds", "words", "allowed"),
    [
        ("", "a whole number", [-1, 0, 1, 2, 5, 6]),
        (", from: 2", "a whole number of at least 2", [2, 5, 6]),
        (", to: 2", "a whole number of at most 2", [-1, 0, 1, 2]),
        (", from: 2, to: 5", "a whole number from 2 to 5", [2, 5]),
        (", from: 0, to: 0", "a whole number from 0 to 0", [0]),
    ],
)
def test_bounds_of_a_whole_number(bounds: str, words: str, allowed: list[int]) -> None:
    """Both ends belong to what is allowed."""
    file = f"{LEAST}questions:\n  q: {{ask: How many?, kind: whole-number{bounds}}}\n"
    question = read(file, Template).value.questions["q"]
    assert isinstance(question, WholeNumberQuestion)
    assert question.bounds == words
    assert [number for number in (-1, 0, 1, 2, 5, 6) if question.allows(number)] == allowed


def test_everything_that_is_missing_is_told_at_once() -> None:
    """With what to write, where that is known."""
    assert reading(
        "audience: staff\nissuer: {}\nadoption: {body: board}\nforms: [{name: a}]\ncircular: {to: all}\n",
        Template,
    )[1] == lines("""
        file missing-key: `title` is missing
          write `title: Acceptable use of IT by staff`
        file missing-key: `edition` is missing
          write `edition: "2026.1"`
        file missing-key: `issued` is missing
          write `issued: 2026-09-01` or `issued: 2026-09`
        file missing-key: `sections` is missing
        2:1+6 missing-key: `issuer` lacks `name`
        2:1+6 missing-key: `issuer` lacks `kind`
          write `kind: la` or `kind: trust`
        3:1+8 missing-key: `adoption` lacks `review_months`
          write `review_months: 24`
        3:18+5 bad-value: `body` must be `full-board`, `committee`, `head` or `trust-board`
          did you mean `full-board`?
        4:9+9 missing-key: item 1 of `forms` lacks `signed_by`
          write `signed_by: staff`, `signed_by: pupils`, `signed_by: parents` or `signed_by: holders`
        5:1+8 missing-key: `circular` lacks `summary`
        """)


def test_a_file_belongs_to_one_place() -> None:
    """Sections and appendices share a folder; forms have their own."""
    file = HEAD + "sections: [a, b]\nforms:\n  - {name: a, signed_by: staff}\nappendices:\n  - b\n"
    assert (
        reading(file, Template)[1] == "10:5+1 bad-value: `b` is listed twice\n  keep one of the two"
    )


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ("[]", "6:11+2 bad-value: `sections` must hold at least 1 entry"),
        (
            "[3]",
            "6:12+1 wrong-type: item 1 of `sections` must be a name or a group of keys, not a whole number",
        ),
        (
            "[Who we are]",
            "6:12+10 bad-value: `Who we are` is not lower-case words joined by hyphens\n  write `who-we-are`",
        ),
        (
            "[{name: a, wen: x}]",
            "6:22+3 unknown-key: `wen` means nothing in item 1 of `sections`\n  did you mean `when`?",
        ),
        (
            "[{name: a, numbering: roman}]",
            "6:33+5 bad-value: `numbering` must be `decimal`, `headings`, `flat` or `none`",
        ),
    ],
)
def test_problems_of_sections(sections: str, said: str) -> None:
    """Told at the entry that is wrong."""
    assert reading(f"{HEAD}sections: {sections}\n", Template)[1] == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("yes", "8:6+3 wrong-type: `q` must be a group of keys, not text"),
        ("", "8:3+1 wrong-type: `q` has no value\n  write one, or take the line out"),
        (
            "{ask: x}",
            (
                "8:3+1 missing-key: `q` lacks `kind`\n"
                "  write `kind:` and `choice`, `choices`, `yes-no`, `text`, `list`, `whole-number` or `date`"
            ),
        ),
        (
            "{ask: x, kind: number}",
            (
                "8:21+6 bad-value: `kind` must be `choice`, `choices`, `yes-no`, `text`, `list`, `whole-number` or `date`\n"
                "  did you mean `whole-number`?"
            ),
        ),
        ("{kind: text}", "8:3+1 missing-key: `q` lacks `ask`\n  write `ask: Who keeps the logs?`"),
        (
            "{ask: x, kind: text, from: 1}",
            (
                "8:27+4 unknown-key: `from` means nothing in `q`\n"
                "  the keys here are `ask`, `guidance`, `clauses`, `when`, `shared`, `own`, `topic`, `kind` and `suggested`"
            ),
        ),
        (
            "{ask: x, kind: choice, options: {a: No, b: Yes}, suggested: a}",
            (
                "8:55+9 unknown-key: `suggested` means nothing in `q`\n"
                "  the keys here are `ask`, `guidance`, `clauses`, `when`, `shared`, `own`, `topic`, `options` and `kind`"
            ),
        ),
        ("{ask: x, kind: choice}", "8:3+1 missing-key: `q` lacks `options`"),
        (
            "{ask: x, kind: choice, options: {a: No}}",
            "8:38+7 bad-value: `options` must hold at least 2 entries",
        ),
        (
            "{ask: x, kind: choice, options: {A b: No, c: 3}}",
            (
                "8:39+3 bad-value: `A b` is not lower-case words joined by hyphens\n  write `a-b`\n"
                "8:51+1 wrong-type: `c` must be a label or a group of keys, not a whole number"
            ),
        ),
        (
            "{ask: x, kind: choice, options: {a: {prints: y}, b: Yes}}",
            "8:39+1 missing-key: `a` lacks `label`\n  write `label: Not at all`",
        ),
        (
            "{ask: x, kind: yes-no, suggested: perhaps}",
            "8:40+7 wrong-type: `suggested` must be yes or no\n  write `suggested: yes` or `suggested: no`",
        ),
        (
            "{ask: x, kind: list, suggested: this}",
            "8:38+4 wrong-type: `suggested` must be a list, not text\n  write `suggested: [this]`",
        ),
        (
            "{ask: x, kind: whole-number, from: 3, to: 2}",
            "8:41+1 bad-value: `from` is more than `to`",
        ),
        (
            "{ask: x, kind: whole-number, to: 2, suggested: 3}",
            "8:53+1 bad-value: `suggested` must be a whole number of at most 2",
        ),
        (
            "{ask: x, kind: date, from: 2026-03-02, to: 2026-03-01}",
            "8:33+10 bad-value: `from` is later than `to`",
        ),
        (
            "{ask: x, kind: text, clauses: [A]}",
            "8:37+1 bad-value: `A` is not lower-case words joined by hyphens\n  write `a`",
        ),
    ],
)
def test_problems_of_questions(written: str, said: str) -> None:
    """Each kind knows its own keys."""
    assert said_of_question(written) == said


def test_ids_of_questions_can_be_written_in_texts() -> None:
    """`answers.personal-use` would be a subtraction, and `answers.items` a method."""
    file = (
        LEAST
        + "questions:\n  personal-use: {ask: x, kind: text}\n  items: {ask: x, kind: text}\n  1st: {ask: x, kind: text}\n"
    )
    assert reading(file, Template)[1] == lines("""
        8:3+12 bad-value: `personal-use` is not lower-case words joined by underscores
          write `personal_use`
        9:3+5 bad-value: `items` cannot be the id of a question
          write `items_chosen` or another word
        10:3+3 bad-value: `1st` is not lower-case words joined by underscores
        """)


def test_the_reference_page_reads() -> None:
    """The template of the reference page, and the shared questions below it, have no problems."""
    examples = FILES_MD.read_text(encoding="utf-8").split("```yaml\n")[1:]
    written, *rest = (example.split("```")[0] for example in examples)
    shared = read(next(each for each in rest if each.startswith("questions:")), SharedFile)
    problems = Problems()
    completed = partial(with_declared, declared=declarations(shared))
    template = read_yaml(written, "template.yaml", Template, problems, completed=completed)
    assert told(problems) == ""
    assert template is not None
    assert template.value.short_title == "Staff IT"
    assert template.value.questions["staff_phones"].choices["office-only"].prints == "in our office"


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("templates/*/template.yaml")), ids=lambda path: path.parent.name
)
def test_the_templates_of_this_repository_read(path: Path) -> None:
    """Without a problem."""
    problems = Problems()
    assert read_edition(ROOT, path.parent.name, "", None, problems) is not None
    assert told(problems) == ""
