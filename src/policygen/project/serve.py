"""What a preview shows: every policy as its files stand, composed again only where they changed."""

from __future__ import annotations

import datetime
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path, PurePosixPath

from policygen.compose.extracts import extracts
from policygen.disk.editions import template_ids
from policygen.disk.reading import adopted_ids, school_ids
from policygen.disk.serving import Answer, Rounds, serve
from policygen.disk.watching import changes
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, InputError, Severity
from policygen.ground.resources import theme
from policygen.ground.wording import count, sentence_case
from policygen.html.labels import AUDIENCES
from policygen.html.preview import (
    Row,
    list_html,
    missing_html,
    problems_html,
    with_reload,
)
from policygen.language.document import Document, plain
from policygen.products.folders import Products, draft_products, render
from policygen.project.check import Composed, Selection, check
from policygen.project.unit import draft_of

Name = tuple[str, str]
"""A school and a policy."""


@dataclass(frozen=True)
class Shown:
    """One policy in a preview."""

    composed: Composed | None
    """As its files stood when they last had no error; None if they never did."""
    diagnostics: tuple[Diagnostic, ...] = ()
    round: int = 0
    """The round in which it was last looked at."""

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What keeps it from being composed as its files stand now."""
        return tuple(each for each in self.diagnostics if each.severity is Severity.ERROR)

    @property
    def document(self) -> Document | None:
        """What is shown."""
        return self.composed.document if self.composed else None


@dataclass(frozen=True)
class Preview:
    """All that can be looked at."""

    policies: Mapping[Name, Shown] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    """Those that belong to no policy of a school: a law library, a template that nobody adopts."""
    round: int = 0
    """Counts up with every change."""


def first_preview(root: Path, as_of: datetime.date) -> Preview:
    """Everything in the workspace."""
    return _looked_at(root, Preview(), _names(root), as_of)


def next_preview(
    root: Path, before: Preview, paths: Iterable[str], as_of: datetime.date
) -> Preview:
    """The preview after these files changed; what they do not touch stays as it was."""
    names = _names(root)
    kept = replace(
        before, policies={name: shown for name, shown in before.policies.items() if name in names}
    )
    touched = [
        name
        for name in names
        if name not in kept.policies or any(_touches(path, name) for path in paths)
    ]
    return _looked_at(root, kept, touched, as_of)


def _names(root: Path) -> list[Name]:
    return [(school, policy) for school in school_ids(root) for policy in adopted_ids(root, school)]


def _touches(path: str, name: Name) -> bool:
    """Whether a policy may read differently after a file changed."""
    match path.split("/"):
        case ["schools", school, "policies", file]:
            return (school, file.partition(".")[0]) == name
        case ["schools", school, *_]:
            return school == name[0]
        case ["templates", template, *_]:
            return template in (name[1], "shared")
        case _:
            return True


def _looked_at(root: Path, before: Preview, names: list[Name], as_of: datetime.date) -> Preview:
    """A preview in which these policies were read and composed again."""
    number = before.round + 1
    known = set(template_ids(root))
    try:
        checked = check(root, [Selection(*name) for name in names if name[1] in known], as_of)
        composed = {
            (each.document.school_id, each.document.policy_id): each for each in checked.policies
        }
        found = checked.diagnostics
    except InputError as error:
        composed, found = {}, error.diagnostics
    shown = {}
    for name in names:
        last = before.policies.get(name)
        own = tuple(each for each in found if _concerns(each, name))
        made = composed.get(name) or (last.composed if last else None)
        shown[name] = Shown(made, own, number)
    rest = tuple(each for each in found if not any(_concerns(each, name) for name in names))
    policies = {**before.policies, **shown}
    return Preview({name: policies[name] for name in sorted(policies)}, rest, number)


def _concerns(diagnostic: Diagnostic, name: Name) -> bool:
    place = diagnostic.place
    return (
        place is not None
        and place.path.startswith((f"{paths.SCHOOLS}/", f"{paths.TEMPLATES}/"))
        and _touches(place.path, name)
    )


# --- what is served ---------------------------------------------------------------------------------------------------

_KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xml": "application/xml",
}


class Showing:
    """The preview as it stands now, and its pages, made when somebody looks at them."""

    def __init__(self, root: Path, as_of: datetime.date) -> None:
        """Nothing is shown yet."""
        self.root, self.as_of = root, as_of
        self.preview = Preview()
        self.rounds = Rounds()
        self._made: dict[Name, tuple[Composed, Products]] = {}
        self._lock = threading.Lock()

    def follow(self, stop: threading.Event, ready: threading.Event) -> None:
        """Look at the whole workspace, say that it can be shown, and look again whenever files change, until the stop.

        A fault of ours is printed and leaves the preview as it was.
        """
        for changed in changes(self.root, stop):
            try:
                if self.preview.round:
                    self.preview = next_preview(self.root, self.preview, changed, self.as_of)
                else:
                    self.preview = first_preview(self.root, self.as_of)
            except Exception:  # noqa: BLE001
                traceback.print_exc()
            ready.set()
            self.rounds.tell(self.preview.round)

    def answer(self, path: str) -> Answer:
        """What stands at a path of the preview, which is empty for one that leads out of it."""
        found = self._found(path) if path else None
        return found or _page(missing_html(), HTTPStatus.NOT_FOUND)

    def _found(self, path: str) -> Answer | None:
        match path.strip("/").split("/"):
            case [""]:
                return _page(list_html(tuple(_rows(self.preview)), self.preview.diagnostics))
            case ["_", "reload.js"]:
                return Answer(theme("reload.js").encode(), "text/javascript")
            case ["_", "site", *parts]:
                return self._of_site(parts)
            case [school, policy, *parts]:
                shown = self.preview.policies.get((school, policy))
                return (
                    None
                    if shown is None
                    else self._of_policy((school, policy), shown, "/".join(parts))
                )
            case _:
                return None

    def _of_policy(self, name: Name, shown: Shown, file: str) -> Answer | None:
        school, title = name
        if shown.document:
            school, title = shown.document.school_name, shown.document.title
        address = f"/{'/'.join(name)}/"
        if file == "problems" or (not file and shown.errors) or shown.composed is None:
            last_good = f"{address}before" if shown.composed else ""
            return _page(problems_html(school, title, shown.diagnostics, last_good))
        products = self._products(name, shown.composed)
        if file in ("", "before"):
            file = f"{name[1]}.html"
        if file in products.files:
            content = products.files[file]
            return (
                _page(content.decode()) if file.endswith(".html") else Answer(content, _kind(file))
            )
        return self._pdf(products, file)

    def _products(self, name: Name, composed: Composed) -> Products:
        with self._lock:
            made = self._made.get(name)
            if made is None or made[0] is not composed:
                made = composed, draft_products(draft_of(composed, {}))[0]
                self._made[name] = made
            return made[1]

    def _pdf(self, products: Products, file: str) -> Answer | None:
        job = products.pdfs.get(file)
        if job is None:
            return None
        with self._lock:  # the renderer is not made for threads
            result = render(job)
        wrong = "\n".join((*result.warnings, *result.faults))
        return (
            Answer(wrong.encode(), "text/plain") if wrong else Answer(result.pdf, "application/pdf")
        )

    def _of_site(self, parts: list[str]) -> Answer | None:
        """A file of the site as it was made last; a link that leads out of it is not followed."""
        site = self.root.resolve() / paths.in_output(paths.SITE)
        try:
            path = site.joinpath(*parts).resolve()
            if path.is_dir():
                path = (path / "index.html").resolve()
            if not path.is_relative_to(site) or not path.is_file():
                return None
            return Answer(path.read_bytes(), _kind(path.name))
        except (
            OSError,
            RuntimeError,
        ):  # a name that is too long, a file that may not be read, links in a circle
            return None


def start_preview(
    root: Path, host: str, port: int, as_of: datetime.date
) -> tuple[ThreadingHTTPServer, Callable[[], None]]:
    """A server of the workspace's preview, ready to run, and what ends the rest once it runs no more.

    Raises OSError for a port that is taken.
    """
    showing = Showing(root, as_of)
    server = serve(host, port, showing.answer, showing.rounds)
    stop, ready = threading.Event(), threading.Event()
    watcher = threading.Thread(target=showing.follow, args=(stop, ready), daemon=True)
    watcher.start()
    ready.wait()

    def end() -> None:
        stop.set()
        showing.rounds.close()
        server.server_close()
        watcher.join(timeout=5)

    return server, end


def _rows(preview: Preview) -> Iterator[Row]:
    for (school, policy), shown in preview.policies.items():
        document, address = shown.document, f"/{school}/{policy}/"
        errors = len(shown.errors)
        problems = f"{address}problems" if shown.diagnostics else ""
        if errors:
            state = sentence_case(count(errors, "error"))
        elif shown.diagnostics:
            state = sentence_case(count(len(shown.diagnostics), "warning"))
        else:
            state = "No problems"
        yield Row(
            document.school_name if document else school,
            document.title if document else policy,
            address,
            state,
            problems,
            tuple(_links(document, address)) if document else (),
        )


def _links(document: Document, address: str) -> Iterator[tuple[str, str]]:
    yield "PDF", f"{address}{document.policy_id}.pdf"
    for form in document.every_form:
        yield plain(form.title), f"{address}forms/{form.name}.html"
    for audience in extracts(document):
        yield AUDIENCES[audience].lower(), f"{address}extracts/{audience}.html"


def _page(html: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(with_reload(html).encode(), "text/html", status)


def _kind(file: str) -> str:
    return _KINDS.get(PurePosixPath(file).suffix.lower(), "application/octet-stream")
