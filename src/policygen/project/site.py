"""Publishing: registers verified, read, made into the site of each school, and written; drafts only by name."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from policygen.compare.comparison import compare
from policygen.compare.summary import Redline, Side
from policygen.disk.editions import (
    editions_between,
    published_editions,
    read_edition,
    read_published,
    template_ids,
)
from policygen.disk.reading import read_school, school_ids
from policygen.disk.registering import read_frozen, registered_policies
from policygen.ground import paths
from policygen.ground.dates import printed_day
from policygen.ground.diagnostics import Diagnostic, InputError, Place, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import meant_or_known
from policygen.language.document import Document, VersionRow
from policygen.language.stored import NotADocumentError, restored
from policygen.model.adoption import version_order
from policygen.model.edition_record import EditionRecord, chain, declared
from policygen.model.school import School
from policygen.model.workspace import SchoolFiles
from policygen.project.check import Selection, check
from policygen.project.publish import announced
from policygen.register.corrections import correction_words
from policygen.register.history import past_versions
from policygen.register.records import VersionRecord, gravest
from policygen.register.state import Register
from policygen.register.verifying import FrozenFolder, check_register
from policygen.site.frame import FOLDER
from policygen.site.frozen import NotAPageError
from policygen.site.issuer import Issued, IssuerShelf, ModelPolicy, issuer_files
from policygen.site.school import site_files
from policygen.site.shelf import DraftCopy, Policy, Shelf, Version, is_published


@dataclass(frozen=True)
class Hosted:
    """The site of one school."""

    school: str
    name: str
    folder: str
    """Below output/; empty where nothing was approved yet, so that there is no site."""
    policies: int
    versions: int
    drafts: int
    website: str
    tested: bool
    """Whether the school says how it tested the pages, as its accessibility statement has to."""
    changed: bool


def school_site(
    root: Path, school_id: str, drafts: Sequence[str], as_of: datetime.date
) -> Shelf | None:
    """All that the site of a school is made of, from its verified registers; None where it has nothing to publish.

    `drafts` are the policies whose draft is to be shown; nothing of a day after `as_of` is shown.

    Raises InputError where a register is not as it was written, a draft has an error, or the school cannot be read.
    """
    problems = Problems()
    school = read_school(root, school_id, lambda _: True, problems)
    found = [
        _policy(root, school_id, each, school, as_of, problems)
        for each in registered_policies(root, school_id)
    ]
    if problems.has_errors or school is None:
        raise InputError(in_order(problems))
    policies = sorted(
        (each for each in found if each),
        key=lambda policy: (policy.title.lower(), policy.policy_id),
    )
    copies = tuple(_draft(root, school_id, each, as_of) for each in drafts)
    if not policies and not copies:
        return None
    facts = school.file.value
    branding = facts.branding
    shelf = Shelf(
        school_id,
        facts.name,
        tuple(_with_replacement(policy, policies) for policy in policies),
        copies,
        website=facts.site,
        email=facts.email or "",
        phone=facts.phone or "",
        address=tuple(facts.address or ()),
        logo=school.logo or b"",
        logo_name=f"logo{PurePosixPath(branding.logo or '').suffix.lower()}",
        logo_alt=branding.logo_alt or "",
        maintained=facts.type != "academy",
        accessibility=facts.accessibility,
        identity=_identity(facts, policies),
    )
    return replace(shelf, colour=branding.colour) if branding.colour else shelf


def _with_replacement(policy: Policy, policies: Sequence[Policy]) -> Policy:
    """A policy with the one that replaced it when it was withdrawn, where the site has that."""
    named = policy.withdrawn.entry.replaced_by if policy.withdrawn else ""
    found = next((each for each in policies if each.policy_id == named), None)
    return replace(policy, instead=(found.policy_id, found.title)) if found else policy


def _identity(facts: School, policies: Sequence[Policy]) -> tuple[str, str]:
    """What tells a school from every other one, and stays when its name changes."""
    versions = [policy.versions[0] for policy in policies]
    if not versions:
        return facts.name, facts.local_authority or ""
    first = min(versions, key=lambda version: version.record.released).document
    return first.school_name, facts.local_authority or first.issuer_name


@dataclass(frozen=True)
class Published:
    """What came of the sites that were asked for."""

    schools: tuple[Hosted, ...]
    issuers: tuple[str, ...]
    """The folders of issuers, below output/."""
    stopped: tuple[str, ...] = ()
    """The schools whose site could not be made, and stays as it is."""
    diagnostics: tuple[Diagnostic, ...] = ()


def publish_sites(
    root: Path,
    output: Path,
    schools: Sequence[str],
    drafts: Sequence[tuple[str, str]],
    as_of: datetime.date,
    tell: Tell = silent,
    *,
    all_or_nothing: bool = False,
) -> Published:
    """Make and write the sites of these schools, or of all. `drafts` are pairs of school and policy.

    Where all are made, so is that of each issuer that has published an edition here, and the site of a school that is
    no longer in the workspace goes. The site of a school of which something cannot be published stays as it is, and so
    do those of all issuers where an edition is not as it was published; with `all_or_nothing` nothing is written then.

    Raises InputError, having written nothing, where a school is not known, and with `all_or_nothing` for any error.
    """
    from policygen.disk.writing import other_folders, write_folders

    chosen = _chosen(root, (*schools, *(school for school, _ in drafts)))
    made: dict[str, tuple[Shelf | None, dict[str, bytes]]] = {}
    problems = Problems()
    for number, school_id in enumerate(chosen, 1):
        tell(f"making {paths.SITE}/{school_id}", number, len(chosen))
        named = [policy for school, policy in dict.fromkeys(drafts) if school == school_id]
        with _noting(problems):
            shelf = school_site(root, school_id, named, as_of)
            _check_nothing_lost(root, output, school_id)
            made[school_id] = shelf, _files(shelf) if shelf else {}
    sites = {f"{paths.SITE}/{school_id}": files for school_id, (_, files) in made.items() if files}
    gone = [f"{paths.SITE}/{school_id}" for school_id, (_, files) in made.items() if not files]
    issuers: dict[str, dict[str, bytes]] = {}
    if not schools and not drafts:
        gone += other_folders(output, paths.SITE, {*chosen, paths.ISSUERS})
        below = f"{paths.SITE}/{paths.ISSUERS}"
        with _noting(problems):
            shelves = _issuers(root, tell)
            issuers = {f"{below}/{shelf.folder}": issuer_files(shelf) for shelf in shelves}
            gone += other_folders(output, below, {shelf.folder for shelf in shelves})
    if all_or_nothing:
        problems.stop()
    changed = write_folders(output, {**sites, **issuers}, gone)
    hosted = tuple(
        _hosted(school_id, shelf, f"{paths.SITE}/{school_id}" in changed)
        for school_id, (shelf, _) in made.items()
    )
    stopped = tuple(school_id for school_id in chosen if school_id not in made)
    return Published(hosted, tuple(issuers), stopped, in_order(problems))


@contextmanager
def _noting(problems: Problems) -> Iterator[None]:
    """Note what ends the work within, and go on with the next."""
    try:
        yield
    except InputError as error:
        problems.extend(error.diagnostics)


def _issuers(root: Path, tell: Tell) -> list[IssuerShelf]:
    """By name, the issuers of the published editions, with their model policies in order of their titles."""
    models: dict[str, list[ModelPolicy]] = {}
    for template_id in template_ids(root):
        if published := published_editions(root, template_id):
            issuer, model = _model(root, template_id, published, tell)
            models.setdefault(issuer, []).append(model)
    return [
        IssuerShelf(name, tuple(sorted(found, key=lambda model: model.title.lower())))
        for name, found in sorted(models.items())
    ]


def _model(
    root: Path, template_id: str, published: Sequence[str], tell: Tell
) -> tuple[str, ModelPolicy]:
    """A model policy with its editions, and the name of its issuer."""
    issued = []
    for number in published:
        edition, record, files = announced(root, template_id, number, tell)
        issued.append(Issued(number, record.issued, record.digest, files))
    template = edition.file.value
    return template.issuer.name, ModelPolicy(
        template_id, template.title, template.purpose or "", tuple(issued)
    )


def _check_nothing_lost(root: Path, output: Path, school_id: str) -> None:
    """Raise InputError where a website shows a version that has no register any more: it would go without a word."""
    problems = Problems()
    shown = output / paths.SITE / school_id / FOLDER
    for folder in sorted(shown.glob("*/[0-9]*")):
        policy, version = folder.parent.name, folder.name
        kept = paths.version_folder(school_id, policy, version)
        if folder.is_dir() and not (root / kept).is_dir():
            says = f"the website shows version {version} of `{policy}`, which is not in the register any more"
            hint = f"put the folder back, or remove {paths.in_output(paths.SITE)}/{school_id}/ if the website is to go"
            problems.add("register-damaged", says, Place(kept), hint)
    problems.stop()


def _files(shelf: Shelf) -> dict[str, bytes]:
    try:
        return site_files(shelf)
    except NotAPageError as error:
        problems = Problems()
        hint = "put the folder back as it was, from a backup or from version control"
        problems.add(
            "register-damaged", str(error), Place(paths.registers_folder(shelf.school_id)), hint
        )
        raise InputError(problems) from error


def _chosen(root: Path, words: Sequence[str]) -> tuple[str, ...]:
    known = school_ids(root)
    problems = Problems()
    for word in dict.fromkeys(words):
        if word not in known:
            problems.add(
                "unknown-school", f"there is no school `{word}`", None, meant_or_known(word, known)
            )
    chosen = tuple(dict.fromkeys(words)) or tuple(known)
    if paths.ISSUERS in chosen:
        says = f"`{paths.ISSUERS}` cannot be the id of a school: the site has a folder of that name for model policies"
        problems.add(
            "bad-value",
            says,
            Place(paths.school_folder(paths.ISSUERS)),
            "give the folder of the school another name",
        )
    problems.stop()
    return chosen


def _hosted(school_id: str, shelf: Shelf | None, changed: bool) -> Hosted:  # noqa: FBT001
    if shelf is None:
        return Hosted(school_id, school_id, "", 0, 0, 0, "", tested=False, changed=changed)
    versions = sum(len(policy.versions) for policy in shelf.policies)
    folder = f"{paths.SITE}/{school_id}"
    return Hosted(
        school_id,
        shelf.name,
        folder,
        len(shelf.policies),
        versions,
        len(shelf.drafts),
        shelf.website,
        tested=shelf.accessibility is not None,
        changed=changed,
    )


# --- registers --------------------------------------------------------------------------------------------------------


def _policy(
    root: Path,
    school_id: str,
    policy_id: str,
    school: SchoolFiles | None,
    as_of: datetime.date,
    problems: Problems,
) -> Policy | None:
    """One policy out of its register as it was on a day, every byte of which is verified.

    None where nothing was approved by then, or a problem.
    """
    folder = read_frozen(root, school_id, policy_id)
    before = len(problems.errors)
    verified = check_register(folder, problems)
    if verified is None or len(problems.errors) > before:
        return None
    register = verified.until(as_of)
    if register.latest is None:
        return None
    first, last = register.versions[0], register.latest
    records = editions_between(root, policy_id, first.edition, last.edition, problems)
    return Policy(
        policy_id,
        _versions(folder, register, records, problems),
        _earlier(school, policy_id),
        _purpose(root, last, problems),
        {old: chain(records, old) for record in records for old in record.new_ids},
    )


def _earlier(school: SchoolFiles | None, policy_id: str) -> tuple[VersionRow, ...]:
    adoption = school.adoptions.get(policy_id) if school else None
    return tuple(row.row for row in adoption.value.history) if adoption else ()


def _purpose(root: Path, record: VersionRecord, problems: Problems) -> str:
    """What the edition of a version says that the policy is for; empty where it does not, or is not here any more."""
    edition = read_published(root, record.policy, record.edition, problems)
    edition = edition or read_edition(root, record.policy, record.edition, None, Problems())
    return (edition.file.value.purpose or "") if edition else ""


def _versions(
    folder: FrozenFolder, register: Register, records: Sequence[EditionRecord], problems: Problems
) -> tuple[Version, ...]:
    versions: list[Version] = []
    for past in past_versions(register, ()):
        record = past.record
        document = _document(folder, record, problems) if record else None
        if record is None or document is None:
            continue
        version = Version(
            record,
            document,
            _published(folder.files, record),
            record.approvals or past.stands_on,
            past.minutes_status,
            past.end,
            tuple(correction_words(entry, record.version) for entry in past.corrections),
        )
        if versions:
            redline = _redline(versions[-1], version, register, records)
            version = replace(version, redline=redline)
        versions.append(version)
    return tuple(versions)


def _document(folder: FrozenFolder, record: VersionRecord, problems: Problems) -> Document | None:
    path = f"{record.version}/document.json"
    try:
        return restored(folder.files[path].decode())
    except (KeyError, UnicodeDecodeError, NotADocumentError) as error:
        hint = "put the folder back as it was, from a backup or from version control"
        problems.add(
            "register-damaged", f"the document cannot be read: {error}", folder.place(path), hint
        )
        return None


def _published(files: Mapping[str, bytes], record: VersionRecord) -> dict[str, bytes]:
    """Those files of a version that anybody may read."""
    return {
        name: files[f"{record.version}/{name}"]
        for name in record.files
        if is_published(name, record.policy)
    }


def _redline(
    before: Version, after: Version, register: Register, records: Sequence[EditionRecord]
) -> Redline:
    old, new = version_order(before.record.edition), version_order(after.record.edition)
    told = declared([each for each in records if old < version_order(each.edition) <= new])
    classes = gravest(told.classes, register.classes(before.number, after.number))
    document = after.document
    return Redline(
        compare(before.document, document, replace(told, classes=classes)),
        Side(f"version {before.number}", _since(before)),
        Side(f"version {after.number}", _since(after)),
        document.school_name,
        document.branding.colour,
    )


def _since(version: Version) -> str:
    return f"in force from {printed_day(version.record.released)}"


# --- drafts -----------------------------------------------------------------------------------------------------------


def _draft(root: Path, school_id: str, policy_id: str, as_of: datetime.date) -> DraftCopy:
    """A draft as `build` would make its page. Raises InputError where the policy has an error or nothing to approve."""
    from policygen.compose.digest import content_code
    from policygen.html.sheets import Stamp, policy_html
    from policygen.project.unit import draft_of

    checked = check(root, (Selection(school_id, policy_id),), as_of)
    if checked.failed or not checked.policies:
        raise InputError(checked.diagnostics)
    composed = checked.policies[0]
    if composed.standing is not None and not composed.standing.prepared:
        problems = Problems()
        says = f"nothing of `{school_id}/{policy_id}` is being prepared"
        problems.add(
            "not-prepared",
            says,
            None,
            "leave out `--draft`: the version in force is published as it is",
        )
        raise InputError(problems)
    draft = draft_of(composed, {})
    stamp = Stamp("draft", content_code(draft.digest))
    page = policy_html(draft.document, stamp, medium="screen", images=draft.images)
    return DraftCopy(draft.document, page.encode())
