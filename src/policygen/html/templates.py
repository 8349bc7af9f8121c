"""The page templates of the theme: what is the same on every page of a kind stands there, not in code."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from policygen.ground.resources import theme
from policygen.html.elements import escape, finished, unbroken

MAIN = "main_content"
"""The id of the main part; the underscore keeps it apart from the ids that authors give."""


def filled(name: str, /, **values: object) -> Markup:
    """A template of theme/pages/ with these values: text is escaped, `Markup` is finished."""
    template = _environment().get_template(f"{name}.html")
    return finished(template.render(values).strip("\n"))


def _printed(value: object) -> Markup:
    return escape(value if isinstance(value, str) else str(value))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: theme(f"pages/{name}")),
        autoescape=True,
        undefined=StrictUndefined,
        # Escaping in one way everywhere; it also leaves out the control characters that HTML cannot hold.
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["MAIN"] = MAIN
    environment.filters["unbroken"] = unbroken
    return environment
