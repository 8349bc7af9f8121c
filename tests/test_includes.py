"""Texts that include one another without end are refused, before they take the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policygen.ground.diagnostics import Problems
from policygen.language.source import included, source, with_includes
from tests.support import editions
from tests.support.workspace import Workspace, run_in

if TYPE_CHECKING:
    from pathlib import Path


def expanded(texts: dict[str, str]) -> tuple[int, list[str]]:
    """How many lines a section that includes `0.md` has, and what is wrong with it."""
    problems = Problems()
    shared = {name: source(text, f"includes/{name}") for name, text in texts.items()}
    section = source('{% include "0.md" %}\n', "sections/a.md")
    whole = with_includes(section, shared, problems)
    return len(whole.lines), [problem.message for problem in problems]


def test_ten_times_ten_times_ten_is_too_much() -> None:
    texts = {f"{level}.md": f'{{% include "{level + 1}.md" %}}\n' * 10 for level in range(9)}
    lines, told = expanded({**texts, "9.md": "Keys.\n"})
    assert lines < 100_000
    assert told == ["with this, more than 3,000 texts are put in"]


@pytest.mark.parametrize(("length", "whole"), [(15, True), (1_500, False)])
def test_a_long_chain_is_too_much(length: int, *, whole: bool) -> None:
    texts = {f"{level}.md": f'{{% include "{level + 1}.md" %}}\n' for level in range(length)}
    _, told = expanded({**texts, f"{length}.md": "Keys.\n"})
    assert told == ([] if whole else ["more than 20 texts include one another"])


def test_texts_that_all_include_each_other_end() -> None:
    """Ten of them have more ways through one another than there are seconds in a month."""
    whole = "".join(f'{{% include "{number}.md" %}}\n' for number in range(10))
    lines, told = expanded({f"{number}.md": whole for number in range(10)})
    assert lines == 0
    assert told.count("with this, more than 3,000 texts are put in") == 1
    assert len(told) < 30_000


@pytest.mark.parametrize("length", [2, 3_000])
def test_all_that_is_included_is_found_however_it_goes_round(length: int) -> None:
    """Each includes the next two, the last ones the first."""
    shared = {
        f"{n}.md": source(
            "".join(f'{{% include "{(n + step) % length}.md" %}}\n' for step in (1, 2)), f"{n}.md"
        )
        for n in range(length)
    }
    assert included([shared["0.md"]], shared) == {*shared}


def test_what_cannot_be_put_together_is_not_compared(tmp_path: Path) -> None:
    """A working template of which a part is missing differs from its edition by less, or more, than it seems to."""
    root = Workspace(tmp_path).write()
    editions.freeze(root, "tiny", "2026.1")
    section = root / "templates/tiny/sections/lost-keys.md"
    section.write_text(f'{section.read_text("utf-8")}\n{{% include "no.md" %}}\n', "utf-8")
    result = run_in(root, "diff", "tiny")
    assert (result.code, result.stdout) == (1, "")
    assert "there is no shared text `no.md`" in result.stderr
