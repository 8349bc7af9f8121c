"""Every rule that input can break has tiny workspaces that break it, with all that is then said. See tests/workspaces.

A Markdown file for each rule. In it, `change` fences say how a workspace differs from `tests/workspaces/base`, and a
`terminal` fence holds the command and what it prints.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from policygen.checks.allowances import ALLOWABLE
from policygen.ground.rules import RULES
from tests.support.register import freeze
from tests.support.workspace import BASE, Folder, Link, Result, Workspace, run_in

ZOO = BASE.parent
REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "rules.md"
NOT_BY_INPUT = {
    "renderer-warning",
    "pdf-damaged",
    "worker-died",
    "cluster-failed",
    "renderer-missing",
    "import-lost",
}
"""Rules that only a fault of ours breaks; tests/test_pdf.py, tests/test_pdfcheck.py and tests/test_moving.py break them."""
BY_TWO_AT_ONCE = {"changed-meanwhile"}
"""Rules that only another person at another terminal breaks; tests/test_adopt.py and tests/test_upgrade.py do."""
BY_MUCH = {"file-too-large", "problems-left"}
"""Rules that only much text breaks; tests/test_limits.py breaks them."""
BY_SEVERAL_COMMANDS = {"amendment-class", "seal-refused"}
"""Rules that need a published edition or a password as well; tests/test_approving.py breaks them."""
TOGETHER = {"ambiguous-reference": {"duplicate-id"}, "warnings-open": {"doubled-word"}}
"""Rules that cannot be broken alone, with those that are broken then, too."""

_FENCE = re.compile(
    r"^(?:#+ (?P<heading>.+)|````(?P<kind>[a-z]+)(?: (?P<info>.+))?\n(?P<text>(?:(?!````$).*\n)*)````)$",
    re.MULTILINE,
)
_SHOWN = re.compile(r"^(?:error|warning|note): .*  \[(.+)\]$", re.MULTILINE)
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(frozen=True)
class Example:
    """One command in one workspace, and what it prints."""

    rule: str
    title: str
    changes: tuple[tuple[str, str, str], ...]
    """Kind of fence, path and text."""
    command: str
    code: int
    printed: str
    span: tuple[int, int]
    """Where its terminal stands in its file."""

    def __str__(self) -> str:
        return self.rule if self.title == self.rule else f"{self.rule}: {self.title}"

    def run(self, root: Path) -> Result:
        workspace = Workspace(root)
        for kind, path, text in self.changes:
            change = _registered if kind == "registered" else _changed
            workspace = change(workspace, kind, path, text)
        return workspace.run(*shlex.split(self.command)[1:])


def _changed(workspace: Workspace, kind: str, path: str, text: str) -> Workspace:
    match kind:
        case "change":
            return _patched(workspace, path, text)
        case "file":
            path, _, encoding = path.partition(" in ")
            return workspace.with_files({path: text.encode(encoding) if encoding else text})
        case "escaped":
            return workspace.with_files(
                {path: _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)}
            )
        case "link":
            return workspace.with_files({path: Link(text.strip())})
        case "folder":
            return workspace.with_files({path: Folder()})
        case "without":
            return workspace.without(path)
    raise ValueError(f"no fence is called `{kind}`")


def _registered(workspace: Workspace, _kind: str, approved: str, _text: str) -> Workspace:
    """With the policy as it stands now in the register: "2.0 on 2026-11-12 under 19.2, withdrawn on …"."""
    approved, _, withdrawn = approved.partition(", withdrawn on ")
    version, _, day, _, minute = approved.split()
    root = workspace.write()
    freeze(root, version, day, minute=minute)
    if withdrawn:
        day, _, minute = withdrawn.split()
        decided = ("--body", "committee", "--date", day, "--minute", minute)
        run_in(root, "withdraw", "oak/tiny", *decided, "--reason", "The county gave it up")
    frozen = [
        path
        for path in (root / "schools/oak/register").rglob("*")
        if path.is_file() and path.name != ".lock"
    ]
    return workspace.with_files(
        {path.relative_to(root).as_posix(): path.read_bytes() for path in frozen}
    )


def _patched(workspace: Workspace, path: str, text: str) -> Workspace:
    """Lines with `-` go, lines with `+` come, others stay; `@@` stands between two places. Only `+` adds at the end."""
    for hunk in text.split("@@\n"):
        lines = [(line[:1], f"{line[1:]}\n") for line in hunk.splitlines()]
        old = "".join(line for mark, line in lines if mark != "+")
        new = "".join(line for mark, line in lines if mark != "-")
        if old:
            workspace = workspace.with_change(path, old, new)
        else:
            workspace = workspace.with_files({path: workspace.text(path) + new})
    return workspace


def _examples(path: Path) -> list[Example]:
    examples: list[Example] = []
    title, changes = path.stem, []
    text = path.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        kind, info = found["kind"], found["info"] or ""
        if found["heading"]:
            title = found["heading"]
        elif kind == "terminal":
            command, _, printed = found["text"].partition("\n")
            code = int(info.removeprefix("exit "))
            examples.append(
                Example(
                    path.stem,
                    title,
                    (*changes,),
                    command.removeprefix("$ "),
                    code,
                    printed,
                    found.span(),
                )
            )
            changes = []
        else:
            changes.append((kind, info, found["text"]))
    return examples


EXAMPLES = [example for path in sorted(ZOO.glob("*.md")) for example in _examples(path)]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(example: Example, tmp_path: Path) -> None:
    """Each example prints exactly what its file shows, and breaks its own rule alone."""
    result = example.run(tmp_path)
    assert result.stderr + result.stdout == example.printed
    assert result.code == example.code
    assert set(_SHOWN.findall(result.stderr)) == {example.rule} | TOGETHER.get(example.rule, set())


def test_each_rule_has_an_example() -> None:
    """A rule without an example is a rule of which nobody knows how it reads."""
    elsewhere = NOT_BY_INPUT | BY_SEVERAL_COMMANDS | BY_TWO_AT_ONCE | BY_MUCH
    assert {example.rule for example in EXAMPLES} == {*RULES} - elsewhere


def test_each_rule_is_explained() -> None:
    """In the order of rules.py, with its severity and how to mend it; no rule that went is left over."""
    explained = re.findall(
        r"^### `(.+)`\n\n(Error|Warning|Note)\. (?:.+\n)+\nMend: .+$",
        REFERENCE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert explained == [(name, rule.severity.capitalize()) for name, rule in RULES.items()]


def test_what_holds_up_an_approval_is_a_warning_that_can_be_allowed() -> None:
    """What is likely never stops a build; and whoever cannot mend it can allow it. The reference says which it is."""
    held = {name for name, rule in RULES.items() if rule.held}
    assert held <= {*ALLOWABLE}
    assert {RULES[name].severity for name in held} == {"warning"}
    reference = REFERENCE.read_text(encoding="utf-8")
    said = re.findall(
        r"^### `(.+)`\n\n(?:.+\n)*.*An approval waits for it\.$", reference, re.MULTILINE
    )
    assert {*said} == held


def test_errors_say_nothing_on_stdout(tmp_path: Path) -> None:
    """What went wrong goes to stderr alone, so that a program can read stdout."""
    assert Workspace(tmp_path).without("schools/oak/school.yaml").run("check").stdout == ""


def accept() -> None:
    """Write what each example prints now into its file: `python -m tests.test_rules`. Read the difference well."""
    for path in sorted(ZOO.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for example in reversed(_examples(path)):
            with TemporaryDirectory() as folder:
                result = example.run(Path(folder) / "school")
            start, end = example.span
            terminal = f"````terminal exit {result.code}\n$ {example.command}\n{result.stderr}{result.stdout}````"
            text = text[:start] + terminal + text[end:]
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    accept()
