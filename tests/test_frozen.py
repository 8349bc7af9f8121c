"""Nothing is compared with what was not verified: whatever frozen file a command opens, one changed byte stops it.

Which files those are is not listed here: an audit hook hears what each command opens in a whole workspace.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from policygen import cli
from tests.support import editions
from tests.support.register import freeze, record_signatures, sign_minutes
from tests.support.scenes import CIRCULAR, LOST, done, edit
from tests.support.workspace import ADOPTION, TEMPLATE, Workspace, run_in

COMMANDS: dict[str, tuple[str, ...]] = {
    "adopt": ("adopt elm/tiny --write",),
    "announce": ("announce tiny@2026.2",),
    "answer": ("answer oak keeper",),
    "approve": (
        "approve oak/tiny --version 2.2 --content 0000-0000 --body head --date 2026-11-19 --minute 25",
    ),
    "build": ("build",),
    "cache": ("cache show",),
    "change": ("change oak/tiny report-loss --keep --yes",),
    "check": ("check",),
    "clauses": ("clauses oak/tiny",),
    "correct": (
        "correct oak/tiny date --version 2.1 --was 2026-10-12 --to 2026-10-11 --by Clerk --reason Typed",
    ),
    "diff": ("diff oak/tiny@2.0 oak/tiny@2.1", "diff tiny@2026.1 tiny@2026.2", "diff oak/tiny"),
    "fleet": ("fleet", "fleet tiny --clause count --before 2026.1"),
    "history": ("history oak/tiny", "history oak --on 2026-11-01"),
    "import": ("import tiny-2026.2.zip",),
    "init": (),
    "law": ("law uk_gdpr", "law --changes 2027-12-31"),
    "meeting": ("meeting 2026-11-19 oak",),
    "minutes": ("minutes oak/tiny --version 2.1 --minute 21.4 --signed-on 2026-11-19",),
    "new": (),
    "pack": ("pack oak/tiny",),
    "publish": ("publish tiny --edition 2026.3 --issued 2026-11-20",),
    "release": ("release --details", "release oak/tiny --editorial --by head"),
    "schema": (),
    "serve": (),
    "sign": (
        "sign status",
        "sign sheet oak/tiny",
        "sign record oak/tiny signed.csv --version 2.1",
        "sign correct oak/tiny --version 2.1 --name Nobody --date 2026-11-10 --by Clerk --reason Typed",
        "sign rename oak --was Nobody --to Somebody --by Clerk",
    ),
    "site": ("site",),
    "status": ("status",),
    "upgrade": ("upgrade elm/tiny",),
    "verify": ("verify", "verify page.html"),
    "withdraw": (
        "withdraw oak/tiny --body committee --date 2026-11-19 --minute 25 --reason Unused",
    ),
    "word": ("word oak/tiny", "word oak/tiny@2.1"),
}
"""Each command of the program, as it is tried. The preview shows what `check` reads; the others read nothing frozen."""
EVERY = [command for tried in COMMANDS.values() for command in tried]
_FROZEN = re.compile(r"(?:templates/\w+/editions/\d|schools/\w+/register/\w)[^:]*")
_LEFT_TO_CHECK = re.compile(r"not right yet: \d+ errors?\n\nnext: policygen check ")
"""What `adopt` says, which has kept the answers then."""


class _Ear:
    """Hears which files of a workspace are opened. An audit hook can never be taken off, so there is one for all."""

    def __init__(self) -> None:
        self.root = ""
        self.opened: set[str] = set()
        sys.addaudithook(self.heard)

    def heard(self, event: str, args: tuple[Any, ...]) -> None:
        if self.root and event == "open" and isinstance(args[0], str | os.PathLike):
            path = os.path.relpath(Path.cwd() / os.fspath(args[0]), self.root)
            if _FROZEN.fullmatch(path) and not _only_its_digest_is_taken():
                self.opened.add(path)


def _only_its_digest_is_taken() -> bool:
    """A build that may be one of before takes the digest of every file there is, and looks at nothing else of it."""
    frame = sys._getframe()
    while frame.f_back is not None:
        if frame.f_code.co_filename.endswith("disk/known.py"):
            return True
        frame = frame.f_back
    return False


EAR = _Ear()


def opened(root: Path, command: str) -> set[str]:
    """The frozen files that a command opens for reading in this workspace."""
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    EAR.root, EAR.opened = str(root), set()
    try:
        result = run_in(root, *command.split())
    finally:
        EAR.root = ""
    assert "-damaged]" not in result.stderr, result
    assert result.code != 70
    return EAR.opened & there


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two editions, a third that is being written, three versions and a fourth prepared, and a second school."""
    root = tmp_path_factory.mktemp("frozen") / "made"
    Workspace(root).with_change(TEMPLATE, "guidance:", CIRCULAR).write()
    editions.freeze(root, "tiny", "2026.1")
    shutil.copytree(root / "schools/oak", root / "schools/elm")
    edit(root, "schools/elm/school.yaml", "name: Oak Lane School", "name: Elm Grove School")
    freeze(root, "2.0", "2026-03-12", minute="19.2", minutes="draft")
    sign_minutes(root, "2.0", "19.2", "2026-04-03")
    edit(root, LOST, "each term", "each half term")
    note = {"clauses": ["count"], "class": "material", "must": True, "reason": "So"}
    editions.freeze(root, "tiny", "2026.2", previous="2026.1", changes=[note], issued="2026-09-10")
    edit(root, ADOPTION, 'edition: "2026.1"\nversion: "2.0"', 'edition: "2026.2"\nversion: "2.1"')
    freeze(root, "2.1", "2026-10-12", minute="21.4", minutes="draft", reason="Half a term")
    record_signatures(
        root,
        "2.1",
        "name,role,form,date,state,how,note\nAnn Lee,Headteacher,receipt,2026-11-10,signed,paper,\n",
    )
    (root / "signed.csv").write_text("name,date\nAnn Lee,2026-11-14\n")
    done(root, "announce", "tiny@2026.2")
    bundle = root / "output/packs/editions/tiny/2026.2/tiny-2026.2.zip"
    shutil.copy(bundle, root / "tiny-2026.2.zip")
    shutil.rmtree(root / "output")
    shutil.copy(root / "schools/oak/register/tiny/2.1/tiny.html", root / "page.html")
    edit(root, ADOPTION, "days_to_report: 2", "days_to_report: 3")
    edit(root, ADOPTION, 'version: "2.1"', 'version: "2.2"')
    edit(root, LOST, "A lost key", "Any lost key")
    edit(root, TEMPLATE, 'edition: "2026.2"', 'edition: "2026.3"')
    return root


def one_of_each_kind(paths: set[str]) -> list[str]:
    """Of the sections of an edition, which are read alike, the last; and all that are no sections."""
    kinds = {
        path.partition("/sections/")[0] if "/sections/" in path else path: path
        for path in sorted(paths)
    }
    return [*kinds.values()]


def test_every_command_is_tried() -> None:
    assert COMMANDS.keys() == cli.commands.commands.keys()


@pytest.mark.slow
@pytest.mark.parametrize("command", EVERY)
def test_a_command_stops_at_each_frozen_file_that_is_not_as_it_was(
    made: Path, command: str, tmp_path: Path
) -> None:
    read = opened(shutil.copytree(made, tmp_path / "whole"), command)
    silent = []
    for number, path in enumerate(one_of_each_kind(read)):
        root = shutil.copytree(made, tmp_path / str(number))
        content = (root / path).read_bytes()
        at = len(content) - 2
        (root / path).write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        result = run_in(root, *command.split())
        # Of a list and the file with its digest nobody knows which is not as it was: the list is named.
        named = path.replace("register.sha256", "register.json")
        if _LEFT_TO_CHECK.search(result.stdout):
            continue
        if result.code != 1 or f"--> {named}" not in result.stderr:
            silent.append((path, result.code, result.stderr[-300:]))
        shutil.rmtree(root)
    assert not silent, "\n".join(f"{path} ({code}): {said}" for path, code, said in silent)
