"""The tree of a document as what it says: kinds, ids, numbers and words, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policygen.language import document as d


def shape(node: Any) -> Any:
    match node:
        case tuple() | list():
            return [shape(each) for each in node if shape(each) is not None]
        case d.Section():
            notes = [shape(note) for note in node.footnotes]
            return [
                node.kind,
                node.level,
                node.id,
                node.number,
                words(node.title),
                *shape(node.blocks),
                *notes,
            ]
        case d.Clause():
            return ["clause", node.id, node.number, words(node.title), *shape(node.blocks)]
        case d.Paragraph():
            said = words(node.children)
            return ["paragraph", node.id, said] if said else None
        case d.Subhead():
            return ["subhead", node.level, node.id, words(node.children)]
        case d.ItemList():
            return [
                node.style,
                *([item.id, item.label, *shape(item.blocks)] for item in node.items),
            ]
        case d.Table():
            rows = [[words(cell.children) for cell in row] for row in (node.head, *node.rows)]
            return ["table", node.id, words(node.caption), node.labelled, *rows]
        case d.Callout():
            return [node.kind, node.id, words(node.label), *shape(node.blocks)]
        case d.Quote():
            return ["quote", node.id, words(node.source), *shape(node.blocks)]
        case d.SignatureBlock():
            return ["signature", node.id, node.signatory, *map(words, node.fields)]
        case d.AudiencePart():
            return [node.audience, node.id, *shape(node.blocks)]
        case d.Definitions():
            return [
                "definitions",
                *([words(each.term), *map(shape, each.meanings)] for each in node.entries),
            ]
        case d.Footnote():
            return ["note", node.id, *shape(node.blocks)]
        case _:
            raise AssertionError(node)


def words(children: Sequence[d.Inline]) -> str:
    """Words with their stress, the targets of references and the ids of notes."""
    return " ".join("".join(map(_word, children)).split())


def _word(node: d.Inline) -> str:
    match node:
        case d.Emphasis():
            return f"*{''.join(map(_word, node.children))}*"
        case d.Strong():
            return f"**{''.join(map(_word, node.children))}**"
        case d.Code():
            return f"`{node.text}`"
        case d.Link():
            return f"[{''.join(map(_word, node.children))}]({node.address.rstrip('/')})"
        case d.Value(address=address) if address:
            return f"[{node.text}]({address.rstrip('/')})"
        case d.Reference():
            return f"[{''.join(map(_word, node.children))}](#{node.target})"
        case d.FootnoteMark():
            return f"[^{node.id}]"
        case _:
            return d.plain((node,))
