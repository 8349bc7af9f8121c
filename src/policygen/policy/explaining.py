"""What is still to be explained, written into changes.yaml for its author to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.files.yamledit import with_comment, with_items, with_value
from policygen.policy.edition_changes import in_brief, what_happened
from policygen.policy.publishing import unaccounted, unexplained, unmapped

if TYPE_CHECKING:
    from policygen.policy.edition_changes import Difference
    from policygen.policy.publishing import Compared


def scaffolded(here: Compared, edition: str, text: str) -> str:
    """The text of changes.yaml with an entry for all that is still to be explained. What stands there stays."""
    made = text or f'edition: "{edition}"\n'
    if items := [_to_fill(each) for each in unexplained(here)]:
        made = with_items(made, "changes", items)
    for each in unaccounted(here):
        was = f"{each.label}: “{in_brief(each.old)}”"
        if each.where == "clauses":
            note = (was, "its reason here, or take this out and name it under renamed:, split: or merged:")
            made = with_value(made, "retired", each.name, None, note=note)
        else:
            lines = (f"{was} is gone. Under answers, write one of", f"renamed: {{{each.name}: new_question}}")
            made = _noted(made, (*lines, f"retired: {{{each.name}: why it is no longer asked}}"))
    for lost in unmapped(here):
        lines = (
            f"question `{lost.question}` has lost the option `{lost.option}`. Under answers, write one of",
            f"options: {{{lost.question}: {{{lost.option}: new-option}}}}",
        )
        made = _noted(made, (*lines, f"retired: {{{lost.question}.{lost.option}: why it can no longer be chosen}}"))
    return made


def _noted(text: str, lines: tuple[str, ...]) -> str:
    """The text with a comment under `answers:`, unless it stands there."""
    return text if f"# {lines[0]}" in text else with_comment(text, "answers", lines)


def _to_fill(difference: Difference) -> list[str]:
    """The lines of one entry to be filled in, with what stood there and what stands there now."""
    was, now = (in_brief(text, 18) for text in (difference.old, difference.new))
    said = [f"# {what_happened(difference)}", *([f"# was: {was}"] if was else []), f"# now: {now}"]
    to_fill = ("class:    # material | editorial", "must:     # yes | no", "reason:")
    return [f"{difference.where}: [{difference.name}]", *said, *to_fill]
