"""How hard a text is to read: syllables against a dictionary, sentences as readers meet them, limits of a template."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.checks.readability import (
    LONG,
    Sentence,
    age_of,
    readings,
    sentences_of,
    syllables,
    together,
)
from policygen.language import document as d
from policygen.language.runs import runs
from tests.support.acceptance import ADOPTED, model
from tests.support.example import edition
from tests.support.workspace import BASE, Workspace

_CORPUS = [
    line.split(" ", 2)
    for line in (Path(__file__).parent / "reading" / "sentences.txt").read_text().splitlines()
    if not line.startswith("#")
]
_PLAIN = st.sampled_from([text for _, _, text in _CORPUS])


def paragraph(*children: str | d.Inline) -> list[Sentence]:
    """The sentences of one paragraph."""
    nodes = tuple(d.Text(each) if isinstance(each, str) else each for each in children)
    return of(d.Paragraph(nodes))


def of(*blocks: d.Block) -> list[Sentence]:
    """The sentences of a part with these blocks."""
    part = d.Section("part", (d.Text("Unquestionably incomprehensible technicalities"),), blocks)
    return [sentence for run in runs(part) for sentence in sentences_of(run)]


# --- precision --------------------------------------------------------------------------------------------------------


def test_syllables_agree_with_a_dictionary() -> None:
    """Over the corpus within one in a hundred, and in no sentence by more than two."""
    known = counted = 0
    for words, spoken, text in _CORPUS:
        (sentence,) = paragraph(text.lower())
        assert sentence.words == int(words), text
        assert abs(sentence.syllables - int(spoken)) <= 2, text
        known += int(spoken)
        counted += sentence.syllables
    assert abs(counted - known) <= known / 100


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("The cat sat on the mat.", -1.45),
        ("The quick brown fox jumps over the lazy dog.", 2.34),
        ("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.", 11.3),
    ],
)
def test_published_grades(text: str, grade: float) -> None:
    """Sentences whose grade is known far and wide; names count as they are spoken where they are no names."""
    found = paragraph(text.lower())
    assert age_of(found) == pytest.approx(max(grade, 0) + 5, abs=2)


def test_endings() -> None:
    """Where the spelling says one thing and the tongue another."""
    spoken = {
        "phone": 1, "phones": 1, "devices": 3, "changes": 2, "asked": 1, "deleted": 3,
        "table": 2, "employee": 3, "employed": 2, "safety": 2, "safeguarding": 3, "anyone": 3,
        "everyone": 3, "being": 2, "idea": 3, "situation": 4, "social": 2, "create": 2,
    }  # fmt: skip
    assert {word: syllables(word) for word in spoken} == spoken


# --- what counts ------------------------------------------------------------------------------------------------------


@given(_PLAIN, _PLAIN)
def test_two_sentences_are_easier_than_one(one: str, other: str) -> None:
    """The same words, with a full stop between them or a semicolon."""
    apart = paragraph(f"{one} {other}")
    joined = paragraph(f"{one.rstrip('.')}; {other[0].lower()}{other[1:]}")
    assert len(apart) == 2
    assert len(joined) == 1
    assert sum(each.words for each in apart) == joined[0].words
    assert age_of(apart) <= age_of(joined)


@given(_PLAIN, st.sampled_from(["Act 2018", "Investigatory Powers Regulations (SI 2018/356)"]))
def test_how_long_a_title_is_does_not_matter(text: str, title: str) -> None:
    """What names a law or a policy is one short word, wherever it stands."""
    for name, layer in (
        ("law.some", "law"),
        ("policies.behaviour", "school"),
        ("policy.title", "policy"),
    ):
        value = d.Value(title, name, layer, "material")
        assert age_of(paragraph(text, " See ", value, ".")) == age_of(paragraph(text, " See it."))


@given(_PLAIN)
def test_names_are_not_hard_words(text: str) -> None:
    """A name, an abbreviation, a number and an address weigh as a short word does."""
    begin = text.rstrip(".") + " for "
    short = age_of(paragraph(begin + "us."))
    for name in ("Northumberlandshire", "UKCIS", "KCSIE", "2026", "office@northshire.example"):
        assert age_of(paragraph(begin + name + ".")) == short


@given(_PLAIN)
def test_what_is_no_sentence_flatters_nothing(text: str) -> None:
    """Titles, cells, captions, labels, quotations and the entries of a list change no figure."""
    said = (d.Text(text),)
    noise = (d.Text("Tea"),)
    entry = d.ItemList("bullet", (d.Item((d.Paragraph(noise),)),))
    others = (
        d.Subhead(2, noise),
        d.Table(noise, (d.Cell(noise),), ((d.Cell(noise),),)),
        d.Quote((d.Paragraph(noise),)),
        d.SignatureBlock("Tea", (noise,)),
        entry,
    )
    alone = of(d.Paragraph(said))
    assert age_of(of(d.Paragraph(said), *others)) == age_of(alone) > 0


def test_items_are_read_by_themselves() -> None:
    """A long list is no long sentence, and an item of a whole sentence is one."""
    items = tuple(
        d.Item((d.Paragraph((d.Text("we keep the door shut at night."),)),)) for _ in range(9)
    )
    found = of(d.Paragraph((d.Text("Each day:"),)), d.ItemList("bullet", items))
    assert [each.words for each in found] == [2] + [7] * 9


def test_a_sentence_ends_where_readers_end_it() -> None:
    """Marks within quotation marks end one; a point in a number, an address or “Mr” ends none."""
    said = (
        "He asked: “Who has it?” Nobody knew. Version 1.2 of www.school.example costs 3.50 pounds."
    )
    assert [each.words for each in paragraph(said)] == [5, 2, 7]


# --- the command and the rules ----------------------------------------------------------------------------------------

_HARD = (
    "Irresponsible utilisation of confidential entrance combinations necessitates immediate "
    "administrative intervention.\n"
)


def _with(tmp_path: Path, settings: str, text: str) -> Workspace:
    template = (BASE / "templates/tiny/template.yaml").read_text()
    section = (BASE / "templates/tiny/sections/app-doors.md").read_text()
    return Workspace(tmp_path).with_files(
        {
            "templates/tiny/template.yaml": template.replace("sections:", f"{settings}\nsections:"),
            "templates/tiny/sections/app-doors.md": f"{section}\n{text}",
        }
    )


def test_each_part_and_each_audience_has_its_figures(tmp_path: Path) -> None:
    """The table counts by part, and within a part by whom a piece is meant for."""
    piece = "::: audience parents\n\nYou sign here. You keep a copy.\n\n:::\n"
    said = _with(tmp_path, "reading: {parents: 11}", piece).run("check", "--readability").stdout
    rows = [line.split() for line in said.splitlines() if " parents " in line]
    assert [row[-7:] for row in rows] == [["parents", "7", "4", "4", "0%", "5.0", "11"]] * 2


def test_a_limit_is_kept_at_the_clause(tmp_path: Path) -> None:
    """Without a limit nothing is said; with one, the hardest clause is named, and its long words."""
    assert "reading-age" not in _with(tmp_path / "a", "", _HARD).run("check").stderr
    said = _with(tmp_path / "b", "reading: {everyone: 13}", _HARD).run("check").stderr
    assert said.count("[reading-age]") == 1
    assert "app-doors.md:5:1" in said
    assert "“irresponsible”" in said


def test_a_long_sentence_is_noted_where_it_stands(tmp_path: Path) -> None:
    """With one word too many, in a template that sets limits."""
    for words, times in (LONG, 0), (LONG + 1, 1):
        text = "Short. We" + "".join(f" go{index}" for index in range(words - 1)) + ".\n"
        said = _with(tmp_path / str(words), "reading: {everyone: 25}", text).run("check").stderr
        assert said.count("app-doors.md:5:8") == said.count("[long-sentence]") == times


# --- the model policies -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "name"), ADOPTED)
def test_the_model_policies_keep_their_limits(policy: str, name: str) -> None:
    """Staff at most 13, parents 11, pupils as their sheets say; 18 words in a sentence on average, none over 35."""
    template = edition(policy).edition.file.value
    found = [*readings(model(policy, name), template)]
    assert {each.audience for each in found} <= {*template.reading, "pupils"}
    for part in found:
        assert part.limit is not None, part.title
        assert part.limit <= {"parents": 11}.get(part.audience, 13)
        assert part.age <= part.limit, (part.title, part.age)
        assert [each.text for each in part.sentences if each.long] == []
    for audience in together(found):
        assert audience.average <= 18, (audience.audience, audience.average)
