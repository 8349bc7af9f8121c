"""Letters as they are stored: in one form, without what nobody sees, and those that were read in a wrong encoding."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


def nfc(text: str) -> str:
    """The text with each letter in its composed form: `ŷ` as one character, however it was typed or stored."""
    return unicodedata.normalize("NFC", text)


def as_seen(text: str) -> str:
    """The text as a reader sees it: composed, every space a plain one, and no soft hyphens or signs without width."""
    shown = []
    for letter in text:
        kind = unicodedata.category(letter)
        if kind == "Zs":
            shown.append(" ")
        elif kind != "Cf":
            shown.append(letter)
    return nfc("".join(shown))


def with_plain_signs(text: str) -> str:
    """The text with one form of quotation mark and one of dash, to be compared with what somebody else typed."""
    return text.translate(_PLAIN)


_PLAIN = str.maketrans(
    "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
    "''''\"\"\"\"-------",
)


def harmless(text: str) -> str:
    """The text as it may be shown: `?` for each sign that would move a cursor, colour or turn what stands around it.

    Names of files, certificates and what a copy says of itself come from elsewhere. Line breaks are such signs too.
    """
    shown = []
    for letter in text:
        acts = unicodedata.category(letter) in ("Cc", "Zl", "Zp") or letter in TURNS
        shown.append("?" if acts else letter)
    return "".join(shown)


def harmless_lines(text: str) -> str:
    """As `harmless`, of a text whose line breaks are its own."""
    return "\n".join(map(harmless, text.split("\n")))


def harmless_json(text: str) -> str:
    """A text of JSON with every such sign in it by its number, which says the same."""
    if harmless_lines(text) == text:
        return text
    return "".join(
        sign if sign == "\n" or harmless(sign) == sign else f"\\u{ord(sign):04x}" for sign in text
    )


TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""The signs that set in which direction a line runs (Unicode Standard Annex 9)."""


# --- text that was read in a wrong encoding ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Misread:
    """A run of characters that are the bytes of other ones: `â€™` for `’`."""

    start: int
    written: str
    meant: str
    """Empty where a byte of it is lost."""


def _single_bytes() -> dict[int, int]:
    """For each character of Windows-1252 above ASCII, the byte that stands for it."""
    table = {}
    for byte in range(0x80, 0x100):
        try:
            character = bytes([byte]).decode("cp1252")
        except UnicodeDecodeError:  # five bytes mean nothing there; programs keep them as they are
            character = chr(byte)
        table[ord(character)] = byte
    return table


_SINGLE_BYTES = _single_bytes()
# Whole characters of UTF-8, byte by byte; last, the beginning of a quotation mark or dash, whose third byte many
# programs drop because Windows-1252 has no character for it.
_AS_UTF8 = re.compile(
    "[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|\xe2\x80"
)
_LAST_LATIN = 0x17F
"""Up to here stand the letters of European languages. Further ones would make `CAFÉ”` a misread text."""


def misread(text: str) -> Iterator[Misread]:
    """Each run of characters of a text that reads as one in UTF-8, if its bytes are taken for Windows-1252."""
    # A character that is no byte of Windows-1252 must not be taken for one: U+0100 stands for none.
    as_bytes = "".join(
        letter if letter < "\x80" else chr(_SINGLE_BYTES.get(ord(letter), 0x100)) for letter in text
    )
    start = end = 0
    meant = ""
    for character in _AS_UTF8.finditer(as_bytes):
        letter = character.group().encode("latin-1").decode("utf-8", "ignore")
        if letter and not _is_written(letter):
            continue
        if character.start() != end and end:
            yield Misread(start, text[start:end], meant)
        if character.start() != end or not end:
            start, meant = character.start(), ""
        end = character.end()
        meant += letter
    if end:
        yield Misread(start, text[start:end], meant)


def _is_written(letter: str) -> bool:
    """Whether people here write such a character: a European letter, or a sign."""
    kind = unicodedata.category(letter)
    if kind[0] == "L":
        return ord(letter) <= _LAST_LATIN
    return kind[0] in "NPSZ" or kind == "Cf"


# --- text that stands for one that is still to come -------------------------------------------------------------------

_TO_COME = frozenset("tbc tba tbd na nil none null todo unknown pending".split())
_OUR_STAND_INS = frozenset("BODY CODE DATE EDITION ID MINUTE NAME NUMBER TEXT VERSION".split())
"""What our own help and agendas write for a word that the reader puts in."""
_IN_BRACKETS = re.compile(r"\[.*\]|<.*>|\{.*\}|_.*_", re.DOTALL)


def is_placeholder(text: str) -> bool:
    """Whether a whole text only holds the place of one: `TBC`, `n/a`, `xxx`, `-`, `?`, `[name]`, `NUMBER`."""
    stripped = text.strip()
    letters = "".join(letter for letter in stripped if letter.isalnum()).lower()
    if not letters or stripped in _OUR_STAND_INS or _IN_BRACKETS.fullmatch(stripped):
        return True
    return letters in _TO_COME or (len(letters) > 1 and set(letters) == {"x"})
