"""Generated lives of a policy: on every day all views of it say the same, and none knows what came later."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.ground.diagnostics import Problems
from policygen.language.document import VersionRow
from policygen.model.adoption import StartedAdoption
from policygen.project.approve import _case
from policygen.project.check import Selection, check
from policygen.register.correcting import NEVER, Correctable, Correction, correct
from policygen.register.corrections import told
from policygen.register.deciding import new_version
from policygen.register.due import (
    Prepared,
    approval_due,
    minutes_due,
    prepared,
    version_in_force,
)
from policygen.register.following import next_patch
from policygen.register.history import as_json, as_text, history, past_versions
from policygen.register.records import (
    Approval,
    Content,
    CorrectionEntry,
    EndorsementEntry,
    FrozenFile,
    MinutesEntry,
    SignaturesEntry,
    VersionEntry,
    WithdrawalEntry,
)
from policygen.register.state import Register, with_entry
from tests.support import editions
from tests.support.register import freeze, registered, sign_minutes
from tests.support.workspace import ADOPTION, AS_OF, Workspace, run_in

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.register.deciding import Case
    from policygen.register.records import ChangeClass, Entry, VersionRecord

Event = Literal[
    "board",
    "editorial",
    "details",
    "review",
    "committee",
    "minutes",
    "signatures",
    "upgrade",
    "withdrawal",
    "correction",
    "undone",
]
EVENTS: list[Event] = [*get_args(Event)]
DECIDED = ("board", "editorial", "details", "review")
"""What makes a version; while none is in force only a board can."""
BEGIN = datetime.date(2026, 10, 1)
BEFORE = (
    VersionRow("0.1", datetime.date(2024, 3, 1), "Head", "First adopted", "7"),
    VersionRow("0.2", BEGIN - datetime.timedelta(days=20), "Head", "Reviewed", "8"),
)
FOLDER = "schools/oak/register/tiny"
LATER = re.compile(r"\d{4}-\d{2}-\d{2}")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A real policy whose lives are told: composed once."""
    root = Workspace(tmp_path_factory.mktemp("lives")).write()
    (composed,) = check(
        root, [Selection("oak", "tiny")], datetime.date.fromisoformat(AS_OF)
    ).policies
    return _case(composed)


@dataclass
class Life:
    """One policy that lives on; each event adds to its register what the commands add."""

    case: Case
    edition: int = 1
    number: int = 0
    minutes: int = 0
    register: Register = field(init=False)
    days: dict[datetime.date, Register] = field(default_factory=dict)
    """The register as it was at the end of each day."""

    def __post_init__(self) -> None:
        self.register = Register(self.case.standing.register.file)

    def happens(self, event: Event, day: datetime.date) -> None:
        last = self.register.latest
        match event:
            case "upgrade":
                self.edition += 1
            case "committee":
                self._add(self._endorsement(day))
            case _ if last is None or (self.register.withdrawn and event in DECIDED):
                self._version("material", day, self._decisions(day))
            case "withdrawal":
                if not self.register.withdrawn:
                    approval = self._approval("full-board", day)
                    self._add(
                        WithdrawalEntry(
                            version=last.version, approval=approval, reason="No use", previous=""
                        )
                    )
            case "board":
                self._version("material", day, self._decisions(day))
            case "editorial":
                approval = Approval(
                    body="head", name="Headteacher", date=day, minute="", delegation="4.3"
                )
                self._version("editorial", day, (approval,))
            case "details":
                self._version("details", day, ())
            case "review":
                self._version("review", day, (self._approval("full-board", day),))
            case "correction":
                self._add(self._correction(last, day))
            case "undone":
                if withdrawn := self.register.withdrawn:
                    was = str(withdrawn.on)
                    self._add(self._corrected(last, day, fact="withdrawal", was=was, to=NEVER))
            case "minutes":
                withdrawn = self.register.withdrawn
                drafts = self.register.unsigned(last.version)
                if withdrawn and withdrawn.minutes_status == "draft":
                    drafts = (*drafts, withdrawn.entry.approval)
                for approval in drafts[:1]:
                    self._add(
                        MinutesEntry(
                            version=last.version,
                            minute=approval.minute,
                            signed_on=day,
                            previous="",
                        )
                    )
            case "signatures":
                name = f"signatures/{len(self.register.signatures) + 1:04}.csv"
                self._add(
                    SignaturesEntry(
                        version=last.version, file=name, sha256="", recorded=day, previous=""
                    )
                )
        self.days[day] = self.register

    def _next(self) -> str:
        return f"1.{self.number}"

    def _approval(self, body: str, day: datetime.date) -> Approval:
        self.minutes += 1
        return Approval(body=body, name=body, date=day, minute=f"{self.minutes}.1")

    def _correction(self, last: VersionRecord, day: datetime.date) -> CorrectionEntry:
        """The author of the last version and, where a body decided, the minute, or that of the withdrawal."""
        author, withdrawn = last.amendment.author, self.register.withdrawn
        decided = withdrawn.entry.approval if withdrawn else (last.approvals or (None,))[-1]
        if decided is None or not decided.by_body:
            return self._corrected(last, day, fact="author", was=author, to=f"{author}x")
        was, to = decided.minute, f"9{decided.minute}"
        return self._corrected(
            last, day, fact="minute", was=was, to=to, withdrawal=withdrawn is not None
        )

    def _corrected(self, last: VersionRecord, day: datetime.date, **asked: Any) -> CorrectionEntry:
        entry, told = self.corrects(day, version=last.version, **asked)
        assert entry is not None, told
        return entry

    def corrects(self, day: datetime.date, **asked: Any) -> tuple[CorrectionEntry | None, str]:
        """The entry of a correction, which is not added; None, with what stands against it."""
        correction = Correction(by="Clerk", reason="Typed wrong", **asked)
        bodies = ("committee", "full-board")
        found = Correctable(self.register, self.case.school, self.case.document, None, bodies)
        problems = Problems()
        entry = correct(found, correction, day, problems)
        return entry, "; ".join(each.message for each in problems)

    def mends(self, day: datetime.date, **asked: Any) -> str:
        """Add a correction where nothing stands against it; else say what does."""
        entry, told = self.corrects(day, **asked)
        if entry is not None:
            self._add(entry)
        return told

    def _endorsement(self, day: datetime.date) -> EndorsementEntry:
        return EndorsementEntry(
            version=self._next(),
            content=self.case.standing.content,
            approval=self._approval("committee", day),
            previous="",
        )

    def _decisions(self, day: datetime.date) -> tuple[Approval, ...]:
        """That of the board, after that of the committee, where it has decided about this version."""
        first = [entry.approval for entry in self.register.pending if entry.version == self._next()]
        return (*first[-1:], self._approval("full-board", day))

    def _version(
        self, change: ChangeClass, day: datetime.date, approvals: tuple[Approval, ...]
    ) -> None:
        last, number = self.register.latest, self._next()
        if last and change in ("details", "review"):
            number = next_patch(last.version)
        else:
            self.number += 1
        document = replace(self.case.document, version=number, edition=f"2026.{self.edition}")
        standing = replace(self.case.standing, register=self.register, prepared=number)
        now = replace(self.case, document=document, standing=standing)
        record = new_version(now, number, change, f"Reason {number}", day, approvals)
        files = {f"tiny.{ending}": FrozenFile(bytes=1, sha256="0") for ending in ("html", "pdf")}
        record = record.model_copy(update={"files": files})
        self.register = Register(self.register.file, {**self.register.frozen, number: record})
        self._add(VersionEntry(version=number, sha256=number, previous=""))

    def _add(self, entry: Entry) -> None:
        self.register = with_entry(self.register, entry)


def views(register: Register, day: datetime.date) -> dict[str, object]:
    """What is said of a policy on a day, by the name of who says it. The files are those of the last version."""
    past = history(register, BEFORE, FOLDER, day)
    last = register.versions[-1]
    adoption = StartedAdoption(edition=last.edition, version=last.version)
    in_force = past_versions(register, BEFORE, day)[-1]
    preparing = prepared(register, adoption, day, BEGIN)
    return {
        "history": as_json(past),
        "history in words": as_text(past),
        "in force": replace(in_force, corrections=()),
        "minutes": minutes_due(register.until(day)),
        "to do": approval_due(in_force, preparing, withdrawn=in_force.withdrawn is not None),
    }


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(EVENTS)), min_size=1, max_size=12))
def test_no_view_of_a_day_knows_what_came_later(
    case: Case, events: list[tuple[int, Event]]
) -> None:
    """The whole life, seen on a day in its past, is the life that ended on that day, but for what was mended since."""
    life, day = Life(case), BEGIN
    for gap, event in (*events, (1, "board")):
        day += datetime.timedelta(days=gap)
        life.happens(event, day)
    whole = life.register
    assert life.days
    for then, register in life.days.items():
        if register.versions:
            assert views(whole, then) == views(_corrected_since(register, whole), then)
        plain = as_json(history(whole, BEFORE, FOLDER, then))
        dated = [
            version | {"next_review": None, "corrections": []} for version in plain["versions"]
        ]
        named = LATER.findall(json.dumps([dated, plain["pending"]]))
        assert not [each for each in named if datetime.date.fromisoformat(each) > then]


def _corrected_since(register: Register, whole: Register) -> Register:
    """A register of a day in the past with what was recorded by mistake until then, and noticed later."""
    written = len(register.file.entries)
    known = {each.version for each in (*register.versions, *register.pending)}
    for entry in whole.file.entries[written:]:
        if isinstance(entry, CorrectionEntry) and entry.version in known:
            register = with_entry(register, entry)
    return register


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(EVENTS)), min_size=1, max_size=12))
def test_all_views_of_a_day_say_the_same(case: Case, events: list[tuple[int, Event]]) -> None:
    """Version, edition, class, dates, body, minute and next review: of the version in force there is one of each."""
    life, day = Life(case), BEGIN
    for gap, event in events:
        day += datetime.timedelta(days=gap)
        life.happens(event, day)
    rows = [
        {
            "version": row.version,
            "date": str(row.date),
            "author": row.author,
            "reason": row.reason,
            "minute": row.minute,
        }
        for row in BEFORE
    ]
    adoption = StartedAdoption.model_validate({"edition": "2026.1", "history": rows})
    for then in (*life.days, day + datetime.timedelta(days=1)):
        in_force = version_in_force(life.register, adoption, then)
        past = as_json(history(life.register, BEFORE, FOLDER, then))["versions"]
        said = past[-1]
        assert (in_force is None) == bool(said.get("withdrawn"))
        if in_force is None:
            assert life.register.in_force(then) is None
            assert said["until"] == said["withdrawn"]["on"] <= str(then)
            continue
        assert said["until"] is None
        assert (in_force.version, str(in_force.since)) == (said["version"], said["from"])
        if in_force.record is None:
            assert not said["verifiable"]
            continue
        record = in_force.record
        assert record == life.register.in_force(then)
        assert (said["edition"], said["change"]) == (in_force.edition, in_force.row.change)
        assert in_force.review((12, "")) == (record.next_review, record.review_term)
        assert said["next_review"] == str(record.next_review)
        # The decision on which it stands is the last one of a body in the versions so far.
        decided = [
            approval
            for version in past
            if version["verifiable"]
            for approval in version["approvals"]
            if approval["minute"]
        ]
        assert (str(in_force.approved), in_force.body, in_force.minute) == (
            decided[-1]["date"],
            decided[-1]["name"],
            decided[-1]["minute"],
        )
        drafts = {due.says for due in minutes_due(life.register.until(then))}
        assert any(f" {in_force.version} to be signed" in says for says in drafts) == (
            said["minutes_status"] == "draft"
        )


@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(EVENTS)), min_size=2, max_size=9),
    st.lists(st.tuples(st.integers(0, 20), st.integers(-12, 12)), min_size=1, max_size=4),
)
def test_however_days_are_corrected_each_follows_from_the_one_before(
    case: Case, events: list[tuple[int, Event]], moves: list[tuple[int, int]]
) -> None:
    """A version is in force from its own day, or from that of the one before it, and a withdrawal ends it."""
    life, day = Life(case), BEGIN
    for gap, event in ((1, "board"), *events):
        day += datetime.timedelta(days=gap)
        life.happens(event, day)
    for number, shift in moves:
        decisions = life.register.facts.decisions
        if not decisions:
            continue
        decided = decisions[number % len(decisions)]
        was = decided.approval.date
        withdrawal = decided.decision == "withdrawal"
        to = str(was + datetime.timedelta(days=shift))
        meant = {"version": decided.version, "withdrawal": withdrawal, "was": str(was), "to": to}
        life.mends(day, fact="date", body=decided.approval.body, **meant)
    register, before = life.register, BEGIN - datetime.timedelta(days=99)
    assert register.versions
    decided_on = before
    for record in register.versions:
        own = record.approvals[-1].date if record.approvals else record.released
        assert record.released == max(own, before)
        assert record.change == "details" or own >= decided_on
        assert all(each.date <= own for each in record.approvals)
        decided_on = decided_on if record.change == "details" else record.approvals[-1].date
        before = record.released
        if withdrawn := register.withdrawals.get(record.version):
            meeting = withdrawn.entry.approval.date
            assert (meeting >= decided_on, withdrawn.on) == (True, max(meeting, before))
            decided_on = before = withdrawn.on
    for key, signed_on in register.facts.signed.items():
        assert [each for each in register.facts.decisions if each.key == key]
        assert all(
            each.approval.date <= signed_on for each in register.facts.decisions if each.key == key
        )


def test_a_body_decides_about_a_version_once(case: Case) -> None:
    """Two decisions of one body could not be told apart: no correction makes two of one."""
    life = Life(case)
    life.happens("committee", BEGIN)
    life.happens("board", BEGIN)
    meant = {"fact": "body", "version": "1.0", "was": "committee"}
    said = life.mends(BEGIN, **meant, to="full-board")
    assert said == "`full-board` decided about version `1.0` on 1 October 2026, too"
    assert life.mends(BEGIN, **meant, to="trust-board") == ""
    assert life.mends(BEGIN, fact="minute", version="1", was="2.1", to="5.1") == ""
    minutes = [(each.body, each.minute) for each in life.register.versions[0].approvals]
    assert life.register.named("one") is None
    assert minutes == [("trust-board", "1.1"), ("full-board", "5.1")]
    lower = life.mends(BEGIN, fact="body", version="1", was="full-board", to="committee")
    assert lower == "this needs approval by `full-board`; `committee` is below that"


def test_a_decision_about_other_words_is_another_one(case: Case) -> None:
    """A first body decided twice, for the text had changed: what is corrected of the one leaves the other."""
    life = Life(case)
    life.happens("committee", BEGIN)
    first = life.register.pending[0]
    changed = Content(digest="0" * 64, code="0000-0000")
    life._add(first.model_copy(update={"content": changed}))
    assert life.mends(BEGIN, fact="minute", version="1.0", was="1.1", to="7.1") == ""
    assert life.mends(BEGIN, fact="body", version="1.0", was="committee", to="full-board") == ""
    told = [(each.approval.body, each.approval.minute) for each in life.register.pending]
    assert told == [("committee", "1.1"), ("full-board", "7.1")]
    past = history(life.register, (), FOLDER, BEGIN)
    assert [len(past.corrections_of(each)) for each in life.register.pending] == [0, 2]


def test_what_a_role_accepted_no_body_decides(case: Case) -> None:
    life = Life(case)
    life.happens("board", BEGIN)
    life.happens("editorial", BEGIN)
    for fact, was, to in (
        ("minute", "", "9"),
        ("body", "head", "full-board"),
        ("signatory", "", "Ann"),
    ):
        said = life.mends(BEGIN, fact=fact, version="1.1", was=was, to=to)
        assert said == "no body decided about version `1.1`"


def test_a_version_that_waited_for_new_details_follows_them(case: Case) -> None:
    """It was decided before they were released; where they were so on another day, it is in force from then on."""
    life, day = Life(case), BEGIN + datetime.timedelta(days=9)
    life.happens("board", BEGIN)
    life.happens("details", day)
    life.happens("board", BEGIN + datetime.timedelta(days=4))
    assert [each.released.day for each in life.register.versions] == [1, 10, 10]
    moved = {"fact": "date", "version": "1.0.1", "was": str(day), "to": "2026-10-07"}
    entry, _ = life.corrects(day, **moved)
    assert entry is not None
    assert list(told(entry)) == [
        ("in force from", "10 October 2026", "7 October 2026"),
        ("version 1.1 in force from", "10 October 2026", "7 October 2026"),
    ]
    assert life.mends(day, **moved) == ""
    assert life.mends(day, **(moved | {"was": "2026-10-07", "to": "2026-10-02"})) == ""
    assert [each.released.day for each in life.register.versions] == [1, 2, 5]
    assert "`1.1` was decided on 5 October" in life.mends(
        day, fact="date", version="1.0", was=str(BEGIN), to="2026-10-06"
    )


def test_two_bodies_may_have_one_number_for_their_minutes(case: Case) -> None:
    """Those that are not signed yet are meant, one after the other."""
    life = Life(case)
    life.happens("committee", BEGIN)
    life.happens("board", BEGIN)
    assert life.mends(BEGIN, fact="minute", version="1.0", was="2.1", to="1.1") == ""
    for left in (["full-board"], []):
        life.happens("minutes", BEGIN)
        assert [each.body for each in life.register.unsigned("1.0")] == left
    life.happens("withdrawal", BEGIN)
    own = {"fact": "minute", "version": "1.0", "withdrawal": True}
    assert life.mends(BEGIN, **own, was="3.1", to="1.1") == ""
    life.happens("minutes", BEGIN)
    assert life.register.withdrawn
    assert life.register.withdrawn.minutes_status == "signed"


def test_a_first_bodys_decision_shows_until_the_second_has_decided(case: Case) -> None:
    """With who decided, when, under which minute, and who decides next."""
    life = Life(case)
    life.happens("committee", BEGIN)
    (entry,) = life.register.pending
    (due,) = approval_due(
        None, Prepared("1.0", decided=entry, waits_for="the full governing board")
    )
    assert due.says == (
        "1.0 to be approved by the full governing board; approved by committee, 1 Oct 2026, minute 1.1"
    )
    assert (
        "1.0  not in force yet\n      approved by committee, 1 October 2026, minute 1.1"
        in as_text(history(life.register, (), FOLDER, BEGIN))
    )
    changed = Prepared("1.0", decided=entry, holds=False)
    assert approval_due(None, changed)[0].says == (
        "1.0 to be approved anew: changed since it was approved by committee, 1 Oct 2026, minute 1.1"
    )
    life.happens("board", BEGIN + datetime.timedelta(days=7))
    assert life.register.pending == ()
    assert [approval.minute for approval in life.register.versions[0].approvals] == ["1.1", "2.1"]


# --- the commands, of one life on disk --------------------------------------------------------------------------------

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LIFE_ENDS = datetime.date(2026, 11, 20)


@pytest.fixture(scope="module")
def life_on_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions and four versions: adopted, a slip mended, brought to the new edition, and new details."""
    root = Workspace(tmp_path_factory.mktemp("life")).write()
    editions.freeze(root, "tiny", "2026.1", issued="2026-03-01")
    freeze(root, "2.0", "2026-03-12", minute="19.2", minutes="draft")
    sign_minutes(root, "2.0", "19.2", "2026-06-01")
    _prepares(
        root, ("history:", "  count: {omit: yes, reason: A slip}\nhistory:"), ('"2.0"', '"2.1"')
    )
    _amends(root, "count: editorial")
    freeze(root, "2.1", "2026-09-01", change="editorial", clauses={"count": "editorial"})
    section = root / "templates/tiny/sections/lost-keys.md"
    section.write_text(section.read_text().replace("A lost key", "Any lost key"))
    editions.freeze(root, "tiny", "2026.2", issued="2026-10-12")
    _prepares(root, ('edition: "2026.1"', 'edition: "2026.2"'), ('"2.1"', '"2.2"'))
    _amends(root, "report-loss: material")
    grave: dict[str, ChangeClass] = {"report-loss": "material"}
    freeze(root, "2.2", "2026-11-12", minute="23.1", minutes="draft", clauses=grave)
    freeze(root, "2.2.1", "2026-11-16", change="details")
    return root


def _prepares(root: Path, *changes: tuple[str, str]) -> None:
    """What the school writes into its adoption for the next version."""
    text = (root / ADOPTION).read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (root / ADOPTION).write_text(text)


def _amends(root: Path, amends: str) -> None:
    text = re.sub(r"amends: .*\n", "", (root / ADOPTION).read_text())
    (root / ADOPTION).write_text(f"{text}amends: {{{amends}}}\n")


def _said_by(root: Path, day: datetime.date, *arguments: str) -> Any:
    result = run_in(root, *arguments, "--format", "json", "--as-of", day.isoformat())
    assert (result.stderr, result.code) == ("", 0)
    return json.loads(result.stdout)


def _days_around(root: Path) -> list[datetime.date]:
    """The day before, of and after everything that happened, and the last."""
    happened = [record.released for record in registered(root).versions]
    happened += [datetime.date(2026, 6, 1), datetime.date(2026, 10, 12)]
    around = {day + datetime.timedelta(days=by) for day in happened for by in (-1, 0, 1)}
    return sorted({*around, LIFE_ENDS})


def test_every_command_says_the_same_of_a_day_and_nothing_later(life_on_disk: Path) -> None:
    """`status`, `history`, `fleet` and the website: one edition, class, day, body, minute and next review."""
    days = _days_around(life_on_disk)
    assert len(days) > 6
    for day in days:
        (status,) = _said_by(life_on_disk, day, "status", "oak/tiny")["policies"]
        past = _said_by(life_on_disk, day, "history", "oak/tiny")
        fleet = _said_by(life_on_disk, day, "fleet", "tiny")
        (row,) = fleet["adoptions"]
        later = [
            day_said
            for said in (status, past["versions"], row, fleet["policies"])
            for day_said in DAY.findall(_without_what_is_due(said))
            if datetime.date.fromisoformat(day_said) > day
        ]
        assert later == []
        assert status["next_edition"] is None
        in_force = status["in_force"]
        if in_force is None or not in_force["in_register"]:
            assert not any(version["verifiable"] for version in past["versions"])
            continue
        last = past["versions"][-1]
        record = registered(life_on_disk).in_force(day)
        assert record is not None
        assert record.version == in_force["version"] == last["version"] == row["version"]
        assert record.edition == in_force["edition"] == last["edition"] == row["edition"]
        assert record.edition == status["edition"]
        assert record.change == in_force["change"] == last["change"]
        assert str(record.released) == in_force["since"] == last["from"]
        assert str(record.next_review) == in_force["next_review"] == last["next_review"]
        assert in_force["approved"] == row["approved"]
        published = _published(life_on_disk, day)
        assert [version["version"] for version in published] == [
            version["version"] for version in past["versions"] if version["verifiable"]
        ]
        shown = published[-1]
        assert (shown["edition"], shown["content"]) == (last["edition"], last["content"])
        assert (shown["in_force_from"], shown["superseded_on"]) == (last["from"], None)
        assert shown["next_review"] == last["next_review"]
        assert f"minute {in_force['minute']}" in shown["approved"]


def _without_what_is_due(said: Any) -> str:
    """What was said, but for the days that lie ahead for whoever asks on that day."""
    if isinstance(said, list):
        return " ".join(_without_what_is_due(each) for each in said)
    kept = {key: value for key, value in said.items() if key not in ("next_review", "due")}
    if isinstance(kept.get("in_force"), dict):
        kept["in_force"] = {**kept["in_force"], "next_review": None}
    return json.dumps(kept)


def _published(root: Path, day: datetime.date) -> list[dict[str, Any]]:
    result = run_in(root, "site", "oak", "--as-of", day.isoformat())
    assert result.code == 0, result
    index = json.loads((root / "output/site/oak/policies/policies.json").read_text())
    versions: list[dict[str, Any]] = index["policies"][0]["versions"]
    return versions


@pytest.mark.parametrize(
    ("old", "new", "classes"),
    [
        ("2.0", "2.1", {"count": "editorial"}),
        ("2.1", "2.2", {"report-loss": "material"}),
        ("2.0", "2.2.1", {"count": "editorial", "report-loss": "material"}),
    ],
)
def test_a_change_has_one_class_whichever_way_two_versions_are_compared(
    life_on_disk: Path, old: str, new: str, classes: dict[str, str]
) -> None:
    """That of the register, and `diff` says it forwards and backwards."""
    for before, after in ((old, new), (new, old)):
        result = run_in(
            life_on_disk, "diff", f"oak/tiny@{before}", f"oak/tiny@{after}", "--format", "json"
        )
        changes = json.loads(result.stdout)["changes"]
        assert {change["id"]: change["class"] for change in changes} == classes
