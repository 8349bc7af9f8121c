"""What a text does with the record of its version: it may print what is there, and not decide by it."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

ROOT = "record"
RECORD = {
    "version": "version",
    "edition": "edition of the model policy",
    "issued": "date of issue of the model policy",
    "approved_on": "date of approval",
    "body": "approving body",
    "minute": "minute number",
    "next_review": "next review",
}
"""What texts may name as `record.…`, and what it is called."""


def decides(node: nodes.Expr) -> Iterator[nodes.Getattr]:
    """Each name of the record that an expression which prints does not just print: it tests, compares or changes it."""
    match node:
        case nodes.Getattr():
            pass
        case nodes.Concat(nodes=parts):
            for part in parts:
                yield from decides(part)
        case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Expr() as no):
            yield from named(test)
            yield from decides(yes)
            yield from decides(no)
        case nodes.Or(left=left, right=right) | nodes.And(left=left, right=right):
            yield from named(left)
            yield from decides(right)
        case _:
            yield from named(node)


def named(node: nodes.Node) -> Iterator[nodes.Getattr]:
    """Each name of the record within an expression."""
    for part in (node, *node.find_all(nodes.Getattr)):
        match part:
            case nodes.Getattr(node=nodes.Name(name=name)) if name == ROOT:
                yield part
