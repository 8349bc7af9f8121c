"""Every fault at every write of every command: `python -m tests.kills` says what each left behind.

Each command runs as often as it writes, and each time another write goes wrong. Then somebody runs `verify`, and the
command again. What must hold: after the next command the workspace is as it was before or as it should be after, with
nothing between and nothing left over; no approved version is lost; the command, given again, completes. A build takes
one step for each policy: each folder of one is as before or as after, and those of one policy are so together.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.faults import KILLED, SIGNALS, Kind, Ran, held, remember_renders, run_with
from tests.support.scenes import Scene, scenes
from tests.support.workspace import run_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALL: tuple[Kind, ...] = ("kill", "torn", "full", "io", "term", "int", "hup")
Held = dict[str, bytes | None]


@dataclass(frozen=True)
class Stage:
    """A scene on disk, as it is before its command and as it is after it."""

    scene: Scene
    root: Path
    before: Held
    after: Held
    ops: Ran


@dataclass
class Row:
    """What came of one command."""

    name: str
    writes: int
    tried: Counter[Kind] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def staged(name: str, folder: Path) -> Stage:
    """Make a scene, run its command undisturbed, and put everything back."""
    root = folder / name.replace(" ", "-") / "work"
    root.parent.mkdir(parents=True)
    scene = scenes()[name](root)
    run_in(root, "verify")
    before = held(root)
    kept = Path(shutil.copytree(root, root.with_name("before")))
    ran = run_with(root, scene.arguments)
    assert ran.code in (0, 1), ran
    assert "Traceback" not in ran.stderr, ran.stderr
    after = held(root)
    assert after != before, f"{name} writes nothing"
    back(kept, root)
    return Stage(scene, root, before, after, ran)


def back(kept: Path, root: Path) -> None:
    """Put a workspace back as it was."""
    shutil.rmtree(root)
    shutil.copytree(kept, root)


def stands(command: str, now: Held, before: Held, after: Held) -> bool:
    """Whether a workspace is as before a command or as after it; in a build, each policy."""
    if command != "build":
        return now in (before, after)
    was, becomes, found = (_by_step(each) for each in (before, after, now))
    steps = {*was, *becomes, *found}
    return all(found.get(each, {}) in (was.get(each, {}), becomes.get(each, {})) for each in steps)


def _by_step(files: Held) -> dict[str, Held]:
    """What is held, by what a build makes in one step; folders above those say nothing."""
    found: dict[str, Held] = {}
    for path, content in files.items():
        match path.split("/"):
            case ["output", "drafts", school, policy, *_]:
                found.setdefault(f"{school}/{policy}", {})[path] = content
            case ["output", "packs", "circulars", policy, edition, *_]:
                found.setdefault(f"{policy}@{edition}", {})[path] = content
            case ["output", "packs", folder, name, _, *_]:
                found.setdefault(f"{folder}/{name}", {})[path] = content
            case ["output" | "drafts" | "packs", *_] if content is None:
                pass
            case _:
                found.setdefault("", {})[path] = content
    return found


def faults_of(stage: Stage, kind: Kind, at: int, row: Row) -> Iterator[str]:
    """What is wrong after one fault."""
    root, command = stage.root, stage.scene.arguments
    back(root.with_name("before"), root)
    ran = run_with(root, command, kind, at)
    row.tried[kind] += 1
    if kind in ("kill", "torn") and ran.code != KILLED:
        yield f"was not killed: {ran}"
    if ran.code in (70, 99) or "Traceback" in ran.stderr:
        yield f"broke: {ran.stderr[-300:]}"
    raw = held(root)
    if kind in SIGNALS and ran.code == 2 and not stands(command[0], raw, stage.before, stage.after):
        yield f"left something between when it was stopped: {_differs(raw, stage)}"
    verified = run_in(root, "verify")
    if verified.code != 0:
        yield f"verify says {verified.stderr[:300]}"
    now = held(root)
    state = "old" if now == stage.before else "new"
    row.ended[state] += 1
    if not stands(command[0], now, stage.before, stage.after):
        yield f"is between: {_differs(now, stage)}"
    if kind in SIGNALS and ran.code == 2:
        yield from _untold(ran, raw, stage)
    again = run_in(root, *command)
    allowed = {stage.ops.code} if state == "old" else {stage.ops.code, stage.scene.again}
    if again.code not in allowed:
        yield f"given again it ends with {again.code}: {again.stderr[:300]}"
    if held(root) != stage.after:
        yield f"given again it is not complete: {_differs(held(root), stage)}"


def _untold(ran: Ran, now: Held, stage: Stage) -> Iterator[str]:
    """What a command that was stopped says that is not so."""
    if now == stage.before and "nothing was changed" not in ran.stderr:
        yield f"does not say that nothing was changed: {ran.stderr}"
    if now != stage.before and "kept as it was written" not in ran.stderr:
        yield f"does not say what was kept: {ran.stderr}"


def _differs(now: Held, stage: Stage) -> str:
    """How a workspace differs from what it should be after the command."""
    keys = sorted(
        key for key in {*now, *stage.after} if now.get(key, b"") != stage.after.get(key, b"")
    )
    extra = [key for key in now if key not in stage.before and key not in stage.after]
    return f"differs from after in {keys[:4]}; left over {extra[:3]}"


def tried(name: str, folder: Path, kinds: tuple[Kind, ...], chosen: Callable[[int], range]) -> Row:
    """Try faults at the chosen writes of one command."""
    stage = staged(name, folder)
    row = Row(name, len(stage.ops.ops))
    for kind in kinds:
        for at in chosen(row.writes):
            said = [
                f"{kind} at {at} ({stage.ops.ops[at - 1]}): {each}"
                for each in faults_of(stage, kind, at, row)
            ]
            row.faults += said
    shutil.rmtree(folder / name.replace(" ", "-"), ignore_errors=True)
    return row


def memory() -> str | None:
    """Where files are quick to write through to, if the system has such a place: a thousand runs wait for no disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.kills", description=__doc__.split("\n")[0]
    )
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help=", ".join(scenes()))
    parser.add_argument(
        "--long", action="store_true", help="every fault at every write, not every third"
    )
    parser.add_argument("--only", choices=ALL, action="append", help="this fault alone")
    asked = parser.parse_args()
    remember_renders()
    step, rows, began = (1 if asked.long else 3), [], time.monotonic()
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        for name in asked.commands or scenes():
            row = tried(
                name,
                Path(folder),
                tuple(asked.only or ALL),
                lambda writes: range(1, writes + 1, step),
            )
            rows.append(row)
            print(
                f"{row.name:20} {row.writes:4} writes {row.tried.total():5} faults  "
                f"{row.ended['old']:5} as before {row.ended['new']:5} not  {len(row.faults):4} wrong",
                flush=True,
            )
            for each in row.faults[:6]:
                print(f"    {each}", flush=True)
    tries = sum((row.tried for row in rows), Counter[Kind]())
    wrong = sum(len(row.faults) for row in rows)
    print(
        f"\n{tries.total()} faults ({', '.join(f'{kind} {tries[kind]}' for kind in ALL if tries[kind])}), {wrong} wrong, {time.monotonic() - began:.0f} s"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
