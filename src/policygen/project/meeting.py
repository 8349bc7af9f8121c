"""A meeting of governors: one pack for all that is up for decision, and afterwards all decisions in one step."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from policygen.disk.reader import Reader
from policygen.disk.reading import adopted_ids
from policygen.disk.registering import (
    one_register_at_a_time,
    read_register,
    registered_policies,
    write_registers,
)
from policygen.disk.writing import as_text, change
from policygen.files.yamledit import as_yaml
from policygen.files.yamlfile import Located, read_yaml
from policygen.files.yamltree import MapNode, Node, items_of
from policygen.ground import paths
from policygen.ground.dates import long_date
from policygen.ground.diagnostics import Diagnostic, InputError, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import join_and, join_or, meant_or_known
from policygen.model.bodies import is_below
from policygen.model.meeting import Item, MeetingFile
from policygen.model.template import Body
from policygen.project.approve import Accepted, Released, accepted, made_ready
from policygen.project.check import Composed, Selection, check
from policygen.project.freeze import Addition, SealKey, write
from policygen.project.pack import PackResult, pack, turn_of
from policygen.project.withdraw import Withdrew, withdrawal, withdrew
from policygen.register.cover import Cover
from policygen.register.deciding import Decision, holds_place, nothing_new
from policygen.register.records import MinutesEntry
from policygen.register.state import Register, with_entry
from policygen.register.withdrawing import Withdrawal

# --- before -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prepared:
    """The pack of a meeting, and the file for what it decides."""

    pack: PackResult
    file: str
    """In the workspace."""
    elsewhere: tuple[tuple[str, Body], ...]
    """Policies that are up for decision by another body, whose turn it is."""


def prepare(
    root: Path,
    output: Path,
    school_id: str,
    day: datetime.date,
    policies: Sequence[str],
    body: Body | None,
    as_of: datetime.date,
    tell: Tell = silent,
) -> Prepared:
    """Make the pack of a meeting, and the file in which the clerk notes what was decided.

    Without `policies`, all of which a version is being prepared or that are due for review by that day; with a `body`,
    those that it decides about. Raises InputError, having written nothing, where there is none, where one could not be
    approved as it stands, or where somebody has filled in the file already.
    """
    path = paths.meeting_file(school_id, day)
    _check_blank(root, path)
    checked = check(root, (Selection(school_id),), as_of, tell)
    found = [each for each in checked.policies if each.standing]
    up = {each.document.policy_id: turn_of(each) for each in found if _is_up(each, day)}
    chosen, elsewhere = tuple(policies), tuple[tuple[str, Body], ...]()
    if not policies:
        chosen = tuple(each for each in up if body is None or not is_below(body, up[each]))
        elsewhere = tuple(each for each in up.items() if each[0] not in chosen)
    if not chosen:
        raise InputError(checked.diagnostics if checked.failed else [_nothing_up(school_id, day)])
    turns = {up[each] for each in chosen if each in up}
    if body is None and len(turns) > 1:
        raise InputError([_of_several_bodies(up, school_id, day)])
    names = [f"{school_id}/{each}" for each in chosen]

    def file(covers: Sequence[Cover]) -> dict[str, bytes]:
        return {path: _written(school_id, day, covers).encode()}

    made = pack(root, output, names, as_of, day, body, tell, review=True, beside=file)
    return Prepared(made, path, elsewhere)


def _is_up(composed: Composed, day: datetime.date) -> bool:
    """Whether something of a policy waits for a decision, or its review falls due by a day."""
    found = composed.standing
    if found is None:
        return False
    if found.prepared:
        return found.last is None or not nothing_new(found)
    due = found.last.next_review if found.last and not found.withdrawn else None
    return due is not None and due <= day


def _nothing_up(school_id: str, day: datetime.date) -> Diagnostic:
    says = f"no policy of `{school_id}` is up for decision by {long_date(day)}"
    hint = f"name those that are to be reviewed all the same: `policygen meeting {day} {school_id} POLICY`"
    return _problem("not-prepared", says, hint)


def _of_several_bodies(up: Mapping[str, Body], school_id: str, day: datetime.date) -> Diagnostic:
    says = join_and(f"`{body}` decides about {policy}" for policy, body in up.items())
    hints = [
        f"`policygen meeting {day} {school_id} --body {body}`" for body in sorted({*up.values()})
    ]
    hint = f"say who meets on that day: {join_or(hints)}"
    return _problem("approval-level", f"a meeting is of one body: {says}", hint)


def _check_blank(root: Path, path: str) -> None:
    """Raise InputError where the file of a meeting stands there and was filled in."""
    if not (root / path).exists():
        return
    file = _read(root, path)
    if any(each.minute for each in file.value.decisions):
        hint = "add `--record` to record what it says; or delete it, and run this again"
        raise InputError([_problem("approved-already", f"{path} has minutes in it already", hint)])


def _written(school_id: str, day: datetime.date, covers: Sequence[Cover]) -> str:
    """The file of a meeting, ready to be filled in."""
    lines = [
        f"# {covers[0].school}: {covers[0].body}, {long_date(day)}",
        "# When it has met, write the number of each minute between its quotation marks.",
        "# Where it decided otherwise: `decision: defer` or `refuse`; `withdraw` needs a `reason:`. Then:",
        f"#   policygen meeting {day} {school_id} --record",
        f"body: {covers[0].body_id}",
        "decisions:",
    ]
    for cover in covers:
        lines += [
            f"  # {cover.name}",
            f"  - policy: {cover.policy.partition('/')[2]}",
            f'    version: "{cover.becomes or cover.version}"',
            f"    content: {as_yaml(cover.code)}",
            f"    decision: {'review' if cover.becomes else 'approve'}",
            '    minute: ""',
        ]
    return "\n".join([*lines, ""])


# --- after ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recorded:
    """What became of one item of the agenda."""

    policy: str
    item: Item
    became: Released | Withdrew | None
    """None where nothing was recorded."""
    before: bool = False
    """Whether it was recorded before."""


def record(
    root: Path,
    school_id: str,
    day: datetime.date,
    as_of: datetime.date,
    key: SealKey | None = None,
    tell: Tell = silent,
) -> tuple[Recorded, ...]:
    """Record all that a meeting decided, as its file says, in one step. What was recorded before is left as it is.

    Raises InputError with all that stands against any of it, having written nothing.
    """
    path = paths.meeting_file(school_id, day)
    file = _read(root, path)
    problems = Problems()
    _check_names(root, school_id, file, problems)
    problems.stop()
    taken: list[Accepted | Addition | None] = []
    known = [
        _is_recorded(root, school_id, day, file.value, item, problems)
        for item in file.value.decisions
    ]
    for number, item in enumerate(file.value.decisions):
        each = None
        if not known[number] and item.decision not in ("defer", "refuse"):
            _check_minute(file, number, problems)
            try:
                each = _accepted(root, school_id, day, file.value, item, as_of, key, tell)
            except InputError as error:
                trail = f"in {path}:{file.place('decisions', number).line}"
                left = [told for told in error.diagnostics if told.rule not in _OF_THE_FILE]
                problems.extend(left, trail)
        taken.append(each)
    problems.stop()
    additions: list[Addition] = []
    told: list[Recorded] = []
    for item, was, taken_over in zip(file.value.decisions, known, taken, strict=True):
        became: Released | Withdrew | None = None
        if isinstance(taken_over, Accepted):
            ready = made_ready(root, taken_over, key, tell=tell)
            additions.append(ready.addition)
            became = ready.released
        elif isinstance(taken_over, Addition):
            additions.append(taken_over)
            became = withdrew(taken_over)
        told.append(Recorded(f"{school_id}/{item.policy}", item, became, was))
    write(root, additions)
    return tuple(told)


def _check_names(
    root: Path, school_id: str, file: Located[MeetingFile], problems: Problems
) -> None:
    """Note a policy that the school does not have, and one that is decided about twice."""
    known = dict.fromkeys((*adopted_ids(root, school_id), *registered_policies(root, school_id)))
    named = [item.policy for item in file.value.decisions]
    for number, policy in enumerate(named):
        place = file.place("decisions", number, "policy")
        if policy not in known:
            says = f"`{school_id}` has no policy `{policy}`"
            problems.add("unknown-template", says, place, meant_or_known(policy, [*known]))
        elif policy in named[:number]:
            says = f"`{policy}` is decided about twice"
            problems.add("bad-value", says, place, "keep one of the two")


_OF_THE_FILE = ("minute-missing", "leftover-placeholder")
"""What is told at its place in the file, and not as of a command."""


def _check_minute(file: Located[MeetingFile], number: int, problems: Problems) -> None:
    """Note a minute that is missing, or only holds its place."""
    minute = file.value.decisions[number].minute
    place, hint = (
        file.place("decisions", number, "minute"),
        'write `minute: "19.2"`, as the minutes have it',
    )
    if not minute.strip():
        problems.add("minute-missing", "a decision needs its minute", place, hint)
    elif holds_place(minute):
        says = f"`{minute}` only holds the place of what the minutes say"
        problems.add("leftover-placeholder", says, place, hint)


def _accepted(
    root: Path,
    school_id: str,
    day: datetime.date,
    file: MeetingFile,
    item: Item,
    as_of: datetime.date,
    key: SealKey | None,
    tell: Tell,
) -> Accepted | Addition | None:
    signatory = file.signatory or ""
    match item.decision:
        case "approve" | "review":
            decision = Decision(
                version=item.version or "",
                content=item.content or "",
                body=file.body,
                date=day,
                minute=item.minute,
                signatory=signatory,
                review=item.decision == "review",
            )
            return accepted(root, school_id, item.policy, decision, as_of, key, tell)
        case "withdraw":
            ends = Withdrawal(
                body=file.body,
                date=day,
                minute=item.minute,
                signatory=signatory,
                reason=item.reason or "",
                replaced_by=item.replaced_by or "",
            )
            return withdrawal(root, school_id, item.policy, ends, as_of)
        case "defer" | "refuse":
            return None
        case _:
            assert_never(item.decision)


def _is_recorded(
    root: Path,
    school_id: str,
    day: datetime.date,
    file: MeetingFile,
    item: Item,
    problems: Problems,
) -> bool:
    """Whether this very decision stands in the register."""
    register = read_register(root, school_id, item.policy, problems)
    if register is None:
        return False
    for decided in register.facts.decisions:
        approval = decided.approval
        same = (approval.body, approval.date, approval.minute) == (
            file.body,
            day,
            item.minute.strip(),
        )
        if same and (item.decision == "withdraw" or item.version == decided.version):
            return True
    return False


# --- when the minutes are signed --------------------------------------------------------------------------------------


def sign_all(
    root: Path,
    school_id: str,
    day: datetime.date,
    signed_on: datetime.date,
    as_of: datetime.date,
    body: Body | None = None,
) -> tuple[tuple[str, str, str], ...]:
    """Record that the minutes of all decisions of a meeting have been signed; gives policy, version and minute of each.

    With a `body`, those of its decisions: two may have met on one day.

    Raises InputError, having written nothing, where there is none whose minutes are not signed yet.
    """
    problems = Problems()
    if not day <= signed_on <= as_of:
        says = "minutes are signed after the meeting, and not in days to come"
        problems.add("date-impossible", says, None, "write the day on which they were signed")
    signed, told = list[Register](), list[tuple[str, str, str]]()
    with one_register_at_a_time(root):
        for policy in registered_policies(root, school_id):
            register = read_register(root, school_id, policy, problems)
            if register is None:
                continue
            before = register
            for decided in before.facts.decisions:
                approval = decided.approval
                if approval.date != day or not approval.by_body or register.is_signed(decided):
                    continue
                if body not in (None, approval.body):
                    continue
                entry = MinutesEntry(
                    version=decided.version,
                    minute=approval.minute,
                    signed_on=signed_on,
                    previous="",
                )
                register = with_entry(register, entry)
                told.append((policy, decided.version, approval.minute))
            if register is not before:
                signed.append(register)
        if not told and not problems.has_errors:
            says = f"no decision of {long_date(day)} waits for its minutes to be signed"
            hint = f"see `policygen history {school_id}/POLICY`"
            problems.add("minutes-unknown", says, None, hint)
        problems.stop()
        write_registers(root, [(register, {}) for register in signed])
    return tuple(told)


# --- asking -----------------------------------------------------------------------------------------------------------


def open_items(root: Path, school_id: str, day: datetime.date) -> tuple[tuple[int, Item], ...]:
    """The approvals in the file of a meeting whose place for a minute is empty, by their number in it."""
    file = _read(root, paths.meeting_file(school_id, day))
    written = items_of(file.root, "decisions")
    return tuple(
        (number, item)
        for number, item in enumerate(file.value.decisions)
        if item.decision in ("approve", "review")
        and not item.minute.strip()
        and _has_minute(written[number])
    )


def _has_minute(node: Node) -> bool:
    return isinstance(node, MapNode) and "minute" in node.entries


def fill_in(root: Path, school_id: str, day: datetime.date, minutes: Mapping[int, str]) -> None:
    """Write minutes into the file of a meeting, by the number of the item; what has an empty one was put off."""
    path = paths.meeting_file(school_id, day)
    file = _read(root, path)
    lines = (root / path).read_text(encoding="utf-8").split("\n")
    for number, minute in minutes.items():
        key, value = (
            ("minute", json.dumps(minute, ensure_ascii=False)) if minute else ("decision", "defer")
        )
        place = file.place("decisions", number, key)
        line = lines[place.line - 1]
        start = place.column - 1
        lines[place.line - 1] = f"{line[:start]}{value}{line[start + place.length :]}"
    change(root, {path: as_text(root / path, "\n".join(lines))})


# --- the file ---------------------------------------------------------------------------------------------------------


def _read(root: Path, path: str) -> Located[MeetingFile]:
    """The file of a meeting. Raises InputError where it is not there or has problems."""
    problems = Problems()
    reader = Reader(root, problems)
    if not (root / path).exists():
        hint = "leave out `--record`: that makes the pack and the file; then fill in the minutes"
        raise InputError([_problem("file-unreadable", f"there is no file {path}", hint)])
    text = reader.text(reader.root / path)
    file = read_yaml(text, path, MeetingFile, problems) if text is not None else None
    if file is None or problems.has_errors:
        raise InputError(in_order(problems))
    return file


def _problem(rule: str, says: str, hint: str) -> Diagnostic:
    problems = Problems()
    problems.add(rule, says, None, hint)
    (diagnostic,) = problems
    return diagnostic
