"""The website as people meet it: in a browser, by keyboard, with a screen reader, on a phone, without a script."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from policygen.project.check import Selection, check
from tests.support import editions, example
from tests.support.browser import UNFOLD, axe_violations, open_browser_page
from tests.support.hosting import FOLDER, served, site, two_versions
from tests.support.nu import check_html
from tests.support.workspace import run_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

CSP = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'"
SCHOOL, POLICY = "st-brigids", "online-safety"
KINDS = {
    "library": "index.html",
    "search": "search.html?q=own+phone",
    "statement": "accessibility.html",
    "missing": "404.html",
    "policy": f"{POLICY}/index.html",
    "superseded": f"{POLICY}/2.0/index.html",
    "form": f"{POLICY}/2.0.1/forms/pupil-agreement/index.html",
    "extract": f"{POLICY}/2.0.1/extracts/pupils/index.html",
    "history": f"{POLICY}/history/index.html",
    "redline": f"{POLICY}/2.0.1/changes.html",
}
SNAPSHOTS = Path(__file__).parent / "snapshots" / "site"
READ_ALOUD = {
    "library": "index.html",
    "policy": "tiny/index.html",
    "history": "tiny/history/index.html",
    "redline": "tiny/2.1/changes.html",
    "form": "tiny/2.1/forms/receipt/index.html",
    "search": "search.html?q=safe",
}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """output/site/ of a school with a published edition, a policy that its board approved, and a change of a name."""
    root = tmp_path_factory.mktemp("county")
    for folder in ("templates/shared", f"templates/{POLICY}", f"schools/{SCHOOL}"):
        shutil.copytree(example.ROOT / folder, root / folder)
    for other in (root / f"schools/{SCHOOL}/policies").iterdir():
        if other.stem != POLICY:
            other.unlink()
    editions.freeze(root, POLICY, "2026.1")
    standing = check(root, [Selection(SCHOOL, POLICY)], example.AS_OF).policies[0].standing
    assert standing is not None
    name = f"{SCHOOL}/{POLICY}"
    decided = (
        "--body",
        "full-board",
        "--date",
        "2026-11-12",
        "--minute",
        "19.2",
        "--as-of",
        "2026-11-20",
    )
    done = run_in(
        root, "approve", name, "--version", "2.0", "--content", standing.content.code, *decided
    )
    assert done.code == 0, done
    school = root / f"schools/{SCHOOL}/school.yaml"
    school.write_text(school.read_text().replace("filtering: ", "filtering: New "))
    done = run_in(root, "release", name, "--details", "--as-of", "2026-11-20")
    assert done.code == 0, done
    done = run_in(root, "site")
    assert done.code == 0, done
    assert run_in(root, "verify").code == 0
    return root / "output/site"


@pytest.fixture(scope="module")
def policies(output: Path) -> Path:
    return output / SCHOOL / "policies"


def made_pages(folder: Path) -> list[Path]:
    """Every page that the site made itself, the frozen ones left out."""
    return sorted(path for path in folder.rglob("*.html") if b"site-bar" in path.read_bytes())


def test_every_page_is_sound_html(output: Path) -> None:
    found = made_pages(output)
    assert len(found) == 28
    assert [str(each) for each in check_html(found)] == []


@pytest.mark.parametrize("width", [320, 1280])
def test_every_kind_of_page_meets_wcag(output: Path, width: int) -> None:
    """WCAG 2.2 AA by axe-core, in light and dark, without scrolling sideways."""
    issuer = "issuers/northshire-county-council"
    # The page for what is not there knows its styles by the address of the website; tests/test_browser.py serves it.
    paths = [f"{SCHOOL}/policies/{path}" for kind, path in KINDS.items() if kind != "missing"]
    paths += [
        f"{issuer}/{path}"
        for path in ("index.html", f"{POLICY}/index.html", f"{POLICY}/2026.1/circular.html")
    ]
    with open_browser_page(width=width) as quiet:
        for path in paths:
            for scheme in ("light", "dark"):
                quiet.page.emulate_media(color_scheme=scheme)
                quiet.page.goto(address(output, path))
                quiet.page.evaluate(UNFOLD)
                found = [f"{path} {scheme}: {each}" for each in axe_violations(quiet.page)]
                assert found == []
                assert quiet.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert quiet.refused == []


def address(folder: Path, path: str) -> str:
    name, mark, rest = path.partition("?")
    return f"{(folder / name).as_uri()}{mark}{rest}"


def test_it_can_be_crawled_in_a_sub_folder_under_a_strict_policy(
    policies: Path, tmp_path: Path
) -> None:
    """From the library every page is reached; no console error, no outside request, no broken link."""
    shutil.copytree(policies, tmp_path / "some/where/policies")
    said: list[str] = []
    with served(tmp_path, CSP) as base, open_browser_page(served=base) as quiet:
        page = quiet.page
        page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
        page.on(
            "response",
            lambda got: said.append(f"{got.status} {got.url}") if got.status >= 400 else None,
        )
        start = f"{base}some/where/policies/index.html"
        seen, ahead, files = {start}, [start], set[str]()
        while ahead:
            page.goto(ahead.pop())
            for link in page.locator("a[href]").all():
                to = link.evaluate("each => each.href").partition("#")[0]
                if (
                    not to.startswith(base)
                    or link.get_attribute("download") is not None
                    or not to.endswith(".html")
                ):
                    files.update([to] if to.startswith(base) else [])
                elif to not in seen:
                    seen.add(to)
                    ahead.append(to)
        broken = [each for each in files if page.request.get(each).status != 200]
    linked = {address.removeprefix(f"{base}some/where/policies/") for address in seen}
    made = {path.relative_to(policies).as_posix() for path in made_pages(policies)}
    assert linked == made - {"404.html"}
    assert (said, quiet.refused, broken) == ([], [], [])
    assert len([each for each in files if each.endswith(".pdf")]) > 10


def test_a_policy_that_is_kept_works_from_a_disk(policies: Path, tmp_path: Path) -> None:
    """The frozen page is one file: nothing is asked for, and its anchors work."""
    copy = tmp_path / "kept.html"
    shutil.copy(policies / POLICY / "2.0" / f"{POLICY}.html", copy)
    with open_browser_page(width=320) as quiet:
        quiet.page.goto(f"{copy.as_uri()}#main_content")
        assert quiet.refused == []
        number = quiet.page.locator("a.number").nth(3)
        number.click()
        assert quiet.page.url.endswith(number.get_attribute("href") or "")


def test_a_rule_about_phones_is_found_in_two_steps(policies: Path, tmp_path: Path) -> None:
    """Ask, then follow the first answer: there stands the rule."""
    shutil.copytree(policies, tmp_path / "policies")
    with served(tmp_path, CSP) as base, open_browser_page(width=360, served=base) as quiet:
        page = quiet.page
        page.goto(f"{base}policies/index.html")
        page.get_by_role("searchbox").fill("May I use my own phone?")
        page.keyboard.press("Enter")
        page.wait_for_selector("#results li a")
        assert "rules found" in page.locator("#found_said").inner_text()
        page.locator("#results li a").first.click()
        target = page.evaluate("document.querySelector(':target').innerText").lower()
    assert "phone" in target
    assert "own" in target or "personal" in target


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("passwords", "password"),
        ("photo of a child", "image"),
        ("lost laptop", "laptop"),
        ("ChatGPT", "ai"),
        ("xylophone", "no rule was found"),
        ("", "every rule in force"),
    ],
)
def test_what_the_search_says(policies: Path, question: str, said: str) -> None:
    """From a disk, too. Other words for the same thing are found; where there is no answer, it says so."""
    with open_browser_page() as quiet:
        quiet.page.goto(address(policies, f"search.html?q={question.replace(' ', '+')}"))
        words = quiet.page.locator("main").inner_text().lower()
    assert said in words[:1500]


def test_without_a_script_everything_can_be_used(policies: Path) -> None:
    """The filter is made of choices alone, and the page of all rules shows them all."""
    with open_browser_page(scripts=False) as quiet:
        page = quiet.page
        page.goto(address(policies, "search.html?q=phone"))
        assert page.locator("#every_rule").is_visible()
        assert page.locator("#every_rule li").count() > 80
        assert not page.locator("#found").is_visible()


def test_the_filter_leaves_the_policies_for_one_audience(tmp_path: Path) -> None:
    """By its choices and the style sheet alone."""
    from dataclasses import replace

    from policygen.project.site import school_site
    from policygen.site.school import site_files

    shelf = school_site(two_versions(tmp_path), "oak", (), example.AS_OF)
    assert shelf is not None
    (policy,) = shelf.policies
    staff = replace(policy, policy_id="two", versions=tuple(
        replace(each, document=replace(each.document, audience="staff", sections=tuple(
            replace(section, audience="staff") for section in each.document.sections), forms=(), appendices=()))
        for each in policy.versions[-1:]))  # fmt: skip
    pupils = replace(staff, policy_id="three", versions=tuple(
        replace(each, document=replace(each.document, audience="pupils", sections=tuple(
            replace(section, audience="pupils") for section in each.document.sections))) for each in staff.versions))  # fmt: skip
    shelf = replace(shelf, policies=(policy, staff, pupils))
    page = next(
        content for name, content in site_files(shelf).items() if name == "policies/index.html"
    )
    for name, content in site_files(replace(shelf, policies=(policy,))).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "policies/index.html").write_bytes(page)
    with open_browser_page(scripts=False) as quiet:
        quiet.page.goto((tmp_path / "policies/index.html").as_uri())
        cards = quiet.page.locator(".card")
        assert [each.is_visible() for each in cards.all()] == [True, True, True]
        quiet.page.get_by_label("Pupils").check()
        assert [each.is_visible() for each in cards.all()] == [True, False, True]


def test_the_keyboard_meets_everything_in_order(policies: Path) -> None:
    """The first stops on the library and on a policy: skip link, site, search, choices, policies."""
    library = stops(policies / "index.html", 9)
    assert library[:5] == ["Skip to main content", "Policies of St Brigid’s C of E Aided Primary School", "Search",
                           "searchbox", "Search"]  # fmt: skip
    assert library[5] == "Online safety policy"
    policy = stops(policies / POLICY / "index.html", 9)
    assert policy[0] == "Skip to main content"
    assert policy[3:6] == [policy[3], "Forms and parts", "History and changes"]
    assert policy[3].startswith("PDF (")
    assert policy[6].startswith("Version Date Minute number")
    assert policy[7] == "Our approach to online safety"


def stops(path: Path, number: int) -> list[str]:
    """What the first stops of the Tab key are called."""
    named = "document.activeElement.innerText || document.activeElement.type + 'box'"
    found = []
    with open_browser_page() as quiet:
        quiet.page.goto(path.as_uri())
        for _ in range(number):
            quiet.page.keyboard.press("Tab")
            found.append(" ".join(quiet.page.evaluate(named).split()))
    return found


def test_the_skip_link_leads_to_the_policy(policies: Path) -> None:
    with open_browser_page() as quiet:
        quiet.page.goto((policies / POLICY / "index.html").as_uri())
        quiet.page.keyboard.press("Tab")
        assert quiet.page.locator(".skip-link").first.is_visible()
        quiet.page.keyboard.press("Enter")
        assert quiet.page.url.endswith("#main_content")


@pytest.mark.parametrize("name", READ_ALOUD)
def test_what_a_screen_reader_meets(name: str, tmp_path: Path) -> None:
    """Roles, names and order, as tests/snapshots/site/ has them; `python -m tests.test_site_pages` accepts others."""
    root = two_versions(tmp_path)
    site(root)
    with open_browser_page() as quiet:
        assert read_aloud(quiet.page, root, name) == (SNAPSHOTS / f"{name}.yaml").read_text("utf-8")


def read_aloud(page: Page, root: Path, name: str) -> str:
    page.goto(address(root / FOLDER, READ_ALOUD[name]))
    return page.locator("body").aria_snapshot() + "\n"


def test_forced_colours_and_paper_keep_everything_readable(policies: Path) -> None:
    """With the system's own colours the page still meets WCAG; on paper the frame of the site is gone."""
    with open_browser_page(width=1280) as quiet:
        quiet.page.emulate_media(forced_colors="active")
        quiet.page.goto((policies / POLICY / "index.html").as_uri())
        quiet.page.evaluate(UNFOLD)
        assert [str(each) for each in axe_violations(quiet.page)] == []
        quiet.page.emulate_media(media="print", forced_colors="none")
        assert not quiet.page.locator(".site-bar").is_visible()
        assert not quiet.page.locator(".site-foot").is_visible()
        assert quiet.page.locator("main h2").first.is_visible()


def accept() -> None:
    """Write what a screen reader meets now: `python -m tests.test_site_pages`. Read the difference well."""
    SNAPSHOTS.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, open_browser_page() as quiet:
        root = two_versions(Path(folder))
        site(root)
        for name in READ_ALOUD:
            (SNAPSHOTS / f"{name}.yaml").write_text(
                read_aloud(quiet.page, root, name), encoding="utf-8"
            )


if __name__ == "__main__":
    sys.exit(accept())
