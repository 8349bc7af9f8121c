"""Jinja, kept small: checked once against the names that exist, then filled once for each school.

Each printed value travels through Markdown as a private-use mark (U+E000 n U+E001), so that nothing in it can be read
as Markdown, Jinja or HTML. Each line of the result knows its source line. The sandbox sees plain data only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from traceback import walk_tb
from typing import cast

from jinja2 import TemplateError, TemplateSyntaxError, nodes

from policygen.ground.diagnostics import Place, Problems
from policygen.language.document import Value
from policygen.language.jinja_names import NameCheck
from policygen.language.jinja_syntax import note_syntax, note_unclosed
from policygen.language.printing import Print, environment
from policygen.language.source import Source
from policygen.language.vocabulary import VALUE_CLOSE, VALUE_OPEN, Filled, Prepared, Vocabulary

_LINE_MARK = re.compile("\ue002(\\d+)\ue003")
_STATEMENT = r"\{%-?(?:(?!%\}).)*?-?%\}"
_COMMENT = r"<!--(?:(?!-->)[\s\S])*-->"
_CONTROL_LINES = re.compile(rf"^[ \t]*((?:(?:{_STATEMENT}|{_COMMENT})[ \t]*)+)\n", re.MULTILINE)
_END_OF_TAG = re.compile(r"(-?%\}|-->)[ \t]*$")


# --- checking --------------------------------------------------------------------------------------------------------


def prepare(source: Source, vocabulary: Vocabulary, problems: Problems) -> Prepared | None:
    """Check every name of a section, also in branches that no school takes, and make it ready to fill.

    Returns None when Jinja cannot read it or a name does not exist; all problems are noted with their places.
    """
    before = len(problems.errors)
    try:
        tree = _parse(source)
    except TemplateSyntaxError as error:
        if not note_unclosed(source, problems):
            note_syntax(error, source.line(error.lineno - 1), problems)
        return None
    check = NameCheck(source, vocabulary, problems)
    check.body(tree.body, {})
    if len(problems.errors) > before:
        return None
    branches = _in_every_branch(source, tree)
    template = environment().from_string(cast("str", tree))
    return Prepared(source, template, tuple(check.sites), branches, frozenset(check.uses))


def prepare_condition(
    expression: str, vocabulary: Vocabulary, place: Place, problems: Problems
) -> Prepared | None:
    """Check an expression of template.yaml's `when:`; fill it with `holds`."""
    from policygen.language.source import Line, Source

    line = Line(expression, place.path, place.line, max(place.column - 1, 0), place.text)
    source = Source(place.path, (line,))
    text = f"{{% if {expression} %}}yes{{% endif %}}"
    try:
        tree = environment().parse(text)
    except TemplateSyntaxError as error:
        note_syntax(error, line, problems)
        return None
    before = len(problems.errors)
    check = NameCheck(source, vocabulary, problems)
    check.body(tree.body, {})
    if len(problems.errors) > before:
        return None
    template = environment().from_string(cast("str", tree))
    return Prepared(source, template, (), _filled(source, "", ()), frozenset(check.uses))


def holds(condition: Prepared, names: Mapping[str, object]) -> bool:
    """Whether a prepared condition holds for these names. One about a number or date that is not there does not."""
    try:
        return condition.template.render(names) == "yes"
    except (TemplateError, TypeError):
        return False


def every_branch(source: Source) -> Filled | None:
    """The text with all branches one after another and a dummy for each value; None where Jinja cannot read it."""
    try:
        tree = _parse(source)
    except TemplateSyntaxError:
        return None
    return _in_every_branch(source, tree)


def _parse(source: Source) -> nodes.Template:
    text = _CONTROL_LINES.sub(lambda found: _END_OF_TAG.sub(r"\n\1", found[1]), source.text)
    return environment().parse(text)


def _in_every_branch(source: Source, tree: nodes.Template) -> Filled:
    _mark_lines(tree)
    return _filled(
        source, "".join(_every_branch(tree.body)), (Value("…", "", "issuer", "material"),)
    )


# --- filling ---------------------------------------------------------------------------------------------------------


def _mark_lines(tree: nodes.Template) -> None:
    for data in tree.find_all(nodes.TemplateData):
        lines = data.data.split("\n")
        data.data = "\n".join(
            [
                f"{text}\ue002{data.lineno - 1 + index}\ue003"
                for index, text in enumerate(lines[:-1])
            ]
            + lines[-1:]
        )


def _every_branch(statements: list[nodes.Node]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case nodes.Output():
                for each in statement.nodes:
                    yield (
                        each.data
                        if isinstance(each, nodes.TemplateData)
                        else f"{VALUE_OPEN}0{VALUE_CLOSE}"
                    )
            case nodes.If():
                yield from _every_branch([*statement.body, *statement.elif_, *statement.else_])
            case nodes.For():
                yield from _every_branch([*statement.body, *statement.else_])


def _filled(source: Source, text: str, values: tuple[Value, ...]) -> Filled:
    lines, origins = [], []
    last = -1
    for line in text.split("\n"):
        marks = _LINE_MARK.findall(line)
        lines.append(_LINE_MARK.sub("", line))
        first, last = last + 1, int(marks[-1]) if marks else len(source.lines) - 1
        origins.append(tuple(source.line(index) for index in range(last, min(first, last) - 1, -1)))
    return Filled(source.path, "\n".join(lines), values, tuple(origins))


def _line_of(error: BaseException) -> int:
    """The line of a template at which rendering failed, from 1."""
    lines = [
        number
        for frame, number in walk_tb(error.__traceback__)
        if frame.f_code.co_filename == "<template>"
    ]
    return lines[-1] if lines else 1


def fill(
    prepared: Prepared, names: Mapping[str, object], problems: Problems, missing: str = ""
) -> Filled | None:
    """The section's Markdown for one school. A fact that it lacks is a problem at the place that prints it.

    With `missing`, that prints in place of the fact instead.
    """
    printer = Print(prepared.sites, names, problems, missing)
    before = len(problems.errors)
    try:
        text = prepared.template.render({**names, "print_value": printer, "each_of": printer.each})
    except (TemplateError, TypeError) as error:
        place = prepared.source.line(_line_of(error) - 1).place()
        hint = "test the name first: `{% if name and name > 3 %}`"
        problems.add(
            "missing-fact", "a name in this line has no value for this school", place, hint
        )
        return None
    if len(problems.errors) > before:
        return None
    return _filled(prepared.source, text, tuple(printer.values))
