"""YAML, CSV, law, overlays and names: files of every wrong shape, and every value of a sound file replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.ground.limits import ROWS
from policygen.ground.limits import STAFF as STAFF_THERE
from tests.hostile.cases import DEEP, LARGE, LAW, LOST, STAFF, YAML_FILES, Case, base, clause
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Folder, Link

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)

YAML_SHAPES: dict[str, str | bytes] = {
    "aliases": _ALIASES,
    "an alias of itself": "a: &a [*a]\n",
    "an alias of nothing": "a: *b\n",
    "merge keys": "a: &a {b: c}\nd: {<<: *a}\n",
    "deep flow": "a: " + "[" * DEEP + "]" * DEEP + "\n",
    "deep groups": "a: " + "{b: " * DEEP + "c" + "}" * DEEP + "\n",
    "deep blocks": "\n".join(" " * depth + "a:" for depth in range(1_000)) + "\n",
    "deep lists": "a:\n" + "- " * DEEP + "b\n",
    "open brackets": "[" * LARGE,
    "open groups": "{a: " * (LARGE // 4),
    "open quotes": 'a: "' + "b" * LARGE,
    "many keys": "".join(f"k{n}: v\n" for n in range(30_000)),
    "one key many times": "name: v\n" * 30_000,
    "many items": "a:\n" + "  - b\n" * 50_000,
    "a long flow list": "a: [" + "b, " * 50_000 + "]\n",
    "a long text": "name: " + "a" * 900_000 + "\n",
    "a long key": "a" * LARGE + ": b\n",
    "long keys asked about": "? " + "a" * LARGE + "\n: b\n",
    "keys of keys": "? {a: b}\n: c\n",
    "tags": "a: !!python/object/apply:os.system [id]\n",
    "tag of a new kind": "a: !new b\n",
    "binary": "a: !!binary aGFsbG8=\n",
    "a set": "a: !!set {b, c}\n",
    "several documents": "a: b\n---\nc: d\n...\n---\n",
    "a directive": "%YAML 9.9\n---\na: b\n",
    "a tag directive": "%TAG ! tag:evil.example,2026:\n---\na: !x b\n",
    "tabs": "a:\n\tb: c\n",
    "escape too large": 'a: "\\UFFFFFFFF"\n',
    "escape of a surrogate": 'a: "\\ud800"\n',
    "escape of nothing": 'a: "\\x00"\n',
    "escape of a mark": 'name: "\\ue000"\n',
    "escape of escape": 'name: "\\e[2J"\n',
    "bad escape": 'a: "\\q"\n',
    "control": "a: \x07\n",
    "a mark": "name: \ue0000\ue001\n",
    "bidi": "name: \u202eyek\n",
    "byte order mark inside": "a: \ufeffb\n",
    "utf-16": "name: x\n".encode("utf-16"),
    "latin": "name: Lösing\n".encode("latin-1"),
    "zeros": b"\x00" * 1_000,
    "nothing": "",
    "a comment": "# a\n",
    "a text": "hello\n",
    "a list": "- a\n- b\n",
    "a number": "1\n",
    "nothing at all": "~\n",
    "comments": "# a\n" * 50_000,
    "blank lines": "\n" * LARGE + "a: b\n",
    "block text": "a: |\n" + "  b\n" * 50_000,
    "block indent": "a: |9\n  b\n",
    "folded": "a: >\n" + "  b\n\n" * 30_000,
    "plain over lines": "a: b\n" + "  c\n" * 50_000,
    "quotes in quotes": "a: " + "'" * LARGE + "\n",
    "colons": ":" * LARGE,
    "dashes": "-" * LARGE,
    "question marks": "? " * 20_000,
    "anchors": "a: " + "&a " * 5_000 + "b\n",
    "stars": "*" * LARGE,
    "percent": "%" * LARGE,
    "commas": "[" + "," * 50_000 + "]",
}  # fmt: skip

VALUES: dict[str, str] = {
    "nothing": "",
    "null": "null",
    "list": "[a, b]",
    "group": "{a: b}",
    "deep list": "[[[[[[[[a]]]]]]]]",
    "thousands of digits": "9" * 5_000,
    "large": "9" * 18,
    "negative": "-1",
    "fraction": "1.5e400",
    "not a number": ".nan",
    "yes": "yes",
    "day 10000": "10000-01-01",
    "day 9999": "9999-12-31",
    "day 0": "0000-00-00",
    "day 1": "0001-01-01",
    "time": "2026-01-01T00:00:00Z",
    "letters": "a" * 20_000,
    "words": "'" + "word " * 20_000 + "'",
    "escape": '"\\e[2J\\e]0;x\\a"',
    "line breaks": '"a\\nb\\r\\nc\\td"',
    "bidi": '"\\u202eyek"',
    "markup": "'<script>alert(1)</script> **a** {{ school }} {% if %} &#xe000; | [a](javascript:x)'",
    "way out": "../../../../etc/passwd",
    "way home": "~/.ssh/id_rsa",
    "from the root": "/etc/passwd",
    "device": "con",
    "trailing dot": "'a.'",
    "trailing space": "'a '",
    "capitals": "OAK",
    "odd letters": "\u017fchool-\u0131",
    "alias": "*a",
    "tag": "!!str a",
}  # fmt: skip

_LINE = re.compile(r"^( *(?:- )?[a-z_-]+:) (\S.*)$", re.MULTILINE)


def _replaced() -> Iterator[Case]:
    """Each value of each file in turn, in place of which something else stands."""
    values = [*VALUES.items()]
    turn = 0
    for path in YAML_FILES:
        text = base(path)
        for line in _LINE.finditer(text):
            # Each place gets a third of the values, and each value comes to a third of the places.
            turn += 1
            for name, value in values[turn % 3 :: 3]:
                changed = f"{text[: line.end(1)]} {value}{text[line.end() :]}"
                yield Case(f"yaml/{path} {turn} {line[1].strip()} {name}", {path: changed})


def yaml_files() -> Iterator[Case]:
    """Every case of files in YAML."""
    for path in YAML_FILES:
        for name, shape in YAML_SHAPES.items():
            yield Case(f"yaml/{path} of {name}", {path: shape})
    for path in YAML_FILES:
        whole = base(path)
        for name, shape in [*YAML_SHAPES.items()][::3]:
            if isinstance(shape, str):
                yield Case(f"yaml/{path} and {name}", {path: f"{whole}\n{shape}"})
        middle = len(whole) // 2
        yield Case(f"yaml/{path} cut in the middle", {path: whole[:middle]})
        yield Case(f"yaml/{path} twice", {path: whole + whole})
    yield from _replaced()
    yield from _long_files()


def _long_files() -> Iterator[Case]:
    school, adoption, template = base(SCHOOL), base(ADOPTION), base(TEMPLATE)
    people = "".join(f"  p{n}: {{name: A, public: true}}\n" for n in range(8_000))
    yield Case("yaml/many people", {SCHOOL: school.replace("people:\n", "people:\n" + people)})
    answers = "".join(f"  a{n}: b\n" for n in range(8_000))
    yield Case(
        "yaml/many answers", {ADOPTION: adoption.replace("answers:\n", "answers:\n" + answers)}
    )
    doors = ", ".join(f"door {n}" for n in range(20_000))
    yield Case(
        "yaml/many doors",
        {ADOPTION: adoption.replace("the front door, the hall door", doors)},
        build=True,
    )
    history = "".join(
        f'  - {{version: "{n}.0", date: 2020-01-01, author: A, reason: R}}\n' for n in range(5_000)
    )
    yield Case("yaml/a long history", {ADOPTION: adoption + history}, build=True)
    changes = "".join(f"  c{n}:\n    replace: A.\n    reason: B\n" for n in range(5_000))
    yield Case("yaml/many changes", {ADOPTION: adoption.replace("history:", changes + "history:")})
    text = "\n".join(["      A long text of a school's own."] * 10_000)
    own = f"  report-loss:\n    replace: |\n{text}\n    reason: B\n"
    yield Case("yaml/long own words", {ADOPTION: adoption.replace("history:", own + "history:")})
    bomb = "{{ '*' * 10**9 }} {% for a in answers.doors %}" + "{{ a }}" * 5_000 + "{% endfor %}"
    own = f'  report-loss:\n    replace: "{bomb}"\n    reason: B\n'
    yield Case(
        "yaml/own words that repeat", {ADOPTION: adoption.replace("history:", own + "history:")}
    )
    sections = "".join("  - holding-keys\n" for _ in range(5_000))
    yield Case(
        "yaml/one section many times",
        {TEMPLATE: template.replace("sections:\n", "sections:\n" + sections)},
    )
    sections = "".join(f"  - no-{n}\n" for n in range(5_000))
    yield Case(
        "yaml/sections that are not there",
        {TEMPLATE: template.replace("sections:\n", "sections:\n" + sections)},
    )
    questions = "".join(f"  q{n}:\n    ask: A?\n    kind: yes-no\n" for n in range(4_000))
    yield Case(
        "yaml/many questions",
        {TEMPLATE: template.replace("questions:\n", "questions:\n" + questions)},
    )
    options = "".join(f"      o{n}: {{label: A, prints: a}}\n" for n in range(8_000))
    yield Case(
        "yaml/many options",
        {
            TEMPLATE: template.replace(
                "    options:\n      office", "    options:\n" + options + "      office"
            )
        },
    )
    chain = "".join(
        f"  q{n}:\n    ask: A?\n    kind: yes-no\n    when: answers.q{n + 1}\n"
        for n in range(2_000)
    )
    yield Case(
        "yaml/questions that wait for each other",
        {TEMPLATE: template.replace("questions:\n", "questions:\n" + chain)},
    )


_CSV_HEAD = "name,role\n"
CSV_SHAPES: dict[str, str | bytes] = {
    "a million short rows": _CSV_HEAD + "a,b\n" * 240_000,
    "a million blank rows": _CSV_HEAD + "\n" * 900_000,
    "rows of commas": _CSV_HEAD + ",\n" * 300_000,
    "rows that are too short": _CSV_HEAD + "a\n" * 300_000,
    "rows that are too long": _CSV_HEAD + "a,b,c\n" * 100_000,
    "one name many times": _CSV_HEAD + "Ann Lee,Head\n" * 20_000,
    "many columns": "name," * 50_000 + "\n",
    "a long row": _CSV_HEAD + "a," * 300_000 + "\n",
    "a long cell": _CSV_HEAD + "a" * 900_000 + ",b\n",
    "a cell over lines": _CSV_HEAD + '"' + "a\n" * 100_000 + '",b\n',
    "a quote that does not end": _CSV_HEAD + '"' + "a,b\n" * 100_000,
    "quotes": _CSV_HEAD + '"' * LARGE,
    "quotes within": _CSV_HEAD + 'a"b,c\n' * 1_000,
    "semicolons": "name;role\na;b\n",
    "tabs": "name\trole\na\tb\n",
    "no head": "a,b\n" * 10,
    "nothing": "",
    "blank": " \n \n",
    "zeros": b"name,role\n\x00,b\n",
    "utf-16": (_CSV_HEAD + "a,b\n").encode("utf-16"),
    "latin": _CSV_HEAD.encode() + "Jürgen,b\n".encode("latin-1"),
    "byte order mark": b"\xef\xbb\xbf" + _CSV_HEAD.encode() + b"a,b\n",
    "old line ends": "name,role\ra,b\r",
    "formulas": _CSV_HEAD + '"=HYPERLINK(""http://evil.example"")",+1\n@a,-2\n',
    "escape": _CSV_HEAD + "\x1b[2J,b\n",
    "bidi": _CSV_HEAD + "\u202ea,b\n",
    "marks": _CSV_HEAD + "\ue0000\ue001,b\n",
    "markup": _CSV_HEAD + "<script>alert(1)</script>,{{ school }}\n",
    "day 10000": "name,role,start\na,b,10000-01-01\n",
    "day 0": "name,role,start\na,b,0000-00-00\n",
    "thousand digits": "name,role,start\na,b," + "9" * 1_000 + "\n",
    "two columns of a name": "name,role,name\na,b,c\n",
    "as many people as may be": _CSV_HEAD + "".join(f"Ann Lee {n},Teacher\n" for n in range(STAFF_THERE)),
    "as many who have left as may be": "name,role,left\n" + "".join(f"Ann Lee {n},Teacher,2020-01-01\n" for n in range(ROWS)),
    "policies that nobody has": "name,role,policies\n" + f"a,b,{';'.join(map(str, range(3_900)))}\n" * 50,
}  # fmt: skip


def csv_files() -> Iterator[Case]:
    """Every case of lists of staff."""
    for name, content in CSV_SHAPES.items():
        yield Case(f"csv/{name}", {STAFF: content}, build=True)


PATTERNS = [
    "(a+)+$", "(a*)*$", "(a|a)*$", "(a|aa)+$", "(.*)*x", "(.+)+x", "(.*a){20}", "(.*a){9}x", "(a?){40}a{40}", "([a-z]+)*x", "(\\\\w+\\\\s?)*x", "(\\\\s*a?)*x",
    ".*.*.*.*x", ".*.*x", ".*", ".+", "\\\\w+\\\\w+\\\\w+x", "(?:a*b?)*c", "(?=(a+)+$)a", "(?!(a+)+$)a", "(?<=a)b", "(?i)(a+)+$", "(x+x+)+y", "a{1000000}", "(a{1000}){1000}",
    "((a{100}){100}){100}", "a{99999999999999999999}", "(" * 3_000 + "a" + ")" * 3_000, "a|" * 50_000 + "b", "[" + "a-z" * 20_000 + "]", "(?P<a>a)(?P=a)+x", "(a+)\\\\1+x", "",
    "(", "[", "*", "a**", "(?P<", "\\\\", "(?<=a+)b", "\\\\b", "^", "$", "", "(?#comment)", "(?x) a  # b", "a?" * 500 + "a" * 500, "(a|b|ab)*c", "(aa|aaa)*c", "\\\\d+\\\\d+\\\\d+-",
    "(?:(?:(?:a+)+)+)+b", "(ab|a)(bc|c)*(ab|a)*x", "key.*key.*key.*x", "k.{0,1000}e.{0,1000}y.{0,1000}x",
]  # fmt: skip


def law_files() -> Iterator[Case]:
    """Every case of a workspace's own law."""
    words = clause("a" * 3_000 + "! " + "key " * 3_000 + "1" * 3_000)
    for number, pattern in enumerate(PATTERNS):
        entry = f'pattern: "{pattern}", status: defunct, severity: warning, instead: other'
        law = f"as_of: 2026-11-20\nno_longer:\n  old: {{{entry}}}\n"
        yield Case(f"law/pattern {number} {pattern[:20]}", {LAW: law, LOST: words})
    for name, shape in YAML_SHAPES.items():
        yield Case(f"law/of {name}", {LAW: shape})
    entry = "{pattern: key, status: defunct, severity: warning, instead: other}"
    many = "".join(f"  old_{n}: {entry}\n" for n in range(8_000))
    yield Case("law/many patterns", {LAW: f"as_of: 2026-11-20\nno_longer:\n{many}", LOST: words})
    many = "".join(f"  act_{n}: {{cite: Act {n}, year: {n}}}\n" for n in range(10_000))
    yield Case("law/many acts", {LAW: f"as_of: 2026-11-20\ncurrent:\n{many}"})
    for name, value in VALUES.items():
        text = f"as_of: 2026-11-20\ncurrent:\n  act: {{cite: An Act, year: {value}}}\n"
        yield Case(f"law/year {name}", {LAW: text})
        yield Case(f"law/day {name}", {LAW: f"as_of: {value}\ncurrent: {{}}\n"})


def overlays() -> Iterator[Case]:
    """Every case of a template that extends another."""
    changes = {
        "itself": "extends: over@2026.1",
        "nothing": "extends: nope@2026.1",
        "no edition": "extends: tiny",
        "another edition": "extends: tiny@9.9",
        "a way out": "extends: ../../../etc/passwd@1",
        "a long name": "extends: " + "a" * LARGE + "@1",
        "a list": "extends: [tiny, tiny]",
        "a group": "extends: {a: b}",
        "many at signs": "extends: " + "@" * LARGE,
        "a device": "extends: con@2026.1",
    }
    for name, line in changes.items():
        yield Case(f"overlay/{name}", {"templates/over/template.yaml": _overlay(line)})
    circle = {
        f"templates/o{n}/template.yaml": _overlay(f"extends: o{(n + 1) % 9}@2026.1")
        for n in range(9)
    }
    yield Case("overlay/a circle", circle)
    chain = {
        f"templates/o{n}/template.yaml": _overlay(f"extends: o{n + 1}@2026.1") for n in range(300)
    }
    yield Case("overlay/a chain", chain)
    for name, shape in [*YAML_SHAPES.items()][::2]:
        yield Case(f"overlay/of {name}", {"templates/over/template.yaml": shape})
    for name, value in VALUES.items():
        text = _overlay("extends: tiny@2026.1") + f"sections: {value}\n"
        yield Case(f"overlay/sections {name}", {"templates/over/template.yaml": text})
        text = _overlay("extends: tiny@2026.1") + f"clauses: {{report-loss: {value}}}\n"
        yield Case(f"overlay/clauses {name}", {"templates/over/template.yaml": text})


def _overlay(line: str) -> str:
    return (
        f'{line}\ntitle: Keys\nedition: "2026.1"\nissued: 2026-09-01\n'
        "issuer: {name: Beacon Learning Trust, kind: trust}\n"
    )


_NAMES = [
    "con", "CON", "prn", "aux", "nul", "com1", "lpt9", "con.txt", "a.", "a ", " a", ".", "..", "../a", "a/b", "a\\b", "/etc", "-a", "--help", "a" * 250, "a" * 5_000, "A", "é", "中", "a\u202eb",
    "a\x1b[2J", "a\nb", "a\tb", "*", "?", "a:b", "~", "$HOME", "a;b", "a b", "", "%s", "{}", "{{ school }}", "a--b", "a-", "1", "_a", "register", "shared", "output",
]  # fmt: skip


def names() -> Iterator[Case]:
    """Every case of names: of schools, templates, files and folders."""
    for number, name in enumerate(_NAMES):
        yield Case(f"name/school {number}", command=("new", "school", "--name", "A", name))
        yield Case(f"name/template {number}", command=("new", "template", name))
        yield Case(f"name/checked {number}", command=("check", name))
        if name and "/" not in name and len(name) <= 250 and name not in (".", ".."):
            yield Case(
                f"name/folder of a school {number}", {f"schools/{name}/school.yaml": base(SCHOOL)}
            )
            yield Case(
                f"name/section {number}",
                {f"templates/tiny/sections/{name}.md": "# A {#a}\n"} if len(name) < 250 else {},
            )
            yield Case(f"name/picture {number}", {f"templates/tiny/images/{name}": "x"})
    yield Case("name/section in a folder", {"templates/tiny/sections/a/b.md": "# A {#a}\n"})
    for path in (LOST, *YAML_FILES, STAFF, "templates/tiny/images/key.svg", "schools/oak/logo.svg"):
        yield Case(f"name/{path} is a folder", {path: Folder()})
        yield Case(f"name/{path} leads out", {path: Link("/etc/passwd")})
        yield Case(f"name/{path} leads to itself", {path: Link(path.rpartition("/")[2])})
        yield Case(f"name/{path} leads nowhere", {path: Link("nowhere")})
        yield Case(f"name/{path} is a device", {path: Link("/dev/zero")})
        yield Case(f"name/{path} is gone", {path: None})
    for folder in (
        "templates",
        "schools",
        "templates/tiny",
        "schools/oak/policies",
        "templates/tiny/sections",
    ):
        yield Case(f"name/{folder} leads out", {folder: Link("/etc")})
        yield Case(f"name/{folder} is a file", {folder: "x"})
        yield Case(f"name/{folder} is gone", {folder: None})
    # As a whole it may lie elsewhere: here, where nothing is left of it.
    elsewhere = {"output": Link("elsewhere"), "elsewhere/mine": "x"}
    yield Case("name/output leads elsewhere", elsewhere, ("build", "--workers", "1"))
    for output in ("output/drafts", "output/drafts/oak", "output/drafts/oak/tiny", "output/.cache"):
        yield Case(f"name/{output} leads out", {output: Link("/etc")}, ("build", "--workers", "1"))
    for output in ("output", "output/drafts", "output/drafts/oak", "output/drafts/oak/tiny"):
        yield Case(f"name/{output} is a file", {output: "x"}, ("build", "--workers", "1"))
