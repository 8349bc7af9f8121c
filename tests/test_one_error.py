"""One school's error stops nobody else: what has one stays as it was built last, and the others are built."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policygen.disk import executors
from policygen.products.folders import PdfResult
from tests.support import editions
from tests.support.register import freeze
from tests.support.scenes import CIRCULAR, LOST, edit
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Result, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.products.folders import PdfJob

ELM = SCHOOL.replace("oak", "elm")
BELLS = ADOPTION.replace("tiny", "bells")
POLICIES = ("elm/bells", "elm/tiny", "oak/bells", "oak/tiny")
CIRCULARS = {"circulars/bells", "circulars/tiny"}
STAYS = "Not built, because of errors; what was built before stays\n"


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """The page in place of each PDF: what counts here is which are written."""

    def stand_ins(_: object, jobs: Sequence[PdfJob], _workers: int | None) -> Iterator[Any]:
        for index, job in enumerate(jobs):
            faults = ("torn",) if b"Torn Lane" in job.html and b"Keys to" in job.html else ()
            yield index, PdfResult(job.html, pages=1, faults=faults)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executors, "run_all", stand_ins)
        yield


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, quick: None) -> Path:
    """Two schools with two policies each, all built; one uses the published edition of `tiny`, one its next."""
    folder = tmp_path_factory.mktemp("built") / "work"
    root = Workspace(folder).with_change(TEMPLATE, "guidance:", CIRCULAR).write()
    shutil.copytree(root / "templates/tiny", root / "templates/bells")
    shutil.copyfile(root / ADOPTION, root / BELLS)
    shutil.copytree(root / "schools/oak", root / "schools/elm")
    edit(root, ELM, "name: Oak Lane", "name: Elm Grove")
    editions.freeze(root, "tiny", "2026.1")
    edit(root, TEMPLATE, 'edition: "2026.1"', 'edition: "2026.2"')
    edit(root, ADOPTION.replace("oak", "elm"), 'edition: "2026.1"', 'edition: "2026.2"')
    assert run_in(root, "build").code == 0
    return root


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    return Path(shutil.copytree(built, tmp_path / "work"))


def drafts(root: Path) -> dict[str, bytes]:
    """The page of each policy."""
    found = sorted((root / "output/drafts").glob("*/*/*.html"))
    return {"/".join(path.parts[-3:-1]): path.read_bytes() for path in found}


def packed(root: Path) -> set[str]:
    """The folders of sheets and circulars that are there."""
    found = (root / "output/packs").glob("*/*/*/manifest.json")
    return {"/".join(path.parts[-4:-2]) for path in found}


def stopped(result: Result) -> set[str]:
    """The policies that a build says it did not make."""
    _, _, said = result.stdout.partition(STAYS)
    return {line.strip() for line in said.split("\n\n")[0].splitlines()}


@pytest.mark.parametrize(
    ("path", "old", "new", "stops"),
    [
        pytest.param(ELM, "name: Elm", "nmae: Elm", {"elm/bells", "elm/tiny"}, id="facts"),
        pytest.param(BELLS, "keeper: office", "keeper: nobody", {"oak/bells"}, id="answer"),
        pytest.param(BELLS, "author: School", "autor: School", {"oak/bells"}, id="adoption"),
        pytest.param(BELLS, 'edition: "2026.1"', 'edition: "1999"', {"oak/bells"}, id="edition"),
        pytest.param(
            "templates/bells/template.yaml",
            "kind: list",
            "kind: lisp",
            {"elm/bells", "oak/bells"},
            id="template",
        ),
        pytest.param(LOST, "A lost key", "A {{ lost }} key", {"elm/tiny"}, id="working template"),
        pytest.param(LOST, "A lost key", "A lost key [insert]", {"elm/tiny"}, id="its words"),
        pytest.param(
            "templates/tiny/editions/2026.1/sections/lost-keys.md",
            "A lost key",
            "One lost key",
            {"oak/tiny"},
            id="published edition",
        ),
    ],
)
def test_an_error_stops_those_that_read_it(
    root: Path, path: str, old: str, new: str, stops: set[str]
) -> None:
    """Whatever is built prints another title of the head; the rest stays, byte for byte, with its sheets and circular."""
    before, packs = drafts(root), packed(root)
    for school in (SCHOOL, ELM):
        edit(root, school, "head: Headteacher", "head: Principal")
    edit(root, path, old, new)
    result = run_in(root, "build")
    assert result.code == 1
    assert stopped(result) == stops
    assert "error: " in result.stderr
    after = drafts(root)
    assert after.keys() == before.keys() == {*POLICIES}
    assert {name for name in POLICIES if after[name] == before[name]} == stops
    assert packed(root) == packs >= CIRCULARS
    again = run_in(root, "build")
    assert (again.code, stopped(again), again.stderr) == (1, stops, result.stderr)


def test_a_pdf_that_lacks_something_stops_its_policy(root: Path) -> None:
    before = drafts(root)
    edit(root, SCHOOL, "name: Oak Lane", "name: Torn Lane")
    edit(root, ADOPTION, "days_to_report: 2", "days_to_report: 3")
    result = run_in(root, "build")
    assert result.code == 1
    assert "error: torn  [pdf-damaged]\n  --> output/drafts/oak/tiny/tiny.pdf" in result.stderr
    assert {name for name in POLICIES if drafts(root)[name] == before[name]} >= {"oak/tiny"}


def test_all_or_nothing_is_there_for_who_wants_it(root: Path) -> None:
    before = drafts(root)
    edit(root, SCHOOL, "head: Headteacher", "head: Principal")
    edit(root, ELM, "name: Elm", "nmae: Elm")
    result = run_in(root, "build", "--all-or-nothing")
    assert (result.code, result.stdout) == (1, "")
    assert "error: " in result.stderr
    assert drafts(root) == before
    assert run_in(root, "build").code == 1
    again = run_in(root, "build", "--all-or-nothing")
    assert (again.code, again.stdout, again.stderr) == (1, "", result.stderr)


def test_all_or_nothing_keeps_what_need_not_be_made(root: Path) -> None:
    """Of schools that nobody changed, and of all where only a file changed that none of them reads."""
    edit(root, ADOPTION, "days_to_report: 2", "days_to_report: 3")
    for path in (None, root / "schools/README.txt"):
        if path is not None:
            path.write_text("Schools")
        result = run_in(root, "build", "--all-or-nothing")
        assert (result.code, drafts(root).keys()) == (0, {*POLICIES})
        assert packed(root) >= CIRCULARS


def test_what_was_taken_away_is_made_again(root: Path) -> None:
    shutil.rmtree(root / "output/drafts/elm/bells")
    assert run_in(root, "build").code == 0
    assert drafts(root).keys() == {*POLICIES}


def test_a_machine_that_failed_once_is_tried_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(root, ADOPTION, "days_to_report: 2", "days_to_report: 3")
    with monkeypatch.context() as patch:
        patch.setattr(
            executors, "run_all", lambda _, jobs, __: enumerate(executors.Died() for _ in jobs)
        )
        assert "worker-died" in run_in(root, "build").stderr
    result = run_in(root, "build")
    assert result.code == 0
    assert "worker-died" not in result.stderr


def test_a_working_template_that_is_not_opened_stops_nobody_who_does_not_use_it(root: Path) -> None:
    before = drafts(root)
    loop = root / "templates/tiny/sections/loop.md"
    loop.symlink_to(loop.name)
    edit(root, SCHOOL, "head: Headteacher", "head: Principal")
    result = run_in(root, "build")
    assert result.code == 1
    assert "loop.md" in result.stderr
    after = drafts(root)
    assert {name for name in POLICIES if after[name] != before[name]} >= {"oak/tiny", "oak/bells"}


def test_what_was_withdrawn_goes_all_the_same(root: Path) -> None:
    edit(root, ELM, "name: Elm", "nmae: Elm")
    (root / BELLS).unlink()
    assert run_in(root, "build").code == 1
    assert drafts(root).keys() == {*POLICIES} - {"oak/bells"}
    edit(root, ELM, "nmae: Elm", "name: Elm")
    assert run_in(root, "build").code == 0


def test_the_website_of_another_school_is_made(root: Path) -> None:
    freeze(root, "2.0", "2026-11-12", minute="19.2", minutes="signed")
    freeze(root, "2.0", "2026-11-12", minute="19.2", minutes="signed", school="elm")
    assert run_in(root, "site").code == 0
    shown = {
        school: root / f"output/site/{school}/policies/index.html" for school in ("oak", "elm")
    }
    before = {school: path.read_bytes() for school, path in shown.items()}
    edit(root, SCHOOL, "name: Oak Lane", "name: Ash Lane")
    edit(root, ELM, "name: Elm", "nmae: Elm")
    refused = run_in(root, "site", "--all-or-nothing")
    assert (refused.code, refused.stdout) == (1, "")
    result = run_in(root, "site")
    assert result.code == 1
    assert result.stdout.endswith("what was made before stays\n  elm\n")
    assert [school for school, path in shown.items() if path.read_bytes() != before[school]] == [
        "oak"
    ]
