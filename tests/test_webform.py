"""`adopt --web`: the questions as a form in a browser on this machine, asked by a real client and used in a real browser."""

from __future__ import annotations

import datetime
import http.client
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import yaml
from lxml import html as parser

from policygen.disk.alone import alone
from policygen.ground.limits import FORM_BYTES
from policygen.project.webform import WebForm, start_form
from tests.support.browser import axe_violations, open_browser_page
from tests.support.nu import check_html
from tests.support.workspace import ADOPTION, SCHOOL, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AS_OF = datetime.date(2026, 11, 20)
PRINTS_LEAD = (
    "templates/tiny/sections/lost-keys.md",
    "reported to the {{ roles.head }} within",
    "reported to {{ people.dsl.name }} within",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A school that has adopted nothing, and lacks a name that the policy prints."""
    return Workspace(tmp_path / "work").without(ADOPTION).with_change(*PRINTS_LEAD).write()


class Client:
    """A browser without scripts."""

    def __init__(self, address: str) -> None:
        host, _, rest = address.removeprefix("http://").partition("/")
        self.port, self.base = int(host.partition(":")[2]), f"/{rest}"

    def ask(
        self,
        path: str = "",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        whole: bool = False,
    ) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        where = path if whole else f"{self.base}{path}"
        connection.request("GET" if body is None else "POST", where, body, headers or {})
        with connection.getresponse() as answer, closing(connection):
            return answer.status, answer.read().decode(), dict(answer.getheaders())

    def form(self, key: str) -> dict[str, str]:
        """What stands hidden in the form of a question."""
        page = parser.fromstring(self.ask()[1])
        (form,) = (each for each in page.forms if each.fields.get("key") == key)
        return {"key": key, "seen": str(form.fields["seen"])}

    def save(self, key: str, *answers: str, **more: str) -> tuple[int, str, dict[str, str]]:
        return self.send(
            [*{**self.form(key), **more}.items(), *(("answer", each) for each in answers)]
        )

    def send(self, fields: list[tuple[str, str]]) -> tuple[int, str, dict[str, str]]:
        return self.ask("save", urlencode(fields).encode())


@contextmanager
def opened(root: Path) -> Iterator[Client]:
    form = WebForm(root, "oak", "tiny", AS_OF)
    server = start_form(form)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Client(form.address(server))
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def answers(root: Path) -> dict[str, object]:
    said: dict[str, object] = yaml.safe_load((root / ADOPTION).read_text())["answers"]
    return said


# --- without a script -------------------------------------------------------------------------------------------------


def test_every_answer_is_kept_as_one_goes(root: Path) -> None:
    """Facts first; each kind of field; the draft follows; at the end nothing is open and the policy is right."""
    with opened(root) as client:
        titles = parser.fromstring(client.ask()[1]).xpath("//h2/text()")
        assert titles[:2] == ["Facts of the school", "Questions of this policy"]
        status, _, headers = client.save("facts.people.dsl", "Leila Haddad")
        assert (status, headers["Location"]) == (303, f"{client.base}#p-answers-keeper")
        assert "Leila Haddad" in client.ask("draft")[1]
        assert client.save("answers.keeper", "caretaker")[0] == 303
        assert client.save("answers.holders", "staff", "governors")[0] == 303
        assert "Where is the key safe?" not in client.ask()[1]
        assert client.save("answers.key_safe", "yes")[0] == 303
        assert client.save("answers.safe_place", "in the staff room")[0] == 303
        assert client.save("answers.doors", "the front door\r\nthe hall door\r\n")[0] == 303
        assert client.save("answers.days_to_report", "2")[0] == 303
        assert client.save("answers.count_from", "2026-09-01")[0] == 303
        assert client.save("clauses.who-may-hold", "keep")[0] == 303
        assert client.save("version", chosen="1.0")[0] == 303
        client.save("author", "School office")
        client.save("reason", "First adopted")
        page = client.ask()[1]
        assert "Everything is answered." in page
    assert answers(root)["doors"] == ["the front door", "the hall door"]
    assert run_in(root, "check", "oak").stdout == "1 policy checked, no errors\n"


def test_an_answer_is_taken_back_by_giving_another(root: Path) -> None:
    with opened(root) as client:
        client.save("answers.keeper", "caretaker")
        client.save("answers.keeper", "office")
        assert answers(root)["keeper"] == "office"


REFUSED = (
    ("answers.days_to_report", "9", "This must be a whole number from 1 to 5, not `9`."),
    ("answers.count_from", "soon", "This must be a date, the year first."),
    ("answers.keeper", "nobody", "This has no option `nobody`."),
    ("facts.people.dsl", "", "This is answered with an empty text."),
    ("facts.people.dsl", "2", "“2” is only a number"),
)


def test_what_does_not_fit_is_told_at_the_field_and_in_the_summary(root: Path) -> None:
    """What was typed still stands there; nothing is written."""
    with opened(root) as client:
        for key, written, says in REFUSED:
            status, body, _ = client.save(key, written)
            page = parser.fromstring(body)
            assert status == 422
            assert page.xpath("//title")[0].text.startswith("Error: ")
            (summary,) = page.xpath("//*[@id='summary'][@tabindex='-1'][@autofocus]")
            assert says in summary.text_content()
            (link,) = summary.xpath(".//a/@href")
            (field,) = page.xpath(f"//*[@id='{link[1:]}']")
            assert field.get("aria-invalid") == "true"
            described = " ".join(page.xpath("//*[@aria-describedby]/@aria-describedby")).split()
            told = [page.get_element_by_id(each).text_content() for each in described]
            assert any(says in each for each in told)
    assert not (root / ADOPTION).exists()


def test_what_looks_like_a_slip_is_kept_when_it_is_meant(root: Path) -> None:
    with opened(root) as client:
        assert "It is meant so" in client.save("facts.people.dsl", "2")[1]
        assert client.save("facts.people.dsl", "2", meant="yes")[0] == 303


# --- others at work ---------------------------------------------------------------------------------------------------


def test_two_tabs_lose_nothing(root: Path) -> None:
    """The second is told what the first has kept, what it typed stands there, and saved again it takes its place."""
    with opened(root) as client:
        old = client.form("facts.people.dsl")
        client.save("facts.people.dsl", "Leila Haddad")
        status, body, _ = client.send([*old.items(), ("answer", "Ruth Amadi")])
        assert status == 422
        assert "Somebody else has answered this meanwhile: Leila Haddad." in body
        assert 'value="Ruth Amadi"' in body
        assert "Leila Haddad" in (root / SCHOOL).read_text()
        assert client.save("facts.people.dsl", "Ruth Amadi")[0] == 303
        assert "Ruth Amadi" in (root / SCHOOL).read_text()


def test_a_file_edited_by_hand_is_followed_and_a_broken_one_told(root: Path) -> None:
    with opened(root) as client:
        client.save("answers.keeper", "caretaker")
        text = (root / ADOPTION).read_text()
        (root / ADOPTION).write_text(text.replace("keeper: caretaker", "keeper: office  # ours"))
        client.save("answers.key_safe", "no")
        assert "keeper: office  # ours" in (root / ADOPTION).read_text()
        assert answers(root)["key_safe"] is False
        broken = (root / ADOPTION).read_text() + "\n: ["
        (root / ADOPTION).write_text(broken)
        assert "A file cannot be read as it stands" in client.ask()[1]
        assert client.save("answers.days_to_report", "2")[0] == 409
        assert (root / ADOPTION).read_text() == broken


def test_another_command_at_work_is_told(root: Path) -> None:
    with opened(root) as client, alone(root):
        assert "another command is at work" in client.save("answers.keeper", "office")[1]
    assert not (root / ADOPTION).exists()


def test_a_question_that_is_gone_keeps_nothing(root: Path) -> None:
    with opened(root) as client:
        status, body, _ = client.send([("key", "answers.safe_place"), ("answer", "here")])
        assert (status, "not asked any more" in body) == (409, True)


def test_a_school_that_was_only_begun_is_asked_first(root: Path) -> None:
    text = (root / SCHOOL).read_text()
    (root / SCHOOL).write_text(text.replace("phase: primary", "phase:"))
    with opened(root) as client:
        assert "Which pupils is it for?" in client.ask()[1]
        assert "Who keeps the keys?" not in client.ask()[1]
        client.save("facts.phase", "primary")
        assert "Who keeps the keys?" in client.ask()[1]


# --- strangers --------------------------------------------------------------------------------------------------------


def test_nobody_without_the_token_sees_or_writes_anything(root: Path) -> None:
    with opened(root) as client:
        for path in ("/", "/draft", "/x/", "/x/draft", f"/{'a' * 24}/", "/_/site/"):
            status, body, _ = client.ask(path, whole=True)
            assert (status, "keys" in body) == (404, False), path
        assert client.ask("/x/save", b"key=version&answer=1.0", whole=True)[0] == 404
        headers = client.ask()[2]
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert not (root / ADOPTION).exists()


STRANGE = (
    ({"Host": "evil.example"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Origin": "http://evil.example"}, 403),
    ({"Content-Length": str(FORM_BYTES + 1)}, 413),
    ({"Content-Length": "-1"}, 411),
    ({"Content-Length": "1e3"}, 411),
    ({"Transfer-Encoding": "chunked"}, 411),
    ({}, 303),
)
NO_FORMS = (b"\xff", b"&&&", b"a", b"=".join([b"a"] * 3), b"a=1&" * 5_000)


def test_a_form_from_elsewhere_or_of_another_size_is_refused(root: Path) -> None:
    with opened(root) as client:
        body = urlencode({**client.form("answers.keeper"), "answer": "office"}).encode()
        for headers, status in STRANGE:
            assert client.ask("save", body, headers)[0] == status, headers
        for body in NO_FORMS:
            assert client.ask("save", body)[0] in (400, 409), body[:10]
        assert client.ask()[0] == 200


def test_what_is_typed_is_text_wherever_it_is_shown(root: Path) -> None:
    with opened(root) as client:
        odd = "<script>alert(1)</script>\"'&"
        client.save("facts.people.dsl", odd)
        for path in ("", "draft"):
            assert "<script>alert" not in client.ask(path)[1]
        assert odd in parser.fromstring(client.ask()[1]).xpath("//input/@value")


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_pages_are_sound(root: Path, tmp_path: Path) -> None:
    """As the checker of HTML sees them, with an error and without."""
    files = [tmp_path / "open.html", tmp_path / "refused.html", tmp_path / "draft.html"]
    with opened(root) as client:
        refused = client.save("answers.days_to_report", "9")[1]
        for file, body in zip(
            files, (client.ask()[1], refused, client.ask("draft")[1]), strict=True
        ):
            file.write_text(body, encoding="utf-8")
    assert check_html(files) == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1280])
def test_the_form_is_used_with_the_keyboard_alone(root: Path, width: int) -> None:
    """Answers are kept and told, the focus goes on, a mistake has the focus, the draft follows, and axe finds nothing."""
    with opened(root) as client:
        address = f"http://127.0.0.1:{client.port}"
        with open_browser_page(width=width, served=address) as quiet:
            page = quiet.page
            page.goto(f"{address}{client.base}")
            assert axe_violations(page, good=True) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.focus("#p-facts-people-dsl-1")
            page.keyboard.type("Leila Haddad")
            page.keyboard.press("Enter")
            page.locator("#p-answers-keeper-1:focus").wait_for()
            assert "Saved." in page.inner_text("#said")
            if width > 1000:
                page.frame_locator("iframe").get_by_text("Leila Haddad").first.wait_for()
            page.keyboard.press("Space")
            page.locator("#p-answers-keeper .state", has_text="Saved").wait_for()
            page.focus("#p-answers-days-to-report-1")
            page.keyboard.type("9")
            page.keyboard.press("Enter")
            page.locator("#summary:focus").wait_for()
            assert axe_violations(page, good=True) == []
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.id") == "p-answers-days-to-report-1"
            page.emulate_media(color_scheme="dark")
            assert axe_violations(page, good=True) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert quiet.refused == []
    assert answers(root)["keeper"] == "office"
