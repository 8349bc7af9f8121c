"""Whatever both sides do, no word of a school's own is lost: it is in the result, or somebody is asked."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.compose.bases import Base
from policygen.files.yamlfile import read_yaml
from policygen.ground.diagnostics import Problems
from policygen.language.document import Clause, Paragraph, Text
from policygen.model.adoption import StartedAdoption
from policygen.model.edition_record import EditionRecord
from policygen.upgrade.clauses import ClauseUpgrade
from policygen.upgrade.outcome import Side, Way

IDS = ("aa", "bb", "cc", "dd", "ee", "ff")
LOCAL = ("replace", "add_before", "add_after", "omit", "keep", "none")
ISSUER = ("leave", "reword", "rename", "split", "merge", "retire", "remove", "lock", "require")
AS_MODEL = {"lock": "locked", "require": "required"}


def model(identity: str, words: str, adapt: str = "free") -> Base:
    return Base((Clause(identity, (Paragraph((Text(words),)),), adapt=adapt),), "one", ())  # type: ignore[arg-type]


def side(bases: dict[str, Base]) -> Side:
    return Side({identity: base.clauses[0] for identity, base in bases.items()}, bases)


def adoption_text(done: dict[str, str]) -> str:
    lines = ['edition: "1"', "clauses:"]
    for identity, action in done.items():
        lines += [f"  # about {identity}"]
        match action:
            case "keep":
                lines += [f"  {identity}: keep"]
            case "omit":
                lines += [f"  {identity}:", "    omit: true", "    reason: ours"]
            case "none":
                pass
            case _:
                lines += [
                    f"  {identity}:",
                    f"    {action}: |",
                    f"      Local words of {identity}.",
                    "    reason: ours",
                ]
    return "\n".join(lines) + "\n"


def issued(moves: dict[str, str]) -> tuple[dict[str, Base], EditionRecord]:
    """The next edition, and what its record declares."""
    new: dict[str, Base] = {}
    renamed, split, merged, retired = {}, {}, {}, {}
    for identity, move in moves.items():
        match move:
            case "rename":
                new[f"{identity}-new"] = model(f"{identity}-new", f"Model words of {identity}.")
                renamed[identity] = f"{identity}-new"
            case "split":
                for part in (f"{identity}-one", f"{identity}-two"):
                    new[part] = model(part, "Part.")
                split[identity] = (f"{identity}-one", f"{identity}-two")
            case "merge":
                new["merged"] = model("merged", "All of them.")
                merged["merged"] = (*merged.get("merged", ()), identity)
            case "retire":
                retired[identity] = "No longer needed"
            case "remove":
                pass
            case "reword":
                new[identity] = model(identity, f"New model words of {identity}.")
            case _:
                new[identity] = model(
                    identity, f"Model words of {identity}.", AS_MODEL.get(move, "free")
                )
    said = {"renamed": renamed, "split": split, "merged": merged, "retired": retired}
    blank = {"template": "tiny", "edition": "2", "issued": "2026-09-01", "digest": "", "files": {}}
    return new, EditionRecord.model_validate({**blank, **said})


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries({identity: st.sampled_from(LOCAL) for identity in IDS}),
    st.fixed_dictionaries({identity: st.sampled_from(ISSUER) for identity in IDS}),
)
def test_no_local_word_is_lost(done: dict[str, str], moves: dict[str, str]) -> None:
    """Each text of a school stands in the new adoption under a clause that exists, or in a point to decide."""
    text = adoption_text(done)
    problems = Problems()
    file = read_yaml(text, "policies/tiny.yaml", StartedAdoption, problems)
    assert file is not None, [*problems]
    new, record = issued(moves)
    old = {identity: model(identity, f"Model words of {identity}.") for identity in IDS}
    way = Way(old, new, (record,))
    plan = ClauseUpgrade(
        way, side(old), side(new), file.value.clauses, {}, certain=True, problems=problems
    )
    outcomes = {outcome.id: outcome for outcome in plan.outcomes()}
    after = plan.edits.applied(text)
    made = read_yaml(after, "policies/tiny.yaml", StartedAdoption, problems)
    assert made is not None, after
    assert not problems.errors
    for identity, action in done.items():
        asked = identity in outcomes and outcomes[identity].open
        if action in ("replace", "add_before", "add_after"):
            words = f"Local words of {identity}."
            assert words in after
            kept = [
                key
                for key, each in made.value.clauses.items()
                if each != "keep" and words in str(each)
            ]
            assert asked or kept[0] in new
            assert asked == (
                moves[identity] in ("reword", "split", "merge", "retire", "remove", "lock")
            )
        elif action == "omit":
            left = any(each != "keep" and each.omit for each in made.value.clauses.values())
            assert asked or left or moves[identity] in ("retire", "remove")
        assert f"  # about {identity}\n" in after
