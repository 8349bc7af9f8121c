"""One part of a file as a section of our language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from policygen.moving.found import (
    Blank,
    Block,
    Box,
    Inline,
    Note,
    NoteMark,
    Paragraph,
    Picture,
    Spot,
    Table,
    Tick,
    Words,
    plain,
    text_of,
)
from policygen.moving.labels import kind_of, looks_like_heading, numbers_of
from policygen.moving.ledger import Ledger
from policygen.moving.marking import at_beginning, escaped, markdown
from policygen.moving.naming import Names
from policygen.moving.outline import APPENDIX, Entry, Heading, Part
from policygen.moving.points import INSTRUCTION, Points
from policygen.moving.referring import References

Scheme = Literal["decimal", "headings", "flat", "none"]
_RANKS = {"decimal": 0, "letter": 1, "roman": 2, "bullet": 3}
_PRINTS = {"decimal": "counts 1, 2", "letter": "counts (a), (b)", "roman": "counts (i), (ii)"}
_SIGNING = re.compile(r"\b(?:signed|signature|sign)\b", re.IGNORECASE)
_WHO = (
    (re.compile(r"\b(?:pupil|student|child)", re.IGNORECASE), "Pupil"),
    (re.compile(r"\b(?:parent|carer|guardian)", re.IGNORECASE), "Parent or carer"),
    (re.compile(r"\b(?:head ?teacher|principal)", re.IGNORECASE), "Headteacher"),
    (re.compile(r"\b(?:chair|governor)", re.IGNORECASE), "Governor"),
    (re.compile(r"\b(?:staff|employee|line manager|i )", re.IGNORECASE), "Member of staff"),
)
_FORM = re.compile(r"\b(?:form|agreement|declaration|slip|undertaking|consent)\b", re.IGNORECASE)
_NAMES_WHO = re.compile(
    r"(?i)^sign(?:ed|ature)(?: of| by)?(?: the)? ?\(?([a-z][a-z’/ -]{3,30}?)\)?$"
)
_OF_WHOM = re.compile(
    r"(?i)^(?:form \w{1,2}\s{0,3}[:.–-]\s{0,3})?(.{3,30}?)(?:[’']s| )\s{0,3}"
    r"(?:declaration|slip|agreement|undertaking|consent form)$"
)
_CAPTION = re.compile(r"(?:table|figure)\s+\d+\s{0,3}[:.–-]?\s{0,3}", re.IGNORECASE)
_WIDE = 6


@dataclass(frozen=True)
class Written:
    """A section as its file holds it."""

    name: str
    part: Part
    text: str
    scheme: Scheme
    labels: Mapping[str, tuple[str, Spot]]
    """The number that each id had in the file."""
    signed_by: str = ""
    """Who signs, for a part that is a form."""


@dataclass
class _Level:
    key: tuple[str, int, str]
    rank: int
    indent: int
    inside: int
    last: int = 0
    """The number of its last item, where that is a letter."""


@dataclass
class Tools:
    """What all parts of a file share."""

    ledger: Ledger
    ids: Names
    points: Points | None
    """None for a school's own policy, whose words stay as they are."""
    references: References
    notes: Mapping[str, Note]
    note_labels: dict[str, str]


def scheme_of(part: Part) -> Scheme:
    """How the numbers of a part are made."""
    depths = [
        len(numbers)
        for entry in part.entries
        if isinstance(entry, Paragraph) and (numbers := numbers_of(entry.label))
    ]
    headings = [
        len(numbers)
        for entry in part.entries
        if isinstance(entry, Heading) and (numbers := numbers_of(entry.paragraph.label))
    ]
    top = bool(numbers_of(part.label)) or part.kind == "appendix"
    if max([*depths, 0]) > 2 or (headings and 2 not in depths) or max([*headings, 0]) > 2:
        if top or part.kind == "appendix":
            return "headings"
        return "none"
    if 2 in depths:
        return "decimal"
    paragraphs = [
        entry for entry in part.entries if isinstance(entry, Paragraph) and text_of(entry)
    ]
    if depths and part.kind == "appendix":
        if depths.count(1) * 2 > len(paragraphs):
            return "flat"
        return "none"
    if top:
        return "headings" if depths else "decimal"
    if depths.count(1) * 2 > len(
        [each for each in paragraphs if _RANKS[kind_of(each.label)] == 0 or not each.label]
    ):
        return "flat"
    return "none"


class PartWriter:
    """Writes one part."""

    def __init__(self, part: Part, name: str, scheme: Scheme, tools: Tools) -> None:
        self.part, self.name, self.scheme, self.tools = part, name, scheme, tools
        self.ledger = tools.ledger
        self.lines: list[str] = []
        self.lists: list[_Level] = []
        self.in_clause = False
        self.clause = name
        """The id of what guidance is about."""
        self.labels: dict[str, tuple[str, Spot]] = {}
        self.notes: list[str] = []
        self.pending: list[NoteMark] = []
        self.after: list[Paragraph] = []
        self.heading = ""

    def write(self) -> Written:
        """The whole section."""
        self.title()
        entries = list(self.part.entries)
        index = 0
        while index < len(entries):
            index += self.entry(entries[index], entries[index + 1 :])
        self.close()
        self.unmarked_notes()
        for note in self.notes:
            self.note(note)
        signed_by = self.signers()
        if signed_by:
            # A form has no numbers that a heading could go without.
            self.lines = [re.sub(r"^(#.*) unnumbered}$", r"\1}", line) for line in self.lines]
        text = "\n".join(self.lines).rstrip() + "\n"
        return Written(self.name, self.part, text, self.scheme, self.labels, signed_by)

    # headings

    def title(self) -> None:
        part = self.part
        shown = part.subtitle or part.title
        if shown is None:
            self.heading = "Introduction"
            flag = ""
            if self.scheme in ("decimal", "headings"):
                flag = " unnumbered"
            self.lines.append(f"# {self.heading} {{#{self.name}{flag}}}")
            self.ledger.added(self.heading, "a title for the text before the first heading")
            self.ledger.guessed("the text before the first heading is a section", None, self.name)
            return
        words = self.heading_words(shown)
        if part.kind == "appendix" and part.title is not None:
            self.ledger.structure(
                part.label, "appendices are numbered when they print", part.title.spot
            )
            if part.subtitle:
                words = self.heading_words(shown)
            else:
                words = escaped(APPENDIX.sub("", text_of(part.title), count=1))
            if not words:
                words = escaped(part.label)
                self.ledger.added(
                    part.label, "a title for an appendix that has none", part.title.spot
                )
                self.ledger.by_hand(
                    "this appendix has no title: write one", part.title.spot, self.name
                )
        else:
            self.number(shown)
        flag = ""
        if part.kind == "section" and self.scheme in ("decimal", "headings") and not part.label:
            flag = " unnumbered"
        self.heading = APPENDIX.sub("", text_of(shown), count=1) or text_of(shown)
        self.lines.append(f"# {at_beginning(words)} {{#{self.name}{flag}}}")
        self.labels[self.name] = (part.label, shown.spot)

    def heading_words(self, paragraph: Paragraph) -> str:
        """The words of a heading: no stress, no footnotes, no line breaks."""
        self.pending += [each for each in paragraph.children if isinstance(each, NoteMark)]
        self.pictures(paragraph)
        children = tuple(each for each in paragraph.children if not isinstance(each, NoteMark))
        return markdown(children, {}, plain=True, breaks=False)

    def number(self, paragraph: Paragraph) -> None:
        """Note the label of a paragraph: what prints is computed."""
        why = "numbers are computed"
        if not numbers_of(paragraph.label):
            why = "bullets and numbers are made by lists"
        self.ledger.structure(paragraph.label if paragraph.typed else "", why, paragraph.spot)

    def subhead(self, heading: Heading) -> None:
        paragraph = heading.paragraph
        self.close()
        self.in_clause = self.lettered = False
        words = at_beginning(self.heading_words(paragraph))
        self.number(paragraph)
        numbers = numbers_of(paragraph.label)
        flag = ""
        if self.scheme == "headings" and not numbers:
            flag = " unnumbered"
        elif self.scheme in ("decimal", "flat") and numbers:
            flag = " clause"
        identity = self.tools.ids.name(text_of(paragraph), "part")
        self.tools.references.name(paragraph, identity)
        self.clause = identity if flag == " clause" or self.scheme == "headings" else self.name
        self.heading = text_of(paragraph)
        if numbers:
            self.labels[identity] = (paragraph.label, paragraph.spot)
        level = heading.level if self.scheme == "headings" else min(heading.level, 4)
        if self.scheme == "headings" and numbers:
            level = max(min(len(numbers), level), 2)
        self.put(f"{'#' * level} {words} {{#{identity}{flag}}}", indent=0)

    # blocks

    def entry(self, entry: Entry, ahead: Sequence[Entry]) -> int:
        """Write one entry; how many were used."""
        match entry:
            case Heading():
                self.subhead(entry)
            case Paragraph():
                return self.paragraph(entry, ahead)
            case Table():
                self.table(entry)
            case Box():
                self.box(entry)
        return 1

    def paragraph(self, paragraph: Paragraph, ahead: Sequence[Entry]) -> int:
        self.pictures(paragraph)
        if not text_of(paragraph) and not paragraph.children:
            return 1
        if not text_of(paragraph).strip("_ ") and not paragraph.label:
            return self.blank_line(paragraph)
        if self.tools.points and self.tools.points.is_instruction(paragraph):
            self.tools.points.parts[self.owner()] = self.name
            self.tools.points.instruct(paragraph, self.owner())
            return 1
        if is_caption(paragraph) and ahead and isinstance(ahead[0], Table):
            self.table(ahead[0], paragraph)
            return 2
        if form_fields(paragraph):
            return self.form(paragraph, ahead)
        if not paragraph.label and sum(isinstance(each, Tick) for each in paragraph.children):
            return self.ticks(paragraph)
        numbers = numbers_of(paragraph.label)
        if paragraph.label and self.is_clause(numbers):
            self.new_clause(paragraph, numbers)
        elif paragraph.label:
            self.item(paragraph)
        else:
            self.plain_paragraph(paragraph)
        return 1

    def ticks(self, paragraph: Paragraph) -> int:
        """Boxes to tick, each with its words, as a list."""
        self.close()
        pieces: list[list[Inline]] = [[]]
        for child in paragraph.children:
            if isinstance(child, Tick):
                pieces.append([])
            if isinstance(child, Blank) and not child.holds:
                says = "room to write stands beside a box to tick: a table has room in its cells"
                self.ledger.by_hand(says, paragraph.spot, self.name)
            else:
                pieces[-1].append(child)
        if plain(tuple(pieces[0])).strip():
            # What is asked stands first: "Yes" and "No" with a box each belong to it.
            self.plain_paragraph(paragraph)
            return 1
        self.use_notes(paragraph.children)
        texts = [markdown(piece, self.tools.note_labels, breaks=False) for piece in pieces[1:]]
        self.put("\n".join(f"- {text}" for text in texts), indent=self.base())
        return 1

    def is_clause(self, numbers: tuple[int, ...]) -> bool:
        match self.scheme:
            case "decimal":
                return len(numbers) == 2 or (len(numbers) == 1 and self.part.kind == "appendix")
            case "flat":
                return len(numbers) == 1
            case "headings":
                return len(numbers) > 1
            case "none":
                return False

    def new_clause(self, paragraph: Paragraph, numbers: tuple[int, ...]) -> None:
        self.close()
        self.lettered = True
        identity = self.tools.ids.name(text_of(paragraph), "paragraph")
        self.tools.references.name(paragraph, identity)
        self.clause = identity
        self.labels[identity] = (paragraph.label, paragraph.spot)
        self.number(paragraph)
        text = self.words(paragraph)
        if self.scheme == "headings":
            level = max(2, min(len(numbers), 4))
            self.put(f"{'#' * level} {{#{identity}}}", indent=0)
            self.put(at_beginning(text), indent=0)
            self.in_clause = False
        else:
            self.in_clause = True
            self.put(f"1. {at_beginning(text)} {{#{identity}{self.status(identity)}}}", indent=0)

    def status(self, identity: str) -> str:
        points = self.tools.points
        if points and identity in points.adapted:
            return " adapt=free"
        return ""

    def base(self) -> int:
        return 3 if self.in_clause else 0

    def item(self, paragraph: Paragraph) -> None:
        """An item of a list, at the depth that its label and its level say."""
        kind = kind_of(paragraph.label)
        if kind == "roman" and self.goes_on_as_letter(paragraph):
            kind = "letter"
        counts = paragraph.list or (paragraph.label if kind == "bullet" else "")
        key = (kind, paragraph.level, counts)
        rank = _RANKS[kind] * 10 + paragraph.level
        ended = -1
        while (
            self.lists
            and self.lists[-1].key != key
            and (self.lists[-1].rank >= rank or any(level.key == key for level in self.lists))
        ):
            ended = self.lists.pop().indent
        new = not self.lists or self.lists[-1].key != key
        if new:
            indent = self.lists[-1].inside if self.lists else self.base()
            self.lists.append(_Level(key, rank, indent, indent))
            self.note_list(paragraph, kind, runs_on=ended == indent)
        level = self.lists[-1]
        sign = "-" if kind == "bullet" else f"{self.start(paragraph, kind) if new else 1}."
        level.inside = level.indent + len(sign) + 1
        level.last = _letter(paragraph.label) if kind == "letter" else 0
        self.number(paragraph)
        braces = ""
        if self.tools.references.wanted(paragraph):
            identity = self.tools.ids.name(text_of(paragraph), "point")
            self.tools.references.name(paragraph, identity)
            braces = f" {{#{identity}}}"
        if (kind != "bullet" and not new) or kind == "bullet":
            self.glue(level.indent)
        self.put(f"{sign} {at_beginning(self.words(paragraph))}{braces}", indent=level.indent)

    def note_list(self, paragraph: Paragraph, kind: str, *, runs_on: bool) -> None:
        """Note a list that prints with other signs than in the file, or runs on from another."""
        ordered = [level for level in self.lists if level.key[0] != "bullet"]
        counts = ("letter", "roman", "roman") if self.lettered else ("decimal", "letter", "roman")
        prints = counts[min(len(ordered), 3) - 1]
        if kind == "bullet":
            return
        if runs_on:
            says = f"the list that begins with “{paragraph.label}” runs on from the one before it"
            self.ledger.by_hand(says, paragraph.spot, self.clause)
        elif kind != prints:
            says = f"the list that begins with “{paragraph.label}” {_PRINTS[prints]} now"
            self.ledger.by_hand(says, paragraph.spot, self.clause)

    def goes_on_as_letter(self, paragraph: Paragraph) -> bool:
        """Whether "(i)" or "(v)" is the letter that follows (h) or (u)."""
        last = next((level for level in reversed(self.lists) if level.key[0] == "letter"), None)
        return last is not None and last.last + 1 == _letter(paragraph.label)

    def start(self, paragraph: Paragraph, kind: str) -> int:
        """The number with which a list begins."""
        if kind == "decimal":
            return (numbers_of(paragraph.label) or (1,))[-1]
        if kind == "letter":
            return max(_letter(paragraph.label), 1)
        return 1

    def plain_paragraph(self, paragraph: Paragraph) -> None:
        self.close()
        text = self.words(paragraph)
        if not text:
            return
        points = self.tools.points
        braces = ""
        if points and not self.in_clause and self.pending_id:
            braces = f" {{#{self.pending_id}{self.status(self.pending_id)}}}"
        self.put(at_beginning(text) + braces, indent=self.base())
        self.pending_id = ""

    pending_id = ""
    """The id of a paragraph without a number that has an adaptation point."""

    def owner(self) -> str:
        """What guidance or a question is about."""
        return self.clause

    def words(self, paragraph: Paragraph) -> str:
        """The words of a paragraph as Markdown, adaptation points and references put in."""
        marks: dict[str, str] = {}
        children = paragraph.children
        points = self.tools.points
        if points is not None and any(
            sign in plain((each,)) for each in children for sign in "[<«{"
        ):
            clause = self.clause
            if not paragraph.label and not self.in_clause:
                clause = self.tools.ids.name(text_of(paragraph), "paragraph")
            points.parts[clause] = self.name
            before = len(marks)
            children = points.replaced(children, clause, paragraph.spot, marks)
            if not paragraph.label and not self.in_clause:
                self.pending_id = clause if len(marks) > before else ""
        if points is not None:
            points.marked(paragraph.children, paragraph.spot, self.clause)
        children = self.tools.references.replaced(children, paragraph.spot, marks)
        children = (*children, *self.pending)
        self.pending = []
        self.use_notes(children)
        return markdown(children, self.tools.note_labels, raw=marks)

    def use_notes(self, children: Sequence[Inline]) -> None:
        for child in children:
            if isinstance(child, NoteMark) and child.note in self.tools.notes:
                if child.note not in self.tools.note_labels:
                    self.tools.note_labels[child.note] = f"n{len(self.tools.note_labels) + 1}"
                if child.note not in self.notes:
                    self.notes.append(child.note)

    def note(self, identity: str) -> None:
        """A footnote below the text."""
        label = self.tools.note_labels[identity]
        words = [
            markdown(block.children, {}, breaks=False)
            for block in _own_paragraphs(self.tools.notes[identity].blocks)
        ]
        words = [text for text in words if text] or ["…"]
        self.put(f"[^{label}]: {at_beginning(words[0])}", indent=0)
        for text in words[1:]:
            self.put(at_beginning(text), indent=4)

    def unmarked_notes(self) -> None:
        """Notes whose mark stands in a heading, or alone, with no words after it that could have it."""
        for mark in self.pending:
            if mark.note in self.tools.notes and mark.note not in self.notes:
                for block in _own_paragraphs(self.tools.notes[mark.note].blocks):
                    self.put(at_beginning(markdown(block.children, {}, breaks=False)), indent=0)
                    says = "a footnote without words before its mark is a paragraph now"
                    self.ledger.by_hand(says, block.spot, self.name)
        self.pending = []

    def pictures(self, paragraph: Paragraph) -> None:
        for child in paragraph.children:
            if isinstance(child, Picture):
                named = child.name or "a drawing"
                shows = f", “{child.alt}”," if child.alt else ""
                says = f"the picture {named}{shows} stands here: save it into images/, and write `![…](images/…)`"
                self.ledger.by_hand(says, paragraph.spot, self.name)

    def blank_line(self, paragraph: Paragraph) -> int:
        """A line to write on, without words: room that a table or a signature block makes by itself."""
        self.pending += [each for each in paragraph.children if isinstance(each, NoteMark)]
        if any(isinstance(each, Blank) for each in paragraph.children):
            says = "a line to write on stands alone: a table with blank cells, or `::: signature`, makes room to write"
            self.ledger.by_hand(says, paragraph.spot, self.name)
        return 1

    # tables

    def table(self, table: Table, caption: Paragraph | None = None) -> None:
        """A table; one of a single cell is a box."""
        if len(table.rows) == 1 and len(table.rows[0].cells) == 1 and caption is None:
            self.box(Box(table.rows[0].cells[0].blocks, table.spot))
            return
        self.close()
        if caption is None and (fields := signing_fields(table)):
            self.block(fields, table.spot)
            return
        rows = [self.row(row.cells, table.spot) for row in table.rows]
        rows = [row for row in rows if row]
        if not rows:
            return
        columns = max(len(row) for row in rows)
        rows = [(*row, *("" for _ in range(columns - len(row)))) for row in rows]
        headed = table.rows[0].head or _is_head(table)
        words = self.caption(caption, table)
        flag = " {landscape}" if columns >= _WIDE else ""
        self.put(f"Table: {words}{flag}", indent=self.base())
        if headed:
            rows[0] = tuple(cell.replace("**", "") for cell in rows[0])
        head, body = (rows[0], rows[1:]) if headed else (tuple("" for _ in range(columns)), rows)
        body = body or [tuple("" for _ in range(columns))]
        lines = [_row(head), "|" + "---|" * columns, *map(_row, body)]
        self.put("\n".join(lines), indent=self.base())

    def caption(self, caption: Paragraph | None, table: Table) -> str:
        if caption is not None:
            text = text_of(caption)
            found = _CAPTION.match(text)
            if found:
                self.ledger.structure(found[0], "tables have no numbers", caption.spot)
                text = text[found.end() :]
            if text:
                return escaped(text)
        words = "Table"
        if self.part.title:
            words = self.heading or text_of(self.part.title)
        self.ledger.added(
            words, "every table has a caption; the words are those of its heading", table.spot
        )
        self.ledger.guessed(
            "a table without a caption has the words of its heading", table.spot, self.name
        )
        return escaped(words)

    def row(self, cells: Sequence[object], spot: Spot) -> tuple[str, ...]:
        made: list[str] = []
        for cell in cells:
            blocks, columns, below = cell.blocks, cell.columns, cell.below  # type: ignore[attr-defined]
            made.append("" if below and not _says(blocks) else self.cell(blocks))
            made += [""] * (columns - 1)
            if columns > 1 or below:
                self.ledger.guessed(
                    "merged cells stand apart; the words are in the first", spot, self.name
                )
        return tuple(made)

    def cell(self, blocks: Sequence[Block]) -> str:
        """All that stands in a cell, on one line."""
        pieces: list[str] = []
        for block in blocks:
            match block:
                case Paragraph():
                    self.pictures(block)
                    text = self.words(block).replace("\\\n", " ")
                    label = ""
                    if block.label and text:
                        label = escaped(f"{block.label} ")
                    if block.label and not block.typed:
                        self.ledger.added(
                            block.label, "the number of an item in a cell", block.spot
                        )
                    pieces.append(f"{label}{text}" if text.strip("\\_ ") or label else "")
                case Table():
                    self.ledger.by_hand(
                        "a table within a cell is run together: make a table of its own",
                        block.spot,
                        self.name,
                    )
                    pieces += [
                        "; ".join(filter(None, self.row(row.cells, block.spot)))
                        for row in block.rows
                    ]
                case Box(blocks=inner):
                    pieces.append(self.cell(inner))
        pieces = [piece for piece in pieces if piece]
        made = ""
        for piece in pieces:
            sign = "" if not made else " " if made[-1] in ".:;,?!" else "; "
            made += sign + piece
        return made

    # boxes and forms

    def box(self, box: Box) -> None:
        """A box: a thing to remember, headed by its own first words where they are set apart."""
        self.close()
        blocks = list(box.blocks)
        points = self.tools.points
        said = [each for each in _own_paragraphs(tuple(blocks)) if text_of(each)]
        if (
            points
            and said
            and all(
                points.is_instruction(each) or INSTRUCTION.search(text_of(each)) for each in said
            )
        ):
            for each in said:
                points.instruct(each, self.owner())
            return
        if any(isinstance(block, Table) for block in blocks):
            for block in blocks:
                self.entry(block, ())
            return
        label = ""
        if len(said) > 1 and (looks_like_heading(said[0]) or _is_head_line(text_of(said[0]))):
            label = " " + self.heading_words(said[0])
            blocks = blocks[blocks.index(said[0]) + 1 :]
        inner = PartWriter(self.part, self.name, "none", self.tools)
        inner.heading, inner.clause = self.heading, self.clause
        index = 0
        while index < len(blocks):
            index += inner.entry(blocks[index], blocks[index + 1 :])
        self.notes += [note for note in inner.notes if note not in self.notes]
        self.pending += inner.pending
        if not inner.lines:
            return
        if not label:
            self.ledger.guessed(
                "a box is headed “Remember”; write other words behind `::: remember`",
                box.spot,
                self.name,
            )
        text = "\n".join(inner.lines).strip("\n")
        self.put(f"::: remember{label}", indent=self.base())
        self.put(text, indent=self.base())
        self.put(":::", indent=self.base())

    def form(self, first: Paragraph, ahead: Sequence[Entry]) -> int:
        """Lines to fill in, one after another, as one block."""
        self.close()
        lines = [first]
        used = 1
        for entry in ahead:
            if isinstance(entry, Paragraph) and form_fields(entry):
                lines.append(entry)
            elif not (isinstance(entry, Paragraph) and not text_of(entry).strip("_ ")):
                break
            used += 1
        fields = [field for line in lines for field in form_fields(line)]
        spot = first.spot
        for line in lines:
            self.number(line)
            for said in _by_blanks(line):
                if not _is_label(said):
                    self.ledger.structure(said, "a field to fill in makes its own room", spot)
        if any(_SIGNING.search(field) for field in fields):
            self.block(fields, spot)
            return used
        self.ledger.guessed("lines to fill in became a table with blank cells", spot, self.name)
        words = self.heading or "Form"
        self.ledger.added(
            words, "every table has a caption; the words are those of its heading", spot
        )
        table = ["| | |", "|---|---|", *(f"| {escaped(field)} | |" for field in fields)]
        self.put(f"Table: {escaped(words)}", indent=self.base())
        self.put("\n".join(table), indent=self.base())
        return used

    def block(self, fields: Sequence[str], spot: Spot) -> None:
        """A block to sign."""
        who = self.signatory(fields)
        self.ledger.added(who, "who signs, as a guess", spot)
        self.ledger.guessed(f"lines to sign became a block for “{who}”", spot, self.name)
        rows = "\n".join(f"- {at_beginning(escaped(field))}" for field in fields)
        self.put(f"::: signature {who}", indent=self.base())
        self.put(rows, indent=self.base())
        self.put(":::", indent=self.base())

    def signatory(self, fields: Sequence[str]) -> str:
        for field in fields:
            if found := _NAMES_WHO.search(field):
                return found[1][:1].upper() + found[1][1:]
        if found := _OF_WHOM.match(self.heading):
            return found[1]
        for text in (" ".join(fields), self.heading):
            for pattern, who in _WHO:
                if pattern.search(text):
                    return who
        return "Member of staff"

    def signers(self) -> str:
        """Who signs a part that is a form: an appendix with a block to sign, or a section that says so in its title."""
        if "::: signature" not in "\n".join(self.lines):
            return ""
        if self.part.kind == "section" and (self.part.label or not self.is_form()):
            return ""
        signing = next(line for line in self.lines if "::: signature" in line)
        if "Pupil" in signing:
            return "pupils"
        return "parents" if "Parent" in signing else "staff"

    def is_form(self) -> bool:
        """Whether the title of the part says that it is a form."""
        return self.part.title is not None and bool(_FORM.search(text_of(self.part.title)))

    # lines

    def put(self, text: str, *, indent: int) -> None:
        """A block of its own."""
        if self.lines and self.lines[-1] != "" and not self.tight:
            self.lines.append("")
        self.tight = False
        pad = " " * indent
        first, *rest = text.split("\n")
        more = pad
        marker = re.match(r"(?:-|\d+\.) ", first)
        if (
            marker
            and not first.startswith("|")
            and len(rest)
            and not rest[0].startswith(("-", "|"))
        ):
            more = pad + " " * len(marker[0])
        self.lines.append(pad + first)
        self.lines += [(more + line) if line else "" for line in rest]

    tight = False
    lettered = False
    """Whether ordered lists are lettered here, because they belong to a clause."""

    def glue(self, indent: int) -> None:
        """Put the next item directly below the one before it in its list."""
        last = self.lines[-1] if self.lines else ""
        self.tight = (
            bool(re.match(r" *(?:-|\d+\.) ", last)) and len(last) - len(last.lstrip()) >= indent
        )

    def close(self) -> None:
        """End every open list."""
        self.lists.clear()


def _letter(label: str) -> int:
    """Which letter of the alphabet a label is; 0 for none."""
    core = label.strip("(). ").lower()
    if len(core) == 1 and "a" <= core <= "z":
        return ord(core) - ord("a") + 1
    return 0


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _is_head_line(text: str) -> bool:
    """Whether the first line of a box is its heading: a few words that end without a sign."""
    return len(text.split()) <= 6 and text[-1:].isalnum()


def _own_paragraphs(blocks: Sequence[Block]) -> Iterator[Paragraph]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block


def _says(blocks: Sequence[Block]) -> bool:
    return any(text_of(each) for each in _own_paragraphs(blocks))


def _is_head(table: Table) -> bool:
    """Whether the first row looks like the head of a table: in bold, and not the next row, or with blank rows below."""

    def bold(row: int) -> bool:
        words = [
            child
            for cell in table.rows[row].cells
            for each in _own_paragraphs(cell.blocks)
            for child in each.children
            if isinstance(child, Words) and child.text.strip()
        ]
        return bool(words) and all(child.bold for child in words)

    if len(table.rows) < 2 or not all(_says(cell.blocks) for cell in table.rows[0].cells):
        return False
    if not any(_says(cell.blocks) for row in table.rows[1:] for cell in row.cells):
        return True  # rows to fill in
    return bold(0) and not bold(1)


def is_caption(paragraph: Paragraph) -> bool:
    """Whether a paragraph is the caption of what follows or precedes it."""
    return paragraph.style.lower() == "caption" or (
        bool(_CAPTION.match(text_of(paragraph))) and len(text_of(paragraph).split()) < 20
    )


def form_fields(paragraph: Paragraph) -> tuple[str, ...]:
    """The labels of a line to fill in: words, each followed by room to write; nothing for any other line."""
    children = paragraph.children
    if not any(isinstance(each, Blank) and not each.holds for each in children):
        return ()
    if any(isinstance(each, Tick | NoteMark | Picture) for each in children):
        return ()
    *said, rest = _by_blanks(paragraph)
    fields = [_label(each) for each in said if _is_label(each)]
    if _is_label(rest):
        if not fields or len(rest.split()) > 4 or rest.strip()[:1].islower():
            return ()
        fields.append(_label(rest))
    if any(len(field.split()) > 9 for field in fields):
        return ()
    return tuple(fields)


def signing_fields(table: Table) -> tuple[str, ...]:
    """The labels of a table that is a block to sign: each with a blank cell behind it, or with a colon at its end."""
    fields: list[str] = []
    for row in table.rows:
        texts = [
            " ".join(text_of(each) for each in _own_paragraphs(cell.blocks)).strip("_ ")
            for cell in row.cells
        ]
        for text, behind in zip(texts, [*texts[1:], "."], strict=True):
            if text and (len(text.split()) > 6 or not (text.endswith(":") or not behind)):
                return ()
            fields += [_label(text)] if text else []
    if not any(map(_SIGNING.search, fields)):
        return ()
    return tuple(fields)


def _by_blanks(paragraph: Paragraph) -> list[str]:
    """The words before each blank of a line, and those behind the last."""
    said = [""]
    for child in paragraph.children:
        if isinstance(child, Blank) and not child.holds:
            said.append("")
        else:
            said[-1] += plain((child,))
    return said


def _is_label(text: str) -> bool:
    """Whether some words say what to write on a line; “/ 20” of a date does not."""
    return any(letter.isalpha() for letter in text)


def _label(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .,;/\u00a0").removesuffix(":").strip()
