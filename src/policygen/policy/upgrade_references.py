"""References in a school's own texts, followed from one edition to another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.ground.wording import join_and

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from policygen.policy.upgrade import Way

_REFERENCE = re.compile(r"\]\((#[\w.-]+(?:\s*,\s*#[\w.-]+)*)\)")
_ID = re.compile(r"#([\w.-]+)")


def with_new_names(text: str, names: Mapping[str, str]) -> str:
    """The text with references to ids that have another name now."""

    def renamed(found: re.Match[str]) -> str:
        return _ID.sub(lambda each: f"#{names.get(each[1], each[1])}", found[0])

    return _REFERENCE.sub(renamed, text)


def lost_references(way: Way, ids: Collection[str], texts: Sequence[str]) -> list[str]:
    """Ids of the old edition to which texts refer, and which are not one of the `ids` of the new one.

    They are gone, were split, or are left out of this school's policy.
    """
    named = dict.fromkeys(identity for text in texts for identity in _referred(text))
    return [each for each in named if (each in way.old or each in way.ids) and len(_now(way, ids, each)) != 1]


def lost_in_words(way: Way, ids: Collection[str], lost: Sequence[str]) -> str:
    """What became of them: "`#count` is gone", "`#report-loss` is `#loss` and `#loss-when`"."""
    ways = ((each, _now(way, ids, each)) for each in lost)
    return "; ".join(f"`#{old}` is {join_and(f'`#{each}`' for each in now) if now else 'gone'}" for old, now in ways)


def _now(way: Way, ids: Collection[str], identity: str) -> list[str]:
    return [each for each in way.became(identity) if each in ids]


def _referred(text: str) -> Iterator[str]:
    for found in _REFERENCE.finditer(text):
        yield from (each[1] for each in _ID.finditer(found[1]))
