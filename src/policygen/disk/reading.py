"""Reading a workspace: templates, editions, schools. With writing, the only code that touches files.

Nothing outside the workspace is ever opened, whatever a file says. Each file is read once, its bytes noted by digest.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from policygen.files.fields import NUMBER_PATTERN
from policygen.files.yamlfile import Located, read_yaml
from policygen.files.yamltree import check_characters
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.wording import nearest
from policygen.language.source import Source, source
from policygen.policy.adoption import AdoptionFile, StartedAdoption, version_order
from policygen.policy.edition import Edition, SchoolFiles
from policygen.policy.law import OwnLaw
from policygen.policy.school import School
from policygen.policy.staff import StaffMember, read_staff
from policygen.policy.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

_PICTURES = {".svg": b"<svg", ".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8"}
_NAMED_HINT = "the file of an adoption has the name of its model policy"
_BEGINNING = 4096
"""Bytes: what may stand before the `<svg` of a picture, such as a comment, is shorter."""
_SAVE_HINT = "save it again as UTF-8: in Notepad choose the encoding “UTF-8”, in Excel the file type “CSV UTF-8”"


def find_workspace(start: Path) -> Path | None:
    """The nearest folder, from `start` upwards, that holds `templates/` and `schools/`."""
    for folder in (start, *start.parents):
        if (folder / "templates").is_dir() and (folder / "schools").is_dir():
            return folder
    return None


def template_ids(root: Path) -> list[str]:
    """The templates of a workspace, in alphabetical order. `templates/shared/` is none."""
    return sorted(path.name for path in (root / "templates").glob("*") if path.is_dir() and path.name != "shared")


def adopted_ids(root: Path, school_id: str) -> list[str]:
    """The policies that a school adopts, in alphabetical order."""
    return sorted(path.stem for path in (root / "schools" / school_id / "policies").glob("*.yaml"))


def school_ids(root: Path) -> list[str]:
    """The schools of a workspace, in alphabetical order."""
    return sorted(path.name for path in (root / "schools").glob("*") if path.is_dir())


class _Reader:
    """Reads files below one root, noting problems and the digest of each file."""

    def __init__(self, root: Path, problems: Problems) -> None:
        self.root = root.resolve()
        self.problems = problems
        self.inputs: dict[str, str] = {}
        self.texts: dict[str, Source] = {}

    def path(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def content(self, path: Path, asked: Place | None = None, hint: str = "") -> bytes | None:
        """The bytes of a file of this workspace; None, with a problem, where there are none.

        `hint` is what to do about a file that is not there.
        """
        place, name = asked or Place(self.path(path)), self.path(path)
        try:
            if not path.resolve().is_relative_to(self.root):
                copy = "copy the file here, in place of the link"
                self.problems.add("outside-workspace", f"`{name}` leads out of the workspace", place, copy)
                return None
            content = path.read_bytes()
        except FileNotFoundError:
            self.problems.add("file-missing", f"there is no file `{name}`", place, hint)
            return None
        except (OSError, RuntimeError) as error:  # what `resolve` raises where links lead in a circle
            reason = (getattr(error, "strerror", "") or "its links lead in a circle").lower()
            self.problems.add("file-unreadable", f"`{name}` cannot be opened: {reason}", place)
            return None
        self.inputs[self.path(path)] = hashlib.sha256(content).hexdigest()
        return content

    def text(self, path: Path, asked: Place | None = None, hint: str = "") -> str | None:
        """The text of a UTF-8 file; None, with a problem, where it is missing, empty or holds what cannot print."""
        content = self.content(path, asked, hint)
        if content is None:
            return None
        name = self.path(path)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.problems.add("file-encoding", *_encoding_fault(name, content, error.start), _SAVE_HINT)
            return None
        if not text.strip():
            self.problems.add("file-empty", "this file is empty", Place(name), "write its text, or delete it")
            return None
        before = len(self.problems.errors)
        text = check_characters(text, name, self.problems)
        self.texts[name] = source(text, name)
        return None if len(self.problems.errors) > before else text

    def source(self, path: Path, asked: Place | None = None, hint: str = "") -> Source | None:
        text = self.text(path, asked, hint)
        return None if text is None else source(text, self.path(path))

    def picture(self, path: Path, asked: Place) -> bytes | None:
        """The bytes of a picture of a kind that every browser shows."""
        if not path.exists():
            self.problems.add("image-missing", f"there is no picture `{self.path(path)}`", asked)
            return None
        content = self.content(path, asked)
        if content is not None and not _is_picture(path.suffix.lower(), content):
            hint = "use an SVG, PNG or JPEG file"
            self.problems.add("image-missing", f"`{self.path(path)}` is no picture that can be used", asked, hint)
            return None
        return content


def _is_picture(suffix: str, content: bytes) -> bool:
    begins = _PICTURES.get(suffix)
    if begins is None:
        return False
    return begins in content[:_BEGINNING] if suffix == ".svg" else content.startswith(begins)


def _encoding_fault(name: str, content: bytes, offset: int) -> tuple[str, Place]:
    """What is wrong with bytes that are not UTF-8 from an offset on, and where."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "this file is UTF-16, not UTF-8", Place(name)
    before = content[:offset].decode().replace("\r\n", "\n")
    line = before.count("\n")
    column = len(before) - before.rfind("\n")
    shown = content.decode("utf-8", "replace").splitlines()[line]
    return "this file is not UTF-8; here stands the first character that cannot be read", Place(
        name, line + 1, column, 1, shown
    )


# --- editions --------------------------------------------------------------------------------------------------------


def read_edition(root: Path, template_id: str, edition: str, asked: Place | None, problems: Problems) -> Edition | None:
    """Read one edition of a template: the frozen one where there is one, else the working template of that edition.

    An empty `edition` means the working template, whatever its edition.
    """
    reader = _Reader(root, problems)
    working = reader.root / "templates" / template_id
    frozen = working / "editions" / edition
    if not working.is_dir():
        where = Place(asked.path) if asked else None
        hint = nearest(template_id, template_ids(root))
        problems.add("unknown-template", f"there is no model policy `{template_id}`", where, hint, _NAMED_HINT)
        return None
    folder = frozen if edition and frozen.is_dir() else working
    text = reader.text(folder / "template.yaml")
    file = None if text is None else read_yaml(text, reader.path(folder / "template.yaml"), Template, problems)
    if file is None:
        return None
    if edition and file.value.edition != edition:
        known = [file.value.edition, *sorted(path.name for path in (working / "editions").glob("*"))]
        problems.add(
            "unknown-edition",
            f"the model policy `{template_id}` has no edition `{edition}`",
            asked,
            nearest(edition, [*dict.fromkeys(known)]),
        )
        return None
    return _edition(reader, folder, template_id, file)


def _edition(reader: _Reader, folder: Path, template_id: str, file: Located[Template]) -> Edition:
    template = file.value
    sections = {
        entry.name: (keys, index)
        for keys, entries in (("sections", template.sections), ("appendices", template.appendices))
        for index, entry in enumerate(entries)
    }
    forms = {entry.name: ("forms", index) for index, entry in enumerate(template.forms)}
    _unlisted(reader, folder / "sections", sections, "sections:` or `appendices:")
    _unlisted(reader, folder / "forms", forms, "forms:")
    shared_folder = reader.root / "templates" / "shared"
    shared = _texts(reader, shared_folder) | _texts(reader, folder / "includes")
    images = {}
    for path in sorted((folder / "images").glob("*")):
        picture = reader.picture(path, Place(reader.path(path)))
        images[f"images/{path.name}"] = picture or b""  # what is wrong with it is noted, once
    return Edition(
        template_id=template_id,
        folder=reader.path(folder),
        file=file,
        sections=_listed(reader, folder / "sections", file, sections),
        forms=_listed(reader, folder / "forms", file, forms),
        shared=shared,
        images=images,
        inputs=dict(sorted(reader.inputs.items())),
        texts=dict(reader.texts),
    )


def _listed(
    reader: _Reader, folder: Path, file: Located[Template], names: dict[str, tuple[str, int]]
) -> dict[str, Source]:
    read = {}
    for name, keys in names.items():
        path = folder / f"{name}.md"
        asked = None if path.exists() else file.place(*keys)
        text = reader.source(path, asked, f"write the file, or take `{name}` off this list")
        if text is not None:
            read[name] = text
    return read


def _unlisted(reader: _Reader, folder: Path, names: Collection[str], under: str) -> None:
    for path in sorted(folder.glob("*.md")):
        if path.stem not in names:
            reader.problems.add(
                "unlisted-section",
                f"template.yaml does not list `{path.stem}`",
                Place(reader.path(path)),
                f"list it under `{under}`, or delete the file",
            )


def _texts(reader: _Reader, folder: Path) -> dict[str, Source]:
    texts = {path.name: reader.source(path) for path in sorted(folder.glob("*.md"))}
    return {name: text for name, text in texts.items() if text is not None}


# --- law ------------------------------------------------------------------------------------------------------------


def read_own_law(root: Path, problems: Problems) -> Located[OwnLaw] | None:
    """What this workspace adds to the law library; None where it has no law.yaml, or one with problems."""
    reader = _Reader(root, problems)
    path = reader.root / "law.yaml"
    text = reader.text(path) if path.exists() else None
    return None if text is None else read_yaml(text, reader.path(path), OwnLaw, problems)


def own_law_inputs(root: Path) -> dict[str, str]:
    """SHA-256 of this workspace's law.yaml, by path, where there is one."""
    reader = _Reader(root, Problems())
    path = reader.root / "law.yaml"
    if path.exists():
        reader.content(path)
    return reader.inputs


# --- schools ---------------------------------------------------------------------------------------------------------


def read_school(root: Path, school_id: str, wanted: Callable[[str], bool], problems: Problems) -> SchoolFiles | None:
    """Read one school: its facts, logo, staff list, and those of its policies whose template id is `wanted`."""
    reader = _Reader(root, problems)
    folder = reader.root / "schools" / school_id
    text = reader.text(folder / "school.yaml", hint="write the facts of the school there, or remove its folder")
    file = None if text is None else read_yaml(text, reader.path(folder / "school.yaml"), School, problems)
    policies: dict[str, Located[AdoptionFile]] = {}
    started: dict[str, Located[StartedAdoption]] = {}
    for path in sorted((folder / "policies").glob("*.yaml")):
        content = reader.text(path) if wanted(path.stem) else None
        if content is None:
            continue
        if whole := read_yaml(content, reader.path(path), AdoptionFile, problems):
            policies[path.stem] = whole
        elif begun := read_yaml(content, reader.path(path), StartedAdoption, Problems()):
            started[path.stem] = begun
    staff = _staff(reader, folder / "staff.csv")
    logo = None
    if file is not None and file.value.branding.logo:
        logo = reader.picture(folder / file.value.branding.logo, file.place("branding", "logo"))
    if file is None:
        return None
    inputs = dict(sorted(reader.inputs.items()))
    return SchoolFiles(school_id, reader.path(folder), file, policies, staff, logo, inputs, dict(reader.texts), started)


def school_names(root: Path) -> dict[str, str]:
    """The name of each school of a workspace, by id. Where a file cannot be read, `read_school` says why."""
    reader = _Reader(root, Problems())
    found = {}
    for school_id in school_ids(root):
        path = reader.root / "schools" / school_id / "school.yaml"
        text = reader.text(path) if path.is_file() else None
        read = None if text is None else read_yaml(text, reader.path(path), School, Problems())
        if read is not None:
            found[school_id] = read.value.name
    return found


def adoption_path(school_id: str, template_id: str) -> str:
    """Where a school's adoption of a template stands in a workspace."""
    return f"schools/{school_id}/policies/{template_id}.yaml"


def read_adoption_text(root: Path, path: str, problems: Problems) -> str | None:
    """The text of an adoption; None where there is none yet, or with a problem where it cannot be read."""
    reader = _Reader(root, problems)
    return reader.text(reader.root / path) if (reader.root / path).exists() else None


def latest_edition(root: Path, template_id: str) -> str:
    """The last edition of a template that was published; empty where none was, so that the working template counts."""
    folders = (root / "templates" / template_id / "editions").glob("*")
    editions = [path.name for path in folders if path.is_dir() and re.fullmatch(NUMBER_PATTERN, path.name)]
    return max(editions, key=version_order, default="")


def _staff(reader: _Reader, path: Path) -> tuple[StaffMember, ...]:
    text = reader.text(path) if path.exists() else None
    return () if text is None else read_staff(text, reader.path(path), reader.problems)
