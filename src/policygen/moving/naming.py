"""Ids out of words, each once."""

from __future__ import annotations

import re
import unicodedata

from policygen.ground import paths

_SMALL = frozenset(
    "a an and any are as at be been by can for from has have if in is it its may must no not of on or our shall should"
    " so such that the their them there these they this those to was we were what when where which who will with would"
    " you your all each every also must".split()
)
_MOST_LETTERS = 40
_RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "shared", *dir(dict)}
"""What means something else in YAML, or to whoever reads an answer."""


class Names:
    """Gives ids that are not yet taken."""

    def __init__(self, joined_by: str = "-") -> None:
        self.taken: set[str] = {*_RESERVED}
        self.sign = joined_by

    def name(self, words: str, otherwise: str, count: int = 4) -> str:
        """An id of the words that say most, as many as make it the only one; of `otherwise` where there are none."""
        said = words_of(words) or words_of(otherwise)
        telling = [word for word in said if word not in _SMALL] or said
        while telling and telling[0][0].isdigit():
            telling = telling[1:]
        telling = telling or words_of(otherwise)
        for more in range(count, count + 4):
            made = self._joined(telling[:more])
            if made and made not in self.taken and not paths.is_reserved(made):
                return self._take(made)
        number, base = 2, self._joined(telling[:count]) or otherwise
        while f"{base}{self.sign}{number}" in self.taken:
            number += 1
        return self._take(f"{base}{self.sign}{number}")

    def _joined(self, words: list[str]) -> str:
        made = ""
        for word in words:
            longer = f"{made}{self.sign}{word}" if made else word
            if len(longer) > _MOST_LETTERS:
                break
            made = longer
        return made

    def _take(self, name: str) -> str:
        self.taken.add(name)
        return name


def words_of(text: str) -> list[str]:
    """The words of a text in plain small letters."""
    plain = unicodedata.normalize("NFKD", text.lower()).replace("’", "").replace("'", "")
    return re.findall(
        r"[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign))
    )
