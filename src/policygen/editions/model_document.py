"""A model policy as a document without a school, to be consulted on: every option in words, and what schools decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, assert_never

from policygen.compose.adapt import Action, LocalChange, with_layer
from policygen.editions.as_written import as_written
from policygen.editions.in_words import Words
from policygen.editions.units import numbered_parts, placed_document, written_parts
from policygen.ground.diagnostics import Problems
from policygen.ground.wording import join_and, sentence_case
from policygen.language import document as d
from policygen.language.markdown import Heading, parse
from policygen.language.source import Source
from policygen.model.bodies import bodies_in_general
from policygen.model.question import (
    AnyOf,
    AnyQuestion,
    Entries,
    OneOf,
    Option,
    Typed,
    in_words,
    mark,
)
from policygen.model.workspace import Edition

_ABOUT = (
    "This is the model policy before any school has adopted it.",
    (
        "Words in square brackets stand for what each school gives: its name, its people, its answers. “If …” says for "
        "which schools the words behind it stand. The numbers are those of a policy that holds everything: where a "
        "school leaves something out, later numbers close up."
    ),
)

_ACTIONS: tuple[Action, ...] = ("replace", "add_before", "add_after")


def model_document(edition: Edition) -> d.Document:
    """The model policy with a note how to read it before its text, and what each school decides behind it."""
    template = edition.file.value
    says = Words(template)
    parts = (_about(), *_with_layers(edition, says), *_decisions(edition, says))
    document = placed_document(edition, numbered_parts(_named_once(parts), template))
    level = bodies_in_general(template.adoption.bodies)
    return replace(document, front=replace(document.front, level=level))


def _with_layers(edition: Edition, says: Words) -> tuple[d.Section, ...]:
    """Its parts with what each issuer of a template that extends another wrote in place of other words."""
    parts = written_parts(edition)
    for layer in edition.layers:
        decisions = layer.decisions
        changes = {}
        for identity, decision in decisions.value.clauses.items():
            place = decisions.place("clauses", identity, key=True)
            texts: dict[Action, tuple[d.Block, ...]] = {"keep": ()}
            if not isinstance(decision, str):
                texts = {
                    action: _own(decisions.source(text, "clauses", identity, action), says)
                    for action in _ACTIONS
                    if (text := getattr(decision, action))
                }
                if decision.omit:
                    texts["omit"] = ()
            changes[identity] = LocalChange(identity, place, texts)
        parts = with_layer(
            parts,
            changes,
            layer.locked,
            layer.issuer,
            frozenset(),
            decisions.place("clauses"),
            Problems(),
            certain=False,
        )
    return parts


def _own(text: Source, says: Words) -> tuple[d.Block, ...]:
    written = as_written(text, says)
    blocks = parse(written.filled, Problems()).blocks
    return tuple(block for block in blocks if not isinstance(block, Heading))


def _named_once(parts: tuple[d.Section, ...]) -> tuple[d.Section, ...]:
    """Parts in which what stands in two branches has its id in the first alone."""
    seen: set[str] = set()

    def once(node: Any) -> Any:
        identity = getattr(node, "id", "")
        if not identity or isinstance(node, d.FootnoteMark | d.Footnote):
            return node
        if identity in seen:
            return replace(node, id="")
        seen.add(identity)
        return node

    return tuple(d.rebuild(part, once) for part in parts)


def _about() -> d.Section:
    blocks = tuple(d.Paragraph((d.Text(words),)) for words in _ABOUT)
    title = (d.Text("How to read this model policy"),)
    return d.Section("model-how-to-read", title, blocks, numbered=False, contents=False)


def _decisions(edition: Edition, says: Words) -> Iterator[d.Section]:
    template = edition.file.value
    if not template.questions:
        return
    decided = {
        name: (layer.issuer, answer)
        for layer in edition.layers
        for name, answer in layer.decisions.value.answers.items()
    }
    entries = []
    for name, question in template.questions.items():
        if name in decided:
            issuer, answer = decided[name]
            said = _words(f"{issuer} has decided: {in_words(question, answer)}.")
            entries.append(d.Definition((d.Text(question.ask),), ((said,),)))
        else:
            entries.append(_decision(_narrowed(edition, name), says))
    blocks: tuple[d.Block, ...] = (d.Definitions(tuple(entries)),)
    if template.never:
        blocks = (*blocks, _words("No school may have these together:"))
        blocks = (*blocks, _points(rule.why for rule in template.never))
    title = (d.Text("What each school decides"),)
    yield d.Section("model-questions", title, blocks, numbered=False)


def _narrowed(edition: Edition, name: str) -> AnyQuestion:
    """A question with the options that the issuers leave to their schools."""
    question = edition.file.value.questions[name]
    for layer in edition.layers:
        if only := layer.only.get(name):
            withheld = [key for key in question.choices if key not in only]
            question = question.without(dict.fromkeys(withheld, ""))
    return question


def _decision(question: AnyQuestion, says: Words) -> d.Definition:
    blocks: list[d.Block] = []
    if question.when:
        blocks.append(_words(f"Asked only if {says.condition(question.when, {}).yes}."))
    blocks.append(_points(_answers(question, says)))
    if question.guidance:
        blocks.append(_words(question.guidance))
    if question.clauses:
        mark_of = d.ReferenceMark(tuple(question.clauses), ())
        blocks.append(d.Paragraph((d.Text("It decides "), mark_of, d.Text("."))))
    return d.Definition((d.Text(question.ask),), (tuple(blocks),))


def _answers(question: AnyQuestion, says: Words) -> Iterator[str]:
    """What a school can answer, the suggested answer marked."""
    offer = question.offer()
    match offer:
        case OneOf(options=options) | AnyOf(options=options):
            if isinstance(offer, AnyOf):
                yield "Any of the following"
            for offered in options:
                option = question.choices.get(str(offered.answer))
                yield f"{offered.label}{mark(offered)}{_more(option, says)}"
        case Typed(suggested=suggested) | Entries(suggested=suggested):
            yield sentence_case(question.open_answer)
            if suggested is not None:
                yield f"{suggested.label}{mark(suggested)}"
        case _:
            assert_never(offer)


def _more(option: Option | None, says: Words) -> str:
    """In which words an option prints, and who may choose it."""
    if option is None:
        return ""
    parts = []
    if option.prints and option.prints != option.label:
        parts.append(f"in the text: “{option.prints}”")
    if option.when:
        parts.append(f"only if {says.condition(option.when, {}).yes}")
    return f"; {join_and(parts)}" if parts else ""


def _words(text: str) -> d.Paragraph:
    return d.Paragraph((d.Text(text),))


def _points(texts: Iterator[str]) -> d.ItemList:
    return d.ItemList("bullet", tuple(d.Item((_words(text),)) for text in texts))
