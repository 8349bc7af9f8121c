"""Pictures: drawings that repeat, act or fetch; PNG and JPEG files that are large, cut short or lie."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image

from tests.hostile.cases import DEEP, DOORS, LARGE, Case, base

if TYPE_CHECKING:
    from collections.abc import Iterator

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" width="9" height="9">{}</svg>'
_CIRCLE = '<circle r="3" cx="4" cy="4"/>'


def _uses(times: int, levels: int) -> str:
    groups = ['<g id="g0"><circle r="1"/></g>']
    for level in range(1, levels):
        inner = f'<use href="#g{level - 1}"/>' * times
        groups.append(f'<g id="g{level}">{inner}</g>')
    return f'<defs>{"".join(groups)}</defs><use href="#g{levels - 1}"/>'


_INSIDE = {
    "uses of ten by ten": _uses(10, 8),
    "uses of two": _uses(2, 60),
    "a long chain of uses": _uses(1, 2_000),
    "a use of itself": '<use id="a" href="#a"/>',
    "uses in a circle": '<use id="a" href="#b"/><use id="b" href="#a"/>',
    "the whole again": '<g id="a"><use href="#a"/></g>',
    "old uses": '<g id="a"><circle r="1"/></g>' + '<use xlink:href="#a"/>' * 5_000,
    "groups in groups": "<g>" * DEEP + "</g>" * DEEP,
    "text in text": "<text>" + "<tspan>" * 900 + "a" + "</tspan>" * 900 + "</text>",
    "many circles": _CIRCLE * 6_000,
    "a long path": f'<path d="M0 0{" L9 9" * (LARGE // 5)}"/>',
    "a path of arcs": f'<path d="M0 0{" A1 1 0 0 0 9 9" * 12_000}"/>',
    "a path of nonsense": '<path d="M L Z C 1 q 9e999 nan"/>',
    "huge numbers": f'<circle r="{"9" * 400}" cx="1e400" cy="-1e308"/>',
    "not numbers": '<circle r="NaN" cx="inf" cy="x"/><rect width="-1" height="1e999"/>',
    "dashes": '<path d="M0 0L9000000 9" stroke="red" stroke-dasharray="0.00001"/>',
    "no dashes": '<path d="M0 0L9 9" stroke="red" stroke-dasharray="0"/>',
    "a pattern": '<pattern id="p" width="0.001" height="0.001"><circle r="1"/></pattern><rect width="9" height="9" fill="url(#p)"/>',
    "patterns in patterns": '<pattern id="p" width="1" height="1"><rect fill="url(#p)" width="9" height="9"/></pattern><rect width="9" height="9" fill="url(#p)"/>',
    "a marker": '<marker id="m"><path d="M0 0L9 9" marker-end="url(#m)"/></marker>' + '<path d="M0 0' + "L9 9" * 9_000 + '" marker-mid="url(#m)"/>',
    "markers in markers": '<marker id="m"><path d="M0 0L9 9L0 9" marker-mid="url(#m)"/></marker><path d="M0 0L9 9L0 9" marker-mid="url(#m)"/>',
    "clips in clips": '<clipPath id="c" clip-path="url(#c)"><circle r="1"/></clipPath><circle r="9" clip-path="url(#c)"/>',
    "masks in masks": '<mask id="m" mask="url(#m)"><circle r="1" mask="url(#m)"/></mask><circle r="9" mask="url(#m)"/>',
    "gradients of gradients": '<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/><rect width="9" height="9" fill="url(#a)"/>',
    "many stops": '<linearGradient id="a">' + '<stop offset="0.5" stop-color="red"/>' * 5_000 + '</linearGradient><rect width="9" height="9" fill="url(#a)"/>',
    "repeated gradient": '<linearGradient id="a" x2="0.0000001" spreadMethod="repeat"><stop offset="0"/><stop offset="1" stop-color="red"/></linearGradient><rect width="9" height="9" fill="url(#a)"/>',
    "a filter": '<filter id="f"><feGaussianBlur stdDeviation="999999"/></filter><circle r="9" filter="url(#f)"/>',
    "script": "<script>alert(1)</script>",
    "a handler": '<circle r="9" onclick="alert(1)"/>',
    "a page": "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>a</body></foreignObject>",
    "a picture from elsewhere": '<image href="http://evil.example/a.png"/>',
    "a file": '<image href="file:///etc/passwd"/>',
    "a picture within": '<image width="9" height="9" href="data:image/svg+xml,&lt;svg/&gt;"/>',
    "a broken picture within": '<image width="9" height="9" href="data:image/png;base64,AAAA"/>',
    "a link": '<a href="javascript:alert(1)"><circle r="9"/></a>',
    "a style that fetches": "<style>@import 'http://evil.example/a.css';</style>",
    "a style": "<style>" + "a{b:c}" * 30_000 + "</style>",
    "selectors": "<style>" + "g " * 20_000 + "{fill:red}</style>" + _CIRCLE,
    "has": "<style>" + ":not(" * 800 + "a" + ")" * 800 + "{fill:red}</style>" + _CIRCLE,
    "a transform": f'<g transform="{"rotate(1) " * 20_000}">{_CIRCLE}</g>',
    "a bad transform": f'<g transform="rotate(((((">{_CIRCLE}</g>',
    "no way back": f'<g transform="scale(0)">{_CIRCLE}</g>',
    "animation": '<circle r="9"><animate attributeName="r" to="1"/></circle>',
    "text": "<text>" + "a" * LARGE + "</text>",
    "text on a path": '<path id="p" d="M0 0L9 9"/><text><textPath href="#p">' + "a" * 20_000 + "</textPath></text>",
    "letters far apart": f'<text x="{"1 " * 20_000}">{"a" * 20_000}</text>',
    "switches": "<switch>" + _CIRCLE + "</switch>",
    "nothing": "",
    "many attributes": "<circle " + " ".join(f'a{n}="b"' for n in range(5_000)) + "/>",
    "a long attribute": f'<circle class="{"a" * LARGE}" r="1"/>',
    "comments": "<!-- a -->" * 20_000,
}  # fmt: skip

_WHOLE = {
    "entities": '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY a{n} "{"&a;" * 9}">' for n in range(9)) + "]>" + _SVG.format("<text>&a8;</text>"),
    "an entity from elsewhere": '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + _SVG.format("<text>&a;</text>"),
    "a document type": '<!DOCTYPE svg SYSTEM "http://evil.example/a.dtd">' + _SVG.format(_CIRCLE),
    "a parameter entity": '<!DOCTYPE svg [<!ENTITY % a SYSTEM "http://evil.example/a"> %a;]>' + _SVG.format(_CIRCLE),
    "a style sheet": '<?xml-stylesheet href="http://evil.example/a.css"?>' + _SVG.format(_CIRCLE),
    "html": "<html><script>alert(1)</script></html>",
    "hidden html": "<!-- <svg --><html><script>alert(1)</script></html>",
    "cut short": _SVG.format(_CIRCLE)[:-9],
    "nothing": "",
    "spaces": " " * LARGE,
    "tags": "<a>" * 60_000,
    "open brackets": "<" * LARGE,
    "no size": '<svg xmlns="http://www.w3.org/2000/svg">' + _CIRCLE + "</svg>",
    "a huge size": _SVG.replace('width="9"', 'width="999999999"').format(_CIRCLE),
    "a size of nothing": _SVG.replace('width="9"', 'width="0"').format(_CIRCLE),
    "a negative size": _SVG.replace('width="9"', 'width="-9"').format(_CIRCLE),
    "a size that is none": _SVG.replace('width="9"', 'width="x"').format(_CIRCLE),
    "a box of nothing": _SVG.replace("0 0 9 9", "0 0 0 0").format(_CIRCLE),
    "a box that is none": _SVG.replace("0 0 9 9", "a b c").format(_CIRCLE),
    "a box that is short": _SVG.replace("0 0 9 9", "0 0 9").format(_CIRCLE),
    "a huge box": _SVG.replace("0 0 9 9", "0 0 1e300 1e-300").format(_CIRCLE),
    "no namespace": '<svg width="9" height="9"><circle r="3"/></svg>',
    "another namespace": '<svg xmlns="urn:x" width="9" height="9"><circle r="3"/></svg>',
}  # fmt: skip


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def _png(
    width: int, height: int, rows: bytes, more: bytes = b"", form: bytes = b"\x08\x02"
) -> bytes:
    head = struct.pack(">II", width, height) + form + b"\x00\x00\x00"
    end = _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + more + end


@cache
def _zeros(size: int) -> bytes:
    packer = zlib.compressobj(9)
    block = b"\x00" * 1_000_000
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


def _saved(form: str, **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(out, form, **how)
    return out.getvalue()


def _pngs() -> dict[str, bytes]:
    sound = _saved("PNG")
    return {
        "13,000 by 13,000": _png(13_000, 13_000, _zeros(507_000_000)),
        "7,000 by 7,000": _png(7_000, 7_000, _zeros(148_000_000)),
        "one row for ever": _png(40_000_000, 1, _zeros(121_000_000)),
        "as large as a number can be": _png(2**31 - 1, 2**31 - 1, b""),
        "no width": _png(0, 9, b""),
        "more rows than said": _png(2, 2, _zeros(300_000_000)),
        "no rows": _png(9, 9, b""),
        "rows that are no rows": _png(9, 9, b"\xff" * 100),
        "a profile that unpacks": _png(2, 2, zlib.compress(b"\x00" * 14), _chunk(b"iCCP", b"a\x00\x00" + _zeros(300_000_000))),
        "a text that unpacks": _png(2, 2, zlib.compress(b"\x00" * 14), _chunk(b"zTXt", b"a\x00\x00" + _zeros(300_000_000))),
        "many texts": _png(2, 2, zlib.compress(b"\x00" * 14), _chunk(b"tEXt", b"a\x00b") * 40_000),
        "16 bits": _png(2, 2, zlib.compress(b"\x00" * 26), form=b"\x10\x02"),
        "an odd form": _png(2, 2, zlib.compress(b"\x00" * 26), form=b"\x07\x09"),
        "cut short": sound[:-30],
        "a changed byte": sound[:45] + bytes([sound[45] ^ 255]) + sound[46:],
        "only its first bytes": sound[:8],
        "something behind it": sound + b"<script>alert(1)</script>" * 1_000,
        "a frame that never ends": _png(2, 2, zlib.compress(b"\x00" * 14), _chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))),
        "really a JPEG": _saved("JPEG"),
        "really text": b"hello",
        "nothing": b"",
    }  # fmt: skip


def _jpegs() -> dict[str, bytes]:
    sound = _saved("JPEG")
    size = sound.index(b"\xff\xc0") + 5
    return {
        "cut short": sound[:-60],
        "a huge size": sound[:size] + b"\xff\xff\xff\xff" + sound[size + 4 :],
        "no size": sound[:size] + b"\x00\x00\x00\x00" + sound[size + 4 :],
        "zeros": sound[:200] + b"\x00" * 800_000,
        "only marks": b"\xff\xd8" + b"\xff\xe0\x00\x02" * 200_000,
        "many scans": sound[:-2] + sound[sound.index(b"\xff\xda") : -2] * 500 + b"\xff\xd9",
        "metadata": _saved("JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff" + b"\x00" * 60_000),
        "metadata that leads to itself": _saved("JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x87\x69\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08\x00\x00\x00\x08"),
        "really a PNG": _saved("PNG"),
        "really a GIF": _saved("GIF"),
        "really a TIFF": _saved("TIFF"),
        "progressive": _saved("JPEG", progressive=True),
    }  # fmt: skip


def pictures() -> Iterator[Case]:
    """Every case of this door: as a picture of a policy, and some as a school's logo."""
    drawings = {name: _SVG.format(inside) for name, inside in _INSIDE.items()} | {
        f"whole {name}": text for name, text in _WHOLE.items()
    }
    for number, (name, text) in enumerate(drawings.items()):
        yield Case(f"svg/{name}", {"templates/tiny/images/key.svg": text}, build=True)
        if number % 2 == 0:
            yield Case(f"svg/logo {name}", {"schools/oak/logo.svg": text}, build=True)
    for suffix, made in (("png", _pngs()), ("jpg", _jpegs())):
        text = base(DOORS).replace("key.svg", f"key.{suffix}")
        for name, content in made.items():
            files = {f"templates/tiny/images/key.{suffix}": content, DOORS: text}
            yield Case(f"picture/{suffix} {name}", files, build=True)
    for suffix in ("gif", "webp", "bmp", "tiff", "avif", "pdf", "eps", "html", "exe"):
        text = base(DOORS).replace("key.svg", f"key.{suffix}")
        files = {f"templates/tiny/images/key.{suffix}": b"GIF89a" + b"\x00" * 99, DOORS: text}
        yield Case(f"picture/a {suffix} file", files)
