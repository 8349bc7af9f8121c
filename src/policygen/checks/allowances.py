"""Allowances: a comment that lets one rule pass, with a reason.

`<!-- allow law-superseded: tells the history of this policy -->` in a section and in local wording, `# allow
foreign-school: our partner school` in a YAML file. It holds for its own line and, alone on its line, for the next.
`allow leftover-alternative "school / trust" everywhere: both are meant` holds for these words in the whole file, in
template.yaml for the whole template, and in school.yaml for all files of the school; without words, for the rule.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from policygen.ground.diagnostics import Diagnostic, Place, Problems
from policygen.ground.rules import RULES
from policygen.ground.wording import count, did_you_mean
from policygen.language.marks import COMMENT_CLOSE, COMMENT_OPEN, is_silent
from policygen.language.source import Source

ALLOWABLE = (
    "answers-differ",
    "worded-apart",
    "rule-retyped",
    "leftover-bracket",
    "leftover-placeholder",
    "leftover-instruction",
    "leftover-alternative",
    "leftover-blank",
    "foreign-school",
    "foreign-detail",
    "term-drift",
    "list-lead-in",
    "double-negative",
    "lower-case-start",
    "unbalanced-brackets",
    "stray-punctuation",
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
    "pupil-readability",
    "reading-age",
    "long-sentence",
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
_SAID = r"""allow (?P<rule>[\w-]+)(?: ["“](?P<words>[^"”]+)["”])?(?P<everywhere> everywhere)?(?::\s*(?P<reason>.*))?"""
_IN_COMMENT = re.compile(_SAID)
_IN_YAML = re.compile(rf"(?:^|\s)(#\s*{_SAID})$")
_OF_A_FOLDER = ("template.yaml", "school.yaml")
"""Files in which `everywhere` means all files beside and below them."""


@dataclass(frozen=True)
class _Comment:
    """An allowance as it is written."""

    rule: str
    words: str
    everywhere: bool
    reason: str
    row: int
    """Of the line on which it ends."""
    alone: bool
    """Whether nothing else stands on this line."""
    place: Place


@dataclass(frozen=True, order=True)
class Allowance:
    """One that holds for some lines of a file, or for all that a file or folder holds."""

    rule: str
    path: str
    """Of a file, or of a folder with a slash at its end."""
    first: int
    last: int
    """The lines for which it holds."""
    words: str
    """The only ones for which it holds; empty for any."""
    reason: str
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
            and (
                place.path.startswith(self.path)
                if self.path.endswith("/")
                else place.path == self.path
            )
            and self.first <= place.line <= self.last
            and (not self.words or _marks(place, self.words))
        )


def _marks(place: Place, words: str) -> bool:
    """Whether a place marks these words, or their beginning at the end of its line."""
    end = place.column - 1 + place.length
    marked = " ".join(place.text[place.column - 1 : end].split()).casefold()
    wanted = " ".join(words.split()).casefold()
    goes_on = bool(marked) and end >= len(place.text.rstrip()) and wanted.startswith(marked)
    return wanted in marked or goes_on


@dataclass(frozen=True)
class Allowances:
    """Those of some texts, and what is wrong with them."""

    found: tuple[Allowance, ...]
    wrong: tuple[Diagnostic, ...]

    def left(
        self, diagnostics: Iterable[Diagnostic]
    ) -> tuple[tuple[Diagnostic, ...], frozenset[Allowance]]:
        """What none of them lets pass, and those that let something pass."""
        used: set[Allowance] = set()
        kept = []
        for diagnostic in diagnostics:
            letting = [each for each in self.found if each.lets_pass(diagnostic)]
            used.update(letting)
            if not letting:
                kept.append(diagnostic)
        return tuple(kept), frozenset(used)

    def unused(self, used: Collection[Allowance]) -> tuple[Diagnostic, ...]:
        """One for each that is of no use."""
        problems = Problems()
        for each in self.found:
            if each not in used and each.can_be_judged:
                says = f"nothing here breaks `{each.rule}`"
                problems.add("allowance-unused", says, each.place, "take the allowance out")
        return tuple(problems)


def allowances_in(texts: Mapping[str, Source]) -> Allowances:
    """The allowances of texts."""
    problems = Problems()
    found = tuple(each for text in texts.values() for each in _allowances(text, problems))
    return Allowances(found, tuple(problems))


def allowed(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, Source], *, whole: bool = True
) -> tuple[Diagnostic, ...]:
    """The diagnostics without those that an allowance lets pass, and with one for each allowance that is of no use.

    Without `whole` some policy could not be composed, and nobody knows what an allowance would let pass there.
    """
    allowances = allowances_in(texts)
    kept, used = allowances.left(diagnostics)
    return (*kept, *allowances.wrong, *(allowances.unused(used) if whole else ()))


def held_back(
    diagnostics: Iterable[Diagnostic], what: str, elsewhere: str = ""
) -> tuple[Diagnostic, ...]:
    """An error where something that is likely a fault was neither mended nor allowed. `what` waits for it.

    What stands below the folder `elsewhere`, such as a published edition, nobody here can mend.
    """
    waiting = [diagnostic for diagnostic in diagnostics if RULES[diagnostic.rule].held]
    if elsewhere:
        waiting = [diagnostic for diagnostic in waiting if not _is_below(diagnostic, elsewhere)]
    if not waiting:
        return ()
    problems = Problems()
    are = "is" if len(waiting) == 1 else "are"
    says = f"{what} waits until {count(len(waiting), 'warning')} {are} mended or allowed"
    rule = waiting[0].rule
    hint = f"mend each, or write `allow {rule}: the reason` in a comment at its line"
    problems.add("warnings-open", says, None, hint)
    return tuple(problems)


def _is_below(diagnostic: Diagnostic, folder: str) -> bool:
    return diagnostic.place is not None and diagnostic.place.path.startswith(folder)


def _allowances(text: Source, problems: Problems) -> Iterator[Allowance]:
    comments = [*_in_marks(text)]
    if not text.path.endswith(".md"):
        comments += _in_yaml(text)
    alone = {comment.row for comment in comments if comment.alone}
    for comment in comments:
        rule, place = comment.rule, comment.place
        if rule not in ALLOWABLE:
            hint = _what_can(rule)
            problems.add("allowance-unused", f"`{rule}` cannot be allowed", place, hint)
        elif not comment.reason:
            hint = f"write `allow {rule}: the reason`"
            problems.add("allowance-unused", "an allowance needs its reason", place, hint)
        elif comment.everywhere:
            path = text.path
            folder, _, name = path.rpartition("/")
            if name in _OF_A_FOLDER:
                path = f"{folder}/"
            yield Allowance(rule, path, 0, sys.maxsize, comment.words, comment.reason, place)
        elif comment.words:
            hint = f'write `allow {rule} "{comment.words}" everywhere: the reason`, or no words'
            problems.add("allowance-unused", "words are named for one line", place, hint)
        else:
            last = comment.row
            while last in alone and last + 1 < len(text.lines):  # it holds for the next with words
                last += 1
            line = text.lines[comment.row]
            end = text.lines[last].number
            yield Allowance(rule, line.path, line.number, end, "", comment.reason, place)


def _in_marks(text: Source) -> Iterator[_Comment]:
    for mark in text.pieces:
        if mark.kind != "comment":
            continue
        words = " ".join(mark.text.removeprefix(COMMENT_OPEN).removesuffix(COMMENT_CLOSE).split())
        if said := _IN_COMMENT.fullmatch(words):
            row = text.row(mark.end - 1)
            alone = is_silent(text.masked[row])
            yield _comment(said, row, text.place_at(mark.start, mark.end), alone=alone)


def _in_yaml(text: Source) -> Iterator[_Comment]:
    for row, line in enumerate(text.lines):
        if found := _IN_YAML.search(line.text.rstrip()):
            alone = line.text.strip() == found[1]
            place = line.place_at(found.start(1), len(found[1]))
            yield _comment(found, row, place, alone=alone)


def _comment(said: re.Match[str], row: int, place: Place, *, alone: bool) -> _Comment:
    reason = (said["reason"] or "").strip()
    words, everywhere = said["words"] or "", bool(said["everywhere"])
    return _Comment(said["rule"], words, everywhere, reason, row, alone, place)


def _what_can(rule: str) -> str:
    near = did_you_mean(rule, ALLOWABLE)
    return near or "mend what it is about; this rule has no exceptions"
