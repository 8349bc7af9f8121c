"""Expressions and statements: the ways out of the sandbox that are known, and those to take time and memory."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tests.hostile.cases import LOST, TEMPLATE, Case, base, clause

if TYPE_CHECKING:
    from collections.abc import Iterator

_HUGE = "9" * 5_000

EXPRESSIONS = [
    "''.__class__", "''.__class__.__mro__[1].__subclasses__()", "self", "self.__init__.__globals__", "self._TemplateReference__context", "cycler", "joiner",
    "namespace", "lipsum", "lipsum.__globals__", "range(10**9)", "dict(a=1)", "config", "request", "_", "__builtins__", "print_value", "print_value(0, 1)",
    "each_of(0, answers.doors)", "needed(0, 1)", "joined(['a'])", "caller()", "loop", "loop.index", "varargs", "super()", "school.__class__", "school['__class__']",
    "school.items()", "school.keys", "answers.doors.append('x')", "answers.doors[0]", "answers.doors[0:1]", "answers.doors.pop()", "school|attr('__class__')",
    "school|map('upper')|list", "school|list", "school|tojson", "school|pprint", "school.name|format('x')", "'%s'|format(school)", "'%999999999d'|format(1)",
    "school.name|center(10**9)", "school.name|indent(10**9)", "school.name|replace('a','b')", "school.name|e", "school.name|safe", "'a'*10**9", "'a'*1000000000",
    "[1]*1000000000", "10**10**10", "9**9**9**9", "1<<1000000000", "2**100000", "-1", "+1", "1/0", "1//0", "1%0", "1e400", "1e-400", "nan", "inf", "0x" + "f" * 5_000,
    "0b1", "1_000", "1.5", "1j", _HUGE, "-" + _HUGE, "'" + "a" * 100_000 + "'", "'\\x00'", "'\\ud800'", "'\\ue000'", "'\\N{NULL}'", "'\\u202e'", "'\\x1b[2J'",
    "none", "None", "true", "false", "undefined", "''", "[]", "{}", "()", "(1,)", "[[]]", "{'a': 1}", "a.b.c", "a", "school", "people", "people.head", "answers",
    "answers.doors", "answers.holders", "answers.key_safe", "not answers.key_safe", "answers.keeper", "law", "wording", "roles", "issuer", "policy", "people.dsl.name",
    "answers.nope", "school.nope", "wording.key_safe", "answers.doors|join_and|join_and", "answers.doors|length|length", "''|possessive", "''|sentence_case",
    "people.dsl.name|possessive", "people.dsl.name|sentence_case", "answers.key_safe|plural", "none|possessive", "'a' if answers.key_safe", "'a' if 'b' else 'c'",
    "people.dsl.name ~ 'x'", "'x' ~ none", "'x' ~ answers.doors", "'x' ~ answers.key_safe", "'x' ~ school", "[] | join_and", "[''] | join_and", "[none] | join_and",
    "x if y else z", "answers.doors is defined", "answers.doors is iterable", "school is mapping", "answers.keeper is eq 'office'", "a:=1", "lambda: 1", "import os",
    "a;b", "a b", "a..b", "a.", ".a", "|", "||", "~", "a|", "a|b(", "(", ")", "((", "[", "]", "{", "'", '"', "`", "\\", "$", "?", "@", "!", "#", "“a”", "\x00", "é", "中",
    "\u202e", "school . name", "school\n.\nname", "school.name|agree('a')", "school.name|agree('a','b','c')", "school.name|agree(answers.doors,'b')", "answers.doors|agree('','')",
    "answers.days_to_report|in_words|in_words", "answers.days_to_report|join_or", "'" + "\\\\" * 20_000 + "'", "school.name " * 5_000, "a" * 100_000, "a." * 50_000 + "a",
]  # fmt: skip

_SOUND = "school.name"


def _repeated() -> dict[str, str]:
    """Expressions that are only large."""
    return {
        "brackets": "(" * 3_000 + _SOUND + ")" * 3_000,
        "lists": "[" * 3_000 + _SOUND + "]" * 3_000,
        "not": "not " * 5_000 + _SOUND,
        "minus": "-" * 5_000 + "1",
        "filters": _SOUND + "|sentence_case" * 5_000,
        "joins": " ~ ".join([_SOUND] * 5_000),
        "parts": _SOUND + ".name" * 5_000,
        "items": _SOUND + "['name']" * 5_000,
        "ors": " or ".join([_SOUND] * 5_000),
        "ands": " and ".join([_SOUND] * 5_000),
        "choices": "'a' if answers.key_safe else " * 3_000 + "'b'",
        "choices in brackets": "('a' if answers.key_safe else " * 800 + "'b'" + ")" * 800,
        "comparisons": " == ".join(["answers.keeper"] * 5_000),
        "a list": "[" + "'a', " * 20_000 + "]",
        "calls": "a(" * 2_000 + ")" * 2_000,
        "groups": "{'a': " * 2_000 + "1" + "}" * 2_000,
        "sums": " + ".join(["1"] * 10_000),
        "powers": " ** ".join(["9"] * 3_000),
        "products": "'a'" + " * 9" * 3_000,
    }


_STATEMENTS = [
    "{% for a in answers.doors %}" * 40 + "x" + "{% endfor %}" * 40,
    "{% for a in answers.doors %}" * 3_000 + "x" + "{% endfor %}" * 3_000,
    "{% if answers.key_safe %}" * 40 + "x" + "{% endif %}" * 40,
    "{% if answers.key_safe %}" * 3_000 + "x" + "{% endif %}" * 3_000,
    "{% if answers.key_safe %}x{% endif %}" * 5_000,
    "{% if answers.key_safe %}x" + "{% elif answers.key_safe %}x" * 3_000 + "{% endif %}",
    "{% set a = 'x' %}" + "".join("{% set a = a ~ a %}" for _ in range(40)) + "{{ a }}",
    "{% set a = [school.name] %}" + "{% set a = [a, a] %}" * 40 + "{{ a | length }}",
    "{% set a = school.name %}" * 3_000 + "{{ a }}",
    "{% for a in ['x', 'y', 'z'] %}" * 12 + "x" + "{% endfor %}" * 12,
    "{% for a in [" + "'x'," * 3_000 + "] %}{{ a }}{% endfor %}",
    "{% for a in [" + "'x'," * 300 + "] %}{% for b in [" + "'y'," * 300 + "] %}x{% endfor %}{% endfor %}",
    "{% for a in range(1000000000) %}x{% endfor %}", "{% for a in 'abc' %}x{% endfor %}", "{% for a, b in school %}x{% endfor %}", "{% for a in school %}x{% endfor %}",
    "{% for a in answers.doors recursive %}{{ loop(answers.doors) }}{% endfor %}", "{% for a in answers.doors if a %}x{% endfor %}",
    "{% for a in answers.doors %}{{ loop.index }}{% endfor %}", "{% for a in answers.doors %}x{% else %}y{% endfor %}", "{% for school in answers.doors %}{{ school.name }}{% endfor %}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{% call a() %}{% endcall %}", "{% block a %}{% endblock %}", "{% extends 'a' %}", "{% import 'a' as b %}",
    "{% from 'a' import b %}", "{% include 'a' %}", "{% include a %}", "{% include ['a', 'b'] %}", "{% filter upper %}x{% endfilter %}", "{% raw %}{{ x }}{% endraw %}",
    "{% autoescape true %}x{% endautoescape %}", "{% with a = 1 %}{{ a }}{% endwith %}", "{% do a %}", "{% trans %}a{% endtrans %}", "{% debug %}", "{% set a %}x{% endset %}",
    "{% set school.name = 'x' %}", "{% set school = 'x' %}", "{% set print_value = 'x' %}{{ school.name }}", "{% set __class__ = 1 %}", "{% set a, b = 'x' %}", "{% set a = a %}",
    "{% if %}x{% endif %}", "{% if answers.key_safe %}x", "{% endif %}", "{% else %}", "{% elif x %}", "{% endfor %}", "{% for %}", "{% for a %}", "{% for a in %}x{% endfor %}", "{%", "%}", "{% %}",
    "{{", "}}", "{{}}", "{{ }}", "{{{{ school.name }}}}", "{{ school.name }", "{ { school.name } }", "{%- if answers.key_safe -%}x{%- endif -%}", "{{- school.name -}}", "{% if 1 %}x{% endif %}",
    "{# a #}", "{{ '{{' }}", "{{ '{% if %}' }}", "{{ '<!--' }}", "<!-- {{ school.nope }} -->", "{{" * 5_000, "{%" * 5_000, "{{ a" * 5_000, "{{ school.name }}" * 10_000,
    "{{ answers.doors | join_and }}" * 5_000, "{% if answers.key_safe %}\n" * 500, "{{ 'a\nb' }}", "{{ '# a' }}", "{{ '1. a' }}", "{{ '| a |' }}", "{{ '**' }}",
]  # fmt: skip

_KINDS = {
    "text": ("school.name", "'x'"),
    "number": ("answers.days_to_report", "2"),
    "date": ("answers.count_from", "answers.count_from"),
    "yes-no": ("answers.key_safe", "true"),
    "option": ("answers.keeper", "'office'"),
    "list": ("answers.doors", "['x']"),
    "group": ("school", "people.head"),
    "nothing": ("people.dsl.name", "none"),
}
_OPERATORS = ("==", "!=", "<", ">=", "in", "not in")


def expressions() -> Iterator[Case]:
    """Every case of this door."""
    large = _repeated()
    written = [*enumerate(EXPRESSIONS), *large.items()]
    for name, expression in written:
        yield Case(f"expression/{name} printed", {LOST: clause(f"It is {{{{ {expression} }}}}.")})
        tested = f"It is{{% if {expression} %}} so{{% endif %}}."
        yield Case(f"expression/{name} tested", {LOST: clause(tested)})
    for name, expression in [*enumerate(EXPRESSIONS[::3]), *large.items()]:
        yield Case(f"expression/{name} as a condition", {TEMPLATE: _when(expression)})
    for number, statement in enumerate(_STATEMENTS):
        case = Case(
            f"expression/statement {number}", {LOST: clause(f"It is {statement}.")}, build=True
        )
        yield case
    for (one, (name, _)), (other, (_, literal)) in product(_KINDS.items(), _KINDS.items()):
        for operator in _OPERATORS:
            says = f"{name} {operator} {literal}"
            tested = f"It is{{% if {says} %}} so{{% endif %}}."
            yield Case(f"expression/{one} {operator} {other}", {LOST: clause(tested)})


def _when(expression: str) -> str:
    quoted = expression.replace("'", "''")
    return base(TEMPLATE).replace("when: answers.key_safe", f"when: '{quoted}'")
