"""The life of a policy in any order, where any write of any command goes wrong.

Whatever people do in whatever order, and whatever ends a command between any two of its writes: the workspace is as it
was before or as it should be after, nothing that was approved or published is lost or altered, and the same command,
given again, completes to the same bytes. To look further: `pytest --hypothesis-profile=search tests/test_any_order.py`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from policygen.disk import executors
from policygen.products.folders import PdfResult
from tests import kills
from tests.support.faults import SIGNALS, held, remember_renders, run_with, watched
from tests.support.register import freeze, registered
from tests.support.scenes import CIRCULAR, FIRST_EDITION, LOST, done, edit
from tests.support.workspace import ADOPTION, SCHOOL, TEMPLATE, Workspace, run_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.products.folders import PdfJob
    from policygen.register.state import Register
    from tests.support.faults import Kind, Op

    Faults = list[tuple[Kind, bool, int]]

FEW = 10
LIVES = max(FEW, settings.default.max_examples // 10)
"""How many: a few in a run of all tests; 200, and with real PDFs, with the profile `search`."""
STEPS = 15
MOST_EDITIONS = 4
AS_OF = "2026-11-20"
CHANGES = "templates/tiny/changes.yaml"
FROZEN = re.compile(r"schools/\w+/register/\w+/(\d|signatures/).*|templates/\w+/editions/.+")
"""What nobody may ever alter: versions, lists of signatures, editions."""
FAULTS = st.lists(
    st.tuples(st.sampled_from(kills.ALL), st.booleans(), st.integers(0, 999)), max_size=2
)
"""What ends a command, and the command given again; whether once it is decided; at which of its writes."""
ADOPTIONS = st.sampled_from(["oak/tiny", "oak/tiny", "elm/tiny", "oak/bells"])
LOSSES = st.sampled_from(["A lost", "Any lost"])
TIMES = st.sampled_from(["each term", "each month"])
MOSTLY = st.sampled_from([True, True, True, False])
completed: Counter[str] = Counter()
"""How often each command did something, by its first words; and after a fault."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace of two schools with one edition, and bundles of a model policy from elsewhere."""
    before = executors.run_all
    if LIVES > FEW:
        remember_renders()
    else:
        executors.run_all = _stand_ins
    with TemporaryDirectory(dir=kills.memory() or tmp_path_factory.mktemp("begun")) as name:
        folder = Path(name)
        issuer = _issuer(folder / "issuer")
        root = (
            Workspace(folder / "work")
            .with_change(TEMPLATE, "guidance:", CIRCULAR)
            .with_change(LOST, "to the {{ roles.head }}", "to {{ people.head.name }}")
            .write()
        )
        done(root, *FIRST_EDITION)
        shutil.copytree(issuer, root / "from-elsewhere")
        shutil.copytree(root / "schools/oak", root / "schools/elm")
        (root / ADOPTION.replace("oak", "elm")).unlink()
        elm = root / SCHOOL.replace("oak", "elm")
        elm.write_text(elm.read_text("utf-8").replace("Oak Lane", "Elm Grove"), "utf-8")
        freeze(root, "2.0", "2026-11-05", minute="19.2.0", minutes="draft")
        yield root
    executors.run_all = before


def _stand_ins(_: object, jobs: Sequence[PdfJob], _workers: int | None = None) -> Iterator[Any]:
    """A few bytes in place of each PDF, other ones for another page: what counts here is what becomes of them."""
    for index, job in enumerate(jobs):
        content = f"%PDF-1.7 {hashlib.sha256(job.html).hexdigest()}"
        yield index, PdfResult(content.encode(), pages=1)


def _issuer(root: Path) -> Path:
    """Two editions of another model policy, as bundles in a folder."""
    Workspace(root).with_change(TEMPLATE, "guidance:", CIRCULAR).write()
    (root / "templates/tiny").rename(root / "templates/bells")
    shutil.rmtree(root / "schools/oak/policies")
    bundles = root.with_name("bundles")
    bundles.mkdir()
    for number in (1, 2):
        edition = f"2026.{number}"
        done(root, "publish", "bells", "--edition", edition, "--issued", f"2026-09-0{number}")
        made = root / f"output/packs/editions/bells/{edition}/bells-{edition}.zip"
        (bundles / f"{number}.zip").write_bytes(made.read_bytes())
        if number == 1:
            edit(root, LOST.replace("tiny", "bells"), "A lost", "Any lost")
            (root / "templates/bells/changes.yaml").write_text(
                _explained("2026.2", ["report-loss"])
            )
    return bundles


def _explained(edition: str, clauses: Sequence[str]) -> str:
    changes = "".join(
        f"\n  - {{clauses: [{clause}], class: material, must: yes, reason: So}}"
        for clause in clauses
    )
    return f'edition: "{edition}"\nchanges:{changes or " []"}\n'


class AnyOrder(RuleBasedStateMachine):
    """One workspace: what people do to it, and commands of which writes go wrong."""

    begun: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(dir=kills.memory()))
        self.root = self.folder / "work"
        self.aside = self.folder / "aside"
        self.frozen: dict[str, bytes | None] = {}
        self.lists: dict[str, list[Any]] = {}
        self.lines: dict[str, str] = {}
        """The two lines of the model text as its last edition has them."""

    @initialize()
    def begin(self) -> None:
        shutil.copytree(self.begun, self.root)
        self.lines = self._lines()
        self._keep()

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what people do -----------------------------------------------------------------------------------------------

    @precondition(lambda self: bool(self.frozen))
    @rule(which=st.integers(0, 999))
    def alters_what_is_frozen(self, which: int) -> None:
        """`verify` names the file; with the file as it was, all is well again."""
        paths = sorted(path for path, content in self.frozen.items() if content)
        path = paths[which % len(paths)]
        if not path.startswith("schools/"):
            return
        content = (self.root / path).read_bytes()
        (self.root / path).unlink()  # a site may hold the same file under another name
        (self.root / path).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        said = run_in(self.root, "verify")
        assert said.code == 1
        assert path.partition("/register/")[2] in said.stdout + said.stderr
        (self.root / path).write_bytes(content)

    # --- commands, and what people do for them ------------------------------------------------------------------------

    @precondition(lambda self: len(self._editions()) < MOST_EDITIONS)
    @rule(faults=FAULTS, lost=LOSSES, often=TIMES, explained=MOSTLY)
    def publishes(self, faults: Faults, lost: str, often: str, explained: bool) -> None:  # noqa: FBT001
        """What was edited and explained; or not explained, or not edited."""
        edition = self._next_edition()
        self._edit(lost, often)
        if explained:
            now = self._lines()
            clauses = [clause for clause, line in now.items() if line != self.lines[clause]]
            (self.root / CHANGES).write_text(_explained(edition, clauses))
        self.does(faults, "publish", "tiny", "--edition", edition, "--issued", "2026-11-19")
        if self._next_edition() != edition:
            self.lines = self._lines()

    @rule(faults=FAULTS, lost=LOSSES, often=TIMES)
    def begins_to_explain(self, faults: Faults, lost: str, often: str) -> None:
        self._edit(lost, often)
        self.does(faults, "publish", "tiny", "--edition", self._next_edition(), "--scaffold")

    @rule(faults=FAULTS, gone=st.booleans())
    def announces(self, faults: Faults, gone: bool) -> None:  # noqa: FBT001
        if gone:
            shutil.rmtree(self.root / "output/packs", ignore_errors=True)
        self.does(faults, "announce", f"tiny@{self._editions()[-1]}")

    @rule(faults=FAULTS, number=st.sampled_from([1, 2]))
    def imports(self, faults: Faults, number: int) -> None:
        self.does(faults, "import", f"from-elsewhere/{number}.zip")

    @rule(faults=FAULTS, chosen=st.sampled_from([(), ("oak/tiny",), ("elm/tiny",)]))
    def upgrades(self, faults: Faults, chosen: tuple[str, ...]) -> None:
        self.does(faults, "upgrade", *chosen)

    @rule(faults=FAULTS, chosen=st.sampled_from([(), ("oak",)]))
    def builds(self, faults: Faults, chosen: tuple[str, ...]) -> None:
        self.does(faults, "build", *chosen)

    @rule(faults=FAULTS, policy=ADOPTIONS, days=st.integers(2, 4), named=MOSTLY)
    def approves(self, faults: Faults, policy: str, days: int, named: bool) -> None:  # noqa: FBT001
        """Another answer, with the change named, or not."""
        adoption = self._adoption(policy)
        if not adoption.exists():
            return
        version = self._prepare(adoption, policy, days, named=named)
        code = re.search(r"content code (\S+)", run_in(self.root, "build", policy).stdout)
        if code is not None:
            self.does(
                faults,
                "approve",
                policy,
                "--version",
                version,
                "--content",
                code[1],
                *_decided(version, AS_OF if self._register(policy).withdrawn else "2026-11-12"),
            )

    @rule(faults=FAULTS, policy=ADOPTIONS)
    def has_signed_minutes(self, faults: Faults, policy: str) -> None:
        if version := self._approved(policy):
            minute = ("--minute", f"19.{version}", "--signed-on", "2026-11-19")
            self.does(faults, "minutes", policy, "--version", version, *minute)

    @rule(faults=FAULTS, policy=ADOPTIONS)
    def withdraws(self, faults: Faults, policy: str) -> None:
        decided = ("--body", "committee", "--date", AS_OF, "--minute", "20")
        if self._approved(policy):
            self.does(faults, "withdraw", policy, *decided, "--reason", "No use")

    @rule(faults=FAULTS, policy=ADOPTIONS)
    def corrects(self, faults: Faults, policy: str) -> None:
        """The minute of the last decision."""
        if version := self._approved(policy):
            was = self._register(policy).records[version].approvals[-1].minute
            facts = ("--version", version, "--was", was, "--to", f"9{was}", "--by", "Clerk")
            self.does(faults, "correct", policy, "minute", *facts, "--reason", "Typed wrong")

    @rule(faults=FAULTS)
    def releases(self, faults: Faults) -> None:
        """With another headteacher, whom the policy names."""
        for path in self.root.glob("schools/*/school.yaml"):
            text = path.read_text("utf-8")
            old, new = sorted(("Ann Lee", "Bea Ray"), key=lambda name: name not in text)
            path.write_text(text.replace(old, new), "utf-8")
        self.does(faults, "release", "--details")

    @rule(faults=FAULTS, policy=ADOPTIONS)
    def makes_sheets(self, faults: Faults, policy: str) -> None:
        self.does(faults, "sign", "sheet", policy)

    @rule(faults=FAULTS, policy=ADOPTIONS, day=st.integers(13, 16))
    def records_signatures(self, faults: Faults, policy: str, day: int) -> None:
        if version := self._approved(policy):
            (self.root / "signed.csv").write_text(f"name,date\nAnn Lee,2026-11-{day}\n")
            self.does(faults, "sign", "record", policy, "signed.csv", "--version", version)

    @rule(faults=FAULTS, policy=ADOPTIONS, day=st.integers(13, 16))
    def takes_a_signature_back(self, faults: Faults, policy: str, day: int) -> None:
        if version := self._approved(policy):
            meant = ("--version", version, "--name", "Ann Lee", "--date", f"2026-11-{day}")
            told = ("--by", "Office", "--reason", "Typed wrong")
            self.does(faults, "sign", "correct", policy, *meant, *told)

    @rule(faults=FAULTS, chosen=st.sampled_from([(), ("oak",)]))
    def makes_the_site(self, faults: Faults, chosen: tuple[str, ...]) -> None:
        self.does(faults, "site", *chosen)

    @rule(faults=FAULTS, policy=st.sampled_from(["elm/tiny", "oak/bells"]), answered=MOSTLY)
    def adopts(self, faults: Faults, policy: str, answered: bool) -> None:  # noqa: FBT001
        """All that the file asks is then answered by hand, or left open."""
        self.does(faults, "adopt", policy, "--write", "--as-of", AS_OF)
        adoption = self._adoption(policy)
        if answered and adoption.exists():
            answers = (self.root / ADOPTION).read_text("utf-8")
            edition = re.search(r"edition: .*", adoption.read_text("utf-8"))
            assert edition is not None
            adoption.write_text(re.sub(r"edition: .*", edition[0], answers), "utf-8")

    @rule(faults=FAULTS, kind=st.sampled_from(["school", "template", "number"]))
    def begins_or_mends(self, faults: Faults, kind: str) -> None:
        """A school or model policy that nobody fills in, so that it goes again; a number without its quotes."""
        if kind == "number":
            path = self.root / TEMPLATE
            text = re.sub(r'edition: "(.*)"', r"edition: \1", path.read_text("utf-8"))
            path.write_text(text, "utf-8")
            self.does(faults, "check", "tiny", "--fix")
        else:
            self.does(faults, "new", kind, "ash")
            shutil.rmtree(self.root / f"{kind}s/ash")

    def _edit(self, lost: str, often: str) -> None:
        path = self.root / LOST
        text = re.sub(r"(A|Any) lost", lost, path.read_text("utf-8"))
        path.write_text(re.sub(r"each \w+", often, text), "utf-8")

    def _prepare(self, adoption: Path, policy: str, days: int, *, named: bool) -> str:
        """The next version of a policy, with another answer."""
        text, latest = adoption.read_text("utf-8"), self._register(policy).latest
        version = "2.0"
        if latest is not None:
            version = f"2.{int(latest.version.split('.')[1]) + 1}"
        text = re.sub(
            r"amends: .*\n", "", re.sub(r"version:.*", f'version: "{version}"', text, count=1)
        )
        text = re.sub(r"days_to_report:.*", f"days_to_report: {days}", text)
        if named and latest is not None:
            text += "amends: {report-loss: material}\n"
        adoption.write_text(text, "utf-8")
        return version

    # --- what holds ---------------------------------------------------------------------------------------------------

    def does(self, faults: Faults, *arguments: str) -> None:
        """A command that is ended by each of these faults in turn, and then given once more."""
        before, verdict = held(self.root), self._verdict(self.root)
        shutil.rmtree(self.aside, ignore_errors=True)
        shutil.copytree(self.root, self.aside)
        meant = watched(self.aside, arguments)
        assert meant.code in (0, 1), (arguments, meant)
        after, verdict_after = held(self.aside), self._verdict(self.aside)
        for kind, decided, number in faults:
            if not meant.ops:
                break
            at = _place(meant.ops, number, decided=decided)
            stood = held(self.root)
            ran = run_with(self.root, arguments, kind, at + 1)
            assert ran.code not in (70, 99), (arguments, kind, at, ran)
            raw, verified = held(self.root), self._verdict(self.root)
            now, where = held(self.root), (arguments, kind, at, meant.ops[at])
            assert kills.stands(arguments[0], now, before, after), (where, _differs(now, after))
            assert verified in (verdict, verdict_after), where
            if kind in SIGNALS and ran.code == 2:
                assert kills.stands(arguments[0], raw, before, after), (where, _differs(raw, after))
                says = "nothing was changed" if raw == stood else "kept as it was written"
                assert says in ran.stderr, (arguments, kind, at, ran)
            if after != before:
                completed[f"{arguments[0]}, ended"] += 1
        again = run_in(self.root, *arguments)
        assert again.code in (0, 1), (arguments, again)
        assert held(self.root) == after, (
            arguments,
            faults,
            again,
            _differs(held(self.root), after),
        )
        if after != before:
            completed[arguments[0]] += 1
        self._keep()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Not a byte of what was approved or published, and lists only grow."""
        if not self.root.exists():
            return
        now = held(self.root)
        assert {path: now.get(path) for path in self.frozen} == self.frozen
        for path, entries in self._lists().items():
            before = self.lists.get(path, [])
            assert entries[: len(before)] == before
        assert not [path for path in now if ".policygen" in path]

    def _keep(self) -> None:
        """Remember what is frozen from now on."""
        self.nothing_is_lost()
        now = held(self.root)
        self.frozen = {path: content for path, content in now.items() if FROZEN.fullmatch(path)}
        self.lists = self._lists()

    def _lists(self) -> dict[str, list[Any]]:
        found = sorted(self.root.glob("schools/*/register/*/register.json"))
        return {str(path): json.loads(path.read_bytes())["entries"] for path in found}

    def _verdict(self, root: Path) -> str:
        """What `verify` says. Registers are always right; a site may wait for what was approved since."""
        said = run_in(root, "verify")
        wrong = [line for line in said.stderr.split("\n") if re.match(r"\S+: error", line)]
        assert all(line.startswith("output/site/") for line in wrong), said
        assert said.code == int(bool(wrong)), said
        return f"{said.stdout}{said.stderr}"

    def _lines(self) -> dict[str, str]:
        text = (self.root / LOST).read_text("utf-8")
        named = (re.search(r"\{#([\w-]+)", line) for line in text.split("\n") if line[:2] == "1.")
        return {name[1]: name.string for name in named if name}

    def _editions(self) -> list[str]:
        folders = (self.root / "templates/tiny/editions").iterdir()
        return sorted((path.name for path in folders), key=lambda name: int(name[5:]))

    def _next_edition(self) -> str:
        return f"2026.{len(self._editions()) + 1}"

    def _adoption(self, policy: str) -> Path:
        school, _, name = policy.partition("/")
        return self.root / f"schools/{school}/policies/{name}.yaml"

    def _register(self, policy: str) -> Register:
        school, _, name = policy.partition("/")
        return registered(self.root, school, name)

    def _approved(self, policy: str) -> str:
        """The last version of a policy that a body approved; empty where there is none."""
        approved = [each.version for each in self._register(policy).versions if each.approvals]
        return approved[-1] if approved else ""


def _decided(version: str, day: str) -> tuple[str, ...]:
    return ("--body", "committee", "--date", day, "--minute", f"19.{version}")


def _place(ops: Sequence[Op], number: int, *, decided: bool) -> int:
    """The index of a write; if asked, of one while what was decided is carried out."""
    about = [at for at, op in enumerate(ops) if op.paths and op.paths[-1].endswith("decided.json")]
    if decided and about:
        first, last = about[0] + 1, about[-1] + 1
        return first + number % (last - first)
    return number % len(ops)


def _differs(now: dict[str, bytes | None], after: dict[str, bytes | None]) -> list[str]:
    """Where two workspaces differ."""
    return sorted(path for path in {*now, *after} if now.get(path, b"") != after.get(path, b""))[:9]


COMMANDS = {
    *("publish", "announce", "import", "upgrade", "build", "approve", "minutes", "release"),
    *("sign", "site", "adopt", "new", "check", "withdraw", "correct"),
}


@pytest.mark.slow
def test_in_the_usual_order_each_command_completes_after_each_fault(begun: Path) -> None:
    """Of commands that never do anything all of this would hold; here each does."""
    AnyOrder.begun = begun
    completed.clear()
    life = AnyOrder()
    kinds = cycle(kills.ALL)

    def faults() -> Faults:
        number = sum(completed.values())
        return [(next(kinds), True, number), (next(kinds), False, 5 + 7 * number)]

    try:
        life.begin()
        life.begins_or_mends(faults(), "school")
        life.adopts(faults(), "elm/tiny", answered=True)
        life.builds(faults(), ())
        life.approves(faults(), "elm/tiny", 2, named=True)
        life.has_signed_minutes(faults(), "elm/tiny")
        life.makes_sheets(faults(), "elm/tiny")
        life.records_signatures(faults(), "elm/tiny", 13)
        life.takes_a_signature_back(faults(), "elm/tiny", 13)
        life.makes_the_site(faults(), ())
        life.releases(faults())
        life.begins_to_explain(faults(), "Any lost", "each month")
        life.publishes(faults(), "Any lost", "each month", explained=True)
        life.announces(faults(), gone=True)
        life.begins_or_mends(faults(), "number")
        life.imports(faults(), 1)
        life.upgrades(faults(), ())
        life.alters_what_is_frozen(3)
        life.corrects(faults(), "elm/tiny")
        life.withdraws(faults(), "elm/tiny")
        life.makes_the_site(faults(), ("oak",))
    finally:
        life.teardown()
    assert {name for name in completed if "ended" not in name} == COMMANDS
    assert {f"{name}, ended" for name in COMMANDS} <= {*completed}


@pytest.mark.slow
def test_in_any_order_nothing_is_lost_and_nothing_stays_half_done(begun: Path) -> None:
    AnyOrder.begun = begun
    completed.clear()
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            phases=(Phase.generate,),  # a life made shorter takes minutes to find
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert sum(number for name, number in completed.items() if "ended" in name) > LIVES
