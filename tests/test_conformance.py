"""PDF/UA-1 and PDF/A-2a: kept by every kind of PDF, judged by a program that is not ours; our own gate finds each rule broken."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from policygen.html.sheets import (
    Sheet,
    circular_html,
    form_html,
    policy_html,
    roster_html,
    sheet_setting,
    slips_html,
)
from policygen.pdf.check import check_pdf, expect
from policygen.pdf.render import render_pdf
from tests.support import samples
from tests.support.tags import tag_tree
from tests.support.validation import Standard, heard, objections

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow
TREE = Path(__file__).parent / "snapshots" / "tags.txt"
PRINT: dict[str, Any] = {"medium": "print", "images": samples.IMAGES}
AGREEMENT, LAPTOP = samples.POLICY.forms
EXPECTED = expect(samples.POLICY, samples.DRAFT)


def _record(kind: str) -> str:
    front = replace(samples.POLICY.front, record=kind)
    return policy_html(replace(samples.POLICY, front=front), samples.DRAFT, **PRINT)


def _sheet() -> Sheet:
    setting = sheet_setting("print", samples.DRAFT, samples.IMAGES)
    return Sheet(samples.POLICY, AGREEMENT, setting, "https://elmgrove.example/policies/it/1.2/")


PAGES: dict[str, Callable[[], str]] = {
    "draft": lambda: policy_html(samples.POLICY, samples.DRAFT, **PRINT),
    "approved": lambda: policy_html(samples.APPROVED_POLICY, samples.APPROVED, **PRINT),
    "box": lambda: _record("box"),
    "table": lambda: _record("table"),
    "numbered headings": lambda: policy_html(samples.NUMBERED_HEADINGS, samples.DRAFT, **PRINT),
    "compact": lambda: policy_html(samples.FLAT, samples.DRAFT, **PRINT),
    "compact draft": lambda: policy_html(
        replace(samples.POLICY, front=replace(samples.POLICY.front, cover=False)),
        samples.DRAFT,
        **PRINT,
    ),
    "form": lambda: form_html(samples.POLICY, LAPTOP, samples.DRAFT, **PRINT),
    "one page": lambda: form_html(
        samples.POLICY, replace(LAPTOP, one_page=True), samples.DRAFT, **PRINT
    ),
    "roster": lambda: roster_html(_sheet(), samples.STAFF),
    "slips": lambda: slips_html(_sheet(), samples.STAFF),
    "circular": lambda: circular_html(samples.CIRCULAR, "print"),
}


@cache
def pdf_of(kind: str) -> bytes:
    return render_pdf(PAGES[kind]().encode())


@pytest.mark.parametrize("standard", ["ua1", "2a"])
@pytest.mark.parametrize("kind", PAGES)
def test_another_validator_finds_nothing(kind: str, standard: Standard) -> None:
    assert objections(pdf_of(kind), standard) == []


def test_pdf_js_finds_nothing_outside_the_structure(tmp_path: Path) -> None:
    """Of every kind of PDF; it would find the running head of a broken one."""
    files = {kind: tmp_path / f"{kind}.pdf" for kind in (*PAGES, "broken")}
    for kind, path in files.items():
        path.write_bytes(
            _broken(Damage("head", _as_text, "")) if kind == "broken" else pdf_of(kind)
        )
    found = heard([*files.values()])
    outside = {kind: found[str(path)].untagged for kind, path in files.items()}
    assert outside.pop("broken") == [f"page 3: {samples.POLICY.school_name}"]
    assert {kind: said for kind, said in outside.items() if said} == {}
    assert all(said.tagged > 10 for said in found.values())


def test_the_tag_tree_is_as_it_was() -> None:
    """Of a document with every kind of node, as a screen reader gets it. `python -m tests.test_conformance` accepts another."""
    assert _tree() == TREE.read_text("utf-8")


def _tree() -> str:
    """The tags of the text: without front page and contents."""
    _, part, text = tag_tree(pdf_of("compact draft")).partition("\n  Part\n")
    return f"{part.lstrip()}{text}"


def test_a_line_to_write_on_is_said_where_there_is_no_field() -> None:
    slips = tag_tree(pdf_of("slips"))
    assert slips.count("Span ActualText='to be written by hand'") == 2 * len(samples.STAFF) + 3 * 4


def test_no_stream_ends_so_that_its_length_is_taken_for_wrong() -> None:
    """Each of some hundred streams has one chance in 256 to end with the first half of a line end."""
    for number in range(12):
        document = replace(samples.FLAT, title=f"Policy {number}")
        pdf = render_pdf(policy_html(document, samples.DRAFT, **PRINT).encode())
        assert b"\r\nendstream" not in pdf, number


# --- what is broken is found ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Damage:
    """One thing wrong in an otherwise good PDF."""

    name: str
    breaks: Callable[[pikepdf.Pdf], object]
    says: str
    """What our gate says of it."""
    standard: Standard | None = None
    """By which standard the other validator finds it, too; None where it does not."""


def _tags(pdf: pikepdf.Pdf, role: str) -> list[Any]:
    return [
        node
        for node in pdf.objects
        if isinstance(node, pikepdf.Dictionary) and node.get("/S") == f"/{role}"
    ]


def _set(pdf: pikepdf.Pdf, role: str, name: str, value: Any, index: int = 0) -> None:
    """Change an entry of an element; None takes it out."""
    node = _tags(pdf, role)[index]
    if value is None:
        del node[name]
    else:
        node[name] = value


def _unlink(pdf: pikepdf.Pdf, role: str) -> None:
    """Take an element out of the one that it stands in, and leave what it shows on the page."""
    node = _tags(pdf, role)[0]
    kids = [kid for kid in node.P.K if kid.objgen != node.objgen]
    node.P.K = pikepdf.Array(kids)


def _unlabelled(pdf: pikepdf.Pdf) -> None:
    """Make the bullets of a list part of its words."""
    for node in _tags(pdf, "LI"):
        label, body = node.K
        if node.P.A.ListNumbering == "/Disc":
            body.K.insert(0, label)
            label.S = pikepdf.Name.Span
            node.K = pikepdf.Array([body])


def _as_text(pdf: pikepdf.Pdf) -> None:
    """Show the running header as the renderer does: as text, in an element that stands nowhere."""
    page = pdf.pages[2]
    shown = page.Contents.read_bytes()
    number = shown.count(b"MCID")
    page.Contents.write(
        shown.replace(
            b"/Artifact\n<</Type /Pagination/Subtype /Header>>",
            b"/Span\n<</MCID %d>>" % number,
            1,
        )
    )


def _twice(pdf: pikepdf.Pdf) -> None:
    """Let two elements show the same words."""
    first, second = _tags(pdf, "H2")[:2]
    first.K.append(second.K[0])
    first.Pg = second.Pg


def _bare(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[4]
    page.contents_add(pikepdf.Stream(pdf, b"0 0 50 50 re f"))


def _xmp(old: bytes, new: bytes) -> Callable[[pikepdf.Pdf], None]:
    def breaks(pdf: pikepdf.Pdf) -> None:
        said = pdf.Root.Metadata.read_bytes()
        assert old in said
        pdf.Root.Metadata.write(said.replace(old, new))

    return breaks


def _link(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[2].Annots[0]


DAMAGE = [
    Damage("alt", lambda pdf: _set(pdf, "Figure", "/Alt", None), "no alternative text", "ua1"),
    Damage("empty alt", lambda pdf: _set(pdf, "Figure", "/Alt", ""), "no alternative text", "ua1"),
    Damage("lang", lambda pdf: pdf.Root.__delitem__("/Lang"), "the language is not", "ua1"),
    Damage(
        "title shown",
        lambda pdf: pdf.Root.__delitem__("/ViewerPreferences"),
        "instead of its title",
        "ua1",
    ),
    Damage("marked", lambda pdf: pdf.Root.__delitem__("/MarkInfo"), "it is tagged", "ua1"),
    Damage("tags", lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"), "no tags", "ua1"),
    Damage("tabs", lambda pdf: pdf.pages[2].obj.__delitem__("/Tabs"), "bound to the tags", "ua1"),
    Damage(
        "tab order",
        lambda pdf: pdf.pages[2].obj.__setitem__("/Tabs", pikepdf.Name.R),
        "bound to the tags",
        "ua1",
    ),
    Damage("scope", lambda pdf: _set(pdf, "TH", "/A", None), "heads a row or a column", "ua1"),
    Damage(
        "row label",
        lambda pdf: [
            node.__setitem__("/S", pikepdf.Name.TD)
            for node in _tags(pdf, "TH")
            if node.A.Scope == "/Row"
        ],
        "the label of a row",
    ),
    Damage("running head", _as_text, "running header or footer"),
    Damage("dangling", lambda pdf: _unlink(pdf, "H2"), "stands nowhere in the structure"),
    Damage("said twice", _twice, "or names it twice"),
    Damage("untagged", _bare, "neither tagged nor marked", "ua1"),
    Damage("id of a note", lambda pdf: _set(pdf, "Note", "/ID", None), "has no id", "ua1"),
    Damage(
        "id tree",
        lambda pdf: pdf.Root.StructTreeRoot.__delitem__("/IDTree"),
        "is not found by its id",
    ),
    Damage(
        "contents",
        lambda pdf: _set(pdf, "TOC", "/S", pikepdf.Name.L),
        "a tag TOCI stands below L",
        "ua1",
    ),
    Damage(
        "no contents",
        lambda pdf: _unlink(pdf, "TOC"),
        "the contents are not tagged as such",
    ),
    Damage("box of a picture", lambda pdf: _set(pdf, "Figure", "/A", None), "where it stands"),
    Damage(
        "box off the page",
        lambda pdf: _tags(pdf, "Figure")[0].A.__setitem__("/BBox", [0, 0, 900, 10]),
        "off the page",
    ),
    Damage(
        "numbering",
        lambda pdf: _set(pdf, "L", "/A", None),
        "how its items are numbered",
    ),
    Damage("label", _unlabelled, "has no label"),
    Damage(
        "body", lambda pdf: _set(pdf, "LBody", "/S", pikepdf.Name.P), "P stands below LI", "ua1"
    ),
    Damage(
        "heading",
        lambda pdf: _set(pdf, "H3", "/S", pikepdf.Name.H5),
        "an H5 follows an H2",
        "ua1",
    ),
    Damage("role", lambda pdf: _set(pdf, "Sect", "/S", pikepdf.Name.Part2), "Part2", "ua1"),
    Damage(
        "words of a link", lambda pdf: _link(pdf).__delitem__("/Contents"), "where it leads", "ua1"
    ),
    Damage(
        "tag of a link", lambda pdf: _link(pdf).__delitem__("/StructParent"), "not tagged", "ua1"
    ),
    Damage("print", lambda pdf: _link(pdf).__setitem__("/F", 0), "not be printed", "2a"),
    Damage("hidden", lambda pdf: _link(pdf).__setitem__("/F", 6), "not be printed", "2a"),
    Damage("colours", lambda pdf: pdf.Root.__delitem__("/OutputIntents"), "its colours mean", "2a"),
    Damage(
        "no profile",
        lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile.write(b"x" * 200),
        "its colours mean",
        "2a",
    ),
    Damage(
        "ua",
        _xmp(b"<pdfuaid:part>1</pdfuaid:part>", b""),
        "the file does not say that it is PDF/UA-1",
        "ua1",
    ),
    Damage(
        "a",
        _xmp(b"<pdfaid:conformance>A</pdfaid:conformance>", b""),
        "the file does not say that it is PDF/A-2a",
        "2a",
    ),
    Damage("schema", _xmp(b"pdfaSchema:schema>", b"pdfaSchema:scheme>"), "does not describe", "2a"),
]


def _broken(damage: Damage) -> bytes:
    with pikepdf.open(io.BytesIO(pdf_of("draft"))) as pdf:
        damage.breaks(pdf)
        target = io.BytesIO()
        pdf.save(
            target,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return target.getvalue()


def test_saving_alone_breaks_nothing() -> None:
    """So that it is the damage that is found."""
    saved = _broken(Damage("none", lambda _: None, ""))
    assert check_pdf(saved, EXPECTED) == []
    assert [objections(saved, standard) for standard in ("ua1", "2a")] == [[], []]


def test_a_file_without_an_id_is_found() -> None:
    unnamed = _broken(Damage("none", lambda _: None, "")).replace(b"/ID [", b"/XX [")
    assert check_pdf(unnamed, EXPECTED) == ["the file has no id"]
    assert objections(unnamed, "2a")


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.name)
def test_our_gate_finds_what_is_broken(damage: Damage) -> None:
    faults = check_pdf(_broken(damage), EXPECTED)
    assert any(damage.says in fault for fault in faults), faults


@pytest.mark.parametrize(
    "damage", [damage for damage in DAMAGE if damage.standard], ids=lambda damage: damage.name
)
def test_the_other_validator_finds_it_too(damage: Damage) -> None:
    assert damage.standard
    assert objections(_broken(damage), damage.standard)


@pytest.mark.parametrize(
    "damage", [damage for damage in DAMAGE if not damage.standard], ids=lambda damage: damage.name
)
def test_only_our_gate_sees_this(damage: Damage) -> None:
    """What the other validator overlooks; docs/decisions/0008 names it."""
    broken = _broken(damage)
    assert [objections(broken, standard) for standard in ("ua1", "2a")] == [[], []]


if __name__ == "__main__":
    TREE.write_text(_tree(), "utf-8")
