"""Names in a text: what does not exist is refused, also in branches that no school takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import nodes

from policygen.ground import wording
from policygen.ground.diagnostics import Place, Problems
from policygen.language.document import Layer, ValueClass
from policygen.language.printing import FILTERS
from policygen.language.source import Source
from policygen.language.vocabulary import Shape, Site, Vocabulary

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


@dataclass
class NameCheck:
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
                            self.refuse(
                                "unprintable-name", f"`{path}` is not a list", statement, path
                            )
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
            self.refuse(
                "unprintable-name",
                f"`{name}` has parts and cannot print",
                expression,
                name,
                f"write {parts}",
            )
        elif isinstance(shape, list):
            hint = f"write `{name} | join_and`"
            self.refuse(
                "unprintable-name", f"`{name}` is a list and cannot print", expression, name, hint
            )
        elif name in self.vocabulary.unprintable:
            hint = self.vocabulary.unprintable[name]
            self.refuse(
                "unprintable-name", f"`{name}` can be tested, not printed", expression, name, hint
            )
        return self.printing("print_value", expression, name, scope)

    def printing(
        self, function: str, expression: nodes.Node, name: str, scope: dict[str, tuple[str, Shape]]
    ) -> nodes.Expr:
        """The expression as an argument of one of our functions, which learns at which site it stands."""
        roots = {path.partition(".")[0].removesuffix("[]") for path in _paths(expression, scope)}
        layers = [_LAYERS.get(root, "school") for root in sorted(roots)]
        kind: ValueClass = "details" if roots and roots <= set(_DETAILS) else "material"
        self.sites.append(
            Site(name, layers[0] if layers else "issuer", kind, self.place(expression, name))
        )
        number = nodes.Const(len(self.sites) - 1, lineno=expression.lineno)
        called = nodes.Name(function, "load", lineno=expression.lineno)
        return nodes.Call(called, [number, expression], [], None, None, lineno=expression.lineno)

    def resolve(
        self, expression: nodes.Node, scope: dict[str, tuple[str, Shape]]
    ) -> tuple[str, Shape]:
        """The canonical name and the shape of an expression; problems are noted on the way."""
        match expression:
            case nodes.Name(name=name):
                if name in scope:
                    return scope[name]
                if name in self.vocabulary.shape:
                    return name, self.vocabulary.shape[name]
                self.unknown(
                    expression,
                    name,
                    f"`{name}` is not a name that a section can use",
                    [*self.vocabulary.shape, *scope],
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
                self.refuse(
                    "jinja-statement",
                    f"{what} is not part of the section language",
                    expression,
                    name,
                    hint,
                )
                return name, _UNKNOWN

    def part(
        self,
        expression: nodes.Node,
        inner: nodes.Node,
        attribute: str,
        scope: dict[str, tuple[str, Shape]],
    ) -> tuple[str, Shape]:
        path, shape = self.resolve(inner, scope)
        name = f"{path}.{attribute}"
        if shape is _UNKNOWN:
            return name, _UNKNOWN
        if isinstance(shape, dict):
            if attribute in shape:
                self.uses.add(name)
                return name, shape[attribute]
            self.unknown(
                expression,
                name,
                f"`{path}` has no `{attribute}`",
                [f"{path}.{part}" for part in shape],
            )
        elif isinstance(shape, list):
            hint = f"repeat over it with `{{% for one in {path} %}}`, or print `{path} | join_and`"
            self.refuse("unknown-name", f"`{path}` is a list", expression, name, hint)
        elif path in self.vocabulary.shape or "." in path:
            self.refuse("unknown-name", f"`{path}` has no parts", expression, name)
        return name, _UNKNOWN

    def filter(self, expression: nodes.Node, name: str, path: str, shape: Shape) -> None:
        if name not in FILTERS:
            hint = wording.meant_or_known(name, [*FILTERS])
            self.refuse("unknown-filter", f"there is no filter `{name}`", expression, name, hint)
        elif shape is _UNKNOWN:
            pass
        elif name in ("join_and", "join_or") and not isinstance(shape, list):
            self.refuse(
                "unprintable-name",
                f"`{path}` is not a list, so it cannot be joined",
                expression,
                path,
            )
        elif name not in ("join_and", "join_or", "length") and shape is not None:
            self.refuse(
                "unprintable-name",
                f"`{name}` works on a text, and `{path}` is none",
                expression,
                path,
            )

    def agreement(
        self,
        expression: nodes.Node,
        inner: nodes.Node,
        words: list[nodes.Expr],
        scope: dict[str, tuple[str, Shape]],
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

    def comparison(
        self, left: nodes.Node, operands: list[nodes.Operand], scope: dict[str, tuple[str, Shape]]
    ) -> str:
        path, _ = self.resolve(left, scope)
        text = path
        for operand in operands:
            other, _ = self.resolve(operand.expr, scope)
            text += f" {operand.op} {other}"
            if operand.op in ("in", "notin") and isinstance(left, nodes.Const):
                self.option(left, other)
            else:
                for constant in (
                    operand.expr.find_all(nodes.Const)
                    if not isinstance(operand.expr, nodes.Const)
                    else [operand.expr]
                ):
                    self.option(constant, path)
        return text

    def option(self, constant: nodes.Const, path: str) -> None:
        known = self.vocabulary.options.get(path)
        if path in self.vocabulary.yes_no:
            hint = f"write `{{% if {path} %}}` or `{{% if not {path} %}}`"
            self.refuse(
                "unknown-option", f"`{path}` is true or false", constant, str(constant.value), hint
            )
        elif known is not None and constant.value not in known:
            hint = wording.meant_or_known(str(constant.value), known)
            self.refuse(
                "unknown-option",
                f"`{path}` is never `{constant.value}`",
                constant,
                str(constant.value),
                hint,
            )

    def unknown(self, expression: nodes.Node, name: str, message: str, known: list[str]) -> None:
        self.refuse("unknown-name", message, expression, name, wording.meant_or_known(name, known))

    def refuse(
        self, rule: str, message: str, node: nodes.Node, needle: str, hint: str = ""
    ) -> None:
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
    found = (
        [expression] if isinstance(expression, nodes.Name) else [*expression.find_all(nodes.Name)]
    )
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
