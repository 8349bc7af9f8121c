"""The governors' pack: a cover note on one page that says what to decide, and with it all that a board reads."""

from __future__ import annotations

import datetime
import re
import shutil
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pytest

from policygen.html.finished import FinishedPage
from policygen.html.pack import note_alone
from policygen.pdf.render import render_pdf
from policygen.project.check import Selection, check
from policygen.project.pack import papers_of
from tests.support.browser import axe_violations, open_browser_page
from tests.support.editions import freeze as publish
from tests.support.example import ROOT
from tests.support.nu import check_html
from tests.support.register import freeze, registered
from tests.support.validation import objections
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Result, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

AS_OF = "2026-11-20"
AS_OF_DAY = datetime.date.fromisoformat(AS_OF)
MEETING = "2026-12-03"
KEYS = "templates/tiny/sections/holding-keys.md"
RULES = "templates/tiny/sections/rules.md"
MANY = 40
CIRCULAR = """circular:
  action: Please adopt
  to: Headteachers
  purpose: To keep keys safe
  summary: [Keys are counted]
  consultation: Agreed with the caretakers’ union
  by_when: By the end of the spring term 2027
  contact: Estates, Northshire County Council
"""
DEPARTURE = """  report-loss:
    replace: A lost key is reported at once, by telephone.
    reason: The site is large
    deviation: {agreed_by: Schools HR, reason: The site is large, until: 2027-08-31}
"""
DELEGATION = "delegations:\n  - {to: head, what: editorial, body: full-board, date: 2026-09-10, minute: '4.3'}\n"


# --- what is on the pages ---------------------------------------------------------------------------------------------


def pages(pdf: Path) -> list[str]:
    """The text of each page on one line."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [
            " ".join(page.get_textpage().get_text_range().replace("\ufffe", "-").split())
            for page in document
        ]


def bookmarks(pdf: Path) -> list[tuple[int, str]]:
    """Depth and title of each bookmark."""

    def below(items: list[pikepdf.OutlineItem], depth: int) -> Iterator[tuple[int, str]]:
        for item in items:
            yield depth, item.title
            yield from below(item.children, depth + 1)

    with pikepdf.open(pdf) as opened, opened.open_outline() as outline:
        return list(below(list(outline.root), 0))


def marked(pdf: Path) -> list[bool]:
    """Whether each page shows a picture: the mark of a draft, since notes, changes and forms have none of their own."""
    with pikepdf.open(pdf) as opened:
        return [bool([*pikepdf.parse_content_stream(page, "Do")]) for page in opened.pages]


_UNPRINTED = re.compile(
    r'<span class="spoken">.*?</span>|<p class="back">.*?</p>|<summary>.*?</summary>|<img .*?>'
)
"""What only the page for the screen has: words for those who hear it, and ways through a page without page numbers."""


def bare(text: str) -> str:
    """Letters and signs alone: where a line ends is the business of the paper."""
    return re.sub(r"[\s\ufffe\u00ad-]+", "", unicodedata.normalize("NFKC", text))


def shown(page: Path) -> list[str]:
    """What a page for the screen shows, a text for each block, in its order."""
    text = _UNPRINTED.sub("", page.read_text("utf-8"))
    return [bare(line) for line in FinishedPage(text.encode()).lines]


def printed(pdf: Path, page: Path) -> str:
    """What a PDF shows, in its order, without what each page repeats: running heads, and the head of a table."""
    heads = re.findall(r"<thead>(.*?)</thead>", page.read_text("utf-8"), re.DOTALL)
    words = ["".join(map(bare, FinishedPage(f"<body>{head}".encode()).lines)) for head in heads]
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [
            bare(each.get_textpage().get_text_bounded(*each.get_artbox())) for each in document
        ]
    first, *others = texts
    for head in {*words}:
        others = [text.removeprefix(head) if head in first else text for text in others]
    return "".join((first, *others))


def unlike(blocks: list[str], paper: str) -> list[str]:
    """Blocks of a page that do not stand on paper in their order, and words on paper between them."""
    found, at = [], 0
    for block in blocks:
        start = paper.find(block, at)
        if start < 0:
            found.append(f"not on paper, or not there: {block}")
            continue
        # Paper has numbers of pages in addition, and bullets as letters.
        if not re.fullmatch(r"(,page)?\d*•?", paper[at:start]):
            found.append(f"on paper alone: {paper[at:start]}")
        at = start + len(block)
    return found + [f"on paper alone: {paper[at:]}" for _ in paper[at : at + 1]]


def packed(root: Path, *arguments: str) -> Result:
    result = run_in(root, "pack", *arguments, "--as-of", AS_OF)
    assert result.code == 0, result.stderr
    return result


def folder(root: Path, *names: str) -> Path:
    return root.joinpath("output", "packs", *names)


# --- workspaces -------------------------------------------------------------------------------------------------------


def rules(state: str) -> str:
    lines = [
        f"1. Rule {number} on keys is kept as it {state} by all who hold one. {{#rule-{number}}}"
        for number in range(1, MANY + 1)
    ]
    return "# Rules in detail {#rules}\n\n" + "\n".join(lines) + "\n"


def base(tmp_path: Path) -> Workspace:
    """A model policy with many clauses and a circular."""
    return (
        Workspace(tmp_path)
        .with_files({RULES: rules("was written")})
        .with_change(TEMPLATE, "  - holding-keys\n", "  - holding-keys\n  - rules\n")
        .with_change(TEMPLATE, "adoption:\n", f"{CIRCULAR}adoption:\n")
        .with_change(
            "templates/tiny/sections/lost-keys.md", "{#report-loss}", "{#report-loss adapt=locked}"
        )
    )


def edit(root: Path, path: str, *changes: tuple[str, str]) -> None:
    text = (root / path).read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    (root / path).write_text(text, "utf-8")


def upgraded(tmp_path: Path) -> Path:
    """Version 2.0 approved by the committee; then a new edition with many changes, and three of the school's own."""
    root = base(tmp_path).write()
    publish(root, "tiny", "2026.1")
    freeze(root, "2.0", "2026-10-12", minute="19.2")
    (root / RULES).write_text(
        rules("is printed").replace("{#rule-40}", "{#rule-40}\n1. Nobody lends a key. {#lending}")
    )
    notes = [
        {
            "clauses": [f"rule-{number}"],
            "class": "material" if number % 4 else "editorial",
            "must": bool(number % 2),
            "reason": f"Reason {number} for this change, which the county explains at some length to every school",
        }
        for number in range(1, MANY + 1)
    ]
    notes.append(
        {
            "clauses": ["lending"],
            "class": "material",
            "must": True,
            "reason": "Keys were lent to contractors",
        }
    )
    publish(root, "tiny", "2026.2", previous="2026.1", changes=notes)
    edit(
        root,
        ADOPTION,
        ('edition: "2026.1"', 'edition: "2026.2"'),
        ('version: "2.0"', 'version: "3.0"'),
        (
            "reason: First adoption of the county model policy",
            "reason: Edition 2026.2 and a departure of our own",
        ),
        ("days_to_report: 2", "days_to_report: 1"),
        ("keeper: office", "keeper: caretaker"),
        (
            "clauses:\n",
            f"amends: {{report-loss: material, who-keeps: material}}\nclauses:\n{DEPARTURE}",
        ),
    )
    return root


# --- the note ---------------------------------------------------------------------------------------------------------


def test_an_upgrade_with_many_changes_still_fits_two_pages(tmp_path: Path) -> None:
    """The note says version, code, body, minute, what changed, must or may and the departure; the rest is on page 3."""
    root = upgraded(tmp_path)
    packed(root, "oak/tiny", "--meeting", MEETING)
    made = folder(root, "oak", "meetings", MEETING)
    first, goes_on, second, *rest = pages(made / "pack.pdf")
    note = f"{first} {goes_on}"
    code = re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}", note)[0]
    for words in (
        "The committee of the governing board is asked to approve version 3.0 of “Keys to the school”",
        "in place of version 2.0.",
        f"approved version 3.0 of “Keys to the school”, content code {code}, in place of version 2.0",
        "and noted 43 changes, of which 21 are required by edition 2026.2",
        "that it departs from agreed wording, with leave, in paragraph 3.1",
        "that its next review is due on 3 December 2028",
        "Since version 2.0, which the committee of the governing board approved on 12 October 2026, minute 19.2",
        "Decided by Northshire County Council (41) and the school (2).",
        "21 must be taken, 20 may be taken",
        "The issuer says: “By the end of the spring term 2027”",
        "Agreed with the caretakers’ union",
        "Paragraph 3.1, reworded. Agreed by Schools HR, until 31 August 2027. Reason: The site is large.",
        "Estates, Northshire County Council",
        "Reason 2 for this change",
    ):
        assert words in note, note
    left = re.search(r"And (\d+) more rows in the list of all changes, page 3", note)
    assert left, note
    assert "What changed Keys to the school, version 3.0. Since version 2.0" in second
    whole = " ".join((second, *rest))
    assert all(f"Reason {number} for this change" in whole for number in range(1, MANY + 1))
    shown = len(re.findall(r"Reason \d+ for this change", note))
    assert shown >= 10
    assert "Decision asked" in first
    assert "Proposed minute" in first
    assert "The site is large" in whole


def test_what_a_body_is_freest_to_decide_comes_first(tmp_path: Path) -> None:
    """Own choices before what may and what must be taken; material before editorial."""
    root = upgraded(tmp_path)
    (paper,), _ = papers_of(root, ["oak/tiny"], AS_OF_DAY)
    asked = [(each.change, each.asked) for each in paper.cover.rows]
    order = [
        ("material", "own choice"),
        ("material", "may"),
        ("material", "must"),
        ("editorial", "may"),
    ]
    assert [*dict.fromkeys(asked)] == order


def test_a_retired_clause_is_called_retired_with_its_reason(tmp_path: Path) -> None:
    """There is nothing to take; a clause that came to another section is asked for as its note says."""
    root = base(tmp_path).write()
    publish(root, "tiny", "2026.1")
    freeze(root, "2.0", "2026-10-12", minute="19.2")
    gone, came = (
        f"Rule {number} on keys is kept as it was written by all who hold one. {{#rule-{number}}}\n"
        for number in (7, 9)
    )
    edit(root, RULES, (f"1. {gone}", ""), (f"1. {came}", ""))
    edit(root, KEYS, ("1. Keys to", f"1. {came}1. Keys to"))
    note = {
        "clauses": ["rule-9"],
        "class": "editorial",
        "must": False,
        "reason": "Found sooner there",
    }
    said = {
        "changes": [note],
        "retired": {"rule-7": "Said in the staff code"},
        "moved": {"rule-9": "holding-keys"},
    }
    publish(root, "tiny", "2026.2", previous="2026.1", **said)
    edit(
        root,
        ADOPTION,
        ('edition: "2026.1"', 'edition: "2026.2"'),
        ('version: "2.0"', 'version: "3.0"'),
    )
    (paper,), _ = papers_of(root, ["oak/tiny"], AS_OF_DAY)
    assert [(each.what, each.why, each.asked, each.change) for each in paper.cover.rows] == [
        ("removed", "Said in the staff code", "retired", "material"),
        ("moved", "Found sooner there", "may", "editorial"),
    ]
    assert "1 may be taken and 1 is retired" in str(paper.cover)


def test_a_first_adoption_says_what_it_replaces(tmp_path: Path) -> None:
    """It is compared with the model text, sums up the policy, and names the version from before."""
    added = "  key-safe:\n    add_after: Its code is changed each term.\n    reason: A code was passed on\n"
    free = ("templates/tiny/sections/holding-keys.md", "{#key-safe}", "{#key-safe adapt=free}")
    workspace = base(tmp_path).with_change(*free)
    root = workspace.with_change(ADOPTION, "clauses:\n", f"clauses:\n{added}{DEPARTURE}").write()
    packed(root, "oak/tiny")
    made = folder(root, "oak", "tiny", "pack-2.0")
    note = pages(made / "pack.pdf")[0]
    assert "replaces version 1.0 (18 March 2025, minute 13.3)" in note
    assert "Compared with the model text of edition 2026.1" in note
    assert "1 clause added, 1 clause reworded. Decided by the school." in note
    assert "A code was passed on The school No, it is its own choice. A change of substance" in note
    assert "The site is large The school No, it is its own choice. A change of substance" in note
    assert "Main points of the policy • Keys are counted" in note
    assert "that its next review is due 2 years after approval" in note


def test_nothing_of_its_own(tmp_path: Path) -> None:
    """A school that takes the model text as it stands says so."""
    root = base(tmp_path).write()
    packed(root, "oak/tiny")
    pdf = folder(root, "oak", "tiny", "pack-2.0", "pack.pdf")
    note, choices, draft, *_ = pages(pdf)
    assert "What changed" not in [title for _, title in bookmarks(pdf)]
    assert "The school takes the model text as it stands, with its own answers." in note
    assert "Departures None from agreed wording." in note
    assert "What the school chose" in choices
    assert "Draft – not yet approved" in draft  # no page for changes that there are not


def test_the_choices_of_the_school_stand_in_it(tmp_path: Path) -> None:
    """Each question that was asked, with the answer, what the model policy suggests, and where it stands."""
    root = base(tmp_path).write()
    packed(root, "oak/tiny")
    choices = pages(folder(root, "oak", "tiny", "pack-2.0", "pack.pdf"))[1]
    assert (
        "leaves 7 choices to the school. Whoever approves this version approves them, too."
        in choices
    )
    assert "Who keeps the keys? The school office The same 1.1" in choices
    assert "Is there a key safe? Yes Nothing 1" in choices
    assert "Which doors have locks? The front door and the hall door Nothing Appendix 1" in choices
    assert "Within how many days is a lost key reported? 2 Nothing 3.1" in choices


def test_a_later_edition_is_summed_up_for_a_new_school_by_its_purpose(tmp_path: Path) -> None:
    """What a circular says is new, is not new to a school that never had the policy."""
    root = base(tmp_path).write()
    publish(root, "tiny", "2026.1")
    later = 'edition: "2026.2"'
    edit(root, TEMPLATE, ('edition: "2026.1"', f"purpose: Who holds keys\n{later}"))
    edit(root, ADOPTION, ('edition: "2026.1"', later))
    packed(root, "oak/tiny")
    note = pages(folder(root, "oak", "tiny", "pack-2.0", "pack.pdf"))[0]
    assert "Main points of the policy • Who holds keys" in note
    assert "Keys are counted" not in note


def test_two_bodies_in_turn(tmp_path: Path) -> None:
    """The first passes it on; once it has decided, the pack is for the second and says what the first decided."""
    root = (
        base(tmp_path)
        .with_change(ADOPTION, "answers:\n", "approving_body: [committee, full-board]\nanswers:\n")
        .write()
    )
    packed(root, "oak/tiny")
    made = folder(root, "oak", "tiny", "pack-2.0")
    note = pages(made / "pack.pdf")[0]
    assert "The committee of the governing board is asked to approve" in note
    assert "and to pass it on to the full governing board." in note
    assert "passed it on to the full governing board for decision, and noted" in note
    command = re.findall(
        r"^policygen (approve .*)$", (made / "agenda.txt").read_text(), re.MULTILINE
    )[0]
    words = command.replace("DATE", "2026-11-12").replace("NUMBER", "3.1").split()
    assert run_in(root, *words, "--as-of", AS_OF).code == 0
    packed(root, "oak/tiny", "--meeting", MEETING)
    note = pages(folder(root, "oak", "meetings", MEETING, "pack.pdf"))[0]
    assert (
        "The full governing board is asked to approve version 2.0 of “Keys to the school”." in note
    )
    assert (
        "The committee of the governing board approved this very content on 12 November 2026, minute 3.1."
        in note
    )
    result = run_in(root, "pack", "oak/tiny", "--body", "committee", "--as-of", AS_OF)
    assert result.code == 1
    assert "[approved-already]" in result.stderr


def test_the_changes_are_those_since_this_board_decided(tmp_path: Path) -> None:
    """What came into force without it is included, and said; classes declared on the way still count."""
    root = base(tmp_path).with_change(SCHOOL, "branding:\n", f"{DELEGATION}branding:\n").write()
    freeze(root, "2.0", "2026-10-12", minute="19.2")
    edit(root, "templates/tiny/sections/holding-keys.md", ("are kept by", "are looked after by"))
    freeze(
        root,
        "2.1",
        "2026-10-20",
        change="editorial",
        clauses={"who-keeps": "editorial"},
        reason="A clearer word",
    )
    edit(root, ADOPTION, ('"2.0"', '"2.2"'), ("days_to_report: 2", "days_to_report: 1"))
    edit(root, ADOPTION, ("clauses:\n", "amends: {report-loss: editorial}\nclauses:\n"))
    packed(root, "oak/tiny")
    note = pages(folder(root, "oak", "tiny", "pack-2.2", "pack.pdf"))[0]
    assert (
        "Since version 2.0, which the committee of the governing board approved on 12 October 2026"
        in note
    )
    assert (
        "Included: what came into force since then with 2.1 (no change of substance, 20 October 2026)"
        in note
    )
    assert "A clearer word" in note
    assert (
        "None of it is a change of substance; the Headteacher could accept it under minute 4.3."
        in note
    )
    assert "The model policy is the same (edition 2026.1)" in note
    packed(root, "oak/tiny", "--body", "full-board")
    note = pages(folder(root, "oak", "tiny", "pack-2.2", "pack.pdf"))[0]
    assert "the full governing board has approved no version before" in note


def approve(root: Path, version: str, body: str, day: str, minute: str) -> None:
    """Approve what the pack for this body shows, with the command of its agenda."""
    packed(root, "oak/tiny", "--body", body)
    agenda = folder(root, "oak", "tiny", f"pack-{version}", "agenda.txt").read_text()
    command = re.findall(r"^policygen (approve .*)$", agenda, re.MULTILINE)[0]
    words = command.replace("DATE", day).replace("NUMBER", minute).split()
    assert run_in(root, *words, "--as-of", AS_OF).code == 0


def test_each_board_sees_what_changed_since_it_decided_itself(tmp_path: Path) -> None:
    """A version that another body approved in between is no starting point for the board that did not see it."""
    root = base(tmp_path).write()
    approve(root, "2.0", "full-board", "2026-10-12", "19.2")
    edit(root, ADOPTION, ('"2.0"', '"2.1"'), ("keeper: office", "keeper: caretaker"))
    edit(root, ADOPTION, ("clauses:\n", "amends: {who-keeps: material}\nclauses:\n"))
    approve(root, "2.1", "committee", "2026-10-20", "3.1")
    edit(root, ADOPTION, ('"2.1"', '"2.2"'), ("who-keeps: material", "report-loss: material"))
    edit(root, ADOPTION, ("days_to_report: 2", "days_to_report: 1"))
    seen = {}
    for body in ("full-board", "committee"):
        packed(root, "oak/tiny", "--body", body)
        seen[body] = pages(folder(root, "oak", "tiny", "pack-2.2", "pack.pdf"))[0]
    assert (
        "Since version 2.0, which the full governing board approved on 12 October 2026"
        in seen["full-board"]
    )
    assert "Holding keys: 1.1; Lost keys: 3.1 (2 reworded)" in seen["full-board"]
    assert "2 clauses reworded" in seen["full-board"]
    assert (
        "Since version 2.1, which the committee of the governing board approved"
        in seen["committee"]
    )
    assert "Holding keys: 1.1" not in seen["committee"]
    assert "1 clause reworded" in seen["committee"]


# --- the pack ---------------------------------------------------------------------------------------------------------


def meeting(tmp_path: Path) -> tuple[Path, Path]:
    """A workspace with two policies of one school, and the folder of their pack, which must be for one body."""
    for name in ("templates", "schools/all-saints-juniors"):
        shutil.copytree(ROOT / name, tmp_path / name)
    policies = [
        f"all-saints-juniors/{name}"
        for name in ("staff-acceptable-use", "electronic-communications-advice")
    ]
    refused = run_in(tmp_path, "pack", *policies, "--meeting", MEETING, "--as-of", AS_OF)
    assert refused.code == 1
    assert "[approval-level]" in refused.stderr
    packed(tmp_path, *policies, "--meeting", MEETING, "--body", "full-board")
    return tmp_path, folder(tmp_path, "all-saints-juniors", "meetings", MEETING)


def test_a_meeting_with_several_policies(tmp_path: Path) -> None:
    """One PDF in the order of the agenda: real page numbers, one mark of a draft for each draft, bookmarks by policy."""
    _, made = meeting(tmp_path)
    pdf = made / "pack.pdf"
    assert [objections(pdf.read_bytes(), standard) for standard in ("ua1", "2a")] == [[], []]
    texts, tops = pages(pdf), [each for each in bookmarks(pdf) if each[0] == 0]
    front = texts[0]
    titles = re.findall(r"“(.+?)”", front)
    assert [title for _, title in tops] == ["Governors’ pack", *titles]
    assert len(titles) == 2
    for title in titles:
        start = int(re.search(rf"{re.escape(title)} ?(\d+)", front)[1])  # type: ignore[index]
        assert "Cover note for the" in texts[start - 1]
        assert texts[start - 1].count(title) >= 2
    for name, words in (
        ("What changed", "Clause by clause"),
        ("Draft", "Draft – not yet approved"),
        ("Approval form", "Minute number"),
    ):
        found = [int(number) for number in re.findall(rf"{name} ?(\d+)", front)]
        assert len(found) == 2, front
        assert all(words in texts[number - 1] for number in found), (name, found)
    drafts = [int(number) for number in re.findall(r"Draft ?(\d+)", front)]
    forms = [int(number) for number in re.findall(r"Approval form ?(\d+)", front)]
    expected = [
        any(draft <= page < form for draft, form in zip(drafts, forms, strict=True))
        for page in range(1, len(texts) + 1)
    ]
    assert marked(pdf) == expected
    assert all(
        f"Page {number} of {len(texts)}" in text
        for number, text in enumerate(texts, 1)
        if "Page " in text
    )
    page = made / "pack.html"
    blocks = shown(page)
    last = blocks.index("Approvalform", blocks.index("Approvalform") + 1)
    assert [block for block in blocks[1 : last + 1] if block not in bare(front)] == []
    assert check_html([page]) == []
    with open_browser_page(width=390) as quiet:
        quiet.page.goto(page.as_uri())
        assert axe_violations(quiet.page, good=True) == []
    agenda = (made / "agenda.txt").read_text()
    assert (
        agenda.index(f"1. {titles[0]}")
        < agenda.index(f"2. {titles[1]}")
        < agenda.index("policygen approve")
    )


def test_the_cover_note_for_email_is_accessible(tmp_path: Path) -> None:
    """The note as a page says the same in full, and passes axe-core and the Nu checker."""
    root = upgraded(tmp_path)
    packed(root, "oak/tiny", "--meeting", MEETING)
    file = folder(root, "oak", "meetings", MEETING, "cover-note-tiny.html")
    text = file.read_text()
    assert "And 3" not in text
    assert all(f"Reason {number} for this change" in text for number in range(1, MANY + 1))
    assert check_html([file]) == []
    with open_browser_page() as quiet:
        quiet.page.goto(file.as_uri())
        assert axe_violations(quiet.page) == []
        assert quiet.refused == []


def changed_everywhere(tmp_path: Path) -> Path:
    """A pack of a policy with a table, a list, a footnote and a form, in each of which something is another now."""
    rest = (
        "1. Doors are checked.[^night] {#checks}\n\n[^night]: At night by the caretaker.\n\n"
        "Table: Doors\n\n| Door | How often | By whom |\n|---|---|---|\n| Hall | Each week | The office |\n\n"
        "1. A holder: {#duties}\n\n   - keeps a key\n   - shows a key\n"
    )
    workspace = base(tmp_path)
    root = workspace.with_files({KEYS: workspace.text(KEYS) + rest}).write()
    publish(root, "tiny", "2026.1")
    freeze(root, "2.0", "2026-10-12", minute="19.2")
    edit(
        root,
        KEYS,
        ("Each week", "Each day"),
        ("At night by", "At night and on Sundays by"),
        ("   - keeps a key\n", "   - keeps a key safe\n"),
    )
    edit(root, "templates/tiny/forms/receipt.md", ("- Name\n", "- Name\n- Number\n"))
    said = {"class": "material", "must": True, "reason": "Keys were lost"}
    changes = [{"clauses": ["holding-keys", "duties", "receipt"], **said}]
    publish(root, "tiny", "2026.2", previous="2026.1", changes=changes)
    edit(root, ADOPTION, ('"2026.1"', '"2026.2"'), ('version: "2.0"', 'version: "3.0"'))
    return root


@pytest.mark.parametrize("made_by", [upgraded, changed_everywhere])
def test_the_page_of_a_pack_says_what_its_paper_says_in_that_order(
    tmp_path: Path, made_by: Callable[[Path], Path]
) -> None:
    """Word by word: each block of the page is found in the PDF behind the one before it, and nothing stands between."""
    root = made_by(tmp_path)
    packed(root, "oak/tiny", "--meeting", MEETING)
    made = folder(root, "oak", "meetings", MEETING)
    blocks = shown(made / "pack.html")
    # Of one policy the paper has no first page; its note begins with the school.
    body = blocks[blocks.index("Approvalform") + 1 :]
    paper = printed(made / "pack.pdf", made / "pack.html")
    assert unlike(body, paper) == []
    assert unlike([*body[:5], body[6], body[5], *body[7:]], paper) != []


def test_a_note_calls_a_table_and_a_footnote_by_what_they_are(tmp_path: Path) -> None:
    """“Holding keys: 1” would be a clause."""
    (paper,), _ = papers_of(changed_everywhere(tmp_path), ["oak/tiny"], AS_OF_DAY)
    (row,) = paper.cover.rows
    assert row.where == "Holding keys: Doors, 1.5, footnote 1; Receipt for a key: Member of staff"


def test_the_page_of_a_pack_is_accessible(tmp_path: Path) -> None:
    """One main part, headings in order, sound HTML, nothing for axe-core to find, light and dark, on a phone too."""
    root = changed_everywhere(tmp_path)
    packed(root, "oak/tiny")
    file = folder(root, "oak", "tiny", "pack-3.0", "pack.html")
    assert check_html([file]) == []
    for width, scheme in ((320, "light"), (1280, "dark")):
        with open_browser_page(width=width) as quiet:
            quiet.page.emulate_media(color_scheme=scheme)
            quiet.page.goto(file.as_uri())
            assert axe_violations(quiet.page, good=True) == []
            assert quiet.page.evaluate("document.documentElement.scrollWidth") <= width
            ranks = quiet.page.evaluate(
                "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => +each.tagName[1])"
            )
            assert ranks[0] == 1
            assert ranks.count(1) == 1
            assert all(after - before <= 1 for before, after in pairwise(ranks))
            broken = quiet.page.evaluate(
                """[...document.querySelectorAll("a[href^='#']")].map(each => each.hash.slice(1))
                   .filter(id => !document.getElementById(decodeURIComponent(id)))"""
            )
            assert broken == []
            assert quiet.refused == []


def test_the_command_of_the_agenda_approves_what_was_read(tmp_path: Path) -> None:
    root = upgraded(tmp_path)
    packed(root, "oak/tiny", "--meeting", "2026-11-19")
    agenda = folder(root, "oak", "meetings", "2026-11-19", "agenda.txt").read_text()
    command = re.findall(r"^policygen (approve .*)$", agenda, re.MULTILINE)[0].replace(
        "NUMBER", "20.4"
    )
    assert run_in(root, *command.split(), "--as-of", AS_OF).code == 0
    assert registered(root).latest.version == "3.0"  # type: ignore[union-attr]


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    """On another day too, when the meeting is the same."""
    root = base(tmp_path).write()
    found = []
    for day in (AS_OF, "2026-11-25"):
        run_in(root, "pack", "oak/tiny", "--meeting", MEETING, "--as-of", day)
        made = folder(root, "oak", "meetings", MEETING)
        found.append({path.name: path.read_bytes() for path in made.iterdir()})
        shutil.rmtree(made)
    assert found[0] == found[1]
    assert [*sorted(found[0])] == [
        "agenda.txt",
        "cover-note-tiny.html",
        "manifest.json",
        "pack.html",
        "pack.pdf",
    ]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "change", "rule"),
    [
        ((), ('version: "2.0"', 'version: "2.0"\nversion: "2.1"'), "duplicate-key"),
        ((), ("doors:", "door:"), "unanswered-question"),
        (("--body", "head"), None, "approval-level"),
        (("--meeting", "2026-08-01"), None, "date-impossible"),
    ],
)
def test_what_cannot_be_approved_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], change: tuple[str, str] | None, rule: str
) -> None:
    workspace = base(tmp_path)
    root = (workspace.with_change(ADOPTION, *change) if change else workspace).write()
    result = run_in(root, "pack", "oak/tiny", *arguments, "--as-of", AS_OF)
    assert (result.code, result.stdout) == (1, "")
    assert f"[{rule}]" in result.stderr
    assert not (root / "output").exists()


def test_a_review_without_change(tmp_path: Path) -> None:
    """It has a pack with the text in force, no mark of a draft, and a command that records the decision."""
    root = base(tmp_path).write()
    freeze(root, "2.0", "2026-10-12", minute="19.2")
    packed(root, "oak/tiny", "--review")
    made = folder(root, "oak", "tiny", "pack-2.0.1")
    note, *_ = words = pages(made / "pack.pdf")
    code = re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}", note)[0]
    assert "is asked to review version 2.0 of “Keys to the school”, which is in force" in note
    assert f"content code {code}, left it as it is, and noted that its next review" in note
    assert "No change is proposed." in note
    assert "Left as it is: yes / no" in words[-1]
    assert "Not for use" not in " ".join(words)
    agenda = (made / "agenda.txt").read_text("utf-8")
    (command,) = [line for line in agenda.splitlines() if line.startswith("policygen approve")]
    said = command.replace("DATE", MEETING).replace("NUMBER", "20.4").split()[1:]
    assert run_in(root, *said, "--as-of", "2026-12-04").code == 0
    assert "2.0.1" in run_in(root, "history", "oak/tiny", "--as-of", "2026-12-04").stdout


def test_other_details_are_released_before_a_review(tmp_path: Path) -> None:
    """What a body leaves as it is, is what it reads."""
    printed = "{{ people.head.name }} keeps the list of them. {#who-may-hold"
    root = base(tmp_path).with_change(KEYS, "{#who-may-hold", printed).write()
    freeze(root, "2.0", "2026-10-12", minute="19.2")
    edit(root, SCHOOL, ("Ann Lee", "Ben Shaw"))
    said = run_in(root, "pack", "oak/tiny", "--review", "--as-of", AS_OF)
    assert said.code == 1
    assert "names or numbers differ from version `2.0`, which is to be reviewed" in said.stderr
    assert "policygen release oak/tiny --details" in said.stderr


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_nothing_is_prepared(tmp_path: Path, version: str) -> None:
    root = base(tmp_path).write()
    freeze(root, "2.0", "2026-10-12", minute="19.2")
    if version != "2.0":
        edit(root, ADOPTION, ('version: "2.0"', f'version: "{version}"'))
    result = run_in(root, "pack", "oak/tiny", "--as-of", AS_OF)
    assert result.code == 1
    assert "[not-prepared]" in result.stderr
    assert not (root / "output").exists()


# --- an example of each policy ----------------------------------------------------------------------------------------


def test_the_cover_note_of_an_example_of_each_policy_fits_two_pages() -> None:
    """Policies of all shapes and lengths, with one approving body or another; no change is left out unsaid."""
    found = {
        each.document.policy_id: each
        for each in check(ROOT, [Selection()], AS_OF_DAY).policies
        if each.standing and each.standing.prepared
    }.values()
    policies = [f"{each.document.school_id}/{each.document.policy_id}" for each in found]
    papers, _ = papers_of(ROOT, policies, AS_OF_DAY, datetime.date(2026, 12, 3))
    assert [each.cover.policy for each in papers] == policies
    assert len({each.document.policy_id for each in papers}) >= 5
    for paper in papers:
        with pypdfium2.PdfDocument(render_pdf(note_alone(paper).encode())) as document:
            *note, _ = (page.get_textpage().get_text_range() for page in document)
            assert len(note) == paper.room.pages <= 2, paper.cover.policy
        text = " ".join(" ".join(note).split())
        left = len(paper.cover.rows) - paper.room.rows
        assert ("in the list of all changes" in text) == bool(left)
        assert paper.room.rows >= min(4, len(paper.cover.rows)), paper.cover.policy
        assert "Whom to ask" in text
        assert paper.cover.points
        for points in paper.cover.points:
            for point in points.texts:
                assert "".join(point.split()) in "".join(text.split()), paper.cover.policy


# --- main points ------------------------------------------------------------------------------------------------------


def points(edition: str, number: int, words: int) -> list[str]:
    """Main points of an edition, of so many words each."""
    found = []
    for index in range(number):
        beside = " ".join(f"key{index}w{word}" for word in range(words))
        found.append(f"In {edition} point {index} is about {beside}")
    return found


def explained() -> list[dict[str, object]]:
    """A reason for each rule."""
    return [
        {
            "clauses": [f"rule-{number}"],
            "class": "material",
            "must": True,
            "reason": f"Reason {number}",
        }
        for number in range(1, MANY + 1)
    ]


@pytest.mark.parametrize(("number", "words"), [(1, 2), (14, 40)])
def test_every_main_point_of_every_edition_since_stands_in_the_note(
    tmp_path: Path, number: int, words: int
) -> None:
    """However many and however long they are; the changes give way, and are counted. What is repeated stands once."""
    root = base(tmp_path).write()
    publish(root, "tiny", "2026.1")
    freeze(root, "2.0", "2026-10-12", minute="19.2")
    told = ["Keys are counted"]
    for edition, before in (("2026.2", "2026.1"), ("2026.3", "2026.2")):
        mine = points(edition, number, words)
        edit(
            root,
            TEMPLATE,
            (f"  summary: [{', '.join(told)}]\n", f"  summary: [{', '.join([*told, *mine])}]\n"),
        )
        told += mine
        (root / RULES).write_text(rules(edition))
        publish(root, "tiny", edition, previous=before, changes=explained())
    edit(root, ADOPTION, ('"2026.1"', '"2026.3"'), ('version: "2.0"', 'version: "3.0"'))
    (paper,), _ = papers_of(root, ["oak/tiny"], AS_OF_DAY)
    with pypdfium2.PdfDocument(render_pdf(note_alone(paper).encode())) as document:
        *note_pages, _ = (page.get_textpage().get_text_range() for page in document)
    text = "".join("".join(note_pages).split()).replace("\ufffe", "-")
    for point in told[1:]:
        # A point may go on overleaf, behind the foot of its page.
        assert all(word in text for word in point.split()), point
        assert text.count("".join(point.split()[:6])) == 1, point
    assert "Edition2026.2:" in text
    assert "Edition2026.3:" in text
    left = len(paper.cover.rows) - paper.room.rows
    assert ("inthelistofallchanges" in text) == bool(left)
