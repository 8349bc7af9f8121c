"""Numbers, letters and bullets that somebody typed, lines of dots and boxes to tick: what signs in a text mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from policygen.moving.found import (
    Blank,
    Block,
    Cell,
    Found,
    Gap,
    Inline,
    Paragraph,
    Table,
    Tick,
    Words,
    plain,
    rewritten,
    text_of,
)
from policygen.moving.wordstyles import BULLETS

Kind = Literal["decimal", "letter", "roman", "bullet"]

_BULLETS = "•·▪▫◦●○■➢➤►‣✓✔❖§–—*"
_TYPED = re.compile(
    rf"""\s*(?:
    (?P<decimals>\d{{1,2}}(?:\.\d{{1,2}}){{1,4}}[.)]?)(?=\s|[A-Z“‘(])   # 3.1, 3.1.2.
    | (?P<dotted>\(?\d{{1,2}}[.)])(?=\s+\S|[A-Z])                       # 3. 3) (3)
    | (?P<bracketed>\(?(?:[a-z]{{1,2}}|[ivx]{{1,5}})\))(?=\s*\S)          # (a) a) (iv)
    | (?P<lettered>(?:[a-hj-z]|[ivx]{{1,5}})\.)(?=\s+\S)                # a. iv.
    | (?P<capital>\(?[A-Z]\)|[A-Z]\.(?=\t))(?=\s*\S)                    # A) (A)
    | (?P<bullet>[{re.escape(_BULLETS)}])(?=\s)
    | (?P<hyphen>-|o|\uf0b7)(?=\t|\s{{2,}}|\s(?=\S))
    )\s*""",
    re.VERBOSE,
)
_NUMBER_AND_TAB = re.compile(r"\s*(\d{1,2})\t\s*")
_NUMBER_AND_SPACE = re.compile(r"\s*(\d{1,2})\s+(?=[A-Z])")
_BLANK = re.compile(r"(?:_[_ ]*){3,}|(?:\.[. ]?){5,}|…[…. ]+|(?:-){6,}|\[\s{2,}\](?!\()")
_TICK = re.compile(r"[☐☑☒□]|\[ ?\](?!\()")
_TO_SIGN = re.compile(
    r"(?:signed|signature|print name|date)(?: (?:of|by) [\w ]+| \([^)]*\))?:", re.IGNORECASE
)
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MEASURE = re.compile(r"[a-z%£]")


def tidied(found: Found) -> Found:
    """The same file with what signs mean: typed labels apart, lines to write on and boxes to tick known as such."""
    notes = tuple(replace(note, blocks=rewritten(note.blocks, _tidied)) for note in found.notes)
    return replace(found, blocks=rewritten(tuple(_split(found.blocks)), _tidied), notes=notes)


def _split(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Blocks with each line of a paragraph that begins with a typed label as a paragraph of its own."""
    for block in blocks:
        if isinstance(block, Table) and (clauses := _numbered_rows(block)):
            yield from _split(clauses)
            continue
        if not isinstance(block, Paragraph):
            yield block
            continue
        first, *rest = _by_breaks(block.children)
        for line in rest:
            if without_label(line[1:], heading=False)[0]:
                yield replace(block, children=first)
                plain_again = {"heading": 0, "label": "", "typed": False, "level": 0, "list": ""}
                block = replace(block, **plain_again, bookmarks=(), comments=())  # type: ignore[arg-type]  # noqa: PLW2901
                first = line[1:]
            else:
                first = (*first, *line)
        yield replace(block, children=first)


def _numbered_rows(table: Table) -> tuple[Block, ...]:
    """What stands in a table that only sets numbers such as 3.1 beside clauses; nothing of any other table."""
    made: list[Block] = []
    for row in table.rows:
        match row.cells:
            case (
                Cell(blocks=(Paragraph() as number,)),
                Cell(blocks=(Paragraph() as first, *rest)),
            ):
                label = text_of(number)
                if len(numbers_of(label)) < 2 or not text_of(first) or first.label:
                    return ()
                made += [replace(first, label=label, typed=True), *rest]
            case _:
                return ()
    return tuple(made)


def _by_breaks(children: tuple[Inline, ...]) -> list[tuple[Inline, ...]]:
    """The lines of a paragraph, each but the first with the break before it."""
    lines: list[list[Inline]] = [[]]
    for child in children:
        if isinstance(child, Gap) and child.kind == "break":
            lines.append([])
        lines[-1].append(child)
    return [joined(tuple(line)) for line in lines]


def _tidied(paragraph: Paragraph) -> Paragraph:
    children = _underlined_heading(joined(tuple(map(_with_signs, paragraph.children))))
    if not paragraph.label:
        label, children = without_label(children, heading=bool(paragraph.heading))
        if label:
            paragraph = replace(
                paragraph, label=label, typed=True, level=level_of(paragraph, label)
            )
    return replace(paragraph, children=_with_room(tuple(_signs(children))))


def _with_signs(child: Inline) -> Inline:
    """Words without letters of fonts of signs, which no other font has."""
    if not isinstance(child, Words) or not _PRIVATE.search(child.text):
        return child
    return replace(child, text=_PRIVATE.sub(lambda found: sign_of(found[0]), child.text))


def sign_of(letter: str) -> str:
    """What a letter of a font of signs shows; a bullet where that cannot be known."""
    if letter in BULLETS:
        return BULLETS[letter]
    if letter in ("\uf06f", "\uf071", "\uf072", "\uf0a3"):
        return "☐"
    if letter in ("\uf0fe", "\uf0fd", "\uf052", "\uf054"):
        return "☒"
    if letter.isprintable() and not _PRIVATE.match(letter):
        return letter
    return "•"


def _with_room(children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Lines to sign that have room and no line: “Signed:”, and “Date:” some breaks below it."""
    lines = [line.strip() for line in _lines(children) if line.strip()]
    if not lines or not all(map(_TO_SIGN.fullmatch, lines)):
        return children
    made: list[Inline] = []
    for child in children:
        if isinstance(child, Words) and child.text.strip():
            made += [child, Blank(change=child.change)]
    return tuple(made)


def _lines(children: tuple[Inline, ...]) -> list[str]:
    return "".join(
        "\n" if isinstance(each, Gap) and each.kind == "break" else plain((each,))
        for each in children
    ).split("\n")


def _underlined_heading(children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """The tab between the number and the words of an underlined heading is no line to write on."""
    match children:
        case (
            Words(text=number, underlined=True),
            Blank(holds="") as tab,
            Words(text=words, underlined=True),
            *_,
        ) if words.strip() and numbers_of(number):
            return (children[0], Gap("tab", tab.change), *children[2:])
        case _:
            return children


def level_of(paragraph: Paragraph, label: str) -> int:
    """How deep a typed label says that its paragraph stands."""
    if kind_of(label) == "decimal":
        return max(label.strip("().").count("."), 0)
    return paragraph.level


def joined(children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Neighbouring words that look alike as one; blanks at the ends taken away."""
    made: list[Inline] = []
    for child in children:
        last = made[-1] if made else None
        if isinstance(child, Words) and not child.text:
            continue
        if isinstance(child, Words) and isinstance(last, Words) and _alike(last, child):
            made[-1] = replace(last, text=last.text + child.text)
        elif isinstance(child, Words) and not child.text.strip() and isinstance(last, Words):
            # A blank between words looks like neither of them.
            made[-1] = replace(last, text=last.text + child.text)
        else:
            made.append(child)
    return tuple(made)


def _alike(one: Words, other: Words) -> bool:
    return replace(one, text="", underlined=False) == replace(other, text="", underlined=False)


def without_label(children: tuple[Inline, ...], *, heading: bool) -> tuple[str, tuple[Inline, ...]]:
    """The label that somebody typed before some words, and the words without it."""
    text = "".join(
        "\t" if isinstance(each, Gap) and each.kind == "tab" else plain((each,))
        for each in children
    )
    found = _TYPED.match(text)
    label = found[0] if found else ""
    measure = found and len(numbers_of(found["decimals"] or "")) == 2 and "\t" not in label
    if found and measure and _MEASURE.match(text[found.end() :]):
        return "", children  # 2.5 metres
    if not found:
        bare = _NUMBER_AND_TAB.match(text)
        if bare is None and heading:
            bare = _NUMBER_AND_SPACE.match(text)
        label = bare[0] if bare else ""
    if not label or not text[len(label) :].strip():
        return "", children
    return label.strip(), _cut(children, len(label))


def _cut(children: tuple[Inline, ...], letters: int) -> tuple[Inline, ...]:
    """Some words without as many of their first letters; a gap counts as one."""
    kept: list[Inline] = []
    for child in children:
        length = len(plain((child,)))
        if letters >= length:
            letters -= length
            if not length:
                kept.append(child)
        elif letters and isinstance(child, Words):
            kept.append(replace(child, text=child.text[letters:]))
            letters = 0
        else:
            kept.append(child)
            letters = 0
    return tuple(kept)


def _signs(children: tuple[Inline, ...]) -> Iterator[Inline]:
    for child in children:
        if not isinstance(child, Words):
            yield child
            continue
        at = 0
        signs = sorted(
            (*_BLANK.finditer(child.text), *_TICK.finditer(child.text)),
            key=lambda each: each.start(),
        )
        for sign in signs:
            if sign.start() < at:
                continue
            if sign.start() > at:
                yield replace(child, text=child.text[at : sign.start()])
            if _TICK.fullmatch(sign[0]):
                yield Tick(sign[0] in "☑☒", child.change)
            else:
                yield Blank(change=child.change)
            at = sign.end()
        if at < len(child.text):
            yield replace(child, text=child.text[at:])


def kind_of(label: str) -> Kind:
    """What a label counts with."""
    core = label.strip("().[]: ")
    if re.fullmatch(r"(?:[A-Z]\.?)?\d+(?:\.\d+)*", core):
        return "decimal"
    if core == "o" or not core or not core.isalnum():
        return "bullet"
    if re.fullmatch(r"[ivx]+", core.lower()):
        return "roman"
    return "letter"


def numbers_of(label: str) -> tuple[int, ...]:
    """The numbers of a decimal label: (3, 1) of "3.1."; nothing of any other."""
    core = label.strip("().[]: ")
    if not re.fullmatch(r"\d+(?:\.\d+)*", core):
        return ()
    return tuple(map(int, core.split(".")))


def looks_like_heading(paragraph: Paragraph, *, numbered: bool = False) -> bool:
    """Whether a paragraph looks like a heading: short, no sentence, and set apart from the text."""
    words = [
        child for child in paragraph.children if isinstance(child, Words) and child.text.strip()
    ]
    text = text_of(paragraph)
    if not words or len(text) > 90 or len(text.split()) > 12 or text.endswith((".", ";", ",")):
        return False
    if any(not isinstance(child, Words | Gap) for child in paragraph.children):
        return False
    if not any(letter.isalpha() for letter in text):
        return False
    capitals = text.upper() == text and len(text) > 3
    bold = all(child.bold for child in words) or all(child.underlined for child in words)
    return bold or capitals or (numbered and not text.endswith((":", "?")))
