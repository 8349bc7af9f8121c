"""Workspaces that are one command away from another state, one for each command that writes; each made once."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import docx

from tests.support import editions
from tests.support.register import freeze
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOST = "templates/tiny/sections/lost-keys.md"
FIRST_EDITION = ("publish", "tiny", "--edition", "2026.1", "--issued", "2026-09-01")
CIRCULAR = (
    "circular:\n  action: Put the edition to your committee.\n  to: Headteachers\n  purpose: Keys are counted more often."
    "\n  summary: [Keys are counted each half term]\n  contact: Schools HR\nguidance:"
)
EXPLAINED = 'edition: "2026.2"\nchanges:\n  - clauses: [count]\n    class: material\n    must: yes\n    reason: So\n'
OWN = "  report-loss:\n    replace: |\n      The bell is rung.\n    reason: Agreed here\n"


@dataclass(frozen=True)
class Scene:
    """A command, and the workspace in which it writes."""

    name: str
    arguments: tuple[str, ...]
    again: int = 0
    """The exit code of the same command once it is done: 1 where it says that there is nothing left to do."""


def scenes() -> dict[str, Callable[[Path], Scene]]:
    """Each makes its workspace in a folder that is not there yet."""
    return {
        name.removeprefix("scene_").replace("_", " "): made
        for name, made in globals().items()
        if name.startswith("scene_")
    }


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Change a file as a person does."""
    text = (root / path).read_text("utf-8")
    assert text.count(old) == 1, (path, old)
    (root / path).write_text(text.replace(old, new), "utf-8")


def done(root: Path, *arguments: str) -> str:
    """What a command says that succeeds."""
    result = run_in(root, *arguments)
    assert result.code == 0, result
    return result.stdout


def approval(root: Path) -> tuple[str, ...]:
    """The command that approves version 2.0 as it is built."""
    code = re.findall(r"content code (\S+)", done(root, "build", "oak"))[0]
    decided = ("--body", "committee", "--date", "2026-11-12", "--minute", "19.2")
    return ("approve", "oak/tiny", "--version", "2.0", "--content", code, *decided)


def _second_school(root: Path, school: str = "elm") -> None:
    for path in sorted((root / "schools/oak").rglob("*")):
        if path.is_file() and "register" not in path.parts:
            to = root / "schools" / school / path.relative_to(root / "schools/oak")
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(path.read_bytes())
    facts = root / f"schools/{school}/school.yaml"
    facts.write_text(facts.read_text("utf-8").replace("Oak Lane", "Elm Grove"), "utf-8")


def _approved(root: Path) -> Path:
    Workspace(root).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2", minutes="draft")
    return root


def scene_build(root: Path) -> Scene:
    """An earlier build of two schools; one has gone since, and the text of the other has changed."""
    Workspace(root).write()
    _second_school(root)
    done(root, "build")
    edit(root, LOST, "A lost key", "Any lost key")
    for path in sorted((root / "schools/elm").rglob("*"), reverse=True):
        (path.rmdir if path.is_dir() else path.unlink)()
    (root / "schools/elm").rmdir()
    return Scene("build", ("build",))


def scene_build_for_two(root: Path) -> Scene:
    """The first build of two schools."""
    Workspace(root).write()
    _second_school(root)
    return Scene("build for two", ("build",))


def scene_approve(root: Path) -> Scene:
    """A draft that was built."""
    Workspace(root).write()
    return Scene("approve", approval(root), again=1)


def scene_meeting(root: Path) -> Scene:
    """A draft that was built."""
    Workspace(root).write()
    return Scene("meeting", ("meeting", "2026-11-20", "oak"))


def scene_meeting_record(root: Path) -> Scene:
    """What a meeting decided about two policies stands in its file."""
    Workspace(root).write()
    shutil.copytree(root / "templates/tiny", root / "templates/bells")
    shutil.copy(root / ADOPTION, root / ADOPTION.replace("tiny", "bells"))
    done(root, "meeting", "2026-11-12", "oak")
    path = root / "schools/oak/meetings/2026-11-12.yaml"
    path.write_text(path.read_text().replace('minute: ""', 'minute: "19.2"'))
    return Scene("meeting record", ("meeting", "2026-11-12", "oak", "--record"))


def scene_release(root: Path) -> Scene:
    """An approved version of each of two schools, and another headteacher of both."""
    Workspace(root).write()
    edit(
        root,
        LOST,
        "1. A lost key is reported",
        "1. {{ people.head.name }} hears of a lost key, which is reported",
    )
    _second_school(root)
    for school in ("oak", "elm"):
        freeze(root, "2.0", "2026-11-12", minute="19.2", minutes="signed", school=school)
        edit(root, SCHOOL.replace("oak", school), "name: Ann Lee", "name: Bea Ray")
    return Scene("release", ("release", "--details"))


def scene_minutes(root: Path) -> Scene:
    """A version whose minutes are a draft."""
    _approved(root)
    minute = ("--minute", "19.2", "--signed-on", "2026-11-19")
    return Scene("minutes", ("minutes", "oak/tiny", "--version", "2.0", *minute), again=1)


def scene_withdraw(root: Path) -> Scene:
    """A version that is in force."""
    _approved(root)
    decided = (
        "--body",
        "committee",
        "--date",
        "2026-11-19",
        "--minute",
        "20",
        "--reason",
        "No use",
    )
    return Scene("withdraw", ("withdraw", "oak/tiny", *decided), again=1)


def scene_correct(root: Path) -> Scene:
    """A version of which the minute was typed wrong."""
    _approved(root)
    facts = ("--version", "2.0", "--was", "19.2", "--to", "19.3", "--by", "Clerk")
    command = ("correct", "oak/tiny", "minute", *facts, "--reason", "Typed wrong")
    return Scene("correct", command, again=1)


def scene_sign_sheet(root: Path) -> Scene:
    """A version that staff sign."""
    _approved(root)
    return Scene("sign sheet", ("sign", "sheet", "oak/tiny"))


def scene_sign_status(root: Path) -> Scene:
    """The same."""
    _approved(root)
    return Scene("sign status", ("sign", "status", "oak/tiny", "--format", "xlsx"))


def scene_status(root: Path) -> Scene:
    """A version that is in force."""
    _approved(root)
    return Scene("status", ("status", "--format", "xlsx"))


def scene_clauses(root: Path) -> Scene:
    """A draft."""
    Workspace(root).write()
    return Scene("clauses", ("clauses", "oak/tiny", "--format", "xlsx"))


def scene_adopt_from(root: Path) -> Scene:
    """A form that a colleague filled in, of a school that has answered nothing."""
    Workspace(root).without(ADOPTION).write()
    done(root, "adopt", "oak/tiny", "--export", "form.csv")
    edit(root, "form.csv", "Who keeps the keys?,", "Who keeps the keys?,The caretaker")
    return Scene("adopt from", ("adopt", "oak/tiny", "--from", "form.csv"))


def scene_sign_record(root: Path) -> Scene:
    """A list of those who signed."""
    _approved(root)
    (root / "signed.csv").write_text("name,date\nAnn Lee,2026-11-14\n")
    return Scene("sign record", ("sign", "record", "oak/tiny", "signed.csv", "--version", "2.0"))


def _signed(root: Path) -> Path:
    """A version that two signed."""
    _approved(root)
    (root / "signed.csv").write_text("name,date\nAnn Lee,2026-11-14\nJoe Birch,2026-11-15\n")
    done(root, "sign", "record", "oak/tiny", "signed.csv", "--version", "2.0")
    return root


def scene_sign_correct(root: Path) -> Scene:
    """A signature that nobody gave."""
    _signed(root)
    meant = ("--version", "2.0", "--name", "Joe Birch", "--date", "2026-11-15", "--by", "Office")
    command = ("sign", "correct", "oak/tiny", *meant, "--reason", "Another Joe")
    return Scene("sign correct", command, again=1)


def scene_sign_rename(root: Path) -> Scene:
    """Somebody who signed and has another name now."""
    _signed(root)
    edit(root, "schools/oak/staff.csv", "Joe Birch", "Joe Birch-Hay")
    names = ("--was", "Joe Birch", "--to", "Joe Birch-Hay", "--by", "Office")
    return Scene("sign rename", ("sign", "rename", "oak", *names), again=1)


def scene_publish(root: Path) -> Scene:
    """A second edition, explained."""
    Workspace(root).with_change(TEMPLATE, "guidance:", CIRCULAR).write()
    done(root, *FIRST_EDITION)
    edit(root, LOST, "each term", "each half term")
    (root / "templates/tiny/changes.yaml").write_text(EXPLAINED)
    command = ("publish", "tiny", "--edition", "2026.2", "--issued", "2026-11-20")
    return Scene("publish", command, again=1)


def scene_publish_first(root: Path) -> Scene:
    """A first edition."""
    Workspace(root).with_change(TEMPLATE, "guidance:", CIRCULAR).write()
    return Scene("publish first", FIRST_EDITION, again=1)


def scene_scaffold(root: Path) -> Scene:
    """A change that nobody has explained."""
    Workspace(root).write()
    done(root, *FIRST_EDITION)
    edit(root, LOST, "each term", "each half term")
    return Scene("publish --scaffold", ("publish", "tiny", "--edition", "2026.2", "--scaffold"))


def scene_announce(root: Path) -> Scene:
    """An edition, with nothing of output/ left."""
    scene_publish_first(root)
    done(root, *FIRST_EDITION)
    for path in sorted((root / "output").rglob("*"), reverse=True):
        (path.rmdir if path.is_dir() else path.unlink)()
    return Scene("announce", ("announce", "tiny@2026.1"))


def scene_import(root: Path) -> Scene:
    """A bundle of a model policy that is not here."""
    issuer = root.with_name(f"{root.name}-issuer")
    scene_publish_first(issuer)
    done(issuer, *FIRST_EDITION)
    Workspace(root).without("templates/tiny").write()
    (root / "templates").mkdir(exist_ok=True)
    bundle = issuer / "output/packs/editions/tiny/2026.1/tiny-2026.1.zip"
    (root / "tiny-2026.1.zip").write_bytes(bundle.read_bytes())
    return Scene("import", ("import", "tiny-2026.1.zip"))


def _two_editions(root: Path) -> None:
    editions.freeze(root, "tiny", "2026.1")
    edit(root, LOST, "A lost key", "Any lost key")
    editions.freeze(root, "tiny", "2026.2", previous="2026.1", issued="2026-11-01")


def scene_upgrade(root: Path) -> Scene:
    """A school with a change of its own, and its decision in the file."""
    Workspace(root).with_change(
        ADOPTION, "  who-may-hold: keep\n", f"  who-may-hold: keep\n{OWN}"
    ).write()
    _two_editions(root)
    assert run_in(root, "upgrade", "oak/tiny").code == 1
    edit(root, ADOPTION.replace("tiny", "tiny.upgrade"), "    decision:", "    decision: keep")
    return Scene("upgrade", ("upgrade", "oak/tiny"), again=1)


def scene_upgrade_to_decide(root: Path) -> Scene:
    """Two schools, of which one has something to decide."""
    Workspace(root).with_change(
        ADOPTION, "  who-may-hold: keep\n", f"  who-may-hold: keep\n{OWN}"
    ).write()
    _second_school(root)
    edit(root, ADOPTION.replace("oak", "elm"), OWN, "")
    _two_editions(root)
    return Scene("upgrade of all", ("upgrade",))


def scene_site(root: Path) -> Scene:
    """The site of one version and one edition, and another of both since."""
    _approved(root)
    editions.freeze(root, "tiny", "2026.1")
    done(root, "site")
    edit(root, ADOPTION, 'version: "2.0"', 'version: "2.1"')
    edit(root, ADOPTION, "days_to_report: 2", "days_to_report: 3")
    freeze(root, "2.1", "2026-11-19", minute="20", minutes="draft")
    edit(root, LOST, "A lost key", "Any lost key")
    editions.freeze(root, "tiny", "2026.2", previous="2026.1", issued="2026-11-01")
    return Scene("site", ("site",))


def scene_adopt(root: Path) -> Scene:
    """A school that has not adopted the policy."""
    Workspace(root).without(ADOPTION).write()
    (root / "schools/oak/policies").mkdir(exist_ok=True)
    return Scene("adopt", ("adopt", "oak/tiny", "--write"))


def scene_answer(root: Path) -> Scene:
    """A rule for all policies of a school, which a policy has answered by itself so far."""
    asked = "  key_safe:\n    ask: Is there a key safe?\n    kind: yes-no\n"
    workspace = Workspace(root).with_change(TEMPLATE, asked, "  key_safe: shared\n")
    workspace.with_files({"templates/shared/questions.yaml": f"questions:\n{asked}"}).write()
    command = ("answer", "oak", "key_safe", "no", "--yes", "--as-of", "2026-11-20")
    return Scene("answer", command)


def scene_change(root: Path) -> Scene:
    """A clause that is left out, in a version of its own after an approved one."""
    _approved(root)
    heads = ("--version", "2.1", "--author", "Clerk", "--purpose", "Less to count")
    done = ("--omit", "--reason", "Nobody counts", *heads, "--yes", "--as-of", "2026-11-20")
    return Scene("change", ("change", "oak/tiny", "count", *done), again=0)


def scene_new_school(root: Path) -> Scene:
    Workspace(root).write()
    return Scene("new school", ("new", "school", "ash"), again=1)


def scene_new_template(root: Path) -> Scene:
    Workspace(root).write()
    return Scene("new template", ("new", "template", "bikes"), again=1)


def scene_fix(root: Path) -> Scene:
    """Mistakes in three files."""
    (
        Workspace(root)
        .with_change(LOST, " {#report-loss}", "")
        .with_change(ADOPTION, 'version: "2.0"', "version: 2.10")
        .with_change(TEMPLATE, 'edition: "2026.1"', "edition: 2026.1")
        .write()
    )
    return Scene("check --fix", ("check", "--fix"))


def scene_pack(root: Path) -> Scene:
    Workspace(root).write()
    return Scene("pack", ("pack", "oak/tiny"))


def scene_word(root: Path) -> Scene:
    Workspace(root).write()
    return Scene("word", ("word", "oak/tiny"))


def scene_import_of_a_document(root: Path) -> Scene:
    """A policy in Word, which becomes a model policy."""
    Workspace(root).write()
    file = docx.Document()
    file.add_heading("Doors", 1)
    file.add_paragraph("Doors are locked at four.")
    file.save(str(root / "doors.docx"))
    return Scene("import of a document", ("import", "doors.docx", "--as", "doors"), again=1)


def scene_diff(root: Path) -> Scene:
    scene_site(root)
    return Scene("diff --save", ("diff", "oak/tiny@2.0", "oak/tiny@2.1", "--save"))


def scene_fleet(root: Path) -> Scene:
    Workspace(root).write()
    return Scene("fleet", ("fleet", "--format", "html", "--as-of", "2026-11-20"))
