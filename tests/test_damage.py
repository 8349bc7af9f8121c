"""Damage seen in real published policies, put into the built-in ones: each kind is found, with its rule and its line."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from policygen.project import check as checking
from tests.support.example import AS_OF, POLICY, ROOT
from tests.support.workspace import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policygen.ground.diagnostics import Diagnostic

TEMPLATE = f"templates/{POLICY}"
SCHOOL = "schools/st-brigids/school.yaml"
ADOPTION = f"schools/st-brigids/policies/{POLICY}.yaml"


@dataclass(frozen=True)
class Damage:
    kind: str
    rule: str
    file: str
    old: str
    new: str
    at: str = ""
    """Words of the line that the problem must be at; the beginning of `new` if empty."""


def section(kind: str, rule: str, name: str, old: str, new: str, at: str = "") -> Damage:
    return Damage(kind, rule, f"{TEMPLATE}/sections/{name}.md", old, new, at)


DAMAGE = (
    # leftovers, in the template
    section(
        "[NAME OF] SCHOOL",
        "leftover-bracket",
        "introduction",
        "A weak",
        "[NAME OF] SCHOOL. A weak",
    ),
    section(
        "an instruction in brackets",
        "leftover-bracket",
        "safe-working",
        "1. Staff sign in",
        "1. [School to adapt paragraph as appropriate] Staff sign in",
    ),
    section(
        "a bracket never closed",
        "leftover-bracket",
        "safe-working",
        "1. Staff sign in",
        "1. [School to amend Staff sign in",
    ),
    section(
        "an empty bracket", "leftover-bracket", "summary", "1. Managers owe", "1. [ ] Managers owe"
    ),
    section(
        "a placeholder in angle brackets",
        "leftover-placeholder",
        "safe-working",
        "1. Staff sign in",
        "1. \\<Name of head> and staff sign in",
    ),
    section(
        "dots to fill in",
        "leftover-placeholder",
        "summary",
        "1. Managers owe",
        "1. The ........ and managers owe",
    ),
    section("xxx", "leftover-placeholder", "summary", "1. Managers owe", "1. XXX managers owe"),
    section(
        "insert name",
        "leftover-placeholder",
        "summary",
        "1. Managers owe",
        "1. Insert name of governor here. Managers owe",
    ),
    section(
        "advice to the school",
        "leftover-instruction",
        "summary",
        "1. Managers owe",
        "1. Schools may wish to amend this paragraph. Managers owe",
    ),
    section(
        "delete as appropriate",
        "leftover-instruction",
        "summary",
        "1. Managers owe",
        "1. Delete as appropriate. Managers owe",
    ),
    section(
        "delete this note",
        "leftover-instruction",
        "summary",
        "1. Managers owe",
        "1. This section should be deleted before adoption. Managers owe",
    ),
    section(
        "proforma",
        "leftover-instruction",
        "summary",
        "1. Managers owe",
        "1. This proforma says that managers owe",
    ),
    section(
        "Error! Bookmark not defined",
        "leftover-word-error",
        "summary",
        "1. Managers owe",
        "1. Error! Bookmark not defined. Managers owe",
    ),
    section(
        "school / Trust",
        "leftover-alternative",
        "summary",
        "1. Managers owe",
        "1. In the school / Trust, managers owe",
    ),
    section(
        "a date that is missing",
        "leftover-blank",
        "summary",
        "1. Managers owe",
        "1. This was approved by the governing body on . Managers owe",
    ),
    section(
        "text in red",
        "colour-meaning",
        "summary",
        "1. Managers owe",
        "1. Text shown in red is new. Managers owe",
    ),
    # another school, roles
    section(
        "another school of the workspace",
        "foreign-school",
        "summary",
        "1. Managers owe",
        "1. At Elm Grove Primary School managers owe",
    ),
    section(
        "a school from elsewhere",
        "foreign-school",
        "summary",
        "1. Managers owe",
        "1. At Hazel Road Junior School managers owe",
    ),
    section(
        "a role by another name",
        "term-drift",
        "summary",
        "1. Managers owe",
        "1. The Principal and managers owe",
    ),
    section(
        "an old name of a role",
        "term-drift",
        "summary",
        "1. Managers owe",
        "1. The designated senior person and managers owe",
    ),
    # lists, numbers, words
    section(
        "a list that lost its lead-in",
        "list-lead-in",
        "email-monitoring",
        "1. The mail system may record these details of each message: {#email-details}",
        "1. Details. {#email-details}",
        "- the sender",
    ),
    section(
        "a double negative",
        "double-negative",
        "access-security",
        "   - put a password into an email",
        "   - do not put a password into an email",
        "- do not put",
    ),
    section(
        "a lost beginning", "lower-case-start", "summary", "1. Managers owe", "1. and managers owe"
    ),
    section(
        "a bracket too few", "unbalanced-brackets", "summary", "1. Managers owe", "1. (Managers owe"
    ),
    section(
        "comma slash",
        "stray-punctuation",
        "summary",
        "1. Managers owe their staff",
        "1. Managers owe their staff, / governors",
    ),
    section("a doubled word", "doubled-word", "summary", "1. Managers owe", "1. Managers owe owe"),
    section(
        "capitals for emphasis",
        "capitals",
        "summary",
        "1. Managers owe",
        "1. Managers MUST remember that they owe",
    ),
    section(
        "a heading in capitals",
        "heading-capitals",
        "summary",
        "# Summary",
        "# SUMMARY OF THE RULES",
    ),
    section(
        "a number typed by hand",
        "typed-number",
        "summary",
        "1. Managers owe",
        "1. As paragraph 4.2 says, managers owe",
    ),
    section(
        "a rule stated twice",
        "repeated-paragraph",
        "summary",
        "1. Managers owe",
        "Members of the family and friends do not use work equipment at home. Staff answer for all the data and software on the equipment that they have been given.\n\n1. Managers owe",
    ),
    section(
        "a form that is not there",
        "form-promised",
        "summary",
        "1. Managers owe",
        "1. Sign the attached form. Managers owe",
    ),
    section(
        "a reference that leads nowhere",
        "broken-reference",
        "summary",
        "1. Managers owe",
        "1. As [](#lost) says, managers owe",
    ),
    # law
    section(
        "the data Act of 1998",
        "law-superseded",
        "scope",
        "1. Use of school systems that does",
        "1. Under the Data Protection Act 1998, use of school systems that does",
    ),
    section(
        "RIPA",
        "law-superseded",
        "email-monitoring",
        "1. The mail system",
        "1. Under RIPA. The mail system",
    ),
    section(
        "the LSCB",
        "law-superseded",
        "safeguarding",
        "Further reading:",
        "Ask the LSCB. Further reading:",
    ),
    section(
        "an old KCSIE",
        "law-superseded",
        "safeguarding",
        "Further reading:",
        "See Keeping Children Safe in Education 2023. Further reading:",
    ),
    section("NQTs", "law-superseded", "new-staff", "1. Many people", "1. NQTs and many people"),
    section(
        "the DCSF",
        "law-superseded",
        "safeguarding",
        "Further reading:",
        "The DCSF says so. Further reading:",
    ),
    section("a dead product", "law-dated", "laptops", "1. A laptop", "1. With Windows 7, a laptop"),
    section(
        "a term out of use",
        "law-term",
        "safeguarding",
        "Further reading:",
        "This is part of e-safety. Further reading:",
    ),
    # found and replaced
    section(
        "the before the school's name",
        "article-before-name",
        "summary",
        "1. Managers owe",
        "1. The {{ school.name }} will monitor. Managers owe",
    ),
    section(
        "a title inside a word",
        "blind-replacement",
        "summary",
        "1. Managers owe",
        "1. In the Headteacherlines, managers owe",
    ),
    section(
        "the school's school",
        "blind-replacement",
        "summary",
        "1. Managers owe",
        "1. For the school’s school. Managers owe",
    ),
    section(
        "a lost apostrophe",
        "lost-apostrophe",
        "summary",
        "1. Managers owe",
        "1. Over the schools broadband managers owe",
    ),
    section(
        "schools broadband, again and again",
        "lost-apostrophe",
        "summary",
        "1. Managers owe",
        "1. Use of schools broadband, faults of schools broadband and costs of schools broadband are the care of those to whom managers owe",
    ),
    section(
        "a definition made absurd",
        "doubled-word",
        "summary",
        "1. Managers owe",
        "1. The {{ roles.head }} will be referred to as {{ roles.head }}. Managers owe",
    ),
    # tables, lists, promises
    section(
        "an empty table of key people",
        "leftover-blank",
        "summary",
        "1. Managers owe",
        "Table: Key people\n\n| Role | Name |\n|---|---|\n| Safeguarding lead | |\n| Online safety | |\n\n1. Managers owe",
        "| Role | Name |",
    ),
    section(
        "a list twice, with drift",
        "repeated-paragraph",
        "summary",
        "1. Managers owe",
        "1. These are recorded: {#details-twice}\n\n   - all recipients, those copied in included\n   - the names and sizes of attachments\n"
        "   - whether it was delivered\n   - the hour at which it was read\n\n1. Managers owe",
        "- all recipients, those copied in included",
    ),
    section(
        "agreed to by signing the original",
        "agreed-in-advance",
        "summary",
        "1. Managers owe",
        "1. Amendments are agreed to by signing the original. Managers owe",
    ),
    section(
        "an appendix by a number typed by hand",
        "typed-number",
        "summary",
        "1. Managers owe",
        "1. As Appendix 4 says, managers owe",
    ),
    # other kinds of place
    section(
        "a placeholder in a callout",
        "leftover-placeholder",
        "summary",
        "1. Managers owe",
        "::: remember\nAsk XXX before you post.\n:::\n\n1. Managers owe",
        "Ask XXX",
    ),
    section(
        "dead law in a table",
        "law-superseded",
        "summary",
        "1. Managers owe",
        "Table: Law\n\n| Law | Of |\n|---|---|\n| Data Protection Act 1998 | 1998 |\n\n1. Managers owe",
        "| Data Protection Act",
    ),
    section(
        "a doubled word where no school takes the branch",
        "doubled-word",
        "summary",
        "1. Managers owe",
        '{% if school.type == "foundation" %}\n1. Governors owe owe them care. {#owe-owe}\n{% endif %}\n1. Managers owe',
        "1. Governors owe owe",
    ),
    Damage(
        "an instruction in a form",
        "leftover-instruction",
        f"{TEMPLATE}/forms/agreement.md",
        "I have been trained",
        "Delete as appropriate. I have been trained",
    ),
    Damage(
        "another school in the circular",
        "foreign-school",
        f"{TEMPLATE}/template.yaml",
        "    For adoption by governing boards.",
        "    For adoption at Hazel Road Junior School.",
    ),
    Damage(
        "dead law in the circular",
        "law-superseded",
        f"{TEMPLATE}/template.yaml",
        "    For adoption by governing boards.",
        "    For adoption under the Data Protection Act 1998.",
    ),
    Damage(
        "a placeholder in guidance",
        "leftover-placeholder",
        f"{TEMPLATE}/template.yaml",
        "      This protects staff",
        "      Ask [name of adviser] or TBC. This protects staff",
    ),
    # school files
    Damage(
        "a bracket in a fact",
        "leftover-bracket",
        SCHOOL,
        "  it_support: ",
        '  it_support: "[insert] "  # ',
    ),
    Damage(
        "a placeholder in an answer",
        "leftover-placeholder",
        ADOPTION,
        "  message_guide: ",
        "  message_guide: TBC  # ",
    ),
    Damage(
        "a blank from a form in a fact",
        "leftover-placeholder",
        SCHOOL,
        "  filtering: ",
        "  filtering: ________  # ",
    ),
    Damage(
        "an alternative in a fact",
        "leftover-alternative",
        SCHOOL,
        "  it_support: ",
        "  it_support: school / trust technician  # ",
    ),
    Damage(
        "another school in an answer",
        "foreign-school",
        ADOPTION,
        "  message_guide: ",
        "  message_guide: the Hazel Road Junior School guide  # ",
    ),
    Damage(
        "no designated safeguarding lead", "dsl-count", SCHOOL, "  dsl: {", "  senco: {", "people:"
    ),
    Damage(
        "a version in the future", "date-impossible", ADOPTION, "date: 2026-01,", "date: 2027-01,"
    ),
    Damage("a review long past", "review-overdue", ADOPTION, "date: 2026-01,", "date: 2019-01,"),
    Damage(
        "a body below the level",
        "approval-level",
        ADOPTION,
        'version: "2.0"',
        'version: "2.0"\napproving_body: head',
        "approving_body",
    ),
    Damage(
        "dead law in a fact",
        "law-superseded",
        SCHOOL,
        "  it_support: ",
        "  it_support: LSCB technician  # ",
    ),
    Damage(
        "the before the name in a fact",
        "article-before-name",
        SCHOOL,
        "  footer: ",
        "  footer: Made by the St Brigid’s  # ",
    ),
    Damage(
        "a lost apostrophe in an answer",
        "lost-apostrophe",
        ADOPTION,
        "  message_guide: ",
        "  message_guide: our schools policy  # ",
    ),
    Damage(
        "an old version, in capitals",
        "capitals",
        ADOPTION,
        "  message_guide: ",
        "  message_guide: what you MUST read  # ",
    ),
    # local wording
    Damage(
        "the before the name in local wording",
        "article-before-name",
        ADOPTION,
        "      Bad news is given",
        "      The {{ school.name }} is open. Bad news is given",
    ),
    Damage(
        "a title inside a word in local wording",
        "blind-replacement",
        ADOPTION,
        "      Bad news is given",
        "      By Headteacherphones bad news is given",
    ),
    Damage(
        "a role by another name in local wording",
        "term-drift",
        ADOPTION,
        "      Bad news is given",
        "      The Principal is told. Bad news is given",
    ),
    Damage(
        "a placeholder in local wording",
        "leftover-placeholder",
        ADOPTION,
        "      Bad news is given",
        "      By \\<name of governor> bad news is given",
    ),
    Damage(
        "a lost beginning in local wording",
        "unbalanced-brackets",
        ADOPTION,
        "      Bad news is given",
        "      (as of old. Bad news is given",
    ),
    Damage(
        "a promise of a form in local wording",
        "form-promised",
        ADOPTION,
        "      Bad news is given",
        "      Sign the attached form. Bad news is given",
    ),
    Damage(
        "an instruction in local wording",
        "leftover-instruction",
        ADOPTION,
        "      Bad news is given",
        "      Amend as appropriate. Bad news is given",
    ),
    Damage(
        "dead law in local wording",
        "law-superseded",
        ADOPTION,
        "      Bad news is given",
        "      Under the Data Protection Act 1998, bad news is given",
    ),
    Damage(
        "another school in local wording",
        "foreign-school",
        ADOPTION,
        "      Bad news is given",
        "      At Beacon Academy bad news is given",
    ),
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damage")
    for name in ("templates", "schools"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def found(folder: Path, as_of: datetime.date = AS_OF) -> tuple[Diagnostic, ...]:
    return checking.check(folder, (checking.Selection("st-brigids", POLICY),), as_of).diagnostics


OWE, NEWS = "1. Managers owe", "      Bad news is given"
"""Words that most damage is put into: where they are damaged already, the same is put into one more clause or paragraph."""
_AFTER_NEWS = "    reason: The parent app"


def damaged(texts: dict[str, str], damage: Damage) -> dict[str, str]:
    """The texts of files with one more damage."""
    text = texts.get(damage.file) or (ROOT / damage.file).read_text(encoding="utf-8")
    if damage.old == OWE and texts:
        text = f"{text}\n{damage.new} their staff care. {{#owed-{len(text)}}}\n"
    elif damage.old == NEWS and texts:
        text = text.replace(_AFTER_NEWS, f"\n{damage.new} in person.\n{_AFTER_NEWS}", 1)
    else:
        text = text.replace(damage.old, damage.new, 1)
    return {**texts, damage.file: text}


def untouched(texts: dict[str, str], damage: Damage) -> bool:
    """Whether the line of a damage still stands as it does without any, or there can be more of it."""
    if damage.old in (OWE, NEWS):
        return True
    sound = (ROOT / damage.file).read_text(encoding="utf-8")
    at = sound.index(damage.old)
    start, end = sound.rfind("\n", 0, at) + 1, sound.find("\n", at + len(damage.old))
    return f"\n{sound[start:end]}\n" in f"\n{texts.get(damage.file, sound)}\n"


ALONE = {"broken-reference", "dsl-count", "repeated-paragraph"}
"""After the first two nothing is composed, so that no other damage is looked for; the third is about where it stands."""


def in_groups() -> list[list[Damage]]:
    """Damage that is put in together, because checking a whole policy takes its time: each in other lines."""
    groups: list[tuple[list[Damage], dict[str, str]]] = []
    for damage in DAMAGE:
        at = next(
            (
                index
                for index, (group, texts) in enumerate(groups)
                if len(group) < 12
                and untouched(texts, damage)
                and not ({damage.rule, group[0].rule} & ALONE)
            ),
            len(groups),
        )
        if at == len(groups):
            groups.append(([], {}))
        group, texts = groups[at]
        groups[at] = ([*group, damage], damaged(texts, damage))
    return [group for group, _ in groups]


GROUPS = in_groups()


@cache
def found_in(group: int) -> tuple[Diagnostic, ...]:
    """What is found in a workspace with the damage of one group."""
    texts: dict[str, str] = {}
    for damage in GROUPS[group]:
        texts = damaged(texts, damage)
    with TemporaryDirectory() as folder:
        for name in ("templates", "schools"):
            shutil.copytree(ROOT / name, Path(folder) / name)
        for path, text in texts.items():
            (Path(folder) / path).write_text(text, encoding="utf-8")
        return found(Path(folder))


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: f"{damage.kind} ({damage.rule})")
def test_damage_is_found(damage: Damage) -> None:
    """The rule is broken at the line that was damaged."""
    sound = (ROOT / damage.file).read_text(encoding="utf-8")
    assert damage.old in sound, "the text to be damaged has changed"
    (group,) = [index for index, group in enumerate(GROUPS) if damage in group]
    diagnostics = found_in(group)
    places = [each.place for each in diagnostics if each.rule == damage.rule]
    assert places, [(each.rule, str(each.place), each.message) for each in diagnostics]
    at = damage.at or damage.new.split("\n")[0].strip()
    assert any(place and place.path == damage.file and at[:40] in place.text for place in places), (
        places
    )


def test_nothing_is_found_in_the_undamaged_policies() -> None:
    """No error, no warning, no note on any example school or template."""
    checked = checking.check(ROOT, (checking.Selection(),), AS_OF)
    assert [(each.rule, str(each.place), each.message) for each in checked.diagnostics] == []


def test_old_law_that_is_in_force_is_left_alone(workspace: Path) -> None:
    """The display screen regulations of 1992 and the Copyright Act of 1988 are still right."""
    path = workspace / TEMPLATE / "sections" / "summary.md"
    sound = path.read_text(encoding="utf-8")
    said = (
        "1. The Health and Safety (Display Screen Equipment) Regulations 1992, the Copyright, Designs and Patents Act "
        "1988 and the Computer Misuse Act 1990 apply. Managers owe"
    )
    try:
        path.write_text(sound.replace("1. Managers owe", said, 1), encoding="utf-8")
        assert found(workspace) == ()
    finally:
        path.write_text(sound, encoding="utf-8")


def test_history_may_be_told_with_a_reason(workspace: Path) -> None:
    """An allowance lets one rule pass on its line and the next; without use it is reported itself."""
    path = workspace / TEMPLATE / "sections" / "summary.md"
    sound = path.read_text(encoding="utf-8")
    told = "1. Under the Data Protection Act 1998, managers owed"
    try:
        path.write_text(
            sound.replace(
                "1. Managers owe",
                f"<!-- allow law-superseded: tells the history of this policy -->\n{told}",
                1,
            ),
            encoding="utf-8",
        )
        assert found(workspace) == ()
        path.write_text(
            sound.replace(
                "1. Managers owe", "<!-- allow law-superseded: no use -->\n1. Managers owe", 1
            ),
            encoding="utf-8",
        )
        assert [each.rule for each in found(workspace)] == ["allowance-unused"]
        path.write_text(
            sound.replace("1. Managers owe", f"<!-- allow law-superseded -->\n{told}", 1),
            encoding="utf-8",
        )
        assert sorted(each.rule for each in found(workspace)) == [
            "allowance-unused",
            "law-superseded",
        ]
    finally:
        path.write_text(sound, encoding="utf-8")


def test_an_old_law_library_warns(workspace: Path) -> None:
    """Past its own review date the library says so; on the day itself it does not."""
    assert "law-outdated" in {each.rule for each in found(workspace, datetime.date(2027, 6, 1))}
    assert "law-outdated" not in {each.rule for each in found(workspace)}


# --- the same words in every kind of place ----------------------------------------------------------------------------

WORDS: dict[str, tuple[str, ...]] = {
    "leftover-bracket": (
        "the [School to adapt paragraph as appropriate] pupils",
        "the [NAME OF] SCHOOL keeps",
        "[delete or amend the words",
        "[school/academy]",
        "[ ] keys",
        "insert here] keys",
    ),
    "leftover-placeholder": (
        "the ...... keeper",
        "the XXX keeper",
        "on ___/___/20___ they",
        "by TBC, they",
        "ask A. N. Other, who",
        "the keeper ??? keeps",
        "see insert name of governor, who",
    ),
    "leftover-instruction": (
        "delete as appropriate, then",
        "which schools may wish to amend, then",
        "this paragraph should be deleted, then",
        "the section on boarders which does not apply should therefore be removed, then",
        "this template policy is",
        "the text in italics must be deleted, then",
        "delete/amend as applicable, then",
        "using this proforma, then",
    ),
    "leftover-word-error": (
        "see Error! Bookmark not defined. Then",
        "see Error! Reference source not found. Then",
        "see REF _Ref12345 then",
    ),
    "leftover-alternative": (
        "the school / Trust keeps",
        "the school/academy keeps",
        "the Headteacher/Principal keeps",
        "pupils/students keep",
        "the school / the college keeps",
        "governors/trustees keep",
    ),
    "leftover-blank": (
        "approved by the governing body on . Then",
        "it was reviewed on, and then",
        "adopted by the governors on (date). Then",
    ),
    "colour-meaning": (
        "the text in red is new, then",
        "sections highlighted in yellow apply, then",
        "the red text applies, then",
    ),
    "foreign-school": (
        "at Hazel Road Junior School they",
        "at Hazel Road School they",
        "at St Mary’s School they",
        "at St Mary's C of E Primary School they",
        "at Beacon Academy they",
        "at Northfield Primary they",
    ),
    "term-drift": (
        "ask the Head Teacher, who",
        "ask the Principal, who",
        "ask the governing body, which",
    ),
    "unbalanced-brackets": (
        "the keys (which are many",
        "the keys which are many) or",
        "the “keys of the school",
    ),
    "stray-punctuation": (
        "the keys , or",
        "the keys, / locks",
        "the keys;; locks",
        "the keys.. Then",
        "the keys () or",
        "the keys,, or",
    ),
    "doubled-word": (
        "the keys keys or",
        "to the the office",
    ),
    "capitals": (
        "they MUST keep",
        "they do NOT keep",
        "keys are STRICTLY FORBIDDEN here",
        "keys are ALWAYS kept",
    ),
    "article-before-name": (
        "the Oak Lane School will",
        "of the Oak Lane School, or",
        "see the Oak Lane School’s keys",
    ),
    "blind-replacement": (
        "in the Headteacherlines of",
        "with Headteacherphones on",
        "a preacademy school",
        "to enSchool a key",
        "the school’s school is",
        "the school of the school",
    ),
    "lost-apostrophe": (
        "on the schools network",
        "by our schools IT",
        "the headteachers laptop",
        "each colleges equipment",
    ),
    "agreed-in-advance": (
        "amendments are agreed to by signing the original",
        "by signing the form staff agree to any later changes",
    ),
    "typed-number": ("as paragraph 4.2 says",),
    "form-promised": (
        "sign the attached form, then",
        "sign the declaration overleaf, then",
    ),
    "law-superseded": (
        "under the Data Protection Act 1998 they",
        "under the Data Protection Act (1998) they",
        "under RIPA they",
        "the Lawful Business Practice Regulations 2000 say",
        "ask the LSCB, which",
        "LSCBs",
        "NQTs keep",
        "the DCSF says",
        "Keeping Children Safe in Education 2023 says",
        "KCSIE (2024) says",
        "Keeping Children Safe in Education (DfE, September 2023) says",
        "Working Together to Safeguard Children (2018) says",
    ),
    "law-dated": (
        "DfE (2007) says",
        "on Windows 7 they",
        "on Windows XP or so",
    ),
    "law-term": (
        "for e-safety they",
        "peer on peer abuse",
    ),
    "foreign-detail": (
        "tell Bea Ray’s deputy",
        "tell Bea  Ray or the office",
        "tell Jan van der Berg, who",
        "tell Bea Ray Elm Trust Services of it",
        "call 01632960777 at once",
        "call 01632 960 777 at once",
        "call (01632) 960-777 at once",
        "call +44 1632 960777 at once",
        "call +44 (0)1632 960777 at once",
        "call 01632 960100 01632 960777 for both",
        "write to Office@Elm.sch.uk on Mondays",
        "see https://www.Elm.sch.uk/ on Mondays",
        "see elm.sch.uk/keys on Mondays",
        "ask Kent County Council, which",
        "ask Elm Web Filter for it",
    ),
}
"""Damage by rule, each to be found at its line wherever it stands."""

SOUND = (
    "Use that harms the good name of the school is a matter for the governing board.",
    "Staff use the school or college network, and X (formerly known by another name) is not used in class.",
    "The school / home link book goes with each child.",
    "The home/school agreement is signed by parents/carers and staff.",
    "Staff follow KCSIE and the advice of the NHS, the DfE and Ofsted.",
    "Staff choose either (a) or (b), and a) is better than b) for short visits.",
    "Records are kept for six years (within 24 hours where it is urgent) and then deleted.",
    "The form is returned no later than Friday, and no more than three keys are held.",
    "The hall of St Mary’s Church is used each Friday, and St John Ambulance trains staff.",
    "Staff are told in writing (by letter or email).",
    "He said “DO NOT TOUCH” and pressed “OK” on the screen.",
    "Staff log in in the morning, and log on on any computer that they had had before.",
    "The principal reason is safety, and the principal aim is clear.",
    "Pupils enter their names and staff enter the number of the key.",
    "Staff do not enter names of pupils into any AI tool.",
    "Staff do not insert a memory stick, nor insert text from elsewhere.",
    "Governors complete the form each year, and the school asks firms to delete the data of those who leave.",
    "Staff return memory sticks or remove them after use.",
    "Pupils put waste into the items in yellow bags, and forms are written in black or blue ink.",
    "The work is marked in green pen by pupils.",
    "The rules that the governors agreed on are kept.",
    "The date that they agreed on, and what they rely on, is clear.",
    "Files of type .doc, .pdf and .xls, or a name such as ../keys, are opened with care.",
    "The address is https://www.example.org/schools/academies/keys for all.",
    "The Association of School and College Leaders gives advice.",
    "Staff use Oak National Academy and Khan Academy with care.",
    "The School Community values kindness, and our Learning Community grows.",
    "Primary and Secondary Schools differ, and so do Early Years and Primary.",
    "The Virtual School Head and the Sixth Form College are told.",
    "The National College of Teaching and the Royal College of Nursing advise.",
    "Staff think before they post, whatever it is is kept.",
    "The NSPCC, CEOP, CAMHS and the LADO are told by the DSL.",
    "IT and AI are used with care, and UK GDPR applies to HR and IT.",
    "Staff use JPEG, PNG and PDF files and HTTPS addresses.",
    "Keeping children safe in education has been issued each year since 2014.",
    "Staff read Keeping children safe in education 2026 and the Equality Act 2010.",
    "The Display Screen Equipment Regulations 1992 and the Computer Misuse Act 1990 apply.",
    "The headteacher of another school may visit.",
    "Passwords take the following form: three random words.",
    "Signed off by the office, e.g., on paper, etc., as before.",
    "iPads are kept in the safe.",
    "Messages that break these rules should be deleted by staff.",
    "A section of the network should be switched off at night.",
    "Attachments in text messages must be deleted.",
    "Staff who find this unclear say so ... and ask.",
    "Ask whether it is “fair”, “safe” and “needed”.",
    "The office opens at 8.30 (on Fridays at 9).",
    "The keys (those of the hall (and the gym) included) are counted.",
    "It is the school’s own, not the trust’s.",
    "Staff at any school/home visit carry a badge.",
    "Under 13s may not use it, and 11-16 year olds may.",
    "The school (“the School”) keeps keys.",
    "Staff may add details of visitors to the book and add your name to the list there.",
    "Data that is wrong is amended as required by law.",
    "Settings can be changed if necessary.",
    "Staff wear a red top or a yellow bib, and a blue badge.",
    "Parents may complete the consent form if they wish.",
    "The governing board approved on 3 May the plan that was drafted.",
    "The plan was reviewed on Friday.",
    "All staff of Northshire Primary Schools meet once a year.",
    "A pro rata share is kept, and professional forms are used.",
    "Each pupil, student or apprentice has a key.",
    "Class 4B, Key Stage 2 and Year 6 have keys; A* grades are kept.",
    "Staff use the UK’s COVID-19 advice.",
    "The PREVENT lead and the SEND team meet.",
    "The DfE guidance of 2026 is read.",
    "Staff are asked to complete it if required.",
    "The sum of £5.00 is paid – or £10, if lost.",
    "Meetings on MS Teams and Windows 11 are fine.",
    "Send it to head@oak.example or see www.oak.example/keys.",
    "The Church of England School Estates team and Church schools.",
    "Staff do not use social media at work; nor do they log on at night.",
    "Headteachers of Other Schools are told.",
    "All schools use a network, and the schools of the county share one.",
    "Most schools broadband is fast, and schools equipment differs.",
    "Pupils use laptops, and pupils computers hold are theirs.",
    "Headteachers and principals entrust keys to governors and trustees, academics and schoolchildren.",
    "The school’s school council and the school’s school bus have keys.",
    "Principally, preschool children and headteachers’ deputies have none.",
    "“School” means the school that is named on the cover.",
    "The designated safeguarding lead (“the lead”) keeps one, and a “key” means a key or a code.",
    "Write to office@oaklaneacademy.example or see www.myAcademy.example/headteacherlines.",
    "Staff sign again when changes are agreed, and a signature is no consent to later amendments.",
    "By signing they say that they have read it.",
    "Parents’ evenings and pupils’ lessons are held as the schools policy unit asks.",
    "Mary Bea Ray, Mary-Bea Ray and Bea Ray-Smith have keys, and so has Bea Rayds.",
    "The Data Protection Officer, the IT Support Team, the LADO team and the headteacher have none.",
    "The school uses Google and SWGfL; learning in Kent needs no key.",
    "Call 01632 960100 extension 2, or 101, before 2026 11 20 and 10 30 on Mondays.",
    "See www.trust.org.uk/oak or trust.org.uk, and write to office@trust.org.uk.",
)
"""Sentences that look like damage and are none."""

SECTION, FACTS, ANSWERS = (
    "templates/tiny/sections/lost-keys.md",
    "schools/oak/school.yaml",
    "schools/oak/policies/tiny.yaml",
)
OWN = """
website: https://www.trust.org.uk/oak
email: office@trust.org.uk
phone: 01632 960100 extension 2
partnership: {name: Mary Bea Ray}
"""
ELM = """
name: Elm Grove School
type: academy
phase: primary
employer: trust
trust: Learning
employer_name: Learning
local_authority: Kent County Council
website: https://elm.sch.uk
email: office@elm.sch.uk
phone: 01632 960777
roles: {head: Headteacher, board: governing board, chair: Chair of All}
people:
  head: {name: Bea Ray}
  chair: {name: Chair of All}
  dsl: {name: Jan van der Berg, phone: 01632 960100}
  deputy_dsls: [{name: Bea Ray Elm Trust Services}]
  lado: {name: LADO team}
  dpo: {name: Data Protection Officer}
  it_support: {name: IT Support Team}
  hr_adviser: {name: the headteacher}
providers: {broadband: SWGfL, filtering: Elm Web Filter, monitoring: Google}
"""
"""A school whose facts are none of Oak's, and one with teams and products for names."""
IN_FACTS = (
    *("leftover-", "law-", "unbalanced-", "doubled-", "stray-", "foreign-"),
    *("article-", "blind-", "lost-", "agreed-"),
)
IN_ANSWERS = (*IN_FACTS, "capitals", "colour-", "term-")
IN_GUIDANCE = (
    "leftover-bracket",
    "leftover-placeholder",
    "leftover-word-",
    "law-",
    "doubled-",
    "stray-",
    "foreign-",
)
NOT_IN_CIRCULARS = (
    "leftover-instruction",
    "term-drift",
    "typed-number",
    "form-promised",
    "article-before-name",
    "foreign-detail",
)
NEEDS_A_SCHOOL = ("article-before-name", "foreign-detail", "term-drift")
"""In a branch that no school takes nobody knows what is right, or another rule says so."""
FOLLOWS = {"governing body on": {"term-drift"}}
"""What else is wrong with some of the words."""
COUNT = "1. Keys are counted each term"

Change = tuple[str, str, str]
"""A file, words of it, and what comes in their place."""


def in_paragraphs(texts: Sequence[str]) -> Change:
    made = [
        f"1. Keys hang on a board, and here\n   it goes on: {text} meanwhile\n   it ends. {{#probe-{i}}}\n"
        for i, text in enumerate(texts)
    ]
    return SECTION, COUNT, f"{''.join(made)}{COUNT}"


def at_the_beginning(texts: Sequence[str]) -> Change:
    made = [
        f"1. {text[:1].upper()}{text[1:]} {{#probe-{index}}}\n" for index, text in enumerate(texts)
    ]
    return SECTION, COUNT, f"{''.join(made)}{COUNT}"


def in_a_table(texts: Sequence[str]) -> Change:
    rows = "".join(f"   | Key | {text} |\n" for text in texts)
    return (
        SECTION,
        COUNT,
        f"1. Keys. {{#probe}}\n\n   Table: Keys\n\n   | Key | Place |\n   |---|---|\n{rows}\n{COUNT}",
    )


def in_local_wording(texts: Sequence[str]) -> Change:
    wording = "".join(
        f"\n\n      Another goes over lines,\n      as here: {text} meanwhile\n      so."
        for text in texts
    )
    return (
        ANSWERS,
        "who-may-hold: keep",
        f"who-may-hold:\n    replace: |\n      One.{wording}\n    reason: Ours",
    )


def in_answers(texts: Sequence[str]) -> Change:
    return ANSWERS, "doors: [the front door, the hall door]", f"doors:{_listed(texts)}"


def in_facts(texts: Sequence[str]) -> Change:
    return FACTS, "phase: primary", f"phase: primary\naddress:{_listed(texts)}"


def _listed(texts: Sequence[str]) -> str:
    return "".join("\n    - '{}'".format(text.replace("'", "''")) for text in texts)


def in_a_callout(texts: Sequence[str]) -> Change:
    made = "\n\n".join(f"Remember, and\nhere: {text} meanwhile." for text in texts)
    return SECTION, COUNT, f"::: remember\n{made}\n:::\n\n{COUNT}"


def in_a_list(texts: Sequence[str]) -> Change:
    made = "\n".join(f"   - one key that {text} meanwhile" for text in texts)
    return SECTION, COUNT, f"1. Keys of this kind: {{#probe}}\n\n{made}\n\n{COUNT}"


def in_a_form(texts: Sequence[str]) -> Change:
    made = "".join(f"I know that {text} meanwhile.\n\n" for text in texts)
    declared = "## Signing\n\nI keep to this.\n\n"  # what stands above is not said again on slips
    return "templates/tiny/forms/receipt.md", "::: signature", f"{made}{declared}::: signature"


def in_a_branch_not_taken(texts: Sequence[str]) -> Change:
    made = "".join(
        f"1. Here is what {text} meanwhile. {{#probe-{index}}}\n"
        for index, text in enumerate(texts)
    )
    return SECTION, COUNT, f"{{% if not answers.key_safe %}}\n{made}{{% endif %}}\n{COUNT}"


def in_guidance(texts: Sequence[str]) -> Change:
    guidance = "".join("\n      '{}'".format(text.replace("'", "''")) for text in texts[:1])
    return (
        "templates/tiny/template.yaml",
        "    kind: yes-no",
        f"    guidance:{guidance}\n    kind: yes-no",
    )


def in_the_circular(texts: Sequence[str]) -> Change:
    circular = f"circular:\n  action: a\n  to: b\n  purpose: c\n  contact: d\n  summary:{_listed(texts)}\nguidance:"
    return "templates/tiny/template.yaml", "guidance:", circular


PLACES = (
    in_paragraphs,
    at_the_beginning,
    in_a_table,
    in_a_callout,
    in_a_list,
    in_a_form,
    in_a_branch_not_taken,
    in_the_circular,
    in_local_wording,
    in_answers,
    in_facts,
)
TEMPLATE_PLACES = PLACES[:8]


def looked_for(rule: str, place: Callable[[Sequence[str]], Change]) -> bool:
    if place in TEMPLATE_PLACES and rule == "article-before-name":
        return False  # a name typed in a template is another school's
    if place is in_a_branch_not_taken:
        return rule not in NEEDS_A_SCHOOL
    if place is in_the_circular:
        return rule not in NOT_IN_CIRCULARS
    if place is in_answers:
        return rule.startswith(IN_ANSWERS)
    if place is in_facts:
        return rule.startswith(IN_FACTS)
    if place is in_a_form:
        return rule != "form-promised"
    return place is not in_a_table or rule not in ("leftover-blank", "form-promised")


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[[Change], tuple[Diagnostic, ...]]:
    shutil.copytree(BASE, tmp_path / "tiny")
    elm = tmp_path / "tiny/schools/elm/school.yaml"
    elm.parent.mkdir()
    elm.write_text(ELM, encoding="utf-8")
    oak = tmp_path / "tiny" / FACTS
    oak.write_text(OWN + oak.read_text(encoding="utf-8"), encoding="utf-8")

    def check(change: Change) -> tuple[Diagnostic, ...]:
        path = tmp_path / "tiny" / change[0]
        sound = path.read_text(encoding="utf-8")
        assert change[1] in sound
        path.write_text(sound.replace(change[1], change[2], 1), encoding="utf-8")
        try:
            return checking.check(tmp_path / "tiny", (checking.Selection(),), AS_OF).diagnostics
        finally:
            path.write_text(sound, encoding="utf-8")

    return check


@pytest.mark.parametrize("place", PLACES)
def test_words_are_found_wherever_they_stand(
    place: Callable[[Sequence[str]], Change], tiny
) -> None:
    """In a template, a table, local wording, an answer and a fact: once, at their line, and nothing else."""
    expected = {
        text: rule for rule, texts in WORDS.items() for text in texts if looked_for(rule, place)
    }
    diagnostics = tiny(place([*expected]))
    for text, rule in expected.items():
        shown = text[1:].replace(
            "'", "''" if place in (in_answers, in_facts, in_the_circular) else "'"
        )
        # A value that only holds a place is doubted as well where it stands in YAML: tests/workspaces/doubtful-value.md.
        rules = [
            each.rule
            for each in diagnostics
            if shown in each.place.text and each.rule != "doubtful-value"
        ]
        assert rules.count(rule) == 1, (text, rule, rules)
        alone = place in (in_facts, in_a_branch_not_taken, in_the_circular)
        follows = next(
            (more for part, more in FOLLOWS.items() if part in text and not alone), set()
        )
        assert {*rules} == {rule} | follows, (text, rule, rules)
    lines = {
        each.place
        for each in diagnostics
        if not any(text[1:8] in each.place.text for text in expected)
    }
    assert lines == set()


@pytest.mark.parametrize("place", PLACES)
def test_sound_sentences_are_left_alone(place: Callable[[Sequence[str]], Change], tiny) -> None:
    assert [(each.rule, str(each.place), each.message) for each in tiny(place(SOUND))] == []


def test_sound_lists_are_left_alone(tiny) -> None:
    """A lead-in that speaks of what somebody does not do forbids nothing; a list of names needs no sentence."""
    for text in (
        "If you do not know who sent it: {#probe}\n\n   - do not open it\n   - never answer it",
        "Pupils who do not have a key: {#probe}\n\n   - do not wait\n   - never climb",
        "Staff must not, on any account: {#probe}\n\n   - lend keys\n   - copy keys, not even once",
        "Staff must not send a list {#probe}\n\n   - no later than noon\n   - no longer than a page",
        "Keys are of three kinds (see below): {#probe}\n\n   - doors\n   - gates",
        "Keys are for {#probe}\n\n   - doors\n   - gates",
    ):
        assert tiny((SECTION, COUNT, f"1. {text}\n{COUNT}")) == (), text


@pytest.mark.parametrize(
    "title",
    ["IT and AI", "KCSIE", "Keys: IT and AI", "UK GDPR", "NHS and HR", "DSL", "ICT AUP", "FAQs"],
)
def test_sound_titles_are_left_alone(title: str, tiny) -> None:
    assert tiny((SECTION, "# Lost keys", f"# {title}")) == ()


def test_a_quotation_is_left_as_it_was_written(tiny) -> None:
    quote = "::: quote\nKeys MUST be “kept [by staff], and e-safety is is.\n\nIt is so.”\n\n— An old book\n:::\n"
    assert tiny((SECTION, "1. Keys are counted", f"{quote}\n1. Keys are counted")) == ()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            SECTION,
            "1. A lost key is reported",
            "1. A lost key is kept\n   <!-- allow leftover-placeholder: a code -->\n   as XXX",
        ),
        (
            SECTION,
            "1. A lost key is reported",
            "1. A lost XXX <!-- allow leftover-placeholder: a code --> key is",
        ),
        (
            SECTION,
            "1. A lost",
            "<!-- allow leftover-placeholder: a code -->\n<!-- allow capitals: so -->\n1. XXX MUST lost",
        ),
        (
            SECTION,
            "1. A lost",
            "1. XXX <!-- allow leftover-placeholder: so --><!-- allow capitals: so --> MUST lost",
        ),
        (SECTION, "# Lost keys", "<!-- allow heading-capitals: so -->\n# LOST KEYS"),
        (
            FACTS,
            "branding:",
            "providers:\n  # allow leftover-placeholder: its name\n  cloud: Cloud of XXX\nbranding:",
        ),
        (
            FACTS,
            "branding:",
            "providers:\n  cloud: Cloud of XXX # allow leftover-placeholder: its name\nbranding:",
        ),
        (
            ANSWERS,
            "who-may-hold: keep",
            "who-may-hold:\n    replace: |\n      <!-- allow list-lead-in: agreed -->\n      - by staff;\n      - by us\n    reason: Ours",
        ),
    ],
)
def test_what_is_allowed_passes(file: str, old: str, new: str, tiny) -> None:
    """Above the line or on it, in a section, a YAML file and local wording; several at once."""
    assert tiny((file, old, new)) == ()


def test_the_words_of_an_option_are_checked_where_they_are_written(tiny) -> None:
    file = "templates/tiny/template.yaml"
    (found,) = tiny((file, "prints: the school office", "prints: the school/academy office"))
    assert (found.rule, found.place.path) == ("leftover-alternative", file)


def test_a_clause_number_in_local_wording_is_found(tiny) -> None:
    (found,) = tiny(in_local_wording(["as paragraph 2.4 says"]))
    assert (found.rule, found.place.path) == ("typed-number", ANSWERS)
    assert "paragraph 2.4" in found.place.text


def test_of_two_brackets_the_one_without_a_partner_is_shown(tiny) -> None:
    """The place is that of the words meant, not of the first like them."""
    words = "1. A key (lost) is\n   reported (always to"
    (found,) = tiny((SECTION, "1. A lost key is reported to", words))
    assert found.place.text[: found.place.column].endswith("reported (")
