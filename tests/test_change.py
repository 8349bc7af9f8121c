"""`policygen change`: a school's own wording without opening a YAML file."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from policygen.compose.local_wording import own_blocks
from policygen.compose.names import all_names
from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Problems
from policygen.language.document import Block, Clause, walk
from policygen.language.source import source
from policygen.model.adoption import AdoptionFile, ClauseDecision
from policygen.products.text import clause_text
from policygen.project import change
from policygen.project.check import Selection, check, law_of
from tests.support.register import freeze
from tests.support.workspace import ADOPTION, AS_OF, Result, Workspace, run_in

EXAMPLES = Path(__file__).parents[1]
DAY = datetime.date.fromisoformat(AS_OF)
FIVE = (
    ("elm-grove", "staff-acceptable-use"),
    ("oakfield-infants", "it-and-mobile-phones"),
    ("beacon-cove", "staff-code-of-conduct"),
    ("beacon-heights", "computing-facilities"),
    ("st-brigids", "online-safety"),
)
"""One of each numbering and each way to write."""
RUNG = "The bell is rung each morning.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "bell.md").write_text(RUNG, "utf-8")
    return Workspace(tmp_path / "work").write()


def changed(root: Path, clause: str, *options: str) -> Result:
    return run_in(root, "change", "oak/tiny", clause, *options, "--yes")


def adoption(root: Path) -> AdoptionFile:
    problems = Problems()
    read = read_yaml((root / ADOPTION).read_text("utf-8"), ADOPTION, AdoptionFile, problems)
    assert read is not None, [*problems]
    return read.value


def decided(root: Path, clause: str) -> ClauseDecision:
    decision = adoption(root).clauses[clause]
    assert isinstance(decision, ClauseDecision)
    return decision


NEW = ("--text", "../bell.md", "--reason", "Agreed here")
LEAVE = ("--agreed-by", "Schools HR", "--until", "2027-08-31")


@pytest.mark.parametrize(
    ("clause", "options", "key"),
    [
        ("1.2", ("--replace", *NEW), "replace"),
        ("who-may-hold", ("--add-before", *NEW), "add_before"),
        ("who-keeps", ("--add-after", *NEW, *LEAVE), "add_after"),
    ],
)
def test_a_wording_is_put_in(root: Path, clause: str, options: tuple[str, ...], key: str) -> None:
    """By id or by number; the file holds it as a person would have written it, and the policy builds."""
    done = changed(root, clause, *options)
    assert done.code == 0, done.stderr
    assert "{+The bell is rung each morning.+}" in done.stdout
    identity = "who-may-hold" if clause == "1.2" else clause
    assert getattr(decided(root, identity), key) == RUNG
    assert decided(root, identity).reason == "Agreed here"
    assert run_in(root, "check", "oak", "--strict").code == 0


def test_an_addition_keeps_the_one_on_the_other_side(root: Path) -> None:
    changed(root, "who-may-hold", "--add-before", *NEW)
    changed(root, "who-may-hold", "--add-after", *NEW)
    assert decided(root, "who-may-hold").add_before == RUNG
    assert decided(root, "who-may-hold").add_after == RUNG


def test_everything_else_in_the_file_stays(root: Path) -> None:
    before = (root / ADOPTION).read_text("utf-8").replace("answers:", "# ours\nanswers:")
    (root / ADOPTION).write_text(before, "utf-8")
    changed(root, "count", "--omit", "--reason", "Nobody counts")
    assert decided(root, "count").omit
    changed(root, "count", "--take-back")
    assert (root / ADOPTION).read_text("utf-8") == before


def test_what_was_decided_alone_is_taken_back(root: Path) -> None:
    changed(root, "who-may-hold", "--replace", *NEW)
    taken = changed(root, "who-may-hold", "--take-back")
    assert taken.code == 1
    assert "undecided-clause" in taken.stderr
    assert changed(root, "who-may-hold", "--keep").code == 0
    assert adoption(root).clauses == {"who-may-hold": "keep"}


@pytest.mark.parametrize(
    ("clause", "options", "says"),
    [
        ("who-kep", ("--omit", "--reason", "So"), "did you mean `who-keeps`?"),
        ("9.9", ("--omit", "--reason", "So"), "policygen clauses oak/tiny"),
        ("count", (), "say what to do: `--replace`"),
        ("count", ("--omit",), "it lacks `--reason`"),
        ("who-may-hold", ("--replace", "--reason", "So"), "it lacks `--text FILE`"),
        ("who-keeps", ("--replace", *NEW), "it lacks `--agreed-by`"),
        ("count", ("--omit", "--keep", "--reason", "So"), "write one of `--omit` and `--keep`"),
        ("count", ("--take-back",), "nothing was decided about `count`"),
        ("count", ("--replace", *NEW), "not-allowed"),
        ("who-may-hold", ("--replace", *NEW, "--until", "1.9.27"), "is not a date"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_saved(
    root: Path, clause: str, options: tuple[str, ...], says: str
) -> None:
    before = (root / ADOPTION).read_bytes()
    refused = changed(root, clause, *options)
    assert refused.code in (1, 2)
    assert says in refused.stderr
    assert (root / ADOPTION).read_bytes() == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (RUNG.encode("utf-16"), "this file is UTF-16, not UTF-8"),
        (b"\x93The bell\x94", "save it again as UTF-8"),
        (b"The\x07bell", "bad-character"),
        (b" \n", "it lacks `--text FILE`"),
        (None, "cannot be opened: no such file"),
    ],
)
def test_a_file_that_is_no_text_is_refused(root: Path, content: bytes | None, says: str) -> None:
    before, bell = (root / ADOPTION).read_bytes(), root.parent / "bell.md"
    bell.unlink()
    if content is not None:
        bell.write_bytes(content)
    refused = changed(root, "1.2", "--replace", *NEW)
    assert refused.code in (1, 2)
    assert says in refused.stderr
    assert (root / ADOPTION).read_bytes() == before


@pytest.mark.parametrize("command", [("clauses",), ("change",)])
@pytest.mark.parametrize(
    ("policy", "says"),
    [("elm/tiny", "there is no school `elm`"), ("oak/tinny", "there is no model policy `tinny`")],
)
def test_a_policy_that_is_not_there_is_told(
    root: Path, command: tuple[str, ...], policy: str, says: str
) -> None:
    more = ("count", "--keep", "--yes") if command == ("change",) else ()
    refused = run_in(root, *command, policy, *more)
    assert (refused.code, says in refused.stderr) == (1, True)


def test_nothing_is_saved_unasked(root: Path) -> None:
    before = (root / ADOPTION).read_bytes()
    shown = run_in(root, "change", "oak/tiny", "1.2", "--replace", *NEW)
    assert shown.code == 2
    assert "{+The bell is rung each morning.+}" in shown.stdout
    assert (root / ADOPTION).read_bytes() == before


def test_what_somebody_wrote_meanwhile_stays(root: Path) -> None:
    subject = change.subject(root, ("oak", "tiny"), "1.2", DAY)
    planned = change.plan(root, subject, change.Wanted("replace", RUNG, "So"))
    written = (root / ADOPTION).read_text("utf-8") + "# more\n"
    (root / ADOPTION).write_text(written, "utf-8")
    with pytest.raises(change.InputError, match="meanwhile"):
        change.save(root, planned)
    assert (root / ADOPTION).read_text("utf-8") == written


def test_after_an_approval_a_new_version_begins(root: Path) -> None:
    """With what it amends; a second change goes into the same version, and one taken back is amended no more."""
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    lacking = changed(root, "1.2", "--replace", *NEW)
    assert "version 2.0 is approved, so that a new one begins" in lacking.stderr
    heads = ("--version", "2.1", "--author", "Clerk", "--purpose", "The bell")
    assert changed(root, "1.2", "--replace", *NEW, *heads).code == 0
    file = adoption(root)
    assert (file.version, file.author, file.reason) == ("2.1", "Clerk", "The bell")
    assert file.amends == {"who-may-hold": "material"}
    said = changed(root, "count", "--omit", "--reason", "So", "--editorial")
    assert said.code == 0, said.stderr
    assert adoption(root).amends == {"who-may-hold": "material", "count": "editorial"}
    assert run_in(root, "check", "oak").code == 0
    assert changed(root, "1.2", "--keep").code == 0
    assert adoption(root).amends == {"count": "editorial"}
    assert run_in(root, "check", "oak").code == 0


# --- the model's wording ----------------------------------------------------------------------------------------------


def words(blocks: tuple[Block, ...]) -> str:
    return re.sub(r"\W+", " ", " ".join(clause_text(Clause("x", blocks))))


def test_the_wording_that_is_offered_says_what_the_clause_says() -> None:
    """Of every clause of five policies: as its author wrote it, or as it prints, where it names what its section set."""
    law = law_of(EXAMPLES, Problems())
    alone = others = 0
    for composed in check(EXAMPLES, [Selection(*name) for name in FIVE], DAY).policies:
        document = composed.document
        file = composed.school.policies[document.policy_id]
        names, _ = all_names(composed.prepared, composed.school, file, law, Problems())
        for part in (*document.sections, *document.forms, *document.appendices):
            for clause in walk(part.blocks):
                base = composed.prepared.bases.get(getattr(clause, "id", ""))
                if not isinstance(clause, Clause) or base is None or len(base.written) > 1:
                    continue
                if clause.local or clause.owners:
                    continue
                problems = Problems()
                written = source(base.written[0], "")
                blocks = own_blocks(written, composed.prepared.vocabulary, names, problems)
                if problems.has_errors:
                    others += 1
                    continue
                alone += 1
                if "](#" not in written.text:
                    assert words(blocks) == words(clause.blocks), clause.id
    assert alone > 10 * others


def test_what_its_section_set_is_offered_as_it_prints() -> None:
    subject = change.subject(EXAMPLES, ("elm-grove", "staff-acceptable-use"), "must-not-post", DAY)
    assert "{{" not in subject.model
    assert subject.model.strip()
