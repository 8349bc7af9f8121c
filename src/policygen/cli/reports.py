"""Diagnostics as text, JSON and SARIF. The one place where the text of an error is made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from policygen.cli.screen import excerpt, folded
from policygen.ground.diagnostics import Diagnostic, Place, Severity
from policygen.ground.letters import harmless, harmless_json
from policygen.ground.rules import RULES
from policygen.ground.wording import count, join_and


def as_text(diagnostics: Sequence[Diagnostic], width: int | None = None) -> str:
    """All of it, each with its line, a caret below the place, and what to write; a count at the end.

    With a width it fits a terminal of so many columns.
    """
    if not diagnostics:
        return ""
    told = [_one(diagnostic, width) for diagnostic in diagnostics]
    return "\n\n".join([*told, _total(diagnostics)]) + "\n"


def _one(diagnostic: Diagnostic, width: int | None) -> str:
    lead = f"{diagnostic.severity}: "
    said = harmless(diagnostic.message)
    lines = [folded(f"{lead}{said}  [{diagnostic.rule}]", width, len(lead))]
    place = diagnostic.place
    if place is not None:
        lines.append(f"  --> {harmless(str(place))}")
        if place.line and place.text:
            lines += _shown(place, width)
    for hint in diagnostic.hints:
        lines.append(folded(f"hint: {harmless(hint)}", width, len("hint: ")))
    if diagnostic.trail:
        lines.append(folded(f"note: {harmless(join_and(diagnostic.trail))}", width, len("note: ")))
    return "\n".join(lines)


def _shown(place: Place, width: int | None) -> list[str]:
    """The line that is at fault, and signs under what is."""
    margin = f"{place.line:>3} | "
    room = None if width is None else width - len(margin)
    line, signs = excerpt(place.text, max(place.column, 1) - 1, place.length, room)
    return [f"{margin}{line}", f"{' ' * (len(margin) - 2)}| {signs}"]


def _total(diagnostics: Sequence[Diagnostic]) -> str:
    errors = sum(each.severity is Severity.ERROR for each in diagnostics)
    warnings = sum(each.severity is Severity.WARNING for each in diagnostics)
    numbers = (
        (errors, "error"),
        (warnings, "warning"),
        (len(diagnostics) - errors - warnings, "note"),
    )
    return join_and(count(number, noun) for number, noun in numbers if number)


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """A JSON object with `problems`, a list; each has severity, rule, message, path, line, column, hints and notes."""
    problems = []
    for diagnostic in diagnostics:
        problem: dict[str, object] = {
            "severity": str(diagnostic.severity),
            "rule": diagnostic.rule,
            "message": diagnostic.message,
            "path": None,
            "line": None,
            "column": None,
            "hints": diagnostic.hints,
            "notes": diagnostic.trail,
        }
        if place := diagnostic.place:
            problem["path"] = place.path
            problem["line"] = place.line or None
            problem["column"] = place.column or None
        problems.append(problem)
    return _json({"problems": problems})


def as_sarif(diagnostics: Sequence[Diagnostic], version: str) -> str:
    """SARIF 2.1.0 (OASIS), for code hosts and editors that show problems in place."""
    used = sorted({each.rule for each in diagnostics})
    run = {
        "tool": {
            "driver": {
                "name": "policygen",
                "version": version,
                "rules": [
                    {"id": rule, "shortDescription": {"text": RULES[rule].summary}} for rule in used
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, used) for each in diagnostics],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return _json({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _json(plain: object) -> str:
    return harmless_json(json.dumps(plain, ensure_ascii=False, indent=2)) + "\n"


def _result(diagnostic: Diagnostic, used: list[str]) -> dict[str, Any]:
    message = "\n".join(
        [harmless(diagnostic.message), *(f"hint: {hint}" for hint in diagnostic.hints)]
    )
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": used.index(diagnostic.rule),
        "level": str(diagnostic.severity),
        "message": {"text": message},
    }
    if diagnostic.place is not None:
        location: dict[str, Any] = {"artifactLocation": {"uri": quote(diagnostic.place.path)}}
        if diagnostic.place.line:
            start = max(diagnostic.place.column, 1)
            location["region"] = {
                "startLine": diagnostic.place.line,
                "startColumn": start,
                "endColumn": start + diagnostic.place.length,
            }
        result["locations"] = [{"physicalLocation": location}]
    return result
