"""JSON Schema of the files that people write, so that their editors can help. Made from the models that read them."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Literal

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from policygen.policy.adoption import AdoptionFile
from policygen.policy.changes_file import ChangesFile
from policygen.policy.law import OwnLaw
from policygen.policy.overlay import OverlayFile
from policygen.policy.school import School
from policygen.policy.template import Template
from policygen.policy.upgrade_file import UpgradeFile

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core.core_schema import ModelSchema

    from policygen.files.fields import FileModel

Kind = Literal["template", "overlay", "changes", "school", "adoption", "upgrade", "law"]
_MODELS: dict[Kind, type[FileModel]] = {
    "template": Template,
    "overlay": OverlayFile,
    "changes": ChangesFile,
    "school": School,
    "adoption": AdoptionFile,
    "upgrade": UpgradeFile,
    "law": OwnLaw,
}


def schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of file."""
    made = _MODELS[kind].model_json_schema(by_alias=True, mode="validation", schema_generator=_Described)
    without_nothing: dict[str, Any] = _without_nothing(made)
    return {"$schema": GenerateJsonSchema.schema_dialect, **without_nothing}


class _Described(GenerateJsonSchema):
    """Describes each key with the docstring of its field."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """The schema of one model."""
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        described = _docstrings(model)
        for name, field in model.model_fields.items():
            key = field.alias or name
            part = made["properties"][key]
            part["title"] = key.replace("_", " ").capitalize()
            if name in described:
                part["description"] = described[name]
        return made


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The docstrings below the fields of a model and of those that it builds on, by field. Read from the source."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if each.__module__.startswith("policygen."):
            body = ast.parse(dedent(inspect.getsource(each))).body[0]
            for field, docstring in pairwise(body.body if isinstance(body, ast.ClassDef) else ()):
                match field, docstring:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                        found[name] = text
                    case _:
                        pass
    return found


def _without_nothing(part: Any) -> Any:
    """A schema in which no key may hold nothing: a key that is not wanted is left out."""
    if isinstance(part, list):
        return [_without_nothing(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _without_nothing(value) for key, value in part.items() if (key, value) != ("default", None)}
    options = [each for each in kept.get("anyOf", ()) if each != {"type": "null"}]
    if len(options) == 1:
        del kept["anyOf"]
        return {**options[0], **kept}
    return kept
