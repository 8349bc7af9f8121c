"""What a copy of a policy says about itself, whoever hands it in: which version it is, and its words."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

import pikepdf
import pypdfium2

from policygen.html import imprint
from policygen.html.finished import FinishedPage, lines_of
from policygen.html.imprint import Imprint, Standing
from policygen.pdf.fields import filled_fields


@dataclass(frozen=True)
class Copy:
    """A page or PDF as a reader sees it."""

    title: str
    """Of the page or file, as a browser shows it."""
    lines: tuple[str, ...]
    imprint: Imprint | None
    """What it claims to be; None for what claims to be no policy."""
    filled: int = 0
    """How many of its fields hold something."""


class LockedError(Exception):
    """A PDF cannot be read without a password."""


def read_copy(content: bytes) -> Copy | None:
    """What a PDF or HTML file says; None for what is neither or cannot be read. Raises LockedError."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    return _page(content) if b"<html" in content[:1024].lower() else None


def first_difference(approved: Iterable[str], other: Iterable[str]) -> tuple[str, str] | None:
    """The line of each text in which their words first differ, empty for one that has ended; None for the same words.

    Where lines break makes no difference.
    """
    for (one, line), (two, other_line) in zip_longest(
        _words(approved), _words(other), fillvalue=("", "")
    ):
        if one != two:
            return line, other_line
    return None


def _words(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((word, line) for line in lines for word in line.split())


def _pdf(content: bytes) -> Copy | None:
    try:
        with pikepdf.open(io.BytesIO(content)) as opened:
            title = str(opened.docinfo.get("/Title", ""))
            subject = str(opened.docinfo.get("/Subject", ""))
            said = str(opened.docinfo.get(f"/{imprint.NAME}", ""))
            filled = filled_fields(opened)
        with pypdfium2.PdfDocument(content) as document:
            text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    except pikepdf.PasswordError:
        raise LockedError from None
    except (pikepdf.PdfError, pypdfium2.PdfiumError):
        return None
    return replace(_copy(title, subject, said, lines_of(text)), filled=filled)


def _page(content: bytes) -> Copy:
    page = FinishedPage(content)
    copy = _copy(" ".join(page.title.split()), page.description, page.imprint, page.lines)
    return replace(copy, filled=page.filled)


def _copy(title: str, description: str, said: str, lines: tuple[str, ...]) -> Copy:
    found = imprint.read(said) if said else _older_imprint(title, description, lines)
    return Copy(title, lines, found)


# --- copies that policygen made before they had an imprint ----------------------------------------------------------

_CODE = re.compile(r"(?i)content code\W{1,3}([0-9a-f]{4}-[0-9a-f]{4})\b")
_VERSION_OF = re.compile(r", version (\d[\d.]*), of ")
_DRAFT = "Draft: "


def _older_imprint(title: str, description: str, lines: tuple[str, ...]) -> Imprint | None:
    """What an older copy says in two sentences that were made for people.

    Their title is "Draft: Form, Policy – School", their description "Form: Policy, version 1.0, of School". A name may
    hold any of these signs, so each alone can be taken apart in several ways; the right one is where both agree.
    """
    code = _CODE.search("\n".join(lines))
    first = None
    for found in _VERSION_OF.finditer(description):
        named, school = description[: found.start()], description[found.end() :]
        for policy in _tails(named):
            standing = _older_standing(title.removesuffix(f" – {school}"), policy, named)
            agreed = Imprint(
                standing or ("draft" if title.startswith(_DRAFT) else "approved"),
                policy, found[1], "", school, "", "", code[1].lower() if code else "",
                named.removesuffix(policy).removesuffix(": "),
            )  # fmt: skip
            if standing:
                return agreed
            first = first or agreed
    return first


def _older_standing(title: str, policy: str, named: str) -> Standing | None:
    """How a copy with this title stands, if the policy is called so; None where title and description disagree."""
    if title == policy:
        return "approved"
    if title == f"{_DRAFT}{policy}":
        return "draft"
    part = title.removesuffix(f", {policy}")
    if part == title or policy == named:
        return None
    said = named.removesuffix(f": {policy}")
    return "draft" if part.startswith(_DRAFT) and part != said else "approved"


def _tails(text: str) -> Iterator[str]:
    """The text, and what stands behind each of its colons."""
    yield text
    for found in re.finditer(": ", text):
        yield text[found.end() :]
