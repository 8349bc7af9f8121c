"""What `check` passes, `build` makes: tables, titles and covers go on paper, or the check says where they do not."""

from __future__ import annotations

import io
import random
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policygen.checks.paper import check_tables_fit
from policygen.ground.diagnostics import Problems
from policygen.html.front import cover_room, versions_fit_cover
from policygen.html.measure import TEXT_WIDTH, columns_of, lines_of, shortened, title_lines
from policygen.html.sheets import form_html, policy_html
from policygen.language import document as d
from policygen.pdf.check import check_pdf, expect
from policygen.pdf.render import render_pdf
from tests.support import samples
from tests.support.paper import fills
from tests.support.workspace import TEMPLATE, Workspace

MM = 72 / 25.4
ADDRESS = "https://www.northshire.example/schools/safeguarding/referrals/form.html"
LONG_WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3


def table(head: list[str], *rows: list[str]) -> d.Table:
    return d.Table(
        samples.text("Table"), samples.cells(*head), tuple(samples.cells(*row) for row in rows)
    )


def many(count: int) -> str:
    return " ".join(f"word{number}" for number in range(count))


def of_blocks(*blocks: d.Block) -> d.Document:
    section = d.Section("odd", samples.text("Odd"), blocks, number="1")
    return replace(samples.FLAT, sections=(section,))


def rendered(document: d.Document) -> bytes:
    html = policy_html(document, samples.DRAFT, medium="print", images=samples.IMAGES)
    return render_pdf(html.encode())


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


TIMES = table(
    "Mon Tue Wed Thu Fri Sat Sun Closed Remarks".split(),
    "Assembly,Breakfast club,Orchestra rehearsal,Gymnastics,Badminton,Weddings,"
    "Congregational worship,Closed,Unsupervised".split(","),
)
CONTACTS = table(
    ["Name", "Role", "Phone", "Web address", "E-mail"],
    ["Amara Okafor", "Safeguarding lead", "01632 960200", ADDRESS, "dsl@elm-grove.example"],
)
LOG = table(["Item", "Number", "Lent on", "To", "Returned", "Checked by"], ["Laptop", *[""] * 5])
TWELVE = table(["Responsibility"] * 12, ["Safeguarding arrangements"] * 12)
ODD_TABLES = (
    TIMES,
    CONTACTS,
    LOG,
    TWELVE,
    table(["A", "B"], [LONG_WORD, "b"]),
    d.Table((), (), (samples.cells(LONG_WORD, "first"), samples.cells("Second", ADDRESS))),
)


# --- tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "setting"),
    [
        (table(["Who", "What"], ["Staff", "ask"]), ""),
        (CONTACTS, "snug"),
        (LOG, "snug"),
        (TIMES, "denser"),
        (TWELVE, "squeezed"),
    ],
)
def test_a_table_takes_the_largest_type_in_which_it_fits(made: d.Table, setting: str) -> None:
    """One that fits as it is stays as it is."""
    columns = columns_of(made, TEXT_WIDTH)
    assert (columns.setting.name, columns.fits) == (setting, True)
    assert sum(columns.widths) <= TEXT_WIDTH + 0.01


@pytest.mark.parametrize(("count", "fits"), [(12, True), (14, True), (16, False), (30, False)])
def test_a_column_holds_six_letters_or_the_table_is_too_wide(count: int, *, fits: bool) -> None:
    made = table(["Responsibilities"] * count, ["Congregational"] * count)
    assert columns_of(made, TEXT_WIDTH).fits == fits


def test_odd_tables_stay_on_the_page_also_in_a_list() -> None:
    """Nine columns of times, web addresses, blanks to fill in, twelve columns, one word of 174 letters."""
    within = samples.clause(
        "listed", "1.1", "Words.", samples.items("letter", ("(a)", "Item", ODD_TABLES))
    )
    document = of_blocks(samples.paragraph("Before."), *ODD_TABLES, within)
    assert check_pdf(rendered(document), expect(document, samples.DRAFT)) == []


@pytest.mark.parametrize("before", [0, 10])
def test_a_row_higher_than_a_page_begins_where_it_stands_and_each_page_has_the_head(
    before: int,
) -> None:
    rows = [[f"Row {number}", "short"] for number in range(before)]
    high = table(["Place", "Rules"], *rows, ["Hall", many(1500)], ["Gym", many(900)])
    document = of_blocks(samples.paragraph("Before."), high)
    pdf = rendered(document)
    assert check_pdf(pdf, expect(document, samples.DRAFT)) == []
    first, *others = (page for page in pages(pdf) if "word" in page)
    assert "Before." in first
    assert others
    assert all("Place Rules" in page for page in others)


def test_a_link_in_a_head_that_is_on_each_page_leads_from_the_first() -> None:
    """What a screen reader does not read again cannot be reached by the keyboard either."""
    log = table(["Place", "Rules"], *[[f"Row {number}", many(30)] for number in range(40)])
    address = d.Link(ADDRESS, (d.Text("the register"),))
    linked = replace(log, head=(log.head[0], d.Cell((address,))))
    document = of_blocks(linked)
    pdf = rendered(document)
    assert check_pdf(pdf, expect(document, samples.DRAFT)) == []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        leading = [
            page
            for page in opened.pages
            for note in page.get("/Annots", ())
            if ADDRESS in str(note.get("/A", {}).get("/URI", ""))
        ]
    assert len(leading) == 1
    assert sum("the register" in page for page in pages(pdf)) > 1


# --- turned pages ------------------------------------------------------------------------------------------------------

LANDSCAPE_LOG = replace(
    table(
        ["Item", "Number", "Lent on", "To", "Returned", "Checked by", "Condition", "Remarks"],
        *[["Laptop", *[""] * 7]] * 25,
    ),
    landscape=True,
)


def sizes(pdf: bytes) -> list[str]:
    """The way in which each page stands, with its words."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return ["turned" if page.get_width() > page.get_height() else "upright" for page in opened]


def test_a_wide_table_of_a_section_turns_its_pages_and_no_others() -> None:
    """The head stands on each of them, and so do the running header and footer."""
    within = samples.clause("listed", "1.1", "A log:", LANDSCAPE_LOG)
    document = of_blocks(samples.paragraph("Before."), within, samples.paragraph("After."))
    pdf = rendered(document)
    assert check_pdf(pdf, expect(document, samples.DRAFT)) == []
    told = list(zip(sizes(pdf), pages(pdf), strict=True))
    turned = [text for stands, text in told if stands == "turned"]
    assert len(turned) >= 2
    for text in turned:
        assert "Checked by" in text
        assert document.school_name in text
        assert f"of {len(told)}" in text
    upright = [text for stands, text in told if stands == "upright"]
    assert any("Before." in text for text in upright)
    assert any("After." in text for text in upright)


def test_a_form_and_an_appendix_with_a_wide_table_are_turned_as_a_whole() -> None:
    blocks = (samples.paragraph("Before."), replace(LANDSCAPE_LOG, rows=LANDSCAPE_LOG.rows[:6]))
    form = d.Section("log", samples.text("Log"), blocks, kind="form", name="log")
    appendix = replace(form, id="app", kind="appendix", number="1")
    document = replace(samples.FLAT, forms=(form,), appendices=(appendix,))
    pdf = rendered(document)
    assert check_pdf(pdf, expect(document, samples.DRAFT)) == []
    assert sizes(pdf)[-2:] == ["turned", "turned"]
    alone = form_html(document, form, samples.DRAFT, medium="print", images=samples.IMAGES)
    pdf = render_pdf(alone.encode())
    assert sizes(pdf) == ["turned"]
    assert check_pdf(pdf, expect(document, samples.DRAFT, "form", form)) == []


def test_the_hint_for_a_table_that_is_too_wide_turns_it_where_that_helps() -> None:
    def told(made: d.Table) -> list[str]:
        problems = Problems()
        check_tables_fit(d.Section("odd", samples.text("Odd"), (made,)), problems)
        return [hint for problem in problems.found for hint in problem.hints]

    wide = table(["Responsibilities"] * 18, ["Congregational"] * 18)
    assert told(wide) == [
        "write `{landscape}` at the end of its caption, and it stands on a page that is turned"
    ]
    assert told(replace(wide, landscape=True)) == []
    wider = table(["Responsibilities"] * 40, ["Congregational"] * 40)
    for made in (wider, replace(wider, landscape=True)):
        assert told(made)[0].startswith("make two tables of it")


def test_a_table_says_that_it_is_turned_in_its_caption(tmp_path: Path) -> None:
    """It can have an id beside that; anywhere else the word has no effect."""
    workspace = Workspace(tmp_path)
    text = "# Doors {#app-doors}\n\nThe doors.\n\nTable: Log {#log landscape}\n\n| A | B |\n|---|---|\n| x | |\n"
    assert (
        workspace.with_files({"templates/tiny/sections/app-doors.md": text}).run("check").code == 0
    )
    wrong = text.replace(" landscape", "").replace("{#app-doors}", "{#app-doors landscape}")
    found = workspace.with_files({"templates/tiny/sections/app-doors.md": wrong}).run("check")
    assert "`landscape` has no effect here" in found.stdout + found.stderr


def test_what_reaches_over_the_edge_of_a_turned_page_is_found() -> None:
    html = policy_html(samples.FLAT, samples.APPROVED, medium="print", images={})

    def faults(width: str) -> list[str]:
        made = f'<div class="landscape"><p style="width: {width}; border: 1pt solid">x</p></div>'
        pdf = render_pdf(html.replace("</main>", f"{made}</main>").encode())
        assert "turned" in sizes(pdf)
        return check_pdf(pdf, expect(samples.FLAT, samples.APPROVED))

    assert faults("248mm") == []
    assert any("reaches into the margin" in fault for fault in faults("260mm"))


# --- the gate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        ('<p style="margin-right: -9mm; text-align: right">Beyond</p>', "`Beyond` reaches into"),
        ('<p style="margin-left: -9mm">Before</p>', "`Before` reaches into"),
        ('<p style="margin-right: -9mm; border-bottom: 1pt solid">x</p>', "a rule or picture"),
        ('<p style="break-before: page; position: relative; top: 236mm">y</p>', "lies upon it"),
    ],
)
def test_what_reaches_into_the_margin_is_found(markup: str, message: str) -> None:
    html = policy_html(samples.FLAT, samples.APPROVED, medium="print", images={})
    pdf = render_pdf(html.replace("</main>", f"{markup}</main>").encode())
    assert any(message in fault for fault in check_pdf(pdf, expect(samples.FLAT, samples.APPROVED)))


def test_a_word_lost_in_the_middle_of_a_paragraph_is_found() -> None:
    """Not only its first and last letters are looked for."""
    words = many(400)
    whole = of_blocks(samples.paragraph(words))
    cut = of_blocks(samples.paragraph(words.replace("word200 ", "")))
    (fault,) = check_pdf(rendered(cut), expect(whole, samples.DRAFT))
    assert fault.startswith("section 1: ")


@pytest.mark.parametrize("document", [samples.POLICY, samples.FLAT, samples.NUMBERED_HEADINGS])
def test_the_most_pages_are_few(document: d.Document) -> None:
    """The bound is of use only where a document that grew without cause would pass it."""
    wanted = expect(document, samples.DRAFT)
    assert wanted.max_pages <= 5 * len(pages(rendered(document)))


# --- titles and covers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"title": many(40), "short_title": many(60)},
        {"title": LONG_WORD, "short_title": LONG_WORD},
        {"school_name": LONG_WORD},
    ],
    ids=["many words", "one word", "name"],
)
def test_long_titles_go_on_cover_contents_and_running_head(changes: dict[str, str]) -> None:
    document = replace(samples.FLAT, **changes)
    pdf = rendered(document)
    assert check_pdf(pdf, expect(document, samples.DRAFT)) == []
    assert "Content code" in pages(pdf)[0]


@pytest.mark.parametrize("shape", ["versions", "table"])
@pytest.mark.parametrize("count", [0, 1, 3, 5, 9, 40])
def test_versions_stand_whole_on_the_cover_or_behind_it(count: int, shape: Any) -> None:
    """They never push a cover over its page: the second one has its running foot, and begins with what is left."""
    old = replace(samples.FLAT.versions[0], reason=many(7))
    rows = tuple(replace(old, version=f"{number}.0") for number in range(count))
    document = replace(
        samples.FLAT,
        title="Acceptable use of computers, telephones and the internet by staff",
        versions=rows + samples.FLAT.versions[-1:],
        front=d.Front(record=shape, level="Full board", owner="Headteacher"),
    )
    pdf = rendered(document)
    assert check_pdf(pdf, expect(document, samples.DRAFT)) == []
    cover, second, *_ = pages(pdf)
    assert "Page 2 of" in second
    titled = cover if "Versions and amendments" in cover else second
    assert all(f"\n{number}.0 " in titled for number in range(min(count, 10)))


def test_versions_are_on_the_cover_where_they_fit() -> None:
    """And not on it where they do not: both ways of the test above are tried."""
    rows = samples.FLAT.versions[:1]
    fits = [
        versions_fit_cover(replace(samples.FLAT, versions=rows * count), samples.DRAFT)
        for count in (1, 3, 9)
    ]
    assert fits == [True, True, False]


@given(
    st.lists(st.text("abcdefghij", min_size=1, max_size=14), min_size=1, max_size=20),
    st.sampled_from([16, 24, 34]),
)
def test_a_title_in_lines(words: list[str], size: int) -> None:
    """No word is lost, no line is too long, it takes no more lines than it must, and no last word is left alone."""
    lines = title_lines(" ".join(words), TEXT_WIDTH, size)
    assert " ".join(lines) == " ".join(words)
    assert len(lines) <= lines_of(" ".join(words), TEXT_WIDTH, size, bold=True)
    if len(lines) == 1:
        return
    for line in lines:
        assert lines_of(line, TEXT_WIDTH, size, bold=True) == 1
    *_, above, last = (line.split() for line in lines)
    moved = " ".join([above[-1], *last])
    spare = len(above) > 2 and lines_of(moved, TEXT_WIDTH, size, bold=True) == 1
    assert len(last) > 1 or not spare


def test_a_short_title_leaves_room_and_a_very_long_one_none() -> None:
    assert cover_room(samples.POLICY, samples.DRAFT) > 60
    assert cover_room(replace(samples.POLICY, title=many(200)), samples.DRAFT) < 0


def test_a_running_head_is_cut_at_a_word() -> None:
    assert shortened("Keys to the school", 60, 9, 1) == "Keys to the school"
    cut = shortened(many(50), 60, 9, 2)
    assert cut.endswith(" …")
    assert many(50).startswith(cut.removesuffix(" …"))


# --- generated documents ----------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *"staff keep the keys of every school safe and tell us about it at once".split(),
        *("Congregational", "responsibilities", "01632 960200", "–", "£5", "half-termly"),
        *(ADDRESS, f"[the register]({ADDRESS})", LONG_WORD[:90], "**bold words**", "*stress*"),
    ]
)
PHRASES = (
    st.lists(WORDS, min_size=1, max_size=12, unique=True)
    .map(" ".join)
    .map(lambda text: f"The {text}")
)
STORIES = st.integers(200, 1200).map(lambda count: f"The {many(count)}")


@st.composite
def tables(draw: st.DrawFn) -> str:
    width, height = draw(st.integers(2, 15)), draw(st.integers(1, 5))
    words = st.lists(WORDS, min_size=1, max_size=3, unique=True).map(" ".join)
    cells = st.one_of(words, words, st.just(""), STORIES)
    rows = [["Name", *draw(st.lists(words, min_size=width - 1, max_size=width - 1))]]
    rows.append(["---"] * width)
    rows += [
        ["Row", *draw(st.lists(cells, min_size=width - 1, max_size=width - 1))]
        for _ in range(height)
    ]
    return "Table: Odd\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


@st.composite
def lists(draw: st.DrawFn) -> str:
    depth = draw(st.integers(1, 7))
    words = draw(st.lists(PHRASES, min_size=depth, max_size=depth))
    return "\n".join(f"{'  ' * level}- {text}" for level, text in enumerate(words))


BLOCKS = st.one_of(
    PHRASES,
    STORIES,
    tables(),
    lists(),
    PHRASES.map(lambda text: f"## {text}"),
    st.one_of(PHRASES, STORIES).map(lambda text: f"::: remember\n{text}\n:::"),
    st.one_of(PHRASES, STORIES).map(lambda text: f"::: quote\n{text}\n:::"),
    st.tuples(PHRASES, STORIES).map(lambda pair: f"{pair[0]}\n\n: {pair[1]}"),
)


FORM_TABLES = st.tuples(st.integers(1, 12), st.integers(1, 4)).map(
    lambda size: "\n\n".join([blank_table(size[0])] * size[1])
)
NOTED = st.sampled_from(
    (
        "The words.[^n]",
        "Table: Odd[^n]\n\n| Name | What |\n|---|---|\n| Row | x |",
        "Table: Odd\n\n| Name[^n] | What |\n|---|---|\n| Row | x |",
        "::: remember\nThe words.[^n]\n:::",
        "The term[^n]\n\n: The meaning.",
    )
)


def some(chance: random.Random, count: int) -> str:
    return " ".join(f"word{chance.randrange(100_000)}" for _ in range(count))


def section(chance: random.Random, number: int, kind: Any) -> d.Section:
    """Paragraphs, lists and boxes of every length."""
    blocks: list[d.Block] = []
    for _ in range(chance.randint(1, 9)):
        length = chance.randint(5, 160)
        words = samples.paragraph(some(chance, length))
        match chance.randrange(5):
            case 0:
                blocks.append(samples.bullets(*(some(chance, length // 8 + 1) for _ in range(6))))
            case 1:
                blocks.append(d.Callout("remember", (words,)))
            case 2:
                blocks.append(d.Subhead(2, samples.text("Subheading")))
                blocks.append(words)
            case _:
                blocks.append(words)
    title = samples.text(some(chance, 3))
    return d.Section(f"{kind}-{number}", title, tuple(blocks), number=f"{number}", kind=kind)


def policy(seed: int) -> d.Document:
    """A policy without forms: those stand whole, and may leave much of the page before them."""
    chance = random.Random(seed)  # noqa: S311
    older = replace(samples.FLAT.versions[0], reason=many(7))
    sections = [section(chance, number, "section") for number in range(1, chance.randint(2, 12))]
    appendices = [section(chance, number, "appendix") for number in range(1, chance.randint(1, 4))]
    return replace(
        samples.FLAT,
        title=f"The {many(chance.randint(1, 9))}",
        versions=(older,) * chance.randint(0, 9) + samples.FLAT.versions[-1:],
        contents_depth=1,
        sections=tuple(sections),
        appendices=tuple(appendices),
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_no_page_before_the_last_is_nearly_empty(seed: int) -> None:
    """Contents run on into the text, appendices follow one another, and a long box is broken."""
    document = policy(seed)
    pdf = rendered(document)
    assert check_pdf(pdf, expect(document, samples.DRAFT)) == []
    _cover, *inner, _last = fills(pdf)
    assert all(fill > 0.5 for fill in inner), fills(pdf)


def blank_table(rows: int) -> str:
    filled = "\n".join("| Key | | words that go on |" for _ in range(rows))
    return f"Table: Odd\n\n| Name | Lent on | To whom |\n|---|---|---|\n{filled}"


def assert_what_passes_is_built(title: str, blocks: list[str]) -> bool:
    """Check a workspace with such an appendix; whether it passed, and so was built."""
    text = "\n\n".join((f"# {title} {{#app-doors}}", "The doors.", *blocks))
    return passes_and_is_built({"templates/tiny/sections/app-doors.md": f"{text}\n"})


def assert_form_is_built(title: str, blocks: list[str], note: str, *, one_page: bool) -> bool:
    """The same with such a form, which is signed on sheets, too."""
    signature = "::: signature Member of staff\n- Name\n- Signed\n:::"
    noted = (note, "[^n]: A note about it.") if note else ()
    text = "\n\n".join((f"# {title} {{#receipt}}", "I have a key.", *blocks, *noted, signature))
    template = Workspace(Path()).text(TEMPLATE)
    if one_page:
        template = template.replace("    roster: true\n", "    roster: true\n    one_page: yes\n")
    return passes_and_is_built({"templates/tiny/forms/receipt.md": f"{text}\n", TEMPLATE: template})


def passes_and_is_built(files: dict[str, str]) -> bool:
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).with_files(files)
        if workspace.run("check").code:
            return False
        built = workspace.run("build")
        assert built.code == 0, built.stderr
    return True


def test_an_odd_document_that_passes_is_built() -> None:
    """The same as below for one document that holds one of each kind."""
    wide = "| Name | " + " | ".join(["Responsibilities"] * 11) + " |\n" + "|---" * 12 + "|\n"
    assert assert_what_passes_is_built(
        f"The {many(30)}",
        [
            f"Table: Odd\n\n{wide}| Row | {' | '.join([ADDRESS, many(500), *['x'] * 9])} |",
            f"- The words\n  - {LONG_WORD}",
            f"::: remember\nThe {many(700)}\n:::",
            f"The term\n\n: The {many(700)}",
        ],
    )


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(PHRASES, st.lists(BLOCKS, min_size=1, max_size=4))
def test_what_check_passes_build_makes(title: str, blocks: list[str]) -> None:
    """Generated tables, lists, boxes, quotations and definitions: built without an error, or refused at their line."""
    assert_what_passes_is_built(title, blocks)


def test_an_odd_form_that_passes_is_built() -> None:
    """Three pages of tables on a form meant for one, a note in its declaration, and a title of two lines."""
    assert assert_form_is_built(
        f"The {many(20)}", [blank_table(12)] * 5, "The words.[^n]", one_page=True
    )


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    title=PHRASES,
    blocks=st.lists(st.one_of(FORM_TABLES, BLOCKS), min_size=1, max_size=3),
    note=st.one_of(st.just(""), NOTED),
    one_page=st.booleans(),
)
def test_what_check_passes_of_a_form_build_makes(
    title: str, blocks: list[str], note: str, *, one_page: bool
) -> None:
    """Generated forms, also of many tables, with footnotes at every place, and meant for one page."""
    assert_form_is_built(title, blocks, note, one_page=one_page)


@pytest.mark.parametrize("number", ["1.1", "28.14", "12.10A", "A12.10A", "12.10.11A"])
def test_a_number_never_touches_its_text(number: str) -> None:
    """One that fits its indent leaves the text in line with the lines below; a wider one pushes the first line on."""
    clause = samples.clause("wide", number, "Xylophones " * 20)
    with pypdfium2.PdfDocument(rendered(of_blocks(clause))) as pdf:
        text = pdf[len(pdf) - 1].get_textpage()
        words = text.get_text_range()
        at = words.index(f"{number} X")
        end = text.get_charbox(at + len(number) - 1)[2]
        starts = [text.get_charbox(at + found.start())[0] for found in re.finditer("X", words[at:])]
    assert starts[0] - end > 1 * MM
    in_line = abs(starts[0] - min(starts)) < 0.2 * MM
    assert in_line == (number in ("1.1", "28.14"))
