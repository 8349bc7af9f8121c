"""The README shows what policygen makes: pictures that are there, small, said in words, and of today's content."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from docs.images.make import AS_OF, DRAFT, POLICY
from policygen.compose.compose import image_bytes
from policygen.compose.digest import content_code, content_digest
from policygen.project.check import Selection, check

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
SHOWN = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))


def test_every_picture_is_said_in_words_and_is_small() -> None:
    """So that whoever does not see it knows what it shows, and whoever has a slow line does not wait."""
    assert SHOWN
    for words, path in SHOWN:
        assert len(words.split()) > 10, path
        assert (ROOT / path).stat().st_size < 150_000, path


def test_every_picture_that_is_made_is_shown() -> None:
    made = {path for path in IMAGES.iterdir() if path.suffix in (".webp", ".svg", ".png")}
    assert made == {ROOT / path for _, path in SHOWN}
    for path in made:
        if path.suffix == ".webp":
            with Image.open(path) as picture:
                picture.verify()


def test_the_terminal_asks_nothing_of_anybody() -> None:
    """No font from elsewhere: an SVG in a page must not tell a third party who reads it."""
    text = (IMAGES / "terminal.svg").read_text("utf-8")
    ElementTree.fromstring(text)  # noqa: S314 - our own file
    addresses = {*re.findall(r"https?://[^\s\"')]+", text)}
    assert addresses <= {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
    for command in ("new", "check", "adopt", "build"):
        assert f"policygen&#160;{command}" in text


@pytest.mark.parametrize("name", [POLICY, DRAFT])
def test_the_pictures_show_the_content_of_today(name: str) -> None:
    """Else run `.venv/bin/python -m docs.images.make` and look at them."""
    school, policy = name.split("/")
    as_of = datetime.date.fromisoformat(AS_OF)
    composed = check(ROOT, [Selection(school, policy)], as_of).policies[0]
    images = image_bytes(composed.prepared, composed.document, composed.school.logo)
    code = content_code(content_digest(composed.document, images))
    assert json.loads((IMAGES / "made.json").read_text("utf-8"))[name] == code
