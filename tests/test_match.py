"""`policygen import FILE --match`: a school's own policy held against a model."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document as DocxDocument
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.compose.compose import adopted_parts
from policygen.disk.editions import read_edition
from policygen.editions.model_document import model_document
from policygen.files.yamledit import with_value, without
from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Problems
from policygen.html.labels import Stamp
from policygen.model.adoption import AdoptionFile, StartedAdoption
from policygen.model.law import read_law
from policygen.moving import found as f
from policygen.moving.decide import Line, as_markdown
from policygen.moving.lines import lines_of
from policygen.moving.match import align, likeness
from policygen.moving.pieces import pieces_of
from policygen.project.match import match, save
from policygen.word.write import policy_docx
from tests import test_units
from tests.support.damaged import (
    AS_OF,
    Measured,
    as_word,
    damaged,
    found_in,
    from_word,
    line_of,
    measured,
    workspace_of,
)
from tests.support.example import edition, school
from tests.support.standing import Standing, standing
from tests.support.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.moving.decide import Row
    from policygen.project.match import Matched

SCHOOL, POLICY = "beacon-cove", "staff-code-of-conduct"
OWN = "schools/oak/policies/tiny.yaml"

# --- which paragraph is which -----------------------------------------------------------------------------------------

_WORDS = st.lists(st.sampled_from("key door shed pupil head log day term".split()), max_size=8)
_TEXTS = st.lists(_WORDS.map(tuple), max_size=8)


@settings(max_examples=60, deadline=None)
@given(_TEXTS, _TEXTS)
def test_each_paragraph_is_found_once_at_most(
    model: list[tuple[str, ...]], file: list[tuple[str, ...]]
) -> None:
    """And no pair is said to be more alike than it is."""
    pairs = align(model, file)
    assert len({pair.model for pair in pairs}) == len({pair.file for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert pair.likeness == pytest.approx(likeness(model[pair.model], file[pair.file]))
    stay = [pair.file for pair in pairs if not pair.moved]
    assert stay == sorted(stay)


def paragraphs(count: int, seed: int = 1) -> list[tuple[str, ...]]:
    """Paragraphs of words that are as common as those of a language."""
    chance = random.Random(seed)  # noqa: S311
    words = [f"w{number}" for number in range(3000)]
    weights = [1 / (number + 1) for number in range(3000)]
    return [tuple(chance.choices(words, weights, k=chance.randint(5, 40))) for _ in range(count)]


def test_a_long_policy_takes_seconds() -> None:
    """Two thousand paragraphs in which every third was changed, and fifty moved, are all found again."""
    chance = random.Random(2)  # noqa: S311
    model = paragraphs(2000)
    order = list(range(2000))
    moved = chance.sample(order, 50)
    for number in moved:
        order.remove(number)
        order.insert(chance.randrange(1999), number)
    file = []
    for number in order:
        words = list(model[number])
        if number % 3 == 0:
            words[: len(words) // 5] = ["other"] * (len(words) // 5)
        file.append(tuple(words))
    pairs = align(model, file)
    assert {pair.model: pair.file for pair in pairs} == {
        number: at for at, number in enumerate(order)
    }
    assert {pair.model for pair in pairs if pair.moved} <= {*moved}


def test_what_is_known_counts_before_likeness() -> None:
    """A paragraph that carries its id is that one, whatever its words are."""
    model = [("the", "key", "hangs", "here"), ("the", "door", "is", "shut")]
    file = [("the", "door", "is", "shut")]
    assert [pair.model for pair in align(model, file)] == [1]
    (pair,) = align(model, file, {0: 0})
    assert pair.model == 0


# --- a policy that is found again -------------------------------------------------------------------------------------


def lines_of_school(name: str, policy: str) -> list[Line]:
    """The policy of a school of the examples as a file holds it, with another number in each reference."""
    read = school(name)
    parts = adopted_parts(edition(policy), read, read.policies[policy], read_law())
    return [line_of(piece, number) for number, piece in enumerate(pieces_of(parts), 1)]


@pytest.fixture(scope="module")
def found_again(tmp_path_factory: pytest.TempPathFactory) -> Matched:
    folder = tmp_path_factory.mktemp("again")
    return found_in(folder, SCHOOL, POLICY, lines_of_school(SCHOOL, POLICY))


def test_a_policy_gives_its_answers_and_own_words_back(found_again: Matched) -> None:
    """Every word of the file stands in what the adoption builds, and no other."""
    report = found_again.report
    assert (report.proof.kept, report.proof.added) == (report.proof.words, 0)
    assert report.proof.differences == ()
    written = found_again.after.file.value
    own = school(SCHOOL).policies[POLICY].value
    assert {*written.clauses} == {*own.clauses}
    told = {row.question for row in report.answers}
    assert told >= {*own.answers}


@pytest.mark.slow
def test_another_policy_is_no_form_of_the_model(found_again: Matched, tmp_path: Path) -> None:
    """A file that has hardly a clause of the model is not taken for one that left them all out."""
    other = lines_of_school("hollin-bank", "it-and-mobile-phones")
    found = matched(workspace_of(SCHOOL, tmp_path), other)
    assert (found_again.report.is_of_model, found.report.is_of_model) == (True, False)


def rows_by_clause(found: Matched) -> dict[str, Row]:
    return {row.clause: row for row in found.report.rows if row.clause and row.state != "own"}


def matched(root: Path, lines: list[Line]) -> Matched:
    return match(root, (SCHOOL, POLICY), lines, "old.docx", AS_OF)


def at_clause(lines: list[Line], words: str) -> int:
    return next(number for number, line in enumerate(lines) if words in line.text)


def test_what_the_model_does_not_allow_is_told_and_not_written(tmp_path: Path) -> None:
    """A locked clause in other words needs leave, and so does what would be added to it."""
    lines = lines_of_school(SCHOOL, POLICY)
    at = at_clause(lines, "Adults in a school hold power")
    lines[at] = replace(lines[at], text=lines[at].text.replace("Adults", "Grown adults"))
    lines.insert(at + 1, Line("We keep a goat.", "paragraph", "line x", "We keep a goat."))
    root = workspace_of(SCHOOL, tmp_path)
    found = matched(root, lines)
    row = rows_by_clause(found)["trust"]
    assert (row.state, row.done) == ("changed", "leave")
    goat = next(row for row in found.report.rows if "goat" in row.text)
    assert goat.done == "leave"
    assert "trust" not in found.after.file.value.clauses
    told = [each.file for each in found.report.proof.differences]
    assert "Grown adults" in told
    assert "We keep a goat." in told


def test_another_fact_is_no_local_change(tmp_path: Path) -> None:
    """Where only the title of a role differs the clause stays, and the fact is told once."""
    lines = [
        replace(line, text=line.text.replace("Director of Learning", "Principal Teacher"))
        for line in lines_of_school(SCHOOL, POLICY)
    ]
    found = matched(workspace_of(SCHOOL, tmp_path), lines)
    states = {row.done for row in found.report.rows if row.state == "changed"}
    assert "leave" not in states
    assert ("roles.head", "Principal Teacher") in {
        (fact.name, fact.says) for fact in found.report.facts
    }


def test_facts_that_the_school_has_not_given_are_read(tmp_path: Path) -> None:
    """As they would stand in its school.yaml."""
    root = workspace_of(SCHOOL, tmp_path)
    path = root / "schools" / SCHOOL / "school.yaml"
    text = without(path.read_text("utf-8"), ("terms",))
    path.write_text(without(text, ("roles", "dsl")), "utf-8")
    report = matched(root, lines_of_school(SCHOOL, POLICY)).report
    said = report.new_facts.splitlines()
    # A clause in which only such a fact is open is the model's all the same.
    assert {row.done for row in report.rows if row.state == "changed"} <= {"fixed"}
    own = school(SCHOOL).file.value
    assert {f"  pupils: {own.terms.pupils}", f"  dsl: {own.roles.dsl}"} <= {*said}


@pytest.mark.slow
def test_words_of_people_are_never_written_over(tmp_path: Path) -> None:
    """A second time nothing is added; what was decided by hand stays, and what the file says instead is told."""
    lines = lines_of_school(SCHOOL, POLICY)
    root = workspace_of(SCHOOL, tmp_path)
    first = matched(root, lines)
    save(root, first)
    path = root / first.after.path
    assert matched(root, lines).adds == ()
    text = path.read_text("utf-8")
    for key, value in {"version": "1.0", "author": "Office", "reason": "First"}.items():
        text = with_value(text, (key,), value)
    own = without(text, ("clauses", "transport"))
    own = with_value(own, ("clauses", "transport"), "keep")
    path.write_text(own, "utf-8")
    again = matched(root, lines)
    assert again.adds == ()
    (told,) = (row for row in again.report.rows if "college car" in row.text)
    assert (told.done, told.clause) == ("decided", "transport")


def test_by_its_id_a_clause_is_found_whatever_it_says(tmp_path: Path) -> None:
    """In a file of ours, a paragraph that somebody wrote anew is the clause that it was."""
    read = school(SCHOOL)
    parts = adopted_parts(edition(POLICY), read, read.policies[POLICY], read_law())
    lines = [
        replace(line_of(piece, number), ids=(piece.clause,) if piece.clause else ())
        for number, piece in enumerate(pieces_of(parts), 1)
    ]
    at = next(number for number, line in enumerate(lines) if line.ids == ("former-pupils",))
    text = "Nobody waits until July."
    lines[at] = replace(lines[at], text=text, markdown=text)
    found = matched(workspace_of(SCHOOL, tmp_path), lines)
    row = rows_by_clause(found)["former-pupils"]
    assert (row.state, row.lines) == ("changed", (at,))


def test_own_words_stand_as_the_language_has_them(tmp_path: Path) -> None:
    """Whatever a file holds, what is written of it can be read."""
    lines = lines_of_school(SCHOOL, POLICY)
    at = at_clause(lines, "The college car is booked first")
    strange = "Use *stars*, _lines_, #signs, {{ braces }} and 1. numbers | bars."
    escaped = (
        "Use \\*stars\\*, \\_lines\\_, \\#signs, \\{\\{ braces \\}\\} and 1. numbers \\| bars."
    )
    lines[at] = replace(lines[at], text=strange, markdown=escaped)
    found = matched(workspace_of(SCHOOL, tmp_path), lines)
    assert found.report.proof.differences == ()


def test_an_item_that_can_be_decided_about_is_decided_about(tmp_path: Path) -> None:
    """Where the model makes an item a clause, its change is a change of the item, and not of the whole list."""
    workspace = standing(
        Workspace(tmp_path / "work").with_files({test_units.KEYS: test_units.TEXT})
    )
    text = (
        "Lost keys\nA loss is told:\n(a) to the caretaker and the cook\n(b) to the class\n"
        "Whoever finds one does the same.\nBoth are told in writing.\nKeys are counted. See paragraph 2.1(a).\n"
        "Visitors\nA visitor has no key.\nA visitor is never alone.\nVisitors sign.\nLater\nDone.\n"
    )
    blocks = []
    for number, line in enumerate(text.splitlines(), 1):
        label, _, rest = line.partition(" ") if line.startswith("(") else ("", "", line)
        blocks.append(paragraph(rest, number, label=label))
    lines = lines_of(f.Found("old.docx", "docx", tuple(blocks)))
    found = match(workspace.root, ("oak", "tiny"), lines, "old.docx", AS_OF)
    rows = rows_by_clause(found)
    assert (rows["to-office"].done, rows["report-loss"].done) == ("omit", "")
    assert (rows["to-caretaker"].done, rows["to-caretaker"].text) == (
        "replace",
        "to the caretaker and the cook\n",
    )


# --- what a file holds, as paragraphs ---------------------------------------------------------------------------------


def paragraph(text: str, number: int, **more: Any) -> f.Paragraph:
    return f.Paragraph((f.Words(text),), f.Spot(number), **more)


def test_a_file_becomes_paragraphs_of_our_language() -> None:
    """Labels are no words; lists stay lists as deep as they were, and signs stand as they are."""
    found = f.Found(
        "old.docx",
        "docx",
        (
            paragraph("Keys", 1, heading=1, label="3"),
            paragraph("Keys 3", 2, contents=True),
            paragraph("Staff must not:", 3, label="3.1"),
            paragraph("lend a *key*", 4, label="(a)"),
            paragraph("copy", 5, label="(i)", level=1),
            paragraph("Some of these | may", 6),
            f.Table(
                (f.Row((f.Cell((paragraph("Lodge", 7),)), f.Cell((paragraph("", 8),)))),), f.Spot(7)
            ),
        ),
    )
    lines = lines_of(found)
    assert [(line.kind, line.text) for line in lines] == [
        ("heading", "Keys"),
        ("paragraph", "Staff must not:"),
        ("item", "lend a *key*"),
        ("item", "copy"),
        ("paragraph", "Some of these | may"),
        ("row", "Lodge"),
    ]
    assert as_markdown(lines) == (
        "**Keys**\n\nStaff must not:\n\n1. lend a \\*key\\*\n   1. copy\n\nSome of these \\| may\n\n"
        "Table: Table\n\n|   |   |\n|---|---|\n| Lodge |  |\n"
    )


def test_a_list_within_a_list_is_one_however_word_has_it() -> None:
    """A nested list of Word is a list of its own, which may say that it stands on the first level."""
    items = (
        paragraph("ring:", 1, label="(a)", list="1", level=1),
        paragraph("Tom", 2, label="•", list="2"),
        paragraph("Helen", 3, label="•", list="2"),
        paragraph("write it down", 4, label="(b)", list="1", level=1),
    )
    lines = lines_of(f.Found("old.docx", "docx", items))
    assert as_markdown(lines) == "1. ring:\n   - Tom\n   - Helen\n1. write it down\n"


def test_of_a_file_of_ours_only_the_policy_is_read() -> None:
    """What stands before it and around it is left out, and each paragraph knows what it was."""
    long = "a-name-that-is-longer-than-word-lets-a-bookmark-be"
    properties = {"policygen.kind": "draft", "policygen.ids": json.dumps({"pg_h0123": long})}
    found = f.Found(
        "draft.docx",
        "docx",
        (
            paragraph("Draft", 1),
            paragraph("Keys", 2, heading=1, bookmarks=("pg_the_keys",)),
            paragraph("One.", 3, bookmarks=("pg__clause_1", "pg_key__after")),
            paragraph("Two.", 4, bookmarks=("pg_h0123",)),
            paragraph("Our own wording", 5, style="Policy Local"),
        ),
        properties=properties,
    )
    assert [(line.text, line.ids) for line in lines_of(found)] == [
        ("Keys", ("the-keys",)),
        ("One.", ("key.after",)),
        ("Two.", (long,)),
    ]


_SIGNS = st.sampled_from(
    "{{ x }}|{% if %}|{#id}|*a*|**|_b_|`|::: remember|:::|[^1]|[](#who-keeps)|<b>|<!-- c -->|- |1. |(a) |# |\\|…|&amp;|"
    "---|Table: x|: meaning|\x0b|\ue000|\u202e|{#key adapt=free}|| a | b ||word".split("|")
)
_LINES = st.lists(st.lists(_SIGNS, min_size=1, max_size=6).map(" ".join), max_size=4)


@pytest.fixture(scope="module")
def oak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small workspace, in which nothing is adopted yet."""
    root = Workspace(tmp_path_factory.mktemp("oak") / "work").without(OWN).write()
    assert not (root / OWN).exists()
    return root


@settings(max_examples=15, deadline=None)
@given(strange=_LINES, bold=st.booleans())
def test_whatever_signs_a_file_holds_its_words_stay_what_they_are(
    oak: Path, *, strange: list[str], bold: bool
) -> None:
    """Of what is taken over, nothing is lost and nothing means anything in our language."""
    texts = [
        "Keys to Oak Lane School are kept by the school office.",
        *strange,
        "Keys are held by members of staff and governors only.",
        "A lost key is reported to the Headteacher within two days.",
    ]
    words = (f.Words(text, bold=bold and text in strange) for text in texts)
    blocks = tuple(f.Paragraph((each,), f.Spot(at)) for at, each in enumerate(words, 1))
    lines = lines_of(f.Found("old.docx", "docx", blocks))
    report = match(oak, ("oak", "tiny"), lines, "old.docx", AS_OF).report
    taken = {
        lines[number].place
        for row in report.rows
        if row.done in ("replace", "add_before", "add_after")
        for number in row.lines
    }
    assert [each for each in report.proof.differences if each.file and each.place in taken] == []


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Standing, Path]:
    """The small workspace, and the Word file of its policy on which colleagues work."""
    workspace = standing(Workspace(tmp_path / "work"))
    assert workspace.run("word", "oak/tiny", "--as-of", AS_OF.isoformat()).code == 0
    return workspace, workspace.root / "output/word/oak/tiny/draft/tiny.docx"


def test_a_word_file_becomes_an_adoption(keys: tuple[Standing, Path]) -> None:
    """Its answers are read, each word is accounted for, and a second run finds nothing to add."""
    workspace, file = keys
    own = read_yaml(workspace.read(OWN), OWN, AdoptionFile, Problems())
    (workspace.root / OWN).unlink()
    report = workspace.root / "report.json"
    done = workspace.run("import", str(file), "--match", "oak/tiny", "--report", str(report))
    assert done.code == 0
    assert f"wrote {OWN}\n" in done.stdout
    assert "stands in the policy that this builds, and no other" in done.stdout
    text = workspace.read(OWN)
    assert own is not None
    found = read_yaml(text, OWN, StartedAdoption, Problems())
    assert found is not None
    read = {key: str(value) for key, value in found.value.answers.items()}
    assert read == {key: str(value) for key, value in own.value.answers.items()}
    assert json.loads(report.read_text("utf-8"))["proof"]["differences"] == []
    again = workspace.run("import", str(file), "--match", "oak/tiny")
    assert "says all of that already; nothing was written" in again.stdout
    assert workspace.read(OWN) == text


def test_what_colleagues_changed_comes_back(keys: tuple[Standing, Path]) -> None:
    """A clause that they struck out is left out, with a reason to be given; one that they wrote anew is replaced."""
    workspace, file = keys
    changed = DocxDocument(str(file))
    for paragraph in changed.paragraphs:
        if paragraph.text.startswith("Keys are counted"):
            paragraph._p.getparent().remove(paragraph._p)
        elif paragraph.text.startswith("A lost key"):
            for run in paragraph.runs[1:]:
                run.text = ""
            paragraph.runs[0].text = "Whoever loses a key says so."
    changed.save(str(file))
    before = workspace.read(OWN)
    done = workspace.run("import", str(file), "--match", "oak/tiny")
    assert (done.code, done.stderr) == (0, "")
    text = workspace.read(OWN)
    assert "  count:\n    omit: true\n    reason:\n" in text
    assert "  report-loss:\n    replace: |\n      Whoever loses a key says so.\n" in text
    assert {*before.split("\n")} <= {*text.split("\n")}
    assert "error: `reason` has no value" in workspace.run("check", "oak/tiny").stderr


def test_against_a_model_policy_alone_it_is_told_what_changed(keys: tuple[Standing, Path]) -> None:
    """An issuer's own Word file comes back, and nothing is written."""
    workspace, _ = keys
    edition_ = read_edition(workspace.root, "tiny", "", None, Problems())
    assert edition_ is not None
    content = policy_docx(model_document(edition_), Stamp("draft", "0000-0000"), edition_.images)
    file = workspace.root / "model.docx"
    file.write_bytes(content)
    same = workspace.run("import", str(file), "--match", "tiny")
    assert "stands in the model policy, and no other" in same.stdout
    changed = DocxDocument(str(file))
    at = next(each for each in changed.paragraphs if each.text.startswith("Keys are counted"))
    at.runs[0].text = "Soon " + at.runs[0].text
    changed.save(str(file))
    before = {path: path.read_bytes() for path in workspace.root.rglob("*.*") if path.is_file()}
    told = workspace.run("import", str(file), "--match", "tiny")
    assert re.search(r"changed +count +\d\d% +nothing is written", told.stdout)
    assert {path: path.read_bytes() for path in before} == before


def test_what_cannot_be_matched_writes_nothing(keys: tuple[Standing, Path]) -> None:
    """Another policy, a name that is none, two wishes at once."""
    workspace, file = keys
    other = DocxDocument()
    for text in ("Cats", "The cat of the school sleeps in the boiler room.", "It is fed at noon."):
        other.add_paragraph(text)
    cats = workspace.root / "cats.docx"
    other.save(str(cats))
    before = workspace.read(OWN)
    refused = workspace.run("import", str(cats), "--match", "oak/tiny")
    assert (refused.code, "nothing was written: is it another policy?" in refused.stdout) == (
        1,
        True,
    )
    for wrong, code in ((["--match", "oak"], 1), (["--match", "oak/tiny", "--as", "cats"], 2)):
        assert workspace.run("import", str(file), *wrong).code == code
    assert workspace.read(OWN) == before


# --- how often it is right --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "policy"),
    [("larkspur-gardens", "staff-code-of-conduct"), ("hollin-bank", "it-and-mobile-phones")],
)
def test_it_is_hardly_ever_wrong(name: str, policy: str, tmp_path: Path) -> None:
    """`python -m benchmarks.matching` measures all adoptions of the examples; here is a floor under two of them."""
    total = Measured((0, 0, 0), (0, 0, 0), (0, 0, 0))
    for seed in (1, 2):
        file = damaged(name, policy, seed)
        lines = from_word(as_word(file.lines))
        total += measured(file, found_in(tmp_path, name, policy, lines))
    for right, told, true in (total.paragraphs, total.clauses):
        assert right >= 0.95 * told
        assert right >= 0.95 * true
    right, told, true = total.answers
    assert right >= 0.9 * told
    assert right >= 0.75 * true
