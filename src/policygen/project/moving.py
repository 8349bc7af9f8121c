"""Moving a policy in from a file of another program, with the proof that no word of it was dropped."""

from __future__ import annotations

import datetime
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import assert_never

from policygen.compose.number import number
from policygen.compose.prepare import prepare_edition
from policygen.disk.bundles import read_file
from policygen.disk.editions import read_edition
from policygen.disk.guarding import TooMuchError, guarded
from policygen.disk.reading import read_school
from policygen.disk.writing import Content, change
from policygen.files.office import OfficeError
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, InputError, Place, Problems, Severity
from policygen.ground.wording import count as counted_words
from policygen.language import document as d
from policygen.model.school import School
from policygen.moving.count import Count, counted, words_of_docx, words_of_sections
from policygen.moving.docx import read_docx
from policygen.moving.files import Facts, adoption_text, facts_of, template_files
from policygen.moving.found import Choice, FileKind, Found, settled, tracked
from policygen.moving.odt import read_odt, words_of_odt
from policygen.moving.plain import (
    read_markdown,
    read_text,
    words_of_markdown,
    words_of_text,
)
from policygen.moving.propose import Proposed, propose
from policygen.moving.referring import same_numbers
from policygen.moving.told import Report, as_data, as_html
from policygen.project.check import law_of

KINDS = (".docx", ".odt", ".md", ".txt")
_SHOWN = 5


@dataclass(frozen=True)
class MovedIn:
    """A policy that was moved in."""

    template: str
    school: str
    """The school whose own it is; empty for a model policy."""
    files: tuple[str, ...]
    """By path."""
    report: Report
    missing: tuple[str, ...]
    """The keys of template.yaml that stand empty, because the file does not say what they need."""


def move_in(
    root: Path,
    file: Path,
    template_id: str,
    as_of: datetime.date,
    *,
    school_id: str = "",
    changes: Choice | None = None,
) -> MovedIn:
    """Make a policy of a file. Raises InputError, having written nothing."""
    problems = Problems()
    content = read_file(file, problems)
    if content is None:
        raise InputError(problems)
    school = _school(root, school_id, problems) if school_id else None
    _check_free(root, template_id, school_id, problems)
    found = _read(file.name, content, problems)
    problems.stop()
    found = _settled(problems.needed(found), changes, problems)
    proposed = propose(found, for_school=school is not None)
    if not proposed.sections:
        problems.add("import-refused", f"`{file.name}` holds no words", Place(file.name))
    problems.stop()
    facts = facts_of(proposed, as_of)
    if school is not None:
        facts = _of_school(facts, school, proposed)
    adapt = "free" if school is not None else "locked"
    sections, faults = _parsed(root, template_id, proposed, facts, adapt)
    if not sections:
        problems.extend(faults, "while reading what was made of the file")
        problems.stop()
    count = counted(
        _words(found.kind, content, changes), words_of_sections(sections), proposed.ledger.fates
    )
    _check_count(count, file.name, problems)
    problems.stop()
    _note_numbers(proposed, sections)
    for fault in faults:
        proposed.ledger.by_hand(
            f"{fault.message}; {'; '.join(fault.hints)}", None, str(fault.place)
        )
    files = template_files(proposed, facts, adapt=adapt)
    folder = paths.template_folder(template_id)
    written: dict[str, Content] = {folder: files}
    names = [f"{folder}/{name}" for name in files]
    if school_id:
        adoption = paths.adoption_file(school_id, template_id)
        written[adoption] = adoption_text(proposed, facts, f"Moved in from {file.name}").encode()
        names.append(adoption)
    change(root, written)
    ledger = proposed.ledger
    report = Report(file.name, template_id, count, tuple(ledger.remarks), tuple(ledger.fates))
    return MovedIn(template_id, school_id, tuple(names), report, facts.missing)


def read_moving(file: Path, changes: Choice | None) -> Found:
    """What a file of another program holds, with its tracked changes settled. Raises InputError."""
    problems = Problems()
    content = read_file(file, problems)
    problems.stop()
    found = _read(file.name, problems.needed(content), problems)
    problems.stop()
    return _settled(problems.needed(found), changes, problems)


def _school(root: Path, school_id: str, problems: Problems) -> School | None:
    read = read_school(root, school_id, lambda _: False, problems)
    problems.stop()
    return None if read is None else read.file.value


def _check_free(root: Path, template_id: str, school_id: str, problems: Problems) -> None:
    for path in (
        paths.template_folder(template_id),
        *([paths.adoption_file(school_id, template_id)] if school_id else []),
    ):
        if (root / path).exists():
            hint = "choose another id with --as, or delete what nobody needs"
            problems.add("already-there", f"there is `{path}` already", Place(path), hint)


def _read(name: str, content: bytes, problems: Problems) -> Found | None:
    """What a file holds, by what its name says that it is."""
    ending = Path(name).suffix.lower()
    try:
        if ending == ".docx":
            return guarded(partial(read_docx, name), content)
        if ending == ".odt":
            return guarded(partial(read_odt, name), content)
        if ending == ".md":
            return guarded(partial(read_markdown, name), content)
        if ending == ".txt":
            return guarded(partial(read_text, name), content)
    except OfficeError as error:
        problems.add("import-refused", f"`{name}` {error}", Place(name))
        return None
    except TooMuchError:
        says = f"`{name}` takes too much time or memory to read"
        hint = "save it anew in Word or LibreOffice, without pictures"
        problems.add("import-refused", says, Place(name), hint)
        return None
    problems.add(
        "import-refused", f"`{name}` is of a kind that is not read", Place(name), _other(ending)
    )
    return None


def _other(ending: str) -> str:
    match ending:
        case ".doc" | ".rtf" | ".pages" | ".docm" | ".dotx" | ".dotm" | ".wps":
            return "open it in Word or LibreOffice and save it as a .docx file"
        case ".pdf":
            return (
                "a PDF has lost its headings and lists: move in the Word file that it was made of"
            )
        case _:
            return f"what can be moved in ends with {', '.join(KINDS)}"


def _settled(found: Found, changes: Choice | None, problems: Problems) -> Found:
    """The file with its tracked changes accepted or rejected, as was chosen. Stops where nobody chose."""
    open_changes = tracked(found)
    if not open_changes:
        return found
    if changes is not None:
        return settled(found, changes)
    shown = [
        f"{each.kind} “{each.text}”{f' by {each.author}' if each.author else ''}, {each.spot}"
        for each in open_changes[:_SHOWN]
    ]
    more = len(open_changes) - len(shown)
    hints = ("write `--changes accept` or `--changes reject`", *shown)
    if more:
        hints = (*hints, f"and {counted_words(more, 'other')}")
    says = f"the file holds {counted_words(len(open_changes), 'tracked change')} that nobody decided about"
    problems.add("import-refused", says, Place(found.name), *hints)
    raise InputError(problems)


def _of_school(facts: Facts, school: School, proposed: Proposed) -> Facts:
    """What the template of a school's own policy says: it is its own issuer. What the file leaves open is guessed."""
    ledger = proposed.ledger
    body, months = facts.body or "full-board", facts.review_months or 12
    if not facts.body:
        ledger.guessed("the full governing board approves it", None, "adoption.body")
    if not facts.review_months:
        ledger.guessed("it is reviewed every 12 months", None, "adoption.review_months")
    kind = "trust" if school.trust else "la"
    return replace(facts, issuer=school.name, kind=kind, body=body, review_months=months)


def write_report(path: Path, report: Report) -> None:
    """Write the report as a page or as JSON, by the name of its file."""
    if path.suffix.lower() == ".json":
        text = json.dumps(as_data(report), ensure_ascii=False, indent=2) + "\n"
    else:
        text = as_html(report)
    change(path.parent.resolve(), {path.name: text.encode()})


# --- the proof --------------------------------------------------------------------------------------------------------


def _parsed(
    root: Path, template_id: str, proposed: Proposed, facts: Facts, adapt: str
) -> tuple[tuple[d.Section, ...], tuple[Diagnostic, ...]]:
    """The tree that our language makes of the proposed files, numbered, with every error in them."""
    filled = replace(
        facts,
        issuer=facts.issuer or "Issuer",
        kind=facts.kind or "la",
        body=facts.body or "full-board",
        review_months=facts.review_months or 12,
    )
    problems = Problems()
    with TemporaryDirectory(prefix="policygen-") as name:
        scratch = Path(name)
        _copy_shared(root, scratch)
        folder = scratch / paths.template_folder(template_id)
        for path, content in template_files(proposed, filled, adapt=adapt).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        edition = read_edition(scratch, template_id, "", None, problems)
        if edition is None:
            return (), tuple(problems)
        prepared = prepare_edition(edition, law_of(root, Problems()), problems)
    errors = tuple(each for each in problems if each.severity is Severity.ERROR)
    return number(prepared.every_branch), errors


def _copy_shared(root: Path, scratch: Path) -> None:
    if (root / paths.SHARED_FOLDER).is_dir():
        shutil.copytree(root / paths.SHARED_FOLDER, scratch / paths.SHARED_FOLDER)


def _words(kind: FileKind, content: bytes, changes: Choice | None) -> dict[str, Counter[str]]:
    """The words of a file, counted without its reader."""
    match kind:
        case "docx":
            return words_of_docx(content, changes)
        case "markdown":
            return words_of_markdown(content)
        case "text":
            return words_of_text(content)
        case "odt":
            return words_of_odt(content)
        case _:
            assert_never(kind)


def _check_count(count: Count, name: str, problems: Problems) -> None:
    """Stop where a word is not accounted for: that is a fault of ours, and the file would lose it."""
    for words, says in ((count.missing, "would be lost"), (count.surplus, "would stand twice")):
        if words:
            shown = ", ".join(f"“{word}”" for word in [*words][:20])
            hint = "please report this with the file; nothing was written"
            problems.add("import-lost", f"words of the file {says}: {shown}", Place(name), hint)


def _note_numbers(proposed: Proposed, sections: tuple[d.Section, ...]) -> None:
    """Note every number that is another one now."""
    printed = dict(_printed(sections))
    labels = {key: label for key, (label, _) in proposed.labels.items()}
    for identity, (was, now) in same_numbers(labels, printed).items():
        spot = proposed.labels[identity][1]
        says = f"the number {was} is {now} now" if now else f"the number {was} is not printed now"
        proposed.ledger.by_hand(says, spot, f"#{identity}")


def _printed(sections: tuple[d.Section, ...]) -> Iterator[tuple[str, str]]:
    for node in d.walk(sections):
        match node:
            case d.Section():
                yield node.id, node.label
            case d.Clause():
                yield node.id, node.number
            case _:
                pass
