"""Allowances: a comment that lets one rule pass in one place, with a reason.

`<!-- allow law-superseded: tells the history of this policy -->` in a section and in local wording, `# allow
foreign-school: our partner school` in a YAML file. It holds for its own line and, alone on its line, for the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policygen.ground.diagnostics import Diagnostic, Place, Problems
from policygen.ground.wording import did_you_mean
from policygen.language.source import Line, Source

ALLOWABLE = (
    "leftover-bracket",
    "leftover-placeholder",
    "leftover-instruction",
    "leftover-alternative",
    "leftover-blank",
    "foreign-school",
    "term-drift",
    "list-lead-in",
    "lower-case-start",
    "article-before-name",
    "blind-replacement",
    "lost-apostrophe",
    "repeated-paragraph",
    "capitals",
    "heading-capitals",
    "colour-meaning",
    "form-promised",
    "agreed-in-advance",
    "doubled-word",
    "typed-number",
    "misread-letters",
    "doubtful-value",
    "law-superseded",
    "law-dated",
    "law-term",
)
_IN_EVERY_BRANCH = (
    "leftover-",
    "law-",
    "capitals",
    "heading-capitals",
    "colour-",
    "foreign-",
    "typed-",
    "blind-",
    "agreed-",
)
"""Rules, or beginnings of them, that are checked in a template's text whatever schools make of it."""
_IN_TEXT = re.compile(r"<!--\s*allow ([\w-]+)(?::\s*((?:(?!-->).)*?))?\s*-->")
_IN_YAML = re.compile(r"(?:^|\s)#\s*allow ([\w-]+)(?::[ \t]*(\S.*?))?\s*$")


@dataclass(frozen=True)
class _Allowance:
    rule: str
    path: str
    first: int
    last: int
    """The lines for which it holds."""
    place: Place

    @property
    def can_be_judged(self) -> bool:
        """Whether a check sees all of its text. What a school makes of a template shows in the branches it takes."""
        return not self.path.startswith("templates/") or self.rule.startswith(_IN_EVERY_BRANCH)

    def lets_pass(self, diagnostic: Diagnostic) -> bool:
        place = diagnostic.place
        return (
            place is not None
            and diagnostic.rule == self.rule
            and place.path == self.path
            and self.first <= place.line <= self.last
        )


def allowed(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, Source], *, whole: bool = True
) -> tuple[Diagnostic, ...]:
    """The diagnostics without those that an allowance lets pass, and with one for each allowance that is of no use.

    Without `whole` some policy could not be composed, and nobody knows what an allowance would let pass there.
    """
    problems = Problems()
    allowances = [each for text in texts.values() for each in _allowances(text.lines, problems)]
    used: set[_Allowance] = set()
    kept = []
    for diagnostic in diagnostics:
        letting = [each for each in allowances if each.lets_pass(diagnostic)]
        used.update(letting)
        if not letting:
            kept.append(diagnostic)
    for each in allowances:
        if whole and each not in used and each.can_be_judged:
            problems.add(
                "allowance-unused",
                f"nothing here breaks `{each.rule}`",
                each.place,
                "take the allowance out",
            )
    return (*kept, *problems)


def _allowances(lines: Sequence[Line], problems: Problems) -> Iterator[_Allowance]:
    for index, line in enumerate(lines):
        for found in _in_line(line):
            rule, place = found[1], line.place(found[0].strip())
            if rule not in ALLOWABLE:
                problems.add(
                    "allowance-unused", f"`{rule}` cannot be allowed", place, _what_can(rule)
                )
            elif not found[2]:
                hint = f"write `allow {rule}: the reason`"
                problems.add("allowance-unused", "an allowance needs its reason", place, hint)
            else:
                yield _Allowance(rule, line.path, line.number, _last(lines, index), place)


def _in_line(line: Line) -> list[re.Match[str]]:
    patterns = (_IN_TEXT,) if line.path.endswith(".md") else (_IN_TEXT, _IN_YAML)
    return [found for pattern in patterns for found in pattern.finditer(line.text)]


def _last(lines: Sequence[Line], index: int) -> int:
    """The number of the last line for which an allowance holds: below those that stand alone, the next with words."""
    while index + 1 < len(lines) and (found := _in_line(lines[index])):
        words = lines[index].text
        for each in found:
            words = words.replace(each[0], "")
        if words.strip():
            break
        index += 1
    return lines[index].number


def _what_can(rule: str) -> str:
    near = did_you_mean(rule, ALLOWABLE)
    return near or "mend what it is about; this rule has no exceptions"
