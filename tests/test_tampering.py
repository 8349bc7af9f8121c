"""`policygen verify` finds everything: each way to tamper with each file of registers, editions, websites and bundles.

What it cannot find, because somebody with access to everything made it all anew, is done here too, and found by a code
that was noted elsewhere.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.project.verify import verify_registers
from policygen.site.school import with_manifest
from tests.support import editions
from tests.support.register import freeze, record_signatures, sign_minutes
from tests.support.scenes import CIRCULAR, LOST, done, edit
from tests.support.workspace import ADOPTION, TEMPLATE, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GUARDED = (
    "schools/oak/register",
    "templates/tiny/editions",
    "output/site",
    "output/packs/editions",
)
"""Where everything is as it was written, or `verify` says so."""
BUNDLE = "output/packs/editions/tiny/2026.2/tiny-2026.2.zip"
ADDED = ("page.html", "words.txt", "feed.xml", "run.js", "style.css", "logo.svg", "scan.PDF")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of two versions, two editions with what announces the second, and both websites."""
    root = tmp_path_factory.mktemp("tampering") / "made"
    Workspace(root).with_change(TEMPLATE, "guidance:", CIRCULAR).write()
    editions.freeze(root, "tiny", "2026.1")
    freeze(root, "2.0", "2026-03-12", minute="19.2", minutes="draft")
    sign_minutes(root, "2.0", "19.2", "2026-04-03")
    edit(root, LOST, "each term", "each half term")
    note = {"clauses": ["count"], "class": "material", "must": True, "reason": "So"}
    editions.freeze(
        root,
        "tiny",
        "2026.2",
        previous="2026.1",
        previous_digest=digest_of(root, "2026.1"),
        changes=[note],
        issued="2026-09-10",
    )
    edit(root, ADOPTION, 'edition: "2026.1"\nversion: "2.0"', 'edition: "2026.2"\nversion: "2.1"')
    freeze(root, "2.1", "2026-10-12", minute="21.4", minutes="draft", reason="Half a term")
    signed = (
        "name,role,form,date,state,how,note\nAnn Lee,Headteacher,receipt,2026-11-10,signed,paper,\n"
    )
    record_signatures(root, "2.1", signed)
    done(root, "announce", "tiny@2026.2")
    done(root, "site")
    assert verify_registers(root, ()).diagnostics == ()
    return root


def digest_of(root: Path, edition: str) -> str:
    """The digest in the record of an edition."""
    text = (root / f"templates/tiny/editions/{edition}/edition.yaml").read_text()
    return next(line for line in text.split("\n") if line.startswith("digest: "))[8:].strip("\"'")


def guarded(root: Path) -> list[str]:
    """Every file that is guarded, by path."""
    found = (path for folder in GUARDED for path in sorted((root / folder).rglob("*")))
    return [path.relative_to(root).as_posix() for path in found if path.is_file()]


def told(root: Path) -> list[str]:
    """The paths of all that is wrong, by `verify`."""
    return [each.place.path for each in verify_registers(root, ()).diagnostics if each.place]


def changes(root: Path, path: str, others: list[str]) -> Iterator[str]:
    """Each way to tamper with a file; it is done while the caller looks, and undone after that."""
    file = root / path
    content = file.read_bytes()
    at = len(content) // 2
    file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    yield "changed"
    alike = (each for each in others if Path(each).suffix == file.suffix)
    other = next((each for each in alike if (root / each).read_bytes() != content), "")
    if other:
        file.write_bytes((root / other).read_bytes())
        yield f"swapped for {other}"
    file.unlink()
    yield "removed"
    elsewhere = root.parent / "elsewhere"
    elsewhere.write_bytes(content)
    file.symlink_to(elsewhere)
    yield "link"
    file.unlink()
    twin = file.with_name(file.name.swapcase())
    twin.write_bytes(content)
    yield "in other letters"
    twin.unlink()
    file.write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("folder", GUARDED)
def test_whatever_is_done_to_a_file_is_found(made: Path, folder: str) -> None:
    files = guarded(made)
    assert len(files) > 40
    missed = []
    for path in (each for each in files if each.startswith(folder)):
        missed += [(path, how) for how in changes(made, path, files) if not told(made)]
    assert not missed, "\n".join(map(str, missed))
    assert not told(made)


@pytest.mark.slow
def test_whatever_is_put_in_is_found(made: Path) -> None:
    """In each folder: a text, feed, script, style, picture, with its ending in other letters too; a link to a folder."""
    folders = sorted({Path(path).parent for path in guarded(made)})
    elsewhere = made.parent / "folder"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "page.html").write_text("words")
    missed = []
    for folder in folders:
        for name in (*ADDED, "more"):
            new = made / folder / name
            if new.exists():
                continue
            if name == "more":
                new.symlink_to(elsewhere, target_is_directory=True)
            else:
                new.write_text("words")
            if not told(made):
                missed.append((folder.as_posix(), name))
            new.unlink()
    assert not missed


@pytest.mark.slow
def test_a_folder_that_leads_elsewhere_is_found(made: Path) -> None:
    """Though it holds the very same bytes there, for the time being."""
    folders = {parent for path in guarded(made) for parent in Path(path).parents}
    below = [each for each in sorted(folders) if each.as_posix().startswith(GUARDED)]
    missed = []
    for folder in below:
        elsewhere = made.parent / "moved"
        (made / folder).rename(elsewhere)
        (made / folder).symlink_to(elsewhere, target_is_directory=True)
        if not told(made):
            missed.append(folder.as_posix())
        (made / folder).unlink()
        elsewhere.rename(made / folder)
    assert not missed


# --- what was changed together with the manifest that lists it --------------------------------------------------------

SHOWN = "output/site/oak/policies"


def _exchange(site: Path, path: str, content: bytes, **said: str) -> None:
    """Put other bytes at a path of the website, and into its manifest all that fits them."""
    (site / path).write_bytes(content)
    manifest = json.loads((site / "manifest.json").read_text())
    fits = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    manifest["outputs"][path] |= fits | said
    (site / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


@pytest.fixture(scope="module")
def website(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with its output, to be changed and put back."""
    return shutil.copytree(made, tmp_path_factory.mktemp("website") / "made")


@pytest.mark.parametrize("path", ["tiny/index.html", "tiny/2.1/index.html", "tiny/fragment.html"])
@pytest.mark.parametrize("with_source", [True, False])
def test_an_old_page_in_place_of_the_current_one_is_found(
    website: Path, path: str, *, with_source: bool
) -> None:
    """The manifest is made to fit, as it was when the old one was current, or with the source of the new one."""
    site = website / SHOWN
    before = {name: (site / name).read_bytes() for name in (path, "manifest.json")}
    listed = json.loads(before["manifest.json"])["outputs"]
    old = (site / "tiny/2.0/index.html").read_bytes()
    if path.endswith("fragment.html"):
        old = before[path].replace(b"half term", b"term")
    said = {"register": listed["tiny/2.0/index.html"]["register"]} if with_source else {}
    _exchange(site, path, old, **said)
    assert old != before[path]
    assert f"{SHOWN}/{path}" in told(website)
    for name, content in before.items():
        (site / name).write_bytes(content)
    assert told(website) == []


def test_a_word_changed_in_a_page_and_its_manifest_is_found(website: Path) -> None:
    """On every page that shows a frozen one, those of forms among them."""
    site = website / SHOWN
    listing = (site / "manifest.json").read_bytes()
    showing = [name for name, said in json.loads(listing)["outputs"].items() if "register" in said]
    assert len(showing) > 5
    for name in showing:
        before = (site / name).read_bytes()
        _exchange(site, name, before.replace(b" key", b" bee"))
        assert told(website) == [f"{SHOWN}/{name}"]
        (site / name).write_bytes(before)
        (site / "manifest.json").write_bytes(listing)


OF_PAGE = ("outputs", "tiny/2.1/index.html")


@pytest.mark.parametrize(
    ("keys", "value", "gone"),
    [
        (("outputs",), ["x"], False),
        (OF_PAGE, "x", False),
        ((*OF_PAGE, "register"), ["x"], False),
        ((*OF_PAGE, "sha256"), None, False),
        (("outputs", "a\x1b\ud800"), {"sha256": ""}, False),
        ((*OF_PAGE, "register"), "", True),
        ((*OF_PAGE, "register"), ("outputs", "tiny/2.0/index.html", "register"), False),
        (("outputs", "404.html", "register"), (*OF_PAGE, "register"), False),
        (("school",), "elm", False),
    ],
)
def test_a_manifest_of_another_shape_or_with_other_sources_is_found(
    website: Path, keys: tuple[str, ...], value: object, *, gone: bool
) -> None:
    """`value` may be the keys of what stands elsewhere in it; with `gone` what is there goes."""
    path = website / SHOWN / "manifest.json"
    before = path.read_bytes()
    manifest = json.loads(before)
    if isinstance(value, tuple):
        value = functools.reduce(dict.__getitem__, value, manifest)
    *inner, last = keys
    changed = functools.reduce(dict.__getitem__, inner, manifest)
    changed.pop(last, None)
    if not gone:
        changed[last] = value
    path.write_text(json.dumps(manifest, ensure_ascii=last != "404.html", indent=1) + "\n")
    assert told(website) == [f"{SHOWN}/manifest.json"]
    path.write_bytes(before)


def test_what_lies_beside_a_manifest_that_cannot_be_read_is_verified_all_the_same(
    website: Path,
) -> None:
    site = website / SHOWN
    before = {name: (site / name).read_bytes() for name in ("manifest.json", "tiny/index.html")}
    (site / "manifest.json").write_bytes(b"[" * 200_000)
    (site / "tiny/index.html").write_bytes(b"<p>Another policy")
    assert told(website) == [f"{SHOWN}/manifest.json", f"{SHOWN}/tiny/index.html"]
    for name, content in before.items():
        (site / name).write_bytes(content)


def test_a_manifest_stands_where_the_website_has_one_and_names_who_issues(website: Path) -> None:
    """However well it fits the files beside it."""
    issuers = website / "output/site/issuers"
    (own,) = issuers.glob("*/manifest.json")
    before = own.read_bytes()
    said = json.loads(before)
    for other in ({**said, "issuer": "Evil Council"}, {**said, "issuer": None}):
        own.write_text(json.dumps(other, indent=1) + "\n")
        assert told(website) == [own.relative_to(website).as_posix()]
    own.write_bytes(before)
    for folder in ("output/site", f"{SHOWN}/tiny", "output/site/issuers/evil/2"):
        new = website / folder / "manifest.json"
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(with_manifest({"issuer": "Evil"}, {}, {})["manifest.json"])
        assert told(website) == [new.relative_to(website).as_posix()]
        new.unlink()


@pytest.mark.parametrize("version", ["2.0", "2.1"])
@pytest.mark.parametrize("tag", ["<!-- {} -->", "<script>{}</script>", "<template>{}</template>"])
def test_words_that_no_reader_sees_are_not_those_of_a_page(
    website: Path, version: str, tag: str
) -> None:
    """Of a version in force, and of one whose page says how it ended; and words may stand between those of a page."""
    path = f"tiny/{version}/index.html"
    before = {name: (website / SHOWN / name).read_bytes() for name in (path, "manifest.json")}
    page = before[path].decode()
    start, end = page.index("<body"), page.index("</body>")
    hidden = page[:start] + tag.format(page[start:end]) + "<p>Keys are for all." + page[end:]
    of_status = '>Status</span> <span class="said">'
    between = [page.replace(words, words + tag.format("")) for words in ("</h2>", of_status)]
    for change in (hidden, *between):
        assert change != page
        _exchange(website / SHOWN, path, change.encode())
        assert told(website) == [f"{SHOWN}/{path}"]
    for name, content in before.items():
        (website / SHOWN / name).write_bytes(content)


@pytest.mark.parametrize(
    "path", [f"{SHOWN}/manifest.json", BUNDLE.replace(BUNDLE[-15:], "manifest.json")]
)
def test_a_manifest_says_nothing_else(website: Path, path: str) -> None:
    before = (website / path).read_bytes()
    for change in (
        before.replace(b'"bytes": ', b'"bytes": 1', 1),
        before.replace(b"{", b'{"and": 1,', 1),
        before.replace(b'"manifest": 1', b'"manifest": 2'),
        before[:-1],
    ):
        (website / path).write_bytes(change)
        assert told(website) == [path]
    (website / path).write_bytes(before)


def test_a_website_that_is_behind_is_told(website: Path) -> None:
    """It may be just what the school wants, so nothing is wrong with it."""
    site = website.parent / "behind"
    shutil.copytree(website, site)
    done(site, "site", "oak", "--as-of", "2026-05-01")
    result = run_in(site, "verify")
    assert (result.code, result.stderr) == (0, "")
    assert (
        "does not show version 2.1 of oak/tiny; `policygen site oak` would show it" in result.stdout
    )


# --- bundles that are handed in ---------------------------------------------------------------------------------------


def _damaged(content: bytes) -> bytes:
    at = content.index(b"lost key")
    return content[:at] + b"L" + content[at + 1 :]


def _packed_again(content: bytes, **instead: bytes) -> bytes:
    """With other bytes for some pages, and digests that fit them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        files = {name: old.read(name) for name in old.namelist()}
        for page, other in instead.items():
            before, after = (
                hashlib.sha256(each).hexdigest().encode() for each in (files[f"{page}.html"], other)
            )
            files["SHA256SUMS"] = files["SHA256SUMS"].replace(before, after)
            files[f"{page}.html"] = other
        for name, each in files.items():
            new.writestr(name, each)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "standing", "says"),
    [
        (lambda content: content, "published", "this is the bundle of tiny@2026.2, as published"),
        (_damaged, "changed", "it is not what was published"),
        (_packed_again, "changed", "what differs is in none of its files"),
        (lambda content: content[:-40], "unknown", "not the bundle of an edition"),
        (lambda content: content.replace(b"tiny", b"tidy"), "unknown", ""),
    ],
)
def test_a_bundle_is_known_again(
    website: Path, change: Callable[[bytes], bytes], standing: str, says: str
) -> None:
    sent = website / "sent.zip"
    sent.write_bytes(change((website / BUNDLE).read_bytes()))
    result = run_in(website, "verify", "sent.zip", "--format", "json")
    found = json.loads(result.stdout)["files"][0]
    assert (found["standing"], result.code) == (standing, int(standing != "published"))
    assert says in " ".join((found["says"], *found["notes"]))


def test_what_announces_an_edition_is_compared_or_it_is_said_that_it_was_not(
    website: Path, workspace: Path
) -> None:
    sent = website.parent / "sent.zip"
    sent.write_bytes(_packed_again((website / BUNDLE).read_bytes(), circular=b"<p>Pay here"))
    found = run_in(website, "verify", str(sent))
    assert (found.code, "`circular.html` is not the one in output/" in found.stdout) == (1, True)
    for made_here in (False, True):
        if made_here:
            (workspace / BUNDLE).parent.mkdir(parents=True)
            (workspace / BUNDLE).write_bytes(b"damaged")
        found = run_in(workspace, "verify", str(sent))
        assert "its circular and redline were compared with nothing: `policygen ann" in found.stdout
        assert "with the edition tiny@2026.2 as it was published" in found.stdout


def test_a_bundle_of_an_edition_made_anew_is_not_the_one_that_was_published(
    workspace: Path, made: Path
) -> None:
    """Whichever of both was made anew, and though each fits all of its own digests."""
    _edition_anew(workspace, "2026.2", "A lost key", "Any lost key")
    result = run_in(workspace, "verify", str(made / BUNDLE))
    assert "it is not what was published" in result.stdout
    assert "`sections/lost-keys.md` is not that of the edition here" in result.stdout


# --- what was made anew with all its digests --------------------------------------------------------------------------


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    root = shutil.copytree(made, tmp_path / "workspace")
    shutil.rmtree(root / "output")
    return root


def _edition_anew(root: Path, edition: str, old: str, new: str) -> None:
    folder = root / "templates/tiny/editions" / edition
    section = folder / "sections/lost-keys.md"
    section.write_text(section.read_text().replace(old, new))
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "edition.yaml"
    }
    editions.write_edition(root, "tiny", edition, files)


def test_an_edition_made_anew_is_found_by_what_was_made_from_it_and_follows_it(
    workspace: Path,
) -> None:
    _edition_anew(workspace, "2026.1", "A lost key", "Any lost key")
    says = " ".join(each.message for each in verify_registers(workspace, ()).diagnostics)
    assert "not the edition that version 2.0 of oak/tiny was made from" in says
    assert "not the edition that `tiny@2026.2` names" in says


def test_an_edition_that_is_gone_is_missed_by_what_was_made_from_it(workspace: Path) -> None:
    shutil.rmtree(workspace / "templates/tiny/editions/2026.1")
    assert told(workspace) == ["templates/tiny/editions/2026.1/edition.yaml"]


def test_an_edition_that_nobody_adopted_is_found_by_the_code_that_was_noted(
    workspace: Path,
) -> None:
    """The insider who writes everything anew leaves no trace here; that is what the code is for."""
    shutil.rmtree(workspace / "schools/oak/register")
    noted = digest_of(workspace, "2026.2")[:8]
    assert run_in(workspace, "verify", "--expect", noted).code == 0
    _edition_anew(workspace, "2026.2", "A lost key", "Any lost key")
    assert run_in(workspace, "verify").code == 0
    result = run_in(workspace, "verify", "--expect", noted)
    assert (result.code, "[register-missing]" in result.stderr) == (1, True)


def test_several_codes_are_noted_in_one_line(workspace: Path) -> None:
    """Of a school with several registers each has a code, so a register that is gone is missed, and so is a school."""
    shutil.copytree(workspace / "schools/oak", workspace / "schools/elm")
    shutil.rmtree(workspace / "schools/elm/register")
    edit(workspace, "schools/elm/school.yaml", "name: Oak Lane School", "name: Elm Grove School")
    freeze(workspace, "2.0", "2026-11-12", minute="3", school="elm")
    plain = json.loads(run_in(workspace, "verify", "--format", "json").stdout)
    codes = [each["code"] for each in (*plain["registers"], *plain["editions"])]
    assert len(codes) == 2 + 2
    assert run_in(workspace, "verify", "--expect", " ".join(codes)).code == 0
    noted = ", ".join(codes).replace("-", " ").upper()
    for gone in ("schools/oak/register/tiny", "schools/elm"):
        (workspace / gone).rename(workspace.parent / "gone")
        assert run_in(workspace, "verify").code == 0
        result = run_in(workspace, "verify", "--expect", noted)
        assert (result.code, result.stderr.count("[register-missing]")) == (1, 1)
        (workspace.parent / "gone").rename(workspace / gone)


def test_content_whose_code_was_made_anew_with_it_is_found(workspace: Path) -> None:
    """Every digest is made to fit a document that says something else; its content code is worked out of its words."""
    from policygen.register.records import RegisterFile, VersionRecord, read_record, written_record

    folder = workspace / "schools/oak/register/tiny"
    document = folder / "2.1/document.json"
    changed = document.read_text().replace("lost key is reported", "lost key is not reported")
    assert changed != document.read_text()
    document.write_text(changed)
    record = read_record((folder / "2.1/version.json").read_text(), VersionRecord)
    size, sha256 = len(changed.encode()), hashlib.sha256(changed.encode()).hexdigest()
    frozen = record.files["document.json"].model_copy(update={"bytes": size, "sha256": sha256})
    files = {**record.files, "document.json": frozen}
    written = written_record(record.model_copy(update={"files": files}))
    (folder / "2.1/version.json").write_bytes(written)
    listed = read_record((folder / "register.json").read_text(), RegisterFile)
    entries = []
    for entry in listed.entries:
        if getattr(entry, "version", "") == "2.1" and entry.entry == "version":
            entry = entry.model_copy(update={"sha256": hashlib.sha256(written).hexdigest()})  # noqa: PLW2901
        entries.append(_chained(entry, entries))
    content = written_record(listed.model_copy(update={"entries": tuple(entries)}))
    (folder / "register.json").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (folder / "register.sha256").write_text(f"{digest}  register.json\n")
    found = verify_registers(workspace, ()).diagnostics
    assert [each.message.partition(", and")[0][:14] for each in found] == ["its content is"]


def _chained(entry: object, before: list[object]) -> object:
    from policygen.register.records import digest_of as digest

    previous = digest(before[-1]) if before else ""  # type: ignore[arg-type]
    return entry.model_copy(update={"previous": previous})  # type: ignore[attr-defined]
