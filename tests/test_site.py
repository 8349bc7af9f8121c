"""The website of a school: what was approved, unchanged, findable and readable by everybody, and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

import pytest
from lxml import html as parser

from policygen.model.school import Accessibility
from policygen.project.site import school_site
from policygen.site.frozen import NotAPageError, taken_apart
from policygen.site.statement import statement_page
from tests.support import editions, example
from tests.support.hosting import COUNT, FOLDER, site, tree, two_versions
from tests.support.register import freeze, record_signatures, sign_minutes
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_MADE = "Not made, because of errors; what was made before stays\n  oak\n"
REGISTER = "schools/oak/register/tiny"
NAMED = '<span class="name">'
STANDING = re.compile(
    f'<li>{NAMED}Status</span> <span class="said">Superseded on .*</li>\n<li>{NAMED}Status until then</span>'
)
"""What the panel of a superseded version says beside what was frozen."""


class Page(HTMLParser):
    """Ids, links and words of a page."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.heads: list[dict[str, str]] = []
        self.words = ""
        self.title = ""
        self._inside = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = tag
        if tag in ("p", "li", "dt", "dd", "h1", "h2", "h3", "div"):
            self.words += " "
        if "id" in given:
            self.ids.append(given["id"])
        if tag in ("meta", "link"):
            self.heads.append(given)
        if given.get("rel") != "canonical":
            self.links += [given[name] for name in ("href", "src", "action") if name in given]

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
            self._inside = ""
        self.words += data


def pages(files: Mapping[str, bytes]) -> dict[str, Page]:
    """The pages that the site made, the frozen ones and fragments left out."""
    return {
        name: Page(content)
        for name, content in files.items()
        if name.endswith(".html") and b"site-bar" in content
    }


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_versions(tmp_path_factory.mktemp("oak"))


@pytest.fixture(scope="module")
def files(root: Path) -> dict[str, bytes]:
    return site(root)


# --- what is there ----------------------------------------------------------------------------------------------------


def test_every_file_has_its_address(files: dict[str, bytes]) -> None:
    named = {name for name in files if not name.startswith("site_files/")}
    versions = {
        f"tiny/{version}/{name}"
        for version in ("2.0", "2.1")
        for name in (
            "index.html",
            "tiny.html",
            "tiny.txt",
            "forms/receipt.html",
            "forms/receipt/index.html",
        )
    }
    assert named == versions | {
        "index.html", "search.html", "accessibility.html", "404.html", "feed.xml", "sitemap.xml", "policies.json", "manifest.json",
        "tiny/index.html", "tiny/fragment.html", "tiny/history/index.html", "tiny/2.1/changes.html",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("website", "root"),
    [
        ("", "/policies"),
        ("website: www.oak.example\n", "/policies"),
        ("website: https://schools.example/oak\n", "/oak/policies"),
    ],
)
def test_the_page_for_missing_ones_works_at_any_address(
    tmp_path: Path, website: str, root: str
) -> None:
    """Each of its links begins at the root of the server and leads to a file of the site; no search engine lists it."""
    files = site(two_versions(tmp_path, website))
    page = Page(files["404.html"])
    ways = [way for way in page.links if not way.startswith(("#", "mailto:", "tel:"))]
    assert len(ways) > 5
    assert {way.removeprefix(f"{root}/") for way in ways} <= {*files}
    assert {"name": "robots", "content": "noindex"} in page.heads
    assert "Page not found" in page.title


def test_search_engines_are_told_of_each_policy_and_its_history(files: dict[str, bytes]) -> None:
    """Every page that stands for what is in force now, with the day of the last change where there is one."""
    listed = dict(
        re.findall(r"<loc>(.*?)</loc><lastmod>(.*?)</lastmod>", files["sitemap.xml"].decode())
    )
    home = "https://www.oak.example/policies/"
    day = "2026-11-12"
    assert listed == {
        home: day,
        f"{home}search.html": day,
        f"{home}accessibility.html": day,
        f"{home}tiny/": day,
        f"{home}tiny/history/": day,
    }
    assert files["sitemap.xml"].count(b"<loc>") == 5


def test_approved_bytes_are_published_as_they_are(root: Path, files: dict[str, bytes]) -> None:
    """The frozen files to the byte; and in the pages around them the frozen body to the byte.

    Of a superseded version the panel alone says more: how it stands now, before what it said when it was approved.
    """
    for version in ("2.0", "2.1"):
        for name in ("tiny.html", "tiny.txt", "forms/receipt.html"):
            assert (
                files[f"tiny/{version}/{name}"] == (root / REGISTER / version / name).read_bytes()
            )
        for frozen, shown in (
            ("tiny.html", "index.html"),
            ("forms/receipt.html", "forms/receipt/index.html"),
        ):
            body = taken_apart(files[f"tiny/{version}/{frozen}"]).body
            assert len(body) > 2000 or frozen.startswith("forms")
            page = files[f"tiny/{version}/{shown}"].decode()
            as_frozen, said = STANDING.subn(f"<li>{NAMED}Status</span>", page)
            assert said == (version == "2.0")
            assert body in as_frozen
    assert taken_apart(files["tiny/2.1/tiny.html"]).body.encode() in files["tiny/index.html"]
    for tag in (b"title", b"style", b"body"):
        with pytest.raises(NotAPageError):
            taken_apart(files["tiny/2.1/tiny.html"].replace(b"<" + tag, b"<x-" + tag, 1))


def test_verify_knows_every_page(root: Path, files: dict[str, bytes]) -> None:
    """And finds the one that was tampered with."""
    assert run_in(root, "verify").code == 0
    page = root / FOLDER / "tiny/index.html"
    page.write_bytes(
        files["tiny/index.html"].replace(b"caretaker", b"cat").replace(b"office", b"cat")
    )
    result = run_in(root, "verify")
    page.write_bytes(files["tiny/index.html"])
    assert result.code == 1
    assert result.stderr.count("[copy-changed]") == 1
    assert f"{FOLDER}/tiny/index.html" in result.stderr


def test_the_manifest_and_the_index_tell_every_digest(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])["outputs"]
    assert set(manifest) == set(files) - {"manifest.json"}
    for name, said in manifest.items():
        assert (said["bytes"], said["sha256"]) == (
            len(files[name]),
            hashlib.sha256(files[name]).hexdigest(),
        )
    (policy,) = json.loads(files["policies.json"])["policies"]
    assert [each["version"] for each in policy["versions"]] == ["2.0", "2.1"]
    assert policy["versions"][0]["superseded_on"] == "2026-11-12"
    for version in policy["versions"]:
        assert len(version["files"]) == 3
        for name, said in version["files"].items():
            assert said["sha256"] == hashlib.sha256(files[name]).hexdigest()


def test_every_link_leads_somewhere_and_is_relative(files: dict[str, bytes]) -> None:
    """To a file that is there and, with `#`, to an id on it: the site works in any folder, and from a disk."""
    found = pages(files)
    del found["404.html"]
    assert len(found) == 10
    checked = 0
    for name, page in found.items():
        assert len(page.ids) == len(set(page.ids)), name
        for link in page.links:
            if link.startswith(
                ("https://www.equality", "https://www.w3.org/", "mailto:", "tel:", "data:")
            ):
                continue
            path, _, target = link.partition("#")
            to = normpath(join(dirname(name), path)) if path else name
            assert to in files, f"{name}: {link}"
            assert not target or target in Page(files[to]).ids, f"{name}: {link}"
            checked += 1
    assert checked > 150


# --- versions ---------------------------------------------------------------------------------------------------------


def test_a_superseded_version_says_so_and_is_not_listed(files: dict[str, bytes]) -> None:
    old, new = Page(files["tiny/2.0/index.html"]), Page(files["tiny/2.1/index.html"])
    said = "Superseded on 12 November 2026 by version 2.1"
    assert said in old.words
    assert old.title.startswith("Superseded: ")
    for name in ("tiny/2.0/index.html", "tiny/2.0/forms/receipt/index.html"):
        page = Page(files[name])
        assert {"name": "robots", "content": "noindex"} in page.heads
        assert not any(each.get("rel") == "canonical" for each in page.heads)
    assert "Superseded" not in new.words + new.title
    history = Page(files["tiny/history/index.html"]).words
    (entry,) = [each for each in files["feed.xml"].decode().split("<entry>") if "2.0<" in each]
    assert history.count(said) == entry.count(said) == 1
    index = json.loads(files["policies.json"])["policies"][0]["versions"]
    assert [each["superseded_by"] for each in index] == ["2.1", None]
    canonical = {"rel": "canonical", "href": "https://www.oak.example/policies/tiny/"}
    assert canonical in new.heads
    assert canonical in Page(files["tiny/index.html"]).heads
    for name in ("sitemap.xml", "index.html", "search.html"):
        assert b"tiny/2.0/" not in files[name], name


@pytest.mark.parametrize("name", ["tiny/2.0/index.html", "tiny/2.0/forms/receipt/index.html"])
def test_the_panel_of_a_superseded_version_says_so(files: dict[str, bytes], name: str) -> None:
    """By which version, since when, with the way to the one in force; and what it said until then."""
    panel = parser.fromstring(files[name]).xpath(
        "//*[@class='frozen' or starts-with(@class, 'frozen ')]"
    )[0]
    rows = {
        " ".join(row[0].text_content().split()): row[1]
        for row in panel.xpath(".//ul[@class='facts']/li")
    }
    said = " ".join(rows["Status"].text_content().split())
    assert said == ("Superseded on 12 November 2026 by version 2.1. Read the current version, 2.1")
    (way,) = rows["Status"].xpath(".//a/@href")
    assert normpath(join(dirname(name), way)) == "tiny/index.html"
    assert rows["Status until then"].text_content().startswith("Approved")


def test_the_address_of_a_version_is_the_one_on_the_sheets(files: dict[str, bytes]) -> None:
    """What QR codes say, tests/test_signing.py says: WEBSITE/policies/POLICY/VERSION/."""
    feed = files["feed.xml"].decode()
    assert 'href="https://www.oak.example/policies/tiny/2.1/"' in feed


def test_the_history_tells_all_versions(files: dict[str, bytes]) -> None:
    """The latest first; how the minutes stand; those from before the register as not verifiable."""
    words = " ".join(Page(files["tiny/history/index.html"]).words.split())
    order = [words.index(f"Version {each}") for each in ("2.1", "2.0", "1.0")]
    assert order == sorted(order)
    assert "From 12 March 2026 until 12 November 2026 Why" in words
    assert words.count("Draft, to be signed at the next meeting") == 1
    assert words.count("Minutes Signed") == 1
    assert "Version 1.0 Not verifiable Date 18 March 2025 Why First approved" in words


def test_minutes_that_were_signed_later_are_signed(tmp_path: Path) -> None:
    root = two_versions(tmp_path)
    sign_minutes(root, "2.1", "23.1", "2026-11-19")
    words = Page(site(root)["tiny/history/index.html"]).words
    assert "to be signed" not in words


def test_what_changed_is_shown(files: dict[str, bytes]) -> None:
    words = " ".join(Page(files["tiny/2.1/changes.html"]).words.split())
    assert "1 clause removed" in words
    assert "A change of substance." in words


def test_each_id_of_any_version_works_at_the_stable_address(files: dict[str, bytes]) -> None:
    """A link to a rule that is gone leads to a line that says so and where it stood."""
    old, now = Page(files["tiny/2.0/tiny.html"]), Page(files["tiny/index.html"])
    assert "count" in set(old.ids) - set(Page(files["tiny/2.1/tiny.html"]).ids)
    assert set(old.ids) <= set(now.ids)
    said = "2.2 Lost keys in version 2.0 is no longer part of this policy."
    assert said in now.words
    assert "2.0/index.html#count" in now.links


def test_a_rule_that_an_edition_renamed_leads_to_its_new_place(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    editions.freeze(root, "tiny", "2026.1")
    freeze(root, "2.0", "2026-03-12", minute="19.2")
    text = (root / COUNT).read_text()
    (root / COUNT).write_text(text.replace("{#count adapt", "{#counting adapt"))
    template = (root / TEMPLATE).read_text()
    (root / TEMPLATE).write_text(template.replace('"2026.1"', '"2026.2"'))
    editions.freeze(root, "tiny", "2026.2", previous="2026.1", renamed={"count": "counting"})
    adoption = (root / ADOPTION).read_text()
    (root / ADOPTION).write_text(adoption.replace('"2.0"', '"2.1"').replace('"2026.1"', '"2026.2"'))
    freeze(root, "2.1", "2026-11-12", minute="23.1")
    page = Page(site(root)["tiny/index.html"])
    assert "2.2 Lost keys in version 2.0 is now 2.2 Lost keys." in page.words
    assert "#counting" in page.links


def test_each_clause_has_a_link_to_itself(files: dict[str, bytes]) -> None:
    """Its number, which works without a script."""
    page = files["tiny/index.html"].decode()
    assert '<a class="number" href="#key-safe" title="Link to this paragraph">1.3</a>' in page


# --- finding ----------------------------------------------------------------------------------------------------------


def test_the_library_says_what_a_visitor_asks(files: dict[str, bytes]) -> None:
    page = Page(files["index.html"])
    words = " ".join(page.words.split())
    for said in (
        "Keys to the school",
        "Version 2.1",
        "Approved by Committee of the governing board, 12 November 2026, minute 23.1",
        "Last updated 12 November 2026",
        "Next review 12 November 2028",
        "Receipt for a key",
        "Ask for a paper copy of any policy, free of charge, at the school office.",
    ):
        assert said in words, said
    assert "tiny/index.html" in page.links


def test_an_academy_promises_paper_on_request(tmp_path: Path) -> None:
    root = two_versions(tmp_path)
    text = (
        (root / SCHOOL)
        .read_text()
        .replace("type: community", "type: academy\ntrust: Beacon Learning Trust")
        .replace("employer: la", "employer: trust")
    )
    (root / SCHOOL).write_text(text + "phone: 01632 960100\nemail: office@oak.example\n")
    words = " ".join(Page(site(root)["index.html"]).words.split())
    assert (
        "paper copy of any policy, on request, at the school office: office@oak.example or 01632 960100."
        in words
    )


def test_what_a_policy_is_for_comes_from_its_edition(tmp_path: Path) -> None:
    root = two_versions(tmp_path)
    text = (root / TEMPLATE).read_text()
    (root / TEMPLATE).write_text(text.replace("issuer:", "purpose: Who holds which key.\nissuer:"))
    assert "Who holds which key." in Page(site(root)["index.html"]).words


def test_every_rule_in_force_can_be_searched(files: dict[str, bytes]) -> None:
    """Each clause with its number, words and a link to it: no script is needed to read them."""
    page = Page(files["search.html"])
    for clause in ("who-keeps", "who-may-hold", "key-safe", "report-loss"):
        assert f"tiny/index.html#{clause}" in page.links
    assert "tiny/index.html#count" not in page.links
    assert "1.3 Holding keys" in page.words
    assert "Spare keys hang in the key safe in the staff room." in page.words


def test_the_feed_tells_every_version_once(files: dict[str, bytes], tmp_path: Path) -> None:
    """With ids that stay the same wherever the site is hosted."""
    ids = []
    for text in (files["feed.xml"], site(two_versions(tmp_path, website=""))["feed.xml"]):
        feed = ET.fromstring(text)  # noqa: S314
        name = "{http://www.w3.org/2005/Atom}"
        assert feed.findtext(f"{name}updated") == "2026-11-12T00:00:00Z"
        entries = feed.findall(f"{name}entry")
        assert [each.findtext(f"{name}title") for each in entries] == [
            "Keys to the school, version 2.1",
            "Keys to the school, version 2.0",
        ]
        ids.append([each.findtext(f"{name}id") for each in (feed, *entries)])
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_no_other_school_has_the_ids_of_a_feed(files: dict[str, bytes], tmp_path: Path) -> None:
    """Though its folder and its policies have the same names."""
    root = two_versions(tmp_path, name="Ash Road School")
    ids = [
        {each.text for each in ET.fromstring(text).iter("{http://www.w3.org/2005/Atom}id")}  # noqa: S314
        for text in (files["feed.xml"], site(root)["feed.xml"])
    ]
    assert not ids[0] & ids[1]


def test_without_a_website_nothing_claims_an_address(tmp_path: Path) -> None:
    root = two_versions(tmp_path, website="")
    result = run_in(root, "site")
    files = tree(root / FOLDER)
    assert result.stdout == (
        "Oak Lane School\n  1 policy, 2 versions\n  output/site/oak/policies/index.html\n"
        "  without a sitemap and addresses for search engines: school.yaml gives no `website`\n"
        "  the accessibility statement names no test by the school: school.yaml gives no `accessibility`\n"
    )
    assert "sitemap.xml" not in files
    assert not any(
        each.get("rel") == "canonical" for page in pages(files).values() for each in page.heads
    )


STATEMENT_PARTS = [
    "Accessibility statement",
    "Feedback and contact information",
    "Reporting accessibility problems",
    "Enforcement procedure",
    "Technical information about the accessibility of these pages",
    "Compliance status",
    "Non-accessible content",
    "Non-compliance with the accessibility regulations",
    "Disproportionate burden",
    "Content that is not within the scope of the accessibility regulations",
    "How these pages were tested",
    "Preparation of this accessibility statement",
]
"""What the model statement for the regulations of 2018 has, in its order."""


def statement(files: Mapping[str, bytes]) -> str:
    text = files["accessibility.html"].decode()
    assert re.findall(r"<h[123]>(.*?)</h", text) == STATEMENT_PARTS
    assert "Equality and Human Rights Commission" in text
    assert "https://www.equalityadvisoryservice.com/" in text
    return " ".join(Page(files["accessibility.html"]).words.split())


def test_an_accessibility_statement_without_a_test_claims_none(files: dict[str, bytes]) -> None:
    """What only the school can know is called missing: no date and no method is made up."""
    said = statement(files)
    assert "These pages are partially compliant with the" in said
    assert "We have not recorded a test of our own." in said
    assert "We last tested" not in said
    assert "It was last reviewed" not in said
    assert "This statement was prepared on 12 November 2026, with the last change" in said
    assert "Versions that are no longer in force are kept as they were approved" in said


def test_an_accessibility_statement_says_what_the_school_found(tmp_path: Path) -> None:
    """When, how, and each problem in its own words, which stay words."""
    found = (
        "accessibility:\n  tested: 2026-11-16\n  how: by the office, with NVDA\n  reviewed: 2026-11-17\n"
        "  problems: ['The <b>plan</b> has no words. Ask for them.']\n"
    )
    said = statement(site(two_versions(tmp_path, "website: www.oak.example\n" + found)))
    assert "on 16 November 2026 against the WCAG 2.2 AA standard: by the office, with NVDA." in said
    assert "It was last reviewed on 17 November 2026." in said
    assert "The <b>plan</b> has no words. Ask for them." in said
    assert "have not recorded" not in said
    assert "https://www.oak.example/policies/" in said


def test_only_pages_without_a_known_gap_are_called_fully_compliant(tmp_path: Path) -> None:
    """Tested, nothing found, and nothing shown that is kept as it once was."""
    shelf = school_site(two_versions(tmp_path), "oak", (), example.AS_OF)
    assert shelf is not None
    (policy,) = shelf.policies
    one = replace(shelf, policies=(replace(policy, versions=policy.versions[-1:]),))
    test = Accessibility(tested=example.AS_OF, how="by the office")
    for tried, status in (
        (replace(one, accessibility=test), "fully"),
        (one, "partially"),
        (replace(shelf, accessibility=test), "partially"),
    ):
        assert f"These pages are {status} compliant" in "".join(statement_page(tried).body)


# --- what is not there ------------------------------------------------------------------------------------------------

SECRETS = (
    "Zebulon Quillfeather",
    "zebulon@secret.example",
    "01632 960999",
    "Ottoline Grubb",
    "Peregrine Marsh",
    "MINUTE-77.7",
    "SIGNED-BY-SOMEONE",
    "guidance-for-school-only",
    "why-we-chose-so",
    "printed-to-schools-when-they-answer",
    "this-comment-is-nobodys-business",
)


@pytest.mark.slow
def test_nothing_private_is_published(tmp_path: Path) -> None:
    """Planted in every field that is not public; every byte is searched, and the words and metadata of PDFs."""
    import pikepdf
    import pypdfium2

    workspace = Workspace(tmp_path)
    school = workspace.text(SCHOOL).replace(
        "people:",
        "delegations: [{to: head, what: editorial, body: full-board, date: 2026-09-10, minute: MINUTE-77.7}]\npeople:\n"
        "  dsl: {name: Zebulon Quillfeather, email: zebulon@secret.example, phone: 01632 960999, public: no}\n"
        "  deputy_dsls: [{name: Ottoline Grubb}]",
    )
    template = workspace.text(TEMPLATE).replace(
        "Say who may hold", "guidance-for-school-only Say who may hold"
    )
    template = template.replace(
        "ask: Who keeps the keys?",
        "ask: Who keeps the keys?\n    guidance: printed-to-schools-when-they-answer",
    )
    adoption = workspace.text(ADOPTION).replace(
        "who-may-hold: keep",
        "who-may-hold: {replace: Keys are held by the Headteacher., reason: why-we-chose-so}",
    )
    staff = "name,role,email\nPeregrine Marsh,Teacher,peregrine@secret.example\n"
    section = workspace.text(COUNT) + "\n<!-- this-comment-is-nobodys-business -->\n"
    changed = {
        SCHOOL: school,
        TEMPLATE: template,
        ADOPTION: adoption,
        "schools/oak/staff.csv": staff,
        COUNT: section,
    }
    root = workspace.with_files(changed).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2", pdf=True)
    record_signatures(root, "2.0", "name,form,date\nSIGNED-BY-SOMEONE,receipt,2026-11-13\n")
    planted = b"".join(
        path.read_bytes() for path in (root / "schools").rglob("*") if path.is_file()
    )
    planted += b"".join(
        path.read_bytes() for path in (root / "templates").rglob("*") if path.is_file()
    )
    assert [each for each in SECRETS if each.encode() not in planted] == []

    files = site(root)
    assert not {
        name for name in files if name.endswith(("document.json", "version.json", "register.json"))
    }
    pdfs = [content for name, content in files.items() if name.endswith(".pdf")]
    assert len(pdfs) == 1
    said = b"\n".join(files.values()) + "\n".join(files).encode()
    for pdf in pdfs:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            said += str(dict(opened.docinfo)).encode() + bytes(opened.Root.Metadata.read_bytes())
        with pypdfium2.PdfDocument(pdf) as document:
            said += "\n".join(page.get_textpage().get_text_bounded() for page in document).encode()
    assert b"Keys are held by the Headteacher" in said
    assert [each for each in SECRETS if each.lower().encode() in said.lower()] == []


def test_a_draft_is_published_by_name_only(tmp_path: Path) -> None:
    """As a draft in title, text and file name, listed nowhere but under the drafts; and gone the next time."""
    root = two_versions(tmp_path)
    adoption = (root / ADOPTION).read_text()
    (root / ADOPTION).write_text(
        adoption.replace('"2.1"', '"2.2"').replace("count: material", "report-loss: material")
    )
    text = (root / COUNT).read_text()
    (root / COUNT).write_text(text.replace("A lost key", "Any lost or mislaid key"))
    assert b"mislaid" not in b"".join(site(root).values())
    files = site(root, "--draft", "oak/tiny")
    name = "tiny/draft/tiny-draft.html"
    having = {each for each, content in files.items() if b"mislaid" in content}
    assert having == {name}
    page = Page(files[name])
    assert page.title == "Draft: Keys to the school – Oak Lane School"
    assert {"name": "robots", "content": "noindex"} in page.heads
    assert "This is a draft. Version 2.2 has not been approved and is not in force." in page.words
    assert name in Page(files["index.html"]).links
    assert "Draft: Keys to the school, version 2.2" in Page(files["index.html"]).words
    for each in ("feed.xml", "sitemap.xml", "policies.json", "search.html"):
        assert b"draft" not in files[each].lower(), each
    assert run_in(root, "verify").code == 0
    assert name not in site(root)


def test_a_draft_of_what_is_in_force_is_refused(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    freeze(root, "2.0", "2026-11-12", minute="19.2")
    result = run_in(root, "site", "--draft", "oak/tiny")
    assert (result.code, result.stdout) == (1, NOT_MADE)
    assert "nothing of `oak/tiny` is being prepared  [not-prepared]" in result.stderr
    assert not (root / "output/site").exists()


def test_an_unapproved_policy_is_not_published(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    result = run_in(root, "site", "oak")
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == "oak: nothing is approved yet, so there is nothing to publish\n"
    assert not (root / "output/site/oak").exists()


# --- making -----------------------------------------------------------------------------------------------------------


def test_a_damaged_register_stops_the_site_and_the_last_one_stays(tmp_path: Path) -> None:
    root = two_versions(tmp_path)
    before = site(root)
    page = root / REGISTER / "2.0/tiny.html"
    page.write_bytes(page.read_bytes().replace(b"two days", b"ten days"))
    result = run_in(root, "site")
    assert (result.code, result.stdout) == (1, NOT_MADE)
    assert "[register-damaged]" in result.stderr
    assert tree(root / FOLDER) == before


def test_the_same_registers_give_the_same_bytes_on_any_day(tmp_path: Path) -> None:
    root = two_versions(tmp_path / "one")
    first = site(root)
    assert (
        ", unchanged since it was last made" in run_in(root, "site", "--as-of", "2031-01-01").stdout
    )
    shutil.copytree(root, tmp_path / "other", ignore=shutil.ignore_patterns("output"))
    assert run_in(tmp_path / "other", "site", "--as-of", "2031-01-01").code == 0
    assert tree(tmp_path / "other" / FOLDER) == first


def test_a_school_that_left_takes_its_site_with_it(tmp_path: Path) -> None:
    """When all sites are made; making one leaves the others alone."""
    root = two_versions(tmp_path)
    site(root)
    shutil.copytree(
        root / "schools/oak", root / "schools/ash", ignore=shutil.ignore_patterns("register")
    )
    (root / "schools/oak").rename(tmp_path / "gone")
    assert run_in(root, "site", "ash").code == 0
    assert (root / FOLDER).exists()
    assert run_in(root, "site").code == 0
    assert not (root / "output/site/oak").exists()


def test_a_school_cannot_be_called_as_the_folder_of_issuers(tmp_path: Path) -> None:
    root = Workspace(tmp_path).write()
    (root / "schools/oak").rename(root / "schools/issuers")
    result = run_in(root, "site")
    assert result.code == 1
    assert "`issuers` cannot be the id of a school" in result.stderr


def test_a_school_that_is_not_there(tmp_path: Path) -> None:
    result = Workspace(tmp_path).run("site", "oka")
    assert (result.code, result.stdout) == (1, "")
    assert "there is no school `oka`  [unknown-school]" in result.stderr
    assert "did you mean `oak`?" in result.stderr


def test_the_issuer_publishes_its_editions(tmp_path: Path) -> None:
    """With what changed and the bundle; the working template, which is not published, is not there."""
    root = Workspace(tmp_path).write()
    editions.freeze(root, "tiny", "2026.1")
    text = (root / COUNT).read_text()
    (root / COUNT).write_text(text.replace("A lost key", "Each lost key"))
    note = {"clauses": ["report-loss"], "class": "editorial", "must": False, "reason": "Plainer"}
    editions.freeze(root, "tiny", "2026.2", previous="2026.1", changes=[note])
    (root / COUNT).write_text(text.replace("A lost key", "Any working-copy key"))
    result = run_in(root, "site")
    folder = "output/site/issuers/northshire-county-council"
    assert result.stdout.endswith(f"Model policies\n  {folder}/index.html\n")
    files = tree(root / folder)
    assert {name for name in files if not name.startswith("site_files/")} == {
        "index.html", "manifest.json", "tiny/index.html", "tiny/2026.2/redline.html", "tiny/2026.2/redline.pdf",
        *(f"tiny/{each}/tiny-{each}.zip{end}" for each in ("2026.1", "2026.2") for end in ("", ".sha256")),
    }  # fmt: skip
    words = " ".join(Page(files["tiny/index.html"]).words.split())
    assert words.index("Edition 2026.2 Latest") < words.index("Edition 2026.1")
    assert "Each" in Page(files["tiny/2026.2/redline.html"]).words
    assert not any(b"working-copy" in content for content in files.values())
    for name, page in pages(files).items():
        for link in page.links:
            path = link.partition("#")[0]
            assert not path or normpath(join(dirname(name), path)) in files, f"{name}: {link}"
    assert run_in(root, "verify").code == 0
    for name in ("tiny-2026.1.zip", "tiny-2026.2.zip"):
        said = files[f"tiny/{name[5:11]}/{name}.sha256"].decode()
        assert said == f"{hashlib.sha256(files[f'tiny/{name[5:11]}/{name}']).hexdigest()}  {name}\n"


def test_no_style_of_the_site_speaks_of_the_policy_text() -> None:
    """The frame may not change how approved words look: each rule is for what the site itself made."""
    path = Path(__file__).parents[1] / "src/policygen/theme/site.css"
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    selectors = [found.strip() for found in re.findall(r"([^{};]+)\{", css)]
    assert len(selectors) > 50
    assert [each for each in selectors if not each.startswith((".", "#", "@", "mark"))] == []
