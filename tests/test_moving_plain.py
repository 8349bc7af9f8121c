"""Plain text and Markdown come in as what a person sees in them, every word counted."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.ground.diagnostics import InputError
from policygen.moving.found import Paragraph, text_of
from policygen.moving.plain import read_text
from policygen.project.moving import MovedIn, move_in

MARKDOWN = """\
# Social media policy

## 1 Accounts

1.1 The school has *three* accounts,
and no more.[^1]

1.2 Each post:
   a. names no pupil;
   b. is looked at by a second person.

## 2 Private accounts

1. Accounts are private; see 1.2.
1. Staff:
   - accept no pupils;
   - [ask](https://office.example/a_b) first.

| Account | Who posts |
|---|---|
| News &amp; sports | Office<br>PE lead |

<!-- to be decided -->

- [x] I have read this.

> Name ________ Signature ________

[^1]: Since 2026.
"""
TEXT = """\
VISITORS POLICY

1 Arriving

1.1  Every visitor rings at the gate and waits there until somebody of
     the office comes.
1.2  A visitor:
     (a) signs the book;
     (b) wears a badge.

2 Leaving
---------

2.1  The badge is given back.
"""


def moved(root: Path, name: str, content: str) -> MovedIn:
    (root / "templates").mkdir(exist_ok=True)
    (root / name).write_text(content, "utf-8")
    return move_in(root, root / name, "moved", date(2026, 11, 27))


def section(root: Path, name: str) -> str:
    return (root / "templates/moved/sections" / f"{name}.md").read_text("utf-8")


def test_markdown(tmp_path: Path) -> None:
    report = moved(tmp_path, "policy.md", MARKDOWN).report
    assert report.count.holds
    accounts = section(tmp_path, "accounts")
    assert "1. The school has *three* accounts, and no more.[^n1] {#" in accounts
    assert "   1. names no pupil;\n   1. is looked at by a second person." in accounts
    private = section(tmp_path, "private-accounts")
    assert "see [](#post){number}." in private
    assert "- accept no pupils;\n" in private
    assert "[ask](https://office.example/a_b) first." in private
    assert "| Account | Who posts |\n|---|---|\n| News & sports | Office PE lead |" in private
    assert "- ☑ I have read this." in private
    assert "::: signature" in private
    assert any("“to be decided” is hidden" in each.says for each in report.of("by-hand"))


def test_plain_text(tmp_path: Path) -> None:
    """Lines that a program broke go on; titles are those with numbers, with a line drawn below, or in capitals."""
    assert moved(tmp_path, "policy.txt", TEXT).report.count.holds
    assert "until somebody of the office comes. {#" in section(tmp_path, "arriving")
    assert "   1. signs the book;\n   1. wears a badge." in section(tmp_path, "arriving")
    assert section(tmp_path, "leaving").startswith("# Leaving {#leaving}\n\n1. The badge")
    template = (tmp_path / "templates/moved/template.yaml").read_text("utf-8")
    assert "title: VISITORS POLICY" in template


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    (only,) = read_text("a.txt", "Don’t – £5".encode(encoding)).blocks
    assert isinstance(only, Paragraph)
    assert text_of(only) == "Don’t – £5"


def refusals(root: Path, name: str, content: str) -> set[str]:
    """The rules by which a file is refused."""
    try:
        moved(root, name, content)
    except InputError as refused:
        return {each.rule for each in refused.diagnostics}
    return set()


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            "|# Head|## 1 Two|1. one|   a. two|- three|   - four|| a | b ||---|---||> quote|---|`co de`|<b>bold</b>"
            "|![a](b)|[l](m)|[^1]|[^1]: note|**x**y|<!-- no -->|\\*|&copy;|    code|1.1 Rule|Name ____|{{ a }}".split(
                "|"
            )
        ),
        st.text(st.characters(codec="latin-1", exclude_categories=("Cc",)), max_size=25),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None)
@given(LINES, st.sampled_from(["policy.md", "policy.txt"]))
def test_no_word_is_dropped(lines: list[str], name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert "import-lost" not in refusals(Path(folder), name, "\n".join(lines))
