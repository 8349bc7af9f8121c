"""What the cover note of a policy says to the body that decides about it: what is asked, what changed, and why."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policygen.compare.comparison import Comparison
from policygen.compare.summary import CLASSES, Redline, in_short
from policygen.compose.deviations import DeviationRow
from policygen.ground.dates import last_day, long_date, printed_day, printed_due, review_due
from policygen.ground.wording import agree, count, join_and, lower_first, sentence_case
from policygen.model.bodies import is_below, named_body, within_sentence
from policygen.model.question import in_words
from policygen.model.template import Body, Circular
from policygen.model.workspace import Edition
from policygen.register.cover_changes import (
    ChangeRow,
    Why,
    by_whom,
    change_rows,
    is_must,
    must_or_may,
)
from policygen.register.deciding import Case
from policygen.register.following import next_patch
from policygen.register.records import Approval, VersionRecord

_DONE = {
    "replace": "reworded",
    "omit": "left out",
    "add_before": "added to",
    "add_after": "added to",
}


@dataclass(frozen=True, slots=True)
class Departure:
    """One departure from agreed wording."""

    where: str
    """Such as "paragraph 4.1"."""
    done: str
    """Such as "reworded"."""
    reason: str
    agreed: str
    """By whom, and until when."""

    @property
    def what(self) -> str:
        """Such as "paragraph 4.1, reworded"."""
        return f"{self.where}, {self.done}"


@dataclass(frozen=True, slots=True)
class MainPoints:
    """What the issuer of an edition sums up in its circular."""

    name: str
    """Such as "Edition 2026.2"."""
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover note of one policy."""

    school: str
    title: str
    """Of the policy."""
    policy: str
    """As commands name it."""
    version: str
    code: str
    edition: str
    """With its issuer."""
    body_id: Body
    body: str
    """Such as "the full governing board"."""
    meeting: datetime.date | None
    asked: str
    because: str
    """Why this body decides, and who else does."""
    minute: str
    """The wording that is proposed for the minutes."""
    reason: str
    """Why there is a new version, and who prepared it."""
    points: tuple[MainPoints, ...]
    """Of each edition since the version with which the draft is compared; of a policy that is new, of its edition."""
    first: bool
    """Whether it is compared with the model text, for want of an approved version."""
    since: str
    """With what the draft is compared."""
    in_short: str
    rows: tuple[ChangeRow, ...]
    must: str
    consultation: str
    departures: tuple[Departure, ...]
    review: str
    ask: str
    """Who answers questions."""
    becomes: str = ""
    """Of a review without change: the version that records it; empty where a version is being prepared."""

    @property
    def name(self) -> str:
        """Which version of which policy."""
        return f"{self.title}, version {self.version}"


@dataclass(frozen=True, slots=True)
class Meeting:
    """Which body is to decide, when, and what it approved last."""

    body: Body
    day: datetime.date | None
    """None where no meeting is fixed."""
    on: datetime.date
    """The day of the meeting, or today."""
    before: VersionRecord | None = None
    """The version with which the draft is compared; None for the model text."""

    @property
    def approved_before(self) -> Approval | None:
        """Its own approval of that version; None where another body approved it."""
        approvals = self.before.approvals if self.before else ()
        return next((each for each in approvals if each.body == self.body), None)


def last_seen(versions: Sequence[VersionRecord], body: Body) -> VersionRecord | None:
    """The version that a body approved last; of a body that approved none, the last that any body approved."""
    approved = [each for each in versions if any(approval.minute for approval in each.approvals)]
    own = [each for each in approved if any(approval.body == body for approval in each.approvals)]
    return next(reversed(own or approved), None)


def cover(
    case: Case,
    meeting: Meeting,
    redline: Redline,
    whys: Mapping[str, Sequence[Why]],
    departures: Sequence[DeviationRow],
    questions: Sequence[str] = (),
    points: Sequence[MainPoints] = (),
) -> Cover:
    """The cover note of a policy for the body that decides about it.

    `redline` compares the draft with what that body approved last; `whys` says by id why clauses changed since, and
    `points` what the issuer sums up of each edition since.
    """
    document, comparison = case.document, redline.comparison
    body, circular = the_body(meeting.body, case), case.template.circular
    left = tuple(_departure(each, comparison) for each in departures)
    rows = change_rows(comparison, whys)
    return Cover(
        school=document.school_name,
        title=document.title,
        policy=case.policy,
        version=document.version,
        code=case.standing.content.code,
        edition=f"{document.issuer_name}, edition {document.edition}",
        body_id=meeting.body,
        body=body,
        meeting=meeting.day,
        asked=_asked(case, meeting),
        because=_because(case, meeting),
        minute=_minute(case, meeting, comparison, whys, left),
        reason=f"{case.adoption.value.reason.rstrip('.')}. Prepared by: {case.adoption.value.author}.",
        points=tuple(points),
        first=meeting.before is None,
        since=_since(case, meeting),
        in_short=_in_short(case, meeting, comparison),
        rows=rows,
        must=_must(case, meeting, comparison, whys) + _answered(case, questions),
        consultation=_consultation(document.issuer_name, circular),
        departures=left,
        review=_review(case, meeting),
        ask=_ask(case),
    )


def review_cover(
    case: Case,
    last: VersionRecord,
    meeting: Meeting,
    same: Redline,
    departures: Sequence[DeviationRow],
    newer: str,
) -> Cover:
    """The cover note of a policy that is reviewed and is to stay the `same`; `newer` is an edition that is out."""
    document = case.document
    what = f"version {last.version} of “{document.title}”"
    who = sentence_case(the_body(meeting.body, case))
    due = printed_due(last.next_review, last.review_term)
    next_due = _due_with_preposition(case, meeting)
    out = f"Edition {newer} of the model policy is out. This review does not take it up."
    return Cover(
        school=document.school_name,
        title=document.title,
        policy=case.policy,
        version=last.version,
        code=last.content.code,
        edition=f"{document.issuer_name}, edition {last.edition}",
        body_id=meeting.body,
        body=the_body(meeting.body, case),
        meeting=meeting.day,
        asked=f"{who} is asked to review {what}, which is in force, and to leave it as it is.",
        because=_because(case, meeting),
        minute=(
            f"{who} reviewed {what}, content code {last.content.code}, left it as it is, and noted that its next "
            f"review is due {next_due}."
        ),
        reason=f"Its review is due: {due}.",
        points=(),
        first=False,
        since=_since(case, meeting),
        in_short="No change is proposed.",
        rows=(),
        must=out if newer else "",
        consultation="",
        departures=tuple(_departure(each, same.comparison) for each in departures),
        review=_review(case, meeting),
        ask=_ask(case),
        becomes=next_patch(last.version),
    )


def main_points(editions: Sequence[Edition]) -> tuple[MainPoints, ...]:
    """What the issuer sums up of each edition. Words that a later circular repeats stand once."""
    found = []
    told: set[str] = set()
    for edition in editions:
        template = edition.file.value
        if template.circular is None:
            continue
        texts = tuple(text for text in template.circular.summary if text not in told)
        told.update(texts)
        if texts:
            found.append(MainPoints(f"Edition {template.edition}", texts))
    return tuple(found)


def the_body(body: str, case: Case) -> str:
    """A body within a sentence: "the full governing board", "the Headteacher"."""
    return within_sentence(body, named_body(body, case.school))


# --- what is asked ----------------------------------------------------------------------------------------------------


def _turn(case: Case, meeting: Meeting) -> int:
    """Which of the bodies decides: 0 for the first."""
    done = case.standing.register.endorsements(case.document.version, case.standing.content.digest)
    if done or meeting.body == case.bodies[-1]:
        return len(case.bodies) - 1
    return 0


def _asked(case: Case, meeting: Meeting) -> str:
    what = f"version {case.document.version} of “{case.document.title}”"
    instead = _instead(case)
    later = _passed_on(case, meeting)
    then = f" and to pass it on to {later}" if later else ""
    return (
        f"{sentence_case(the_body(meeting.body, case))} is asked to approve {what}{instead}{then}."
    )


def _instead(case: Case) -> str:
    """What the version comes in place of: an earlier one, or nothing where the policy was withdrawn."""
    last, withdrawn = case.standing.last, case.standing.withdrawn
    if withdrawn:
        minute = withdrawn.entry.approval.minute
        on = long_date(withdrawn.on)
        return f", which brings back into force what was withdrawn on {on} under minute {minute}"
    if not last:
        return ""
    return f", in place of version {last.version}"


def _passed_on(case: Case, meeting: Meeting) -> str:
    """The body that decides after this one; empty where this one decides last."""
    if _turn(case, meeting) < len(case.bodies) - 1:
        return the_body(case.bodies[1], case)
    return ""


def _because(case: Case, meeting: Meeting) -> str:
    least = ", then ".join(the_body(each, case) for each in case.template.adoption.bodies)
    turn = _turn(case, meeting)
    higher = ""
    if case.template.adoption.body in ("head", "committee"):
        higher = " or a higher body"
    said = [f"The model policy asks for approval by {least}{higher}."]
    below = is_below(meeting.body, case.bodies[turn])
    delegation = None
    if below:
        delegation = case.delegation(meeting.body, "approval", meeting.on)
    if delegation:
        said = [
            f"The model policy asks for {least}, which delegated this under minute {delegation.minute}."
        ]
    elif case.bodies != case.template.adoption.bodies:
        said.append(
            f"This school has it approved by {', then '.join(the_body(each, case) for each in case.bodies)}."
        )
    if len(case.bodies) > 1 and turn:
        said.append(_first_decision(case))
    if not case.standing.last:
        said.append(_replaced(case))
    return " ".join(said)


def _first_decision(case: Case) -> str:
    first = case.standing.register.endorsements(case.document.version, case.standing.content.digest)
    who = sentence_case(the_body(case.bodies[0], case))
    if not first:
        return f"{who} has yet to decide."
    given = first[-1].approval
    return f"{who} approved this very content on {long_date(given.date)}, minute {given.minute}."


def _replaced(case: Case) -> str:
    earlier = case.adoption.value.history
    if not earlier:
        return "It is the first adoption: no earlier version is on record that it would replace."
    last = earlier[-1]
    minute = f", minute {last.minute}" if last.minute else ""
    of = "its date is not recorded"
    if last.date:
        of = printed_day(last.date)
    return f"It is the first adoption of this model policy, and replaces version {last.version} ({of}{minute})."


def _minute(
    case: Case,
    meeting: Meeting,
    comparison: Comparison,
    whys: Mapping[str, Sequence[Why]],
    departures: Sequence[Departure],
) -> str:
    document = case.document
    instead = _instead(case)
    later = _passed_on(case, meeting)
    passed_on = ""
    if later:
        passed_on = f"passed it on to {later} for decision, "
    notes = [note for note in (_noted_changes(case, meeting, comparison, whys),) if note.words]
    if departures:
        notes.append(_noted_departures(departures))
    notes.append(_Note(f"that its next review is due {_due_with_preposition(case, meeting)}"))
    return (
        f"{sentence_case(the_body(meeting.body, case))} approved version {document.version} of “{document.title}”, "
        f"content code {case.standing.content.code}{instead}, "
        f"{passed_on}and noted {_listed(notes)}."
    )


@dataclass(frozen=True, slots=True)
class _Note:
    """What a body notes beside its decision."""

    words: str
    with_commas: bool = False
    """Whether a comma has to close it before an "and"."""


def _listed(notes: Sequence[_Note]) -> str:
    if len(notes) == 2 and notes[0].with_commas:
        return f"{notes[0].words}, and {notes[1].words}"
    return join_and(note.words for note in notes)


def _noted_changes(
    case: Case, meeting: Meeting, comparison: Comparison, whys: Mapping[str, Sequence[Why]]
) -> _Note:
    """How many changes there are since the version with which the draft is compared; nothing for a first adoption."""
    if meeting.before is None:
        return _Note("")
    changes = comparison.changes
    words = count(len(changes), "change")
    if not changes and comparison.differs:
        words = in_short(comparison)
    if meeting.before is not case.standing.last:
        words += f" since version {meeting.before.version}"
    must = sum(is_must(pair, whys) is True for pair in changes)
    if must:
        edition = case.document.edition
        words += f", of which {must} {agree(must, 'is', 'are')} required by edition {edition}"
    return _Note(words, with_commas=must > 0)


def _noted_departures(departures: Sequence[Departure]) -> _Note:
    where = join_and(departure.where for departure in departures[:3])
    others = len(departures) - 3
    more = f" and {count(others, 'other place')}" if others > 0 else ""
    return _Note(
        f"that it departs from agreed wording, with leave, in {where}{more}", with_commas=True
    )


# --- the next review --------------------------------------------------------------------------------------------------


def _review_day(case: Case, meeting: Meeting) -> datetime.date | None:
    """The last day for the next review; None while the day of the last decision is not known.

    It counts from the approval of the body that decides last, whichever body this note is for.
    """
    if meeting.day is None or _passed_on(case, meeting):
        return None
    return last_day(review_due(meeting.day, case.document.review_months, case.document.review_term))


def _due(case: Case, meeting: Meeting) -> str:
    months, term = case.document.review_months, case.document.review_term
    day = _review_day(case, meeting)
    if day is not None:
        return printed_due(day, term)
    span = count(months, "month") if months % 12 else count(months // 12, "year")
    later = _passed_on(case, meeting)
    after = f"{span} after approval"
    if later:
        after = f"{span} after approval by {later}"
    return f"{after}, in {term}" if term else after


def _due_with_preposition(case: Case, meeting: Meeting) -> str:
    due = _due(case, meeting)
    if _review_day(case, meeting) is None:
        return due
    if case.document.review_term:
        return f"in {due}"
    return f"on {due}"


def _review(case: Case, meeting: Meeting) -> str:
    due = f"{sentence_case(_due(case, meeting))}, if approved."
    last = case.standing.last
    if last is None or case.standing.withdrawn:
        return due
    return f"{due} The version in force is due on {long_date(last.next_review)}."


# --- what changed -----------------------------------------------------------------------------------------------------


def _since(case: Case, meeting: Meeting) -> str:
    before, own = meeting.before, meeting.approved_before
    if before is None:
        return f"Compared with the model text of edition {case.document.edition}, filled in with this school’s answers"
    if own:
        said = f"Since version {before.version}, which {the_body(meeting.body, case)} approved on {long_date(own.date)}"
        said += f", minute {own.minute}"
    else:
        by = join_and(lower_first(each.name) for each in before.approvals)
        said = f"Since version {before.version}, approved by the {by} on {long_date(before.released)}; "
        said += f"{the_body(meeting.body, case)} has approved no version before"
    versions = case.standing.register.versions
    later = versions[versions.index(before) + 1 :]
    if not later:
        return said
    named = join_and(
        f"{each.version} ({_kind(each)}, {long_date(each.released)})" for each in later
    )
    return f"{said}. Included: what came into force since then with {named}"


def _kind(version: VersionRecord) -> str:
    if version.change == "review":
        return "reviewed, and the same"
    return CLASSES[version.change]


def _in_short(case: Case, meeting: Meeting, comparison: Comparison) -> str:
    if not comparison.differs:
        if meeting.before is not None:
            return ""
        return "The school takes the model text as it stands, with its own answers."
    if not comparison.changes:
        return f"{sentence_case(in_short(comparison))}."
    issuer = case.document.issuer_name
    owners = Counter(by_whom(pair, issuer) for pair in comparison.changes)
    by = (
        [f"{who} ({number})" for who, number in owners.most_common()]
        if len(owners) > 1
        else [*owners]
    )
    said = f"{sentence_case(in_short(comparison))}. Decided by {join_and(by)}."
    if meeting.before is None:
        return said
    if {comparison.change, case.standing.change} == {"editorial"}:
        return f"{said} None of it is a change of substance{_may_accept(case, meeting)}."
    return f"{said} Some of it is a change of substance, so a body has to approve it."


def _may_accept(case: Case, meeting: Meeting) -> str:
    able = [
        each
        for each in case.school.delegations
        if case.delegation(each.to, "editorial", meeting.on) == each
    ]
    named = (
        f"{the_body(each.to, case)} could accept it under minute {each.minute}" for each in able[:1]
    )
    return "".join(f"; {each}" for each in named)


# --- must or may, departures, whom to ask -----------------------------------------------------------------------------


def _must(
    case: Case, meeting: Meeting, comparison: Comparison, whys: Mapping[str, Sequence[Why]]
) -> str:
    document = case.document
    circular = case.template.circular
    until = ""
    if circular and circular.by_when:
        until = f" The issuer says: “{circular.by_when}”"
    if meeting.before is None:
        who = sentence_case(the_body(meeting.body, case))
        said = f"{who} may adopt the model policy (edition {document.edition}) or not. Agreed wording is taken as it"
        return f"{said} stands, or departed from with leave; other wording may be adapted.{until}"
    if comparison.old.edition == document.edition:
        return f"The model policy is the same (edition {document.edition}). The changes are the school’s own choice."
    return f"{must_or_may(comparison, whys)}{until}"


def _answered(case: Case, questions: Sequence[str]) -> str:
    """The questions that are new since the version before, with what the school answered."""
    said = []
    for name in questions:
        answer = case.adoption.value.answers.get(name)
        if answer is not None:
            question = case.template.questions[name]
            said.append(f"“{question.ask}” {sentence_case(in_words(question, answer))}.")
    if not said:
        return ""
    return f" New {agree(len(said), 'question', 'questions')}, as the school answered: {' '.join(said)}"


def _consultation(issuer: str, circular: Circular | None) -> str:
    if circular is None or not circular.consultation:
        return f"{issuer} names no consultation for this edition."
    return circular.consultation


def _departure(row: DeviationRow, comparison: Comparison) -> Departure:
    units = [pair.unit for pair in comparison.pairs if row.clause in pair.ids and pair.unit.label]
    where = f"“{row.clause}”"
    if units:
        label, is_clause = units[0].label, units[0].kind == "clause"
        where = f"paragraph {label}" if is_clause else label
    until = ", without an end"
    if row.until:
        until = f", until {long_date(row.until)}"
    return Departure(where, _DONE[row.done], row.reason, f"{row.agreed_by}{until}")


def _ask(case: Case) -> str:
    school = f"About this school’s choices: {case.adoption.value.author}."
    return f"{school} About the model policy: {case.template.contact}."
