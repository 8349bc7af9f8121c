"""Publishing an edition: check, compare with the last one, freeze, announce."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from policygen.checks import TextFinder, allowed, check_template, held_back, names_of
from policygen.checks.declared import may_be_named
from policygen.compose.prepare import prepare_edition
from policygen.disk.bundles import SIGNATURE, bundle_name, bundled, can_travel
from policygen.disk.editions import (
    extended_edition,
    published_editions,
    read_changes,
    read_edition,
    read_edition_record,
    template_ids,
)
from policygen.disk.reader import read_files
from policygen.disk.reading import known_schools
from policygen.disk.sealing import SealError, check_key
from policygen.editions.announce import AnnouncedChange, check_circular
from policygen.editions.differences import same_text
from policygen.editions.explain import Compared, check_changes, compared, edition_record, scaffolded
from policygen.editions.units import check_includes
from policygen.files import yamledit
from policygen.files.yamledit import CannotAddError, with_value, without
from policygen.files.yamlfile import read_yaml
from policygen.ground import paths
from policygen.ground.dates import Month, first_day, on_day, printed_day
from policygen.ground.diagnostics import (
    Diagnostic,
    InputError,
    Place,
    Problems,
    Severity,
    in_order,
    stage,
)
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import meant_or_known
from policygen.language.marks import without_comments
from policygen.model.adoption import version_order
from policygen.model.edition_record import EditionRecord, written_edition_record
from policygen.model.facts import FactsFile, declared_in
from policygen.model.shared import SharedFile
from policygen.model.workspace import Edition
from policygen.products.folders import circular_of, edition_products
from policygen.project.check import law_of
from policygen.project.freeze import SealKey


@dataclass(frozen=True)
class Published:
    """An edition that was frozen."""

    record: EditionRecord
    folder: str
    """Of the frozen files, in the workspace."""
    products: str
    """The folder of the circular and the bundle."""
    circular: bool
    warnings: tuple[Diagnostic, ...] = ()
    new: bool = True
    """Whether it was not there before."""


@dataclass(frozen=True)
class _Ready:
    """An edition that may be published."""

    edition: Edition
    record: EditionRecord
    files: dict[str, bytes]
    previous: Edition | None
    warnings: tuple[Diagnostic, ...]


def publish(
    root: Path,
    template_id: str,
    edition: str,
    issued: datetime.date | Month,
    *,
    strict: bool = False,
    key: SealKey | None = None,
    tell: Tell = silent,
) -> Published:
    """Freeze the working template as an edition, and make its circular and bundle, signed with a key if there is one.

    Raises InputError, having written nothing, while a check fails (with `strict`, also for a warning), a change since
    the last edition is not explained, or the key cannot sign.
    """
    from policygen.disk.writing import Content, as_text, change

    ready = _ready(root, template_id, edition, issued, key, strict=strict)
    made = _products(ready.edition, ready.record, ready.files, ready.previous, tell)
    made |= _signed(template_id, edition, made, key)
    folder = paths.edition_folder(template_id, edition)
    products = paths.edition_products_folder(template_id, edition)
    template = root / paths.template_file(template_id)
    changes: dict[str, Content] = {
        folder: ready.files,
        paths.template_file(template_id): as_text(
            template, _as_issued(template.read_bytes(), edition, issued)
        ),
        paths.in_output(products): made,
    }
    if (root / paths.changes_file(template_id)).exists():
        changes[paths.changes_file(template_id)] = None  # the edition keeps it
    change(root, changes)
    return Published(ready.record, folder, products, "circular.html" in made, ready.warnings)


def announce(
    root: Path,
    output: Path,
    template_id: str,
    edition: str,
    key: SealKey | None = None,
    tell: Tell = silent,
) -> Published:
    """Make the circular and the bundle of a published edition again, from its frozen files. Raises InputError."""
    from policygen.disk.writing import write_folder

    with stage() as problems:
        _check_key(key, problems)
    read, record, made = announced(root, template_id, edition, tell)
    made |= _signed(template_id, edition, made, key)
    products = paths.edition_products_folder(template_id, edition)
    write_folder(output, products, made)
    return Published(record, read.folder, products, "circular.html" in made, new=False)


def announced(
    root: Path, template_id: str, edition: str, tell: Tell = silent
) -> tuple[Edition, EditionRecord, dict[str, bytes]]:
    """A published edition, its record, and the files that announce it, by name. Raises InputError."""
    problems = Problems()
    _check_known(root, template_id, problems)
    known = published_editions(root, template_id)
    if edition not in known:
        says = f"`{template_id}` has no published edition `{edition}`"
        problems.add("unknown-edition", says, None, meant_or_known(edition, known))
    problems.stop()
    read = problems.needed(read_edition(root, template_id, edition, None, problems))
    record = problems.needed(read_edition_record(root, template_id, edition, problems))
    previous = None
    if record.previous:
        previous = read_edition(root, template_id, record.previous, None, problems)
    problems.stop()
    files = read_files(root, read.folder, [*record.files, paths.EDITION_RECORD])
    read = _with_later_circular(root, read)
    return read, record, _products(read, record, files, previous, tell)


def notices(root: Path, record: EditionRecord, tell: Tell = silent) -> dict[str, bytes]:
    """The circular and redline of an edition that came from elsewhere, by name: made here, of its text alone.

    What changed is in neither where the edition before it is not here. Raises InputError.
    """
    problems = Problems()
    edition = problems.needed(read_edition(root, record.template, record.edition, None, problems))
    check_includes(edition, problems)
    previous = None
    if record.previous in published_editions(root, record.template):
        previous = read_edition(root, record.template, record.previous, None, problems)
    problems.stop()
    return _announcing(edition, record, previous, tell)


def _with_later_circular(root: Path, edition: Edition) -> Edition:
    """The edition with the circular that was written after it was published. No school adopts a circular."""
    template = edition.file.value
    if (
        template.circular is not None
        or not (root / paths.template_file(edition.template_id)).exists()
    ):
        return edition
    working = read_edition(root, edition.template_id, "", None, Problems())
    if working is None or working.file.value.edition != template.edition:
        return edition
    template = template.model_copy(update={"circular": working.file.value.circular})
    return replace(edition, file=replace(edition.file, value=template))


def scaffold(root: Path, template_id: str, edition: str) -> tuple[str, bool]:
    """Write into changes.yaml what is still to be explained. Gives its path, and whether there was anything to add."""
    from policygen.disk.writing import write_text

    problems, path = Problems(), paths.changes_file(template_id)
    last = _check_order(root, template_id, edition, None, problems)
    working = _working(root, template_id, problems)
    here = _compared(root, template_id, last, working, problems)
    problems.needed(working)
    if here is None:
        return path, False
    text = read_files(root, ".", [path])[path].decode() if here.file else ""
    try:
        made = scaffolded(here, edition, text)
    except CannotAddError:
        says = "policygen cannot add to this file as it is written"
        problems.add("bad-value", says, Place(path), "write its lists one item to a line")
        raise InputError(problems) from None
    if made == text or (not text and made == f'edition: "{edition}"\n'):
        return path, False
    write_text(root, path, made)
    return path, True


# --- reading and checking --------------------------------------------------------------------------------------------


def _ready(
    root: Path,
    template_id: str,
    edition: str,
    issued: datetime.date | Month,
    key: SealKey | None,
    *,
    strict: bool,
) -> _Ready:
    problems = Problems()
    _check_key(key, problems)
    last = _check_order(root, template_id, edition, issued, problems)
    below = _below(root, template_id, problems)
    working = _checked(root, template_id, first_day(issued), problems)
    here = _compared(root, template_id, last, working, problems)
    if here is not None:
        command = f"policygen publish {template_id} --edition {edition} --scaffold"
        check_changes(here, command, problems)
        if here.file is not None and here.file.value.edition != edition:
            says = f"`edition` is `{here.file.value.edition}`, and edition `{edition}` is to be published"
            hint = f'write `edition: "{edition}"`'
            problems.add("untrue-change", says, here.file.place("edition"), hint)
    found = in_order(problems)
    warned = strict and any(problem.severity is Severity.WARNING for problem in found)
    if problems.has_errors or warned or working is None:
        raise InputError(found)
    files = _frozen_files(root, working, edition, issued)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    for name in files:
        if not can_travel(name):
            says = f"`{name}` has a name that not every computer can take"
            place = Place(f"{working.folder}/{name}")
            problems.add("bad-value", says, place, "use letters, figures and hyphens")
    if here is not None and last is not None:
        _check_anything_changed(here, last, below, digests, problems)
    problems.stop()
    check_circular(here.old if here else None, working, edition, problems)
    found = in_order(problems)
    if strict and found:
        raise InputError(found)
    record = edition_record(working, edition, issued, digests, here, last, below)
    files[paths.EDITION_RECORD] = written_edition_record(record).encode()
    template = working.file.value.model_copy(update={"edition": edition, "issued": issued})
    ready = replace(working, file=replace(working.file, value=template))
    return _Ready(ready, record, files, here.old if here else None, found)


def _check_known(root: Path, template_id: str, problems: Problems) -> None:
    if template_id not in (known := template_ids(root)):
        says = f"there is no model policy `{template_id}`"
        problems.add("unknown-template", says, None, meant_or_known(template_id, known))
        raise InputError(problems)


def _check_order(
    root: Path,
    template_id: str,
    edition: str,
    issued: datetime.date | Month | None,
    problems: Problems,
) -> EditionRecord | None:
    """The record of the last edition; None where there is none. Notes a number or a date of issue that goes back."""
    _check_known(root, template_id, problems)
    editions = published_editions(root, template_id)
    plain = ".".join(str(int(number)) for number in edition.split("."))
    if edition != plain:
        says = f"edition `{edition}` has a number that begins with 0"
        problems.add("bad-value", says, None, f"write {plain}, which is the same edition")
    if not editions:
        return None
    if version_order(edition) <= version_order(editions[-1]):
        says = f"edition `{edition}` does not come after edition `{editions[-1]}`, which was published last"
        problems.add("edition-order", says, None, f"choose a higher number than {editions[-1]}")
    last = read_edition_record(root, template_id, editions[-1], problems)
    if last is not None and issued is not None and first_day(issued) < last.issued_on:
        says = f"edition `{last.edition}` was issued {on_day(last.issued)}, after {printed_day(issued)}"
        problems.add("edition-order", says, None, f"give --issued a date from {last.issued} on")
    return last


def _check_anything_changed(
    here: Compared,
    last: EditionRecord,
    below: EditionRecord | None,
    digests: dict[str, str],
    problems: Problems,
) -> None:
    """Note an edition that would say what the last one says, over the same edition of another issuer if it has one."""
    extended = (last.extends.digest if last.extends else "", below.digest if below else "")
    if extended[0] == extended[1] and same_text(here.old, here.new, last.files, digests):
        says = f"nothing has changed since edition `{last.edition}`, which was issued {on_day(last.issued)}"
        path = paths.template_file(last.template)
        hint = f"`policygen announce {last.template}@{last.edition}` makes its circular and its bundle again"
        problems.add("edition-order", says, Place(path), hint)


def _working(root: Path, template_id: str, problems: Problems) -> Edition | None:
    path = paths.template_file(template_id)
    if not (root / path).exists():
        hint = "only the issuer publishes: this model policy came in a bundle"
        problems.add("file-missing", f"there is no file `{path}`", Place(path), hint)
        return None
    return read_edition(root, template_id, "", None, problems)


def _checked(
    root: Path, template_id: str, issued: datetime.date, problems: Problems
) -> Edition | None:
    """The working template, with all that is wrong with it noted."""
    found = Problems()
    law = law_of(root, found, issued)
    working = _working(root, template_id, found)
    if working is not None:
        prepared = prepare_edition(working, law, found)
        names = names_of(known_schools(root))
        whole = not found.has_errors
        check_template(prepared, names, TextFinder(working.texts), law, issued, found)
        left = allowed(found, working.texts, whole=whole)
        problems.extend((*left, *held_back(left, "an edition")))
    else:
        problems.extend(found)
    return working


def _compared(
    root: Path,
    template_id: str,
    last: EditionRecord | None,
    working: Edition | None,
    problems: Problems,
) -> Compared | None:
    """The working template beside the last edition; None where there is none, or where one cannot be read."""
    before = len(problems.errors)
    file = read_changes(root, paths.changes_file(template_id), problems)
    if last is None or working is None:
        return None
    old = read_edition(root, template_id, last.edition, None, problems)
    if old is None or len(problems.errors) > before:
        return None
    return compared(old, working, file, paths.changes_file(template_id))


def _below(root: Path, template_id: str, problems: Problems) -> EditionRecord | None:
    """The record of the edition that a working template extends, if it does. Notes one that is not published."""
    extended = extended_edition(root, template_id, "", problems)
    if extended is None:
        return None
    below, edition = extended
    if edition in published_editions(root, below):
        return read_edition_record(root, below, edition, problems)
    says = f"`{template_id}` extends `{below}@{edition}`, which is not published"
    hint = f"publish it first: `policygen publish {below} --edition {edition} --issued DATE`"
    problems.add("unknown-edition", says, Place(paths.template_file(template_id)), hint)
    return None


def _frozen_files(
    root: Path, working: Edition, edition: str, issued: datetime.date | Month
) -> dict[str, bytes]:
    """The files of the edition, by path in its folder: the working ones, and copies of the shared texts it includes.

    What authors said to each other in comments, and what was noted in pictures, stays with them.
    """
    from policygen.language.source import included

    own, shared = f"{working.folder}/", f"{paths.SHARED_FOLDER}/"
    files: dict[str, bytes] = {}
    texts = (*working.sections.values(), *working.forms.values())
    needed = included((text for text in texts if text.path.startswith(own)), working.shared)
    declared = f"{shared}{paths.SHARED_FACTS}"
    said = [text for path, text in working.texts.items() if path != declared]
    for path, content in read_files(root, ".", working.inputs).items():
        name = path.removeprefix(own)
        if name in working.images:
            files[name] = working.images[name]
        elif path.startswith(own):
            files[name] = content
        elif path.startswith(shared) and path.removeprefix(shared) in needed:
            files[f"shared/{path.removeprefix(shared)}"] = content
        elif path == declared:
            used = may_be_named(said, working.file.value.facts)
            if kept := _used_facts(_text(content), used):
                files[f"{paths.SHARED}/{paths.SHARED_FACTS}"] = kept
        elif working.rules and path == working.rules.path:
            files[f"{paths.SHARED}/{paths.SHARED_QUESTIONS}"] = _cut(
                _text(content), working.rules.value
            )
    changes = root / working.folder / paths.CHANGES
    if changes.exists():
        files[paths.CHANGES] = read_files(root, working.folder, [paths.CHANGES])[paths.CHANGES]
    for name, content in files.items():
        if name.endswith((".md", ".yaml")):
            files[name] = _uncommented(name, _text(content)).encode()
    files[paths.TEMPLATE] = _as_issued(files[paths.TEMPLATE], edition, issued).encode()
    return files


def _cut(text: str, rules: SharedFile) -> bytes:
    """What concerns one edition of the text of the shared questions."""
    said = read_yaml(text, paths.SHARED_QUESTIONS, SharedFile, Problems())
    whole = SharedFile() if said is None else said.value
    for name in whole.questions:
        if name not in rules.questions:
            text = without(text, ("questions", name))
    if rules.never != whole.never:
        text = without(text, ("never",))
    if rules.never and rules.never != whole.never:
        text = with_value(text, ("never",), [rule.model_dump() for rule in rules.never])
    return text.encode()


def _used_facts(text: str, used: Collection[str]) -> bytes:
    """What one edition names of the text of the declared facts; nothing where that is none of them."""
    said = read_yaml(text, paths.SHARED_FACTS, FactsFile, Problems())
    declared = {} if said is None else declared_in(said.value)
    called = {f"roles.{name.removeprefix('people.')}" for name in used}
    kept = [name for name in declared if name in used or name in called]
    for name, fact in declared.items():
        if name not in kept:
            text = without(text, (fact.group, fact.name))
    for group in dict.fromkeys(fact.group for fact in declared.values()):
        if not any(name.startswith(f"{group}.") for name in kept):
            text = without(text, (group,))
    return text.encode() if kept else b""


def _uncommented(name: str, text: str) -> str:
    return yamledit.without_comments(text) if name.endswith(".yaml") else without_comments(text)


def _as_issued(template: bytes, edition: str, issued: datetime.date | Month) -> str:
    """The text of template.yaml with the edition as which it is published."""
    text = with_value(_text(template), ("edition",), edition)
    return with_value(text, ("issued",), issued)


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig").replace("\r\n", "\n")


# --- what is made of it ----------------------------------------------------------------------------------------------


def _products(
    edition: Edition,
    record: EditionRecord,
    files: dict[str, bytes],
    previous: Edition | None,
    tell: Tell,
) -> dict[str, bytes]:
    """The files that announce an edition, by name: its circular, its redline, and the bundle with its digest."""
    announcing = _announcing(edition, record, previous, tell)
    name = bundle_name(edition.template_id, record.edition)
    content = bundled(files, announcing)
    digest = f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()
    return edition_products(record, {**announcing, name: content, f"{name}.sha256": digest})


def _announcing(
    edition: Edition, record: EditionRecord, previous: Edition | None, tell: Tell
) -> dict[str, bytes]:
    """The files of its circular and redline, by name."""
    from policygen.editions.announce import announced_changes, edition_redline
    from policygen.products.redline import redline_products
    from policygen.project.build import render_all

    folder = paths.edition_products_folder(edition.template_id, record.edition)
    template = edition.file.value
    changes: tuple[AnnouncedChange, ...] = ()
    redlines = []
    if previous is not None:
        redline = edition_redline(previous, edition, record)
        changes = announced_changes(previous, edition, record, redline.comparison)
        redlines = [redline_products(redline, folder)]
    made = [circular_of(edition.template_id, template, folder, changes, {}), *redlines]
    announcing: dict[str, bytes] = {}
    for products in made:
        rendered = render_all([products], tell)[folder]
        announcing |= products.files
        announcing |= {name: result.pdf for name, result in rendered.items()}
    return announcing


def _signed(
    template_id: str, edition: str, made: dict[str, bytes], key: SealKey | None
) -> dict[str, bytes]:
    """The signature over a bundle, by its name. The manifest does not list it: only who has the key can make it."""
    from policygen.disk.vouching import signature

    if key is None:
        return {}
    name = bundle_name(template_id, edition)
    return {f"{name}{SIGNATURE}": signature(made[name], key.file, key.password)}


def _check_key(key: SealKey | None, problems: Problems) -> None:
    """Note a key that cannot sign, before anything is written."""
    from policygen.disk.vouching import signature

    try:
        if key is not None:
            check_key(key.file, key.password, key.day)
            signature(b"", key.file, key.password)
    except SealError as error:
        hint = "name the PKCS#12 file of a certificate that is valid today, and give its password"
        problems.add("seal-refused", f"no bundle can be signed: {error}", None, hint)
