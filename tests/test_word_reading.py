"""A Word file of ours is read back into the same tree, also after LibreOffice has opened and saved it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policygen.files.office import OfficeError
from policygen.language import document as d
from policygen.word.reading import NotOursError, is_ours, read_own
from tests.support import example, samples
from tests.support.shapes import shape
from tests.support.word import converted, parts_of, zipped
from tests.test_word import EXAMPLES, SAMPLES, named, written

ALL = [*SAMPLES, *EXAMPLES]


def made(param) -> d.Document:
    if isinstance(param, tuple):
        return example.document(param[0], policy=param[1])
    return param


@pytest.mark.parametrize("param", ALL, ids=named)
def test_what_was_written_is_read(param) -> None:
    document = made(param)
    read = read_own(written(document))
    assert shape(read.parts) == shape(document.parts)
    assert (read.kind, read.school, read.policy) == (
        "draft",
        document.school_id,
        document.policy_id,
    )
    assert (read.edition, read.version, read.code) == (
        document.edition,
        document.version,
        "7f3a-91c2",
    )


@pytest.mark.slow
def test_libreoffice_changes_nothing_and_counts_as_we_do(tmp_path) -> None:
    """Opened and saved again, each file has the same tree; as text, the same numbers stand before the same words."""
    documents = [made(param) for param in (*ALL, ("larkspur-gardens", "online-safety"))]
    for number, document in enumerate(documents):
        (tmp_path / f"{number}.docx").write_bytes(written(document))
    saved, text = tmp_path / "saved", tmp_path / "text"
    files = [f"{number}.docx" for number in range(len(documents))]
    converted(tmp_path, files, "docx:MS Word 2007 XML", saved)
    converted(tmp_path, files, "txt:Text (encoded):UTF8", text)
    for number, document in enumerate(documents):
        read = read_own((saved / f"{number}.docx").read_bytes())
        assert shape(read.parts) == shape(document.parts)
        lines = [
            " ".join(line.split())
            for line in (text / f"{number}.txt").read_text("utf-8").splitlines()
        ]
        there = iter(lines)
        for label, words in numbered(document):
            assert any(line.startswith(f"{label} {words}") for line in there), (label, words)


def numbered(document: d.Document) -> Iterator[tuple[str, str]]:
    """Each number with the first words behind it."""
    for node in d.walk(document.parts):
        match node:
            case d.Section(label=label, title=title) | d.Clause(number=label, title=title) if (
                label and title
            ):
                words = title
            case d.Clause(number=label, blocks=(d.Paragraph(children=words), *_)) if label:
                pass
            case d.Item(label=label, blocks=(d.Paragraph(children=words), *_)) if label:
                pass
            case _:
                continue
        if isinstance(words[0], d.Text):
            yield label, " ".join(words[0].text.split()[:4])


def test_what_was_added_is_read_where_it_stands() -> None:
    """A paragraph in the style of its neighbours belongs to the clause above it, and an item to its list."""
    content = edited(
        written(samples.POLICY),
        "it does no harm to the good name of the school.",
        '<w:p><w:pPr><w:pStyle w:val="PolicyItem2"/><w:numPr><w:ilvl w:val="2"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        "<w:r><w:t>it costs nothing.</w:t></w:r></w:p>"
        '<w:p><w:pPr><w:pStyle w:val="PolicyText1"/></w:pPr><w:r><w:t>Ask if in doubt.</w:t></w:r></w:p>',
    )
    clauses = [node for node in d.walk(read_own(content).parts) if isinstance(node, d.Clause)]
    use = next(clause for clause in clauses if clause.id == "personal-use")
    items, own = use.blocks[1], use.blocks[2]
    assert [item.label for item in items.items] == ["(a)", "(b)", "(c)", "(d)"]
    assert d.plain(items.items[-1].blocks[0].children) == "it costs nothing."
    assert d.plain(own.children) == "Ask if in doubt."


def test_tracked_changes_count_as_accepted() -> None:
    words = "it does no harm to the good name of the school."
    run = f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'
    gone = f'<w:del w:id="900" w:author="A"><w:r><w:delText>{words}</w:delText></w:r></w:del>'
    new = '<w:ins w:id="901" w:author="A"><w:r><w:t>it is decent.</w:t></w:r></w:ins>'
    parts = parts_of(written(samples.POLICY))
    text = parts["word/document.xml"].decode()
    assert run in text
    parts["word/document.xml"] = text.replace(run, gone + new).encode()
    said = [
        d.plain(n.children)
        for n in d.walk(read_own(zipped(parts)).parts)
        if isinstance(n, d.Paragraph)
    ]
    assert "it is decent." in said
    assert words not in said


def test_any_other_word_file_is_told_apart() -> None:
    parts = parts_of(written(samples.POLICY))
    assert is_ours(zipped(parts))
    del parts["docProps/custom.xml"]
    assert not is_ours(zipped(parts))
    with pytest.raises(NotOursError):
        read_own(zipped(parts))
    with pytest.raises(OfficeError):
        read_own(b"no Word file")


def edited(content: bytes, words: str, added: str) -> bytes:
    """With paragraphs added behind the one that holds some words."""
    parts = parts_of(content)
    before, behind = parts["word/document.xml"].decode().split(words, 1)
    rest, further = behind.split("</w:p>", 1)
    parts["word/document.xml"] = f"{before}{words}{rest}</w:p>{added}{further}".encode()
    return zipped(parts)


@pytest.mark.parametrize(
    ("was", "hostile"),
    [
        ('w:ilvl w:val="1"', 'w:ilvl w:val="many"'),
        ('w:ilvl w:val="1"', 'w:ilvl w:val="99"'),
        ('w:numId w:val="1"', 'w:numId w:val="999"'),
        ('w:pStyle w:val="PolicyItem2"', 'w:pStyle w:val="PolicyItem9"'),
        ('w:pStyle w:val="PolicyClause"', 'w:pStyle w:val="Nobody"'),
        ('w:name="pg__clause_1_', 'w:name="pg__audience_1_'),
        ("<w:bookmarkEnd", "<w:nothing"),
        ("<w:bookmarkStart", "<w:nothing"),
        ("<w:hyperlink", "<w:p"),
        ("</w:hyperlink>", "</w:p>"),
    ],
)
def test_a_file_that_somebody_spoilt_is_read_or_refused(was, hostile) -> None:
    parts = parts_of(written(samples.POLICY))
    text = parts["word/document.xml"].decode()
    assert was in text
    parts["word/document.xml"] = text.replace(was, hostile).encode()
    try:
        words = " ".join(
            d.plain(node.children)
            for node in d.walk(read_own(zipped(parts)).parts)
            if isinstance(node, d.Paragraph)
        )
    except OfficeError:
        return
    assert "Limited personal use is allowed" in words
