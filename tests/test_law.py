"""The law library: what a workspace adds to it, replaces and switches off; entries that have ended."""

from __future__ import annotations

import datetime
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from policygen.disk.reading import own_law_inputs
from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Problems
from policygen.model.law import LawEntry, LawLibrary, OwnLaw, read_law, with_own
from policygen.project import check as checking
from policygen.project import unit
from tests.support.workspace import AS_OF, Workspace

if TYPE_CHECKING:
    from pathlib import Path

SECTION = "templates/tiny/sections/lost-keys.md"


def merged(text: str) -> tuple[LawLibrary, list[tuple[str, str, int]]]:
    problems = Problems()
    own = read_yaml(dedent(text), "law.yaml", OwnLaw, problems)
    assert own is not None, problems.found
    library = with_own(read_law(), own, problems)
    return library, [
        (each.rule, each.message, each.place.line if each.place else 0) for each in problems
    ]


def test_entries_are_added_and_replaced_by_id() -> None:
    library, problems = merged("""\
        as_of: 2026-11-20
        current:
          kcsie: {cite: Keeping children safe in education 2027, year: 2027}
          key_code: {cite: Code of practice on keys, year: 2026, from: 2026-09}
        no_longer:
          key_book: {pattern: key book, status: renamed, severity: note, replaced_by: [key_code, uk_gdpr]}
        """)
    assert problems == []
    assert library.names()["kcsie"] == "Keeping children safe in education 2027"
    assert library.names()["key_code"] == "Code of practice on keys"
    assert library.names()["uk_gdpr"] == read_law().names()["uk_gdpr"]
    assert library.no_longer["key_book"].replaced_by == ("key_code", "uk_gdpr")
    assert "key_code" not in read_law().current


def test_an_entry_is_switched_off_with_a_reason() -> None:
    library, problems = merged("""\
        as_of: 2026-11-20
        no_longer:
          twitter: {off: true, reason: Our feed is called so}
        """)
    assert problems == []
    assert "twitter" not in library.no_longer
    assert len(library.no_longer) == len(read_law().no_longer) - 1


def test_what_does_not_exist_is_reported_at_its_place() -> None:
    library, problems = merged("""\
        as_of: 2026-11-20
        current:
          key_code: {cite: Code, year: 2019, replaced_by: [key_cod]}
        no_longer:
          twiter: {off: true, reason: Our feed}
          key_book: {pattern: key book, status: renamed, severity: note, replaced_by: [nothing]}
        """)
    assert problems == [
        ("bad-value", "the library has no `twiter` under `no_longer`", 5),
        ("bad-value", "there is no `key_cod` under `current`", 3),
        ("bad-value", "there is no `nothing` under `current`", 6),
    ]
    assert "key_book" not in library.no_longer


@pytest.mark.parametrize(
    ("until", "last_day", "first_day_after"),
    [
        ("2026-08-31", "2026-08-31", "2026-09-01"),
        ("2026-08", "2026-08-31", "2026-09-01"),
        ("2026", "2026-12-31", "2027-01-01"),
    ],
)
def test_an_entry_holds_to_the_end_of_its_day_month_or_year(
    until: str, last_day: str, first_day_after: str
) -> None:
    entry = LawEntry(cite="Code", year=2019, until=until)
    assert not entry.ended(datetime.date.fromisoformat(last_day))
    assert entry.ended(datetime.date.fromisoformat(first_day_after))


def test_an_entry_that_was_replaced_has_ended() -> None:
    assert LawEntry(cite="Code", year=2019, replaced_by=("key_code",)).ended(
        datetime.date(2026, 11, 20)
    )
    assert not LawEntry(cite="Code", year=2019).ended(datetime.date(2026, 11, 20))


def test_the_library_itself_cites_nothing_that_has_ended() -> None:
    assert [
        name for name, entry in read_law().current.items() if entry.ended(read_law().review_due)
    ] == []


# --- in a workspace ---------------------------------------------------------------------------------------------------


def test_a_section_cites_an_entry_of_the_workspace(tmp_path: Path) -> None:
    law = "as_of: 2026-09-01\ncurrent:\n  key_code: {cite: Code of practice on keys, year: 2026}\n"
    workspace = Workspace(tmp_path).with_change(
        SECTION, "Keys are counted", "By the {{ law.key_code }}, keys are counted"
    )
    assert "[unknown-name]" in workspace.run("check").stderr
    assert workspace.with_files({"law.yaml": law}).run("check", "--strict").code == 0


def test_a_manifest_names_the_file(tmp_path: Path) -> None:
    """What a document was made from."""
    root = Workspace(tmp_path).with_files({"law.yaml": "as_of: 2026-09-01\n"}).write()
    (composed,) = checking.check(
        root, (checking.Selection(),), datetime.date(2026, 11, 20)
    ).policies
    assert "law.yaml" in unit.draft_of(composed, own_law_inputs(root)).inputs
    assert own_law_inputs(root / "templates") == {}


def test_an_entry_switched_off_is_no_longer_found(tmp_path: Path) -> None:
    law = "as_of: 2026-09-01\nno_longer:\n  esafety: {off: yes, reason: The name of our course}\n"
    workspace = Workspace(tmp_path).with_change(
        SECTION, "Keys are counted", "After E-Safety week, keys are counted"
    )
    assert "[law-term]" in workspace.run("check").stderr
    assert workspace.with_files({"law.yaml": law}).run("check").stderr == ""


def test_without_a_review_date_a_year_counts(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).with_files({"law.yaml": "as_of: 2025-11-20\n"})
    assert workspace.run("check").stderr == ""
    said = workspace.run("check", "--as-of", "2026-11-21").stderr
    assert said.startswith(
        "warning: the law library of this workspace was due for review on 20 November 2026"
    )
    assert "law.yaml:1:8" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("current: {}\n", "error: `as_of` is missing  [missing-key]\n  --> law.yaml"),
        (
            "as_of: 2026-09-01\ncurent: {}\n",
            "error: `curent` means nothing here  [unknown-key]\n  --> law.yaml:2:1",
        ),
        (
            "as_of: 2026-09-01\nno_longer:\n  twitter: {off: true}\n",
            "error: `twitter` lacks `reason`  [missing-key]\n  --> law.yaml:3:3",
        ),
        (
            "as_of: 2026-09-01\nno_longer:\n  twitter: {off: no, reason: So}\n",
            "error: `off` can only be true  [bad-value]\n  --> law.yaml:3:18",
        ),
        (
            "as_of: 2026-09-01\nno_longer:\n  a: {pattern: '(', status: renamed, severity: note}\n",
            "error: `pattern` is no regular expression: missing ), unterminated subpattern at position 0  [bad-value]\n  --> law.yaml:3:16",
        ),
        (
            "as_of: 2026-09-01\ncurrent:\n  a: {cite: A, year: 2019, until: last year}\n",
            "error: `until` must be a day, a month or a year  [bad-value]\n  --> law.yaml:3:35",
        ),
        (
            "as_of: 2026-09-01\ncurrent:\n  a: {cite: A, year: 2019, until: 2026-13}\n",
            "error: `until` must be a day, a month or a year  [bad-value]\n  --> law.yaml:3:35",
        ),
    ],
)
def test_faults_of_the_file_have_their_place(tmp_path: Path, text: str, said: str) -> None:
    result = Workspace(tmp_path).with_files({"law.yaml": text}).run("check", "--as-of", AS_OF)
    assert result.stderr.startswith(said)
    assert result.code == 1


def test_a_moment_may_stand_without_quotes() -> None:
    library, problems = merged(
        "as_of: 2026-11-20\ncurrent:\n  a: {cite: A, year: 2019, from: 2019, until: 2026-08-31}\n"
    )
    assert (library.current["a"].since, library.current["a"].until, problems) == (
        "2019",
        "2026-08-31",
        [],
    )
