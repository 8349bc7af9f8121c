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
from xml.etree.ElementTree import Element, tostring

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


def lines_of(content: bytes, *, notes: bool = False) -> Iterator[tuple[str, str, str]]:
    """The style, the number and the words of each paragraph, those of tables too; with its footnotes if wished."""
    lists = Lists.of(part(content, "numbering"))
    said = notes_of(content) if notes else {}
    for node in part(content, "document").iter(f"{W}p"):
        number = attribute(node, "pPr/numPr/numId")
        label = ""
        if number:
            label = lists.label(number, int(attribute(node, "pPr/numPr/ilvl") or 0))
        words = re.sub(r"\[(\d+)\]", lambda found: said.get(found[1], found[0]), text_of(node))
        yield attribute(node, "pPr/pStyle"), label, words


def notes_of(content: bytes) -> dict[str, str]:
    if "word/footnotes.xml" not in parts_of(content):  # of LibreOffice, where there are none
        return {}
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


def decided(content: bytes, *, accepted: bool) -> bytes:
    """The file with all tracked changes accepted, or rejected: written for the tests alone."""
    parts = parts_of(content)
    for name in ("word/document.xml", "word/footnotes.xml"):
        root = office_tree(parts[name])
        _decide(root, *(("ins", "del") if accepted else ("del", "ins")))
        parts[name] = tostring(root)
    return zipped(parts)


def _decide(node: Element, stays: str, goes: str) -> None:
    for inner in [*node]:
        mark = inner.find(f"{W}pPr/{W}rPr/{W}{goes}")
        row = inner.find(f"{W}trPr/{W}{goes}")
        if inner.tag == f"{W}{goes}" or row is not None:
            node.remove(inner)
            continue
        _decide(inner, stays, goes)
        if mark is not None:
            assert not text_of(inner), "a paragraph that goes as a whole leaves nothing"
            node.remove(inner)
        elif inner.tag == f"{W}tbl" and inner.find(f"{W}tr") is None:
            node.remove(inner)
        elif inner.tag == f"{W}{stays}" and [*inner]:
            at = [*node].index(inner)
            node.remove(inner)
            for offset, kept in enumerate([*inner]):
                node.insert(at + offset, kept)


_MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Decide(files As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  Dim saving(0) As New com.sun.star.beans.PropertyValue
  saving(0).Name = "FilterName"
  saving(0).Value = "MS Word 2007 XML"
  Dim waiting(0) As New com.sun.star.beans.PropertyValue
  waiting(0).Name = "SynchronMode"
  waiting(0).Value = True
  Dim url As New com.sun.star.util.URL
  transformer = createUnoService("com.sun.star.util.URLTransformer")
  paths = Split(files, "|")
  ways = Array("Accept", "Reject")
  For i = 0 To UBound(paths)
    For j = 0 To 1
      doc = StarDesktop.loadComponentFromURL(paths(i) &amp; ".docx", "_blank", 0, hidden())
      url.Complete = ".uno:" &amp; ways(j) &amp; "AllTrackedChanges"
      transformer.parseStrict(url)
      window = doc.CurrentController.Frame
      way = window.queryDispatch(url, "", 0)
      way.dispatch(url, waiting())
      doc.storeToURL(paths(i) &amp; "-" &amp; ways(j) &amp; ".docx", saving())
      doc.close(True)
    Next j
  Next i
  StarDesktop.terminate()
End Sub
</script:module>
"""
_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false"><library:element library:name="Module1"/></library:library>
"""
_LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
<library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple"
 library:link="false"/></library:libraries>
"""


def decided_by_libreoffice(
    folder: Path, contents: dict[str, bytes]
) -> dict[str, tuple[bytes, bytes]]:
    """Each file with all changes accepted, and with all rejected, by LibreOffice in one start."""
    program = shutil.which("soffice")
    assert program, "the slow tests need LibreOffice: apt-get install libreoffice-writer-nogui"
    start = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    # The first start of a profile knows no macros yet.
    subprocess.run([*start, "--terminate_after_init"], check=True, capture_output=True, timeout=60)
    basic = folder / "profile/user/basic"
    (basic / "Standard").mkdir(parents=True, exist_ok=True)
    (basic / "Standard/Module1.xba").write_text(_MACRO)
    (basic / "Standard/script.xlb").write_text(_LIBRARY)
    (basic / "script.xlc").write_text(_LIBRARIES)
    for name, content in contents.items():
        (folder / f"{name}.docx").write_bytes(content)
    names = "|".join((folder / name).as_uri() for name in contents)
    macro = f'macro:///Standard.Module1.Decide("{names}")'
    subprocess.run([*start, macro], check=True, capture_output=True, timeout=60)
    return {
        name: tuple((folder / f"{name}-{what}.docx").read_bytes() for what in ("Accept", "Reject"))
        for name in contents
    }
