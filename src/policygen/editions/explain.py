"""Whether an edition may be published: every change explained, every id that went accounted for; and its record."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from policygen.editions.differences import (
    KEYS,
    Difference,
    LostOption,
    Where,
    differences,
    differing_parts,
    in_brief,
    lost_options,
    named,
    what_happened,
)
from policygen.editions.units import written_units
from policygen.files.yamledit import with_comment, with_items, with_value
from policygen.files.yamlfile import Located
from policygen.ground.dates import Month
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import did_you_mean, join_and, meant_or_known
from policygen.model.changes import ChangeEntry, ChangesFile
from policygen.model.edition_record import (
    AnswerChanges,
    ChangeNote,
    EditionRecord,
    ExtendedEdition,
    with_digest,
)
from policygen.model.workspace import Edition


@dataclass(frozen=True)
class Compared:
    """The working template beside the last edition and what its author says of the changes."""

    old: Edition
    new: Edition
    differing: tuple[Difference, ...]
    lost: tuple[LostOption, ...]
    said: ChangesFile
    """What changes.yaml says; nothing where there is none."""
    file: Located[ChangesFile] | None
    path: str
    """Of changes.yaml."""

    def place(self, *keys: str | int, key: bool = False) -> Place:
        """A place in changes.yaml."""
        if self.file is None:
            return Place(self.path)
        return self.file.place(*keys, key=key)


def compared(old: Edition, new: Edition, file: Located[ChangesFile] | None, path: str) -> Compared:
    """The working template compared with the last edition, in the light of what changes.yaml says of ids."""
    said = ChangesFile(edition=new.file.value.edition)
    if file is not None:
        said = file.value
    questions = said.answers.renamed
    differing = differences(old, new, said.renamed, questions)
    return Compared(old, new, differing, lost_options(old, new, questions), said, file, path)


# --- what is missing -------------------------------------------------------------------------------------------------


def explained(here: Compared) -> dict[Where, set[str]]:
    """The names that changes.yaml gives a reason for, or has an entry for."""
    names: dict[Where, set[str]] = {"clauses": set(), "questions": set(), "keys": set()}
    for entry in here.said.changes:
        names["clauses"].update(entry.clauses)
        names["questions"].update(entry.questions)
        names["keys"].update(entry.keys)
    return names


def unexplained(here: Compared) -> tuple[Difference, ...]:
    """What changed and is not named under `changes:`, by itself, under its old id or with the new section around it."""
    known, said = explained(here), here.said
    # A reason that is given under an old id holds for all that became of it.
    for _, old, became in _declared_ids(said):
        if old in known["clauses"]:
            known["clauses"].update(became)
    found: list[Difference] = []
    wheres: tuple[Where, ...] = ("keys", "clauses", "questions")
    for where in wheres:
        for difference in named((*here.differing, *_swollen(here)), where).values():
            is_covered = known["clauses"].intersection(difference.covered)
            if difference.name not in known[where] and not is_covered:
                found.append(difference)
    return tuple(found)


def _swollen(here: Compared) -> Iterator[Difference]:
    """The clauses that others were merged into, by what changes.yaml says, and that stood there before."""
    before, now = written_units(here.old), written_units(here.new)
    for new, olds in here.said.merged.items():
        if new in before and new in now and olds != (new,):
            label, unit, was = f"{now[new].kind} `{new}`", now[new], before[new]
            yield Difference("clauses", new, "changed", label, was.words, unit.words, unit.place)


def unaccounted(here: Compared) -> tuple[Difference, ...]:
    """Ids and questions that are gone, of which changes.yaml does not say what became of them."""
    said = here.said
    told: dict[Where, set[str]] = {
        "clauses": {*said.renamed, *said.split, *said.retired},
        "questions": {*said.answers.renamed, *said.answers.retired},
        "keys": set(),
    }
    for olds in said.merged.values():
        told["clauses"].update(olds)
    gone = (difference for difference in here.differing if difference.kind == "removed")
    return tuple(difference for difference in gone if difference.name not in told[difference.where])


def unmapped(here: Compared) -> tuple[LostOption, ...]:
    """Options that are gone, of which changes.yaml does not say what becomes of answers that chose them."""
    answers = here.said.answers
    found = []
    for lost in here.lost:
        is_mapped = lost.option in answers.options.get(lost.question, {})
        if not is_mapped and f"{lost.question}.{lost.option}" not in answers.retired:
            found.append(lost)
    return tuple(found)


# --- the check -------------------------------------------------------------------------------------------------------


def check_changes(here: Compared, scaffold: str, problems: Problems) -> None:
    """Note every change without a reason, every id unaccounted for, and all that changes.yaml says wrongly.

    `scaffold` is the command that writes what is missing into changes.yaml.
    """
    ask = f"give its reason under `changes:` in {here.path}; `{scaffold}` writes it in for you to fill"
    for each in unexplained(here):
        says = f"{what_happened(each)} since edition {here.old.file.value.edition}, and nothing says why"
        problems.add("unexplained-change", says, each.place or here.place(), ask)
    for each in unaccounted(here):
        says = f"{what_happened(each)} since edition {here.old.file.value.edition}, and nothing says what became of it"
        ways = "`renamed:`, `split:`, `merged:` or `retired:`"
        under = "`renamed:` or `retired:` of `answers:`"
        if each.where == "clauses":
            under = ways
        problems.add(
            "undeclared-removal", says, here.place(), f"write it under {under} in {here.path}"
        )
    for lost in unmapped(here):
        says = f"`{lost.question}` had the option `{lost.option}`, and nothing says what becomes of its answers"
        hint = f"write `{lost.question}: {{{lost.option}: …}}` under `options:` of `answers:` in {here.path}"
        other = f"or `{lost.question}.{lost.option}: REASON` under `retired:` there, so that schools are asked again"
        problems.add("undeclared-removal", says, lost.place, hint, other)
    if here.file is not None:
        _check_entries(here, problems)
        _check_ids(here, problems)
        _check_answers(here, problems)


def _check_entries(here: Compared, problems: Problems) -> None:
    """Note entries that are not filled in, or name what did not change."""
    changed: dict[Where, Collection[str]] = {
        "clauses": _changed_ids(here),
        "questions": _differing_names(here, "questions").union(*here.said.answers.renamed.items()),
        "keys": _differing_names(here, "keys"),
    }
    there: dict[Where, Collection[str]] = {
        "clauses": written_units(here.new),
        "questions": here.new.file.value.questions,
        "keys": KEYS,
    }
    for index, entry in enumerate(here.said.changes):
        names = [*entry.clauses, *entry.questions, *entry.keys]
        about = join_and(f"`{name}`" for name in names)
        at = here.place("changes", index)
        if not names:
            says = "this change names nothing that changed"
            problems.add("untrue-change", says, at, "write `clauses: [ID]`")
        lacking = [key for key, filled in _filled(entry).items() if filled is None]
        if lacking and names:
            says = f"the change of {about} has no {join_and(f'`{key}`' for key in lacking)}"
            place = here.place("changes", index, lacking[0], key=True)
            problems.add("unexplained-change", says, place, *(_HOW[key] for key in lacking))
        for where in ("clauses", "questions", "keys"):
            for number, name in enumerate(getattr(entry, where)):
                if name not in changed[where]:
                    near = ""
                    if name not in there[where]:
                        near = did_you_mean(name, [*changed[where]])
                    hint = near or "take it out"
                    place = here.place("changes", index, where, number)
                    says = f"`{name}` has not changed since edition {here.old.file.value.edition}"
                    problems.add("untrue-change", says, place, hint)


_HOW = {
    "class": "write `class: material` if boards must approve it, `class: editorial` if it changes nothing for anybody",
    "must": "write `must: yes` if schools must take it, `must: no` if they may",
    "reason": "write the reason in a sentence that a governor understands",
}


def _filled(entry: ChangeEntry) -> dict[str, object]:
    return {"class": entry.class_, "must": entry.must, "reason": entry.reason}


def _changed_ids(here: Compared) -> set[str]:
    """Every id that a reason may be given for: by its new name or its old one."""
    said = here.said
    ids = _differing_names(here, "clauses")
    for key, old, became in _declared_ids(said):
        if key != "retired":
            ids |= {old, *became}
    return ids


def _differing_names(here: Compared, where: Where) -> set[str]:
    """The names of what differs, of one kind."""
    return {difference.name for difference in here.differing if difference.where == where}


def _check_ids(here: Compared, problems: Problems) -> None:
    """Note ids said to be renamed, split, merged or retired that are not."""
    old, new = written_units(here.old), written_units(here.new)
    for key, was, becomes in _declared_ids(here.said):
        place = here.place(key, becomes[0] if key == "merged" else was, key=True)
        if was not in old:
            says = f"edition {here.old.file.value.edition} has no `{was}`"
            problems.add("untrue-change", says, place, meant_or_known(was, [*old]))
        elif was in new and was not in becomes:
            says = f"`{was}` is said to be gone, and the template still has it"
            problems.add("untrue-change", says, place, "take one of the two out")
        for identity in becomes:
            if identity not in new:
                says = f"the template has no `{identity}`"
                problems.add("untrue-change", says, place, meant_or_known(identity, [*new]))
    for was, reason in here.said.retired.items():
        if reason is None:
            says, place = f"nothing says why `{was}` is gone", here.place("retired", was, key=True)
            problems.add("unexplained-change", says, place, "write the reason after it")


def _declared_ids(said: ChangesFile) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Key of changes.yaml, old id, and the ids that it became."""
    for old, new in said.renamed.items():
        yield "renamed", old, (new,)
    for old, parts in said.split.items():
        yield "split", old, parts
    for whole, olds in said.merged.items():
        for old in olds:
            yield "merged", old, (whole,)
    for old in said.retired:
        yield "retired", old, ()


def _check_answers(here: Compared, problems: Problems) -> None:
    """Note questions and options said to be renamed or retired that are not."""
    old, new = here.old.file.value.questions, here.new.file.value.questions
    before = f"edition {here.old.file.value.edition}"
    for was, now in here.said.answers.renamed.items():
        place = here.place("answers", "renamed", was, key=True)
        _note_question(was, old, before, place, problems)
        _note_question(now, new, "the template", here.place("answers", "renamed", was), problems)
    for name, reason in here.said.answers.retired.items():
        place = here.place("answers", "retired", name, key=True)
        question, dot, option = name.partition(".")
        if dot:
            _check_lost(here, question, option, place, problems)
        elif name in new:
            says = f"`{name}` is said to be gone, and is still asked"
            problems.add("untrue-change", says, place, "take it out")
        else:
            _note_question(name, old, before, place, problems)
        if reason is None:
            says = f"nothing says why `{name}` is gone"
            problems.add("unexplained-change", says, place, "write the reason after it")
    for question in here.said.answers.options:
        _check_options(here, question, problems)


def _check_options(here: Compared, question: str, problems: Problems) -> None:
    """Note options of a question that are said to have become others, and did not."""
    answers = here.said.answers
    now = answers.renamed.get(question, question)
    known: list[str] = []
    asked = here.new.file.value.questions.get(now)
    if asked is not None:
        known = [*asked.choices]
    for was, becomes in answers.options[question].items():
        place = here.place("answers", "options", question, was)
        if not _check_lost(here, question, was, place, problems) and becomes not in known:
            says = f"`{now}` has no option `{becomes}`"
            problems.add("untrue-change", says, place, meant_or_known(becomes, known))


def _check_lost(
    here: Compared, question: str, option: str, place: Place, problems: Problems
) -> bool:
    """Note an option that is said to be gone, and was not there or still is; whether that is so."""
    for lost in here.lost:
        if (lost.question, lost.option) == (question, option):
            return False
    says = f"`{question}` has lost no option `{option}`"
    problems.add("untrue-change", says, place, "take it out")
    return True


def _note_question(
    name: str, known: Collection[str], whose: str, place: Place, problems: Problems
) -> None:
    if name not in known:
        says = f"{whose} has no question `{name}`"
        problems.add("untrue-change", says, place, meant_or_known(name, [*known]))


# --- the record ------------------------------------------------------------------------------------------------------


def edition_record(
    new: Edition,
    edition: str,
    issued: datetime.date | Month,
    files: Mapping[str, str],
    here: Compared | None,
    previous: EditionRecord | None,
    below: EditionRecord | None = None,
) -> EditionRecord:
    """What an edition that is about to be published says of itself. `here` and `previous` are None for the first.

    `below` is the edition that it extends, if it does.
    """
    record = EditionRecord(
        template=new.template_id,
        edition=edition,
        issued=issued,
        previous=previous.edition if previous else "",
        previous_digest=previous.digest if previous else "",
        digest="",
        files=dict(sorted(files.items())),
    )
    if below is not None:
        extended = ExtendedEdition(
            template=below.template, edition=below.edition, digest=below.digest
        )
        record = record.model_copy(update={"extends": extended})
    if here is not None:
        record = record.model_copy(update=_said_of_changes(here))
    return with_digest(record)


def _said_of_changes(here: Compared) -> dict[str, object]:
    """What changes.yaml says, and what moved, by the keys of the record."""
    said, answers = here.said, here.said.answers
    moved = {}
    for difference in here.differing:
        if difference.kind == "moved" and difference.around:
            moved[difference.name] = difference.around
    return {
        "changes": tuple(_note(entry, here) for entry in said.changes),
        "moved": moved,
        "renamed": said.renamed,
        "split": said.split,
        "merged": said.merged,
        "retired": _reasons(said.retired),
        "answers": AnswerChanges(
            renamed=answers.renamed,
            options=answers.options,
            retired=_reasons(answers.retired),
        ),
    }


def _reasons(retired: Mapping[str, str | None]) -> dict[str, str]:
    """Why each is gone; empty where that was not written."""
    return {name: reason or "" for name, reason in retired.items()}


def _note(entry: ChangeEntry, here: Compared) -> ChangeNote:
    """An entry as it is kept: with the clauses in the new sections that it names."""
    own = explained(here)["clauses"]
    clauses = dict.fromkeys(entry.clauses)
    for difference in here.differing:
        if {*difference.covered} & {*entry.clauses} and difference.name not in own:
            clauses[difference.name] = None
    return ChangeNote.model_validate(
        {
            "clauses": [*clauses],
            "questions": [*entry.questions],
            "keys": [*entry.keys],
            "class": entry.class_,
            "must": entry.must,
            "reason": entry.reason,
        }
    )


def scaffolded(here: Compared, edition: str, text: str) -> str:
    """The text of changes.yaml with an entry for all that is still to be explained. What stands there stays."""
    made = text or f'edition: "{edition}"\n'
    items = [_to_fill(difference) for difference in unexplained(here)]
    if items:
        made = with_items(made, ("changes",), items)
    for each in unaccounted(here):
        was = f"{each.label}: “{in_brief(each.old)}”"
        if each.where == "clauses":
            how = "its reason here, or take this out and name it under renamed:, split: or merged:"
            made = with_value(made, ("retired", each.name), None, note=(was, how))
        else:
            lines = (
                f"{was} is gone. Under answers, write one of",
                f"renamed: {{{each.name}: new_question}}",
            )
            made = _noted(made, (*lines, f"retired: {{{each.name}: why it is no longer asked}}"))
    for lost in unmapped(here):
        lines = (
            f"question `{lost.question}` has lost the option `{lost.option}`. Under answers, write one of",
            f"options: {{{lost.question}: {{{lost.option}: new-option}}}}",
        )
        retired = f"retired: {{{lost.question}.{lost.option}: why it can no longer be chosen}}"
        made = _noted(made, (*lines, retired))
    return made


def _noted(text: str, lines: tuple[str, ...]) -> str:
    """The text with a comment under `answers:`, unless it stands there."""
    if f"# {lines[0]}" in text:
        return text
    return with_comment(text, ("answers",), lines)


def _to_fill(difference: Difference) -> list[str]:
    """The lines of one entry to be filled in, with what stood there and what stands there now."""
    said = [f"# {what_happened(difference)}"]
    if difference.old == difference.new:
        said.append(
            "# its words are the same: its status, its audience, a mark, the signs of a list or a picture differs"
        )
    elif difference.old:
        was, now = differing_parts(difference.old, difference.new)
        said += [f"# was: {was}", f"# now: {now}"]
    else:
        said.append(f"# now: {in_brief(difference.new, 18)}")
    to_fill = ("class:    # material | editorial", "must:     # yes | no", "reason:")
    return [f"{difference.where}: [{difference.name}]", *said, *to_fill]
