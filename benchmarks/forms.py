"""How often `form-too-long` is right: the estimate against the pages that the renderer makes. See README.md."""

from __future__ import annotations

import datetime
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from policygen.checks.length import is_too_long
from policygen.compose.compose import image_bytes
from policygen.html.labels import Stamp
from policygen.html.policy import form_html
from policygen.language import document as d
from policygen.pdf.check import count_pages
from policygen.pdf.render import render_pdf
from policygen.project.check import Composed, Selection, check

ROOT = Path(__file__).parents[1]
GENERATED = 60
SEED = 20261126
WORDS = "the school keeps every key in its office and responsibility for safeguarding rests with us".split()


def main() -> None:
    """Measure the forms of the examples, then generated ones that take from two thirds of a page to one and a third."""
    checked = check(ROOT, [Selection()], datetime.date(2026, 11, 12))
    examples = [(policy, form) for policy in checked.policies for form in policy.document.forms]
    chance = random.Random(SEED)  # noqa: S311
    count = int(sys.argv[1]) if len(sys.argv) > 1 else GENERATED
    generated = [(examples[0][0], _form(chance)) for _ in range(count)]
    _report("forms of the examples", examples)
    _report("generated forms", generated)


def _report(what: str, forms: list[tuple[Composed, d.Section]]) -> None:
    outcomes: Counter[tuple[bool, bool]] = Counter()
    for policy, form in forms:
        on_one_page = replace(form, one_page=True)
        outcomes[is_too_long(policy.document, on_one_page), _pages(policy, on_one_page) > 1] += 1
    right, told, long = outcomes[True, True], outcomes[True, False], outcomes[False, True]
    precision = right / (right + told) if right + told else 1
    recall = right / (right + long) if right + long else 1
    print(
        f"{what}: {len(forms)}, of which {right + long} need more than a page: "
        f"precision {precision:.2f}, recall {recall:.2f}"
    )


def _pages(policy: Composed, form: d.Section) -> int:
    images = image_bytes(policy.prepared, policy.document, policy.school.logo)
    stamp = Stamp("draft", "0000-0000")
    page = form_html(policy.document, form, stamp, medium="print", images=images)
    return count_pages(render_pdf(page.encode()))


def _form(chance: random.Random) -> d.Section:
    """Tables above all, filled and to be filled in, with lists, callouts and definitions between them."""
    blocks = [_paragraph(chance), *_some_blocks(chance)]
    signature = d.SignatureBlock("Member of staff", (_text("Name"), _text("Signed")))
    return d.Section("form", _text("Receipt"), (*blocks, signature), kind="form")


def _some_blocks(chance: random.Random) -> Iterator[d.Block]:
    rows = chance.randint(8, 20)
    while rows > 0:
        size = chance.randint(1, 8)
        rows -= size
        match chance.randrange(7):
            case 0:
                yield d.ItemList(
                    "bullet", tuple(d.Item((_paragraph(chance),)) for _ in range(size))
                )
            case 1:
                yield d.Callout("remember", (_paragraph(chance),))
            case 2:
                yield d.Definitions((d.Definition(_text("Key"), ((_paragraph(chance),),)),) * size)
            case _:
                yield _table(chance, size)


def _table(chance: random.Random, height: int) -> d.Table:
    width = chance.choice((2, 3, 4, 6, 9))
    blank = chance.choice((0, 0.3, 0.8))

    def row() -> tuple[d.Cell, ...]:
        texts = ("" if chance.random() < blank else _words(chance, 6) for _ in range(width - 1))
        return (d.Cell(_text("Row")), *(d.Cell(_text(text) if text else ()) for text in texts))

    head = tuple(d.Cell(_text(chance.choice(WORDS))) for _ in range(width))
    return d.Table(_text("Keys"), head, tuple(row() for _ in range(height)))


def _paragraph(chance: random.Random) -> d.Paragraph:
    return d.Paragraph(_text(_words(chance, 40)))


def _words(chance: random.Random, most: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, most)))


def _text(words: str) -> tuple[d.Text]:
    return (d.Text(words),)


if __name__ == "__main__":
    main()
