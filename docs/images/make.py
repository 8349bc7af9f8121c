"""Makes the pictures of the README from the built examples: `.venv/bin/python docs/images/make.py` after a build."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "output/drafts/elm-grove/staff-acceptable-use/staff-acceptable-use.pdf"
PAGES = (1, 3, 6, 20)
GAP, SCALE = 24, 1.0


def main() -> None:
    """Four pages side by side, on grey."""
    with pypdfium2.PdfDocument(POLICY) as pdf:
        pages = [pdf[number - 1].render(scale=SCALE).to_pil().convert("RGB") for number in PAGES]
    width = sum(page.width for page in pages) + GAP * (len(pages) + 1)
    sheet = Image.new("RGB", (width, pages[0].height + 2 * GAP), "#d9dde0")
    left = GAP
    for page in pages:
        sheet.paste(page, (left, GAP))
        left += page.width + GAP
    sheet.quantize(64).save(Path(__file__).with_name("pages.png"), optimize=True)


if __name__ == "__main__":
    main()
