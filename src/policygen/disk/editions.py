"""Reading templates and their editions: as they were published, or as they are being written."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from policygen.disk.reader import Reader, entries
from policygen.files.fields import NUMBER_PATTERN
from policygen.files.yamlfile import Located, read_yaml
from policygen.files.yamltree import Node
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.letters import nfc
from policygen.ground.wording import meant_or_known
from policygen.language.source import Source
from policygen.model.adoption import version_order
from policygen.model.changes import ChangesFile
from policygen.model.edition_record import EditionRecord, digest_of_record, written_edition_record
from policygen.model.facts import Facts, FactsFile, declared_in, own_facts
from policygen.model.overlay import OverlayFile, extends, layer, merged_edition, merged_file
from policygen.model.shared import (
    SharedFile,
    declarations,
    rules_of,
    with_declared,
    without_shared,
)
from policygen.model.template import FormEntry, Template
from policygen.model.workspace import Edition

_NAMED_HINT = "the file of an adoption has the name of its model policy"


def template_ids(root: Path) -> list[str]:
    """The templates of a workspace, in alphabetical order. `templates/shared/` is none."""
    shared = Path(paths.SHARED_FOLDER).name
    folders = (path for path in entries(root, paths.TEMPLATES) if path.is_dir())
    return [folder.name for folder in folders if folder.name != shared]


def published_editions(root: Path, template_id: str) -> list[str]:
    """The editions of a template that were published, oldest first."""
    folders = (path for path in entries(root, paths.editions_folder(template_id)) if path.is_dir())
    editions = [folder.name for folder in folders if re.fullmatch(NUMBER_PATTERN, folder.name)]
    return sorted(editions, key=version_order)


def latest_edition(root: Path, template_id: str) -> str:
    """The last edition of a template that was published; empty where none was, so that the working template counts."""
    return (published_editions(root, template_id) or [""])[-1]


def last_issued(root: Path, template_id: str, as_of: datetime.date) -> str:
    """The last published edition of a template whose day of issue has come; empty where there is none.

    One whose record cannot be read counts, so that whoever reads the edition says so.
    """
    for edition in reversed(published_editions(root, template_id)):
        record = read_edition_record(root, template_id, edition, Problems())
        if record is None or record.issued_on <= as_of:
            return edition
    return ""


def newer_edition(
    root: Path, template_id: str, edition: str, as_of: datetime.date, problems: Problems
) -> str:
    """The last edition of a template that has been issued; empty where that is this one or an earlier one."""
    if version_order(latest_edition(root, template_id) or "0") <= version_order(edition):
        return ""
    issued = last_issued(root, template_id, as_of)
    if issued:  # nobody may read the edition itself, so its record is looked at here
        read_edition_record(root, template_id, issued, problems)
    return issued if issued and version_order(issued) > version_order(edition) else ""


def read_edition(
    root: Path,
    template_id: str,
    edition: str,
    asked: Place | None,
    problems: Problems,
    trail: tuple[str, ...] = (),
) -> Edition | None:
    """Read one edition of a template: the frozen one where there is one, else the working template of that edition.

    An empty `edition` means the working template, whatever its edition; the last edition where there is none, because
    it came in a bundle. A frozen edition of which any file is not as it was published is not read: each such file is
    noted. `trail` are the templates that extend this one.
    """
    reader = Reader(root, problems)
    working = reader.root / paths.template_folder(template_id)
    published = published_editions(root, template_id)
    if not working.is_dir():
        where = Place(asked.path) if asked else None
        hint = meant_or_known(template_id, template_ids(root))
        problems.add(
            "unknown-template",
            f"there is no model policy `{template_id}`",
            where,
            hint,
            _NAMED_HINT,
        )
        return None
    unwritten = bool(published) and not (working / paths.TEMPLATE).exists()
    if not edition and unwritten:
        edition = published[-1]
    frozen = edition in published
    folder = reader.root / paths.edition_folder(template_id, edition) if frozen else working
    if not frozen and edition and unwritten:
        _note_unknown(template_id, edition, published, asked, problems)
        return None
    if frozen and not _is_as_published(reader, folder, template_id, edition):
        return None
    text = reader.text(folder / paths.TEMPLATE)
    if text is None:
        return None
    read: Edition | None = None
    file: Located[Template] | None
    shared: Located[SharedFile] | None = None
    if extends(text):
        read = _overlaid(reader, folder, template_id, text, trail, frozen=frozen)
        file = read.file if read else None
    else:
        if (declared := _declared(reader, folder, frozen=frozen)) is None:
            return None
        shared, completed = declared
        path = reader.path(folder / paths.TEMPLATE)
        file = read_yaml(text, path, Template, problems, completed=completed)
        file = None if file is None else _with_facts(reader, folder, file, frozen=frozen)
    if file is None:
        return None
    if edition and file.value.edition != edition:
        _note_unknown(template_id, edition, [file.value.edition, *published], asked, problems)
        return None
    return read or _edition(reader, folder, template_id, file, shared, frozen=frozen)


def _declared(
    reader: Reader, folder: Path, *, frozen: bool
) -> tuple[Located[SharedFile] | None, Callable[[Node, Problems], Node]] | None:
    """The shared questions beside an edition, if there are any, and what puts them into its template.yaml.

    None, with a problem, where they cannot be read: nothing that follows from it is worth saying.
    """
    path = _shared_folder(reader, folder, frozen=frozen) / paths.SHARED_QUESTIONS
    if not path.exists():
        return None, partial(with_declared, declared={})
    shared = reader.model(path, SharedFile)
    if shared is None:
        return None
    return shared, partial(with_declared, declared=declarations(shared))


def _with_facts(
    reader: Reader, folder: Path, file: Located[Template], *, frozen: bool
) -> Located[Template] | None:
    """A template with the facts that are declared beside it; None, with a problem, where they cannot be read."""
    path = _shared_folder(reader, folder, frozen=frozen) / paths.SHARED_FACTS
    if not path.exists():
        return file
    declared = reader.model(path, FactsFile)
    return (
        None
        if declared is None
        else replace(file, value=file.value.with_facts(declared_in(declared.value)))
    )


def read_facts(root: Path, problems: Problems) -> Located[FactsFile] | None:
    """The facts that this workspace declares; None where it declares none, or with a problem."""
    reader = Reader(root, problems)
    path = reader.root / paths.SHARED_FOLDER / paths.SHARED_FACTS
    return reader.model(path, FactsFile) if path.exists() else None


def declared_facts(root: Path) -> Facts:
    """All facts that schools of this workspace may give: declared here, or in an edition that was published.

    Of two that have one name, that of this workspace counts, else that of the newest edition: `check` says so where
    they are of different kinds. What is wrong with a file is said by whoever reads its template.
    """
    reader = Reader(root, Problems())
    here = _facts_at(reader, reader.root / paths.SHARED_FOLDER)
    found = {**own_facts(), **{name: here[name] for name in here if name not in own_facts()}}
    for _, facts in published_facts(root):
        for name, fact in facts.items():
            found.setdefault(name, fact)
    return found


def published_facts(root: Path) -> Iterator[tuple[str, Facts]]:
    """The facts that each published edition declares, by its name; of each template the newest first."""
    reader = Reader(root, Problems())
    for template_id in template_ids(root):
        for edition in reversed(published_editions(root, template_id)):
            folder = reader.root / paths.edition_folder(template_id, edition)
            if facts := _facts_at(reader, folder / paths.SHARED):
                yield f"{template_id}@{edition}", facts


def _facts_at(reader: Reader, folder: Path) -> Facts:
    path = folder / paths.SHARED_FACTS
    text = reader.text(path) if path.exists() else None
    return _facts_in(text) if text else {}


@lru_cache(maxsize=256)
def _facts_in(text: str) -> Facts:
    file = read_yaml(text, paths.SHARED_FACTS, FactsFile, Problems())
    return {} if file is None else declared_in(file.value)


def read_shared(root: Path, problems: Problems) -> Located[SharedFile] | None:
    """What this workspace declares for all its templates; None where it declares nothing, or with a problem."""
    reader = Reader(root, problems)
    path = reader.root / paths.SHARED_FOLDER / paths.SHARED_QUESTIONS
    return reader.model(path, SharedFile) if path.exists() else None


def _shared_folder(reader: Reader, folder: Path, *, frozen: bool) -> Path:
    return folder / paths.SHARED if frozen else reader.root / paths.SHARED_FOLDER


def _overlaid(
    reader: Reader,
    folder: Path,
    template_id: str,
    text: str,
    trail: tuple[str, ...],
    *,
    frozen: bool,
) -> Edition | None:
    """An edition that extends another one, put over it."""
    problems = reader.problems
    if (declared := _declared(reader, folder, frozen=frozen)) is None:
        return None
    shared, completed = declared
    path = reader.path(folder / paths.TEMPLATE)
    own = read_yaml(text, path, OverlayFile, problems, completed=completed)
    if own is None:
        return None
    below, place = own.value.extends, own.place("extends", "template")
    if below.template in (template_id, *trail):
        problems.add(
            "bad-value",
            f"`{below.template}` extends itself",
            place,
            "name the template of another issuer",
        )
        return None
    pinned = own.place("extends", "edition")
    base = read_edition(
        reader.root, below.template, below.edition, pinned, problems, (template_id, *trail)
    )
    if base is None:
        return None
    if frozen:
        _check_below(reader, folder, own, base)
    merged = merged_file(base.file, own, problems)
    file = _with_facts(reader, folder, merged, frozen=frozen)
    if file is None:
        return None
    files = file.value.model_copy(
        update={"sections": own.value.sections, "forms": (), "appendices": ()}
    )
    located = Located(files, own.path, own.root)
    mine = _edition(reader, folder, template_id, located, shared, frozen=frozen)
    return merged_edition(base, mine, file, layer(own), problems)


def _check_below(reader: Reader, folder: Path, own: Located[OverlayFile], base: Edition) -> None:
    """Note where a published edition does not stand over the very edition that it was published over."""
    said, here = _record(Reader(reader.root, Problems()), folder), None
    if base.frozen:
        here = read_edition_record(
            reader.root, base.template_id, base.file.value.edition, Problems()
        )
    if (
        said is not None
        and said.extends is not None
        and (here is None or here.digest != said.extends.digest)
    ):
        below = f"{base.template_id}@{base.file.value.edition}"
        says = f"`{below}` is not the edition that this one was published over"
        hint = f"import `{below}` from whoever published it"
        reader.problems.add("edition-damaged", says, own.place("extends"), hint)


def extended_edition(
    root: Path, template_id: str, edition: str, problems: Problems
) -> tuple[str, str] | None:
    """The template and edition that an edition is put over; None where it is the first issuer's, or cannot be read."""
    if edition in published_editions(root, template_id):
        record = read_edition_record(root, template_id, edition, problems)
        below = record.extends if record else None
        return (below.template, below.edition) if below else None
    reader = Reader(root, Problems())
    text = reader.text(reader.root / paths.template_file(template_id))
    return None if text is None else extends_in(text)


def extends_in(text: str) -> tuple[str, str] | None:
    """The template and edition that the text of a template.yaml extends; None where it extends none, or is wrong."""
    own = None
    if extends(text):
        own = read_yaml(text, paths.TEMPLATE, OverlayFile, Problems(), completed=without_shared)
    return None if own is None else (own.value.extends.template, own.value.extends.edition)


def _note_unknown(
    template_id: str, edition: str, known: Collection[str], asked: Place | None, problems: Problems
) -> None:
    message = f"the model policy `{template_id}` has no edition `{edition}`"
    problems.add(
        "unknown-edition", message, asked, meant_or_known(edition, [*dict.fromkeys(known)])
    )


def has_unpublished_changes(root: Path, template_id: str, problems: Problems) -> bool:
    """Whether the working template differs from the edition that was published last."""
    working, published = (
        root / paths.template_folder(template_id),
        published_editions(root, template_id),
    )
    if not published or not (working / paths.TEMPLATE).exists():
        return False
    record = read_edition_record(root, template_id, published[-1], problems)
    if record is None:
        return False
    folders = (paths.SECTIONS, paths.FORMS, paths.INCLUDES, paths.IMAGES)
    found = [
        working / paths.TEMPLATE,
        *(file for name in folders for file in working.glob(f"{name}/*")),
    ]
    try:
        now = {
            path.relative_to(working).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in found
        }
    except OSError:  # whoever reads the working template says so
        return True
    own = (paths.TEMPLATE, *(f"{folder}/" for folder in folders))
    if now != {name: sha256 for name, sha256 in record.files.items() if name.startswith(own)}:
        return True
    beside = (paths.SHARED_QUESTIONS, paths.SHARED_FACTS)
    if not any(f"{paths.SHARED}/{name}" in record.files for name in beside):
        return False
    read = read_edition(root, template_id, "", None, Problems())
    then = read_edition(root, template_id, published[-1], None, problems)
    return read is None or then is None or _said_beside(read, then) != _said_beside(then, then)


def _said_beside(edition: Edition, then: Edition) -> tuple[object, ...]:
    """What an edition takes from the files that templates share, of all that one of them takes from there."""
    facts = edition.file.value.facts
    rules = edition.rules.value if edition.rules else None
    return rules, [facts.get(name) for name in then.file.value.facts]


def read_published(
    root: Path, template_id: str, edition: str, problems: Problems
) -> Edition | None:
    """A published edition; None where it is not here any more and, with a problem, where it is not as it was."""
    if edition not in published_editions(root, template_id):
        return None
    return read_edition(root, template_id, edition, None, problems)


def check_edition(root: Path, template_id: str, edition: str, problems: Problems) -> bool:
    """Whether every byte of a published edition is as it was; notes each file that is not."""
    reader = Reader(root, problems)
    folder = reader.root / paths.edition_folder(template_id, edition)
    return _is_as_published(reader, folder, template_id, edition)


def read_edition_record(
    root: Path, template_id: str, edition: str, problems: Problems
) -> EditionRecord | None:
    """What a published edition says about itself; None, with a problem, where it is not as it was published."""
    reader = Reader(root, problems)
    return _record(reader, reader.root / paths.edition_folder(template_id, edition))


def editions_between(
    root: Path, template_id: str, old: str, new: str, problems: Problems
) -> tuple[EditionRecord, ...]:
    """The records of the editions published after `old`, up to `new`, oldest first."""
    between = [
        edition
        for edition in published_editions(root, template_id)
        if version_order(old) < version_order(edition) <= version_order(new)
    ]
    records = [read_edition_record(root, template_id, edition, problems) for edition in between]
    return tuple(record for record in records if record is not None)


def read_changes(root: Path, path: str, problems: Problems) -> Located[ChangesFile] | None:
    """What the author says of the next edition's changes; None where nothing is written, or with a problem."""
    reader = Reader(root, problems)
    file = reader.root / path
    return reader.model(file, ChangesFile) if file.exists() else None


def read_template_text(root: Path, template_id: str, problems: Problems) -> str | None:
    """The text of a working template.yaml; None, with a problem, where it cannot be read."""
    reader = Reader(root, problems)
    return reader.text(reader.root / paths.template_file(template_id))


def _record(reader: Reader, folder: Path) -> EditionRecord | None:
    path, problems = folder / paths.EDITION_RECORD, Problems()
    hint = "put the folder of the edition back as it was, from version control or from its bundle"
    text, read = reader.text(path, frozen=True) if path.exists() else None, None
    if text is not None:
        read = read_yaml(text, reader.path(path), EditionRecord, problems, frozen=True)
    if read is None:
        says = (
            f"`{path.name}` cannot be read"
            if path.exists()
            else f"this edition has no `{path.name}`"
        )
        reader.problems.add("edition-damaged", says, Place(reader.path(path)), hint)
    elif text != written_edition_record(read.value) or read.value.digest != digest_of_record(
        read.value
    ):
        says = f"`{path.name}` is not as it was published"
        reader.problems.add("edition-damaged", says, Place(reader.path(path)), hint)
        return None
    return None if read is None else read.value


def _is_as_published(reader: Reader, folder: Path, template_id: str, edition: str) -> bool:
    """Whether a published edition is as it was. Notes each file that changed, came or went."""
    before = len(reader.problems.errors)
    record = _record(reader, folder)
    if record is None:
        return False
    hint = "published editions never change; put the file back, or publish another edition"
    if (record.template, record.edition) != (template_id, edition):
        says = f"this is the folder of `{record.template}@{record.edition}`"
        reader.problems.add(
            "edition-damaged", says, Place(reader.path(folder / paths.EDITION_RECORD)), hint
        )
    inside = sorted(folder.rglob("*"))
    for path in (folder, *inside):
        if path.is_symlink():
            says = "this is a link, and an edition lies in the workspace itself"
            reader.problems.add("edition-damaged", says, Place(reader.path(path)), hint)
    found = (path for path in inside if path.is_file() and not path.name.startswith("."))
    present = {path.relative_to(folder).as_posix(): path for path in found}
    for name in sorted({*present, *record.files} - {paths.EDITION_RECORD}):
        if name not in present:
            says = f"`{name}` is gone from this published edition"
        elif name not in record.files:
            says = f"`{name}` was not in this edition when it was published"
        elif _sha256(reader, present[name]) != record.files[name]:
            says = f"`{name}` is not as it was published"
        else:
            continue
        reader.problems.add("edition-damaged", says, Place(reader.path(folder / name)), hint)
    return len(reader.problems.errors) == before


def _sha256(reader: Reader, path: Path) -> str:
    """The digest of a file that may have been read already."""
    if reader.path(path) not in reader.inputs:
        reader.content(path)
    return reader.inputs.get(reader.path(path), "")


def _edition(
    reader: Reader,
    folder: Path,
    template_id: str,
    file: Located[Template],
    shared_questions: Located[SharedFile] | None,
    *,
    frozen: bool,
) -> Edition:
    template = file.value
    sections: dict[str, tuple[str, int]] = {}
    forms: dict[str, tuple[str, int]] = {}
    for key in ("sections", "forms", "appendices"):
        for index, entry in enumerate(getattr(template, key)):
            files = forms if isinstance(entry, FormEntry) else sections
            files[entry.name] = (key, index)
    _unlisted(reader, folder / paths.SECTIONS, sections, "sections:` or `appendices:")
    _unlisted(reader, folder / paths.FORMS, forms, "forms:")
    shared_folder = _shared_folder(reader, folder, frozen=frozen)
    shared = _texts(reader, shared_folder) | _texts(reader, folder / paths.INCLUDES)
    images = {}
    for path in entries(reader.root, reader.path(folder / paths.IMAGES)):
        picture = reader.picture(path, Place(reader.path(path)))
        images[f"{paths.IMAGES}/{nfc(path.name)}"] = (
            picture or b""
        )  # what is wrong with it is noted, once
    return Edition(
        template_id=template_id,
        folder=reader.path(folder),
        frozen=frozen,
        file=file,
        sections=_listed(reader, folder / paths.SECTIONS, file, sections),
        forms=_listed(reader, folder / paths.FORMS, file, forms),
        shared=shared,
        images=images,
        inputs=dict(sorted(reader.inputs.items())),
        texts=dict(reader.texts),
        rules=rules_of(shared_questions, template.questions),
    )


def _listed(
    reader: Reader, folder: Path, file: Located[Template], names: dict[str, tuple[str, int]]
) -> dict[str, Source]:
    read = {}
    for name, keys in names.items():
        path = folder / f"{name}.md"
        asked = None if path.exists() else file.place(*keys)
        text = reader.source(path, asked, f"write the file, or take `{name}` off this list")
        if text is not None:
            read[name] = text
    return read


def _unlisted(reader: Reader, folder: Path, names: Collection[str], under: str) -> None:
    for path in _section_files(reader, folder):
        if path.stem not in names:
            reader.problems.add(
                "unlisted-section",
                f"template.yaml does not list `{path.stem}`",
                Place(reader.path(path)),
                f"list it under `{under}`, or delete the file",
            )


def _texts(reader: Reader, folder: Path) -> dict[str, Source]:
    texts: dict[str, Source] = {}
    for path in _section_files(reader, folder):
        text = reader.source(path)
        if text is not None:
            texts[nfc(path.name)] = text
    return texts


def _section_files(reader: Reader, folder: Path) -> list[Path]:
    beside = entries(reader.root, reader.path(folder))
    return [path for path in beside if path.suffix == ".md"]
