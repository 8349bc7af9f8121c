"""One process of fuzzing: `python -m tests.fuzz.run TARGET SECONDS SEED`, started by `python -m tests.fuzz`."""

from __future__ import annotations

import hashlib
import json
import random
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import atheris

with atheris.instrument_imports(
    include=[
        "policygen",
        "jinja2",
        "markdown_it",
        "mdit_py_plugins",
        "yaml",
        "zipfile",
        "html.parser",
    ]
):
    from tests.fuzz.targets import targets

from tests.fuzz.seeds import dictionary, seeds

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS_EACH = 20
_MEGABYTES = 3_000


def main(target: str, seconds: str, seed: str) -> None:
    """Fuzz until the time is over; libFuzzer ends the process."""
    room = Path("output/fuzz") / target
    for folder in ("corpus", "found"):
        (room / folder).mkdir(parents=True, exist_ok=True)
    for each in seeds(target):
        (room / "corpus" / hashlib.sha256(each).hexdigest()[:16]).write_bytes(each)
    work = targets()[target]

    def tried(data: bytes) -> None:
        try:
            work(data)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            _keep(room / "found", data, error)

    options = [
        f"-max_total_time={seconds}", f"-seed={seed}", f"-timeout={_SECONDS_EACH}", f"-rss_limit_mb={_MEGABYTES}",
        f"-artifact_prefix={room}/found/", "-max_len=60000", "-print_final_stats=1",
    ]  # fmt: skip
    if words := dictionary(target):
        (room / "words.dict").write_text(words, "utf-8")
        options.append(f"-dict={room}/words.dict")
    own = {"custom_mutator": _other_json} if target == "document" else {}
    atheris.Setup([target, *options, str(room / "corpus")], tried, **own)
    atheris.Fuzz()


def _other_json(data: bytes, most: int, seed: int) -> bytes:
    """The same JSON with a part of it in place of another; or, every fourth time, other bytes."""
    chance = random.Random(seed)  # noqa: S311
    try:
        whole = json.loads(data)
        parts = [*_parts(whole)]
        holder, key = chance.choice(parts)
    except (ValueError, RecursionError, IndexError):
        return atheris.Mutate(data, most)
    if not chance.randrange(4):
        return atheris.Mutate(data, most)
    from_holder, from_key = chance.choice(parts)
    odd = (
        None,
        0,
        -1,
        "",
        [],
        {},
        True,
        1e9,
        "x",
        "1.0",
        {"day": "0001-01-01"},
        {"month": "2026-13"},
    )
    holder[key] = chance.choice([from_holder[from_key], chance.choice(odd)])
    try:
        changed = json.dumps(whole).encode()
    except (ValueError, RecursionError):  # a part within itself
        return atheris.Mutate(data, most)
    return changed if len(changed) <= most else data


def _parts(whole: object) -> Iterator[tuple[Any, Any]]:
    """Each list or group of a JSON, with each key in it."""
    keys = (
        range(len(whole)) if isinstance(whole, list) else whole if isinstance(whole, dict) else ()
    )
    for key in keys:
        yield whole, key
        yield from _parts(whole[key])


def _keep(folder: Path, data: bytes, error: Exception) -> None:
    """Keep one input of each kind of ending: what was raised, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if "policygen" in frame.filename or "/fuzz/" in frame.filename
    ]
    kind = (
        f"{type(error).__name__} {Path(ours[-1].filename).name} {frames[-1].name} {ours[-1].line}"
    )
    name = hashlib.sha256(kind.encode()).hexdigest()[:12]
    if (folder / name).exists() and (folder / name).stat().st_size <= len(data):
        return
    (folder / name).write_bytes(data)
    (folder / f"{name}.txt").write_text("".join(traceback.format_exception(error)), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
