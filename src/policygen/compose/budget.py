"""How much one document may hold: counted while it is made, refused at the line with which it is too much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import DOCUMENT_CLAUSES, DOCUMENT_LETTERS, DOCUMENT_PIECES, Limit
from policygen.language.document import Clause, Code, Text, Value, walk

_LIMITS: dict[str, Limit] = {
    "letters": DOCUMENT_LETTERS,
    "clauses": DOCUMENT_CLAUSES,
    "pieces": DOCUMENT_PIECES,
}


@dataclass
class Budget:
    """What the parts of one document have taken up so far."""

    problems: Problems
    spent: Counter[str] = field(default_factory=Counter)

    def holds(self, *parts: object) -> bool:
        """Count some parts; whether there is room for them. Where there is not, a problem says so at its line."""
        place: Place | None = None
        for node in walk(*parts):
            place = getattr(node, "place", None) or place
            self.spent["pieces"] += 1
            if isinstance(node, Text | Value | Code):
                self.spent["letters"] += len(node.text)
            elif isinstance(node, Clause):
                self.spent["clauses"] += 1
            for what, limit in _LIMITS.items():
                if self.spent[what] > limit:
                    says = f"with this, the policy has more than {limit:,} {what}"
                    hint = "make several policies of it"
                    self.problems.add("file-too-large", says, place, hint)
                    return False
        return True
