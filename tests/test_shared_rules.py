"""Rules that several policies share: declared once by an issuer, answered once by a school, contradicted nowhere."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policygen.disk.editions import read_edition
from policygen.ground.diagnostics import InputError, Problems
from policygen.project.answers import changing, save_answer
from tests.support.register import freeze
from tests.support.terminal import CTRL_C, ENTER, Terminal
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace, run_in

QUESTIONS = "templates/shared/questions.yaml"
EXAMPLES = Path(__file__).parents[1]
KEYS = "templates/tiny/sections/holding-keys.md"
OURS = "who-keeps: {replace: The bursar keeps them., reason: So}\n"
ANSWERS = "schools/oak/answers.yaml"
GATES = "templates/gates/template.yaml"
ADOPTS_GATES = "schools/oak/policies/gates.yaml"
OWN = """\
  keeper:
    ask: Who keeps the keys?
    kind: choice
    clauses: [who-keeps]
    options:
      office: {label: The school office, prints: the school office}
      caretaker: {label: The caretaker, prints: the caretaker}
"""
DECLARED = f"questions:\n{OWN}".replace("    clauses: [who-keeps]\n", "")
GATE = """\
title: Gates of the school
edition: "2026.1"
issued: 2026-09-01
issuer: {name: Northshire County Council, kind: la}
adoption: {body: committee, review_months: 24}
sections: [gates]
questions:
"""
SECTION = "# Gates {#gates}\n\n1. The keys of the gates are kept by {{ wording.keeper }}. {#gate-keeper}\n"
ADOPTS = """\
edition: "2026.1"
version: "1.0"
author: School Business Manager
reason: First adopted
answers:
"""


def shared(tmp_path: Path, answer: str = "office", declared: str = DECLARED) -> Workspace:
    """Two policies of one school that read the same answer."""
    workspace = Workspace(tmp_path / "work").with_change(TEMPLATE, OWN, "  keeper: shared\n")
    workspace = workspace.with_change(ADOPTION, "  keeper: office\n", "")
    files = {
        QUESTIONS: declared,
        ANSWERS: f"answers:\n  keeper: {answer}\n",
        GATES: f"{GATE}  keeper: {{shared: yes, clauses: [gate-keeper]}}\n",
        "templates/gates/sections/gates.md": SECTION,
        ADOPTS_GATES: ADOPTS,
    }
    return workspace.with_files(files)


def apart(tmp_path: Path, one: str, other: str) -> Workspace:
    """Two policies of one school that each ask by themselves."""
    workspace = Workspace(tmp_path / "work").with_change(
        ADOPTION, "keeper: office", f"keeper: {one}"
    )
    files = {
        GATES: f"{GATE}{OWN}".replace("who-keeps", "gate-keeper"),
        "templates/gates/sections/gates.md": SECTION,
        ADOPTS_GATES: f"{ADOPTS}  keeper: {other}\n",
    }
    return workspace.with_files(files)


@pytest.mark.parametrize(
    ("answer", "words"), [("office", "the school office"), ("caretaker", "the caretaker")]
)
def test_every_policy_reads_the_one_answer(tmp_path: Path, answer: str, words: str) -> None:
    """As if it stood in its own adoption."""
    workspace = shared(tmp_path, answer)
    assert workspace.run("check", "--strict").code == 0
    assert workspace.run("build").code == 0
    for policy in ("tiny", "gates"):
        text = workspace.root / f"output/drafts/oak/{policy}/{policy}.txt"
        assert f"kept by {words}." in text.read_text("utf-8")


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["office", "caretaker"]), st.sampled_from(["office", "caretaker"]))
def test_a_contradiction_is_found_where_answers_differ(
    tmp_path: Path, one: str, other: str
) -> None:
    """And only there; a warning, with both places."""
    result = apart(tmp_path, one, other).run("check", "--strict")
    assert result.code == (one != other)
    assert ("[answers-differ]" in result.stderr) == (one != other)
    if one != other:
        assert f"{ADOPTION}:6" in result.stderr
        assert f"{ADOPTS_GATES}:6" in result.stderr


def test_one_policy_is_compared_with_those_beside_it(tmp_path: Path) -> None:
    """Whoever checks or approves one alone is told, too; what is wrong in another by itself is told when that is asked."""
    root = apart(tmp_path, "office", "caretaker").write()
    for policy in ("tiny", "gates"):
        alone = run_in(root, "check", f"oak/{policy}", "--strict")
        assert (alone.code, alone.stderr.count("[answers-differ]")) == (1, 1)
    code = re.findall(r"content code (\S+)", run_in(root, "build", "oak/gates").stdout)[0]
    decided = ("--body", "committee", "--date", "2026-11-12", "--minute", "19.2")
    version = ("--version", "1.0", "--content", code)
    refused = run_in(root, "approve", "oak/gates", *version, *decided)
    assert (refused.code, "[answers-differ]" in refused.stderr) == (1, True)
    adoption = root / ADOPTION
    adoption.write_text(adoption.read_text("utf-8").replace("  doors:", "  dors:"), "utf-8")
    alone = run_in(root, "check", "oak/gates")
    assert (alone.code, "dors" in alone.stderr) == (0, False)


def test_what_is_meant_to_differ_is_allowed_once(tmp_path: Path) -> None:
    """At the line that is named; it holds whichever policy is looked at."""
    workspace = apart(tmp_path, "office", "caretaker")
    named = workspace.run("check", "oak/gates").stderr
    assert f"--> {ADOPTION}:6" in named
    meant = "keeper: office # allow answers-differ: the nursery has another rule"
    root = workspace.with_change(ADOPTION, "keeper: office", meant).write()
    for asked in ("oak", "oak/tiny", "oak/gates"):
        assert run_in(root, "check", asked, "--strict").code == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [("Whoever has the keys counts them.", True), ("Whoever has keys counts them.", False)],
)
def test_the_subject_of_a_rule_is_found_where_its_answer_is_not_read(
    tmp_path: Path, typed: str, *, found: bool
) -> None:
    """By the words that its issuer gives, in any capitals; a section that reads the answer may hold them."""
    declared = DECLARED.replace("    kind:", "    topic: [whoever has the keys]\n    kind:")
    clause = f"\n1. {typed} {{#counting}}\n"
    workspace = shared(tmp_path, declared=declared)
    lost = "templates/tiny/sections/lost-keys.md"
    elsewhere = workspace.with_files({lost: workspace.text(lost) + clause})
    assert ("[rule-retyped]" in elsewhere.run("check").stderr) == found
    beside = workspace.with_files({KEYS: workspace.text(KEYS) + clause})
    assert "[rule-retyped]" not in beside.run("check").stderr


def test_an_issuer_can_say_that_a_question_is_its_own(tmp_path: Path) -> None:
    """Then it only has the same name, and nothing is compared."""
    workspace = apart(tmp_path, "office", "caretaker")
    workspace = workspace.with_change(
        GATES, "    kind: choice\n", "    kind: choice\n    own: yes\n"
    )
    assert workspace.run("check", "--strict").code == 0


def test_an_answer_that_one_edition_lacks_names_that_edition_once(tmp_path: Path) -> None:
    """The answer is one; which edition does not take it, is said with it."""
    workspace = shared(tmp_path, "janitor")
    result = workspace.run("check")
    assert result.stderr.count("[bad-answer]") == 1
    assert "as tiny@2026.1 asks it" in result.stderr
    assert "as gates@2026.1 asks it" in result.stderr


def test_a_template_adds_clauses_guidance_and_words(tmp_path: Path) -> None:
    """What is asked, and how it may be answered, is the declaration's alone."""
    workspace = shared(
        tmp_path, declared=DECLARED.replace("  keeper:\n", "  keeper:\n    guidance: Ask first.\n")
    )
    use = "  keeper: {shared: yes, guidance: And lock., prints: {office: our office}}\n"
    workspace = workspace.with_files({GATES: f"{GATE}{use}"})
    edition = read_edition(workspace.write(), "gates", "", None, Problems())
    assert edition is not None
    question = edition.file.value.questions["keeper"]
    assert question.shared
    assert question.guidance == "Ask first. And lock."
    assert question.choices["office"].prints == "our office"
    assert question.choices["caretaker"].prints == "the caretaker"
    refused = workspace.with_files({GATES: f"{GATE}  keeper: {{shared: yes, kind: text}}\n"})
    assert "`kind` of a shared question stands in its declaration" in refused.run("check").stderr


def test_an_edition_freezes_what_it_reads_and_no_more(tmp_path: Path) -> None:
    """A later change of the declaration does not reach it; an unused question is not in it."""
    more = f"{DECLARED}  colour: {{ask: Which colour?, kind: text}}\n"
    workspace = shared(tmp_path, declared=more)
    assert (
        workspace.run("publish", "gates", "--edition", "2026.1", "--issued", "2026-09-01").code == 0
    )
    frozen = workspace.root / "templates/gates/editions/2026.1/shared/questions.yaml"
    assert [*yaml.safe_load(frozen.read_text("utf-8"))["questions"]] == ["keeper"]
    declared = workspace.root / QUESTIONS
    declared.write_text(more.replace("the school office", "our office"), "utf-8")
    assert run_in(workspace.root, "build").code == 0
    drafts = workspace.root / "output/drafts/oak"
    assert "kept by our office." in (drafts / "tiny/tiny.txt").read_text("utf-8")
    assert "kept by the school office." in (drafts / "gates/gates.txt").read_text("utf-8")


def test_a_changed_declaration_is_a_change_of_each_template(tmp_path: Path) -> None:
    """The next edition has to explain it as any other question."""
    workspace = shared(tmp_path)
    assert (
        workspace.run("publish", "gates", "--edition", "2026.1", "--issued", "2026-09-01").code == 0
    )
    again = ("publish", "gates", "--edition", "2026.2", "--issued", "2026-10-01")
    assert "nothing has changed" in run_in(workspace.root, *again).stderr
    declared = workspace.root / QUESTIONS
    declared.write_text(DECLARED.replace("The school office", "Our office"), "utf-8")
    assert "question `keeper` has changed" in run_in(workspace.root, *again).stderr


def test_an_edition_in_a_bundle_needs_no_other_file(tmp_path: Path) -> None:
    """In another workspace it asks the same, whatever is declared there."""
    workspace = shared(tmp_path)
    assert (
        workspace.run("publish", "gates", "--edition", "2026.1", "--issued", "2026-09-01").code == 0
    )
    bundle = workspace.root / "output/packs/editions/gates/2026.1/gates-2026.1.zip"
    other = Workspace(tmp_path / "other").without("schools/oak/policies/tiny.yaml")
    files = {ADOPTS_GATES: ADOPTS, ANSWERS: "answers:\n  keeper: caretaker\n"}
    root = other.with_files(files).write()
    assert run_in(root, "import", str(bundle)).code == 0
    assert run_in(root, "build", "oak/gates").code == 0
    text = (root / "output/drafts/oak/gates/gates.txt").read_text("utf-8")
    assert "kept by the caretaker." in text


def test_what_must_never_be_waits_for_its_answers(tmp_path: Path) -> None:
    """While one is missing, that is all that is said."""
    never = f"{DECLARED}never:\n  - {{when: answers.keeper == 'office' and answers.key_safe, why: Too many keys.}}\n"
    safe = "  key_safe: {ask: Is there a key safe?, kind: yes-no}\nnever:"
    workspace = shared(tmp_path, declared=never.replace("never:", safe))
    own = "  key_safe:\n    ask: Is there a key safe?\n    kind: yes-no\n"
    workspace = workspace.with_change(TEMPLATE, own, "  key_safe: shared\n")
    workspace = workspace.with_change(ADOPTION, "  key_safe: yes\n", "")
    said = workspace.run("check").stderr
    assert "[unanswered-question]" in said
    assert "[never-together]" not in said
    both = workspace.with_files({ANSWERS: "answers:\n  keeper: office\n  key_safe: yes\n"})
    assert "hint: Too many keys." in both.run("check").stderr
    fine = workspace.with_files({ANSWERS: "answers:\n  keeper: caretaker\n  key_safe: yes\n"})
    assert fine.run("check", "--strict").code == 0


def test_what_must_never_be_is_checked_as_any_condition(tmp_path: Path) -> None:
    """A name that does not exist is an error where it stands."""
    never = f"{DECLARED}never:\n  - {{when: answers.keeper == 'janitor', why: None.}}\n"
    said = shared(tmp_path, declared=never).run("check").stderr
    assert f"{QUESTIONS}:9" in said


def test_a_started_adoption_reads_the_answer(tmp_path: Path) -> None:
    """Of its questions only those are open that nobody answered."""
    workspace = shared(tmp_path).with_files({ADOPTS_GATES: 'edition: "2026.1"\nversion:\n'})
    said = workspace.run("check", "oak/gates").stderr
    assert "[missing-key]" in said or "lacks `version`" in said or "has no value" in said
    assert "has no answer" not in said


def test_adopt_asks_for_all_policies_once(tmp_path: Path) -> None:
    """What one policy asked is shown to the next, not asked again; open ones are written where they are read."""
    workspace = shared(tmp_path).without(ANSWERS, ADOPTS_GATES)
    root = workspace.write()
    with Terminal(root, "adopt", "oak/gates") as terminal:
        terminal.expect("Who keeps the keys?")
        terminal.expect("Decide later")
        terminal.type("2", ENTER)
        terminal.expect("Another number")
        terminal.expect("Decide later")
        terminal.type(CTRL_C)
        terminal.expect("stopped: what was answered is kept in schools/oak/answers.yaml")
        assert terminal.end() == 0
    assert yaml.safe_load((root / ANSWERS).read_text("utf-8")) == {
        "answers": {"keeper": "caretaker"}
    }
    with Terminal(root, "adopt", "oak/gates") as terminal:
        terminal.expect("answered for all policies, in schools/oak/answers.yaml:")
        terminal.expect("The caretaker")
        terminal.expect("Decide later")
        terminal.type(CTRL_C)
        terminal.end()
    (root / ANSWERS).unlink()
    assert run_in(root, "adopt", "oak/gates", "--write").code == 0
    written = (root / ANSWERS).read_text("utf-8")
    assert "# Who keeps the keys?" in written
    assert yaml.safe_load(written) == {"answers": {"keeper": None}}


def test_a_rule_is_shown_where_it_stands(tmp_path: Path) -> None:
    """With its answer in words, in every policy of the school that reads it."""
    workspace = shared(tmp_path)
    said = workspace.run("answer", "oak").stdout
    assert "The school office" in said
    assert "Keys to the school (edition 2026.1): paragraph 1.1\n" in said
    assert "Gates of the school (edition 2026.1): paragraph 1.1\n" in said
    (rule,) = json.loads(workspace.run("answer", "oak", "--json").stdout)
    assert (rule["question"], rule["answer"], rule["says"]) == (
        "keeper",
        "office",
        "The school office",
    )
    assert [each["policy"] for each in rule["policies"]] == ["gates", "tiny"]


def test_what_is_not_asked_of_a_school_is_not_listed() -> None:
    """Of a maintained school it is not asked who hears of its head; and each place is named once."""
    listed = run_in(EXAMPLES, "answer", "st-brigids", "--json")
    rules = {rule["question"]: rule for rule in json.loads(listed.stdout)}
    assert "concern_about_head" not in rules
    for rule in rules.values():
        for each in rule["policies"]:
            assert len({*each["where"]}) == len(each["where"])
    refused = run_in(EXAMPLES, "answer", "st-brigids", "concern_about_head", "chair")
    assert (refused.code, "is not asked of this school" in refused.stderr) == (1, True)


def test_another_answer_says_first_what_it_changes(tmp_path: Path) -> None:
    """And is written only with leave; comments stay, and a line that stood in an adoption goes."""
    workspace = shared(tmp_path).with_files({ANSWERS: "answers:\n  keeper: office # since 2020\n"})
    root = workspace.write()
    said = run_in(root, "answer", "oak", "keeper", "caretaker")
    assert said.stdout.count("a material change, for approval by: Committee") == 2
    assert (root / ANSWERS).read_text("utf-8").count("office") == 1
    assert run_in(root, "answer", "oak", "keeper", "caretaker", "--yes").code == 0
    assert (root / ANSWERS).read_text("utf-8") == "answers:\n  keeper: caretaker # since 2020\n"
    assert run_in(root, "check", "--strict").code == 0
    refused = run_in(root, "answer", "oak", "keeper", "janitor", "--yes")
    assert (refused.code, "as gates@2026.1 asks it" in refused.stderr) == (1, True)
    (root / ANSWERS).unlink()
    adoption = root / ADOPTION
    adoption.write_text(
        adoption.read_text("utf-8").replace("answers:\n", "answers:\n  keeper: office\n"), "utf-8"
    )
    assert run_in(root, "answer", "oak", "keeper", "office", "--yes").code == 0
    assert "keeper" not in adoption.read_text("utf-8")
    assert run_in(root, "check", "--strict").code == 0


def test_another_answer_is_not_written_over_what_somebody_wrote_meanwhile(tmp_path: Path) -> None:
    """While a person is asked whether to write it, nobody is kept waiting."""
    root = shared(tmp_path).write()
    made = changing(root, "oak", "keeper", "caretaker", datetime.date(2026, 11, 20))
    written = (root / ANSWERS).read_text("utf-8") + "# asked the board\n"
    (root / ANSWERS).write_text(written, "utf-8")
    with pytest.raises(InputError, match="changed-meanwhile"):
        save_answer(root, made)
    assert (root / ANSWERS).read_text("utf-8") == written


def test_a_change_that_an_answer_made_says_so(tmp_path: Path) -> None:
    """Where a version is asked for, where its clauses are named, and in the pack for the governors."""
    root = shared(tmp_path).without(ADOPTS_GATES).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    assert run_in(root, "answer", "oak", "keeper", "caretaker", "--yes").code == 0
    because = "because the answer to “Who keeps the keys?” changed"
    said = run_in(root, "check").stderr
    assert "[version-registered]" in said
    assert because in " ".join(run_in(root, "status").stdout.split())
    assert f"hint: {because}" in said
    adoption = root / ADOPTION
    text = adoption.read_text("utf-8").replace('version: "2.0"', 'version: "2.1"')
    adoption.write_text(text, "utf-8")
    said = run_in(root, "check").stderr
    assert "[amendment-missing]" in said
    assert f"hint: {because}" in said
    adoption.write_text(f"{text}amends:\n  who-keeps: material\n", "utf-8")
    assert run_in(root, "check", "--strict").code == 0
    due = json.loads(run_in(root, "status", "--format", "json").stdout)["policies"][0]["due"]
    assert f"2.1 to be approved, {because}" in [each["says"] for each in due]
    assert run_in(root, "pack", "oak/tiny", "--meeting", "2026-12-01").code == 0
    pages = [path.read_text("utf-8") for path in root.glob("output/packs/**/*.html")]
    assert any(because in " ".join(page.split()) for page in pages)
    assert run_in(root, "diff", "oak/tiny", "--save").code == 0
    (redline,) = root.glob("output/packs/redlines/**/*.html")
    assert f"B{because[1:]}." in " ".join(redline.read_text("utf-8").split())


@pytest.mark.parametrize(
    ("path", "old", "new", "named"),
    [
        (ANSWERS, "office", "caretaker", True),
        (SCHOOL, "Oak Lane School", "Elm Lane School", False),
        (ADOPTION, "clauses:\n", f"clauses:\n  {OURS}", False),
    ],
    ids=["an answer that chooses words", "a fact beside it", "wording of the school's own"],
)
def test_an_answer_is_named_only_where_nothing_else_can_be_behind_a_change(
    tmp_path: Path, path: str, old: str, new: str, *, named: bool
) -> None:
    chooses = '{{ "in the office" if answers.keeper == "office" else "in the lodge" }}'
    workspace = shared(tmp_path).without(ADOPTS_GATES)
    workspace = workspace.with_change(
        KEYS, "{{ wording.keeper }}", f"{chooses} at {{{{ school.name }}}}"
    )
    root = workspace.with_change(KEYS, "{#who-keeps}", "{#who-keeps adapt=free}").write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    file = root / path
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    said = run_in(root, "check").stderr
    assert "[version-registered]" in said
    assert ("because the answer to" in said) == named


def test_a_policy_that_cannot_be_read_is_told_where_rules_are_looked_for(tmp_path: Path) -> None:
    """Nobody knows what it shares with the others."""
    result = shared(tmp_path, declared="a text\n").run("answer", "oak")
    assert (result.code, result.stdout) == (1, "")
    assert f"  --> {QUESTIONS}:1:1\n" in result.stderr
