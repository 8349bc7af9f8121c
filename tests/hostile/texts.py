"""Section text: every sign of the language, much of it and deep; letters that no document can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.cases import DEEP, LARGE, LOST, Case, clause

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNS = [
    "*", "**", "_", "`", "```", "[", "]", "![", "(", "[](", "[a](", "![a](", "[a][", "[a]: b ", "<", "</", "<a ", "<!--", "-->",
    "<!", "<?", "<![CDATA[", "<a@b.c>", "http://", "www.a.", "a@", "&", "&#", "&#x", "&amp;", "|", "||", ">", "> ", "#", "# ",
    "{", "{#", "{#a ", "{.a ", "}", "\\", "~", "~~", "^", "[^", "[^1]", "[^1]: a ", "-", "- ", "+ ", "1. ", "1) ", "(a) ",
    "::: ", ":::", ":", ": ", "=", "===", "---", "***", '"', "'", "“", "’s ", " ", "\t", "  ", ".", "...", "…", "!", "?", "/", "__",
    "$", "%", "@", "\u00a0", "\u00ad", "\u200d", "\u0301", "é", "中", "😀", "ß", "a", "A", "Aa ", "a-", "1", "1.", "1,000 ", "£1 ",
    "a **b *c ", '[a](b "', "*a_b", "[x](#count) ", "section 1 ", "he/she ", "Mr. A ", "2026-01-01 ", "1 January 2026 ",
]  # fmt: skip

_SENTENCE = "The office keeps a list of the keys that were lost in each term. "

_LETTERS = {
    "null": "\x00", "bell": "\x07", "escape": "\x1b[2J", "delete": "\x7f", "c1": "\x9b2K", "bidi": "\u202eyek", "isolate": "\u2066a",
    "line": "\u2028", "paragraph": "\u2029", "mark open": "\ue000", "mark": "\ue0000\ue001", "sign": "\ue004\ue005", "plane 15": "\U000f0000",
    "plane 16": "\U0010fffd", "not a character": "\uffff", "reversed": "\ufffe", "replacement": "\ufffd", "byte order": "\ufeff",
    "entity of a mark": "&#xe000;0&#xe001;", "entity of nothing": "&#0;", "entity too large": "&#x110000;", "entity of a surrogate": "&#xd800;",
    "entity of escape": "&#27;[2J", "entity of bidi": "&#x202e;", "entity unknown": "&nosuch;", "entity long": "&#" + "9" * 4000 + ";",
    "tag letters": "\U000e0041\U000e007f", "variation": "a\ufe0f" * 50, "zalgo": "a" + "\u0301" * 2000, "hangul": "\u1100\u1161\u11a8" * 100,
    "no font": "𒀀 ꙮ ﷽", "right to left": "שלום " * 50, "vertical tab": "a\x0bb", "form feed": "a\x0cb", "next line": "a\x85b",
    "soft hyphens": "a\u00ad" * 500, "zero width": "a\u200bb\u200cc\u2060d",
}  # fmt: skip

_ADDRESSES = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>", "vbscript:x", "file:///etc/passwd",
    "//evil.example", "\\\\evil\\share", "http://[::1", "http://a:99999999/", "http://" + "a" * 70 + ".example", "mailto:", "tel:x", "#", "#nope",
    "../../etc/passwd", "images/../../../../etc/passwd", "http://a b", "http://\uff41.example", "http://\u202e.example", "x" * 100_000, "http://" + "a." * 50_000,
    "%00", "http://user:pass@evil.example", "&#106;avascript:x",
]  # fmt: skip


def texts() -> Iterator[Case]:
    """Every case of this door."""
    for number, sign in enumerate(SIGNS):
        name = f"text/{number} {sign.strip()!r}"
        row = sign * (LARGE // len(sign))
        yield Case(f"{name} in one line", {LOST: clause(row)}, build=True)
        lines = "".join(f"{sign}\n" for _ in range(LARGE // 20))
        yield Case(f"{name} on lines", {LOST: clause("It is.", "\n" + lines)}, build=True)
        yield Case(f"{name} a little", {LOST: clause(sign * 60)}, build=number % 4 == 0)
    for name, letters in _LETTERS.items():
        yield Case(f"text/letter {name}", {LOST: clause(f"It is {letters}.")}, build=True)
    for number, address in enumerate(_ADDRESSES):
        yield Case(f"text/link {number}", {LOST: clause(f"See [it]({address}).")}, build=True)
        yield Case(f"text/picture {number}", {LOST: clause(f"See ![it]({address}).")})
    yield from _shapes()


def _shapes() -> Iterator[Case]:
    shapes = {
        "quotes in quotes": "\n" + ">" * DEEP + " a",
        "lists in lists": "\n" + "\n".join("  " * depth + "- a" for depth in range(400)),
        "numbers in numbers": "\n" + "\n".join("   " * depth + "1. a" for depth in range(200)),
        "containers in containers": "\n" + "::: remember\n" * 300 + "a\n" + ":::\n" * 300,
        "longer and longer containers": "\n"
        + "".join(":" * (400 - number) + " remember\n" for number in range(390)),
        "emphasis in emphasis": "*a **b " * 4_000,
        "brackets in brackets": "[" * DEEP + "a" + "]" * DEEP,
        "links in links": "[a" * DEEP + "](b)" * DEEP,
        "pictures in pictures": "![a" * DEEP + "](b)" * DEEP,
        "a wide table": f"\n|{'a|' * 2_000}\n|{'-|' * 2_000}\n|{'b|' * 2_000}\n",
        "a long table": "\n|a|b|\n|-|-|\n" + "|c|d|\n" * 30_000,
        "rows of no cells": "\n|a|b|\n|-|-|\n" + "|\n" * 30_000,
        "many tables": "\n" + "|a|b|\n|-|-|\n|c|d|\n\n" * 5_000,
        "a table head of dashes": "\n|a|\n|" + "-" * LARGE + "|\n",
        "many footnotes": "".join(f"a[^{n}] " for n in range(5_000))
        + "\n\n"
        + "".join(f"[^{n}]: b\n\n" for n in range(5_000)),
        "one footnote many times": "a[^1] " * 20_000 + "\n\n[^1]: b\n",
        "notes in notes": "a[^0]\n\n" + "".join(f"[^{n}]: b[^{n + 1}]\n\n" for n in range(2_000)),
        "definitions never used": "\n\n" + "".join(f"[a{n}]: b\n" for n in range(20_000)),
        "many headings": "\n" + "".join(f"\n## A {{#h{n}}}\n" for n in range(5_000)),
        "deep headings": "\n" + "".join(f"\n{'#' * n} A {{#h{n}}}\n" for n in range(1, 60)),
        "a long heading": f"\n## {'word ' * 20_000}{{#h}}\n",
        "many clauses": "\n" + "".join(f"1. A key. {{#c{n}}}\n" for n in range(8_000)),
        "one id many times": "\n" + "1. A key is. {#same}\n" * 5_000,
        "clauses without ids": "\n" + "1. A key is.\n" * 10_000,
        "a long id": "\n1. A key is. {#" + "a" * LARGE + "}\n",
        "many attributes": "\n1. A key is. {#x " + "a=b " * 20_000 + "}\n",
        "many references": "[](#count) " * 10_000,
        "references that lead nowhere": "[](#nope) " * 5_000,
        "a long word": "a" * LARGE,
        "long words": ("a" * 300 + " ") * 600,
        "a long sentence": "word " * (LARGE // 5),
        "many sentences": _SENTENCE * (LARGE // len(_SENTENCE)),
        "capitals": "WORD " * (LARGE // 5),
        "many paragraphs": "\n" + f"\n{_SENTENCE}\n" * 3_000,
        "lines of spaces": "\n" + (" " * 4_000 + "\n") * 50,
        "blank lines": "\n" * LARGE,
        "a fence": "\n```\n" + "a\n" * 40_000 + "```\n",
        "a fence that does not end": "\n````" + "`" * LARGE,
        "backticks of every length": " ".join("`" * n for n in range(600)),
        "comments": "\n" + "<!-- a -->\n" * 20_000,
        "a comment that does not end": "\n<!--" + " a" * LARGE,
        "many line breaks": "a\\\n   " * 20_000,
        "definition lists": "\n" + "a\n: b\n\n" * 10_000,
        "ticks": "\n" + "- [ ] a\n" * 10_000,
        "fields": "\n::: fields\n" + "- a\n" * 10_000 + ":::\n",
        "a signature for ever": "\n::: signature\n" * 500,
        "includes": "\n" + '{% include "no.md" %}\n' * 2_000,
        "ends of lines of every kind": "a\r\nb\rc\n\rd",
    }
    for name, text in shapes.items():
        yield Case(f"text/{name}", {LOST: clause("It is so. " + text)}, build=True)
    sound = clause("It is so.").encode()
    encodings = {
        "utf-16": sound.decode().encode("utf-16"),
        "latin": "# Lösing {#lost-keys}\n".encode("latin-1"),
        "a surrogate": sound + b"\xed\xa0\x80",
        "cut short": sound + b"\xe2\x82",
        "overlong": sound + b"\xc0\xaf",
        "only zeros": b"\x00" * LARGE,
        "only 0xff": b"\xff" * LARGE,
        "nothing": b"",
        "only a byte order mark": b"\xef\xbb\xbf",
        "old line ends": sound.replace(b"\n", b"\r"),
        "a zip file": b"PK\x03\x04" + bytes(range(256)) * 10,
    }
    for name, content in encodings.items():
        yield Case(f"text/file of {name}", {LOST: content})
    for letter in "ab":
        whole = "".join(f'{{% include "{letter}{n}.md" %}}\n' for n in range(10))
        files = {f"templates/tiny/includes/{letter}{n}.md": whole for n in range(10)}
        again = {LOST: clause("It is so.", f'\n{{% include "{letter}1.md" %}}')}
        yield Case(f"text/texts that include each other {letter}", files | again)
    levels = {
        f"templates/tiny/includes/l{n}.md": f'{{% include "l{n + 1}.md" %}}\n' * 10
        for n in range(9)
    }
    last = {"templates/tiny/includes/l9.md": "a\n"}
    first = {LOST: clause("It is so.", '\n{% include "l0.md" %}')}
    yield Case("text/ten times ten times ten", levels | last | first)
