"""What is wrong with lists, repeats and promises in a document as a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from policygen.checks.branches import led_in_one_branch
from policygen.checks.finder import TextFinder
from policygen.ground.diagnostics import Place, Problems
from policygen.language import document as d

_FORBIDS = re.compile(
    r"""(?ix)(?:^|[.;!?][ ])(?!(?:if|when|where|unless|because)\b)[^.;!?]*(?<!\bwho[ ])(?<!\bthat[ ])(?<!\bwhich[ ])\b
    (?:(?:must|may|should|shall|will|can|do)[ ]?not|must[ ]never|don[’']t|never|not[ ](?:allowed|permitted)[ ]to
    |no[ ]one[ ]may|nobody[ ]may)\b
    [^.]*$"""
)
_NEGATIVE = re.compile(
    r"(?i)(?:do not|don[’']t|must not|never|not|no)\b(?! (?:later|more|fewer|less|longer|only)\b|-)"
)
_PROMISE = re.compile(
    r"""(?ix)
    \b(?<!take[ ]the[ ])(?<!takes[ ]the[ ])(?<!in[ ]the[ ])(?:attached|enclosed|appended|following)[ ]
    (?:form|agreement|slip|declaration|appendix|pro[ ]?forma)\b
    | \b(?:form|agreement|slip|declaration)[ ](?:is[ ])?
    (?:attached|enclosed|overleaf|below|appended|at[ ]the[ ](?:end|back))\b"""
)
_LONG = 12
"""Words from which a paragraph that stands twice is no accident."""
_SAME_ITEMS = 3
"""Items that two lists share from which one was copied from the other."""
_ALIKE = 50
"""Earlier lists with one of its items with which a list is compared."""
_TELLING = 3
"""Words from which an item is more than a name."""
_MEANING = re.compile(r"(?i)\b(?:means|meaning|definition|explanation)\b")
_SHOWN = 8
"""Words of a lead-in that a message shows."""


def check_structure(document: d.Document, finder: TextFinder, problems: Problems) -> None:
    """Lists without a lead-in or against it, paragraphs that stand twice, forms that are promised and not there."""
    for part in document.parts:
        _check_lists(part.blocks, _title(part), problems)
        _check_definitions(part, problems)
        check_tables(part, problems)
    _check_repeats(document, problems)
    _check_lists_twice(document, problems)
    _check_promises(document.parts, finder, problems)


def check_branches(parts: Sequence[d.Section], finder: TextFinder, problems: Problems) -> None:
    """The same in a template, where all branches stand one after another, as far as they do not touch."""
    for part in parts:
        found = Problems()
        _check_lists(part.blocks, _title(part), found)
        problems.extend(
            each for each in found if each.place and led_in_one_branch(each.place, finder)
        )
        _check_definitions(part, problems)
        check_tables(part, problems)
    _check_promises(parts, finder, problems)


def _title(block: d.Section | d.Clause) -> d.Subhead | None:
    if not block.title:
        return None
    return d.Subhead(2, block.title)


def _check_lists(blocks: Iterable[d.Block], before: d.Block | None, problems: Problems) -> None:
    for block in blocks:
        match block:
            case d.ItemList():
                _check_list(block, before, problems)
            case d.Section() | d.Clause():
                _check_lists(block.blocks, _title(block), problems)
            case d.Callout() | d.AudiencePart() | d.Quote():
                _check_lists(block.blocks, None, problems)
            case d.Paragraph() | d.Subhead() | d.Table() | d.SignatureBlock() | d.Definitions():
                pass
            case _:
                assert_never(block)
        before = block


def _check_list(made: d.ItemList, before: d.Block | None, problems: Problems) -> None:
    if isinstance(before, d.Clause) and not before.number and before.blocks:
        before = before.blocks[-1]
    lead = ""
    if isinstance(before, d.Paragraph | d.Subhead):
        lead = d.plain(before.children).strip()
    if _lacks_lead(made, before, lead):
        problems.add(
            "list-lead-in",
            "this list has lost its lead-in: its items are parts of a sentence that does not begin",
            made.items[0].place,
            "write the beginning of the sentence before the list, ending with a colon",
        )
    if lead and _FORBIDS.search(lead):
        _check_against(lead, made, problems)
    for item in made.items:
        inner: d.Block | None = None
        for block in item.blocks:
            if isinstance(block, d.ItemList):
                _check_list(block, inner, problems)
            inner = block


def _lacks_lead(made: d.ItemList, before: d.Block | None, lead: str) -> bool:
    """Whether items go on with a sentence that nothing begins. Below a heading, only their ends tell."""
    words = [_words(item.blocks).strip() for item in made.items]
    fragments = sum(each[:1].islower() for each in words)
    if fragments * 2 <= len(words):
        return False
    if isinstance(before, d.Subhead):
        return any(
            each.endswith((";", ",", "; and", ", and", "; or", ", or")) for each in words[:-1]
        )
    return not lead or lead.endswith((".", "!", "?", ".”", ".)"))


def _check_against(lead: str, made: d.ItemList, problems: Problems) -> None:
    for item in made.items:
        found = _NEGATIVE.match(_words(item.blocks).strip())
        if found:
            problems.add(
                "double-negative",
                f"“{found[0]}” contradicts the lead-in “{_end(lead)}”, which forbids already",
                item.place,
                "take the negative out of the item, or out of the lead-in",
            )


def _end(lead: str) -> str:
    words = lead.split()
    if len(words) <= _SHOWN:
        return " ".join(words)
    return f"… {' '.join(words[-_SHOWN:])}"


def _words(blocks: Iterable[d.Block]) -> str:
    return next((d.plain(block.children) for block in blocks if isinstance(block, d.Paragraph)), "")


def _targets(node: d.Node) -> tuple[str, ...]:
    match node:
        case d.Reference(target=target):
            return (target,)
        case d.ReferenceMark(targets=targets):
            return targets
        case _:
            return ()


def _check_definitions(part: d.Section, problems: Problems) -> None:
    """A term that its meaning only says again: in a list of definitions, or in a table of terms."""
    for node in d.walk(part):
        for term, meaning, place in _explained(node):
            if _bare(term) and _bare(term) == _bare(meaning):
                says = f"“{term.strip()}” is explained by itself"
                problems.add("doubled-word", says, place or part.place, "leave the definition out")


def _explained(node: d.Node) -> Iterator[tuple[str, str, Place | None]]:
    """Each term with a meaning of it and where that stands, of a definition or a table of terms."""
    if isinstance(node, d.Definition):
        for meaning in node.meanings:
            yield d.plain(node.term), _words(meaning), _first_place(meaning)
    if isinstance(node, d.Table) and len(node.head) > 1:
        if not _MEANING.search(d.plain(node.head[1].children)):
            return
        for row in node.rows:
            yield d.plain(row[0].children), d.plain(row[1].children), node.place


def _bare(words: str) -> str:
    return " ".join(
        re.sub(r"(?i)^(?:means )?(?:the|an?) ", "", re.sub(r"[^\w\s’]", "", words).strip())
        .lower()
        .split()
    )


def _first_place(blocks: Iterable[d.Block]) -> Place | None:
    return next((block.place for block in blocks if isinstance(block, d.Paragraph)), None)


def check_tables(part: d.Section, problems: Problems) -> None:
    """A table in which every cell beside the first column is blank. Those of forms and appendices may be filled in."""
    if part.kind != "section":
        return
    for table in d.walk(part):
        if not isinstance(table, d.Table) or _is_filled(table):
            continue
        says = "this table is empty"
        if table.caption:
            says = f"the table “{d.plain(table.caption)}” has nothing in it"
        place = table.place or part.place
        problems.add("leftover-blank", says, place, "fill it in, or take it out")


def _is_filled(table: d.Table) -> bool:
    # The first column names its rows, in an empty table too.
    cells = (cell for row in table.rows for cell in row[1:])
    return any(d.plain(cell.children).strip() for cell in cells)


def _check_lists_twice(document: d.Document, problems: Problems) -> None:
    """Two lists that say much the same, each a little differently. One that is included twice is meant to be."""
    lists = [
        made for part in document.parts for made in d.walk(part) if isinstance(made, d.ItemList)
    ]
    said = [{_bare(_words(item.blocks)): item.place for item in made.items} for made in lists]
    # Two lists that came from one are seldom alike to the letter, so the items that they share are counted: three at
    # least, and half of the shorter list.
    known: dict[str, list[int]] = {}
    for index, items in enumerate(said):
        telling = [words for words in items if len(words.split()) >= _TELLING]
        shared = Counter(at for words in telling for at in known.get(words, ())[:_ALIKE])
        for words in telling:
            known.setdefault(words, []).append(index)
        for at in sorted(at for at, count in shared.items() if count >= _SAME_ITEMS):
            earlier = said[at]
            same = [words for words in telling if words in earlier]
            if 2 * len(same) < min(len(items), len(earlier)):
                continue
            one, other = earlier[same[0]], items[same[0]]
            if one != other and one and other:
                problems.add(
                    "repeated-paragraph",
                    f"{len(same)} items of this list stand also in the list at {one}",
                    other,
                    "state a list once and refer to it with `[](#id)`, or share it with an include",
                )
                break


def _check_repeats(document: d.Document, problems: Problems) -> None:
    """The same paragraph twice. A text that is included in two places is meant to be."""
    seen: dict[str, Place] = {}
    for paragraph in _running(document.parts):
        words = " ".join(d.plain(paragraph.children).split())
        if len(words.split()) < _LONG or paragraph.place is None:
            continue
        first = seen.setdefault(words, paragraph.place)
        if first != paragraph.place:
            problems.add(
                "repeated-paragraph",
                f"this paragraph stands also at {first}",
                paragraph.place,
                "state a rule once and refer to it with `[](#id)`, or share the text with an include",
            )


def _running(blocks: Iterable[d.Block]) -> Iterable[d.Paragraph]:
    for block in blocks:
        match block:
            case d.Section() | d.Clause() | d.Callout() | d.AudiencePart():
                yield from _running(block.blocks)
            case d.Paragraph():
                yield block
            case d.ItemList():
                for item in block.items:
                    yield from _running(item.blocks)
            case d.Subhead() | d.Table() | d.Quote() | d.SignatureBlock() | d.Definitions():
                pass
            case _:
                assert_never(block)


def _check_promises(parts: Sequence[d.Section], finder: TextFinder, problems: Problems) -> None:
    """A form that the text speaks of and does not lead to. A form may speak of itself."""
    forms = {part.id for part in parts if part.kind != "section"}
    speaking = [
        part
        for part in parts
        if not any(isinstance(node, d.SignatureBlock) for node in d.walk(part))
    ]
    for paragraph in _running(speaking):
        text = d.plain(paragraph.children)
        found = _PROMISE.search(text)
        leads = any(not forms.isdisjoint(_targets(node)) for node in d.walk(paragraph))
        if found and not leads:
            problems.add(
                "form-promised",
                f"“{found[0].strip()}” promises a form, and nothing leads to one",
                finder.place(found[0], paragraph.place, text[: found.start()], text[found.end() :]),
                "write a reference to the form: `[](#id)`",
            )
