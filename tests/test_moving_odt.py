"""An OpenDocument text comes in as the same policy in Word would: numbers, lists, tables, notes, boxes, every word counted."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from policygen.ground.diagnostics import InputError
from policygen.moving.odt import read_odt
from policygen.project.moving import MovedIn, move_in

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
    }.items()
)
STYLES = """
<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="Lead" style:family="paragraph"><style:paragraph-properties><style:tab-stops>
<style:tab-stop style:leader-style="dotted"/></style:tab-stops></style:paragraph-properties></style:style>
<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1"/>
<text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="2"/>
<text:list-level-style-number text:level="3" style:num-prefix="(" style:num-format="a" style:num-suffix=")"/>
</text:list-style>
<text:list-style style:name="D"><text:list-level-style-bullet text:level="1" text:bullet-char="&#xf0b7;"/></text:list-style>
"""
BODY = """
<text:p text:style-name="Title">Keys policy</text:p>
<text:table-of-content><text:index-body><text:p>1 Holders 2</text:p></text:index-body></text:table-of-content>
<text:list text:style-name="L"><text:list-item><text:h text:outline-level="1">Holders</text:h><text:list>
<text:list-item><text:p>Keys are held by <text:span text:style-name="B">two</text:span> people.<text:note
><text:note-citation>1</text:note-citation><text:note-body><text:p>Since 2026.</text:p></text:note-body></text:note></text:p></text:list-item>
<text:list-item><text:p>A holder:</text:p><text:list><text:list-item><text:p>signs;</text:p></text:list-item>
<text:list-item><text:p>lends<text:s/>nothing.</text:p></text:list-item></text:list></text:list-item>
</text:list></text:list-item></text:list>
<text:list text:style-name="D"><text:list-item><text:p>never a copy &#xf0a8;</text:p></text:list-item></text:list>
<text:list text:style-name="L" text:continue-numbering="true"><text:list-item><text:h text:outline-level="1">Loss</text:h><text:list>
<text:list-item><text:p>See 1.2 first.<draw:frame><draw:text-box><text:p>Ring the office.</text:p></draw:text-box></draw:frame></text:p>
</text:list-item></text:list></text:list-item></text:list>
<table:table><table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>Key</text:p>
</table:table-cell><table:covered-table-cell/></table:table-row></table:table-header-rows><table:table-row><table:table-cell
><text:p>Gate</text:p></table:table-cell><table:table-cell><text:p>Office</text:p></table:table-cell></table:table-row></table:table>
<text:p text:style-name="Lead">Signed<text:tab/></text:p>
"""


def odt(body: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:automatic-styles>{STYLES}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return made.getvalue()


def moved(root: Path, content: bytes) -> MovedIn:
    (root / "templates").mkdir()
    (root / "keys.odt").write_bytes(content)
    return move_in(root, root / "keys.odt", "keys", date(2026, 11, 27))


def test_a_policy(tmp_path: Path) -> None:
    report = moved(tmp_path, odt(BODY)).report
    assert report.count.holds
    folder = tmp_path / "templates/keys"
    holders = (folder / "sections/holders.md").read_text("utf-8")
    assert "1. Keys are held by **two** people.[^n1] {#" in holders
    assert "1. A holder: {#holder}\n\n   1. signs;\n   1. lends nothing.\n" in holders
    assert "- never a copy ☐" in holders
    assert "[^n1]: Since 2026." in holders
    loss = (folder / "sections/loss.md").read_text("utf-8")
    assert "1. See [](#holder){number} first. {#" in loss
    assert "Ring the office." in loss
    assert "| Key | |\n" in loss.replace("|  |", "| |")
    assert "- Signed\n" in loss
    assert not [each for each in report.of("by-hand") if "number" in each.says]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            "<text:tracked-changes><text:changed-region><text:insertion/></text:changed-region></text:tracked-changes>",
            "tracked changes",
        ),
        ("", "holds no words"),
    ],
)
def test_what_is_refused(tmp_path: Path, body: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        moved(tmp_path, odt(body))
    assert says in refused.value.diagnostics[0].message


def test_a_cell_that_goes_on_below(tmp_path: Path) -> None:
    """A covered cell beside none that spans columns is one that goes on from above."""
    row = "<table:table-row><table:covered-table-cell/><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row>"
    (table,) = read_odt("a.odt", odt(f"<table:table>{row}</table:table>")).blocks
    assert [cell.below for cell in table.rows[0].cells] == [True, False]  # type: ignore[union-attr]
