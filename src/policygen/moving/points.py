"""Adaptation points: what stands in brackets or on a coloured ground for a school to fill in, choose or follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from policygen.moving.found import Inline, Paragraph, Spot, Words, plain, text_of
from policygen.moving.ledger import Ledger
from policygen.moving.naming import Names

MARK = "\ue10a{}\ue10b"
"""Stands in words for what is put in as it is: a value, a reference."""
_BRACKETS = re.compile(
    r"\[([^\[\]]{1,400})\]|<<([^<>]{1,120})>>|<((?:insert|enter|add|name|your|school)\b[^<>]{1,120})>|«([^»]{1,120})»"
    r"|\{((?:insert|enter|add|name|your|school)\b[^{}]{1,120})\}",
    re.IGNORECASE,
)
_LEFT_ALONE = re.compile(r"\d{1,3}|sic|…|\.{3}|\s*", re.IGNORECASE)
INSTRUCTION = re.compile(
    r"""^(?:(?:drafting\s+|guidance\s+)?notes?\b|guidance\b|instructions?\b|advice\b).{0,30}:
    | \b(?:schools|academies|settings)\s+(?:to|should|may|must|might|can|will\s+need)\b
    | \bfor\s+(?:schools|academies|settings)\s+(?:which|that|who|with)\b
    | \bdelete\s+this\b
    | \bhow\s+to\s+use\s+this\b | ^this\s+(?:table|list)\s+is\s+an?\s+example
    | ^(?:delete|amend|adapt|edit|remove|complete|include|choose|select|tick|add|insert)\b
      (?!\s+(?:name|date|the\s+name)).*
    | \b(?:schools?|academ(?:y|ies)|settings?|governors|governing\s+(?:body|board)s?|head\s?teachers?)\s+
      (?:to|should|may|must|might|can|will\s+need\s+to)\s+(?:wish\s+to\s+)?
      (?:adapt|amend|delete|insert|add|edit|personalise|customise|complete|include|consider|decide|replace|remove|describe|list|specify|state)\b
    | \b(?:delete|amend|adapt)\s+(?:as|if|where)\s+(?:appropriate|applicable|necessary|required|not)
    | \bthis\s+(?:section|paragraph|text|wording)\s+(?:should|must|can|may)\s+be\s+(?:deleted|amended|adapted|removed)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_UNIT = re.compile(
    r"\s+((?:school |working |calendar )?"
    r"(?:minutes?|hours?|days?|weeks?|months?|years?|terms?|pupils?|adults?|miles|pounds))\b"
)
_ASIDE = re.compile(
    r"[\s,;:–-]{0,9}\(?\b(?:please\s+)?(?:delete|amend|choose)\s+as\s+\w+\)?\s*$", re.IGNORECASE
)
_VERB = re.compile(
    r"^(?:please\s+)?(?:insert|enter|add|state|give|type|specify)\s+(?:here\s+)?(?:the\s+|your\s+)?",
    re.IGNORECASE,
)
_PERSON = {
    "dsl": r"(?:dsl|designated\s+safeguarding\s+(?:lead|person|officer))",
    "head": r"(?:head\s?teacher|principal|head)",
    "chair": r"chair(?:\s+of\s+(?:governors|the\s+governing\s+(?:body|board)))?",
    "dpo": r"(?:dpo|data\s+protection\s+officer)",
    "senco": r"senco",
    "lado": r"lado",
    "online_safety_lead": r"online\s+safety\s+(?:lead|co-?ordinator)",
    "safeguarding_governor": r"safeguarding\s+governor",
}
_DETAIL = {
    "name": r"name",
    "email": r"e-?mail(?:\s+address)?",
    "phone": r"(?:tele)?phone(?:\s+number)?|contact\s+number",
}
_SCHOOL = {
    "school.name": r"(?:name\s+of\s+)?(?:the\s+|your\s+)?(?:school|academy|setting)(?:['’]s)?(?:\s+name)?(?:\s+here)?",
    "school.local_authority": r"(?:name\s+of\s+)?(?:the\s+)?(?:local\s+authority|la|council)(?:\s+name)?",
    "school.trust": r"(?:name\s+of\s+)?(?:the\s+)?(?:multi[- ]academy\s+)?trust(?:['’]s)?(?:\s+name)?",
    "school.website": r"(?:school\s+)?website(?:\s+address)?",
    "school.phone": r"school(?:['’]s)?\s+(?:tele)?phone(?:\s+number)?",
    "school.email": r"school(?:['’]s)?\s+e-?mail(?:\s+address)?",
    "school.address": r"(?:school\s+)?address|address\s+of\s+(?:the\s+)?school",
}


@dataclass(frozen=True)
class Question:
    """A question that a bracket of the file asks."""

    ask: str
    kind: Literal["choice", "text", "date", "whole-number"]
    options: tuple[tuple[str, str], ...] = ()
    """Of a choice, each option: its id and its words."""
    clauses: tuple[str, ...] = ()
    suggested: str = ""


@dataclass
class Points:
    """Finds them, and collects what is asked."""

    ledger: Ledger
    names: Names = field(default_factory=lambda: Names("_"))
    questions: dict[str, Question] = field(default_factory=dict)
    guidance: dict[str, list[str]] = field(default_factory=dict)
    """Instructions to the school, by clause."""
    facts: dict[str, Spot] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    """The part in which each clause stands."""
    adapted: set[str] = field(default_factory=set)
    """Clauses that have an adaptation point."""

    def is_instruction(self, paragraph: Paragraph) -> bool:
        """Whether a whole paragraph speaks to the school, not to its readers."""
        text = text_of(paragraph)
        bare = text.strip("[]() ")
        bracketed = text.startswith("[") and text.endswith("]") and text.count("[") == 1
        words = [
            each for each in paragraph.children if isinstance(each, Words) and each.text.strip()
        ]
        apart = bracketed or (words and all(each.highlighted or each.italic for each in words))
        return bool(apart and bare and INSTRUCTION.search(bare))

    def marked(self, children: tuple[Inline, ...], spot: Spot, now: str) -> None:
        """Note words on a coloured ground, or in red, that no bracket explains: nothing of it prints."""
        words = [each for each in children if isinstance(each, Words) and each.highlighted]
        text = ", ".join(each.text.strip() for each in words if each.text.strip())
        if text and not _BRACKETS.search(text):
            shown = text if len(text) < 60 else f"{text[:60]}…"
            says = f"“{shown}” is marked in the file: write a question, `guidance:` or plain words"
            self.ledger.by_hand(says, spot, now)

    def instruct(self, paragraph: Paragraph, clause: str) -> None:
        """Keep the words of an instruction as guidance about a clause."""
        text = text_of(paragraph)
        said = re.sub(r"\[([^\[\]]*)\]", r"“\1”", text.removeprefix("[").removesuffix("]"))
        self.guidance.setdefault(clause, []).append(said)
        self.adapted.add(clause)
        self.ledger.structure(
            text, "an instruction to schools: `guidance:` in template.yaml", paragraph.spot
        )
        self.ledger.guessed(
            "an instruction to schools became guidance", paragraph.spot, f"guidance, {clause}"
        )

    def replaced(
        self, children: tuple[Inline, ...], clause: str, spot: Spot, marks: dict[str, str]
    ) -> tuple[Inline, ...]:
        """Some words with a mark in place of each adaptation point; `marks` says what each stands for."""
        text = "".join(plain((each,)) if isinstance(each, Words) else "\ue10c" for each in children)
        spans = []
        for found in _BRACKETS.finditer(text):
            inner = next(filter(None, found.groups())).replace("\ue10c", " ").strip()
            written = self._point(inner, clause, spot, text[found.end() :])
            if written is not None:
                mark = MARK.format(len(marks))
                marks[mark] = written
                spans.append((found.start(), found.end(), mark if written else ""))
                self.adapted.add(clause)
        if spans:
            return with_spans(children, spans)
        return children

    def _point(self, inner: str, clause: str, spot: Spot, after: str) -> str | None:
        """What is written in place of a bracket; None where it is left as it stands."""
        unit = _UNIT.match(after) if inner.isdigit() else None
        if unit is not None:
            return self._amount(inner, unit[1], clause, spot)
        if _LEFT_ALONE.fullmatch(inner):
            return None
        if (fact := _fact(inner)) is not None:
            self.facts.setdefault(fact, spot)
            self.ledger.structure(inner, f"the fact `{fact}`", spot)
            self.ledger.guessed(
                f"“[{inner}]” prints the fact `{fact}` of school.yaml", spot, clause
            )
            shown = fact
            if fact == "school.address":
                shown = f"{fact} | join_and"
            return f"{{{{ {shown} }}}}"
        bare = _ASIDE.sub("", inner)
        if len(options := _options(bare)) > 1:
            return self._choice(inner, options, clause, spot, after)
        if INSTRUCTION.search(inner) and not (_VERB.match(inner) and len(inner.split()) <= 8):
            self.guidance.setdefault(clause, []).append(inner)
            self.ledger.structure(
                inner, "an instruction to schools: `guidance:` in template.yaml", spot
            )
            self.ledger.guessed(
                f"“[{inner}]” became guidance to schools", spot, f"guidance, {clause}"
            )
            return ""
        return self._text(inner, clause, spot)

    def _amount(self, number: str, unit: str, clause: str, spot: Spot) -> str:
        key = self.names.name(unit, "number")
        clauses = (clause,) if clause else ()
        self.questions[key] = Question(f"How many {unit}?", "whole-number", (), clauses, number)
        self.ledger.structure(number, f"suggested for the question `{key}`", spot)
        self.ledger.guessed(f"“[{number}] {unit}” became a question", spot, f"questions, {key}")
        return f"{{{{ answers.{key} }}}}"

    def _choice(
        self, inner: str, options: Sequence[str], clause: str, spot: Spot, after: str
    ) -> str:
        ids = Names()
        # Numbers alone say nothing: what they are numbers of does.
        words = " ".join(options) if any(map(str.isalpha, inner)) else " ".join(after.split()[:2])
        given = tuple((ids.name(words, "option"), words) for words in options)
        key = self._ask(f"Which is it: {_or(options)}?", "choice", given, clause, words)
        self.ledger.structure(inner, f"the options of the question `{key}`", spot)
        self.ledger.guessed(f"“[{inner}]” became a choice", spot, f"questions, {key}")
        return f"{{{{ wording.{key} }}}}"

    def _text(self, inner: str, clause: str, spot: Spot) -> str:
        bare = _VERB.sub("", inner).strip(" .:") or inner
        kind: Literal["text", "date"] = (
            "date" if re.fullmatch(r"(?i)(?:the )?date(?: of [\w ]+)?", bare) else "text"
        )
        key = self._ask(f"{bare[:1].upper()}{bare[1:]}?", kind, (), clause, bare)
        self.ledger.structure(inner, f"the question `{key}`", spot)
        self.ledger.guessed(f"“[{inner}]” became a question", spot, f"questions, {key}")
        return f"{{{{ answers.{key} }}}}"

    def _ask(
        self,
        ask: str,
        kind: Literal["choice", "text", "date"],
        options: tuple[tuple[str, str], ...],
        clause: str,
        words: str,
    ) -> str:
        for key, known in self.questions.items():
            if (known.ask, known.kind, known.options) == (ask, kind, options):
                if clause and clause not in known.clauses:
                    self.questions[key] = replace(known, clauses=(*known.clauses, clause))
                return key
        key = self.names.name(words, "point")
        self.questions[key] = Question(ask, kind, options, (clause,) if clause else ())
        return key


def _or(options: Sequence[str]) -> str:
    return f"{', '.join(options[:-1])} or {options[-1]}"


def _fact(inner: str) -> str | None:
    """The fact of a school that a bracket asks for; None where it asks for none."""
    bare = _VERB.sub("", inner).strip(" .:")
    for fact, pattern in _SCHOOL.items():
        if re.fullmatch(pattern, bare, re.IGNORECASE):
            return fact
    for person, called in _PERSON.items():
        for part, said in _DETAIL.items():
            if re.fullmatch(
                rf"(?:(?:{said})(?:\s+(?:of|for))?\s+(?:the\s+|your\s+)?{called}|{called}(?:['’]s)?\s+(?:{said}))",
                bare,
                re.IGNORECASE,
            ):
                return f"people.{person}.{part}"
    return None


def _options(bare: str) -> tuple[str, ...]:
    """The alternatives that a bracket offers; none where it offers none."""
    if _VERB.match(bare) or INSTRUCTION.search(bare):
        return ()
    for divider in (r"\s*/\s*", r"\s+OR\s+", r"\s*,\s*(?:or\s+)?|\s+or\s+"):
        parts = [part.strip(" .;") for part in re.split(divider, bare)]
        if 2 <= len(parts) <= 8 and all(1 <= len(part.split()) <= 8 for part in parts):
            return tuple(dict.fromkeys(parts))
    return ()


def with_spans(
    children: tuple[Inline, ...], spans: Sequence[tuple[int, int, str]]
) -> tuple[Inline, ...]:
    """Some words with others in place of some stretches; what is no word counts as one letter."""
    return tuple(_with_spans(children, spans))


def _with_spans(
    children: tuple[Inline, ...], spans: Sequence[tuple[int, int, str]]
) -> Iterator[Inline]:
    at = 0
    for child in children:
        length = len(child.text) if isinstance(child, Words) else 1
        end, kept, begun = at + length, at, at
        text = ""
        for start, stop, instead in spans:
            if stop <= at or start >= end:
                continue
            if isinstance(child, Words):
                text += child.text[kept - begun : max(start - begun, 0)]
                text += instead if at <= start else ""
            kept = min(stop, end)
        if isinstance(child, Words):
            text += child.text[kept - begun :]
            if text:
                yield replace(child, text=text)
        elif kept == at:
            yield child
        at = end
