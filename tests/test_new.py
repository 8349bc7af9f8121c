"""`policygen new`: a school and a model policy to begin from, and the way from there that the tutorial shows."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic import BaseModel

from policygen.model.facts import own_facts
from policygen.model.school import FactGroup, School
from policygen.model.template import FormEntry, SectionEntry, Template
from policygen.project.begin import with_groups
from tests.support.reading import read
from tests.support.standing import Standing, standing
from tests.support.terminal import ENTER, Terminal
from tests.support.workspace import Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
SCHOOL = "schools/elm-grove/school.yaml"
TEMPLATE = "templates/visitors/template.yaml"
_ERROR = re.compile(
    r"^error: `(\w+)` has no value  \[wrong-type\]\n  --> (.+):(\d+):\d+$", re.MULTILINE
)


@pytest.fixture
def workspace(tmp_path: Path) -> Standing:
    return standing(Workspace(tmp_path / "work"))


def empty(text: str) -> list[tuple[str, int]]:
    """The keys of a YAML file after which nothing stands and below which nothing is indented, by line."""
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip(" ")[:1] not in ("", "#")
    ]
    below = [*(len(line) - len(line.lstrip(" -")) for _, line in lines[1:]), 0]
    keys = ((re.match(r"( *)(\w+): *(?:# .*)?$", line), number) for number, line in lines)
    return [
        (found[2], number)
        for (found, number), indent in zip(keys, below, strict=True)
        if found and indent <= len(found[1])
    ]


# --- a school ---------------------------------------------------------------------------------------------------------


def test_check_names_exactly_what_a_new_school_must_decide(workspace: Standing) -> None:
    """Each key that stands empty is named with its line, and nothing else is."""
    made = workspace.run("new", "school", "elm-grove")
    assert made.code == 0
    assert made.stdout.startswith(f"wrote {SCHOOL}\n")
    assert made.stdout.endswith("next: policygen check elm-grove\n")
    checked = workspace.run("check", "elm-grove")
    told = [
        (key, int(line)) for key, path, line in _ERROR.findall(checked.stderr) if path == SCHOOL
    ]
    assert [key for key, _ in told] == ["name", "type", "phase", "employer", "head", "board"]
    assert told == empty(workspace.read(SCHOOL))
    assert checked.stderr.endswith("\n\n6 errors\n")


def test_a_name_is_written_as_text(workspace: Standing) -> None:
    """Whatever a name holds, it is read back as it was given."""
    workspace.run("new", "school", "elm-grove", "--name", "Elm Grove: “Infants” # 2")
    assert '\nname: "Elm Grove: “Infants” # 2"' in workspace.read(SCHOOL)
    assert "`name`" not in workspace.run("check", "elm-grove").stderr


def test_the_new_school_shows_every_fact() -> None:
    """With every comment mark taken away, the file is right and has each key that there is."""
    text = uncommented_school()
    school = read(text, School).value
    assert [*missing_keys(school)] == []


def uncommented_school() -> str:
    """The file of a new school with every comment mark taken away, and filled in."""
    made = ROOT / "src/policygen/data/new/school/school.yaml"
    text = with_groups(made.read_text(encoding="utf-8"), own_facts())
    text = re.sub(r"^# ( *(?:\w+:|- ).*)$", r"\1", text, flags=re.MULTILINE)
    for key, value in {
        "name": "Beech Hill School",
        "type": "community",
        "phase": "primary",
        "employer": "la",
        "head": "Headteacher",
        "board": "governing board",
    }.items():
        text = re.sub(rf"^( *{key}:)(?= +# )", rf"\1 {value}", text, count=1, flags=re.MULTILINE)
    return text


def missing_keys(model: BaseModel, path: str = "") -> Iterator[str]:
    """The keys that a group of facts does not have, but for those of a person."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, FactGroup) and not type(value).model_fields:
            continue  # the program brings none of these
        if name not in model.model_fields_set:
            yield f"{path}{name}"
        elif isinstance(value, BaseModel) and path != "people.":
            yield from missing_keys(value, f"{name}.")
        elif not field.is_required():
            assert value is False or value, f"{path}{name} of {get_args(field.annotation)}"


@pytest.mark.parametrize(
    ("kind", "path"), [("school", "schools/oak"), ("template", "templates/tiny")]
)
def test_nothing_is_written_over(workspace: Standing, kind: str, path: str) -> None:
    """What exists already is left alone."""
    before = {file: file.read_bytes() for file in workspace.root.rglob("*") if file.is_file()}
    refused = workspace.run("new", kind, path.partition("/")[2])
    assert refused.code == 1
    assert refused.stderr.startswith(
        f"error: there is a folder `{path}` already  [already-there]\n"
    )
    assert {
        file: file.read_bytes() for file in workspace.root.rglob("*") if file.is_file()
    } == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Elm Grove", "`Elm Grove` is not lower-case words joined by hyphens; write `elm-grove`"),
        ("../elm", "`../elm` is not lower-case words joined by hyphens; write `elm`"),
        ("1", "`1` is not lower-case words joined by hyphens"),
        ("shared", "`shared` is the folder of what templates share; choose another id"),
    ],
)
def test_a_bad_id_is_refused(workspace: Standing, given: str, said: str) -> None:
    """An id names a folder, so it can be nothing but an id."""
    refused = workspace.run("new", "template", given)
    assert refused.code == 2
    assert refused.stderr.endswith(f"Error: Invalid value for 'ID': {said}\n")


# --- a workspace ------------------------------------------------------------------------------------------------------


def test_a_folder_that_is_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    """Whatever is typed in it."""
    for command in (["new", "template", "keys"], ["check"], ["adopt", "oak/keys"]):
        refused = run_in(tmp_path, *command)
        assert (refused.code, "`policygen init` makes one" in refused.stderr) == (2, True)


def test_a_workspace_that_was_made_has_nothing_wrong_and_nothing_open(tmp_path: Path) -> None:
    """What is there already stays; a second time nothing is made."""
    (tmp_path / "Visitors.docx").write_bytes(b"as it was")
    begun = run_in(tmp_path, "init", "--as-of", "2026-11-27")
    assert begun.code == 0
    made = re.findall(r"^made (\S+)$", begun.stdout, re.MULTILINE)
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert files == {"Visitors.docx", *made}
    checked = run_in(tmp_path, "check", "--as-of", "2026-11-27")
    assert (checked.stdout, checked.stderr) == ("1 policy checked, no errors\n", "")
    again = run_in(tmp_path, "init")
    assert "nothing was made" in again.stdout
    assert (tmp_path / "Visitors.docx").read_bytes() == b"as it was"


def test_a_workspace_is_made_around_what_is_there(tmp_path: Path) -> None:
    """Of the two folders only the one that is missing is made, and no example comes among a school's own files."""
    (tmp_path / "schools/oak").mkdir(parents=True)
    begun = run_in(tmp_path, "init")
    assert begun.stdout.startswith("made templates/\n")
    assert [*(tmp_path / "templates").iterdir()] == []
    assert [*(tmp_path / "schools").iterdir()] == [tmp_path / "schools/oak"]


def test_no_workspace_is_made_inside_another_or_in_place_of_a_file(tmp_path: Path) -> None:
    run_in(tmp_path, "init")
    inside = run_in(tmp_path / "schools", "init")
    assert inside.stderr.startswith("error: this folder belongs to a workspace already")
    other = tmp_path.parent / f"{tmp_path.name}-other"
    other.mkdir()
    (other / "schools").write_text("a list of them")
    refused = run_in(other, "init")
    assert refused.stderr.startswith("error: a file called `schools` stands where the folder")
    assert [path.name for path in other.iterdir()] == ["schools"]


# --- a model policy ---------------------------------------------------------------------------------------------------


def test_check_names_exactly_what_a_new_template_must_decide(workspace: Standing) -> None:
    """The rest of it works as it is."""
    made = workspace.run("new", "template", "visitors")
    assert made.code == 0
    checked = workspace.run("check", "visitors")
    told = [
        (key, int(line)) for key, path, line in _ERROR.findall(checked.stderr) if path == TEMPLATE
    ]
    assert [key for key, _ in told] == ["title", "edition", "issued", "name", "kind", "body"]
    assert told == empty(workspace.read(TEMPLATE))
    assert checked.stderr.endswith("\n\n6 errors\n")


def test_the_new_template_shows_every_key(workspace: Standing) -> None:
    """With every comment mark taken away, the file is right and has each key that there is."""
    workspace.run("new", "template", "visitors", "--title", "Visitors")
    # What templates share is read with templates/shared/questions.yaml alone.
    text = workspace.read(TEMPLATE).replace("# media: shared", "# shared elsewhere")
    text = re.sub(r"^( *)# ( *(?:\w+:|- ).*)$", r"\1\2", text, flags=re.MULTILINE)
    text = filled_in(text)
    template = read(text, Template).value
    assert [*missing_keys(template)] == []
    for kind, parts in ((SectionEntry, template.sections), (FormEntry, template.forms)):
        assert set[str]().union(*(part.model_fields_set for part in parts)) == {*kind.model_fields}


def filled_in(text: str) -> str:
    """A new template.yaml with what stands empty."""
    filled = {
        "edition": '"2026.1"',
        "issued": "2026-09-01",
        "name": "Northshire",
        "kind": "la",
        "body": "head",
    }
    for key, value in filled.items():
        text = re.sub(rf"^( *{key}:)(?= +# )", rf"\1 {value}", text, count=1, flags=re.MULTILINE)
    return text


def test_a_new_template_can_be_adopted(workspace: Standing) -> None:
    """Filled in, it is a model policy, and a school that answers it has a policy."""
    workspace.run("new", "template", "visitors", "--title", "Visitors")
    workspace.put(TEMPLATE, filled_in(workspace.read(TEMPLATE)))
    checked = workspace.run("check", "visitors")
    assert (checked.stderr, checked.stdout) == ("", "no policies checked, no errors\n")
    workspace.put(
        "schools/oak/policies/visitors.yaml",
        'edition: "2026.1"\nversion: "1.0"\nauthor: Office\nreason: First\n'
        "answers: {keeper: office, keep_months: 12}\nclauses: {local-arrangements: keep}\n",
    )
    checked = workspace.run("check", "oak/visitors")
    assert (checked.stderr, checked.stdout) == ("", "1 policy checked, no errors\n")


# --- the tutorial -----------------------------------------------------------------------------------------------------

CODE = re.compile(r"content code ([0-9a-f]{4}-[0-9a-f]{4})")
PRINTED_CODE = "7f3a-91c2"
"""What the tutorial shows in place of the code that a school gets."""
_FENCE = re.compile(
    r"^```(?P<kind>\w+)(?: (?P<path>\S+))?\n(?P<text>(?:(?!```$).*\n)*)```$", re.MULTILINE
)


def blocks() -> list[tuple[str, str, str]]:
    """Kind, path and text of each block of code in the tutorial, in order."""
    return [
        (found["kind"], found["path"] or "", found["text"]) for found in _FENCE.finditer(TUTORIAL)
    ]


def holds_in_order(shown: str, expected: str) -> bool:
    """Whether what the tutorial shows is what came; `…` stands for anything."""
    parts = (re.escape(part.strip("\n")) for part in expected.split("…"))
    return (
        re.search(r"[\s\S]*".join(parts), "\n".join(line.rstrip() for line in shown.splitlines()))
        is not None
    )


_OF_THE_SCHOOL = {"What kind": "1", "Which pupils": "2", "Who employs": "1", "Our own words": "1"}
"""Which answer of those about a school the tutorial gives."""


def take_what_is_suggested(terminal: Terminal) -> None:
    """Answer like a school office in a hurry: what is suggested, else the last option; keep every clause."""
    while not (
        shown := terminal.expect(
            "Ctrl-C stops)", "marked: later)", "(empty: decide later):", "next: "
        )
    ).endswith("next: "):
        if shown.endswith("marked: later)"):
            terminal.type(" ", ENTER)
            continue
        if shown.endswith("later):"):
            text = "First adoption"
            if example := re.findall(r"^  such as: (.+)$", shown, re.MULTILINE):
                text = example[-1]
            elif "On which day" in shown:
                text = "2026-09-14"
            terminal.type(text, ENTER)
            terminal.expect(f"{text}\n")
            continue
        options = terminal.expect("Decide later")
        known = [key for words, key in _OF_THE_SCHOOL.items() if words in f"{shown}{options}"]
        first = re.search(r"1\) .*\(suggested\)|1\) Keep|1\) 1\.0", options)
        terminal.type("1" if first else known[0] if known else "2", ENTER)
    terminal.end()


def follow(folder: Path, *, build: bool) -> None:
    """Do what the tutorial says, and compare what is shown."""
    workspace = Standing(folder)
    shown = ""
    for kind, _, text in blocks():
        if kind == "text":
            assert holds_in_order(shown, text), f"expected:\n{text}\nshown:\n{shown}"
            continue
        command, _, expected = text.partition("\n") if text.startswith("$ ") else ("", "", text)
        code = CODE.findall(shown)
        arguments = [
            code[-1] if each == PRINTED_CODE and code else each for each in shlex.split(command)[2:]
        ]
        if arguments[:1] == ["build"] and not build:
            return
        if arguments[:1] in (["adopt"], ["new"]):
            with Terminal(folder, *arguments) as terminal:
                take_what_is_suggested(terminal)
                shown = terminal.shown
        elif arguments:
            result = workspace.run(*arguments)
            shown = result.stderr + result.stdout
        assert holds_in_order(shown, expected), f"{command}\nexpected:\n{expected}\nshown:\n{shown}"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A workspace with the county's model policy and no school."""
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "schools").mkdir()
    return tmp_path


def test_the_tutorial(county: Path) -> None:
    """Every command of the tutorial, one after another, shows what the tutorial says."""
    assert len(blocks()) == 11
    follow(county, build=False)


@pytest.mark.slow
def test_the_tutorial_to_its_end(county: Path) -> None:
    """And at the end there is an approved version, sheets to sign, and a site."""
    follow(county, build=True)
    for path in (
        "output/drafts/oak-lane/staff-acceptable-use/staff-acceptable-use.pdf",
        "schools/oak-lane/register/staff-acceptable-use/1.0/staff-acceptable-use.pdf",
        "output/packs/oak-lane/staff-acceptable-use/sheets-1.0/agreement-roster.pdf",
        "output/site/oak-lane/policies/staff-acceptable-use/index.html",
    ):
        assert (county / path).exists(), path
