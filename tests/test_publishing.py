"""Publishing an edition: every change explained, nothing lost in silence, frozen for good, carried safely elsewhere."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import re
import shutil
import stat
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.disk.bundles import bundled
from policygen.disk.editions import editions_between, read_edition, read_edition_record
from policygen.editions.announce import AnnouncedChange, announced_changes, edition_redline
from policygen.editions.differences import differences, differing_parts
from policygen.ground.diagnostics import Problems
from policygen.html.circular import for_schools
from policygen.language.document import plain
from policygen.model.edition_record import chain, declared, written_edition_record
from policygen.project.diff import diff
from tests.support.browser import axe_violations, open_browser_page
from tests.support.nu import check_html
from tests.support.workspace import ADOPTION, TEMPLATE, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from policygen.compare.lines import MarkedLine

AS_OF = datetime.date(2026, 11, 20)
KEYS = "templates/tiny/sections/holding-keys.md"
LOST = "templates/tiny/sections/lost-keys.md"
KEY = "templates/tiny/images/key.svg"
CHANGES = "templates/tiny/changes.yaml"
FIRST = "templates/tiny/editions/2026.1"
SECOND = "templates/tiny/editions/2026.2"
PUBLISH = ("publish", "tiny", "--edition", "2026.2", "--issued", "2026-11-20")
EXPLAINED = 'edition: "2026.2"\nchanges:\n  - clauses: [count]\n    class: material\n    must: yes\n    reason: So\n'
CIRCULAR = (
    "circular:\n  action: Put the edition to your committee.\n  to: Headteachers\n  purpose: Keys are counted more often."
    "\n  summary: [Keys are counted each half term]\n  contact: Schools HR\nguidance:"
)


def after(workspace: Workspace, *arguments: str) -> Workspace:
    """The workspace with the templates as a command left them."""
    result = workspace.run(*arguments)
    assert result.code == 0, result.stderr
    folder = workspace.root / "templates"
    left = {
        path.relative_to(workspace.root).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file()
    }
    gone = [
        path
        for path, entry in workspace.changes
        if path.startswith("templates/") and path not in left and entry
    ]
    return workspace.with_files(
        {
            path: content.decode() if path.endswith((".md", ".yaml")) else content
            for path, file in left.items()
            if (content := file.read_bytes()) is not None
        }
    ).without(*gone)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The base workspace with edition 2026.1 published."""
    folder = tmp_path_factory.mktemp("first") / "ws"
    workspace = Workspace(folder).with_change(TEMPLATE, "guidance:", CIRCULAR)
    return after(workspace, "publish", "tiny", "--edition", "2026.1", "--issued", "2026-09-01")


@pytest.fixture
def first(tmp_path: Path, published: Workspace) -> Workspace:
    """The same in a folder of the test's own."""
    return replace(published, root=shutil.copytree(published.root, tmp_path / "ws"))


def recounted(workspace: Workspace) -> Workspace:
    return workspace.with_change(LOST, "each term", "each half term")


def rules(workspace: Workspace, *arguments: str) -> list[str]:
    result = workspace.run(*(arguments or PUBLISH))
    return [
        line.split("  [")[1].rstrip("]")
        for line in result.stderr.splitlines()
        if line.startswith("error:")
    ]


# --- comparing -------------------------------------------------------------------------------------------------------

SAME: dict[str, Callable[[Workspace], Workspace]] = {
    "a line break": lambda w: w.with_change(KEYS, "Spare keys hang", "Spare keys\n   hang"),
    "another order": lambda w: w.with_files({LOST: _swapped(w.text(LOST))}),
    "a typed number": lambda w: w.with_change(LOST, "1. Keys are", "2. Keys are"),
    "a comment": lambda w: w.with_change(LOST, "1. A lost", "<!-- why -->\n1. A lost"),
    "guidance": lambda w: w.with_change(TEMPLATE, "Say who may hold", "Say which people may hold"),
}
CHANGED: dict[str, tuple[Callable[[Workspace], Workspace], set[str]]] = {
    "a word": (lambda w: w.with_change(LOST, "each term", "each year"), {"count"}),
    "an expression": (lambda w: w.with_change(LOST, "roles.head", "roles.board"), {"report-loss"}),
    "a filter": (lambda w: w.with_change(LOST, " | in_words", ""), {"report-loss"}),
    "a condition": (
        lambda w: w.with_change(KEYS, "{% if answers", "{% if not answers"),
        {"key-safe"},
    ),
    "a condition taken away": (
        lambda w: w.with_files(
            {
                KEYS: w.text(KEYS)
                .replace("{% if answers.key_safe %}\n", "")
                .replace("{% endif %}", "")
            }
        ),
        {"key-safe"},
    ),
    "a status": (lambda w: w.with_change(LOST, "adapt=optional", "adapt=locked"), {"count"}),
    "a title": (
        lambda w: w.with_change(LOST, "# Lost keys", "# Keys that are lost"),
        {"lost-keys"},
    ),
    "a reference": (lambda w: w.with_change(LOST, "#who-keeps", "#who-may-hold"), {"count"}),
    "a picture": (
        lambda w: w.with_files(
            {"templates/tiny/images/key.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>'}
        ),
        {"app-doors"},
    ),
    "a field to sign": (
        lambda w: w.with_change("templates/tiny/forms/receipt.md", "- Signed", "- Signed\n- Date"),
        {"receipt"},
    ),
    "who signs": (
        lambda w: w.with_change(TEMPLATE, "signed_by: staff", "signed_by: parents"),
        {"receipt"},
    ),
    "when a section stands": (
        lambda w: w.with_change(TEMPLATE, "adapt: free", "adapt: free\n    when: answers.key_safe"),
        {"lost-keys"},
    ),
    "an option": (
        lambda w: w.with_change(TEMPLATE, "prints: governors", "prints: the governors"),
        {"holders"},
    ),
    "a bound": (lambda w: w.with_change(TEMPLATE, "to: 5", "to: 4"), {"days_to_report"}),
    "the approving body": (
        lambda w: w.with_change(TEMPLATE, "body: committee", "body: full-board"),
        {"adoption"},
    ),
    "the order of sections": (
        lambda w: w.with_change(
            TEMPLATE,
            "  - holding-keys\n  - name: lost-keys\n    adapt: free\n",
            "  - name: lost-keys\n    adapt: free\n  - holding-keys\n",
        ),
        {"sections"},
    ),
}


def _swapped(text: str) -> str:
    title, one, two = [line for line in text.splitlines() if line]
    return f"{title}\n\n{two}\n{one}\n"


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_no_school_would_notice_is_no_change(
    first: Workspace, change: Callable[[Workspace], Workspace]
) -> None:
    """Numbers, line breaks, the order within a section, comments and guidance need no reason."""
    assert differing(change(first)) == set()


@pytest.mark.parametrize(("change", "expected"), CHANGED.values(), ids=CHANGED)
def test_each_kind_of_change_is_found_by_its_id(
    first: Workspace, change: Callable[[Workspace], Workspace], expected: set[str]
) -> None:
    """As it is written, in branches that no school takes, too: and nothing else is found."""
    assert differing(change(first)) == expected


def differing(workspace: Workspace) -> set[str]:
    root = workspace.write()
    old, new = (read_edition(root, "tiny", edition, None, Problems()) for edition in ("2026.1", ""))
    assert old is not None
    assert new is not None
    return {each.name for each in differences(old, new, {}, {})}


def moved(workspace: Workspace) -> Workspace:
    """Clause `report-loss` in another section, with the same words, and nothing else."""
    line = next(line for line in workspace.text(LOST).splitlines() if "#report-loss" in line)
    free = line.replace("{#report-loss}", "{#report-loss adapt=free}")
    return workspace.with_change(LOST, f"{line}\n", "").with_change(
        KEYS, "1. Keys to", f"{free}\n1. Keys to"
    )


def test_a_clause_in_another_section_needs_a_reason(first: Workspace) -> None:
    """Schools see it in another place: the edition records where it went, and its class is the one that was given."""
    result = moved(first).run(*PUBLISH)
    assert result.code == 1
    assert (
        "error: clause `report-loss` has moved since edition 2026.1, and nothing says why"
        in result.stderr
    )
    explained = EXPLAINED.replace("count", "report-loss").replace("material", "editorial")
    made = after(moved(first).with_files({CHANGES: explained}), *PUBLISH)
    record = read_edition_record(made.write(), "tiny", "2026.2", Problems())
    assert record is not None
    assert record.moved == {"report-loss": "holding-keys"}
    (pair,) = diff(made.write(), "tiny@2026.1", "tiny@2026.2", AS_OF).comparison.changes
    assert (pair.unit.id, pair.kind, pair.change) == ("report-loss", "moved", "editorial")
    assert announced(made) == [
        (
            "Holding keys: 1.1, moved here from “Lost keys”",
            "Must be taken. No change of substance.",
            "So",
        )
    ]


def test_a_clause_that_moved_into_a_new_section_is_explained_with_it(first: Workspace) -> None:
    """The record names it, so that schools learn the reason."""
    line = next(line for line in first.text(LOST).splitlines() if "#report-loss" in line)
    free = line.replace("{#report-loss}", "{#report-loss adapt=free}")
    there = {
        "templates/tiny/sections/lending.md": f"# Lending {{#lending}}\n\n{free}\n",
        CHANGES: EXPLAINED.replace("count", "lending"),
    }
    away = first.with_change(LOST, f"{line}\n", "").with_files(there)
    made = after(
        away.with_change(TEMPLATE, "  - holding-keys\n", "  - holding-keys\n  - lending\n"),
        *PUBLISH,
    )
    record = read_edition_record(made.write(), "tiny", "2026.2", Problems())
    assert record is not None
    assert record.changes[0].clauses == ("lending", "report-loss")


# --- refusing --------------------------------------------------------------------------------------------------------


def test_an_unexplained_change_is_refused_and_nothing_is_written(first: Workspace) -> None:
    """The place is the clause, and the hint the command that helps."""
    changed = recounted(first)
    result = changed.run(*PUBLISH)
    assert result.code == 1
    assert result.stderr.startswith(
        "error: clause `count` has changed since edition 2026.1, and nothing says why  [unexplained-change]\n"
        "  --> templates/tiny/sections/lost-keys.md:4:1\n"
    )
    assert not (changed.root / SECOND).exists()
    assert 'edition: "2026.1"' in (changed.root / TEMPLATE).read_text()


def test_an_edition_in_which_nothing_changed_is_refused(first: Workspace) -> None:
    """A date, a comment in template.yaml or another circular is nothing that a school could adopt."""
    for same in (
        first,
        first.with_change(TEMPLATE, "issued: 2026-09-01", "issued: 2026-09-01  # a Tuesday"),
        first.with_change(TEMPLATE, "to: Headteachers", "to: Governors"),
        first.with_files({CHANGES: 'edition: "2026.2"\n'}),
    ):
        result = same.run(*PUBLISH)
        assert result.stderr.startswith(
            "error: nothing has changed since edition `2026.1`, which was issued on 1 September 2026  [edition-order]\n"
        )
        assert (result.code, (same.root / SECOND).exists()) == (1, False)


@pytest.mark.parametrize(
    "change", [SAME["another order"], SAME["guidance"]], ids=["another order", "guidance"]
)
def test_what_schools_get_in_no_other_way_may_be_published(
    first: Workspace, change: Callable[[Workspace], Workspace]
) -> None:
    """It needs no reason, and yet an edition of its own."""
    assert rules(change(first)) == []


def test_a_clause_that_took_in_another_needs_a_reason(first: Workspace) -> None:
    """Also where its own words stay as they were."""
    line = next(line for line in first.text(LOST).splitlines() if "#report-loss" in line)
    merged = first.with_change(LOST, f"{line}\n", "").with_files(
        {CHANGES: 'edition: "2026.2"\nmerged: {count: [count, report-loss]}\n'}
    )
    assert rules(merged) == ["unexplained-change"]


def test_every_problem_is_told_at_once(first: Workspace) -> None:
    """A word, a lost clause, a lost option, a renamed question and a date that goes back: one run."""
    broken = (
        recounted(first)
        .with_change(KEYS, "{#who-may-hold adapt=required}", "{#holders adapt=required}")
        .with_change(TEMPLATE, "  who-may-hold:", "  holders:")
        .with_change(
            TEMPLATE,
            "      governors: {label: Governors, prints: governors}\n",
            "      cook: The cook\n",
        )
        .with_change(TEMPLATE, "  count_from:", "  counted_from:")
        .with_change(LOST, "answers.count_from", "answers.counted_from")
    )
    found = rules(broken, "publish", "tiny", "--edition", "2026.2", "--issued", "2026-08-31")
    assert sorted(set(found)) == ["edition-order", "undeclared-removal", "unexplained-change"]
    assert found.count("undeclared-removal") == 3


def test_a_failing_check_is_refused(first: Workspace) -> None:
    """What `check` would stop is not published."""
    broken = first.with_change(LOST, "A lost key", "A lost key [insert name]")
    assert sorted(rules(broken)) == ["leftover-bracket", "unexplained-change"]


def test_strict_refuses_warnings(first: Workspace) -> None:
    """A warning is let through without --strict, and shown."""
    shouting = first.with_change(
        LOST, "A lost key is reported", "A lost key IS ALWAYS REPORTED and is reported"
    )
    explained = shouting.with_files({CHANGES: EXPLAINED.replace("count", "report-loss")})
    assert explained.run(*PUBLISH, "--strict").code == 1
    assert not (explained.root / SECOND).exists()
    result = explained.run(*PUBLISH)
    assert (result.code, "[capitals]" in result.stderr) == (0, True)


def test_a_name_that_no_bundle_could_hold_is_refused(first: Workspace) -> None:
    """What is published can be imported."""
    named = first.with_files({"templates/tiny/images/my key.svg": first.text(KEY)})
    assert rules(named) == ["bad-value"]


def test_the_file_of_another_edition_is_refused(first: Workspace) -> None:
    """Reasons of one edition are not taken for those of the next."""
    stale = recounted(first).with_files({CHANGES: EXPLAINED.replace("2026.2", "2026.3")})
    assert rules(stale) == ["untrue-change"]


def test_a_clause_without_an_id_is_refused(first: Workspace) -> None:
    """Nothing could follow it through the editions."""
    assert "missing-id" in rules(first.with_change(LOST, " {#report-loss}", ""))


def test_a_new_section_may_be_explained_as_a_whole(first: Workspace) -> None:
    """One reason for it covers its clauses, and the record names each of them."""
    added = first.with_files(
        {
            "templates/tiny/sections/lending.md": "# Lending {#lending}\n\n1. No key is lent. {#lend}\n1. Ever. {#ever}\n",
            CHANGES: EXPLAINED.replace("count", "lending"),
        }
    ).with_change(TEMPLATE, "  - holding-keys\n", "  - holding-keys\n  - lending\n")
    record = read_edition_record(after(added, *PUBLISH).write(), "tiny", "2026.2", Problems())
    assert record is not None
    assert record.changes[0].clauses == ("lending", "lend", "ever")


# --- the scaffold ----------------------------------------------------------------------------------------------------


TEXTS = st.lists(st.sampled_from(["keys", "are", "kept", "in", "a", "safe", "lost"]), max_size=60)


@given(TEXTS, TEXTS)
def test_was_and_now_show_what_differs(old: list[str], new: list[str]) -> None:
    """However late the first difference stands, however many there are, and however long the texts are."""
    was, now = differing_parts(" ".join(old), " ".join(new))
    assert (was == now) == (old == new)
    for shown, whole in ((was, old), (now, new)):
        for part in filter(None, (part.strip() for part in shown.split("…"))):
            assert part in " ".join(whole)
        assert len(shown.split()) <= 60


def test_words_that_are_the_same_are_said_to_be(first: Workspace) -> None:
    """Where only the status of a clause differs there is nothing to quote."""
    changed = first.with_change(LOST, "adapt=optional", "adapt=locked")
    assert changed.run(*PUBLISH[:4], "--scaffold").code == 0
    text = (changed.root / CHANGES).read_text()
    assert (
        "# its words are the same: its status, its audience, a mark, the signs of a list or a"
        in text
    )
    assert "# was:" not in text


def test_the_scaffold_names_every_change_and_keeps_what_was_written(first: Workspace) -> None:
    """What the author wrote, comments among it, stays byte for byte; what is new stands below it, to be filled in."""
    written = EXPLAINED.replace("reason: So", "reason: So  # minute 4.2")
    changed = (
        recounted(first)
        .with_change(KEYS, "Spare keys hang", "Spare keys are kept")
        .with_files({CHANGES: written})
    )
    command = (*PUBLISH[:4], "--scaffold")
    result = changed.run(*command)
    assert result.code == 0
    assert (changed.root / CHANGES).read_text() == written + (
        "  - clauses: [key-safe]\n"
        "    # clause `key-safe` has changed\n"
        "    # was: … is yes: Spare keys hang in the key safe …\n"
        "    # now: … is yes: Spare keys are kept in the key safe …\n"
        "    class:    # material | editorial\n"
        "    must:     # yes | no\n"
        "    reason:\n"
    )
    again = changed.with_files({CHANGES: (changed.root / CHANGES).read_text()})
    assert "nothing was written" in again.run(*command).stdout
    assert rules(again) == ["unexplained-change"]


def test_the_scaffold_of_everything_leads_to_an_edition_once_it_is_filled_in(
    first: Workspace,
) -> None:
    """Removed clauses, questions and options get their place; nothing is decided for the author."""
    changed = (
        recounted(first)
        .with_change(KEYS, "{#key-safe}", "{#safe}")
        .with_change(
            TEMPLATE,
            "      governors: {label: Governors, prints: governors}\n",
            "      cook: The cook\n",
        )
        .with_change(TEMPLATE, "  count_from:", "  counted_from:")
        .with_change(LOST, "answers.count_from", "answers.counted_from")
    )
    assert changed.run(*PUBLISH[:4], "--scaffold").code == 0
    text = (changed.root / CHANGES).read_text()
    left = rules(changed.with_files({CHANGES: text}))
    assert set(left) == {"unexplained-change", "undeclared-removal"}
    filled = (
        text.replace("class:    #", "class: material #")
        .replace("must:     #", "must: yes #")
        .replace("reason:\n", "reason: So\n")
        .replace("key-safe:\n", "key-safe: Nobody needs it\n")
        .replace("  # renamed: {count_from: new_question}", "  renamed: {count_from: counted_from}")
        .replace(
            "  # options: {holders: {governors: new-option}}",
            "  options: {holders: {governors: cook}}",
        )
    )
    record = read_edition_record(
        after(changed.with_files({CHANGES: filled}), *PUBLISH).write(), "tiny", "2026.2", Problems()
    )
    assert record is not None
    assert record.retired == {"key-safe": "Nobody needs it"}
    assert record.answers.renamed == {"count_from": "counted_from"}
    assert record.answers.options == {"holders": {"governors": "cook"}}


# --- freezing --------------------------------------------------------------------------------------------------------


def test_an_edition_is_frozen_whole_and_the_working_template_says_so(first: Workspace) -> None:
    """All files, the reasons among them; comments of template.yaml stay with its authors; changes.yaml starts anew."""
    changed = recounted(first).with_files({CHANGES: f"# ours\n{EXPLAINED}"})
    commented = changed.with_change(
        TEMPLATE, "issued: 2026-09-01", "issued: 2026-09-01  # a Tuesday"
    )
    made = after(commented, *PUBLISH)
    frozen = {
        path.relative_to(made.root / SECOND).as_posix()
        for path in (made.root / SECOND).rglob("*")
        if path.is_file()
    }
    assert frozen == {
        "changes.yaml",
        "edition.yaml",
        "forms/receipt.md",
        "images/key.svg",
        "sections/app-doors.md",
        "sections/holding-keys.md",
        "sections/lost-keys.md",
        "template.yaml",
    }
    kept = made.text(TEMPLATE).replace("  # a Tuesday", "")
    assert kept == made.text(f"{SECOND}/template.yaml")
    assert "# ours" not in made.text(f"{SECOND}/changes.yaml")
    assert 'edition: "2026.2"\nissued: 2026-11-20  # a Tuesday\n' in made.text(TEMPLATE)
    assert not (made.root / CHANGES).exists()


def test_a_month_may_be_the_date_of_issue(first: Workspace) -> None:
    """It is frozen as a month, printed as one, and counts from its first day."""
    changed = recounted(first).with_files({CHANGES: EXPLAINED})
    lean = CIRCULAR.replace("  to: Headteachers\n", "").replace("\n  contact: Schools HR", "")
    changed = changed.with_change(
        TEMPLATE, CIRCULAR.removesuffix("guidance:"), lean.removesuffix("guidance:")
    )
    made = after(changed, *PUBLISH[:-1], "2026-11")
    assert 'edition: "2026.2"\nissued: 2026-11\n' in made.text(f"{SECOND}/template.yaml")
    assert "issued: 2026-11\n" in made.text(f"{SECOND}/edition.yaml")
    circular = next(made.root.glob("output/**/2026.2/circular.html")).read_text(encoding="utf-8")
    assert "November 2026" in circular
    assert "<h2>To</h2>" not in circular
    assert "Northshire County Council" in circular.partition("Contact and further information")[2]
    assert made.run("status").code == 0
    early = made.run("publish", "tiny", "--edition", "2026.3", "--issued", "2026-10-31")
    assert "was issued in November 2026, after 31 October 2026" in early.stderr


def test_a_frozen_edition_stands_by_itself(tmp_path: Path) -> None:
    """Shared texts are copied into it; what becomes of them later is nothing to it."""
    workspace = (
        Workspace(tmp_path)
        .with_files(
            {
                "templates/shared/note.md": "Keys are marked.\n",
                "templates/shared/other.md": "Unused.\n",
            }
        )
        .with_change(
            LOST,
            "# Lost keys {#lost-keys}\n",
            '# Lost keys {#lost-keys}\n\n{% include "note.md" %}\n',
        )
    )
    made = after(workspace, "publish", "tiny", "--edition", "2026.1", "--issued", "2026-09-01")
    assert [path.name for path in (made.root / FIRST / "shared").iterdir()] == ["note.md"]
    later = made.with_files({"templates/shared/note.md": "Keys are never marked.\n"})
    edition = read_edition(later.write(), "tiny", "2026.1", None, problems := Problems())
    assert not [*problems]
    assert edition is not None
    assert edition.shared["note.md"].text == "Keys are marked.\n"
    assert later.run("check").code == 0


def test_a_change_to_a_shared_text_is_a_change_of_the_clause_that_holds_it(tmp_path: Path) -> None:
    """It needs its reason as any other."""
    workspace = (
        Workspace(tmp_path)
        .with_files({"templates/shared/note.md": "Keys are marked. {#marked}\n"})
        .with_change(
            LOST,
            "# Lost keys {#lost-keys}\n",
            '# Lost keys {#lost-keys}\n\n{% include "note.md" %}\n',
        )
    )
    made = after(workspace, "publish", "tiny", "--edition", "2026.1", "--issued", "2026-09-01")
    assert differing(
        made.with_files({"templates/shared/note.md": "Keys are not marked. {#marked}\n"})
    ) == {"marked"}


def test_a_published_edition_is_never_written_again(first: Workspace) -> None:
    """Neither under its number nor under a lower one."""
    before = {path: path.read_bytes() for path in (first.root / FIRST).rglob("*") if path.is_file()}
    for edition in ("2026.1", "2026.0", "2025.9"):
        assert "edition-order" in rules(
            first, "publish", "tiny", "--edition", edition, "--issued", "2027-01-01"
        )
    assert before == {
        path: path.read_bytes() for path in (first.root / FIRST).rglob("*") if path.is_file()
    }


FILES = [
    "template.yaml",
    "edition.yaml",
    "forms/receipt.md",
    "images/key.svg",
    "sections/app-doors.md",
    "sections/holding-keys.md",
    "sections/lost-keys.md",
]


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_in_any_file_of_an_edition_is_found(first: Workspace, name: str) -> None:
    """Whoever reads the edition is told, the check of a school that pins it as well."""
    path = f"{FIRST}/{name}"
    content = (first.root / path).read_bytes()
    mended = (
        content.replace(b"key", b"kex", 1) if b"key" in content else content.replace(b"e", b"f", 1)
    )
    damaged = first.with_files({path: mended})
    assert "edition-damaged" in rules(damaged, "check")


@pytest.mark.parametrize("name", FILES[1:])
def test_a_space_at_the_end_of_any_file_is_found(first: Workspace, name: str) -> None:
    """Also where it would change no word."""
    path = f"{FIRST}/{name}"
    assert rules(first.with_files({path: (first.root / path).read_bytes() + b" "}), "check") == [
        "edition-damaged"
    ]


def test_a_file_that_comes_or_goes_is_found(first: Workspace) -> None:
    """An edition holds exactly what it was published with."""
    assert rules(first.without(f"{FIRST}/images/key.svg"), "check") == ["edition-damaged"]
    assert rules(first.with_files({f"{FIRST}/notes.txt": "Ours"}), "check") == ["edition-damaged"]
    assert rules(first.without(f"{FIRST}/edition.yaml"), "check") == ["edition-damaged"]


def test_a_digest_made_to_fit_is_found_by_the_next_edition_or_the_record(first: Workspace) -> None:
    """Whoever changes a file and its digest has to change the digest of the whole, which the next edition repeats."""
    record = read_edition_record(first.write(), "tiny", "2026.1", Problems())
    assert record is not None
    forged = record.model_copy(update={"files": {**record.files, "template.yaml": "0" * 64}})
    damaged = first.with_files({f"{FIRST}/edition.yaml": written_edition_record(forged)})
    assert set(rules(damaged, "check")) == {"edition-damaged"}


# --- what records say together ---------------------------------------------------------------------------------------


def test_ids_are_followed_over_several_editions(first: Workspace) -> None:
    """Renamed, then split: who stood on the first edition learns both steps at once."""
    renamed = first.with_change(LOST, "{#count", "{#counting").with_files(
        {CHANGES: 'edition: "2026.2"\nrenamed: {count: counting}\n'}
    )
    second = after(renamed, *PUBLISH)
    line = next(line for line in second.text(LOST).splitlines() if "#counting" in line)
    two = "1. Keys are counted from {{ answers.count_from }}. {#when}\n1. Whoever keeps them counts. {#who}"
    split = second.with_change(LOST, line, two).with_files(
        {
            CHANGES: 'edition: "2026.3"\nchanges:\n  - {clauses: [counting], class: editorial, must: no, reason: Clearer}\n'
            "split: {counting: [when, who]}\n"
        }
    )
    third = after(split, "publish", "tiny", "--edition", "2026.3", "--issued", "2026-12-01")
    records = editions_between(third.write(), "tiny", "2026.1", "2026.3", Problems())
    assert [record.edition for record in records] == ["2026.2", "2026.3"]
    assert records[1].previous_digest == records[0].digest
    assert chain(records, "count") == ("when", "who")
    assert chain(records, "report-loss") == ("report-loss",)
    assert declared(records).renamed["count"] == ("when", "who")
    assert declared(records).classes["counting"] == "editorial"


# --- bundles ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def bundle(first: Workspace) -> bytes:
    """The bundle of edition 2026.1 of `tiny`."""
    return (first.root / "output/packs/editions/tiny/2026.1/tiny-2026.1.zip").read_bytes()


def elsewhere(tmp_path: Path, content: bytes) -> Workspace:
    """A workspace of a school that has no model policy of its own, with a bundle lying in it."""
    return (
        Workspace(tmp_path / "elsewhere")
        .without("templates/tiny")
        .with_files({"templates/shared/empty.md": "Nothing.\n", "tiny-2026.1.zip": content})
    )


def packed(content: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The same bundle with other files, as somebody else's program would zip it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return whole.getvalue()


def test_a_bundle_can_be_imported_and_used_elsewhere(tmp_path: Path, bundle: bytes) -> None:
    """The school checks against it; importing again changes nothing."""
    workspace = elsewhere(tmp_path, bundle)
    result = workspace.run("import", "tiny-2026.1.zip")
    assert (result.code, result.stderr) == (0, "")
    made = after(workspace, "import", "tiny-2026.1.zip")
    assert made.run("check").stdout == "1 policy checked, no errors\n"
    assert "here already" in made.run("import", "tiny-2026.1.zip").stdout


def test_the_same_edition_gives_the_same_bundle(first: Workspace, bundle: bytes) -> None:
    """Made again from the frozen files, with nothing of output/ left, it is the same to the byte."""
    assert first.run("announce", "tiny@2026.1").code == 0
    folder = first.root / "output/packs/editions/tiny/2026.1"
    assert (folder / "tiny-2026.1.zip").read_bytes() == bundle
    assert (folder / "tiny-2026.1.zip.sha256").read_text().split()[0] == hashlib.sha256(
        bundle
    ).hexdigest()
    files = {"b.md": b"2", "a.md": b"1"}
    assert bundled(files, {}) == bundled(dict(sorted(files.items())), {})


def _put(name: str, content: bytes = b"x") -> Callable[[dict[str, bytes]], object]:
    return lambda files: files.update({name: content})


BAD: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "a changed byte": (
        lambda files: files.update(
            {"edition/sections/lost-keys.md": files["edition/sections/lost-keys.md"] + b" "}
        ),
        "`sections/lost-keys.md` in this bundle is not as it was published",
    ),
    "a changed record": (
        lambda files: files.update(
            {
                "edition/edition.yaml": files["edition/edition.yaml"].replace(
                    b"2026-09-01", b"2026-09-02"
                )
            }
        ),
        "its digest does not fit what it says",
    ),
    "a record in another form": (
        lambda files: files.update({"edition/edition.yaml": files["edition/edition.yaml"] + b"\n"}),
        "lacks an `edition.yaml` that can be read",
    ),
    "a file that is gone": (
        lambda files: files.pop("edition/sections/lost-keys.md"),
        "`sections/lost-keys.md` is missing from this bundle",
    ),
    "a file too many": (
        _put("edition/sections/more.md"),
        "`sections/more.md` in this bundle belongs to no edition",
    ),
    "a path outside": (_put("edition/sections/../../../evil.md"), "which is no file of an edition"),
    "a path from the root": (_put("/etc/evil.md"), "which is no file of an edition"),
    "a path of Windows": (_put("edition\\sections\\..\\evil.md"), "which is no file of an edition"),
    "a program": (_put("edition/sections/run.sh"), "which is no file of an edition"),
    "another case": (_put("edition/sections/Lost-Keys.md"), "which is no file of an edition"),
    "a bomb": (
        _put("edition/sections/big.md", b"0" * 40_000_000),
        "is larger than any file of an edition",
    ),
    "many files": (
        lambda files: files.update(
            {f"edition/sections/s{number}.md": b"x" for number in range(501)}
        ),
        "more than any edition has",
    ),
}


@pytest.mark.parametrize(("change", "says"), BAD.values(), ids=BAD)
def test_a_bad_bundle_is_refused_and_nothing_is_written(
    tmp_path: Path, bundle: bytes, change: Callable[[dict[str, bytes]], object], says: str
) -> None:
    """Nothing in it is believed: names, kinds, sizes and digests are all looked at."""
    workspace = elsewhere(tmp_path, packed(bundle, change))
    result = workspace.run("import", "tiny-2026.1.zip")
    assert (result.code, "[bundle-refused]" in result.stderr) == (1, True)
    assert says in result.stderr
    assert sorted(path.name for path in (workspace.root / "templates").iterdir()) == ["shared"]
    assert not [*tmp_path.rglob("*evil*")]


def test_a_link_in_a_bundle_is_refused(tmp_path: Path, bundle: bytes) -> None:
    """It could lead anywhere once it is unpacked."""
    whole = io.BytesIO(bundle)
    with zipfile.ZipFile(whole, "a") as archive:
        entry = zipfile.ZipInfo("edition/sections/link.md")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    result = elsewhere(tmp_path, whole.getvalue()).run("import", "tiny-2026.1.zip")
    assert "`edition/sections/link.md` in this bundle is a link, not a file" in result.stderr
    assert result.code == 1


def test_an_edition_with_other_content_is_not_replaced(
    tmp_path: Path, first: Workspace, bundle: bytes
) -> None:
    """Two editions of one number: one of them is not what its issuer published."""
    other = Workspace(tmp_path / "other").with_change(LOST, "each term", "each year")
    made = after(other, "publish", "tiny", "--edition", "2026.1", "--issued", "2026-09-01")
    assert rules(made.with_files({"tiny.zip": bundle}), "import", "tiny.zip") == ["bundle-refused"]
    assert first.text(LOST) != made.text(LOST)


# --- the circular ----------------------------------------------------------------------------------------------------


def _rows(workspace: Workspace) -> tuple[AnnouncedChange, ...]:
    root, found = workspace.write(), Problems()
    old, new = (
        read_edition(root, "tiny", edition, None, found) for edition in ("2026.1", "2026.2")
    )
    record = read_edition_record(root, "tiny", "2026.2", found)
    assert old is not None
    assert new is not None
    assert record is not None
    return announced_changes(old, new, record, edition_redline(old, new, record).comparison)


def announced(workspace: Workspace) -> list[tuple[str, str, str]]:
    """The list of changes in the circular of edition 2026.2: where and what; what is asked; why."""
    return [
        ("; ".join(spot.said for spot in row.spots), for_schools(row), row.reason)
        for row in _rows(workspace)
    ]


def test_the_circular_says_what_was_merged_and_from_what(first: Workspace) -> None:
    """By the words that schools know, whether the reason is given for the new id or for an old one."""
    old = [
        line for line in first.text(LOST).splitlines() if "#report-loss" in line or "#count" in line
    ]
    both = first.with_change(LOST, f"{old[0]}\n", "").with_change(
        LOST, old[1], "1. Say what is lost. {#losses}"
    )
    declared_ = (
        "merged: {losses: [report-loss, count]}\nanswers:\n  retired: {count_from: Nobody counts}\n"
    )
    unasked = both.with_files({TEMPLATE: _without_question(both.text(TEMPLATE), "count_from")})
    for named in ("losses", "report-loss"):
        made = unasked.with_files({CHANGES: EXPLAINED.replace("count", named) + declared_})
        first_words = "“A lost key is reported to the headteacher …” and “Keys are counted each term from [answer to …”"
        assert announced(after(made, *PUBLISH))[0] == (
            f"Lost keys: 2.1, merged from {first_words}",
            "Must be taken. A change of substance: the approving body decides.",
            "So",
        )


def test_an_edition_without_a_circular_gets_one_later(tmp_path: Path) -> None:
    """It is said when it is published, and what is said then to be possible is: no school adopts a circular."""
    workspace = Workspace(tmp_path / "ws")
    result = workspace.run("publish", "tiny", "--edition", "2026.1", "--issued", "2026-09-01")
    assert result.code == 0
    assert "hint: write `circular:` there, and `policygen announce tiny@2026.1`" in result.stderr
    template = workspace.root / TEMPLATE
    template.write_text(template.read_text("utf-8").replace("guidance:", CIRCULAR), "utf-8")
    assert "circular and bundle" in run_in(workspace.root, "announce", "tiny@2026.1").stdout
    made = workspace.root / "output/packs/editions/tiny/2026.1/circular.html"
    assert "Keys are counted more often." in made.read_text("utf-8")


def test_a_circular_with_the_points_of_the_last_one_is_noticed(first: Workspace) -> None:
    """Nobody sends out last year's news by mistake; a circular with new points is quiet."""
    made = recounted(first).with_files({CHANGES: EXPLAINED})
    said = made.run(*PUBLISH).stderr
    assert "the circular has the main points of edition `2026.1`, word for word" in said
    new = made.with_change(TEMPLATE, "[Keys are counted each half term]", "[Count them weekly]")
    assert "edition-circular" not in new.run(*PUBLISH).stderr


@pytest.mark.parametrize("edition", ["2026.01", "02026.1"])
def test_an_edition_has_one_number(first: Workspace, edition: str) -> None:
    """2026.01 beside 2026.1 would be the same edition twice."""
    result = first.run("publish", "tiny", "--edition", edition, "--issued", "2026-11-20")
    assert result.code == 1
    assert "write 2026.1, which is the same edition" in result.stderr


def _without_question(text: str, name: str) -> str:
    """The text of a template.yaml without one of its questions."""
    lines, kept, inside = text.splitlines(keepends=True), [], False
    for line in lines:
        if line.startswith(f"  {name}:"):
            inside = True
        elif inside and not line.startswith("   "):
            inside = False
        if not inside:
            kept.append(line)
    return "".join(kept)


def test_the_circular_lists_what_is_retired_with_its_reason(first: Workspace) -> None:
    """Clauses, questions and options: there is nothing to take, and schools that chose an option are asked again."""
    line = next(line for line in first.text(LOST).splitlines() if "#count" in line)
    governors = "      governors: {label: Governors, prints: governors}\n"
    gone = first.with_change(LOST, line, "").with_change(
        TEMPLATE, governors, "      cook: The cook\n"
    )
    said = (
        'edition: "2026.2"\nchanges:\n  - {questions: [holders], class: editorial, must: no, reason: Cooks}\n'
        "retired: {count: Nobody counts}\nanswers:\n  retired: {count_from: Not needed, holders.governors: No governor}\n"
    )
    unasked = {TEMPLATE: _without_question(gone.text(TEMPLATE), "count_from"), CHANGES: said}
    made = after(gone.with_files(unasked), *PUBLISH)
    assert announced(made)[1:] == [
        (
            "Lost keys: 2.2, retired",
            "Retired. A change of substance: the approving body decides.",
            "Nobody counts",
        ),
        ("Question to schools, no longer asked", "Retired. It is no longer asked.", "Not needed"),
        (
            "Question to schools, an option is retired",
            "Retired. Schools that chose it are asked again.",
            "No governor",
        ),
    ]


@pytest.mark.slow
def test_every_change_of_the_redline_stands_in_the_circular_once_with_its_words(
    first: Workspace,
) -> None:
    """A title, a clause, a new one, one that is gone, a table, a field of a form: each leads to its place there."""
    form = "templates/tiny/forms/receipt.md"
    added = "1. Nobody lends a key. {#lending}\n\nTable: Doors\n\n| Door | Lock |\n|---|---|\n| Hall | Yes |\n"
    gone = next(line for line in first.text(LOST).splitlines() if "#report-loss" in line)
    made = (
        first.with_files({KEYS: f"{first.text(KEYS)}{added}"})
        .with_change(LOST, gone, "")
        .with_change(LOST, "each term", "each half term")
        .with_change(form, "- Name\n", "- Name\n- Number of the key\n")
        .with_change(TEMPLATE, "title: Keys to the school", "title: Keys and fobs")
        .with_change(TEMPLATE, "ask: Who keeps the keys?", "ask: Who keeps the keys and fobs?")
    )
    unasked = made.with_files({TEMPLATE: _without_question(made.text(TEMPLATE), "days_to_report")})
    said = (
        'edition: "2026.2"\nchanges:\n'
        "  - {clauses: [count, lending, holding-keys], class: material, must: yes, reason: So}\n"
        "  - {clauses: [receipt, who-keeps], questions: [keeper], class: editorial, must: no, reason: Else}\n"
        "  - {keys: [title, short_title], class: editorial, must: no, reason: Fobs are keys}\n"
        "retired: {report-loss: Said elsewhere}\nanswers: {retired: {days_to_report: Not needed}}\n"
    )
    after_ = after(unasked.with_files({CHANGES: said}), *PUBLISH)
    rows = _rows(after_)
    shown = {spot.number: spot for row in rows for spot in row.spots if spot.number}
    changes = diff(after_.write(), "tiny@2026.1", "tiny@2026.2", AS_OF).comparison.changes
    assert len([spot for row in rows for spot in row.spots if spot.number]) == len(shown)
    assert {number: spot.lines for number, spot in shown.items()} == {
        number: pair.lines for number, pair in enumerate(changes, 1)
    }
    assert len(changes) >= 6
    asked = next(spot for row in rows for spot in row.spots if spot.heading.startswith("Question"))
    assert as_text_of(asked.lines[0]) == "Who keeps the keys{+ and fobs+}?"


def as_text_of(line: MarkedLine) -> str:
    signs = {"same": "{}", "inserted": "{{+{}+}}", "deleted": "[-{}-]"}
    runs_ = (run for cell in line.cells for run in cell)
    return "".join(signs[run.change].format(plain(run.children)) for run in runs_)


@pytest.mark.slow
def test_the_circular_lists_each_change_with_what_it_asks_of_schools(first: Workspace) -> None:
    """In HTML and in a PDF that passed its gate; template language is never shown to its readers."""
    changed = recounted(first).with_files({CHANGES: EXPLAINED})
    assert changed.run(*PUBLISH).code == 0
    folder = changed.root / "output/packs/editions/tiny/2026.2"
    page = (folder / "circular.html").read_text()
    assert '<a href="redline.html#change_1">Lost keys: 2.2, changed</a>' in page
    assert 'id="change_1"' in (folder / "redline.html").read_text()
    assert re.search(
        r"each ?<ins><span[^>]*>inserted: .*?half.*?end of insertion</span></ins>", page
    )
    assert "Must be taken. A change of substance: the approving body decides." in page
    assert "answers." not in page
    assert (folder / "circular.pdf").read_bytes().startswith(b"%PDF-")
    assert [str(each) for each in check_html([folder / "circular.html"])] == []
    for width in (320, 1280):
        with open_browser_page(width=width, height=800) as quiet:
            quiet.page.goto((folder / "circular.html").as_uri())
            assert [str(each) for each in axe_violations(quiet.page)] == []
            assert quiet.refused == []


@pytest.mark.slow
def test_an_edition_brings_its_redline(first: Workspace) -> None:
    """Beside the circular, and in the bundle: as a page, a PDF and data."""
    second = after(recounted(first).with_files({CHANGES: EXPLAINED}), *PUBLISH)
    folder = second.write() / "output/packs/editions/tiny/2026.2"
    second.run("announce", "tiny@2026.2")
    assert {"redline.html", "redline.pdf", "redline.json"} <= {
        path.name for path in folder.iterdir()
    }
    (change,) = json.loads((folder / "redline.json").read_text("utf-8"))["changes"]
    assert (change["id"], change["owners"], change["class"]) == ("count", ["issuer"], "material")


def test_two_editions_can_be_compared_as_documents(first: Workspace) -> None:
    """By id, with expressions and conditions as words: what a redline of the template is made of."""
    second = after(recounted(first).with_files({CHANGES: EXPLAINED}), *PUBLISH)
    found = diff(second.write(), "tiny@2026.1", "tiny@2026.2", AS_OF).comparison
    assert [(pair.unit.id, pair.kind, pair.change) for pair in found.changes] == [
        ("count", "reworded", "material")
    ]
    assert diff(second.write(), "tiny@2026.2", "tiny@2026.2", AS_OF).comparison.changes == ()


def test_what_is_being_written_is_checked_beside_what_schools_have(first: Workspace) -> None:
    """A mistake in the working template is told although every school is on a published edition."""
    broken = first.with_change(LOST, "{{ roles.head }}", "{{ roles.haed }}")
    assert rules(broken, "check") == ["unknown-name"]
    assert rules(broken, "check", "tiny") == ["unknown-name"]
    assert rules(broken, "check", "oak") == []


def test_a_school_keeps_its_edition_until_it_moves(first: Workspace) -> None:
    """A new edition leaves a school on the old one as it was, to the word."""
    second = after(recounted(first).with_files({CHANGES: EXPLAINED}), *PUBLISH)
    assert 'edition: "2026.1"' in second.text(ADOPTION)
    assert second.run("check").stdout == "1 policy checked, no errors\n"
