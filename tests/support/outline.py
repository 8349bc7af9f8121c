"""A document tree as a few readable lines, so that a test can show what it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.language.document import (
    AudiencePart,
    Block,
    Callout,
    Clause,
    Code,
    Definitions,
    Emphasis,
    FootnoteMark,
    Image,
    Inline,
    ItemList,
    LineBreak,
    Link,
    Paragraph,
    Quote,
    Reference,
    ReferenceMark,
    Section,
    SignatureBlock,
    Strong,
    Subhead,
    Table,
    Text,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def outline(sections: Iterable[Section]) -> str:
    return "\n".join(line for section in sections for line in lines([section], ""))


def lines(blocks: Iterable[Block], indent: str) -> Iterator[str]:
    deeper = indent + "  "
    for block in blocks:
        match block:
            case Section():
                hidden = "" if block.contents else " (not in contents)"
                yield f"{indent}{_start(block.label)}“{words(block.title)}” {_id(block.id)}{hidden}"
                yield from lines(block.blocks, deeper)
                for note in block.footnotes:
                    yield f"{deeper}note {note.number} {_id(note.id)}"
                    yield from lines(note.blocks, deeper + "  ")
            case Clause():
                title = f"“{words(block.title)}” " if block.title else ""
                local = f" {block.local}" if block.local else ""
                status = "" if block.adapt == "locked" else f" {block.adapt}"
                yield f"{indent}{_start(block.number or 'clause')}{title}{_id(block.id)}{status}{local}"
                yield from lines(block.blocks, deeper)
            case Paragraph():
                yield f"{indent}{words(block.children)}{_tail(block.id)}"
            case Subhead():
                yield f"{indent}{'#' * block.level} {words(block.children)}{_tail(block.id)}"
            case ItemList():
                for item in block.items:
                    first, *rest = [*lines(item.blocks, "")] or [""]
                    yield f"{indent}{item.label or '•'} {first}{_tail(item.id)}"
                    yield from (f"{deeper}{line}" for line in rest)
            case Table():
                unlabelled = "" if block.labelled else " unlabelled"
                yield f"{indent}table “{words(block.caption)}”{_tail(block.id)}{unlabelled}"
                for row in (block.head, *block.rows):
                    yield (
                        f"{deeper}| {' | '.join(words(cell.children) or '_' for cell in row)} |"
                        if row
                        else f"{deeper}|"
                    )
            case Callout():
                own = f" “{words(block.label)}”" if block.label else ""
                yield f"{indent}{block.kind}{own}{_tail(block.id)}"
                yield from lines(block.blocks, deeper)
            case Quote():
                yield f"{indent}quote{_tail(block.id)}"
                yield from lines(block.blocks, deeper)
                if block.source:
                    yield f"{deeper}source {words(block.source)}"
            case SignatureBlock():
                yield f"{indent}signature {block.signatory}: {', '.join(words(each) for each in block.fields)}"
            case AudiencePart():
                yield f"{indent}for {block.audience}{_tail(block.id)}"
                yield from lines(block.blocks, deeper)
            case Definitions():
                for entry in block.entries:
                    yield f"{indent}{words(entry.term)}:"
                    for meaning in entry.meanings:
                        yield from lines(meaning, deeper)


def words(children: Iterable[Inline]) -> str:
    return "".join(_word(child) for child in children)


def _word(child: Inline) -> str:
    match child:
        case Text():
            return child.text
        case Value():
            return f"⟨{child.text.replace(chr(10), '⏎')}⟩"
        case Emphasis():
            return f"*{words(child.children)}*"
        case Strong():
            return f"**{words(child.children)}**"
        case Code():
            return f"`{child.text}`"
        case Link():
            return f"[{words(child.children)}]({child.address})"
        case Reference():
            return f"[{words(child.children)}](#{child.target})"
        case ReferenceMark():
            return f"[{words(child.children)}](?{','.join(child.targets)})"
        case FootnoteMark():
            return f"[^{child.number or child.id}]"
        case LineBreak():
            return "⏎"
        case Image():
            return f"![{child.alt}]({child.path})"


def _start(label: str) -> str:
    return f"{label} " if label else ""


def _id(identity: str) -> str:
    return f"#{identity}"


def _tail(identity: str) -> str:
    return f" #{identity}" if identity else ""
