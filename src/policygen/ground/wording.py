"""Small grammar: where a fact meets a sentence, and in messages. All functions are pure and take plain values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_SMALL = "no one two three four five six seven eight nine ten eleven twelve".split()


class UnknownFormError(Exception):
    """A form of a word that nobody can tell from the word: it has to be asked for, for a guess might print nonsense."""

    def __init__(self, form: str, word: str) -> None:
        """Say which form, such as "plural", and of what."""
        super().__init__(f"nobody can tell the {form} of “{word}”")


def possessive(name: str) -> str:
    """The possessive of a name: "Elm Grove’s", "All Saints’"; one that is a possessive stays, as "St Brigid’s"."""
    if re.search(r"['’](?:[sS])?$", name):
        return name
    if name.endswith(("s", "S")):
        return f"{name}’"
    return f"{name}’s"


# --- a or an --------------------------------------------------------------------------------------------------------

_NAMED_WITH_A_VOWEL = "AEFHILMNORSX"
"""Letters whose names begin with a vowel: an F, a U."""
_ACRONYMS = {
    **dict.fromkeys(("HLTA", "LA", "LSA", "MIS", "MIT", "NEU", "RE", "RSHE", "RSE", "SIA"), True),
    **dict.fromkeys(
        ("LADO", "MAT", "MASH", "NATO", "SAT", "SATS", "SENCO", "SEND", "SENDCO"), False
    ),
}
"""Abbreviations that may be spelt or spoken, and begin one way or the other: whether with a vowel."""


def with_article(noun: str) -> str:
    """The noun with "a" or "an" before it, by its sound: "an academy", "a university", "an 11-to-16 school".

    Raises UnknownFormError for an abbreviation or number that people say in two ways.
    """
    sounds_like_vowel = _begins_with_vowel(re.sub(r"^[\W_]+", "", noun))
    if sounds_like_vowel is None:
        raise UnknownFormError("article", noun)
    return f"{'an' if sounds_like_vowel else 'a'} {noun}"


def _begins_with_vowel(noun: str) -> bool | None:
    """Whether the sound is a vowel; None where nobody can tell."""
    bare = "".join(
        char for char in unicodedata.normalize("NFD", noun) if not unicodedata.combining(char)
    )
    found = re.match(r"[0-9]+|[A-Za-z]+[0-9]*", bare)
    if found is None:
        return None
    word = found[0]
    if word.isdecimal():
        if len(word) == 4 and word.startswith(("11", "18")):
            return None  # eleven hundred, or one thousand one hundred
        return word.startswith("8") or word in ("11", "18")
    spelt = re.match(r"(?:[A-Z](?:[A-Z0-9]+s?)?|[a-z](?=[A-Z]))(?![a-z])|[a-z](?=[A-Z])", word)
    if spelt is not None and not (len(word) == 1 and word.islower()):
        return _spelt_with_vowel(word)
    return _spoken_with_vowel(word.lower())


def _spelt_with_vowel(word: str) -> bool | None:
    """The same of an abbreviation, which may be spelt or spoken."""
    letter, rest = word[0].upper(), word[1:].rstrip("s")
    named = letter in _NAMED_WITH_A_VOWEL
    spoken = letter in "AEIO"
    is_word = rest.isupper() and re.search("[AEIOUY]", rest) is not None
    if named == spoken or not is_word:
        return named
    return _ACRONYMS.get(word.rstrip("s"))


def _spoken_with_vowel(word: str) -> bool:
    if re.match(r"hour|honest|honou?r|heir", word):
        return True
    if re.match(r"one(?:s|self)?$|once$|eu|ewe", word):
        return False
    if re.match(r"u(?:ni(?!n|m|d|ll)|nanim|s[eau]|t[ie]|k$|biq|ran)", word):
        return False
    return word[0] in "aeiou"


# --- plurals --------------------------------------------------------------------------------------------------------

_PLURALS = {
    "child": "children",
    "schoolchild": "schoolchildren",
    "grandchild": "grandchildren",
    "children": "children",
    "person": "people",
    "people": "people",
    "staff": "staff",
    "man": "men",
    "woman": "women",
    "chairman": "chairmen",
    "chairwoman": "chairwomen",
    "foot": "feet",
    "life": "lives",
    "half": "halves",
    "appendix": "appendices",
    "shelf": "shelves",
    "chief": "chiefs",
    "proof": "proofs",
    "brief": "briefs",
    "bus": "buses",
    "campus": "campuses",
    "virus": "viruses",
    "quiz": "quizzes",
    "photo": "photos",
    "logo": "logos",
    "memo": "memos",
    "forum": "forums",
    "museum": "museums",
}
"""Plurals that are no rule."""
_UNSURE = re.compile(
    r"(?:s|z|fe?|[^aeiou]o|ix|ex|um|i|us|is|ooth|oose|ouse|man|men|arch|och|omach|rion|enon)$"
    r"|^(?:data|media|criteria|feet|teeth|mice|geese|sheep|fish|aircraft|equipment|information)$"
)
"""Endings and words of which nobody can tell the plural by a rule."""
_BEFORE_REST = re.compile(r" (?:of|for|in|to|at|on|with|and|or|without) ")


def plural(noun: str) -> str:
    """The plural of a common noun: "pupils", "members of staff", "Chairs of Governors".

    Raises UnknownFormError where no rule tells it.
    """
    cut = _BEFORE_REST.search(noun)
    head, rest = (noun[: cut.start()], noun[cut.start() :]) if cut else (noun, "")
    before, gap, last = head.rpartition(" ")
    if rest.startswith((" and ", " or ")):
        raise UnknownFormError("plural", noun)
    return f"{before}{gap}{_plural_of_word(last, noun)}{rest}"


def _plural_of_word(word: str, noun: str) -> str:
    known = _PLURALS.get(word.lower())
    if known is not None:
        return word[0] + known[1:]
    lower = word.lower()
    if re.search(r"(?:ss|x|[cs]h)$", lower) and not re.search(r"(?:ix|ex|arch|och|omach)$", lower):
        return f"{word}es"
    if re.search(r"[A-Z]{2}$", word) and not word.endswith(("S", "X", "Z")):
        return f"{word}s"
    if not re.search(r"[A-Za-z]$", word) or _UNSURE.search(lower):
        raise UnknownFormError("plural", noun)
    if re.search(r"[^aeiou]y$", lower):
        return f"{word[:-1]}ies"
    return f"{word}s"


# --- capitals -------------------------------------------------------------------------------------------------------

_KEEPS_CAPITAL = re.compile(
    r"[A-Z][A-Z0-9]|[A-Z][\w]*[A-Z]|I\b|(?:Mr|Mrs|Ms|Miss|Dr|Prof|Revd|St|Sir|Lady|O)\b"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|(?:January|February|March|April|June|July|August|September|October|November|December)\b"
    r"|(?:English|Welsh|Scottish|Irish|British|European|Christian|Catholic|Muslim|Jewish|Easter|Christmas)\b"
)
"""Beginnings that keep their capital wherever they stand."""


def sentence_case(text: str) -> str:
    """The first letter a capital, the rest as it stands; a name that begins small, such as "iPad", stays."""
    if re.match(r"[a-z]+[A-Z]", text):
        return text
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The first letter small, unless the first word is an abbreviation ("DSL", "IT support") or keeps its capital."""
    return text if _KEEPS_CAPITAL.match(text) else text[:1].lower() + text[1:]


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
