"""Jinja, kept small: checked once against the names that exist, then filled once for each school.

Each printed value travels through Markdown as a private-use mark (U+E000 n U+E001), so that nothing in it can be read
as Markdown, Jinja or HTML. Each line of the result knows its source line. The sandbox sees plain data only.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from functools import cache
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, TypeAlias, Union, cast

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from policygen.ground import wording
from policygen.language.document import Layer, Value, ValueClass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jinja2 import Template as JinjaTemplate

    from policygen.ground.diagnostics import Place, Problems
    from policygen.language.source import Line, Source

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
_UNKNOWN: Shape = {}
"""The shape of a name that was refused: nothing that follows from it is worth saying."""
_KINDS = {
    "call": ("a call", "change a value with a filter: `{{ roles.head | sentence_case }}`"),
    "getitem": ("an item by its number", "repeat over the list with `{% for one in … %}`"),
    "test": ("a test with `is`", "write `{% if name %}`, or compare with `==`"),
    **dict.fromkeys(("add", "sub", "mul", "div", "floordiv", "mod", "pow"), ("arithmetic", "")),
}
"""What the language has not, by the name of its node: in words, and what to write instead."""
_SYNTAX: tuple[tuple[str, str, str], ...] = (
    (
        r"unknown tag '(\w+)'",
        r"there is no statement `\1`",
        "there is `if`, `elif`, `else`, `for`, `set` and `include`",
    ),
    (r"'end of statement block'$", "this ends before it is complete", "write what comes after the last word"),
    (
        r"expected token .*, got '(.+)'",
        r"`\1` has no meaning here",
        "compare with `==`, join with `and` or `or`, change with `|`",
    ),
    (r"unexpected char '([“”‘’])'", r"`\1` is a curly quotation mark", 'write the straight one, `"`'),
    (r"unexpected char '(.)'", r"`\1` has no meaning here", "take it out, or put a text in quotes"),
    (r"unexpected '(.+)'", r"`\1` has no meaning here", "take it out"),
)
"""What Jinja says, what we say, and what to write."""

_STATEMENT = r"\{%-?(?:(?!%\}).)*?-?%\}"
_COMMENT = r"<!--(?:(?!-->)[\s\S])*-->"
_CONTROL_LINES = re.compile(rf"^[ \t]*((?:(?:{_STATEMENT}|{_COMMENT})[ \t]*)+)\n", re.MULTILINE)
_TAG = re.compile(r"\{%-?\s*(\w+)(?:(?!%\}).)*%\}")
_ANY_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
_UNCLOSED_PRINT = re.compile(r"\{\{(?:(?!\{\{|\{%|\}\}).)*?(?:\}(?!\})|(?=\{\{|\{%)|$)")
_EMPTY_PRINT = re.compile(r"\{\{\s*\}\}")
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
    uses: frozenset[str] = frozenset()
    """Every name with a dot that it prints or tests, in any branch."""


@dataclass(frozen=True)
class Filled:
    """Markdown for one school: its values stand as marks."""

    path: str
    text: str
    values: tuple[Value, ...]
    origins: tuple[tuple[Line, ...], ...]
    """For each line of the text, the source lines that it came from: several where a statement goes over lines."""

    def lines(self, index: int) -> tuple[Line, ...]:
        """The source lines of an output line, from 0; that on which it ends first."""
        return self.origins[min(max(index, 0), len(self.origins) - 1)]

    def line(self, index: int) -> Line:
        """The source line on which an output line ends."""
        return self.lines(index)[0]


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
        return isinstance(obj, _Print) or getattr(obj, "__func__", None) is _Print.each


class _Print:
    """Notes each value at its site and puts out the mark that stands for it."""

    def __init__(
        self, sites: tuple[Site, ...], names: Mapping[str, object], problems: Problems, missing: str = ""
    ) -> None:
        self.sites = sites
        self.names = names
        self.problems = problems
        self.missing = missing
        self.values: list[Value] = []

    def __call__(self, number: int, value: object) -> str:
        site = self.sites[number]
        text = printed(value)
        if text is None and not self.missing:
            self.problems.add("missing-fact", *_missing(site, self.names))
        text = text or self.missing
        self.values.append(Value(text, site.name, site.layer, site.kind))
        return f"{VALUE_OPEN}{len(self.values) - 1}{VALUE_CLOSE}"

    def each(self, number: int, value: object) -> list[Any]:
        """What a text repeats over: a list, even where the school has none."""
        if isinstance(value, list):
            return value
        if not self.missing:
            self.problems.add("missing-fact", *_missing(self.sites[number], self.names))
        return []


def _missing(site: Site, names: Mapping[str, object]) -> tuple[str, Place, str]:
    name = site.name.partition(" ")[0]
    root, _, question = name.partition(".")
    if root not in ("answers", "wording"):
        public = " (with `public: yes`)" if root == "people" else ""
        hint = f"add `{name}` to school.yaml{public}, or put the sentence under `{{% if {name} %}}`"
        return f"this school has no `{name}`, and a sentence needs it", site.place, hint
    answers = names.get("answers")
    if isinstance(answers, dict) and answers.get(question) is None:
        message = f"`{question}` is not asked of this school, and a sentence prints its answer"
        return message, site.place, "put the sentence under the condition that the question has in template.yaml"
    message = f"the option that this school chose for `{question}` has no words of its own to print"
    return message, site.place, "give the option `prints:` in template.yaml, or test the answer first"


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


def _agree(value: object, one: str, more: str) -> str | None:
    """The word that goes with a list by its length, with a whole number, or with a text, which is one thing."""
    match value:
        case bool() | None | []:
            return None
        case list():
            return wording.agree(len(value), one, more)
        case int():
            return wording.agree(value, one, more)
        case _:
            return one if printed(value) else None


FILTERS: dict[str, Callable[..., object]] = {
    "possessive": _on_text(wording.possessive),
    "with_article": _on_text(wording.with_article),
    "plural": _on_text(wording.plural),
    "sentence_case": _on_text(wording.sentence_case),
    "lower_first": _on_text(wording.lower_first),
    "join_and": _join(wording.join_and),
    "join_or": _join(wording.join_or),
    "agree": _agree,
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
    try:
        tree = _parse(source)
    except TemplateSyntaxError as error:
        if not _note_unclosed(source, problems):
            _note_syntax(error, source.line(error.lineno - 1), problems)
        return None
    check = _Check(source, vocabulary, problems)
    check.body(tree.body, {})
    if len(problems.errors) > before:
        return None
    branches = _in_every_branch(source, tree)
    template = _environment().from_string(cast("str", tree))
    return Prepared(source, template, tuple(check.sites), branches, frozenset(check.uses))


def prepare_condition(expression: str, vocabulary: Vocabulary, place: Place, problems: Problems) -> Prepared | None:
    """Check an expression of template.yaml's `when:`; fill it with `holds`."""
    from policygen.language.source import Line, Source

    line = Line(expression, place.path, place.line, max(place.column - 1, 0), place.text)
    source = Source(place.path, (line,))
    text = f"{{% if {expression} %}}yes{{% endif %}}"
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        _note_syntax(error, line, problems)
        return None
    before = len(problems.errors)
    check = _Check(source, vocabulary, problems)
    check.body(tree.body, {})
    if len(problems.errors) > before:
        return None
    template = _environment().from_string(cast("str", tree))
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
    return _environment().parse(text)


def _in_every_branch(source: Source, tree: nodes.Template) -> Filled:
    _mark_lines(tree)
    return _filled(source, "".join(_every_branch(tree.body)), (Value("…", "", "issuer", "material"),))


def _note_unclosed(source: Source, problems: Problems) -> bool:
    """Note what opens and does not close, or closes and does not open, at its place. Returns whether there is any."""
    before = len(problems.errors)
    _note_prints(source, problems)
    _note_pairs(source, problems)
    return len(problems.errors) > before


def _note_prints(source: Source, problems: Problems) -> None:
    for line, following in zip(source.lines, (*(each.text for each in source.lines[1:]), ""), strict=True):
        for found in _EMPTY_PRINT.finditer(line.text):
            place = line.place_at(found.start(), len(found[0]))
            problems.add("jinja-syntax", "there is nothing to print here", place, "write a name between the braces")
        for found in _UNCLOSED_PRINT.finditer(line.text):
            if found.end() < len(line.text) or "}}" not in following.partition("{{")[0]:
                place = line.place_at(found.start(), len(found[0]))
                problems.add("jinja-syntax", "this `{{` is not closed with `}}`", place, "write `}}` after the name")


def _note_pairs(source: Source, problems: Problems) -> None:
    opened: list[tuple[str, Place]] = []
    for line in source.lines:
        for tag in _TAG.finditer(line.text):
            name, place = tag[1], line.place_at(tag.start(), len(tag[0]))
            if name in ("if", "for"):
                opened.append((name, place))
            elif opened and name == f"end{opened[-1][0]}":
                opened.pop()
            elif name in ("endif", "endfor"):
                hint = f"take it out, or write `{{% {name.removeprefix('end')} … %}}` before it"
                problems.add("jinja-syntax", f"this `{name}` closes nothing", place, hint)
    for name, place in opened:
        problems.add("jinja-syntax", f"this `{name}` is never closed", place, f"write `{{% end{name} %}}` after it")


def _note_syntax(error: TemplateSyntaxError, line: Line, problems: Problems) -> None:
    """Note what Jinja could not read, at the word that it stumbled over, in our words where we have some."""
    said = (error.message or "Jinja cannot read this").partition(". ")[0].rstrip(".")
    for pattern, message, hint in _SYNTAX:
        if found := re.search(pattern, said):
            word = found[1] if found.groups() else ""
            problems.add("jinja-syntax", found.expand(message), _in_tag(line, word), hint)
            return
    problems.add("jinja-syntax", said[:1].lower() + said[1:], line.place())


def _in_tag(line: Line, word: str) -> Place:
    """The place of a word between Jinja's marks, or of the tag where there is but one; else of the line."""
    tags = [*_ANY_TAG.finditer(line.text)]
    for tag in tags:
        at = tag[0].find(word, 2) if word else -1
        if at >= 0:
            return line.place_at(tag.start() + at, len(word))
    return line.place(tags[0][0]) if len(tags) == 1 else line.place(word)


@dataclass
class _Check:
    """Walks the parsed section once: refuses what does not exist, and wraps each printed expression with its site."""

    source: Source
    vocabulary: Vocabulary
    problems: Problems
    sites: list[Site] = field(default_factory=list)
    uses: set[str] = field(default_factory=set)

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
                        if shape is not _UNKNOWN:
                            self.refuse("unprintable-name", f"`{path}` is not a list", statement, path)
                        shape = [_UNKNOWN]
                    statement.iter = self.printing("each_of", statement.iter, path, scope)
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
        if shape is _UNKNOWN:
            pass
        elif isinstance(shape, dict):
            parts = wording.join_or(f"`{name}.{part}`" for part in shape)
            self.refuse("unprintable-name", f"`{name}` has parts and cannot print", expression, name, f"write {parts}")
        elif isinstance(shape, list):
            hint = f"write `{name} | join_and`"
            self.refuse("unprintable-name", f"`{name}` is a list and cannot print", expression, name, hint)
        elif name in self.vocabulary.unprintable:
            hint = self.vocabulary.unprintable[name]
            self.refuse("unprintable-name", f"`{name}` can be tested, not printed", expression, name, hint)
        return self.printing("print_value", expression, name, scope)

    def printing(
        self, function: str, expression: nodes.Node, name: str, scope: dict[str, tuple[str, Shape]]
    ) -> nodes.Expr:
        """The expression as an argument of one of our functions, which learns at which site it stands."""
        roots = {path.partition(".")[0].removesuffix("[]") for path in _paths(expression, scope)}
        layers = [_LAYERS.get(root, "school") for root in sorted(roots)]
        kind: ValueClass = "details" if roots and roots <= set(_DETAILS) else "material"
        self.sites.append(Site(name, layers[0] if layers else "issuer", kind, self.place(expression, name)))
        number = nodes.Const(len(self.sites) - 1, lineno=expression.lineno)
        called = nodes.Name(function, "load", lineno=expression.lineno)
        return nodes.Call(called, [number, expression], [], None, None, lineno=expression.lineno)

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
                return name, _UNKNOWN
            case nodes.Getattr(node=inner, attr=attribute):
                return self.part(expression, inner, attribute, scope)
            case nodes.Getitem(node=inner, arg=nodes.Const(value=str() as attribute)):
                return self.part(expression, inner, attribute, scope)
            case nodes.Const(value=value):
                return repr(value), None
            case nodes.List(items=items) | nodes.Tuple(items=items):
                return f"[{', '.join(self.resolve(item, scope)[0] for item in items)}]", [None]
            case nodes.Filter(node=nodes.Node() as inner, name="agree", args=words, kwargs=[]):
                return self.agreement(expression, inner, words, scope)
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
                what, hint = _KINDS.get(type(expression).__name__.lower(), ("this", ""))
                name = next(iter(_dotted_names(expression)), "")
                self.refuse("jinja-statement", f"{what} is not part of the section language", expression, name, hint)
                return name, _UNKNOWN

    def part(
        self, expression: nodes.Node, inner: nodes.Node, attribute: str, scope: dict[str, tuple[str, Shape]]
    ) -> tuple[str, Shape]:
        path, shape = self.resolve(inner, scope)
        name = f"{path}.{attribute}"
        if shape is _UNKNOWN:
            return name, _UNKNOWN
        if isinstance(shape, dict):
            if attribute in shape:
                self.uses.add(name)
                return name, shape[attribute]
            self.unknown(expression, name, f"`{path}` has no `{attribute}`", [f"{path}.{part}" for part in shape])
        elif isinstance(shape, list):
            hint = f"repeat over it with `{{% for one in {path} %}}`, or print `{path} | join_and`"
            self.refuse("unknown-name", f"`{path}` is a list", expression, name, hint)
        elif path in self.vocabulary.shape or "." in path:
            self.refuse("unknown-name", f"`{path}` has no parts", expression, name)
        return name, _UNKNOWN

    def filter(self, expression: nodes.Node, name: str, path: str, shape: Shape) -> None:
        if name not in FILTERS:
            hint = wording.nearest(name, [*FILTERS])
            self.refuse("unknown-filter", f"there is no filter `{name}`", expression, name, hint)
        elif shape is _UNKNOWN:
            pass
        elif name in ("join_and", "join_or") and not isinstance(shape, list):
            self.refuse("unprintable-name", f"`{path}` is not a list, so it cannot be joined", expression, path)
        elif name not in ("join_and", "join_or", "length") and shape is not None:
            self.refuse("unprintable-name", f"`{name}` works on a text, and `{path}` is none", expression, path)

    def agreement(
        self, expression: nodes.Node, inner: nodes.Node, words: list[nodes.Expr], scope: dict[str, tuple[str, Shape]]
    ) -> tuple[str, Shape]:
        path, shape = self.resolve(inner, scope)
        match words:
            case [nodes.Const(value=str() as one), nodes.Const(value=str() as more)]:
                if isinstance(shape, dict) and shape is not _UNKNOWN:
                    message = f"`agree` works on a list, a number or a text, and `{path}` is none"
                    self.refuse("unprintable-name", message, expression, path)
                return f'{path} | agree("{one}", "{more}")', None
            case _:
                hint = f'write `{path} | agree("is", "are")`'
                message = "`agree` needs two words, that for one and that for more"
                self.refuse("jinja-statement", message, expression, "agree", hint)
                return path, _UNKNOWN

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


def _dotted_names(expression: nodes.Node) -> Iterator[str]:
    """The longest dotted names of an expression as they are written, such as `roles.head.upper`."""
    for child in expression.iter_child_nodes():
        names, node = [], child
        while isinstance(node, nodes.Getattr):
            names.append(node.attr)
            node = node.node
        if isinstance(node, nodes.Name):
            yield ".".join([node.name, *reversed(names)])
        else:
            yield from _dotted_names(child)


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
    last = -1
    for line in text.split("\n"):
        marks = _LINE_MARK.findall(line)
        lines.append(_LINE_MARK.sub("", line))
        first, last = last + 1, int(marks[-1]) if marks else len(source.lines) - 1
        origins.append(tuple(source.line(index) for index in range(last, min(first, last) - 1, -1)))
    return Filled(source.path, "\n".join(lines), values, tuple(origins))


def _line_of(error: BaseException) -> int:
    """The line of a template at which rendering failed, from 1."""
    lines = [number for frame, number in walk_tb(error.__traceback__) if frame.f_code.co_filename == "<template>"]
    return lines[-1] if lines else 1


def fill(prepared: Prepared, names: Mapping[str, object], problems: Problems, missing: str = "") -> Filled | None:
    """The section's Markdown for one school. A fact that it lacks is a problem at the place that prints it.

    With `missing`, that prints in place of the fact instead.
    """
    printer = _Print(prepared.sites, names, problems, missing)
    before = len(problems.errors)
    try:
        text = prepared.template.render({**names, "print_value": printer, "each_of": printer.each})
    except (TemplateError, TypeError) as error:
        place = prepared.source.line(_line_of(error) - 1).place()
        hint = "test the name first: `{% if name and name > 3 %}`"
        problems.add("missing-fact", "a name in this line has no value for this school", place, hint)
        return None
    if len(problems.errors) > before:
        return None
    return _filled(prepared.source, text, tuple(printer.values))
