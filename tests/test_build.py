"""The whole job, on the example workspace: built by the real program with the real renderer, and judged by real validators."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from ruamel.yaml import YAML

from tests.support.browser import UNFOLD, axe_violations, open_browser_page
from tests.support.example import POLICY, ROOT, SCHOOLS
from tests.support.nu import check_html
from tests.support.validation import heard, objections_by_file

pytestmark = pytest.mark.slow

NASTY = "*x* # y | <b> {{ 7*7 }} {% raw %}\n1. z"


def workspace(folder: Path) -> Path:
    """A copy of the example workspace."""
    for name in ("templates", "schools"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command says and how it ends, without the lines that say what it is doing."""
    command = [sys.executable, "-m", "policygen", *arguments, "--workspace", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = result.stderr.splitlines(keepends=True)
    result.stderr = "".join(line for line in lines if not line.endswith(" …\n"))
    return result


def content(folder: Path) -> dict[str, bytes]:
    """Every file that a build made; what it keeps to save time is none of them."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock" and ".cache" not in path.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = workspace(tmp_path_factory.mktemp("examples"))
    result = run(folder, "build", "--as-of", "2026-11-20")
    assert (result.returncode, result.stderr) == (0, "")
    return folder


def pdf_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return "".join(page.get_textpage().get_text_bounded() for page in pdf)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_school_gets_every_product(built: Path) -> None:
    """HTML, PDF, text, each form, roster and slips; the circular once."""
    found = set(content(built / "output"))
    for school in SCHOOLS:
        drafts, packs = f"drafts/{school}/{POLICY}", f"packs/{school}/{POLICY}/sheets-draft"
        expected = {f"{drafts}/{POLICY}.{kind}" for kind in ("html", "pdf", "txt")}
        expected |= {
            f"{drafts}/forms/{form}.{kind}"
            for form in ("agreement", "laptop")
            for kind in ("html", "pdf")
        }
        expected |= {
            f"{packs}/agreement-{sheet}.{kind}"
            for sheet in ("roster", "slips")
            for kind in ("html", "pdf")
        }
        expected |= {f"{drafts}/manifest.json", f"{packs}/manifest.json"}
        assert expected <= found
    assert {f"packs/circulars/{POLICY}/2026.1/circular.{kind}" for kind in ("html", "pdf")} <= found


def test_the_same_inputs_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """In another folder, on another day, with one worker in place of several: identical, byte for byte."""
    folder = workspace(tmp_path)
    some = ("beacon-cove", "elm-grove")
    result = run(folder, "build", *some, "--as-of", "2027-01-15", "--workers", "1")
    assert result.returncode == 0, result.stderr
    again, first = (
        {
            name: held
            for name, held in content(root / "output").items()
            if name.split("/")[1] in some
        }
        for root in (folder, built)
    )
    assert again.keys() == first.keys()
    assert len(again) > 60
    assert [name for name in first if again[name] != first[name]] == []


def test_a_second_build_changes_nothing_on_disk(built: Path) -> None:
    """Files that stay the same are not touched."""
    times = {
        path: path.stat().st_mtime_ns
        for path in (built / "output" / "drafts").rglob("*")
        if path.is_file()
    }
    result = run(built, "build", "elm-grove", "--as-of", "2026-11-20")
    assert ", unchanged since it was last built" in result.stdout
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_manifests_tell_the_truth(built: Path) -> None:
    """Every output and every input stands in the manifest with its digest, and nothing else lies in the folder."""
    manifests = [*(built / "output").rglob("manifest.json")]
    assert manifests
    for manifest in manifests:
        told = json.loads(manifest.read_text(encoding="utf-8"))
        found = content(manifest.parent)
        assert set(found) == {*told["outputs"], "manifest.json"}
        for name, record in told["outputs"].items():
            assert record == {
                "bytes": len(found[name]),
                "sha256": hashlib.sha256(found[name]).hexdigest(),
            }
        assert told["inputs"]
        for name, digest in told["inputs"].items():
            assert hashlib.sha256((built / name).read_bytes()).hexdigest() == digest


def test_the_content_code_is_on_every_copy(built: Path) -> None:
    """HTML, text, every PDF page but the cover, forms and sheets carry the code of the manifest."""
    for school in SCHOOLS:
        folder = built / "output" / "drafts" / school / POLICY
        code = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["content"]["code"]
        texts = [*folder.rglob("*.html"), *folder.rglob("*.txt")]
        assert texts
        for path in texts:
            assert code in path.read_text(encoding="utf-8"), path
        for path in [
            *folder.rglob("*.pdf"),
            *(built / "output" / "packs" / school / POLICY).rglob("*.pdf"),
        ]:
            with pypdfium2.PdfDocument(path) as pdf:
                for page in pdf:
                    assert code in page.get_textpage().get_text_bounded(), path


def test_pdf_footers_count_the_pages(built: Path) -> None:
    """Each page after the cover says which page of how many it is, and the version."""
    for school in SCHOOLS:
        path = built / "output" / "drafts" / school / POLICY / f"{POLICY}.pdf"
        with pypdfium2.PdfDocument(path) as pdf:
            assert len(pdf) > 1
            for number in range(2, len(pdf) + 1):
                text = pdf[number - 1].get_textpage().get_text_bounded()
                assert f"Page{number}of{len(pdf)}" in squeezed(text)


def test_nothing_of_this_machine_is_in_an_output(built: Path) -> None:
    """No path of the workspace, no host name, no time."""
    here = str(built).encode()
    found = content(built / "output")
    assert found
    for name, data in found.items():
        assert here not in data, name
        if name.endswith(".pdf"):
            with pikepdf.open(io.BytesIO(data)) as pdf:
                info = {str(key): str(value) for key, value in pdf.docinfo.items()}
                assert not {"/CreationDate", "/ModDate"} & set(info), name


def test_staff_lists_stay_out_of_drafts(built: Path) -> None:
    """Who has to sign is in the packs only."""
    for school in SCHOOLS:
        names = [
            line.split(",")[0]
            for line in (built / "schools" / school / "staff.csv")
            .read_text("utf-8")
            .splitlines()[1:]
        ]
        people = (built / "schools" / school / "school.yaml").read_text("utf-8")
        private = [name for name in names if name not in people]
        drafts = "".join(
            path.read_text("utf-8")
            for path in (built / "output" / "drafts" / school).rglob("*.html")
        ) + pdf_text(built / "output" / "drafts" / school / POLICY / f"{POLICY}.pdf")
        assert private
        assert [name for name in private if name in drafts] == []


def test_a_nasty_value_prints_literally_in_the_pdf(tmp_path: Path) -> None:
    """The worst value we know, as a role's title and as an answer: in the PDF as it is, with every check of the PDF passed."""
    folder = workspace(tmp_path)
    yaml = YAML()
    for path, keys in (
        (folder / "schools/st-brigids/school.yaml", ("roles", "it_support")),
        (folder / f"schools/st-brigids/policies/{POLICY}.yaml", ("answers", "message_guide")),
    ):
        data = yaml.load(path)
        data[keys[0]][keys[1]] = NASTY
        yaml.dump(data, path)
    result = run(folder, "build", "st-brigids")
    assert result.returncode == 0, result.stderr
    out = folder / "output/drafts/st-brigids" / POLICY
    for text in (pdf_text(out / f"{POLICY}.pdf"), (out / f"{POLICY}.txt").read_text("utf-8")):
        assert squeezed(text).count(squeezed(NASTY)) >= 3


def test_errors_write_nothing(built: Path) -> None:
    """A mistake in one school: exit code 1, and what was built before stays, byte for byte."""
    path = built / "schools" / "elm-grove" / "school.yaml"
    before, good = content(built / "output"), path.read_bytes()
    try:
        path.write_bytes(good.replace(b"roles:", b"rolse:"))
        result = run(built, "build")
    finally:
        path.write_bytes(good)
    assert result.returncode == 1
    assert "unknown-key" in result.stderr
    assert content(built / "output") == before


# --- validators -------------------------------------------------------------------------------------------------------


def test_the_nu_checker_finds_nothing(built: Path) -> None:
    """Every HTML page is valid."""
    pages = sorted((built / "output").rglob("*.html"))
    assert len(pages) > 15
    assert [str(each) for each in check_html(pages)] == []


PAGES = (
    f"drafts/st-brigids/{POLICY}/{POLICY}.html",
    f"drafts/elm-grove/{POLICY}/{POLICY}.html",
    f"drafts/elm-grove/{POLICY}/forms/laptop.html",
    f"packs/thornwick-academy/{POLICY}/sheets-draft/agreement-roster.html",
    f"packs/elm-grove/{POLICY}/sheets-draft/agreement-slips.html",
    f"packs/circulars/{POLICY}/2026.1/circular.html",
)


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_and_nothing_is_fetched(built: Path, page: str) -> None:
    """WCAG 2.2 AA by axe-core in a real browser, at phone and desktop widths, light and dark; no request; no sideways scroll."""
    with open_browser_page() as quiet:
        for width, scheme in product((320, 1280), ("light", "dark")):
            quiet.page.set_viewport_size({"width": width, "height": 800})
            quiet.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            quiet.page.goto((built / "output" / page).as_uri())
            quiet.page.evaluate(UNFOLD)
            found = [f"{width} {scheme}: {each}" for each in axe_violations(quiet.page)]
            assert found == []
            overflow = quiet.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, (width, scheme)
        assert quiet.refused == []


def test_other_programs_find_nothing_in_any_pdf(built: Path) -> None:
    """PDF/UA-1 and PDF/A-2a by a validator that is not ours, and no words outside the structure for pdf.js."""
    pdfs = sorted((built / "output").rglob("*.pdf"))
    assert len(pdfs) > 15
    assert objections_by_file(pdfs, "ua1") == {}
    assert objections_by_file(pdfs, "2a") == {}
    assert {path: said.untagged for path, said in heard(pdfs).items() if said.untagged} == {}


@pytest.mark.skipif(
    shutil.which("verapdf") is None,
    reason="veraPDF is in no package registry; used where it is installed",
)
def test_verapdf_agrees(built: Path) -> None:
    """PDF/UA-1, by the reference validator."""
    pdfs = [str(path) for path in (built / "output").rglob("*.pdf")]
    result = subprocess.run(
        ["verapdf", "--flavour", "ua1", "--format", "text", *pdfs],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "FAIL" not in result.stdout
