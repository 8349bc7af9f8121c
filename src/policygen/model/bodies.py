"""Who may approve: the bodies, their order, and their names in one school."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from policygen.ground.wording import lower_first, sentence_case
from policygen.language.document import Signatory
from policygen.model.school import School
from policygen.model.template import Body

_LEVELS = ("head", "committee", "full-board")
"""From the lowest to the highest. A trust board stands beside the full board."""
_BESIDE = {"trust-board": "full-board"}
BODIES: tuple[Body, ...] = get_args(Body)
_IN_GENERAL = {
    "full-board": "Full governing board",
    "committee": "Committee of the governing board",
    "head": "Headteacher",
    "trust-board": "Trust board",
}
_TITLES = {
    "dsl": "designated safeguarding lead",
    "online_safety_lead": "online-safety lead",
    "fm_governor": "governor for filtering and monitoring",
    "fm_slt_lead": "senior leader for filtering and monitoring",
    "senco": "special educational needs co-ordinator",
    "dpo": "data protection officer",
}
"""What roles are called in a school that gives them no title."""


def is_below(body: str, required: str) -> bool:
    """Whether a body, or a role that is no body at all, stands below the level that a policy requires."""
    return _level(body) < _level(required)


def _level(body: str) -> int:
    known = _BESIDE.get(body, body)
    return _LEVELS.index(known) if known in _LEVELS else -1


def named_body(body: str, school: School) -> str:
    """A body, or the role to which a decision was delegated, as it prints: "Full governing board", "Headteacher"."""
    roles = school.roles
    names: dict[str, str] = {
        "full-board": f"full {roles.board}",
        "committee": f"committee of the {roles.board}",
        "head": roles.head,
        "trust-board": "trust board",
    }
    return sentence_case(names.get(body) or getattr(roles, body, None) or body.replace("_", " "))


def within_sentence(body: str, name: str) -> str:
    """A body within a sentence, by its name: "the full governing board", "the Headteacher"."""
    return f"the {name if body == 'head' else lower_first(name)}"


def named_bodies(bodies: Sequence[str], school: School) -> str:
    """Bodies that decide in turn: "Committee of the governing board, then full governing board"."""
    first, *rest = (named_body(body, school) for body in bodies)
    return ", then ".join((first, *map(lower_first, rest)))


def bodies_in_general(bodies: Sequence[str]) -> str:
    """The same without a school."""
    first, *rest = (_IN_GENERAL[body] for body in bodies)
    return ", then ".join((first, *map(lower_first, rest)))


def office(body: str, school: School) -> str:
    """The office of who signs for a body: "Chair of Governors"."""
    roles = school.roles
    offices = {
        "full-board": roles.chair or "Chair",
        "committee": "Chair of the committee",
        "head": roles.head,
        "trust-board": "Chair of the trust board",
    }
    return sentence_case(offices.get(body) or named_body(body, school))


def signatory(body: str, school: School) -> str:
    """Who signs for a body: the name, or the office where the school does not publish the name."""
    people = school.people
    person = {"full-board": people.chair, "head": people.head}.get(body)
    if person is not None and person.public:
        return str(person.name)
    return office(body, school)


def signs(key: str, school: School) -> Signatory:
    """Who signs an approval record in a role: with the name, where the school publishes it."""
    title = getattr(school.roles, key, None) or _TITLES.get(key) or key.replace("_", " ")
    person = getattr(school.people, key, None)
    return Signatory(
        sentence_case(title), person.name if person is not None and person.public else ""
    )
