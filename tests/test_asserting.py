"""Every test asserts something whatever it finds: a loop over nothing, or an `if` that never holds, passes in silence."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

PASSES_ON = {"dict", "enumerate", "list", "reversed", "set", "sorted", "tuple", "zip"}
"""Calls that give something wherever each of what they are given is something."""
OF_A_DICT = {"items", "keys", "values"}


def surely_asserts(statements: Iterable[ast.stmt], known: Mapping[str, ast.AST]) -> bool:
    """Whether an assertion runs whichever way these statements go."""
    known = dict(known)
    for statement in statements:
        match statement:
            case ast.Assert():
                return True
            case ast.With(items=items, body=body):
                if any("raises" in ast.unparse(item.context_expr) for item in items):
                    return True
                if surely_asserts(body, known):
                    return True
            case ast.Try(body=body, finalbody=last):
                if surely_asserts([*body, *last], known):
                    return True
            case ast.If(body=body, orelse=other):
                if surely_asserts(body, known) and surely_asserts(other, known):
                    return True
            case ast.For(iter=over, body=body):
                if holds_something(over, known) and surely_asserts(body, known):
                    return True
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known[name] = value
            case _:
                if any(asserts_for_us(call, known) for call in calls(statement)):
                    return True
    return False


def calls(statement: ast.stmt) -> Iterable[ast.Call]:
    """The calls that a plain statement makes; those of a function that it only defines are not made."""
    if isinstance(statement, ast.Expr):
        yield from (node for node in ast.walk(statement) if isinstance(node, ast.Call))


def asserts_for_us(call: ast.Call, known: Mapping[str, ast.AST]) -> bool:
    """Whether a call goes to a function of the same file that asserts something."""
    called = known.get(call.func.id) if isinstance(call.func, ast.Name) else None
    if not isinstance(called, ast.FunctionDef):
        return False
    # Without itself, so that a function that calls itself is asked once.
    others = {name: value for name, value in known.items() if value is not called}
    return surely_asserts(called.body, others)


def holds_something(node: ast.AST, known: Mapping[str, ast.AST]) -> bool:
    """Whether what a loop goes over is written there, and not empty."""
    match node:
        case ast.Tuple(elts=held) | ast.List(elts=held) | ast.Set(elts=held):
            spread = [each.value for each in held if isinstance(each, ast.Starred)]
            return len(spread) < len(held) or any(holds_something(each, known) for each in spread)
        case ast.Dict(keys=keys):
            return any(key is not None for key in keys)
        case ast.Constant(value=str() as text):
            return bool(text)
        case ast.Name(id=name) if name in known:
            # Without itself, since a name may be given anew what is made of it: `made = sorted(made)`.
            others = {other: value for other, value in known.items() if other != name}
            return holds_something(known[name], others)
        case ast.Name(id=name):
            return name.isupper()  # a constant of another file
        case ast.Attribute(attr=name):
            return name.isupper()  # the same, behind its module
        case ast.ListComp(generators=parts) | ast.DictComp(generators=parts):
            return all(not part.ifs and holds_something(part.iter, known) for part in parts)
        case ast.BinOp(left=left, right=right):
            return holds_something(left, known) or holds_something(right, known)
        case ast.Call(func=ast.Name(id="range"), args=args):
            return all(isinstance(each, ast.Constant) for each in args)
        case ast.Call(func=ast.Name(id=name), args=args) if name in PASSES_ON:
            return all(holds_something(each, known) for each in args)
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in OF_A_DICT:
            return holds_something(value, known)
        case _:
            return False


def known_in(tree: ast.Module) -> dict[str, ast.AST]:
    """What the names of a file stand for: its functions, and its constants."""
    known: dict[str, ast.AST] = {}
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name):
                known[name] = node
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                known[name] = value
    return known


def silent(text: str) -> list[str]:
    """The tests of a file that hold assertions, none of which need ever run."""
    tree = ast.parse(text)
    known = known_in(tree)
    found = []
    for test in tree.body:
        if not isinstance(test, ast.FunctionDef) or not test.name.startswith("test_"):
            continue
        asserts = any(isinstance(node, ast.Assert) for node in ast.walk(test))
        if asserts and not surely_asserts(test.body, known | drawn(test)):
            found.append(test.name)
    return found


def drawn(test: ast.FunctionDef) -> dict[str, ast.AST]:
    """What hypothesis hands in: of its many lists hardly one is empty."""
    if not any("given(" in ast.unparse(each) for each in test.decorator_list):
        return {}
    something = ast.Tuple([ast.Constant("drawn")])
    return {each.arg: something for each in test.args.args}


def test_every_test_asserts_something() -> None:
    paths = sorted(TESTS.glob("test_*.py"))
    found = {path.name: silent(path.read_text("utf-8")) for path in paths}
    assert {name: tests for name, tests in found.items() if tests} == {}


@pytest.mark.parametrize(
    ("body", "sure"),
    [
        ("made = {'a': 1}\n    for each in made.values():\n        assert each", True),
        ("assert ready", True),
        ("for each in found:\n        assert each", False),
        ("assert found\n    for each in found:\n        assert each", True),
        ("for each in (1, 2):\n        assert each", True),
        ("for each in sorted(SCHOOLS):\n        assert each", True),
        ("for each in (*found,):\n        assert each", False),
        ("if ready:\n        assert each", False),
        ("if ready:\n        assert each\n    else:\n        assert not each", True),
        ("with raises(KeyError):\n        found['a']\n    if ready:\n        assert each", True),
        ("if ready:\n        assert each\n    whole(found)", True),
    ],
)
def test_a_loop_over_what_may_be_nothing_is_found(body, sure) -> None:
    text = f"SCHOOLS = ('elm-grove',)\ndef whole(found):\n    assert found\ndef test_it():\n    {body}\n"
    assert silent(text) == ([] if sure else ["test_it"])
