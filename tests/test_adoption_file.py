"""policies/TEMPLATE-ID.yaml: decisions about clauses, answers by question, and a history that leads up to the version."""

import datetime
from collections.abc import Collection
from pathlib import Path
from textwrap import indent

import pytest

from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Problems
from policygen.model.adoption import (
    AdoptionFile,
    ClauseDecision,
    HistoryRow,
    check_answers,
    check_history,
    version_order,
    wordings,
)
from policygen.model.question import AnyQuestion
from policygen.model.template import Template
from tests.support.reading import lines, read, reading, told

ROOT = Path(__file__).parents[1]
FILES_MD = ROOT / "docs" / "reference" / "files.md"

HEAD = """\
edition: "2026.1"
version: "2.0"
author: Business Manager
reason: First adoption
"""

TEMPLATE = read(
    """
    title: Use of IT
    edition: "2026.1"
    issued: 2026-09-01
    issuer: {name: Northshire, kind: la}
    adoption: {body: full-board, review_months: 24}
    sections: [introduction]
    questions:
      personal_use:
        ask: When may staff use systems for private matters?
        kind: choice
        options:
          own-time: {label: In their own time, prints: in their own time}
          never: Not at all
      channels:
        ask: Which channels are open?
        kind: choices
        options:
          email: {label: Email, prints: school email}
          app: {label: The app, prints: the app}
          phone: By telephone
      has_platform: {ask: Is there a platform?, kind: yes-no}
      platform_name: {ask: What is it called?, kind: text, when: answers.has_platform}
      guide: {ask: Which guide?, kind: text, suggested: "the guide: part 1"}
      software: {ask: Which software?, kind: list, suggested: [Office suite]}
      months: {ask: How many months?, kind: whole-number, from: 1, to: 12, suggested: 6}
      since: {ask: Since when?, kind: date, from: 2020-01-01, to: 2026-12-31}
    """,
    Template,
).value
ALL = frozenset(TEMPLATE.questions)


def answered(written: str, asked: Collection[str] = ALL) -> tuple[dict[str, object], str]:
    """The typed answers out of the lines below `answers:`, and what is told about them."""
    problems = Problems()
    adoption = read(f"{HEAD}answers:\n{indent(written, '  ')}\n", AdoptionFile)
    return check_answers(TEMPLATE, adoption, questions(asked), problems), told(problems)


def questions(names: Collection[str]) -> dict[str, AnyQuestion]:
    """Questions of the template, in its order."""
    return {name: each for name, each in TEMPLATE.questions.items() if name in names}


# --- the file ---------------------------------------------------------------------------------------------------------


def test_an_adoption() -> None:
    """Every part of it."""
    located = read(
        HEAD
        + """\
answers: {personal_use: never, has_platform: yes, months: 3}
clauses:
  harmful-material: keep
  disclosure:
    replace: |
      Ring {{ people.dsl.name }}.

      1. At once.
    reason: Agreed
  email: {add_before: A., add_after: B., reason: Ours}
  platform: {omit: yes, reason: None here}
review: {months: 12}
history:
  - {version: "1.0", date: 2019-03-12, author: Headteacher, reason: First adopted, minute: "752.1"}
  - {version: "1.10", date: 2021-03-12, author: Headteacher, reason: Reviewed}
""",
        AdoptionFile,
    )
    adoption = located.value
    assert adoption.answers == {"personal_use": "never", "has_platform": "yes", "months": 3}
    assert adoption.clauses == {
        "harmful-material": "keep",
        "disclosure": ClauseDecision(
            replace="Ring {{ people.dsl.name }}.\n\n1. At once.\n", reason="Agreed"
        ),
        "email": ClauseDecision(add_before="A.", add_after="B.", reason="Ours"),
        "platform": ClauseDecision(omit=True, reason="None here"),
    }
    assert adoption.review is not None
    assert adoption.review.months == 12
    assert adoption.history[0] == HistoryRow(
        version="1.0",
        date=datetime.date(2019, 3, 12),
        author="Headteacher",
        reason="First adopted",
        minute="752.1",
    )
    assert adoption.history[1].minute is None
    assert located.text_origin("clauses", "disclosure", "replace") == (10, 6)


def test_an_adoption_that_has_just_begun() -> None:
    """Nothing is answered yet; that is told by the check of the answers, not of the file."""
    adoption = read(HEAD + "answers:\n", AdoptionFile).value
    assert (adoption.answers, adoption.clauses, adoption.review, adoption.history) == (
        {},
        {},
        None,
        (),
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "kept",
            "6:6+4 bad-value: `a` must be `keep` or a decision with its reason\n  write `a: keep`",
        ),
        (
            "[keep]",
            "6:6+6 bad-value: `a` must be `keep` or a decision with its reason\n  write `a: keep`",
        ),
        ("", "6:3+1 wrong-type: `a` has no value\n  write one, or take the line out"),
        (
            "{replace: New.}",
            "6:3+1 missing-key: `a` lacks `reason`\n  write `reason: Agreed with the safeguarding partnership`",
        ),
        (
            "{reason: x}",
            (
                "6:3+1 missing-key: `a` decides nothing\n"
                "  write `replace`, `add_before`, `add_after` or `omit: true`, or `keep` alone"
            ),
        ),
        (
            "{replace: New., omit: true, reason: x}",
            "6:28+4 bad-value: `replace` and `omit` exclude each other\n  keep one of the two",
        ),
        (
            "{replace: New., add_after: More., reason: x}",
            "6:33+5 bad-value: `replace` and `add_after` exclude each other\n  keep one of the two",
        ),
        (
            "{omit: yes, add_before: More., add_after: More., reason: x}",
            "6:30+5 bad-value: `omit` and `add_before` exclude each other\n  keep one of the two",
        ),
        (
            "{omit: no, reason: x}",
            "6:13+2 bad-value: `omit` can only be true\n  write `omit: true`, or take the line out",
        ),
        (
            '{replace: " ", reason: x}',
            "6:16+3 bad-value: `replace` is empty\n  write a text, or take it out",
        ),
        (
            "{replce: x, reason: x}",
            "6:7+6 unknown-key: `replce` means nothing in `a`\n  did you mean `replace`?",
        ),
    ],
)
def test_problems_of_decisions(written: str, said: str) -> None:
    """A decision is one thing, with a reason."""
    assert reading(f"{HEAD}clauses:\n  a: {written}\n", AdoptionFile)[1] == said


def test_versions_without_quotes() -> None:
    """Each is shown as it was written."""
    file = """\
edition: 2026.1
version: 1.10
author: x
reason: y
review: {months: 61}
history:
  - {version: 1, date: 12 March 2019, author: x, reason: y, minute: 752.10}
"""
    assert reading(file, AdoptionFile)[1] == lines("""
        1:10+6 version-not-text: `edition` must be text in quotes; `2026.1` without them is a number
          write `edition: "2026.1"`
        2:10+4 version-not-text: `version` must be text in quotes; `1.10` without them is a number
          write `version: "1.10"`
        5:18+2 bad-value: `months` must be at most 60
        7:15+1 version-not-text: `version` must be text in quotes; `1` without them is a whole number
          write `version: "1"`
        7:24+13 wrong-type: `date` must be a date
          write `date: 2019-03-12`, the year first
        7:69+6 version-not-text: `minute` must be text in quotes; `752.10` without them is a number
          write `minute: "752.10"`
        """)


# --- answers ----------------------------------------------------------------------------------------------------------

GOOD = """\
months: 3
personal_use: own-time
channels: [app, email]
has_platform: no
guide: "365"
software: [Windows, "7-Zip"]
since: 2024-09-01"""


def test_answers_have_the_types_of_their_questions() -> None:
    """In the order of the template, those asked alone."""
    answers, said = answered(GOOD, ALL - {"platform_name"})
    assert said == ""
    assert list(answers.items()) == [
        ("personal_use", "own-time"),
        ("channels", ["app", "email"]),
        ("has_platform", False),
        ("guide", "365"),
        ("software", ["Windows", "7-Zip"]),
        ("months", 3),
        ("since", datetime.date(2024, 9, 1)),
    ]


def test_the_words_in_which_options_print() -> None:
    """Only questions with options have them; an option without words of its own prints nothing."""
    answers, _ = answered(GOOD, ALL - {"platform_name"})
    assert wordings(TEMPLATE, answers) == {
        "personal_use": "in their own time",
        "channels": ["the app", "school email"],
    }
    assert wordings(TEMPLATE, {"personal_use": "never", "channels": ["app", "phone"]}) == {
        "personal_use": None,
        "channels": None,
    }


def test_every_unanswered_question_is_told_at_once() -> None:
    """With its wording, and with what may be written; an answer left blank is none."""
    answers, said = answered("channels:\nplatform_name: ~")
    assert answers == {}
    assert said == lines("""
        5:1+7 unanswered-question: `personal_use` has no answer
          When may staff use systems for private matters?
          write `personal_use: own-time` for “In their own time”
          write `personal_use: never` for “Not at all”
        6:3+8 unanswered-question: `channels` has no answer
          Which channels are open?
          write `channels: [email, app, phone]` with those that hold
          `email` is “Email”
          `app` is “The app”
          `phone` is “By telephone”
        5:1+7 unanswered-question: `has_platform` has no answer
          Is there a platform?
          write `has_platform: yes` or `has_platform: no`
        7:3+13 unanswered-question: `platform_name` has no answer
          What is it called?
          write `platform_name: …`
        5:1+7 unanswered-question: `guide` has no answer
          Which guide?
          write `guide: "the guide: part 1"`, if that is right
        5:1+7 unanswered-question: `software` has no answer
          Which software?
          write `software: [Office suite]`, if that is right
        5:1+7 unanswered-question: `months` has no answer
          How many months?
          write a whole number from 1 to 12, such as `months: 6`
        5:1+7 unanswered-question: `since` has no answer
          Since when?
          write a date, such as `since: 2020-01-01`
        """)


def test_a_file_without_answers() -> None:
    """Then the file as a whole is the place."""
    problems = Problems()
    check_answers(TEMPLATE, read(HEAD, AdoptionFile), questions({"has_platform"}), problems)
    assert told(problems) == lines("""
        file unanswered-question: `has_platform` has no answer
          Is there a platform?
          write `has_platform: yes` or `has_platform: no`
        """)


def test_answers_that_nobody_asked_for() -> None:
    """A misspelt one, one that is no question, and one that is not asked of this school."""
    _, said = answered(
        "personal_uses: never\nzzz: 1\nplatform_name: Oak\nhas_platform: no", {"has_platform"}
    )
    assert said == lines("""
        6:3+13 unknown-answer: `personal_uses` is no question of this policy
          did you mean `personal_use`?
        7:3+3 unknown-answer: `zzz` is no question of this policy
          there is `personal_use`, `channels`, `has_platform`, `platform_name`, `guide`, `software`, `months` and `since`
        8:3+13 unasked-answer: `platform_name` is not asked of this school
          it is asked only where the answer to “Is there a platform?” is yes; take the answer out
        """)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "personal_use: nevr",
            "6:17+4 bad-answer: `personal_use` has no option `nevr`\n  did you mean `never`?",
        ),
        (
            "personal_use: 3",
            (
                "6:17+1 bad-answer: `personal_use` has no option `3`\n"
                "  write `personal_use: own-time` for “In their own time”\n"
                "  write `personal_use: never` for “Not at all”"
            ),
        ),
        (
            "personal_use: [never]",
            (
                "6:17+7 bad-answer: `personal_use` takes one option, not a list\n"
                "  write `personal_use: own-time` for “In their own time”\n"
                "  write `personal_use: never` for “Not at all”"
            ),
        ),
        (
            "channels: [app, emails]",
            "6:19+6 bad-answer: `channels` has no option `emails`\n  did you mean `email`?",
        ),
        (
            "channels: [app, app]",
            "6:19+3 bad-answer: `channels` names `app` twice\n  take one of the two out",
        ),
        (
            "channels: app",
            ("6:13+3 bad-answer: `channels` must be a list, not `app`\n  write `channels: [app]`"),
        ),
        (
            "has_platform: 1",
            (
                "6:17+1 bad-answer: `has_platform` must be yes or no, not `1`\n"
                "  write `has_platform: yes` or `has_platform: no`"
            ),
        ),
        (
            "guide: 1.10",
            '6:10+4 bad-answer: `guide` must be text, not a number\n  put the answer in quotes: `"1.10"`',
        ),
        (
            'guide: ""',
            (
                "6:10+2 bad-answer: `guide` is answered with an empty text\n"
                '  write `guide: "the guide: part 1"`, if that is right'
            ),
        ),
        (
            "guide: {a: b}",
            (
                "6:10+6 bad-answer: `guide` must be text, not a group of keys\n"
                '  write `guide: "the guide: part 1"`, if that is right'
            ),
        ),
        (
            "software: []",
            (
                "6:13+2 bad-answer: `software` must be a list, and it is empty\n"
                "  write `software: [Office suite]`, if that is right"
            ),
        ),
        (
            "software: [a, 365]",
            '6:17+3 bad-answer: `software` must be text, not a whole number\n  put the answer in quotes: `"365"`',
        ),
        (
            "months: 13",
            (
                "6:11+2 bad-answer: `months` must be a whole number from 1 to 12, not `13`\n"
                "  write a whole number from 1 to 12, such as `months: 6`"
            ),
        ),
        (
            "months: true",
            (
                "6:11+4 bad-answer: `months` must be a whole number from 1 to 12, not `true`\n"
                "  write a whole number from 1 to 12, such as `months: 6`"
            ),
        ),
        (
            'months: "6"',
            (
                "6:11+3 bad-answer: `months` must be a whole number from 1 to 12, not `6`\n"
                "  write a whole number from 1 to 12, such as `months: 6`"
            ),
        ),
        (
            "since: 1/9/2024",
            "6:10+8 bad-answer: `since` must be a date, the year first\n  write `since: 2024-09-01`",
        ),
        (
            "since: 2019-12-31",
            "6:10+10 bad-answer: `since` must be 2020-01-01 or later\n  write a date, such as `since: 2020-01-01`",
        ),
        (
            "since: 2027-01-01",
            "6:10+10 bad-answer: `since` must be 2026-12-31 or earlier\n  write a date, such as `since: 2020-01-01`",
        ),
    ],
)
def test_bad_answers(written: str, said: str) -> None:
    """No answer is bent to fit; each says what would."""
    name = written.split(":", maxsplit=1)[0]
    assert answered(written, {name}) == ({}, said)


# --- history ----------------------------------------------------------------------------------------------------------


def history_said(rows: str, version: str = "2.0") -> str:
    """What is told about a history, one line for a row."""
    problems = Problems()
    file = HEAD.replace('"2.0"', f'"{version}"') + f"history:\n{indent(rows, '  ')}\n"
    check_history(read(file, AdoptionFile), problems)
    return told(problems)


def test_a_history_that_leads_up_to_the_version() -> None:
    """1.10 comes after 1.9, and two versions may have one date."""
    rows = "\n".join(
        f'- {{version: "{version}", date: {day}, author: x, reason: y}}'
        for version, day in [("1.0", "2019-03-12"), ("1.9", "2020-03-12"), ("1.10", "2020-03-12")]
    )
    assert history_said(rows) == ""


def test_a_month_where_no_more_is_known() -> None:
    """Month-only dates are legal, and out of order only where that is certain."""
    rows = """\
- {version: "1.0", date: 2024-01-16, author: Head, reason: First}
- {version: "1.1", date: 2024-01, author: Head, reason: Second}
- {version: "1.2", date: 2023-12, author: Head, reason: Third}"""
    assert history_said(rows) == lines("""
        8:28+7 history-order: version `1.2` has an earlier date than version `1.1`
          write the oldest version first
        """)


def test_what_an_old_record_does_not_say_is_not_invented() -> None:
    """A row needs its version alone; what nobody recorded is left out."""
    rows = ['- {version: "0.1", date: 2019-03-12, minute: "752.1"}', '- {version: "0.2"}']
    assert history_said("\n".join(rows)) == ""
    first, second = read(
        HEAD + "history:\n  " + "\n  ".join(rows) + "\n", AdoptionFile
    ).value.history
    assert (first.row.author, first.row.reason, first.row.minute) == ("", "", "752.1")
    assert (second.row.date, second.row.undated) == (None, True)


def test_a_history_in_disorder() -> None:
    """Every row that goes back is told, and a version that is behind its history."""
    rows = "\n".join(
        f'- {{version: "{version}", date: {day}, author: x, reason: y}}'
        for version, day in [("1.10", "2019-03-12"), ("1.9", "2019-03-11"), ("2", "2020-01-01")]
    )
    assert history_said(rows) == lines("""
        7:15+5 history-order: version `1.9` stands after version `1.10`
          write the oldest version first, and each version once
        7:28+10 history-order: version `1.9` has an earlier date than version `1.10`
          write the oldest version first
        2:10+5 history-order: version `2.0` is being prepared, and the history already has `2`
          write a higher version
        """)


def test_the_order_of_versions() -> None:
    """By numbers, not letters; a zero at the end makes no difference."""
    assert sorted(["1.10", "2.0", "1.9", "1.0.1", "1"], key=version_order) == [
        "1",
        "1.0.1",
        "1.9",
        "1.10",
        "2.0",
    ]
    assert version_order("1.0") == version_order("1")


# --- real files -------------------------------------------------------------------------------------------------------


def test_the_reference_page_reads() -> None:
    """The adoption of the reference page has no problems."""
    blocks = [
        each.split("```")[0] for each in FILES_MD.read_text(encoding="utf-8").split("```yaml\n")[1:]
    ]
    written = next(each for each in blocks if each.startswith('edition: "2026.1"\nversion:'))
    assert read(written, AdoptionFile).value.clauses["harmful-material"] == "keep"


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("schools/*/policies/*.yaml")), ids=lambda path: path.parts[-3]
)
def test_the_adoptions_of_this_repository_read(path: Path) -> None:
    """Without a problem, and with a history in order."""
    problems = Problems()
    adoption = read_yaml(
        path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix(), AdoptionFile, problems
    )
    if adoption is not None:
        check_history(adoption, problems)
    assert told(problems) == ""
