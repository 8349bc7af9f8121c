"""Policies of other people are moved in from Word: every word is accounted for, and what is written is our language."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policygen.ground.diagnostics import InputError
from policygen.moving.docx import read_docx
from policygen.moving.found import paragraphs
from policygen.project.moving import MovedIn, move_in
from tests.support.word_policies import Written, handbook, model_policy, typed_policy
from tests.support.workspace import Workspace, run_in

TODAY = date(2026, 11, 27)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "schools").mkdir()
    return tmp_path


def moved(root: Path, content: bytes, **options: str) -> MovedIn:
    file = root / "policy.docx"
    file.write_bytes(content)
    return move_in(root, file, "moved", TODAY, **options)  # type: ignore[arg-type]


def text(root: Path, name: str) -> str:
    return (root / "templates/moved" / name).read_text("utf-8")


def test_a_model_policy_with_styles_and_computed_numbers(root: Path) -> None:
    """Clauses, lists to three levels, notes, boxes, tables, brackets, references, appendices and a form."""
    report = moved(root, model_policy()).report
    assert report.count.holds
    holders = text(root, "sections/holds-keys.md")
    assert "reviews the list {{ wording.termly_yearly }}. {#" in holders
    assert "as paragraph [](#whoever-works-alone-tells){number} explains" in holders
    assert "   1. never lend a key to:\n\n      1. pupils;\n" in holders
    assert "   1. tell {{ people.dsl.name }} at once" in holders
    assert "[^n1]: A locksmith asks for a letter; the office has a draft." in holders
    assert "::: remember Stop and think" in text(root, "sections/lone-working.md")
    assert "::: signature Key holder\n\n- Name\n- Keys\n- Signed\n- Date" in text(
        root, "forms/key-holders-declaration.md"
    )
    template = text(root, "template.yaml")
    assert "numbering: decimal" in template
    assert "policy: Schools should add any words of their own" in template
    assert "suggested: 30" in template
    # Nothing in the file was numbered otherwise than it is now.
    assert not [remark for remark in report.of("by-hand") if "number" in remark.says]


def test_a_policy_without_styles(root: Path) -> None:
    """Typed numbers, bold lines as headings, lists by letters, nested tables, two languages."""
    report = moved(root, typed_policy()).report
    assert report.count.holds
    arriving = text(root, "sections/arriving.md")
    assert arriving.startswith("# Arriving {#arriving}\n\n1. Visitors: {#visitors}\n\n   1. ring")
    assert "      1. a badge, which is worn where it can be seen;" in arriving
    assert "   - Governors wear their own badge." in arriving
    assert "Rhaid i ymwelwyr gofrestru yn y swyddfa." in text(
        root, "sections/something-goes-wrong.md"
    )
    assert "- ☐ I have had the leaflet\n- ☐ I have a badge" in text(
        root, "forms/volunteers-slip.md"
    )
    assert any("table within a cell" in remark.says for remark in report.of("by-hand"))


def test_tracked_changes_are_a_choice(root: Path) -> None:
    with pytest.raises(InputError) as refused:
        moved(root, handbook())
    (problem,) = refused.value.diagnostics
    assert problem.rule == "import-refused"
    assert (
        "deleted “six months” by A. Reader, paragraph 33, below “What is not posted”"
        in problem.hints
    )
    assert not (root / "templates/moved").exists()
    assert moved(root, handbook(), changes="accept").report.count.holds
    assert "Posts are kept for one year and then deleted." in text(root, "sections/rules.md")


def test_a_school_has_its_own_words_at_once(tmp_path: Path) -> None:
    """The policy of a school can be built as it stood, and its report is data."""
    root = Workspace(tmp_path).with_files({"visitors.docx": typed_policy()}).write()
    said = run_in(root, "import", "visitors.docx", "--school", "oak", "--report", "report.json")
    assert said.code == 0, said
    report = json.loads((root / "report.json").read_text("utf-8"))
    assert report["count"]["missing"] == {}
    assert run_in(root, "check", "oak/visitors").code == 0


@pytest.mark.parametrize(
    ("part", "content", "says"),
    [
        ("word/vbaProject.bin", b"x", "holds macros"),
        (
            "word/_rels/document.xml.rels",
            (
                b'<Relationships xmlns="x"><Relationship Id="r1" Type="a/image" Target="https://x.example/a.png" '
                b'TargetMode="External"/></Relationships>'
            ),
            "points to a picture that stands elsewhere",
        ),
        ("word/document.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
    ],
)
def test_what_could_do_harm_is_refused(root: Path, part: str, content: bytes, says: str) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(typed_policy())) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content)
    with pytest.raises(InputError) as refused:
        moved(root, made.getvalue())
    assert says in refused.value.diagnostics[0].message


LETTERS = st.text(
    st.characters(whitelist_categories=("L", "N", "P", "S", "Zs"), max_codepoint=0x2FF), max_size=40
)
KINDS = st.sampled_from(
    [
        "text",
        "heading",
        "bullet",
        "number",
        "table",
        "note",
        "box",
        "bold",
        "blank",
        "tick",
        "caption",
        "typed",
    ]
)


@given(st.lists(st.tuples(KINDS, LETTERS, LETTERS), max_size=14))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_word_is_dropped(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[str, str, str]]
) -> None:
    """Whatever stands in a file, in whatever order: each of its words is in the policy or in the list."""
    root = tmp_path_factory.mktemp("moving")
    (root / "templates").mkdir()
    w = Written()
    w.text("Keys are kept in the office.")
    for kind, one, other in pieces:
        write(w, kind, one, other)
    report = moved(root, w.bytes()).report
    assert report.count.holds


def write(w: Written, kind: str, one: str, other: str) -> None:
    match kind:
        case "heading":
            w.heading(one)
        case "bullet":
            w.text(one, style="List Bullet")
        case "number":
            w.text(one, style="List Number")
        case "table":
            w.table([[one, other], [other, one]])
        case "note":
            w.footnote(w.text(one), "".join(each for each in other if each.isalnum()))
        case "box":
            w.box(["".join(each for each in line if each.isalnum()) for line in (one, other)])
        case "bold":
            w.text(one, bold=True)
        case "blank":
            w.text(f"{one}: ________ {other}")
        case "tick":
            w.text(f"☐ {one} ☐ {other}")
        case "caption":
            w.text(f"Table 1: {one}", style="Caption")
        case "typed":
            w.text(f"1.1\t{one} [{other}]")
        case _:
            w.text(f"{one} {other}")


def test_places_are_those_that_a_person_counts() -> None:
    found = read_docx("policy.docx", typed_policy())
    spot = next(
        each.spot for each in paragraphs(found.blocks) if "All of these" in str(each.children)
    )
    assert str(spot) == "paragraph 34, table 2 row 3 column 2"


def test_forms_among_the_sections(root: Path) -> None:
    """Each is a file of its own, whether its lines are dots, cells or nothing but room."""
    written = Written()
    written.heading("Rules")
    written.text("1.1 Everybody signs one of the forms below.")
    written.heading("Form 1: Staff agreement")
    written.text("I lock the screen.")
    written.text("Signature ________ Date ____ / ____ / 20____")
    written.heading("Form 2: Pupil agreement")
    written.text("☒ I ask first    ☐ other: ..........")
    written.table([["Signed (pupil)", "", "Date", ""], ["Print name", "", "", ""]])
    written.heading("Form 3: Loan agreement")
    written.table([["Item", "Out", "Back"], ["", "", ""]], bold_head=False)
    written.text("Signed:\n\n\nDate:")
    assert moved(root, written.bytes()).report.count.holds
    template = text(root, "template.yaml")
    assert "forms:\n  - name: form-1-staff-agreement\n    signed_by: staff" in template
    assert "::: signature Staff\n\n- Signature\n- Date\n\n:::" in text(
        root, "forms/form-1-staff-agreement.md"
    )
    pupils = text(root, "forms/form-2-pupil-agreement.md")
    assert "- ☑ I ask first\n- ☐ other:" in pupils
    assert "::: signature Pupil\n\n- Signed (pupil)\n- Date\n- Print name\n\n:::" in pupils
    loan = text(root, "forms/form-3-loan-agreement.md")
    assert "| Item | Out | Back |\n|---|---|---|" in loan
    assert "- Signed\n- Date" in loan


def test_headings_and_signs_that_are_easily_misread(root: Path) -> None:
    """An underlined heading with a tab, one without a Latin letter, braces at the end, letters with loose accents."""
    written = Written()
    for title in ("1.\tKeeping", "2.\t日本語", "3.\tEnd"):
        written.text("").add_run(title).underline = True
        written.text(f"{title[0]}.1\tIt is kept by {{name of DSL}}")
        written.text(f"{title[0]}.2\te\u0301cole {{# and {{% so on")
    report = moved(root, written.bytes()).report
    assert report.count.holds
    assert not [remark for remark in report.of("by-hand") if "number" in remark.says]
    assert "  - keeping\n  - section-2\n  - end" in text(root, "template.yaml")
    assert text(root, "sections/keeping.md").startswith("# Keeping {#keeping}\n\n1. It is kept")


def test_letters_drawn_as_a_picture_count(root: Path) -> None:
    """They are often the title."""
    drawn = (
        '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape><v:textpath string="Using the Internet"/>'
        "</v:shape></w:pict></w:r></w:p>"
    )
    written = Written()
    written.heading("Rules")
    written.text("One.")
    written.heading("Help")
    written.text("Two.")
    written.document.element.body.insert(0, parse_xml(drawn))
    assert moved(root, written.bytes()).report.count.of_file["text"] == 7
    assert "title: Using the Internet\n" in text(root, "template.yaml")


def test_lines_of_a_paragraph_are_a_list(root: Path) -> None:
    """Typed with a break after each, as who does not know lists does it."""
    written = Written()
    written.heading("1. Rules")
    written.text("1.1\tIt is read with:\n\t-\tthe code\n\t-\tthe contract\nand no other.")
    written.heading("2. Help")
    written.text("2.1\tRing.")
    assert moved(root, written.bytes()).report.count.holds
    rules = text(root, "sections/rules.md")
    assert (
        "1. It is read with: {#read}\n\n   - the code\n   - the contract\\\n     and no other."
        in rules
    )


def test_lists_that_count_otherwise_are_told(root: Path) -> None:
    """A label that prints as another one, and a list that runs on from one of another kind."""
    written = Written()
    written.heading("Rules")
    written.text("Nobody may:")
    for item in ("(a) lend a key;", "(b) copy a key.", "i) Ask first.", "ii) Ask again."):
        written.text(item)
    written.heading("Help")
    says = [each.says for each in moved(root, written.bytes()).report.of("by-hand")]
    assert "the list that begins with “(a)” counts 1, 2 now" in says
    assert any("“i)”" in each for each in says)


def test_what_speaks_to_schools_and_what_nobody_sees(root: Path) -> None:
    """Red lines become guidance, marked words and hidden ones are told, braces are adaptation points."""
    written = Written()
    written.heading("1. Rules")
    written.text("1.1 {Name of DSL} keeps the list for [30 / 60] days.")
    red = written.text("").add_run("Option B – for schools which buy their own: keep [1.2].")
    red.font.color.rgb = RGBColor(255, 0, 0)
    marked = written.text("1.2 Ask ")
    written.highlighted(marked, "XXXX")
    marked.add_run(" first.")
    written.text("").add_run("Never printed").font.hidden = True
    written.heading("2. Help")
    written.text("2.1 <<add others>> help. [Schools without a lodge delete this paragraph.]")
    report = moved(root, written.bytes()).report
    assert report.count.holds
    rules = text(root, "sections/rules.md")
    assert "1. {{ people.dsl.name }} keeps the list for {{ wording.days }} days." in rules
    assert "Option B" not in rules
    assert "{{ answers.others }} help. {#" in text(root, "sections/help.md")
    template = text(root, "template.yaml")
    assert "keep “1.2”." in template
    assert "Schools without a lodge delete this paragraph." in template
    says = [each.says for each in report.of("by-hand")]
    assert any(each.startswith("“XXXX” is marked in the file") for each in says)
    assert "“Never printed” is hidden in the file, and left out" in says


def test_a_table_with_the_text_itself_is_no_first_page(root: Path) -> None:
    """Two languages side by side; and a field that holds an address is a link."""
    written = Written()
    written.text("Uniform policy", bold=True)
    written.table(
        [
            ["Cymraeg", "English"],
            ["Mae’r plant yn gwisgo gwyrdd bob dydd.", "Children wear green every day."],
        ]
    )
    paragraph = written.text("Ask ")
    for kind in ("begin", "", "separate"):
        paragraph._p.append(
            parse_xml(
                f"<w:r {nsdecls('w')}>"
                + (
                    f'<w:fldChar w:fldCharType="{kind}"/>'
                    if kind
                    else '<w:instrText> HYPERLINK "https://o.example/a" </w:instrText>'
                )
                + "</w:r>"
            )
        )
    paragraph.add_run("us")
    assert moved(root, written.bytes()).report.count.holds
    (name,) = [each.name for each in (root / "templates/moved/sections").iterdir()]
    assert "| Children wear green every day. |" in text(root, f"sections/{name}")
    assert "[us](https://o.example/a)" in text(root, f"sections/{name}")


def test_numbers_set_beside_clauses_by_a_table(root: Path) -> None:
    """They are clauses, with lists and tables of their own; a lead-in with points below it is no heading."""
    written = Written()
    written.heading("1. Sites")
    table = written.table([["1.1", "Work is graded:"], ["1.2", "Ask:"]], bold_head=False)
    table.cell(0, 1).add_table(1, 2).cell(0, 0).text = "Red"
    table.cell(0, 1).add_paragraph("No grade is lowered.")
    table.cell(1, 1).add_paragraph("• the office")
    written.heading("2. Homes")
    for words in (
        "2.1 Before a visit:",
        "2.1.1 ask;",
        "2.1.2 ring.",
        "2.2 Then:",
        "(a) go;",
        "(b) ring.",
    ):
        written.text(words)
    report = moved(root, written.bytes()).report
    assert report.count.holds
    sites = text(root, "sections/sites.md")
    assert "1. Work is graded: {#work-graded}\n\n   Table: Sites" in sites
    assert "   No grade is lowered.\n\n1. Ask: {#ask}\n\n   - the office" in sites
    assert "## {#before-visit}\n\nBefore a visit:\n\n### {#ask-2}" in text(
        root, "sections/homes.md"
    )
    assert not [
        each for each in report.of("by-hand") if "list" in each.says or "number" in each.says
    ]
