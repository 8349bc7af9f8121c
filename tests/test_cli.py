"""The command line: what it offers, how it ends, what it selects, what it loads."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from policygen.cli import commands, options
from policygen.files.yamltree import compose, plain
from policygen.ground import paths
from policygen.model import bodies
from policygen.project import looking
from tests.support.workspace import (
    ADOPTION,
    AS_OF,
    BASE,
    SCHOOL,
    TEMPLATE,
    Result,
    Workspace,
    run_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[1]
POLICY = "staff-acceptable-use"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


# --- help -------------------------------------------------------------------------------------------------------------


def test_help_groups_the_commands_by_role(workspace: Workspace) -> None:
    """Everybody finds their own; each command has a line, and no command is left out."""
    result = workspace.run("--help")
    assert (result.stderr, result.code) == ("", 0)
    groups = dict(re.findall(r"^(\w[\w ]+):\n((?:  .+\n)+)", result.stdout, re.MULTILINE))
    listed = {
        role: re.findall(r"^  ([a-z]+) {2,}\S", lines, re.MULTILINE)
        for role, lines in groups.items()
    }
    assert listed.pop("Options") == []
    assert {"check", "build"} <= set(listed["School office"])
    assert "schema" in listed["Authors of model policies"]
    assert sorted(name for names in listed.values() for name in names) == sorted(commands.commands)


def test_what_help_says_of_a_command_is_how_its_own_help_begins(workspace: Workspace) -> None:
    """It stands in a list, so that help reads no command."""
    shown = " ".join(workspace.run("--help").stdout.split())
    assert commands.commands
    for name, command in commands.commands.items():
        assert command.name == name
        assert f" {name} {command.get_short_help_str(80)} " in f"{shown} "


@pytest.mark.parametrize("command", ["check", "build", "schema"])
def test_each_command_explains_itself(workspace: Workspace, command: str) -> None:
    """With its usage, and with every option explained."""
    result = workspace.run(command, "--help")
    assert (result.stderr, result.code) == ("", 0)
    assert result.stdout.startswith(f"Usage: policygen {command} ")
    options = result.stdout.partition("Options:\n")[2]
    assert all(
        re.match(r"  (-h, )?--[a-z-]+.*", line) or line.startswith("   ")
        for line in options.splitlines()
    )


def test_help_is_quick() -> None:
    """It loads nothing that is slow to load."""
    heavy = ("jinja2", "markdown_it", "pydantic", "pikepdf", "rich", "ruamel", "weasyprint", "yaml")
    program = f"""
import sys
from policygen.cli import main
try:
    main(["--help"])
except SystemExit as end:
    print(end.code, [name for name in {heavy} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8"
    )
    assert done.stdout.splitlines()[-1] in ("0 []", "None []")


# --- exit codes -------------------------------------------------------------------------------------------------------


def test_0_when_all_is_well(workspace: Workspace) -> None:
    """And it says what was checked."""
    assert workspace.run("check") == Result("1 policy checked, no errors\n", "", 0)


def test_0_with_warnings_alone(workspace: Workspace) -> None:
    """A warning is told and stops nothing."""
    result = workspace.run("check", "--as-of", "2100-01-01")
    assert result.stderr.startswith("warning: ")
    assert (result.stdout, result.code) == ("1 policy checked, no errors\n", 0)


def test_1_for_problems_in_the_input(workspace: Workspace) -> None:
    """Exactly what is wrong, and nothing on stdout."""
    result = workspace.with_change(ADOPTION, "edition: ", "editon: ").run("check")
    assert result == Result(
        "",
        """\
error: `editon` means nothing here  [unknown-key]
  --> schools/oak/policies/tiny.yaml:1:1
  1 | editon: "2026.1"
    | ^^^^^^
hint: did you mean `edition`?

1 error
""",
        1,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "No such command 'chekc'"),
        (["check", "--al"], "No such option"),
        (["check", "--format", "xml"], "'xml' is not one of 'text', 'json', 'sarif'"),
        (
            ["check", "--as-of", "20.11.2026"],
            "`20.11.2026` is not a date; write it as 2026-11-20, the year first",
        ),
        (
            ["check", "--as-of", "2026-02-30"],
            "`2026-02-30` is not a day of the calendar; write the day as YYYY-MM-DD, the year first",
        ),
        (["check", "--as-of", "20261120"], "`20261120` is not a day of the calendar"),
        (["check", "--as-of", "2026-W47-5"], "`2026-W47-5` is not a day of the calendar"),
        (["build", "--workers", "0"], "0 is not in the range x>=1"),
        (["schema", "staff"], "'staff' is not one of"),
        (["schema"], "Missing argument"),
    ],
)
def test_2_for_usage(workspace: Workspace, arguments: list[str], said: str) -> None:
    """With a line on how the command is used; what lies in the workspace is not looked at."""
    result = workspace.without("schools/oak/school.yaml").run(*arguments)
    assert (result.stdout, result.code) == ("", 2)
    assert result.stderr.startswith("Usage: policygen")
    assert said in result.stderr


def test_2_without_a_workspace(workspace: Workspace) -> None:
    """It says what a workspace is."""
    result = workspace.without("schools").run("check")
    assert result.code == 2
    assert "no folder with `templates/` and `schools/` in it" in result.stderr


def test_70_for_a_bug_of_ours(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user learns that it is not their fault; we get the traceback."""

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(looking, "do", broken)
    result = workspace.run("check")
    assert (result.stdout, result.code) == ("", 70)
    assert result.stderr.startswith("Traceback (most recent call last):\n")
    assert "RuntimeError: a bug\n" in result.stderr
    assert result.stderr.endswith(
        "This is a fault of policygen, not of your files. Please report it with the lines above.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"), [(["check"], 0), (["check", "nobody"], 1), (["chekc"], 2)]
)
def test_the_installed_program_ends_likewise(
    workspace: Workspace, arguments: list[str], code: int
) -> None:
    """What runs in this process in the other tests is what people run."""
    result = workspace.run_program(*arguments)
    assert result.code == code
    assert result == workspace.run(*arguments)


# --- selections -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_schools(workspace: Workspace) -> Workspace:
    """Oak Lane, which is sound, and Ash Road, which has a mistake in each of its two policies; and a broken template."""
    school = workspace.text(SCHOOL).replace("Oak Lane", "Ash Road").partition("branding:")[0]
    adoption = workspace.text(ADOPTION).replace("keeper: office", "keeper: nobody")
    template = workspace.text(TEMPLATE)
    rest = {
        path.relative_to(BASE / "templates/tiny").as_posix(): path.read_bytes()
        for path in (BASE / "templates/tiny").rglob("*.*")
        if path.name != "template.yaml"
    }
    return workspace.with_files(
        {
            "schools/ash/school.yaml": school,
            "schools/ash/policies/tiny.yaml": adoption,
            "schools/ash/policies/other.yaml": adoption.replace("key_safe: yes", "key_safe: maybe"),
            "templates/other/template.yaml": template,
            **{f"templates/other/{path}": content for path, content in rest.items()},
        }
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ["ash/other", "ash/other", "ash/tiny"]),
        (["ash"], ["ash/other", "ash/other", "ash/tiny"]),
        (["oak"], []),
        (["tiny"], ["ash/tiny"]),
        (["other"], ["ash/other", "ash/other"]),
        (["ash/tiny"], ["ash/tiny"]),
        (["ash/other/"], ["ash/other", "ash/other"]),
        (["oak/tiny"], []),
        (["oak", "ash/tiny"], ["ash/tiny"]),
    ],
)
def test_only_what_is_selected_is_checked(
    two_schools: Workspace, words: list[str], told: list[str]
) -> None:
    """A school, a policy of all schools, a policy of one school, several of them; without any, all."""
    result = two_schools.run("check", *words)
    places = re.findall(r"^  --> schools/(\w+)/policies/(\w+)\.yaml", result.stderr, re.MULTILINE)
    assert [f"{school}/{policy}" for school, policy in places] == told
    assert result.code == int(bool(told))


def test_a_policy_that_no_school_adopts_is_checked_by_itself(workspace: Workspace) -> None:
    """So that an author need not wait for a school."""
    alone = workspace.without("schools/oak/policies/tiny.yaml")
    assert alone.run("check", "tiny").code == 0
    assert (
        "[unknown-key]"
        in alone.with_change(TEMPLATE, "issued:", "isued:").run("check", "tiny").stderr
    )


def test_every_wrong_selection_is_told(workspace: Workspace) -> None:
    """All at once, each with what was meant."""
    result = workspace.run("check", "oka", "oak/tinny")
    assert result == Result(
        "",
        """\
error: there is no school or policy `oka`  [unknown-school]
hint: did you mean `oak`?

error: there is no model policy `tinny`  [unknown-template]
hint: did you mean `tiny`?

2 errors
""",
        1,
    )


def test_the_workspace_is_found_from_within(workspace: Workspace) -> None:
    """From any folder of it, or by its path."""
    root = workspace.write()
    assert workspace.run("check", "--workspace", str(root)).code == 0
    assert workspace.run("check", "--workspace", "schools/oak/policies").code == 0


# --- schema -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("template", f"templates/{POLICY}/template.yaml"),
        ("shared", "templates/shared/questions.yaml"),
        ("answers", "schools/elm-grove/answers.yaml"),
        ("school", "schools/elm-grove/school.yaml"),
        ("school", "schools/beacon-academy/school.yaml"),
        ("adoption", f"schools/elm-grove/policies/{POLICY}.yaml"),
        ("adoption", f"schools/st-brigids/policies/{POLICY}.yaml"),
    ],
)
def test_the_schema_accepts_the_example(workspace: Workspace, kind: str, path: str) -> None:
    """What an editor is told agrees with what the program reads; a key that means nothing is refused."""
    result = workspace.run("schema", kind)
    assert (result.stderr, result.code) == ("", 0)
    schema = json.loads(result.stdout)
    written = as_json((EXAMPLES / path).read_text(encoding="utf-8"), path)
    assert list(faults(schema, written, schema.get("$defs", {}))) == []
    assert list(faults(schema, {**written, "nonsense": 1}, schema.get("$defs", {}))) == [
        "nonsense: unknown"
    ]


def as_json(text: str, path: str) -> Any:
    """What a YAML file says, as JSON has it."""
    from policygen.ground.diagnostics import Problems

    root = compose(text, path, Problems())
    assert root is not None
    return json.loads(json.dumps(plain(root), default=datetime.date.isoformat))


def faults(schema: dict[str, Any], value: Any, known: dict[str, Any], at: str = "") -> list[str]:
    """Where a value breaks a schema: as much of JSON Schema 2020-12 as our schemas use."""
    if "$ref" in schema:
        schema = known[schema["$ref"].removeprefix("#/$defs/")] | {
            k: v for k, v in schema.items() if k != "$ref"
        }
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            each = [faults(option, value, known, at) for option in schema[choice]]
            return (
                []
                if any(not found for found in each)
                else [f"{at}: fits no {choice}", *min(each, key=len)]
            )
    if "const" in schema or "enum" in schema:
        return (
            []
            if value in schema.get("enum", [schema.get("const")])
            else [f"{at}: {value!r} is not allowed"]
        )
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [f"{at}: {value!r} is no {schema['type']}"]
    if isinstance(value, dict):
        return _faults_of_group(schema, value, known, at)
    if isinstance(value, list):
        found = [
            each
            for item in value
            for each in faults(schema.get("items", {}), item, known, f"{at}[]")
        ]
        return found if len(value) >= schema.get("minItems", 0) else [*found, f"{at}: too short"]
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        return [f"{at}: {value!r} does not match"]
    return []


def _faults_of_group(
    schema: dict[str, Any], value: dict[str, Any], known: dict[str, Any], at: str
) -> list[str]:
    parts, names = schema.get("properties", {}), schema.get("propertyNames", {})
    others = schema.get("additionalProperties", True)
    found = [f"{at}.{key}: missing" for key in schema.get("required", ()) if key not in value]
    for key, inner in value.items():
        path = f"{at}.{key}".lstrip(".")
        if key in parts:
            found += faults(parts[key], inner, known, path)
        elif others is False:
            found.append(f"{path}: unknown")
        else:
            patterns = schema.get("patternProperties", {}).items()
            rest = next((part for pattern, part in patterns if re.search(pattern, key)), others)
            found += faults(names, key, known, path)
            found += faults(rest, inner, known, path) if isinstance(rest, dict) else []
    return found


# --- names as they are typed and completed ----------------------------------------------------------------------------

COMPLETED = [
    ("schools/oak/", "oak"),
    ("schools/oak/policies/", "oak"),
    ("./schools/oak/school.yaml", "oak"),
    ("schools/oak/policies/tiny.yaml", "oak/tiny"),
    ("schools\\oak\\policies\\tiny.yaml", "oak/tiny"),
    ("schools/oak/policies/tiny.upgrade.yaml", "oak/tiny"),
    ("schools/oak/register/tiny/", "oak/tiny"),
    ("schools/oak/register/tiny/1.0/tiny.html", "oak/tiny@1.0"),
    ("templates/tiny/", "tiny"),
    ("templates/tiny/sections/lost-keys.md", "tiny"),
    ("templates/tiny/editions/2026.1/", "tiny@2026.1"),
    ("output/drafts/oak/tiny/", "oak/tiny"),
    ("oak/tiny/", "oak/tiny"),
    ("oak\\tiny", "oak/tiny"),
    ("tiny@2026.1", "tiny@2026.1"),
]


@pytest.mark.parametrize(("typed", "meant"), COMPLETED)
def test_a_completed_path_means_what_stands_there(typed: str, meant: str) -> None:
    """A shell completes folders and files; whoever lets it need not know how the thing is called."""
    assert paths.named(typed) == meant


SHORT = [["check"], ["status"], ["diff"], ["history"], ["sign", "status"], ["upgrade"]]


@pytest.mark.parametrize("command", SHORT, ids=" ".join)
def test_commands_take_completed_paths(tmp_path: Path, command: list[str]) -> None:
    """From the workspace, from a folder in it, and as an absolute path, with the same outcome as the name alone."""
    root = Workspace(tmp_path).write()
    plain = run_in(root, *command, "oak/tiny", "--as-of", AS_OF)
    for typed in ("schools/oak/policies/tiny.yaml", str(root / "schools/oak/policies/tiny.yaml")):
        assert run_in(root, *command, typed, "--as-of", AS_OF) == plain
    assert run_in(root / "schools", *command, "oak/policies/tiny.yaml", "--as-of", AS_OF) == plain


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_a_name_is_found_however_its_letters_were_typed(tmp_path: Path, stored: Any) -> None:
    """A disk may hold `é` as one sign or as two, and a keyboard may give the other."""
    root = Workspace(tmp_path).write()
    (root / "schools/oak").rename(root / "schools" / unicodedata.normalize(stored, "chêne"))
    for form in ("NFC", "NFD"):
        typed = unicodedata.normalize(form, "chêne")
        for word in (typed, f"{typed}/tiny", f"schools/{typed}/"):
            assert run_in(root, "check", word, "--as-of", AS_OF).code == 0


DEVICES = ["con", "prn", "aux", "nul", "com1", "com9", "lpt1", "lpt9"]


@pytest.mark.parametrize("name", DEVICES)
def test_names_of_devices_are_no_ids(tmp_path: Path, name: str) -> None:
    """Nobody with Windows could check such a folder out: neither made, nor adopted, nor passed by a check."""
    workspace = Workspace(tmp_path)
    for kind in ("school", "template"):
        result = workspace.run("new", kind, name)
        assert (result.code, "is the name of a device" in result.stderr) == (2, True)
    root = workspace.write()
    (root / "schools/oak").rename(root / "schools" / name)
    for command in (["check", name], ["adopt", f"{name}/tiny", "--write"]):
        result = run_in(root, *command, "--as-of", AS_OF)
        assert (result.code, f"--> schools/{name}\n" in result.stderr) == (1, True), result
    (root / "templates/tiny").rename(root / "templates" / name)
    (root / f"schools/{name}/policies/tiny.yaml").rename(
        root / f"schools/{name}/policies/{name}.yaml"
    )
    (root / "schools" / name).rename(root / "schools/oak")
    result = run_in(root, "check", "--as-of", AS_OF)
    assert (result.code, f"--> templates/{name}\n" in result.stderr) == (1, True), result


def test_names_that_only_begin_like_devices_are_ids() -> None:
    """`console` and `community` are folders like any other."""
    assert not any(map(paths.is_reserved, ("console", "community", "auxiliary", "com", "null")))


# --- docs -------------------------------------------------------------------------------------------------------------

MANUAL = EXAMPLES / "docs/reference/commands.md"


def _leaves(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that can be run, with all its words."""
    if isinstance(command, click.Group):
        for word, member in command.commands.items():
            yield from _leaves(member, f"{name} {word}")
    else:
        yield name, command


COMMANDS = dict(_leaves(commands, "policygen"))


def _spellings(command: click.Command) -> list[str]:
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    return [word for option in options for word in (*option.opts, *option.secondary_opts)]


def _sections_of_docs() -> list[str]:
    """What stands from one heading to the next, on every page for users."""
    pages = [page for page in (EXAMPLES / "docs").rglob("*.md") if page.parent.name != "decisions"]
    return [
        section
        for page in pages
        for section in re.split(r"^(?=#)", page.read_text("utf-8"), flags=re.MULTILINE)
    ]


def _stands(words: str, text: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", text))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_docs_explain_every_command_and_every_option(name: str) -> None:
    """The reference has a section for each; each option is spelled in a section that names the command."""
    heading = rf"^### `{re.escape(name)}[ `]"
    assert re.search(heading, MANUAL.read_text("utf-8"), re.MULTILINE)
    about = [section for section in _sections_of_docs() if _stands(name, section)]
    for option in _spellings(COMMANDS[name]):
        assert any(_stands(option, section) for section in about), option


def test_the_reference_names_no_command_or_option_that_does_not_exist() -> None:
    """What was renamed or taken away is not explained any more."""
    manual = MANUAL.read_text("utf-8")
    known = {"--help", "--version"}.union(*map(_spellings, COMMANDS.values()))
    assert set(re.findall(r"--[a-z][a-z-]*", manual)) <= known
    for heading in re.findall(r"^### `(.+)`$", manual, re.MULTILINE):
        words = re.match(r"policygen(?: [a-z]+)+", heading)
        assert words is not None
        assert words[0] in COMMANDS


def test_the_command_line_offers_every_body() -> None:
    """The list that is quick to load is the one of the model."""
    assert options.BODIES == bodies.BODIES


_NUMBERS = [
    ["diff", "tiny@{}"],
    ["diff", "oak/tiny@{}"],
    ["fleet", "--clause", "count", "--before={}"],
    ["upgrade", "--to={}", "oak/tiny"],
    ["sign", "sheet", "oak/tiny", "--version={}"],
    ["minutes", "oak/tiny", "--version={}", "--minute", "1", "--signed-on", "2026-11-01"],
    ["approve", "oak/tiny", "--version={}", "--content", "7f3a-91c2", "--body", "head", "--date", "2026-11-01"],
    ["publish", "tiny", "--edition={}", "--issued", "2026-11-01"],
]  # fmt: skip


@pytest.mark.parametrize("typed", ["a", "1..0", "-1", "9" * 5_000])
@pytest.mark.parametrize("command", _NUMBERS, ids=lambda command: command[0])
def test_what_is_no_version_is_told_wherever_it_is_typed(
    workspace: Workspace, command: list[str], typed: str
) -> None:
    result = workspace.run(*(word.format(typed) for word in command))
    assert result.code in (1, 2)
    assert "rror: " in result.stderr
