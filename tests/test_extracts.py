"""Audience extracts: each reader gets what is meant for them and nothing else, with the policy's numbers and code."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html as parser

from policygen.compose.extracts import extracts
from policygen.html.labels import AUDIENCES
from policygen.html.sheets import extract_html
from policygen.language.document import (
    AudiencePart,
    Callout,
    Clause,
    FootnoteMark,
    Item,
    Reference,
    Section,
    plain,
)
from policygen.products.folders import Draft, draft_products
from tests.support import samples
from tests.support.acceptance import (
    ADOPTED,
    APPROVED,
    DRAFT,
    adopted,
    all_words,
    images,
    of_kind,
    said,
    words,
)
from tests.support.example import adopters, edition

if TYPE_CHECKING:
    from policygen.language.document import Document

each_adopted = pytest.mark.parametrize(("policy", "name"), ADOPTED)


def extract_page(document: Document, audience: str, *, medium: str = "screen", stamp=DRAFT) -> Any:
    parts = extracts(document)[audience]
    return parser.fromstring(
        extract_html(document, audience, parts, stamp, medium=medium, images=images(document))
    )


# --- in small ---------------------------------------------------------------------------------------------------------

RULE = samples.paragraph("A rule for all.")
FOR_PUPILS = AudiencePart("pupils", (samples.paragraph("Ask your teacher."),), "for-pupils")
FOR_STAFF = AudiencePart("staff", (samples.paragraph("Tell the office."),), "for-staff")
POINTS = Callout("key-points", (samples.bullets("Lock your screen."),), "points")
REMEMBER = Callout("remember", (samples.paragraph("Think first."),), "think")


def small(*blocks, audience="everyone", **changes) -> Document:
    section = Section("one", samples.text("One"), blocks, number="1", **changes)
    return replace(samples.FLAT, sections=(section,), forms=(), appendices=(), audience=audience)


def outline(document: Document) -> dict[str, str]:
    return {audience: words(parts) for audience, parts in extracts(document).items()}


def test_parts_for_an_audience_and_nothing_around_them() -> None:
    document = small(RULE, FOR_PUPILS, FOR_STAFF, REMEMBER)
    assert outline(document) == {"staff": "Tell the office.", "pupils": "Ask your teacher."}


def test_key_points_are_for_those_whom_the_policy_is_for() -> None:
    """A policy for everyone gives them to staff, one for an audience to that audience."""
    assert outline(small(RULE, POINTS)) == {"staff": "Lock your screen."}
    assert outline(small(RULE, POINTS, audience="parents")) == {"parents": "Lock your screen."}


def test_what_the_whole_policy_is_for_is_no_extract() -> None:
    """Sections of a policy for staff are the policy; its forms are for them to sign."""
    document = small(RULE, audience="staff")
    document = replace(document, sections=(replace(document.sections[0], audience="staff"),))
    assert outline(document) == {}
    form = replace(
        document.sections[0],
        id="form",
        kind="form",
        number="",
        blocks=(samples.paragraph("I agree."),),
    )
    assert outline(replace(document, forms=(form,))) == {"staff": "I agree."}


def test_a_part_within_a_clause_or_a_callout_is_found() -> None:
    clause = samples.clause("rule", "1.1", RULE, FOR_PUPILS)
    assert outline(small(clause)) == {"pupils": "Ask your teacher."}
    assert outline(small(replace(REMEMBER, blocks=(FOR_STAFF,)))) == {"staff": "Tell the office."}


def test_only_the_footnotes_that_are_referred_to() -> None:
    noted = replace(
        FOR_PUPILS, blocks=(replace(RULE, children=(*RULE.children, FootnoteMark("b", "2"))),)
    )
    notes = tuple(
        samples.Footnote(each, number, (RULE,)) for each, number in (("a", "1"), ("b", "2"))
    )
    (part,) = extracts(small(RULE, noted, footnotes=notes))["pupils"]
    assert [note.id for note in part.footnotes] == ["b"]


def test_a_policy_without_such_parts_has_no_extracts() -> None:
    assert extracts(small(RULE, REMEMBER)) == {}


# --- in the model policies --------------------------------------------------------------------------------------------


@each_adopted
def test_no_extract_holds_the_text_of_another(policy: str, name: str) -> None:
    """Nothing that is meant for one audience alone stands in the extract of another."""
    document = adopted(policy, name)
    made = extracts(document)
    assert made
    for one, other in combinations(made, 2):
        left, right = ({*all_words(own_to(made[each], each)).splitlines()} for each in (one, other))
        common = {line for line in left & right if len(line.split()) > 5}
        assert not common, (one, other)


def own_to(parts: tuple[Section, ...], audience: str) -> tuple[object, ...]:
    """The blocks of an extract, without parts in them that are meant for others."""
    found: list[object] = []
    for part in parts:
        found += [
            block
            for block in part.blocks
            if not isinstance(block, AudiencePart) or block.audience == audience
        ]
    return tuple(found)


@each_adopted
@pytest.mark.parametrize("stamp", [DRAFT, APPROVED])
@pytest.mark.parametrize("medium", ["screen", "print"])
def test_each_carries_its_policy_version_and_code(
    policy: str, name: str, stamp, medium: str
) -> None:
    document = adopted(policy, name)
    assert extracts(document)
    for audience in extracts(document):
        made = extract_page(document, audience, medium=medium, stamp=stamp)
        (header,) = made.xpath("//header")
        for each in (
            document.school_name,
            document.title,
            document.version,
            stamp.content_code,
            AUDIENCES[audience],
        ):
            assert each in said(header)
        assert bool(made.xpath("//*[@class='draft-banner']")) == stamp.draft


@each_adopted
def test_each_keeps_the_numbers_of_the_policy(policy: str, name: str) -> None:
    """Parts, clauses, items and references have the ids, numbers and words that they have in the whole policy."""
    document = adopted(policy, name)
    known = {
        (type(node), node.id): (getattr(node, "number", ""), getattr(node, "label", ""))
        for node in of_kind(Section | Clause | Item, document.parts)
        if node.id
    }
    printed = {(each.target, plain(each.children)) for each in of_kind(Reference, document.parts)}
    assert printed
    for audience, parts in extracts(document).items():
        for node in of_kind(Section | Clause | Item, parts):
            if node.id:
                assert known[type(node), node.id] == (
                    getattr(node, "number", ""),
                    getattr(node, "label", ""),
                )
        assert {
            (each.target, plain(each.children)) for each in of_kind(Reference, parts)
        } <= printed
        made = extract_page(document, audience)
        for part in parts:
            heading = made.get_element_by_id(part.id).xpath("./h2")[0]
            assert said(heading).startswith(part.label)


@each_adopted
def test_links_stay_within_the_extract(policy: str, name: str) -> None:
    """A reference to what is not there is words only."""
    document = adopted(policy, name)
    assert extracts(document)
    for audience in extracts(document):
        made = extract_page(document, audience)
        here = {*made.xpath("//@id")}
        assert {
            each.removeprefix("#") for each in made.xpath("//a/@href") if each.startswith("#")
        } <= here


@pytest.mark.parametrize("name", adopters("online-safety"))
def test_pupils_and_staff(name: str) -> None:
    """Pupils get their promises, with nothing of the agreement, the guidance or the conditions for staff."""
    document = adopted("online-safety", name)
    made = extracts(document)
    assert [*made] == ["staff", "pupils", "parents"]
    for audience, other in (
        ("pupils", "staff"),
        ("staff", "pupils"),
        ("parents", "staff"),
        ("staff", "parents"),
    ):
        theirs = said(extract_page(document, audience))
        for line in words(own_to(made[other], other)).splitlines():
            assert len(line.split()) < 5 or line not in theirs, line
    numbers = [part.label for part in made["staff"] if part.label]
    assert numbers == [part.label for part in document.appendices if part.audience == "staff"]


@pytest.mark.parametrize("name", adopters("staff-acceptable-use"))
def test_headteachers(name: str) -> None:
    """What is for headteachers alone is in their extract and in no other."""
    document = adopted("staff-acceptable-use", name)
    made = extracts(document)
    assert [part.id for part in made["headteachers"]] == ["app-heads"]
    assert made["headteachers"][0].label == "Appendix 2"
    theirs = [line for line in words(made["headteachers"]).splitlines() if len(line.split()) > 5]
    assert theirs
    for audience in made.keys() - {"headteachers"}:
        text = said(extract_page(document, audience))
        assert not [line for line in theirs if line in text]


@pytest.mark.parametrize("name", adopters("computing-facilities"))
def test_key_points_in_the_extract_for_staff(name: str) -> None:
    """The page of key points, with its footnote, and the forms that staff sign."""
    document = adopted("computing-facilities", name)
    parts = extracts(document)["staff"]
    assert [part.id for part in parts] == ["key-points", *(form.id for form in document.forms)]
    (points,) = of_kind(Callout, parts[0])
    assert points in document.sections[0].blocks
    assert [note.id for note in parts[0].footnotes] == ["key-points-note-extremism"]
    made = extract_page(document, "staff")
    assert len(made.xpath("//*[@id='key-points']//li")) == 24


# --- as files ---------------------------------------------------------------------------------------------------------


@each_adopted
def test_every_extract_is_a_file_of_its_own(policy: str, name: str) -> None:
    """That each holds up as a PDF, a build of all examples says."""
    document = adopted(policy, name)
    draft = Draft(document, images(document), {}, (), edition(policy).edition.file.value.forms)
    made = {
        f"{products.folder}/{file}" for products in draft_products(draft) for file in products.pdfs
    }
    folder = f"drafts/{name}/{policy}"
    expected = {f"{folder}/extracts/{audience}.pdf" for audience in extracts(document)}
    assert {f"{folder}/{policy}.pdf", *expected} <= made
