"""A comparison as files: redline pages and their PDFs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from policygen.compare.comparison import Comparison
from policygen.compare.summary import Redline, as_data, decided, named
from policygen.ground import paths
from policygen.html.redline import printed, redline_html
from policygen.pdf.check import Expectation
from policygen.products.folders import PdfJob, Products, made_with


def redline_products(redline: Redline, folder: str = "") -> Products:
    """The folder of a redline: a page, a PDF and the changes as JSON. It has one of its own unless given."""
    document = redline.comparison.new
    sides = "--".join(
        re.sub(r"[^\w.]+", "-", side.name) for side in (redline.before, redline.after)
    )
    paper = redline_html(redline, medium="print")
    return Products(
        folder or paths.redline_folder(document.school_id, document.policy_id, sides),
        redline_files(redline),
        {"redline.pdf": PdfJob(paper.encode(), redline_expectation(redline))},
        {"policy": document.policy_id, "title": redline.title, "made_with": made_with()},
    )


def redline_files(redline: Redline) -> dict[str, bytes]:
    """A redline as a page for the screen, and its changes as JSON."""
    data = {"from": redline.before.name, "to": redline.after.name, **as_data(redline.comparison)}
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    return {
        "redline.html": redline_html(redline, medium="screen").encode(),
        "redline.json": text.encode(),
    }


def redline_expectation(redline: Redline) -> Expectation:
    """What the PDF of a redline must hold."""
    passages = tuple(_passages(redline.comparison))
    most = 4 + len(passages) // 5 + sum(len(text) for _, text in passages) // 500
    return Expectation(redline.title, redline.comparison.new.language, passages, (), 1, most)


def _passages(comparison: Comparison) -> Iterator[tuple[str, str]]:
    for pair in comparison.changes:
        where = f"the change of {named(pair)}"
        yield where, decided(pair)
        for line in pair.lines:
            for cell in line.cells:
                yield where, printed(cell)
