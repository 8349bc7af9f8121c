"""Word files as a test reads them: by their XML alone, with nothing of the code that wrote them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element

from policygen.files.office import office_tree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def part(content: bytes, name: str) -> Element:
    return office_tree(parts_of(content)[f"word/{name}.xml"])


def text_of(node: Element) -> str:
    """What a reader sees of a paragraph; of a field its result."""
    words = []
    for inner in node.iter():
        if inner.tag in (f"{W}t", f"{W}delText"):
            words.append(inner.text or "")
        elif inner.tag == f"{W}tab" and not inner.attrib:
            words.append("\t")
        elif inner.tag in (f"{W}br", f"{W}cr"):
            words.append("\n")
        elif inner.tag == f"{W}footnoteReference":
            words.append(f"[{inner.get(f'{W}id')}]")
        elif inner.tag.endswith("}docPr") and inner.get("descr"):
            words.append(f"[{inner.get('descr')}]")
    return "".join(words)


def attribute(node: Element | None, path: str, name: str = "val") -> str:
    found = (
        node.find("/".join(f"{W}{step}" for step in path.split("/"))) if node is not None else None
    )
    return "" if found is None else found.get(f"{W}{name}", "")


@dataclass
class Lists:
    """What Word prints before a paragraph, told by numbering.xml."""

    levels: dict[str, dict[int, tuple[str, str, int]]] = field(default_factory=dict)
    uses: dict[str, tuple[str, dict[int, int]]] = field(default_factory=dict)
    values: defaultdict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    begun: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, root: Element) -> Lists:
        lists = cls()
        for node in root.iter(f"{W}abstractNum"):
            lists.levels[node.get(f"{W}abstractNumId", "")] = {
                int(level.get(f"{W}ilvl", "")): (
                    attribute(level, "numFmt"),
                    attribute(level, "lvlText"),
                    int(attribute(level, "start") or 1),
                )
                for level in node.iter(f"{W}lvl")
            }
        for node in root.iter(f"{W}num"):
            starts = {
                int(each.get(f"{W}ilvl", "")): int(attribute(each, "startOverride"))
                for each in node.iter(f"{W}lvlOverride")
                if attribute(each, "startOverride")
            }
            lists.uses[node.get(f"{W}numId", "")] = attribute(node, "abstractNumId"), starts
        return lists

    def label(self, number: str, level: int) -> str:
        if number not in self.uses:
            return ""
        abstract, starts = self.uses[number]
        levels, values = self.levels[abstract], self.values[abstract]
        for deeper in [each for each in values if each > level]:
            del values[deeper]
        if level in starts and (number, level) not in self.begun:
            values[level] = starts[level]
        else:
            values[level] = values.get(level, levels[level][2] - 1) + 1
        self.begun.add((number, level))

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            return sign(levels[at][0], values.get(at, levels[at][2]))

        return re.sub(r"%(\d)", shown, levels[level][1])


def sign(form: str, value: int) -> str:
    match form:
        case "lowerLetter":
            return "abcdefghijklmnopqrstuvwxyz"[(value - 1) % 26] * ((value - 1) // 26 + 1)
        case "lowerRoman":
            tens, ones = divmod(value, 10)
            return "x" * tens + ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"][ones]
        case _:
            return str(value)


def lines_of(content: bytes) -> Iterator[tuple[str, str, str]]:
    """The style, the number and the words of each paragraph, those of tables too."""
    lists = Lists.of(part(content, "numbering"))
    for node in part(content, "document").iter(f"{W}p"):
        number = attribute(node, "pPr/numPr/numId")
        label = ""
        if number:
            label = lists.label(number, int(attribute(node, "pPr/numPr/ilvl") or 0))
        yield attribute(node, "pPr/pStyle"), label, text_of(node)


def notes_of(content: bytes) -> dict[str, str]:
    return {
        node.get(f"{W}id", ""): " ".join(text_of(each) for each in node.iter(f"{W}p"))
        for node in part(content, "footnotes").iter(f"{W}footnote")
        if not node.get(f"{W}type")
    }


def converted(folder: Path, files: list[str], form: str, to: Path) -> None:
    """Have LibreOffice save files in another form."""
    program = shutil.which("soffice")
    assert program, "the slow tests need LibreOffice: apt-get install libreoffice-writer-nogui"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", form, "--outdir", to, *files]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
