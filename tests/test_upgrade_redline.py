"""After an upgrade: each board's redline shows what that board has not seen, who decided it, and how grave it is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.support import register
from tests.support.editions import freeze
from tests.support.standing import Standing, standing
from tests.support.workspace import ADOPTION, Workspace
from tests.test_overlay import SECTION, TRUST, trust

if TYPE_CHECKING:
    from pathlib import Path

HOLDING, LOST = "templates/tiny/sections/holding-keys.md", "templates/tiny/sections/lost-keys.md"
OTHER = ADOPTION.replace("oak", "elm")


def two_schools(tmp_path: Path) -> Standing:
    """Oak and Elm, each with wording of its own of one clause, and edition 2026.1 approved."""
    workspace = standing(
        Workspace(tmp_path / "work").with_change(
            ADOPTION, "  who-may-hold: keep\n", "  who-may-hold: keep\n" + own("The bell is rung.")
        )
    )
    facts = (
        workspace.read("schools/oak/school.yaml")
        .replace("Oak Lane", "Elm Rise")
        .replace("oaklane", "elmrise")
    )
    (workspace.root / "schools/elm/policies").mkdir(parents=True)
    workspace.put("schools/elm/school.yaml", re.sub(r"\nbranding:(?:\n  .*)*", "", facts))
    workspace.put(
        OTHER, workspace.read(ADOPTION).replace("The bell is rung.", "The gate is locked.")
    )
    freeze(workspace.root, "tiny", "2026.1")
    for school in ("oak", "elm"):
        register.freeze(workspace.root, "2.0", "2026-09-10", minute="4.1", school=school)
    return workspace


def own(words: str) -> str:
    return f"  report-loss:\n    replace: |\n      {words}\n    reason: Agreed here\n"


def edit(workspace: Standing, path: str, old: str, new: str) -> None:
    text = workspace.read(path)
    assert text.count(old) == 1, (path, old)
    workspace.put(path, text.replace(old, new))


def issue(workspace: Standing, edition: str, clause: str, grave: str) -> None:
    """Publish an edition that says of one clause how grave its change is."""
    note = {"clauses": [clause], "class": grave, "must": True, "reason": "The county asks for it"}
    freeze(workspace.root, "tiny", edition, changes=[note])
    result = workspace.run("upgrade", "tiny")
    assert result.code == 0, result


def next_version(workspace: Standing, adoption: str, version: str, amends: str = "") -> None:
    """Write what comes next into an adoption."""
    text = re.sub(r"(?m)^version: .*$", f'version: "{version}"', workspace.read(adoption))
    workspace.put(adoption, text + (f"amends: {amends}\n" if amends else ""))


def changes(workspace: Standing, *names: str) -> dict[str, tuple[list[str], str]]:
    """Owners and class of each change between two documents, by id."""
    result = workspace.run("diff", *names, "--format", "json")
    assert result.code == 0, result
    found: list[dict[str, Any]] = json.loads(result.stdout)["changes"]
    return {each["id"]: (each["owners"], each["class"]) for each in found}


def test_each_board_sees_what_it_has_not_seen(tmp_path: Path) -> None:
    """Oak's board saw the second edition, Elm's did not; Elm changed its own wording besides."""
    workspace = two_schools(tmp_path)
    edit(workspace, HOLDING, "Spare keys hang", "All spare keys hang")
    issue(workspace, "2026.2", "key-safe", "editorial")
    next_version(workspace, ADOPTION, "2.1")
    assert changes(workspace, "oak/tiny") == {"key-safe": (["issuer"], "editorial")}
    register.freeze(workspace.root, "2.1", "2026-10-20", minute="5.1")
    edit(workspace, LOST, "Keys are counted each term", "Keys are counted each month")
    issue(workspace, "2026.3", "count", "material")
    next_version(workspace, ADOPTION, "2.2")
    edit(workspace, OTHER, "The gate is locked.", "The gate is locked at once.")
    next_version(workspace, OTHER, "2.1", "{report-loss: editorial}")
    assert workspace.run("check").code == 0
    assert changes(workspace, "oak/tiny") == {"count": (["issuer"], "material")}
    assert changes(workspace, "elm/tiny") == {
        "key-safe": (["issuer"], "editorial"),
        "count": (["issuer"], "material"),
        "report-loss": (["school"], "editorial"),
    }
    for school, words in (("oak", "The bell is rung."), ("elm", "The gate is locked at once.")):
        assert words in workspace.read(f"schools/{school}/policies/tiny.yaml")


def test_what_a_trust_changed_is_the_trust_s(tmp_path: Path) -> None:
    """Of an edition of a trust's: its own clauses and its own section are its, what the county reworded is not."""
    workspace = trust(tmp_path)
    freeze(workspace.root, "tiny", "2026.1")
    freeze(workspace.root, "trust-keys", "2026.1")
    edit(workspace, HOLDING, "are kept by", "are always kept by")
    freeze(workspace.root, "tiny", "2026.2")
    assert workspace.run("upgrade", "trust-keys", "--base").code == 0
    edit(workspace, TRUST, "and the trust within", "and the whole trust within")
    edit(workspace, SECTION, "spare keys; see", "all spare keys; see")
    note = {"class": "material", "must": True, "reason": "The locks were changed"}
    said = [{**note, "clauses": ["who-keeps", "report-loss", "spare"]}]
    register.freeze(workspace.root, "1.0", "2026-09-10", minute="4.1", policy="trust-keys")
    freeze(workspace.root, "trust-keys", "2026.2", changes=said)
    result = workspace.run("upgrade", "oak/trust-keys")
    assert result.code == 0, result
    next_version(workspace, "schools/oak/policies/trust-keys.yaml", "1.1")
    assert changes(workspace, "oak/trust-keys") == {
        "who-keeps": (["issuer"], "material"),
        "spare": (["trust"], "material"),
        "report-loss": (["trust"], "material"),
    }
