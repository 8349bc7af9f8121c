"""An upgrade, clause by clause: the model text before and now, and the school's own, brought together by id."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policygen.compose.adapt import Action, allowed
from policygen.files.yamledit import as_block, as_yaml
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import join_and
from policygen.model.adoption import ClauseDecision, Decision, Deviation
from policygen.model.edition_record import EditionRecord, chain
from policygen.upgrade.model_text import print_otherwise
from policygen.upgrade.outcome import Choice, Edits, Outcome, Result, Side, Way

_GONE = ("retired", "removed", "left-out")
_ACTIONS: tuple[Action, ...] = ("replace", "add_before", "add_after", "omit")


@dataclass(frozen=True)
class Fate:
    """What became of one clause, whatever the school did with it."""

    id: str
    why: str
    now: tuple[str, ...]
    """Its ids that the new edition has."""
    changed: bool = False
    said: str = ""


@dataclass(frozen=True)
class ClauseUpgrade:
    """All that is known about the clauses of one adoption while it moves from one edition to another."""

    way: Way
    old: Side
    new: Side
    decisions: Mapping[str, Decision]
    """The adoption's, by id in the old edition."""
    choices: Mapping[str, Choice]
    certain: bool
    """Whether all questions are answered, so that it is known what the new edition says to this school."""
    problems: Problems
    locks: Collection[str] = ()
    """Clauses that an issuer locks for its schools; the lock stays with whatever is decided about its text."""
    edits: Edits = field(default_factory=lambda: Edits("clauses"))

    def outcomes(self) -> list[Outcome]:
        """What becomes of every clause, in the order of the old edition; what is new comes last. Fills the edits."""
        found = [
            self.outcome(identity) for identity in dict.fromkeys([*self.way.old, *self.decisions])
        ]
        asked = [*self.required(found)]
        again = {outcome.id for outcome in asked}
        told = [
            each
            for each in found
            if each.id not in again and (each.why or each.local or each.result == "asked")
        ]
        return [*told, *self.arrivals(again), *asked]

    # --- one clause ---------------------------------------------------------------------------------------------------

    def fate(self, identity: str) -> Fate:
        ids = self.way.became(identity)
        now = tuple(each for each in ids if each in self.way.new)
        if not now:
            said = next(
                (
                    record.retired[each]
                    for each, record in self.lines(identity)
                    if each in record.retired
                ),
                "",
            )
            return Fate(identity, "removed" if ids else "retired", (), said=said)
        target, changed = now[0], self.changed(identity, now[0])
        if len(now) > 1:
            why = "split"
        elif self.way.sources[target] > 1:
            why = "merged"
        elif self.certain and target not in self.new.here:
            why = "left-out" if identity in self.old.here or identity in self.decisions else ""
        elif changed:
            why = "reworded"
        elif target != identity:
            why = "renamed"
        else:
            why = "moved" if self.part(identity) != self.way.new[target].part else ""
        return Fate(identity, why, now, changed)

    def lines(self, identity: str) -> Iterator[tuple[str, EditionRecord]]:
        """Each id on the way of a clause, with the record in which it stands."""
        for index, record in enumerate(self.way.records):
            for each in chain(self.way.records[:index], identity):
                yield each, record

    def part(self, identity: str) -> str:
        base = self.way.old.get(identity)
        return base.part if base else ""

    def changed(self, identity: str, target: str) -> bool:
        """Whether the model text is another than the school's decision was made about, or than it was."""
        way, decision = self.way, self.decisions.get(identity)
        against = decision.against if isinstance(decision, ClauseDecision) else None
        old, new = way.before.get(identity), way.after[target]
        if old is None or (against and against not in (old, new)):
            return True
        if against != new and way.carried[identity] != new:
            return True
        return self.certain and print_otherwise(
            self.old.here, identity, self.new.here, target, way.names
        )

    def outcome(self, identity: str) -> Outcome:
        """What becomes of one clause of the old edition."""
        fate, decision = self.fate(identity), self.decisions.get(identity)
        if isinstance(decision, ClauseDecision):
            outcome = self.local(fate, decision)
        elif decision == "keep":
            outcome = self.model(fate)
        else:
            outcome = self.said(fate, "taken", fate.why)
        choice = self.choices.get(identity) if outcome.result == "asked" else None
        if choice is not None:
            outcome = replace(outcome, decided=self.carry_out(fate, decision, choice))
        return outcome

    def said(
        self, fate: Fate, result: Result, why: str, decision: ClauseDecision | None = None
    ) -> Outcome:
        made = Outcome("clause", fate.id, result, why, fate.now, fate.said, local=decision)
        if result != "asked":
            return made
        old = self.old.here.get(fate.id)
        base = self.way.old.get(fate.id)
        shown = (old,) if old else base.clauses if base else ()
        found = [(self.new.here.get(each), self.way.new[each].clauses) for each in fate.now]
        after = tuple(each for here, model in found for each in ((here,) if here else model))
        return replace(made, before=shown, after=after)

    def model(self, fate: Fate) -> Outcome:
        """A clause about which the school said that it keeps the model text."""
        if fate.why in _GONE or fate.why == "split":
            self.edits.removed.append(fate.id)
            return self.said(fate, "taken", fate.why)
        target = fate.now[0]
        if fate.changed and self.status(target) == "required":
            return self.said(fate, "asked", fate.why)
        if fate.why == "merged":
            self.edits.removed.append(fate.id)
        else:
            self.edits.renamed[fate.id] = target
        return self.said(fate, "taken" if fate.changed else "kept", fate.why)

    def local(self, fate: Fate, decision: ClauseDecision) -> Outcome:
        """A clause with wording of the school's own, or one that it leaves out."""
        if decision.omit and fate.why in ("retired", "removed"):
            self.edits.removed.append(fate.id)
            return self.said(fate, "taken", fate.why, decision)
        if fate.why in (*_GONE, "split", "merged") or fate.changed:
            return self.said(fate, "asked", fate.why or "reworded", decision)
        target = fate.now[0]
        if not self.permits(target, actions(decision), decision.deviation):
            why = "locked" if self.status(target) == "locked" else "not-allowed"
            return self.said(fate, "asked", why, decision)
        if lost := self.lost(*texts_of(decision)):
            return self.said(replace(fate, said=lost), "asked", "reference", decision)
        self.edits.renamed[fate.id] = target
        if decision.against != self.way.after[target]:
            self.edits.inner[target] = {"against": self.way.after[target]}
        return self.said(fate, "kept", fate.why, decision)

    def lost(self, *texts: str) -> str:
        """What became of all that these texts refer to and that is no longer one thing; empty where there is none."""
        return lost_in_words(self.way, self.new.ids, lost_references(self.way, self.new.ids, texts))

    def status(self, target: str) -> str:
        return self.way.new[target].clauses[0].adapt

    def permits(self, target: str, wanted: Sequence[Action], deviation: Deviation | None) -> bool:
        clause = self.way.new[target].clauses[0]
        return {*wanted} <= {*allowed(clause.adapt)} or (
            clause.adapt == "locked" and deviation is not None
        )

    # --- what was decided ---------------------------------------------------------------------------------------------

    def carry_out(self, fate: Fate, decision: Decision | None, choice: Choice) -> bool:
        """Put a choice into the edits; False, with a problem, where it cannot be carried out."""
        match choice.action:
            case "take":
                self.take(fate, decision)
                return True
            case "own":
                return self.own(fate, decision, choice)
            case "keep" if isinstance(decision, ClauseDecision):
                return self.keep(fate, decision, choice)
            case _:
                hint = "write `take` for the model text, or `own:` with your text"
                return self.refuse(choice, fate.id, "has no text of yours to keep", hint)

    def take(self, fate: Fate, decision: Decision | None) -> None:
        """The model text; where every school decides, that is said."""
        target = fate.now[0] if len(fate.now) == 1 else ""
        stays = target in self.new.here and self.status(target) == "required"
        if stays and decision == "keep" and target not in self.edits.renamed.values():
            self.edits.renamed[fate.id] = target
            return
        self.drop(fate.id)
        if target and fate.id in self.locks:
            self.edits.lines[target] = ["", "  adapt: locked"]
        elif stays and target not in self.edits.renamed.values():
            self.edits.values[target] = "keep"

    def drop(self, identity: str) -> None:
        if identity in self.decisions and identity not in self.edits.removed:
            self.edits.removed.append(identity)

    def keep(self, fate: Fate, decision: ClauseDecision, choice: Choice) -> bool:
        target = self.target(fate, choice)
        if not target:
            return False
        elsewhere = target not in fate.now
        wanted: Sequence[Action] = ("add_after",) if elsewhere else actions(decision)
        leave = choice.deviation or decision.deviation
        if elsewhere and decision.omit:
            return self.refuse(
                choice, fate.id, "is left out, so there is no text to keep", "write `take`"
            )
        if not self.may(target, wanted, leave, choice, fate.id) or not self.free(
            target, fate.id, choice
        ):
            return False
        texts = texts_of(decision)
        if lost := self.lost(*texts):
            hint = (
                "write your text under `own:`, with a reference that leads somewhere or with none"
            )
            return self.refuse(choice, fate.id, f"cannot stay as it is: {lost} now", hint)
        if elsewhere:
            self.drop(fate.id)
            text = with_new_names("\n\n".join(each.rstrip() for each in texts), self.way.names)
            self.write(fate.id, target, "add_after", text, decision.reason, leave)
            return True
        self.edits.renamed[fate.id] = target
        self.edits.inner[target] = {"against": self.way.after[target]}
        if choice.deviation:
            self.edits.inner[target]["deviation"] = said_deviation(choice.deviation)
        return True

    def own(self, fate: Fate, decision: Decision | None, choice: Choice) -> bool:
        target = self.target(fate, choice)
        before = decision if isinstance(decision, ClauseDecision) else None
        reason = choice.reason or (before.reason if before else "")
        leave = choice.deviation or (before.deviation if before else None)
        if not target:
            return False
        action: Action = "replace" if target in fate.now or target == fate.id else "add_after"
        if not self.may(target, (action,), leave, choice, fate.id) or not self.free(
            target, fate.id, choice
        ):
            return False
        if lost := self.lost(choice.own):
            hint = "refer to something else, or to nothing"
            return self.refuse(choice, fate.id, f"cannot say that: {lost} now", hint)
        if not reason:
            return self.refuse(
                choice, fate.id, "needs the reason for your text", "write `reason:` below `own:`"
            )
        if target != fate.id:  # else it is rewritten where it stands
            self.drop(fate.id)
        self.write(
            fate.id, target, action, with_new_names(choice.own, self.way.names), reason, leave
        )
        return True

    def target(self, fate: Fate, choice: Choice) -> str:
        """The clause to which the school's text goes; empty, with a problem, where that is not clear."""
        if choice.to in self.way.new:
            return choice.to
        if choice.to:
            self.refuse(
                choice,
                fate.id,
                f"cannot go to `{choice.to}`: there is no such clause",
                "write another `to:`",
            )
            return ""
        if len(fate.now) == 1 and fate.why != "left-out":
            return fate.now[0]
        places = " or ".join(f"`to: {each}`" for each in fate.now)
        where = places if len(fate.now) > 1 else "`to:` and the id of a clause"
        said = "was split" if len(fate.now) > 1 else "is gone"
        self.refuse(
            choice, fate.id, f"{said}, so your text needs a place", f"write {where}; or `take`"
        )
        return ""

    def may(
        self,
        target: str,
        wanted: Sequence[Action],
        leave: Deviation | None,
        choice: Choice,
        identity: str,
    ) -> bool:
        if self.permits(target, wanted, leave):
            return True
        if self.status(target) == "locked":
            hint = "with the issuer's leave write `deviation: {agreed_by: …, reason: …, until: DATE}`; or `take`"
            return self.refuse(choice, identity, f"cannot stay: `{target}` is agreed wording", hint)
        return self.refuse(
            choice, identity, f"cannot stay: `{target}` is {self.status(target)}", "write `take`"
        )

    def free(self, target: str, identity: str, choice: Choice) -> bool:
        """Whether nothing else of the school's goes to the same clause."""
        others = {*self.decisions} - {identity, *self.edits.removed, *self.edits.renamed}
        if target not in {*self.edits.renamed.values(), *self.edits.lines, *others}:
            return True
        hint = "write one text for both under `own:`, and `take` for the other"
        return self.refuse(
            choice, identity, f"cannot go to `{target}`: other text of yours is there", hint
        )

    def write(
        self,
        identity: str,
        target: str,
        action: str,
        text: str,
        reason: str,
        leave: Deviation | None,
    ) -> None:
        lines = [
            *as_block(action, text),
            f"against: {as_yaml(self.way.after[target])}",
            *(["adapt: locked"] if target in self.locks or identity in self.locks else []),
            *(
                [f"deviation: {as_yaml(said_deviation(leave))}"]
                if leave and self.status(target) == "locked"
                else []
            ),
            f"reason: {as_yaml(reason)}",
        ]
        self.edits.lines[target] = ["", *(f"  {line}" for line in lines)]

    def refuse(self, choice: Choice, identity: str, said: str, hint: str) -> bool:
        self.problems.add("bad-decision", f"`{identity}` {said}", choice.place, hint)
        return False

    # --- what the new edition adds ------------------------------------------------------------------------------------

    def arrivals(self, asked: set[str]) -> list[Outcome]:
        """Clauses that come from no older one."""
        new = [each for each in self.way.new if each not in self.way.sources and each not in asked]
        return [
            self.said(Fate(each, "new", (each,)), "taken", "new")
            for each in new
            if each in self.new.here
        ]

    def required(self, found: Sequence[Outcome]) -> Iterator[Outcome]:
        """Clauses about which every school decides, and this one has not.

        Those that a clause was split into wait until it is decided where the school's text goes.
        """
        settled = {*self.edits.renamed.values(), *self.edits.lines, *self.edits.values}
        settled |= {now for outcome in found if outcome.open for now in outcome.now}
        settled |= {*self.decisions} - {*self.edits.removed, *self.edits.renamed}
        elsewhere = {
            outcome.id
            for outcome in found
            if outcome.decided and self.choices[outcome.id].action != "take"
        }
        for target in self.new.here:
            if target not in self.way.new or self.status(target) != "required" or target in settled:
                continue
            why = "required" if target in self.way.sources else "new"
            fate = Fate(target, why, (target,))
            outcome, choice = self.said(fate, "asked", why), self.choices.get(target)
            if choice is not None and target in elsewhere:
                hint = f"write `to: {target}`, and decide about the other parts after that"
                self.refuse(
                    choice, target, "is a part of itself that every school decides about", hint
                )
                continue
            yield replace(
                outcome, decided=choice is not None and self.carry_out(fate, None, choice)
            )


def actions(decision: ClauseDecision) -> tuple[Action, ...]:
    """What a decision does with its clause."""
    return tuple(action for action in _ACTIONS if getattr(decision, action))


def said_deviation(deviation: Deviation) -> dict[str, object]:
    """A deviation as it is written."""
    return {key: value for key, value in deviation.model_dump().items() if value is not None}


def texts_of(decision: ClauseDecision) -> list[str]:
    """The school's own texts in a decision."""
    return [text for key in _ACTIONS if isinstance(text := getattr(decision, key), str)]


_REFERENCE = re.compile(r"\]\((#[\w.-]+(?:\s*,\s*#[\w.-]+)*)\)")
_ID = re.compile(r"#([\w.-]+)")


def with_new_names(text: str, names: Mapping[str, str]) -> str:
    """The text with references to ids that have another name now."""

    def renamed(found: re.Match[str]) -> str:
        return _ID.sub(lambda each: f"#{names.get(each[1], each[1])}", found[0])

    return _REFERENCE.sub(renamed, text)


def lost_references(way: Way, ids: Collection[str], texts: Sequence[str]) -> list[str]:
    """Ids of the old edition to which texts refer, and which are not one of the `ids` of the new one.

    They are gone, were split, or are left out of this school's policy.
    """
    named = dict.fromkeys(identity for text in texts for identity in _referred(text))
    return [
        each
        for each in named
        if (each in way.old or each in way.ids) and len(_now(way, ids, each)) != 1
    ]


def lost_in_words(way: Way, ids: Collection[str], lost: Sequence[str]) -> str:
    """What became of them: "`#count` is gone", "`#report-loss` is `#loss` and `#loss-when`"."""
    ways = ((each, _now(way, ids, each)) for each in lost)
    return "; ".join(
        f"`#{old}` is {join_and(f'`#{each}`' for each in now) if now else 'gone'}"
        for old, now in ways
    )


def _now(way: Way, ids: Collection[str], identity: str) -> list[str]:
    return [each for each in way.became(identity) if each in ids]


def _referred(text: str) -> Iterator[str]:
    for found in _REFERENCE.finditer(text):
        yield from (each[1] for each in _ID.finditer(found[1]))
