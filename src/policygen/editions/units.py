"""A model policy as its author wrote it, unit by unit, so that two editions can be compared without any school."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from policygen.compare.form import visible, with_pictures
from policygen.compose.number import number
from policygen.compose.prepare import part_plans
from policygen.compose.refer import resolve
from policygen.compose.sections import arrange
from policygen.editions.as_written import as_written, with_conditions
from policygen.ground.diagnostics import Place, Problems
from policygen.language.document import (
    AudiencePart,
    Branding,
    Callout,
    Clause,
    Document,
    Image,
    Inline,
    Quote,
    ReferenceMark,
    Section,
    SignatureBlock,
    Table,
    Text,
    Value,
    VersionRow,
    plain,
    rebuild,
    walk,
)
from policygen.language.markdown import parse
from policygen.language.source import with_includes
from policygen.model.workspace import Edition

_UNITS = (Section, Clause, Table, Callout, Quote, SignatureBlock, AudiencePart)


@dataclass(frozen=True)
class WrittenUnit:
    """A section, clause, form or other block with an id, without the units within it."""

    id: str
    kind: str
    """clause, section, appendix, form or block."""
    around: str
    """The id of the section that it stands in; empty for a section of its own."""
    heading: str
    """The title of that section, or its own."""
    content: tuple[Any, ...]
    """All that a school would notice if it changed: nodes, status, audience, digests of pictures."""
    words: str
    """What it says, on one line, with its expressions in brackets."""
    spoken: str
    """The same for people who do not write templates: "…" stands where a school's own words will."""
    place: Place | None = None


def written_parts(edition: Edition) -> tuple[Section, ...]:
    """Its sections, forms and appendices as written, not numbered. What cannot be read is left out."""
    unnoted, parts = Problems(), list[Section]()
    for plan, entry, _ in part_plans(edition.file.value):
        texts = edition.forms if plan.kind == "form" else edition.sections
        if plan.name not in texts:
            continue
        source = with_includes(texts[plan.name], edition.shared, unnoted)
        written = as_written(source)
        section = arrange(parse(written.filled, unnoted), plan, source.line(0).place(), unnoted)
        if section is not None:
            parts.append(rebuild(with_conditions(section, written, entry.when or ""), _as_seen))
    return tuple(parts)


def _as_seen(node: Any) -> Any:
    """A text without differences that nobody sees: to exchange a space for one that does not break is no change."""
    return replace(node, text=visible(node.text)) if isinstance(node, Text) else node


def written_units(edition: Edition) -> dict[str, WrittenUnit]:
    """Every unit of an edition, by id, in the order in which they stand."""
    found: dict[str, WrittenUnit] = {}
    signing = {entry.name: (entry.signed_by, entry.roster) for entry in edition.file.value.forms}
    for part in written_parts(edition):
        own = signing.get(part.name, ()) if part.kind == "form" else ()
        for unit in _units(part, "", "", edition):
            twin = found.get(unit.id)  # the same clause in two branches
            content = (*unit.content, *own) if unit.id == part.id else unit.content
            if twin is None:
                found[unit.id] = replace(unit, content=content)
            else:
                words = f"{twin.words} {unit.words}"
                found[unit.id] = replace(twin, content=(*twin.content, *content), words=words)
    return found


def written_document(edition: Edition) -> Document:
    """An edition as a document without a school, for a redline: expressions and conditions stand in brackets."""
    template = edition.file.value
    digests = {
        path: hashlib.sha256(content).hexdigest() for path, content in edition.images.items()
    }
    parts = tuple(
        with_pictures(part, digests)
        for part in resolve(number(written_parts(edition)), frozenset(), Problems())
    )
    return Document(
        school_id="",
        policy_id=edition.template_id,
        school_name=template.issuer.name,
        title=template.title,
        short_title=template.short_title,
        issuer_name=template.issuer.name,
        edition=template.edition,
        version=template.edition,
        versions=(VersionRow(template.edition, template.issued, template.issuer.name, "", ""),),
        review_months=template.adoption.review_months,
        review_term=template.adoption.review_term or "",
        contents_depth=template.contents,
        sections=tuple(part for part in parts if part.kind == "section"),
        forms=tuple(part for part in parts if part.kind == "form"),
        appendices=tuple(part for part in parts if part.kind == "appendix"),
        branding=Branding(),
        audience=template.audience,
    )


def _units(node: Any, around: str, heading: str, edition: Edition) -> Iterator[WrittenUnit]:
    """The unit that a node is, and those within it."""
    title = plain(node.title) if isinstance(node, Section) else heading
    if _is_unit(node):
        bare = _bare(node)
        kind = (
            node.kind
            if isinstance(node, Section)
            else "clause"
            if isinstance(node, Clause)
            else "block"
        )
        shown = [
            edition.images.get(each.path, b"") for each in walk(bare) if isinstance(each, Image)
        ]
        pictures = (hashlib.sha256(content).hexdigest() for content in shown)
        words, spoken = (
            " ".join(" ".join(_runs(each)).split()) for each in (bare, rebuild(bare, _spoken))
        )
        yield WrittenUnit(
            node.id, kind, around, title, (bare, *pictures), words, spoken, node.place
        )
    for each in _below(node):
        yield from _units(each, node.id if isinstance(node, Section) else around, title, edition)


def _is_unit(node: Any) -> bool:
    """Whether a node has an identity of its own; items and headings without a number belong to what holds them."""
    return isinstance(node, _UNITS) and node.id != ""


def _below(node: Any) -> Iterator[Any]:
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, tuple):
            yield from (inner for inner in _flat(value) if is_dataclass(inner))


def _flat(values: tuple[Any, ...]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        else:
            yield value


def _bare(node: Any) -> Any:
    """The node without the units within it."""
    held = {each.name: getattr(node, each.name) for each in fields(node)}
    return replace(
        node,
        **{name: _without_units(value) for name, value in held.items() if isinstance(value, tuple)},
    )


def _without_units(nodes: tuple[Any, ...]) -> tuple[Any, ...]:
    kept = []
    for node in nodes:
        if isinstance(node, tuple):
            kept.append(_without_units(node))
        elif not is_dataclass(node):
            kept.append(node)
        elif not _is_unit(node):
            kept.append(_bare(node))
    return tuple(kept)


def _runs(node: Any) -> Iterator[str]:
    """Its words, one run for each title, paragraph and cell."""
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, tuple):
            yield from _runs_of(value)


def _runs_of(nodes: tuple[Any, ...]) -> Iterator[str]:
    if nodes and all(isinstance(each, Inline) for each in nodes):
        yield "".join(map(_run, nodes))
        return
    for each in nodes:
        if isinstance(each, tuple):
            yield from _runs_of(each)
        elif is_dataclass(each):
            yield from _runs(each)


def _spoken(node: Any) -> Any:
    match node:
        case Value(name=name):
            return Text("…" if name else "")
        case ReferenceMark(children=()):
            return Text("…")
        case _:
            return node


def _run(node: Inline) -> str:
    match node:
        case ReferenceMark(targets=targets, children=()):
            return f"[{', '.join(f'#{target}' for target in targets)}]"
        case _:
            return plain((node,))
