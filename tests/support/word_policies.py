"""Policies in Word, as other people write them: with styles and without, typed numbers, notes, boxes, forms, changes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

_NUMBERING = '<w:abstractNum {ns} w:abstractNumId="{id}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
_LEVEL = '<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
_FOOTNOTES = (
    '<?xml version="1.0" encoding="UTF-8"?><w:footnotes xmlns:w="http://schemas.openxmlformats.org/'
    'wordprocessingml/2006/main"><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>{notes}</w:footnotes>'
)


class Written:
    """A Word file in the making."""

    def __init__(self) -> None:
        self.document = Document()
        self.notes: list[str] = []
        self.lists = 50

    def heading(self, text: str, level: int = 1) -> Any:
        return self.document.add_heading(text, level)

    def text(self, text: str, *, bold: bool = False, style: str = "", centred: bool = False) -> Any:
        paragraph = self.document.add_paragraph(style=style or None)
        for index, piece in enumerate(text.split("**")):
            if piece:
                paragraph.add_run(piece).bold = True if bold or index % 2 else None
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return paragraph

    def numbering(self, levels: Sequence[tuple[str, str]]) -> int:
        """A list of several levels, each with a form and what prints: ("decimal", "%1.%2")."""
        self.lists += 1
        root = self.document.part.numbering_part.element
        made = "".join(
            _LEVEL.format(level=level, form=form, text=text)
            for level, (form, text) in enumerate(levels)
        )
        abstract = parse_xml(_NUMBERING.format(ns=nsdecls("w"), id=self.lists, levels=made))
        root.insert(0, abstract)
        number = parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{self.lists}"><w:abstractNumId w:val="{self.lists}"/></w:num>'
        )
        root.append(number)
        return self.lists

    def numbered(self, paragraph: Any, number: int, level: int = 0) -> Any:
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
            )
        )
        return paragraph

    def table(self, rows: Sequence[Sequence[str]], *, bold_head: bool = True) -> Any:
        table = self.document.add_table(len(rows), len(rows[0]), style="Table Grid")
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                cell = table.cell(row, column)
                cell.text = ""
                run = cell.paragraphs[0].add_run(text)
                run.bold = True if bold_head and row == 0 else None
        return table

    def footnote(self, paragraph: Any, text: str) -> None:
        number = len(self.notes) + 1
        self.notes.append(
            f'<w:footnote w:id="{number}"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> {text}'
            "</w:t></w:r></w:p></w:footnote>"
        )
        paragraph._p.append(
            parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="{number}"/></w:r>')
        )

    def inserted(self, paragraph: Any, text: str, author: str = "A. Reader") -> None:
        paragraph._p.append(
            parse_xml(
                f'<w:ins {nsdecls("w")} w:id="900" w:author="{author}"><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:ins>'
            )
        )

    def deleted(self, paragraph: Any, text: str, author: str = "A. Reader") -> None:
        paragraph._p.append(
            parse_xml(
                f'<w:del {nsdecls("w")} w:id="901" w:author="{author}"><w:r>'
                f'<w:delText xml:space="preserve">{text}</w:delText></w:r></w:del>'
            )
        )

    def box(self, lines: Sequence[str]) -> None:
        """A text box, as Word writes it: once for newer and once for older programs."""
        inner = "".join(
            f'<w:p><w:r><w:t xml:space="preserve">{line}</w:t></w:r></w:p>' for line in lines
        )
        self.document.add_paragraph()._p.append(
            parse_xml(
                f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
                ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
                ' xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent>'
                f'<mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>'
                f"<mc:Fallback><w:pict><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></w:pict></mc:Fallback>"
                "</mc:AlternateContent></w:r>"
            )
        )

    def leader(self, text: str) -> Any:
        """A line to fill in that ends with a tab and a row of dots."""
        paragraph = self.document.add_paragraph(text + "\t")
        paragraph.paragraph_format.tab_stops.add_tab_stop(
            Cm(14), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
        return paragraph

    def highlighted(self, paragraph: Any, text: str) -> None:
        paragraph.add_run(text).font.highlight_color = WD_COLOR_INDEX.YELLOW

    def contents(self, lines: Sequence[tuple[str, int]]) -> None:
        for text, page in lines:
            paragraph = self.document.add_paragraph(f"{text}\t{page}")
            paragraph.paragraph_format.tab_stops.add_tab_stop(
                Cm(15), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
            )

    def bytes(self) -> bytes:
        file = io.BytesIO()
        self.document.save(file)
        return _with_notes(file.getvalue(), self.notes) if self.notes else file.getvalue()


def _with_notes(content: bytes, notes: Sequence[str]) -> bytes:
    """The file with a part of footnotes, which python-docx does not write."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/_rels/document.xml.rels":
                part = part.replace(
                    b"</Relationships>",
                    b'<Relationship Id="rIdNotes" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                    b'relationships/footnotes" Target="footnotes.xml"/></Relationships>',
                )
            if name == "[Content_Types].xml":
                part = part.replace(
                    b"</Types>",
                    b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-'
                    b'officedocument.wordprocessingml.footnotes+xml"/></Types>',
                )
            new.writestr(name, part)
        new.writestr("word/footnotes.xml", _FOOTNOTES.format(notes="".join(notes)))
    return made.getvalue()


def model_policy() -> bytes:  # noqa: PLR0915  as long as such a policy is
    """A county's model policy: styles, numbers that Word computes, brackets, notes to schools, forms at the end."""
    w = Written()
    w.document.core_properties.title = "Model policy"
    w.text("Northshire County Council", centred=True, bold=True)
    w.document.add_heading("Model policy: keys, alarms and lone working", 0)
    w.text("Schools HR and Premises, September 2026", centred=True)
    w.document.sections[0].header.paragraphs[0].text = "Northshire County Council, Schools HR"
    w.document.sections[0].footer.paragraphs[0].text = "Keys, alarms and lone working, page"
    w.text("Contents", bold=True)
    w.contents([("1. Introduction", 2), ("2. Who holds keys", 2), ("Appendix 1: Key register", 5)])
    numbers = w.numbering(
        [("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"), ("lowerRoman", "(%4)")]
    )

    def section(title: str) -> None:
        w.numbered(w.heading(title), numbers)

    def clause(text: str) -> Any:
        return w.numbered(w.text(text), numbers, 1)

    def item(text: str, level: int = 2) -> Any:
        return w.numbered(w.text(text), numbers, level)

    section("Introduction")
    clause(
        "This policy applies to everybody who holds a key of [name of school] or knows the code of its alarm."
    )
    clause(
        "It was agreed with the recognised unions and should be read with the [Health and Safety Policy]."
    )
    first = clause("In this policy:")
    assert first
    item("**key** means anything that opens a door, a gate or a cupboard, fobs and cards included;")
    item("**key holder** means a person named in the register in Appendix 1; and")
    item("**lone working** means work during which nobody else is in hearing.")
    w.text("[Schools should add any words of their own that staff use for parts of the site.]")
    section("Who holds keys")
    clause(
        "The [headteacher/school business manager] decides who holds a key, and reviews the list [termly/yearly]."
    )
    clause(
        "Each key holder signs the form in Appendix 2 before they are given a key, as paragraph 3.2 explains."
    )
    noted = clause("Keys are never copied without the written leave of the headteacher")
    w.footnote(noted, "A locksmith asks for a letter; the office has a draft.")
    noted.add_run(".")
    clause("A key holder must:")
    item("keep keys on their person or locked away;")
    item("never lend a key to:")
    item("pupils;", 3)
    item("contractors, except under section 4; or", 3)
    item("former members of staff;", 3)
    item("tell [insert name of DSL] at once if a key to a room with pupil records is lost.")
    section("Lone working")
    clause("Nobody works alone at a height, with machines, or with chemicals.")
    clause(
        "Whoever works alone tells somebody when they begin and when they end. The site team rings after [30] minutes without news."
    )
    w.box(
        [
            "Stop and think",
            "If you would not want to be found there the next morning, do not go in alone.",
        ]
    )
    clause("The risks are these:")
    w.table(
        [
            ["Risk", "Who is at risk", "What we do"],
            ["Falls", "Caretakers, cleaners", "No ladders when alone"],
            ["Violence", "Reception, home visits", "Two people; a phone each"],
        ]
    )
    section("Contractors")
    clause(
        "Contractors sign for a key each day and give it back before they leave (see section 2)."
    )
    bullets = clause("They are told:")
    assert bullets
    for text in ("where the alarm panel is", "whom to ring at night", "what pupils may be near"):
        w.text(text, style="List Bullet")
    marked = clause("Keys of contractors are kept in ")
    w.highlighted(marked, "the key safe in the office")
    marked.add_run(".")
    section("Alarm codes")
    clause(
        "Codes are changed every [six/twelve] months and whenever a holder leaves. Paragraph 2.3 applies to codes as well."
    )
    clause("This policy will be reviewed every two years.")
    w.heading("Appendix 1: Key register")
    w.table([["Key", "Holder", "Date out", "Date back"], ["", "", "", ""], ["", "", "", ""]])
    w.heading("Appendix 2: Key holder’s declaration")
    w.text("I have read the policy on keys and have been given the keys below.")
    w.leader("Name:")
    w.leader("Keys:")
    w.text("Signed: ______________________ Date: ______________")
    return w.bytes()


def typed_policy() -> bytes:
    """A school's own policy without any style: typed numbers, bold lines as headings, tabs, a grid of versions."""
    w = Written()
    w.text("ELM GROVE PRIMARY SCHOOL", bold=True, centred=True)
    w.text("Visitors and Volunteers Policy", bold=True, centred=True)
    w.table(
        [
            ["Approved by:", "Full Governing Body"],
            ["Date approved:", "14 March 2025"],
            ["Next review:", "March 2027"],
            ["Person responsible:", "School Business Manager"],
        ],
        bold_head=False,
    )
    w.text("")
    w.text("1.\tAims", bold=True)
    w.text(
        "1.1\tElm Grove Primary School welcomes visitors and volunteers. This policy says how they are received so that children are safe."
    )
    w.text(
        "1.2\tIt applies to parents, contractors, governors and anyone else who is not on the staff list."
    )
    w.text("2.\tArriving", bold=True)
    w.text("2.1\tVisitors:")
    w.text("a)\tring the bell at the main gate;")
    w.text("b)\tshow proof of who they are; and")
    w.text("c)\tsign in at the office, where they are given:")
    w.text("i)\ta badge, which is worn where it can be seen;")
    w.text("ii)\ta leaflet on what to do in a fire.")
    w.text(
        "2.2\tThe office rings the member of staff whom the visitor has come to see. Nobody walks through the school alone."
    )
    w.text("•\tVisitors who are known to us sign in as well.")
    w.text("•\tGovernors wear their own badge.")
    w.text("3.\tVolunteers", bold=True)
    w.text(
        "3.1\tA volunteer who helps once a week or more has an enhanced DBS check, as 2.1 does not replace it."
    )
    w.text(
        "3.2\tOur designated safeguarding lead, Priya Nair, meets each new volunteer. See also section 4."
    )
    w.text("Regular helpers", bold=True)
    w.text("3.3\tRegular helpers get a copy of Appendix A and return the slip.")
    nested = w.table(
        [["Who", "Checks"], ["Helper, once a month", "Identity"], ["Helper, weekly", ""]]
    )
    cell = nested.cell(2, 1)
    cell.paragraphs[0].add_run("All of these:")
    inner = cell.add_table(2, 2)
    for index, text in enumerate(("DBS", "enhanced", "References", "two")):
        inner.cell(index // 2, index % 2).text = text
    w.text("4.\tWhen something goes wrong", bold=True)
    w.text(
        "4.1\tWho is worried about a visitor tells the headteacher at once (telephone 01632 960100)."
    )
    w.text("4.2\tRhaid i ymwelwyr gofrestru yn y swyddfa. (Visitors must register at the office.)")
    w.text("Appendix A – Volunteer’s slip", bold=True)
    w.text("I will keep to the policy on visitors and volunteers.")
    w.text("☐ I have had the leaflet     ☐ I have a badge")
    w.text("Name ……………………………………………")
    w.text(
        "Signature of volunteer ........................................  Date ...................."
    )
    return w.bytes()


def handbook() -> bytes:
    """A trust's handbook: headings to three levels numbered by their styles, a tracked change, a comment, definitions."""
    w = Written()
    w.document.add_heading("Social Media and Messaging Policy", 0)
    w.text("Beacon Learning Trust", centred=True)
    w.text("Version history", bold=True)
    w.table(
        [
            ["Version", "Date", "Author", "Changes"],
            ["1.0", "12/03/2024", "Head of HR", "First version"],
            ["1.1", "09/2025", "Head of HR", "Messaging groups added"],
        ]
    )
    numbers = w.numbering([("decimal", "%1"), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3")])
    w.numbered(w.heading("Purpose and scope"), numbers)
    w.numbered(w.heading("Purpose", 2), numbers, 1)
    w.text(
        "The Trust wants staff to use social media well. This policy says what that means, at work and at home."
    )
    w.numbered(w.heading("Scope", 2), numbers, 1)
    w.text("It applies to:")
    for text in (
        "all employees of the Trust",
        "trustees and local governors",
        "volunteers & supply staff",
    ):
        w.text(text, style="List Bullet")
    w.numbered(w.heading("Rules"), numbers)
    w.numbered(w.heading("Accounts of the school", 2), numbers, 1)
    w.numbered(w.heading("Who may post", 3), numbers, 2)
    w.text(
        "Only people whom the headteacher has named may post. Passwords are stored as section 2.2 says."
    )
    w.numbered(w.heading("What is not posted", 3), numbers, 2)
    w.text("Nothing is posted that:", style="Normal")
    for text in (
        "names a pupil beside a picture",
        "shows a child whose parents have not agreed",
        "is [political/partisan]",
    ):
        w.text(text, style="List Number")
    changed = w.text("Posts are kept for ")
    w.deleted(changed, "six months")
    w.inserted(changed, "one year")
    changed.add_run(" and then deleted.")
    w.numbered(w.heading("Passwords", 2), numbers, 1)
    commented = w.text(
        "Passwords of school accounts are kept in the password manager of the Trust."
    )
    w.document.add_comment(
        commented.runs, "Is this still the case?", author="J. Doe", initials="JD"
    )
    linked = w.text("Guidance of the regulator: see ")
    assert linked
    w.heading("Definitions", 1)
    w.text("**Social media:** websites and applications on which people share content.")
    w.text(
        "**Messaging:** any service that sends words or pictures to chosen people, such as a group of parents."
    )
    w.heading("Annex 1", 1)
    w.heading("Consent for pictures", 2)
    w.text("Pupil’s name: ____________________  Class: ________")
    w.table(
        [
            ["I agree to pictures", "Yes", "No"],
            ["on the website", "", ""],
            ["in the newsletter", "", ""],
        ]
    )
    w.text("Signed (parent or carer): ____________________")
    w.text("Date: __________")
    small = w.document.add_paragraph().add_run("Return this form to the office by [date].")
    small.font.size = Pt(8)
    assert qn("w:p")
    return w.bytes()
