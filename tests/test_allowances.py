"""What may stand though a rule speaks against it: for a line, for words, for a whole file, template or school."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace

KEYS = "templates/tiny/sections/lost-keys.md"
TWO = """
1. Keys are owned by the school / trust alone. {#owned-by}

1. Locks are owned by the school / trust as well. {#locks}

1. Bags are left in governors / trustees room at night. {#bags}
"""


def found(workspace: Workspace, *options: str) -> list[str]:
    """The words marked in each warning about alternatives."""
    result = workspace.run("check", *options)
    lines = result.stderr.splitlines()
    return [line for line in lines if "[leftover-alternative]" in line]


@pytest.fixture
def two(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    return workspace.with_files({KEYS: workspace.text(KEYS) + TWO})


def test_without_an_allowance_each_is_told(two: Workspace) -> None:
    assert len(found(two)) == 3


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (
            KEYS,
            '<!-- allow leftover-alternative "school / trust" everywhere: both are meant -->\n\n',
        ),
        (TEMPLATE, '# allow leftover-alternative "School /  Trust" everywhere: both are meant\n'),
    ],
)
def test_words_are_allowed_wherever_they_stand(two: Workspace, path: str, line: str) -> None:
    text = two.text(path)
    head, _, rest = text.partition("\n\n") if path == KEYS else ("", "", text)
    allowed = two.with_files({path: f"{head}\n\n{line}{rest}" if head else line + rest})
    assert len(found(allowed)) == 1
    assert "governors / trustees" in allowed.run("check").stderr
    assert "allowance-unused" not in allowed.run("check").stderr


def test_a_rule_is_allowed_in_a_whole_template(two: Workspace) -> None:
    line = "# allow leftover-alternative everywhere: the two are one office\n"
    assert found(two.with_files({TEMPLATE: line + two.text(TEMPLATE)})) == []


def test_it_holds_for_its_own_files_alone(two: Workspace) -> None:
    """A school cannot allow what its authority wrote, nor one of its policies what another file holds."""
    line = '# allow leftover-alternative "school / trust" everywhere: both are meant\n'
    for path in (SCHOOL, ADOPTION):
        allowed = two.with_files({path: line + two.text(path)})
        assert len(found(allowed)) == 3
        assert "nothing here breaks `leftover-alternative`" in allowed.run("check").stderr


def test_a_school_allows_for_all_its_files(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    adoption = workspace.text(ADOPTION).replace("in the staff room", "in governors / trustees room")
    workspace = workspace.with_files({ADOPTION: adoption})
    assert len(found(workspace)) == 1
    line = '# allow leftover-alternative "governors / trustees" everywhere: so the deed says\n'
    assert found(workspace.with_files({SCHOOL: line + workspace.text(SCHOOL)})) == []


def test_words_without_everywhere_are_no_allowance_of_a_line(two: Workspace) -> None:
    line = '<!-- allow leftover-alternative "school / trust": both are meant -->\n'
    said = two.with_change(KEYS, "1. Keys are owned", f"{line}1. Keys are owned").run("check")
    assert "words are named for one line" in said.stderr
    assert (
        'write `allow leftover-alternative "school / trust" everywhere: the reason`' in said.stderr
    )


def test_they_are_listed_with_their_reasons(two: Workspace) -> None:
    lines = (
        '# allow leftover-alternative "school / trust" everywhere: both are meant\n'
        "# allow capitals everywhere: the insurer asks for it\n"
    )
    listed = two.with_files({TEMPLATE: lines + two.text(TEMPLATE)}).run("check", "--allowed").stdout
    assert "both are meant" in listed
    assert "the insurer asks for it" in listed
    assert "school / trust" in listed
    assert "nothing is allowed" in Workspace(two.root).run("check", "--allowed").stdout
