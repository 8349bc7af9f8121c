"""The preview: a real server on a real workspace, asked by a real client, while files change on disk."""

from __future__ import annotations

import datetime
import http.client
import os
import shutil
import socket
import struct
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from policygen.disk.serving import clean_path, is_private
from policygen.ground.diagnostics import Diagnostic, Place
from policygen.html.preview import problems_html
from policygen.project.serve import first_preview, next_preview, start_preview
from tests.support.browser import axe_violations, open_browser_page
from tests.support.nu import check_html
from tests.support.workspace import ADOPTION, TEMPLATE, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AS_OF = datetime.date(2026, 11, 20)
METHODS = ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get")
SECTION = "templates/tiny/sections/holding-keys.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Workspace(tmp_path / "workspace").write()


@contextmanager
def served(root: Path) -> Iterator[int]:
    server, end = start_preview(root, "127.0.0.1", 0, AS_OF)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        end()
        thread.join(5)


def ask(
    port: int, path: str, method: str = "GET", host: str = ""
) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{port}")
    connection.endheaders()
    with connection.getresponse() as answer, closing(connection):
        return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.getheaders())


def until(found: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def change(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text("utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), "utf-8")


# --- what is composed again -------------------------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two schools that adopt one policy."""
    base = Workspace(tmp_path / "workspace")
    names = ("schools/oak/school.yaml", "schools/oak/logo.svg", ADOPTION)
    copies = {
        path.replace("/oak/", "/elm/"): base.text(path).replace("Oak Lane", "Elm Grove")
        for path in names
    }
    return base.with_files(copies).write()


def test_only_what_changed_is_composed_again(two: Path) -> None:
    """A school's file touches its policies, a template all who adopt it, and what is not touched stays the same object."""
    first = first_preview(two, AS_OF)
    assert {name: shown.round for name, shown in first.policies.items()} == {
        ("elm", "tiny"): 1,
        ("oak", "tiny"): 1,
    }
    change(two, ADOPTION, "author: ", "author: The ")
    second = next_preview(two, first, [ADOPTION], AS_OF)
    assert {name: shown.round for name, shown in second.policies.items()} == {
        ("elm", "tiny"): 1,
        ("oak", "tiny"): 2,
    }
    assert second.policies["elm", "tiny"] is first.policies["elm", "tiny"]
    third = next_preview(two, second, [TEMPLATE], AS_OF)
    assert {shown.round for shown in third.policies.values()} == {3}


def test_a_broken_file_keeps_the_page_before(two: Path) -> None:
    first = first_preview(two, AS_OF)
    change(two, ADOPTION, "answers:", "answer:")
    second = next_preview(two, first, [ADOPTION], AS_OF)
    shown = second.policies["oak", "tiny"]
    assert shown.composed is first.policies["oak", "tiny"].composed
    assert {each.rule for each in shown.errors} >= {"unknown-key"}
    assert not second.policies["elm", "tiny"].errors


def test_a_school_that_is_gone_is_gone(two: Path) -> None:
    first = first_preview(two, AS_OF)
    shutil.rmtree(two / "schools/elm")
    second = next_preview(two, first, ["schools/elm/school.yaml"], AS_OF)
    assert [*second.policies] == [("oak", "tiny")]


# --- the server -------------------------------------------------------------------------------------------------------


def test_pages_are_served_and_follow_an_edit(root: Path) -> None:
    with served(root) as port:
        status, first, headers = ask(port, "/oak/tiny/")
        assert (status, "/_/reload.js" in first) == (200, True)
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        change(root, "schools/oak/school.yaml", "Oak Lane", "Acorn Lane")
        until(lambda: "Acorn Lane" in ask(port, "/oak/tiny/")[1])
        assert "Acorn Lane" in ask(port, "/")[1]


def test_an_edit_by_rename_and_many_at_once(root: Path) -> None:
    """Editors write beside a file and rename; several saves in a row end with the last one shown."""
    path = root / "schools/oak/school.yaml"
    with served(root) as port:
        for number in range(5):
            beside = path.with_name(".school.yaml.swp")
            beside.write_text(
                path.read_text("utf-8").replace("Oak Lane", f"Oak Lane {number}"), "utf-8"
            )
            beside.replace(path)
        until(lambda: "Oak Lane 4 3 2 1 0" in ask(port, "/oak/tiny/")[1])


def test_a_law_library_may_come_later_and_be_replaced_again_and_again(root: Path) -> None:
    """A file at the top of the workspace is seen when it is made, written, and put in place of another, each time."""
    law = root / "law.yaml"
    text = "as_of: 2026-11-20\ncurrent:\n  key_code:\n    cite: Code on keys (0)\n    year: 2026\n"
    section = root / SECTION
    section.write_text(section.read_text("utf-8") + "\nSee {{ law.key_code }}.\n", "utf-8")
    with served(root) as port:
        assert "problems" in ask(port, "/")[1]
        for number in range(4):
            beside = root / "law.yaml.tmp"
            beside.write_text(text.replace("(0)", f"({number})"), "utf-8")
            beside.replace(law)
            until(lambda: f"Code on keys ({number})" in ask(port, "/oak/tiny/")[1])  # noqa: B023
        law.write_text(text.replace("(0)", "(plainly)"), "utf-8")
        until(lambda: "Code on keys (plainly)" in ask(port, "/oak/tiny/")[1])


def test_a_folder_that_is_put_back_is_followed_again(root: Path) -> None:
    """As when all schools are restored from a backup: the folder is another one then, and still seen."""
    with served(root) as port:
        (root / "schools").rename(root / "aside")
        until(lambda: ask(port, "/oak/tiny/")[0] == 404)
        shutil.copytree(root / "aside", root / "schools")
        until(lambda: ask(port, "/oak/tiny/")[0] == 200)
        change(root, "schools/oak/school.yaml", "Oak Lane", "Acorn Lane")
        until(lambda: "Acorn Lane" in ask(port, "/oak/tiny/")[1])


def test_errors_are_shown_in_the_page_with_place_and_hint(root: Path) -> None:
    with served(root) as port:
        change(root, ADOPTION, "keeper: office", "keeper: ofice")
        until(lambda: "1 error to put right" in ask(port, "/oak/tiny/")[1])
        page = ask(port, "/oak/tiny/")[1]
        assert "has no option <code>ofice</code>" in page
        assert f"<code>{ADOPTION}:" in page
        assert "<mark>ofice</mark>" in page
        assert "did you mean <code>office</code>?" in page
        assert "<title>1 error to put right: Keys to the school – Oak Lane School</title>" in page
        assert "Draft" in ask(port, "/oak/tiny/before")[1]
        change(root, ADOPTION, "keeper: ofice", "keeper: office")
        until(lambda: "error to put right" not in ask(port, "/oak/tiny/")[1])


def test_an_address_without_a_page_says_so_in_a_page(root: Path) -> None:
    with served(root) as port:
        for path in ("/nothing/here/", "/oak/tiny/forms/none.html", "/../secret"):
            status, body, headers = ask(port, path)
            assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
            assert '<html lang="en-GB">' in body
            assert "<title>Page not found</title>" in body
            assert '<a href="/">All policies</a>' in body


@given(st.text(alphabet="`ab <&", max_size=12))
def test_what_stands_in_backticks_is_code(message: str) -> None:
    """Each pair is one piece of code, a backtick alone is itself, and no letter is lost or becomes markup."""
    place = Place(ADOPTION)
    page = problems_html("Oak", "Keys", (Diagnostic("bad-value", message, place),), "")
    said = parser.fromstring(page).xpath("//ol/li/p")[0]
    assert len(said.xpath("code")) == message.count("`") // 2
    text = said.text_content().removeprefix("Error: ")
    assert text.replace("`", "") == message.replace("`", "")
    assert text.count("`") == message.count("`") % 2


def test_many_ask_at_once(root: Path) -> None:
    with served(root) as port:
        answers: list[int] = []
        threads = [
            threading.Thread(target=lambda: answers.append(ask(port, "/oak/tiny/")[0]))
            for _ in range(40)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 40


OUTSIDE = [
    "/../secret", "/oak/../../secret", "/_/site/../../secret", "/_/site/%2e%2e/%2e%2e/secret", "/_/site/..%2f..%2fsecret",
    "/_/site//etc/passwd", "/_/site/%00", "/_/site/..\\..\\secret", "/_/site/%5c..%5csecret", "//etc/passwd", "/_/site/link",
    "/_/site/folder/secret", "/%ff", "/%2e%2e/secret", "/%252e%252e/secret", "/_/site/%252e%252e/secret", "/_/site/..%252fsecret",
    "/_/site/%c0%ae%c0%ae/secret", "/_/site/..;/secret", "/_/site/.%00./secret", "/_/site/circle", "/_/site/" + "a" * 5_000, "/_/site/" + "a/" * 5_000,
    "/_/site/pipe", "/_/site/folder/", "/oak/tiny/../../secret", "/oak/tiny/..\\..\\secret", "/oak/%2e%2e%2fsecret", "http://evil.example/secret", "*",
]  # fmt: skip


def test_nothing_outside_is_served(root: Path) -> None:
    """However the path is written, and where a link inside the site leads out of it."""
    (root / "secret").write_text("SECRET", "utf-8")
    site = root / "output" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text("the site", "utf-8")
    (site / "link").symlink_to(root / "secret")
    (site / "folder").symlink_to(root)
    (site / "circle").symlink_to(site / "circle")
    os.mkfifo(site / "pipe")
    with served(root) as port:
        assert ask(port, "/_/site/")[1] == "the site"
        for path in OUTSIDE:
            status, body, _ = ask(port, path)
            assert (status, "SECRET" in body) == (404, False), path


def test_a_website_that_is_a_link_is_not_served(root: Path, tmp_path: Path) -> None:
    """Nor one whose folder above leads elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "site").mkdir(parents=True)
    (elsewhere / "site/secret").write_text("SECRET", "utf-8")
    (root / "output").symlink_to(elsewhere)
    with served(root) as port:
        assert ask(port, "/_/site/secret")[0] == 404
        (root / "output").unlink()
        (root / "output").mkdir()
        (root / "output/site").symlink_to(elsewhere / "site")
        assert ask(port, "/_/site/secret")[0] == 404


def test_other_names_and_methods_are_refused(root: Path) -> None:
    with served(root) as port:
        assert ask(port, "/", host="evil.example")[0] == 403
        assert ask(port, "/", host=f"localhost:{port}")[0] == 200
        assert ask(port, "/", method="POST")[0] == 501
        assert ask(port, "/", method="HEAD")[:2] == (200, "")


@pytest.mark.parametrize(
    ("written", "clean"),
    [("/a/b?c#d", "/a/b"), ("/a%20b", "/a b"), ("/a/../b", ""), ("a", ""), ("/a//b", "")],
)
def test_paths_are_cleaned_once(written: str, clean: str) -> None:
    assert clean_path(written) == clean
    assert clean_path("/%252e%252e/a") == "/%2e%2e/a"


def test_nothing_is_written(root: Path) -> None:
    before = sorted(path for path in root.rglob("*"))
    with served(root) as port:
        ask(port, "/oak/tiny/")
    assert sorted(path for path in root.rglob("*")) == before


@contextmanager
def connected(port: int, said: bytes = b"") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(said)
        yield connection


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 100_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: a\r\n" * 5_000 + b"\r\n", b"431"),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"403"),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n\r\n", b"403"),
        (b"GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", b"403"),
        (b"GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"403"),
        *((f"{method} / HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), b"501") for method in METHODS),
    ],
)  # fmt: skip
def test_a_request_that_is_none_gets_its_answer(root: Path, said: bytes, status: bytes) -> None:
    """Whatever it is, no text of it comes back and the preview goes on."""
    with served(root) as port:
        with connected(port) as connection:
            with suppress(OSError):  # it may be answered before all of it was said
                connection.sendall(said)
            assert status in connection.recv(1_000)
        assert ask(port, "/")[0] == 200


def test_a_body_is_not_taken_for_the_next_request(root: Path) -> None:
    hidden = b"GET /oak/tiny/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = f"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(hidden)}\r\n\r\n".encode()
    with served(root) as port, connected(port, head + hidden) as connection:
        said = b""
        with suppress(OSError):
            while more := connection.recv(100_000):
                said += more
    assert said.count(b"HTTP/1.1 200") == 1


def test_slow_requests_keep_nobody_waiting(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """200 connections that say a letter now and then: others are served at once, and these end after a while."""
    monkeypatch.setattr("policygen.disk.serving._PATIENCE", 6)
    with served(root) as port, ExitStack() as open_ones:
        slow = [open_ones.enter_context(connected(port, b"GET / HT")) for _ in range(200)]
        begun = time.monotonic()
        assert ask(port, "/oak/tiny/")[0] == 200
        assert time.monotonic() - begun < 5
        for _ in range(10):
            time.sleep(1)
            for each in slow:
                with suppress(OSError):
                    each.sendall(b"T")
        for each in slow:
            with suppress(ConnectionResetError):
                assert each.recv(1) == b""
        assert ask(port, "/oak/tiny/")[0] == 200


def test_who_goes_away_is_no_news(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed, and a fault in making a page is told without ending the preview."""
    with served(root) as port:
        for _ in range(5):
            with connected(
                port, b"GET /oak/tiny/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
            ) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert ask(port, "/")[0] == 200
        assert capfd.readouterr().err == ""


def test_a_fault_in_making_a_page_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("ours")

    with served(root) as port:
        monkeypatch.setattr("policygen.project.serve.draft_products", fails)
        status, body, _ = ask(port, "/oak/tiny/")
        assert (status, "could not be made" in body) == (500, True)
        assert "ValueError: ours" in capfd.readouterr().err
        assert ask(port, "/")[0] == 200


@pytest.mark.parametrize(
    "host", ["", " ", "no such host", "999.1.1.1", "::g", "[::1]", "127.0.0.1:80", "http://localhost", "a" * 300, "é" * 70, "203.0.113.7", "-1"],
)  # fmt: skip
def test_a_host_that_is_none_of_this_machine(root: Path, host: str) -> None:
    result = Workspace(root).run("serve", "--host", host, "--port", "0", "--as-of", "2026-11-20")
    assert (result.code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    assert "host" in result.stderr or "cannot listen on" in result.stderr


@pytest.mark.parametrize(
    ("host", "private"),
    [("127.0.0.1", True), ("127.0.0.9", True), ("::1", True), ("localhost", True), ("::", False), ("oak.example", False)],
)  # fmt: skip
def test_what_hears_this_machine_alone(host: str, *, private: bool) -> None:
    assert is_private(host) is private


def test_a_port_that_is_taken(root: Path) -> None:
    with served(root) as port:
        result = Workspace(root).run("serve", "--port", str(port), "--as-of", "2026-11-20")
    assert (result.code, result.stdout) == (2, "")
    assert f"cannot listen on 127.0.0.1, port {port}" in result.stderr


@pytest.mark.slow
def test_a_browser_follows_an_edit_and_the_pages_are_accessible(root: Path, tmp_path: Path) -> None:
    """The open page reloads by itself; list and problems stand before the validators at both widths."""
    change(root, ADOPTION, "keeper: office", "keeper: ofice")
    with served(root) as port:
        pages = []
        for name, path in (("list", "/"), ("problems", "/oak/tiny/")):
            pages.append(tmp_path / f"{name}.html")
            pages[-1].write_text(ask(port, path)[1], "utf-8")
        assert [str(each) for each in check_html(pages)] == []
        for page in pages:
            for width in (320, 1280):
                with open_browser_page(width=width) as quiet:
                    quiet.page.goto(page.as_uri())
                    assert [str(each) for each in axe_violations(quiet.page)] == []
                    assert quiet.page.evaluate("document.documentElement.scrollWidth") <= width
        with open_browser_page() as quiet:
            quiet.page.context.unroute("**/*")
            quiet.page.goto(f"http://127.0.0.1:{port}/oak/tiny/")
            change(root, ADOPTION, "keeper: ofice", "keeper: office")
            quiet.page.wait_for_selector("text=Not for use", timeout=20_000)
