"""The doors by which bytes from elsewhere come in. Each takes any bytes, and ends well or raises.

Well is: refused with a diagnostic, or read, and then everything that is made of what was read can be made, no word of
it is lost, and no page of it holds what acts. Any exception is a finding.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from policygen.cli.reports import as_json, as_sarif, as_text
from policygen.compare.comparison import compare
from policygen.compose.digest import content_digests
from policygen.compose.number import number
from policygen.compose.refer import resolve
from policygen.compose.sections import Plan, arrange
from policygen.disk.bundles import bundled, can_travel, read_bundle
from policygen.files.text import text_of
from policygen.files.yamledit import CannotAddError, with_value
from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Place, Problems, in_order
from policygen.html.sheets import policy_html
from policygen.language.document import Image, walk
from policygen.language.markdown import parse
from policygen.language.runs import runs
from policygen.language.source import source
from policygen.language.stored import NotADocumentError, restored, stored, stored_clauses
from policygen.language.templating import fill, holds, prepare, prepare_condition
from policygen.model.adoption import StartedAdoption
from policygen.model.changes import ChangesFile
from policygen.model.edition_record import (
    EditionRecord,
    with_digest,
    written_edition_record,
)
from policygen.model.law import LawLibrary
from policygen.model.overlay import OverlayFile
from policygen.model.people import read_pupils, read_staff
from policygen.model.school import School
from policygen.model.template import Template
from policygen.products.copies import first_difference, read_copy
from policygen.products.text import policy_text
from policygen.register.records import RegisterFile, VersionRecord, read_record
from tests.hostile.running import ACTS
from tests.support.samples import DRAFT, IMAGES, POLICY
from tests.test_language import NAMES, VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.language.document import Document, Section

_NAME = "fuzzed.md"
_IMAGES = defaultdict(lambda: IMAGES["padlock.svg"], IMAGES)
_LINES_AROUND = 4
"""Lines that a target writes around what it was given."""
_WORD = re.compile(r"w\d+x")
_PRINTS_NOTHING = re.compile(
    r"<!--.*?-->|\{[#a-z.=\s-][^{}]*\}|\]\([^)\n]*\)|^ *:::+.*$|\[\^[^\]\n]*\]|<[^>\n]*>",
    re.MULTILINE | re.DOTALL,
)
MODELS = (
    Template, School, StartedAdoption, LawLibrary, ChangesFile, OverlayFile, EditionRecord,
)  # fmt: skip
_ELEMENTS = frozenset(
    """
    a abbr article aside b blockquote body br button caption cite code col colgroup dd details div dl dt em fieldset figcaption figure footer form h1 h2 h3
    h4 h5 h6 head header hr html img input label legend li link main meta nav ol p section small span strong style sub summary sup svg table
    tbody td textarea tfoot th thead time title tr ul
    """.split()
)
_SAFE = re.compile(r"(?:https?://|mailto:|tel:|#|data:image/)")


def targets() -> dict[str, Callable[[bytes], None]]:
    """Every target by its name."""
    return {
        "section": section,
        "expression": expression,
        "yaml": yaml,
        "csv": csv,
        "bundle": bundle,
        "document": document,
        "html": html_copy,
        "pdf": pdf_copy,
    }


# --- texts ----------------------------------------------------------------------------------------------------------


def section(data: bytes) -> None:
    """A section, composed for a school, and every product of it."""
    schemes = ("decimal", "headings", "flat", "none")
    scheme, content = schemes[data[:1][0] % 4 if data else 0], data[1:]
    problems = Problems()
    text = text_of(content, _NAME, problems)
    part = _composed(text, scheme, problems) if text is not None else None
    _told(problems, content)
    if part is None or text is None or problems.has_errors:
        return
    if "{%" not in text and "{{" not in text:
        _keeps_words(text, part)
    whole = replace(POLICY, sections=(part,), appendices=(), forms=())
    _products(whole)


def _composed(text: str, scheme: str, problems: Problems) -> Section | None:
    prepared = prepare(source(text, _NAME), VOCABULARY, problems)
    filled = fill(prepared, NAMES, problems) if prepared else None
    if filled is None:
        return None
    plan = Plan(_NAME, "section", scheme, "locked")  # type: ignore[arg-type]
    part = arrange(parse(filled, problems), plan, Place(_NAME), problems)
    parts = resolve(number((part,) if part else ()), frozenset(), problems)
    return parts[0] if parts else None


def _keeps_words(text: str, part: Section) -> None:
    written = Counter(_WORD.findall(_PRINTS_NOTHING.sub(" ", text)))
    kept = Counter(_WORD.findall(" ".join(run.text for run in runs(part))))
    assert written <= kept, f"lost: {written - kept}"


def expression(data: bytes) -> None:
    """An expression, printed in a section, tested in one, and as the condition of a part."""
    problems = Problems()
    text = text_of(data, _NAME, problems)
    if text is None:
        return
    for written in (f"It is {{{{ {text} }}}}.", f"It is{{% if {text} %}} so{{% endif %}}."):
        told = Problems()
        _composed(f"# Keys {{#keys}}\n\n1. {written} {{#one}}\n", "decimal", told)
        _told(told, data)
    condition = prepare_condition(text, VOCABULARY, Place(_NAME, 1, 1, 1, text), problems)
    if condition is not None:
        assert holds(condition, NAMES) in (True, False)
    _told(problems, data)


def yaml(data: bytes) -> None:
    """A YAML file of each kind; and, where it is sound, with something written into it."""
    model, content = MODELS[data[:1][0] % len(MODELS) if data else 0], data[1:]
    problems = Problems()
    text = text_of(content, _NAME, problems)
    read = read_yaml(text, _NAME, model, problems) if text is not None else None  # type: ignore[type-var]
    _told(problems, content)
    if read is None or text is None:
        return
    for path, value in (("title",), "A: b # c"), (("answers", "a"), ["x", "y"]), (("a", "b"), 1):
        try:
            with_value(text, path, value)
        except CannotAddError:
            continue


def csv(data: bytes) -> None:
    """Lists of people."""
    for read in (read_staff, read_pupils):
        problems = Problems()
        read(data, _NAME, problems)
        _told(problems, data)


# --- files that a program wrote ---------------------------------------------------------------------------------------


def bundle(data: bytes) -> None:
    """A bundle as it stands; or, from texts with a tab behind each name, one whose digests are right."""
    content = data
    if not data.startswith(b"PK"):
        files = dict(row.partition(b"\t")[::2] for row in data.split(b"\x1e"))
        content = bundle_of({name.decode("latin-1"): text for name, text in files.items()})
    problems = Problems()
    read = read_bundle(_NAME, content, problems)
    _told(problems, data)
    if read is not None:
        assert all(can_travel(name) for name in read.files)


def bundle_of(files: dict[str, bytes]) -> bytes:
    digests = {name: hashlib.sha256(text).hexdigest() for name, text in files.items()}
    record = with_digest(
        EditionRecord(
            template="tiny", edition="2026.1", issued=datetime.date(2026, 9, 1), digest="", files=digests
        )
    )  # fmt: skip
    return bundled({**files, "edition.yaml": written_edition_record(record).encode()}, {})


def document(data: bytes) -> None:
    """A stored document and what is made of it, or a record of a register."""
    text = data.decode(errors="replace")
    for kind in (RegisterFile, VersionRecord):
        try:
            read_record(text, kind)
        except ValueError:
            continue
    try:
        made = restored(text)
    except NotADocumentError:
        return
    assert restored(stored(made)) == made
    stored_clauses(text)
    compare(POLICY, made)
    compare(made, POLICY)
    if not any(isinstance(node, Image) for node in walk(made.parts)):
        content_digests(made, {})
        _products(replace(made, branding=POLICY.branding))


def html_copy(data: bytes) -> None:
    """A page that somebody hands in."""
    copy = read_copy(b"<html" + data)
    assert copy is not None
    assert first_difference(copy.lines, copy.lines) is None


def pdf_copy(data: bytes) -> None:
    """A PDF that somebody hands in. Whatever the libraries raise, `verify` says that the file is damaged."""
    with suppress(Exception):
        read_copy(b"%PDF-" + data)


# --- what must hold of whatever comes out -------------------------------------------------------------------------------


def _told(problems: Problems, content: bytes) -> None:
    """Each problem can be told in every form, has a place in the file, and acts on no terminal."""
    found = in_order(problems)
    lines = content.count(b"\n") + content.count(b"\r") + 1
    for each in found:
        assert each.place is None or each.place.line <= lines + _LINES_AROUND, each
    told = as_text(found, 80)
    assert not ACTS.search(told), told
    as_text(found)
    as_json(found)
    as_sarif(found, "1")


def _products(whole: Document) -> None:
    """Page and text can be made, and the page holds elements of ours, no script, and addresses that do nothing."""
    policy_text(whole, DRAFT)
    page = _Page()
    page.feed(policy_html(whole, DRAFT, medium="screen", images=_IMAGES))
    page.close()


class _Page(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _ELEMENTS, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name in {"href", "src", "action", "formaction"}:
                assert _SAFE.match(value or ""), value
