"""The text of a file that people saved: its encoding, its size, and every character of it that cannot print."""

from __future__ import annotations

import re

from policygen.files.yamltree import check_characters
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import FILE_LETTERS, FILE_LINES, LINE_LETTERS

SAVE_HINT = "save it again as UTF-8: in Notepad choose the encoding “UTF-8”, in Excel the file type “CSV UTF-8”"
_MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CERTAIN = re.compile(r"[\x00-\x7f\xa0£ÀÂÄÇÈÉÊËÎÏÖÙÛÜßàáâäåæçèéêëíîïñòóôöøùúûüýÿ]*", re.DOTALL)
"""Signs that in Windows-1252 are letters of names, and in the other old encodings, of a Mac and of DOS, are not."""
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])’(?=[A-Zs])")


def text_of(content: bytes, name: str, problems: Problems, *, frozen: bool = False) -> str | None:
    """The text of the bytes of a file, with every character that cannot print noted; None where it cannot be read."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add("file-encoding", *encoding_fault(name, content, error.start), SAVE_HINT)
        return None
    if too_large := _too_large(text, name):
        problems.add("file-too-large", *too_large)
        return None
    if not text.strip():
        hint = "write its text, or delete it"
        problems.add("file-empty", "this file is empty", Place(name), hint)
        return None
    return check_characters(text, name, problems, frozen=frozen)


def as_utf_8(content: bytes) -> bytes:
    """The bytes of a text that says of itself that it is UTF-16 as UTF-8; others as they are."""
    if not content.startswith(_MARKS_OF_UTF_16):
        return content
    try:
        return content.decode("utf-16").encode()
    except UnicodeDecodeError:
        return content


def as_old_excel(content: bytes) -> str | None:
    """A text that Excel saved in the old code page of Western Europe; None where it is not certain to be that."""
    try:
        content.decode()
    except UnicodeDecodeError:
        pass
    else:
        return None
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return text if _CERTAIN.fullmatch(_APOSTROPHE.sub("'", text)) else None


def encoding_fault(name: str, content: bytes, offset: int) -> tuple[str, Place]:
    """What is wrong with bytes that are not UTF-8 from an offset on, and where."""
    if content.startswith(_MARKS_OF_UTF_16):
        return "this file is UTF-16, not UTF-8", Place(name)
    before = content[:offset].decode().replace("\r\n", "\n")
    line = before.count("\n")
    column = len(before) - before.rfind("\n")
    shown = content.decode("utf-8", "replace").splitlines()[line]
    return "this file is not UTF-8; here stands the first character that cannot be read", Place(
        name, line + 1, column, 1, shown
    )


def _too_large(text: str, name: str) -> tuple[str, Place, str] | None:
    """What makes a text larger than any of ours needs, and where: what is read further takes time for each letter."""
    if len(text) > FILE_LETTERS:
        says = f"this file has more than {FILE_LETTERS:,} letters"
        return says, Place(name), "divide it, and take out what no document needs"
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        says = f"this file has more than {FILE_LINES:,} lines"
        return says, Place(name, FILE_LINES + 1), "divide it, and take out blank lines"
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_LETTERS:
            says = f"this line has more than {LINE_LETTERS:,} letters"
            return says, Place(name, number, LINE_LETTERS + 1), "make several lines of it"
    return None
