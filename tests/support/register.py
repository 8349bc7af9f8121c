"""Registers made quickly: versions of a workspace's policy, composed and rendered for real and frozen by hand."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from policygen.compose.compose import image_bytes
from policygen.compose.digest import content_code, content_digest
from policygen.disk.registering import one_register_at_a_time, read_register, write_register
from policygen.ground.dates import months_after
from policygen.ground.diagnostics import Problems
from policygen.html.sheets import Stamp, form_html, policy_html
from policygen.language.stored import stored
from policygen.pdf.render import render_pdf
from policygen.products.text import policy_text
from policygen.project.check import Selection, check
from policygen.register.records import (
    Amendment,
    Approval,
    Content,
    FrozenFile,
    MinutesEntry,
    SignaturesEntry,
    VersionEntry,
    VersionRecord,
    written_record,
)
from policygen.register.state import Register, with_entry

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.language.document import Document, VersionRow
    from policygen.register.records import ChangeClass, Entry

AS_OF = datetime.date(2026, 11, 20)
MONTHS = 24


def freeze(
    root: Path,
    version: str,
    released: str,
    *,
    minute: str = "",
    minutes: Any = "signed",
    change: ChangeClass = "material",
    reason: str = "County model policy adopted",
    clauses: dict[str, ChangeClass] | None = None,
    pdf: bool = False,
    school: str = "oak",
    policy: str = "tiny",
) -> Register:
    """Freeze a policy as it stands now as a version; approved under a minute, or released without one."""
    composed = check(root, [Selection(school, policy)], AS_OF).policies[0]
    images = image_bytes(composed.prepared, composed.document, composed.school.logo)
    digest = content_digest(composed.document, images)
    day = datetime.date.fromisoformat(released)
    register = registered(root, school, policy)
    document = _approved(composed.document, register.rows(), version, day, minute, reason)
    inputs = {**composed.school.inputs, **composed.prepared.edition.inputs}
    files = _frozen_files(document, images, content_code(digest), inputs, pdf=pdf)
    approval = Approval(
        body="committee", name=document.front.level, date=day, minute=minute, minutes_status=minutes
    )
    before = (
        root
        / "schools"
        / school
        / "register"
        / policy
        / (register.latest.version if register.latest else "")
    )
    next_review = months_after(day, MONTHS)
    assert isinstance(next_review, datetime.date)
    record = VersionRecord(
        school=school,
        policy=policy,
        title=document.title,
        version=version,
        edition=document.edition,
        issuer=document.issuer_name,
        change=change,
        content=Content(digest=digest, code=content_code(digest)),
        approvals=(approval,) if minute else (),
        amendment=Amendment(author="School Business Manager", reason=reason, clauses=clauses or {}),
        released=day,
        next_review=next_review if minute or not register.latest else register.latest.next_review,
        previous=_sha256((before / "version.json").read_bytes()) if register.latest else "",
        files={
            name: FrozenFile(bytes=len(made), sha256=_sha256(made)) for name, made in files.items()
        },
    )
    written = written_record(record)
    entry = VersionEntry(version=version, sha256=_sha256(written), previous="")
    new = {f"{version}/{name}": made for name, made in files.items()} | {
        f"{version}/version.json": written
    }
    return _added(root, replace(register, frozen={**register.frozen, version: record}), entry, new)


def sign_minutes(
    root: Path, version: str, minute: str, day: str, school: str = "oak", policy: str = "tiny"
) -> Register:
    """Record that the minutes of an approval were signed."""
    signed_on = datetime.date.fromisoformat(day)
    entry = MinutesEntry(version=version, minute=minute, signed_on=signed_on, previous="")
    return _added(root, registered(root, school, policy), entry, {})


def record_signatures(
    root: Path, version: str, text: str, school: str = "oak", policy: str = "tiny"
) -> Register:
    """Record a list of signatures."""
    register = registered(root, school, policy)
    file = f"signatures/{len(register.signatures) + 1:04}.csv"
    content = text.encode()
    entry = SignaturesEntry(
        version=version, file=file, sha256=_sha256(content), recorded=AS_OF, previous=""
    )
    return _added(root, register, entry, {file: content})


def registered(root: Path, school: str = "oak", policy: str = "tiny") -> Register:
    """A register as it stands."""
    problems = Problems()
    register = read_register(root, school, policy, problems)
    assert register is not None, problems.found
    return register


def _added(root: Path, register: Register, entry: Entry, files: dict[str, bytes]) -> Register:
    after = with_entry(register, entry)
    with one_register_at_a_time(root):
        write_register(root, after, files)
    return after


def _approved(
    document: Document,
    rows: tuple[VersionRow, ...],
    version: str,
    day: datetime.date,
    minute: str,
    reason: str,
) -> Document:
    before = tuple(each for each in document.versions if each.date is not None and not each.change)
    row = replace(
        document.versions[-1],
        version=version,
        date=day,
        minute=minute,
        reason=reason,
        change="material",
    )
    return replace(document, version=version, versions=(*before, *rows, row))


def _frozen_files(
    document: Document, images: dict[str, bytes], code: str, inputs: dict[str, str], *, pdf: bool
) -> dict[str, bytes]:
    stamp, name = Stamp("approved", code), document.policy_id
    files = {
        "document.json": stored(document).encode(),
        f"{name}.html": policy_html(document, stamp, medium="screen", images=images).encode(),
        f"{name}.txt": policy_text(document, stamp).encode(),
        "manifest.json": json.dumps({"manifest": 1, "inputs": inputs}, indent=2).encode(),
    }
    for form in document.forms:
        page = form_html(document, form, stamp, medium="screen", images=images)
        files[f"forms/{form.name}.html"] = page.encode()
    if pdf:
        files[f"{name}.pdf"] = render_pdf(
            policy_html(document, stamp, medium="print", images=images).encode()
        )
    return files


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
