"""What a body may approve, and what is refused: with a reason, and without a byte being written."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.compose import number
from policygen.disk.sealing import read_seal
from policygen.html.labels import Stamp, record_rows, signatories, status
from policygen.language.document import ApprovalRow
from policygen.model.bodies import is_below
from policygen.project.check import Selection, check
from policygen.register.following import next_patch
from tests.support import samples
from tests.support.register import freeze, registered
from tests.support.validation import objections
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Result, Workspace, run_in

if TYPE_CHECKING:
    from pathlib import Path

CODE = "a27f-fdfb"
"""Of the base workspace."""
PASSWORD = "POLICYGEN_SEAL_PASSWORD"  # noqa: S105
REPORT = """clauses:
  report-loss:
    replace: A lost key is reported at once.
    reason: Agreed with the caretaker
"""
DELEGATION = (
    "delegations:\n  - {to: %s, what: %s, body: full-board, date: 2026-09-10, minute: '4.3'%s}\n"
)


def tree(root: Path) -> dict[str, bytes]:
    """Every file of a school."""
    return {
        path.as_posix(): path.read_bytes()
        for path in (root / "schools").rglob("*")
        if path.is_file()
    }


def approve(root: Path, **changed: str) -> Result:
    """Approve version 2.0 as it should be, but for what is changed."""
    said = {
        "version": "2.0",
        "content": CODE,
        "body": "committee",
        "date": "2026-11-12",
        "minute": "19.2",
    } | changed
    arguments = [
        word
        for name, value in said.items()
        if value
        for word in (f"--{name.replace('_', '-')}", value)
    ]
    return run_in(root, "approve", "oak/tiny", *arguments)


def refused(root: Path, rule: str, **changed: str) -> str:
    """What is said when an approval is refused for this rule; nothing was written."""
    before = tree(root)
    result = approve(root, **changed)
    assert result.code == 1, result
    assert f"[{rule}]" in result.stderr
    assert tree(root) == before
    return result.stderr


def local(
    workspace: Workspace, *, version: str = "2.1", amends: str = "{report-loss: material}"
) -> Workspace:
    """A next version with a clause of the school's own."""
    changed = workspace.with_change(ADOPTION, "clauses:\n", REPORT).with_change(
        ADOPTION, '"2.0"', f'"{version}"'
    )
    return changed.with_change(ADOPTION, "clauses:", f"amends: {amends}\nclauses:")


_NO_MINUTES = ("NUMBER", "TBC", "[minute]", "?", "19.2 (tbc)", "19.2?", "Minute TBC")


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("content-differs", {"content": "1234-5678"}),
        ("approval-level", {"body": "head"}),
        ("date-impossible", {"date": "2026-08-31"}),
        ("date-impossible", {"date": "2026-11-21"}),
        ("not-prepared", {"version": "2.1"}),
        ("not-prepared", {"version": "1.0"}),
        ("minute-missing", {"minute": ""}),
        ("minute-missing", {"minute": "  "}),
        *(("leftover-placeholder", {"minute": word}) for word in _NO_MINUTES),
        ("leftover-placeholder", {"signatory": "NAME"}),
    ],
)
def test_what_does_not_fit_is_refused(rule: str, changed: dict[str, str], tmp_path: Path) -> None:
    refused(Workspace(tmp_path).write(), rule, **changed)


@pytest.mark.parametrize("minute", ["19.2", "19.2 – 19.4", "FGB 26/11 no. 4", "23 - 5(a)"])
def test_minutes_are_numbered_as_a_school_likes(minute: str, tmp_path: Path) -> None:
    assert approve(Workspace(tmp_path).write(), minute=minute).code == 0


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    result = approve(
        Workspace(tmp_path).write(), content="1234-5678", body="head", date="2026-08-31", minute=""
    )
    assert "4 errors" in result.stderr


def test_an_unresolved_policy_is_refused(tmp_path: Path) -> None:
    """With the same words as `check` has for it."""
    workspace = Workspace(tmp_path).with_change(ADOPTION, "  keeper: office\n", "")
    said = refused(workspace.write(), "unanswered-question")
    assert said == run_in(tmp_path, "check").stderr


def test_an_edit_after_the_board_read_it_is_refused(tmp_path: Path) -> None:
    said = refused(
        Workspace(tmp_path).with_change(ADOPTION, "days_to_report: 2", "days_to_report: 3").write(),
        "content-differs",
    )
    assert CODE in said


def test_approving_twice_is_refused(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    refused(root, "approved-already")
    refused(root, "approved-already", date="2026-11-19", minute="20.1")


def test_a_day_before_the_version_in_force_is_refused(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    changed = local(Workspace(tmp_path)).text(ADOPTION)
    (root / ADOPTION).write_text(changed)
    content = code_of(root)
    said = refused(root, "date-impossible", version="2.1", content=content, date="2026-11-11")
    assert "1 error" in said


def test_details_released_after_the_meeting_do_not_undo_it(tmp_path: Path) -> None:
    """The minutes often come later than a new telephone number: the meeting counts, from when the text could change."""
    root = Workspace(tmp_path).with_files({LOST: Workspace(tmp_path).text(LOST) + FOUND}).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    waiting(root)
    content = approve(root, version="3.0", content="0000-0000", date="2026-11-20").stderr
    content = content.partition("have the content `")[2][:9]
    assert run_in(root, *RELEASE).code == 0
    refused(
        root, "date-impossible", version="3.0", content=content, date="2026-11-11", minute="20.1"
    )
    assert approve(root, version="3.0", content=content, date="2026-11-14", minute="20.1").code == 0
    record = registered(root).records["3.0"]
    assert (f"{record.released}", f"{record.approvals[0].date}") == ("2026-11-19", "2026-11-14")
    assert run_in(root, "verify", "oak").code == 0


@pytest.mark.parametrize("written", ["a27ffdfb", "A27F-FDFB", "a27f\u2011fdfb", "a27f \u2013 fdfb"])
def test_a_code_may_be_typed_in_any_way(written: str, tmp_path: Path) -> None:
    """Without its hyphen, in capitals, or with the dash that a word processor makes of it."""
    result = approve(Workspace(tmp_path).write(), content=written, minute="")
    assert "[minute-missing]" in result.stderr
    assert "1 error" in result.stderr


def test_the_first_of_two_bodies_twice_is_told_once(tmp_path: Path) -> None:
    root = Workspace(tmp_path).with_change(ADOPTION, *_once(tmp_path, *TURNS)).write()
    assert approve(root, minute="7.1", date="2026-11-05").code == 0
    assert "1 error" in refused(root, "approved-already", minute="7.1", date="2026-11-05")


def test_a_paragraph_that_the_school_adds_can_be_amended(tmp_path: Path) -> None:
    """`check` names it as `report-loss.after`, in the adoption file, and takes that name."""
    root = Workspace(tmp_path).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    added = Workspace(tmp_path).text(ADOPTION).replace('version: "2.0"', 'version: "2.1"')
    added = added.replace("clauses:\n", REPORT.replace("replace:", "add_after:"))
    (root / ADOPTION).write_text(added)
    said = run_in(root, "check").stderr
    assert "write `report-loss.after: material`" in said
    assert f"--> {ADOPTION}:{added[: added.index('  report-loss:')].count(chr(10)) + 1}:3" in said
    (root / ADOPTION).write_text(added + "amends: {report-loss.after: material}\n")
    assert run_in(root, "check").code == 0


def test_a_lower_version_is_refused(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    (root / ADOPTION).write_text(
        Workspace(tmp_path).text(ADOPTION).replace('version: "2.0"', 'version: "1.5"')
    )
    refused(root, "history-order", version="1.5")


def code_of(root: Path) -> str:
    """The content code that the files have, as a refusal says it."""
    said = approve(root, version="2.1", content="0000-0000", date="2026-11-20").stderr
    return said.partition("the files have the content `")[2][:9]


# --- delegation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "what", "more"),
    [
        ("committee", "approval", ""),
        ("head", "editorial", ""),
        ("head", "approval", ", until: 2026-11-11"),
        ("head", "approval", ", policies: [other]"),
    ],
)
def test_a_delegation_that_does_not_cover_it_is_none(
    to: str, what: str, more: str, tmp_path: Path
) -> None:
    text = Workspace(tmp_path).text(SCHOOL) + DELEGATION % (to, what, more)
    refused(Workspace(tmp_path).with_files({SCHOOL: text}).write(), "approval-level", body="head")


def test_a_later_delegation_does_not_cover_it(tmp_path: Path) -> None:
    text = Workspace(tmp_path).text(SCHOOL) + DELEGATION.replace("2026-09-10", "2026-11-13") % (
        "head",
        "approval",
        "",
    )
    refused(Workspace(tmp_path).with_files({SCHOOL: text}).write(), "approval-level", body="head")


def test_a_delegate_must_be_somebody(tmp_path: Path) -> None:
    text = Workspace(tmp_path).text(SCHOOL) + DELEGATION % ("hed", "approval", "")
    result = Workspace(tmp_path).with_files({SCHOOL: text}).run("check")
    assert "nobody is called `hed`" in result.stderr
    assert "did you mean `head`?" in result.stderr


@pytest.mark.slow
def test_a_delegation_lets_the_head_approve(tmp_path: Path) -> None:
    """And its minute is in the record."""
    text = Workspace(tmp_path).text(SCHOOL) + DELEGATION % (
        "head",
        "approval",
        ", policies: [tiny], until: 2026-11-12",
    )
    root = Workspace(tmp_path).with_files({SCHOOL: text}).write()
    assert approve(root, body="head").code == 0
    (approval,) = registered(root).records["2.0"].approvals
    assert (approval.body, approval.name, approval.delegation) == ("head", "Headteacher", "4.3")
    assert approval.signatory == "Ann Lee"


# --- two bodies in turn -----------------------------------------------------------------------------------------------

TURNS = ("author:", "approving_body: [committee, full-board]\nauthor:")


def test_the_second_body_waits_for_the_first(tmp_path: Path) -> None:
    root = Workspace(tmp_path).with_change(ADOPTION, *_once(tmp_path, *TURNS)).write()
    refused(root, "endorsement-missing", body="full-board")


@pytest.mark.slow
def test_two_bodies_in_turn(tmp_path: Path) -> None:
    """The first decision publishes nothing; the second freezes both; what changed in between makes the first void."""
    root = Workspace(tmp_path).with_change(ADOPTION, *_once(tmp_path, *TURNS)).write()
    first = approve(root, minute="7.1", date="2026-11-05")
    assert first.stdout == "recorded; next it goes to: Full governing board\n"
    assert registered(root).versions == ()
    refused(root, "approved-already", minute="7.1", date="2026-11-05")
    refused(root, "date-impossible", body="full-board", date="2026-11-04")
    text = (root / ADOPTION).read_text()
    (root / ADOPTION).write_text(text.replace("days_to_report: 2", "days_to_report: 3"))
    changed = approve(root, body="full-board", content="0000-0000").stderr.partition(
        "have the content `"
    )[2][:9]
    assert "decided on 5 November 2026 about the content `a27f-fdfb`" in refused(
        root, "endorsement-missing", body="full-board", content=changed
    )
    (root / ADOPTION).write_text(text)
    assert approve(root, body="full-board").code == 0
    record = registered(root).records["2.0"]
    assert [(each.body, each.minute) for each in record.approvals] == [
        ("committee", "7.1"),
        ("full-board", "19.2"),
    ]
    printed = (root / "schools/oak/register/tiny/2.0/tiny.txt").read_text()
    assert "minute: 7.1, 19.2" in printed
    assert run_in(root, "verify", "oak").code == 0


def test_three_bodies_are_too_many(tmp_path: Path) -> None:
    three = ("author:", "approving_body: [head, committee, full-board]\nauthor:")
    result = Workspace(tmp_path).with_change(ADOPTION, *_once(tmp_path, *three)).run("check")
    assert "`approving_body` must be one body, or two that decide in turn" in result.stderr


def _once(root: Path, old: str, new: str) -> tuple[str, str]:
    """The change of a line that begins with a word."""
    line = next(
        line for line in Workspace(root).text(ADOPTION).splitlines() if line.startswith(old)
    )
    return line, line.replace(old, new)


# --- amends -----------------------------------------------------------------------------------------------------------


def test_a_version_that_says_what_it_amends_is_prepared(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    (root / ADOPTION).write_text(local(Workspace(tmp_path)).text(ADOPTION))
    assert run_in(root, "check").code == 0


def test_an_edition_says_how_grave_its_changes_are(tmp_path: Path) -> None:
    """A school may take a change for more than its issuer does, never for less."""
    from policygen.compare.comparison import Declared
    from policygen.ground.diagnostics import Problems
    from policygen.project.check import Selection, check
    from policygen.register.following import check_standing
    from tests.support.register import AS_OF

    root = Workspace(tmp_path).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    found = {}
    for said in ("editorial", "material"):
        (root / ADOPTION).write_text(
            local(Workspace(tmp_path), amends=f"{{report-loss: {said}}}").text(ADOPTION)
        )
        (composed,) = check(root, [Selection()], AS_OF).policies
        for declared in ("editorial", "material"):
            problems = Problems()
            told = Declared(classes={"report-loss": declared})
            adoption = composed.school.policies["tiny"]
            assert composed.standing is not None
            check_standing(composed.standing, adoption, composed.document, told, problems)
            found[said, declared] = [each.rule for each in problems]
    assert found.pop(("editorial", "material")) == ["amendment-class"]
    assert not any(found.values())


@pytest.mark.slow
def test_a_template_may_ask_for_two_bodies(tmp_path: Path) -> None:
    """Then no school has it approved by one of them alone, or by lower ones; the first decision freezes nothing."""
    workspace = Workspace(tmp_path).with_change(
        TEMPLATE, "body: committee", "body: [committee, full-board]"
    )
    for named in ("full-board", "committee", "[head, full-board]"):
        short = workspace.with_change(
            ADOPTION, "answers:", f"approving_body: {named}\nanswers:"
        ).write()
        assert "write `approving_body: [committee, full-board]`" in refused(short, "approval-level")
    root = workspace.write()
    assert (
        approve(root, minute="7.1", date="2026-11-05").stdout
        == "recorded; next it goes to: Full governing board\n"
    )
    assert approve(root, body="full-board").code == 0
    assert [each.minute for each in registered(root).records["2.0"].approvals] == ["7.1", "19.2"]


# --- the seal ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key file, whose password stands in the environment."""
    from tests import test_sealing

    path = tmp_path_factory.mktemp("key") / "school.p12"
    path.write_bytes(test_sealing.key()[0])
    monkeypatch.setenv(PASSWORD, test_sealing.PASSWORD)
    return str(path)


def test_a_wrong_password_is_told_with_all_the_rest(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is rendered."""
    monkeypatch.setenv(PASSWORD, "another")
    said = refused(Workspace(tmp_path).write(), "seal-refused", seal=key, content="1234-5678")
    assert "no PDF can be sealed: the file is no PKCS#12 file, or the password is wrong" in said
    assert "[content-differs]" in said


def test_a_password_is_never_guessed(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one, and without anybody to ask, the command is not understood."""
    monkeypatch.delenv(PASSWORD)
    root = Workspace(tmp_path).write()
    result = approve(root, seal=key)
    assert result.code == 2
    assert PASSWORD in result.stderr
    assert not registered(root).versions


@pytest.mark.slow
def test_every_approved_pdf_is_sealed(key: str, tmp_path: Path) -> None:
    """What is frozen, listed and verified are the sealed bytes; nothing of the key is kept."""
    root = Workspace(tmp_path).write()
    assert "3 PDFs sealed" in approve(root, seal=key).stdout
    folder, record = root / "schools/oak/register/tiny/2.0", registered(root).records["2.0"]
    pdfs = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf"))
    assert list(record.sealed) == pdfs == ["extracts/staff.pdf", "forms/receipt.pdf", "tiny.pdf"]
    manifest = json.loads((folder / "manifest.json").read_text())
    for name in pdfs:
        content = (folder / name).read_bytes()
        assert [objections(content, standard) for standard in ("ua1", "2a")] == [[], []]
        seal = read_seal(content)
        assert seal is not None
        assert (seal.whole, seal.name, seal.on) == (
            True,
            "Oak Lane School",
            datetime.date(2026, 11, 20),
        )
        digest = hashlib.sha256(content).hexdigest()
        assert manifest["outputs"][name]["sha256"] == record.files[name].sha256 == digest
    assert run_in(root, "verify", "oak").code == 0
    said = run_in(root, "verify", str(folder / "tiny.pdf")).stdout
    by = "sealed on 20 November 2026 with the certificate of Elm Grove Primary School in the name of Oak Lane School"
    assert f"{by}: the seal is whole" in said
    altered = tmp_path / "altered.pdf"
    altered.write_bytes((folder / "tiny.pdf").read_bytes().replace(b"/Lang", b"/Lanx", 1))
    assert f"{by}: the seal is broken" in run_in(root, "verify", str(altered)).stdout
    secret = os.environ[PASSWORD].encode()
    assert not [name for name, content in tree(root).items() if secret in content]


@pytest.mark.slow
def test_without_a_key_nothing_is_sealed(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    assert "sealed" not in approve(root).stdout
    pdf = root / "schools/oak/register/tiny/2.0/tiny.pdf"
    assert registered(root).records["2.0"].sealed == ()
    assert read_seal(pdf.read_bytes()) is None
    assert "sealed" not in run_in(root, "verify", str(pdf)).stdout


# --- details, while other changes wait --------------------------------------------------------------------------------

LOST = "templates/tiny/sections/lost-keys.md"
FOUND = "1. Keys that are found are given to {{ people.head.name }}. {#found-keys}\n"
RELEASE = ("release", "oak/tiny", "--details", "--date", "2026-11-19")


def waiting(root: Path, *, version: str = "3.0", school: str = "name: Bea Ray") -> None:
    """Put a material change of the school into the files, and another head."""
    workspace = Workspace(root)
    (root / ADOPTION).write_text(local(workspace, version=version).text(ADOPTION))
    (root / SCHOOL).write_text(workspace.text(SCHOOL).replace("name: Ann Lee", school))


@pytest.mark.slow
@pytest.mark.parametrize("command", [RELEASE, ("release", "--details", "--date", "2026-11-19")])
def test_details_need_not_wait_for_other_changes(command: tuple[str, ...], tmp_path: Path) -> None:
    """The registered text gets the new name and nothing else; what waits is approved afterwards as before."""
    root = Workspace(tmp_path).with_files({LOST: Workspace(tmp_path).text(LOST) + FOUND}).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    waiting(root)
    code = registered(root).records["2.0"].content.code
    assert "version 2.0.1, in force from 19 November 2026" in run_in(root, *command).stdout
    record = registered(root).records["2.0.1"]
    assert (record.change, record.content.code, record.amendment.reason) == (
        "details",
        code,
        "Details updated: Headteacher",
    )
    folder = root / "schools/oak/register/tiny/2.0.1"
    printed = " ".join((folder / "tiny.txt").read_text().split())
    assert "given to Bea Ray" in printed
    assert "A lost key is reported at once" not in printed
    inputs = json.loads((folder / "manifest.json").read_text())["inputs"]
    assert "schools/oak/register/tiny/2.0/document.json" in inputs
    assert not [
        path for path in inputs if "policies" in path or path.startswith("templates/tiny/sections")
    ]
    assert run_in(root, "verify", "oak").code == 0
    assert run_in(root, "check").code == 0
    content = approve(root, version="3.0", content="0000-0000", date="2026-11-20").stderr
    waits = content.partition("the files have the content `")[2][:9]
    assert approve(root, version="3.0", content=waits, date="2026-11-20").code == 0
    assert registered(root).records["3.0"].amendment.clauses == {"report-loss": "material"}


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("2.0.1", "name: Bea Ray"),
        ("3.0", "name: Ann Lee"),
        ("3.0", "name: Bea Ray, public: no, phone: '1'"),
    ],
    ids=["its number is taken", "no details differ", "the name is gone"],
)
def test_details_that_cannot_be_told_apart_wait(version: str, name: str, tmp_path: Path) -> None:
    """Nothing is released then."""
    text = FOUND.replace(
        "{{ people.head.name }}", "{% if people.head %}{{ people.head.name }}{% endif %} the office"
    )
    root = Workspace(tmp_path).with_files({LOST: Workspace(tmp_path).text(LOST) + text}).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    waiting(root, version=version, school=name)
    if "public: no" in name:
        (root / SCHOOL).write_text((root / SCHOOL).read_text().replace(", public: true", ""))
        (root / ADOPTION).write_text(
            (root / ADOPTION)
            .read_text()
            .replace("{report-loss: material}", "{report-loss: material, found-keys: material}")
        )
    before = tree(root)
    result = run_in(root, *RELEASE)
    assert "[approval-needed]" in result.stderr, result
    assert tree(root) == before


# --- small rules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "following"),
    [
        ("1", "1.0.1"),
        ("2.0", "2.0.1"),
        ("2.0.1", "2.0.2"),
        ("2.0.9", "2.0.10"),
        ("1.2.3.4", "1.2.3.5"),
    ],
)
def test_the_number_of_a_release(version: str, following: str) -> None:
    assert next_patch(version) == following


def test_the_order_of_bodies() -> None:
    """A trust board stands beside the full board; a role that is no body stands below all."""
    assert is_below("head", "committee")
    assert is_below("committee", "trust-board")
    assert not is_below("trust-board", "full-board")
    assert not is_below("full-board", "committee")
    assert is_below("business_manager", "head")


# --- the record -------------------------------------------------------------------------------------------------------

FIRST = ApprovalRow(
    "Committee of the governing board", datetime.date(2026, 11, 5), "7.1", "Una Vane", "", "Chair"
)
SECOND = ApprovalRow(
    "Full governing board", datetime.date(2026, 11, 12), "19.2", "Margaret Lindqvist", "", "Chair"
)


def test_the_record_of_two_bodies_has_both_dates() -> None:
    front = replace(samples.APPROVED_POLICY.front, approvals=(FIRST, SECOND))
    document = replace(samples.APPROVED_POLICY, front=front)
    stamp = Stamp("approved", CODE)
    rows = dict(record_rows(document, stamp))
    assert (rows["First approved by"], rows["Date of first approval"]) == (
        FIRST.by,
        "5 November 2026",
    )
    assert (rows["Approved by"], rows["Date of approval"], rows["Minute number"]) == (
        SECOND.by,
        "12 November 2026",
        "19.2",
    )
    boxed = replace(document, front=replace(front, record="box"))
    assert [signatory.name for signatory in signatories(boxed)] == [
        "Una Vane",
        "Margaret Lindqvist",
    ]


def test_new_details_leave_the_approval_standing() -> None:
    """The record says who approved it and when; the status says since when the details are new."""
    last = replace(
        samples.APPROVED_POLICY.versions[-1],
        date=datetime.date(2026, 12, 3),
        minute="",
        change="details",
    )
    front = replace(samples.APPROVED_POLICY.front, approvals=(SECOND,))
    document = replace(
        samples.APPROVED_POLICY,
        versions=(*samples.APPROVED_POLICY.versions[:-1], last),
        front=front,
    )
    stamp = Stamp("approved", CODE)
    assert (
        status(document, stamp)
        == "Approved 12 November 2026, minute 19.2; details updated 3 December 2026"
    )
    rows = dict(record_rows(document, stamp))
    assert rows["Date of approval"] == "12 November 2026"
    assert rows["Details updated"] == "3 December 2026"
    assert rows["Status"] == "Approved, in force from 3 December 2026"


@pytest.mark.slow
def test_the_frozen_copy_is_whole(tmp_path: Path) -> None:
    """No page of it says draft; its manifest lists every file; its record has the digest of every one."""
    root = Workspace(tmp_path).write()
    assert approve(root, minutes_status="signed", signatory="Una Vane").code == 0
    folder = root / "schools/oak/register/tiny/2.0"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {
        "tiny.html",
        "tiny.pdf",
        "tiny.txt",
        "history.html",
        "forms/receipt.pdf",
        "document.json",
    } <= names
    assert set(registered(root).records["2.0"].files) == names - {"version.json"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "approved"
    assert set(manifest["outputs"]) == names - {"version.json", "manifest.json", "document.json"}
    for name in names:
        if name.endswith((".html", ".txt")):
            assert "raft" not in (folder / name).read_text().partition("</style>")[2], name
    assert registered(root).records["2.0"].approvals[0].signatory == "Una Vane"
    assert registered(root).minutes_status("2.0") == "signed"


def test_another_rule_for_the_numbers_of_additions_asks_for_no_approval(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version keeps the number that it printed, and verifies; the next draft has the new one and the same content."""
    adds = "  report-loss: {add_before: We look first., reason: x}\n"
    adoption = Workspace(tmp_path).text(ADOPTION).replace("clauses:\n", f"clauses:\n{adds}")
    root = Workspace(tmp_path).with_files({ADOPTION: adoption}).write()
    with monkeypatch.context() as then:
        then.setattr(number._Series, "addition", lambda self: f"{self.prefix}.0A")
        freeze(root, "2.0", "2026-03-12", minute="19.2")
    (now,) = check(root, [Selection()], datetime.date(2026, 11, 20)).policies
    assert now.standing is not None
    assert now.standing.change is None
    found = [(moved.old, moved.new) for moved in now.standing.comparison.renumbered]
    assert found == [("2.0A", "2.A")]
    assert run_in(root, "verify").code == 0
    text = (root / ADOPTION).read_text().replace("We look first", "We look twice")
    (root / ADOPTION).write_text(text)
    assert "report-loss.before" in run_in(root, "check").stderr
