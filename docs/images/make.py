"""Makes the pictures of the README: `.venv/bin/python -m docs.images.make`, where the tests have been set up.

Everything on them is made for them, from the example schools: documents by policygen, pages as Chromium shows them, a
terminal with what the commands print. `made.json` says of which content, so that a test can tell when they are stale.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pypdfium2
from PIL import Image
from rich.console import CONSOLE_SVG_FORMAT, Console
from rich.text import Text

from tests.support.browser import open_browser_page
from tests.support.terminal import Terminal
from tests.test_new import take_what_is_suggested

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
AS_OF = "2026-11-12"
POLICY = "elm-grove/staff-acceptable-use"
DRAFT = "st-brigids/online-safety"
GROUND, GAP = "#d9dde0", 24
COLUMNS = 88


def main() -> None:
    """Run the commands in a copy of the examples, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("templates", "schools"):
            shutil.copytree(ROOT / name, root / name)
        codes = {name: _content_code(root, name) for name in (POLICY, DRAFT)}
        _decide(root, codes[POLICY])
        _papers(root)
        _screens(root)
        shutil.rmtree(root / "schools")
        (root / "schools").mkdir()
        _five_minutes(root)
    (HERE / "made.json").write_text(json.dumps(codes, indent=2) + "\n")


def run(root: Path, *arguments: str) -> str:
    """What a command prints."""
    program = [Path(sys.executable).with_name("policygen"), *arguments]
    done = subprocess.run(program, cwd=root, capture_output=True, check=False, encoding="utf-8")
    return done.stdout or done.stderr


def _content_code(root: Path, name: str) -> str:
    built = run(root, "build", name, "--as-of", AS_OF)
    return re.findall(r"content code (\S+)", built)[0]


def _decide(root: Path, code: str) -> None:
    """What the pictures show: a policy that was approved, on the website; another one on its way."""
    decision = ["--content", code, "--body", "full-board", "--date", AS_OF, "--minute", "19.2"]
    run(root, "approve", POLICY, "--version", "2.0", *decision, "--as-of", AS_OF)
    run(root, "site", "elm-grove", "--as-of", AS_OF)
    run(root, "pack", DRAFT, "--as-of", AS_OF)
    run(root, "diff", f"{DRAFT}@model", DRAFT, "--save", "--as-of", AS_OF)


# --- paper ------------------------------------------------------------------------------------------------------------


def _papers(root: Path) -> None:
    school, policy = POLICY.split("/")
    approved = root / "schools" / school / "register" / policy / "2.0" / f"{policy}.pdf"
    (pack,) = (root / "output/packs" / DRAFT).glob("pack-*/pack.pdf")
    with pypdfium2.PdfDocument(approved) as pdf:
        clauses, form = _found(pdf, "Safe working practice")[1], _found(pdf, "Declaration")[-1]
        _save("policy", _beside([_page(pdf, index) for index in (0, 1, clauses, form)]))
    with pypdfium2.PdfDocument(pack) as pdf:
        draft = _found(pdf, "Approval level required")[0]
        # After the cover note and before the draft: the fullest page of the changes.
        changed = [index for index in _found(pdf, "Decided by") if 0 < index < draft]
        changes = max(changed, key=lambda index: _length(pdf, index))
        _save("pack", _beside([_page(pdf, index) for index in (0, changes, draft, len(pdf) - 1)]))


def _found(pdf: pypdfium2.PdfDocument, words: str) -> list[int]:
    """The pages that hold these words."""
    texts = [page.get_textpage().get_text_bounded() for page in pdf]
    return [index for index, text in enumerate(texts) if words in " ".join(text.split())]


def _length(pdf: pypdfium2.PdfDocument, index: int) -> int:
    return len(pdf[index].get_textpage().get_text_bounded())


def _page(pdf: pypdfium2.PdfDocument, index: int) -> Image.Image:
    return pdf[index].render(scale=1.0).to_pil().convert("RGB")


def _beside(pictures: Sequence[Image.Image]) -> Image.Image:
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) + 1)
    height = max(picture.height for picture in pictures) + 2 * GAP
    sheet = Image.new("RGB", (width, height), GROUND)
    left = GAP
    for picture in pictures:
        sheet.paste(picture, (left, GAP))
        left += picture.width + GAP
    return sheet


def _save(name: str, picture: Image.Image) -> None:
    picture.save(HERE / f"{name}.webp", quality=60, method=6)


# --- screens ----------------------------------------------------------------------------------------------------------


def _screens(root: Path) -> None:
    school, policy = POLICY.split("/")
    hosted = root / "output/site" / school / "policies"
    page = hosted / policy / "index.html"
    consent = root / "output/drafts" / DRAFT / "forms"
    (redline,) = (root / "output/packs/redlines" / DRAFT).glob("*/redline.html")
    phone, desk = (390, 780), (1180, 760)
    screens = [_screen(page, phone), _screen(page, phone, "h2 >> nth=3")]
    screens.append(_screen(_consent(consent), phone, "table"))
    _save("phone", _beside(screens))
    _save("site", _beside([_screen(hosted / "index.html", desk)]))
    _save("redline", _beside([_screen(redline, desk, "ins")]))


def _consent(forms: Path) -> Path:
    """The form on which parents say yes or no."""
    return next(
        path for path in sorted(forms.glob("*.html")) if "onsent" in path.read_text("utf-8")
    )


def _screen(page: Path, size: tuple[int, int], at: str = "") -> Image.Image:
    """What a browser shows of a page, from its beginning or from an element on."""
    with open_browser_page(width=size[0], height=size[1]) as quiet:
        quiet.page.goto(page.as_uri())
        if at:
            first = quiet.page.locator(at).first
            first.evaluate("element => { element.scrollIntoView(); scrollBy(0, -160) }")
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            quiet.page.screenshot(path=file.name)
            return Image.open(file.name).convert("RGB")


# --- the terminal -----------------------------------------------------------------------------------------------------


def _five_minutes(root: Path) -> None:
    """From nothing to a draft: what is typed, and what a terminal then shows."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    policy = f"oak-lane/{POLICY.partition('/')[2]}"

    def show(command: str, printed: str) -> None:
        console.print(Text(f"$ {command}", style="bold green"))
        console.print(Text(printed.strip("\n")))
        console.print()

    name = "Oak Lane Primary School"
    show(
        f'policygen new school oak-lane --name "{name}"',
        _at_terminal(root, *"new school oak-lane --name".split(), name),
    )
    first, *_, last = _at_terminal(root, "check", "oak-lane").split("\n\n")
    show("policygen check oak-lane", f"{first}\n…\n{last}")
    (root / "schools/oak-lane/school.yaml").write_text(_facts())
    with Terminal(root, "adopt", policy, width=COLUMNS) as terminal:
        terminal.expect("Decide later")
        show(f"policygen adopt {policy}", f"{terminal.shown}\n…")
    with Terminal(root, "adopt", policy) as terminal:
        take_what_is_suggested(terminal)
    show(f"policygen build {policy}", _at_terminal(root, "build", policy))
    console.save_svg(
        str(HERE / "terminal.svg"),
        title="policygen",
        code_format=re.sub(r"@font-face {{.*?}}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL),
        unique_id="policygen",
    )


def _at_terminal(root: Path, *arguments: str) -> str:
    with Terminal(root, *arguments, width=COLUMNS) as terminal:
        terminal.end(patience=120)
        return terminal.shown


def _facts() -> str:
    """The file of the tutorial's school."""
    tutorial = (ROOT / "docs/tutorial.md").read_text("utf-8")
    return re.findall(r"```yaml schools/oak-lane/school.yaml\n(.*?)```", tutorial, re.DOTALL)[0]


if __name__ == "__main__":
    main()
