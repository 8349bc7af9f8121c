"""What values are, and which go together: what can be compared with what, joined, repeated over and printed."""

from __future__ import annotations

from policygen.language.vocabulary import Scalar, Shape

PRINTABLE = ("text", "number", "date")
_IN_WORDS: dict[Scalar, str] = {
    "text": "a text",
    "number": "a whole number",
    "date": "a date",
    "yes-no": "true or false",
    "option": "the key of an option",
    "one of several": "one of several kinds",
    "?": "unknown",
}
TEXT_FILTERS = ("possessive", "with_article", "plural", "sentence_case", "lower_first", "in_words")
"""Of these `in_words` is about numbers."""
LIST_FILTERS = ("join_and", "join_or")
_ORDERED = ("lt", "lteq", "gt", "gteq")


def in_words(shape: Shape) -> str:
    """What a value is, for messages: "a date"."""
    if isinstance(shape, dict):
        return "a group of names"
    if isinstance(shape, list):
        return "a list"
    return _IN_WORDS[shape]


def common(one: Shape, other: Shape) -> Shape:
    """What a value is that may be the one or the other."""
    if one == "?":
        return other
    if other in ("?", one):
        return one
    if isinstance(one, list) and isinstance(other, list):
        return [common(one[0], other[0])]
    return "one of several"


def why_incomparable(left: Shape, operator: str, right: Shape) -> str:
    """What is wrong with a comparison, in words; empty if nothing is."""
    if "?" in (left, right):
        return ""
    if operator in ("in", "notin"):
        if isinstance(right, list):
            return _of_two_kinds(left, right[0], "looked for among")
        if left == right == "text":
            return ""
        if _bare(left) == _bare(right) == "text":
            return "the key of an option is no part of a text, and holds none"
        return f"{in_words(right)} holds nothing that can be looked for"
    if operator in _ORDERED and _bare(left) == _bare(right) and _bare(left) in ("yes-no", "text"):
        return f"{in_words(left)} is not more or less than another"
    return _of_two_kinds(left, right, "compared with")


def _of_two_kinds(left: Shape, right: Shape, verb: str) -> str:
    if "?" in (left, right):
        return ""
    for shape in (left, right):
        if isinstance(shape, dict | list) or shape == "one of several":
            return f"{in_words(shape)} cannot be {verb.partition(' ')[0]}"
    if _bare(left) == _bare(right):
        return ""
    return f"{in_words(left)} is {verb} {in_words(right)}"


def _bare(shape: Shape) -> Shape:
    """The key of an option is a text to whoever compares it."""
    return "text" if shape == "option" else shape


def why_unfiltered(name: str, shape: Shape) -> str:
    """Why a filter cannot work on a value, to follow the name of it; empty if it can."""
    if shape == "?":
        return ""
    if name in LIST_FILTERS:
        if not isinstance(shape, list):
            return "is not a list, so it cannot be joined"
        item = shape[0]["name"] if isinstance(shape[0], dict) and "name" in shape[0] else shape[0]
        if item in (*PRINTABLE, "?"):
            return ""
        return "holds nothing that prints"
    if name == "length":
        if isinstance(shape, list):
            return ""
        return "is not a list, so it cannot be counted"
    if name == "agree":
        counted = isinstance(shape, list) or shape in PRINTABLE
        return "" if counted else "is none"
    wanted = "number" if name == "in_words" else "text"
    if shape == wanted:
        return ""
    return f"is {in_words(shape)}"
