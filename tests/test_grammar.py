"""Small grammar invents no word: a form is right, or somebody is asked for it."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.ground.wording import (
    UnknownFormError,
    lower_first,
    plural,
    possessive,
    sentence_case,
    with_article,
)
from tests.support.standing import standing
from tests.support.workspace import SCHOOL, Workspace

SOURCES = Path(__file__).parents[1] / "src" / "policygen"
WORDS = st.sampled_from(
    """Chair Governors Head School Year DSL SENCO staff child person woman leaf hero box class church monarch analysis
    data bus iPad eSafety 7 11 18 80 1100 “Oak” (acting) St Brigid’s All Saints’ trustee company day C E of and for
    university hour European one-year 11-to-16 UNESCO HR École X-ray""".split()
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@given(NAMES | st.text(min_size=1, max_size=12))
def test_a_plural_has_no_further_plural(name: str) -> None:
    """So that no title that is one already becomes `Governorses`."""
    try:
        once = plural(name)
    except UnknownFormError:
        return
    with suppress(UnknownFormError):
        assert plural(once) == once


@given(NAMES | st.text(max_size=12))
def test_a_possessive_is_made_once(name: str) -> None:
    """A name that is a possessive already, such as “St Brigid’s”, takes no second ending."""
    made = possessive(name)
    assert possessive(made) == made
    assert not re.search(r"s[’']s$|[’'][sS]?[’']", made.removeprefix(name))


@given(NAMES | st.text(min_size=1, max_size=12))
def test_an_article_changes_nothing_of_the_name(name: str) -> None:
    try:
        assert with_article(name) in (f"a {name}", f"an {name}")
    except UnknownFormError as error:
        assert str(error) == f"nobody can tell the article of “{name}”"  # noqa: PT017


@given(NAMES | st.text(max_size=12))
def test_capitals_change_one_letter_at_most(name: str) -> None:
    """And a brand name none: `iPad` never becomes `IPad`."""
    for made in (sentence_case(name), lower_first(name)):
        assert made[1:] == name[1:] or made.casefold() == name.casefold()
    if re.match(r"[a-z]+[A-Z]", name):
        assert sentence_case(name) == name


@pytest.mark.parametrize(
    ("noun", "article"),
    [
        *((noun, "an") for noun in ("11-to-16 school", "8-year plan", "18th birthday", "80")),
        *((noun, "a") for noun in ("7-to-11 school", "110", "one-year plan", "European", "unit")),
        *((noun, "an") for noun in ("iPad", "HR adviser", "X-ray", "uninsured driver", "hour")),
        *((noun, "a") for noun in ("DSL", "SENCO", "UNESCO site", "UK school", "KS2 class")),
        *((noun, "an") for noun in ("“office”", "École", "F1 form", "eSafety lead", "NHS trust")),
    ],
)
def test_the_article_goes_by_the_sound(noun: str, article: str) -> None:
    assert with_article(noun) == f"{article} {noun}"


@pytest.mark.parametrize(
    ("noun", "several"),
    [
        ("Chair of Governors", "Chairs of Governors"),
        ("Head of School", "Heads of School"),
        ("young person", "young people"),
        ("company", "companies"),
        ("day", "days"),
        ("DSL", "DSLs"),
        ("member of staff", "members of staff"),
        ("church", "churches"),
    ],
)
def test_plurals_by_rule(noun: str, several: str) -> None:
    assert plural(noun) == several


UNSURE = "Governors,analysis,leaf,monarch,hero,CMS,Year 7,Head (acting),Head and Chief Executive"


@pytest.mark.parametrize("noun", UNSURE.split(","))
def test_a_plural_that_no_rule_tells_is_refused(noun: str) -> None:
    with pytest.raises(UnknownFormError):
        plural(noun)


def test_every_noun_that_a_message_counts_has_a_plural() -> None:
    """Messages never stop for want of a form."""
    calls = r"count\([^\n]*?, \"([a-z -]+)\"\)"
    nouns = {
        noun
        for path in SOURCES.rglob("*.py")
        for noun in re.findall(calls, path.read_text("utf-8"))
    }
    assert len(nouns) > 8
    assert all(plural(noun) for noun in nouns)


@pytest.mark.parametrize(
    ("printed", "head", "said"),
    [
        ("roles.head | plural", "Head and Principal", "plural of “Head and Principal”"),
        ("roles.head | with_article", "SENDA lead", "article of “SENDA lead”"),
        ("roles.head | plural | sentence_case", "Governors", "plural of “Governors”"),
        ('("the " ~ (roles.head | plural)) | sentence_case', "Governors", "plural of “Governors”"),
    ],
)
def test_a_form_that_nobody_can_tell_is_an_error_where_it_would_print(
    tmp_path: Path, printed: str, head: str, said: str
) -> None:
    """It names the word, and what to do."""
    section = "templates/tiny/sections/lost-keys.md"
    made = standing(
        Workspace(tmp_path / "work")
        .with_change(section, "{{ roles.head }}", f"{{{{ {printed} }}}}")
        .with_change(SCHOOL, "head: Headteacher", f"head: {head}")
    ).run("check")
    assert (
        f"error: nobody can tell the {said}, and a sentence needs it  [missing-fact]" in made.stderr
    )
    assert f"--> {section}:3:" in made.stderr
    assert "hint: write the sentence so that it needs no such form" in made.stderr
