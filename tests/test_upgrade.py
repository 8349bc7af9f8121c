"""`policygen upgrade`: what the issuer changed and what the school changed, brought together by id. Never a default."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policygen.compose.deviations import deviations
from policygen.language.document import Clause, walk
from policygen.products.text import clause_text
from policygen.project.check import Selection, check
from tests.support.editions import freeze
from tests.support.standing import Standing, standing
from tests.support.terminal import ENTER, Terminal
from tests.support.workspace import ADOPTION, TEMPLATE, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

HOLDING, LOST = "templates/tiny/sections/holding-keys.md", "templates/tiny/sections/lost-keys.md"
RECEIPT = "templates/tiny/forms/receipt.md"
DECISIONS = "schools/oak/policies/tiny.upgrade.yaml"
WORDS = "The caretaker’s bell is rung three times."
"""The school's own, in every local change here."""

TABLE = Path(__file__).parents[1] / "docs" / "reference" / "upgrade.md"


# --- what the school did ----------------------------------------------------------------------------------------------

STATES: dict[str, str] = {
    "untouched": "",
    "answered": "",
    "replaced": f"  report-loss:\n    replace: |\n      {WORDS}\n    reason: Agreed here # by us\n",
    "added after": f"  report-loss:\n    add_after: |\n      {WORDS}\n    reason: Agreed here # by us\n",
    "omitted": "  report-loss:\n    omit: true\n    reason: Agreed here # by us\n",
    "deviation": f"  report-loss:\n    replace: |\n      {WORDS}\n    reason: Agreed here # by us\n"
    "    deviation: {agreed_by: Schools HR, reason: Asked for, until: 2030-01-31}\n",
}


def school(tmp_path: Path, state: str) -> Standing:
    """A school with edition 2026.1, where `report-loss` is free, or locked for a deviation."""
    adapt = "locked" if state == "deviation" else "free"
    answer = "office" if state == "answered" else "caretaker"
    workspace = standing(
        Workspace(tmp_path / "work")
        .with_change(LOST, "{#report-loss}", f"{{#report-loss adapt={adapt}}}")
        .with_change(
            ADOPTION,
            "  who-may-hold: keep\n",
            f"  # decided in May\n  who-may-hold: keep\n{STATES[state]}",
        )
        .with_change(ADOPTION, "keeper: office", f"keeper: {answer}")
    )
    freeze(workspace.root, "tiny", "2026.1")
    return workspace


# --- what the issuer did ----------------------------------------------------------------------------------------------


def change(workspace: Standing, path: str, old: str, new: str) -> None:
    text = workspace.read(path)
    assert text.count(old) == 1, (path, old)
    workspace.put(path, text.replace(old, new))


def clause(workspace: Standing, identity: str) -> str:
    """The line of a clause of lost-keys."""
    return (
        next(line for line in workspace.read(LOST).split("\n") if f"{{#{identity} " in line) + "\n"
    )


def rewords(workspace: Standing) -> dict[str, Any]:
    change(workspace, LOST, "A lost key is", "Any lost key is")
    return {}


def moves(workspace: Standing) -> dict[str, Any]:
    line = clause(workspace, "report-loss")
    change(workspace, LOST, line, "")
    workspace.put(HOLDING, workspace.read(HOLDING) + line)
    return {"moved": {"report-loss": "holding-keys"}}


def renames(workspace: Standing) -> dict[str, Any]:
    change(workspace, LOST, "{#report-loss ", "{#loss-reported ")
    return {"renamed": {"report-loss": "loss-reported"}}


def splits(workspace: Standing) -> dict[str, Any]:
    line = clause(workspace, "report-loss")
    attributes = line[line.index("adapt=") :]
    change(
        workspace,
        LOST,
        line,
        f"1. A lost key is reported. {{#loss {attributes}1. At once. {{#loss-when {attributes}",
    )
    return {"split": {"report-loss": ["loss", "loss-when"]}}


def merges(workspace: Standing) -> dict[str, Any]:
    line, other = clause(workspace, "report-loss"), clause(workspace, "count")
    change(workspace, LOST, line, "")
    change(
        workspace,
        LOST,
        other,
        "1. Lost keys are reported, the others counted. {#loss-and-count adapt=free}\n",
    )
    return {"merged": {"loss-and-count": ["report-loss", "count"]}}


def retires(workspace: Standing) -> dict[str, Any]:
    change(workspace, LOST, clause(workspace, "report-loss"), "")
    return {"retired": {"report-loss": "Said in the staff code"}}


def inserts(workspace: Standing) -> dict[str, Any]:
    line = clause(workspace, "report-loss")
    change(workspace, LOST, line, f"1. Keys are marked. {{#marked}}\n{line}")
    return {}


def asks(workspace: Standing) -> dict[str, Any]:
    change(
        workspace,
        TEMPLATE,
        "guidance:\n",
        "  spare_keys:\n    ask: Are there spare keys?\n    kind: yes-no\nguidance:\n",
    )
    return {}


OFFICE = "      office: {label: The school office, prints: the school office}\n"


def drops_option(workspace: Standing) -> dict[str, Any]:
    change(workspace, TEMPLATE, OFFICE, "      bursar: {label: The bursar, prints: the bursar}\n")
    return {"answers": {"retired": {"keeper.office": "No office keeps keys any more"}}}


def renames_option(workspace: Standing) -> dict[str, Any]:
    change(workspace, TEMPLATE, OFFICE, OFFICE.replace("office:", "front-office:"))
    return {"answers": {"options": {"keeper": {"office": "front-office"}}}}


def retires_question(workspace: Standing) -> dict[str, Any]:
    text = workspace.read(TEMPLATE)
    workspace.put(TEMPLATE, text[: text.index("  keeper:")] + text[text.index("  holders:") :])
    change(workspace, HOLDING, "{{ wording.keeper }}", "the school office")
    return {"answers": {"retired": {"keeper": "The office keeps them everywhere"}}}


def locks(workspace: Standing) -> dict[str, Any]:
    change(workspace, LOST, "{#report-loss adapt=free}", "{#report-loss adapt=locked}")
    return {}


def removes_section(workspace: Standing) -> dict[str, Any]:
    change(workspace, TEMPLATE, "  - name: lost-keys\n    adapt: free\n", "")
    (workspace.root / LOST).unlink()
    return {
        "retired": dict.fromkeys(("lost-keys", "report-loss", "count"), "Said in the staff code")
    }


def changes_form(workspace: Standing) -> dict[str, Any]:
    workspace.put(RECEIPT, workspace.read(RECEIPT).replace("I have", "I have today"))
    return {}


CHANGES: dict[str, tuple[Callable[[Standing], dict[str, Any]], str]] = {
    "rewords a clause": (rewords, "report-loss"),
    "moves a clause to another section": (moves, "report-loss"),
    "renames a clause": (renames, "report-loss"),
    "splits a clause": (splits, "report-loss"),
    "merges clauses": (merges, "report-loss"),
    "retires a clause": (retires, "report-loss"),
    "inserts a clause before it, so that numbers move": (inserts, "report-loss"),
    "asks a new question": (asks, "spare_keys"),
    "drops an option": (drops_option, "keeper"),
    "renames an option": (renames_option, "keeper"),
    "retires a question": (retires_question, "keeper"),
    "locks a clause": (locks, "report-loss"),
    "removes a section": (removes_section, "report-loss"),
    "changes a form": (changes_form, "report-loss"),
}
"""What an issuer does, and the clause or question that it is about."""
GRAVER = ("taken", "kept", "asked")


def matrix() -> list[tuple[str, str, str]]:
    """The table of the documentation: what the issuer did, what the school did, what comes of it."""
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in TABLE.read_text("utf-8").split("\n")
        if line.count("|") == 8
    ]
    states = rows[0][1:]
    return [
        (row[0], state, cell)
        for row in rows[2:]
        for state, cell in zip(states, row[1:], strict=True)
    ]


def outcomes(said: str) -> dict[str, str]:
    """The result of each clause and question, by id, out of a report in JSON."""
    return {each["id"]: each["result"] for each in json.loads(said)[0]["outcomes"]}


def test_the_table_is_whole() -> None:
    """Every change against every state."""
    assert [(row, state) for row, state, _ in matrix()] == [
        (row, state) for row in CHANGES for state in STATES
    ]


@pytest.mark.parametrize(("row", "state", "cell"), [each for each in matrix() if each[2] != "–"])
def test_matrix(tmp_path: Path, row: str, state: str, cell: str) -> None:
    """Each change of the issuer meets each state of a school exactly as the table says, and loses nothing."""
    workspace = school(tmp_path, state)
    issue, subject = CHANGES[row]
    said = issue(workspace)
    freeze(workspace.root, "tiny", "2026.2", previous="2026.1", **said)
    before = workspace.read(ADOPTION)
    result = workspace.run("upgrade", "oak/tiny", "--to", "2026.2", "--format", "json")
    assert result.stderr == ""
    found = outcomes(result.stdout)
    about = [found.get(subject, "taken")] + [found.get("report-loss", "taken")] * (
        state in [*STATES][2:]
    )
    assert max(about, key=GRAVER.index) == cell
    if cell == "asked":
        assert result.code == 1
        assert workspace.read(ADOPTION) == before
        shown = workspace.read(DECISIONS)
        assert WORDS in shown or WORDS not in before or found.get("report-loss") != "asked"
        open_points = [identity for identity, each in found.items() if each == "asked"]
        flags = [
            flag
            for each in open_points
            for flag in ("--decide", f"{each}={DECIDED.get(each, 'take')}")
        ]
        assert workspace.run("upgrade", "oak/tiny", *flags).code == 0
    else:
        assert result.code == 0
        assert WORDS not in before or WORDS in workspace.read(ADOPTION)
    after = workspace.read(ADOPTION)
    assert after.startswith('edition: "2026.2"\n')
    assert "  # decided in May\n" in after
    assert not (workspace.root / DECISIONS).exists()
    checked = workspace.run("check", "oak/tiny")
    assert "error" not in checked.stderr
    assert workspace.run("upgrade", "oak/tiny").code == 1  # there is no further edition


DECIDED = {"spare_keys": "yes", "keeper": "bursar"}


# --- decisions --------------------------------------------------------------------------------------------------------


def upgraded(tmp_path: Path, state: str, issue: Callable[[Standing], dict[str, Any]]) -> Standing:
    """A school in a state, with edition 2026.2 published."""
    workspace = school(tmp_path, state)
    freeze(workspace.root, "tiny", "2026.2", **issue(workspace))
    return workspace


def decisions(workspace: Standing) -> str:
    """The file of decisions of a first run."""
    assert workspace.run("upgrade", "oak/tiny").code == 1
    return workspace.read(DECISIONS)


def test_three_texts_are_shown(tmp_path: Path) -> None:
    """The model text before and now, and the school's own, stand in the file as text to read."""
    shown = decisions(upgraded(tmp_path, "replaced", rewords))
    assert (
        "    before: |\n      A lost key is reported to the Headteacher within two days.\n" in shown
    )
    assert (
        "    now: |\n      Any lost key is reported to the Headteacher within two days.\n" in shown
    )
    assert f"    ours: |\n      {WORDS}\n" in shown
    assert shown.endswith("    decision:\n")


def test_own_text_from_the_file(tmp_path: Path) -> None:
    """A new text of the school's is taken from the file of decisions, and the file goes."""
    workspace = upgraded(tmp_path, "replaced", rewords)
    text = decisions(workspace)
    workspace.put(
        DECISIONS,
        text.replace(
            "    decision:", "    own: |\n      Ring [](#count): twice.\n\n      And then wait."
        ),
    )
    assert workspace.run("upgrade", "oak/tiny").code == 0
    after = workspace.read(ADOPTION)
    assert (
        "  report-loss:\n    replace: |\n      Ring [](#count): twice.\n\n      And then wait.\n    against: "
        in after
    )
    assert "    reason: Agreed here\n" in after
    assert not (workspace.root / DECISIONS).exists()
    assert workspace.run("check").code == 0


ADDS = (
    f"  report-loss:\n    add_after: |\n      {WORDS}\n    reason: Agreed here # by us\n",
    f"  report-loss:\n    add_before: |\n      {WORDS}\n    reason: Agreed here # by us\n",
)


def adds(tmp_path: Path, text: str) -> Standing:
    """A school that added something to `report-loss`, which the issuer reworded then."""
    workspace = school(tmp_path, "untouched")
    change(workspace, ADOPTION, "  who-may-hold: keep\n", f"  who-may-hold: keep\n{text}")
    note = {"clauses": ["report-loss"], "class": "material", "must": True, "reason": "A new law"}
    freeze(workspace.root, "tiny", "2026.2", changes=[note], **rewords(workspace))
    return workspace


@pytest.mark.parametrize("key", ["add_after", "add_before"])
def test_a_new_text_of_an_addition_is_an_addition(tmp_path: Path, key: str) -> None:
    """Who rewrites a paragraph that stands beside a clause does not take the clause away, and sees so before."""
    workspace = adds(tmp_path, next(text for text in ADDS if key in text))
    text = decisions(workspace)
    assert f"    ours: |\n      ({key.replace('_', ' ')})\n      {WORDS}\n" in text
    workspace.put(DECISIONS, text.replace("decision:", "own: The bell is rung four times."))
    before = workspace.read(ADOPTION)
    seen = workspace.run("upgrade", "oak/tiny", "--preview").stdout
    assert "Any lost key is reported to the Headteacher within two days." in seen
    assert "The bell is rung four times." in seen
    assert seen.endswith("  nothing was written\n")
    assert workspace.read(ADOPTION) == before
    assert workspace.run("upgrade", "oak/tiny").code == 0
    written = f"  report-loss:\n    {key}: |\n      The bell is rung four times.\n"
    assert written in workspace.read(ADOPTION)
    assert workspace.run("check").code == 0


def test_additions_on_both_sides_are_rewritten_one_by_one(tmp_path: Path) -> None:
    """One new text for two is refused, for nobody could tell which it is; a text that is not rewritten stays."""
    text = ADDS[0].replace("    reason", "    add_before: |\n      First the door.\n    reason")
    workspace = adds(tmp_path, text)
    shown = decisions(workspace)
    assert "(add before)\n      First the door.\n      (add after)\n" in shown
    workspace.put(DECISIONS, shown.replace("    decision:", "    own: The gate."))
    said = workspace.run("upgrade", "oak/tiny").stderr
    assert "has two texts of yours, one before and one after it" in said
    assert "write `own_before:` and `own_after:`" in said
    workspace.put(DECISIONS, shown.replace("    decision:", "    own_before: First the gate."))
    assert workspace.run("upgrade", "oak/tiny").code == 0
    after = workspace.read(ADOPTION)
    assert "add_before: |\n      First the gate.\n" in after
    assert f"add_after: |\n      {WORDS}\n" in after
    assert workspace.run("check").code == 0


WHERE = {
    "rewords": ("report-loss", ""),
    "moves": ("report-loss", ""),
    "renames": ("loss-reported", ""),
    "splits": ("loss", "    to: loss\n"),
    "merges": ("loss-and-count", ""),
    "retires": ("who-may-hold", "    to: who-may-hold\n"),
    "removes_section": ("who-may-hold", "    to: who-may-hold\n"),
    "locks": ("report-loss", "    deviation: {agreed_by: Schools HR, reason: Agreed}\n"),
}
"""By what the issuer does: the clause at which the school's texts stand then, and what the decision must say, too."""


@pytest.mark.parametrize("decision", ["keep", "own"])
@pytest.mark.parametrize(
    "issue", [rewords, moves, renames, splits, merges, retires, removes_section, locks]
)
def test_additions_stay_additions_in_the_composed_copy(
    tmp_path: Path, issue: Callable[[Standing], dict[str, Any]], decision: str
) -> None:
    """Whatever becomes of the clause: both texts, and the whole model text beside which they stand, are in the copy."""
    before, after = "First the door is tried.", WORDS
    text = ADDS[0].replace("    reason", f"    add_before: {before}\n    reason")
    workspace = school(tmp_path, "untouched")
    change(workspace, ADOPTION, "  who-may-hold: keep\n", f"  who-may-hold: keep\n{text}")
    freeze(workspace.root, "tiny", "2026.2", **issue(workspace))
    target, more = WHERE[issue.__name__]
    if workspace.run("upgrade", "oak/tiny").code == 1:
        said = f"    decision: {decision}\n{more}"
        if decision == "own":
            before, after = "First the gate is tried.", "Then the bell is rung."
            said += f"    own_before: {before}\n    own_after: {after}\n"
        workspace.put(DECISIONS, workspace.read(DECISIONS).replace("    decision:\n", said))
        result = workspace.run("upgrade", "oak/tiny")
        assert result.code == 0, result.stderr
    checked = check(workspace.root, [Selection("oak", "tiny")], datetime.date(2026, 11, 20))
    assert not checked.failed
    (composed,) = checked.policies
    clauses = {node.id: node for node in walk(composed.document.parts) if isinstance(node, Clause)}
    assert before in " ".join(clause_text(clauses[f"{target}.before"]))
    assert after in " ".join(clause_text(clauses[f"{target}.after"]))
    assert clauses[target].local == ""
    model = composed.prepared.bases[target].clauses[0]
    assert [type(block) for block in clauses[target].blocks] == [type(b) for b in model.blocks]


def test_why_and_how_grave_is_shown_where_the_school_decides(tmp_path: Path) -> None:
    """The issuer's reason, its class, and whether schools must take the change."""
    shown = decisions(adds(tmp_path, ADDS[0]))
    assert "    issuer: A new law (a material change, which schools must take)\n" in shown


def test_a_text_under_an_open_question_is_shown_with_each_answer(tmp_path: Path) -> None:
    """The model text is not shown as if the question were answered no."""
    workspace = school(tmp_path, "replaced")
    asks(workspace)
    said = "A lost key is reported{% if answers.spare_keys %} and a spare one given{% endif %}"
    change(workspace, LOST, "A lost key is reported", said)
    freeze(workspace.root, "tiny", "2026.2")
    shown = " ".join(decisions(workspace).split())
    assert "(if spare_keys is yes) A lost key is reported and a spare one given to the" in shown
    assert "(if spare_keys is no) A lost key is reported to the Headteacher" in shown


@pytest.mark.parametrize(
    "now", [WORDS, WORDS.replace("three", "{{ answers.days_to_report | in_words }}")]
)
def test_the_same_change_on_both_sides_is_not_asked_about(tmp_path: Path, now: str) -> None:
    """The issuer says what the school says: the model text is taken, and nothing is lost by it."""
    workspace = school(tmp_path, "replaced")
    line = clause(workspace, "report-loss")
    change(workspace, LOST, line, f"1. {now} {{#report-loss adapt=free}}\n")
    change(workspace, ADOPTION, "days_to_report: 2", "days_to_report: 3")
    freeze(workspace.root, "tiny", "2026.2")
    result = workspace.run("upgrade", "oak/tiny")
    assert result.code == 0, result
    assert "taken   report-loss: the issuer says the same now" in result.stdout
    assert WORDS not in workspace.read(ADOPTION)
    assert workspace.run("check").code == 0


def test_a_text_goes_beside_a_clause_whose_model_text_is_kept(tmp_path: Path) -> None:
    """`keep` is no text of the school's: what is added there takes its place, and the model text stays."""
    workspace = upgraded(tmp_path, "replaced", retires)
    result = workspace.run("upgrade", "oak/tiny", "--decide", "report-loss=keep:who-may-hold")
    assert result.code == 0, result
    assert f"  who-may-hold:\n    add_after: |\n      {WORDS}\n" in workspace.read(ADOPTION)
    assert workspace.run("check").code == 0


def test_half_decided(tmp_path: Path) -> None:
    """What was decided so far stays in the file of decisions; the adoption is not touched until all is."""
    workspace = upgraded(tmp_path, "replaced", lambda each: rewords(each) | asks(each))
    before = workspace.read(ADOPTION)
    assert workspace.run("upgrade", "oak/tiny", "--decide", "report-loss=keep").code == 1
    assert "    decision: keep\n" in workspace.read(DECISIONS)
    assert workspace.read(ADOPTION) == before
    written = workspace.read(DECISIONS).replace(
        "  spare_keys:", "  # asked the caretaker\n  spare_keys: no"
    )
    workspace.put(DECISIONS, written)
    result = workspace.run("upgrade", "oak/tiny")
    assert result.code == 0
    assert "  spare_keys: no\n" in workspace.read(ADOPTION)
    assert WORDS in workspace.read(ADOPTION)


@pytest.mark.parametrize("typed", ["kep", "Keep", "takes", "keep:", "take:who-keeps", "yes"])
def test_a_word_that_is_no_decision_is_refused(typed: str, tmp_path: Path) -> None:
    """A slip on the command line never takes a school's text away."""
    workspace = upgraded(tmp_path, "replaced", rewords)
    before = workspace.read(ADOPTION)
    result = workspace.run("upgrade", "oak/tiny", "--decide", f"report-loss={typed}")
    assert result.code == 1
    assert f"`{typed}` is no decision about `report-loss`  [bad-decision]" in result.stderr
    assert not (workspace.root / DECISIONS).exists()
    assert workspace.read(ADOPTION) == before


def test_the_file_of_decisions_stays_as_people_left_it(tmp_path: Path) -> None:
    """A run that decides nothing new leaves comments in it alone."""
    workspace = upgraded(tmp_path, "replaced", rewords)
    workspace.put(DECISIONS, decisions(workspace) + "# ask the governors\n")
    assert workspace.run("upgrade", "oak/tiny").code == 1
    assert workspace.read(DECISIONS).endswith("# ask the governors\n")


def refused(workspace: Standing, *flags: str) -> str:
    """What is said of decisions that cannot be carried out; nothing is written then."""
    before = workspace.read(ADOPTION)
    result = workspace.run(
        "upgrade", "oak/tiny", *(part for each in flags for part in ("--decide", each))
    )
    assert result.code == 1
    assert workspace.read(ADOPTION) == before
    assert not (workspace.root / DECISIONS).exists()
    return result.stderr


@pytest.mark.parametrize(
    ("state", "issue", "flag", "said"),
    [
        (
            "replaced",
            locks,
            "report-loss=keep",
            "`report-loss` cannot stay: `report-loss` is agreed wording",
        ),
        ("replaced", splits, "report-loss=keep", "write `to: loss` or `to: loss-when`; or `take`"),
        (
            "replaced",
            retires,
            "report-loss=keep",
            "`report-loss` is gone, so your text needs a place",
        ),
        (
            "replaced",
            retires,
            "report-loss=keep:nothing",
            "cannot go to `nothing`: there is no such clause",
        ),
        ("replaced", retires, "report-loss=keep:who-keeps", "`who-keeps` is agreed wording"),
        ("replaced", rewords, "report-los=keep", "did you mean `report-loss`?"),
        ("answered", drops_option, "keeper=office", "`keeper` has no option `office`"),
        ("answered", drops_option, "keeper=take", "`keeper` needs an answer"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
def test_refused_decisions(tmp_path: Path, state: str, issue: Any, flag: str, said: str) -> None:
    """A decision that cannot be carried out is an error that says what can be written instead."""
    assert said in refused(upgraded(tmp_path, state, issue), flag)


@pytest.mark.parametrize(
    ("issue", "target", "key"), [(splits, "loss-when", "replace"), (retires, "count", "add_after")]
)
def test_text_goes_to_another_clause(tmp_path: Path, issue: Any, target: str, key: str) -> None:
    """The text of a clause that was split takes the place of a part; that of one that is gone follows another."""
    workspace = upgraded(tmp_path, "replaced", issue)
    workspace.put(LOST, workspace.read(LOST))
    if key == "add_after":  # `count` may only be left out
        change(workspace, LOST, "{#count adapt=optional}", "{#count adapt=free}")
        (workspace.root / "templates/tiny/editions/2026.2/edition.yaml").unlink()
        freeze(workspace.root, "tiny", "2026.2", retired={"report-loss": "Said elsewhere"})
    result = workspace.run("upgrade", "oak/tiny", "--decide", f"report-loss=keep:{target}")
    assert result.code == 0, result
    assert re.search(rf"  {target}:\n    {key}: \|\n      {WORDS}\n", workspace.read(ADOPTION))
    assert workspace.run("check").code == 0


def test_deviation_from_the_file(tmp_path: Path) -> None:
    """A clause that was locked keeps the school's text only with leave, which the adoption then records."""
    workspace = upgraded(tmp_path, "replaced", locks)
    leave = "deviation: {agreed_by: Schools HR, reason: Agreed, until: 2030-01-31}"
    workspace.put(
        DECISIONS, decisions(workspace).replace("    decision:", f"    decision: keep\n    {leave}")
    )
    assert workspace.run("upgrade", "oak/tiny").code == 0
    assert f"    {leave}\n" in workspace.read(ADOPTION)
    assert workspace.run("check").code == 0


def test_decisions_about_another_edition(tmp_path: Path) -> None:
    """Decisions that were made on the way to another edition are not used."""
    workspace = upgraded(tmp_path, "replaced", rewords)
    workspace.put(DECISIONS, decisions(workspace).replace('to: "2026.2"', 'to: "2026.9"'))
    result = workspace.run("upgrade", "oak/tiny")
    assert result.code == 1
    assert "these decisions are about the way from `2026.1` to `2026.9`" in result.stderr


def test_back_and_unknown(tmp_path: Path) -> None:
    """There is no way back, and none to an edition that does not exist; both are said clearly."""
    workspace = upgraded(tmp_path, "untouched", rewords)
    assert (
        "has no edition `2027.1`" in workspace.run("upgrade", "oak/tiny", "--to", "2027.1").stderr
    )
    assert (
        "which is later than `2025.1`"
        in workspace.run("upgrade", "oak/tiny", "--to", "2025.1").stderr
    )
    assert workspace.run("upgrade", "oak", "--decide", "a=take").code == 2


def test_version_in_preparation(tmp_path: Path) -> None:
    """A version that is being prepared takes the new edition, and the report says so."""
    workspace = upgraded(tmp_path, "untouched", rewords)
    said = workspace.run("upgrade", "oak/tiny").stdout
    assert "version 2.0, which is being prepared, takes the new edition" in said


def splits_into_required(workspace: Standing) -> dict[str, Any]:
    """Into `loss` and `loss-when`, about both of which every school decides."""
    said = splits(workspace)
    text = workspace.read(LOST)
    for each in ("{#loss adapt=free}", "{#loss-when adapt=free}"):
        text = text.replace(each, each.replace("free", "required"))
    workspace.put(LOST, text)
    return said


@pytest.mark.parametrize(
    ("decision", "waits"),
    [
        ("decision: keep\n    to: loss-when", ["loss"]),
        ("to: loss\n    own: The bell is rung.", ["loss-when"]),
        ("decision: take", ["loss", "loss-when"]),
    ],
    ids=["keep", "own", "take"],
)
def test_each_part_of_a_split_clause_is_decided(
    tmp_path: Path, decision: str, waits: list[str]
) -> None:
    """Where the school's text goes to one part, the other is asked about; the pin waits for it, and check agrees."""
    workspace = upgraded(tmp_path, "replaced", splits_into_required)
    before = workspace.read(ADOPTION)
    workspace.put(DECISIONS, decisions(workspace).replace("decision:", decision))
    half = workspace.run("upgrade", "oak/tiny", "--format", "json")
    assert half.code == 1
    assert [each["id"] for each in json.loads(half.stdout)[0]["outcomes"] if each["open"]] == waits
    assert workspace.read(ADOPTION) == before
    flags = [flag for each in waits for flag in ("--decide", f"{each}=take")]
    assert workspace.run("upgrade", "oak/tiny", *flags).code == 0
    assert all(f"  {each}: keep\n" in workspace.read(ADOPTION) for each in waits)
    assert workspace.run("check").code == 0


def splits_off(workspace: Standing) -> dict[str, Any]:
    """Into `report-loss` itself and `loss-when`, about both of which every school decides."""
    said = splits_into_required(workspace)
    workspace.put(LOST, workspace.read(LOST).replace("{#loss adapt", "{#report-loss adapt"))
    return said | {"split": {"report-loss": ["report-loss", "loss-when"]}}


@pytest.mark.parametrize("decision", ["take", "keep:report-loss"])
def test_a_part_that_keeps_the_id_is_decided_with_it(tmp_path: Path, decision: str) -> None:
    """A decision about a clause that was split holds for the part that has its id; the other part is asked about."""
    workspace = upgraded(tmp_path, "replaced", splits_off)
    assert workspace.run("upgrade", "oak/tiny", "--decide", f"report-loss={decision}").code == 1
    assert "loss-when" in workspace.read(DECISIONS)
    assert workspace.run("upgrade", "oak/tiny", "--decide", "loss-when=take").code == 0
    assert (WORDS in workspace.read(ADOPTION)) == (decision != "take")
    assert workspace.run("check").code == 0


def test_text_never_leaves_the_part_that_keeps_the_id_undecided(tmp_path: Path) -> None:
    """One id cannot be decided twice: the school's text goes to the part that has it."""
    said = refused(upgraded(tmp_path, "replaced", splits_off), "report-loss=keep:loss-when")
    assert "write `to: report-loss`, and decide about the other parts after that" in said


def test_two_kept_clauses_become_one(tmp_path: Path) -> None:
    """The model text of two clauses that the school kept is taken where the issuer merged them, and is kept once."""
    workspace = school(tmp_path, "untouched")
    text = workspace.read(LOST).replace(
        "{#report-loss adapt=free}", "{#report-loss adapt=required}"
    )
    workspace.put(LOST, text.replace("{#count adapt=optional}", "{#count adapt=required}"))
    change(
        workspace,
        ADOPTION,
        "  who-may-hold: keep\n",
        "  who-may-hold: keep\n  report-loss: keep\n  count: keep\n",
    )
    (workspace.root / "templates/tiny/editions/2026.1/edition.yaml").unlink()
    freeze(workspace.root, "tiny", "2026.1")
    said = merges(workspace)
    workspace.put(
        LOST,
        workspace.read(LOST).replace(
            "{#loss-and-count adapt=free}", "{#loss-and-count adapt=required}"
        ),
    )
    freeze(workspace.root, "tiny", "2026.2", **said)
    flags = ("--decide", "report-loss=take", "--decide", "count=take")
    assert workspace.run("upgrade", "oak/tiny", *flags).code == 0
    assert workspace.read(ADOPTION).count("loss-and-count: keep\n") == 1
    assert workspace.run("check").code == 0


@pytest.mark.parametrize(
    ("own", "rule", "row"),
    [
        ("Ring twice.\n\n      Tell {{ people.dsl.nmae }}.", "unknown-name", 3),
        ("# Bells\n\n      Ring twice.", "heading-level", 1),
        ("{% if school.phase %}Ring twice.", "jinja-syntax", 1),
    ],
)
def test_faulty_own_text_is_refused_where_it_stands(
    tmp_path: Path, own: str, rule: str, row: int
) -> None:
    """A new text of the school's is read as `check` will read it, before the adoption is touched."""
    workspace = upgraded(tmp_path, "replaced", rewords)
    before = workspace.read(ADOPTION)
    text = decisions(workspace)
    written = text.replace("    decision:", f"    own: |\n      {own}")
    workspace.put(DECISIONS, written)
    line = written[: written.index(own)].count("\n") + row
    result = workspace.run("upgrade", "oak/tiny")
    assert result.code == 1
    assert f"[{rule}]" in result.stderr
    assert f"--> {DECISIONS}:{line}:" in result.stderr
    assert workspace.read(ADOPTION) == before
    assert workspace.read(DECISIONS) == written


# --- editions that are still to come ----------------------------------------------------------------------------------


def announced(tmp_path: Path) -> Standing:
    """A school with 2026.1, where 2026.2 is issued, and 2026.3 is published for the first of December."""
    workspace = upgraded(tmp_path, "untouched", rewords)
    change(workspace, TEMPLATE, "issued: 2026-09-01", "issued: 2026-12-01")
    freeze(workspace.root, "tiny", "2026.3", issued="2026-12-01")
    return workspace


def test_an_edition_still_to_come_is_refused(tmp_path: Path) -> None:
    """Named before its day of issue, an edition is refused; on that day it is taken."""
    workspace = announced(tmp_path)
    before = workspace.read(ADOPTION)
    for selection in ("oak/tiny", "tiny"):
        result = workspace.run("upgrade", selection, "--to", "2026.3", "--as-of", "2026-11-30")
        assert result.code == 1
        assert (
            "edition `2026.3` of `tiny` is issued on 1 December 2026, which is still to come"
            in result.stderr
        )
        assert workspace.read(ADOPTION) == before
    assert workspace.run("upgrade", "oak/tiny", "--to", "2026.3", "--as-of", "2026-12-01").code == 0
    assert workspace.run("check", "--as-of", "2026-12-01").code == 0


@pytest.mark.parametrize("selection", ["oak/tiny", "tiny"])
def test_an_edition_still_to_come_is_not_the_last(tmp_path: Path, selection: str) -> None:
    """Without `--to`, the last edition that is issued is taken; after that there is none, and it is said why."""
    workspace = announced(tmp_path)
    assert workspace.run("upgrade", selection).code == 0
    assert workspace.read(ADOPTION).startswith('edition: "2026.2"\n')
    assert workspace.run("check").code == 0
    again = workspace.run("upgrade", "oak/tiny")
    assert again.code == 1
    assert "hint: edition `2026.3` is published, but not issued yet" in again.stderr


# --- several editions, several schools --------------------------------------------------------------------------------


def test_over_two_editions(tmp_path: Path) -> None:
    """An id is followed through every edition between: renamed, then moved; an option renamed twice."""
    workspace = school(tmp_path, "replaced")
    change(workspace, ADOPTION, "keeper: caretaker", "keeper: office")
    freeze(workspace.root, "tiny", "2026.2", **(renames(workspace) | renames_option(workspace)))
    change(workspace, LOST, "{#loss-reported ", "{#loss-told ")
    change(workspace, TEMPLATE, "front-office:", "reception:")
    said = {
        "renamed": {"loss-reported": "loss-told"},
        "answers": {"options": {"keeper": {"front-office": "reception"}}},
    }
    freeze(workspace.root, "tiny", "2026.3", **said)
    assert workspace.run("upgrade", "oak/tiny").code == 0
    after = workspace.read(ADOPTION)
    assert f"  loss-told:\n    replace: |\n      {WORDS}\n" in after
    assert "  keeper: reception\n" in after
    assert workspace.run("check").code == 0


def test_two_schools_keep_their_wording(tmp_path: Path) -> None:
    """Two schools change one clause differently; two editions later both still have theirs."""
    workspace = school(tmp_path, "replaced")
    other = ADOPTION.replace("oak", "elm")
    (workspace.root / "schools/elm/policies").mkdir(parents=True)
    facts = (
        workspace.read("schools/oak/school.yaml")
        .replace("Oak Lane", "Elm Rise")
        .replace("oaklane", "elmrise")
    )
    workspace.put("schools/elm/school.yaml", re.sub(r"\nbranding:(?:\n  .*)*", "", facts))
    workspace.put(other, workspace.read(ADOPTION).replace(WORDS, "The gate is locked."))
    for edition, marked in (("2026.2", "marked"), ("2026.3", "listed")):
        line = clause(workspace, "report-loss")
        change(workspace, LOST, line, f"1. Keys are {marked}. {{#{marked}}}\n{line}")
        freeze(workspace.root, "tiny", edition)
        result = workspace.run("upgrade", "tiny")
        assert result.code == 0, result
        assert result.stdout.endswith("2 policies upgraded, no policies with open decisions\n")
    assert WORDS in workspace.read(ADOPTION)
    assert "The gate is locked." in workspace.read(other)
    assert 'edition: "2026.3"' in workspace.read(other)


# --- what merging text files does wrong ------------------------------------------------------------------------------


def test_a_dropped_option_never_flips_an_answer(tmp_path: Path) -> None:
    """The chosen option is gone: the answer is asked for, and none is put in its place."""
    workspace = upgraded(tmp_path, "answered", drops_option)
    assert "  keeper:\n" in decisions(workspace)
    assert "  keeper: office\n" in workspace.read(ADOPTION)


def test_a_local_clause_survives_a_renamed_file(tmp_path: Path) -> None:
    """The section's file has another name: the school's clause in it stays."""
    workspace = school(tmp_path, "replaced")
    (workspace.root / LOST).rename(workspace.root / LOST.replace("lost-keys", "losses"))
    change(workspace, TEMPLATE, "  - name: lost-keys\n", "  - name: losses\n")
    freeze(workspace.root, "tiny", "2026.2")
    assert workspace.run("upgrade", "oak/tiny").code == 0
    assert WORDS in workspace.read(ADOPTION)
    assert workspace.run("check").code == 0


def test_no_merge_marks(tmp_path: Path) -> None:
    """Where both sides changed a clause nothing is written into the policy until somebody decides."""
    workspace = upgraded(tmp_path, "replaced", rewords)
    before = workspace.read(ADOPTION)
    assert "<<<<" not in decisions(workspace)
    assert workspace.read(ADOPTION) == before


# --- what a local change was made about -------------------------------------------------------------------------------


def test_fix_writes_what_a_change_was_made_about(tmp_path: Path) -> None:
    """`check --fix` notes the model text of each local change, once; comments stay."""
    workspace = school(tmp_path, "replaced")
    assert "says now which model text it was made about" in workspace.run("check", "--fix").stdout
    after = workspace.read(ADOPTION)
    assert re.search(r"    reason: Agreed here # by us\n    against: \"?[0-9a-f]{12}\"?\n", after)
    workspace.run("check", "--fix")
    assert workspace.read(ADOPTION) == after


def test_a_pin_moved_by_hand_is_found(tmp_path: Path) -> None:
    """Whoever writes another edition into the file by hand is told which local change nobody looked at."""
    workspace = school(tmp_path, "replaced")
    workspace.run("check", "--fix")
    freeze(workspace.root, "tiny", "2026.2", **rewords(workspace))
    change(workspace, ADOPTION, '"2026.1"', '"2026.2"')
    result = workspace.run("check")
    assert result.code == 1
    assert "[changed-base]" in result.stderr


def test_a_required_clause_is_decided_again(tmp_path: Path) -> None:
    """A school that kept the model text of a required clause is asked when that text changes."""
    workspace = school(tmp_path, "untouched")
    change(workspace, HOLDING, "Keys are held by", "Keys may be held by")
    freeze(workspace.root, "tiny", "2026.2")
    assert workspace.run("upgrade", "oak/tiny").code == 1
    assert workspace.run("upgrade", "oak/tiny", "--decide", "who-may-hold=take").code == 0
    assert "  # decided in May\n  who-may-hold: keep\n" in workspace.read(ADOPTION)


def test_a_reworded_question_is_asked_again(tmp_path: Path) -> None:
    """The same answer to another question is another answer: it is confirmed, unless the edition says editorial."""
    workspace = school(tmp_path, "untouched")
    change(workspace, TEMPLATE, "Is there a key safe?", "Is there no key safe?")
    freeze(workspace.root, "tiny", "2026.2")
    assert workspace.run("upgrade", "oak/tiny").code == 1
    note = {"questions": ["key_safe"], "class": "editorial", "must": True, "reason": "Typing"}
    freeze(workspace.root, "tiny", "2026.2", changes=[note])
    (workspace.root / DECISIONS).unlink()
    assert workspace.run("upgrade", "oak/tiny").code == 0


# --- departures from agreed wording -----------------------------------------------------------------------------------


def test_deviations_are_listed(tmp_path: Path) -> None:
    """Who agreed to what, why and until when, for the issuer and for the governors; expired after its last day."""
    workspace = school(tmp_path, "deviation")
    checked = check(workspace.root, [Selection("oak", "tiny")], datetime.date(2026, 11, 20))
    (composed,) = checked.policies
    (row,) = deviations(composed.prepared, composed.school.adoptions["tiny"])
    assert (row.clause, row.done, row.agreed_by, row.reason) == (
        "report-loss",
        "replace",
        "Schools HR",
        "Asked for",
    )
    assert not row.expired(datetime.date(2030, 1, 31))
    assert row.expired(datetime.date(2030, 2, 1))


@pytest.mark.slow
def test_a_draft_marks_a_deviation_in_words(tmp_path: Path) -> None:
    """The board sees which text departs from agreed wording."""
    workspace = school(tmp_path, "deviation")
    assert workspace.run("build", "oak/tiny").code == 0
    draft = (workspace.root / "output/drafts/oak/tiny/tiny.txt").read_text("utf-8")
    assert "[School’s own wording, which departs from agreed wording with leave]" in draft


# --- on a terminal ----------------------------------------------------------------------------------------------------


def saved(terminal: Terminal) -> None:
    """What the school's copy will say is shown, and saved when the person says so."""
    terminal.expect("the school's copy will say")
    terminal.expect("Decide later")
    terminal.type("1", ENTER)
    terminal.expect("wrote")
    assert terminal.end() == 0


@pytest.mark.slow
def test_on_a_terminal(tmp_path: Path) -> None:
    """Each open point is asked about, and nothing is taken by pressing Enter alone."""
    workspace = upgraded(tmp_path, "replaced", lambda each: rewords(each) | asks(each))
    with Terminal(workspace.root, "upgrade", "oak/tiny") as terminal:
        terminal.expect("Are there spare keys?")
        terminal.expect("Decide later")
        terminal.type("1", ENTER)
        terminal.expect("yours:")
        terminal.expect("Decide later")
        terminal.type(ENTER)
        terminal.expect("nothing is changed yet")
        assert terminal.end() == 1
    with Terminal(workspace.root, "upgrade", "oak/tiny") as terminal:
        terminal.expect("Decide later")
        terminal.type("2", ENTER)
        saved(terminal)
    assert "  spare_keys: yes\n" in workspace.read(ADOPTION)
    assert WORDS in workspace.read(ADOPTION)


@pytest.mark.slow
@pytest.mark.parametrize("path", [ADOPTION, DECISIONS])
def test_what_another_wrote_while_one_decided_stays(tmp_path: Path, path: str) -> None:
    """Whoever saves second is told, and nothing is written."""
    workspace = upgraded(tmp_path, "replaced", rewords)
    decisions(workspace)
    with Terminal(workspace.root, "upgrade", "oak/tiny") as terminal:
        terminal.expect("Decide later")
        terminal.type("2", ENTER)
        terminal.expect("the school's copy will say")
        terminal.expect("Decide later")
        if path == ADOPTION:
            change(workspace, ADOPTION, "days_to_report: 2", "days_to_report: 3")
        else:
            change(workspace, DECISIONS, "    decision:", "    decision: take")
        before = workspace.read(ADOPTION), workspace.read(DECISIONS)
        terminal.type("1", ENTER)
        terminal.expect(
            "somebody else has changed this file while you decided, and nothing was written"
        )
        terminal.expect(path)
        assert terminal.end() == 1
    assert (workspace.read(ADOPTION), workspace.read(DECISIONS)) == before


# --- references in the school's own words -----------------------------------------------------------------------------


REFERS = "  key-safe:\n    add_after: |\n      See [](#report-loss) and [there](#who-keeps).\n    reason: Agreed here\n"


def refers(
    tmp_path: Path, issue: Callable[[Standing], dict[str, Any]], text: str = REFERS
) -> Standing:
    """A school whose own words about `key-safe` refer to `report-loss`, with edition 2026.2 published."""
    workspace = school(tmp_path, "untouched")
    change(workspace, HOLDING, "{#key-safe}", "{#key-safe adapt=free}")
    freeze(workspace.root, "tiny", "2026.1")
    change(workspace, ADOPTION, "  who-may-hold: keep\n", f"  who-may-hold: keep\n{text}")
    assert workspace.run("check").code == 0
    freeze(workspace.root, "tiny", "2026.2", **issue(workspace))
    return workspace


@pytest.mark.parametrize(
    ("issue", "said"),
    [(retires, "`#report-loss` is gone"), (splits, "`#report-loss` is `#loss` and `#loss-when`")],
    ids=["retired", "split"],
)
def test_a_reference_to_what_is_gone_is_asked_about(tmp_path: Path, issue: Any, said: str) -> None:
    """The school writes its text anew, or takes it out; it cannot stay, and nobody finds out later."""
    workspace = refers(tmp_path, issue)
    shown = decisions(workspace)
    assert f"the school's text refers to what is gone or was split; {said}" in shown
    assert "      (add after)\n      See paragraph 2.1 and [there](#who-keeps).\n" in shown
    assert "keep (yours)" not in shown
    (workspace.root / DECISIONS).unlink()
    assert f"`key-safe` cannot stay as it is: {said} now" in refused(workspace, "key-safe=keep")
    text = decisions(workspace)
    workspace.put(
        DECISIONS, text.replace("    decision:", "    own: |\n      See [](#report-loss).\n")
    )
    assert "`key-safe` cannot say that" in workspace.run("upgrade", "oak/tiny").stderr
    workspace.put(DECISIONS, text.replace("    decision:", "    own: |\n      See [](#count).\n"))
    assert workspace.run("upgrade", "oak/tiny").code == 0
    assert workspace.run("check").code == 0


def test_a_reference_to_what_an_answer_leaves_out_is_asked_about(tmp_path: Path) -> None:
    """The clause is still there in the model, and no longer in this school's policy."""

    def leaves_out(workspace: Standing) -> dict[str, Any]:
        line = clause(workspace, "report-loss") if "{#report-loss " in workspace.read(LOST) else ""
        line = (
            line
            or next(each for each in workspace.read(LOST).split("\n") if "{#report-loss" in each)
            + "\n"
        )
        change(workspace, LOST, line, f"{{% if not answers.key_safe %}}\n{line}{{% endif %}}\n")
        return {}

    assert "refers to what is gone" in decisions(refers(tmp_path, leaves_out))


def test_references_to_several_places_follow_a_renamed_clause(tmp_path: Path) -> None:
    """Each id of a reference gets its new name."""
    text = REFERS.replace("[](#report-loss)", "[](#count,#report-loss)")
    workspace = refers(tmp_path, renames, text)
    assert workspace.run("upgrade", "oak/tiny").code == 0
    assert "See [](#count,#loss-reported) and [there](#who-keeps)." in workspace.read(ADOPTION)
    assert workspace.run("check").code == 0


EDITOR = "#!/bin/sh\nprintf 'Ring the bell four times.\\n' > \"$1\"\n"


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor in which a person writes one sentence and saves."""
    path = tmp_path / "editor.sh"
    path.write_text(EDITOR)
    path.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(path))
    monkeypatch.delenv("VISUAL", raising=False)


@pytest.mark.slow
def test_own_text_and_its_place_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor opens with the school's text; where the clause was split, one of its parts is chosen."""
    workspace = upgraded(tmp_path, "replaced", splits)
    editor(tmp_path, monkeypatch)
    with Terminal(workspace.root, "upgrade", "oak/tiny") as terminal:
        terminal.expect("Decide later")
        terminal.type("3", ENTER)
        terminal.expect("loss-when")
        terminal.expect("Decide later")
        terminal.type("2", ENTER)
        saved(terminal)
    assert "  loss-when:\n    replace: |\n      Ring the bell four times.\n" in workspace.read(
        ADOPTION
    )
    assert workspace.run("check").code == 0


@pytest.mark.slow
@pytest.mark.parametrize("named", ["an-editor-that-is-not-here", ""])
def test_without_an_editor_the_text_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """No answer is lost when the editor cannot be opened; the text is typed, and stays an addition."""
    workspace = adds(tmp_path, ADDS[0])
    monkeypatch.setenv("EDITOR", named)
    monkeypatch.delenv("VISUAL", raising=False)
    with Terminal(workspace.root, "upgrade", "oak/tiny") as terminal:
        terminal.expect("the issuer: A new law (a material change, which schools must take)")
        terminal.expect("Decide later")
        terminal.type("3", ENTER)
        if named:
            terminal.expect(f"your editor `{named}` cannot be opened")
        terminal.expect(f"under `own:` in {DECISIONS}")
        terminal.type("The bell is rung four times.", ENTER)
        terminal.type(ENTER)
        saved(terminal)
    written = "  report-loss:\n    add_after: |\n      The bell is rung four times.\n"
    assert written in workspace.read(ADOPTION)


@pytest.mark.slow
def test_what_is_not_saved_is_still_decided(tmp_path: Path) -> None:
    """Who does not save keeps the decisions, and the adoption stays as it was."""
    workspace = adds(tmp_path, ADDS[0])
    before = workspace.read(ADOPTION)
    with Terminal(workspace.root, "upgrade", "oak/tiny") as terminal:
        terminal.expect("Decide later")
        terminal.type("2", ENTER)
        terminal.expect("Is that right?")
        terminal.expect("Decide later")
        terminal.type(ENTER)
        terminal.expect("nothing is changed yet")
        assert terminal.end() == 1
    assert workspace.read(ADOPTION) == before
    assert "    decision: keep\n" in workspace.read(DECISIONS)


@pytest.mark.slow
def test_leave_on_a_terminal(tmp_path: Path) -> None:
    """Who keeps a text of a clause that was locked is asked who agreed, why and until when."""
    workspace = upgraded(tmp_path, "replaced", locks)
    with Terminal(workspace.root, "upgrade", "oak/tiny") as terminal:
        terminal.expect("Decide later")
        terminal.type("2", ENTER)
        for asked, written in (
            ("Who agreed", "Schools HR"),
            ("Why?", "Shared site"),
            ("Until when", "2030-01-31"),
        ):
            terminal.expect(asked)
            terminal.type(written, ENTER)
        saved(terminal)
    assert (
        "    deviation: {agreed_by: Schools HR, reason: Shared site, until: 2030-01-31}\n"
        in workspace.read(ADOPTION)
    )
    assert workspace.run("check").code == 0


@pytest.mark.slow
def test_a_place_for_what_is_gone_on_a_terminal(tmp_path: Path) -> None:
    """A decision that cannot be carried out says why, and is asked for again."""
    workspace = upgraded(tmp_path, "replaced", retires)
    with Terminal(workspace.root, "upgrade", "oak/tiny") as terminal:
        terminal.expect("Decide later")
        terminal.type("2", ENTER)
        terminal.expect("The id of the clause")
        terminal.type("count", ENTER)
        terminal.expect("`count` is optional")
        terminal.expect("Decide later")
        terminal.type("1", ENTER)
        saved(terminal)
    assert WORDS not in workspace.read(ADOPTION)
