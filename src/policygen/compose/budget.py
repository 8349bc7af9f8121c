"""How much one document may hold: counted while it is made, refused at the line with which it is too much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import (
    DOCUMENT_BLOCKS,
    DOCUMENT_CLAUSES,
    DOCUMENT_LETTERS,
    DOCUMENT_PIECES,
    FORM_BLOCKS,
    Limit,
)
from policygen.language.document import (
    Cell,
    Clause,
    Code,
    Paragraph,
    Section,
    SignatureBlock,
    Subhead,
    Text,
    Value,
    walk,
)

_BLOCKS = "paragraphs, subheads, cells and fields to sign"
_IN_FORMS = f"{_BLOCKS} in its forms"
_LIMITS: dict[str, Limit] = {
    "letters": DOCUMENT_LETTERS,
    "clauses": DOCUMENT_CLAUSES,
    "pieces": DOCUMENT_PIECES,
    _BLOCKS: DOCUMENT_BLOCKS,
    _IN_FORMS: FORM_BLOCKS,
}


@dataclass
class Budget:
    """What the parts of one document have taken up so far."""

    problems: Problems
    spent: Counter[str] = field(default_factory=Counter)

    def holds(self, *parts: object) -> bool:
        """Count some parts; whether there is room for them. Where there is not, a problem says so at its line."""
        place: Place | None = None
        in_form = False
        for node in walk(*parts):
            place = getattr(node, "place", None) or place
            self.spent["pieces"] += 1
            match node:
                case Section():
                    in_form = node.kind == "form"
                case Text() | Value() | Code():
                    self.spent["letters"] += len(node.text)
                case Clause():
                    self.spent["clauses"] += 1
            blocks = _blocks(node)
            self.spent[_BLOCKS] += blocks
            self.spent[_IN_FORMS] += blocks * in_form
            for what, limit in _LIMITS.items():
                if self.spent[what] > limit:
                    says = f"with this, the policy has more than {limit:,} {what}"
                    hint = "make several policies of it"
                    self.problems.add("file-too-large", says, place, hint)
                    return False
        return True


def _blocks(node: object) -> int:
    """How many parts of a page a node itself is."""
    match node:
        case Paragraph() | Subhead() | Cell():
            return 1
        case SignatureBlock():
            return len(node.fields)
        case _:
            return 0
