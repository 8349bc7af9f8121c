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
from typing import Any
from urllib.parse import unquote, urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data: 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Content-Security-Policy: drafts hold their own styles, the website has files of them, and no script runs but ours."""
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


_STRANGER = Answer(
    b"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Not for this address</title></head>
<body><main><h1>Not for this address</h1>
<p>This preview answers to its own address only: the one that <code>policygen serve</code> printed.</p></main>
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
    host: str, port: int, answer: Callable[[str], Answer], rounds: Rounds
) -> ThreadingHTTPServer:
    """A server that is ready to run. Raises OSError for a port that is taken and a host that is none of this machine.

    `answer` gives what stands at a path, and says so where nothing does; the path is empty where it leads outside.
    """

    class Handler(_Handler):
        give = staticmethod(answer)
        news = rounds
        private = is_private(host)

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
        try:
            answer = self.give(path)
        except Exception:  # noqa: BLE001 - a fault of ours: it is printed, and the preview goes on
            traceback.print_exc()
            answer = _FAULT
        self._send(answer, body=body)

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
        self.end_headers()
        if body:
            self.wfile.write(answer.content)

    def _headers(self, kind: str) -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
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
