"""The parts of a Word file beside its text: styles, numbering, settings, header and footer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policygen.word.flow import Series
from policygen.word.layout import NUMBER, STEP
from policygen.word.markup import MARGIN, PAGE
from policygen.word.xml import HEAD, NAMES, element, tagged, text

_FONT = "Arial"
_INK, _SOFT, _ALERT = "1F2933", "52606D", "8A1C1C"


def _style(
    identity: str,
    name: str,
    *,
    based: str = "BodyText",
    follows: str = "",
    paragraph: str = "",
    run: str = "",
    listed: bool = True,
) -> str:
    """A paragraph style. One of ours is named as its id with spaces, so that other programs keep the id."""
    return element(
        "w:style",
        element("w:name", w_val=name),
        element("w:basedOn", w_val=based) if based else "",
        element("w:next", w_val=follows) if follows else "",
        element("w:qFormat") if listed else "",
        element("w:pPr", paragraph) if paragraph else "",
        element("w:rPr", run) if run else "",
        w_type="paragraph",
        w_styleId=identity,
        **({} if not identity.startswith("Policy") else {"w_customStyle": 1}),
    )


def _named(identity: str) -> str:
    """The name of a style of ours: `PolicyItem1` is "Policy Item 1"."""
    name = ""
    for before, sign in zip(" " + identity, identity, strict=False):
        begins = sign.isupper() or (sign.isdigit() and not before.isdigit())
        name += f" {sign}" if begins and name else sign
    return name


def _own(identity: str, paragraph: str = "", run: str = "", based: str = "BodyText") -> str:
    return _style(identity, _named(identity), based=based, paragraph=paragraph, run=run)


def _space(before: int, after: int, line: int = 0) -> str:
    given: dict[str, str | int] = {"w:before": before, "w:after": after}
    if line:
        given |= {"w:line": line, "w:lineRule": "auto"}
    return tagged("w:spacing", given)


def _type(size: float, colour: str = "", *, bold: bool = False, italic: bool = False) -> str:
    half = round(size * 2)
    return (
        (element("w:b") if bold else "")
        + (element("w:i") if italic else "")
        + (element("w:color", w_val=colour) if colour else "")
        + element("w:sz", w_val=half)
        + element("w:szCs", w_val=half)
    )


def _together(*, outline: int | None = None) -> tuple[str, str]:
    """What stands before the spacing of a heading, and behind it."""
    level = ""
    if outline is not None:
        level = element("w:outlineLvl", w_val=outline)
    return element("w:keepNext") + element("w:keepLines"), level


_HEADINGS = (
    (16, 320, 120),
    (13, 240, 80),
    (11.5, 200, 60),
    (11, 160, 60),
    (11, 160, 60),
    (11, 160, 60),
)
"""The type of each level, and the room above and below it."""


def styles_xml(brand: str, language: str) -> str:
    """All styles."""
    fonts = tagged(
        "w:rFonts",
        {"w:ascii": _FONT, "w:hAnsi": _FONT, "w:cs": _FONT, "w:eastAsia": _FONT},
    )
    tongue = tagged("w:lang", {"w:val": language, "w:eastAsia": language, "w:bidi": "ar-SA"})
    usual = element(
        "w:rPr",
        fonts,
        element("w:color", w_val=_INK),
        element("w:sz", w_val=22),
        element("w:szCs", w_val=22),
        tongue,
    )
    defaults = element(
        "w:docDefaults",
        element("w:rPrDefault", usual),
        element("w:pPrDefault", element("w:pPr", _space(0, 0))),
    )
    parts = [
        defaults,
        element(
            "w:style",
            element("w:name", w_val="Normal"),
            element("w:qFormat"),
            w_type="paragraph",
            w_default=1,
            w_styleId="Normal",
        ),
        _style("BodyText", "Body Text", based="Normal", paragraph=_space(0, 120, 276)),
        *_heading_styles(brand),
        *_text_styles(brand),
        *_front_styles(brand),
        *_furniture(),
        *_character_styles(brand),
        _table_style(brand),
    ]
    return HEAD + tagged("w:styles", NAMES, *parts)


def _heading_styles(brand: str) -> list[str]:
    made = []
    for level, (size, before, after) in enumerate(_HEADINGS, 1):
        keep, outline = _together(outline=level - 1)
        paragraph = keep + _space(before, after) + outline
        look = _type(size, brand, bold=True)
        if level <= 4:
            made.append(
                _style(
                    f"Heading{level}",
                    f"heading {level}",
                    based="Normal",
                    follows="BodyText",
                    paragraph=paragraph,
                    run=look,
                )
            )
            made.append(_own(f"PolicyHeading{level}", based=f"Heading{level}"))
        if level > 1:
            made.append(_own(f"PolicySubhead{level}", paragraph, look, based="Normal"))
            made.append(_own(f"PolicyClauseTitle{level}", paragraph, look, based="Normal"))
    return made


def _text_styles(brand: str) -> list[str]:
    keep, _ = _together()
    inset = {level: NUMBER + STEP * (level - 1) for level in range(1, 7)}
    made = [
        _own("PolicyClause", tagged("w:ind", {"w:left": NUMBER, "w:hanging": NUMBER})),
        _own("PolicyCalloutLabel", keep + _space(120, 60), _type(11, brand, bold=True)),
        _own("PolicyQuoteSource", _space(0, 120), _type(10, _SOFT)),
        _own("PolicyAudience", keep + _space(120, 60), _type(10, brand, bold=True)),
        _own("PolicyLocal", keep + _space(60, 20), _type(9, _SOFT, italic=True)),
        _own("PolicyTerm", keep + _space(60, 20), element("w:b")),
        _own("PolicyMeaning"),
        _own("PolicySignatory", keep + _space(200, 120), element("w:b")),
        _own("PolicyField", element("w:keepLines") + _line_to_write() + _space(120, 120)),
        _own("PolicyCaption", keep + _space(120, 60), element("w:b")),
        _own("PolicyCell", _space(40, 40), based="Normal"),
        _own(
            "PolicyCellHead", element("w:keepNext") + _space(40, 40), element("w:b"), based="Normal"
        ),
        _own("PolicyCellLabel", run=element("w:b"), based="PolicyCell"),
        _own("PolicyBreak", _space(0, 0, 120), _type(4), based="Normal"),
    ]
    for level, left in inset.items():
        made.append(_own(f"PolicyText{level}", tagged("w:ind", {"w:left": left})))
        made.append(
            _own(
                f"PolicyItem{level}",
                _space(0, 80, 276) + tagged("w:ind", {"w:left": left, "w:hanging": STEP}),
            )
        )
    return made


def _line_to_write() -> str:
    """A line to write on, from a label to the right margin."""
    stop = tagged(
        "w:tab", {"w:val": "right", "w:leader": "underscore", "w:pos": PAGE[0] - 2 * MARGIN}
    )
    return element("w:tabs", stop)


def _front_styles(brand: str) -> list[str]:
    keep, _ = _together()
    return [
        _style(
            "Title",
            "Title",
            based="Normal",
            follows="BodyText",
            paragraph=_space(240, 120),
            run=_type(26, brand, bold=True),
        ),
        _style(
            "Subtitle",
            "Subtitle",
            based="Normal",
            follows="BodyText",
            paragraph=_space(0, 60),
            run=_type(15, _INK, bold=True),
        ),
        _own("PolicyNotice", _space(0, 200), _type(12, _ALERT, bold=True), based="Normal"),
        _own("PolicyStrapline", _space(0, 120), _type(12, _SOFT), based="Normal"),
        _own(
            "PolicyFrontHeading",
            keep + _space(280, 120),
            _type(14, brand, bold=True),
            based="Normal",
        ),
        _own(
            "PolicyEnd",
            _space(320, 0) + element("w:jc", w_val="center"),
            _type(10, _SOFT),
            based="Normal",
        ),
    ]


def _furniture() -> list[str]:
    right = PAGE[0] - 2 * MARGIN
    stops = element("w:tabs", tagged("w:tab", {"w:val": "right", "w:pos": right}))
    made = [
        _style(
            "Header", "header", based="Normal", paragraph=stops, run=_type(9, _SOFT), listed=False
        ),
        _style(
            "Footer", "footer", based="Normal", paragraph=stops, run=_type(9, _SOFT), listed=False
        ),
        _style(
            "FootnoteText",
            "footnote text",
            based="Normal",
            paragraph=_space(0, 40),
            run=_type(9),
            listed=False,
        ),
        _style("TOCHeading", "TOC Heading", based="PolicyFrontHeading", listed=False),
    ]
    for level in range(1, 5):
        left = {"w:left": NUMBER * level, "w:hanging": NUMBER}
        paragraph = stops + _space(0, 60) + tagged("w:ind", left)
        made.append(
            _style(f"TOC{level}", f"toc {level}", based="Normal", paragraph=paragraph, listed=False)
        )
    return made


def _character_styles(brand: str) -> list[str]:
    looks = {
        "PolicyNumber": "",
        "PolicyTick": tagged(
            "w:rFonts", {"w:ascii": "Segoe UI Symbol", "w:hAnsi": "Segoe UI Symbol"}
        ),
        "PolicyLine": "",
        "PolicyCode": tagged("w:rFonts", {"w:ascii": "Courier New", "w:hAnsi": "Courier New"}),
        "Hyperlink": element("w:color", w_val=brand) + element("w:u", w_val="single"),
        "FootnoteReference": element("w:vertAlign", w_val="superscript"),
    }
    names = {"Hyperlink": "Hyperlink", "FootnoteReference": "footnote reference"}
    made = []
    for identity, run in looks.items():
        made.append(
            element(
                "w:style",
                element("w:name", w_val=names.get(identity) or _named(identity)),
                element("w:rPr", run) if run else "",
                w_type="character",
                w_styleId=identity,
            )
        )
    return made


def _table_style(brand: str) -> str:
    line = {"w:val": "single", "w:sz": 4, "w:space": 0, "w:color": "9AA5B1"}
    borders = element(
        "w:tblBorders",
        *(
            tagged(f"w:{side}", dict(line))
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        ),
    )
    room = element(
        "w:tblCellMar",
        tagged("w:left", {"w:w": 100, "w:type": "dxa"}),
        tagged("w:right", {"w:w": 100, "w:type": "dxa"}),
    )
    ground = tagged("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": "E6EBF1"})
    under = element("w:tcBorders", tagged("w:bottom", line | {"w:sz": 12, "w:color": brand}))
    return element(
        "w:style",
        element("w:name", w_val="Policy Table"),
        element("w:tblPr", borders, room),
        element("w:tblStylePr", element("w:tcPr", under, ground), w_type="firstRow"),
        w_type="table",
        w_styleId="PolicyTable",
        w_customStyle=1,
    )


# --- numbering --------------------------------------------------------------------------------------------------------


def numbering_xml(series: Sequence[Series]) -> str:
    """Each series as a list of its own, so that none of them depends on what another one counted."""
    lists, uses = [], []
    for number, each in enumerate(series, 1):
        levels = [_level(each, level) for level in range(len(each.levels))]
        sign = f"{0x10000000 + number:08X}"
        lists.append(
            element(
                "w:abstractNum",
                element("w:nsid", w_val=sign),
                element("w:multiLevelType", w_val="multilevel"),
                element("w:tmpl", w_val=sign),
                element("w:name", w_val=each.name),
                *levels,
                w_abstractNumId=number,
            )
        )
        uses.append(element("w:num", element("w:abstractNumId", w_val=number), w_numId=number))
    return HEAD + tagged("w:numbering", NAMES, *lists, *uses)


def _level(series: Series, index: int) -> str:
    level = series.levels[index]
    bullet = level.form == "bullet"
    first_wide = series.name in ("sections", "forms") or series.name.startswith("flat")
    left = NUMBER + STEP * max(index - 1, 0) if first_wide else STEP * (index + 1)
    wide = 1 if series.name in ("sections", "forms") else 0
    spaced = series.name == "appendices" and index == 0
    fonts = tagged("w:rFonts", {"w:ascii": _FONT, "w:hAnsi": _FONT, "w:hint": "default"})
    # A number is never bold because of the words behind it, but in a heading.
    return element(
        "w:lvl",
        element("w:start", w_val=level.start),
        element("w:numFmt", w_val=level.form),
        element("w:suff", w_val="space") if spaced else "",
        element("w:lvlText", w_val=level.text),
        element("w:lvlJc", w_val="left"),
        element(
            "w:pPr",
            tagged(
                "w:ind", {"w:left": left, "w:hanging": STEP if index > wide else min(left, NUMBER)}
            ),
        ),
        element("w:rPr", fonts) if bullet else "",
        w_ilvl=index,
    )


# --- pages ------------------------------------------------------------------------------------------------------------


def section_xml(*, landscape: bool) -> str:
    """What pages are like: A4, upright or on their side, with header and footer."""
    width, height = reversed(PAGE) if landscape else PAGE
    size: dict[str, str | int] = {"w:w": width, "w:h": height}
    if landscape:
        size["w:orient"] = "landscape"
    margins = {f"w:{side}": MARGIN for side in ("top", "right", "bottom", "left")}
    parts = [
        tagged("w:headerReference", {"w:type": "default", "r:id": "rHeader"}),
        tagged("w:footerReference", {"w:type": "default", "r:id": "rFooter"}),
        tagged("w:pgSz", size),
        tagged("w:pgMar", {**margins, "w:header": 624, "w:footer": 624, "w:gutter": 0}),
    ]
    return element("w:sectPr", *parts)


def settings_xml(*, tracking: bool) -> str:
    """What Word does with the file."""
    compat = element(
        "w:compat",
        tagged(
            "w:compatSetting",
            {
                "w:name": "compatibilityMode",
                "w:uri": "http://schemas.microsoft.com/office/word",
                "w:val": 15,
            },
        ),
    )
    return HEAD + tagged(
        "w:settings",
        NAMES,
        element("w:zoom", w_percent=100),
        element("w:trackRevisions") if tracking else "",
        element("w:defaultTabStop", w_val=STEP),
        element(
            "w:footnotePr",
            element("w:footnote", w_id=-1),
            element("w:footnote", w_id=0),
        ),
        compat,
    )


def header_xml(left: str, right: str) -> str:
    """What stands at the head of each page; what a draft is stands out."""
    said = [_run(left), element("w:r", element("w:tab"))]
    mark = element("w:rPr", element("w:b"), element("w:color", w_val=_ALERT))
    said.append(element("w:r", mark, _words(right)))
    return HEAD + tagged("w:hdr", NAMES, _furnished("Header", *said))


def footer_xml(left: str) -> str:
    """What stands at the foot of each page, with its number and how many there are."""
    said = [_run(left), element("w:r", element("w:tab")), _run("Page "), _field("PAGE")]
    said += [_run(" of "), _field("NUMPAGES")]
    return HEAD + tagged("w:ftr", NAMES, _furnished("Footer", *said))


def _furnished(style: str, *runs: str) -> str:
    return element("w:p", element("w:pPr", element("w:pStyle", w_val=style)), *runs)


def _run(words: str) -> str:
    return element("w:r", _words(words))


def _words(words: str) -> str:
    return tagged("w:t", {"xml:space": "preserve"}, text(words))


def _field(code: str) -> str:
    return element("w:fldSimple", _run("1"), w_instr=f" {code} ")


def notes_xml(notes: Mapping[int, str]) -> str:
    """Footnotes, with the two lines that Word wants before them."""
    lines = []
    for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
        para = element("w:p", element("w:r", element(f"w:{kind}")))
        lines.append(element("w:footnote", para, w_type=kind, w_id=number))
    return HEAD + tagged("w:footnotes", NAMES, *lines, *notes.values())
