"""What is handed to commands: files of a school's answers and of changes, own wording, bundles, copies, lists, words."""

from __future__ import annotations

import io
import stat
import struct
import tempfile
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli import commands
from policygen.disk.bundles import bundled
from tests.hostile.cases import DEEP, LARGE, Case, base, clause
from tests.hostile.files import CSV_SHAPES, VALUES, YAML_SHAPES
from tests.support import editions
from tests.support.register import freeze
from tests.support.scenes import CIRCULAR, LOST
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANSWERS = "schools/oak/answers.yaml"
QUESTIONS = "templates/shared/questions.yaml"
CHANGES = "templates/tiny/changes.yaml"
_PUBLISH = ("publish", "tiny", "--edition", "2026.2", "--issued", "2026-10-01")
_SAVED = ("--reason", "So", "--version", "2.1", "--author", "A", "--purpose", "B", "--yes")


@cache
def _kept() -> Mapping[str, bytes]:
    """A published edition and an approved version, as files of a workspace."""
    with tempfile.TemporaryDirectory(prefix="hostile") as folder:
        root = Workspace(Path(folder)).write()
        editions.freeze(root, "tiny", "2026.1")
        freeze(root, "2.0", "2026-03-12", minute="19.2")
        folders = (root / "templates/tiny/editions", root / "schools/oak/register")
        found = (path for each in folders for path in sorted(each.rglob("*")) if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def handed() -> Iterator[Case]:
    """Every case of this door."""
    yield from _answers()
    yield from _shared_texts()
    yield from _changes()
    yield from _own_wording()
    yield from _bundles()
    yield from _copies()
    yield from _lists()
    yield from _words()


def _answers() -> Iterator[Case]:
    """The answers of a school to the questions that its policies share, and those questions."""
    template = base(TEMPLATE)
    start, end = template.index("  keeper:\n"), template.index("  holders:\n")
    asked = f"questions:\n{template[start:end]}".replace("    clauses: [who-keeps]\n", "")
    files = {
        TEMPLATE: f"{template[:start]}  keeper: shared\n{template[end:]}",
        ADOPTION: base(ADOPTION).replace("  keeper: office\n", ""),
        QUESTIONS: asked,
        ANSWERS: "answers:\n  keeper: office\n",
    }
    turn = 0
    for path in (ANSWERS, QUESTIONS):
        for name, shape in YAML_SHAPES.items():
            turn += 1
            command = (
                ("check",),
                ("answer", "oak"),
                ("answer", "oak", "keeper", "caretaker", "--yes"),
            )
            yield Case(f"answers/{path} of {name}", files | {path: shape}, command[turn % 3])
    for name, value in VALUES.items():
        yield Case(f"answers/keeper {name}", files | {ANSWERS: f"answers:\n  keeper: {value}\n"})
        yield Case(
            f"answers/all {name}", files | {ANSWERS: f"answers: {value}\n"}, ("answer", "oak")
        )
        changed = asked.replace("kind: choice", f"kind: {value}")
        yield Case(f"answers/kind {name}", files | {QUESTIONS: changed})
        together = f"{asked}conflicts: {value}\n"
        yield Case(f"answers/together {name}", files | {QUESTIONS: together})
        yield Case(
            f"answers/typed {name}", files, ("answer", "oak", "keeper", "--yes", "--", value)
        )
        yield Case(f"answers/question {name}", files, ("answer", "oak", "--", value))


def _shared_texts() -> Iterator[Case]:
    """Texts that include one another, from a section, a form or the other's text, however a command comes to them."""
    includes = clause("It is so.", '\n{% include "a.md" %}')
    circles = {
        "itself": {"a": "a"},
        "two": {"a": "b", "b": "a"},
        "a tail": {"a": "b", "b": "c", "c": "b"},
        "a chain": {"a": "0"} | {str(n): str(n + 1) for n in range(3_000)},
        "nothing": {"a": "no"},
    }
    for name, circle in circles.items():
        texts = {
            f"templates/tiny/includes/{each}.md": f'A key.\n\n{{% include "{other}.md" %}}\n'
            for each, other in circle.items()
        }
        shared = {
            path.replace("tiny/includes", "shared"): text.encode() for path, text in texts.items()
        }
        for command in (("check",), _PUBLISH, ("diff", "tiny@2026.1", "tiny")):
            door = f"{name} {command[0]}"
            kept = _kept() | {CHANGES: EXPLAINED}
            yield Case(f"include/section {door}", kept | texts | {LOST: includes}, command)
            yield Case(f"include/shared {door}", kept | shared | {LOST: includes}, command)
            form = "forms/receipt.md"
            path = f"templates/tiny/{form}"
            text = f'{base(path)}\n{{% include "a.md" %}}\n'
            yield Case(f"include/form {door}", kept | texts | {path: text}, command)


EXPLAINED = 'edition: "2026.2"\nchanges:\n  - clauses: [count]\n    class: material\n    must: yes\n    reason: So\n'


def _changes() -> Iterator[Case]:
    """What an author says of an edition, and its circular."""
    changed = {LOST: base(LOST).replace("each term", "each half term")}
    files = {**_kept(), **changed, CHANGES: EXPLAINED}
    for name, shape in YAML_SHAPES.items():
        yield Case(f"changes/of {name}", files | {CHANGES: shape}, _PUBLISH)
    for name, value in VALUES.items():
        for key in ("renamed", "answers", "retired"):
            text = f"{EXPLAINED}{key}: {value}\n"
            yield Case(f"changes/{key} {name}", files | {CHANGES: text}, _PUBLISH)
        text = EXPLAINED.replace("reason: So", f"reason: {value}")
        yield Case(f"changes/reason {name}", files | {CHANGES: text}, _PUBLISH)
        text = base(TEMPLATE).replace(
            "guidance:",
            CIRCULAR.replace("purpose: Keys are counted more often.", f"purpose: {value}"),
        )
        yield Case(f"changes/circular {name}", files | {TEMPLATE: text}, _PUBLISH)
    yield Case(
        "changes/edition of letters",
        files,
        ("publish", "tiny", "--edition", "9" * 5_000, "--issued", "2026-10-01"),
    )
    circle = f"{EXPLAINED}renamed: {{count: counted, counted: count}}\n"
    yield Case("changes/names in a circle", files | {CHANGES: circle}, _PUBLISH)
    split = ", ".join(f"c{n}" for n in range(5_000))
    text = f"{EXPLAINED}split: {{count: [{split}]}}\n"
    yield Case("changes/split into many", files | {CHANGES: text}, _PUBLISH)


def _own_wording() -> Iterator[Case]:
    """A school's own wording of a clause, from a file, and what is typed beside it."""
    texts: dict[str, str | bytes] = {
        "nothing": "",
        "spaces": "  \n\n",
        "zeros": b"\x00" * 100,
        "latin": "Schlüssel".encode("latin-1"),
        "utf-16": "A key.".encode("utf-16"),
        "byte order mark": "\ufeffA key.",
        "old line ends": "A key.\r\rA bell.\r",
        "a mark": "A \ue000key\ue001.",
        "escape": "A \x1b[2J key.",
        "bidi": "A \u202ekey.",
        "a heading": "# Keys {#keys}\n",
        "a clause": "1. A key. {#count}\n",
        "an id": "A key. {#count}",
        "a statement": "{% for a in answers.doors %}{{ a }}{% endfor %}",
        "an include": '{% include "a.md" %}',
        "an end": "A key.\n---\n...\nversion: 9\n",
        "yaml": "|\n  a: b\n- c\n",
        "quotes": "\"'`: # {}[],&*!|>%@",
        "tabs": "\tA key.\n\t\tA bell.\n",
        "large": "A key. " * (LARGE // 7),
        "long": "a" * 2_000_000,
        "lines": "A key.\n\n" * 50_000,
        "deep": ">" * DEEP + " a",
        "an entity": "A key&#xe000;&#10;.",
        "a raw block": "{% raw %}A key.{% endraw %}",
        "a table": "|a|b|\n|-|-|\n" + "|c|d|\n" * 5_000,
    }
    for name, text in texts.items():
        for how in ("--replace", "--add-after"):
            command = ("change", "oak/tiny", "report-loss", how, "--text", "words.md", *_SAVED)
            yield Case(f"change/{how} {name}", {"words.md": text} | _kept(), command)
    for name, value in VALUES.items():
        yield Case(
            f"change/clause {name}", command=("change", "oak/tiny", "--omit", *_SAVED, "--", value)
        )
        for option in ("--reason", "--version", "--author", "--purpose", "--agreed-by", "--until"):
            typed = ("change", "oak/tiny", "report-loss", "--omit", *_SAVED, f"{option}={value}")
            yield Case(f"change/{option} {name}", _kept(), typed)


def _bundles() -> Iterator[Case]:
    """Zip files in place of a bundle, and bundles of sound digests whose edition is hostile; to import and to verify."""
    for name, content in {**_zips(), **_editions()}.items():
        for command in ("import", "verify"):
            yield Case(f"bundle/{command} {name}", {"b.zip": content}, (command, "b.zip"))


def _zips() -> dict[str, bytes]:
    sound = bundled(_edition(), {})
    many = {f"edition/sections/s{n}.md": b"# A {#a}\n" for n in range(20_000)}
    names = (
        "../../../evil", "/etc/evil", "edition/../evil", "edition\\evil", "C:\\evil", "edition/sections/con.md", "edition/sections/" + "a" * 60_000 + ".md",
        "edition/sections/\u202edm.md", "edition/sections/\x1b[2J.md", "edition/sections/a\nb.md", "edition/EDITION.yaml", "", ".", "edition/", "circular.html/a",
    )  # fmt: skip
    found = {
        f"name {number}": _zip({**_members(), name: b"x"}) for number, name in enumerate(names)
    }
    return found | {
        "many files": _zip(many),
        "a bomb": _zip({"edition/edition.yaml": b"a" * 12_000_000}, zipfile.ZIP_DEFLATED),
        "many bombs": _zip({f"edition/sections/s{n}.md": b"a" * 4_900_000 for n in range(7)}, zipfile.ZIP_DEFLATED),
        "packed twice as tight": _zip(_members(), zipfile.ZIP_LZMA),
        "another way of packing": _zip(_members(), zipfile.ZIP_BZIP2),
        "nothing": b"",
        "no files": _zip({}),
        "only its beginning": sound[:100],
        "cut": sound[: len(sound) // 2],
        "without its end": sound[:-10],
        "one behind the other": sound + sound,
        "behind something": b"x" * 100_000 + sound,
        "a remark": sound[:-2] + struct.pack("<H", 60_000) + b"PK\x05\x06" * 15_000,
        "ends": b"PK\x05\x06" * 250_000,
        "beginnings": b"PK\x03\x04" * 250_000,
        "zeros": b"PK\x03\x04" + b"\x00" * LARGE,
        "a size that lies": sound.replace(struct.pack("<L", len(_edition()["template.yaml"])), b"\xff\xff\xff\x7f"),
        "flags": sound.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x41\x00"),
        "another checksum": sound.replace(struct.pack("<L", zlib.crc32(_edition()["template.yaml"])), b"\x00" * 4),
        "a link": _zip(_members(), mode=stat.S_IFLNK | 0o777),
        "a device": _zip(_members(), mode=stat.S_IFCHR | 0o666),
    }  # fmt: skip


def _zip(
    files: Mapping[str, bytes], packed: int = zipfile.ZIP_STORED, mode: int = stat.S_IFREG | 0o644
) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", packed) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, mode << 16
            entry.compress_type = packed
            archive.writestr(entry, content)
    return whole.getvalue()


def _edition() -> dict[str, bytes]:
    folder = "templates/tiny/editions/2026.1/"
    files = _kept()
    return {path.removeprefix(folder): files[path] for path in files if path.startswith(folder)}


def _members() -> dict[str, bytes]:
    return {f"edition/{name}": content for name, content in _edition().items()}


def _editions() -> dict[str, bytes]:
    """Editions whose every digest fits, of hostile files."""
    shapes = {
        f"of {path} of {name}": {path: shape.encode() if isinstance(shape, str) else shape}
        for path in ("template.yaml", "shared/questions.yaml")
        for name, shape in [*YAML_SHAPES.items()][::8]
    }
    shapes |= {
        "of circles": {"includes/a.md": b'{% include "a.md" %}\n', "sections/lost-keys.md": b'# L {#l}\n\n{% include "a.md" %}\n'},
        "of a drawing that acts": {"images/key.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'},
        "of a picture that is none": {"images/key.png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 99},
        "of one section": {"sections/holding-keys.md": b"x" * 900_000},
        "of changes": {"changes.yaml": b"a: b\n"},
    }  # fmt: skip
    records = {
        "a record of a thousand digits": {"previous": "9" * 1_000},
        "a record that follows itself": {"previous": "2026.1", "previous_digest": "0" * 64},
        "a record of many names": {"renamed": {f"a{n}": f"a{n + 1}" for n in range(1_500)}},
        "a record that extends itself": {
            "extends": {"template": "tiny", "edition": "2026.1", "digest": "0" * 64}
        },
        "a record of odd words": {"retired": {"old": "\u202eyek \u2066 <script>"}},
    }
    found = {name: _published(files, {}) for name, files in shapes.items()}
    return found | {name: _published({}, said) for name, said in records.items()}


def _published(files: Mapping[str, bytes], said: Mapping[str, object]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="hostile") as name:
        folder, whole = Path(name), {**_edition(), **files}
        whole.pop("edition.yaml")
        editions.write_edition(folder, "tiny", "2026.1", whole, **said)
        record = (folder / "templates/tiny/editions/2026.1/edition.yaml").read_bytes()
    return bundled({**whole, "edition.yaml": record}, {})


def _copies() -> Iterator[Case]:
    """Copies of policies that somebody hands in."""
    frozen = "schools/oak/register/tiny/2.0/tiny.html"
    page = _kept()[frozen]
    pdf = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\n"
    )
    copies = {
        "nothing": b"",
        "a byte": b"%",
        "a page cut": page[: len(page) // 2],
        "pages": page * 20,
        "a page of tags": b"<html>" + b"<div>" * 200_000,
        "a page of ends": b"<html>" + b"</div>" * 150_000,
        "an open tag": b"<html><a " + b"a=b " * 200_000,
        "open remarks": b"<html>" + b"<!--" * 200_000,
        "open declarations": b"<html>" + b"<![" * 200_000,
        "open instructions": b"<html>" + b"<?" * 300_000,
        "entities": b"<html>" + b"&#x1f511;" * 100_000,
        "unknown entities": b"<html>" + b"&" * 900_000,
        "titles": b"<html>" + b"<title>a" * 100_000,
        "scripts": b"<html>" + b"<script>" * 100_000,
        "quotes": b'<html><p title="' + b"'" * 900_000,
        "claims": page.replace(b"</head>", b'<meta name="policygen" content="{">' * 1_000 + b"</head>"),
        "a claim of lists": page.replace(b'name="policygen" content="', b'name="policygen" content="' + b"[" * 100_000),
        "a claim of digits": b'<html><meta name="policygen" content="' + b"9" * 100_000 + b'">',
        "versions": b"<html><title>a</title><meta name=description content='" + b", version 1, of " * 50_000 + b"'>",
        "colons": b"<html><title>a</title><meta name=description content='" + b"a: " * 100_000 + b", version 1, of b'>",
        "pages within each other": pdf,
        "an endless chain": pdf.replace(b"[2 0 R]", b"2 0 R"),
        "deep": b"%PDF-1.7\n1 0 obj" + b"[" * LARGE,
        "groups": b"%PDF-1.7\n1 0 obj" + b"<<" * LARGE,
        "a trailer that leads to itself": b"%PDF-1.7\ntrailer<</Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF",
        "an encrypted one": pdf.replace(b"/Root", b"/Encrypt<</Filter/Standard/V 9>>/Root"),
        "numbers": b"%PDF-1.7\n" + b"9" * LARGE,
        "letters": bytes(range(256)) * 4_000,
    }  # fmt: skip
    for name, content in copies.items():
        yield Case(f"copy/{name}", {**_kept(), "copy": content}, ("verify", "copy"))
    for path in [*_kept()]:
        yield Case(f"copy/emptied {path}", {**_kept(), path: b""}, ("verify", frozen))
        yield Case(f"copy/of zeros {path}", {**_kept(), path: b"\x00" * 99}, ("status",))
        yield Case(f"copy/deep {path}", {**_kept(), path: b"[" * LARGE}, ("verify",))
        yield Case(f"copy/grouped {path}", {**_kept(), path: b'{"a":' * DEEP}, ("site", "oak"))


def _lists() -> Iterator[Case]:
    """Lists of who signed."""
    command = ("sign", "record", "oak/tiny", "signed.csv", "--version", "2.0")
    head = "name,role,form,date,state,how,note\n"
    for name, content in CSV_SHAPES.items():
        yield Case(f"signed/{name}", {**_kept(), "signed.csv": content}, command)
        if isinstance(content, str):
            text = head + content.partition("\n")[2]
            yield Case(f"signed/headed {name}", {**_kept(), "signed.csv": text}, command)
    for name, value in VALUES.items():
        row = f"{head}Ann Lee,Headteacher,receipt,{value},signed,paper,{value}\n"
        yield Case(f"signed/day {name}", {**_kept(), "signed.csv": row}, command)


def _words() -> Iterator[Case]:
    """What may be typed for each argument and option of each command, beside sound ones; addresses of a website."""
    values = [*VALUES.values(), "@", "tiny@", "@2026.1", "tiny@a", "oak/", "/tiny", "oak//tiny", "oak/tiny@2.0", "oak/tiny@a", "a.b", "1..0", "oak/../oak/tiny"]  # fmt: skip
    turn = 0
    for path, command in _commands(commands, ()):
        asked = [each for each in command.params if _takes_text(each)]
        for odd in asked:
            turn += 1
            for number, value in [*enumerate(values)][turn % 9 :: 9]:
                typed = [
                    word
                    for each in asked
                    if each is odd or each.required
                    for word in _typed(each, value if each is odd else _sound(each))
                ]
                yield Case(f"typed/{' '.join(path)} {odd.name} {number}", _kept(), (*path, *typed))
    addresses = (
        "javascript:alert(1)", "https://", "https://a b.example", "https://[::1", "https://u:p@evil.example", "ftp://a.example", "//evil.example", "a.example/../..",
        "https://a.example/?x=<script>", "https://a.example/#x", "https://xn--a.example", "https://\uff41.example", "https://a.example:99999999", "https://" + "a." * 5_000 + "example",
        "https://a.example/%2e%2e/%0d%0a", "https://a.example/\\u202e", "data:text/html,x", "https://127.0.0.1", "a" * 70 + ".example",
    )  # fmt: skip
    for number, address in enumerate(addresses):
        text = f'{base(SCHOOL)}website: "{address}"\n'
        yield Case(f"website/{number}", {**_kept(), SCHOOL: text}, ("site", "oak"))
        yield Case(f"website/{number} check", {SCHOOL: text}, build=True)


def _commands(
    group: click.Group, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command that ends by itself, with the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        elif name != "serve":
            yield (*path, name), command


def _takes_text(parameter: click.Parameter) -> bool:
    return parameter.name not in ("workspace", "cache_folder") and not getattr(
        parameter, "is_flag", False
    )


def _typed(parameter: click.Parameter, value: str) -> tuple[str, ...]:
    if isinstance(parameter, click.Option):
        return (f"{parameter.opts[-1]}={value}",)
    return (value,)


def _sound(parameter: click.Parameter) -> str:
    """A value that is as it should be, or at least no mistake in form."""
    if isinstance(parameter.type, click.Choice):
        return str(parameter.type.choices[0])
    says = f"{parameter.name} {parameter.metavar}".lower()
    sound = {
        "date": "2026-11-01", "signed_on": "2026-11-01", "version": "2.0", "content": "1234-abcd", "edition": "2026.2", "school_id": "elm",
        "template_id": "doors", "school/policy": "oak/tiny", "policy@": "tiny@2026.1", "clause": "count", "policy": "oak/tiny",
    }  # fmt: skip
    return next((value for name, value in sound.items() if name in says), "oak")
