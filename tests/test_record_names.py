"""What a text prints of the record of its version: a blank in a draft, the value once approved, no part of the content."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policygen.compose.record import BLANKS
from policygen.language.jinja_record import RECORD
from tests.support.standing import Standing, standing
from tests.support.workspace import TEMPLATE, Workspace

SECTION = "templates/tiny/sections/lost-keys.md"
SENTENCE = (
    "1. This is version {{ record.version }} of edition {{ record.edition }} ({{ record.issued }})."
)
APPROVAL = (
    " It was approved by the {{ record.body }} on {{ record.approved_on }}, minute {{ record.minute }}, and is due"
    " for review by {{ record.next_review }}."
)
ROWS = """\
record_rows:
  - {label: Adopted from, says: "{{ issuer.name }}, edition {{ record.edition }}"}
  - {label: Signed off, says: "minute {{ record.minute }} of {{ record.approved_on }}, kept by the {{ roles.head }}"}
"""
UNKNOWN = ("approved_on", "body", "minute", "next_review")


def printing(root: Path, sentence: str = SENTENCE + APPROVAL) -> Workspace:
    """A policy that prints all that there is, in its text and in rows of its record."""
    workspace = Workspace(root)
    template = workspace.text(TEMPLATE).replace("\nsections:", f"\n{ROWS}sections:", 1)
    return workspace.with_files(
        {SECTION: f"{workspace.text(SECTION)}{sentence} {{#of-the-record}}\n", TEMPLATE: template}
    )


def code_of(place: Standing) -> str:
    """The content code of the draft."""
    return re.findall(r"content code (\S+)", place.run("build").stdout)[0]


def approve(place: Standing, version: str, minute: str = "19.2") -> None:
    """As a committee did."""
    decided = ("--body", "committee", "--date", "2026-11-12", "--minute", minute)
    done = place.run(
        "approve", "oak/tiny", "--version", version, "--content", code_of(place), *decided
    )
    assert (done.stderr, done.code) == ("", 0)


def test_a_draft_has_marked_blanks(tmp_path: Path) -> None:
    """For what is not known yet, in every product, and the value for what is."""
    place = standing(printing(tmp_path / "work"))
    checked = place.run("check", "--strict")
    assert (checked.stderr, checked.code) == ("", 0)
    place.run("build")
    folder = place.root / "output/drafts/oak/tiny"
    text = " ".join((folder / "tiny.txt").read_text("utf-8").split())
    assert "This is version 2.0 of edition 2026.1 (1 September 2026)." in text
    for name in UNKNOWN:
        assert BLANKS[f"record.{name}"] in text
    html = (folder / "tiny.html").read_text("utf-8")
    assert html.count('<span class="not-known">') == len(UNKNOWN)
    assert "Adopted from: Northshire County Council, edition 2026.1" in text
    assert f"Signed off: Minute {BLANKS['record.minute']}" in text


def test_the_content_is_the_same_whatever_the_record_says(tmp_path: Path) -> None:
    """Before and after an approval, with another number, and without a change to tell."""
    place = standing(printing(tmp_path / "work"))
    code = code_of(place)
    approve(place, "2.0")
    manifest = json.loads(place.read("schools/oak/register/tiny/2.0/version.json"))
    assert manifest["content"]["code"] == code
    checked = place.run("check")
    assert (checked.stderr, checked.code) == ("", 0)


@pytest.mark.slow
def test_what_was_approved_says_so(tmp_path: Path) -> None:
    """In the frozen copies; new details keep the approval and have the new number; a correction reaches what is made next."""
    place = standing(
        printing(tmp_path / "work", SENTENCE + APPROVAL + " Ask {{ people.head.name }}.")
    )
    approve(place, "2.0")
    frozen = "schools/oak/register/tiny/{}/tiny.txt"
    text = " ".join(place.read(frozen.format("2.0")).split())
    said = "approved by the committee of the governing board on 12 November 2026, minute 19.2, and is due"
    assert "This is version 2.0 of edition" in text
    assert said in text
    assert not any(blank in text for blank in BLANKS.values())
    assert "Signed off: Minute 19.2 of 12 November 2026" in text
    facts = (
        "--version",
        "2.0",
        "--was",
        "19.2",
        "--to",
        "19.3",
        "--by",
        "Clerk",
        "--reason",
        "Misread",
    )
    corrected = place.run("correct", "oak/tiny", "minute", *facts)
    assert corrected.code == 0, corrected.stderr
    school = "schools/oak/school.yaml"
    place.put(school, place.read(school).replace("name: Ann Lee", "name: Eve Lee"))
    released = place.run("release", "oak/tiny", "--details", "--date", "2026-11-20")
    assert (released.stderr, released.code) == ("", 0)
    text = " ".join(place.read(frozen.format("2.0.1")).split())
    assert "This is version 2.0.1 of edition" in text
    assert said.replace("19.2", "19.3") in text
    redline = place.read("schools/oak/register/tiny/2.0.1/redline.html")
    assert (redline.count("<ins"), redline.count("<del")) == (1, 1)


DECIDING = [
    "{{% if {} %}}x{{% endif %}}",
    "{{% if {} == '1' %}}x{{% endif %}}",
    "{{{{ 'a' if {} else 'b' }}}}",
    "{{{{ {} or 'b' }}}}",
    "{{{{ {} | possessive }}}}",
    "{{% set v = {} %}}{{% if v %}}x{{% endif %}}{{{{ v }}}}",
    "{{{{ {} == 'x' }}}}",
]


@pytest.mark.parametrize(("name", "text"), [*zip(RECORD, DECIDING, strict=True)])
def test_nothing_hangs_on_the_record(tmp_path: Path, name: str, text: str) -> None:
    """A text prints what it says and does nothing else with it."""
    sentence = "1. Said " + text.format(f"record.{name}") + "."
    checked = printing(tmp_path / "work", sentence).run("check", "tiny")
    assert checked.code == 1
    assert (
        f"`record.{name}` can be printed as it is, and nothing can hang on it  [record-tested]"
        in checked.stderr
    )


def test_conditions_of_a_template_do_not_either(tmp_path: Path) -> None:
    """Nor does a row of the record read an answer."""
    workspace = printing(tmp_path / "work")
    hung = workspace.with_change(
        TEMPLATE, "sections:\n", "never: [{when: record.minute == '1', why: So}]\nsections:\n"
    )
    assert "[record-tested]" in hung.run("check").stderr
    rows = workspace.with_change(TEMPLATE, "{{ issuer.name }}", "{{ answers.keeper }}")
    assert "`answers` is not a name that" in rows.run("check").stderr


@pytest.mark.parametrize(
    "text",
    [
        "[here](https://www.oaklane.example/{{ record.version }})",
        "`v{{ record.version }}`",
        "![Plan of {{ record.version }}](images/door.svg)",
    ],
)
def test_what_is_filled_in_later_stands_where_it_can_be(tmp_path: Path, text: str) -> None:
    """In running text, emphasised or not, in headings, cells and forms; not in what is no text."""
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z"/></svg>'
    )
    workspace = printing(tmp_path / "work", f"1. See {text}.")
    checked = workspace.with_files({"templates/tiny/images/door.svg": picture}).run("check")
    assert "`record.version` cannot stand in an address, a picture, code" in checked.stderr


def test_no_heading_says_what_is_not_known_yet(tmp_path: Path) -> None:
    """References take the words of headings and captions before anything is filled in."""
    table = "\n\nTable: Of {{ record.minute }}\n\n| A | B |\n|---|---|\n| a | b |\n"
    sentence = (
        f"1. One. {{#one}}\n\n## Since {{{{ record.approved_on }}}} {{#since}}{table}\n1. Two."
    )
    told = printing(tmp_path / "work", sentence).run("check").stderr
    assert told.count("cannot stand in a heading or a caption") == 2
