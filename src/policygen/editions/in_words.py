"""Expressions and conditions of a section in words, as a school reads them: no Jinja reaches a redline or a circular.

The words are those of the questions and options of the template, of the facts, and what authors typed themselves. One
walk over Jinja's tree says what is printed and when, of every kind of expression that the section language has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, assert_never

from jinja2 import TemplateSyntaxError, nodes

from policygen.ground import wording
from policygen.language.jinja_record import RECORD
from policygen.language.kinds import TEXT_FILTERS
from policygen.language.printing import FILTERS, environment
from policygen.model.fact_words import fact, fixed_value, part_of_person
from policygen.model.facts import Facts
from policygen.model.law import read_law
from policygen.model.question import AnyQuestion
from policygen.model.template import Template

Held: TypeAlias = (
    nodes.Name
    | nodes.Getattr
    | nodes.Getitem
    | nodes.Const
    | nodes.List
    | nodes.Tuple
    | nodes.Filter
    | nodes.Compare
    | nodes.Not
    | nodes.And
    | nodes.Or
    | nodes.CondExpr
    | nodes.Concat
)
"""Every kind of expression that the section language has."""


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression where it was written: what the names in it stand for."""

    node: nodes.Expr
    scope: Scope


@dataclass(frozen=True, slots=True)
class Each:
    """One after another of a list."""

    of: Bound


@dataclass(frozen=True, slots=True)
class Either:
    """What a name stands for behind an `if` that gave it one value or another."""

    test: Bound
    yes: Given
    no: Given


Given: TypeAlias = Bound | Each | Either
Scope: TypeAlias = Mapping[str, Given]
"""What the names stand for that a text itself gave."""


@dataclass(frozen=True, slots=True)
class Said:
    """A condition in words, and that it does not hold."""

    yes: str
    no: str
    joined: Literal["", "and", "or"] = ""
    """By what the parts of `yes` are joined; those of `no` are joined by the other."""

    @property
    def turned(self) -> Said:
        """That it does not hold."""
        other: dict[str, Literal["", "and", "or"]] = {"": "", "and": "or", "or": "and"}
        return Said(self.no, self.yes, other[self.joined])


@dataclass(frozen=True, slots=True)
class Thing:
    """What an expression prints or compares, as a noun."""

    noun: str
    kind: Literal["named", "stands", "typed", "list"] = "named"
    """`stands`: it may stand in a sentence as it is. `typed`: words or a number that an author typed."""
    several: bool = False
    one: str = ""
    """What one of several is called."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What people call the values that it may have."""

    @property
    def the(self) -> str:
        """As it stands in a sentence about it."""
        if self.kind == "typed":
            return f"“{self.noun}”"
        if self.kind == "list":
            return self.noun
        return f"the {self.noun}"

    @property
    def is_(self) -> str:
        """The verb that goes with it."""
        return "are" if self.several else "is"

    @property
    def printed(self) -> str:
        """As it stands in a text: in brackets where it only holds the place of other words."""
        if self.kind in ("stands", "typed"):
            return self.noun
        return f"[{self.noun}]"


@dataclass(frozen=True)
class Words:
    """Says what the expressions of one template mean."""

    template: Template

    def printed(self, expression: str, scope: Scope) -> str:
        """What stands in a text in place of an expression that prints."""
        node = _parsed(f"{{{{ {expression} }}}}")
        match node:
            case nodes.Output(nodes=[nodes.Expr() as inner]):
                return self._thing(inner, scope).printed
            case _:
                return f"[{expression}]"

    def condition(self, expression: str, scope: Scope) -> Said:
        """A condition in words."""
        test = _test(expression)
        if test is None:
            return Said(expression, f"not {expression}")
        return self._said(test, scope)

    def bound(self, expression: str, scope: Scope) -> Bound:
        """An expression with what the names in it stand for now."""
        return Bound(_test(expression) or nodes.Const(expression), scope)

    def of_each(self, statement: str, scope: Scope) -> tuple[str, Each, str]:
        """What a `for` repeats over: the name that it gives, what that stands for, and one of them in words."""
        node = _parsed(f"{{% {statement} %}}{{% endfor %}}")
        match node:
            case nodes.For(target=nodes.Name(name=name), iter=nodes.Expr() as listed):
                each = Each(Bound(listed, scope))
                return name, each, self._one_of(each.of)
            case _:
                return "", Each(Bound(nodes.Const(statement), scope)), statement

    def assigned(self, statement: str, scope: Scope) -> Scope:
        """What the names stand for behind a `set`."""
        node = _parsed(f"{{% {statement} %}}")
        match node:
            case nodes.Assign(target=nodes.Name(name=name), node=nodes.Expr() as value):
                return {**scope, name: Bound(value, scope)}
            case _:
                return scope

    # --- what prints, as a noun ---

    def _thing(self, node: nodes.Expr, scope: Scope) -> Thing:
        if not isinstance(node, Held):
            return Thing("what an author has still to write")  # the check refuses it
        match node:
            case nodes.Name():
                return self._named((node.name,), scope)
            case nodes.Getattr() | nodes.Getitem():
                return self._part(node, scope)
            case nodes.Const():
                return Thing(_typed(node.value), "typed")
            case nodes.List() | nodes.Tuple():
                items = [self._thing(item, scope).the for item in node.items]
                listed = wording.join_and(items)
                return Thing(listed, "list", several=True, one=wording.join_or(items))
            case nodes.Filter():
                return self._filtered(node, scope)
            case nodes.Compare() | nodes.Not():
                return Thing(f"yes, if {self._said(node, scope).yes}")
            case nodes.And():
                held = self._said(node.left, scope)
                return self._chosen(held, self._thing(node.right, scope), None)
            case nodes.Or():
                held = self._said(node.left, scope)
                left, right = self._thing(node.left, scope), self._thing(node.right, scope)
                return self._chosen(held, left, right)
            case nodes.CondExpr():
                no = None
                if node.expr2 is not None:
                    no = self._thing(node.expr2, scope)
                return self._chosen(
                    self._said(node.test, scope), self._thing(node.expr1, scope), no
                )
            case nodes.Concat():
                parts = [self._thing(part, scope).printed for part in node.nodes]
                return Thing("".join(parts), "stands")
            case _:
                assert_never(node)

    def _chosen(self, held: Said, yes: Thing, no: Thing | None) -> Thing:
        words = f"if {held.yes}: {_within(yes)}"
        if no is not None:
            words += f"; otherwise: {_within(no)}"
        return Thing(words)

    def _part(self, node: nodes.Getattr | nodes.Getitem, scope: Scope) -> Thing:
        path = _path(node)
        if path:
            return self._named(path, scope)
        spread = _spread(node)
        if spread is None:
            return Thing("what an author has still to write")
        return self._thing(spread, scope)

    def _named(self, path: tuple[str, ...], scope: Scope) -> Thing:
        """What a name stands for; where the text itself gave it, what that says."""
        given = scope.get(path[0])
        if given is not None:
            return self._given(given, path[1:])
        match path:
            case ("answers" | "wording", name):
                return self._answer(name)
            case ("law", name):
                cite = read_law().names().get(name)
                if cite:
                    return Thing(cite, "stands")
                return Thing(f"law that is cited as {name}")
            case ("issuer", name):
                own = getattr(self.template.issuer, name, None)
                if own:
                    return Thing(str(own), "stands")
                return Thing(f"issuer’s {_spaced(name)}")
            case ("record", name):
                return Thing(RECORD.get(name, _spaced(name)))
            case ("policy", name):
                return Thing(str(getattr(self.template, name, _spaced(name))), "stands")
            case _:
                return _fact_thing(path, self.template.facts)

    def _answer(self, name: str) -> Thing:
        question = self._question(name)
        if question is None:
            return Thing(f"answer to {_spaced(name)}")
        values = {key: option.label for key, option in question.choices.items()}
        asked = f"“{question.ask}”"
        if question.takes_several:
            return Thing(
                f"answers to {asked}", several=True, one=f"answer to {asked}", values=values
            )
        return Thing(f"answer to {asked}", values=values)

    def _question(self, name: str) -> AnyQuestion | None:
        return self.template.questions.get(name)

    def _given(self, given: Given, path: tuple[str, ...]) -> Thing:
        match given:
            case Bound():
                if not path:
                    return self._thing(given.node, given.scope)
                inner: nodes.Expr = given.node
                for part in path:
                    inner = nodes.Getattr(inner, part, "load")
                return self._thing(inner, given.scope)
            case Each():
                one = self._one_of(given.of)
                if not path:
                    return Thing(f"each {one}", values=self._thing(*_pair(given.of)).values)
                return Thing(f"{part_of_person(path[-1])} each {one}")
            case Either():
                held = self._said(*_pair(given.test))
                return self._chosen(held, self._given(given.yes, path), self._given(given.no, path))
            case _:
                assert_never(given)

    def _one_of(self, listed: Bound) -> str:
        """One of what is listed: "approved AI tool"."""
        thing = self._thing(*_pair(listed))
        if thing.kind == "list":
            return f"of {thing.noun}"
        return thing.one or f"of the {thing.noun}"

    def _filtered(self, node: nodes.Filter, scope: Scope) -> Thing:
        if node.node is None:
            return Thing("what an author has still to write")
        held = self._thing(node.node, scope)
        match node.name:
            case "agree":
                words = [_typed(arg.value) for arg in node.args if isinstance(arg, nodes.Const)]
                return Thing(f"“{'” or “'.join(words)}”, by the number of {_within(held)}")
            case "length":
                return Thing(f"number of {_within(held)}")
            case "join_and":
                if held.kind == "named":
                    return held
                return Thing(_within(held))
            case "join_or":
                return Thing(f"{_within(held)}, joined by “or”")
            case name if name in TEXT_FILTERS and held.kind in ("stands", "typed"):
                made = FILTERS[name](held.noun)
                if isinstance(made, str):
                    return replace(held, noun=made)
                return held
            case "possessive":
                return Thing(f"[{held.noun}]’s", "stands")
            case "with_article":
                return Thing(f"a [{held.noun}]", "stands")
            case "sentence_case":
                return replace(held, noun=wording.sentence_case(held.noun))
            case "plural":
                return replace(held, noun=f"plural of the {held.noun}")
            case "in_words":
                return replace(held, noun=f"{held.noun}, in words")
            case _:  # `lower_first`, and filters that do not exist
                return held

    # --- when ---

    def _said(self, node: nodes.Expr, scope: Scope) -> Said:
        if not isinstance(node, Held):
            return Said("what an author has still to write", "what an author has still to write")
        match node:
            case nodes.Not():
                return self._said(node.node, scope).turned
            case nodes.And():
                return _both(self._said(node.left, scope), self._said(node.right, scope))
            case nodes.Or():
                left, right = self._said(node.left, scope), self._said(node.right, scope)
                return _both(left.turned, right.turned).turned
            case nodes.CondExpr():
                return self._choosing(node, scope)
            case nodes.Compare():
                return self._compared(node, scope)
            case nodes.Const():
                if node.value:
                    return _always()
                return _always().turned
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                return self._there(node, scope)
            case nodes.List() | nodes.Tuple() | nodes.Filter() | nodes.Concat():
                thing = self._thing(node, scope)
                return Said(f"there is {_within(thing)}", f"there is no {_within(thing)}")
            case _:
                assert_never(node)

    def _choosing(self, node: nodes.CondExpr, scope: Scope) -> Said:
        test, yes = self._said(node.test, scope), self._said(node.expr1, scope)
        no = self._said(node.expr2, scope) if node.expr2 is not None else _always().turned
        first, second = _both(test, yes), _both(test.turned, no)
        return _both(first.turned, second.turned).turned

    def _there(self, node: nodes.Name | nodes.Getattr | nodes.Getitem, scope: Scope) -> Said:
        """That a name has a value, or is true."""
        path = (node.name,) if isinstance(node, nodes.Name) else _path(node)
        spread = None if isinstance(node, nodes.Name) else _spread(node)
        if spread is not None:
            return self._said(spread, scope)
        given = scope.get(path[0]) if path else None
        if isinstance(given, Bound) and len(path) == 1:
            return self._said(given.node, given.scope)
        if isinstance(given, Either) and len(path) == 1:
            return self._either(given)
        if given is None:
            known = fact(path, self.template.facts)
            if known is not None:
                return Said(known.there, known.not_there)
            if len(path) == 2 and path[0] in ("answers", "wording"):
                return self._answered(path[1])
        thing = self._named(path, scope) if path else Thing("what an author has still to write")
        return Said(f"there is {_within(thing)}", f"there is no {_within(thing)}")

    def _either(self, given: Either) -> Said:
        test = self._said(*_pair(given.test))
        first = _both(test, self._truth(given.yes))
        second = _both(test.turned, self._truth(given.no))
        return _both(first.turned, second.turned).turned

    def _truth(self, given: Given) -> Said:
        match given:
            case Bound():
                return self._said(given.node, given.scope)
            case Each():
                noun = _within(self._given(given, ()))
                return Said(f"there is {noun}", f"there is no {noun}")
            case Either():
                return self._either(given)
            case _:
                assert_never(given)

    def _answered(self, name: str) -> Said:
        question = self._question(name)
        if question is None:
            return Said(f"{_spaced(name)} is answered", f"{_spaced(name)} is not answered")
        if question.answer_shape != "yes-no":
            asked = f"“{question.ask}”"
            return Said(f"{asked} is answered", f"{asked} is not answered")
        answer = f"the answer to “{question.ask}” is"
        # One that is asked only sometimes may have no answer, which is not "no".
        return Said(f"{answer} yes", f"{answer} not yes" if question.when else f"{answer} no")

    def _compared(self, node: nodes.Compare, scope: Scope) -> Said:
        left, said = node.expr, None
        for operand in node.ops:
            one = self._comparison(left, operand, scope)
            said = one if said is None else _both(said, one)
            left = operand.expr
        return said or _always()

    def _comparison(self, first: nodes.Expr, operand: nodes.Operand, scope: Scope) -> Said:
        left, right = self._thing(first, scope), self._thing(operand.expr, scope)
        match operand.op:
            case "eq" | "ne":
                said = _equal(left, right)
            case "in" | "notin":
                said = self._among(left, operand.expr, right, scope)
            case op:
                return self._ordered(first, left, op, right)
        if operand.op in ("ne", "notin"):
            return said.turned
        return said

    def _among(self, left: Thing, listed: nodes.Expr, right: Thing, scope: Scope) -> Said:
        if isinstance(listed, nodes.List | nodes.Tuple):
            values = (_value(self._thing(item, scope), left) for item in listed.items)
            is_, among = f"{left.the} {left.is_}", wording.join_or(values)
            return Said(f"{is_} {among}", f"{is_} not {among}")
        value = _value(left, right)
        if right.several:
            return Said(f"{right.the} include {value}", f"{right.the} do not include {value}")
        return Said(f"{right.the} contains {value}", f"{right.the} does not contain {value}")

    def _ordered(self, first: nodes.Expr, left: Thing, op: str, right: Thing) -> Said:
        less, more = "less than", "more than"
        path = _path(first) if isinstance(first, nodes.Getattr | nodes.Getitem) else ()
        question = self._question(path[1]) if len(path) == 2 else None
        if question is not None and question.answer_shape == "date":
            less, more = "before", "after"
        word = {"lt": less, "lteq": more, "gt": more, "gteq": less}[op]
        is_, value = f"{left.the} {left.is_}", _value(right, left)
        said = Said(f"{is_} {word} {value}", f"{is_} not {word} {value}")
        if op in ("lteq", "gteq"):
            return said.turned
        return said


# --- small words ------------------------------------------------------------------------------------------------------


def otherwise(said: Sequence[Said]) -> Said:
    """That none of these holds."""
    none = said[0].turned
    for one in said[1:]:
        none = _both(none, one.turned)
    return none


def also(first: Said, second: Said) -> Said:
    """That both hold."""
    return _both(first, second)


def _both(left: Said, right: Said) -> Said:
    yes = f"{_grouped(left.yes, left.joined)} and {_grouped(right.yes, right.joined)}"
    no = f"{_other(left)} or {_other(right)}"
    return Said(yes, no, "and")


def _grouped(words: str, joined: str) -> str:
    """The words of a part in an "and": what is joined by "or" within them is kept together."""
    return f"either {words}," if joined == "or" else words


def _other(said: Said) -> str:
    """The opposite of a part in an "or"; what is joined by "and" within it is kept together."""
    if said.joined == "or":
        return f"both {said.no},"
    return said.no


def _always() -> Said:
    return Said("this holds in any case", "this holds in no case")


def _equal(left: Thing, right: Thing) -> Said:
    if left.kind == "typed" and right.kind != "typed":
        left, right = right, left
    is_, value = f"{left.the} {left.is_}", _value(right, left)
    return Said(f"{is_} {value}", f"{is_} not {value}")


def _value(thing: Thing, of: Thing) -> str:
    """A value that a thing is compared with: the label of an option, a fixed value in words, a number."""
    if thing.kind != "typed":
        return thing.the
    if thing.noun in of.values:
        label = of.values[thing.noun]
        return label if of.noun in _FIXED else f"“{label}”"
    if thing.noun.lstrip("-").isdecimal():
        return thing.noun
    return f"“{thing.noun}”"


def _within(thing: Thing) -> str:
    """A thing within a bracket."""
    if thing.kind == "typed":
        return f"“{thing.noun}”"
    return thing.noun


_FIXED = {"type of the school", "phase of the school", "employer"}
"""What has one of a few fixed values, which people say without quotation marks."""


class _FixedValues(dict[str, str]):
    """The words for any fixed value."""

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str)

    def __getitem__(self, key: str) -> str:
        return fixed_value(key)


def _fact_thing(path: tuple[str, ...], declared: Facts) -> Thing:
    known = fact(path, declared)
    if known is None:
        return Thing(_spaced(" ".join(path)))
    values = _FixedValues() if known.noun in _FIXED else {}
    kind: Literal["named", "stands"] = "stands" if known.stands else "named"
    return Thing(known.noun, kind, bool(known.one), known.one, values)


def _path(node: nodes.Getattr | nodes.Getitem) -> tuple[str, ...]:
    """The names of a dotted name; none of anything else."""
    names: list[str] = []
    inner: nodes.Expr = node
    while True:
        match inner:
            case nodes.Getattr(node=nodes.Expr() as around, attr=part):
                pass
            case nodes.Getitem(node=nodes.Expr() as around, arg=nodes.Const(value=str() as part)):
                pass
            case nodes.Name(name=name):
                return (name, *reversed(names))
            case _:
                return ()
        names.append(part)
        inner = around


def _spread(node: nodes.Getattr | nodes.Getitem) -> nodes.Expr | None:
    """A part of one thing or another, as that part of the one or of the other; None for a part of a single thing."""

    def part(of: nodes.Expr) -> nodes.Expr:
        if isinstance(node, nodes.Getattr):
            return nodes.Getattr(of, node.attr, "load")
        return nodes.Getitem(of, node.arg, "load")

    match node.node:
        case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Expr() as no):
            return nodes.CondExpr(test, part(yes), part(no))
        case nodes.Or(left=left, right=right):
            return nodes.CondExpr(left, part(left), part(right))
        case nodes.And(left=left, right=right):
            return nodes.CondExpr(left, part(right), part(left))
        case nodes.Getattr() | nodes.Getitem() as inner:
            below = _spread(inner)
            return None if below is None else part(below)
        case _:
            return None


def _pair(bound: Bound) -> tuple[nodes.Expr, Scope]:
    return bound.node, bound.scope


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _test(condition: str) -> nodes.Expr | None:
    match _parsed(f"{{% if {condition} %}}{{% endif %}}"):
        case nodes.If(test=nodes.Expr() as test):
            return test
        case _:
            return None


def _parsed(text: str) -> nodes.Node | None:
    try:
        body = environment().parse(text).body
    except (TemplateSyntaxError, ValueError, RecursionError):
        return None
    return body[0] if len(body) == 1 else None
