"""The finer points of the checks: what each tells apart, where the words that it finds are right in another sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.checks import length
from policygen.compose.compose import image_bytes
from policygen.ground.diagnostics import Problems
from policygen.html.labels import Stamp
from policygen.html.sheets import form_html
from policygen.language.document import Paragraph, Text
from policygen.pdf.check import count_pages
from policygen.pdf.render import render_pdf
from tests.support.example import document, edition, school
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.language.document import Block

SECTION = "templates/tiny/sections/lost-keys.md"
FORM = "templates/tiny/forms/receipt.md"
COUNT = "1. Keys are counted"
LAW = """\
as_of: 2026-09-01
current:
  key_code_2019: {cite: Code of practice on keys (2019), year: 2019, until: 2026-08-31, replaced_by: [key_code]}
  key_code: {cite: Code of practice on keys, year: 2026}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "school")


def rules(workspace: Workspace) -> list[tuple[str, str]]:
    """What a check finds: each rule, and the file that its place is in."""
    said = workspace.run("check").stderr
    return re.findall(
        r"^(?:error|warning|note): .*\[([\w-]+)\]\n  --> ([^:\n]+)", said, re.MULTILINE
    )


def in_section(workspace: Workspace, text: str) -> list[str]:
    return [
        rule for rule, _ in rules(workspace.with_change(SECTION, COUNT, f"\n{text}\n\n{COUNT}"))
    ]


def answering(workspace: Workspace, text: str) -> Workspace:
    return workspace.with_change(ADOPTION, "safe_place: in the staff room", f"safe_place: {text}")


# --- “the” before the school's name -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "The {{ school.name }} is open.",
        "Keys of **the {{ school.name }}** are blue.",
        "This is for the\n   {{ school.name }}, and no other.",
        "Keys (of the {{ school.name }}) are blue.",
        "Keys hang in the {{ school.name | possessive }} office.",
        "The {{ school.name }}’s keys are blue.",
        "The {{ school.short_name }} expects care.",
    ],
)
def test_an_article_before_the_name_is_found(workspace: Workspace, sentence: str) -> None:
    named = workspace.with_change(SCHOOL, "type:", "short_name: Oak Lane\ntype:")
    assert in_section(named, f"1. {sentence} {{#probe}}") == ["article-before-name"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The {{ school.name }} network is fast.",
        "Staff use the {{ school.name }} {{ roles.head }} page.",
        "At {{ school.name }} keys are blue.",
        "Breathe {{ school.name }} air.",
    ],
)
def test_an_article_that_belongs_to_a_noun_is_left_alone(
    workspace: Workspace, sentence: str
) -> None:
    assert in_section(workspace, f"1. {sentence} {{#probe}}") == []


def test_a_name_that_begins_with_its_article_keeps_it(workspace: Workspace) -> None:
    named = workspace.with_files(
        {SCHOOL: workspace.text(SCHOOL).replace("Oak Lane School", "The Oak Academy")}
    )
    assert rules(answering(named, "in the hall of The Oak Academy")) == []


def test_a_short_name_that_is_a_common_word_may_have_one(workspace: Workspace) -> None:
    named = workspace.with_change(SCHOOL, "type:", "short_name: College\ntype:")
    assert rules(answering(named, "where the College is.")) == []


# --- found and replaced -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        ("The {{ roles.head }} will be referred to as {{ roles.head }}.", 1),
        ("The Headteacher (the “Headteacher”) keeps keys.", 1),
        ("“{{ roles.board }}” means the {{ roles.board }}.", 1),
        ("“{{ roles.board }}” means the {{ roles.board }} or those whom it asks.", 0),
        ("The designated safeguarding lead (the “lead”) keeps keys.", 0),
        ("The head of the school will be referred to as the {{ roles.head }}.", 0),
        ("{{ school.name }} (“the School”) lends keys.", 0),
        ("The School (“the School”) lends keys.", 1),
    ],
)
def test_a_definition_equal_on_both_sides_is_found(
    workspace: Workspace, definition: str, found: int
) -> None:
    assert in_section(workspace, f"1. {definition} {{#probe}}") == ["doubled-word"] * found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("[](#who-keeps) applies to visitors, too.", 0),
        ("applies to visitors, too.", 1),
        ("*applies* to visitors, too.", 1),
    ],
)
def test_a_clause_may_begin_with_a_reference(
    workspace: Workspace, sentence: str, found: int
) -> None:
    """Its words get their capital when they are known: "Paragraph 1.1 applies"."""
    assert in_section(workspace, f"1. {sentence} {{#probe}}") == ["lower-case-start"] * found


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("Tell the Northshire Education Safety Team (NEST) at once.", 0),
        ("Tell the Northshire Education and Safety Team (the “NEST”) at once.", 0),
        ("Tell the county (NEST) at once.", 2),
    ],
)
def test_a_short_form_that_the_text_explains_is_no_shouting(
    workspace: Workspace, first: str, found: int
) -> None:
    """There, and wherever it stands later."""
    clauses = f"1. {first} {{#probe}}\n1. Then NEST answers. {{#later}}"
    assert in_section(workspace, clauses) == ["capitals"] * found


@pytest.mark.parametrize(
    "word",
    ["Headteacherlines", "Academyics", "Collegeiate", "guidePrincipals", "Governorance"],
)
def test_a_title_inside_a_word_is_found(workspace: Workspace, word: str) -> None:
    """For each title that somebody may have put in everywhere."""
    assert in_section(workspace, f"1. The {word} are safe. {{#probe}}") == ["blind-replacement"]


def test_terms_that_say_themselves_are_found_in_lists_and_tables(workspace: Workspace) -> None:
    table = "Table: Terms\n\n| Term | Meaning |\n|---|---|\n| Head | {} |\n\n"
    assert in_section(workspace, table.format("the head")) == ["doubled-word"]
    assert in_section(workspace, table.format("whoever leads the school")) == []
    assert in_section(workspace, "Key holder\n:   A key holder.\n") == ["doubled-word"]
    assert in_section(workspace, "Key holder\n:   Whoever holds a key.\n") == []


def test_a_plural_may_follow_a_title_that_is_filled_in(workspace: Workspace) -> None:
    assert (
        in_section(
            workspace, "1. All {{ roles.head }}s, and any co-{{ roles.head }}, have keys. {#probe}"
        )
        == []
    )
    assert in_section(workspace, "1. A{{ roles.head }} has keys. {#probe}") == ["blind-replacement"]


def test_a_plural_without_apostrophe_counts_from_the_third_time(workspace: Workspace) -> None:
    line = "1. Keys to pupils lockers of number {0} and pupils laptops are kept. {{#probe-{0}}}\n"
    assert in_section(workspace, "".join(line.format(number) for number in range(2))) == []
    assert (
        in_section(workspace, "".join(line.format(number) for number in range(3)))
        == ["lost-apostrophe"] * 3
    )


# --- tables and lists -------------------------------------------------------------------------------------------------

EMPTY = "Table: Key people\n\n| Role | Name |\n|---|---|\n| Head | |\n| Keeper | |\n\n"


def test_an_empty_table_is_found_in_the_text_and_not_in_a_form(workspace: Workspace) -> None:
    assert in_section(workspace, EMPTY) == ["leftover-blank"]
    assert in_section(workspace, EMPTY.replace("| Head | |", "| Head | Ann Lee |")) == []
    assert rules(workspace.with_change(FORM, "::: signature", f"{EMPTY}\n::: signature")) == []


ITEMS = "   - lend a key to somebody else\n   - copy a key of the school\n   - mark a key with an address\n"


def test_a_list_that_was_copied_and_changed_is_found(workspace: Workspace) -> None:
    one = f"1. These are not allowed: {{#one}}\n\n{ITEMS}   - take a key abroad\n"
    other = f"1. Staff avoid these: {{#other}}\n\n{ITEMS}   - hide a key under a mat\n"
    sound = "1. Staff avoid these: {#other}\n\n   - lend a key to somebody else\n   - hide a key under a mat\n   - forget it\n"
    assert in_section(workspace, one + other) == ["repeated-paragraph"]
    assert in_section(workspace, one + sound) == []


# --- branches that no school takes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1. Keys are are kept. {#probe}", "doubled-word"),
        ("1. Keys (all of them are kept. {#probe}", "unbalanced-brackets"),
        ("1. and keys are kept. {#probe}", "lower-case-start"),
        ("1. Keys are kept, / counted. {#probe}", "stray-punctuation"),
        ("1. Staff must not: {#probe}\n\n   - do not lend keys\n   - copy keys", "double-negative"),
        ("1. Keys. {#probe}\n\n   - are kept;\n   - are not lent;", "list-lead-in"),
        ("1. Staff sign the attached form. {#probe}", "form-promised"),
        ("1. The {{ school.name }} keeps keys. {#probe}", "article-before-name"),
        ("1. Keys of the schools network are kept. {#probe}", "lost-apostrophe"),
        ("1. By signing it, staff accept all later changes. {#probe}", "agreed-in-advance"),
        (EMPTY, "leftover-blank"),
    ],
)
def test_damage_is_found_in_a_branch_that_no_school_takes(
    workspace: Workspace, text: str, rule: str
) -> None:
    """Once, as it is where a school takes the branch."""
    assert in_section(workspace, f"{{% if not answers.key_safe %}}\n{text}\n{{% endif %}}") == [
        rule
    ]
    assert in_section(workspace, f"{{% if answers.key_safe %}}\n{text}\n{{% endif %}}") == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "1. Keys {% if answers.key_safe %}(in the safe{% else %}(on the board{% endif %}) are kept. {#probe}",
        "1. Keys are {% if answers.key_safe %}kept{% else %}kept{% endif %} here. {#probe}",
        "1. Keys are\n   {% if answers.key_safe %}\n   here,\n   {% else %}\n   , or there,\n   {% endif %}\n   kept. {#probe}",
        "1. Staff {% if answers.key_safe %}are asked:{% else %}must not{% endif %} {#probe}\n\n   - lend keys\n   - never",
        "1. Keys: {#probe}\n\n{% if answers.key_safe %}\n   - are kept;\n{% endif %}\n   - are counted;",
        "{% if answers.key_safe %}\nSo it is:\n{% else %}\nStaff must not:\n{% endif %}\n\n- lend keys\n- never copy keys",
        "1. Sign the attached form{% if answers.key_safe %}, [](#receipt){% else %}: [](#receipt){% endif %}. {#probe}",
        "Table: Keys\n\n| Key | Place |\n|---|---|\n| Hall | {% if answers.key_safe %}(safe{% else %}(board{% endif %}) |\n\n",
    ],
)
def test_branches_that_stand_side_by_side_are_not_read_as_one(
    workspace: Workspace, text: str
) -> None:
    assert in_section(workspace, text) == []


# --- names ------------------------------------------------------------------------------------------------------------


def test_a_product_with_the_name_of_a_school_is_no_school(workspace: Workspace) -> None:
    """As a provider, or as an answer that is nothing but its name; then anywhere in that school's words."""
    typed = answering(workspace, "beside the screen for Quayside Juniors")
    assert [rule for rule, _ in rules(typed)] == ["foreign-school"]
    assert (
        rules(
            typed.with_change(
                SCHOOL, "branding:", "providers:\n  parent_app: Quayside Juniors\nbranding:"
            )
        )
        == []
    )
    listed = typed.with_change(
        ADOPTION, "doors: [the front door, the hall door]", "doors: [Quayside Juniors, the hall]"
    )
    assert rules(listed) == []


def test_an_answer_that_is_the_name_of_a_school_is_found(workspace: Workspace) -> None:
    assert [rule for rule, _ in rules(answering(workspace, "Hazel Road Primary School"))] == [
        "foreign-school"
    ]


def test_a_school_of_the_workspace_is_found_whatever_else_has_its_name(
    workspace: Workspace,
) -> None:
    """Under its own name or a short one of several words; the longer name counts where one holds another."""
    elm = workspace.text(SCHOOL).replace(
        "Oak Lane School\ntype", "Quayside Juniors\nshort_name: Quay Side\ntype"
    )
    other = elm.replace("branding:\n  logo: logo.svg\n  logo_alt: Oak Lane School\n", "")
    two = workspace.with_files({"schools/quay/school.yaml": other})
    both = two.with_change(
        SCHOOL, "branding:", "providers:\n  parent_app: Quayside Juniors\nbranding:"
    )
    assert [rule for rule, _ in rules(answering(both, "at Quayside Juniors"))] == ["foreign-school"]
    assert [rule for rule, _ in rules(answering(two, "as at Quay Side"))] == ["foreign-school"]
    assert rules(answering(two, "in Quay Side Road")) == []
    short = two.with_change(SCHOOL, "type:", "short_name: Quayside\ntype:")
    assert [rule for rule, _ in rules(answering(short, "at Quayside Juniors now"))] == [
        "foreign-school"
    ]


# --- template.yaml ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ask: Who keeps the keys?", "ask: Who keeps the keys at Hazel Road Junior School?"),
        ("label: The caretaker", "label: The caretaker of Hazel Road Junior School"),
        ("guidance:\n", "guidance:\n  count: As at Hazel Road Junior School.\n"),
        ("kind: yes-no", "kind: yes-no\n    guidance: As at Hazel Road Junior School."),
        ("title: Keys to the school", "title: Keys to Hazel Road Junior School"),
    ],
)
def test_what_template_yaml_says_is_checked(workspace: Workspace, old: str, new: str) -> None:
    assert rules(workspace.with_change(TEMPLATE, old, new)) == [("foreign-school", TEMPLATE)]


def test_guidance_may_tell_schools_what_to_adapt(workspace: Workspace) -> None:
    said = "kind: yes-no\n    guidance: Schools may wish to amend this as appropriate."
    assert rules(workspace.with_change(TEMPLATE, "kind: yes-no", said)) == []


# --- ids --------------------------------------------------------------------------------------------------------------


def test_the_hint_about_a_missing_id_says_what_fix_writes(workspace: Workspace) -> None:
    """Also for two that would have the same id, and none where it is not clear where one belongs."""
    added = "1. A found key is handed in.\n1. A found key is handed on.\n1. | A | table |\n"
    damaged = workspace.with_change(SECTION, COUNT, f"{added}{COUNT}")
    said = damaged.run("check").stderr
    told = re.findall(r"hint: write `(\{#[\w-]+\})` at its end; `--fix` does", said)
    assert len(told) == 2
    damaged.run("check", "--fix")
    mended = (damaged.root / SECTION).read_text(encoding="utf-8")
    assert re.findall(r"\{#found[\w-]+\}", mended) == told


# --- one page ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "policy", "form"),
    [
        ("larkspur-gardens", "online-safety", "pupil-agreement"),
        ("larkspur-gardens", "online-safety", "image-consent"),
        ("elm-grove", "staff-acceptable-use", "agreement"),
    ],
)
def test_a_form_is_called_too_long_when_it_is(name: str, policy: str, form: str) -> None:
    """Measured with the real renderer: a form that fits with room to spare is not, one that is well over a page is."""
    made = document(name, policy=policy)
    images = image_bytes(edition(policy), made, school(name).logo)
    (found,) = (each for each in made.forms if each.name == form)
    line = Paragraph(
        (
            Text(
                "I know this rule, have read it with care, and will keep to it on each day of the year. "
                * 2
            ),
        )
    )

    def longer(lines: int) -> tuple[int, bool]:
        grown = replace(found, one_page=True, blocks=(*found.blocks, *[line] * lines))
        problems = Problems()
        length.check_length(replace(made, forms=(grown,)), problems)
        page = form_html(made, grown, Stamp("draft", "0000-0000"), medium="print", images=images)
        return count_pages(render_pdf(page.encode())), bool(problems.found)

    fits = 0
    while longer(fits + 1)[0] == 1:
        fits += 1
    assert longer(0) == (1, False)
    assert not longer(max(fits - 3, 0))[1]
    assert longer(fits + 5)[1]


def test_a_form_is_called_too_long_with_the_pages_that_it_needs() -> None:
    """The estimate decides, and is told."""
    made = document("elm-grove")
    short = Paragraph((Text("x"),))

    def told(blocks: tuple[Block, ...]) -> list[str]:
        problems = Problems()
        form = replace(made.forms[0], one_page=True, blocks=blocks)
        length.check_length(replace(made, forms=(form,)), problems)
        return [problem.message for problem in problems.found]

    assert not told((short,) * 40)
    lines = next(count for count in range(40, 80) if told((short,) * count))
    form = replace(made.forms[0], blocks=(short,) * lines)
    assert 1 < length.height(made, form) / 264 < 1.03
    assert told(form.blocks) == ["this form is meant for one page, and its words need about 1.1"]


# --- law --------------------------------------------------------------------------------------------------------------


def test_law_that_ended_is_an_error_in_the_working_template(workspace: Workspace) -> None:
    cited = workspace.with_files({"law.yaml": LAW}).with_change(
        SECTION, COUNT, f"1. See {{{{ law.key_code_2019 }}}}. {{#law}}\n{COUNT}"
    )
    assert rules(cited) == [("law-superseded", SECTION)]
