"""Forms stand where the author puts them: before the appendices, or among them in their series."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from policygen.compare.comparison import Declared, compare
from policygen.language.document import Document, contents, plain
from policygen.language.stored import restored, stored
from policygen.project.check import Selection, check
from tests.support.workspace import AS_OF, SCHOOL, TEMPLATE, Workspace

RECEIPT = "templates/tiny/forms/receipt.md"
DOORS = "templates/tiny/sections/app-doors.md"
FORM = "# {title} {{#{name}{flags}}}\n\nI have read this.\n\n::: signature Member of staff\n- Signed\n:::\n"
PAGE = "# Telephones {#phones}\n\n1. Staff sign [](#pledge) and [](#loan). {#sign}\n"


def lists(root: Path, listed: str) -> str:
    """The template with these forms and appendices in place of its own."""
    before, _, rest = Workspace(root).text(TEMPLATE).partition("forms:\n")
    return f"{before}{listed}questions:{rest.partition('questions:')[2]}"


def in_place(root: Path, listed: str, flags: str = "", pledged: str = "") -> Workspace:
    """The workspace with a template whose forms and appendices are listed like this."""
    return (
        Workspace(root)
        .without(RECEIPT, DOORS)
        .with_files(
            {
                TEMPLATE: lists(root, listed),
                "templates/tiny/sections/phones.md": PAGE,
                "templates/tiny/forms/pledge.md": FORM.format(
                    title="Pledge", name="pledge", flags=pledged
                ),
                "templates/tiny/forms/loan.md": FORM.format(title="Loan", name="loan", flags=flags),
            }
        )
    )


def composed(workspace: Workspace) -> Document:
    """The policy of its school."""
    checked = check(
        workspace.write(), [Selection("oak", "tiny")], datetime.date.fromisoformat(AS_OF)
    )
    assert not [each for each in checked.diagnostics if each.severity == "error"]
    return checked.policies[0].document


def document(root: Path, listed: str, flags: str = "") -> Document:
    """The policy of a school whose template lists its forms and appendices like this."""
    return composed(in_place(root, listed, flags))


def labels(made: Document) -> list[str]:
    """The parts behind the sections, as they print."""
    behind = [part for part in made.parts if part.kind != "section"]
    return [f"{part.label}: {plain(part.title)}" for part in behind]


AMONG = """\
appendices:
  - {name: pledge, signed_by: staff, roster: yes}
  - phones
  - {name: loan, signed_by: holders, contents: no}
"""


def test_forms_among_appendices_have_their_numbers(tmp_path: Path) -> None:
    """In the order of the list; references say them, and each is still a form that somebody signs."""
    made = document(tmp_path, AMONG)
    assert labels(made) == ["Appendix 1: Pledge", "Appendix 2: Telephones", "Appendix 3: Loan"]
    (clause,) = made.appendices[1].blocks
    (paragraph,) = clause.blocks
    assert plain(paragraph.children) == "Staff sign Appendix 1 and Appendix 3."
    assert [(form.name, form.signed_by) for form in made.every_form] == [
        ("pledge", "staff"),
        ("loan", "holders"),
    ]
    assert [line.target for line in contents(made)][-2:] == ["pledge", "phones"]
    assert restored(stored(made)) == made


def test_several_forms_of_one_appendix(tmp_path: Path) -> None:
    """A form without a number belongs to the appendix before it, and is called by its title."""
    made = document(tmp_path, AMONG, " unnumbered")
    assert labels(made)[1:] == ["Appendix 2: Telephones", ": Loan"]


HELD = """\
appendices:
  - phones
  - {name: pledge, signed_by: staff, when: school.phase == "primary"}
  - {name: loan, signed_by: holders, when: school.phase == "secondary"}
"""


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        ("primary", ["Appendix 1: Forms", ": Pledge"]),
        ("secondary", ["Appendix 1: Forms", ": Loan"]),
        ("nursery", []),
    ],
)
def test_an_appendix_may_be_a_title_above_its_forms(
    tmp_path: Path, phase: str, expected: list[str]
) -> None:
    """A school that has none of them does not have it."""
    workspace = in_place(tmp_path, HELD, " unnumbered", " unnumbered")
    workspace = workspace.with_files({"templates/tiny/sections/phones.md": "# Forms {#forms}\n"})
    workspace = workspace.with_change(SCHOOL, "phase: primary", f"phase: {phase}")
    assert labels(composed(workspace)) == expected


def test_a_title_alone_with_nothing_behind_it_is_refused(tmp_path: Path) -> None:
    """A form with a number of its own is not held by it."""
    workspace = in_place(
        tmp_path, AMONG.replace("  - {name: pledge, signed_by: staff, roster: yes}\n", "")
    )
    workspace = workspace.without("templates/tiny/forms/pledge.md")
    workspace = workspace.with_files({"templates/tiny/sections/phones.md": "# Forms {#forms}\n"})
    assert "has a title and no text" in workspace.run("check").stderr


def test_a_new_noun_of_an_edition_is_no_change_of_the_school(tmp_path: Path) -> None:
    """It stands in each clause that refers to another, and no school wrote it."""
    refers = (
        "# Telephones {#phones}\n\n1. Staff keep [](#keep). {#sign}\n1. Staff keep this. {#keep}\n"
    )
    workspace = in_place(tmp_path, AMONG).with_files({"templates/tiny/sections/phones.md": refers})
    before = composed(workspace)
    after = composed(
        workspace.with_change(TEMPLATE, "sections:", "nouns: {paragraph: rule}\nsections:")
    )
    comparison = compare(before, replace(after, edition="2026.2"), Declared(complete=True))
    changed = {pair.id: pair.owners for pair in comparison.changes}
    assert "sign" in changed
    assert {*changed.values()} == {frozenset(["issuer"])}


@pytest.mark.parametrize("second", ["forms:\n  - {name: loan, signed_by: holders}\n", ""])
def test_a_form_is_listed_once(tmp_path: Path, second: str) -> None:
    """Before the appendices or among them, not both."""
    listed = second + (AMONG if second else AMONG.replace("loan", "pledge"))
    said = Workspace(tmp_path).with_files({TEMPLATE: lists(tmp_path, listed)})
    assert "is listed twice" in said.run("check").stderr


def test_a_form_that_becomes_an_appendix_changes_no_clause_that_refers_to_it(
    tmp_path: Path,
) -> None:
    """Its title in the text becomes its number, as numbers move along: a school need not account for that."""
    before = document(
        tmp_path / "before",
        "forms:\n  - {name: pledge, signed_by: staff}\n  - {name: loan, signed_by: holders}\nappendices: [phones]\n",
    )
    comparison = compare(before, document(tmp_path / "after", AMONG))
    changed = {pair.unit.id for pair in comparison.pairs if pair.kind not in ("same", "moved")}
    assert "sign" not in changed
    assert changed >= {"pledge"}
