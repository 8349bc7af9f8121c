"""Whether a condition can hold, and can fail: it is tried with each value that makes a difference to it.

Of a choice that is its options, of a number those beside each number that it is compared with, of a text those that
are named and one other; and, for what a school may lack, nothing. What cannot be tried so counts as possible.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod
from operator import itemgetter
from typing import Any

from jinja2 import nodes

from policygen.language.vocabulary import Shape, Vocabulary

Known = tuple[nodes.Expr, bool]
"""A condition, and whether it holds where another one stands."""

_TRIES = 4096
"""Combinations of values that are tried."""
_OTHER = "\ue000"
"""A text, or an option, that no condition names."""
_THERE = object()
"""A day, or a group of names: something, of which only that it is there is looked at."""
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": lambda one, other: one < other,
    "lteq": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "gteq": lambda one, other: one >= other,
}


class _NeededError(Exception):
    """What is compared is missing, which is an error wherever it happens."""


@dataclass
class _Name:
    """One of the things that conditions ask for: a name, or what a filter makes of one."""

    path: str
    """As the vocabulary calls it, without the signs of lists."""
    shape: Shape
    sure: bool
    """Whether it is there whenever that is which it is a part of."""
    literals: set[Any] = field(default_factory=set)


@dataclass(frozen=True)
class Possible:
    """Tries conditions of one text."""

    vocabulary: Vocabulary
    meaning: Callable[[nodes.Expr], tuple[str, Shape]]
    """The canonical name of an expression, and what it holds."""
    _asked: dict[int, tuple[nodes.Expr, frozenset[str]]] = field(default_factory=dict)
    """What conditions ask for, by their ids; each is kept, so that no other gets its id."""

    def truths(self, test: nodes.Expr, known: Sequence[Known] = ()) -> set[bool]:
        """Whether a condition can hold, and whether it can fail; both where that is too much to try."""
        values = self._values(test, known)
        if values is None:
            return {True, False}
        found = set[bool]()
        for value in values:
            found.add(bool(value))
            if len(found) == 2:
                break
        return found

    def is_missing(self, value: nodes.Expr, known: Sequence[Known]) -> bool:
        """Whether something is never there where these conditions hold."""
        values = self._values(value, known)
        first = _THERE if values is None else next(values, _THERE)
        return first is None and all(each is None for each in values or ())

    def _values(self, test: nodes.Expr, known: Sequence[Known]) -> Iterator[Any] | None:
        """What an expression is worth in each case in which these hold; None where that is too much to try."""
        names = self._names([test])
        if prod(len(values) for values in self._tried(names).values()) > _TRIES:
            return None
        relevant: list[Known] = []
        left = [*reversed(known)]  # the nearest first
        while bound := [each for each in left if self._asked_by(each[0]) & names.keys()]:
            left.remove(bound[0])
            more = self._names([test, *(node for node, _ in relevant), bound[0][0]])
            if prod(len(values) for values in self._tried(more).values()) <= _TRIES:
                relevant.append(bound[0])
                names = more
        return _worth_where(test, relevant, self._tried(names))

    # --- what conditions ask for --------------------------------------------------------------------------------------

    def _asked_by(self, condition: nodes.Expr) -> frozenset[str]:
        """What a condition asks for: it stands around many others, and is looked at for each of them."""
        if id(condition) not in self._asked:
            self._asked[id(condition)] = condition, frozenset(self._names([condition]))
        return self._asked[id(condition)][1]

    def _names(self, conditions: Iterable[nodes.Expr]) -> dict[str, _Name]:
        names: dict[str, _Name] = {}
        for condition in conditions:
            self._collect(condition, names)
        return names

    def _collect(self, node: nodes.Expr, names: dict[str, _Name]) -> None:
        match node:
            case nodes.Const() | nodes.List():
                pass
            case nodes.Not(node=inner):
                self._collect(inner, names)
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                self._collect(left, names)
                self._collect(right, names)
            case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Expr() as no):
                for each in (test, yes, no):
                    self._collect(each, names)
            case nodes.Compare():
                for left, operator, right in pairs(node):
                    self._collect_pair(left, operator, right, names)
            case nodes.Concat() if _says_something(node):
                pass
            case _:
                self._note(node, names)

    def _note(self, node: nodes.Expr, names: dict[str, _Name]) -> _Name:
        """What an expression stands for; what it is a part of, or made from, is noted before it."""
        key = key_of(node)
        if key not in names:
            path, shape = self.meaning(node)
            path = path.replace("[]", "")
            sure = isinstance(node, nodes.Name | nodes.Filter) or path in self.vocabulary.sure
            names[key] = _Name(path, shape, sure)
            if isinstance(node, nodes.Getattr | nodes.Filter) and node.node is not None:
                self._collect(node.node, names)
            if isinstance(node, nodes.Filter) and node.name == "length" and node.node is not None:
                counted = names.get(key_of(node.node))  # all its options count
                if counted is not None:
                    counted.literals |= {*self.vocabulary.options.get(counted.path, ())}
        return names[key]

    def _collect_pair(
        self, left: nodes.Expr, operator: str, right: nodes.Expr, names: dict[str, _Name]
    ) -> None:
        if not self._decided(left, operator, right):
            names[_pair(left, operator, right)] = _Name("", "yes-no", sure=True)
            return
        for one, other in ((left, right), (right, left)):
            if isinstance(one, nodes.Const | nodes.List):
                continue
            noted = self._note(one, names)
            items = other.items if isinstance(other, nodes.List) else [other]
            noted.literals |= {item.value for item in items if isinstance(item, nodes.Const)}

    def _decided(self, left: nodes.Expr, operator: str, right: nodes.Expr) -> bool:
        """Whether a comparison is of a name with words or numbers, so that its values can be tried."""
        if isinstance(left, _CHOOSING) or isinstance(right, _CHOOSING):
            return False
        if isinstance(right, nodes.List):
            return all(isinstance(item, nodes.Const) for item in right.items)
        if operator in ("in", "notin"):
            return isinstance(left, nodes.Const) and isinstance(self.meaning(right)[1], list)
        return isinstance(left, nodes.Const) or isinstance(right, nodes.Const)

    def _tried(self, names: dict[str, _Name]) -> dict[str, list[Any]]:
        return {key: self._candidates(name) for key, name in names.items()}

    def _candidates(self, name: _Name) -> list[Any]:
        nothing = [] if name.sure else [None]
        match name.shape:
            case "yes-no":
                return [True, False, *nothing]
            case "number":
                return [*self._numbers(name), *nothing]
            case "text" | "option":
                return [*self._texts(name), *nothing]
            case list():
                texts = self._texts(name)
                counts = range(1, len(texts) + 1)
                several = (itertools.combinations(texts, count) for count in counts)
                if len(texts) > _TRIES.bit_length():
                    return [None] * (_TRIES + 1)
                return [*itertools.chain(*several), *nothing]
            case _:
                return [_THERE, *nothing]

    def _texts(self, name: _Name) -> list[str]:
        options = self.vocabulary.options.get(name.path)
        if options is None:
            return [*sorted(map(str, name.literals)), _OTHER]
        named = [option for option in options if option in name.literals]
        others = [option for option in options if option not in name.literals]
        return [*named, *others[:1]]

    def _numbers(self, name: _Name) -> list[int]:
        lowest, highest = self.vocabulary.numbers.get(name.path, (None, None))
        if name.path.endswith("| length"):
            lowest = 1  # an empty list is nothing
        near = {0, 1, lowest, highest}
        for number in name.literals:
            near |= {number - 1, number, number + 1}
        return sorted(
            number
            for number in near
            if number is not None
            and (lowest is None or number >= lowest)
            and (highest is None or number <= highest)
        )


_CHOOSING = (nodes.Or, nodes.And, nodes.CondExpr, nodes.Not, nodes.Compare)


def pairs(node: nodes.Compare) -> Iterator[tuple[nodes.Expr, str, nodes.Expr]]:
    """What a comparison compares: of `1 < x < 5`, `1 < x` and `x < 5`."""
    left = node.expr
    for operand in node.ops:
        yield left, operand.op, operand.expr
        left = operand.expr


def key_of(node: nodes.Expr) -> str:
    """The same for two expressions that say the same."""
    match node:
        case nodes.Name(name=name):
            return name
        case nodes.Getattr(node=inner, attr=part):
            return f"{key_of(inner)}.{part}"
        case nodes.Const(value=value):
            return repr(value)
        case nodes.Compare():
            return " and ".join(itertools.starmap(_pair, pairs(node)))
        case nodes.Filter(node=nodes.Expr() as inner, name=name, args=words):
            return f"{key_of(inner)} | {name}({', '.join(map(key_of, words))})"
        case _:
            parts = [
                key_of(each) for each in node.iter_child_nodes() if isinstance(each, nodes.Expr)
            ]
            return f"{type(node).__name__}({', '.join(parts)})"


def _pair(left: nodes.Expr, operator: str, right: nodes.Expr) -> str:
    return f"({key_of(left)} {operator} {key_of(right)})"


def _says_something(node: nodes.Concat) -> bool:
    return any(isinstance(part, nodes.Const) and part.value != "" for part in node.nodes)


# --- trying -----------------------------------------------------------------------------------------------------------

_Given = dict[str, Any]
"""Values by what they are tried for."""
_Worth = Callable[[_Given], Any]
"""What an expression is worth, by the values of its names. Raises _NeededError."""


def _worth_where(
    test: nodes.Expr, known: Sequence[Known], tried: Mapping[str, Sequence[Any]]
) -> Iterator[Any]:
    """What an expression is worth in each case in which these hold."""
    given: _Given = {}
    checks: dict[str, list[Callable[[], bool]]] = {name: [] for name in tried}
    asked: list[
        str
    ] = []  # what the conditions ask for comes first, so that most cases are ruled out early
    always = True
    for node, holds in known:
        making = _Making(tried)
        worth = making.of(node)
        asked += [name for name in tried if name in making.asked and name not in asked]
        check = partial(_holds, worth, given, holds=holds)
        if making.asked:
            checks[max(making.asked, key=asked.index)].append(check)
        else:
            always = always and check()
    worth = _Making(tried).of(test)
    order = [*asked, *(name for name in tried if name not in asked)]
    for _ in _cases(order, tried, checks, given) if always else ():
        try:
            yield worth(given)
        except _NeededError:
            continue


def _cases(
    names: Sequence[str],
    tried: Mapping[str, Sequence[Any]],
    checks: Mapping[str, Sequence[Callable[[], bool]]],
    given: _Given,
) -> Iterator[None]:
    """Give the names each combination of their values that no check rules out."""
    if not names:
        yield
        return
    name, rest = names[0], names[1:]
    for value in tried[name]:
        given[name] = value
        if all(check() for check in checks[name]):
            yield from _cases(rest, tried, checks, given)


def _holds(worth: _Worth, given: _Given, *, holds: bool) -> bool:
    try:
        return bool(worth(given)) is holds
    except _NeededError:
        return False


class _Making:
    """Makes functions of expressions once, for all cases in which they are tried."""

    def __init__(self, tried: Collection[str]) -> None:
        self._tried = tried
        self.asked = set[str]()
        """What the expressions ask for."""

    def of(self, node: nodes.Expr) -> _Worth:
        """What an expression is worth."""
        match node:
            case nodes.Const(value=value):
                return lambda _: value
            case nodes.List(items=items):
                return lambda _: items
            case nodes.Not(node=inner):
                denied = self.of(inner)
                return lambda given: not denied(given)
            case nodes.And(left=left, right=right):
                first, second = self.of(left), self.of(right)
                return lambda given: first(given) and second(given)
            case nodes.Or(left=left, right=right):
                first, second = self.of(left), self.of(right)
                return lambda given: first(given) or second(given)
            case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Expr() as no):
                chosen, first, second = self.of(test), self.of(yes), self.of(no)
                return lambda given: first(given) if chosen(given) else second(given)
            case nodes.Compare():
                compared = [self._compared(*pair) for pair in pairs(node)]
                return lambda given: all(each(given) for each in compared)
            case nodes.Concat() if key_of(node) not in self._tried:
                return lambda _: _OTHER
            case nodes.Getattr(node=nodes.Expr() as whole):
                return self._part(self.of(whole), self._given(node))
            case nodes.Filter(node=nodes.Expr() as whole, name=name):
                held, given = self.of(whole), self._part(self.of(whole), self._given(node))
                if name == "length":
                    return partial(_counted, held, given)
                return given
            case _:
                return self._given(node)

    def _given(self, node: nodes.Expr) -> _Worth:
        """What an expression is tried with."""
        key = key_of(node)
        self.asked.add(key)
        return itemgetter(key)

    @staticmethod
    def _part(whole: _Worth, part: _Worth) -> _Worth:
        return lambda given: None if whole(given) is None else part(given)

    def _compared(self, left: nodes.Expr, operator: str, right: nodes.Expr) -> _Worth:
        undecided = _pair(left, operator, right)
        if undecided in self._tried:
            self.asked.add(undecided)
            return itemgetter(undecided)
        one = self.of(left)
        if isinstance(right, nodes.List):
            others = [self.of(item) for item in right.items]
            wanted = operator == "in"
            return lambda given: (one(given) in [each(given) for each in others]) is wanted
        return partial(_compare, operator, one, self.of(right))


def _counted(listed: _Worth, length: _Worth, given: _Given) -> Any:
    """How long a list is: counted, where it is tried with each of its options."""
    held = listed(given)
    if isinstance(held, tuple) and _OTHER not in held:
        return len(held)
    return length(given)


def _compare(operator: str, left: _Worth, right: _Worth, given: _Given) -> bool:
    one, other = left(given), right(given)
    if operator == "eq":
        return bool(one == other)
    if operator == "ne":
        return bool(one != other)
    if one is None or other is None:
        raise _NeededError
    if operator in ("in", "notin"):
        return (one in other) is (operator == "in")
    return _ORDERS[operator](one, other)
