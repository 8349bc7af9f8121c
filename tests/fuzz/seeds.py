"""What fuzzing begins with: texts of the tests and of the small workspace, made when they are needed, and kept findings."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf

from policygen.html.sheets import policy_html
from policygen.language.stored import stored
from policygen.model.people import PUPIL_COLUMNS, STAFF_COLUMNS
from tests.fuzz.targets import MODELS, bundle_of
from tests.hostile.expressions import EXPRESSIONS
from tests.hostile.texts import SIGNS
from tests.support.samples import APPROVED, APPROVED_POLICY, FLAT, IMAGES, POLICY
from tests.test_language import VOCABULARY, cases

if TYPE_CHECKING:
    from collections.abc import Iterator

FOUND = Path(__file__).parent / "found"
"""Inputs that once ended badly, in a folder for each target."""
_WORKSPACES = Path(__file__).parents[1] / "workspaces"
_STATEMENTS = (
    "{% if ", "{% for a in ", "{% set a = ", "{% else %}", "{% endif %}", "{% endfor %}", "{{ ", " }}", "| join_and", " ~ ", " is defined",
    " in ", " not ", " and ", " or ", "'la'", "loop.", "true",
)  # fmt: skip
_WORDS = "w1x *w2x* **w3x** w4x[^n] {#one}"


def seeds(target: str) -> Iterator[bytes]:
    """Inputs that reach what a door leads to: those of the tests, and what was found."""
    match target:
        case "section":
            yield from _sections()
        case "expression":
            yield from (each.encode() for each in EXPRESSIONS if len(each) < 300)
        case "yaml":
            files = sorted(_WORKSPACES.glob("**/*.yaml"))
            texts = {path.read_bytes() for path in files if path.stat().st_size < 3_000}
            yield from (bytes([kind]) + text for kind, text in product(range(7), sorted(texts)))
        case "csv":
            yield from sorted({path.read_bytes() for path in _WORKSPACES.glob("**/*.csv")})
            yield b"class,name\nOak,Ann B\n"
        case "bundle":
            yield b"template.yaml\ttitle: A\x1esections/a.md\t# A {#a}\n"
            yield bundle_of({"template.yaml": b"title: A", "sections/a.md": b"# A {#a}\n"})
        case "document":
            for part in POLICY.parts:
                alone = replace(FLAT, sections=(part,), forms=(), appendices=())
                yield json.dumps(json.loads(stored(alone)), separators=(",", ":")).encode()
            yield stored(APPROVED_POLICY).encode()
        case "html":
            page = policy_html(APPROVED_POLICY, APPROVED, medium="screen", images=IMAGES)
            yield page[page.index("<html") + 5 :].encode()
        case "pdf":
            yield _pdf()
    yield from found(target)


def dictionary(target: str) -> str:
    """The words of a language, in the form that libFuzzer reads."""
    words: tuple[str, ...] = ()
    match target:
        case "section" | "expression":
            words = (*SIGNS, *_STATEMENTS, *_names(VOCABULARY.shape, ""))
        case "yaml":
            words = tuple(f"{name}: " for model in MODELS for name in model.model_fields)
        case "csv":
            words = (*STAFF_COLUMNS.names, *PUPIL_COLUMNS.names, '"', '""', "=", ";", "2026-09-01")
    quoted = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in words if word)
    return "".join(f'"{word}"\n' for word in quoted)


def _names(shape: object, before: str) -> Iterator[str]:
    match shape:
        case dict():
            for name, part in shape.items():
                yield from _names(part, f"{before}{name}.")
        case _:
            yield before.removesuffix(".")


def found(target: str) -> Iterator[bytes]:
    """The findings that were kept."""
    for path in sorted((FOUND / target).glob("*")):
        yield path.read_bytes()


def _sections() -> Iterator[bytes]:
    for case in cases():
        for info, text in case.texts:
            if info.startswith("section"):
                yield b"\x00" + text.encode()
    for scheme in range(4):
        yield bytes([scheme]) + f"# W {{#w}}\n\n1. {_WORDS}\n   - {_WORDS}\n\n[^n]: w5x\n".encode()


def _pdf() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.docinfo["/Title"] = "Keys"
    whole = io.BytesIO()
    pdf.save(whole)
    return whole.getvalue().removeprefix(b"%PDF-")
