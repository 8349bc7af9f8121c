"""Which model stands behind a group of keys, and what a single value is, found by the annotations of our models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, Tag
from pydantic.fields import FieldInfo

from policygen.files.fields import FreeText


@dataclass(frozen=True, slots=True)
class Expected:
    """What may stand somewhere in a file."""

    annotation: Any
    marks: tuple[Any, ...] = ()
    """What `Annotated` says besides."""

    @property
    def fields(self) -> dict[str, FieldInfo]:
        """The fields of a model by the names that people write; none where no model is expected."""
        if not isinstance(self.annotation, type) or not issubclass(self.annotation, BaseModel):
            return {}
        fields = self.annotation.model_fields
        return {field.alias or name: field for name, field in fields.items()}

    @property
    def elsewhere(self) -> str:
        """Where keys may come from that the group does not have; empty where there can be no others."""
        return getattr(self.annotation, "elsewhere", "")

    @property
    def is_free_text(self) -> bool:
        """Whether people write words of their own there."""
        return any(isinstance(mark, FreeText) for mark in self.marks)

    @property
    def is_list(self) -> bool:
        """Whether a list is expected."""
        return get_origin(self.annotation) in (tuple, list)

    @property
    def may_be_text(self) -> bool:
        """Whether a text may stand for a group of keys: `office` for `{name: office}`."""
        shapes = [getattr(mark, "json_schema_input_type", None) for mark in self.marks]
        return any(str in get_args(shape) for shape in shapes)

    def at(self, key: str | int, written: Any) -> Expected:
        """What may stand at a key or index of it, where `written` stands."""
        if key in self.fields:
            return expected_in(self.fields[str(key)], written)
        arguments = get_args(self.annotation)
        if get_origin(self.annotation) is dict and isinstance(key, str):
            return _settled(Expected(arguments[1]), written)
        if self.is_list and isinstance(key, int):
            return _settled(Expected(arguments[0]), written)
        return Expected(Any)


def expected_in(field: FieldInfo, written: Any = None) -> Expected:
    """What may stand in a field, where `written` stands."""
    return _settled(Expected(field.annotation, tuple(field.metadata)), written)


def expected_at(model: type[BaseModel], data: Any, keys: Sequence[str | int]) -> Expected:
    """What may stand at these keys of a file of this model, where `data` is all that it says."""
    expected = Expected(model)
    for key in keys:
        data = _part(data, key)
        expected = expected.at(key, data)
    return expected


def _part(data: Any, key: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(key)
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return data[key]
    return None


def _settled(expected: Expected, written: Any) -> Expected:
    """The same without what only wraps it, and with one of several kinds chosen by what is written."""
    origin, arguments = get_origin(expected.annotation), get_args(expected.annotation)
    if origin is Annotated:
        inner = Expected(arguments[0], (*expected.marks, *arguments[1:]))
        return _settled(inner, written)
    if origin in (Union, UnionType):
        kinds = [kind for kind in arguments if kind is not NoneType]
        chosen = _chosen(kinds, expected.marks, written) if len(kinds) > 1 else kinds[0]
        return _settled(Expected(chosen, expected.marks), written)
    return expected


def _chosen(kinds: Sequence[Any], marks: Sequence[Any], written: Any) -> Any:
    """The kind whose tag the discriminator of a union finds; Any where none is told."""
    for mark in marks:
        if isinstance(mark, Discriminator) and callable(mark.discriminator):
            try:
                tag = mark.discriminator(written)
            except (AttributeError, KeyError):  # nothing of ours is written there
                return Any
            return next((kind for kind in kinds if Tag(str(tag)) in get_args(kind)), Any)
    return Any
