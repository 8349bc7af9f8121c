"""What is filled in by hand: boxes with room for a hand, and boxes to tick."""

from __future__ import annotations

from lxml import html as parser

from policygen.html.blocks import blocks_html
from policygen.html.elements import Setting
from policygen.language import document as d
from tests.support import samples

SETTING = Setting("print", samples.DRAFT, {})


def page(*blocks: d.Block):
    return parser.fromstring(f"<div>{blocks_html(blocks, SETTING)}</div>")


def test_a_block_to_sign_has_a_box_for_each_field() -> None:
    """A day needs less room than a name; "yes / no" has a box before each of its words."""
    labels = ("Name", "Signed:", "Date of issue", "Approved: yes / no")
    made = page(d.SignatureBlock("Holder", tuple(map(samples.text, labels))))
    fields = made.xpath("//*[@class='fields']/*")
    assert [field.get("class") for field in fields] == [
        "field",
        "field",
        "field date",
        "field choice",
    ]
    assert [len(field.find_class("written")) for field in fields] == [1, 1, 1, 0]
    assert [len(field.find_class("tick-box")) for field in fields] == [0, 0, 0, 2]
    assert [" ".join(field.text_content().split()) for field in fields] == [
        "Name",
        "Signed:",
        "Date of issue",
        "Approved: yes / no",
    ]


def test_blank_cells_below_yes_no_and_tick_have_a_box() -> None:
    head = samples.cells("Use", "Yes", "Tick when done", "Remarks")
    rows = (
        samples.cells("Photographs", "", "", ""),
        samples.cells("Trips", "by bus", "", "yes / no"),
        samples.cells("Swimming", "", "", "yes / no, as agreed"),
    )
    cells = page(d.Table((), head, rows)).xpath("//tbody//th | //td")
    boxes = [len(cell.find_class("tick-box")) for cell in cells]
    assert boxes == [0, 1, 1, 0, 0, 0, 1, 2, 0, 1, 1, 0]
    assert [cell.get("class") for cell in cells[:4]] == [
        None,
        "blank tick",
        "blank tick",
        "blank",
    ]
