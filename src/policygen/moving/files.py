"""The files of a proposed policy: template.yaml and its texts; for a school, its adoption too."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policygen.files.yamledit import as_yaml
from policygen.ground import paths
from policygen.moving.points import Question
from policygen.moving.propose import Proposed
from policygen.moving.writing import Written

_OPEN = "# the file does not say: {}"


@dataclass(frozen=True)
class Facts:
    """What a template needs and a file may not say."""

    edition: str
    issued: datetime.date
    issuer: str = ""
    kind: str = ""
    body: str = ""
    review_months: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys of template.yaml that stand empty."""
        keys = {
            "issuer.name": self.issuer,
            "issuer.kind": self.kind,
            "adoption.body": self.body,
            "adoption.review_months": self.review_months,
        }
        return tuple(key for key, value in keys.items() if not value)


def facts_of(proposed: Proposed, as_of: datetime.date) -> Facts:
    """What the file says of itself, as far as it says it."""
    said = proposed.said
    return Facts(f"{as_of.year}.1", as_of, said.issuer, said.kind, said.body, said.review_months)


def template_files(proposed: Proposed, facts: Facts, *, adapt: str) -> dict[str, bytes]:
    """Every file of the template, by its path in the template's folder."""
    files = {paths.TEMPLATE: "\n".join(_template(proposed, facts, adapt)).encode() + b"\n"}
    for part in proposed.parts:
        folder = paths.FORMS if part.signed_by else paths.SECTIONS
        files[f"{folder}/{part.name}.md"] = part.text.encode()
    return files


def _template(proposed: Proposed, facts: Facts, adapt: str) -> Iterator[str]:
    said = proposed.said
    yield "# Moved in from a file of another program. Every key: docs/reference/files.md"
    yield ""
    yield f"title: {as_yaml(said.title)}"
    yield f"edition: {as_yaml(facts.edition)}"
    yield f"issued: {facts.issued}"
    yield "issuer:"
    yield _line("  name", facts.issuer, "who publishes it, such as Northshire County Council")
    yield _line("  kind", facts.kind, "la or trust")
    yield "adoption:"
    yield _line("  body", facts.body, "full-board, committee, head or trust-board")
    yield _line("  review_months", facts.review_months, "such as 12 or 24")
    yield f"numbering: {proposed.numbering}"
    yield f"contents: {proposed.contents}"
    yield f"adapt: {adapt}"
    yield "sections:"
    for part in proposed.sections:
        yield from _entry(part, proposed)
    if proposed.forms:
        yield "forms:"
        for part in proposed.forms:
            yield from _entry(part, proposed)
    if proposed.appendices:
        yield "appendices:"
        for part in proposed.appendices:
            yield from _entry(part, proposed)
    if proposed.questions:
        yield "questions:"
        for key, question in proposed.questions.items():
            yield from _question(key, question)
    if proposed.guidance:
        yield "guidance:"
        for identity, text in proposed.guidance.items():
            yield f"  {identity}: {as_yaml(text)}"


def _line(key: str, value: object, hint: str) -> str:
    if value:
        return f"{key}: {as_yaml(value)}"
    return f"{key}:    {_OPEN.format(hint)}"


def _entry(part: Written, proposed: Proposed) -> Iterator[str]:
    if part.signed_by:
        yield f"  - name: {part.name}"
        yield f"    signed_by: {part.signed_by}"
    elif part.scheme != proposed.numbering:
        yield f"  - name: {part.name}"
        yield f"    numbering: {part.scheme}"
    else:
        yield f"  - {part.name}"


def _question(key: str, question: Question) -> Iterator[str]:
    yield f"  {key}:"
    yield f"    ask: {as_yaml(question.ask)}"
    yield f"    kind: {question.kind}"
    if question.clauses:
        yield f"    clauses: [{', '.join(question.clauses)}]"
    if question.options:
        yield "    options:"
        for option, words in question.options:
            yield f"      {option}:"
            yield f"        label: {as_yaml(words)}"
            yield f"        prints: {as_yaml(words)}"
    if question.kind == "whole-number":
        yield f"    suggested: {int(question.suggested)}"


def adoption_text(proposed: Proposed, facts: Facts, reason: str) -> str:
    """The adoption of a school's own policy."""
    said = proposed.said
    lines = [
        "# Every key: docs/reference/files.md",
        "",
        f"edition: {as_yaml(facts.edition)}",
        f"version: {as_yaml(next_version(said.history))}",
        "author: School office",
        f"reason: {as_yaml(reason)}",
    ]
    if said.history:
        lines.append("history:")
        lines += [f"  - {as_yaml(row, within=False)}" for row in map(dict, said.history)]
    return "\n".join(lines) + "\n"


def next_version(history: tuple[Mapping[str, object], ...]) -> str:
    """The version after the last one of an old record."""
    if not history:
        return "1.0"
    first, _, rest = str(history[-1]["version"]).partition(".")
    if rest:
        return f"{first}.{int(rest.split('.')[0] or 0) + 1}"
    return f"{int(first) + 1}.0"
