"""Verifying: registers against their own digests, published copies against the registers, and any file handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, assert_never

from policygen.disk.guarding import TooMuchError, guarded
from policygen.disk.reading import school_ids, school_names
from policygen.disk.registering import (
    linked,
    read_frozen,
    read_register,
    read_version_document,
    register_folders,
    registered_policies,
)
from policygen.disk.sealing import Seal, read_seal
from policygen.ground import paths
from policygen.ground.dates import long_date
from policygen.ground.diagnostics import Diagnostic, Place, Problems, in_order
from policygen.ground.letters import harmless
from policygen.ground.limits import COPY_MEGABYTES, COPY_SECONDS
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import count, join_and, lower_first, meant_or_known, possessive
from policygen.html.imprint import Imprint
from policygen.products.copies import Copy, LockedError, first_difference, read_copy
from policygen.project.verify_editions import (
    MadeFrom,
    VerifiedEdition,
    bundle_verdict,
    check_editions,
    look_at_bundle,
    made_from,
)
from policygen.project.verify_site import VerifiedSite, check_site
from policygen.register.corrections import correction_words
from policygen.register.ends import End, Superseded, Withdrawn
from policygen.register.records import Approval, VersionRecord
from policygen.register.state import Register
from policygen.register.verifying import (
    Frozen,
    check_register,
    frozen_by_digest,
    register_code,
    register_codes,
)

Standing = Literal["approved", "published", "draft", "changed", "unknown"]
_GONE = "what was noted is not on record any more: put the register back, from a backup or from version control"
_ZIP = b"PK"
_MOST_SAID = 500
"""Letters of what a copy says of itself that are shown."""


@dataclass(frozen=True)
class VerifiedRegister:
    """One register, and how many files in it were compared."""

    school: str
    school_name: str
    policy: str
    register: Register
    files: int

    @property
    def code(self) -> str:
        """The short code of the whole register, to be noted elsewhere."""
        return register_code(self.register)

    @property
    def title(self) -> str:
        """The title of the policy, as the latest version has it."""
        return self.register.latest.title if self.register.latest else self.policy


@dataclass(frozen=True)
class Verified:
    """The result of verifying registers."""

    registers: tuple[VerifiedRegister, ...]
    published: int
    """Copies in output/site that were compared; only where all registers are verified, as with the next two."""
    behind: tuple[VersionRecord, ...]
    """The latest versions of policies that output/site shows only older ones of."""
    untold: tuple[VersionRecord, ...]
    """The last versions of withdrawn policies that output/site shows as if they were in force."""
    editions: tuple[VerifiedEdition, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Verdict:
    """What a file is."""

    file: str
    standing: Standing
    says: str
    notes: tuple[str, ...] = ()
    frozen: Mapping[str, str] | None = None
    """For an approved copy: school, policy, version, path, content, and on which days it came into force and ended."""


# --- registers ------------------------------------------------------------------------------------------------------


def verify_registers(
    root: Path, words: Sequence[str], tell: Tell = silent, expected: Sequence[str] = ()
) -> Verified:
    """Verify the registers named as SCHOOL or SCHOOL/POLICY, or all of them and the public site with them.

    `expected` are codes of registers that somebody noted elsewhere; each must be, or once have been, the code of one.

    Raises InputError when a word names no school or no register.
    """
    names = school_names(root)
    problems = Problems()
    found: list[VerifiedRegister] = []
    adopted: list[MadeFrom] = []
    selected = _selected(root, words)
    for number, (school, policy) in enumerate(selected, 1):
        tell(f"verifying {school}/{policy}", number, len(selected))
        folder = read_frozen(root, school, policy)
        if link := linked(root, folder.path):
            says = "this is a link, and a register lies in the workspace itself"
            problems.add("register-unlisted", says, Place(link), "put the folder in its place")
        register = check_register(folder, problems)
        if register is not None:
            adopted += made_from(folder, register)
            found.append(
                VerifiedRegister(
                    school, names.get(school, school), policy, register, len(folder.files)
                )
            )
    editions = () if words else check_editions(root, adopted, problems)
    known = {code for each in found for code in register_codes(each.register)}
    known |= {each.code for each in editions}
    for code in expected:
        if code not in known:
            says = f"nothing that was looked at has, or ever had, the code `{code}`"
            problems.add("register-missing", says, None, _GONE)
    site = VerifiedSite(0, (), ())
    if not words:
        site = check_site(root, [each.register for each in found], problems)
    said = in_order(problems)
    return Verified(tuple(found), site.copies, site.behind, site.untold, editions, said)


def _selected(root: Path, words: Sequence[str]) -> list[tuple[str, str]]:
    schools = school_ids(root)
    problems = Problems()
    chosen = []
    for word in words or schools:
        school, _, policy = word.strip("/").partition("/")
        registers = register_folders(root, school) if school in schools else ()
        if school not in schools:
            problems.add(
                "unknown-school",
                f"there is no school or file `{word}`",
                None,
                meant_or_known(school, schools),
            )
        elif policy and policy not in registers:
            hint = meant_or_known(policy, registers) or "none of its policies has been approved yet"
            problems.add(
                "unknown-template", f"`{school}` has no register of `{policy}`", None, hint
            )
        else:
            chosen += [(school, each) for each in registers if policy in ("", each)]
    problems.stop()
    return list(dict.fromkeys(chosen))


# --- files that are handed in ---------------------------------------------------------------------------------------


def verify_files(
    root: Path, files: Mapping[str, bytes]
) -> tuple[tuple[Verdict, ...], tuple[Diagnostic, ...]]:
    """Say what each file is, and what is wrong with the registers and editions that say so."""
    problems = Problems()
    registers = tuple(_registers(root, problems))
    known = {
        digest: frozen
        for register in registers
        for digest, frozen in frozen_by_digest(register).items()
    }
    names = school_names(root)
    verdicts = []
    concerned: dict[tuple[str, str], None] = {}
    for name, content in files.items():
        frozen = known.get(hashlib.sha256(content).hexdigest())
        if frozen:
            verdicts.append(_with_seal(_approved(name, frozen, names), read_seal(content)))
            concerned[frozen.record.school, frozen.record.policy] = None
        else:
            verdicts.append(_stranger(root, name, content, registers, problems))
    for school, policy in concerned:
        check_register(read_frozen(root, school, policy), problems)
    return tuple(verdicts), in_order(problems)


def _with_seal(verdict: Verdict, seal: Seal | None) -> Verdict:
    """A verdict that says also who sealed the file, and whether the seal holds."""
    if seal is None:
        return verdict
    on = f" on {long_date(seal.on)}" if seal.on else ""
    name = f" in the name of {seal.name}" if seal.name != seal.certificate else ""
    by = f"sealed{on} with the certificate of {seal.certificate}{name}"
    holds = (
        "the seal is whole" if seal.whole else "the seal is broken: the file was changed after that"
    )
    return replace(verdict, notes=(*verdict.notes, f"{by}: {holds}"))


def _registers(root: Path, problems: Problems) -> Iterator[Register]:
    for school in school_ids(root):
        for policy in registered_policies(root, school):
            register = read_register(root, school, policy, problems)
            if register is not None:
                yield register


def _approved(file: str, frozen: Frozen, names: Mapping[str, str]) -> Verdict:
    register, record = frozen.register, frozen.record
    end = register.end(record.version)
    says = f"{_named(record, names)}, {approval_words(register, record)}"
    path = f"{paths.version_folder(record.school, record.policy, record.version)}/{frozen.path}"
    notes = [_standing(end)]
    notes += [
        lower_first(correction_words(entry, record.version))
        for entry in register.corrections(record.version)
    ]
    notes.append(f"the frozen file {path}, content code {record.content.code}")
    said = {
        "school": record.school,
        "policy": record.policy,
        "version": record.version,
        "path": path,
        "content": record.content.code,
        "released": record.released.isoformat(),
        "superseded_by": end.by if isinstance(end, Superseded) else "",
        "superseded_on": end.on.isoformat() if isinstance(end, Superseded) else "",
        "withdrawn_on": end.on.isoformat() if isinstance(end, Withdrawn) else "",
    }
    return Verdict(file, "approved", f"this is {says}", tuple(notes), said)


def _standing(end: End | None) -> str:
    """Whether a version is in force, and if not, since when."""
    match end:
        case None:
            return "in force"
        case Superseded():
            return f"superseded by version {end.by} on {long_date(end.on)}"
        case Withdrawn():
            return end.said
        case _:
            assert_never(end)


def _named(record: VersionRecord, names: Mapping[str, str]) -> str:
    return f"{possessive(names.get(record.school, record.school))} {record.title}, version {record.version}"


def approval_words(register: Register, record: VersionRecord) -> str:
    """Under which approval a version stands: "approved 12 November 2026 by the full governing board, minute 19.2"."""
    if not record.approvals:
        earlier = [
            each
            for each in register.versions
            if each.approvals and each.released <= record.released
        ]
        release = f"released {long_date(record.released)} ({lower_first(record.amendment.reason)})"
        return f"{release}, {approval_words(register, earlier[-1])}" if earlier else release
    draft = (
        " (minutes not signed yet)" if register.minutes_status(record.version) == "draft" else ""
    )
    done = "accepted as editorial" if record.change == "editorial" else "approved"
    return f"{done} {join_and(map(_decided, record.approvals))}{draft}"


def _decided(approval: Approval) -> str:
    minute = (
        f"minute {approval.minute}"
        if approval.minute
        else f"under the delegation of minute {approval.delegation}"
    )
    return f"{long_date(approval.date)} by the {lower_first(approval.name)}, {minute}"


def _stranger(
    root: Path, file: str, content: bytes, registers: Sequence[Register], problems: Problems
) -> Verdict:
    """What a file is whose bytes no register has."""
    says = "unknown: no register here has it"
    try:
        if content.startswith(_ZIP):
            sent = guarded(partial(look_at_bundle, harmless(file)), content)
            found = bundle_verdict(root, sent, content, problems)
            return _shown(Verdict(file, found.standing, found.says, found.notes))
        copy, seal = guarded(_looked_at, content)
    except LockedError:
        return Verdict(file, "unknown", f"{says}, and it needs a password")
    except TooMuchError:
        more = f"it cannot be read within {COPY_SECONDS} seconds and {COPY_MEGABYTES} MB"
        return Verdict(file, "unknown", f"{says}, and {more}")
    except Exception:  # noqa: BLE001 - nobody knows what a damaged file does to the libraries
        return Verdict(file, "unknown", f"{says}, and it is damaged")
    verdict = Verdict(file, "unknown", f"{says}, and it does not say what it is")
    if copy is not None and copy.imprint is not None:
        verdict = _other(root, file, copy, copy.imprint, content, registers)
    return _shown(_with_seal(verdict, seal))


def _shown(verdict: Verdict) -> Verdict:
    """A verdict that is safe to print, whatever the file says of itself."""
    notes = tuple(harmless(note)[:_MOST_SAID] for note in verdict.notes)
    says = harmless(verdict.says)[:_MOST_SAID]
    return replace(verdict, file=harmless(verdict.file), says=says, notes=notes)


def _looked_at(content: bytes) -> tuple[Copy | None, Seal | None]:
    return read_copy(content), read_seal(content)


def _other(
    root: Path,
    file: str,
    copy: Copy,
    said: Imprint,
    content: bytes,
    registers: Sequence[Register],
) -> Verdict:
    """What a file is by what it says about itself."""
    found = _claimed(root, said, registers)
    code = f", content code {said.content}" if said.content else ""
    claimed = f"{possessive(said.school_name)} {said.title}, version {said.version}{code}"
    if said.draft:
        return Verdict(
            file, "draft", f"a draft of {claimed}: not approved", _same_content(said, registers)
        )
    if found:
        says = f"it says that it is {claimed}, but its bytes differ from the approved copy"
        return Verdict(file, "changed", says, _differences(root, *found, copy, content))
    return Verdict(
        file,
        "unknown",
        f"unknown: it says that it is {claimed}, and no register here has that version",
    )


def _claimed(
    root: Path, said: Imprint, registers: Sequence[Register]
) -> tuple[Register, VersionRecord] | None:
    """The registered version that a copy says it is. One that an older policygen made gives no ids, only names."""
    for register in registers:
        for record in register.versions:
            if record.version != said.version:
                continue
            if (said.school, said.policy) == (record.school, record.policy):
                return register, record
            named = not said.policy and record.title == said.title
            if named and _school_name(root, record) == said.school_name:
                return register, record
    return None


def _school_name(root: Path, record: VersionRecord) -> str:
    """The name of the school as that version prints it; empty where its document cannot be read."""
    document = read_version_document(root, record, Problems())
    return document.school_name if document else ""


def _same_content(said: Imprint, registers: Sequence[Register]) -> tuple[str, ...]:
    """The version that was approved with the content of a draft."""
    for register in registers:
        for record in register.versions:
            if said.content and record.content.code == said.content:
                words = approval_words(register, record)
                return (f"version {record.version} of {record.title} has this content: {words}",)
    return ()


def _differences(
    root: Path, register: Register, record: VersionRecord, copy: Copy, content: bytes
) -> tuple[str, ...]:
    """Where the words of a copy first differ from those of the approved file that has its title."""
    folder = read_frozen(root, record.school, record.policy)
    suffix = ".pdf" if content.startswith(b"%PDF-") else ".html"
    names = sorted(
        (name for name in record.files if name.endswith(suffix)),
        key=lambda name: (name.count("/"), name),
    )
    others = [
        (name, read_copy(folder.files.get(f"{record.version}/{name}", b""))) for name in names
    ]
    alike = [
        (name, other) for name, other in others if other is not None and other.title == copy.title
    ]
    approved = f"version {record.version} was {approval_words(register, record)}"
    if not alike:
        return (approved, "no approved file of this version has its title")
    path, other = alike[0]
    difference = first_difference(other.lines, copy.lines)
    if difference is None and copy.filled > other.filled:
        filled = f"{path}, with {count(copy.filled, 'field')} filled in"
        return (approved, f"its words are those of {filled}; what is filled in was not checked")
    if difference is None:
        return (approved, f"its words are those of {path}; what differs is not in the text")
    return (
        approved,
        f"{path} has: {difference[0] or '(it ends here)'}",
        f"it has: {difference[1] or '(it ends here)'}",
    )


# --- as JSON --------------------------------------------------------------------------------------------------------


def as_plain(verified: Verified, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """What was verified as plain data, beside the problems."""
    return {
        "registers": [
            {
                "school": each.school,
                "policy": each.policy,
                "versions": [record.version for record in each.register.versions],
                "files": each.files,
                "code": each.code,
            }
            for each in verified.registers
        ],
        "published": verified.published,
        "behind": [
            {"school": each.school, "policy": each.policy, "version": each.version}
            for each in verified.behind
        ],
        "untold": [
            {"school": each.school, "policy": each.policy, "version": each.version}
            for each in verified.untold
        ],
        "editions": [
            {"template": each.template, "edition": each.edition, "code": each.code}
            for each in verified.editions
        ],
        "files": [
            {
                "file": each.file,
                "standing": each.standing,
                "says": each.says,
                "notes": each.notes,
                "frozen": dict(each.frozen) if each.frozen else None,
            }
            for each in verdicts
        ],
    }
