"""Other programs, each in a process of its own: `python benchmarks/peers.py WAY FOLDER` prints seconds as JSON.

It imports nothing of ours, so that any Python runs it in which the peers are installed (`pip install --group bench`).
A folder holds pages as `N.html`, their text as `N.md` and `N.typ`, our style sheets and fonts.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

_IMAGE = re.compile(r"<img\b[^>]*>")
STYLES = ("print.css", "forms.css", "sheets.css", "redline.css", "pack.css")


def main(way: str, folder: Path) -> None:
    """Do it once for each page, and say how long each round took, start included where each page starts a process."""
    os.environ["FONTCONFIG_FILE"] = str((folder / "fonts.conf").resolve())
    print(json.dumps(WAYS[way](folder)))


def _pages(folder: Path, ending: str) -> list[Path]:
    return sorted(folder.glob(f"[0-9]*.{ending}"), key=lambda path: int(path.stem))


def _each(paths: list[Path], work: Any) -> dict[str, float]:
    """Seconds by the clock and of the processor, child processes included."""
    start, used = time.perf_counter(), sum(os.times()[:4])
    for path in paths:
        work(path)
    return {"clock": time.perf_counter() - start, "processor": sum(os.times()[:4]) - used}


def process_each(folder: Path) -> dict[str, float]:
    """One `weasyprint` for each document."""
    program = [str(Path(sys.executable).with_name("weasyprint")), "--pdf-variant", "pdf/ua-1"]
    for name in STYLES:
        program += ["--stylesheet", str(folder / name)]

    def work(path: Path) -> None:
        command = [*program, str(path), str(path.with_suffix(".pdf"))]
        subprocess.run(command, check=True, capture_output=True)

    return _each(_pages(folder, "html"), work)


def _naive(folder: Path, path: Path) -> None:
    from weasyprint import HTML

    styles = [str(folder / name) for name in STYLES]
    HTML(path).write_pdf(path.with_suffix(".pdf"), stylesheets=styles, pdf_variant="pdf/ua-1")


def warm_loop(folder: Path) -> dict[str, float]:
    """A loop in one process that is warm: the first page is made once beforehand."""
    pages = _pages(folder, "html")
    _naive(folder, pages[0])
    return _each(pages, partial(_naive, folder))


def naive_pool(folder: Path) -> dict[str, float]:
    """A pool of processes as one would write it first; one figure for all pages."""
    pages = _pages(folder, "html")
    with multiprocessing.Pool() as pool:
        pool.map(partial(_naive, folder), pages[:1] * 4, chunksize=1)  # warm
        return _each([folder], lambda _: pool.map(partial(_naive, folder), pages, chunksize=1))


def script(folder: Path) -> dict[str, float]:
    """Jinja, Python-Markdown, WeasyPrint: what many schools' IT firms have."""
    import jinja2
    import markdown
    from weasyprint import HTML

    engine = jinja2.Environment(autoescape=False)  # noqa: S701

    def work(path: Path) -> None:
        text = engine.from_string(path.read_text("utf-8")).render(school={"name": "Elm Grove"})
        body = markdown.markdown(text, extensions=["tables", "toc", "footnotes"])
        page = f"<!doctype html><html lang=en><title>Policy</title><body>{body}"
        styles = [str(folder / STYLES[0])]
        pdf = path.with_suffix(".script.pdf")
        HTML(string=page).write_pdf(pdf, stylesheets=styles, pdf_variant="pdf/ua-1")

    pages = _pages(folder, "md")
    work(pages[0])
    return _each(pages, work)


def typst_text(folder: Path) -> dict[str, float]:
    """Typst from the same text, warm, with its own tags."""
    import typst

    def work(path: Path) -> None:
        typst.compile(
            str(path),
            output=str(path.with_suffix(".typst.pdf")),
            root=str(folder),
            font_paths=[str(folder / "fonts")],
            ignore_system_fonts=True,
        )

    first = folder / "first.typ"  # not one of them: what it has set once, it knows
    first.write_text("= Hello", "utf-8")
    work(first)
    return _each(_pages(folder, "typ"), work)


def pandoc(folder: Path) -> dict[str, float]:
    """Pandoc from the same HTML, and typst behind it."""
    import pypandoc
    import typst

    def work(path: Path) -> None:
        made = path.with_suffix(".pandoc.typ")
        page = _IMAGE.sub("", path.read_text("utf-8"))  # what it writes for one, typst has no more
        options = ["--standalone"]
        pypandoc.convert_text(page, "typst", "html", outputfile=str(made), extra_args=options)
        typst.compile(
            str(made), output=str(path.with_suffix(".pandoc.pdf")), root=str(folder),
            font_paths=[str(folder / "fonts")],
        )  # fmt: skip

    return _each(_pages(folder, "html"), work)


def copier(folder: Path) -> dict[str, float]:
    """Projects brought from one version of a template to the next, as `copier update --defaults` does it."""
    from copier import run_copy, run_update

    _git(folder, "init", "-q")
    (folder / "copier.yml").write_text(
        "_subdirectory: text\nschool: {type: str, default: Elm Grove}\n"
    )
    (folder / "text").mkdir()
    (folder / "text/{{ _copier_conf.answers_file }}.jinja").write_text(
        "{{ _copier_answers|to_nice_yaml }}"
    )
    for path in _pages(folder, "md"):
        (folder / "text" / path.name).write_text(path.read_text("utf-8"))
    _tagged(folder, "v1")
    projects = [folder.parent / f"{folder.name}-project-{number}" for number in range(4)]
    for project in projects:
        run_copy(str(folder), project, defaults=True, quiet=True, vcs_ref="v1")
        _git(project, "init", "-q")
        _tagged(project, "begun")
    for path in (folder / "text").glob("*.md"):
        path.write_text(path.read_text("utf-8") + "\nThis holds from the next edition on.\n")
    _tagged(folder, "v2")
    return _each(
        projects,
        lambda project: run_update(
            project, defaults=True, quiet=True, overwrite=True, vcs_ref="v2"
        ),
    )


def _tagged(folder: Path, tag: str) -> None:
    _git(folder, "add", "-A")
    _git(folder, "commit", "-qm", tag)
    _git(folder, "tag", tag)


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@school.example")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)  # noqa: S607


WAYS = {
    "process": process_each,
    "loop": warm_loop,
    "pool": naive_pool,
    "script": script,
    "typst": typst_text,
    "pandoc": pandoc,
    "copier": copier,
}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
