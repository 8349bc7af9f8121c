"""A model policy without a school: every option in words, and what each school decides."""

from collections import Counter
from pathlib import Path

import pytest

from policygen.disk.editions import read_edition
from policygen.editions.model_document import model_document
from policygen.ground.diagnostics import Problems
from policygen.html.labels import Stamp
from policygen.language import document as d
from policygen.model.workspace import Edition
from policygen.products.text import policy_text
from tests.support.workspace import Folder, Workspace

ROOT = Path(__file__).parents[1]
TEMPLATES = sorted(path.parent.name for path in ROOT.glob("templates/*/template.yaml"))


@pytest.fixture(scope="module", params=TEMPLATES)
def edition(request: pytest.FixtureRequest) -> Edition:
    made = read_edition(ROOT, request.param, "", None, Problems())
    assert made is not None
    return made


def test_every_part_and_every_question_stands_in_it(edition: Edition) -> None:
    """What only some schools have as well; a question that a trust has answered says by whom."""
    document, template = model_document(edition), edition.file.value
    names = {part.name for part in document.parts}
    assert names >= {
        each.name for each in (*template.sections, *template.every_form, *template.appendices)
    }
    said = " ".join(policy_text(document, Stamp("draft", "0000-0000")).split())
    decided = {name for layer in edition.layers for name in layer.decisions.value.answers}
    for name, question in template.questions.items():
        assert " ".join(question.ask.split()) in said
        if name not in decided and not any(name in layer.only for layer in edition.layers):
            for option in question.choices.values():
                assert " ".join(option.label.split()) in said


def test_ids_stand_once_and_references_lead_somewhere(edition: Edition) -> None:
    """Also where two branches of a condition hold one clause."""
    document = model_document(edition)
    nodes = [*d.walk(document)]
    ids = Counter(node.id for node in nodes if getattr(node, "id", "") and hasattr(node, "place"))
    assert [name for name, times in ids.items() if times > 1] == []
    assert not any(isinstance(node, d.ReferenceMark) for node in nodes)
    assert {node.target for node in nodes if isinstance(node, d.Reference)} <= ids.keys()


def test_what_a_trust_wrote_stands_in_its_model() -> None:
    """In place of, or beside, what it extends."""
    made = read_edition(ROOT, "beacon-electronic-communications", "", None, Problems())
    assert made is not None
    said = " ".join(policy_text(model_document(made), Stamp("draft", "0000-0000")).split())
    assert "The trust speaks for its academies in public." in said


def test_build_of_a_policy_alone_needs_no_school(tmp_path: Path) -> None:
    """HTML, PDF, text and a Word file, below packs/models; a second build takes them over."""
    workspace = Workspace(tmp_path).without("schools").with_files({"schools": Folder()})
    made = workspace.run("build", "tiny")
    assert made.code == 0, made.stderr
    folder = tmp_path / "output/packs/models/tiny/2026.1"
    names = {path.name for path in folder.iterdir()}
    assert names == {"manifest.json", "tiny.docx", "tiny.html", "tiny.pdf", "tiny.txt"}
    text = (folder / "tiny.txt").read_text(encoding="utf-8")
    assert "Status: Model policy, not the policy of any school" in text
    assert "Versions and amendments" not in text
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert workspace.run("build", "tiny").code == 0
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
