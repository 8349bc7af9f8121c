"""Every case, by its door."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tests.hostile.expressions import expressions
from tests.hostile.files import csv_files, law_files, names, overlays, yaml_files
from tests.hostile.handed import handed
from tests.hostile.pictures import pictures
from tests.hostile.texts import texts

if TYPE_CHECKING:
    from tests.hostile.cases import Case


def every_case() -> tuple[Case, ...]:
    """All cases, in an order that is always the same."""
    doors = (
        texts,
        expressions,
        yaml_files,
        csv_files,
        law_files,
        overlays,
        pictures,
        names,
        handed,
    )
    return tuple(chain.from_iterable(door() for door in doors))
