"""Statements of a text, put into the few forms that fill: words, values through one printing, `if` and `for`.

Names that `set` gives are replaced by what they stand for, and what chooses or joins within an expression becomes
statements, so that each value and each literal that reaches the page is printed by itself, with its own name, layer
and class. Along the way the text of all branches is written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jinja2 import nodes

from policygen.language import kinds
from policygen.language.document import Value
from policygen.language.jinja_conditions import Conditions
from policygen.language.jinja_names import Meaning, Scope, choice
from policygen.language.jinja_record import ROOT, decides, named
from policygen.language.possible import Known
from policygen.language.printing import FILTERS
from policygen.language.vocabulary import VALUE_CLOSE, VALUE_OPEN

_OWN_WORDS = {
    "assignblock": ("a `set` with an `endset`", 'write `{% set name = "…" %}`'),
    "scope": ("`autoescape`", ""),
}
_JINJA_COMMENT = re.compile(r"\{#(?=[^{}\n]*#\})[^{}\n]*\}")
_ANY_VALUE = Value("…", "", "issuer", "material")


@dataclass
class Statements(Conditions):
    """Walks the parsed section once; refuses what does not exist, and gives the statements that fill."""

    literals: dict[Value, int] = field(default_factory=lambda: {_ANY_VALUE: 0})
    """What stands for any value in the text of all branches, then the words that are typed in expressions, counted."""
    branches: list[str] = field(default_factory=list)
    """The text of all branches, piece by piece."""

    def body(
        self,
        statements: list[nodes.Node],
        scope: Scope,
        known: tuple[Known, ...] = (),
        *,
        repeats: bool = False,
    ) -> tuple[list[nodes.Node], Scope]:
        """The statements that fill, and what names stand for behind them. `known` is what holds where they stand."""
        made: list[nodes.Node] = []
        for statement in statements:
            match statement:
                case nodes.Output(nodes=parts):
                    made += self._output(parts, scope, known, repeats=repeats)
                case nodes.If():
                    chosen, scope = self._if(statement, scope, known, repeats=repeats)
                    made.append(chosen)
                case nodes.For(target=nodes.Name(name=name), recursive=False, test=None):
                    made.append(self._for(statement, name, scope, known))
                case nodes.Assign(target=nodes.Name(name=name)):
                    scope = {**scope, name: self._given(statement.node, scope, known)}
                case _:
                    self._refuse_statement(statement)
        return made, scope

    def _refuse_statement(self, statement: nodes.Node) -> None:
        name = type(statement).__name__.lower()
        what, hint = _OWN_WORDS.get(name, (f"`{name}`", ""))
        message = f"{what} is not part of the section language"
        hint = hint or "there is `if`, `for`, `set` and `include`"
        self.refuse("jinja-statement", message, statement, "", hint)

    def _given(self, value: nodes.Node, scope: Scope, known: tuple[Known, ...]) -> Meaning:
        """What `set` gives a name, what a `for` repeats over, or what prints."""
        before = len(self.problems.errors)
        meaning = self.resolve(value, scope)
        self._check_record(decides(meaning.node), value)
        if len(self.problems.errors) == before and not self._is_open(value, scope):
            self.valued(meaning.node, known if self._is_own(value) else ())
        return meaning

    def _test(
        self, test: nodes.Node, scope: Scope, known: tuple[Known, ...]
    ) -> tuple[Meaning, bool]:
        """What a condition means, and whether it is sound, so that something follows from it."""
        before = len(self.problems.errors)
        meaning = self.resolve(test, scope)
        self._check_record(named(meaning.node), test)
        if len(self.problems.errors) > before:
            return meaning, False
        if self._is_open(test, scope):
            return meaning, True
        return meaning, self.tested(meaning.node, known if self._is_own(test) else ())

    def _check_record(self, found: Iterable[nodes.Getattr], where: nodes.Node) -> None:
        """Note what decides by the record of a version: that is not yet known when the text is approved."""
        for each in found:
            name = f"{ROOT}.{each.attr}"
            says = f"`{name}` can be printed as it is, and nothing can hang on it"
            hint = f"write `{{{{ {name} }}}}`; until it is known, a blank prints"
            self.refuse("record-tested", says, where, name, hint)

    def _is_own(self, node: nodes.Node) -> bool:
        return self.source.line(node.lineno - 1).path == self.source.path

    def _is_open(self, node: nodes.Node, scope: Scope) -> bool:
        """Whether a shared text leaves it to the text around it what this is: each may `set` it to something else."""
        names = [node] if isinstance(node, nodes.Name) else [*node.find_all(nodes.Name)]
        return not self._is_own(node) and any(name.name in scope for name in names)

    def _if(
        self, statement: nodes.If, scope: Scope, known: tuple[Known, ...], *, repeats: bool
    ) -> tuple[nodes.Node, Scope]:
        arms = []
        failed = known
        sound = True
        for arm in (statement, *statement.elif_):
            test, follows = self._test(arm.test, scope, failed)
            here = (*failed, (test.node, True)) if follows else failed
            arms.append((test, *self.body(arm.body, scope, here, repeats=repeats)))
            if follows:
                failed = (*failed, (test.node, False))
            sound &= follows
        if statement.else_ and sound and self._is_own(statement):
            self.chosen([test.node for test, _, _ in arms], known)
        otherwise, behind = self.body(statement.else_, scope, failed, repeats=repeats)
        # What a name stands for behind the statement depends on the branch that was taken.
        for test, _, within in reversed(arms):
            both = within.keys() & behind.keys()
            behind = {name: _chosen(test, within[name], behind[name]) for name in both}
        for test, inner, _ in reversed(arms):
            made = nodes.If(self.compiled(test.node), inner, [], otherwise, lineno=statement.lineno)
            otherwise = [made]
        return made, behind

    def _for(
        self, statement: nodes.For, called: str, scope: Scope, known: tuple[Known, ...]
    ) -> nodes.Node:
        listed = self._given(statement.iter, scope, known)
        name = f"_one{len(self.repeated)}"
        if isinstance(listed.shape, list):
            shape = listed.shape[0]
        else:
            if listed.known:
                message = f"`{listed.path}` is not a list"
                self.refuse("unprintable-name", message, statement, listed.path)
            shape = "?"
        item = Meaning(f"{listed.path}[]", shape, nodes.Name(name, "load", lineno=statement.lineno))
        self.repeated[name] = item
        items = self._call("each_of", listed)
        inner, _ = self.body(statement.body, {**scope, called: item}, known, repeats=True)
        if statement.else_:
            hint = f"put it under `{{% if {listed.path} %}}`, with the `else` there"
            message = "a `for` has no `else`: a list that is there has items"
            self.refuse("jinja-statement", message, statement, listed.path, hint)
        target = nodes.Name(name, "store", lineno=statement.lineno)
        return nodes.For(target, items, inner, [], None, False, lineno=statement.lineno)

    # --- what prints --------------------------------------------------------------------------------------------------

    def _output(
        self, parts: list[nodes.Expr], scope: Scope, known: tuple[Known, ...], *, repeats: bool
    ) -> Iterator[nodes.Node]:
        for part in parts:
            if isinstance(part, nodes.TemplateData):
                yield self._words(part, repeats=repeats)
                continue
            before = len(self.problems.errors)
            meaning = self._given(part, scope, known)
            if len(self.problems.errors) == before:
                self.present(meaning.node, known if self._is_own(part) else ())
                yield from self._printing(meaning.node, None)
            else:
                self.branches.append(_mark(0))

    def _words(self, data: nodes.TemplateData, *, repeats: bool) -> nodes.Node:
        for found in _JINJA_COMMENT.finditer(data.data):
            message = (
                f"`{found[0]}` is a comment of Jinja, which the section language does not have"
            )
            self._refuse_words(data, found, "jinja-statement", message, "write `<!-- … -->`")
        data.data = _JINJA_COMMENT.sub("", data.data)
        for found in re.finditer(r"\{(#[\w-]+)", data.data) if repeats else ():
            message = f"`{found[1]}` would stand here once for each item of the `for`"
            hint = "repeat list items or rows, and give the id to the clause around the `for`"
            self._refuse_words(data, found, "duplicate-id", message, hint)
        self.branches.append(data.data)
        return nodes.Output([data], lineno=data.lineno)

    def _refuse_words(
        self, data: nodes.TemplateData, found: re.Match[str], rule: str, message: str, hint: str
    ) -> None:
        row = data.lineno - 1 + data.data.count("\n", 0, found.start())
        self.problems.add(rule, message, self.source.line(row).place(found[0]), hint)

    def _printing(self, node: nodes.Expr, around: Meaning | None) -> Iterator[nodes.Node]:
        """The statements that print an expression, each value and each literal by itself.

        `around` is the whole choice that a literal is part of: the words are one way to print it.
        """
        match node:
            case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Expr() as no):
                yield self._choosing(node, test, yes, no, around)
            case nodes.Or(left=left, right=right):
                yield self._choosing(node, left, left, right, around)
            case nodes.And(left=left, right=right):
                yield self._choosing(node, left, right, left, around)
            case nodes.Concat(nodes=parts):
                for part in parts:
                    yield from self._printing(part, around)
            case nodes.Filter(name=name) if (spread := _spread(node, name)) is not None:
                yield from self._printing(spread, around)
            case nodes.Const(value=str() as text):
                yield self._typed(node, text, around)
            case _:
                meaning = self.resolve(node, {})
                self.prints(meaning, node)
                self.branches.append(_mark(0))
                yield nodes.Output([self._call("print_value", meaning)], lineno=node.lineno)

    def _choosing(
        self,
        node: nodes.Expr,
        test: nodes.Expr,
        yes: nodes.Expr,
        no: nodes.Expr,
        around: Meaning | None,
    ) -> nodes.Node:
        whole = around or self.resolve(node, {})
        first = [*self._printing(yes, whole)]
        self.branches.append(" ")  # so that the words of two branches stay words
        second = [*self._printing(no, whole)]
        return nodes.If(self.compiled(test), first, [], second, lineno=node.lineno)

    def _typed(self, node: nodes.Expr, text: str, around: Meaning | None) -> nodes.Node:
        meaning = around or self.resolve(node, {})
        value = Value(text, meaning.path, *self.standing(meaning), typed=True)
        mark = ""
        if text:
            mark = _mark(self.literals.setdefault(value, len(self.literals)))
        self.branches.append(mark)
        return nodes.Output([nodes.TemplateData(mark, lineno=node.lineno)], lineno=node.lineno)

    # --- what is only tested ------------------------------------------------------------------------------------------

    def compiled(self, node: nodes.Expr) -> nodes.Expr:
        """An expression that is tested, compared or handed to a filter: what it needs of a school must be there."""
        match node:
            case nodes.Concat(nodes=parts):
                there = [self._call("needed", self.resolve(part, {})) for part in parts]
                joined = nodes.Name("joined", "load", lineno=node.lineno)
                listed = nodes.List(there, lineno=node.lineno)
                return nodes.Call(joined, [listed], [], None, None, lineno=node.lineno)
            case nodes.Compare(expr=left, ops=operands):
                return self._comparing(node, left, operands)
            case nodes.Not(node=inner):
                return nodes.Not(self.compiled(inner), lineno=node.lineno)
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                both = (self.compiled(left), self.compiled(right))
                return type(node)(*both, lineno=node.lineno)
            case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Expr() as no):
                each = (self.compiled(part) for part in (test, yes, no))
                return nodes.CondExpr(*each, lineno=node.lineno)
            case nodes.Filter(node=nodes.Expr() as inner, name=name, args=words):
                held = self.compiled(inner)
                return nodes.Filter(held, name, words, [], None, None, lineno=node.lineno)
            case nodes.List(items=items):
                return nodes.List([self.compiled(item) for item in items], lineno=node.lineno)
            case _:
                return node

    def _comparing(
        self, node: nodes.Expr, left: nodes.Expr, operands: list[nodes.Operand]
    ) -> nodes.Expr:
        """A comparison. What is equal to typed words can be missing; what is more, less or within cannot.

        Nor can two names: where both are missing, nobody knows whether they are the same.
        """
        sides = [left, *(operand.expr for operand in operands)]
        needed = [False] * len(sides)
        for index, operand in enumerate(operands):
            named = not any(isinstance(side, nodes.Const) for side in sides[index : index + 2])
            if operand.op in ("eq", "ne"):
                needed[index] |= named
                needed[index + 1] |= named
            else:
                within = operand.op in ("in", "notin")
                right = self.resolve(sides[index + 1], {})
                needed[index] |= not within or not isinstance(right.shape, list)
                needed[index + 1] = True
        first, *others = (
            self._call("needed", self.resolve(side, {})) if must else self.compiled(side)
            for side, must in zip(sides, needed, strict=True)
        )
        made = [
            nodes.Operand(operand.op, side) for operand, side in zip(operands, others, strict=True)
        ]
        return nodes.Compare(first, made, lineno=node.lineno)

    def _call(self, function: str, meaning: Meaning) -> nodes.Expr:
        """An expression as an argument of one of our functions, which learns at which site it stands."""
        line = meaning.node.lineno
        number = nodes.Const(self.site(meaning), lineno=line)
        called = nodes.Name(function, "load", lineno=line)
        held = self.compiled(meaning.node)
        return nodes.Call(called, [number, held], [], None, None, lineno=line)


def _mark(number: int) -> str:
    return f"{VALUE_OPEN}{number}{VALUE_CLOSE}"


def _chosen(test: Meaning, yes: Meaning, no: Meaning) -> Meaning:
    return yes if yes is no else choice(test, yes, no)


def _spread(node: nodes.Filter, name: str) -> nodes.Expr | None:
    """A filter put to the parts of what it changes, so that each prints by itself; None where there is one part."""

    def changed(part: nodes.Expr) -> nodes.Expr:
        return nodes.Filter(part, name, node.args, [], None, None, lineno=part.lineno)

    match node.node:
        case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Expr() as no):
            return nodes.CondExpr(test, changed(yes), changed(no), lineno=node.lineno)
        case nodes.Or(left=left, right=right):
            return nodes.CondExpr(left, changed(left), changed(right), lineno=node.lineno)
        case nodes.And(left=left, right=right):
            return nodes.CondExpr(left, changed(right), changed(left), lineno=node.lineno)
        case nodes.Const(value=str() as text) if name in kinds.TEXT_FILTERS:
            # A filter sees words; the spaces that join them to what stands beside them stay.
            bare = text.strip()
            before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
            changed_text = text
            if bare:
                changed_text = f"{before}{FILTERS[name](bare)}{after}"
            return nodes.Const(changed_text, lineno=node.lineno)
        case nodes.Concat(nodes=parts) if name in kinds.TEXT_FILTERS:
            parts = [*parts]
            index = _changes(name, len(parts))
            if index is not None:
                parts[index] = changed(parts[index])
            return nodes.Concat(parts, lineno=node.lineno)
        case _:
            return None


def _changes(name: str, parts: int) -> int | None:
    """The index of the part that a filter changes of a text of several."""
    match name:
        case "sentence_case" | "lower_first" | "with_article":
            return 0
        case "possessive" | "plural":
            return parts - 1
        case _:
            return None
