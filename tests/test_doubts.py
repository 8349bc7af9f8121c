"""YAML says what people meant, or says that it may not: nothing that they typed is changed or cut in silence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.files.fields import FileModel, Many, Words
from policygen.ground.letters import nfc
from policygen.model.adoption import AdoptionFile
from policygen.model.changes import ChangesFile
from policygen.model.law import OwnLaw
from policygen.model.overlay import OverlayFile
from policygen.model.school import School
from policygen.model.template import Template
from policygen.upgrade.decisions_file import UpgradeFile
from tests.support.reading import reading
from tests.support.workspace import Workspace

if TYPE_CHECKING:
    from pydantic import BaseModel


class Sample(FileModel):
    """A file with one text, and a list of texts."""

    title: Words
    words: Many[Words] = ()


TYPED = st.text(
    st.sampled_from("ab1 #:&*!-?'\"“”‘’«», []{}|>%@`~.\u00a0é"), min_size=1, max_size=14
)


def without_comment(text: str) -> str | None:
    """The text before a comment that is written as one; None where nobody can say whether it is a comment."""
    found = re.search(r"([ \t]+)#(.?)", text)
    if found is None:
        return text
    as_comment = len(found[1]) > 1 or found[2] in ("", " ")
    return text[: found.start()] if as_comment else None


@given(TYPED, st.sampled_from(["title: {}", "title:   {}", "{{title: {}, words: []}}"]))
def test_a_typed_text_is_read_as_typed_or_something_is_said(typed: str, line: str) -> None:
    """Whatever is typed after a key: it is read word for word, or there is a problem or a doubt about it."""
    located, said = reading(line.format(typed), Sample)
    if said or typed.lstrip().startswith(
        ("'", '"')
    ):  # what YAML puts into quotes is read by its rules
        return
    assert located is not None
    meant = without_comment(typed)
    assert meant is not None, "a comment that nobody meant was taken off in silence"
    assert located.value.title == nfc(meant).strip()


@given(TYPED)
def test_an_item_of_a_list_too(typed: str) -> None:
    """The same for what is typed after a dash."""
    located, said = reading(f"title: a\nwords:\n  - {typed}\n", Sample)
    if said or typed.lstrip().startswith(("'", '"')):
        return
    assert located is not None
    meant = without_comment(typed)
    assert meant is not None
    assert located.value.words == (nfc(meant).strip(),)


@pytest.mark.parametrize("mark", ["“{}”", "‘{}’", "„{}“", "«{}»", "\"'{}'\"", "'\"{}\"'", '"“{}”"'])
def test_quotation_marks_around_a_value(mark: str) -> None:
    """Of any kind, and within the quotes of YAML; what stands between them is offered."""
    _, said = reading(f"title: {mark.format('Fernlea Infants')}", Sample)
    assert re.fullmatch(
        r"1:8\+\d+ doubtful-value: the quotation marks are .*\n  write `title: Fernlea Infants`.*",
        said,
    )


@pytest.mark.parametrize(
    "text",
    [
        '"Fernlea Infants"',
        "the ‘Keep Safe’ policy",
        "“Keep safe” and “Be kind”",
        "O’Brien’s",
        "'Ash Road #1'",
        "Ash Road # 1",
        "Ash Road  #1",
        "C#",
        "a#1",
        "|\n  “quoted”",
    ],
)
def test_no_false_alarm(text: str) -> None:
    """Quotation marks within a value, real comments, and marks that are no comment."""
    located, said = reading(f"title: {text}", Sample)
    assert said == ""
    assert located is not None


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (
            "title: a\n  - b\n  - c",
            "2:3+3 doubtful-value: this line goes on with the text above it",
        ),
        ("title: x\nwords: [a, #1\n  b]", "2:12+2 doubtful-value: `#1` is read as a comment"),
    ],
)
def test_lines_that_yaml_joins_or_drops(file: str, said: str) -> None:
    """A list below a text of the same key, and an item in brackets that begins with `#`."""
    located, told = reading(file, Sample)
    assert said in told
    assert located is not None


@pytest.mark.parametrize("text", ["TBC", "tba", "n/a", "None", "xxx", '"-"', '"?"', "…"])
@pytest.mark.parametrize(
    ("model", "file"),
    [
        (School, "people:\n  head: {name: MARK}"),
        (School, "address: [1 High Street, MARK]"),
        (AdoptionFile, "author: MARK"),
        (AdoptionFile, "clauses:\n  a: {omit: true, reason: MARK}"),
        (AdoptionFile, "clauses:\n  a:\n    replace: x\n    deviation:\n      agreed_by: MARK"),
        (AdoptionFile, 'history:\n  - {version: "1.0", minute: MARK}'),
        (Template, "issuer: {name: MARK}"),
        (Template, "questions:\n  q: {kind: list, ask: MARK}"),
        (Template, "circular:\n  summary: [MARK]"),
        (ChangesFile, "changes:\n  - reason: MARK"),
        (ChangesFile, "retired: {a: MARK}"),
        (UpgradeFile, "clauses:\n  a: {decision: keep, reason: MARK}"),
        (OverlayFile, "clauses:\n  a: {omit: true, reason: MARK}"),
        (OwnLaw, "current:\n  a: {cite: MARK}"),
    ],
)
def test_a_placeholder_in_any_file(model: type[BaseModel], file: str, text: str) -> None:
    """By what a key may hold, not key by key: wherever people write words of their own, whatever else is wrong."""
    _, said = reading(file.replace("MARK", text), model)
    assert f"doubtful-value: `{text.strip(chr(34))}` only holds the place of a text" in said


def test_none_may_be_an_option() -> None:
    """The label of an option is chosen by, and `None` may be one of the choices."""
    file = "questions:\n  q: {ask: Which?, kind: choice, options: {none: None, all: All}}"
    assert "doubtful-value" not in reading(file, Template)[1]


def test_the_hint_mends(tmp_path: Path) -> None:
    """What the hint says to write is read as it was meant."""
    workspace = Workspace(tmp_path).with_change(
        "schools/oak/school.yaml", "name: Oak Lane School\nt", "name: Oak Lane #1 School\nt"
    )
    shown = workspace.run("check")
    assert shown.code == 0
    (hint,) = re.findall(r"hint: write `(name: .*?)`;", shown.stderr)
    mended = workspace.with_change("schools/oak/school.yaml", "name: Oak Lane #1 School", hint)
    assert mended.run("check").stderr == ""
    located, _ = reading(hint.replace("name", "title"), Sample)
    assert located is not None
    assert located.value.title == "Oak Lane #1 School"
