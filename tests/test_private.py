"""What is private is in nothing that is published: words planted wherever a workspace keeps such things, and a search of every byte."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.support.register import record_signatures
from tests.support.standing import Standing, standing
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace
from tests.test_publishing import CIRCULAR

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

_DATA = re.compile(rb"data:[\w/+-]+;base64,([A-Za-z0-9+/=]+)")
_LOST = "templates/tiny/sections/lost-keys.md"
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><!-- zqdrawn --><metadata>zqmetadata</metadata><rect width="9" height="9"/></svg>"""
SCHOOLS = {
    "zqchair": "a person who is not public",
    "zqmail": "the address of one",
    "zqphone": "the telephone of one",
    "zqdeputy": "one of several who are not public",
    "zqminute": "the minute of a delegation",
    "zqremark": "a comment in school.yaml",
    "zqaside": "a comment in an adoption",
    "zqreason": "why a clause reads differently here",
    "zqstaff": "a name of a list of staff",
    "zqrole": "a role of a list of staff",
    "zqpupil": "a name of a class list",
    "zqsigner": "who signed",
    "zqguidance": "guidance to the school",
    "zqnote": "what somebody wrote beside a signature",
}
AUTHORS = {
    "zqhidden": "a comment in a section",
    "zqyaml": "a comment in template.yaml",
    "zqchanges": "a comment in changes.yaml",
    "zqdrawn": "a comment in a drawing",
    "zqmetadata": "metadata of a drawing",
    "zqcamera": "Exif of a picture",
    "zqpainter": "a note in a picture",
    "zqtrailing": "what stands behind the end of a picture",
}
PUBLIC = ("zqshown", "zqpublic")
"""An answer, and a person who is public: what is found, so that the search is known to find."""


def picture() -> bytes:
    notes = PngInfo()
    notes.add_text("Author", "zqpainter")
    noted = Image.Exif()
    noted[0x010E] = "zqcamera"
    made = io.BytesIO()
    Image.effect_noise((60, 40), 50).convert("RGB").save(made, "PNG", pnginfo=notes, exif=noted)
    return made.getvalue() + b"zqtrailing"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """A workspace in which everything private is filled in; built, approved, signed, published, packed, and its website made."""
    base = Workspace(tmp_path_factory.mktemp("zqmachine") / "workspace")
    people = """people:
  head: {name: Zqpublic Lee, public: true}
  chair: {name: Zqchair Roe, email: zqmail@oak.example, phone: "01632 zqphone"}
  deputy_dsls: [{name: Zqdeputy Poe}]
delegations:
  - {to: head, what: editorial, body: full-board, date: 2026-09-10, minute: zqminute}
# zqremark
"""
    old = "people:\n  head: {name: Ann Lee, public: true}\n"
    section = base.text(_LOST) + (
        "\n<!-- zqhidden -->\n\nThe head is {{ people.head.name }}.<!-- zqhidden too --> ![A key](images/noise.png)\n"
    )
    workspace = standing(
        base.with_change(SCHOOL, old, people)
        .with_change(ADOPTION, "in the staff room", "in the zqshown room")
        .with_change(ADOPTION, "clauses:\n", "# zqaside\nclauses:\n  report-loss: {replace: A lost key is told., reason: Zqreason}\n")
        .with_change(TEMPLATE, "guidance:", CIRCULAR)
        .with_change(TEMPLATE, "Say who may hold", "Zqguidance, say who may hold")
        .with_change(TEMPLATE, "title: Keys", "# zqyaml\ntitle: Keys")
        .with_files({
            _LOST: section,
            "templates/tiny/images/noise.png": picture(),
            "templates/tiny/images/key.svg": _SVG,
            "templates/tiny/changes.yaml": 'edition: "2026.1"\n# zqchanges\n',
            "schools/oak/logo.svg": _SVG,
            "schools/oak/staff.csv": "name,role\nZqstaff Birch,Zqrole\n",
            "schools/oak/pupils.csv": "class,name\nOak,Zqpupil B\n",
        })
    )  # fmt: skip
    ran(workspace, "publish", "tiny", "--edition", "2026.1", "--issued", "2026-09-01")
    built = ran(workspace, "build", "--workers", "1")
    code = re.search(r"\b[0-9a-f]{4}-[0-9a-f]{4}\b", ran(workspace, "pack", "oak/tiny") + built)
    assert code is not None
    said = "--version 2.0 --body committee --date 2026-11-12 --minute 19.2 --content".split()
    ran(workspace, "approve", "oak/tiny", *said, code[0])
    row = "oak,Zqsigner Birch,Teacher,receipt,2026-11-13,signed,paper,zqnote\n"
    record_signatures(
        workspace.root, "2.0", "name,role,form,date,state,how,note\n" + row.partition(",")[2]
    )
    ran(workspace, "site")
    ran(workspace, "build", "--workers", "1")
    return workspace


def ran(workspace: Standing, *arguments: str) -> str:
    result = workspace.run(*arguments)
    assert result.code == 0, result
    return result.stdout


def everything(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, and all that is packed into it, by name."""
    yield name, content
    for number, found in enumerate(_DATA.findall(content)):
        yield from everything(f"{name}, data {number}", base64.b64decode(found))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                yield from everything(f"{name}, {entry.filename}", archive.read(entry))
    if content.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for number, each in enumerate(pdf.objects):
                yield f"{name}, object {number}", _of_object(each)
        with pypdfium2.PdfDocument(content) as document:
            for page in document:
                yield f"{name}, words", page.get_textpage().get_text_bounded().encode()


def _of_object(each: pikepdf.Object) -> bytes:
    said = (
        each.unparse(resolved=False)
        if not isinstance(each, pikepdf.Stream)
        else each.stream_dict.unparse()
    )
    texts = [said, *(str(value).encode() for value in _strings(each))]
    if isinstance(each, pikepdf.Stream):
        try:
            texts.append(each.read_bytes())
        except pikepdf.PdfError:  # of pictures, whose pixels are packed in ways of their own
            texts.append(each.read_raw_bytes())
    return b"\n".join(texts)


def _strings(each: pikepdf.Object) -> Iterator[str]:
    if isinstance(each, pikepdf.String):
        yield str(each)
    if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
        for value in each.values():
            if isinstance(value, pikepdf.String):
                yield str(value)


def found(files: dict[str, bytes], words: tuple[str, ...]) -> dict[str, list[str]]:
    """Where each of some words stands, in whatever way it is written."""
    places: dict[str, list[str]] = {word: [] for word in words}
    for file, content in files.items():
        for name, text in everything(file, content):
            low = text.lower()
            for word in words:
                forms = (word.encode(), word.encode("utf-16-be"), word.encode("utf-16-le"))
                if any(form in low for form in forms) or word in name.lower():
                    places[word].append(name)
    return {word: names for word, names in places.items() if names}


def files(workspace: Standing, folder: str) -> dict[str, bytes]:
    root = workspace.root / folder
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
    assert found
    return found


def test_nothing_private_is_on_the_website(made: Standing) -> None:
    """Nor where on which machine it was made."""
    site = files(made, "output/site")
    assert {name.rpartition(".")[2] for name in site} >= {
        "html",
        "pdf",
        "txt",
        "json",
        "xml",
        "css",
        "svg",
    }
    places = found(site, (*SCHOOLS, *AUTHORS, "zqmachine"))
    # Guidance is an issuer's word to all schools, and travels with the edition.
    assert [*places] == ["zqguidance"]
    assert all(name.startswith("issuers/") for name in places["zqguidance"])


def test_nothing_private_travels_in_a_bundle(made: Standing) -> None:
    """Neither what a school keeps nor what the authors of a template said to each other; guidance is meant for schools."""
    bundles = files(made, "output/packs/editions")
    assert any(name.endswith(".zip") for name in bundles)
    private = (*SCHOOLS, *AUTHORS, "zqmachine", *PUBLIC)
    assert [*found(bundles, private)] == ["zqguidance"]


def test_the_search_finds_what_is_there(made: Standing) -> None:
    """In pages, PDFs and texts; and the private words where they belong."""
    site = files(made, "output/site")
    for word in PUBLIC:
        (places,) = found(site, (word,)).values()
        assert {name.partition(",")[0].rpartition(".")[2] for name in places} >= {
            "html",
            "pdf",
            "txt",
        }
    workspace = {**files(made, "schools"), **files(made, "templates")}
    kept = found(workspace, (*SCHOOLS, *AUTHORS))
    assert {*kept} == {*SCHOOLS, *AUTHORS} - {"zqchanges"}  # the edition has what the file said


@pytest.mark.parametrize("word", [b"zqleak"])
def test_the_search_sees_into_what_is_packed(word: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "a.html",
            b"<img src='data:image/svg+xml;base64,"
            + base64.b64encode(b"<!-- " + word + b" -->")
            + b"'>",
        )
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.docinfo["/Title"] = word.decode() + " é"
    pdf.pages[0].Contents = pdf.make_stream(b"% " + word + b"\n" * 500)
    whole = io.BytesIO()
    pdf.save(whole, compress_streams=True)
    places = found({"a.zip": packed.getvalue(), "a.pdf": whole.getvalue()}, (word.decode(),))
    assert {"a.zip, a.html, data 0", "a.pdf, object 1", "a.pdf, object 4"} <= {
        *places[word.decode()]
    }
