"""Decisions below a clause: items of lists, paragraphs of a clause, lists without a lead-in, headings with all below."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path

import pytest

from policygen.compare.comparison import Declared, compare
from policygen.html.labels import Stamp
from policygen.language.document import Document
from policygen.products.text import policy_text
from policygen.project.check import Selection, check
from tests.support.editions import freeze
from tests.support.workspace import ADOPTION, AS_OF, Workspace, run_in

KEYS = "templates/tiny/sections/lost-keys.md"
TEXT = """# Lost keys {#lost-keys}

1. A loss is told: {#report-loss adapt=free}

   1. to the office {#to-office adapt=optional}
   1. to the caretaker {#to-caretaker adapt=free}
   1. to the class

   Whoever finds one does the same. {#finders adapt=free}

   Both are told in writing.
1. Keys are counted. See [](#to-caretaker). {#count adapt=optional}

## Visitors {#visitor-rules adapt=free}

{#visitor-list adapt=free}

- A visitor has no key. {#no-key adapt=optional}
- A visitor is never alone.

1. Visitors sign. {#visitors-sign}

## Later

1. Done. {#done}
"""
UNITS = {
    "to-caretaker": "to the caretaker",
    "finders": "Whoever finds one does the same.",
    "visitor-list": "A visitor has no key. A visitor is never alone.",
    "visitor-rules": "A visitor has no key. A visitor is never alone. Visitors sign.",
}
"""What each says, without its heading and without numbers."""


def words(workspace: Workspace) -> str:
    """The words of the section as it prints, on one line, with their labels."""
    checked = check(workspace.write(), [Selection()], datetime.date(2026, 11, 20))
    assert checked.diagnostics == ()
    (composed,) = checked.policies
    text = policy_text(composed.document, Stamp("approved", ""))
    body = text.rpartition("Lost keys\n")[2].partition("Receipt for")[0]
    return " ".join(body.replace("---", "").replace("--", "").split())


@pytest.fixture
def tiny(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path).with_files({KEYS: TEXT})


def decided(tiny: Workspace, **decisions: str) -> Workspace:
    lines = "".join(f"  {key.replace('_', '-')}: {said}\n" for key, said in decisions.items())
    return tiny.with_change(ADOPTION, "clauses:\n", f"clauses:\n{lines}")


def test_what_prints_is_as_before(tiny: Workspace) -> None:
    """That something may be decided about changes nothing of it: not the letters, nor what a reference prints."""
    assert words(tiny) == (
        "2.1 A loss is told: (a) to the office (b) to the caretaker (c) to the class "
        "Whoever finds one does the same. Both are told in writing. "
        "2.2 Keys are counted. See paragraph 2.1(b). "
        "Visitors - A visitor has no key. - A visitor is never alone. 2.3 Visitors sign. Later 2.4 Done."
    )


@pytest.mark.parametrize("unit", UNITS)
def test_its_words_alone_are_replaced(tiny: Workspace, unit: str) -> None:
    tiny = tiny.with_change(KEYS, "{#no-key adapt=optional}", "{#no-key adapt=free}")
    before = words(tiny)
    after = words(decided(tiny, **{unit: "{replace: Ours., reason: r}"}))
    for label in ("(a) ", "(b) ", "(c) ", "- ", "2.3 ", "2.4 "):
        before, after = before.replace(label, ""), after.replace(label, "")
    assert after == before.replace(UNITS[unit], "Ours.")


def test_what_is_left_out_closes_up(tiny: Workspace) -> None:
    after = words(decided(tiny, to_office="{omit: true, reason: r}"))
    assert "told: (a) to the caretaker (b) to the class" in after
    assert "See paragraph 2.1(a)." in after


def test_a_heading_goes_with_all_below_it(tiny: Workspace) -> None:
    after = words(decided(tiny, visitor_rules="{omit: true, reason: r}"))
    assert "isitor" not in after
    assert after.endswith("2.2 Keys are counted. See paragraph 2.1(b). Later 2.3 Done.")


def test_what_is_added_beside_an_item_is_an_item_and_moves_no_letter(tiny: Workspace) -> None:
    after = words(decided(tiny, to_caretaker="{add_after: to the head, reason: r}"))
    assert "(b) to the caretaker (ba) to the head (c) to the class" in after
    before = words(decided(tiny, to_caretaker="{add_before: to the head, reason: r}"))
    assert "(a) to the office (aa) to the head (b) to the caretaker" in before


@pytest.mark.parametrize(
    ("decisions", "says"),
    [
        ({"no_key": "{replace: Ours., reason: r}"}, "is optional and cannot be replaced"),
        (
            {"visitor_list": "{omit: true, reason: r}", "no_key": "{omit: true, reason: r}"},
            "the clause `no-key` is a part of `visitor-list`, which is left out as a whole",
        ),
        ({"visitor_rules": "{replace: Ours., reason: r}"}, "`no-key` is optional and cannot be"),
        ({"count": "{omit: true, reason: r}", "to_caretaker": "{omit: true, reason: r}"}, ""),
    ],
)
def test_what_a_unit_allows_holds_for_it_and_for_what_is_in_it(
    tiny: Workspace, decisions: dict[str, str], says: str
) -> None:
    result = decided(tiny, **decisions).run("check")
    assert says in result.stderr
    assert result.code == (1 if says else 0)


def test_a_list_is_not_left_out_item_by_item_behind_its_lead_in(tmp_path: Path) -> None:
    text = TEXT.replace("   1. to the class\n", "").replace(" See [](#to-caretaker).", "")
    tiny = Workspace(tmp_path).with_files({KEYS: text})
    gone = "{omit: true, reason: r}"
    said = decided(tiny, to_office=gone, to_caretaker=gone).run("check")
    assert "every item of the list of `report-loss` is left out" in said.stderr
    assert "decide about `report-loss` as a whole, or keep one item" in said.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{#visitor-list adapt=free}\n\n", "{#visitor-list adapt=free}\n\nWords. {#words}\n\n"),
        ("{#visitor-list adapt=free}\n\n", "{#visitor-list}\n\n"),
    ],
)
def test_an_id_alone_on_its_line_has_to_stand_before_a_list_and_say_its_status(
    tiny: Workspace, old: str, new: str
) -> None:
    said = tiny.with_change(KEYS, old, new).run("check")
    assert said.code == 1
    assert "these attributes belong to nothing" in said.stderr


def test_they_are_listed_and_changed_by_their_numbers(tiny: Workspace) -> None:
    root = tiny.write()
    listed = run_in(root, "clauses", "oak/tiny").stdout
    assert "2.1(b)  to-caretaker" in listed
    own = root / "own.txt"
    own.write_text("to Mr Bell, the caretaker\n", "utf-8")
    said = ["--replace", "--text", str(own), "--reason", "He has a name", "--yes"]
    changed = run_in(root, "change", "oak/tiny", "2.1(b)", *said, "--as-of", AS_OF)
    assert "(b) to{+ Mr Bell,+} the caretaker" in changed.stdout


def test_an_upgrade_goes_by_their_ids(tiny: Workspace) -> None:
    """What the school worded is asked about, what it left out stays so, and what is new is taken."""
    decisions = {
        "to_office": "{omit: true, reason: r}",
        "to_caretaker": "{replace: to Mr Bell, reason: r}",
        "visitor_list": "{replace: No visitor has a key., reason: r}",
    }
    root = decided(tiny, **decisions).write()
    freeze(root, "tiny", "2026.1")
    text = TEXT.replace("to the caretaker", "to the caretaker, in person")
    text = text.replace("   1. to the class\n", "   1. to the head of year {#to-year adapt=free}\n")
    (root / KEYS).write_text(text, "utf-8")
    freeze(root, "tiny", "2026.2", previous="2026.1")
    said = run_in(root, "upgrade", "oak/tiny", "--as-of", AS_OF).stdout
    assert "asked   to-caretaker" in said
    assert "taken   to-year: it is new" in said
    assert "asked   visitor-list" not in said
    assert "asked   to-office" not in said


NEXT = TEXT.replace(
    "   1. to the class\n", "   1. to the class\n   1. to the head {#to-head adapt=free}\n"
)
"""The next edition: one item more."""


def with_items_decided(tiny: Workspace) -> Workspace:
    return decided(
        tiny,
        to_office="{omit: true, reason: The office is closed}",
        to_caretaker="{replace: to Mr Bell, reason: He has a name}",
    )


def document(root: Path) -> Document:
    (composed,) = check(root, [Selection()], datetime.date(2026, 11, 20)).policies
    return composed.document


def test_each_word_of_a_redline_has_who_decided_about_its_item(tiny: Workspace) -> None:
    """An issuer's item is not said to be the school's, nor an editorial change of one to make all editorial."""
    before = document(tiny.write())
    after = document(with_items_decided(tiny.with_files({KEYS: NEXT})).write())
    said = Declared({}, {"to-head": "issuer"}, {"to-head": "editorial"}, complete=True)
    (pair,) = compare(before, replace(after, edition="2026.2"), said).changes
    assert pair.inner == ("to-office", "to-caretaker", "to-head")
    assert pair.change == "material"
    owners = {
        line.line.clause: {run.owner for cell in line.cells for run in cell if run.change != "same"}
        for line in pair.lines
        if line.change != "same"
    }
    school = {"school"}
    assert owners == {"to-office": school, "to-caretaker": school, "to-head": {"issuer"}}


def test_that_items_stand_in_another_order_is_no_decision_of_the_school(tiny: Workspace) -> None:
    one = "   1. to the office {#to-office adapt=optional}\n"
    two = "   1. to the caretaker {#to-caretaker adapt=free}\n"
    other = tiny.with_change(KEYS, one + two, two + one)
    before, after = document(tiny.write()), document(other.write())
    said = Declared(complete=True)
    changes = compare(before, replace(after, edition="2026.2"), said).changes
    assert [pair.owners for pair in changes] == [{"issuer"}]


def test_an_item_is_recalled_by_itself(tiny: Workspace) -> None:
    """The paragraph around it is no copy of it."""
    root = tiny.write()
    freeze(root, "tiny", "2026.1")
    packed = run_in(root, "pack", "oak/tiny", "--as-of", AS_OF).stdout
    code = re.search(r"content code (\S{4}-\S{4})", packed)
    assert code, packed
    decided_by = [
        "--body",
        "committee",
        "--date",
        AS_OF,
        "--minute",
        "1.1",
        "--signatory",
        "Ann Lee",
    ]
    version = ["--version", "2.0", "--content", code[1]]
    approved = run_in(root, "approve", "oak/tiny", *version, *decided_by, "--as-of", AS_OF)
    assert approved.code == 0, approved.stderr
    found = run_in(root, "fleet", "--clause", "to-caretaker", "--as-of", AS_OF).stdout
    assert "to-caretaker: the model text" in found
    assert "1 place: 1 exact" in found


def test_a_further_paragraph_that_leads_in_a_list_goes_with_it(tiny: Workspace) -> None:
    led = "Whoever finds one: {#finders adapt=free}\n\n   - keeps it\n   - tells us\n"
    tiny = tiny.with_change(KEYS, "Whoever finds one does the same. {#finders adapt=free}\n", led)
    assert "Whoever finds one: - keeps it - tells us Both" in words(tiny)
    after = words(decided(tiny, finders="{omit: true, reason: r}"))
    assert "(c) to the class Both are told in writing." in after


def test_the_reasons_for_items_are_told_to_the_board(tiny: Workspace) -> None:
    root = with_items_decided(tiny).write()
    assert run_in(root, "pack", "oak/tiny", "--as-of", AS_OF).code == 0
    (page,) = root.glob("output/packs/oak/tiny/pack-*/cover-note-tiny.html")
    assert "The office is closed; He has a name" in page.read_text("utf-8")


def test_an_item_is_explained_and_announced_by_itself(tiny: Workspace) -> None:
    root = tiny.write()
    freeze(root, "tiny", "2026.1")
    (root / KEYS).write_text(NEXT, "utf-8")
    run_in(root, "publish", "tiny", "--edition", "2026.2", "--issued", "2026-11-01", "--scaffold")
    changes = root / "templates/tiny/changes.yaml"
    text = changes.read_text("utf-8")
    assert "clauses: [to-head]" in text
    assert text.count("clauses:") == 1  # the clause around it says what it said
    for key, said in (("class", "material"), ("must", "yes"), ("reason", "Heads ask")):
        text = re.sub(rf"(?m)^    {key}:.*", f"    {key}: {said}", text)
    changes.write_text(text, "utf-8")
    template = root / "templates/tiny/template.yaml"
    circular = "circular: {action: Adopt, to: Heads, purpose: New, summary: [Heads], contact: HR}\n"
    template.write_text(template.read_text("utf-8").replace("2026.1", "2026.2") + circular, "utf-8")
    done = run_in(root, "publish", "tiny", "--edition", "2026.2", "--issued", "2026-11-01")
    assert done.code == 0, done.stderr
    page = root / "output/packs/editions/tiny/2026.2/circular.html"
    assert "2.1(d), new" in page.read_text("utf-8")
