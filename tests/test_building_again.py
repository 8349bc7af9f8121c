"""What was made before is not made again, and a build that takes it is like one that makes everything."""

from __future__ import annotations

import datetime
import os
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
from policygen.disk.cache import Cache, key_of
from policygen.disk.known import KnownFiles
from policygen.products.folders import PdfResult
from policygen.project.rebuild import rebuild
from tests.support.workspace import ADOPTION, SCHOOL, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from policygen.products.folders import PdfJob

KEYS = "templates/tiny/sections/lost-keys.md"
STAFF = "schools/oak/staff.csv"
NOTHING_MADE = "\n0 of "


def products(root: Path) -> dict[str, bytes]:
    """Every file that a build made, by path; what it keeps for the next one is none of them."""
    output = root / "output"
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and ".cache" not in path.parts
    }


def cached(root: Path) -> list[Path]:
    return [path for path in sorted((root / "output/.cache").glob("??/*")) if path.is_file()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that was built."""
    workspace = Workspace(tmp_path_factory.mktemp("built"))
    assert workspace.run("build").code == 0
    return workspace


@pytest.fixture
def root(built: Workspace) -> Path:
    """The same workspace with its files as they were, whatever another test did to them."""
    return built.write()


def made(stdout: str) -> int | None:
    """How many PDFs a build made; None where it made all."""
    line = next((line for line in stdout.splitlines() if " made; " in line), "")
    return int(line.split()[0]) if line else None


# --- the same as a build from nothing ----------------------------------------------------------------------------------

BOOLEANS = st.booleans()
WAYS = st.sampled_from([[], [], ["--all-or-nothing"]])
SENTENCES = st.sampled_from(["The bell rings.", "Doors are shut.", "Lamps are put out."])
OAK = (SCHOOL, ADOPTION, STAFF, "schools/oak/logo.svg")
ELM = {path.replace("oak", "elm"): Workspace(Path()).text(path) for path in OAK}
"""The files of a second school."""
WORDING = """  report-loss:
    replace: |
      A lost key is reported as {} does, by Ann Lee.
    reason: Agreed here
"""


@st.composite
def edits(draw: st.DrawFn) -> dict[str, str]:
    """A file of two schools or of their model policy as somebody may leave it, by its path; sometimes with an error."""
    base, school = Workspace(Path()), draw(st.sampled_from(["oak", "elm"]))
    names = st.sampled_from(["Oak Lane School", "Ash Hill School", "Lark Rise", "Elm Grove School"])
    facts, adoption = (path.replace("oak", school) for path in (SCHOOL, ADOPTION))
    match draw(st.integers(0, 5)):
        case 0:
            return {KEYS: base.text(KEYS) + f"\n{draw(SENTENCES)}\n"}
        case 1:
            return {f"schools/{school}/notes.txt": draw(SENTENCES)}
        case 2 | 3:
            text = base.text(SCHOOL).replace("Oak Lane School", draw(names))
            text = text.replace("Ann Lee", draw(st.sampled_from(["Ann Lee", "Bea Ray"])))
            phase = draw(st.sampled_from(["primary", "primary", "primary", "tertiary"]))
            return {facts: text.replace("phase: primary", f"phase: {phase}")}
        case _:
            kept, wording = "  who-may-hold: keep\n", WORDING.format(draw(names))
            days = f"days_to_report: {draw(st.integers(1, 3))}"
            text = base.text(ADOPTION).replace("days_to_report: 2", days)
            return {adoption: text.replace(kept, f"{kept}{wording}" if draw(BOOLEANS) else kept)}


def changed(files: Mapping[str, str], root: Path) -> None:
    Workspace(root).with_files(files).write()


@pytest.mark.slow
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(st.tuples(edits(), WAYS), min_size=3, max_size=6))
def test_building_after_any_edits_is_building_from_nothing(
    lives: list[tuple[dict[str, str], list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same files, the same problems told, of the same policies; the page stands for each PDF that is made of it."""
    monkeypatch.setattr(executors, "run_all", pages)
    files = dict(ELM)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        root, fresh = Path(one), Path(other)
        for edit, options in lives:
            files |= edit
            changed(files, root)
            again = run_in(root, "build", *options)
            changed(files, fresh)
            shutil.rmtree(fresh / "output/.cache", ignore_errors=True)
            anew = run_in(fresh, "build", "--force", *options)
            assert (again.code, again.stderr) == (anew.code, anew.stderr)
            assert products(root) == products(fresh)


def pages(_: object, jobs: Iterable[PdfJob], _workers: int | None) -> Iterator[Any]:
    for index, job in enumerate(jobs):
        yield index, PdfResult(job.html, pages=1)


def test_a_school_that_nobody_changed_is_neither_read_nor_composed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor where an error keeps another one from being built, nor for details of which a word stands nowhere in its texts."""
    monkeypatch.setattr(executors, "run_all", pages)
    root = Workspace(tmp_path).with_files(ELM).write()
    assert composed(root) == {"elm", "oak"}
    answer = Workspace(root).text(ADOPTION).replace("days_to_report: 2", "days_to_report: 3")
    changed({**ELM, ADOPTION: answer}, root)
    assert composed(root) == {"oak"}
    assert composed(root, code=0) == set()
    changed({**ELM, ADOPTION: answer.replace("keeper: office", "keeper: nobody")}, root)
    assert composed(root, code=1) == {"oak"}
    changed({**ELM, ADOPTION: answer}, root)
    assert composed(root) == set()
    elm, oak = SCHOOL.replace("oak", "elm"), Workspace(root).text(SCHOOL)
    facts = {elm: ELM[elm].replace("Ann Lee", "Bea Ray"), SCHOOL: oak}
    changed({**ELM, **facts}, root)
    assert composed(root) == {"elm", "oak"}
    changed({**ELM, **facts, SCHOOL: oak.replace("Ann Lee", "Cay Low")}, root)
    assert composed(root) == {"oak"}
    changed({**ELM, **facts, SCHOOL: oak.replace("Ann Lee", "Ray Bea")}, root)
    assert composed(root) == {"elm", "oak"}
    calls = {**ELM, KEYS: Workspace(root).text(KEYS) + "\nThe bell rings at 01632960777.\n"}
    changed(calls, root)
    assert composed(root) == {"elm", "oak"}
    for number, again in (("960 778", {"elm"}), ("960 777", {"elm", "oak"})):
        changed({**calls, elm: f"{ELM[elm]}\nphone: 01632 {number}\n"}, root)
        assert composed(root) == again


def composed(root: Path, code: int = 0) -> set[str]:
    """The schools that a build reads and composes."""
    steps: list[str] = []
    cache = Cache(root / "output/.cache")
    day = datetime.date(2026, 11, 20)
    result = rebuild(
        root, root / "output", (), day, cache, lambda step, _number, _total: steps.append(step)
    )
    assert result.failed == bool(code)
    return {"elm", "oak"} & {step.removeprefix("checking ") for step in steps}


# --- nothing to do ----------------------------------------------------------------------------------------------------


def test_nothing_is_read_or_made_where_nothing_changed(root: Path) -> None:
    run_in(root, "build")
    before = products(root)
    heavy = ("yaml", "ruamel", "pydantic", "jinja2", "markdown_it", "weasyprint", "pikepdf", "PIL")
    script = (
        "import sys\nfrom policygen import cli\n"
        "try:\n    cli.main(['build', '--as-of', '2026-11-20'])\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert NOTHING_MADE in done.stdout
    assert done.stdout.endswith("[]\n")
    assert products(root) == before


def test_it_says_the_same_again(root: Path) -> None:
    """Warnings, too, such as that the law library was due for review: what was found stays true."""
    first, second = (run_in(root, "build", "--as-of", "2031-01-01") for _ in range(2))
    assert first.stderr
    assert second.stderr == first.stderr
    assert second.code == first.code == 0
    assert made(second.stdout) == 0


def test_another_day_is_another_build(root: Path) -> None:
    run_in(root, "build")
    later = run_in(root, "build", "--as-of", "2031-01-01")
    assert "was due for review" in later.stderr
    assert "was due for review" not in run_in(root, "build").stderr


@pytest.mark.parametrize("harm", ["changed", "removed", "added"])
def test_what_somebody_did_to_the_products_is_undone(root: Path, harm: str) -> None:
    run_in(root, "build")
    before = products(root)
    page = root / "output/drafts/oak/tiny/tiny.html"
    if harm == "changed":
        page.write_bytes(page.read_bytes().replace(b"Oak", b"Elm"))
    elif harm == "removed":
        page.unlink()
    else:
        (page.parent / "more.html").write_text("more", "utf-8")
    again = run_in(root, "build")
    assert made(again.stdout) == 0
    assert products(root) == before


def test_a_file_that_looks_as_before_and_is_not_is_noticed(root: Path) -> None:
    """Of the same size, with the time of the one before: nobody can set the time at which its entry changed."""
    run_in(root, "build")
    path = root / KEYS
    said, text = path.stat(), path.read_text("utf-8")
    path.write_text(text.swapcase(), "utf-8")
    os.utime(path, ns=(said.st_atime_ns, said.st_mtime_ns))
    assert path.stat().st_size == said.st_size
    known = KnownFiles(root / "output/.cache/files.json").digests(root, KEYS)
    assert known != KnownFiles(Path("none")).digests(root, SCHOOL)
    assert known == KnownFiles(Path("none")).digests(root, KEYS)


def test_a_new_folder_is_noticed(root: Path) -> None:
    """A school whose facts are still to be written."""
    assert run_in(root, "build").code == 0
    (root / "schools/elm").mkdir()
    assert run_in(root, "build").code == 1


def test_behind_a_link_nothing_is_taken_for_known(root: Path, tmp_path: Path) -> None:
    (root / "schools/oak/more").symlink_to(tmp_path)
    assert KnownFiles(Path("none")).digests(root, "schools") is None


# --- less to do -------------------------------------------------------------------------------------------------------


def test_a_fact_that_is_not_printed_makes_no_pdf(root: Path) -> None:
    run_in(root, "build")
    changed({SCHOOL: Workspace(root).text(SCHOOL) + "# a note of the office\n"}, root)
    again = run_in(root, "build", "--explain")
    assert made(again.stdout) == 0
    assert f"nothing that it prints: {SCHOOL}" in again.stdout


def test_why_a_policy_is_made_again_is_told(root: Path) -> None:
    run_in(root, "build")
    changed({KEYS: Workspace(root).text(KEYS) + "\nThe bell rings at noon.\n"}, root)
    again = run_in(root, "build", "--explain")
    assert made(again.stdout) != 0
    assert f"made again, because this has changed: {KEYS}" in again.stdout


def test_force_makes_everything(root: Path) -> None:
    run_in(root, "build")
    before = products(root)
    assert made(run_in(root, "build", "--force").stdout) is None
    assert products(root) == before


# --- the cache --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "a folder"])
def test_damage_in_the_cache_is_mended(root: Path, damage: str) -> None:
    run_in(root, "build")
    before = products(root)
    entries = cached(root)
    for path in entries:
        content = path.read_bytes()
        path.unlink()
        if damage == "a folder":
            path.mkdir()
        else:
            harmed = {"cut": content[:-1], "flipped": content[:-1] + bytes([content[-1] ^ 1])}
            path.write_bytes(harmed.get(damage, b""))
    (root / "output/.cache/files.json").write_text("[", "utf-8")
    again = run_in(root, "build")
    assert again.code == 0
    assert made(again.stdout) is None
    assert products(root) == before
    if damage != "a folder":
        assert made(run_in(root, "build").stdout) == 0
    for path in entries:
        if path.is_dir():
            path.rmdir()


def test_a_cache_is_shared(root: Path, tmp_path: Path) -> None:
    """By two workspaces that hold the same, as on two machines."""
    shared = str(tmp_path / "shared")
    assert run_in(root, "build", "--cache", shared).code == 0
    other = Workspace(tmp_path / "other").write()
    assert made(run_in(other, "build", "--cache", shared).stdout) == 0
    assert products(other) == products(root)


def test_nothing_is_kept_behind_a_link(root: Path, tmp_path: Path) -> None:
    run_in(root, "cache", "prune", "--days", "0")
    (root / "output/.cache").rename(tmp_path / "before")
    (tmp_path / "elsewhere").mkdir()
    (root / "output/.cache").symlink_to(tmp_path / "elsewhere")
    assert run_in(root, "build").code == 0
    assert not [*(tmp_path / "elsewhere").iterdir()]
    (root / "output/.cache").unlink()


def test_what_was_not_used_for_long_is_pruned(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    old, new = key_of("old"), key_of("new")
    cache.put(old, b"old")
    cache.put(new, b"new")
    path = next(tmp_path.glob(f"*/{old}"))
    os.utime(path, (0, 0))
    assert cache.prune(30).entries == 1
    assert cache.get(old) is None
    assert cache.get(new) == b"new"
    os.utime(next(tmp_path.glob(f"*/{new}")), (0, 0))
    assert cache.get(new) == b"new"
    assert cache.prune(30).entries == 0
    assert cache.prune(0).entries == 1


def test_the_cache_says_how_much_it_holds(root: Path) -> None:
    run_in(root, "build")
    assert "entries" in run_in(root, "cache", "show").stdout
    assert "taken away: " in run_in(root, "cache", "prune", "--days", "0").stdout
    assert "no entries" in run_in(root, "cache", "show").stdout


def test_a_key_does_not_hang_on_chance() -> None:
    """The same parts have the same key in every process, and parts that only meet elsewhere have another one."""
    script = (
        "from policygen.disk.cache import key_of\nfrom policygen.pdf.check import Expectation\n"
        "from policygen.html.imprint import Imprint\n"
        "said = Imprint('draft', 't', '1', 's', 'S', 'p', 'e', 'c')\n"
        "print(key_of('pdf', repr(Expectation('t', 'en', (('a', 'b'),), (), 1, 2, (), said))))"
    )
    keys = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(keys) == 1
    assert key_of("ab", "c") != key_of("a", "bc")


def test_what_was_read_while_somebody_wrote_is_not_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is saved during a build may be in it or not: the next build looks again."""
    from policygen.project import build as building

    real = building.write_all

    def saved_meanwhile(*arguments: object, **options: object) -> set[str]:
        changed({KEYS: Workspace(root).text(KEYS) + "\nThe bell rings at one.\n"}, root)
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "write_all", saved_meanwhile)
    run_in(root, "build", "--force")
    monkeypatch.undo()
    assert made(run_in(root, "build").stdout) != 0
    assert "at one" in (root / "output/drafts/oak/tiny/tiny.txt").read_text("utf-8")
