"""`check --fix` mends what is safe, says what it did, and keeps every other byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.checks.mend import can_mend, mended
from policygen.ground.diagnostics import Diagnostic, Place
from policygen.project import check as checking
from tests.support.example import AS_OF
from tests.support.workspace import ADOPTION, TEMPLATE, Result, Workspace

if TYPE_CHECKING:
    from pathlib import Path

SECTION = "templates/tiny/sections/lost-keys.md"


def missing(text: str, number: int, path: str = SECTION) -> Diagnostic:
    line = text.removeprefix("\ufeff").splitlines()[number - 1]
    return Diagnostic(
        "missing-id", "this clause has no id", Place(path, number, 1, len(line), line)
    )


def with_id(text: str, *taken: str, line: int = 1) -> str:
    return mended(text, [missing(text, line)], taken)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Lost keys\n", "# Lost keys {#lost-keys}\n"),
        ("# Lost keys {unnumbered}\n", "# Lost keys {#lost-keys unnumbered}\n"),
        ("## What to do with a lost key\n", "## What to do with a lost key {#lost-key}\n"),
        (
            "1. A lost key is reported at once.\n",
            "1. A lost key is reported at once. {#lost-key-reported}\n",
        ),
        ("1. Keys are kept. {adapt=free}\n", "1. Keys are kept. {#keys-kept adapt=free}\n"),
        (
            "1. Keys are\n   kept here.\n\n   More.\n",
            "1. Keys are\n   kept here. {#keys-kept-here}\n\n   More.\n",
        ),
        ("1. Keys are:\n   - red\n", "1. Keys are: {#keys-are}\n   - red\n"),
        ("1. Keys are kept.\n1. More.\n", "1. Keys are kept. {#keys-kept}\n1. More.\n"),
        (
            "1. Keys are kept.\n{% endif %}\n1. So.\n",
            "1. Keys are kept. {#keys-kept}\n{% endif %}\n1. So.\n",
        ),
        ("1. Keys are kept.  \n", "1. Keys are kept. {#keys-kept}  \n"),
        (
            "1. The {{ roles.head }}’s *own* keys, [](#a).\n",
            "1. The {{ roles.head }}’s *own* keys, [](#a). {#own-keys}\n",
        ),
        ("1. 24 café keys.\n", "1. 24 café keys. {#cafe-keys}\n"),
        ("1. Keys are kept.", "1. Keys are kept. {#keys-kept}"),
        ("# Hall ##\n", "# Hall {#hall}\n"),
        ("# Hall #  \n", "# Hall {#hall}  \n"),
        ("# C#\n", "# C# {#c}\n"),
        (
            "# Łódź, Æthelred and ßtraße\n",
            "# Łódź, Æthelred and ßtraße {#lodz-aethelred-sstrasse}\n",
        ),
        (
            "1. Keys {{ 'and cards' }} are kept.\n",
            "1. Keys {{ 'and cards' }} are kept. {#keys-cards-kept}\n",
        ),
    ],
)
def test_an_id_is_made_of_the_first_telling_words(text: str, expected: str) -> None:
    """At the end of the first paragraph, in braces that are there already, before spaces at the end of the line."""
    assert with_id(text) == expected


def test_an_id_is_like_no_other_of_the_template() -> None:
    """With a fourth word, then with a number."""
    text = "1. A lost key is reported at once.\n"
    assert with_id(text, "lost-key-reported").endswith(" {#lost-key-reported-once}\n")
    assert with_id(text, "lost-key-reported", "lost-key-reported-once").endswith(
        " {#lost-key-reported-2}\n"
    )
    twice = text + text
    assert re.findall(
        r"#([\w-]+)", mended(twice, [missing(twice, 1), missing(twice, 2)], ())[0]
    ) == [
        "lost-key-reported-once",
        "lost-key-reported",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1. The staff\n   {% if answers.key_safe %}\n   hold keys\n   {% endif %}\n   there.\n",
        '1. Keys are:\n   {% include "kinds.md" %}\n',
        "1. Keys {% if answers.key_safe %}are\n\n   kept{% endif %}.\n",
        "1. Keys are kept. {#Keys Kept!}\n",
        "1. Keys {{ roles.head }} <!-- a\n\n   comment -->\n",
        "1. Keys are\n   12. months old\n",
        "1. Keys\n   | a | b |\n   |---|---|\n",
        "1. - Keys\n",
        "1. {{ roles.head }}\n",
        "###\n",
    ],
)
def test_what_is_not_clear_is_left(text: str) -> None:
    """Where the first paragraph ends in one branch only, where the braces hold something else, where no words are."""
    assert mended(text, [missing(text, 1)], ()) == (text, ())


@pytest.mark.parametrize("name", ["editions", "register"])
def test_a_template_may_be_called_as_a_frozen_folder(name: str) -> None:
    """Where a file stands is known from the whole of its path."""
    for folder in (
        f"templates/{name}/sections",
        f"templates/shared/{name}",
        f"schools/{name}/policies",
    ):
        assert can_mend(missing("1. Keys are kept.\n", 1, f"{folder}/a.md"))


def test_what_changed_meanwhile_is_left() -> None:
    assert mended("1. Other words.\n", [missing("1. Keys are kept.\n", 1)], ()) == (
        "1. Other words.\n",
        (),
    )


@pytest.mark.parametrize(
    "folder", ["templates/tiny/editions/2026.1/sections", "schools/oak/register/tiny/1.0"]
)
def test_what_was_published_is_never_touched(folder: str) -> None:
    text = "1. Keys are kept.\n"
    assert not can_mend(missing(text, 1, f"{folder}/a.md"))
    assert mended(text, [missing(text, 1, f"{folder}/a.md")], ()) == (text, ())


LINES = st.lists(
    st.sampled_from(
        [
            "1. A lost key is reported.",
            "1. Keys are kept here",
            "   and there.",
            "",
            "   - one",
            "{% if answers.key_safe %}",
            "{% endif %}",
            "# A title",
            "## Another {clause}",
            "1. Kept {#kept}",
            "   {% if answers.key_safe %}so{% endif %}",
            "Some words",
            "::: remember",
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["", "\ufeff"]), st.booleans())
def test_only_the_lines_named_change(lines: list[str], end: str, bom: str, last: bool) -> None:  # noqa: FBT001
    """Line ends, a byte order mark and all other lines stay; mending again changes nothing more."""
    text = bom + end.join(lines) + (end if last else "")
    wanted = [
        number
        for number, line in enumerate(lines, 1)
        if line.startswith(("1.", "#")) and "{#" not in line
    ]
    diagnostics = [missing("\n".join(lines), number) for number in wanted]
    after, mends = mended(text, diagnostics, {"kept"})
    assert after.startswith(bom)
    changed = after.removeprefix(bom).split(end)
    assert len(changed) == len(text.removeprefix(bom).split(end))
    named = {mend.line for mend in mends}
    for number, (old, new) in enumerate(
        zip(text.removeprefix(bom).split(end), changed, strict=True), 1
    ):
        assert (old != new) == (number in named)
    ids = re.findall(r"\{#([\w-]+)", after)
    assert len(ids) - len(set(ids)) <= lines.count("1. Kept {#kept}")
    again = [missing(after, number) for number in wanted if "{#" not in changed[number - 1]]
    assert [mend for mend in mended(after, again, {*ids})[1] if mend.line in named] == []


# --- the command ------------------------------------------------------------------------------------------------------


def broken(root: Path) -> Workspace:
    """Without two ids, with three versions out of quotes; with Windows line ends and byte order marks."""
    workspace = (
        Workspace(root)
        .with_change(SECTION, " {#report-loss}", "")
        .with_change(SECTION, "# Lost keys {#lost-keys}", "# Lost keys")
        .with_change(ADOPTION, 'version: "2.0"', "version: 2.10 # to be approved")
        .with_change(ADOPTION, 'minute: "13.3"', "minute: 13.30")
        .with_change(TEMPLATE, 'edition: "2026.1"', "edition: 2026.1")
    )
    changed = {path: workspace.text(path) for path in (SECTION, ADOPTION, TEMPLATE)}
    return workspace.with_files(
        {
            path: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
            for path, text in changed.items()
        }
    )


def test_fix_mends_and_says_so(tmp_path: Path) -> None:
    """Every file at once, also what shows only when another file can be read; then the check is clean."""
    result = broken(tmp_path).run("check", "--fix")
    assert result == Result(
        stdout="""\
fixed schools/oak/policies/tiny.yaml:2: `2.10` is now `"2.10"`
fixed schools/oak/policies/tiny.yaml:16: `13.30` is now `"13.30"`
fixed templates/tiny/template.yaml:2: `2026.1` is now `"2026.1"`
fixed templates/tiny/sections/lost-keys.md:1: `{#lost-keys}` was added
fixed templates/tiny/sections/lost-keys.md:3: `{#lost-key-reported}` was added
1 policy checked, no errors
""",
        stderr="",
        code=0,
    )


def test_fix_keeps_every_other_byte(tmp_path: Path) -> None:
    workspace = broken(tmp_path)
    before = {
        path: (workspace.write() / path).read_bytes() for path in (SECTION, ADOPTION, TEMPLATE)
    }
    assert workspace.run("check", "--fix").code == 0
    assert (tmp_path / SECTION).read_bytes() == before[SECTION].replace(
        b"# Lost keys", b"# Lost keys {#lost-keys}"
    ).replace(
        b"within {{ answers.days_to_report | in_words }} days.",
        b"within {{ answers.days_to_report | in_words }} days. {#lost-key-reported}",
    )
    assert (tmp_path / TEMPLATE).read_bytes() == before[TEMPLATE].replace(
        b"edition: 2026.1", b'edition: "2026.1"'
    )
    assert (tmp_path / ADOPTION).read_bytes() == before[ADOPTION].replace(
        b": 2.10 ", b': "2.10" '
    ).replace(b": 13.30", b': "13.30"')


def test_fix_reports_what_is_left(tmp_path: Path) -> None:
    """With the exit code of a check."""
    result = (
        broken(tmp_path)
        .with_files({"templates/tiny/sections/other.md": "# Other\n"})
        .run("check", "--fix")
    )
    assert result.code == 1
    assert result.stdout.count("fixed ") == 5
    assert "[unlisted-section]" in result.stderr


def test_fix_leaves_stdout_to_json(tmp_path: Path) -> None:
    result = broken(tmp_path).run("check", "--fix", "--format", "json")
    assert result.stdout == '{\n  "problems": []\n}\n'
    assert result.stderr.count("fixed ") == 5


def test_fix_writes_nothing_where_nothing_is_wrong(tmp_path: Path) -> None:
    """A file that needs no mending is not even written again."""
    sound = Workspace(tmp_path)
    files = {path for path in sound.write().rglob("*") if path.is_file()}
    for path in files:
        path.chmod(0o444)
    assert checking.fix(tmp_path, (checking.Selection(),), AS_OF)[1] == ()
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o444}
