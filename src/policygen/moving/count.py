"""The count that proves that no word of a file was dropped.

The words of the file are counted here from its XML alone, without the reader; those of the policy from the tree that
our own language makes of it. What is in neither has to be in the list of what became structure, was left out or added.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never
from xml.etree.ElementTree import Element

from policygen.files.office import office_parts, office_tree
from policygen.language import document as d
from policygen.moving.found import Choice
from policygen.moving.ledger import Became, Fate
from policygen.moving.wordstyles import attribute, child, short

_WORD = re.compile(r"\d+|[^\W\d_]+")
_WORD_PARTS = {
    "document": "text",
    "header": "page headers",
    "footer": "page footers",
    "footnotes": "footnotes",
    "endnotes": "endnotes",
    "comments": "comments",
}
_PAGE = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)\b")


def words_of(text: str) -> Counter[str]:
    """The words and numbers of a text, each as often as it stands there."""
    return Counter(_WORD.findall(unicodedata.normalize("NFC", text)))


@dataclass(frozen=True)
class Count:
    """How many words there were and what became of them."""

    of_file: Mapping[str, int]
    """By kind: text, tables, boxes, footnotes …"""
    of_policy: int
    became: Mapping[Became, int]
    missing: Mapping[str, int]
    """Words of the file that are nowhere, each as often as it is missing."""
    surplus: Mapping[str, int]
    """Words of the policy that the file does not have and nobody added."""

    @property
    def holds(self) -> bool:
        """Whether every word is accounted for."""
        return not self.missing and not self.surplus


def counted(
    of_file: Mapping[str, Counter[str]], policy: Iterable[str], fates: Iterable[Fate]
) -> Count:
    """Compare the words of a file with those of a policy and with what became of the others."""
    before: Counter[str] = sum(of_file.values(), Counter())
    now: Counter[str] = sum(map(words_of, policy), Counter())
    became: dict[Became, Counter[str]] = {
        "structure": Counter(),
        "left-out": Counter(),
        "added": Counter(),
    }
    for fate in fates:
        became[fate.became] += words_of(fate.words)
    there = now + became["structure"] + became["left-out"]
    expected = before + became["added"]
    return Count(
        {kind: words.total() for kind, words in of_file.items() if words},
        now.total(),
        {kind: words.total() for kind, words in became.items()},
        dict(expected - there),
        dict(there - expected),
    )


def words_of_docx(content: bytes, choice: Choice | None) -> dict[str, Counter[str]]:
    """The words of a Word file by where they stand, from its XML alone; of tracked changes those that were chosen."""
    counts: dict[str, Counter[str]] = {}
    seen = set()
    for name, part in office_parts(content).items():
        found = re.fullmatch(r"word/([a-z]+)\d*\.xml", name)
        kind = _WORD_PARTS.get(found[1], "") if found else ""
        if not kind:
            continue
        words: dict[str, Counter[str]] = {}
        for where, text in _texts(office_tree(part), kind, choice):
            words[where] = words.get(where, Counter()) + words_of(text)
        # The same header on several kinds of pages is one.
        again = (kind, str(sorted((where, sorted(each.items())) for where, each in words.items())))
        if kind.startswith("page") and again in seen:
            continue
        seen.add(again)
        for where, each in words.items():
            counts[where] = counts.get(where, Counter()) + each
    return counts


def _texts(root: Element, kind: str, choice: Choice | None) -> Iterator[tuple[str, str]]:
    """Each paragraph below an element, with where it stands."""
    for element in root:
        name = short(element)
        if name == "mc:Fallback" and child(root, "mc:Choice") is not None:
            continue
        if name in ("w:footnote", "w:endnote") and attribute(element, "type") not in ("", "normal"):
            continue
        if name == "w:tr" and choice and _is_gone(child(element, "w:trPr"), choice):
            continue
        if name == "w:p":
            yield kind, "".join(_letters(element, choice, []))
            yield from _boxes(element, choice)
            continue
        inner = "tables" if name == "w:tbl" and kind == "text" else kind
        yield from _texts(element, inner, choice)


def _boxes(paragraph: Element, choice: Choice | None) -> Iterator[tuple[str, str]]:
    """The paragraphs of text boxes in a paragraph."""
    for element in paragraph:
        if short(element) == "mc:Fallback" and child(paragraph, "mc:Choice") is not None:
            continue
        if short(element) == "w:txbxContent":
            yield from _texts(element, "boxes", choice)
        else:
            yield from _boxes(element, choice)


def _is_gone(properties: Element | None, choice: Choice) -> bool:
    return child(properties, "w:del" if choice == "accept" else "w:ins") is not None


def _letters(element: Element, choice: Choice | None, fields: list[str]) -> Iterator[str]:
    """The letters of a paragraph, without those of boxes in it and of numbers of pages."""
    gone = {
        "accept": ("w:del", "w:moveFrom"),
        "reject": ("w:ins", "w:moveTo"),
        None: (),
    }[choice]
    for inner in element:
        name = short(inner)
        if name in gone or name in ("w:txbxContent", "w:pPr", "w:rPr"):
            continue
        if name == "mc:Fallback" and child(element, "mc:Choice") is not None:
            continue
        if name == "w:fldSimple" and _PAGE.match(attribute(inner, "instr")):
            continue
        if name in ("w:t", "w:delText", "m:t"):
            if not any(map(_PAGE.match, fields)):
                yield inner.text or ""
        elif name in ("w:tab", "w:br", "w:cr", "w:ptab"):
            yield " "
        elif name == "v:textpath":
            yield attribute(inner, "string")
        elif name == "w:noBreakHyphen":
            yield "-"
        elif name == "w:fldChar":
            if attribute(inner, "fldCharType") == "begin":
                fields.append("")
            elif attribute(inner, "fldCharType") == "end" and fields:
                fields.pop()
        elif name == "w:instrText":
            if fields:
                fields[-1] += inner.text or ""
        else:
            yield from _letters(inner, choice, fields)


def words_of_sections(sections: Iterable[d.Section]) -> Iterator[str]:
    """Every piece of text that stands in some sections, as the tree has it."""
    for section in sections:
        for node in d.walk(section):
            match node:
                case d.Paragraph() | d.Subhead() | d.Cell():
                    yield _said(node.children)
                case d.Section() | d.Clause():
                    yield _said(node.title)
                case d.Table():
                    yield _said(node.caption)
                case d.Callout():
                    yield _said(node.label)
                case d.Quote():
                    yield _said(node.source)
                case d.SignatureBlock():
                    yield node.signatory
                    for each in node.fields:
                        yield _said(each)
                case d.Definition():
                    yield _said(node.term)
                case d.ItemList() | d.Item() | d.AudiencePart() | d.Definitions() | d.Footnote():
                    pass
                case (
                    d.Text()
                    | d.Value()
                    | d.Emphasis()
                    | d.Strong()
                    | d.Code()
                    | d.Link()
                    | d.ReferenceMark()
                    | d.Reference()
                    | d.FootnoteMark()
                    | d.LineBreak()
                    | d.Image()
                ):
                    pass  # its words are those of what holds it
                case _:
                    assert_never(node)


def _said(children: tuple[d.Inline, ...]) -> str:
    """The words of a line as the author wrote them: what a fact, an answer or a reference prints is none of them."""
    made = []
    for node in children:
        match node:
            case d.Value() | d.Reference() | d.ReferenceMark():
                made.append(" ")
            case d.Emphasis(children=inner) | d.Strong(children=inner) | d.Link(children=inner):
                made.append(_said(inner))
            case d.LineBreak() | d.FootnoteMark() | d.Image():
                made.append("\n" if isinstance(node, d.LineBreak) else "")
            case d.Text(text=text) | d.Code(text=text):
                made.append(text)
            case _:
                assert_never(node)
    return "".join(made)
