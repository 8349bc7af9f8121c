"""The questions of a policy on a page in a browser on this machine: each answer kept at once, the draft beside it."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import assert_never
from urllib.parse import parse_qs

from policygen.compose.compose import document_so_far, image_bytes
from policygen.disk.alone import is_free
from policygen.disk.serving import FORM_POLICY, Answer, Rounds, serve
from policygen.ground.diagnostics import InputError
from policygen.ground.resources import theme
from policygen.ground.wording import count, join_and
from policygen.html.asking import (
    SCRIPT,
    Choice,
    Field,
    FieldKind,
    Group,
    asking_html,
    done_html,
)
from policygen.html.labels import Stamp
from policygen.html.policy import policy_html
from policygen.html.preview import without_policy
from policygen.model.question import AnyOf, Entries, OneOf, RefusedAnswerError, Typed, mark
from policygen.products.text import clause_text
from policygen.project.adopt import start_adoption
from policygen.project.questions import Given, Kind, Point
from policygen.project.sitting import (
    AdoptionSitting,
    MeanwhileError,
    SchoolSitting,
    Sitting,
    knows_school,
)

_TITLES: Mapping[Kind, tuple[str, str]] = {
    "fact": (
        "Facts of the school",
        "They are kept for all policies: nobody has to give them again.",
    ),
    "question": ("Questions of this policy", ""),
    "clause": ("Clauses about which every school decides", ""),
    "head": ("About the version that is being prepared", ""),
}
_GONE = "This question is not asked any more: another answer has taken it away. Nothing was kept."
_BUSY = "Not kept: another command is at work in this workspace. Save again when it has ended."
_MOST_FIELDS = 200
"""Values that a form of ours never has more of."""


@dataclass(frozen=True)
class _Refused:
    """What was typed and not kept."""

    key: str
    written: Given
    says: str
    doubtful: bool = False


class WebForm:
    """The pages of one sitting. One request at a time: two tabs never write over each other."""

    def __init__(self, root: Path, school_id: str, template_id: str, as_of: datetime.date) -> None:
        """Begin with what the files say. Raises InputError where they cannot be read."""
        self.root, self.name, self.as_of = root, (school_id, template_id), as_of
        self.token = secrets.token_urlsafe(18)
        self.finished = threading.Event()
        self._lock = threading.Lock()
        self._sitting = self._begin()

    def _begin(self) -> Sitting:
        school_id, template_id = self.name
        if knows_school(self.root, school_id):
            school = SchoolSitting(self.root, school_id)
            if not school.is_begun:
                return school
        started = start_adoption(self.root, school_id, template_id, self.as_of)
        return AdoptionSitting(self.root, started)

    def address(self, server: ThreadingHTTPServer) -> str:
        """Where the page stands, with the token without which nothing is shown."""
        return f"http://127.0.0.1:{server.server_address[1]}/{self.token}/"

    @property
    def is_about_the_policy(self) -> bool:
        """Whether the school itself has said all that it must."""
        return isinstance(self._sitting, AdoptionSitting)

    # --- what is asked of the server

    def show(self, path: str) -> Answer:
        """What stands at a path; nothing for whoever does not know the token."""
        match self._inside(path):
            case "":
                return self._page()
            case "draft":
                return self._draft()
            case name if name == SCRIPT:
                return Answer(theme(SCRIPT).encode(), "text/javascript")
            case _:
                return _MISSING

    def take(self, path: str, body: bytes) -> Answer:
        """Keep what a form sends."""
        where = self._inside(path)
        if where not in ("save", "end"):
            return _MISSING
        if where == "end":
            self.finished.set()
            return _html(done_html("Finished"))
        try:
            sent = parse_qs(
                body.decode("utf-8"),
                keep_blank_values=True,
                strict_parsing=True,
                max_num_fields=_MOST_FIELDS,
            )
        except (UnicodeDecodeError, ValueError):
            return _UNREADABLE
        with self._lock:
            return self._saved(sent)

    def _inside(self, path: str) -> str | None:
        """What stands behind the token in a path; None without it."""
        _, token, *rest = [*path.split("/"), ""]
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        return "/".join(rest).strip("/")

    # --- an answer

    def _saved(self, sent: Mapping[str, Sequence[str]]) -> Answer:
        key, seen = sent.get("key", [""])[-1], sent.get("seen", [""])[-1]
        try:
            points = {point.key: point for point in self._now().points()}
        except InputError:  # the page says so
            return self._page(status=HTTPStatus.CONFLICT)
        point = points.get(key)
        if point is None:
            return self._page(notice=_GONE, status=HTTPStatus.CONFLICT)
        written = _written(point, sent)
        if seen != _seen(point) and not _is_said(point, written):
            return self._refused(_Refused(key, written, self._meanwhile(key)))
        if not is_free(self.root):
            return self._refused(_Refused(key, written, _BUSY))
        try:
            value = self._sitting.read(point, written)
            doubts = () if "meant" in sent else point.doubts(value)
            if doubts:
                return self._refused(_Refused(key, written, f"{join_and(doubts)}.", doubtful=True))
            self._sitting.save(point, value)
        except RefusedAnswerError as error:
            return self._refused(_Refused(key, written, f"This {error.message}."))
        except MeanwhileError:
            return self._refused(_Refused(key, written, self._meanwhile(key)))
        except InputError as error:
            return self._refused(_Refused(key, written, f"Not kept: {_in_short(error)}"))
        return Answer(b"", "text/html", HTTPStatus.SEE_OTHER, f"/{self.token}/#{self._next(key)}")

    def _now(self) -> Sitting:
        """The sitting as the files stand: somebody may have changed them in an editor. Raises InputError."""
        self._sitting.refresh()
        if isinstance(self._sitting, SchoolSitting) and self._sitting.is_begun:
            self._sitting = self._begin()
        return self._sitting

    def _meanwhile(self, key: str) -> str:
        points = {point.key: point for point in self._sitting.points()}
        said = points[key].said if key in points else ""
        return (
            "Somebody else has answered this meanwhile"
            + (f": {said}. " if said else ". ")
            + "That was kept, yours was not; save again to put yours in its place."
        )

    def _next(self, key: str) -> str:
        """The id of what is asked next."""
        points = self._now().points()
        keys = [point.key for point in points]
        at = keys.index(key) if key in keys else -1
        after = [*points[at + 1 :], *points[: at + 1]]
        return next((_id(each.key) for each in after if each.is_open), "g-end")

    # --- pages

    def _page(
        self,
        refused: _Refused | None = None,
        notice: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Answer:
        try:
            sitting = self._now()
        except InputError as error:
            notice, sitting = (
                f"A file cannot be read as it stands: {_in_short(error)}",
                self._sitting,
            )
        points = sitting.points()
        still = sum(point.is_open for point in points)
        left = (
            f"{count(still, 'answer')} of {len(points)} still open."
            if still
            else "Everything is answered."
        )
        made = asking_html(
            sitting.title,
            sitting.school_name,
            tuple(_groups(points, refused)),
            left,
            "What is open stays open: the same command asks for it again."
            if still
            else "The draft can be built now.",
            notice=notice,
            draft=isinstance(sitting, AdoptionSitting),
        )
        return _html(made, status)

    def _refused(self, refused: _Refused) -> Answer:
        return self._page(refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _draft(self) -> Answer:
        """The policy as far as it is answered, with “…” for what is open."""
        with self._lock:
            sitting = self._sitting
            if not isinstance(sitting, AdoptionSitting):
                return _MISSING
            at = sitting.adopting
            document = document_so_far(at.prepared, at.school, at.file, at.law)
            images = image_bytes(at.prepared, document, at.school.logo)
            stamp = Stamp("draft", "not yet")
            made = policy_html(document, stamp, medium="screen", images=images)
            return _html(without_policy(made))


def _html(text: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(text.encode(), "text/html", status)


_MISSING = _html(done_html("Nothing is here"), HTTPStatus.NOT_FOUND)
_UNREADABLE = _html(done_html("This form could not be read"), HTTPStatus.BAD_REQUEST)


def _in_short(error: InputError) -> str:
    """The problems of a file in one line."""
    return "; ".join(
        f"{each.message} ({each.place})" if each.place else each.message
        for each in error.diagnostics
    )


# --- a point as a field -----------------------------------------------------------------------------------------------


def _id(key: str) -> str:
    return "p-" + key.replace(".", "-").replace("_", "-")


def _seen(point: Point) -> str:
    """What stands for the answer that a page shows, so that a later one is noticed."""
    return hashlib.sha256(repr(point.present).encode()).hexdigest()[:16]


def _is_said(point: Point, written: Given) -> bool:
    """Whether somebody else has given just this answer."""
    try:
        return not point.is_open and point.read(written) == point.present
    except RefusedAnswerError:
        return False


def _written(point: Point, sent: Mapping[str, Sequence[str]]) -> Given:
    """What a form says: the suggestion that was taken, what was marked, or what was typed."""
    given = sent.get("chosen") or sent.get("answer") or []
    if isinstance(point.offer, AnyOf):
        return given
    return "\n".join(given).replace("\r\n", "\n")


def _groups(points: Sequence[Point], refused: _Refused | None) -> Iterator[Group]:
    """Points of one kind that come one after another; facts that an answer needs come after the questions again."""
    found: list[tuple[Kind, list[Field]]] = []
    for point in points:
        if not found or found[-1][0] != point.kind:
            found.append((point.kind, []))
        found[-1][1].append(
            _field(point, refused if refused and refused.key == point.key else None)
        )
    for number, (kind, fields) in enumerate(found):
        title, about = _TITLES[kind]
        if kind == "fact" and number:
            title = "Facts that your answers need"
        yield Group(str(number), title, about, tuple(fields))


def _field(point: Point, refused: _Refused | None) -> Field:
    kind, options, suggested, value = _control(point, refused.written if refused else None)
    return Field(
        id=_id(point.key),
        key=point.key,
        seen=_seen(point),
        ask=point.question.ask,
        kind=kind,
        open=point.is_open,
        hints=tuple(_hints(point)),
        clause=tuple(_paragraphs(point)),
        options=options,
        value=value,
        suggested=suggested,
        error=refused.says if refused else "",
        doubtful=refused.doubtful if refused else False,
    )


def _control(
    point: Point, written: Given | None
) -> tuple[FieldKind, tuple[Choice, ...], tuple[Choice, ...], str]:
    """The kind of field, what can be chosen, what is suggested, and what stands in it."""
    match point.offer:
        case OneOf(offered):
            now = point.present if written is None else written
            options = tuple(
                Choice(
                    _plain(one.answer), f"{one.label}{mark(one)}", _plain(one.answer) == _plain(now)
                )
                for one in offered
            )
            return "one", options, (), ""
        case AnyOf(offered):
            held = (point.present or []) if written is None else written
            options = tuple(
                Choice(str(one.answer), one.label, one.answer in held) for one in offered
            )
            return "any", options, (), ""
        case Typed(suggested, _):
            taken = (
                (Choice(str(suggested.answer), f"Use “{suggested.label}”"),) if suggested else ()
            )
            return "line", (), taken, _lines(point.present if written is None else written)
        case Entries(suggested, _):
            taken = (
                (Choice(_lines(suggested.answer), "Use the suggested list"),) if suggested else ()
            )
            return "lines", (), taken, _lines(point.present if written is None else written)
        case other:
            assert_never(other)


def _plain(answer: object) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return "" if answer is None else str(answer)


def _lines(answer: object) -> str:
    return "\n".join(map(str, answer)) if isinstance(answer, list | tuple) else _plain(answer)


def _hints(point: Point) -> Iterator[str]:
    if point.question.guidance:
        yield point.question.guidance
    if point.missing and point.missing.is_person:
        yield "The policy names them, on the website, too."
    match point.offer:
        case Entries(suggested, _):
            yield "One on each line."
            if suggested and isinstance(suggested.answer, list):
                yield f"Suggested: {'; '.join(suggested.answer)}"
        case Typed() if point.question.open_answer and point.kind == "question":
            yield f"Write {point.question.open_answer}."
    if point.example and not point.is_example_offered:
        yield f"Such as: {point.example}"
    for other in point.beside:
        yield f"In “{other.policy}” the school says: {other.said}"


def _paragraphs(point: Point) -> Iterator[str]:
    text = "\n".join(clause_text(point.clause, 10_000)) if point.clause else ""
    for part in text.split("\n\n"):
        if part.strip():
            yield " ".join(part.split())


# --- serving ----------------------------------------------------------------------------------------------------------


def start_form(form: WebForm) -> ThreadingHTTPServer:
    """A server of a sitting's pages on a free port of this machine, which ends when the form is finished."""
    server = serve("127.0.0.1", 0, form.show, Rounds(), take=form.take, policy=FORM_POLICY)

    def end() -> None:
        form.finished.wait()
        server.shutdown()

    threading.Thread(target=end, daemon=True).start()
    return server
