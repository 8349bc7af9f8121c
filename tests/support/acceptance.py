"""What the acceptance lists of the model policies look up: schools' documents, their parts, words and pages."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from lxml import html as parser

from policygen.compose.compose import image_bytes
from policygen.compose.refer import targets
from policygen.files.fields import read_yes_or_no
from policygen.html.sheets import Stamp, policy_html
from policygen.language.document import (
    Cell,
    Clause,
    ItemList,
    Paragraph,
    Quote,
    Reference,
    Section,
    SignatureBlock,
    Subhead,
    Table,
    Text,
    Value,
    plain,
    walk,
)
from tests.support.example import ROOT, adopters, adoption_of, composed, document, edition, school

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.compose.refer import Target
    from policygen.language.document import Block, Document, Inline, Node

N = TypeVar("N")

DRAFT = Stamp("draft", "0000-0000")
APPROVED = Stamp("approved", "0000-0000")
POLICIES = tuple(
    sorted(
        path.parent.name
        for path in (ROOT / "templates").glob("*/template.yaml")
        if "\nextends:" not in path.read_text()
    )
)
"""Those that stand for themselves; a template that extends another says what that says."""
ADOPTED = tuple((policy, name) for policy in POLICIES for name in adopters(policy))
"""Each policy with each school that adopts it."""


@cache
def adopted(policy: str, name: str) -> Document:
    """A school's own policy, with its local changes."""
    return document(name, policy=policy)


@cache
def model(policy: str, name: str) -> Document:
    """The policy with a school's facts and answers, and every clause in the words of the model."""
    return model_with(policy, name)


def model_with(
    policy: str, name: str, facts: dict[str, Any] | None = None, **answers: object
) -> Document:
    """The same with other facts, or with some answers changed; None takes an answer out."""
    adoption = adoption_of(name, policy)
    given = {**adoption["answers"], **answers}
    adoption["answers"] = {key: answer for key, answer in given.items() if answer is not None}
    adoption["clauses"] = {}
    made, problems = composed(name, facts, adoption, policy)
    if (
        made is None
    ):  # the clauses that a school must decide about: which they are may follow from its answers
        open_ = [each.message for each in problems if each.rule == "undecided-clause"]
        adoption["clauses"] = {message.split("`")[1]: "keep" for message in open_}
        return document(name, facts, adoption, policy)
    return made


def answers(policy: str, name: str) -> dict[str, Any]:
    """What a school has answered, with yes and no as true and false."""
    asked = edition(policy).edition.file.value.questions
    given = adoption_of(name, policy)["answers"]
    return {
        key: read_yes_or_no(answer) if key in asked and asked[key].kind == "yes-no" else answer
        for key, answer in given.items()
    }


# --- parts ------------------------------------------------------------------------------------------------------------


def find(policy: Document, identity: str) -> Any:
    """The node with this id."""
    (found,) = [node for node in walk(policy.parts) if getattr(node, "id", "") == identity]
    return found


def of_kind(kind: type[N], *nodes: object) -> list[N]:
    """The nodes of one kind below and including these, in reading order."""
    return [node for node in walk(*nodes) if isinstance(node, kind)]


def holder(policy: Document, identity: str) -> Section:
    """The part in which an id stands."""
    return next(
        part
        for part in policy.parts
        if any(getattr(node, "id", "") == identity for node in walk(part))
    )


def after(blocks: tuple[Block, ...], identity: str) -> tuple[Block, ...]:
    """What follows the block with this id."""
    index = next(
        index for index, block in enumerate(blocks) if getattr(block, "id", "") == identity
    )
    return blocks[index + 1 :]


def below(blocks: tuple[Block, ...], identity: str) -> tuple[Block, ...]:
    """What stands between a subhead and the next one."""
    rest = after(blocks, identity)
    end = next((index for index, block in enumerate(rest) if isinstance(block, Subhead)), len(rest))
    return rest[:end]


def lists(blocks: tuple[Block, ...]) -> list[ItemList]:
    """The lists that stand directly among these blocks."""
    return [block for block in blocks if isinstance(block, ItemList)]


def led_by(policy: Document, identity: str) -> ItemList:
    """The list that a clause leads in: its own, or the one that stands right after it."""
    node = find(policy, identity)
    if own := lists(node.blocks):
        return own[0]
    found = after(holder(policy, identity).blocks, identity)[0]
    assert isinstance(found, ItemList), identity
    return found


def numbered(part: Section) -> list[Clause]:
    """The clauses with a number directly in a part."""
    return [block for block in part.blocks if isinstance(block, Clause) and block.number]


def subheads(part: Section) -> list[str]:
    """The ids of the subheads of a part."""
    return [block.id for block in part.blocks if isinstance(block, Subhead)]


# --- words ------------------------------------------------------------------------------------------------------------


def words(*nodes: object) -> str:
    """The running text of some nodes: paragraphs and subheads, each on a line."""
    return "\n".join(
        plain(node.children) for node in of_kind(Paragraph | Subhead, *nodes) if node.children
    )


def all_words(*nodes: object) -> str:
    """As `words`, with headings, table cells, sources, captions and fields to fill in."""
    return "\n".join(
        filter(None, (plain(children) for node in walk(*nodes) for children in _texts(node)))
    )


def _texts(node: Node) -> Iterator[tuple[Inline, ...]]:
    match node:
        case Paragraph(children=children) | Subhead(children=children) | Cell(children=children):
            yield children
        case Section(title=title) | Clause(title=title):
            yield title
        case Table(caption=caption):
            yield caption
        case Quote(source=source):
            yield source
        case SignatureBlock(signatory=signatory, fields=fields):
            yield (Text(signatory),)
            yield from fields
        case _:
            pass


def authors_words(*nodes: object) -> str:
    """The words that authors wrote themselves: no facts, no answers, no law."""
    return "\n".join(node.text for node in of_kind(Text, *nodes))


def values(name: str, *nodes: object) -> list[str]:
    """What is printed of a fact or an answer, each time that it is."""
    return [node.text for node in of_kind(Value, *nodes) if node.name == name]


def references(policy: Document, start: str) -> list[Reference]:
    """The references within a part, clause or item, or in the list that a clause leads in."""
    node = find(policy, start)
    if not isinstance(node, Subhead):
        led = after(holder(policy, start).blocks, start)[:1] if _on_top(policy, start) else ()
        return of_kind(Reference, node, tuple(each for each in led if isinstance(each, ItemList)))
    return of_kind(Reference, below(holder(policy, start).blocks, start))


def _on_top(policy: Document, identity: str) -> bool:
    return any(getattr(block, "id", "") == identity for block in holder(policy, identity).blocks)


def right_words(reference: Reference, target: Target) -> bool:
    """Whether a reference prints its target's noun and number, or its title, or words that the author chose."""
    printed = plain(reference.children)
    if target.number and re.search(r"\d", printed):
        of = f"(?: of {re.escape(target.within.words)})?" if target.within else ""
        return bool(
            re.fullmatch(
                rf"(?i)(?:(?:{target.noun}s?|appendices) )?{re.escape(target.number)}{of}", printed
            )
        )
    return not printed.startswith("“") or printed == target.words()


def refers(policy: Document, link: str) -> None:
    """Assert that one id refers to another, "start>target", with the right words."""
    start, _, target = link.partition(">")
    found = [each for each in references(policy, start) if each.target == target]
    assert found, link
    known = targets(policy.parts)[target]
    assert all(right_words(each, known) for each in found), [plain(each.children) for each in found]


def sentences(document: Document) -> Iterator[tuple[int, bool]]:
    """How many words each sentence of a policy has, and whether it names law. Lists are no sentences."""
    for paragraph in of_kind(Paragraph, document.parts):
        text = plain(paragraph.children)
        law = [value.text for value in of_kind(Value, paragraph) if value.name.startswith("law.")]
        for sentence in re.split(r"(?<=[.?!])[”)]*\s+(?=[A-Z“‘(])", text):
            if re.search(r"[.?!][”)]*$", sentence):
                yield len(sentence.split()), any(each in sentence for each in law)


# --- pages ------------------------------------------------------------------------------------------------------------


def images(policy: Document) -> dict[str, bytes]:
    return image_bytes(edition(policy.policy_id), policy, school(policy.school_id).logo)


def page(policy: Document, *, medium: str = "screen", stamp: Stamp = DRAFT) -> Any:
    """A policy's page, parsed."""
    return parser.fromstring(policy_html(policy, stamp, medium=medium, images=images(policy)))


def said(element: Any) -> str:
    """The words of an element."""
    return " ".join(element.text_content().split())
