"""A trust's template extends a county's: one more layer of decisions, and an edition like any other for its schools."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from policygen.compose.prepare import prepare_edition
from policygen.disk.editions import read_edition
from policygen.ground.diagnostics import Problems
from policygen.model.law import read_law
from tests.support.editions import freeze
from tests.support.standing import Standing, standing
from tests.support.workspace import ADOPTION, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.compose.prepare import PreparedEdition

TRUST = "templates/trust-keys/template.yaml"
SECTION = "templates/trust-keys/sections/trust-office.md"
ADOPTED = "schools/oak/policies/trust-keys.yaml"
LOST = "templates/tiny/sections/lost-keys.md"
OVERLAY = """\
extends: {template: tiny, edition: "2026.1"}
title: Keys in the trust
edition: "2026.1"
issued: 2026-10-01
issuer: {name: Beacon Learning Trust, kind: trust}
answers:
  keeper: office # for every academy
  days_to_report: 3
clauses:
  report-loss:
    replace: |
      A lost key is reported to the {{ roles.head }} and the trust within {{ answers.days_to_report | in_words }} days.
    reason: The trust insures the locks
  count:
    adapt: locked
sections:
  - {name: trust-office, after: holding-keys}
questions:
  spare_keys:
    ask: Are there spare keys at the trust?
    kind: yes-no
"""
OFFICE = """\
# The trust office {#trust-office}

1. The trust {% if answers.spare_keys %}keeps{% else %}does not keep{% endif %} spare keys; see [](#report-loss). {#spare}
"""
ADOPTS = """\
edition: "2026.1"
version: "1.0"
author: Office
reason: First adopted
answers:
  holders: [staff]
  key_safe: no
  doors: [the front door]
  count_from: 2026-09-01
  spare_keys: yes
clauses:
  who-may-hold: keep
"""


def trust(tmp_path: Path, overlay: str = OVERLAY, adopts: str = ADOPTS) -> Standing:
    """A workspace in which a school has the trust's template instead of the county's."""
    files = {TRUST: overlay, SECTION: OFFICE, ADOPTED: adopts}
    return standing(Workspace(tmp_path / "work").without(ADOPTION).with_files(files))


def text(workspace: Standing) -> str:
    """The school's draft as plain text."""
    assert workspace.run("build", "oak/trust-keys").code == 0
    return " ".join(
        (workspace.root / "output/drafts/oak/trust-keys/trust-keys.txt").read_text("utf-8").split()
    )


def prepared(workspace: Standing, template: str = "trust-keys") -> PreparedEdition:
    problems = Problems()
    edition = read_edition(workspace.root, template, "", None, problems)
    assert edition is not None
    made = prepare_edition(edition, read_law(), problems)
    assert not [*problems]
    return made


@pytest.mark.slow
def test_one_policy_of_both(tmp_path: Path) -> None:
    """The county's text, the trust's changes and section, and the school's answers make one numbered policy."""
    made = text(trust(tmp_path))
    assert "Keys in the trust" in made
    assert "1.1 Keys to Oak Lane School are kept by the school office." in made
    assert "2.1 The trust keeps spare keys; see paragraph 3.1." in made
    assert "3.1 A lost key is reported to the Headteacher and the trust within three days." in made


def test_owners(tmp_path: Path) -> None:
    """Each clause knows who wrote it and who changed it after."""
    bases = prepared(trust(tmp_path)).bases
    owners = {identity: base.clauses[0].owners for identity, base in bases.items()}
    county, beacon = "Northshire County Council", "Beacon Learning Trust"
    assert owners["who-keeps"] == (county,)
    assert owners["report-loss"] == (county, beacon)
    assert owners["spare"] == (beacon,)
    assert bases["count"].clauses[0].adapt == "locked"


def test_what_the_trust_answered_is_not_asked(tmp_path: Path) -> None:
    """A school that answers it all the same is told that it is not asked."""
    workspace = trust(tmp_path)
    assert workspace.run("check", "oak").code == 0
    assert workspace.run("adopt", "oak/trust-keys").stdout.startswith(
        f"{ADOPTED} has every open question already"
    )
    workspace.put(ADOPTED, ADOPTS.replace("answers:", "answers:\n  keeper: caretaker"))
    assert "`keeper` is not asked of this school" in workspace.run("check", "oak").stderr


def test_what_the_trust_locked_stays(tmp_path: Path) -> None:
    """A clause that the county leaves to schools, and the trust does not."""
    workspace = trust(tmp_path, adopts=ADOPTS + "  count:\n    omit: true\n    reason: No need\n")
    assert (
        "`count` is agreed wording and cannot be left out" in workspace.run("check", "oak").stderr
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("keeper: office", "keeper: porter", "`keeper` has no option `porter`"),
        ("  report-loss:", "  report-los:", "there is no clause `report-los`"),
        (
            "  count:\n    adapt: locked",
            "  who-keeps:\n    omit: true\n    reason: x",
            "`who-keeps` is agreed wording",
        ),
        ("after: holding-keys", "after: nowhere", "there is no section `nowhere`"),
        ("  spare_keys:", "  doors:", "the extended template has a question `doors` already"),
        ("{{ roles.head }}", "{{ roles.haed }}", "`roles` has no `haed`"),
        ("template: tiny", "template: trust-keys", "`trust-keys` extends itself"),
        ('tiny, edition: "2026.1"', 'tiny, edition: "2025.1"', "has no edition `2025.1`"),
        ("    reason: The trust insures the locks\n", "", "`report-loss` lacks `reason`"),
    ],
)
def test_mistakes_of_the_trust(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Each is named with its place in the trust's file."""
    assert OVERLAY.count(old) == 1
    found = trust(tmp_path, OVERLAY.replace(old, new)).run("check", "trust-keys")
    assert found.code == 1
    assert said in found.stderr
    assert f"--> {TRUST}:" in found.stderr


def test_any_depth(tmp_path: Path) -> None:
    """A federation's template extends the trust's, and locks one clause more."""
    workspace = trust(tmp_path)
    hub = 'extends: {template: trust-keys, edition: "2026.1"}\nedition: "2026.1"\nissued: 2026-11-01\n'
    hub += "issuer: {name: Harbour Hub, kind: trust}\nclauses:\n  report-loss: {adapt: locked}\nanswers: {key_safe: no}\n"
    (workspace.root / "templates/hub-keys").mkdir()
    workspace.put("templates/hub-keys/template.yaml", hub)
    base = prepared(workspace, "hub-keys").bases["report-loss"].clauses[0]
    assert base.owners == ("Northshire County Council", "Beacon Learning Trust", "Harbour Hub")
    assert base.adapt == "locked"


def test_an_upgrade_of_the_base_carries_through(tmp_path: Path) -> None:
    """The trust decides about what the county reworded; its schools get the outcome with its next edition."""
    workspace = trust(tmp_path)
    freeze(workspace.root, "tiny", "2026.1")
    freeze(workspace.root, "trust-keys", "2026.1")
    workspace.put(
        LOST,
        workspace.read(LOST)
        .replace("A lost key is", "Any lost key is")
        .replace("{#count ", "{#counts "),
    )
    freeze(workspace.root, "tiny", "2026.2", renamed={"count": "counts"})
    before = workspace.read(TRUST)
    result = workspace.run("upgrade", "trust-keys", "--base", "--to", "2026.2")
    assert result.code == 1
    assert "asked   report-loss: the issuer reworded it" in result.stdout
    assert workspace.read(TRUST) == before
    result = workspace.run("upgrade", "trust-keys", "--base", "--decide", "report-loss=keep")
    assert result.code == 0, result
    after = workspace.read(TRUST)
    assert 'extends: {template: tiny, edition: "2026.2"}\n' in after
    assert "  keeper: office # for every academy\n" in after
    assert "  counts:\n    adapt: locked\n" in after
    freeze(workspace.root, "trust-keys", "2026.2", renamed={"count": "counts"})
    result = workspace.run("upgrade", "oak/trust-keys")
    assert result.code == 0, result
    assert workspace.run("check", "oak").code == 0


ADDS = OVERLAY.replace(
    OVERLAY[OVERLAY.index("    replace: |") : OVERLAY.index("    reason: The trust insures")], ""
)
ADDS = ADDS.replace("  report-loss:\n", "  report-loss:\n    add_after: The trust is told, too.\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("decided", "printed"),
    [
        (
            "  report-loss.after: {replace: The trust hears nothing., reason: x}\n",
            "days. 3.1A The trust hears nothing. 3.2",
        ),
        ("  report-loss.after: {omit: true, reason: x}\n", "days. 3.2"),
        (
            "  report-loss: {add_after: We ring a bell., reason: x}\n",
            "days. 3.1A The trust is told, too. 3.1B We ring a bell. 3.2",
        ),
        (
            "  report-loss: {add_before: We look first., reason: x}\n",
            "3.A We look first. 3.1 A lost key is reported to the Headteacher within three days. 3.1A The trust is told, too. 3.2",
        ),
    ],
)
def test_a_school_decides_about_what_its_trust_added(
    tmp_path: Path, decided: str, printed: str
) -> None:
    """By the id that the paragraph has, as about any clause; and adds paragraphs of its own beside it."""
    assert printed in re.sub(r" ?\[[^]]*]", "", text(trust(tmp_path, ADDS, ADOPTS + decided)))


def test_a_base_that_was_moved_by_hand_is_found(tmp_path: Path) -> None:
    """A trust that writes another edition of the county's under `extends:` is told what nobody looked at."""
    workspace = trust(tmp_path)
    freeze(workspace.root, "tiny", "2026.1")
    workspace.put(LOST, workspace.read(LOST).replace("are counted", "are all counted"))
    freeze(workspace.root, "tiny", "2026.2")
    assert workspace.run("upgrade", "trust-keys", "--base").code == 0
    assert "    against: " in workspace.read(TRUST)
    assert workspace.run("check", "trust-keys").code == 0
    workspace.put(LOST, workspace.read(LOST).replace("A lost key", "Any lost key"))
    freeze(workspace.root, "tiny", "2026.3")
    workspace.put(
        TRUST, workspace.read(TRUST).replace('tiny, edition: "2026.2"', 'tiny, edition: "2026.3"')
    )
    result = workspace.run("check", "trust-keys")
    assert result.code == 1
    assert "the model text of `report-loss` is not the one" in result.stderr
    assert "`policygen upgrade trust-keys --base` shows both texts" in result.stderr


def test_a_new_text_of_the_trust_stays_an_addition_and_locked(tmp_path: Path) -> None:
    """What a trust added to the county's clause, and locked, is still added and locked when it writes it anew."""
    added = "    add_after: The trust counts them, too.\n    adapt: locked\n    reason: Ours\n"
    overlay = re.sub(r"    replace: \|\n.*\n    reason: .*\n", added, OVERLAY)
    workspace = trust(tmp_path, overlay)
    freeze(workspace.root, "tiny", "2026.1")
    workspace.put(LOST, workspace.read(LOST).replace("A lost key is", "Any lost key is"))
    freeze(workspace.root, "tiny", "2026.2")
    assert workspace.run("upgrade", "trust-keys", "--base").code == 1
    decisions = "templates/trust-keys/base.upgrade.yaml"
    shown = workspace.read(decisions)
    assert "    ours: |\n      (add after)\n      The trust counts them, too.\n" in shown
    workspace.put(decisions, shown.replace("    decision:", "    own: The trust is told, too."))
    assert workspace.run("upgrade", "trust-keys", "--base").code == 0
    after = workspace.read(TRUST)
    assert "    add_after: |\n      The trust is told, too.\n" in after
    assert "replace:" not in after
    assert after.count("adapt: locked") == 2
    assert workspace.run("check", "trust-keys").code == 0


def test_a_base_still_to_come_is_not_the_last(tmp_path: Path) -> None:
    """A county's edition that is announced for a later day is taken only by name."""
    workspace = trust(tmp_path)
    freeze(workspace.root, "tiny", "2026.1")
    freeze(workspace.root, "tiny", "2026.2", issued="2026-12-01")
    early = workspace.run("upgrade", "trust-keys", "--base", "--as-of", "2026-11-30")
    assert "`trust-keys` extends edition `2026.1` already" in early.stderr
    assert workspace.run("upgrade", "trust-keys", "--base", "--as-of", "2026-12-01").code == 0


def test_a_faulty_text_of_the_trust_is_refused(tmp_path: Path) -> None:
    """A new text of the trust's is checked where it is written, before its template is touched."""
    workspace = trust(tmp_path)
    freeze(workspace.root, "tiny", "2026.1")
    workspace.put(LOST, workspace.read(LOST).replace("A lost key is", "Any lost key is"))
    freeze(workspace.root, "tiny", "2026.2")
    assert workspace.run("upgrade", "trust-keys", "--base").code == 1
    choices, before = "templates/trust-keys/base.upgrade.yaml", workspace.read(TRUST)
    own = '    own: "Tell {{ people.dsl.nmae }}."\n'
    workspace.put(choices, workspace.read(choices).replace("    decision:\n", own))
    result = workspace.run("upgrade", "trust-keys", "--base")
    assert result.code == 1
    assert "[unknown-name]" in result.stderr
    assert f"--> {choices}:" in result.stderr
    assert workspace.read(TRUST) == before


@pytest.mark.parametrize(("action", "own"), [("own", "Both are told."), ("take", "")])
def test_a_lock_stays_with_what_is_decided(tmp_path: Path, action: str, own: str) -> None:
    """What becomes of the trust's text of a clause leaves it locked for its schools."""
    locked = OVERLAY.replace(
        "    reason: The trust insures the locks\n", "    reason: It insures\n    adapt: locked\n"
    )
    workspace = trust(tmp_path, locked)
    freeze(workspace.root, "tiny", "2026.1")
    workspace.put(LOST, workspace.read(LOST).replace("A lost key is", "Any lost key is"))
    freeze(workspace.root, "tiny", "2026.2")
    result = workspace.run("upgrade", "trust-keys", "--base", "--format", "json")
    assert result.code == 1
    (report,) = json.loads(result.stdout)
    assert (report["template"], report["to"], report["done"]) == ("trust-keys", "2026.2", False)
    assert [each["id"] for each in report["outcomes"] if each["open"]] == ["report-loss"]
    choices = "templates/trust-keys/base.upgrade.yaml"
    decided = f"    own: {own}\n" if own else f"    decision: {action}\n"
    workspace.put(choices, workspace.read(choices).replace("    decision:\n", decided))
    result = workspace.run("upgrade", "trust-keys", "--base")
    assert result.code == 0, result
    assert not (workspace.root / choices).exists()
    assert own in workspace.read(TRUST)
    assert prepared(workspace).bases["report-loss"].clauses[0].adapt == "locked"


def test_a_trust_leaves_some_options_to_its_schools(tmp_path: Path) -> None:
    """The others are not offered, and an answer that takes one says whose decision that is."""
    narrowed = OVERLAY.replace("questions:\n", "questions:\n  holders: {only: [staff]}\n")
    assert trust(tmp_path, narrowed).run("check", "oak").code == 0
    said = trust(tmp_path, narrowed, ADOPTS.replace("[staff]", "[governors]")).run("check").stderr
    assert "has `governors`, which is not for this school" in said
    assert "Beacon Learning Trust leaves it to its schools" in said
    wrong = narrowed.replace("only: [staff]", "only: [pupils]")
    said = trust(tmp_path, wrong).run("check").stderr
    assert f"--> {TRUST}" in said
    assert "`holders` has no option `pupils`" in said
    unknown = narrowed.replace("holders: {only", "holder: {only")
    assert "has no question `holder`" in trust(tmp_path, unknown).run("check").stderr
