"""Small grammar: where a fact meets a sentence, and in messages. All functions are pure and take plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SMALL = "no one two three four five six seven eight nine ten eleven twelve".split()
_SOUNDS_LIKE_VOWEL = re.compile(
    r"(?i:[aeio]|u(?!ni|se|k\b|ser)|ho(?:nest|ur)|heir)|[FLMNRSX](?=[A-Z.\d]|\b)"
)
_IRREGULAR = {
    "child": "children",
    "person": "people",
    "staff": "staff",
    "member of staff": "members of staff",
}


def possessive(name: str) -> str:
    """The possessive of a name: "Elm Grove’s", "All Saints’", "St Giles’"."""
    if name.endswith(("s", "S")):
        return f"{name}’"
    return f"{name}’s"


def with_article(noun: str) -> str:
    """The noun with "a" or "an" before it, by its sound: "an academy", "a university", "an HR adviser"."""
    if re.match(r"[A-Z]{2,}\b", noun):
        # Read letter by letter: "an HR adviser", "a DSL".
        sounds_like_vowel = noun[0] in "AEFHILMNORSX"
    else:
        sounds_like_vowel = bool(_SOUNDS_LIKE_VOWEL.match(noun))
    return f"{'an' if sounds_like_vowel else 'a'} {noun}"


def plural(noun: str) -> str:
    """The plural of a common noun; the words before its last stay."""
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    head, _, last = noun.rpartition(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif re.search(r"[^aeiou]y$", last):
        last = last[:-1] + "ies"
    elif re.search(r"(?:s|x|z|ch|sh)$", last):
        last += "es"
    else:
        last += "s"
    return f"{head} {last}".lstrip()


def sentence_case(text: str) -> str:
    """The first letter a capital, the rest as it stands."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The first letter small, unless the first word is an abbreviation ("DSL", "IT support")."""
    return text if re.match(r"[A-Z][A-Z0-9]", text) else text[:1].lower() + text[1:]


def join_and(parts: Iterable[str], last: str = "and") -> str:
    """A list in a sentence: "a", "a and b", "a, b and c"."""
    *most, final = [*parts] or [""]
    return f"{', '.join(most)} {last} {final}" if most else final


def join_or(parts: Iterable[str]) -> str:
    """A list of alternatives: "a, b or c"."""
    return join_and(parts, "or")


def agree(number: int, one: str, more: str) -> str:
    """The verb, or another word, that goes with so many: "is" with 1, "are" with any other number."""
    return one if number == 1 else more


def in_words(number: int) -> str:
    """A whole number in words up to twelve, then in figures."""
    return _SMALL[number] if 0 < number < len(_SMALL) else str(number)


def count(number: int, noun: str) -> str:
    """A number with its noun, for messages: "1 school", "3 policies", "no errors"."""
    return f"{number or 'no'} {noun if number == 1 else plural(noun)}"


def code(text: str) -> str:
    """Something to type, in a message."""
    return f"`{text}`"


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that a misspelt one is likely to stand for; None where none is near."""
    import difflib

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A hint that names the nearest known word; empty where none is near."""
    near = nearest(word, known)
    if near is None:
        return ""
    return f"did you mean {code(near)}?"


def meant_or_known(word: str, known: Sequence[str]) -> str:
    """A hint that names the nearest known word, or all of them where none is near."""
    if not known:
        return ""
    return did_you_mean(word, known) or f"there is {join_and(map(code, known))}"


def letters(number: int) -> str:
    """The label of a lettered item: 1 -> "a", 27 -> "aa"."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def roman(number: int) -> str:
    """The label of a roman item, in small letters. For 1 to 3999."""
    text = ""
    for value, mark in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        times, number = divmod(number, value)
        text += mark * times
    return text
