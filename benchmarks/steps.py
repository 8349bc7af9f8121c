"""What each step of a build costs, in one process: processor time without that of the steps in it, and pages laid out.

`python -m benchmarks.steps` builds all examples, `python -m benchmarks.steps elm-grove beacon-cove` these schools.
See README.md.
"""

from __future__ import annotations

import datetime
import importlib
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from policygen.pdf import render
from policygen.project import build, check

ROOT = Path(__file__).parents[1]
_AS_OF = datetime.date(2026, 11, 20)
STEPS = {
    "read": (
        "project.check:_read_school",
        "project.check:read_edition",
        "project.check:read_school",
    ),
    "prepare": ("project.check:prepare_edition",),
    "fill": ("compose.compose:fill", "compose.prepare:every_branch"),
    "parse": ("compose.compose:parse", "compose.prepare:parse", "compose.local_wording:parse"),
    "compose": ("project.check:_compose",),
    "together": ("project.check:said_by", "project.check:check_contradictions"),
    "check model": ("project.check:check_template", "project.check:check_retyped"),
    "check text": ("project.check:check_document",),
    "check facts": ("project.check:check_facts",),
    "checking else": ("project.check:Checking.school", "project.check:Checking.edition"),
    "html, text": ("products.folders:draft_products", "products.folders:circular_products"),
    "expect": (
        "products.folders:expect",
        "products.folders:expect_extract",
        "products.folders:expect_circular",
    ),
    "fit": (
        "pdf.height:pages_needed",
        "pdf.render:laid_out_to_fit",
    ),
    "try": ("pdf.fit:_Form._try",),
    "render else": ("pdf.render:render_pdf",),
    "style": ("weasyprint.document:get_all_computed_styles",),
    "boxes": ("weasyprint.document:build_formatting_structure",),
    "draw": ("weasyprint.document:Page.paint",),
    "tags": ("pdf.tagging:_add_tags",),
    "fonts": ("weasyprint.pdf:build_fonts_dictionary",),
    "finish": ("pdf.render:_finish",),
    "write": ("pdf.render:_written",),
    "count": ("products.folders:count_pages",),
    "gate": ("products.folders:check_pdf",),
    "manifest, files": ("project.build:write_all",),
}
"""The functions of each step; those of the renderer have its name before them."""
RENDERER = (
    "fit",
    "try",
    "render else",
    "style",
    "boxes",
    "layout",
    "draw",
    "tags",
    "fonts",
    "finish",
    "write",
)
"""The steps that make a PDF of a page."""

spent: Counter[str] = Counter()
pages: Counter[str] = Counter()
_running: list[list[Any]] = []


def main() -> None:
    """Build what is selected, fonts and style sheets read beforehand, and print what each step took."""
    as_data = sys.argv[1:2] == ["--json"]
    root, schools = (Path(sys.argv[2]), sys.argv[3:]) if as_data else (ROOT, sys.argv[1:])
    selections = [check.Selection(school) for school in schools] or [check.Selection()]
    render.pages_taken(b"<p>")
    _measure()
    with tempfile.TemporaryDirectory() as output:
        start = time.process_time()
        asked = check.Asked(root, tuple(selections), _AS_OF)
        result = build.build(asked, Path(output), workers=1)
        total = time.process_time() - start
    spent["else"] = total - sum(spent.values())  # type: ignore[assignment]
    laid_out = pages["first"] + pages["again"] + pages["fit"]
    if as_data:  # for benchmarks.run
        other = 1 - sum(spent[step] for step in RENDERER) / total
        said = {"other": other, "laid_out": laid_out, "kept": pages["kept"], "seconds": total}
        print(json.dumps(said))
        return
    for step, seconds in sorted(spent.items(), key=lambda each: -each[1]):
        print(f"{step:16} {seconds:7.2f} s  {100 * seconds / total:5.1f} %")
    print(f"total {total:.2f} s, {result.pdfs} PDFs, load {os.getloadavg()[0]:.1f}")
    print(
        f"pages laid out: {laid_out}, of them {pages['fit']} to see how a form fits, "
        f"{pages['again']} again for page numbers; "
        f"{1000 * total / max(1, pages['kept']):.1f} ms a page of the {pages['kept']} that are kept"
    )


def _measure() -> None:
    for step, functions in STEPS.items():
        for each in functions:
            module_name, _, name = each.partition(":")
            whole = (
                module_name if module_name.startswith("weasyprint") else f"policygen.{module_name}"
            )
            owner: Any = importlib.import_module(whole)
            *path, last = name.split(".")
            for part in path:
                owner = getattr(owner, part)
            setattr(owner, last, _timed(step, getattr(owner, last)))
    _count_pages()


def _count_pages() -> None:
    """Count each page as it is laid out, by what it is for."""
    from weasyprint import document, layout

    make_all, lay_out = layout.make_all_pages, document.layout_document
    state = {"round": 0}

    def made(context: Any, root_box: Any, html: Any, before: Any) -> Iterator[Any]:
        state["round"] += 1
        old = {id(page) for page in before}
        for page in make_all(context, root_box, html, before):
            if id(page) not in old:
                pages["fit" if _fits() else "first" if state["round"] == 1 else "again"] += 1
            yield page

    def laid_out(*given: Any, **named: Any) -> Any:
        state["round"] = 0
        with _counted("layout"):
            found = [*lay_out(*given, **named)]
        if not _fits():
            pages["kept"] += len(found)
        return found

    layout.make_all_pages, document.layout_document = made, laid_out


def _fits() -> bool:
    """Whether a form is tried, and not made."""
    return any(step == "try" for step, _ in _running)


def _timed(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that adds its own time to that of a step."""

    def timed(*given: Any, **named: Any) -> Any:
        with _counted(step):
            return function(*given, **named)

    return timed


@contextmanager
def _counted(step: str) -> Iterator[None]:
    start = time.process_time()
    own = [step, 0.0]
    _running.append(own)
    try:
        yield
    finally:
        _running.pop()
        whole = time.process_time() - start
        spent[step] += whole - own[1]
        if _running:
            _running[-1][1] += whole


if __name__ == "__main__":
    main()
