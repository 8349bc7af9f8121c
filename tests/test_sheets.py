"""The sheets of approved versions: made by the real program with the real renderer, and judged by real validators."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import segno

from tests.support.browser import axe_violations, open_browser_page
from tests.support.example import ROOT
from tests.support.nu import check_html
from tests.support.register import freeze
from tests.support.standing import Standing, standing
from tests.support.workspace import AS_OF, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL.Image import Image

pytestmark = pytest.mark.slow

STAFF = ("elm-grove", "staff-acceptable-use")
FAMILIES = ("oakfield-infants", "online-safety")
EXPECTED = {
    STAFF: {"agreement-roster", "agreement-slips", "laptop-recipients"},
    FAMILIES: {
        "staff-agreement-roster",
        "staff-agreement-slips",
        "promises-youngest-classes",
        "image-consent-returns",
    },
}
PUPILS = [("Owls", "Amara O"), ("Owls", "Ben"), ("Wrens", "Chloë T."), ("Wrens", "Dev P")]
ADDRESS = "https://www.elmgrove.example/policies/staff-acceptable-use/2.0/"
PIXELS = 8
"""Of the picture for each point of the page."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """Two schools of the examples, each with one approved policy and its sheets."""
    root = tmp_path_factory.mktemp("examples")
    shutil.copytree(ROOT / "templates", root / "templates")
    for school, policy in EXPECTED:
        shutil.copytree(ROOT / "schools" / school, root / "schools" / school)
        shutil.rmtree(root / "schools" / school / "register", ignore_errors=True)
        freeze(root, "2.0", "2026-11-12", minute="19.2", school=school, policy=policy)
    workspace = Standing(root)
    lines = [f"{group},{name}\n" for group, name in PUPILS]
    workspace.put(f"schools/{FAMILIES[0]}/pupils.csv", "class,name\n" + "".join(lines))
    for school, policy in EXPECTED:
        result = workspace.run("sign", "sheet", f"{school}/{policy}", "--as-of", AS_OF)
        assert (result.code, result.stderr) == (0, "")
    return workspace


def folder(workspace: Standing, school: str, policy: str) -> Path:
    return workspace.root / "output" / "packs" / school / policy / "sheets-2.0"


def pdf_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return " ".join("\n".join(page.get_textpage().get_text_bounded() for page in pdf).split())


def test_each_form_gets_the_sheets_of_those_who_sign_it(made: Standing) -> None:
    """As HTML and PDF, with a manifest; on each the version, the approval and the content code."""
    for (school, policy), names in EXPECTED.items():
        where = folder(made, school, policy)
        manifest = json.loads((where / "manifest.json").read_text("utf-8"))
        for_staff = any(name.endswith("-roster") for name in names)
        lists = {"signatures.csv", "signatures.xlsx"} if for_staff else set()
        assert {each.name for each in where.iterdir()} == {
            f"{name}.{kind}" for name in names for kind in ("html", "pdf")
        } | {"manifest.json"} | lists
        assert (manifest["status"], manifest["version"]) == ("approved", "2.0")
        for name in names:
            for said in (
                pdf_text(where / f"{name}.pdf"),
                (where / f"{name}.html").read_text("utf-8"),
            ):
                assert manifest["content"]["code"] in said, name
                assert "Approved 12 November 2026, minute 19.2" in said, name
                assert not re.search(r"\b[Dd]raft\b", said.partition("</head>")[2] or said), name


def test_rosters_list_staff_and_class_lists_pupils(made: Standing) -> None:
    """Everybody who has to sign once in the roster and once on a slip; each class on a page of its own."""
    where = folder(made, *STAFF)
    roster, slips = (
        pdf_text(where / "agreement-roster.pdf"),
        pdf_text(where / "agreement-slips.pdf"),
    )
    names = [
        line.split(",")[0] for line in made.read("schools/elm-grove/staff.csv").splitlines()[1:]
    ]
    leavers = [
        line.split(",")[0]
        for line in made.read("schools/elm-grove/staff.csv").splitlines()[1:]
        if line[-1] != ","
    ]
    for name in set(names) - set(leavers):
        first = name.split("-")[0]
        assert first in roster, name
        assert first in slips, name
    assert [name for name in leavers if name in roster] == []
    assert f"{len(names) - len(leavers)} staff listed; returned" in roster
    with pypdfium2.PdfDocument(folder(made, *FAMILIES) / "promises-youngest-classes.pdf") as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    for group in ("Owls", "Wrens"):
        here = next(page for page in pages if f"Class {group}" in page)
        assert all((name in here) == (own == group) for own, name in PUPILS)
        assert "Signature of\r\nparent or carer" in here or "parent or" in here


def test_consent_is_asked_apart(made: Standing) -> None:
    """The list of returns asks no signature and no decision of a family."""
    page = (folder(made, *FAMILIES) / "image-consent-returns.html").read_text("utf-8")
    assert "Signature" not in page
    assert "What a family has decided stands on its own form" in page


def test_the_qr_codes_lead_to_the_version(made: Standing) -> None:
    """What is printed is, module for module, the code of the address that stands beside it."""
    expected = [list(map(bool, row)) for row in segno.make(ADDRESS, error="m", micro=False).matrix]
    for sheet in ("agreement-roster", "agreement-slips", "laptop-recipients"):
        path = folder(made, *STAFF) / f"{sheet}.pdf"
        assert ADDRESS.replace("-", "") in re.sub(r"[\s\-\ufffe\x02]", "", pdf_text(path)), sheet
        with pypdfium2.PdfDocument(path) as pdf:
            page = pdf[0]
            picture = page.render(scale=PIXELS, grayscale=True).to_pil()
            [box, *_] = list(figures(page))
        assert modules(picture, box, len(expected)) == expected, sheet
    page = (folder(made, *STAFF) / "agreement-roster.html").read_text("utf-8")
    assert f'alt="QR code that leads to {ADDRESS}"' in page


def figures(page: pypdfium2.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    """The boxes of the square drawings of black on white on a page: left, top, right, bottom, in points from its top."""
    height = page.get_height()
    found = []
    for each in page.get_objects(max_depth=6):
        left, bottom, right, top = each.get_bounds()
        if 40 < right - left < 90 and abs((right - left) - (top - bottom)) < 0.6:
            found.append((left, height - top, right, height - bottom))
    yield from sorted(found, key=lambda box: (box[1], box[2] - box[0]))


def modules(picture: Image, box: tuple[float, float, float, float], count: int) -> list[list[bool]]:
    """The dark modules within the dark part of a box."""
    dark = picture.crop(tuple(round(edge * PIXELS) for edge in box)).point(
        lambda tone: 255 * (tone < 128), "1"
    )  # type: ignore[arg-type]
    code = dark.crop(dark.getbbox())
    step = code.width / count
    return [
        [bool(code.getpixel((int((x + 0.5) * step), int((y + 0.5) * step)))) for x in range(count)]
        for y in range(count)
    ]


def test_without_a_website_there_is_no_code(tmp_path: Path) -> None:
    """The command says so; the sheets are made all the same."""
    workspace = standing(Workspace(tmp_path))
    freeze(workspace.root, "2.0", "2026-11-12", minute="19.2")
    result = workspace.run("sign", "sheet", "oak/tiny", "--version", "2.0", "--as-of", AS_OF)
    assert "The sheets have no QR code: school.yaml gives no `website`." in result.stdout
    page = (folder(workspace, "oak", "tiny") / "receipt-roster.html").read_text("utf-8")
    assert "Ann Lee" in page
    assert "QR" not in page


def test_who_signed_is_not_asked_again(tmp_path: Path) -> None:
    """A new sheet lists the others only, and says how many need not sign."""
    workspace = standing(Workspace(tmp_path))
    freeze(workspace.root, "2.0", "2026-11-12", minute="19.2")
    workspace.put("list.csv", "name,date\nAnn Lee,2026-11-13\n")
    assert (
        workspace.run(
            "sign", "record", "oak/tiny", "list.csv", "--version", "2.0", "--as-of", AS_OF
        ).code
        == 0
    )
    result = workspace.run("sign", "sheet", "oak/tiny", "--as-of", AS_OF)
    assert "  receipt: 1 member of staff to sign, 1 need not\n" in result.stdout
    roster = pdf_text(folder(workspace, "oak", "tiny") / "receipt-roster.pdf")
    assert ("Joe Birch" in roster, "Ann Lee" in roster) == (True, False)
    assert "1 staff listed; 1 not listed, who need not sign again; returned" in roster


def test_a_build_leaves_sheets_alone_and_people_out_of_everything_else(made: Standing) -> None:
    """A full build of the workspace keeps them; nobody's name stands in drafts or on the site."""
    workspace = made
    before = {path: path.read_bytes() for path in (workspace.root / "output").rglob("sheets-2.0/*")}
    assert before
    file = "name,role,form,date\nVic Unlikely-Surname,supply teacher,staff-agreement,2026-11-13\n"
    workspace.put("list.csv", file)
    command = [
        "sign",
        "record",
        "/".join(FAMILIES),
        "list.csv",
        "--version",
        "2.0",
        "--as-of",
        AS_OF,
    ]
    assert workspace.run(*command).code == 0
    result = workspace.run("build", "--as-of", AS_OF)
    assert result.code == 0, result.stderr
    assert {path: path.read_bytes() for path in before} == before
    private = ["Unlikely-Surname", "Amara O", "Maureen D’Souza"]
    others = [
        path
        for path in (workspace.root / "output").rglob("*.*")
        if path.is_file() and "packs" not in path.parts
    ]
    assert others
    for path in others:
        said = pdf_text(path) if path.suffix == ".pdf" else path.read_text("utf-8")
        assert [name for name in private if name in said] == [], path


# --- validators -------------------------------------------------------------------------------------------------------


def test_the_nu_checker_finds_nothing(made: Standing) -> None:
    """Every sheet is valid HTML."""
    pages = sorted((made.root / "output").rglob("sheets-2.0/*.html"))
    assert len(pages) == sum(map(len, EXPECTED.values()))
    assert [str(each) for each in check_html(pages)] == []


def test_axe_finds_nothing_and_nothing_is_fetched(made: Standing) -> None:
    """WCAG 2.2 AA by axe-core in a real browser, at phone and desktop widths, light and dark; no sideways scroll."""
    for (school, policy), names in EXPECTED.items():
        assert names
        for name in sorted(names):
            for width, scheme in ((320, "dark"), (1280, "light")):
                with open_browser_page(width=width, height=800) as quiet:
                    quiet.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                    quiet.page.goto((folder(made, school, policy) / f"{name}.html").as_uri())
                    assert [str(each) for each in axe_violations(quiet.page)] == [], name
                    assert quiet.refused == []
                    scroll = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                    assert quiet.page.evaluate(scroll) <= 0, name
