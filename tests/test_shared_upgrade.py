"""A question becomes one for all policies, or is one no more: no answer is lost, and none is changed in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.workspace import ADOPTION, TEMPLATE, Workspace, run_in
from tests.test_shared_rules import (
    ADOPTS,
    ADOPTS_GATES,
    ANSWERS,
    DECLARED,
    GATE,
    GATES,
    OWN,
    QUESTIONS,
    SECTION,
)

if TYPE_CHECKING:
    from pathlib import Path

USE = "  keeper: {shared: yes, clauses: [gate-keeper]}\n"
ASKS = OWN.replace("who-keeps", "gate-keeper")
FIRST = ("publish", "gates", "--edition", "2026.1", "--issued", "2026-09-01")
NEXT = ("publish", "gates", "--edition", "2026.2", "--issued", "2026-10-01")
TO = ("upgrade", "oak/gates", "--to", "2026.2")


def published(
    tmp_path: Path,
    before: str,
    after: str,
    answers: str,
    own: str,
    changes: str = "",
    declared: str = DECLARED,
    *,
    tiny: bool = False,
) -> Path:
    """A workspace in which a school may go from one edition of a policy to the next."""
    workspace = Workspace(tmp_path / "work")
    if "shared" in before + after:
        workspace = workspace.with_change(TEMPLATE, OWN, "  keeper: shared\n")
        workspace = workspace.with_change(ADOPTION, "  keeper: office\n", "")
    files = {
        QUESTIONS: DECLARED,
        ANSWERS: f"answers:\n{answers}",
        GATES: f"{GATE}{before}",
        "templates/gates/sections/gates.md": SECTION,
        ADOPTS_GATES: f"{ADOPTS}{own}",
    }
    if "shared" not in before:
        del files[QUESTIONS]
    root = workspace.with_files(files).write()
    assert run_in(root, *FIRST).code == 0
    if tiny:
        assert run_in(root, FIRST[0], "tiny", *FIRST[2:]).code == 0
    text = (root / GATES).read_text("utf-8")
    (root / GATES).write_text(text.replace(before, after), "utf-8")
    (root / QUESTIONS).parent.mkdir(exist_ok=True)
    (root / QUESTIONS).write_text(declared, "utf-8")
    if "keeper" not in after:
        section = root / "templates/gates/sections/gates.md"
        section.write_text(
            SECTION.replace(
                "{{ wording.keeper }}", "{% if answers.other %}us{% else %}them{% endif %}"
            ),
            "utf-8",
        )
        changes = (
            "  - {questions: [other], clauses: [gate-keeper], class: material, must: yes, reason: New}\n"
            + changes
        )
    said = 'edition: "2026.2"\nchanges:\n  - {questions: [keeper], class: editorial, must: yes, reason: "One rule for all policies"}\n'
    if "keeper" not in after:
        said = 'edition: "2026.2"\nchanges:\n'
    (root / "templates/gates/changes.yaml").write_text(said + changes, "utf-8")
    result = run_in(root, *NEXT)
    assert result.code == 0, result.stderr
    return root


def given(root: Path, path: str) -> object:
    """The answers in a file."""
    return yaml.safe_load((root / path).read_text("utf-8"))["answers"]


@pytest.mark.parametrize("answer", ["office", "caretaker"])
def test_an_own_answer_moves_to_the_answers_for_all(tmp_path: Path, answer: str) -> None:
    root = published(tmp_path, ASKS, USE, "  # none yet\n", f"  keeper: {answer}\n")
    done = run_in(root, *TO)
    assert done.code == 0, done.stdout + done.stderr
    assert given(root, ANSWERS) == {"keeper": answer}
    assert not given(root, ADOPTS_GATES)
    assert run_in(root, "check").code == 0


def test_the_same_answer_is_only_dropped(tmp_path: Path) -> None:
    root = published(tmp_path, ASKS, USE, "  keeper: office # one rule\n", "  keeper: office\n")
    assert run_in(root, *TO).code == 0
    assert (root / ANSWERS).read_text("utf-8") == "answers:\n  keeper: office # one rule\n"
    assert not given(root, ADOPTS_GATES)


@pytest.mark.parametrize("chosen", ["office", "caretaker"])
def test_another_answer_is_for_the_school_to_decide(tmp_path: Path, chosen: str) -> None:
    """Both are shown; what it decides holds for all."""
    root = published(tmp_path, ASKS, USE, "  keeper: office\n", "  keeper: caretaker\n")
    asked = run_in(root, *TO)
    assert asked.code == 1
    written = (root / "schools/oak/policies/gates.upgrade.yaml").read_text("utf-8")
    assert "`caretaker` here, `office` for the other policies" in written
    assert given(root, ANSWERS) == {"keeper": "office"}
    assert given(root, ADOPTS_GATES) == {"keeper": "caretaker"}
    done = run_in(root, *TO, "--decide", f"keeper={chosen}")
    assert done.code == 0, done.stdout + done.stderr
    assert given(root, ANSWERS) == {"keeper": chosen}
    assert not given(root, ADOPTS_GATES)


@pytest.mark.parametrize("answer", ["office", "caretaker"])
def test_an_answer_for_all_is_copied_where_it_is_asked_alone(tmp_path: Path, answer: str) -> None:
    """The other policies go on reading theirs."""
    own = ASKS.replace("    kind: choice\n", "    kind: choice\n    own: yes\n")
    root = published(tmp_path, USE, own, f"  keeper: {answer}\n", "")
    done = run_in(root, *TO)
    assert done.code == 0, done.stdout + done.stderr
    assert given(root, ADOPTS_GATES) == {"keeper": answer}
    assert given(root, ANSWERS) == {"keeper": answer}
    assert run_in(root, "check", "--strict").code == 0


RENAMED = "answers:\n  options: {keeper: {office: front-office}}\n"
FRONT = DECLARED.replace("      office:", "      front-office:")


def test_a_renamed_option_is_renamed_for_all(tmp_path: Path) -> None:
    """Once, where no other policy reads it by its old name."""
    root = published(tmp_path, USE, USE, "  keeper: office\n", "", RENAMED, FRONT)
    done = run_in(root, *TO)
    assert done.code == 0, done.stdout + done.stderr
    assert given(root, ANSWERS) == {"keeper": "front-office"}
    assert run_in(root, "check").code == 0


def test_a_renamed_option_waits_for_a_policy_that_lacks_it(tmp_path: Path) -> None:
    """Another policy in use still asks by the old name: the school is told which, and decides."""
    root = published(tmp_path, USE, USE, "  keeper: office\n", "", RENAMED, FRONT, tiny=True)
    assert run_in(root, *TO).code == 1
    written = (root / "schools/oak/policies/gates.upgrade.yaml").read_text("utf-8")
    assert "`office` is `front-office` now, which tiny@2026.1 does not have" in written
    assert given(root, ANSWERS) == {"keeper": "office"}
    assert run_in(root, *TO, "--decide", "keeper=front-office").code == 0
    assert given(root, ANSWERS) == {"keeper": "front-office"}


def test_a_retired_question_leaves_the_answers_for_all_when_nobody_reads_it(tmp_path: Path) -> None:
    """While another policy reads it, it stays."""
    gone = "  other: {ask: Is there a gate?, kind: yes-no}\n"
    said = "answers:\n  retired: {keeper: Everybody keeps them}\n"
    root = published(tmp_path, USE, gone, "  keeper: office\n", "", said)
    done = run_in(root, *TO, "--decide", "other=yes")
    assert done.code == 0, done.stdout + done.stderr
    assert given(root, ANSWERS) == {"keeper": "office"}
    assert given(root, ADOPTS_GATES) == {"other": True}
