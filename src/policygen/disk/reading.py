"""Reading a workspace: its schools, and what it says of law. Templates are read by `disk.editions`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from policygen.disk.editions import declared_facts, read_facts
from policygen.disk.reader import Reader, content_of, entries
from policygen.disk.system import system_says
from policygen.files.text import SAVE_HINT, encoding_fault
from policygen.files.yamlfile import Located, read_yaml, without_faulty
from policygen.ground import paths
from policygen.ground.diagnostics import Place, Problems
from policygen.model.adoption import AdoptionFile, LocatedAdoption, StartedAdoption
from policygen.model.law import OwnLaw
from policygen.model.people import Pupil, StaffMember, read_pupils, read_staff
from policygen.model.school import School, check_school, school_model
from policygen.model.shared import AnswersFile
from policygen.model.workspace import SchoolFiles

_ASIDE = ("version", "author", "reason", "review", "owner", "history")
"""Keys of an adoption of which one may be at fault while the answers and decisions are checked all the same."""
_OTHER_ENDINGS = {"yml", "yaml.txt", "yml.txt", "txt"}
"""Endings that editors give to a file that was meant to end in `.yaml`."""


def adopted_ids(root: Path, school_id: str) -> list[str]:
    """The policies that a school adopts, in alphabetical order."""
    return [path.stem for path in _adoption_files(root, school_id)]


def _adoption_files(root: Path, school_id: str) -> list[Path]:
    """The files of a school's adoptions; the decisions of an upgrade stand beside them and are none."""
    beside = entries(root, paths.adoptions_folder(school_id))
    yaml_files = (path for path in beside if path.suffix == ".yaml")
    return [path for path in yaml_files if not path.stem.endswith(paths.DECISIONS)]


def _note_stray(reader: Reader, school_id: str, wanted: Callable[[str], bool]) -> None:
    """Note files that an editor saved under another ending than `.yaml`, so that they are no adoptions."""
    for path in entries(reader.root, paths.adoptions_folder(school_id)):
        stem, _, ending = path.name.partition(".")
        if ending.lower() in _OTHER_ENDINGS and wanted(stem):
            says = f"`{path.name}` is not read: the file of an adoption ends in `.yaml`"
            reader.problems.add(
                "stray-file", says, Place(reader.path(path)), f"call it `{stem}.yaml`, or delete it"
            )


def school_ids(root: Path) -> list[str]:
    """The schools of a workspace, in alphabetical order."""
    return [path.name for path in entries(root, paths.SCHOOLS) if path.is_dir()]


# --- law ------------------------------------------------------------------------------------------------------------


def read_own_law(root: Path, problems: Problems) -> Located[OwnLaw] | None:
    """What this workspace adds to the law library; None where it has no law.yaml, or one with problems."""
    reader = Reader(root, problems)
    path = reader.root / paths.LAW_FILE
    return reader.model(path, OwnLaw) if path.exists() else None


def own_law_inputs(root: Path) -> dict[str, str]:
    """SHA-256 of this workspace's law.yaml, by path, where there is one."""
    reader = Reader(root, Problems())
    path = reader.root / paths.LAW_FILE
    if path.exists():
        reader.content(path)
    return reader.inputs


# --- schools ---------------------------------------------------------------------------------------------------------


def read_school(
    root: Path, school_id: str, wanted: Callable[[str], bool], problems: Problems
) -> SchoolFiles | None:
    """Read one school: its facts, logo, staff list, and those of its policies whose template id is `wanted`."""
    reader = Reader(root, problems)
    folder = reader.root / paths.school_folder(school_id)
    file = _school_file(reader, school_id)
    policies: dict[str, Located[AdoptionFile]] = {}
    started: dict[str, Located[StartedAdoption]] = {}
    _note_stray(reader, school_id, wanted)
    for path in _adoption_files(reader.root, school_id):
        content = reader.text(path) if wanted(path.stem) else None
        if content is None:
            continue
        if whole := read_yaml(content, reader.path(path), AdoptionFile, problems):
            policies[path.stem] = whole
        elif begun := without_faulty(content, reader.path(path), StartedAdoption, _ASIDE):
            started[path.stem] = begun
    staff = _staff(reader, school_id)
    logo = None
    if file is not None and file.value.branding.logo:
        logo = reader.picture(folder / file.value.branding.logo, file.place("branding", "logo"))
    answers = _answers(reader, school_id)
    if file is None:
        return None
    inputs = dict(sorted(reader.inputs.items()))
    return SchoolFiles(
        school_id,
        reader.path(folder),
        file,
        policies,
        staff,
        logo,
        inputs,
        dict(reader.texts),
        started,
        answers,
    )


def _school_file(reader: Reader, school_id: str) -> Located[School] | None:
    path = reader.root / paths.school_file(school_id)
    hint = "write the facts of the school there, or remove its folder"
    text = reader.text(path, hint=hint)
    if text is None:
        return None
    noted = Problems()
    model = school_model(declared_facts(reader.root))
    file = read_yaml(text, reader.path(path), model, noted)
    if file is None:
        _note_undeclared(reader, noted)
    else:
        reader.problems.extend(noted)
        check_school(file, reader.problems)
    return file


def _note_undeclared(reader: Reader, noted: Problems) -> None:
    """Note what is wrong with a school's file. What cannot be read declares nothing: then no key is told as unknown."""
    unread = Problems()
    read_facts(reader.root, unread)
    reader.problems.extend(unread)
    reader.problems.extend(
        each for each in noted if not (unread.has_errors and each.rule == "unknown-key")
    )


def read_answers(root: Path, school_id: str, problems: Problems) -> Located[AnswersFile] | None:
    """The answers of a school to shared questions; None where it has no answers.yaml, or one with problems."""
    return _answers(Reader(root, problems), school_id)


def _answers(reader: Reader, school_id: str) -> Located[AnswersFile] | None:
    path = reader.root / paths.answers_file(school_id)
    return reader.model(path, AnswersFile) if path.exists() else None


def read_adoptions(
    root: Path, school_id: str, problems: Problems
) -> tuple[str, dict[str, LocatedAdoption]] | None:
    """The name of a school, and each of its adoptions, whole or started; nothing of its people is read."""
    reader = Reader(root, problems)
    file = _school_file(reader, school_id)
    if file is None:
        return None
    found: dict[str, LocatedAdoption] = {}
    for path in _adoption_files(reader.root, school_id):
        content = reader.text(path)
        if content is None:
            continue
        noted, name = Problems(), reader.path(path)
        if whole := read_yaml(content, name, AdoptionFile, noted):
            found[path.stem] = whole
        elif begun := read_yaml(content, name, StartedAdoption, Problems()):
            found[path.stem] = begun
        else:
            problems.extend(noted)
    return file.value.name, found


def school_names(root: Path) -> dict[str, str]:
    """The name of each school of a workspace, by id. Where a file cannot be read, `read_school` says why."""
    return {school_id: school.name for school_id, school in known_schools(root).items()}


def known_schools(root: Path) -> dict[str, School]:
    """The facts of each school of a workspace, by id. Where a file cannot be read, `read_school` says why."""
    model = school_model(declared_facts(root))
    read = {school_id: known_school(root, school_id, model) for school_id in school_ids(root)}
    return {school_id: school for school_id, school in read.items() if school is not None}


def known_school(root: Path, school_id: str, model: type[School]) -> School | None:
    """The facts of one of them, which may give what `model` says; None where they cannot be read."""
    reader = Reader(root, Problems())
    text = reader.text(reader.root / paths.school_file(school_id))
    file = None if text is None else read_yaml(text, school_id, model, Problems())
    return None if file is None else file.value


def adoption_path(school_id: str, template_id: str) -> str:
    """Where a school's adoption of a template stands in a workspace."""
    return paths.adoption_file(school_id, template_id)


def read_adoption_text(root: Path, path: str, problems: Problems) -> str | None:
    """The text of an adoption; None where there is none yet, or with a problem where it cannot be read."""
    reader = Reader(root, problems)
    return reader.text(reader.root / path) if (reader.root / path).exists() else None


def _staff(reader: Reader, school_id: str) -> tuple[StaffMember, ...]:
    found = _list(reader, paths.staff_file(school_id))
    adopted = adopted_ids(reader.root, school_id)
    return read_staff(*found, reader.problems, adopted) if found else ()


def read_class_lists(root: Path, school_id: str, problems: Problems) -> tuple[Pupil, ...]:
    """The pupils of a school's pupils.csv or pupils.xlsx; none where it has no such file."""
    found = _list(Reader(root, problems), paths.pupils_file(school_id))
    return read_pupils(*found, problems) if found else ()


def _list(reader: Reader, path: str) -> tuple[bytes, str] | None:
    """The bytes of a list of people, and its path: as CSV, or as a workbook of that name."""
    there = [each for each in paths.forms_of_list(path) if (reader.root / each).exists()]
    if len(there) > 1:
        says = f"`{there[0]}` stands here as well, and one list can be read only"
        reader.problems.add("csv-shape", says, Place(there[1]), "keep the newer of the two")
    content = reader.content(reader.root / there[0]) if there else None
    return None if content is None else (content, there[0])


def read_bytes_handed_in(path: Path, problems: Problems) -> bytes | None:
    """The bytes of a file that a person names on the command line; None, with a problem, where it cannot be read."""
    try:
        return content_of(path)
    except OSError as error:
        says = f"`{path}` cannot be opened: {system_says(error)}"
        problems.add("file-unreadable", says, Place(str(path)))
    return None


def read_handed_in(path: Path, problems: Problems) -> str | None:
    """The text of a file that a person names on the command line; None, with a problem, where it cannot be read."""
    content = read_bytes_handed_in(path, problems)
    try:
        return None if content is None else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(
            "file-encoding", *encoding_fault(str(path), error.object, error.start), SAVE_HINT
        )
    return None
