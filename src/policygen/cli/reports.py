"""Diagnostics as text, JSON and SARIF. The one place where the text of an error is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from policygen.ground.diagnostics import Severity
from policygen.ground.rules import RULES
from policygen.ground.wording import count, join_and

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.ground.diagnostics import Diagnostic


def as_text(diagnostics: Sequence[Diagnostic]) -> str:
    """All of it for a terminal, each with its line, a caret below the place, and what to write; a count at the end."""
    if not diagnostics:
        return ""
    return "\n\n".join([*(_one(each) for each in diagnostics), _total(diagnostics)]) + "\n"


def _one(diagnostic: Diagnostic) -> str:
    lines = [f"{diagnostic.severity}: {diagnostic.message}  [{diagnostic.rule}]"]
    place = diagnostic.place
    if place is not None:
        lines.append(f"  --> {place}")
        if place.line and place.text:
            margin = f"{place.line:>3} | "
            start = max(place.column, 1) - 1
            width = max(1, min(place.length, len(place.text) - start))
            indent = "".join("\t" if each == "\t" else " " for each in place.text[:start])
            lines.append(f"{margin}{place.text}")
            lines.append(f"{' ' * (len(margin) - 2)}| {indent}{'^' * width}")
    lines.extend(f"hint: {hint}" for hint in diagnostic.hints)
    if diagnostic.trail:
        lines.append(f"note: {join_and(diagnostic.trail)}")
    return "\n".join(lines)


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
    problems = [
        {
            "severity": str(each.severity),
            "rule": each.rule,
            "message": each.message,
            "path": each.place.path if each.place else None,
            "line": each.place.line or None if each.place else None,
            "column": each.place.column or None if each.place else None,
            "hints": each.hints,
            "notes": each.trail,
        }
        for each in diagnostics
    ]
    return json.dumps({"problems": problems}, ensure_ascii=False, indent=2) + "\n"


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
    return (
        json.dumps(
            {"$schema": schema, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2
        )
        + "\n"
    )


def _result(diagnostic: Diagnostic, used: list[str]) -> dict[str, Any]:
    message = "\n".join([diagnostic.message, *(f"hint: {hint}" for hint in diagnostic.hints)])
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
