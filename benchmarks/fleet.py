"""A county of 400 schools: what the fleet view and an upgrade report cost. Prints ratios. See README.md."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from ruamel.yaml import YAML

from benchmarks.county import COUNTY_POLICIES, write_county
from policygen.compose.digest import content_code
from policygen.disk.reading import read_adoptions, school_ids
from policygen.ground.diagnostics import Problems
from policygen.language.stored import stored
from policygen.model.edition_record import EditionRecord, with_digest, written_edition_record
from policygen.project import fleet
from policygen.project.check import Composed, Selection, check
from policygen.register.records import (
    Amendment,
    Approval,
    Content,
    FrozenFile,
    RegisterFile,
    VersionEntry,
    VersionRecord,
    written_record,
)
from policygen.register.verifying import DIGEST, digest_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.language.document import Document

ROOT = Path(__file__).parents[1]
SCHOOLS = 400
POLICIES = (*COUNTY_POLICIES, "computing-facilities", "staff-code-of-conduct")
LOCKED = {"electronic-communications-advice": ("introduction-breach",)}
"""Clauses from which a school needs leave to depart."""
EDITIONS = (("2026.1", "2026-09-01"), ("2026.2", "2026-10-12"), ("2026.3", "2026-11-02"))
AS_OF = datetime.date(2026, 11, 20)
SEED = 20261120
_CLAUSE = re.compile(r"^(1\. .*[.])( \{#([\w-]+)[^}\n]*\})$", re.MULTILINE)


def write_fleet(
    root: Path, schools: int = SCHOOLS, only: tuple[str, ...] = (), *, registers: bool = True
) -> None:
    """Write a county whose templates have three editions each, most adoptions with an approved version."""
    chance = random.Random(SEED)  # noqa: S311
    for policy in only or POLICIES:
        _publish(root, policy)
    write_county(root, schools, tuple(edition for edition, _ in EDITIONS), only)
    samples = _samples() if registers else {}
    for path in sorted(root.glob("schools/*/policies/*.yaml")):
        school, policy = path.parent.parent, path.stem
        if chance.random() < 0.1:
            _depart(path, policy, chance)
        if registers and chance.random() < 0.9:
            name = yaml.safe_load((school / "school.yaml").read_text("utf-8"))["name"]
            pinned = yaml.safe_load(path.read_text("utf-8"))["edition"]
            _register(root, school.name, name, chance.choice(samples[policy]), pinned)


def _put(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


# --- editions ---------------------------------------------------------------------------------------------------------


def _publish(root: Path, policy: str) -> None:
    """Three editions of a policy; each of the later ones changes a clause."""
    source = ROOT / "templates" / policy
    names = (
        "template.yaml",
        *(f"{folder}/*" for folder in ("sections", "forms", "includes", "images")),
    )
    files = {
        each.relative_to(source).as_posix(): each.read_bytes()
        for name in names
        for each in source.glob(name)
    }
    for each in (ROOT / "templates/shared").iterdir():
        files[f"shared/{each.name}"] = each.read_bytes()
        _put(root / "templates/shared" / each.name, each.read_bytes())
    previous = ""
    for edition, issued in EDITIONS:
        changed = _changed(files, edition) if previous else ()
        text = re.sub(r"(?m)^edition:.*$", f'edition: "{edition}"', files["template.yaml"].decode())
        files["template.yaml"] = re.sub(r"(?m)^issued:.*$", f"issued: {issued}", text).encode()
        note = {
            "clauses": changed,
            "class": "material",
            "must": True,
            "reason": "The county has asked for it",
        }
        record = EditionRecord.model_validate(
            {
                "template": policy,
                "edition": edition,
                "issued": issued,
                "previous": previous,
                "digest": "",
                "files": {
                    name: hashlib.sha256(content).hexdigest()
                    for name, content in sorted(files.items())
                },
                "changes": [note] if changed else [],
            }
        )
        folder = root / "templates" / policy / "editions" / edition
        for name, content in files.items():
            _put(folder / name, content)
        _put(folder / "edition.yaml", written_edition_record(with_digest(record)))
        previous = edition


def _changed(files: dict[str, bytes], edition: str) -> tuple[str, ...]:
    """Add a sentence to the first clauses of every section; gives their ids."""
    ids = []
    for name in sorted(files):
        if name.startswith("sections/"):
            text = files[name].decode()
            if found := _CLAUSE.search(text):
                more = f"{found[1]} This holds from edition {edition} on.{found[2]}"
                files[name] = text.replace(found[0], more, 1).encode()
                ids.append(found[3])
    return tuple(ids)


# --- schools ----------------------------------------------------------------------------------------------------------


def _samples() -> dict[str, list[Composed]]:
    """The example schools' composed policies."""
    found: dict[str, list[Composed]] = {policy: [] for policy in POLICIES}
    for composed in check(
        ROOT, tuple(Selection("", policy) for policy in POLICIES), AS_OF
    ).policies:
        if composed.document.policy_id in found:
            found[composed.document.policy_id].append(composed)
    return found


def _depart(path: Path, policy: str, chance: random.Random) -> None:
    """Let a school depart from wording that is agreed, with leave, for a while."""
    adoption = yaml.safe_load(path.read_text("utf-8"))
    locked = [clause for clause in LOCKED.get(policy, ()) if clause not in adoption["clauses"]]
    if not locked:
        return
    leave = {
        "reason": "Agreed for this site",
        "agreed_by": "Schools HR",
        "until": chance.choice(("2027-03-31", "2027-08-31")),
    }
    adoption["clauses"][chance.choice(locked)] = {
        "replace": "The school has agreed its own wording here.\n",
        "reason": "Agreed for this site",
        "deviation": leave,
    }
    _put(path, yaml.safe_dump(adoption, allow_unicode=True, sort_keys=False))


def _register(root: Path, school: str, name: str, composed: Composed, edition: str) -> None:
    """One approved version with its document; the pages are left out, because nothing here reads them."""
    document: Document = replace(
        composed.document, school_id=school, school_name=name, edition=edition, version="1.0"
    )
    made = stored(document).encode()
    digest = hashlib.sha256(made).hexdigest()
    approval = Approval(
        body="full-board",
        name="Full governing board",
        date=AS_OF,
        minute="4.1",
        minutes_status="signed",
    )
    record = VersionRecord(
        school=school,
        policy=document.policy_id,
        title=document.title,
        version="1.0",
        edition=edition,
        issuer=document.issuer_name,
        change="material",
        content=Content(digest=digest, code=content_code(digest)),
        approvals=(approval,),
        amendment=Amendment(author="Headteacher", reason="First adopted"),
        released=AS_OF,
        next_review=AS_OF.replace(year=AS_OF.year + 2),
        previous="",
        files={"document.json": FrozenFile(bytes=len(made), sha256=digest)},
    )
    written = written_record(record)
    entry = VersionEntry(version="1.0", sha256=hashlib.sha256(written).hexdigest(), previous="")
    entries = written_record(
        RegisterFile(school=school, policy=document.policy_id, entries=(entry,))
    )
    folder = root / "schools" / school / "register" / document.policy_id
    _put(folder / "1.0" / "document.json", made)
    _put(folder / "1.0" / "version.json", written)
    _put(folder / "register.json", entries)
    _put(folder / DIGEST, digest_file(entries))


# --- measuring --------------------------------------------------------------------------------------------------------


def seconds(work: Callable[[], object]) -> float:
    """The processor time of something, child processes included: what else the machine does takes no part."""
    start = sum(os.times()[:4])
    work()
    return sum(os.times()[:4]) - start


def view(root: Path) -> None:
    """The view of all schools, and the search for a clause, as the command makes them."""
    problems = Problems()
    schools = fleet.read_fleet(root, problems)
    fleet.survey(root, schools, POLICIES, AS_OF, problems)


def search(root: Path) -> None:
    """Who still publishes a clause, in every document of every school."""
    problems = Problems()
    fleet.trace(
        root,
        fleet.read_fleet(root, problems),
        POLICIES,
        "online-disclosure",
        "2026.1",
        AS_OF,
        problems,
    )


def command(root: Path, *arguments: str) -> str:
    """What `policygen` says in a process of its own."""
    program = Path(sys.executable).with_name("policygen")
    return subprocess.run(
        [program, *arguments], cwd=root, capture_output=True, check=False, encoding="utf-8"
    ).stdout


def one_process_each(root: Path, schools: int) -> float:
    """What a script would take that asks about one school after another; reckoned from four of them."""
    few = [f"school-{number:03}" for number in range(0, schools, schools // 4)]
    return (
        seconds(lambda: [command(root, "status", each, "--as-of", str(AS_OF)) for each in few])
        / len(few)
        * schools
    )


def round_trip(root: Path) -> None:
    """Reading every adoption as a YAML library reads it that keeps comments and places: ruamel, round trip."""
    yaml_ = YAML(typ="rt")
    for path in sorted(root.glob("schools/*/policies/*.yaml")):
        yaml_.load(path.read_text("utf-8"))


def read_only(root: Path) -> None:
    """Reading every adoption as the fleet view does."""
    for school in school_ids(root):
        read_adoptions(root, school, Problems())


def upgrades(root: Path, policy: str) -> None:
    """The report of an upgrade of one policy in every school, against one process for each school that it concerns."""
    behind = [
        path.parent.parent.name
        for path in sorted(root.glob(f"schools/*/policies/{policy}.yaml"))
        if f'edition: "{EDITIONS[-1][0]}"' not in path.read_text("utf-8")
    ]
    said = ("--to", EDITIONS[-1][0], "--format", "json")
    few = behind[:: max(len(behind) // 6, 1)]
    alone = seconds(
        lambda: [command(root, "upgrade", f"{school}/{policy}", *said) for school in few]
    ) / len(few)
    reports: list[Any] = []
    taken = seconds(lambda: reports.extend(json.loads(command(root, "upgrade", policy, *said))))
    print(
        f"upgrade report: {len(reports)} schools of one policy in {taken:.1f} s of processor time here"
    )
    print(
        f"  one process for each school: {alone * len(reports) / taken:.1f} times as long (reckoned from {len(few)})"
    )


def main(schools: int) -> None:
    """Make the county and measure everything in it, side by side."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_fleet(root, schools)
        viewed, searched = seconds(lambda: view(root)), seconds(lambda: search(root))
        naive = one_process_each(root, schools)
        print(
            f"view: {schools} schools, {5 * schools} adoptions in {viewed:.1f} s of processor time here"
        )
        print(
            f"  one process for each school: {naive / viewed:.0f} times as long (reckoned from four)"
        )
        print(
            f"  search for one clause in every approved document: {searched / viewed:.1f} times the view"
        )
        ruamel, ours = seconds(lambda: round_trip(root)), seconds(lambda: read_only(root))
        print(f"  reading all adoptions: ruamel takes {ruamel / ours:.1f} times as long")
        upgrades(root, "staff-acceptable-use")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SCHOOLS)
