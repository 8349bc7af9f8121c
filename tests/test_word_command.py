"""`policygen word`, and Word files of `diff` and `pack`, as people ask for them."""

from __future__ import annotations

import pytest

from policygen.word.reading import read_own
from tests.support.word import lines_of, parts_of
from tests.support.workspace import run_in

NAME = "beech-hill/visitors"
DRAFT = "output/word/beech-hill/visitors/draft"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("word")
    assert run_in(folder, "init", "--as-of", "2026-09-01").code == 0
    return folder


def test_a_draft_is_written_with_its_forms_and_twice_the_same(root) -> None:
    made = run_in(root, "word", NAME)
    assert (made.code, made.stderr) == (0, "")
    assert f"{DRAFT}/  (" in made.stdout
    content = (root / DRAFT / "visitors.docx").read_bytes()
    assert read_own(content).kind == "draft"
    run_in(root, "word")
    assert (root / DRAFT / "visitors.docx").read_bytes() == content


def test_a_version_that_is_not_there_is_an_error(root) -> None:
    refused = run_in(root, "word", f"{NAME}@9.9")
    assert refused.code == 1
    assert "has no approved version `9.9`" in refused.stderr


def test_a_redline_is_written_where_it_is_asked_for(root) -> None:
    file = root / "changes.docx"
    assert run_in(root, "diff", NAME, "--word", str(file)).code == 0
    assert any("Changes from model text" in text for _, _, text in lines_of(file.read_bytes()))
    assert run_in(root, "diff", NAME, "--word", str(file)).code == 0
    assert run_in(root, "diff", NAME, "--word", str(root / "changes.txt")).code == 2


def test_another_file_is_never_written_over(root) -> None:
    file = root / "letter.docx"
    file.write_bytes(b"Dear governors")
    refused = run_in(root, "diff", NAME, "--word", str(file))
    assert (refused.code, file.read_bytes()) == (1, b"Dear governors")
    assert "name another file" in refused.stderr


def test_a_pack_has_the_draft_and_its_changes(root) -> None:
    made = run_in(root, "pack", NAME, "--word")
    assert made.code == 0, made.stderr
    files = {path.name for path in (root / "output/packs").rglob("*.docx")}
    assert files == {"visitors.docx", "changes-visitors.docx"}
    for path in (root / "output/packs").rglob("*.docx"):
        assert "word/document.xml" in parts_of(path.read_bytes())
