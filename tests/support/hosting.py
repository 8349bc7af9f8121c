"""Sites made quickly: a school with two approved versions, and all that `policygen site` makes of it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

from tests.support.register import freeze
from tests.support.workspace import ADOPTION, SCHOOL, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "output/site/oak/policies"
COUNT = "templates/tiny/sections/lost-keys.md"


def two_versions(
    root: Path,
    website: str = "website: www.oak.example\n",
    *,
    name: str = "Oak Lane School",
    pdf: bool = False,
) -> Path:
    """A school with a policy approved in March and again, without one clause, in November."""
    school = Workspace(root).text(SCHOOL).replace("name: Oak Lane School", f"name: {name}")
    root = Workspace(root).with_files({SCHOOL: school + website}).write()
    freeze(root, "2.0", "2026-03-12", minute="19.2", pdf=pdf)
    text = (root / COUNT).read_text()
    (root / COUNT).write_text("\n".join(line for line in text.split("\n") if "{#count" not in line))
    adoption = (root / ADOPTION).read_text()
    (root / ADOPTION).write_text(adoption.replace('"2.0"', '"2.1"') + "amends: {count: material}\n")
    freeze(
        root,
        "2.1",
        "2026-11-12",
        minute="23.1",
        minutes="draft",
        reason="Keys are not counted",
        pdf=pdf,
    )
    return root


def site(root: Path, *arguments: str) -> dict[str, bytes]:
    """Make the site; its files by path below policies/."""
    result = run_in(root, "site", *arguments, "--as-of", "2026-11-20")
    assert (result.code, result.stderr) == (0, ""), result
    return tree(root / FOLDER)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@contextmanager
def served(folder: Path, csp: str = "") -> Iterator[str]:
    """The address of a folder behind a plain server, which may have a policy for content."""

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            if csp:
                self.send_header("Content-Security-Policy", csp)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
