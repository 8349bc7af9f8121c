"""Conditions of a text: what always or never holds, or chooses what nobody reads, is refused, in every branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from jinja2 import nodes

from policygen.ground.wording import code, join_or
from policygen.language.jinja_names import Names
from policygen.language.possible import Known, Possible, key_of, pairs
from policygen.language.vocabulary import Shape

_RULE = "fixed-condition"
_ANOTHER = "take it out, or write the condition that is meant"
_BOTH = 2
_LONG = 70
_SIGNS = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}


@dataclass
class Conditions(Names):
    """Looks at each condition by itself, and where it stands."""

    said: set[tuple[str, int, str]] = field(default_factory=set)

    @cached_property
    def possible(self) -> Possible:
        """What conditions of this text can be."""

        def meaning(node: nodes.Expr) -> tuple[str, Shape]:
            used = {*self.uses}
            found = self.resolve(node, {})
            self.uses = used  # a condition of another text is no use of this one
            return found.path, found.shape

        return Possible(self.vocabulary, meaning)

    def tested(self, test: nodes.Expr, known: Sequence[Known]) -> bool:
        """Note what is wrong with a condition, innermost first. Returns whether it is sound."""
        return self._by_itself(test) and self._within(test, known)

    def valued(self, value: nodes.Expr, known: Sequence[Known]) -> bool:
        """Note what is wrong with the conditions in a value that prints, or goes on to something else."""
        match value:
            case nodes.Not() | nodes.Compare():
                return self.tested(value, known)
            case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Expr() as no):
                if not (self.tested(test, known) and self.chosen([test], known)):
                    return False
                sound = self.valued(yes, [*known, (test, True)])
                return self.valued(no, [*known, (test, False)]) and sound
            case nodes.Or(left=left, right=right):
                return self._otherwise(value, left, right, known)
            case nodes.And(left=left, right=right):
                return self.tested(left, known) and self.valued(right, [*known, (left, True)])
            case nodes.Filter(node=nodes.Expr() as inner):
                return self.valued(inner, known)
            case nodes.Concat(nodes=items) | nodes.List(items=items):
                return all(self.valued(item, known) for item in items)
            case _:
                return True

    def _by_itself(self, test: nodes.Expr) -> bool:
        """Whether a condition, and each part of it, can hold and fail, wherever it stands."""
        match test:
            case nodes.Not(node=inner):
                return self._by_itself(inner)
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                if key_of(left) == key_of(right):
                    return self._fixed(test, "says the same twice", "take one of the two out")
                if not all([self._by_itself(left), self._by_itself(right)]):
                    return False
            case nodes.Compare():
                if any(key_of(left) == key_of(right) for left, _, right in pairs(test)):
                    return self._fixed(test, "compares something with itself", _ANOTHER)
                sides = [test.expr, *(operand.expr for operand in test.ops)]
                if not all(self.valued(side, ()) for side in sides):
                    return False
            case _:
                if not self.valued(test, ()):
                    return False
        if isinstance(test, nodes.Or):
            more = self.possible.truths(test.right, [(test.left, False)])
            if more == {False} and self.possible.truths(test) != {True}:
                says = "adds nothing to what stands before `or`"
                return self._fixed(test.right, says, "take it out, or write the one that is meant")
        truths = self.possible.truths(test)
        if len(truths) == _BOTH:
            return True
        always = truths == {True}
        return self._fixed(test, f"{'always' if always else 'never'} holds", self._why(test))

    def _within(self, test: nodes.Expr, known: Sequence[Known]) -> bool:
        """Whether a condition can hold where it stands. It may well say what is known there."""
        if not known or self.possible.truths(test, known) != {False}:
            return True
        says = "never holds here: what stands around it or before it rules it out"
        return self._fixed(test, says, _ANOTHER)

    def present(self, value: nodes.Expr, known: Sequence[Known]) -> None:
        """Note a value that prints where no school has it."""
        if known and self.possible.is_missing(value, known):
            name = self.resolve(value, {}).path
            message = f"`{name}` is never there where this stands"
            hint = "take it out, or put it under the condition that is meant"
            self.refuse("missing-fact", message, value, name, hint)

    def chosen(self, tests: Sequence[nodes.Expr], known: Sequence[Known]) -> bool:
        """Note an `else` that nobody reads, because one of the conditions before it always holds."""
        *others, last = tests
        if self.possible.truths(last, [*known, *((test, False) for test in others)]) != {True}:
            return True
        message = "one of the conditions before this `else` always holds, so nobody reads it"
        return self._say(message, last, "take the `else` out")

    def _otherwise(
        self, value: nodes.Expr, left: nodes.Expr, right: nodes.Expr, known: Sequence[Known]
    ) -> bool:
        if key_of(left) == key_of(right):
            return self._fixed(value, "says the same twice", "take one of the two out")
        if not self.valued(left, known):
            return False
        name = self._typed_short(left)
        if self.possible.truths(left, known) == {True}:
            message = f"`{name}` is never missing here, so what stands behind `or` is never read"
            return self._say(message, left, f"write `{name}` alone")
        return self.valued(right, [*known, (left, False)])

    def _fixed(self, test: nodes.Expr, says: str, hint: str) -> bool:
        return self._say(f"`{self._typed_short(test)}` {says}", test, hint)

    def _say(self, message: str, node: nodes.Expr, hint: str, needle: str = "") -> bool:
        key = (message, node.lineno, needle)
        if key not in self.said:
            self.said.add(key)
            self.refuse(_RULE, message, node, needle or self._needle(node), hint)
        return False

    def _typed_short(self, node: nodes.Expr) -> str:
        typed = self.as_typed(node)
        if len(typed) <= _LONG:
            return typed
        return f"{typed[: _LONG - 1]}…"

    def as_typed(self, node: nodes.Expr) -> str:
        """An expression as somebody types it."""
        match node:
            case nodes.Const(value=str() as text):
                return f'"{text}"'
            case nodes.Const(value=value):
                return str(value).lower()
            case nodes.Compare():
                sides = (f" {_SIGNS[each.op]} {self.as_typed(each.expr)}" for each in node.ops)
                return self.as_typed(node.expr) + "".join(sides)
            case nodes.Not(node=inner):
                return f"not {self._in_brackets(inner)}"
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                word = type(node).__name__.lower()
                return f"{self._in_brackets(left)} {word} {self._in_brackets(right)}"
            case _:
                return self.resolve(node, {}).path

    def _in_brackets(self, node: nodes.Expr) -> str:
        typed = self.as_typed(node)
        if isinstance(node, nodes.And | nodes.Or):
            return f"({typed})"
        return typed

    def _needle(self, node: nodes.Expr) -> str:
        named = [node, *node.find_all((nodes.Getattr, nodes.Name, nodes.Const))]
        first = next((each for each in named if isinstance(each, nodes.Getattr | nodes.Name)), node)
        return self.resolve(first, {}).path

    def _why(self, test: nodes.Expr) -> str:
        """What to write in place of a condition that is always the same."""
        match test:
            case nodes.Const(value=str()):
                return 'compare each by itself: `name == "…" or name == "…"`'
            case nodes.And(left=nodes.Compare() as left, right=nodes.Compare() as right):
                if key_of(left.expr) == key_of(right.expr):
                    return "write `or` if one of the two is enough"
            case nodes.Or(left=nodes.Compare() as left, right=nodes.Compare() as right):
                if key_of(left.expr) == key_of(right.expr):
                    return "write `and` if both are meant"
            case nodes.Compare():
                return self._why_compared(test)
        return _ANOTHER

    def _why_compared(self, test: nodes.Compare) -> str:
        for left, _, right in pairs(test):
            for side in (left, right):
                path = self.resolve(side, {}).path.replace("[]", "")
                if options := self.vocabulary.options.get(path):
                    return f"`{path}` is {join_or(map(code, options))}"
                if path in self.vocabulary.numbers:
                    lowest, highest = self.vocabulary.numbers[path]
                    bounds = [f"from {lowest}" if lowest is not None else ""]
                    bounds += [f"to {highest}" if highest is not None else ""]
                    return f"`{path}` is a number {' '.join(filter(None, bounds))}"
        return _ANOTHER
