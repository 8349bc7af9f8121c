"""Jinja, kept small: checked once against the names that exist, then filled once for each school.

Each printed value travels through Markdown as a private-use mark (U+E000 n U+E001), so that nothing in it can be read
as Markdown, Jinja or HTML. Each line of the result knows its source line. The sandbox sees plain data only.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, Union, cast

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from policygen import wording
from policygen.document import Layer, Value, ValueClass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jinja2 import Template as JinjaTemplate

    from policygen.diagnostics import Place, Problems
    from policygen.source import Line, Source

Shape: TypeAlias = Union["dict[str, Shape]", "list[Shape]", None]
"""What a name holds: None for something printable, a dict of parts, or a list of one shape."""

VALUE_OPEN, VALUE_CLOSE = "\ue000", "\ue001"
VALUE_MARK = re.compile(f"{VALUE_OPEN}(\\d+){VALUE_CLOSE}")
_LINE_MARK = re.compile("\ue002(\\d+)\ue003")
_LAYERS: dict[str, Layer] = {
    "answers": "policy",
    "wording": "policy",
    "issuer": "issuer",
    "policy": "issuer",
    "law": "law",
}
_DETAILS = ("people", "providers", "issuer")

_STATEMENT = r"\{%-?(?:(?!%\}).)*?-?%\}"
_COMMENT = r"<!--(?:(?!-->)[\s\S])*-->"
_CONTROL_LINES = re.compile(rf"^[ \t]*((?:(?:{_STATEMENT}|{_COMMENT})[ \t]*)+)\n", re.MULTILINE)
_TAG = re.compile(r"\{%-?\s*(\w+)(?:(?!%\}).)*%\}")
_END_OF_TAG = re.compile(r"(-?%\}|-->)[ \t]*$")


@dataclass(frozen=True)
class Vocabulary:
    """The names that the sections of one template may use."""

    shape: dict[str, Shape]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For a name with fixed values ("answers.insurer"), those values."""
    yes_no: frozenset[str] = frozenset()
    """Names that hold true or false."""
    unprintable: Mapping[str, str] = field(default_factory=dict)
    """Names that may be tested but not printed, with what to write instead."""


@dataclass(frozen=True)
class Site:
    """One place of a section that prints a value."""

    name: str
    layer: Layer
    kind: ValueClass
    place: Place


@dataclass(frozen=True)
class Prepared:
    """A section that was checked and is ready to be filled."""

    source: Source
    template: JinjaTemplate
    sites: tuple[Site, ...]
    every_branch: Filled
    """The text with all branches one after another and a dummy for each value: for checks without a school."""


@dataclass(frozen=True)
class Filled:
    """Markdown for one school: its values stand as marks."""

    path: str
    text: str
    values: tuple[Value, ...]
    origins: tuple[Line, ...]
    """For each line of the text, the source line."""

    def line(self, index: int) -> Line:
        """The source line of an output line, from 0."""
        return self.origins[min(max(index, 0), len(self.origins) - 1)]


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which names lead to plain data and nothing can be called but our own printing."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if obj is None:
            return None
        if isinstance(obj, dict):
            return obj[argument] if argument in obj else self.undefined(obj=obj, name=str(argument))
        return self.undefined(obj=obj, name=str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, _Print)


class _Print:
    """Notes each value at its site and puts out the mark that stands for it."""

    def __init__(self, sites: tuple[Site, ...], problems: Problems) -> None:
        self.sites = sites
        self.problems = problems
        self.values: list[Value] = []

    def __call__(self, number: int, value: object) -> str:
        site = self.sites[number]
        text = printed(value)
        if text is None:
            self.problems.add("missing-fact", *_missing(site))
            text = ""
        self.values.append(Value(text, site.name, site.layer, site.kind))
        return f"{VALUE_OPEN}{len(self.values) - 1}{VALUE_CLOSE}"


def _missing(site: Site) -> tuple[str, Place, str]:
    name = site.name.partition(" ")[0]
    if name.startswith("wording."):
        question = name.removeprefix("wording.")
        message = f"the option that this school chose for `{question}` has no words of its own to print"
        return message, site.place, "give the option `prints:` in template.yaml, or test the answer first"
    file = "the school's answers" if name.startswith("answers.") else "school.yaml"
    hint = f"add `{name}` to {file}, or put the sentence under `{{% if {name} %}}`"
    return f"this school has no `{name}`, and a sentence needs it", site.place, hint


def printed(value: object) -> str | None:
    """A value as it prints; None when it has no printed form (missing, empty, true or false, a structure)."""
    match value:
        case bool() | None:
            return None
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n").strip() or None
        case int():
            return str(value)
        case datetime.date():
            return wording.long_date(value)
        case _:
            return None


def _join(join: Callable[[list[str]], str]) -> Callable[[object], str | None]:
    def joined(value: object) -> str | None:
        if not isinstance(value, list) or not value:
            return None
        names = [each.get("name") if isinstance(each, dict) else each for each in value]
        parts = [printed(name) or "" for name in names]
        return join(parts) if all(parts) else None

    return joined


def _on_text(change: Callable[[str], str]) -> Callable[[object], str | None]:
    def changed(value: object) -> str | None:
        text = printed(value)
        return None if text is None else change(text)

    return changed


FILTERS: dict[str, Callable[..., object]] = {
    "possessive": _on_text(wording.possessive),
    "with_article": _on_text(wording.with_article),
    "plural": _on_text(wording.plural),
    "sentence_case": _on_text(wording.sentence_case),
    "lower_first": _on_text(wording.lower_first),
    "join_and": _join(wording.join_and),
    "join_or": _join(wording.join_or),
    "in_words": lambda value: wording.in_words(value) if isinstance(value, int) else printed(value),
    "length": lambda value: len(value) if isinstance(value, list | str) else 0,
}


@cache
def _environment() -> _Environment:
    environment = _Environment(
        comment_start_string="<!--",
        comment_end_string="-->",
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    environment.globals.clear()
    environment.tests.clear()
    environment.filters = dict(FILTERS)
    return environment


# --- checking --------------------------------------------------------------------------------------------------------


def prepare(source: Source, vocabulary: Vocabulary, problems: Problems) -> Prepared | None:
    """Check every name of a section, also in branches that no school takes, and make it ready to fill.

    Returns None when Jinja cannot read it or a name does not exist; all problems are noted with their places.
    """
    before = len(problems.errors)
    text = _CONTROL_LINES.sub(lambda found: _END_OF_TAG.sub(r"\n\1", found[1]), source.text)
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        if not _note_unclosed(source, problems):
            problems.add("jinja-syntax", _plainly(error), source.line(error.lineno - 1).place())
        return None
    check = _Check(source, vocabulary, problems)
    check.body(tree.body, {})
    if len(problems.errors) > before:
        return None
    _mark_lines(tree)
    every_branch = _filled(source, "".join(_every_branch(tree.body)), (Value("…", "", "issuer", "material"),))
    return Prepared(source, _environment().from_string(cast("str", tree)), tuple(check.sites), every_branch)


def prepare_condition(expression: str, vocabulary: Vocabulary, place: Place, problems: Problems) -> Prepared | None:
    """Check an expression of template.yaml's `when:`; fill it with `holds`."""
    from policygen.source import Line, Source

    line = Line(expression, place.path, place.line, max(place.column - 1, 0), place.text)
    source = Source(place.path, (line,))
    text = f"{{% if {expression} %}}yes{{% endif %}}"
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        problems.add("jinja-syntax", _plainly(error), place)
        return None
    before = len(problems.errors)
    _Check(source, vocabulary, problems).body(tree.body, {})
    if len(problems.errors) > before:
        return None
    return Prepared(source, _environment().from_string(cast("str", tree)), (), _filled(source, "", ()))


def holds(condition: Prepared, names: Mapping[str, object]) -> bool:
    """Whether a prepared condition holds for these names."""
    return condition.template.render(names) == "yes"


def _note_unclosed(source: Source, problems: Problems) -> bool:
    """Note each `if` and `for` that is never closed, where it opens. Returns whether there is one."""
    opened: list[tuple[str, Place]] = []
    for line in source.lines:
        for tag in _TAG.finditer(line.text):
            if tag[1] in ("if", "for"):
                opened.append((tag[1], line.place_at(tag.start(), tag.end() - tag.start())))
            elif opened and tag[1] == f"end{opened[-1][0]}":
                opened.pop()
    for name, place in opened:
        problems.add("jinja-syntax", f"this `{name}` is never closed", place, f"write `{{% end{name} %}}` after it")
    return bool(opened)


def _plainly(error: TemplateSyntaxError) -> str:
    message = (error.message or "Jinja cannot read this").rstrip(".")
    return message[:1].lower() + message[1:]


@dataclass
class _Check:
    """Walks the parsed section once: refuses what does not exist, and wraps each printed expression with its site."""

    source: Source
    vocabulary: Vocabulary
    problems: Problems
    sites: list[Site] = field(default_factory=list)

    def body(self, statements: list[nodes.Node], scope: dict[str, tuple[str, Shape]]) -> None:
        scope = dict(scope)
        for statement in statements:
            match statement:
                case nodes.Output():
                    statement.nodes = [
                        each if isinstance(each, nodes.TemplateData) else self.output(each, scope)
                        for each in statement.nodes
                    ]
                case nodes.If():
                    self.condition(statement, scope)
                case nodes.For(target=nodes.Name(name=name), recursive=False, test=None):
                    path, shape = self.resolve(statement.iter, scope)
                    if not isinstance(shape, list):
                        self.refuse("unprintable-name", f"`{path}` is not a list", statement, path)
                        shape = [None]
                    inner = {**scope, name: (f"{path}[]", shape[0])}
                    self.body(statement.body, inner)
                    self.body(statement.else_, scope)
                case nodes.Assign(target=nodes.Name(name=name)):
                    scope[name] = self.resolve(statement.node, scope)
                case _:
                    self.refuse(
                        "jinja-statement",
                        f"`{type(statement).__name__.lower()}` is not part of the section language",
                        statement,
                        "",
                        "there is `if`, `for`, `set` and `include`",
                    )

    def condition(self, statement: nodes.If, scope: dict[str, tuple[str, Shape]]) -> None:
        self.resolve(statement.test, scope)
        self.body(statement.body, scope)
        for branch in statement.elif_:
            self.condition(branch, scope)
        self.body(statement.else_, scope)

    def output(self, expression: nodes.Expr, scope: dict[str, tuple[str, Shape]]) -> nodes.Expr:
        name, shape = self.resolve(expression, scope)
        if isinstance(shape, dict):
            parts = wording.join_or(f"`{name}.{part}`" for part in shape)
            self.refuse("unprintable-name", f"`{name}` has parts and cannot print", expression, name, f"write {parts}")
        elif isinstance(shape, list):
            hint = f"write `{name} | join_and`"
            self.refuse("unprintable-name", f"`{name}` is a list and cannot print", expression, name, hint)
        elif name in self.vocabulary.unprintable:
            hint = self.vocabulary.unprintable[name]
            self.refuse("unprintable-name", f"`{name}` can be tested, not printed", expression, name, hint)
        roots = {path.partition(".")[0].removesuffix("[]") for path in _paths(expression, scope)}
        layers = [_LAYERS.get(root, "school") for root in sorted(roots)]
        kind: ValueClass = "details" if roots and roots <= set(_DETAILS) else "material"
        place = self.place(expression, name)
        self.sites.append(Site(name, layers[0] if layers else "issuer", kind, place))
        number = nodes.Const(len(self.sites) - 1, lineno=expression.lineno)
        printer = nodes.Name("print_value", "load", lineno=expression.lineno)
        return nodes.Call(printer, [number, expression], [], None, None, lineno=expression.lineno)

    def resolve(self, expression: nodes.Node, scope: dict[str, tuple[str, Shape]]) -> tuple[str, Shape]:
        """The canonical name and the shape of an expression; problems are noted on the way."""
        match expression:
            case nodes.Name(name=name):
                if name in scope:
                    return scope[name]
                if name in self.vocabulary.shape:
                    return name, self.vocabulary.shape[name]
                self.unknown(
                    expression, name, f"`{name}` is not a name that a section can use", [*self.vocabulary.shape, *scope]
                )
                return name, None
            case nodes.Getattr(node=inner, attr=attribute):
                return self.part(expression, inner, attribute, scope)
            case nodes.Getitem(node=inner, arg=nodes.Const(value=str() as attribute)):
                return self.part(expression, inner, attribute, scope)
            case nodes.Const(value=value):
                return repr(value), None
            case nodes.List(items=items) | nodes.Tuple(items=items):
                return f"[{', '.join(self.resolve(item, scope)[0] for item in items)}]", [None]
            case nodes.Filter(node=nodes.Node() as inner, name=name, args=[], kwargs=[]):
                path, shape = self.resolve(inner, scope)
                self.filter(expression, name, path, shape)
                return f"{path} | {name}", None
            case nodes.Compare(expr=left, ops=operands):
                return self.comparison(left, operands, scope), None
            case nodes.Not(node=inner):
                return f"not {self.resolve(inner, scope)[0]}", None
            case nodes.And(left=left, right=right):
                return f"{self.resolve(left, scope)[0]} and {self.resolve(right, scope)[0]}", None
            case nodes.Or(left=left, right=right):
                return f"{self.resolve(left, scope)[0]} or {self.resolve(right, scope)[0]}", None
            case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Node() as no):
                parts = [self.resolve(each, scope)[0] for each in (yes, test, no)]
                return f"{parts[0]} if {parts[1]} else {parts[2]}", None
            case nodes.Concat(nodes=parts):
                return " ~ ".join(self.resolve(each, scope)[0] for each in parts), None
            case _:
                kind = type(expression).__name__.lower()
                self.refuse("jinja-statement", f"`{kind}` is not part of the section language", expression, "")
                return kind, None

    def part(
        self, expression: nodes.Node, inner: nodes.Node, attribute: str, scope: dict[str, tuple[str, Shape]]
    ) -> tuple[str, Shape]:
        path, shape = self.resolve(inner, scope)
        name = f"{path}.{attribute}"
        if isinstance(shape, dict):
            if attribute in shape:
                return name, shape[attribute]
            self.unknown(expression, name, f"`{path}` has no `{attribute}`", [f"{path}.{part}" for part in shape])
        elif isinstance(shape, list):
            hint = f"repeat over it with `{{% for one in {path} %}}`, or print `{path} | join_and`"
            self.refuse("unknown-name", f"`{path}` is a list", expression, name, hint)
        elif path in self.vocabulary.shape or "." in path:
            self.refuse("unknown-name", f"`{path}` has no parts", expression, name)
        return name, None

    def filter(self, expression: nodes.Node, name: str, path: str, shape: Shape) -> None:
        if name not in FILTERS:
            hint = wording.nearest(name, [*FILTERS])
            self.refuse("unknown-filter", f"there is no filter `{name}`", expression, name, hint)
        elif name in ("join_and", "join_or") and not isinstance(shape, list):
            self.refuse("unprintable-name", f"`{path}` is not a list, so it cannot be joined", expression, path)
        elif name not in ("join_and", "join_or", "length") and shape is not None:
            self.refuse("unprintable-name", f"`{name}` works on a text, and `{path}` is none", expression, path)

    def comparison(self, left: nodes.Node, operands: list[nodes.Operand], scope: dict[str, tuple[str, Shape]]) -> str:
        path, _ = self.resolve(left, scope)
        text = path
        for operand in operands:
            other, _ = self.resolve(operand.expr, scope)
            text += f" {operand.op} {other}"
            if operand.op in ("in", "notin") and isinstance(left, nodes.Const):
                self.option(left, other)
            else:
                for constant in (
                    operand.expr.find_all(nodes.Const) if not isinstance(operand.expr, nodes.Const) else [operand.expr]
                ):
                    self.option(constant, path)
        return text

    def option(self, constant: nodes.Const, path: str) -> None:
        known = self.vocabulary.options.get(path)
        if path in self.vocabulary.yes_no:
            hint = f"write `{{% if {path} %}}` or `{{% if not {path} %}}`"
            self.refuse("unknown-option", f"`{path}` is true or false", constant, str(constant.value), hint)
        elif known is not None and constant.value not in known:
            hint = wording.nearest(str(constant.value), known)
            self.refuse("unknown-option", f"`{path}` is never `{constant.value}`", constant, str(constant.value), hint)

    def unknown(self, expression: nodes.Node, name: str, message: str, known: list[str]) -> None:
        self.refuse("unknown-name", message, expression, name, wording.nearest(name, known))

    def refuse(self, rule: str, message: str, node: nodes.Node, needle: str, hint: str = "") -> None:
        self.problems.add(rule, message, self.place(node, needle), hint)

    def place(self, node: nodes.Node, needle: str) -> Place:
        """Where a name stands: on its node's line, or on the next few lines that belong to the same tag."""
        bare = needle.split(" | ", maxsplit=1)[0].strip("'\"")
        for index in range(node.lineno - 1, node.lineno + 3):
            line = self.source.line(index)
            found = re.search(rf"(?<![\w.]){re.escape(bare)}(?!\w)", line.text) if bare else None
            if found:
                return line.place_at(found.start(), len(bare))
        last = bare.rpartition(".")[2]
        line = self.source.line(node.lineno - 1)
        found = re.search(rf"\b{re.escape(last)}\b", line.text) if last else None
        if found:
            return line.place_at(found.start(), len(last))
        return self.source.line(node.lineno - 1).place()


def _paths(expression: nodes.Node, scope: dict[str, tuple[str, Shape]]) -> Iterator[str]:
    """The canonical names that an expression prints or tests."""
    found = [expression] if isinstance(expression, nodes.Name) else [*expression.find_all(nodes.Name)]
    for name in found:
        yield scope[name.name][0] if name.name in scope else name.name


# --- filling ---------------------------------------------------------------------------------------------------------


def _mark_lines(tree: nodes.Template) -> None:
    for data in tree.find_all(nodes.TemplateData):
        lines = data.data.split("\n")
        data.data = "\n".join(
            [f"{text}\ue002{data.lineno - 1 + index}\ue003" for index, text in enumerate(lines[:-1])] + lines[-1:]
        )


def _every_branch(statements: list[nodes.Node]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case nodes.Output():
                for each in statement.nodes:
                    yield each.data if isinstance(each, nodes.TemplateData) else f"{VALUE_OPEN}0{VALUE_CLOSE}"
            case nodes.If():
                yield from _every_branch([*statement.body, *statement.elif_, *statement.else_])
            case nodes.For():
                yield from _every_branch([*statement.body, *statement.else_])


def _filled(source: Source, text: str, values: tuple[Value, ...]) -> Filled:
    lines, origins = [], []
    for line in text.split("\n"):
        marks = _LINE_MARK.findall(line)
        lines.append(_LINE_MARK.sub("", line))
        origins.append(source.line(int(marks[-1]) if marks else len(source.lines) - 1))
    return Filled(source.path, "\n".join(lines), values, tuple(origins))


def fill(prepared: Prepared, names: Mapping[str, object], problems: Problems) -> Filled | None:
    """The section's Markdown for one school. A fact that it lacks is a problem at the place that prints it."""
    printer = _Print(prepared.sites, problems)
    before = len(problems.errors)
    try:
        text = prepared.template.render({**names, "print_value": printer})
    except (TemplateError, TypeError) as error:
        problems.add("missing-fact", f"a name has no value here: {error}", prepared.source.line(0).place())
        return None
    if len(problems.errors) > before:
        return None
    return _filled(prepared.source, text, tuple(printer.values))
