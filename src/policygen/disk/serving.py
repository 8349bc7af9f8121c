"""The preview's server: on this machine only unless asked, nothing outside what it was given, nothing cached."""

from __future__ import annotations

import errno
import io
import ipaddress
import re
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from policygen.ground.limits import FORM_BYTES

LOOPBACK = ("127.0.0.1", "localhost", "::1")
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data: 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Content-Security-Policy: drafts hold their own styles, the website has files of them, and no script runs but ours."""
FORM_POLICY = POLICY.replace("frame-ancestors 'none'", "frame-src 'self'; frame-ancestors 'self'")
"""The same for a form that shows a draft in a frame of its own page."""
_PING = 15
"""Seconds after which a silent stream of events says that it lives."""
_PATIENCE = 30
"""Seconds within which a request must have come whole, and an answer be taken, or the connection ends."""


@dataclass(frozen=True)
class Answer:
    """What a request gets."""

    content: bytes
    kind: str
    """Its media type."""
    status: HTTPStatus = HTTPStatus.OK
    location: str = ""
    """Where a browser goes on, for an answer that says so."""


Take: TypeAlias = Callable[[str, bytes], Answer]
"""What a form that is sent to a path gets."""

_STRANGER = Answer(
    b"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Not for this address</title></head>
<body><main><h1>Not for this address</h1>
<p>This page answers to its own address only: the one that <code>policygen</code> printed.</p></main>
</body></html>
""",
    "text/html",
    HTTPStatus.FORBIDDEN,
)


_FAULT = Answer(
    b"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>This page could not be made</title></head>
<body><main><h1>This page could not be made</h1><p>The terminal says why.</p></main></body></html>
""",
    "text/html",
    HTTPStatus.INTERNAL_SERVER_ERROR,
)


@dataclass
class Rounds:
    """Tells every open page that there is something newer."""

    number: int = 0

    def __post_init__(self) -> None:
        """Begin with nothing to tell."""
        self.changed = threading.Condition()
        self.closed = False

    def tell(self, number: int) -> None:
        """There is a newer round."""
        with self.changed:
            self.number = number
            self.changed.notify_all()

    def close(self) -> None:
        """Let every stream end."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def after(self, seen: int) -> int:
        """Wait until there is a newer round than `seen`, or for a while. Gives the number of the newest."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self.number != seen, timeout=_PING)
            return self.number


def serve(
    host: str,
    port: int,
    answer: Callable[[str], Answer],
    rounds: Rounds,
    *,
    take: Take | None = None,
    policy: str = POLICY,
) -> ThreadingHTTPServer:
    """A server that is ready to run. Raises OSError for a port that is taken and a host that is none of this machine.

    `answer` gives what stands at a path, and says so where nothing does; the path is empty where it leads outside.
    `take` is given what forms send; without it there are none. `policy` is sent with every page.
    """

    class Handler(_Handler):
        give = staticmethod(answer)
        news = rounds
        private = is_private(host)
        takes = staticmethod(take) if take else None
        says = policy

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 200
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        def handle_error(self, *_: Any) -> None:
            if not isinstance(sys.exception(), OSError):  # whoever asked has gone, which is no news
                traceback.print_exc()

    try:
        return Server((host, port), Handler)
    except (TypeError, ValueError):  # a label of 64 letters, a NUL
        raise OSError(errno.EINVAL, "that is no name of a machine") from None


def is_private(host: str) -> bool:
    """Whether what listens there hears this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK


class _Patient(io.RawIOBase):
    """What comes from a connection, for as long as a request may take: a byte a second would hold a thread for ever."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.begin()

    def begin(self) -> None:
        self.end = time.monotonic() + _PATIENCE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)
        return self.connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "policygen"
    sys_version = ""
    give: Callable[[str], Answer]
    news: Rounds
    private: bool
    """Whether only this machine may ask."""
    takes: Take | None
    says: str

    def setup(self) -> None:
        super().setup()
        self._slowly = _Patient(self.connection)
        self.rfile = io.BufferedReader(self._slowly)

    def handle_one_request(self) -> None:
        self._slowly.begin()
        super().handle_one_request()

    def do_GET(self) -> None:
        self._reply(body=True)

    def do_HEAD(self) -> None:
        self._reply(body=False)

    def do_POST(self) -> None:
        self.close_connection = True
        self.connection.settimeout(_PATIENCE)
        if self.takes is None:
            self.send_error(HTTPStatus.NOT_IMPLEMENTED, "Unsupported method ('POST')")
        elif not self._is_for_us() or not self._is_from_us():
            self._send(_STRANGER, body=True)
        else:
            self._take(self.takes)

    def _take(self, take: Take) -> None:
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,12}", length) or "Transfer-Encoding" in self.headers:
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        if int(length) > FORM_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        sent = self.rfile.read(int(length))
        if len(sent) == int(length):  # else whoever sent it has gone
            self._send(self._answer_of(lambda: take(clean_path(self.path), sent)), body=True)

    def _answer_of(self, made: Callable[[], Answer]) -> Answer:
        try:
            return made()
        except Exception:  # noqa: BLE001 - a fault of ours: it is printed, and the server goes on
            traceback.print_exc()
            return _FAULT

    def _is_from_us(self) -> bool:
        """Whether a form was sent by a page of ours, as far as the browser says; a stranger's page may not send one."""
        site = self.headers.get("Sec-Fetch-Site", "same-origin")
        origin = self.headers.get("Origin", "null")
        here = f"http://{self.headers.get('Host', '')}"
        return site in ("same-origin", "none") and origin in ("null", here)

    def log_message(self, *_: Any) -> None:
        pass

    def _reply(self, *, body: bool) -> None:
        self.connection.settimeout(_PATIENCE)
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # what follows is no request
        if not self._is_for_us():
            self._send(_STRANGER, body=body)
            return
        path = clean_path(self.path)
        if path == "/_/events" and body:
            self._stream()
            return
        self._send(self._answer_of(lambda: self.give(path)), body=body)

    def _is_for_us(self) -> bool:
        """Whether the browser was sent here by name, and not by a name that somebody else pointed at this machine."""
        name = re.sub(r":\d+$", "", self.headers.get("Host", "")).strip("[]")
        return name in LOOPBACK or (not self.private and name != "")

    def _send(self, answer: Answer, *, body: bool) -> None:
        self.send_response(answer.status)
        self._headers(
            f"{answer.kind}; charset=utf-8" if answer.kind.startswith("text/") else answer.kind
        )
        self.send_header("Content-Length", str(len(answer.content)))
        if answer.location:
            self.send_header("Location", answer.location)
        self.end_headers()
        if body:
            self.wfile.write(answer.content)

    def _headers(self, kind: str) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", self.says)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")

    def _stream(self) -> None:
        """Server-sent events: the number of each round, as long as the page is open."""
        self.send_response(HTTPStatus.OK)
        self._headers("text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        seen = self.news.number
        try:
            self._event(seen)
            while not self.news.closed:
                seen = self.news.after(seen)
                self._event(seen)
        except OSError:
            return  # the page was closed

    def _event(self, number: int) -> None:
        self.wfile.write(f"event: round\ndata: {number}\n\n".encode())
        self.wfile.flush()


def clean_path(target: str) -> str:
    """The path of a request, decoded once; empty where it leads anywhere but down."""
    try:
        path = unquote(urlsplit(target).path, errors="strict")
    except (UnicodeDecodeError, ValueError):
        return ""
    if not path.startswith("/") or "\\" in path or "\0" in path or "//" in path:
        return ""
    return "" if any(part in (".", "..") for part in path.split("/")) else path
