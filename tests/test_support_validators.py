"""Each judge catches a planted fault and lets a good page pass: a judge that never says no proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import browser, nu

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

GOOD = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Acceptable use</title></head>
<body><main><h1>Acceptable use</h1><p>Staff use the network with care.</p></main></body>
</html>
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_nu_passes_a_good_page_and_reports_errors_and_warnings_of_others_in_one_run(write) -> None:
    good = write("good.html", GOOD)
    wrong = write("two words ŵ.html", GOOD.replace("<p>", '<p id="a"><b id="a"></b>'))
    odd = write("odd.html", GOOD.replace("<main>", "<main><section><p>No heading.</p></section>"))

    findings = nu.check_html([good, wrong, odd])

    assert [(finding.file, finding.level) for finding in findings] == [
        (wrong, "error"),
        (wrong, "warning"),
        (odd, "warning"),
    ]
    assert findings[0].line == 4
    assert "Duplicate ID" in findings[0].message


def test_nu_of_nothing_is_nothing() -> None:
    assert nu.check_html([]) == []


def test_nu_reports_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        nu.check_html([tmp_path / "absent.html"])


def test_axe_passes_a_good_page(write) -> None:
    with browser.open_browser_page() as quiet:
        quiet.page.goto(write("good.html", GOOD).as_uri())
        assert browser.axe_violations(quiet.page) == []
        assert quiet.refused == []


@pytest.mark.parametrize(
    ("good", "fault", "rule"),
    [
        pytest.param('<html lang="en">', "<html>", "html-has-lang", id="wcag 2.0 a"),
        pytest.param(
            "<p>", '<p style="color: #aaa; background: #fff">', "color-contrast", id="wcag 2.0 aa"
        ),
        pytest.param(
            "<p>",
            '<input autocomplete="x" aria-label="Name"><p>',
            "autocomplete-valid",
            id="wcag 2.1 aa",
        ),
        pytest.param(
            "<p>",
            '<a href="#a" style="font-size: 8px">a</a><br><a href="#b" style="font-size: 8px">b</a><p>',
            "target-size",
            id="wcag 2.2 aa",
        ),
    ],
)
def test_axe_catches_a_planted_fault(write, good: str, fault: str, rule: str) -> None:
    with browser.open_browser_page() as quiet:
        quiet.page.goto(write("bad.html", GOOD.replace(good, fault)).as_uri())
        found = browser.axe_violations(quiet.page)
    assert {violation.rule for violation in found} == {rule}


def test_axe_judges_a_page_whose_own_policy_forbids_scripts(write) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\"><title>"
    page = GOOD.replace("<title>", policy).replace('<html lang="en">', "<html>")
    with browser.open_browser_page() as quiet:
        quiet.page.goto(write("strict.html", page).as_uri())
        assert [violation.rule for violation in browser.axe_violations(quiet.page)] == [
            "html-has-lang"
        ]


def test_the_page_refuses_and_records_what_lies_outside(write) -> None:
    image = '<img alt="" src="http://localhost:9/logo.png"><img alt="" src="data:,"><p>'
    with browser.open_browser_page() as quiet:
        quiet.page.goto(write("outside.html", GOOD.replace("<p>", image)).as_uri())
        assert quiet.refused == ["http://localhost:9/logo.png"]
