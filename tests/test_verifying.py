"""`policygen verify`: every change of a register is found, and any copy is told apart from the approved one."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.disk.registering import read_frozen
from policygen.ground.diagnostics import Problems
from policygen.products.copies import first_difference, read_copy
from policygen.register.records import (
    MinutesEntry,
    RegisterFile,
    VersionEntry,
    VersionRecord,
    digest_of,
    read_record,
    written_record,
)
from policygen.register.verifying import FrozenFolder, check_register
from tests.support.hosting import two_versions
from tests.support.register import freeze, record_signatures, sign_minutes
from tests.support.standing import Standing, standing
from tests.support.workspace import ADOPTION, SCHOOL, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FOLDER = "schools/oak/register/tiny"
SIGNED = (
    "name,role,form,date,state,how,note\nAnn Lee,Headteacher,receipt,2026-11-20,signed,paper,\n"
)


def three_versions(folder: Path, *, pdf: bool = False) -> Standing:
    """A workspace with a register: 2.0, its minutes signed, 2.1, signatures, and 2.1.1, which changes details only."""
    workspace = standing(Workspace(folder))
    freeze(workspace.root, "2.0", "2026-11-12", minute="19.2", minutes="draft", pdf=pdf)
    sign_minutes(workspace.root, "2.0", "19.2", "2026-12-03")
    text = workspace.read(ADOPTION).replace("days_to_report: 2", "days_to_report: 3")
    workspace.put(ADOPTION, text.replace('version: "2.0"', 'version: "2.1"'))
    freeze(
        workspace.root,
        "2.1",
        "2027-03-03",
        minute="21.4",
        minutes="draft",
        pdf=pdf,
        reason="Three days",
    )
    record_signatures(workspace.root, "2.0", SIGNED)
    freeze(
        workspace.root,
        "2.1.1",
        "2027-04-01",
        change="details",
        reason="Details updated: head",
        pdf=pdf,
    )
    return workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    return three_versions(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def frozen(made: Standing) -> FrozenFolder:
    return read_frozen(made.root, "oak", "tiny")


@pytest.fixture
def workspace(made: Standing, tmp_path: Path) -> Standing:
    return Standing(shutil.copytree(made.root, tmp_path / "workspace"))


def found(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """The rule and place of each problem of a register with these files."""
    problems = Problems()
    check_register(FrozenFolder("oak", "tiny", FOLDER, files), problems)
    assert all(each.hints for each in problems)
    return [
        (each.rule, each.place.path.removeprefix(f"{FOLDER}/") if each.place else "")
        for each in problems
    ]


# --- tampering --------------------------------------------------------------------------------------------------------


def test_a_register_as_it_was_written_has_no_problems(frozen: FrozenFolder) -> None:
    """Three versions, minutes and signatures; pictures and all."""
    assert found({**frozen.files}) == []
    assert len(frozen.files) == 3 * 6 + 3


def changes(content: bytes) -> Iterator[bytes]:
    """A file with one bit changed at its beginning, middle and end, cut, lengthened, emptied."""
    for at in {0, len(content) // 2, len(content) - 1}:
        yield content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    yield content[:-1]
    yield content[: len(content) // 2]
    yield content + b"\n"
    yield b""


def test_every_changed_file_is_found(frozen: FrozenFolder) -> None:
    """A bit, a line break, a cut: whatever the file, one of the problems is at it or at its register's list."""
    assert frozen.files
    for path, content in frozen.files.items():
        for changed in changes(content):
            places = {place for _, place in found({**frozen.files, path: changed})}
            assert places & ({path, "register.json"} if path == "register.sha256" else {path}), path


def test_every_missing_file_is_found(frozen: FrozenFolder) -> None:
    assert frozen.files
    for path in frozen.files:
        files = {name: content for name, content in frozen.files.items() if name != path}
        assert ("register-missing", path) in found(files)


@pytest.mark.parametrize(
    "path", ["note.txt", "2.0/extra.html", "signatures/0002.csv", "2.2/version.json", ".hidden"]
)
def test_every_inserted_file_is_found(frozen: FrozenFolder, path: str) -> None:
    assert found({**frozen.files, path: b"words"}) == [("register-unlisted", path)]


def test_every_exchange_of_two_files_is_found(frozen: FrozenFolder) -> None:
    """Two files that are both frozen, each in the place of the other."""
    paths = sorted(frozen.files)
    assert len(paths) > 1
    for index, one in enumerate(paths):
        for other in paths[index + 1 :]:
            if frozen.files[one] != frozen.files[other]:
                swapped = {**frozen.files, one: frozen.files[other], other: frozen.files[one]}
                assert found(swapped), (one, other)


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.1.1"])
def test_a_version_folder_that_is_gone_is_found(frozen: FrozenFolder, version: str) -> None:
    files = {
        name: content
        for name, content in frozen.files.items()
        if not name.startswith(f"{version}/")
    }
    assert ("register-missing", f"{version}/version.json") in found(files)


def test_two_exchanged_versions_are_found(frozen: FrozenFolder) -> None:
    """The folders of 2.0 and 2.1 under each other's names."""
    names = {"2.0": "2.1", "2.1": "2.0"}
    files = {
        "/".join((names.get(head, head), *tail)): content
        for (head, *tail), content in _split(frozen)
    }
    assert {("register-damaged", "2.0/version.json"), ("register-damaged", "2.1/version.json")} <= {
        *found(files)
    }


def _split(frozen: FrozenFolder) -> Iterator[tuple[list[str], bytes]]:
    return ((name.split("/"), content) for name, content in frozen.files.items())


Entries = tuple[object, ...]


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries[1:],
        lambda entries: entries[:-2] + entries[-1:],
        lambda entries: (entries[2], entries[1], entries[0], *entries[3:]),
        lambda entries: (*entries, entries[-1]),
        lambda entries: (entries[0], *entries),
    ],
    ids=["first taken out", "one taken out", "two exchanged", "last twice", "first twice"],
)
def test_a_forged_list_is_found_though_its_digest_fits(
    frozen: FrozenFolder, change: Callable[[Entries], Entries]
) -> None:
    """Who also writes register.sha256 anew is found by the chain of entries."""
    assert "register-order" in {rule for rule, _ in found(with_entries(frozen, change))}


def test_the_last_entry_taken_out_is_found_by_its_files(frozen: FrozenFolder) -> None:
    """The chain cannot tell, and the files of the version are still there."""
    rules = found(with_entries(frozen, lambda entries: entries[:-1]))
    assert {rule for rule, _ in rules} == {"register-unlisted"}
    assert ("register-unlisted", "2.1.1/version.json") in rules


def test_the_last_entry_taken_out_with_the_digest_left_is_found(frozen: FrozenFolder) -> None:
    files = with_entries(frozen, lambda entries: entries[:-1])
    assert ("register-damaged", "register.json") in found(
        {**files, "register.sha256": frozen.files["register.sha256"]}
    )


def with_entries(frozen: FrozenFolder, change: Callable[[Entries], Entries]) -> dict[str, bytes]:
    """The register with another list of entries and a digest that fits it."""
    file = read_record(frozen.files["register.json"].decode(), RegisterFile)
    return with_list(frozen.files, file.model_copy(update={"entries": change(file.entries)}))


def with_list(files: dict[str, bytes], file: RegisterFile) -> dict[str, bytes]:
    written = written_record(file)
    digest = f"{hashlib.sha256(written).hexdigest()}  register.json\n".encode()
    return {**files, "register.json": written, "register.sha256": digest}


def forged(
    frozen: FrozenFolder, version: str, change: Callable[[VersionRecord], VersionRecord]
) -> dict[str, bytes]:
    """The register after an edit of one version.json, with all entries and digests of the list made to fit."""
    path = f"{version}/version.json"
    written = written_record(change(read_record(frozen.files[path].decode(), VersionRecord)))
    file = read_record(frozen.files["register.json"].decode(), RegisterFile)
    linked, previous = [], ""
    for entry in file.entries:
        update = {"previous": previous}
        if isinstance(entry, VersionEntry) and entry.version == version:
            update["sha256"] = hashlib.sha256(written).hexdigest()
        linked.append(entry.model_copy(update=update))
        previous = digest_of(linked[-1])
    return with_list(
        {**frozen.files, path: written}, file.model_copy(update={"entries": (*linked,)})
    )


def test_an_edited_approval_is_found_by_the_next_version(frozen: FrozenFolder) -> None:
    """Though the list was written anew to fit: each version has the digest of the one before it."""

    def other_minute(record: VersionRecord) -> VersionRecord:
        return record.model_copy(
            update={"approvals": (record.approvals[0].model_copy(update={"minute": "19.3"}),)}
        )

    assert found(forged(frozen, "2.0", other_minute)) == [("register-order", "2.1/version.json")]


def test_a_forged_content_code_is_found_by_the_document(frozen: FrozenFolder) -> None:
    """The digest of the content is computed anew from the frozen document and its pictures."""

    def other_content(record: VersionRecord) -> VersionRecord:
        return record.model_copy(
            update={"content": record.content.model_copy(update={"digest": "0" * 64})}
        )

    assert found(forged(frozen, "2.1.1", other_content)) == [
        ("register-damaged", "2.1.1/document.json")
    ]


def test_days_that_go_back_are_found(frozen: FrozenFolder) -> None:
    def earlier(record: VersionRecord) -> VersionRecord:
        return record.model_copy(update={"released": record.released.replace(year=2025)})

    assert found(forged(frozen, "2.1.1", earlier)) == [("register-order", "2.1.1/version.json")]


def test_minutes_of_a_version_that_was_never_approved_are_found(frozen: FrozenFolder) -> None:
    file = read_record(frozen.files["register.json"].decode(), RegisterFile)
    minutes = next(each for each in file.entries if isinstance(each, MinutesEntry))
    entry = minutes.model_copy(update={"version": "3.0", "previous": digest_of(file.entries[-1])})
    files = with_list({**frozen.files}, file.model_copy(update={"entries": (*file.entries, entry)}))
    assert found(files) == [("register-order", "register.json")]


def test_a_register_of_another_school_is_found(frozen: FrozenFolder) -> None:
    """A whole register, sound in itself, that was copied into the folder of another school."""
    problems = Problems()
    check_register(FrozenFolder("elm", "tiny", "schools/elm/register/tiny", frozen.files), problems)
    assert "this is the register of `oak/tiny`" in [each.message for each in problems]


# --- the command ------------------------------------------------------------------------------------------------------


def test_all_registers_are_verified(workspace: Standing) -> None:
    result = workspace.run("verify")
    code = result.stdout.rpartition("register ")[2][:9]
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == (
        f"Oak Lane School\n  Keys to the school: 3 versions, 21 files, as approved (register {code})\n"
    )
    assert (
        workspace.run("verify", "oak")
        == workspace.run("verify", "oak/tiny")
        == workspace.run("verify", "all")
    )


def test_the_code_of_a_register_tells_what_it_holds(workspace: Standing) -> None:
    """Who notes it elsewhere sees when even the last entry is gone without a trace."""
    before = workspace.run("verify").stdout
    record_signatures(workspace.root, "2.1", SIGNED)
    assert workspace.run("verify").stdout[-12:] != before[-12:]


def test_a_code_noted_elsewhere_finds_what_nothing_else_can(workspace: Standing) -> None:
    """A register that has grown since is no loss; one that was cut off cleanly, or is gone whole, is."""
    noted = workspace.run("verify").stdout.rpartition("register ")[2][:9]
    record_signatures(workspace.root, "2.1", SIGNED)
    assert workspace.run("verify", "--expect", noted).code == 0
    folder = read_frozen(workspace.root, "oak", "tiny")
    kept = {
        name: content for name, content in folder.files.items() if not name.startswith("2.1.1/")
    }
    cut = with_entries(replace(folder, files=kept), lambda entries: entries[:-2])
    shutil.rmtree(workspace.root / FOLDER)
    for name, content in cut.items():
        if name != "signatures/0002.csv":
            (workspace.root / FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            (workspace.root / FOLDER / name).write_bytes(content)
    assert workspace.run("verify").code == 0
    for _ in range(2):
        result = workspace.run("verify", "--expect", noted)
        assert (result.code, "[register-missing]" in result.stderr) == (1, True)
        shutil.rmtree(workspace.root / FOLDER, ignore_errors=True)


@pytest.mark.parametrize("between", ["-", "", " ", "–", " - "])
def test_a_code_is_read_as_people_note_it(workspace: Standing, between: str) -> None:
    noted = workspace.run("verify").stdout.rpartition("register ")[2][:9].upper()
    assert workspace.run("verify", "--expect", f" {noted.replace('-', between)} ").code == 0


@pytest.mark.parametrize("typed", ["", "7f3a", "7f3a-91cg", "7f3a-91c25"])
def test_what_is_no_code_is_no_loss(workspace: Standing, typed: str) -> None:
    result = workspace.run("verify", "--expect", typed)
    assert (result.code, "is no code" in result.stderr) == (2, True)


def test_a_register_written_anew_is_found_by_its_code_alone(tmp_path: Path) -> None:
    """An insider gives the same version another minute, with every digest that belongs to it."""
    workspace = standing(Workspace(tmp_path))
    freeze(workspace.root, "2.0", "2026-11-12", minute="19.2")
    noted = workspace.run("verify").stdout.rpartition("register ")[2][:9]
    shutil.rmtree(workspace.root / FOLDER)
    freeze(workspace.root, "2.0", "2026-11-12", minute="19.3")
    assert workspace.run("verify").code == 0
    result = workspace.run("verify", "--expect", noted)
    assert (result.code, "[register-missing]" in result.stderr) == (1, True)


READERS = {
    "register.json": [
        "check",
        "status",
        "history oak/tiny",
        "sign status",
        "site",
        "fleet",
        "verify",
    ],
    "2.0/version.json": [
        "check",
        "status",
        "history oak/tiny",
        "sign status",
        "site",
        "fleet",
        "verify",
    ],
    "2.0/document.json": [
        "sign status",
        "sign sheet oak/tiny",
        "diff oak/tiny@2.0 oak/tiny@2.1",
        "site",
    ],
    "2.1.1/document.json": ["check", "build", "site", "verify"],
    "signatures/0001.csv": ["sign status", "sign sheet oak/tiny", "verify"],
    "2.0/tiny.html": ["site", "verify"],
}
"""Of each kind of frozen file, the commands that read it."""


@pytest.mark.parametrize(
    ("path", "command"), [(path, command) for path, said in READERS.items() for command in said]
)
def test_a_changed_byte_is_never_used_in_silence(
    workspace: Standing, path: str, command: str
) -> None:
    """Every command that reads a frozen file looks at its digest first, and names it."""
    file = workspace.root / FOLDER / path
    content = file.read_bytes()
    at = content.rindex(b"e")
    file.write_bytes(content[:at] + b"f" + content[at + 1 :])
    result = workspace.run(*command.split())
    assert result.code == 1, result
    assert f"{FOLDER}/{path}" in result.stderr


def test_nothing_approved_is_nothing_wrong(tmp_path: Path) -> None:
    result = Workspace(tmp_path).run("verify")
    assert (result.stdout, result.stderr, result.code) == (
        "no register yet: nothing has been approved\n",
        "",
        0,
    )


def test_a_changed_byte_on_disk_is_told_with_its_place(workspace: Standing) -> None:
    page = workspace.root / FOLDER / "2.0" / "tiny.html"
    page.write_bytes(page.read_bytes().replace(b"two days", b"ten days"))
    result = workspace.run("verify")
    assert result.code == 1
    assert result.stdout == "Oak Lane School\n  Keys to the school: damaged\n"
    assert result.stderr == (
        "error: its bytes are not those that were frozen  [register-damaged]\n"
        f"  --> {FOLDER}/2.0/tiny.html\n"
        "hint: put it back as it was, from a backup or from version control\n"
        "\n"
        "1 error\n"
    )


def test_a_link_in_place_of_a_file_is_found(workspace: Standing, tmp_path: Path) -> None:
    """What it leads to can change at any time, and lies outside the register."""
    page = workspace.root / FOLDER / "2.0" / "tiny.html"
    page.rename(tmp_path / "elsewhere.html")
    page.symlink_to(tmp_path / "elsewhere.html")
    result = workspace.run("verify")
    assert "[register-unlisted]" in result.stderr
    assert "[register-missing]" in result.stderr


def test_a_deleted_list_is_found(workspace: Standing) -> None:
    (workspace.root / FOLDER / "register.json").unlink()
    result = workspace.run("verify")
    assert result.code == 1
    assert "the frozen file `register.json` is not there  [register-missing]" in result.stderr


def test_a_deleted_version_is_told_and_nothing_breaks(workspace: Standing) -> None:
    shutil.rmtree(workspace.root / FOLDER / "2.1.1")
    result = workspace.run("verify")
    assert (result.code, result.stdout) == (1, "Oak Lane School\n  Keys to the school: damaged\n")
    assert "the frozen file `2.1.1/version.json` is not there" in result.stderr


def test_what_is_no_school_and_no_register_is_refused(workspace: Standing) -> None:
    result = workspace.run("verify", "oka", "oak/tidy", "missing.pdf")
    assert result.code == 1
    assert "hint: did you mean `oak`?" in result.stderr
    assert "`oak` has no register of `tidy`" in result.stderr
    assert "there is no school or file `missing.pdf`" in result.stderr


def test_json_says_all_of_it(workspace: Standing) -> None:
    plain = json.loads(workspace.run("verify", "--format", "json").stdout)
    (register,) = plain["registers"]
    assert register["versions"] == ["2.0", "2.1", "2.1.1"]
    assert (register["school"], register["policy"], register["files"]) == ("oak", "tiny", 21)
    assert plain["problems"] == plain["files"] == []


# --- published copies -------------------------------------------------------------------------------------------------


@pytest.fixture
def site(workspace: Standing) -> Path:
    """The website of the school, with two versions more than one."""
    assert workspace.run("site", "oak", "--as-of", "2027-05-01").code == 0
    return workspace.root / "output/site/oak/policies"


def test_a_whole_website_is_as_approved(workspace: Standing, site: Path) -> None:
    copies = [*site.rglob("*.html"), *site.rglob("*.pdf")]
    result = workspace.run("verify")
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.endswith(f"{len(copies)} published copies compared\n")


def _every_file(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())


@pytest.mark.slow
def test_any_change_to_any_file_of_a_website_is_found(workspace: Standing, site: Path) -> None:
    """Of whatever kind, style and feed included: another text, and no file at all."""
    names = _every_file(site)
    assert names
    for name in names:
        before = (site / name).read_bytes()
        for change in (before + b"x", None):
            if change is None:
                (site / name).unlink()
            else:
                (site / name).write_bytes(change)
            result = workspace.run("verify")
            (site / name).write_bytes(before)
            assert (result.code, "[copy-changed]" in result.stderr) == (1, True), (name, change)


@pytest.mark.parametrize("name", ["evil.htm", "tiny/2.1/forms/more.html", "x.js", "INDEX.HTML"])
def test_a_file_that_was_added_to_a_website_is_found(
    workspace: Standing, site: Path, name: str
) -> None:
    (site / name).write_text("<html>")
    result = workspace.run("verify")
    assert result.stderr.count("[copy-changed]") == 1
    assert f"  --> output/site/oak/policies/{name}\n" in result.stderr


def test_a_frozen_file_at_the_place_of_another_is_found(workspace: Standing, site: Path) -> None:
    """Though it was approved once, and the manifest is changed with it."""
    old, new = site / "tiny/2.0/tiny.html", site / "tiny/2.1/tiny.html"
    told = (site / "manifest.json").read_text("utf-8")
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (new, old)]
    (site / "manifest.json").write_text(told.replace(*digests), "utf-8")
    shutil.copy(old, new)
    result = workspace.run("verify")
    assert "  --> output/site/oak/policies/tiny/2.1/tiny.html\n" in result.stderr


def test_a_link_in_a_website_is_found(workspace: Standing, site: Path) -> None:
    (site / "elsewhere").symlink_to("/etc")
    assert "this is a link" in workspace.run("verify").stderr


@pytest.mark.parametrize("gone", ["", "2.1"])
def test_no_website_goes_because_its_register_is_gone(
    workspace: Standing, site: Path, gone: str
) -> None:
    """Whether all of it is, or its last version with all that names it."""
    before = _every_file(site)
    folder = workspace.root / FOLDER
    if gone:
        shutil.rmtree(folder)
        freeze(workspace.root, "2.0", "2026-11-12", minute="19.2")
    else:
        shutil.rmtree(folder)
    result = workspace.run("site", "oak", "--as-of", "2027-05-01")
    assert result.code == 1
    assert "the website shows version 2.1 of `tiny`, which is not in the register" in result.stderr
    assert _every_file(site) == before


# --- files that are handed in -----------------------------------------------------------------------------------------


def test_an_approved_copy_is_known_wherever_it_lies(workspace: Standing, tmp_path: Path) -> None:
    copy = tmp_path / "from an e-mail.html"
    shutil.copy(workspace.root / FOLDER / "2.0" / "tiny.html", copy)
    result = workspace.run("verify", str(copy))
    code = result.stdout.strip()[-9:]
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == (
        f"{copy}: this is Oak Lane School’s Keys to the school, version 2.0, approved 12 November 2026 by the committee "
        "of the governing board, minute 19.2\n"
        "  superseded by version 2.1 on 3 March 2027\n"
        f"  the frozen file {FOLDER}/2.0/tiny.html, content code {code}\n"
    )


def test_a_version_without_an_approval_names_the_one_it_stands_on(workspace: Standing) -> None:
    result = workspace.run("verify", f"{FOLDER}/2.1.1/forms/receipt.html")
    assert result.code == 0
    assert (
        "version 2.1.1, released 1 April 2027 (details updated: head), approved 3 March 2027 by the committee of the "
        "governing board, minute 21.4 (minutes not signed yet)\n  in force\n"
    ) in result.stdout


def test_a_copy_from_a_damaged_register_is_not_vouched_for(workspace: Standing) -> None:
    """The file is the frozen one; the register that says so is not as it was written."""
    (workspace.root / FOLDER / "2.1" / "tiny.txt").write_text("another text")
    result = workspace.run("verify", f"{FOLDER}/2.0/tiny.html")
    assert result.code == 1
    assert "[register-damaged]" in result.stderr


def test_a_changed_copy_is_told_with_the_first_words_that_differ(
    workspace: Standing, tmp_path: Path
) -> None:
    page = (workspace.root / FOLDER / "2.1" / "tiny.html").read_text("utf-8")
    copy = tmp_path / "copy.html"
    copy.write_text(page.replace("three days", "thirty days"), "utf-8")
    result = workspace.run("verify", str(copy))
    assert result.code == 1
    first, *notes = result.stdout.splitlines()
    assert first.startswith(
        f"{copy}: it says that it is Oak Lane School’s Keys to the school, version 2.1, content code "
    )
    assert first.endswith(", but its bytes differ from the approved copy")
    assert notes[1:] == [
        "  tiny.html has: 2.1 A lost key is reported to the Headteacher within three days.",
        "  it has: 2.1 A lost key is reported to the Headteacher within thirty days.",
    ]


def test_a_change_that_nobody_sees_is_a_change(workspace: Standing, tmp_path: Path) -> None:
    copy = tmp_path / "copy.html"
    copy.write_bytes((workspace.root / FOLDER / "2.1" / "tiny.html").read_bytes() + b"<!-- -->")
    result = workspace.run("verify", str(copy))
    assert result.code == 1
    assert result.stdout.endswith(
        "  its words are those of tiny.html; what differs is not in the text\n"
    )


def test_a_version_that_no_register_has_is_unknown(workspace: Standing, tmp_path: Path) -> None:
    page = (workspace.root / FOLDER / "2.1" / "tiny.html").read_text("utf-8")
    copy = tmp_path / "copy.html"
    said = page.replace(
        "&quot;version&quot;: &quot;2.1&quot;", "&quot;version&quot;: &quot;9.0&quot;"
    )
    copy.write_text(said, "utf-8")
    result = workspace.run("verify", str(copy))
    assert result.code == 1
    assert (
        "unknown: it says that it is Oak Lane School’s Keys to the school, version 9.0"
        in result.stdout
    )


@pytest.mark.parametrize(
    "content", [b"words", b"%PDF-1.7 broken", b"<html><title>Lunch</title></html>", b""]
)
def test_what_does_not_say_what_it_is_is_unknown(
    workspace: Standing, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "file").write_bytes(content)
    result = workspace.run("verify", str(tmp_path / "file"))
    assert result.code == 1
    assert result.stdout.endswith(
        "unknown: no register here has it, and it does not say what it is\n"
    )


@pytest.mark.slow
def test_pdfs_are_told_apart(tmp_path: Path) -> None:
    """An approved PDF, the same with a byte more, and a draft, approved later with that very content."""
    workspace = three_versions(tmp_path, pdf=True)
    workspace.put(ADOPTION, workspace.read(ADOPTION).replace('version: "2.1"', 'version: "2.2"'))
    assert workspace.run("build").code == 0
    approved = workspace.root / FOLDER / "2.1" / "tiny.pdf"
    longer = tmp_path / "longer.pdf"
    longer.write_bytes(approved.read_bytes() + b"\n")
    result = workspace.run(
        "verify", "--format", "json", str(approved), str(longer), "output/drafts/oak/tiny/tiny.pdf"
    )
    one, two, draft = json.loads(result.stdout)["files"]
    assert result.code == 1
    assert (one["standing"], one["frozen"]["version"], one["frozen"]["superseded_by"]) == (
        "approved",
        "2.1",
        "2.1.1",
    )
    assert (two["standing"], two["notes"][-1]) == (
        "changed",
        "its words are those of tiny.pdf; what differs is not in the text",
    )
    assert draft["standing"] == "draft"
    assert (
        "a draft of Oak Lane School’s Keys to the school, version 2.2, content code"
        in draft["says"]
    )
    assert draft["notes"][0].startswith(
        "version 2.1 of Keys to the school has this content: approved 3 March 2027"
    )


def test_the_name_of_a_school_may_hold_anything(tmp_path: Path) -> None:
    """A copy is told by what it says, whatever signs the names hold."""
    school = (
        Workspace(tmp_path)
        .text(SCHOOL)
        .replace("name: Oak Lane School\n", "name: 'Oak, version 1, of <Lane>'\n", 1)
    )
    workspace = standing(Workspace(tmp_path).with_files({SCHOOL: school}))
    freeze(workspace.root, "2.0", "2026-11-12", minute="19.2")
    page = workspace.root / FOLDER / "2.0" / "tiny.html"
    (tmp_path / "copy.html").write_bytes(page.read_bytes() + b" ")
    assert "but its bytes differ" in workspace.run("verify", str(tmp_path / "copy.html")).stdout


# --- reading copies ---------------------------------------------------------------------------------------------------


def test_where_lines_break_is_no_difference() -> None:
    assert first_difference(["a b", "c"], ["a", "b c"]) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["a b", "c d"], ["a b", "c e"], ("c d", "c e")),
        (["a b"], ["a b", "c"], ("", "c")),
        (["a", "b"], ["a"], ("b", "")),
    ],
)
def test_the_first_lines_that_differ_are_given(
    one: list[str], other: list[str], expected: tuple[str, str]
) -> None:
    assert first_difference(one, other) == expected


def test_what_a_reader_does_not_see_is_no_text() -> None:
    copy = read_copy(
        b"<!DOCTYPE html><html><head><title>T</title><style>p {}</style><script>x</script>"
        b'<meta name="description" content="Keys, version 1.0, of Oak"></head><body><p>One <b>two</b></p><p>three</body>'
    )
    assert copy is not None
    assert (copy.title, copy.lines) == ("T", ("One two", "three"))
    assert copy.imprint is not None
    assert (copy.imprint.title, copy.imprint.version, copy.imprint.school_name) == (
        "Keys",
        "1.0",
        "Oak",
    )


@pytest.mark.parametrize("name", ["document.json", "version.json"])
@pytest.mark.parametrize(
    "command",
    [
        ["check", "oak"],
        ["build", "oak"],
        ["diff", "oak/tiny"],
        ["diff", "oak/tiny@2.0", "oak/tiny@2.1"],
        ["pack", "oak/tiny"],
        ["release", "oak/tiny", "--details"],
        ["fleet", "--clause", "report-loss"],
        ["sign", "status", "oak"],
    ],
    ids=" ".join,
)
def test_nothing_is_compared_with_a_version_that_is_not_as_it_was_registered(
    tmp_path: Path, command: list[str], name: str
) -> None:
    """Who changes a frozen document changes nothing that a board is shown: every command refuses it by its digest."""
    root = two_versions(tmp_path)
    path = root / "schools/oak/register/tiny/2.1" / name
    path.write_text(f"{path.read_text()} ")
    result = run_in(root, *command, "--as-of", "2026-11-20")
    assert result.code == 1, result
    assert "these are not the bytes that were registered  [register-damaged]" in result.stderr
    assert f"tiny/2.1/{name}" in result.stderr
