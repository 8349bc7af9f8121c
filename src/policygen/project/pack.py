"""The governors' pack: who decides, what that body approved last, and everything it needs to decide again."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.compare.comparison import Declared, compare
from policygen.compare.summary import Redline, Side
from policygen.compose.compose import image_bytes
from policygen.compose.deviations import deviations
from policygen.disk.editions import editions_between, newer_edition, published_editions
from policygen.disk.registering import read_version_document
from policygen.disk.writing import change
from policygen.ground import paths
from policygen.ground.diagnostics import Diagnostic, InputError, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import sentence_case
from policygen.html.cover import Room
from policygen.html.pack import Paper
from policygen.language.document import Document
from policygen.model.adoption import version_order
from policygen.model.bodies import is_below
from policygen.model.law import LawLibrary
from policygen.model.template import Body
from policygen.model.workspace import Edition
from policygen.project.check import Composed, check, law_of, select
from policygen.project.choices import choices_of
from policygen.project.diff import MODEL, diff
from policygen.project.register import approved_side, school_codes
from policygen.project.since import answers_behind, declared_since, editions_since
from policygen.project.word import pack_files
from policygen.register.cover import (
    Cover,
    MainPoints,
    Meeting,
    cover,
    last_seen,
    main_points,
    review_cover,
)
from policygen.register.cover_changes import Why, reasons
from policygen.register.deciding import Case, check_date, nothing_new
from policygen.register.following import Standing
from policygen.register.records import VersionRecord, gravest

if TYPE_CHECKING:
    from policygen.products.folders import Products

_PAGES = 2
"""How many pages a cover note may take, so that all rows of changes stand in it."""


@dataclass(frozen=True)
class Packed:
    """One pack that was made."""

    folder: str
    """Below output."""
    covers: tuple[Cover, ...]
    pages: int


@dataclass(frozen=True)
class PackResult:
    """All packs, and what the check found that does not stop them."""

    packs: tuple[Packed, ...]
    warnings: tuple[Diagnostic, ...]


def pack(
    root: Path,
    output: Path,
    policies: Sequence[str],
    as_of: datetime.date,
    day: datetime.date | None = None,
    body: Body | None = None,
    tell: Tell = silent,
    *,
    review: bool = False,
    word: bool = False,
    beside: Callable[[Sequence[Cover]], Mapping[str, bytes]] = lambda _: {},
) -> PackResult:
    """Make the pack of each policy; with the day of a meeting, one pack for all policies of a school.

    With `review`, a policy of which no version is being prepared is to be reviewed and left as it is. With `word`, the
    draft and the changes of each policy stand in the pack as Word files, too.
    Files of the workspace, by path, that `beside` makes of the cover notes are written in the same step.
    Without a `body` it is the one whose turn it is. Raises InputError, having written nothing, when one of the policies
    could not be approved as it stands.
    """
    from policygen.products.pack import pack_products
    from policygen.project.build import contents, made_before, render_all, write_all

    papers, warnings = papers_of(root, policies, as_of, day, body, tell, review=review)
    if day is not None:
        _check_one_body(papers)
    groups: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        groups[paper.document.school_id if day else paper.cover.policy].append(paper)
    schools = {paper.document.school_id for paper in papers}
    codes = {school: school_codes(root, school) for school in schools}
    made = [
        (group, pack_products(group, day, codes[group[0].document.school_id]))
        for group in groups.values()
    ]
    if word:
        made = [(group, _with_word(root, group, products, as_of)) for group, products in made]
    folders = [products for _, products in made]
    results = render_all(folders, tell, making=made_before(output))
    if files := beside([paper.cover for paper in papers]):
        packed = {
            paths.in_output(folder): made for folder, made in contents(folders, results).items()
        }
        change(root, {**packed, **files})
    else:
        write_all(output, folders, results)
    packs = tuple(
        Packed(
            products.folder,
            tuple(each.cover for each in group),
            results[products.folder]["pack.pdf"].pages,
        )
        for group, products in made
    )
    return PackResult(packs, warnings)


def _with_word(
    root: Path, papers: Sequence[Paper], products: Products, as_of: datetime.date
) -> Products:
    files = {
        name: content
        for paper in papers
        for name, content in pack_files(root, paper, as_of).items()
    }
    return replace(products, files={**products.files, **files})


def papers_of(
    root: Path,
    policies: Sequence[str],
    as_of: datetime.date,
    day: datetime.date | None = None,
    body: Body | None = None,
    tell: Tell = silent,
    *,
    review: bool = False,
) -> tuple[tuple[Paper, ...], tuple[Diagnostic, ...]]:
    """What a body reads of each policy, in the order in which they are named, and the warnings of the check.

    Raises InputError when one of them could not be approved as it stands.
    """
    checked = check(root, select(root, policies), as_of, tell)
    if checked.failed:
        raise InputError(checked.diagnostics)
    cases = [
        (each, _case(each, each.standing)) for each in checked.policies if each.standing is not None
    ]
    found = {case.policy: (composed, case) for composed, case in cases}
    chosen = [found[name] for name in dict.fromkeys(policies)]
    problems = Problems()
    for _, case in chosen:
        _check(case, day, body, as_of, problems, review=review)
    problems.stop()
    papers, law = [], law_of(root, problems)
    for number, (composed, case) in enumerate(chosen, 1):
        tell(f"writing the cover note of {case.policy}", number, len(chosen))
        if case.standing.prepared:
            made = _paper(root, composed, case, day, body or _whose_turn(case), as_of, law)
        else:
            made = _review_paper(root, composed, case, day, body or case.bodies[-1], as_of, law)
        papers.append(_fitted(made))
    return tuple(papers), checked.diagnostics


def _case(composed: Composed, standing: Standing) -> Case:
    document, school = composed.document, composed.school
    adoption = school.policies[document.policy_id]
    return Case(
        standing, document, adoption, composed.prepared.edition.file.value, school.file.value
    )


# --- whether it can be approved ---------------------------------------------------------------------------------------


def _check(
    case: Case,
    day: datetime.date | None,
    body: Body | None,
    as_of: datetime.date,
    problems: Problems,
    *,
    review: bool,
) -> None:
    """Note what stands against an approval, so that no board reads in vain."""
    found, place = case.standing, case.adoption.place("version")
    if not found.prepared and review:
        _check_review(case, problems)
    elif not found.prepared:
        says = f"no version is being prepared: the files say `{case.adoption.value.version}`, which is registered"
        problems.add(
            "not-prepared",
            says,
            place,
            "change what is to be changed, and write the new `version` there; to review it as it is, add `--review`",
        )
    elif found.last is not None and nothing_new(found):
        says = f"nothing differs from version `{found.last.version}` but its number"
        hint = f"write `{found.last.version}` there again, and add `--review`"
        problems.add("not-prepared", says, place, hint)
    if day is not None:
        check_date(case, found.register.decided, day, max(day, as_of), problems)
    if body and body != case.bodies[-1] and _whose_turn(case) == case.bodies[-1] != case.bodies[0]:
        says = f"the first body has decided about this content already; `{case.bodies[-1]}` has not"
        problems.add(
            "approved-already", says, place, f"write `--body {case.bodies[-1]}`, or leave it out"
        )
    required = case.bodies[-1 if body == case.bodies[-1] else 0]
    if body and is_below(body, required) and not case.delegation(body, "approval", day or as_of):
        says = f"this needs approval by `{required}`; `{body}` is below that"
        problems.add("approval-level", says, place, f"write `--body {required}`, or leave it out")


def _check_review(case: Case, problems: Problems) -> None:
    """Note where the version in force cannot be left as it is."""
    found, place = case.standing, case.adoption.place("version")
    last = found.last
    if found.withdrawn:
        says = f"a review is of the version in force: {found.withdrawn.said}"
        hint = "write a new `version`: its approval brings the policy back into force"
        problems.add("policy-withdrawn", says, place, hint)
    elif last is not None and found.change is not None:
        says = f"names or numbers differ from version `{last.version}`, which is to be reviewed"
        hint = f"release the details first: `policygen release {case.policy} --details`"
        problems.add("not-prepared", says, place, hint)


def _check_one_body(papers: Sequence[Paper]) -> None:
    """Raise InputError where different bodies decide about policies of one school: a meeting is of one body."""
    problems = Problems()
    for paper in papers:
        mine = paper.cover
        higher = [
            each.cover.body_id
            for each in papers
            if each.document.school_id == paper.document.school_id
            and is_below(mine.body_id, each.cover.body_id)
        ]
        if higher:
            says = f"`{mine.body_id}` decides about {mine.policy} and `{higher[0]}` about another policy"
            hint = f"write `--body {higher[0]}` if that body decides about all; or make a pack for each body"
            problems.add("approval-level", says, None, hint)
    problems.stop()


def turn_of(composed: Composed) -> Body:
    """The body that decides next about a policy that could be composed; of a review, the last of them."""
    if composed.standing is None:
        raise ValueError(composed.name)
    case = _case(composed, composed.standing)
    return _whose_turn(case) if case.standing.prepared else case.bodies[-1]


def _whose_turn(case: Case) -> Body:
    """The body that decides next: the first of two until it has decided about this very content."""
    done = case.standing.register.endorsements(case.document.version, case.standing.content.digest)
    return case.bodies[-1] if done else case.bodies[0]


# --- one policy -------------------------------------------------------------------------------------------------------


def _paper(
    root: Path,
    composed: Composed,
    case: Case,
    day: datetime.date | None,
    body: Body,
    as_of: datetime.date,
    law: LawLibrary,
) -> Paper:
    from policygen.html.pack import Paper

    document, register = composed.document, case.standing.register
    versions = register.versions
    before = last_seen(versions, body)
    later = register.after(before.version) if before else ()
    adoption = case.adoption.value
    edition = composed.prepared.edition
    if before is None:
        questions: tuple[str, ...] = ()
        redline = diff(root, f"{case.policy}@{MODEL}", case.policy, as_of)
        whys = reasons((), (), adoption)
        points = _about(root, edition)
    else:
        problems = Problems()
        records = editions_between(
            root, document.policy_id, before.edition, document.edition, problems
        )
        problems.stop()
        told = declared_since(root, before.edition, composed.prepared, problems)
        recorded = register.classes(before.version, versions[-1].version)
        classes = gravest(told.classes, recorded, case.adoption.value.amends)
        redline = _redline(root, case, before, replace(told, classes=classes))
        whys, questions = reasons(records, later, adoption), told.questions
        points = main_points(editions_since(root, before.edition, edition, problems))
        problems.stop()
    because = answers_behind(composed.prepared, redline.comparison)
    redline = replace(redline, because=because)
    for identity, why in because.items():
        known = whys.get(identity, [])
        whys[identity] = [*known, Why(why if known else sentence_case(why))]
    left = deviations(composed.prepared, case.adoption)
    images = image_bytes(composed.prepared, document, composed.school.logo)
    meeting = Meeting(body, day, day or as_of, before)
    said = cover(case, meeting, redline, whys, left, questions, points)
    choices = choices_of(composed, law, questions)
    return Paper(said, redline, document, images, Room(len(said.rows)), choices)


def _review_paper(
    root: Path,
    composed: Composed,
    case: Case,
    day: datetime.date | None,
    body: Body,
    as_of: datetime.date,
    law: LawLibrary,
) -> Paper:
    """What a body reads of a policy that is to stay as it is: the version in force, and what the school chose in it."""
    problems = Problems()
    last = problems.needed(case.standing.last)
    document = read_version_document(root, last, problems)
    if document is None:
        raise InputError(in_order(problems))
    edition = composed.prepared.edition
    newer = newer_edition(root, edition.template_id, last.edition, as_of, problems)
    side = approved_side(document)
    same = Redline(
        compare(document, document, Declared()),
        side,
        side,
        document.school_name,
        document.branding.colour,
    )
    left = deviations(composed.prepared, case.adoption)
    said = review_cover(case, last, Meeting(body, day, day or as_of, last), same, left, newer)
    images = image_bytes(composed.prepared, document, composed.school.logo)
    return Paper(said, same, document, images, Room(0), choices_of(composed, law, ()))


def _about(root: Path, edition: Edition) -> tuple[MainPoints, ...]:
    """What a policy says, for those who never had it: a later edition sums up what is new in it, and not that."""
    template = edition.file.value
    earlier = [
        each
        for each in published_editions(root, edition.template_id)
        if version_order(each) < version_order(template.edition)
    ]
    if not earlier:
        return main_points([edition])
    return (MainPoints("", (template.purpose,)),) if template.purpose else ()


def _redline(root: Path, case: Case, before: VersionRecord, said: Declared) -> Redline:
    document: Document = case.document
    problems = Problems()
    old = read_version_document(root, before, problems)
    if old is None:
        raise InputError(in_order(problems))
    return Redline(
        compare(old, document, said),
        approved_side(old),
        Side(f"version {document.version}", f"draft, content code {case.standing.content.code}"),
        document.school_name,
        document.branding.colour,
    )


def _fitted(paper: Paper) -> Paper:
    """With as many rows of changes on the cover note as two pages hold; what else it says stands there in any case."""
    low, high = 0, paper.room.rows
    whole = _with_rows(paper, high)
    if whole.room.pages <= _PAGES:
        return whole
    fitted = _with_rows(paper, low)
    # Where the rest alone takes more pages, rows may fill up the last of them.
    most = max(fitted.room.pages, _PAGES)
    while high - low > 1:
        middle = (low + high) // 2
        tried = _with_rows(paper, middle)
        if tried.room.pages > most:
            high = middle
        else:
            low, fitted = middle, tried
    return fitted


def _with_rows(paper: Paper, rows: int) -> Paper:
    """With so many rows of changes on its cover note, and the pages that this takes."""
    from policygen.html.pack import note_alone
    from policygen.pdf.render import pages_taken

    made = replace(paper, room=Room(rows))
    pages = pages_taken(note_alone(made).encode()) - 1
    return replace(made, room=Room(rows, pages))
