"""Files that somebody hands in to `verify`: whatever they hold, they get an answer, and nothing on the terminal acts."""

from __future__ import annotations

import io
import json
import os
import random
import zlib
from typing import TYPE_CHECKING

import pikepdf
import pytest

from policygen.disk.guarding import TooMuchError, guarded
from policygen.ground.letters import harmless
from policygen.ground.limits import COPY_MEGABYTES
from policygen.html.imprint import NAME
from tests.support.register import freeze
from tests.support.standing import Standing, standing
from tests.support.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Standing:
    return standing(Workspace(tmp_path / "here"))


def page(title: str, **said: str) -> bytes:
    """A page that says what it is."""
    fields = {
        "standing": "approved", "title": title, "version": "1.0", "school": "oak",
        "school_name": "Oak", "policy": "tiny", "edition": "2026.1", "content": "1234-abcd",
    }  # fmt: skip
    imprint = json.dumps(fields | said).replace('"', "&quot;")
    head = f'<title>{title}</title><meta name="{NAME}" content="{imprint}">'
    return f"<!DOCTYPE html><html><head>{head}</head><body>x</body></html>".encode()


def bomb(size: int) -> bytes:
    """A PDF of a few kB, whose page unpacks to `size` bytes of text."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    packer = zlib.compressobj(9)
    text = b"(x) Tj\n" * 100_000
    # What follows a full flush knows nothing of what was before: it can be said again as it is.
    first, again = (packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = first + again * (size // len(text) - 1) + packer.flush()
    stream = pikepdf.Stream(pdf, b"")
    stream.write(packed, filter=pikepdf.Name.FlateDecode)
    pdf.pages[0].Contents = stream
    whole = io.BytesIO()
    pdf.save(whole, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return whole.getvalue()


def locked() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    whole = io.BytesIO()
    pdf.save(whole, encryption=pikepdf.Encryption(owner="a", user="b"))
    return whole.getvalue()


def verified(workspace: Standing, content: bytes) -> str:
    (workspace.root / "copy").write_bytes(content)
    result = workspace.run("verify", "copy")
    assert (result.code, result.stderr) == (1, ""), result.stderr
    return result.stdout


def test_a_pdf_with_a_password_is_named_one(workspace: Standing) -> None:
    assert verified(workspace, locked()).endswith("has it, and it needs a password\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        bomb(4_000_000_000),
        b"<html><title>x</title>" + b"<!--" * 200_000,
        b"<html><title>x</title>" + b"<a " * 300_000,
    ],
    ids=["unpacks to gigabytes", "comments", "tags"],
)
def test_a_file_that_would_take_the_machine_is_given_up(
    workspace: Standing, content: bytes
) -> None:
    """Or read, where that can be done in time."""
    assert "unknown: no register here has it, and it" in verified(workspace, content)


@pytest.mark.slow
def test_damage_anywhere_gets_an_answer(workspace: Standing, tmp_path: Path) -> None:
    """Whatever the libraries raise for it."""
    made = standing(Workspace(tmp_path / "made"))
    freeze(made.root, "2.0", "2026-11-12", minute="19.2")
    names = made.run("history", "oak/tiny", "--format", "json").stdout
    paths = [path for path in json.loads(names)["versions"][-1]["files"] if path.endswith("html")]
    whole = (made.root / paths[0]).read_bytes()
    chance = random.Random(20261126)  # noqa: S311
    for content in (whole, locked(), bomb(700_000)):
        for _ in range(60):
            damaged = bytearray(content)
            for _ in range(chance.randint(1, 20)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            assert "copy: " in verified(workspace, bytes(damaged))


@pytest.mark.parametrize("sign", ["\x1b[2K", "\r", "\n", "\x9b2K", "\u202e", "\u2028", "\x00"])
def test_nothing_that_a_file_says_acts_on_the_terminal(workspace: Standing, sign: str) -> None:
    told = verified(workspace, page(f"Keys{sign}in force"))
    assert sign not in told.removesuffix("\n")
    assert "in force" in told


def test_what_a_file_says_is_not_repeated_for_ever(workspace: Standing) -> None:
    assert len(verified(workspace, page("Keys " * 10_000))) < 1_000


def test_harmless_keeps_what_people_write() -> None:
    """Letters of any script, joined signs and spaces stay."""
    text = "Ysgol Tŷ-gwyn’s “Keys” – 😀 \u200d 中文"
    assert harmless(text) == text


# --- the guard itself ------------------------------------------------------------------------------------------------


def test_what_ends_its_process_is_too_much() -> None:
    with pytest.raises(TooMuchError):
        guarded(lambda _: os._exit(1), b"")


def test_memory_is_bounded() -> None:
    with pytest.raises(TooMuchError):
        guarded(lambda _: len(bytearray(3 * COPY_MEGABYTES * 1_000_000)), b"")


@pytest.mark.slow
def test_time_is_bounded() -> None:
    def for_ever(_: bytes) -> None:
        while True:
            pass

    with pytest.raises(TooMuchError):
        guarded(for_ever, b"")


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="no number"):
        guarded(lambda content: int(content) if content.isdigit() else _refuse(), b"x")


def _refuse() -> int:
    raise ValueError("no number")
