"""A check says the same on one core and on all, at first and again, and does again only what may come out otherwise."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policygen.disk import executors
from policygen.project import looking
from policygen.project.check import Asked, Selection, check
from policygen.project.recheck import recheck, summary
from policygen.project.unit import EditionJob, SchoolJob, do
from tests.support import editions
from tests.support.workspace import ADOPTION, AS_OF, SCHOOL, TEMPLATE, Workspace, run_in
from tests.test_building_again import ELM, KEYS, cached, changed, edits, products

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from policygen.project.built import CheckResult

DAY = datetime.date.fromisoformat(AS_OF)
NOBODY = Workspace(Path()).text(ADOPTION).replace("keeper: office", "keeper: nobody")
FACTS = (
    "facts:\n  bells:\n    tower: {kind: name, label: The tower, ask: What is the tower called?}\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two schools, one of them with an error."""
    return Workspace(tmp_path).with_files({**ELM, ADOPTION: NOBODY}).write()


def looked_at(root: Path) -> set[str]:
    """The schools and editions that a check looks at."""
    steps: list[str] = []
    recheck(root, (), DAY, lambda step, _number, _total: steps.append(step))
    return {step.removeprefix("checking ") for step in steps}


def backwards(
    function: Callable[[Any], Any], jobs: Iterable[Any], _workers: int | None = None
) -> Iterator[tuple[int, Any]]:
    """All jobs that can be had, the last of them first, until there are no more."""
    number, at_hand = 0, list[tuple[int, Any]]()
    for job in jobs:
        if job is not None:
            at_hand.append((number, job))
            number += 1
            continue
        while at_hand:
            index, last = at_hand.pop()
            yield index, function(last)
    yield from ((index, function(last)) for index, last in reversed(at_hand))


def from_nothing(root: Path) -> CheckResult:
    return summary(check(root, [Selection()], DAY))


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(edits(), min_size=3, max_size=6))
def test_checking_after_any_edits_is_checking_from_nothing(
    lives: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one process, and in many that end in another order."""
    monkeypatch.setattr(executors, "run_all", backwards)
    files = dict(ELM)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for number, edit in enumerate(lives):
            files |= edit
            for folder in map(Path, (one, other)):
                changed(files, folder)
            monkeypatch.setattr(looking, "_MANY_TO_CHECK", number % 2)
            assert recheck(Path(one), (), DAY) == from_nothing(Path(other))


@pytest.mark.slow
def test_one_process_and_several_make_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files, diagnostics and all, of schools of which one has an error."""
    monkeypatch.setattr(looking, "_MANY_TO_CHECK", 1)
    monkeypatch.setattr(looking, "_MANY_TO_MAKE", 1)
    made = []
    for workers in ("1", "2"):
        root = Workspace(tmp_path / workers).with_files({**ELM, ADOPTION: NOBODY}).write()
        built = run_in(root, "build", "--workers", workers)
        found = recheck(root, (), DAY, workers=int(workers))
        made.append((built.code, built.stdout, built.stderr, products(root), found))
    assert made[0] == made[1]
    assert made[0][-1] == from_nothing(tmp_path / "1")


def test_only_what_may_come_out_otherwise_is_looked_at(root: Path) -> None:
    """A school with an error is remembered, too, and so is an edition."""
    assert looked_at(root) == {"elm", "oak", "tiny@2026.1"}
    assert looked_at(root) == set()
    changed({**ELM, ADOPTION: Workspace(root).text(ADOPTION)}, root)
    assert looked_at(root) == {"oak"}
    changed({**ELM, KEYS: Workspace(root).text(KEYS) + "\nThe bell rings.\n"}, root)
    assert looked_at(root) == {"elm", "oak", "tiny@2026.1"}


def test_another_template_and_the_next_edition_touch_no_school(tmp_path: Path) -> None:
    """Nor does a new name of another school whose words stand nowhere in its texts."""
    root = Workspace(tmp_path).with_files(ELM).write()
    shutil.copytree(root / "templates/tiny", root / "templates/bells")
    editions.freeze(root, "tiny", "2026.1")
    assert {"elm", "oak"} < looked_at(root)
    for path in (KEYS, KEYS.replace("tiny", "bells")):
        (root / path).write_text(Workspace(root).text(KEYS) + "\nThe bell rings.\n", "utf-8")
        assert not looked_at(root) & {"elm", "oak"}
    elm = root / SCHOOL.replace("oak", "elm")
    text = elm.read_text("utf-8")
    for name, touched in (("Elm Grove", {"elm", "oak"}), ("Ash Hill", {"elm"})):
        elm.write_text(text.replace("Oak Lane", name), "utf-8")
        assert looked_at(root) & {"elm", "oak"} == touched


def test_what_is_damaged_is_found_again(root: Path) -> None:
    first = run_in(root, "check")
    assert first.code == 1
    for path in cached(root):
        path.write_bytes(path.read_bytes()[:-1])
    assert run_in(root, "check") == first
    assert looked_at(root) == set()


def test_a_check_writes_nothing_but_what_it_remembers(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    run_in(root, "check")
    written = {path for path in root.rglob("*") if path.is_file()} - {*before}
    assert {path.relative_to(root).parts[:2] for path in written} == {("output", ".cache")}
    assert before == {path: path.read_bytes() for path in before}


def test_nothing_is_parsed_where_nothing_changed(root: Path) -> None:
    """And the same is said: errors, allowances and all."""
    options = ("--allowed", "--format", "text")
    first = run_in(root, "check", *options)
    heavy = ("yaml", "ruamel", "pydantic", "jinja2", "markdown_it", "pikepdf", "PIL")
    script = (
        "import sys\nfrom policygen import cli\n"
        f"try:\n    cli.main(['check', '--as-of', {AS_OF!r}, *{options}])\nexcept SystemExit as end:\n    code = end.code\n"
        f"print([name for name in {heavy} if name in sys.modules], code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{first.stdout}[] 1\n"
    assert done.stderr == first.stderr


def test_a_build_takes_what_a_check_found_and_the_other_way_round(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "run_all", lambda *_: iter(()))
    (root / TEMPLATE).write_text(Workspace(root).text(TEMPLATE).replace("Keys", "Locks"), "utf-8")
    run_in(root, "build")
    assert looked_at(root) == set()


def test_a_declared_fact_that_nothing_names_is_told_again(root: Path) -> None:
    """Whether its texts are read or remembered."""
    (root / "templates/shared").mkdir()
    (root / "templates/shared/facts.yaml").write_text(FACTS, "utf-8")
    changed({**ELM, ADOPTION: Workspace(root).text(ADOPTION)}, root)
    for sentence in ("", "\nThe bell rings.\n"):
        (root / SCHOOL).write_text(Workspace(root).text(SCHOOL) + f"#{sentence.strip()}\n", "utf-8")
        assert recheck(root, (), DAY) == from_nothing(root)


def test_a_unit_reads_no_more_than_it_says(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """So that it can be done on a machine that has only these files."""
    asked = Asked(root, (Selection(),), DAY)
    jobs = (
        SchoolJob("here", asked, "elm", makes=True),
        EditionJob("here", asked, "tiny", "2026.1", makes=True, alone=True),
    )
    for job in jobs:
        copy = tmp_path_factory.mktemp("copy")
        for name in job.reads():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, copy / name)
        assert do(job.at(copy)) == do(job)
