"""What a file from elsewhere holds: tracked changes accepted or rejected, and where a thing stands."""

from __future__ import annotations

from policygen.moving.found import (
    Found,
    Paragraph,
    Spot,
    Words,
    paragraphs,
    settled,
    text_of,
    tracked,
)

SPOT = Spot(1, heading="Keys")


def texts(found: Found) -> list[str]:
    return [text_of(paragraph) for paragraph in paragraphs(found.blocks)]


def test_tracked_changes_are_taken_or_left() -> None:
    old, new = Words("ten", change="deleted", author="Ann"), Words("two", change="inserted")
    first = Paragraph((Words("Keep "), old, new, Words(" keys.")), SPOT)
    run_on = Paragraph((Words("Lock up"),), SPOT, mark="deleted")
    last = Paragraph((Words(" at night."),), SPOT)
    found = Found("keys.docx", "docx", (first, run_on, last))
    assert texts(settled(found, "accept")) == ["Keep two keys.", "Lock up at night."]
    assert texts(settled(found, "reject")) == ["Keep ten keys.", "Lock up", "at night."]
    assert [(change.kind, change.text) for change in tracked(found)] == [
        ("deleted", "ten"),
        ("inserted", "two"),
        ("deleted", "¶"),
    ]


def test_a_paragraph_that_goes_as_a_whole_leaves_the_next_as_it_is() -> None:
    """A heading stays a heading, with its number, when the paragraph before it is not accepted."""
    gone = Paragraph((Words("New.", change="inserted"),), SPOT, label="1.3", mark="inserted")
    heading = Paragraph((Words("Pupils"),), SPOT, heading=1, label="2.")
    assert settled(Found("a.docx", "docx", (gone, heading)), "reject").blocks == (heading,)


def test_a_place_is_said_in_words() -> None:
    assert str(Spot(3, heading="Keys", cell=(1, 2, 3))) == (
        "paragraph 3, table 1 row 2 column 3, below “Keys”"
    )
    assert str(Spot(1, "box")) == "paragraph 1 of the text boxes"
