"""A policy as a Word file: every word in order, the numbers that Word computes, real styles and fields."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

import pytest

from policygen.files.office import office_tree
from policygen.language import document as d
from policygen.products.text import policy_text
from policygen.word.names import bookmark
from policygen.word.write import form_docx, policy_docx
from tests.support import example, samples
from tests.support.word import W, attribute, lines_of, notes_of, part, parts_of, text_of

EXAMPLES = [
    ("beacon-academy", "computing-facilities"),
    ("elm-grove", "staff-acceptable-use"),
]
SAMPLES = [samples.POLICY, samples.NUMBERED_HEADINGS, samples.FLAT]
DOCUMENTS = [*SAMPLES, *EXAMPLES]
_WORD = re.compile(r"\w+(?:[.’'-]\w+)*")


class Pictures(dict[str, bytes]):
    """A picture for every path."""

    def __missing__(self, path: str) -> bytes:
        return samples.PADLOCK


@lru_cache(maxsize=20)
def written(document: d.Document) -> bytes:
    return policy_docx(document, samples.DRAFT, Pictures(samples.IMAGES))


def named(param: d.Document | tuple[str, str]) -> str:
    return "-".join(param) if isinstance(param, tuple) else f"sample-{param.policy_id}"


@pytest.fixture(params=DOCUMENTS, ids=named)
def document(request) -> d.Document:
    if isinstance(request.param, tuple):
        school, policy = request.param
        return example.document(school, policy=policy)
    return request.param


def test_every_word_of_the_text_stands_in_it_in_order(document) -> None:
    """Plain text repeats the head of a wide table at each cell, and has addresses, notes and marks in its own way."""
    plain = d.rebuild(document, _as_words)
    repeated = {"minute", "and"} | {
        word
        for node in d.walk(document.parts)
        if isinstance(node, d.Table)
        for cell in node.head
        for word in _WORD.findall(d.plain(cell.children))
    }
    text = _words(re.sub("_{3,}", " ", policy_text(plain, samples.DRAFT)), repeated)
    assert text
    there = iter(
        _words(" ".join(f"{label} {text}" for _, label, text in lines_of(written(plain))), repeated)
    )
    for at, word in enumerate(text):
        assert word in there, text[max(at - 8, 0) : at + 8]


def _words(text: str, repeated: set[str]) -> list[str]:
    return [word for word in _WORD.findall(text) if word not in repeated]


def _as_words(node: object) -> object:
    match node:
        case d.Link():
            return node.children
        case d.Section():
            return replace(node, footnotes=())
        case d.FootnoteMark():
            return ()
        case d.Clause():
            return replace(node, local="")
        case _:
            return node


def test_a_footnote_is_one_of_word(document) -> None:
    """With all its words, marked where it is meant, and counted from 1 in the order of the text."""
    content = written(document)
    notes = [note for section in document.parts for note in section.footnotes]
    said = notes_of(content)
    assert len(said) == len(notes)
    for note in notes:
        words = _WORD.findall(
            " ".join(
                d.plain(node.children) for node in d.walk(note) if isinstance(node, d.Paragraph)
            )
        )
        assert _WORD.findall(said[note.number])[-len(words) :] == words
    root = part(content, "document")
    marks = [int(node.get(f"{W}id", "")) for node in root.iter(f"{W}footnoteReference")]
    assert marks == [*range(1, len(notes) + 1)]


def test_word_computes_the_numbers_of_the_policy(document) -> None:
    """Those that it cannot say are typed, and there are few."""
    content = written(document)
    computed = [label for _, label, _ in lines_of(content) if label not in ("", "•")]
    typed = [
        text_of(node).strip()
        for node in part(content, "document").iter(f"{W}r")
        if attribute(node, "rPr/rStyle") == "PolicyNumber"
    ]
    numbers = [*_numbers(document.parts)]
    assert sorted(computed + typed) == sorted(numbers)
    if document not in SAMPLES:
        assert [number for number in typed if not number[-1].isupper()] == []


def _numbers(node: object) -> list[str]:
    found = []
    for each in d.walk(node):
        match each:
            case d.Section() | d.Item():
                found.append(each.label)
            case d.Clause():
                found.append(each.number)
            case _:
                pass
    return [label for label in found if label]


def test_the_same_policy_gives_the_same_bytes(document) -> None:
    assert written(document) == written.__wrapped__(document)


def test_each_part_is_xml_and_each_relation_leads_somewhere(document) -> None:
    content = written(document)
    parts = parts_of(content)
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            office_tree(data)
    relations = [*office_tree(parts["word/_rels/document.xml.rels"])]
    assert relations
    for relation in relations:
        if relation.get("TargetMode") != "External":
            assert f"word/{relation.get('Target')}" in parts


def test_every_reference_leads_to_a_bookmark(document) -> None:
    root = part(written(document), "document")
    names = [node.get(f"{W}name") for node in root.iter(f"{W}bookmarkStart")]
    assert len(names) == len({*names})
    assert max(map(len, names)) <= 40
    ids = {
        node.id
        for node in d.walk(document.parts)
        if getattr(node, "id", "") and not isinstance(node, d.FootnoteMark | d.Footnote)
    }
    assert {bookmark(each) for each in ids if each} - {*names} == set()
    for link in root.iter(f"{W}hyperlink"):
        if anchor := link.get(f"{W}anchor"):
            assert anchor in names
    for code in root.iter(f"{W}instrText"):
        kind, target = (code.text or "").split()[:2]
        if kind in ("REF", "NOTEREF"):
            assert target in names


def test_styles_that_are_used_are_there(document) -> None:
    content = written(document)
    known = {node.get(f"{W}styleId") for node in part(content, "styles").iter(f"{W}style")}
    used = {
        node.get(f"{W}val")
        for name in ("document", "footnotes", "header", "footer")
        for tag in ("pStyle", "rStyle", "tblStyle")
        for node in part(content, name).iter(f"{W}{tag}")
    }
    assert used <= known


def test_a_table_repeats_its_head_and_a_picture_says_what_it_shows() -> None:
    root = part(written(samples.POLICY), "document")
    assert [*root.iter(f"{W}tblHeader")]
    said = [node.get("descr") for node in root.iter() if node.tag.endswith("}docPr")]
    assert said == ["Elm Grove Primary School", "A closed padlock", ""] or "" in said


def test_a_wide_table_lies_on_its_side() -> None:
    table = d.Table((), samples.cells("Day", "Fault"), (samples.cells("", ""),), landscape=True)
    turned = replace(samples.POLICY.sections[0], blocks=(table,))
    root = part(written(replace(samples.POLICY, sections=(turned,))), "document")
    pages = [node.get(f"{W}orient", "portrait") for node in root.iter(f"{W}pgSz")]
    assert pages == ["portrait", "landscape", "portrait"]


def test_a_form_is_a_file_of_its_own() -> None:
    form = samples.POLICY.forms[0]
    content = form_docx(samples.POLICY, form, samples.DRAFT, Pictures(samples.IMAGES))
    text = "\n".join(text for _, _, text in lines_of(content))
    assert d.plain(form.title) in text
    assert "Signed \t" in text


def test_an_approved_version_names_its_record() -> None:
    content = policy_docx(samples.APPROVED_POLICY, samples.APPROVED, Pictures(samples.IMAGES))
    first = next(text for _, _, text in lines_of(content) if text)
    assert first.endswith("the PDF and the page with the content code 7f3a-91c2.")
    assert b"7f3a-91c2" in parts_of(content)["docProps/custom.xml"]


def test_a_form_has_no_link_that_leads_nowhere() -> None:
    assert samples.POLICY.forms
    for form in samples.POLICY.forms:
        content = form_docx(samples.POLICY, form, samples.DRAFT, Pictures(samples.IMAGES))
        root = part(content, "document")
        names = {node.get(f"{W}name") for node in root.iter(f"{W}bookmarkStart")}
        anchors = {node.get(f"{W}anchor", "") for node in root.iter(f"{W}hyperlink")} - {""}
        assert anchors <= names
        assert not [*root.iter(f"{W}pageBreakBefore")]


def test_a_box_is_ticked_by_a_click() -> None:
    table = d.Table((), samples.cells("May we", "Yes", "No"), (samples.cells("print it?", "", ""),))
    form = replace(samples.POLICY.forms[0], blocks=(table,))
    content = form_docx(samples.POLICY, form, samples.DRAFT, Pictures(samples.IMAGES))
    assert parts_of(content)["word/document.xml"].count(b"<w14:checkbox>") == 2
    assert [text for _, _, text in lines_of(content)].count("☐") == 2
