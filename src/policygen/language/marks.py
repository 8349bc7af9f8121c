"""The marks in a text, as Jinja's own lexer sees them, each at its place. The pieces of a text joined are the text.

Everything that has to know where a tag or a comment stands asks here; nothing else says what one looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Literal, assert_never

from jinja2 import Environment, TemplateSyntaxError
from jinja2.lexer import get_lexer

COMMENT_OPEN, COMMENT_CLOSE = "<!--", "-->"
"""Jinja's comments are those of Markdown, because `{#` begins an id."""
ALLOW = "allow "
"""How a comment begins that is no note of an author, but lets a rule pass: in a section, and in a YAML file."""
_NOTED = re.compile(r"[^\s+-](?:.*[^\s+-])?")
"""What stands on a line of a comment, without the signs by which a mark takes in white space."""
_CLOSING = {"{{": "}}", "{%": "%}", COMMENT_OPEN: COMMENT_CLOSE}
_LEXER = get_lexer(
    Environment(  # noqa: S701 - it renders nothing
        comment_start_string=COMMENT_OPEN,
        comment_end_string=COMMENT_CLOSE,
        keep_trailing_newline=True,
    )
)
_MOST_BROKEN = 50
"""Marks that cannot be read before the rest of a text counts as words."""

Kind = Literal["text", "print", "statement", "comment", "broken"]
_BEGINS: dict[str, Kind] = {
    "variable_begin": "print",
    "block_begin": "statement",
    "raw_begin": "statement",
    "raw_end": "statement",
    "comment_begin": "comment",
}
_WHOLE = ("raw_begin", "raw_end")
"""Tags that the lexer gives in one token."""
_ENDS = ("variable_end", "block_end", "comment_end", *_WHOLE)

STATEMENT, COMMENT, VALUE, CHOICE = "\ue004", "\ue005", "\ue006", "\ue007"
"""What `masked` has in place of each character of a mark. A choice prints one value or another."""
MARK = STATEMENT + COMMENT + VALUE + CHOICE
_SILENT = STATEMENT + COMMENT
_CHOOSING = ("if", "or", "and")
_WORDS = {
    *_CHOOSING,
    *("elif", "else", "endif", "for", "endfor", "in", "is", "not", "set", "include"),
    *("true", "false", "none", "defined", "undefined"),
}
"""Words of Jinja's own."""


@dataclass(frozen=True, slots=True)
class Token:
    """A name, a text in quotes, a number or an operator within a mark."""

    kind: str
    """As Jinja calls it: "name", "string", "operator"."""
    text: str
    start: int
    """Where it stands in the whole text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words between marks, or one mark as it is written."""

    kind: Kind
    """`broken`: a mark that opens and does not close."""
    text: str
    start: int
    tokens: tuple[Token, ...] = ()
    """What stands in a mark that Jinja can read."""

    @property
    def end(self) -> int:
        """Where it ends in the whole text."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The first word of a statement: `if`, `endfor`."""
        if self.kind != "statement":
            return ""
        return "".join(takewhile(str.isalpha, self.text.lstrip("{%-+ \t\n")))

    @property
    def inside(self) -> str:
        """What stands between the marks, on one line: `if answers.byod`."""
        return " ".join(self.text.strip("{}%-").split())


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[Piece, ...]:
    """A text taken apart. Nothing is left out, also where a mark cannot be read."""
    found: list[Piece] = []
    at = 0
    for _ in range(_MOST_BROKEN):
        stopped = -1
        for piece in _marks(text, at):
            if not piece.text:  # the mark that begins here cannot be read
                stopped = piece.start
                break
            found += [*_words(text, at, piece.start), piece]
            at = piece.end
        if stopped < 0:
            break
        broken = _broken(text, stopped)
        found += [*_words(text, at, stopped), broken]
        at = broken.end
    return (*found, *_words(text, at, len(text)))


def _words(text: str, start: int, end: int) -> Iterator[Piece]:
    if start < end:
        yield Piece("text", text[start:end], start)


def _marks(text: str, at: int) -> Iterator[Piece]:
    """The marks from a place on; where one cannot be read, an empty piece at its beginning, the last."""
    # Jinja makes one line end of "\r\n"; places must stay those of the text.
    plain = text.replace("\r\n", " \n").replace("\r", "\n")
    kind: Kind = "text"
    start = at
    inner: list[Token] = []
    with suppress(TemplateSyntaxError):
        for _, name, value in _LEXER.tokeniter(plain[at:], None):
            while not plain.startswith(value, at):  # white space that `{%-` takes away
                at += 1
            if name in _BEGINS:
                kind, start, inner = _BEGINS[name], at, []
            if name in _WHOLE:
                word = value.strip("{}%-+ \t\n")
                inner.append(Token("name", word, at + value.index(word)))
            elif name not in _BEGINS and name not in _ENDS and name not in ("whitespace", "data"):
                inner.append(Token(name, text[at : at + len(value)], at))
            if name in _ENDS:
                # `-%}` takes white space with it, which stands behind the mark all the same
                yield Piece(kind, text[start : at + len(value.rstrip())], start, tuple(inner))
                kind = "text"
            at += len(value)
    if kind != "text":
        yield Piece(kind, "", start)


def _broken(text: str, start: int) -> Piece:
    """A mark that Jinja cannot read: as far as it closes, or to the end of its line or the next mark."""
    opening = next((mark for mark in _CLOSING if text.startswith(mark, start)), text[start])
    behind = start + len(opening)
    following = [text.find(mark, behind) for mark in _CLOSING]
    limit = min((at for at in following if at >= 0), default=len(text))
    closing = _CLOSING.get(opening, "\n")
    closed = text.find(closing, behind, limit)
    if closed >= 0 and closing != "\n":
        kind: Kind = "print" if opening == "{{" else "statement"
        return Piece(kind, text[start : closed + len(closing)], start)
    ends = [text.find(mark, behind, limit) for mark in ("\n", "}")]
    end = min((at for at in ends if at >= 0), default=limit)
    if text.startswith("}", end):
        end += 1
    return Piece("broken", text[start:end], start)


def names_in(text: str) -> Iterator[str]:
    """Each name that the marks of a text mention, with its dots: `answers.byod`; no filter, no word of Jinja's."""
    for piece in pieces(text):
        name, before = "", ""
        for token in piece.tokens:
            if token.kind == "name" and before == ".":
                name += f".{token.text}"
            elif token.text != "." or token.kind != "operator":
                if name and name not in _WORDS:
                    yield name
                name = ""
                if token.kind == "name" and before != "|":
                    name = token.text
            before = token.text
        if name and name not in _WORDS:
            yield name


def without_comments(text: str) -> str:
    """The text with nothing in its comments, but for those that allow something; all lines stay where they are."""
    return "".join(map(_bare, pieces(text)))


def _bare(piece: Piece) -> str:
    inner = piece.text[len(COMMENT_OPEN) : -len(COMMENT_CLOSE)]
    if piece.kind != "comment" or inner.strip().startswith(ALLOW):
        return piece.text
    return f"{COMMENT_OPEN}{_NOTED.sub('…', inner)}{COMMENT_CLOSE}"


@lru_cache(maxsize=512)
def masked(text: str) -> str:
    """The text with a sign for each character of a mark, so that every place stays the same.

    Words in quotes that print stay too: they are words of the text.
    """
    return "".join(_masked(piece) for piece in pieces(text))


def masked_lines(text: str) -> tuple[str, ...]:
    """Each line of a text, masked. Of a mark that goes over lines, each has its part."""
    mask = masked(text)
    lines = []
    at = 0
    for line in text.split("\n"):
        lines.append(mask[at : at + len(line)])
        at += len(line) + 1
    return tuple(lines)


def _masked(piece: Piece) -> str:
    match piece.kind:
        case "text" | "broken":
            return piece.text
        case "comment":
            return COMMENT * len(piece.text)
        case "statement":
            letters = [STATEMENT] * len(piece.text)
            typed = piece.word == "set"
        case "print":
            chooses = any(
                token.kind == "name" and token.text in _CHOOSING for token in piece.tokens
            )
            letters = [CHOICE if chooses else VALUE] * len(piece.text)
            typed = True
        case _:
            assert_never(piece.kind)
    for token in piece.tokens if typed else ():
        if token.kind == "string":
            first = token.start - piece.start + 1
            letters[first : first + len(token.text) - 2] = token.text[1:-1]
    return "".join(letters)


def is_silent(line: str) -> bool:
    """Whether a masked line holds statements and comments, and nothing else."""
    return not line.strip(f" \t{_SILENT}") and not line.isspace() and line != ""
