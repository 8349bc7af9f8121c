"""From what a file holds to a policy in our language, as a proposal: texts, questions, and all that was guessed.

What the file does not say is not made up: it stands as an open point, which `check` reports.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policygen.moving.found import (
    Block,
    Found,
    Paragraph,
    Spot,
    Table,
    Words,
    paragraphs,
    rewritten,
    text_of,
)
from policygen.moving.front import Front, front_of
from policygen.moving.labels import tidied
from policygen.moving.ledger import Ledger
from policygen.moving.naming import Names
from policygen.moving.outline import APPENDIX, Outline, Part, outline
from policygen.moving.points import Points, Question
from policygen.moving.referring import References
from policygen.moving.writing import PartWriter, Scheme, Tools, Written, scheme_of

_ISSUER = re.compile(
    r"\b((?:[A-Z][\w’'&-]+ ){1,5}(?:County Council|City Council|Borough Council|Council|Learning Trust|Academy Trust"
    r"|Academies Trust|Education Trust|Trust))\b"
)
_SCHOOL = re.compile(
    r"(?<![\w’'.&-])((?:[A-Z][\w’'.&-]*,? ){1,6}(?:School|Academy|College|Nursery|Federation))\b"
    r"(?! [A-Z]?(?:HR|Policy|Staff))"
)
_BOARD = re.compile(r"(?i)\b(?:full )?governing (?:body|board)|\bgovernors\b")
_COMMITTEE = re.compile(r"(?i)\b(?:[\w&]+ ){0,3}committee\b")
_TRUST_BOARD = re.compile(r"(?i)\b(?:trust board|board of trustees|trustees|directors)\b")
_OFTEN = (
    r"[^.\n]{0,60}?\b(annual|yearly|(?:every|each) year|bi-?ennial|every (two|three|four|\d) years"
    r"|every (\d{1,2}) months)"
)
_REVIEW = re.compile(
    rf"(?:\b(?:policy|document|procedures?|code)\b[^.\n]{{0,60}}?\breview(?:ed|s)?\b"
    rf"|^\W*(?:next |frequency of )?review\b){_OFTEN}",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBERS = {"two": 2, "three": 3, "four": 4}


@dataclass(frozen=True)
class Said:
    """What a file says of itself, so far as it is clear; empty where it is not."""

    title: str
    issuer: str = ""
    kind: str = ""
    body: str = ""
    review_months: int = 0
    school: str = ""
    history: tuple[Mapping[str, str], ...] = ()
    """The rows of its version table, so far as they can be read."""


@dataclass(frozen=True)
class Proposed:
    """A policy in our language, as a file has it."""

    said: Said
    sections: tuple[Written, ...]
    forms: tuple[Written, ...]
    """Those that stand among the sections of the file."""
    appendices: tuple[Written, ...]
    numbering: Scheme
    questions: Mapping[str, Question]
    guidance: Mapping[str, str]
    contents: int
    ledger: Ledger
    labels: Mapping[str, tuple[str, Spot]] = field(default_factory=dict)
    """The number that each id had in the file."""

    @property
    def parts(self) -> tuple[Written, ...]:
        """In the order in which they print."""
        return (*self.sections, *self.forms, *self.appendices)


def propose(found: Found, *, for_school: bool = False) -> Proposed:
    """A policy in our language. A school's own keeps its words, also those in brackets."""
    found, hidden = _without_hidden(found)
    found = tidied(found)
    divided = _with_sections(_with_opening(outline(found)))
    ids = _Ids(divided)
    # Once to learn under which id each number stands, and once more with every reference in place.
    first = _write(
        found, divided, ids.fresh(), References(Ledger()), Ledger(), for_school=for_school
    )
    references = replace(first.references, ledger=(ledger := Ledger()))
    written = _write(found, divided, ids.fresh(), references, ledger, for_school=for_school)
    front = front_of(divided.front)
    if not for_school:
        front = replace(front, history=())
    _note_rest(found, divided, front, ledger)
    for words, spot in hidden:
        ledger.left_out(words, "hidden words are on no page", spot)
        ledger.by_hand(f"“{words.strip()}” is hidden in the file, and left out", spot)
    said = _said(found, divided, front, ledger)
    sections = tuple(each for each in written.parts if each.part.kind == "section")
    forms = tuple(each for each in sections if each.signed_by)
    if len(forms) == len(sections):
        sections, forms = tuple(replace(each, signed_by="") for each in sections), ()
    for form in forms:
        ledger.guessed("a form is a file of its own and stands after the sections", None, form.name)
    sections = tuple(each for each in sections if each not in forms)
    appendices = tuple(each for each in written.parts if each.part.kind == "appendix")
    points = written.points
    if points is not None:
        _settle_owners(points, written.parts)
    labels = {key: value for each in written.parts for key, value in each.labels.items()}
    return Proposed(
        said,
        sections,
        forms,
        appendices,
        _usual(sections or appendices),
        points.questions if points else {},
        {key: " ".join(texts) for key, texts in points.guidance.items()} if points else {},
        1 if divided.contents or len(sections) > 5 else 0,
        ledger,
        labels,
    )


def _without_hidden(found: Found) -> tuple[Found, list[tuple[str, Spot]]]:
    """The file without words that are on no page, and these."""
    hidden: list[tuple[str, Spot]] = []

    def shown(paragraph: Paragraph) -> Paragraph:
        gone = [each for each in paragraph.children if isinstance(each, Words) and each.hidden]
        if text := "".join(each.text for each in gone).strip():
            hidden.append((text, paragraph.spot))
        children = tuple(each for each in paragraph.children if each not in gone)
        if gone:
            return replace(paragraph, children=children)
        return paragraph

    notes = tuple(replace(note, blocks=rewritten(note.blocks, shown)) for note in found.notes)
    return replace(found, blocks=rewritten(found.blocks, shown), notes=notes), hidden


def _settle_owners(points: Points, parts: Sequence[Written]) -> None:
    """Give what is about a clause that has no words of its own to the part around it."""
    ids = {found for part in parts for found in re.findall(r"\{#([a-z0-9-]+)", part.text)}

    def owner(clause: str) -> str:
        if clause in ids:
            return clause
        return points.parts.get(clause, clause)

    guidance: dict[str, list[str]] = {}
    for clause, texts in points.guidance.items():
        guidance.setdefault(owner(clause), []).extend(texts)
    points.guidance = guidance
    for key, question in points.questions.items():
        clauses = tuple(dict.fromkeys(map(owner, question.clauses)))
        points.questions[key] = replace(question, clauses=clauses)


@dataclass(frozen=True)
class _Pass:
    parts: tuple[Written, ...]
    references: References
    points: Points | None


@dataclass(frozen=True)
class _Ids:
    divided: Outline

    def fresh(self) -> tuple[Names, list[str]]:
        """New names, and that of each part."""
        names = Names()
        return names, [
            names.name(_words(part), f"{part.kind} {part.label}") for part in self.divided.parts
        ]


def _words(part: Part) -> str:
    shown = part.subtitle or part.title
    words = text_of(shown) if shown else "Introduction"
    if part.kind == "appendix":
        return APPENDIX.sub("", words, count=1) or words
    return words


def _write(
    found: Found,
    divided: Outline,
    named: tuple[Names, list[str]],
    references: References,
    ledger: Ledger,
    *,
    for_school: bool,
) -> _Pass:
    ids, names = named
    points = None if for_school else Points(ledger)
    tools = Tools(ledger, ids, points, references, {note.id: note for note in found.notes}, {})
    schemes = [scheme_of(part) for part in divided.parts]
    usual = Counter(
        scheme for part, scheme in zip(divided.parts, schemes, strict=True) if part.label
    ).most_common(1)
    written = []
    for part, name, own in zip(divided.parts, names, schemes, strict=True):
        scheme = own
        if part.kind == "section" and usual and own == "none":
            scheme = "headings"  # the series of numbers goes on around it
        if part.title is not None:
            references.name(part.title, name)
        if part.kind == "appendix":
            references.appendices[part.label.split()[-1].upper()] = name
        written.append(PartWriter(part, name, scheme, tools).write())
    return _Pass(tuple(written), references, points)


def _usual(parts: Sequence[Written]) -> Scheme:
    if parts:
        return Counter(part.scheme for part in parts).most_common(1)[0][0]
    return "none"


def _with_opening(divided: Outline) -> Outline:
    """The outline with sentences that stand before the first heading in a section of their own."""
    kept: list[Block] = []
    front: list[Block] = []
    for block in divided.front:
        is_text = isinstance(block, Paragraph) and (_is_sentence(block) or bool(block.label))
        is_text |= isinstance(block, Table) and _tells(block) and not _is_record(block)
        (kept if is_text or (kept and not _is_record(block)) else front).append(block)
    if not divided.parts:
        kept, front = [*front, *kept], []
        kept = list(divided.front)
    if not kept:
        return divided
    opening = Part("section", None, "", tuple(kept))
    return replace(divided, front=tuple(front), parts=(opening, *divided.parts))


def _with_sections(divided: Outline) -> Outline:
    """The outline with sections where it has appendices alone."""
    if any(part.kind == "section" for part in divided.parts):
        return divided
    parts = tuple(replace(part, kind="section", label="") for part in divided.parts)
    return replace(divided, parts=parts)


def _tells(table: Table) -> bool:
    """Whether a table has sentences in its cells, as one has that holds the text itself."""
    return sum(map(_is_sentence, paragraphs((table,)))) > 1


def _is_sentence(paragraph: Paragraph) -> bool:
    text = text_of(paragraph)
    return len(text.split()) > 11 or (len(text.split()) > 5 and text.endswith("."))


def _is_record(block: Block) -> bool:
    """Whether a block of the first page says of the document who made it and when."""
    words = " ".join(text_of(each) for each in paragraphs((block,)))
    return bool(
        re.search(
            r"(?i)\b(?:version|review|approved|adopted|ratified|date|author|owner|signed)\b", words
        )
    )


def _note_rest(found: Found, divided: Outline, front: Front, ledger: Ledger) -> None:
    """Note every word that is no text of the policy: its title, its first page, contents, headers, comments."""
    if divided.title is not None:
        ledger.structure(
            f"{_label(divided.title)}{text_of(divided.title)}",
            "the title: `title:` in template.yaml",
            divided.title.spot,
        )
    for line in divided.contents:
        ledger.left_out(
            f"{_label(line)}{_unnumbered(line)}", "contents are made when it prints", line.spot
        )
    for block in divided.front:
        _note_front(block, front, ledger)
    for margin in found.margins:
        for each in paragraphs(margin.blocks):
            ledger.left_out(
                f"{_label(each)}{text_of(each)}",
                f"page {margin.kind}s are made when it prints",
                each.spot,
            )
    for comment in found.comments:
        ledger.left_out(comment.text, f"a comment by {comment.author or 'somebody'}", comment.spot)
        says = f"comment by {comment.author or 'somebody'} on “{comment.about}”: {comment.text}"
        ledger.by_hand(says, comment.spot)
    used = {
        child.note
        for each in paragraphs(found.blocks)
        for child in each.children
        if hasattr(child, "note")
    }
    for note in found.notes:
        if note.id not in used:
            for each in paragraphs(note.blocks):
                ledger.left_out(text_of(each), "nothing in the text leads to this note", each.spot)


def _note_front(block: Block, front: Front, ledger: Ledger) -> None:
    """Note the words of a block of the first page; of a table together, without those that were read."""
    left: list[Paragraph] = []
    for each in paragraphs((block,)):
        why = "the first page is made of template.yaml, school.yaml and the register"
        ledger.left_out(f"{_label(each)}{text_of(each)}", why, each.spot)
        if text_of(each).strip("_ ") and each.spot not in front.read:
            left.append(each)
    if isinstance(block, Table) and left:
        text = "; ".join(f"{_label(each)}{text_of(each)}" for each in left)
        ledger.by_hand(f"“{text}” stands in a table before the text: {_home(text)}", left[0].spot)
        return
    for each in left:
        text = f"{_label(each)}{text_of(each)}"
        ledger.by_hand(f"“{text}” stands before the text: {_home(text)}", each.spot)


def _label(paragraph: Paragraph) -> str:
    return f"{paragraph.label} " if paragraph.typed else ""


def _unnumbered(paragraph: Paragraph) -> str:
    return text_of(paragraph).replace("____", " ")


def _home(text: str) -> str:
    """Where something that stands on a first page belongs."""
    lower = text.lower()
    if re.search(r"review", lower):
        return "`adoption.review_months` in template.yaml, or `review` in the adoption"
    if re.search(r"version|issue \d", lower):
        return "`version` and `history` in the adoption"
    if re.search(r"approved|adopted|ratified|agreed|governing|committee", lower):
        return "`adoption.body` in template.yaml, or `history` in the adoption"
    if _SCHOOL.search(text):
        return "`name` in school.yaml"
    if _ISSUER.search(text):
        return "`issuer` in template.yaml"
    if re.search(r"signed|chair", lower):
        return "`adoption.signatories` in template.yaml"
    return "write it where it belongs, or leave it out"


def _said(found: Found, divided: Outline, front: Front, ledger: Ledger) -> Said:
    """What the file says of itself."""
    title = text_of(divided.title) if divided.title else front.title
    if not title:
        title = found.properties.get("title", "").strip() or _from_name(found.name)
        ledger.by_hand(f"the file has no title; `{title}` is a guess by its name", None, "title")
    early = [text_of(each) for each in paragraphs(divided.front)]
    beside = [text_of(each) for margin in found.margins for each in paragraphs(margin.blocks)]
    all_words = [text_of(each) for each in paragraphs(found.blocks)]
    issuer = _most(_ISSUER, [*early, *beside, *all_words])
    school = _most(_SCHOOL, [*early, *beside, *all_words])
    record = " \n".join([*early, *beside])
    body = ""
    if re.search(r"(?i)approv|adopt|ratif|agreed", record):
        body = (
            "trust-board"
            if _TRUST_BOARD.search(record)
            else "committee"
            if _COMMITTEE.search(record)
            else "full-board"
            if _BOARD.search(record)
            else ""
        )
    months = front.review_months or _review(record) or _review(" \n".join(all_words))
    for says, value, now in (
        ("who issues it", issuer, "issuer.name"),
        ("who approves it", body, "adoption.body"),
        (
            "how often it is reviewed",
            f"{months} months" if months else "",
            "adoption.review_months",
        ),
    ):
        if value:
            ledger.guessed(f"{says}: {value}", None, now)
        else:
            ledger.by_hand(f"the file does not say {says}", None, now)
    kind = ""
    if issuer:
        kind = "trust" if issuer.endswith("Trust") else "la"
    if school:
        ledger.offered(
            f"“{school}” stands in the text: print `{{{{ school.name }}}}` in its place",
            None,
            "school.name",
        )
    if front.history:
        first, last = front.history[0]["version"], front.history[-1]["version"]
        versions = f"version {first}"
        if first != last:
            versions = f"versions {first} to {last}"
        ledger.guessed(f"{versions} of the file became the history", None, "history")
    _offer_people(all_words, ledger)
    return Said(title, issuer, kind, body, months, school, front.history)


_ROLE_OF = {
    "dsl": r"designated safeguarding lead|\bDSL\b",
    "head": r"head ?teacher|principal",
    "chair": r"chair of (?:the )?(?:governors|governing \w+)",
    "dpo": r"data protection officer|\bDPO\b",
    "senco": r"SENCO",
}


def _offer_people(texts: Iterable[str], ledger: Ledger) -> None:
    """Offer names that stand beside a role as facts."""
    offered = set()
    for text in texts:
        for role, pattern in _ROLE_OF.items():
            found = re.search(
                rf"(?i:{pattern})(?: is|:| –| -|,)? ((?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?[A-Z][a-z]+ [A-Z][a-z]+)\b",
                text,
            )
            if found and (role, found[1]) not in offered:
                offered.add((role, found[1]))
                ledger.offered(
                    f"“{found[1]}” is named: print `{{{{ people.{role}.name }}}}`",
                    None,
                    f"people.{role}.name",
                )


def _most(pattern: re.Pattern[str], texts: Sequence[str]) -> str:
    counted = Counter(
        re.sub(r"^(?:The|At|In|Of|For|And) ", "", found[1])
        for text in texts
        for found in pattern.finditer(text)
    )
    return counted.most_common(1)[0][0] if counted else ""


def _review(text: str) -> int:
    found = _REVIEW.search(text)
    if not found:
        return 0
    words = found[0].lower()
    if found[3]:
        return int(found[3])
    if found[2]:
        return 12 * (_NUMBERS.get(found[2].lower()) or int(found[2]))
    return 24 if "ennial" in words else 12


def _from_name(name: str) -> str:
    stem = re.sub(r"[_\-]+", " ", name.rpartition(".")[0] or name)
    return re.sub(r"\s+", " ", stem).strip() or "Policy"
