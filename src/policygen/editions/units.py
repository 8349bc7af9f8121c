"""A model policy as its author wrote it, unit by unit, so that two editions can be compared without any school."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, assert_never

from policygen.compare.form import visible, with_pictures
from policygen.compose.number import number
from policygen.compose.prepare import by_place, part_plans
from policygen.compose.refer import resolve
from policygen.compose.sections import arrange
from policygen.editions.as_written import as_written, with_conditions
from policygen.editions.in_words import Words
from policygen.ground.diagnostics import Place, Problems
from policygen.language import document as d
from policygen.language.markdown import parse
from policygen.language.runs import Run, runs
from policygen.language.source import with_includes
from policygen.model.template import Template
from policygen.model.workspace import Edition


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
    """What it says, on one line, with its expressions and conditions in words."""
    spoken: str
    """The same for people who do not know ids: "…" stands where a reference will name its number."""
    place: Place | None = None


def written_parts(edition: Edition) -> tuple[d.Section, ...]:
    """Its sections, forms and appendices as written, not numbered. What cannot be read is left out."""
    unnoted, parts, says = Problems(), list[d.Section](), Words(edition.file.value)
    for plan, entry, _ in part_plans(edition.file.value):
        texts = edition.forms if plan.kind == "form" else edition.sections
        if plan.name not in texts:
            continue
        source = with_includes(texts[plan.name], edition.shared, unnoted)
        written = as_written(source, says)
        section = arrange(parse(written.filled, unnoted), plan, source.line(0).place(), unnoted)
        if section is not None:
            when = ""
            if entry.when:
                when = says.condition(entry.when, {}).yes
            parts.append(d.rebuild(with_conditions(section, written, when), _as_seen))
    return tuple(parts)


def check_includes(edition: Edition, problems: Problems) -> None:
    """Note each shared text that an edition puts in and that is not there, or has no end."""
    for text in (*edition.sections.values(), *edition.forms.values()):
        with_includes(text, edition.shared, problems)


def _as_seen(node: Any) -> Any:
    """A text without differences that nobody sees: to exchange a space for one that does not break is no change."""
    if isinstance(node, d.Text):
        return replace(node, text=visible(node.text))
    return node


def written_units(edition: Edition) -> dict[str, WrittenUnit]:
    """Every unit of an edition, by id, in the order in which they stand."""
    found: dict[str, WrittenUnit] = {}
    signing = {
        entry.name: (entry.signed_by, entry.roster) for entry in edition.file.value.every_form
    }
    for part in written_parts(edition):
        for unit in _units(part, "", "", edition):
            content = unit.content
            if part.kind == "form" and unit.id == part.id:
                content = (*content, *signing.get(part.name, ()))
            twin = found.get(unit.id)
            if twin is None:
                found[unit.id] = replace(unit, content=content)
                continue
            # The same clause may stand in two branches: a change in either is a change of it.
            words = f"{twin.words} {unit.words}"
            found[unit.id] = replace(twin, content=(*twin.content, *content), words=words)
    return found


def written_document(edition: Edition) -> d.Document:
    """An edition as a document without a school, for a redline: expressions and conditions stand in brackets."""
    return placed_document(edition, numbered_parts(written_parts(edition), edition.file.value))


def numbered_parts(parts: tuple[d.Section, ...], template: Template) -> tuple[d.Section, ...]:
    """Parts as written with their numbers, and references that say them."""
    numbered = number(parts, template.labels)
    return resolve(numbered, frozenset(), Problems(), nouns=template.nouns)


def placed_document(edition: Edition, parts: tuple[d.Section, ...]) -> d.Document:
    """A document without a school of these parts of an edition."""
    template = edition.file.value
    digests = {}
    for path, content in edition.images.items():
        digests[path] = hashlib.sha256(content).hexdigest()
    pictured = (with_pictures(part, digests) for part in parts)
    sections, forms, appendices = by_place(pictured, template)
    return d.Document(
        school_id="",
        policy_id=edition.template_id,
        school_name=template.issuer.name,
        title=template.title,
        short_title=template.short_title,
        issuer_name=template.issuer.name,
        edition=template.edition,
        version=template.edition,
        versions=(d.VersionRow(template.edition, template.issued, template.issuer.name, "", ""),),
        review_months=template.adoption.review_months,
        review_term=template.adoption.review_term or "",
        contents_depth=template.contents,
        sections=sections,
        forms=forms,
        appendices=appendices,
        branding=d.Branding(),
        audience=template.audience,
    )


def _units(node: Any, around: str, heading: str, edition: Edition) -> Iterator[WrittenUnit]:
    """The unit that a node is, and those within it."""
    if isinstance(node, d.Section):
        heading = d.plain(node.title)
    kind = _unit_kind(node)
    if kind:
        yield _unit(node, kind, around, heading, edition)
    if isinstance(node, d.Section):
        around = node.id
    for inner in _below(node):
        yield from _units(inner, around, heading, edition)


def _unit(node: Any, kind: str, around: str, heading: str, edition: Edition) -> WrittenUnit:
    bare = _bare(node)
    # A picture that was exchanged under the same name is a change, so its bytes are compared, too.
    content: list[Any] = [bare]
    for inner in d.walk(bare):
        if isinstance(inner, d.Image):
            picture = edition.images.get(inner.path, b"")
            content.append(hashlib.sha256(picture).hexdigest())
    words, spoken = _words(bare), _words(d.rebuild(bare, _spoken))
    return WrittenUnit(node.id, kind, around, heading, tuple(content), words, spoken, node.place)


def _unit_kind(node: d.Node) -> str:
    """What a node with an identity of its own is; empty for one that belongs to what holds it."""
    match node:
        case d.Section():
            return node.kind if node.id else ""
        case d.Clause():
            return "clause" if node.id else ""
        case d.Table() | d.Callout() | d.Quote() | d.SignatureBlock() | d.AudiencePart():
            return "block" if node.id else ""
        case d.Paragraph() | d.Subhead() | d.ItemList() | d.Item() | d.Cell() | d.Footnote():
            return ""
        case d.Definitions() | d.Definition():
            return ""
        case d.Text() | d.Value() | d.Emphasis() | d.Strong() | d.Code() | d.Link():
            return ""
        case d.ReferenceMark() | d.Reference() | d.FootnoteMark() | d.LineBreak() | d.Image():
            return ""
        case _:
            assert_never(node)


def _below(node: Any) -> Iterator[Any]:
    """The nodes directly within one."""
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            yield from _nodes(value)


def _nodes(values: tuple[Any, ...]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _nodes(value)
        elif is_dataclass(value):
            yield value


def _bare(node: Any) -> Any:
    """The node without the units within it."""
    kept = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            kept[field.name] = _without_units(value)
    return replace(node, **kept)


def _without_units(nodes: tuple[Any, ...]) -> tuple[Any, ...]:
    kept = []
    for node in nodes:
        if isinstance(node, tuple):
            kept.append(_without_units(node))
        elif not is_dataclass(node):
            kept.append(node)
        elif isinstance(node, d.Item) and d.unit_of(node):
            continue  # it holds a unit and nothing else
        elif not _unit_kind(node):  # type: ignore[arg-type]
            kept.append(_bare(node))
    return tuple(kept)


def _words(node: d.Block) -> str:
    """What a unit says, on one line."""
    said = [_run(run) for run in runs(node) if run.kind != "picture"]
    return " ".join(" ".join(said).split())


def _run(run: Run) -> str:
    words = []
    for node in run.children:
        if isinstance(node, d.ReferenceMark) and not node.children:
            words.append(f"[{', '.join(f'#{target}' for target in node.targets)}]")
        else:
            words.append(d.plain((node,)))
    return "".join(words)


def _spoken(node: Any) -> Any:
    if isinstance(node, d.ReferenceMark) and not node.children:
        return d.Text("…")
    return node
