"""When a paragraph is shown with its words marked, and when as it was and then as it is: by a measure, on real edits."""

from __future__ import annotations

import pytest

from policygen.compare.comparison import compare
from policygen.compare.words import KEPT, kept, tokens
from policygen.language.document import Text
from tests.test_compare import of, redline

MARKED = {
    "a word": (
        "Keys are counted each term by the caretaker.",
        "Keys are counted each half term by the caretaker.",
    ),
    "a limit and a person": (
        "A lost key is reported to the school office within two days, and the lock is changed.",
        "A lost key is reported to the headteacher within one day, and the lock is changed.",
    ),
    "a clause at the end": (
        "Staff sign in under their own name only. They never lend a password to a colleague.",
        (
            "Staff sign in under their own name only. They never lend a password to a colleague or to "
            "pupils, and never leave a machine unattended while they are signed in."
        ),
    ),
    "a sentence in the middle": (
        "Memory sticks are not used for school data. Files are shared through the school’s services.",
        (
            "Memory sticks are not used for school data. This holds at home, too. Files are shared "
            "through the school’s own services."
        ),
    ),
    "the end cut off": (
        (
            "Messages to pupils come from a school account and never from a private one. Staff follow "
            "the style guide, and think of copying in a colleague where a message may be misread."
        ),
        "Messages to pupils come from a school account and never from a private one.",
    ),
    "terms of another kind of school": (
        (
            "The headteacher tells the governing board of each loss, and the governing board decides "
            "whether the local authority is told."
        ),
        (
            "The principal tells the local board of each loss, and the local board decides whether the "
            "trust is told."
        ),
    ),
    "shall to must, throughout": (
        (
            "Staff shall lock their screens. They shall keep their code to themselves, and shall tell "
            "the office when they believe that somebody knows it."
        ),
        (
            "Staff must lock their screens. They must keep their code to themselves, and must tell the "
            "office when they believe that somebody knows it."
        ),
    ),
}
REWRITTEN = {
    "a disclosure": (
        (
            "A disclosure about abuse or neglect may nowadays come by email, in a message or in an "
            "online post, at a time when nobody is at work. Staff are not at fault if they were not "
            "logged on. They act on it as soon as they next see it, which will usually be on the next "
            "working day, and follow the normal procedure in the Child protection and safeguarding policy."
        ),
        (
            "A child, a parent or a friend may tell a member of staff about abuse or neglect by email or "
            "message, at an hour when the school is closed. Nobody is at fault for not having been "
            "logged on. Staff who find such a message later act on it as soon as they see it, and follow "
            "the Child protection and safeguarding policy."
        ),
    ),
    "phones": (
        (
            "Staff do not give their own home or mobile number to students. They phone students "
            "sparingly, and only when it is necessary."
        ),
        (
            "Staff give their own home or mobile number neither to students nor to their parents and "
            "carers. The trip phone and the line in the sports hall ring through to the office until six."
        ),
    ),
    "the same in plain words": (
        (
            "Users are prohibited from utilising removable storage media for the purpose of transferring "
            "personal data, save where the said media have been encrypted by the authority."
        ),
        "Nobody moves personal data on a memory stick, unless the school has encrypted it.",
    ),
    "another order of thoughts": (
        (
            "If a device is lost, the office is told at once. The police are told if it was stolen. The "
            "office then blocks the account, and the insurer is told within a week."
        ),
        (
            "The insurer must hear of a loss within a week. The account is blocked first, by the office, "
            "which therefore has to be told at once; where a device was stolen so are the police."
        ),
    ),
    "a new rule under the old id": (
        "Private email is never read or written while a member of staff is teaching.",
        "The school keeps logs of email for six months, and only the headteacher may ask for them.",
    ),
    "half of it": (
        (
            "The school takes pictures of children at work and at play. It needs your consent for the "
            "uses listed here, and you may withdraw it in writing at any time of the year."
        ),
        (
            "We would like to photograph your child at work and at play, and sometimes to film. For each "
            "use below we ask whether you agree; you may change your mind, and tell the office."
        ),
    ),
}


def measured(old: str, new: str) -> float:
    before, after = (tuple(tokens((Text(text),), "issuer")) for text in (old, new))
    return kept(before, after)


@pytest.mark.parametrize(("old", "new"), MARKED.values(), ids=MARKED)
def test_an_edit_is_shown_word_by_word(old: str, new: str) -> None:
    assert measured(old, new) > KEPT
    (pair,) = compare(of({"a": {"b": old}}), of({"a": {"b": new}})).changes
    assert [line.change for line in pair.lines] == ["reworded"]


@pytest.mark.parametrize(("old", "new"), REWRITTEN.values(), ids=REWRITTEN)
def test_a_text_written_anew_stands_behind_the_old_one(old: str, new: str) -> None:
    """Neither is broken by marks."""
    assert measured(old, new) < KEPT
    (pair,) = compare(of({"a": {"b": old}}), of({"a": {"b": new}})).changes
    assert [(line.change, redline(line)) for line in pair.lines] == [
        ("deleted", f"[-{old}-]"),
        ("inserted", f"[+{new}+]"),
    ]


def test_the_threshold_has_room_on_both_sides() -> None:
    """So that one edit more or less like these does not tip it."""
    least = min(measured(*texts) for texts in MARKED.values())
    most = max(measured(*texts) for texts in REWRITTEN.values())
    assert least - KEPT > 0.05
    assert KEPT - most > 0.05
