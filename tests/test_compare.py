"""Two documents compared: by id, with moves, renames and renumbering told apart from changed words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.compare import lines
from policygen.compare import words as in_words
from policygen.compare.comparison import Comparison, Declared, compare
from policygen.compare.units import units
from policygen.compose.digest import content_digest, content_digests
from policygen.language.document import (
    Branding,
    Cell,
    Clause,
    Document,
    Image,
    Inline,
    Item,
    ItemList,
    Link,
    Paragraph,
    Reference,
    Section,
    Strong,
    Table,
    Text,
    Value,
    plain,
    walk,
)
from policygen.language.stored import (
    NotADocumentError,
    authored_words,
    restored,
    stored,
    stored_clauses,
)
from tests.support.example import document
from tests.support.samples import IMAGES, POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.compare.lines import MarkedLine
    from policygen.language.document import Block

Texts = dict[str, str]


def clause(
    identity: str,
    *words: Inline | str,
    number: str = "",
    local: str = "",
    blocks: tuple[Block, ...] = (),
) -> Clause:
    inline = tuple(Text(word) if isinstance(word, str) else word for word in words)
    return Clause(identity, (Paragraph(inline), *blocks), number=number, local=local)


def policy(*sections: Section, edition: str = "2026.1") -> Document:
    return Document(
        "oak", "tiny", "Oak Lane School", "Keys", "Keys", "Northshire County Council", edition, "1.0", (), 24, 1,
        sections, (), (), Branding(),
    )  # fmt: skip


def section(identity: str, *clauses: Block) -> Section:
    return Section(identity, (Text(identity.title()),), clauses, number="1", name=identity)


def of(texts: Mapping[str, Texts], edition: str = "2026.1") -> Document:
    """A policy out of its clauses' words, by section and id, numbered in order."""
    made = []
    for number, (name, clauses) in enumerate(texts.items(), 1):
        numbered = [
            clause(key, words, number=f"{number}.{n}")
            for n, (key, words) in enumerate(clauses.items(), 1)
        ]
        made.append(section(name, *numbered))
    return policy(*made, edition=edition)


def said(comparison: Comparison) -> list[tuple[str, str]]:
    return [(pair.kind, pair.id) for pair in comparison.changes]


def redline(line: MarkedLine) -> str:
    marks = {"same": "{}", "inserted": "[+{}+]", "deleted": "[-{}-]"}
    return "\t".join(
        "".join(marks[run.change].format(plain(run.children)) for run in cell)
        for cell in line.cells
    )


def old_text(comparison: Comparison) -> dict[str, str]:
    """What refusing every change leaves: the words of each old unit, by id."""
    return _taken(comparison, "deleted")


def new_text(comparison: Comparison) -> dict[str, str]:
    """What taking every change gives."""
    return _taken(comparison, "inserted")


def _taken(comparison: Comparison, change: str) -> dict[str, str]:
    found = {}
    for pair in comparison.pairs:
        unit = pair.old if change == "deleted" else pair.new
        if unit is not None:
            lines = [line for line in pair.lines if line.change in ("same", "reworded", change)]
            found[f"{unit.kind}:{unit.id}"] = "\n".join(_side(line, change) for line in lines)
    return found


def _side(line: MarkedLine, change: str) -> str:
    cells = []
    for cell in line.cells:
        runs = [run for run in cell if run.change in ("same", change)]
        words = (
            run.was if change == "deleted" and run.was is not None else run.children for run in runs
        )
        cells.append("".join(plain(each) for each in words))
    return "\t".join(cells)


BASE = {
    "use": {"key": "Keep the key safe.", "lend": "Nobody lends a key."},
    "loss": {"tell": "Tell the office at once."},
}


def test_equal_documents_have_no_change() -> None:
    found = compare(of(BASE), of(BASE))
    assert (found.changes, found.change, found.renumbered) == ((), None, ())


def test_words_are_marked_inside_a_clause() -> None:
    new = {**BASE, "use": {"key": "Keep every key very safe.", "lend": "Nobody lends a key."}}
    (pair,) = compare(of(BASE), of(new)).changes
    assert (pair.kind, pair.id, pair.change) == ("reworded", "key", "material")
    assert [redline(line) for line in pair.lines] == ["Keep [-the-][+every+] key [+very +]safe."]


def test_a_renumbered_clause_is_no_change() -> None:
    """An insertion moves numbers along: that is said once, and only the new clause is a change."""
    new = {"use": {"first": "Sign for it.", **BASE["use"]}, "loss": BASE["loss"]}
    found = compare(of(BASE), of(new))
    assert said(found) == [("added", "first")]
    assert [(each.id, each.old, each.new) for each in found.renumbered] == [
        ("key", "1.1", "1.2"),
        ("lend", "1.2", "1.3"),
    ]


def test_a_reference_that_follows_its_clause_is_no_change() -> None:
    old, new = (
        policy(
            section(
                "use",
                clause("key", "See ", Reference("lend", (Text(f"paragraph {number}"),)), "."),
                clause("lend", "Nobody lends a key.", number=number),
            )
        )
        for number in ("1.2", "1.3")
    )
    found = compare(old, new)
    assert not found.changes
    assert old_text(found)["clause:key"] == "See paragraph 1.2."
    assert new_text(found)["clause:key"] == "See paragraph 1.3."


def test_a_reference_to_another_clause_is_a_change() -> None:
    old, new = (
        policy(section("use", clause("key", Reference(to, (Text("paragraph 1.2"),)))))
        for to in ("lend", "tell")
    )
    assert said(compare(old, new)) == [("reworded", "key")]


def test_what_is_gone_stands_behind_what_it_followed() -> None:
    new = {"use": {"key": BASE["use"]["key"]}, "loss": BASE["loss"]}
    found = compare(of(BASE), of(new))
    assert [(pair.kind, pair.id) for pair in found.pairs] == [
        ("same", ""), ("same", "use"), ("same", "key"), ("removed", "lend"), ("same", "loss"), ("same", "tell"),
    ]  # fmt: skip


def test_a_move_is_one_change() -> None:
    """Of two clauses that changed places one is said to have moved; in another section, that one."""
    swapped = {"use": dict(reversed(BASE["use"].items())), "loss": BASE["loss"]}
    assert [kind for kind, _ in said(compare(of(BASE), of(swapped)))] == ["moved"]
    elsewhere = {
        "use": {"key": BASE["use"]["key"]},
        "loss": {"lend": BASE["use"]["lend"], **BASE["loss"]},
    }
    assert said(compare(of(BASE), of(elsewhere))) == [("moved", "lend")]


def test_a_section_that_moves_takes_its_clauses_along() -> None:
    found = compare(of(BASE), of(dict(reversed(BASE.items()))))
    assert len(said(found)) == 1
    assert {pair.unit.kind for pair in found.changes} == {"title"}


def test_a_declared_rename_is_the_same_clause() -> None:
    new = {
        "use": {"safe-key": "Keep the key very safe.", "lend": BASE["use"]["lend"]},
        "loss": BASE["loss"],
    }
    assert said(compare(of(BASE), of(new))) == [("removed", "key"), ("added", "safe-key")]
    (pair,) = compare(of(BASE), of(new), Declared(renamed={"key": ("safe-key",)})).changes
    assert (pair.kind, pair.ids, pair.renamed) == ("reworded", {"key", "safe-key"}, True)
    assert redline(pair.lines[0]) == "Keep the key [+very +]safe."


def test_split_and_merged_clauses_say_where_they_went() -> None:
    split = {
        "use": {"key-a": "Keep the key", "key-b": "safe.", "lend": BASE["use"]["lend"]},
        "loss": BASE["loss"],
    }
    told = Declared(renamed={"key": ("key-a", "key-b")})
    found = {pair.id: pair for pair in compare(of(BASE), of(split), told).changes}
    assert found["key-a"].ids == {"key", "key-a"}
    assert (found["key-b"].kind, found["key-b"].related) == ("added", ("key",))
    merged = {"use": {"both": "Keep the key safe. Nobody lends a key."}, "loss": BASE["loss"]}
    told = Declared(renamed={"key": ("both",), "lend": ("both",)})
    found = {pair.id: pair for pair in compare(of(BASE), of(merged), told).changes}
    assert found["both"].ids == {"key", "both"}
    assert (found["lend"].kind, found["lend"].related) == ("removed", ("both",))


def test_tables_are_compared_cell_by_cell() -> None:
    def table(*rows: tuple[str, str]) -> Document:
        cells = tuple(tuple(Cell((Text(word),)) for word in row) for row in rows)
        return policy(section("use", clause("key", "Who:", blocks=(Table((), (), cells),))))

    found = compare(
        table(("Office", "Key A"), ("Head", "Key B")),
        table(("Office", "Key C"), ("Head", "Key B"), ("Cook", "Key D")),
    )
    (pair,) = found.changes
    assert [(line.change, redline(line)) for line in pair.lines] == [
        ("same", "Who:"),
        ("reworded", "Office\tKey [-A-][+C+]"),
        ("same", "Head\tKey B"),
        ("inserted", "[+Cook+]\t[+Key D+]"),
    ]


def test_a_value_changes_by_its_owner() -> None:
    def made(name: str, period: str) -> Document:
        who = Value(name, "people.dsl.name", "school", "details")
        long = Value(period, "answers.months", "policy", "material")
        return policy(
            section(
                "use",
                clause("who", "Tell ", who, "."),
                clause("long", "Kept for ", long, " months."),
            )
        )

    found = {
        pair.id: pair
        for pair in compare(made("Priya Nair", "6"), made("Tom van der Hale", "12")).changes
    }
    assert (found["who"].change, found["who"].owners) == ("details", {"details"})
    assert (found["long"].change, found["long"].owners) == ("material", {"school"})


def people(*names: str) -> Document:
    items = tuple(
        Item((Paragraph((Value(name, "deputy.name", "school", "details"), Text(" helps"))),))
        for name in names
    )
    return policy(section("use", clause("who", "Ask:", blocks=(ItemList("bullet", items),))))


def test_one_deputy_more_is_a_detail() -> None:
    """In the comparison and in the content digest; none at all is more than a detail."""
    one, two, none = people("Tom"), people("Tom", "Ann Lee"), people()
    assert compare(one, two).change == "details"
    assert content_digest(one, {}) == content_digest(two, {})
    assert compare(one, none).change == "material"
    assert content_digest(one, {}) != content_digest(none, {})


def test_an_issuer_changes_text_between_editions_and_a_school_within_one() -> None:
    new = {**BASE, "loss": {"tell": "Tell the office."}}
    assert compare(of(BASE), of(new)).changes[0].owners == {"school"}
    assert compare(of(BASE), of(new, "2026.2")).changes[0].owners == {"issuer"}
    told = Declared(owners={"tell": "trust"}, classes={"tell": "editorial"})
    (pair,) = compare(of(BASE), of(new, "2026.2"), told).changes
    assert (pair.owners, pair.change) == ({"trust"}, "editorial")


def test_what_the_editions_do_not_name_the_school_changed() -> None:
    """A school that answers another way while it takes an edition decided that itself, and its board is told so."""
    new = {**BASE, "loss": {"tell": "Tell the office."}}
    told = Declared(owners={"other": "issuer"}, complete=True)
    assert compare(of(BASE), of(new, "2026.2"), told).changes[0].owners == {"school"}
    told = Declared(owners={"tell": "issuer"}, complete=True)
    assert compare(of(BASE), of(new, "2026.2"), told).changes[0].owners == {"issuer"}


def test_a_value_that_nobody_decided_anew_goes_with_the_text_around_it() -> None:
    """The issuer takes out a sentence with an answer in it: that is no decision of the school."""

    def made(edition: str, months: str, *more: Inline | str) -> Document:
        head, kept = (
            Value("Head", "roles.head", "school", "material"),
            Value(months, "answers.m", "policy", "material"),
        )
        texts = (
            clause("ask", "Ask first", *more, "."),
            clause("keep", "Kept for ", kept, " months by the ", head, "."),
        )
        return policy(section("use", *texts), edition=edition)

    leave = (", unless the ", Value("Head", "roles.head", "school", "material"), " agrees")
    told = Declared(owners={"ask": "issuer"}, complete=True)
    found = {
        pair.id: pair.owners
        for pair in compare(made("1", "6", *leave), made("2", "9"), told).changes
    }
    assert found == {"ask": {"issuer"}, "keep": {"school"}}


def test_a_schools_paragraph_goes_along_with_a_clause_that_was_renamed() -> None:
    old, new = (
        policy(
            section(
                "use",
                clause(key, "Keep it."),
                clause(f"{key}.after", "In the safe.", local="after"),
            ),
            edition=at,
        )
        for key, at in (("key", "2026.1"), ("keys", "2026.2"))
    )
    assert compare(old, new, Declared(renamed={"key": ("keys",)}, complete=True)).changes == ()


def test_what_was_merged_is_as_grave_as_the_edition_says() -> None:
    old = of({"use": {"one": "Lock it.", "two": "Hide it."}})
    new = of({"use": {"both": "Lock it and hide it."}}, "2026.2")
    merged = Declared(renamed={"one": ("both",), "two": ("both",)}, owners={"both": "issuer"},
                      classes={"both": "editorial"}, complete=True)  # fmt: skip
    pairs = compare(old, new, merged).changes
    assert [(pair.kind, pair.change, pair.owners) for pair in pairs] == [
        ("reworded", "editorial", {"issuer"}),
        ("removed", "editorial", {"issuer"}),
    ]


def test_a_clause_that_moved_is_not_listed_again_among_the_numbers() -> None:
    old = of({"use": {"one": "Lock it.", "two": "Hide it."}, "loss": {"tell": "Tell."}})
    new = of({"use": {"two": "Hide it."}, "loss": {"tell": "Tell.", "one": "Lock it."}}, "2026.2")
    found = compare(old, new, Declared(complete=True))
    assert [(pair.id, pair.owners) for pair in found.changes] == [("one", {"issuer"})]
    assert [each.id for each in found.renumbered] == ["two"]


def test_a_paragraph_without_an_id_is_declared_by_its_section() -> None:
    old, new = (
        policy(section("use", Paragraph((Text(words),))))
        for words in ("Keep it safe.", "Keep it very safe.")
    )
    assert compare(old, new).change == "material"
    assert compare(old, new, Declared(classes={"use": "editorial"})).change == "editorial"


def test_local_wording_is_the_schools_whatever_the_edition() -> None:
    old = policy(section("use", clause("key", "Keep it.")))
    new = policy(
        section("use", clause("key", "Keep it in the safe.", local="replaced")), edition="2026.2"
    )
    assert compare(old, new).changes[0].owners == {"school"}


def test_law_that_is_cited_by_another_name_is_editorial() -> None:
    old, new = (
        policy(section("use", clause("key", "See ", Value(name, "law.kcsie", "law", "material"))))
        for name in ("KCSIE 2025", "KCSIE 2026")
    )
    assert compare(old, new).change == "editorial"


def test_emphasis_is_a_change() -> None:
    old, new = (
        policy(section("use", clause("key", "Keep it ", word)))
        for word in (Text("safe"), Strong((Text("safe"),)))
    )
    assert said(compare(old, new)) == [("reworded", "key")]


words = st.lists(
    st.sampled_from("keep the key safe office tell nobody lends at once a".split()),
    min_size=1,
    max_size=8,
)
clauses = st.dictionaries(st.sampled_from("abcdefgh"), words.map(" ".join), max_size=6)
texts = st.dictionaries(st.sampled_from(["use", "loss", "end"]), clauses, min_size=1)


def _once_each(found: Mapping[str, Texts]) -> dict[str, Texts]:
    """The same without an id that another section has already."""
    seen: set[str] = set()
    unique = {}
    for name, members in found.items():
        unique[name] = {key: value for key, value in members.items() if key not in seen}
        seen |= set(members)
    return unique


@given(old=texts.map(_once_each), new=texts.map(_once_each))
def test_taking_or_refusing_every_change_gives_one_or_the_other(
    old: Mapping[str, Texts], new: Mapping[str, Texts]
) -> None:
    """Nothing is lost, nothing is said twice, in any two documents."""
    before, after = of(old), of(new)
    found = compare(before, after)
    assert old_text(found) == {f"{unit.kind}:{unit.id}": unit.text for unit in units(before)}
    assert new_text(found) == {f"{unit.kind}:{unit.id}": unit.text for unit in units(after)}
    assert [pair.new.id for pair in found.pairs if pair.new] == [unit.id for unit in units(after)]


@pytest.mark.parametrize("other", ["oakfield-infants", "thornwick-academy"])
def test_two_schools_versions_of_a_model_policy(other: str) -> None:
    """Long documents with tables, lists, forms and callouts, taken apart and put together again."""
    old, new = (
        document("st-brigids", policy="online-safety"),
        document(other, policy="online-safety"),
    )
    found = compare(old, new)
    assert sorted(pair.old.text for pair in found.pairs if pair.old) == sorted(
        unit.text for unit in units(old)
    )
    for pair in found.pairs:
        for side, change in ((pair.old, "deleted"), (pair.new, "inserted")):
            lines = [line for line in pair.lines if line.change in ("same", "reworded", change)]
            assert "\n".join(_side(line, change) for line in lines) == (side.text if side else "")


@pytest.mark.parametrize("school", ["st-brigids", "oakfield-infants"])
def test_a_stored_document_comes_back_as_it_was(school: str) -> None:
    made = document(school, policy="online-safety")
    assert restored(stored(made)) == made
    assert stored(restored(stored(made))) == stored(made)


@pytest.mark.parametrize("school", ["st-brigids", "oakfield-infants"])
def test_a_stored_clause_has_the_words_that_somebody_wrote(school: str) -> None:
    """The same as the clause before it was stored, for every clause of a policy."""
    made = document(school, policy="online-safety")
    clauses = [node for node in walk(*made.parts) if isinstance(node, Clause)]
    kept = stored_clauses(stored(made))
    assert [clause.paragraphs for clause in kept] == [authored_words(clause) for clause in clauses]
    assert [clause.id for clause in kept] == [clause.id for clause in clauses]
    assert any(clause.paragraphs for clause in kept)


def test_a_literal_that_an_author_typed_counts_as_written() -> None:
    """`{{ "at once" if … }}` is the author's wording; what a school filled in is not."""
    typed = Value("at once", "answers.soon", "issuer", "material", typed=True)
    filled = Value("Ms Lee", "people.head.name", "school", "details")
    words = (Text("Tell "), filled, Text(" "), typed, Text("."))
    assert authored_words(Clause("tell", (Paragraph(words),))) == ("Tell at once.",)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"form": 2, "node": "Document"}', '{"form": 1, "node": "Text", "text": "a"}',
        "[" * 100_000, '{"form": 1, "node": ' + '{"node": ' * 2_000 + "1" + "}" * 2_001,
    ],
)  # fmt: skip
def test_what_is_no_stored_document_is_refused(text: str) -> None:
    with pytest.raises(NotADocumentError):
        restored(text)


@pytest.mark.parametrize(
    "odd", [None, 7, "x", ["x"], {"node": "Text", "text": "x"}, {"day": "2026-11-20"}]
)
def test_a_field_of_another_kind_is_refused_wherever_it_stands(odd: object) -> None:
    """Whoever reads a restored document may rely on what the fields of its nodes hold."""
    whole = stored(POLICY)
    places = [*_places(json.loads(whole))]
    assert len(places) > 500
    for number in range(0, len(places), 7):
        other = json.loads(whole)
        holder, key = [*_places(other)][number]
        if type(holder[key]) is type(odd):
            continue
        holder[key] = odd
        try:
            made = restored(json.dumps(other))
        except NotADocumentError:
            continue
        assert restored(stored(made)) == made
        content_digest(made, IMAGES)


def _places(whole: Any) -> Iterator[tuple[Any, Any]]:
    """Each list or group of a JSON, with each key in it."""
    keys = (
        range(len(whole))
        if isinstance(whole, list)
        else [*whole]
        if isinstance(whole, dict)
        else ()
    )
    for key in keys:
        yield whole, key
        yield from _places(whole[key])


def test_words_that_stayed_between_two_changes_are_struck_along() -> None:
    """A lone small word between two changes would make a reader jump; a word of weight stays."""
    old = {
        "use": {
            "key": "Everybody at school locks it in the safe by night.",
            "lend": "Visitors tell the main office when they go now.",
        }
    }
    new = {
        "use": {
            "key": "Everybody at school puts that in a box by night.",
            "lend": "Visitors ring the big office when they go today.",
        }
    }
    first, second = compare(of(old), of(new)).changes
    assert redline(first.lines[0]) == (
        "Everybody at school [-locks it in the safe-][+puts that in a box+] by night."
    )
    assert redline(second.lines[0]) == (
        "Visitors [-tell the main-][+ring the big+] office when they go [-now-][+today+]."
    )


@pytest.mark.parametrize(
    "text",
    ["Tell Sia\u0302n now.", "Tell Siân\u00a0now.", "Te\u00adll Siân now.", "Tell\u200b Siân now."],
)
def test_differences_that_nobody_sees_are_none(text: str) -> None:
    """Letters put together in another way, a space that does not break, a soft hyphen, a space without width."""
    old, new = of({"use": {"key": "Tell Siân now."}}), of({"use": {"key": text}})
    assert not compare(old, new).differs
    assert content_digest(old, {}) == content_digest(new, {})
    assert content_digest(new, {}) in content_digests(new, {})
    assert len(content_digests(new, {})) == 2
    assert len(content_digests(old, {})) == 1


def test_a_link_that_leads_elsewhere_keeps_its_words() -> None:
    old, new = (
        policy(section("use", clause("key", "See ", Link(address, (Text("the list"),)), ".")))
        for address in ("https://a.example", "https://b.example")
    )
    (pair,) = compare(old, new).changes
    (line,) = pair.lines
    assert redline(line) == "See the list."
    assert line.notes == ("link: https://b.example; was: https://a.example",)


def test_a_word_that_is_typed_now_and_was_filled_in_is_the_same() -> None:
    head = Value("Headteacher", "roles.head", "school", "material")
    old, new = (
        policy(section("use", clause("key", *words, " key.")))
        for words in ((head, "’s"), ("Headteacher’s",))
    )
    assert not compare(old, new).differs
    assert content_digest(old, {}) == content_digest(new, {})


def test_a_form_number_that_an_author_wrote_is_no_number_that_moved_along() -> None:
    old, new = (
        policy(section("use", clause("key", Reference("use", (Text(words),)))))
        for words in ("Form 3", "Form 4")
    )
    assert said(compare(old, new)) == [("reworded", "key")]


def test_what_hangs_on_a_new_answer_is_the_schools_too() -> None:
    told = Declared(owners={"tell": "issuer"}, complete=True, answered=frozenset({"tell"}))
    new = {**BASE, "loss": {"tell": "Tell the office."}}
    assert compare(of(BASE), of(new, "2026.2"), told).changes[0].owners == {"issuer", "school"}


def test_a_working_template_is_the_issuers_whatever_number_it_carries() -> None:
    new = {**BASE, "loss": {"tell": "Tell the office."}}
    before, after = (replace(of(texts), school_id="") for texts in (BASE, new))
    assert compare(before, after).changes[0].owners == {"issuer"}


def test_another_picture_of_the_same_name_is_a_change() -> None:
    old, new = (
        policy(section("use", clause("key", Image("images/key.svg", "A key", digest=digest))))
        for digest in ("a" * 64, "b" * 64)
    )
    (pair,) = compare(old, new).changes
    assert redline(pair.lines[0]) == "A key"
    assert pair.lines[0].notes == ("another picture, still of “A key”",)


def test_a_version_from_before_additions_had_numbers_has_the_same_content() -> None:
    """The number is content of what is approved now; a version that was registered without it needs no new approval."""
    without, first, second = (
        policy(section("use", clause("key", "A key."), clause("key.after", "More.", number=number)))
        for number in ("", "1.1A", "1.1B")
    )
    assert content_digest(first, {}) != content_digest(second, {})
    assert content_digest(without, {}) in content_digests(first, {})
    assert content_digest(second, {}) not in content_digests(first, {})
    found = compare(without, first)
    assert found.changes == ()
    assert [(moved.old, moved.new) for moved in found.renumbered] == [("", "1.1A")]


def test_lines_that_all_differ_take_as_long_as_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """And none of them is lost, or told in another order."""
    compared: list[object] = []

    def unlike(*pair: object) -> float:
        compared.append(pair)
        return 0.0

    monkeypatch.setattr(lines, "_likeness", unlike)
    monkeypatch.setattr(lines, "_alone", lambda change, line, _: (change, line))
    for count in (3, 60, 500, 4_000):
        compared.clear()
        made: list[Any] = [*lines._replaced(range(count), range(count), ())]  # type: ignore[arg-type]
        for change in ("deleted", "inserted"):
            assert [line for what, line in made if what == change] == [*range(count)]
        assert len(compared) <= max(count**2, 64 * count)
    assert len(compared) < 64 * 4_000


def test_a_long_text_is_compared_word_by_word_too() -> None:
    """Common words lead to nothing in it by themselves, and are found beside rarer ones all the same."""
    common = "the key of a door is the key of a room "
    old = f"{common * 300}Caretakers keep it. {common * 50}"
    found = in_words.runs(
        *(
            tuple(in_words.tokens((Text(text),), "issuer"))
            for text in (old, old.replace("keep", "hold"))
        )
    )
    told = [plain(run.children) for run in found if run.change != "same"]
    assert told == ["keep", "hold"]
