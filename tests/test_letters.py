"""Letters are read in one form, whatever the disk holds, and those that were read in a wrong encoding are named."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.ground.letters import as_seen, is_placeholder, misread
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace, run_in

ROOT = Path(__file__).parents[1]
SECTION = "templates/tiny/sections/lost-keys.md"

# What people here write: English, Welsh and European letters, and the signs of a word processor.
LETTERS = st.sampled_from("àâäéèêëîïôöùûüŵŷñçßøåæœłśźžčšřđÉÔŴŶŁŠ’‘“”–—…•£€½©™°")
WORDS = st.text(st.sampled_from("abcdefg hijklm,.()'-012345\n"), max_size=12)


@given(WORDS, st.text(LETTERS, min_size=1, max_size=3), WORDS)
def test_whatever_is_misread_is_found(before: str, letters: str, after: str) -> None:
    """UTF-8 that was opened as Windows-1252 (with its five undefined bytes kept) is named with what was meant."""
    wrong = "".join(
        bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
        for byte in letters.encode()
    )
    (run,) = misread(before + wrong + after)
    assert (run.start, run.written, run.meant) == (len(before), wrong, letters)


@given(WORDS, LETTERS, st.sampled_from("abcdefg ,.)-\n"), WORDS)
def test_what_people_write_is_not(before: str, letter: str, between: str, after: str) -> None:
    """A letter with a mark, or a sign, among plain ones is what it is."""
    assert [*misread(f"{before}{letter}{between}{letter}{after}")] == []


@pytest.mark.parametrize(
    "text", ["the CAFÉ” menu", "Zoë’s", "“É”", "RÉSUMÉ…", "naïve—”", "Llŷr £5 – 10°", "À’s"]
)
def test_a_letter_before_a_quotation_mark(text: str) -> None:
    """Capital letters with marks stand before closing quotation marks and dashes, too."""
    assert [*misread(text)] == []


def test_a_lost_byte() -> None:
    """Many programs drop the last byte of a closing quotation mark."""
    assert [(run.written, run.meant) for run in misread("“yesâ€ he said")] == [("â€", "")]


@pytest.mark.parametrize("folder", ["templates", "schools", "docs"])
def test_nothing_of_this_repository_is_misread(folder: str) -> None:
    """No false alarm in any text file here; the reference of the rules shows one."""
    paths = [
        path
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".md", ".yaml", ".csv"} and path.name != "rules.md"
    ]
    assert paths
    for path in paths:
        assert [*misread(path.read_text(encoding="utf-8"))] == [], path


# --- one form ---------------------------------------------------------------------------------------------------------

ACCENTED = "Siân Ŷnys-Łódź é"


def decomposed(text: str) -> str:
    """As the disks and keyboards of some systems store it."""
    apart = unicodedata.normalize("NFD", text)
    assert apart != text
    return apart


def test_a_document_is_the_same_however_its_letters_are_stored(tmp_path: Path) -> None:
    """Sections, templates, schools and adoptions: the build has the same pages."""
    accents = {
        SECTION: ("lost key is", f"lost {ACCENTED} key is"),
        TEMPLATE: ("title: Keys to", f"title: {ACCENTED} keys to"),
        SCHOOL: ("name: Oak Lane School", f"name: Oak Lane {ACCENTED} School"),
        ADOPTION: ("author: School Business Manager", f"author: {ACCENTED}"),
    }
    composed = Workspace(tmp_path / "composed")
    for path, (old, new) in accents.items():
        composed = composed.with_change(path, old, new)
    apart = Workspace(tmp_path / "apart").with_files(
        {path: decomposed(composed.text(path)) for path in accents}
    )
    for workspace in (composed, apart):
        assert workspace.run("build").code == 0
    assert pages(composed.root) == pages(apart.root)
    assert any(ACCENTED.encode() in page for page in pages(composed.root).values())


def pages(root: Path) -> dict[str, bytes]:
    """Each page of the drafts, by path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in (root / "output").rglob("*")
        if path.suffix in {".html", ".txt"}
    }


@given(st.text(st.sampled_from("aâŷ \u0302\u00a0\u00ad\u200b\u200d\u2009-"), max_size=12))
def test_what_is_seen(text: str) -> None:
    """Two texts that look the same are the same: how letters and spaces are stored does not show."""
    seen = as_seen(text)
    assert as_seen(unicodedata.normalize("NFD", text)) == seen
    assert as_seen(seen) == seen
    assert as_seen(text.replace(" ", "\u00a0") + "\u00ad") == seen


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *((text, True) for text in ("TBC", "tbc.", "n/a", "N.A.", "None", "xxx", "XX", "-", "?")),
        *((text, True) for text in ("…", "...", "[name]", "<your name>", "____", "NUMBER", " ")),
        *((text, False) for text in ("19.2", "7", "No", "Naomi", "Nathan", "12/B", "Number 4")),
        *((text, False) for text in ("C", "FGB-7", "The tbc form", "[a] and [b] then")),
    ],
)
def test_placeholders(text: str, *, meant: bool) -> None:
    """A whole text that only holds a place is one; words and minute numbers are not."""
    assert is_placeholder(text) is meant


@pytest.mark.parametrize(
    ("folder", "shown"),
    [
        (b"templates/tiny/images", "templates/tiny/images/k\ufffd.png"),
        (b"schools/oak/policies", "schools/oak/policies/k\ufffd.yaml"),
    ],
)
def test_a_file_name_that_is_not_utf_8(tmp_path: Path, folder: bytes, shown: str) -> None:
    """It is an error at the file, with a name that can be printed; no fault of the program."""
    root = Workspace(tmp_path).write()
    place = os.path.join(os.fsencode(root), folder)  # noqa: PTH118
    os.makedirs(place, exist_ok=True)  # noqa: PTH103
    ending = os.fsencode(shown.rpartition(".")[2])
    with open(os.path.join(place, b"k\xff." + ending), "wb") as file:  # noqa: PTH118, PTH123
        file.write(b"x: y\n")
    result = run_in(root, "check")
    assert result.code == 1
    assert "the name of this file is not UTF-8  [file-encoding]" in result.stderr
    assert f"--> {shown}\n" in result.stderr
