"""Documents that nobody would write, to hold what must be true of every one. Each word is a word of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from policygen.language import document as d

if TYPE_CHECKING:
    from collections.abc import Callable

Draw = st.DrawFn


class _Words:
    """Words in the order in which a reader is to meet them: w1, w2 and so on."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> str:
        self.last += 1
        return f"w{self.last}"


@st.composite
def sections(draw: Draw) -> tuple[d.Section, int]:
    """A section with any kind of block at any depth, and how many words it holds: w1, w2 … in reading order."""
    words = _Words()
    title = _inline(draw, words)
    blocks = _blocks(draw, words, 3)
    count = draw(st.integers(0, 2))
    notes = tuple(
        d.Footnote(f"note-{index}", f"{index}", _blocks(draw, words, 1)) for index in range(count)
    )
    return d.Section("part", title, blocks, footnotes=notes), words.last


def _inline(draw: Draw, words: _Words, depth: int = 2) -> tuple[d.Inline, ...]:
    kinds: list[Callable[[], d.Inline]] = [
        lambda: d.Text(f"{words.next()} "),
        lambda: d.Value(f"{words.next()} ", "school.name", "school", "material"),
        lambda: d.Code(f"{words.next()} "),
        d.LineBreak,
        lambda: d.FootnoteMark("note-1", "1"),
        lambda: d.Image("images/a.png", f"{words.next()} "),
    ]
    if depth:
        kinds += [
            lambda: d.Emphasis(_inline(draw, words, depth - 1)),
            lambda: d.Strong(_inline(draw, words, depth - 1)),
            lambda: d.Link("https://example.org", _inline(draw, words, depth - 1)),
            lambda: d.Reference("part", _inline(draw, words, depth - 1)),
        ]
    return tuple(make() for make in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3)))


def _blocks(draw: Draw, words: _Words, depth: int) -> tuple[d.Block, ...]:
    def inner() -> tuple[d.Block, ...]:
        return _blocks(draw, words, depth - 1)

    def several(make: Callable[[], object]) -> tuple[object, ...]:
        return tuple(make() for _ in range(draw(st.integers(1, 2))))

    def row() -> tuple[d.Cell, ...]:
        return (d.Cell(_inline(draw, words)), d.Cell(()))

    def table() -> d.Table:
        caption = _inline(draw, words)
        head = row()
        return d.Table(caption, head, several(row))  # type: ignore[arg-type]

    def signature() -> d.SignatureBlock:
        signatory = words.next()
        return d.SignatureBlock(signatory, several(lambda: _inline(draw, words)))  # type: ignore[arg-type]

    def quote() -> d.Quote:
        blocks = inner()
        return d.Quote(blocks, _inline(draw, words))

    def definition() -> d.Definition:
        term = _inline(draw, words)
        return d.Definition(term, several(inner))  # type: ignore[arg-type]

    def titled() -> d.Clause:
        title = _inline(draw, words)
        return d.Clause("titled", inner(), title, "1.2")

    def section() -> d.Section:
        title = _inline(draw, words)
        return d.Section("inner", title, inner(), level=2, number="1.1")

    def callout() -> d.Callout:
        label = _inline(draw, words)
        return d.Callout("remember", inner(), label=label)

    kinds: list[Callable[[], d.Block]] = [
        lambda: d.Paragraph(_inline(draw, words)),
        lambda: d.Subhead(2, _inline(draw, words)),
        table,
        signature,
    ]
    if depth:
        kinds += [
            lambda: d.ItemList("letter", several(lambda: d.Item(inner(), "(a)"))),  # type: ignore[arg-type]
            lambda: d.AudiencePart("staff", inner()),
            lambda: d.Definitions(several(definition)),  # type: ignore[arg-type]
            lambda: d.Clause("clause", inner(), number="1.1"),
            quote,
            titled,
            section,
            callout,
        ]
    return tuple(make() for make in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3)))
