"""A redline in Word: accepting all gives exactly the new text, rejecting all the old one, and each change has its author."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from policygen.compare.comparison import compare
from policygen.compare.summary import Redline, Side
from policygen.compose.number import number
from policygen.language import document as d
from policygen.word.package import Cover, docx
from policygen.word.redline import _text, redline_docx
from tests.support import example, samples
from tests.support.word import W, decided, decided_by_libreoffice, lines_of, part
from tests.test_word import Pictures

DAY = datetime.date(2026, 11, 27)


def changed() -> d.Document:
    """The sample with a clause less and one more, other items and rows, a section and an appendix moved or gone."""
    sections = {section.id: section for section in samples.POLICY.sections}
    scope, monitoring = sections["scope"], sections["monitoring"]
    use = scope.blocks[1]
    items = replace(
        use.blocks[1],
        items=(
            *use.blocks[1].items[1:2],
            *samples.items("letter", ("(b)", "", (samples.paragraph("it is seemly."),))).items,
        ),
    )
    own = samples.clause("new-rule", "2.2", "Nobody lends a key to a visitor.")
    scope = replace(
        scope,
        blocks=(own, replace(use, number="2.3", blocks=(use.blocks[0], items)), *scope.blocks[2:]),
        footnotes=(),
    )
    table = next(block for block in monitoring.blocks if isinstance(block, d.Table))
    rows = (table.rows[1], samples.cells("Office", "Ann Lee", "keeps the list"))
    blocks = tuple(
        replace(block, rows=rows) if block is table else block for block in monitoring.blocks
    )
    scope = d.rebuild(scope, lambda node: () if isinstance(node, d.FootnoteMark) else node)
    kept = (sections["introduction"], scope, replace(monitoring, blocks=blocks), sections["data"])
    return numbered(
        replace(
            samples.POLICY,
            title="Acceptable use of IT",
            sections=kept,
            appendices=samples.POLICY.appendices[1:],
        )
    )


def numbered(document: d.Document) -> d.Document:
    parts = number(document.parts)
    return replace(
        document,
        sections=tuple(part for part in parts if part.kind == "section"),
        forms=tuple(part for part in parts if part.kind == "form"),
        appendices=tuple(part for part in parts if part.kind == "appendix"),
    )


def without_notes(document: d.Document) -> d.Document:
    def bare(node: object) -> object:
        if isinstance(node, d.Section):
            return replace(node, footnotes=())
        return () if isinstance(node, d.FootnoteMark) else node

    return d.rebuild(document, bare)


PAIRS = {
    "sample": lambda: (samples.POLICY, changed()),
    "back": lambda: (changed(), samples.POLICY),
    "schools": lambda: (example.document("elm-grove"), example.document("st-brigids")),
    "forms": lambda: (samples.POLICY, samples.NUMBERED_HEADINGS),
}


def redlined(old: d.Document, new: d.Document) -> bytes:
    redline = Redline(compare(old, new), Side("version 1"), Side("version 2"), new.school_name)
    return redline_docx(redline, Pictures(samples.IMAGES), DAY)


def plain(document: d.Document) -> bytes:
    return docx(_text(document), Cover("", "", ("", ""), "", "#000000"), Pictures(samples.IMAGES))


def said(content: bytes) -> list[tuple[str, str, str]]:
    """The style, number and words of each paragraph from the title on."""
    lines = [line for line in lines_of(content, notes=True) if line[0] != "PolicyBreak"]
    styles = [style for style, _, _ in lines]
    return lines[styles.index("Title") :]


@pytest.mark.parametrize("pair", PAIRS)
def test_accepting_all_gives_the_new_text_and_rejecting_all_the_old_one(pair) -> None:
    old, new = PAIRS[pair]()
    content = redlined(old, new)
    assert said(decided(content, accepted=True)) == said(plain(new))
    assert said(decided(content, accepted=False)) == said(plain(old))


def test_each_change_has_the_one_who_decided_it_for_its_author() -> None:
    root = part(redlined(samples.POLICY, changed()), "document")
    authors = {
        node.get(f"{W}author") for kind in ("ins", "del") for node in root.iter(f"{W}{kind}")
    }
    assert authors <= {
        "Northshire County Council",
        "Elm Grove Primary School",
        "New details",
        "Numbers that moved along",
    }
    assert "Elm Grove Primary School" in authors  # of one edition, only the school decides
    days = {node.get(f"{W}date", "")[:10] for node in root.iter(f"{W}ins")}
    assert days == {"2026-11-27"}


def test_the_same_comparison_gives_the_same_bytes() -> None:
    assert redlined(samples.POLICY, changed()) == redlined(samples.POLICY, changed())


@pytest.mark.slow
def test_libreoffice_gives_both_texts_too(tmp_path) -> None:
    """No word and no number differs.

    It puts a sign without width into the empty cells of a row that went, and leaves an empty paragraph where one with a
    footnote was: here are none.
    """
    made = {pair: tuple(map(without_notes, of())) for pair, of in PAIRS.items()}
    contents = {pair: redlined(*both) for pair, both in made.items()}
    decided = decided_by_libreoffice(tmp_path, contents)
    assert decided.keys() == PAIRS.keys()
    for pair, results in decided.items():
        for document, content in zip(reversed(made[pair]), results, strict=True):
            assert worded(content) == worded(plain(document)), pair


def worded(content: bytes) -> list[tuple[str, str]]:
    """Numbers and words alone: LibreOffice has other names for the styles."""
    lines = [
        (label, " ".join(text.replace("\u200d", "").split())) for _, label, text in said(content)
    ]
    return [line for line in lines if line[1]]
