"""Names and expressions of a text: what does not exist or does not go together is refused, in every branch."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from jinja2 import nodes

from policygen.ground import wording
from policygen.ground.diagnostics import Place, Problems
from policygen.ground.limits import PARTS, WHOLE_NUMBER
from policygen.language import kinds
from policygen.language.document import Layer, ValueClass
from policygen.language.marks import pieces
from policygen.language.printing import FILTERS, Row
from policygen.language.source import Source
from policygen.language.vocabulary import Shape, Site, Vocabulary

_LAYERS: dict[str, Layer] = {
    "answers": "policy",
    "wording": "policy",
    "issuer": "issuer",
    "policy": "issuer",
    "law": "law",
    "record": "policy",
}
_ARITHMETIC = ("add", "sub", "mul", "div", "floordiv", "mod", "pow", "neg", "pos")
_NOT_HELD = {
    "call": ("a call", "change a value with a filter: `{{ roles.head | sentence_case }}`"),
    "getitem": ("an item by its number", "repeat over the list with `{% for one in … %}`"),
    "test": ("a test with `is`", "write `{% if name %}`, or compare with `==`"),
    "dict": ("a group in braces", ""),
    "condexpr": ("an `if` without `else`", 'write `… if … else ""`'),
    "filter": ("a filter with words in brackets, other than `agree`,", ""),
    **dict.fromkeys(_ARITHMETIC, ("arithmetic", "")),
}
"""What the language has not, by the name of its node: in words, and what to write instead."""


@dataclass(frozen=True)
class Meaning:
    """What an expression says."""

    path: str
    """Its canonical name, such as `people.dsl.name`."""
    shape: Shape
    node: nodes.Expr
    """The expression with what they stand for in place of names that `set` gave."""
    parts: int = 1

    @property
    def known(self) -> bool:
        """Whether it was not refused."""
        return self.shape != "?"


Scope = dict[str, Meaning]
"""What the names stand for that the text itself gave."""


@dataclass
class Names:
    """Finds out what expressions mean, and notes what is wrong with them."""

    source: Source
    vocabulary: Vocabulary
    problems: Problems
    sites: list[Site] = field(default_factory=list)
    uses: set[str] = field(default_factory=set)
    choices: dict[tuple[str, Place], None] = field(default_factory=dict)
    repeated: Scope = field(default_factory=dict)
    """What the items of loops are, by the names that loops have once names are unique."""

    def resolve(self, expression: nodes.Node, scope: Scope) -> Meaning:
        """What an expression means; problems are noted on the way."""
        found = self._resolve(expression, scope)
        if found.parts > PARTS:
            if found.known:
                message = f"this puts together more than {PARTS} parts"
                hint = "write them where they print"
                self.refuse("jinja-statement", message, expression, "", hint)
            return Meaning("…", "?", nodes.Const(""))
        return found

    def _resolve(self, expression: nodes.Node, scope: Scope) -> Meaning:
        match expression:
            case nodes.Name(name=name):
                return self._name(expression, name, scope)
            case nodes.Getattr(node=inner, attr=part):
                return self._part(expression, self.resolve(inner, scope), part)
            case nodes.Getitem(node=inner, arg=nodes.Const(value=str() as part)):
                return self._part(expression, self.resolve(inner, scope), part)
            case nodes.Const():
                return self._literal(expression)
            case nodes.List(items=items) | nodes.Tuple(items=items):
                return self._list(expression, [self.resolve(item, scope) for item in items])
            case nodes.Filter(node=nodes.Node() as inner, name="agree", args=words, kwargs=[]):
                return self._agreement(expression, self.resolve(inner, scope), words)
            case nodes.Filter(node=nodes.Node() as inner, name=name, args=[], kwargs=[]):
                return self._filtered(expression, name, self.resolve(inner, scope))
            case nodes.Compare(expr=left, ops=operands):
                return self._comparison(expression, left, operands, scope)
            case nodes.Not(node=inner):
                held = self.resolve(inner, scope)
                return Meaning(f"not {held.path}", "yes-no", _not(held.node), held.parts)
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                return self._either(
                    expression, self.resolve(left, scope), self.resolve(right, scope)
                )
            case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Node() as no):
                return choice(*(self.resolve(each, scope) for each in (test, yes, no)))
            case nodes.Concat(nodes=parts):
                return self._joined(expression, [self.resolve(part, scope) for part in parts])
            case _:
                return self._not_held(expression)

    def _name(self, expression: nodes.Node, name: str, scope: Scope) -> Meaning:
        if known := scope.get(name) or self.repeated.get(name):
            return known
        if name in self.vocabulary.shape:
            return Meaning(name, self.vocabulary.shape[name], _load(name, expression))
        message = f"`{name}` is not a name that a section can use"
        self._unknown(expression, name, message, [*self.vocabulary.shape, *scope])
        return Meaning(name, "?", _load(name, expression))

    def _part(self, expression: nodes.Node, whole: Meaning, part: str) -> Meaning:
        name = f"{whole.path}.{part}"
        node = nodes.Getattr(whole.node, part, "load", lineno=expression.lineno)
        refused = Meaning(name, "?", node)
        match whole.shape:
            case "?":
                return refused
            case dict() as parts if part in parts:
                self.uses.add(name)
                return Meaning(name, parts[part], node, whole.parts)
            case dict() as parts:
                known = [f"{whole.path}.{each}" for each in parts]
                self._unknown(expression, name, f"`{whole.path}` has no `{part}`", known)
            case list():
                hint = f"repeat over it with `{{% for one in {whole.path} %}}`, or print `{whole.path} | join_and`"
                self.refuse("unknown-name", f"`{whole.path}` is a list", expression, name, hint)
            case _:
                self.refuse("unknown-name", f"`{whole.path}` has no parts", expression, name)
        return refused

    def _literal(self, expression: nodes.Const) -> Meaning:
        path = "…"
        if not isinstance(expression.value, int) or abs(expression.value) < WHOLE_NUMBER:
            path = repr(
                expression.value
            )  # Python refuses to write out a number of thousands of digits
        match expression.value:
            case bool():
                return Meaning(path, "yes-no", expression)
            case int() as number if -WHOLE_NUMBER < number < WHOLE_NUMBER:
                return Meaning(path, "number", expression)
            case str() as text if _is_clean(text):
                return Meaning(path, "text", expression)
            case str():
                message = "there is a character here that no document can hold"
                self.refuse("bad-character", message, expression, "", "write it as it prints")
            case None:
                hint = "write `{% if name %}` or `{% if not name %}`"
                message = "`none` is not part of the section language"
                self.refuse("jinja-statement", message, expression, "none", hint)
            case _:
                message = "this number is not part of the section language"
                hint = "write a whole number, or put it in quotes"
                self.refuse("jinja-statement", message, expression, "", hint)
        return Meaning("…", "?", expression)

    def _list(self, expression: nodes.Node, items: list[Meaning]) -> Meaning:
        shape: Shape = "?"
        for item in items:
            shape = kinds.common(shape, item.shape)
            if isinstance(item.node, nodes.Const) and isinstance(item.node.value, str):
                self.choices[item.node.value, self.place(expression, item.path)] = None
        path = f"[{', '.join(item.path for item in items)}]"
        node = nodes.List([item.node for item in items], lineno=expression.lineno)
        return Meaning(path, [shape], node, 1 + sum(item.parts for item in items))

    def _filtered(self, expression: nodes.Filter, name: str, held: Meaning) -> Meaning:
        path = f"{held.path} | {name}"
        if name not in FILTERS:
            hint = wording.meant_or_known(name, [*FILTERS])
            self.refuse("unknown-filter", f"there is no filter `{name}`", expression, name, hint)
            return Meaning(path, "?", held.node)
        if wrong := kinds.why_unfiltered(name, held.shape):
            message = f"`{held.path}` {wrong}"
            if name in kinds.TEXT_FILTERS:
                wanted = "text"
                if name == "in_words":
                    wanted = "whole number"
                message = f"`{name}` works on a {wanted}, and `{held.path}` {wrong}"
            hint = _instead(held) or f"write `{held.path}` without the filter"
            self.refuse("unprintable-name", message, expression, held.path, hint)
            return Meaning(path, "?", held.node)
        shape: Shape = "number" if name == "length" else "text"
        return Meaning(path, shape, _filter(held.node, name, []), held.parts + 1)

    def _agreement(
        self, expression: nodes.Filter, held: Meaning, words: list[nodes.Expr]
    ) -> Meaning:
        match words:
            case [nodes.Const(value=str() as one), nodes.Const(value=str() as more)]:
                pass
            case _:
                hint = f'write `{held.path} | agree("is", "are")`'
                message = "`agree` needs two words, that for one and that for more"
                self.refuse("jinja-statement", message, expression, "agree", hint)
                return Meaning(held.path, "?", held.node)
        if wrong := kinds.why_unfiltered("agree", held.shape):
            message = f"`agree` works on a list, a number or a text, and `{held.path}` {wrong}"
            self.refuse("unprintable-name", message, expression, held.path, _instead(held))
        for word in (one, more):
            self.choices[word, self.place(expression, word)] = None
        path = f'{held.path} | agree("{one}", "{more}")'
        return Meaning(path, "text", _filter(held.node, "agree", words), held.parts + 1)

    def _comparison(
        self,
        expression: nodes.Compare,
        first: nodes.Node,
        operands: list[nodes.Operand],
        scope: Scope,
    ) -> Meaning:
        left = self.resolve(first, scope)
        path, node, parts = left.path, left.node, left.parts
        compared = []
        for operand in operands:
            right = self.resolve(operand.expr, scope)
            self._compare(operand, left, right)
            path += f" {operand.op} {right.path}"
            parts += right.parts
            compared.append(nodes.Operand(operand.op, right.node))
            left = right
        made = nodes.Compare(node, compared, lineno=expression.lineno)
        return Meaning(path, "yes-no", made, parts)

    def _compare(self, operand: nodes.Operand, left: Meaning, right: Meaning) -> None:
        """Note what is wrong with one comparison."""
        for one, other in ((left, right), (right, left)):
            if other.shape == "yes-no" and isinstance(one.node, nodes.Const):
                hint = f"write `{{% if {other.path} %}}` or `{{% if not {other.path} %}}`"
                value = str(one.node.value)
                message = f"`{other.path}` is true or false"
                self.refuse("unknown-option", message, operand.expr, value, hint)
                return
        if wrong := kinds.why_incomparable(left.shape, operand.op, right.shape):
            needle = right.path if isinstance(left.node, nodes.Const) else left.path
            hint = _compare_with(left, right)
            self.refuse("wrong-comparison", wrong, operand.expr, needle, hint)
            return
        self._options(left, right)
        self._options(right, left)

    def _options(self, named: Meaning, compared: Meaning) -> None:
        """Note each literal with which a name is compared that never has this value."""
        known = self.vocabulary.options.get(named.path.removesuffix("[]"))
        if known is None:
            return
        items = compared.node.items if isinstance(compared.node, nodes.List) else [compared.node]
        for item in items:
            if isinstance(item, nodes.Const) and item.value not in known:
                hint = partial(wording.meant_or_known, str(item.value), known)
                message = f"`{named.path}` is never `{item.value}`"
                self.refuse("unknown-option", message, item, str(item.value), hint)

    def _either(self, expression: nodes.BinExpr, left: Meaning, right: Meaning) -> Meaning:
        word = type(expression).__name__.lower()
        node = type(expression)(left.node, right.node, lineno=expression.lineno)
        shape = kinds.common(left.shape, right.shape)
        return Meaning(f"{left.path} {word} {right.path}", shape, node, left.parts + right.parts)

    def _joined(self, expression: nodes.Concat, parts: list[Meaning]) -> Meaning:
        path = " ~ ".join(part.path for part in parts)
        node = nodes.Concat([part.node for part in parts], lineno=expression.lineno)
        refused = [part for part in parts if not self.prints(part, expression)]
        shape: Shape = "?" if refused else "text"
        return Meaning(path, shape, node, sum(part.parts for part in parts))

    def _not_held(self, expression: nodes.Node) -> Meaning:
        what, hint = _NOT_HELD.get(type(expression).__name__.lower(), ("this", ""))
        name = next(iter(_dotted_names(expression)), "")
        message = f"{what} is not part of the section language"
        self.refuse("jinja-statement", message, expression, name, hint)
        return Meaning(name, "?", nodes.Const("", lineno=expression.lineno))

    def prints(self, meaning: Meaning, expression: nodes.Node) -> bool:
        """Whether a value can print; a problem is noted where it cannot."""
        if meaning.shape == "?":
            return False
        if meaning.shape in (*kinds.PRINTABLE, "one of several"):
            return True  # of what is one of several, each part is looked at by itself
        match meaning.shape:
            case dict():
                message = f"`{meaning.path}` has parts and cannot print"
            case list():
                message = f"`{meaning.path}` is a list and cannot print"
            case _:
                message = f"`{meaning.path}` can be tested, not printed"
        self.refuse("unprintable-name", message, expression, meaning.path, _instead(meaning))
        return False

    def site(self, meaning: Meaning) -> int:
        """The number of a new site at which an expression is printed, compared or repeated over."""
        layer, kind = self.standing(meaning)
        place = self.place(meaning.node, meaning.path)
        self.sites.append(Site(meaning.path, layer, kind, place, meaning.shape))
        return len(self.sites) - 1

    def standing(self, meaning: Meaning) -> tuple[Layer, ValueClass]:
        """Who decides a value, and whether it may change without a new approval."""
        paths = [self._unrepeated(name) for name in _dotted_names(nodes.Not(meaning.node))]
        roots = sorted({path.partition(".")[0] for path in paths})
        layers = [_LAYERS.get(root, "school") for root in roots]
        if "record" in roots:
            return "policy", "record"
        kind: ValueClass = "details" if paths and all(map(self._is_detail, paths)) else "material"
        return layers[0] if layers else "issuer", kind

    def _unrepeated(self, name: str) -> str:
        """A dotted name with what a loop repeats over in place of the name that it gives: `people.deputy_dsls.name`."""
        root, dot, rest = name.partition(".")
        if root not in self.repeated:
            return name
        return f"{self.repeated[root].path.replace('[]', '')}{dot}{rest}"

    def _is_detail(self, path: str) -> bool:
        root, _, rest = path.partition(".")
        fact = f"{root}.{rest.partition('.')[0]}"
        return not self.vocabulary.details.isdisjoint((root, fact))

    # --- places -------------------------------------------------------------------------------------------------------

    def _unknown(self, expression: nodes.Node, name: str, message: str, known: list[str]) -> None:
        hint = partial(wording.meant_or_known, name, known)
        self.refuse("unknown-name", message, expression, name, hint)

    def refuse(
        self,
        rule: str,
        message: str,
        node: nodes.Node,
        needle: str,
        hint: str | Callable[[], str] = "",
    ) -> None:
        """Note a problem at the place of a node."""
        self.problems.add(rule, message, self.place(node, needle), hint)

    def place(self, node: nodes.Node, needle: str) -> Place:
        """Where a name stands: nearest to its node on its line, or on the next few that belong to the same tag."""
        bare = needle.split(" | ", maxsplit=1)[0].strip("'\"")
        within = (inner.lineno for inner in node.find_all(nodes.Node) if inner.lineno)
        number = node.lineno or next(within, 1)
        column = number.column if isinstance(number, Row) else 0
        row = number - 1
        for index in range(row, row + 4):
            line = self.source.line(index)
            pattern = rf"(?<![\w.]){re.escape(bare)}(?!\w)"
            if bare and (found := _nearest(pattern, line.text, column if index == row else 0)):
                return line.place_at(found.start(), len(bare))
        last = bare.rpartition(".")[2]
        line = self.source.line(row)
        if last and (found := _nearest(rf"\b{re.escape(last)}\b", line.text, column)):
            return line.place_at(found.start(), len(last))
        tags = [piece for piece in pieces(line.text) if piece.kind in ("print", "statement")]
        before = [tag for tag in tags if tag.start <= column]
        tag = before[-1] if before else None
        if tag:
            return line.place_at(tag.start, len(tag.text))
        return line.place()


def _nearest(pattern: str, text: str, column: int) -> re.Match[str] | None:
    found = re.finditer(pattern, text)
    return min(found, key=lambda match: abs(match.start() - column), default=None)


def choice(test: Meaning, yes: Meaning, no: Meaning) -> Meaning:
    """What the one or the other means, as a condition holds."""
    path = f"{yes.path} if {test.path} else {no.path}"
    node = nodes.CondExpr(test.node, yes.node, no.node, lineno=yes.node.lineno)
    parts = test.parts + yes.parts + no.parts
    return Meaning(path, kinds.common(yes.shape, no.shape), node, parts)


def _instead(meaning: Meaning) -> str:
    """What to write in place of a name that cannot print."""
    match meaning.shape:
        case dict() as parts:
            return f"write {wording.join_or(f'`{meaning.path}.{part}`' for part in parts)}"
        case ["option"]:
            return f"write `{_words_of(meaning.path)} | join_and`"
        case list():
            return f"write `{meaning.path} | join_and`"
        case "yes-no":
            return f"write `{{% if {meaning.path} %}}`"
        case "option":
            return f"write `{_words_of(meaning.path)}`"
        case _:
            return ""


def _words_of(path: str) -> str:
    """The name under which the words of an option print."""
    return path.replace("answers.", "wording.", 1).removesuffix("[]")


def _compare_with(left: Meaning, right: Meaning) -> str:
    """What to write in place of a comparison of two kinds."""
    options = [side.path for side in (left, right) if side.shape == "option"]
    if options and all(side.shape in ("option", "text") for side in (left, right)):
        return f'write `{options[0]} == "…"`, or `{options[0]} in ["…", "…"]`'
    for meaning, other in ((left, right), (right, left)):
        if isinstance(meaning.shape, list):
            if other.shape == "number":
                return f"count it first: `{meaning.path} | length`"
            return f'write `"…" in {meaning.path}`'
        if meaning.shape == "date":
            return "ask a yes-no question about it in template.yaml, and test its answer"
        if meaning.shape == "number" and isinstance(other.node, nodes.Const):
            number = str(other.node.value)
            if not number.isdecimal():
                return ""
            return f"write `{number}` without quotes"
    return ""


def _is_clean(text: str) -> bool:
    return all(
        char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Co") for char in text
    )


def _load(name: str, near: nodes.Node) -> nodes.Name:
    return nodes.Name(name, "load", lineno=near.lineno)


def _not(node: nodes.Expr) -> nodes.Expr:
    return nodes.Not(node, lineno=node.lineno)


def _filter(node: nodes.Expr, name: str, words: list[nodes.Expr]) -> nodes.Expr:
    return nodes.Filter(node, name, words, [], None, None, lineno=node.lineno)


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
