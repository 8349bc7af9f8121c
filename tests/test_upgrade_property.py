"""Whatever both sides do and whoever decides: no word is lost, and every local change stays of its kind."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hypothesis import Phase, event, example, given, settings
from hypothesis import strategies as st

from policygen.compose.adapt import LocalChange, adapt_sections
from policygen.compose.bases import Base
from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Place, Problems
from policygen.language import document as d
from policygen.model.adoption import StartedAdoption
from policygen.model.edition_record import EditionRecord
from policygen.upgrade.clauses import (
    ClausesUpgraded,
    Situation,
    decision_texts,
    own_keys,
    upgrade_clauses,
)
from policygen.upgrade.decisions_file import written_choices
from policygen.upgrade.outcome import Choice, ClauseTexts, Outcome
from policygen.upgrade.way import Side, Way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.adoption import Decision

IDS = ("aa", "bb", "cc", "dd", "ee", "ff")
LOCAL = ("replace", "stale", "add_before", "add_after", "both", "omit", "keep", "none")
ISSUER = (
    *("leave", "reword", "move", "rename", "take-over", "split", "split-off", "merge", "swallow"),
    *("retire", "remove", "leave-out", "lock", "require", "say-the-same"),
    "move-and-reword",
)
STATUS = {"lock": "locked", "require": "required"}
DECIDED = ("later", "take", "keep", "own", "keep elsewhere", "own elsewhere")
SIDES = {"both": ("add_before", "add_after"), "stale": ("replace",)}
"""The texts of a local change; a stale one says by hand that it was made about another model text."""


# --- two editions and an adoption -------------------------------------------------------------------------------------


def model(identity: str, words: str, adapt: str = "free", part: str = "one") -> Base:
    clause = d.Clause(identity, (d.Paragraph((d.Text(words),)),), adapt=adapt)  # type: ignore[arg-type]
    return Base((clause,), part, ())


def side(bases: dict[str, Base], left_out: frozenset[str] = frozenset()) -> Side:
    here = {name: base.clauses[0] for name, base in bases.items() if name not in left_out}
    return Side(here, here)


def local_words(identity: str, action: str) -> str:
    return f"Local {action} words of {identity}."


def adoption_text(done: dict[str, str]) -> str:
    lines = ['edition: "1"', "clauses:"]
    for identity, action in done.items():
        lines += [f"  # about {identity}"]
        if action == "keep":
            lines += [f"  {identity}: keep"]
        elif action == "omit":
            lines += [f"  {identity}:", "    omit: true", "    reason: ours"]
        elif action != "none":
            lines += [f"  {identity}:"]
            for key in SIDES.get(action, (action,)):
                lines += [f"    {key}: |", f"      {local_words(identity, key)}"]
            if action == "stale":
                lines += ["    against: abcdefabcdef"]
            lines += ["    reason: ours"]
    return "\n".join(lines) + "\n"


@dataclass
class Issued:
    """The next edition, what its record declares, and what it leaves out of this school's policy."""

    new: dict[str, Base] = field(default_factory=dict)
    said: dict[str, dict[str, object]] = field(
        default_factory=lambda: {"renamed": {}, "split": {}, "merged": {}, "retired": {}}
    )
    left_out: set[str] = field(default_factory=set)

    def add(self, identity: str, words: str, adapt: str = "free", part: str = "one") -> None:
        self.new[identity] = model(identity, words, adapt, part)

    def merge(self, identity: str, into: str, adapt: str = "free") -> None:
        self.add(into, f"All that {into} says.", adapt)
        merged = self.said["merged"]
        merged[into] = (*merged.get(into, ()), identity)  # type: ignore[misc]

    edition: str = "2"

    @property
    def words(self) -> dict[str, str]:
        """What each clause says."""
        return {
            name: d.plain(base.clauses[0].blocks[0].children) for name, base in self.new.items()
        }  # type: ignore[union-attr]

    @property
    def record(self) -> EditionRecord:
        blank = {
            "template": "t",
            "edition": self.edition,
            "issued": "2026-09-01",
            "digest": "",
            "files": {},
        }
        note = {"clauses": ["aa"], "class": "material", "must": True, "reason": "The law changed"}
        return EditionRecord.model_validate({**blank, **self.said, "changes": [note]})


def issued(
    moves: dict[str, str], old: Mapping[str, str] | None = None, edition: str = "2"
) -> Issued:
    """The edition after one whose clauses say what `old` has; a clause moves as the one that it came from."""
    made = Issued(edition=edition)
    before = (
        old if old is not None else {identity: f"Model words of {identity}." for identity in IDS}
    )
    done = {identity: moves.get(identity[:2], "leave") for identity in before}
    free_names = [each for each, move in done.items() if move in ("retire", "remove")]
    merged_into = f"merged-{edition}"
    for identity, move in done.items():
        words = before[identity]
        match move:
            case "rename":
                made.add(f"{identity}-new", words)
                made.said["renamed"][identity] = f"{identity}-new"
            case "take-over" if free_names:  # the id of a clause that is gone
                name = free_names.pop()
                made.add(name, words)
                made.said["renamed"][identity] = name
            case "split" | "split-off":
                first = identity if move == "split-off" else f"{identity}-one"
                parts = (first, f"{identity}-two")
                for part in parts:
                    made.add(part, f"Part {part}.", "required" if identity < "cc" else "free")
                made.said["split"][identity] = parts
            case "merge":
                made.merge(identity, merged_into, "required" if moves["aa"] == "merge" else "free")
            case "swallow" if done.get("ff") == "leave" and identity != "ff":
                made.merge(identity, "ff")
            case "retire":
                made.said["retired"][identity] = "No longer needed"
            case "remove":
                pass
            case "reword":
                made.add(identity, f"New model words of {identity} in {edition}.")
            case "move-and-reword":
                made.add(identity, f"Moved model words of {identity} in {edition}.", part="two")
            case "say-the-same":
                made.add(identity, local_words(identity, "replace"))
            case "move":
                made.add(identity, words, part="two")
            case _:
                if identity not in made.new:
                    made.add(identity, words, STATUS.get(move, "free"))
                if move == "leave-out":
                    made.left_out.add(identity)
    return made


def says_already(issue: Issued) -> object:
    def same(target: str, text: str) -> bool:
        return d.plain(issue.new[target].clauses[0].blocks[0].children) == text.strip()  # type: ignore[union-attr]

    return same


OLD = {identity: model(identity, f"Model words of {identity}.") for identity in IDS}


def situation(done: dict[str, str], issue: Issued, *between: Issued) -> Situation:
    """Before anything is decided; `between` are editions that the school passes over."""
    return Situation(
        Way(OLD, issue.new, tuple(each.record for each in (*between, issue))),
        side(OLD),
        side(issue.new, frozenset(issue.left_out)),
        read(adoption_text(done)),
        {},
        certain=True,
        says_already=says_already(issue),  # type: ignore[arg-type]
    )


def read(text: str) -> dict[str, Decision]:
    problems = Problems()
    file = read_yaml(text, "policies/tiny.yaml", StartedAdoption, problems)
    assert file is not None, ([*problems], text)
    return dict(file.value.clauses)


def document(clauses: dict[str, Decision], issue: Issued) -> dict[str, d.Clause]:
    """The clauses of the school's copy, composed as a policy is: every error about its decisions is a failure."""
    here = side(issue.new, frozenset(issue.left_out)).here
    section = d.Section("one", (d.Text("One"),), tuple(here.values()))
    changes = {}
    for identity, decision in clauses.items():
        texts: dict[str, tuple[d.Block, ...]] = {"keep": ()}
        if decision != "keep":
            texts = {
                action: (d.Paragraph((d.Text(text.strip()),)),)
                for action, text in decision_texts(decision).items()
            }
            if decision.omit:
                texts["omit"] = ()
        leave = decision != "keep" and decision.deviation is not None
        changes[identity] = LocalChange(identity, Place(""), texts, deviates=leave)  # type: ignore[arg-type]
    problems = Problems()
    parts = adapt_sections(
        (section,), changes, [*issue.new], Place(""), problems, guidance={}, certain=True
    )
    assert not problems.has_errors, [*problems]
    return {node.id: node for node in d.walk(parts) if isinstance(node, d.Clause)}


def words_of(clauses: dict[str, d.Clause]) -> str:
    return "\n".join(
        d.plain(node.children)
        for clause in clauses.values()
        for node in d.walk(clause.blocks)
        if isinstance(node, d.Paragraph)
    )


# --- decisions --------------------------------------------------------------------------------------------------------


def chosen(outcome: Outcome, wish: str, elsewhere: str) -> Choice | None:
    """What a person writes about one point."""
    action, _, away = wish.partition(" ")
    to = elsewhere if away or outcome.needs_a_place else ""
    if len(outcome.now) > 1 and not away:
        to = outcome.now[0]
    match action:
        case "later":
            return None
        case "take":
            return Choice("take")
        case "keep":
            return Choice("keep", to=to)
        case _:
            texts = {key: f"New {key} of {outcome.id}." for key in own_keys(outcome.local)}
            return Choice("own", texts=texts, to=to, reason="ours")  # type: ignore[arg-type]


def decided(
    before: Situation, wishes: dict[str, str], targets: dict[str, str]
) -> tuple[ClausesUpgraded, dict[str, Choice]]:
    """As a person would go on: what is refused is left open; what comes up then is decided, too."""
    choices: dict[str, Choice] = {}
    for _round in range(3):
        made = upgrade_clauses(replace(before, choices=choices))
        for outcome in made.outcomes:
            if not outcome.open or outcome.id in choices:
                continue
            wish = wishes.get(outcome.id, "take")
            places = [*before.way.new]
            elsewhere = places[int(targets.get(outcome.id, "0")) % len(places)] if places else ""
            choice = chosen(outcome, wish, elsewhere)
            if choice is None:
                continue
            for last in (choice, Choice("take")):
                tried = {**choices, outcome.id: last}
                if not upgrade_clauses(replace(before, choices=tried)).problems:
                    choices = tried
                    break
                event("refused")
    return upgrade_clauses(replace(before, choices=choices)), choices


def all_of(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({identity: st.sampled_from(names) for identity in IDS})


NOTHING, LEFT, LATER = (dict.fromkeys(IDS, word) for word in ("none", "leave", "later"))
SAME_PLACE = dict.fromkeys(IDS, "0")
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
PLACES = tuple(map(str, range(12)))


@settings(max_examples=300, deadline=None, phases=PHASES)
@given(all_of(LOCAL), all_of(ISSUER), all_of(DECIDED), all_of(PLACES))
@example(  # the new text of an added paragraph
    {**NOTHING, "aa": "add_after"}, {**LEFT, "aa": "reword"}, {**LATER, "aa": "own"}, SAME_PLACE
)
@example(  # one of two merged clauses goes, the other's text stays where every school decides
    {**NOTHING, "aa": "replace", "bb": "add_before"},
    {**LEFT, "aa": "merge", "bb": "merge"},
    {**LATER, "aa": "take", "bb": "keep"},
    SAME_PLACE,
)
@example(  # a kept clause takes the id of one that is gone, to which its text goes
    {**NOTHING, "cc": "keep", "ee": "replace"},
    {**LEFT, "cc": "take-over", "ee": "retire"},
    {**LATER, "ee": "keep"},
    dict.fromkeys(IDS, "2"),
)
@example(  # a required part keeps the id of what was split
    {**NOTHING, "aa": "keep"}, {**LEFT, "aa": "split-off"}, {**LATER, "aa": "take"}, SAME_PLACE
)
def test_nothing_is_lost_and_kinds_stay(
    done: dict[str, str], moves: dict[str, str], wishes: dict[str, str], targets: dict[str, str]
) -> None:
    """Local words are in the copy, given up by name, or in the list; so is the model's; an addition stays one."""
    check(done, issued(moves), wishes, targets)


@settings(max_examples=300, deadline=None, phases=PHASES)
@given(all_of(LOCAL), all_of(ISSUER), all_of(ISSUER), all_of(DECIDED), all_of(PLACES))
@example(  # moved and reworded, then split
    {**NOTHING, "aa": "both"},
    {**LEFT, "aa": "move-and-reword"},
    {**LEFT, "aa": "split"},
    LATER,
    SAME_PLACE,
)
@example(  # split, and merged again
    {**NOTHING, "aa": "replace"},
    {**LEFT, "aa": "split"},
    {**LEFT, "aa": "merge"},
    LATER,
    SAME_PLACE,
)
@example(  # renamed, and its new id retired
    {**NOTHING, "aa": "add_after"},
    {**LEFT, "aa": "rename"},
    {**LEFT, "aa": "retire"},
    LATER,
    SAME_PLACE,
)
def test_nothing_is_lost_over_two_editions(
    done: dict[str, str],
    first: dict[str, str],
    second: dict[str, str],
    wishes: dict[str, str],
    targets: dict[str, str],
) -> None:
    """The same where a school passes an edition over."""
    between = issued(first)
    issue = issued(second, between.words, "3")
    check(done, issue, wishes, targets, between)


def check(
    done: dict[str, str],
    issue: Issued,
    wishes: dict[str, str],
    targets: dict[str, str],
    *between: Issued,
) -> None:
    """Every word of model and school is in the result or in the list, and every local change stays of its kind."""
    before = situation(done, issue, *between)
    decisions = before.decisions
    made, choices = decided(before, wishes, targets)
    outcomes = {outcome.id: outcome for outcome in made.outcomes}
    assert not made.problems
    for identity, action in done.items():
        if action == "stale":
            assert outcomes[identity].result == "asked" or outcomes[identity].why == "same"
    if any(outcome.open for outcome in made.outcomes):
        event("open")
        check_list(made, decisions, choices)
        return
    event("done")
    text = made.edits.applied(adoption_text(done))
    after = read(text)
    copy = document(after, issue)
    said = words_of(copy)
    # Local words: in the copy, or named by the decision that gave them up, or said by the issuer now.
    for identity, decision in decisions.items():
        if decision == "keep":
            continue
        choice = choices.get(identity)
        for action, words in decision_texts(decision).items():
            gave_up = choice is not None and choice.action in ("take", "own")
            assert words.strip() in said or gave_up, (identity, action, text)
        if choice is not None:
            for words in choice.texts.values():
                assert words in said, (identity, words, text)
    # The model's words: in the copy, unless this clause was left out or replaced by the school.
    for identity, base in issue.new.items():
        decision_now = after.get(identity, "keep")
        without = decision_now != "keep" and (decision_now.omit or decision_now.replace)
        if not without and identity not in issue.left_out:
            assert d.plain(base.clauses[0].blocks[0].children) in said  # type: ignore[union-attr]
    # Kinds: nothing replaces or omits a clause unless the school's own change there did, or it was asked what to write.
    for identity, decision_now in after.items():
        if decision_now == "keep":
            continue
        sources = [each for each, outcome in outcomes.items() if identity in outcome.now]
        kinds = {done.get(each, "none") for each in sources}
        if decision_now.replace:
            wrote = any(choices[each].action == "own" for each in sources if each in choices)
            assert {"replace", "stale"} & kinds or (wrote and kinds & {"omit", "keep", "none"}), (
                text
            )
        if decision_now.omit:
            assert "omit" in kinds, text
    for identity in done:
        assert f"  # about {identity}\n" in text


def check_list(
    made: ClausesUpgraded, decisions: Mapping[str, Decision], choices: dict[str, Choice]
) -> None:
    """The list of decisions has the words of every text of the school's that was not settled."""
    shown = {
        outcome.id: ClauseTexts(ours="\n".join(decision_texts(outcome.local).values()))
        for outcome in made.outcomes
        if outcome.local
    }
    listed = written_choices(
        "oak/tiny", ("1", "2"), made.outcomes, {}, {}, choices, shown, lambda _: iter(())
    )
    by_id = {outcome.id: outcome for outcome in made.outcomes}
    for identity, decision in decisions.items():
        if decision != "keep" and by_id[identity].open:
            for words in decision_texts(decision).values():
                assert words.strip() in listed


@given(all_of(LOCAL), all_of(ISSUER), all_of(DECIDED), all_of(PLACES))
@settings(max_examples=60, deadline=None)
def test_the_same_twice(
    done: dict[str, str], moves: dict[str, str], wishes: dict[str, str], targets: dict[str, str]
) -> None:
    """To look at an upgrade changes nothing about it."""
    issue = issued(moves)
    before = situation(done, issue)
    one, _ = decided(before, wishes, targets)
    other, _ = decided(before, wishes, targets)
    assert one.outcomes == other.outcomes
    assert one.edits == other.edits
