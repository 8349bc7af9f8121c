"""An upgrade, clause by clause: the model text before and now, and the school's own, brought together by id.

Everything is judged before any decision is carried out. What stays by itself has its place then, and no decision can
put another text over it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from policygen.compose.adapt import Action, allowed
from policygen.files.yamledit import as_block, as_yaml
from policygen.ground.diagnostics import Diagnostic, Problems
from policygen.language.document import Clause
from policygen.model.adoption import ClauseDecision, Decision, Deviation
from policygen.upgrade.model_text import print_otherwise
from policygen.upgrade.outcome import Choice, Edits, Outcome, OwnText, Result
from policygen.upgrade.way import Side, Way, lost_in_words, lost_references, with_new_names

_GONE = ("retired", "removed", "left-out")
_TEXTS: tuple[Action, ...] = ("replace", "add_before", "add_after")
_ADDITIONS: dict[OwnText, Action] = {"own_before": "add_before", "own_after": "add_after"}


@dataclass(frozen=True)
class Situation:
    """All that is known about the clauses of one adoption before it goes to another edition."""

    way: Way
    old: Side
    new: Side
    decisions: Mapping[str, Decision]
    """The adoption's, by id in the old edition."""
    choices: Mapping[str, Choice]
    """What people decided about the clauses that were asked about."""
    certain: bool
    """Whether all questions are answered, so that it is known what the new edition says to this school."""
    locks: Collection[str] = ()
    """Clauses that an issuer locks for its schools; the lock stays with whatever is decided about its text."""
    says_already: Callable[[str, str], bool] = lambda _target, _text: False
    """Whether a clause of the new edition says what a text of the school's says."""


@dataclass(frozen=True)
class ClausesUpgraded:
    """What becomes of all clauses, and of the file in which the school decided about them."""

    outcomes: tuple[Outcome, ...]
    """In the order of the old edition; what is new comes last."""
    edits: Edits
    problems: tuple[Diagnostic, ...]
    """Choices that cannot be carried out."""


@dataclass(frozen=True)
class _Fate:
    """What became of one clause, whatever the school did with it."""

    id: str
    why: str
    now: tuple[str, ...]
    """Its ids that the new edition has."""
    changed: bool = False
    details: str = ""

    @property
    def stays_at(self) -> str:
        """The one clause in which it goes on; empty where there is none, or there are several."""
        if len(self.now) != 1 or self.why == "left-out":
            return ""
        return self.now[0]


class _RefusedError(Exception):
    """A choice that cannot be carried out."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def upgrade_clauses(situation: Situation) -> ClausesUpgraded:
    """What becomes of every clause, with the choices carried out as far as that is possible."""
    settling = _Settling(situation)
    ids = dict.fromkeys([*situation.way.old, *situation.decisions])
    fates = {identity: _fate(situation, identity) for identity in ids}
    judged = {identity: settling.judged(fate) for identity, fate in fates.items()}
    # Texts that stay come before model texts that are taken: one clause may become of both, and then the text counts.
    asked = [identity for identity, outcome in judged.items() if outcome.result == "asked"]
    chosen = [identity for identity in asked if identity in situation.choices]
    for identity in sorted(chosen, key=lambda each: situation.choices[each].action == "take"):
        decided = settling.carried_out(fates[identity], situation.choices[identity])
        judged[identity] = replace(judged[identity], decided=decided)
    required = [*settling.required([*judged.values()])]
    again = {outcome.id for outcome in required}
    outcomes = []
    for outcome in judged.values():
        is_told = outcome.why or outcome.local or outcome.result == "asked"
        if is_told and outcome.id not in again:
            outcomes.append(outcome)
    outcomes += [*_arrivals(situation, again), *required]
    return ClausesUpgraded(tuple(outcomes), settling.edits, (*settling.problems,))


# --- what became of a clause ------------------------------------------------------------------------------------------


def _fate(situation: Situation, identity: str) -> _Fate:
    way = situation.way
    ids = way.became(identity)
    now = tuple(new for new in ids if new in way.new)
    if not now and ids:
        return _Fate(identity, "removed", (), details=way.why_retired(identity))
    if not now:
        return _Fate(identity, "retired", (), details=way.why_retired(identity))
    changed = _is_changed(situation, identity, now[0])
    return _Fate(identity, _why(situation, identity, now, changed=changed), now, changed)


def _why(situation: Situation, identity: str, now: tuple[str, ...], *, changed: bool) -> str:
    way, target = situation.way, now[0]
    if len(now) > 1:
        return "split"
    if way.sources[target] > 1:
        return "merged"
    if situation.certain and target not in situation.new.here:
        if identity in situation.old.here or identity in situation.decisions:
            return "left-out"
        return ""
    if changed:
        return "reworded"
    if target != identity:
        return "renamed"
    before = way.old.get(identity)
    if before is None or before.part != way.new[target].part:
        return "moved"
    return ""


def _is_changed(situation: Situation, identity: str, target: str) -> bool:
    """Whether the model text is another than the school's decision was made about, or than it was."""
    way, decision = situation.way, situation.decisions.get(identity)
    against = None
    if isinstance(decision, ClauseDecision):
        against = decision.against
    old, new = way.before.get(identity), way.after[target]
    if old is None or (against and against not in (old, new)):
        return True
    if against != new and way.carried[identity] != new:
        return True
    return situation.certain and print_otherwise(
        situation.old.here, identity, situation.new.here, target, way.names
    )


def _outcome(
    situation: Situation, fate: _Fate, result: Result, why: str, local: ClauseDecision | None = None
) -> Outcome:
    outcome = Outcome("clause", fate.id, result, why, fate.now, fate.details, local=local)
    if result != "asked":
        return outcome
    way, old, new = situation.way, situation.old.here, situation.new.here
    before: tuple[Clause, ...] = ()
    if fate.id in old:
        before = (old[fate.id],)
    elif fate.id in way.old:
        before = way.old[fate.id].clauses
    after: list[Clause] = []
    for target in fate.now:
        after += [new[target]] if target in new else way.new[target].clauses
    return replace(outcome, notes=way.notes(fate.id), before=before, after=tuple(after))


def _arrivals(situation: Situation, asked: Collection[str]) -> Iterator[Outcome]:
    """Clauses that come from no older one."""
    for target in situation.way.new:
        is_new = target not in situation.way.sources and target not in asked
        if is_new and target in situation.new.here:
            yield _outcome(situation, _Fate(target, "new", (target,)), "taken", "new")


# --- what is done about it --------------------------------------------------------------------------------------------


@dataclass
class _Settling:
    """One run over all clauses: what it has put into the edits so far says which places are taken."""

    situation: Situation
    edits: Edits = field(default_factory=lambda: Edits("clauses"))
    problems: Problems = field(default_factory=Problems)
    occupied: set[str] = field(default_factory=set)
    """Clauses of the new edition that hold a text of the school's, or that it leaves out."""

    def judged(self, fate: _Fate) -> Outcome:
        """What becomes of one clause of the old edition, as far as nobody has to decide."""
        decision = self.situation.decisions.get(fate.id)
        match decision:
            case None:
                return _outcome(self.situation, fate, "taken", fate.why)
            case "keep":
                return self._judged_model_text(fate)
            case ClauseDecision():
                return self._judged_local_change(fate, decision)
            case _:
                assert_never(decision)

    def _judged_model_text(self, fate: _Fate) -> Outcome:
        """A clause about which the school said that it keeps the model text."""
        if fate.why in _GONE or fate.why == "split":
            self.edits.removed.append(fate.id)
            return _outcome(self.situation, fate, "taken", fate.why)
        target = fate.now[0]
        if fate.changed and self._status(target) == "required":
            return _outcome(self.situation, fate, "asked", fate.why)
        if fate.why == "merged":
            self.edits.removed.append(fate.id)
        else:
            self.edits.renamed[fate.id] = target
        result: Result = "taken" if fate.changed else "kept"
        return _outcome(self.situation, fate, result, fate.why)

    def _judged_local_change(self, fate: _Fate, decision: ClauseDecision) -> Outcome:
        """A clause with wording of the school's own, or one that it leaves out."""
        if decision.omit and fate.why in ("retired", "removed"):
            self.edits.removed.append(fate.id)
            return _outcome(self.situation, fate, "taken", fate.why, decision)
        if fate.why == "reworded" and self._says_the_same(fate, decision):
            self._take(fate)
            return _outcome(self.situation, fate, "taken", "same", decision)
        if fate.why in (*_GONE, "split", "merged") or fate.changed:
            return _outcome(self.situation, fate, "asked", fate.why or "reworded", decision)
        target = fate.now[0]
        if not self._permits(target, decision_actions(decision), decision.deviation):
            why = "not-allowed"
            if self._status(target) == "locked":
                why = "locked"
            return _outcome(self.situation, fate, "asked", why, decision)
        if lost := self._lost(decision_texts(decision)):
            fate = replace(fate, details=lost)
            return _outcome(self.situation, fate, "asked", "reference", decision)
        self._stay(fate.id, target)
        if decision.against == self.situation.way.after[target]:
            del self.edits.inner[target]
        return _outcome(self.situation, fate, "kept", fate.why, decision)

    def _says_the_same(self, fate: _Fate, decision: ClauseDecision) -> bool:
        """Whether the issuer wrote what the school had written instead of the model text."""
        text = decision.replace
        return text is not None and self.situation.says_already(fate.now[0], text)

    def required(self, judged: list[Outcome]) -> Iterator[Outcome]:
        """Clauses about which every school decides, and this one has not.

        Those that a clause was split into wait until it is decided where the school's text goes.
        """
        situation, choices = self.situation, self.situation.choices
        settled = {*self.edits.renamed.values(), *self.edits.lines, *self.edits.values}
        settled |= {target for outcome in judged if outcome.open for target in outcome.now}
        settled |= {*situation.decisions} - {*self.edits.removed, *self.edits.renamed}
        stayed = {each.id for each in judged if each.decided and choices[each.id].action != "take"}
        for target in situation.new.here:
            if target not in situation.way.new or self._status(target) != "required":
                continue
            if target in settled:
                continue
            why = "new"
            if target in situation.way.sources:
                why = "required"
            fate = _Fate(target, why, (target,))
            outcome, choice = _outcome(situation, fate, "asked", why), choices.get(target)
            if choice is None:
                yield outcome
            elif target in stayed:
                self._refuse(
                    fate,
                    choice,
                    "is a part of itself that every school decides about",
                    f"write `to: {target}`, and decide about the other parts after that",
                )
            else:
                yield replace(outcome, decided=self.carried_out(fate, choice))

    # --- carrying out what somebody decided ---

    def carried_out(self, fate: _Fate, choice: Choice) -> bool:
        """Put a choice into the edits; False, with a problem, where it cannot be carried out."""
        decision = self.situation.decisions.get(fate.id)
        local = None
        if isinstance(decision, ClauseDecision):
            local = decision
        try:
            match choice.action:
                case "take":
                    self._take(fate)
                case "keep" | "answer":
                    self._keep(fate, local, choice)
                case "own":
                    self._write_anew(fate, local, choice)
                case _:
                    assert_never(choice.action)
        except _RefusedError as refused:
            self._refuse(fate, choice, refused.message, refused.hint)
            return False
        return True

    def _take(self, fate: _Fate) -> None:
        """The model text; where every school decides about it, the file says so."""
        target = fate.stays_at
        if fate.id in self.situation.locks and target:
            self._drop(fate.id)
            self.edits.lines[target] = ["", "  adapt: locked"]
            return
        is_required = target in self.situation.new.here and self._status(target) == "required"
        if not is_required or target in self.occupied or target in self.edits.renamed.values():
            self._drop(fate.id)
        elif self.situation.decisions.get(fate.id) == "keep" and fate.id not in self.edits.removed:
            self.edits.renamed[fate.id] = target
        else:
            self._drop(fate.id)
            self.edits.values[target] = "keep"

    def _keep(self, fate: _Fate, local: ClauseDecision | None, choice: Choice) -> None:
        """The school's texts as they are: in their places, or beside another clause."""
        if local is None:
            hint = "write `take` for the model text, or `own:` with your text"
            raise _RefusedError("has no text of yours to keep", hint)
        target = self._target(fate, choice)
        if target not in fate.now and local.omit:
            raise _RefusedError("is left out, so there is no text to keep", "write `take`")
        texts = _placed(decision_texts(local), in_place=target in fate.now)
        wanted = (*texts,) or decision_actions(local)
        self._check_place(target, wanted, choice.deviation or local.deviation)
        if lost := self._lost(texts):
            hint = "write your text under `own:`, with a reference that leads somewhere, or none"
            raise _RefusedError(f"cannot stay as it is: {lost} now", hint)
        if target not in fate.now:
            leave = choice.deviation or local.deviation
            self._write(fate.id, target, texts, local.reason, leave)
            return
        self._stay(fate.id, target)
        if choice.deviation:
            self.edits.inner[target]["deviation"] = deviation_keys(choice.deviation)

    def _write_anew(self, fate: _Fate, local: ClauseDecision | None, choice: Choice) -> None:
        """New texts of the school's. Each does with the clause what the text did for which it stands."""
        target = self._target(fate, choice)
        texts = _placed(_rewritten(local, choice.texts), in_place=target in fate.now)
        leave, reason = choice.deviation, choice.reason
        if local is not None:
            leave, reason = leave or local.deviation, reason or local.reason
        self._check_place(target, (*texts,), leave)
        if lost := self._lost(texts):
            raise _RefusedError(
                f"cannot say that: {lost} now", "refer to something else, or to nothing"
            )
        if not reason:
            raise _RefusedError("needs the reason for your text", "write `reason:` below `own:`")
        self._write(fate.id, target, texts, reason, leave)

    def _target(self, fate: _Fate, choice: Choice) -> str:
        """The clause to which the school's text goes."""
        if choice.to:
            says = f"cannot go to `{choice.to}`: "
            if choice.to not in self.situation.way.new:
                raise _RefusedError(f"{says}there is no such clause", "write another `to:`")
            if self.situation.certain and choice.to not in self.situation.new.here:
                says += "it does not belong to this school's policy"
                raise _RefusedError(says, "write another `to:`")
            if fate.stays_at and choice.to not in fate.now:
                says += f"the clause is still there, as `{fate.stays_at}`"
                raise _RefusedError(says, "leave `to:` out")
            return choice.to
        if fate.stays_at:
            return fate.stays_at
        if len(fate.now) > 1:
            places = " or ".join(f"`to: {part}`" for part in fate.now)
            raise _RefusedError(
                "was split, so your text needs a place", f"write {places}; or `take`"
            )
        hint = "write `to:` and the id of a clause; or `take`"
        raise _RefusedError("is gone, so your text needs a place", hint)

    def _check_place(
        self, target: str, wanted: tuple[Action, ...], leave: Deviation | None
    ) -> None:
        """Refuse a place that takes no such change, or that has a text of the school's already."""
        status = self._status(target)
        if not self._permits(target, wanted, leave):
            if status == "locked":
                hint = "with the issuer's leave write `deviation: {agreed_by: …, reason: …, until: DATE}`; or `take`"
                raise _RefusedError(f"cannot stay: `{target}` is agreed wording", hint)
            raise _RefusedError(f"cannot stay: `{target}` is {status}", "write `take`")
        if target in self.occupied:
            hint = "write one text for both under `own:`, and `take` for the other"
            raise _RefusedError(f"cannot go to `{target}`: other text of yours is there", hint)

    def _stay(self, identity: str, target: str) -> None:
        self.occupied.add(target)
        self.edits.renamed[identity] = target
        self.edits.inner[target] = {"against": self.situation.way.after[target]}

    def _write(
        self,
        identity: str,
        target: str,
        texts: Mapping[Action, str],
        reason: str,
        leave: Deviation | None,
    ) -> None:
        # Its own key stays and is written over, unless that of another clause comes to have the same name.
        if target != identity or target in self.edits.renamed.values():
            self._drop(identity)
        self.occupied.add(target)
        locks, way = self.situation.locks, self.situation.way
        lines: list[str] = []
        for action, text in texts.items():
            lines += as_block(action, with_new_names(text, way.names))
        lines.append(f"against: {as_yaml(way.after[target])}")
        if target in locks or identity in locks:
            lines.append("adapt: locked")
        if leave and self._status(target) == "locked":
            lines.append(f"deviation: {as_yaml(deviation_keys(leave))}")
        lines.append(f"reason: {as_yaml(reason)}")
        self.edits.lines[target] = ["", *(f"  {line}" for line in lines)]

    def _drop(self, identity: str) -> None:
        if identity in self.situation.decisions and identity not in self.edits.removed:
            self.edits.removed.append(identity)

    def _refuse(self, fate: _Fate, choice: Choice, message: str, hint: str) -> None:
        self.problems.add("bad-decision", f"`{fate.id}` {message}", choice.place, hint)

    # --- what may be ---

    def _lost(self, texts: Mapping[Action, str]) -> str:
        """What became of all that texts refer to and that is no longer one thing; empty where there is none."""
        way, ids = self.situation.way, self.situation.new.ids
        return lost_in_words(way, ids, lost_references(way, ids, [*texts.values()]))

    def _status(self, target: str) -> str:
        return self.situation.way.new[target].clauses[0].adapt

    def _permits(
        self, target: str, wanted: Collection[Action], deviation: Deviation | None
    ) -> bool:
        clause = self.situation.way.new[target].clauses[0]
        if clause.adapt == "locked" and deviation is not None:
            return True
        return {*wanted} <= {*allowed(clause.adapt)}


# --- the school's own texts -------------------------------------------------------------------------------------------


def decision_texts(decision: ClauseDecision | None) -> dict[Action, str]:
    """The school's own texts in a decision, by what is done with them; none where it has not decided."""
    texts = {}
    for action in _TEXTS:
        text = getattr(decision, action, None)
        if text is not None:
            texts[action] = text
    return texts


def decision_actions(decision: ClauseDecision) -> tuple[Action, ...]:
    """What a decision does with its clause."""
    if decision.omit:
        return ("omit",)
    return (*decision_texts(decision),)


def deviation_keys(deviation: Deviation) -> dict[str, object]:
    """A deviation as it is written."""
    return deviation.model_dump(exclude_none=True)


def own_keys(local: ClauseDecision | None) -> dict[OwnText, Action]:
    """The keys under which new texts of the school's are written, with what each will do with the clause.

    An addition stays one: only who replaced a clause, left it out or did nothing writes in its place.
    """
    texts = decision_texts(local)
    added = {key: action for key, action in _ADDITIONS.items() if action in texts}
    if len(added) == 1:
        return {"own": next(iter(added.values()))}
    return added or {"own": "replace"}


def _rewritten(local: ClauseDecision | None, written: Mapping[OwnText, str]) -> dict[Action, str]:
    """The school's texts with the new ones in place of those for which they stand; the others stay."""
    texts = decision_texts(local)
    keys = own_keys(local)
    if "own" not in keys and "own" in written:
        says = "has two texts of yours, one before and one after it"
        raise _RefusedError(says, "write `own_before:` and `own_after:`")
    if {*_ADDITIONS.values()} & {*texts}:
        keys = {**_ADDITIONS, **keys}
    elif {*written} - {*keys}:
        says = "has no text of yours beside it"
        raise _RefusedError(says, "write `own:` for the text in place of the model's")
    return {**texts, **{keys[key]: text for key, text in written.items()}}


def _placed(texts: Mapping[Action, str], *, in_place: bool) -> dict[Action, str]:
    """Texts with what they do at their place: beside another clause than their own they replace nothing there."""
    if in_place:
        return dict(texts)
    placed = dict(texts)
    if "replace" in placed:
        placed["add_after"] = placed.pop("replace")
    return placed
