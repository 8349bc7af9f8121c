"""A school's adoption while it is being answered: what is still open, and its file with one more answer in it."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from policygen.checks.names import lacks_lead
from policygen.compose.compose import compose, required_clauses
from policygen.compose.lacking import Lacking, lacking
from policygen.compose.names import asked_questions
from policygen.compose.prepare import PreparedEdition, prepare_edition
from policygen.disk.editions import last_issued, read_edition, template_ids
from policygen.disk.reading import adoption_path, read_adoption_text, read_school, school_ids
from policygen.disk.writing import as_text, change, one_at_a_time
from policygen.files.yamledit import CannotAddError, as_yaml, with_comment, with_value
from policygen.files.yamlfile import Located, read_yaml
from policygen.ground import paths
from policygen.ground.diagnostics import InputError, Place, Problems, in_order, stage
from policygen.ground.wording import count, join_and, meant_or_known
from policygen.language.document import Clause
from policygen.model.adoption import StartedAdoption
from policygen.model.answers import with_shared_answers
from policygen.model.law import LawLibrary
from policygen.model.question import AnyQuestion
from policygen.model.shared import AnswersFile
from policygen.model.template import Template
from policygen.model.workspace import SchoolFiles
from policygen.products.text import clause_text
from policygen.project.check import law_of, note_reserved

HEADS = ("version", "author", "reason")
"""What an adoption says of the version that it prepares."""

BEGUN_ANSWERS = """\
# What is answered once for all policies of the school that ask it.

answers:
"""
_WIDTH = 100
_CLAUSES = (
    "Required clauses: keep our text, or write your own. To keep it, take the `# ` away before `ID: keep`.",
    "For your own, write this in its place:",
    "    ID:",
    "      replace: |",
    "        Your own text, without a number.",
    "      reason: Why it differs",
)


@dataclass(frozen=True)
class Adopting:
    """An adoption as its file stands, with the edition and the school that say what is asked."""

    name: str
    """As people write it: "elm-grove/staff-acceptable-use"."""
    path: str
    text: str
    school: SchoolFiles
    prepared: PreparedEdition
    law: LawLibrary
    answers: str = ""
    """The text of the school's answers.yaml; empty where it has none."""
    facts: str = ""
    """The text of its school.yaml."""

    @property
    def answers_path(self) -> str:
        """Where the answers for all policies of the school stand."""
        return paths.answers_file(self.school.school_id)

    @property
    def facts_path(self) -> str:
        """Where the facts of the school stand."""
        return paths.school_file(self.school.school_id)

    @cached_property
    def given(self) -> Mapping[str, object]:
        """What is answered, as written: in the adoption, or for all policies of the school."""
        return with_shared_answers(self.template, self.file, self.school).value.answers

    @property
    def answered_already(self) -> tuple[str, ...]:
        """The questions that are asked, and answered for all policies of the school."""
        return tuple(
            name
            for name, question in self.asked.items()
            if question.shared and self.given.get(name) is not None
        )

    @cached_property
    def file(self) -> Located[StartedAdoption]:
        """What the file says. Raises InputError."""
        return read_started(self.text, self.path)

    @property
    def template(self) -> Template:
        """The model policy."""
        return self.prepared.edition.file.value

    @cached_property
    def asked(self) -> Mapping[str, AnyQuestion]:
        """The questions that are asked of this school, as far as its answers tell, in the template's order.

        They have the options that are for this school.
        """
        return asked_questions(self.prepared, self.school, self.file, self.law)[0]

    @property
    def open_questions(self) -> tuple[str, ...]:
        """Those of them that have no answer."""
        return tuple(name for name in self.asked if self.given.get(name) is None)

    @property
    def open_clauses(self) -> tuple[Clause, ...]:
        """The required clauses that nothing was decided about."""
        required = required_clauses(self.prepared, self.school, self.file, self.law)
        return tuple(clause for clause in required if clause.id not in self.file.value.clauses)

    @cached_property
    def open_facts(self) -> tuple[Lacking, ...]:
        """The facts that the policy prints, as far as its questions are answered, and that the school does not give."""
        noted, declared = Problems(), self.template.facts
        compose(self.prepared, self.school, self.file, self.law, noted)
        names = [each.subject for each in noted if each.subject]
        if lacks_lead(self.prepared.uses, self.school) and "people.dsl" not in names:
            names.append("people.dsl")
        return tuple(lacking(name, declared) for name in names)

    @property
    def open_heads(self) -> tuple[str, ...]:
        """Those of version, author and reason that are not written yet."""
        return tuple(key for key in HEADS if getattr(self.file.value, key) is None)

    @property
    def left(self) -> str:
        """What is left, in words; empty when all is decided."""
        kinds = ((len(self.open_questions), "question"), (len(self.open_clauses), "clause"))
        decide = join_and(count(number, noun) for number, noun in kinds if number)
        heads, facts = join_and(self.open_heads), len(self.open_facts)
        return "; ".join(
            [
                *([f"{decide} still to decide"] if decide else []),
                *([f"{count(facts, 'fact')} still to give in {self.facts_path}"] if facts else []),
                *([f"{heads} still to fill in"] if heads else []),
            ]
        )


def read_started(text: str, path: str) -> Located[StartedAdoption]:
    """What an adoption says, whole or only started. Raises InputError."""
    problems = Problems()
    file = read_yaml(text, path, StartedAdoption, problems)
    if file is None:
        raise InputError(problems)
    return file


def begun(name: str, school_name: str, template: Template) -> str:
    """The text of an adoption in which nothing is answered yet."""
    title = " ".join(f"{template.title}, {school_name}.".split())
    return (
        f"# {title}\n"
        f"# What stands empty is still to be decided: type it here, or let `policygen adopt {name}` ask.\n"
        "\n"
        f"edition: {as_yaml(template.edition)}\n"
        "\n"
        '# The version that is being prepared ("1.0", in quotes, if the school never had such a policy), who prepares\n'
        "# it, and why. All three print in the amendment history.\n"
        "version:\n"
        "author:\n"
        "reason:\n"
        "\n"
        "answers:\n"
    )


# --- the file with more in it -----------------------------------------------------------------------------------------


def with_answer(adopting: Adopting, name: str, answer: object) -> Adopting:
    """With the answer to a question, in place of an earlier one if there is one."""
    order = [*adopting.template.questions]
    path = ("answers", name)
    if adopting.template.questions[name].shared:
        return _answered_for_all(adopting, partial(with_value, path=path, value=answer))
    return _changed(adopting, partial(with_value, path=path, value=answer, order=order))


def with_fact(adopting: Adopting, path: Sequence[str], value: object) -> Adopting:
    """With a fact of the school, in the group of its school.yaml in which it stands. Raises InputError."""
    keys = () if path[0] == "school" else (path[0],)
    add = partial(with_value, path=(*keys, *path[1:]), value=value)
    return _with_facts(adopting, edited(adopting.facts, adopting.facts_path, add))


def _with_facts(adopting: Adopting, text: str) -> Adopting:
    with stage() as problems:
        model = type(adopting.school.file.value)
        read = read_yaml(text, adopting.facts_path, model, problems)
        file = problems.needed(read)
    return replace(adopting, facts=text, school=replace(adopting.school, file=file))


def with_head(adopting: Adopting, key: str, value: str) -> Adopting:
    """With its version, author or reason."""
    return _changed(
        adopting, lambda text: with_value(text, (key,), value, order=["edition", *HEADS])
    )


def with_history(adopting: Adopting, rows: Sequence[dict[str, object]]) -> Adopting:
    """With the versions from before policygen."""
    return _changed(adopting, lambda text: with_value(text, ("history",), [*rows]))


def with_kept(adopting: Adopting, clause: str) -> Adopting:
    """With the decision to keep the model text of a clause."""
    lines = adopting.text.split("\n")
    rows = [row for row, line in enumerate(lines) if line.strip() == _offer(clause)]
    if rows:  # the line that `with_notes` wrote
        lines[rows[0]] = lines[rows[0]].replace("# ", "", 1)
        return replace(adopting, text="\n".join(lines))
    return _changed(adopting, lambda text: with_value(text, ("clauses", clause), "keep"))


def with_offer(adopting: Adopting, clause: Clause) -> Adopting:
    """With a clause's model text as a comment, ready to be kept or rewritten."""
    if _is_offered(adopting, clause):
        return adopting
    first = not any(line.strip() == f"# {_CLAUSES[0]}" for line in adopting.text.split("\n"))
    if first:
        adopting = _changed(adopting, lambda text: with_comment(text, ("clauses",), _CLAUSES))
    return _changed(
        adopting, lambda text: with_comment(text, ("clauses",), [*_clause_note(adopting, clause)])
    )


def with_notes(adopting: Adopting) -> Adopting:
    """With every open question as a key without an answer, its wording above it, and every open clause as a comment."""
    order = [*adopting.template.questions]
    for name in adopting.open_questions:
        if name in adopting.given:
            continue
        note = [*question_note(adopting.asked[name])]
        add = partial(with_value, path=("answers", name), value=None, note=note)
        if adopting.template.questions[name].shared:
            adopting = _answered_for_all(adopting, add)
        else:
            adopting = _changed(adopting, partial(add, order=order))
    for clause in adopting.open_clauses:
        adopting = with_offer(adopting, clause)
    return adopting


def _changed(adopting: Adopting, change: Callable[[str], str]) -> Adopting:
    return replace(adopting, text=edited(adopting.text, adopting.path, change))


def _answered_for_all(adopting: Adopting, change: Callable[[str], str]) -> Adopting:
    path = adopting.answers_path
    text = edited(adopting.answers or BEGUN_ANSWERS, path, change)
    with stage() as problems:
        read = read_yaml(text, path, AnswersFile, problems)
    return replace(adopting, answers=text, school=replace(adopting.school, answers=read))


def edited(text: str, path: str, change: Callable[[str], str]) -> str:
    """The text of a file after a change. Raises InputError where it is written in a way that takes none."""
    try:
        return change(text)
    except CannotAddError:
        problems = Problems()
        problems.add(
            "yaml-syntax",
            "this file is written in a way that policygen cannot add to",
            Place(path),
            "begin each key on a line of its own, or write the answers by hand",
        )
        raise InputError(problems) from None


def _offer(clause: str) -> str:
    return f"# {clause}: keep"


def _is_offered(adopting: Adopting, clause: Clause) -> bool:
    return any(line.strip() == _offer(clause.id) for line in adopting.text.split("\n"))


# --- in words ---------------------------------------------------------------------------------------------------------


def question_note(question: AnyQuestion) -> Iterator[str]:
    """A question as lines of comment: its wording, its guidance, and what may be answered."""
    yield from textwrap.wrap(question.ask, _WIDTH)
    if question.guidance:
        yield from textwrap.wrap(question.guidance, _WIDTH)
    yield from question.allowed()


def _clause_note(adopting: Adopting, clause: Clause) -> Iterator[str]:
    guidance = adopting.template.guidance.get(clause.id, "")
    yield from textwrap.wrap(guidance, _WIDTH)
    yield "Our text:"
    yield from (f"    {line}".rstrip() for line in clause_text(clause))
    yield _offer(clause.id).removeprefix("# ")


def start_adoption(root: Path, school_id: str, template_id: str, as_of: datetime.date) -> Adopting:
    """Read a school's adoption of a template, or begin one of the last edition that is issued by `as_of`.

    Raises InputError; writes nothing.
    """
    problems = Problems()
    note_unknown_school(root, school_id, problems)
    problems.stop()
    for folder in (paths.school_folder(school_id), paths.template_folder(template_id)):
        note_reserved(folder, problems)
    path = adoption_path(school_id, template_id)
    law, school = law_of(root, problems), read_school(root, school_id, lambda _: False, problems)
    text = read_adoption_text(root, path, problems)
    answers = read_adoption_text(root, paths.answers_file(school_id), problems)
    facts = read_adoption_text(root, paths.school_file(school_id), problems)
    problems.stop()
    started = None if text is None else read_started(text, path)
    edition_id = last_issued(root, template_id, as_of) if started is None else started.value.edition
    asked_at = None if started is None else started.place("edition")
    edition = read_edition(root, template_id, edition_id, asked_at, problems)
    prepared = None if edition is None else prepare_edition(edition, law, problems)
    if problems.has_errors or school is None or prepared is None:
        raise InputError(in_order(problems))
    name = f"{school_id}/{template_id}"
    text = text or begun(name, school.file.value.name, prepared.edition.file.value)
    return Adopting(name, path, text, school, prepared, law, answers or "", facts or "")


@dataclass(frozen=True)
class Adoptable:
    """A model policy as a school sees it that may adopt it."""

    template_id: str
    title: str
    edition: str
    issuer: str
    questions: int
    adopted: str
    """The edition that the school has; empty where it has none."""


def adoptable(root: Path, school_id: str, as_of: datetime.date) -> tuple[Adoptable, ...]:
    """The model policies of a workspace, by id. Raises InputError where there is no such school."""
    problems = Problems()
    note_unknown_school(root, school_id, problems)
    problems.stop()
    found = (_adoptable(root, school_id, each, as_of) for each in template_ids(root))
    return tuple(each for each in found if each is not None)


def _adoptable(
    root: Path, school_id: str, template_id: str, as_of: datetime.date
) -> Adoptable | None:
    """One of them; None where it cannot be read, which `check` says."""
    unnoted = Problems()
    edition = read_edition(root, template_id, last_issued(root, template_id, as_of), None, unnoted)
    if edition is None:
        return None
    path, template = adoption_path(school_id, template_id), edition.file.value
    text = read_adoption_text(root, path, unnoted)
    started = read_yaml(text, path, StartedAdoption, unnoted) if text else None
    adopted = started.value.edition if started else "?" if text else ""
    return Adoptable(
        template_id,
        template.title,
        template.edition,
        template.issuer.name,
        len(template.questions),
        adopted,
    )


def note_unknown_school(root: Path, school_id: str, problems: Problems) -> None:
    """Note that there is no such school, with what is meant or how to begin it."""
    if school_id not in (known := school_ids(root)):
        begin = f"to begin it, type `policygen new school {school_id}`"
        hints = (meant_or_known(school_id, known), begin) if known else (begin,)
        problems.add("unknown-school", f"there is no school `{school_id}`", None, *hints)


def write_questions(root: Path, adopting: Adopting) -> bool:
    """Write every open question into an adoption's file, without an answer. Returns whether anything was added."""
    noted = with_notes(adopting)
    same = (noted.text, noted.answers) == (adopting.text, adopting.answers)
    if same and (root / adopting.path).exists():
        return False
    save_adoption(root, noted)
    return True


class AnsweredMeanwhileError(Exception):
    """Somebody else has decided meanwhile what was to be decided: `now` is the adoption with that."""

    def __init__(self, now: Adopting) -> None:
        super().__init__(now.name)
        self.now = now


def add_to_adoption(
    root: Path,
    adopting: Adopting,
    about: Callable[[Adopting], object],
    change: Callable[[Adopting], Adopting],
) -> Adopting:
    """Write one change more into an adoption as its files stand now: what somebody else has written there stays.

    `about` is what an adoption says of that which is to be changed. Raises AnsweredMeanwhileError where that is no
    longer as in `adopting`, and InputError where a file cannot be read or the edition is another one; nothing is
    written then.
    """
    with one_at_a_time(root):
        now = as_it_stands(root, adopting)
        if about(now) != about(adopting):
            raise AnsweredMeanwhileError(now)
        changed = change(now)
        save_adoption(root, changed)
        return changed


def as_it_stands(root: Path, adopting: Adopting) -> Adopting:
    """An adoption read again. Raises InputError."""
    with stage() as problems:
        text = read_adoption_text(root, adopting.path, problems)
        answers = read_adoption_text(root, adopting.answers_path, problems) or ""
        facts = read_adoption_text(root, adopting.facts_path, problems) or adopting.facts
    now = adopting if text is None else replace(adopting, text=text)
    if facts != now.facts:
        now = _with_facts(now, facts)
    with stage() as problems:
        if now.file.value.edition != adopting.file.value.edition:
            says = "somebody else has brought this adoption to another edition meanwhile"
            place = now.file.place("edition")
            problems.add("changed-meanwhile", says, place, "run the command again")
    if answers == now.answers:
        return now
    return _answered_for_all(replace(now, answers=answers), lambda text: text)


def check_as_read(root: Path, texts: Mapping[str, str | None]) -> None:
    """Raise InputError where somebody else has changed one of these files since it was read, by path, as this text.

    Call it, and write, while nobody else can.
    """
    for path, text in texts.items():
        with stage() as problems:
            now = read_adoption_text(root, path, problems)
        if now != text:
            raise changed_meanwhile(path)


def changed_meanwhile(path: str) -> InputError:
    """Somebody else has changed a file at another terminal."""
    problems = Problems()
    says = "somebody else has changed this file while you decided, and nothing was written"
    problems.add("changed-meanwhile", says, Place(path), "run the command again")
    return InputError(problems)


def save_adoption(root: Path, adopting: Adopting) -> None:
    """Write an adoption into its file, and the answers for all policies and the facts of the school into theirs."""
    written = {
        adopting.path: adopting.text,
        adopting.answers_path: adopting.answers,
        adopting.facts_path: adopting.facts,
    }
    change(root, {path: as_text(root / path, text) for path, text in written.items() if text})
