"""Jinja, kept small: checked once against the names that exist, then filled once for each school.

Each printed value travels through Markdown as a private-use mark (U+E000 n U+E001), so that nothing in it can be read
as Markdown, Jinja or HTML. Each line of the result knows its source line. The sandbox sees plain data only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from jinja2 import TemplateSyntaxError, nodes

from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import TEXT_LETTERS
from policygen.language.document import Value
from policygen.language.jinja_statements import Statements
from policygen.language.jinja_syntax import note_syntax, note_unclosed
from policygen.language.marks import is_silent, masked, pieces
from policygen.language.possible import Known
from policygen.language.printing import Print, Row, StoppedError, environment
from policygen.language.source import Line, Source
from policygen.language.vocabulary import Filled, Prepared, Vocabulary

_LINE_MARK = re.compile("\ue002(\\d+)\ue003")


# --- checking --------------------------------------------------------------------------------------------------------


def prepare(
    source: Source, vocabulary: Vocabulary, problems: Problems, known: tuple[Known, ...] = ()
) -> Prepared | None:
    """Check every name of a section, also in branches that no school takes, and make it ready to fill.

    `known` is what holds for every school that reads it: the condition of the section, and those of questions. Returns
    None when Jinja cannot read it or a name does not exist; all problems are noted with their places.
    """
    before = len(problems.errors)
    statements, body = _checked(source, vocabulary, problems, known)
    if len(problems.errors) > before:
        return None
    return _prepared(statements, body, "".join(statements.branches))


def every_branch(source: Source, vocabulary: Vocabulary) -> Filled | None:
    """The text with all branches one after another and a dummy for each value; None where Jinja cannot read it.

    What is wrong with its names is not noted.
    """
    unnoted = Problems()
    statements, _ = _checked(source, vocabulary, unnoted, ())
    if any(problem.rule == "jinja-syntax" for problem in unnoted):
        return None
    branches = "".join(statements.branches)
    return _filled(source, branches, tuple(statements.literals), every_branch=True)


def prepare_condition(
    expression: str, vocabulary: Vocabulary, place: Place, problems: Problems
) -> Prepared | None:
    """Check an expression of template.yaml's `when:`; fill it with `holds`."""
    line = Line(expression, place.path, place.line, max(place.column - 1, 0), place.text)
    source = Source(place.path, (line,))
    written = f"{{% if {expression} %}}yes{{% endif %}}"
    marks = [mark.text for mark in pieces(written)]
    before = len(problems.errors)
    statements = Statements(source, vocabulary, problems)
    tree = _parsed(written, source, problems)
    if tree is None:
        return None
    if marks != [written.partition("yes{%")[0], "yes", "{% endif %}"]:
        message = "a condition stands alone, without marks"
        hint = "write it as it stands in `{% if … %}`: `answers.byod`"
        problems.add("jinja-syntax", message, line.place(), hint)
        return None
    try:
        body, _ = statements.body(tree.body, {})
    except RecursionError:
        _note_depth(source, problems)
    if len(problems.errors) > before:
        return None
    test = cast("nodes.Expr", next(tree.find_all(nodes.If)).test)
    prepared = _prepared(statements, body, "")
    if not prepared:
        return None
    return replace(prepared, test=test)


def holds(condition: Prepared, names: Mapping[str, object]) -> bool:
    """Whether a prepared condition holds for these names. One about a number or date that is not there does not."""
    unnoted = Print(condition, names, Problems())
    try:
        return condition.template.render({**names, **unnoted.functions()}) == "yes"
    except StoppedError:
        return False


def _checked(
    source: Source, vocabulary: Vocabulary, problems: Problems, known: tuple[Known, ...]
) -> tuple[Statements, list[nodes.Node]]:
    """The statements of a text, checked; none where Jinja cannot read it."""
    statements = Statements(source, vocabulary, problems)
    tree = _parsed(_without_control_lines(source.text), source, problems)
    if tree is None:
        return statements, []
    _note_raw(source, problems)
    try:
        _note_unused(tree, source, problems)
        _mark_lines(tree)
        body, _ = statements.body(tree.body, {}, known)
    except RecursionError:
        _note_depth(source, problems)
        return statements, []
    return statements, body


def _parsed(text: str, source: Source, problems: Problems) -> nodes.Template | None:
    try:
        return _begun(environment().parse(text))
    except TemplateSyntaxError as error:
        if not note_unclosed(source, problems):
            note_syntax(error, source.line(error.lineno - 1), problems)
    except RecursionError:
        _note_depth(source, problems)
    except ValueError:  # of Python, which reads no number of more than 4,300 digits
        message = "there is a number here that is too long to be read"
        problems.add("jinja-syntax", message, source.line(0).place(), "put it in quotes")
    return None


def _begun(tree: nodes.Template) -> nodes.Template:
    _begin_with_first_word(tree)
    return tree


def _begin_with_first_word(node: nodes.Node) -> Row | None:
    """Give each expression the place of its first word. Jinja gives some that of the word behind them."""
    within = [
        first for child in node.iter_child_nodes() if (first := _begin_with_first_word(child))
    ]
    if isinstance(node, nodes.Name | nodes.Const) and isinstance(node.lineno, Row):
        within.append(node.lineno)
    first = min(within, key=lambda row: (int(row), row.column), default=None)
    if first is not None and isinstance(node, nodes.Expr):
        node.lineno = first
    return first


def _note_depth(source: Source, problems: Problems) -> None:
    message = "what stands within other statements or brackets here is too deep to be read"
    problems.add("jinja-syntax", message, source.line(0).place(), "write it more simply")


def _note_raw(source: Source, problems: Problems) -> None:
    """`raw` is gone once Jinja has read a text."""
    for mark in source.pieces:
        if mark.word == "raw":
            message = "`raw` is not part of the section language"
            hint = "there is `if`, `for`, `set` and `include`"
            problems.add("jinja-statement", message, source.place_at(mark.start, mark.end), hint)


def _note_unused(tree: nodes.Template, source: Source, problems: Problems) -> None:
    """Note names that the text gives and never uses. A shared text may give names that another section uses."""
    names = list(tree.find_all(nodes.Name))
    used = {node.name for node in names if node.ctx == "load"}
    for assign in tree.find_all(nodes.Assign):
        line = source.line(assign.lineno - 1)
        target = assign.target
        if not isinstance(target, nodes.Name) or target.name in used or line.path != source.path:
            continue
        message = f"`{target.name}` is set here and nothing uses it"
        hint = f"print it with `{{{{ {target.name} }}}}`, or take it out"
        problems.add("jinja-statement", message, line.place(target.name), hint)


def _without_control_lines(text: str) -> str:
    """The text without the lines that hold nothing but statements and comments, which end within their last mark.

    So they leave no blank line, and all lines keep their numbers.
    """
    mask = masked(text)
    kept = []
    at = 0
    for line in mask.split("\n"):
        written = text[at : at + len(line)]
        at += len(line) + 1
        if is_silent(line) and at <= len(text):
            written = written.strip(" \t")
            end = -3 if written.endswith(("-%}", "-->")) else -2
            kept += [written[:end], "\n", written[end:]]
        else:
            kept += [written, "\n"]
    return "".join(kept).removesuffix("\n")


def _prepared(statements: Statements, body: list[nodes.Node], branches: str) -> Prepared | None:
    source = statements.source
    tree = nodes.Template(body, lineno=1)
    tree.set_environment(environment())
    try:
        template = environment().from_string(cast("str", tree))
    except (RecursionError, SyntaxError):  # Python has bounds of its own for blocks within blocks
        _note_depth(source, statements.problems)
        return None
    filled = _filled(source, branches, tuple(statements.literals), every_branch=True)
    uses = frozenset(statements.uses)
    choices = tuple(statements.choices)
    return Prepared(source, template, tuple(statements.sites), filled, uses, choices)


# --- filling ---------------------------------------------------------------------------------------------------------


def _mark_lines(tree: nodes.Template) -> None:
    for data in tree.find_all(nodes.TemplateData):
        *whole, last = data.data.split("\n")
        numbered = enumerate(whole, data.lineno - 1)
        marked = [f"{text}\ue002{number}\ue003" for number, text in numbered]
        data.data = "\n".join([*marked, last])


def _filled(
    source: Source, text: str, values: tuple[Value, ...], *, every_branch: bool = False
) -> Filled:
    lines, origins = [], []
    last = -1
    for line in text.split("\n"):
        marks = _LINE_MARK.findall(line)
        lines.append(_LINE_MARK.sub("", line))
        first, last = last + 1, int(marks[-1]) if marks else len(source.lines) - 1
        origins.append(tuple(source.line(index) for index in range(last, min(first, last) - 1, -1)))
    return Filled(source.path, "\n".join(lines), values, tuple(origins), every_branch)


def fill(
    prepared: Prepared, names: Mapping[str, object], problems: Problems, missing: str = ""
) -> Filled | None:
    """The section's Markdown for one school. A fact that it lacks is a problem at the place that needs it.

    With `missing`, that prints in place of the fact instead.
    """
    printer = Print(prepared, names, problems, missing)
    before = len(problems.errors)
    pieces: list[str] = []
    letters = 0
    try:
        for piece in prepared.template.generate({**names, **printer.functions()}):
            letters += len(piece)
            if letters > TEXT_LETTERS:
                printer.stop(f"with this, the text has more than {TEXT_LETTERS:,} letters")
            pieces.append(piece)
    except StoppedError:
        return None
    if len(problems.errors) > before:
        return None
    return _filled(prepared.source, "".join(pieces), tuple(printer.values))
