"""Reading a workspace: templates, editions, schools. With writing, the only code that touches files.

Nothing outside the workspace is ever opened, whatever a file says. Each file is read once, its bytes noted by digest.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from policygen.adoption import AdoptionFile
from policygen.diagnostics import Place
from policygen.edition import Edition, SchoolFiles
from policygen.school import School
from policygen.source import Source, source
from policygen.staff import StaffMember, read_staff
from policygen.template import Template
from policygen.wording import nearest
from policygen.yamlfile import Located, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from policygen.diagnostics import Problems

_BAD = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\ue000-\uf8ff\ufffe\uffff]")
_PICTURES = {".svg": b"<", ".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8"}


def find_workspace(start: Path) -> Path | None:
    """The nearest folder, from `start` upwards, that holds `templates/` and `schools/`."""
    for folder in (start, *start.parents):
        if (folder / "templates").is_dir() and (folder / "schools").is_dir():
            return folder
    return None


def template_ids(root: Path) -> list[str]:
    """The templates of a workspace, in alphabetical order. `templates/shared/` is none."""
    return sorted(path.name for path in (root / "templates").glob("*") if path.is_dir() and path.name != "shared")


def school_ids(root: Path) -> list[str]:
    """The schools of a workspace, in alphabetical order."""
    return sorted(path.name for path in (root / "schools").glob("*") if path.is_dir())


class _Reader:
    """Reads files below one root, noting problems and the digest of each file."""

    def __init__(self, root: Path, problems: Problems) -> None:
        self.root = root.resolve()
        self.problems = problems
        self.inputs: dict[str, str] = {}

    def path(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def content(self, path: Path, asked: Place | None = None) -> bytes | None:
        """The bytes of a file of this workspace; None, with a problem, where there are none."""
        place = asked or Place(self.path(path))
        if not path.resolve().is_relative_to(self.root):
            self.problems.add("outside-workspace", f"`{self.path(path)}` leads out of the workspace", place)
            return None
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            self.problems.add("file-missing", f"there is no file `{self.path(path)}`", place)
            return None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.problems.add("file-unreadable", f"`{self.path(path)}` cannot be opened: {reason}", place)
            return None
        self.inputs[self.path(path)] = hashlib.sha256(content).hexdigest()
        return content

    def text(self, path: Path, asked: Place | None = None) -> str | None:
        """The text of a UTF-8 file; None, with a problem, where it is missing, empty or holds what cannot print."""
        content = self.content(path, asked)
        if content is None:
            return None
        name = self.path(path)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line, column = _position(content[: error.start].decode("utf-8", "replace"), error.start)
            hint = "save the file as UTF-8"
            self.problems.add("file-encoding", "this file is not UTF-8", Place(name, line, column), hint)
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            self.problems.add("file-empty", "this file is empty", Place(name))
            return None
        bad = [*_BAD.finditer(text)]
        for found in bad:
            line, column = _position(text, found.start())
            message = f"the character U+{ord(found[0]):04X} cannot be printed"
            self.problems.add(
                "bad-character", message, Place(name, line, column, 1, text.split("\n")[line - 1]), "remove it"
            )
        return None if bad else text

    def source(self, path: Path, asked: Place | None = None) -> Source | None:
        text = self.text(path, asked)
        return None if text is None else source(text, self.path(path))

    def picture(self, path: Path, asked: Place) -> bytes | None:
        """The bytes of a picture of a kind that every browser shows."""
        if not path.exists():
            self.problems.add("image-missing", f"there is no picture `{self.path(path)}`", asked)
            return None
        content = self.content(path, asked)
        begins = _PICTURES.get(path.suffix.lower())
        if content is not None and (begins is None or not content.lstrip().startswith(begins)):
            hint = "use an SVG, PNG or JPEG file"
            self.problems.add("image-missing", f"`{self.path(path)}` is no picture that can be used", asked, hint)
            return None
        return content


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


# --- editions --------------------------------------------------------------------------------------------------------


def read_edition(root: Path, template_id: str, edition: str, asked: Place | None, problems: Problems) -> Edition | None:
    """Read one edition of a template: the frozen one where there is one, else the working template of that edition.

    An empty `edition` means the working template, whatever its edition.
    """
    reader = _Reader(root, problems)
    working = reader.root / "templates" / template_id
    frozen = working / "editions" / edition
    if not working.is_dir():
        hint = nearest(template_id, template_ids(root))
        problems.add("unknown-template", f"there is no model policy `{template_id}`", asked, hint)
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
        if picture is not None:
            images[f"images/{path.name}"] = picture
    return Edition(
        template_id=template_id,
        folder=reader.path(folder),
        file=file,
        sections=_listed(reader, folder / "sections", file, sections),
        forms=_listed(reader, folder / "forms", file, forms),
        shared=shared,
        images=images,
        inputs=dict(sorted(reader.inputs.items())),
    )


def _listed(
    reader: _Reader, folder: Path, file: Located[Template], names: dict[str, tuple[str, int]]
) -> dict[str, Source]:
    read = {}
    for name, keys in names.items():
        path = folder / f"{name}.md"
        asked = None if path.exists() else file.place(*keys)
        text = reader.source(path, asked)
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


# --- schools ---------------------------------------------------------------------------------------------------------


def read_school(root: Path, school_id: str, wanted: Callable[[str], bool], problems: Problems) -> SchoolFiles | None:
    """Read one school: its facts, logo, staff list, and those of its policies whose template id is `wanted`."""
    reader = _Reader(root, problems)
    folder = reader.root / "schools" / school_id
    text = reader.text(folder / "school.yaml")
    file = None if text is None else read_yaml(text, reader.path(folder / "school.yaml"), School, problems)
    policies: dict[str, Located[AdoptionFile]] = {}
    for path in sorted((folder / "policies").glob("*.yaml")):
        if wanted(path.stem):
            content = reader.text(path)
            read = None if content is None else read_yaml(content, reader.path(path), AdoptionFile, problems)
            if read is not None:
                policies[path.stem] = read
    staff = _staff(reader, folder / "staff.csv")
    logo = None
    if file is not None and file.value.branding.logo:
        logo = reader.picture(folder / file.value.branding.logo, file.place("branding", "logo"))
    if file is None:
        return None
    inputs = dict(sorted(reader.inputs.items()))
    return SchoolFiles(school_id, reader.path(folder), file, policies, staff, logo, inputs)


def _staff(reader: _Reader, path: Path) -> tuple[StaffMember, ...]:
    text = reader.text(path) if path.exists() else None
    return () if text is None else read_staff(text, reader.path(path), reader.problems)
