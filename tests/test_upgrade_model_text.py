"""What an edition says to a school, seen without composing its policy: the same as composing it tells."""

from __future__ import annotations

import datetime
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policygen.compose.compose import model_parts
from policygen.language.document import Clause, walk
from policygen.project.upgrade import decide, upgrade_all
from policygen.project.upgrade_inputs import library_of, read_moving
from tests.support.editions import freeze

if TYPE_CHECKING:
    from policygen.model.adoption import LocatedAdoption
    from policygen.model.workspace import SchoolFiles
    from policygen.project.upgrade_inputs import Moving
    from policygen.upgrade.model_text import ModelTexts

ROOT = Path(__file__).parents[1]
TODAY = datetime.date(2026, 12, 1)
POLICIES = ("computing-facilities", "it-and-mobile-phones", "online-safety", "staff-acceptable-use")


class _Composed(dict[str, Clause]):
    """The clauses of a school's policy, composed whole."""

    ids: Counter[str]


@dataclass(frozen=True)
class _Composing:
    """The slow way: every policy is composed to be looked at."""

    texts: ModelTexts

    def of(self, school: SchoolFiles, adoption: LocatedAdoption) -> _Composed:
        parts = model_parts(self.texts.prepared, school, adoption, self.texts.law)
        found = _Composed({node.id: node for node in walk(parts) if isinstance(node, Clause)})
        found.ids = Counter(
            identity for node in walk(parts) if (identity := getattr(node, "id", ""))
        )
        return found


def slowly(moving: Moving) -> Moving:
    adopter = moving.adopter
    assert adopter is not None
    ways: dict[str, Any] = {
        "before": _Composing(adopter.before),
        "after": _Composing(adopter.after),
    }
    return replace(moving, adopter=replace(adopter, **ways))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example schools, one edition behind; the next one prints options otherwise and rewords some clauses."""
    root = tmp_path_factory.mktemp("county")
    for policy in POLICIES:
        working = root / "templates" / policy
        shutil.copytree(
            ROOT / "templates" / policy,
            working,
            ignore=shutil.ignore_patterns("editions", "changes.yaml"),
        )
    shutil.copytree(ROOT / "templates/shared", root / "templates/shared")
    shutil.copytree(ROOT / "schools", root / "schools", ignore=shutil.ignore_patterns("register"))
    shutil.copy(ROOT / "law.yaml", root) if (ROOT / "law.yaml").exists() else None
    for policy in POLICIES:
        freeze(root, policy, "2026.1")
        working = root / "templates" / policy
        template = working / "template.yaml"
        text = template.read_text("utf-8")
        template.write_text(text.replace("prints: the ", "prints: our own ", 2), "utf-8")
        sections = sorted((working / "sections").glob("*.md"))
        for section in sections[::3]:
            said = section.read_text("utf-8")
            section.write_text(
                said.replace(". {#", " at all times. {#", 1).replace(" must ", " should ", 1),
                "utf-8",
            )
        freeze(root, policy, "2026.2")
    for path in root.glob("schools/*/policies/*.yaml"):
        said = path.read_text("utf-8")
        path.write_text(said.replace('edition: "2026.2"', 'edition: "2026.1"'), "utf-8")
    return root


@pytest.mark.slow
def test_the_same_as_composing(county: Path) -> None:
    """Outcomes, decisions and the new text of every example school are those of the slow way, letter by letter."""
    library = library_of(county, TODAY)
    seen, otherwise = 0, 0
    for school in sorted(library.schools):
        for policy in POLICIES:
            if not (county / f"schools/{school}/policies/{policy}.yaml").exists():
                continue
            moving = read_moving(library, school, policy, "")
            assert moving is not None
            fast, slow = decide(moving, None, {}), decide(slowly(moving), None, {})
            assert fast == slow
            digests = moving.way.carried, moving.way.after
            for each in fast.outcomes:
                if each.kind == "clause" and each.why == "reworded":
                    otherwise += digests[0][each.id] == digests[1][each.now[0]]
            seen += 1
    assert seen > 10
    assert otherwise > 3, "no clause prints otherwise for want of an option’s words"


@pytest.mark.slow
def test_on_all_cores(county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several processes write the same files, and report the same in the same order, as one."""
    monkeypatch.setattr("policygen.project.upgrade._AT_ONCE", 2)
    made = []
    for name, workers in (("one", 1), ("two", 2)):
        root = tmp_path / name
        shutil.copytree(county, root)
        pairs = [
            (path.parts[-3], path.stem) for path in sorted(root.glob("schools/*/policies/*.yaml"))
        ]
        pairs = [pair for pair in pairs if pair[1] in POLICIES][::3]
        reports = upgrade_all(root, pairs, "", TODAY, workers)
        files = {
            path.relative_to(root): path.read_bytes() for path in root.glob("schools/*/policies/*")
        }
        made.append((reports.upgrades, reports.diagnostics, files))
    assert made[0] == made[1]
    assert len(made[0][0]) > 4
