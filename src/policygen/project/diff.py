"""Comparing any two of: editions, a working template, approved versions, a school's draft, its model text."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn, cast

from policygen.compare.comparison import ChangeClass, Declared, compare
from policygen.compare.summary import Redline, Side
from policygen.compose.compose import compose, image_bytes
from policygen.compose.digest import content_code, content_digest
from policygen.compose.prepare import PreparedEdition
from policygen.disk.editions import editions_between, published_editions, read_edition, template_ids
from policygen.disk.registering import read_register, read_version_document
from policygen.editions.units import check_includes, written_document
from policygen.ground.dates import printed_day
from policygen.ground.diagnostics import InputError, Problems, in_order
from policygen.ground.telling import Tell, silent
from policygen.ground.wording import meant_or_known
from policygen.language.document import Document
from policygen.model.adoption import version_order
from policygen.model.edition_record import declared
from policygen.project.check import Composed, check, law_of, select
from policygen.project.register import approved_side
from policygen.project.since import answers_behind, declared_since
from policygen.register.records import gravest
from policygen.register.state import Register

MODEL = "model"
"""What stands behind the @ for the model text with a school's answers, without its local changes."""


@dataclass(frozen=True)
class _Found:
    document: Document
    side: Side
    register: Register | None = None
    """Of an approved version, and of a draft, the register that says how grave each change was."""
    classes: Mapping[str, ChangeClass] = field(default_factory=dict)
    """What the school says of the changes of a version that is being prepared."""
    prepared: PreparedEdition | None = None
    """The edition of what was composed now."""

    @property
    def kind(self) -> tuple[str, bool]:
        """What it can be compared with: the same policy, of a school or as the issuer wrote it."""
        return self.document.policy_id, bool(self.document.school_id)


def diff(root: Path, old: str, new: str, as_of: datetime.date, tell: Tell = silent) -> Redline:
    """Compare two documents, each named as people write it.

    TEMPLATE@2026.1 is an edition, TEMPLATE the working template; SCHOOL/POLICY@1.2 an approved version, SCHOOL/POLICY
    what the school's files say now, SCHOOL/POLICY@model the same without its local changes. An empty `old` stands for
    what came before `new`: the edition or the approved version before it, else the model text.

    Raises InputError where one is unknown, cannot be composed, or the two are not of one policy.
    """
    before, after = (_find(root, name, as_of, tell) for name in (old or _before(root, new), new))
    if before.kind != after.kind:
        hint = "compare two editions of one model policy, or two states of one policy of schools"
        _refuse(f"`{old}` and `{new}` are not of one policy", hint)
    comparison = compare(before.document, after.document, _declared(root, before, after))
    return Redline(
        comparison,
        before.side,
        after.side,
        after.document.school_name,
        after.document.branding.colour,
        answers_behind(after.prepared, comparison) if after.prepared else {},
    )


def _declared(root: Path, before: _Found, after: _Found) -> Declared:
    """What the editions between two documents say, and the school of the version that it prepares."""
    old, new = before.document.edition, after.document.edition
    classes = gravest(_recorded(before, after), after.classes)
    if version_order(old) >= version_order(new):
        return Declared(classes=classes)
    problems = Problems()
    if after.prepared is not None:
        told = declared_since(root, old, after.prepared, problems)
    else:
        told = declared(editions_between(root, after.document.policy_id, old, new, problems))
    problems.stop()
    return replace(told, classes=gravest(told.classes, classes))


def _recorded(before: _Found, after: _Found) -> dict[str, ChangeClass]:
    """What the register says of the changes since an approved version: each has one class wherever it is shown."""
    register, old, new = before.register, before.document.version, after.document.version
    if register is None or after.register is None or register.latest is None:
        return {}
    return register.classes(old, new if new in register.records else register.latest.version)


def _before(root: Path, name: str) -> str:
    """What a document is compared with when nothing is said."""
    base, _, version = name.partition("@")
    if "/" not in base:
        editions = published_editions(root, base)
        if version and version not in editions:
            hint = meant_or_known(version, editions)
            _refuse(f"`{base}` has no published edition `{version}`", hint, "unknown-edition")
        earlier = [
            each for each in editions if not version or version_order(each) < version_order(version)
        ]
        if earlier:
            return f"{base}@{earlier[-1]}"
        _refuse(f"`{base}` has no edition before this one", "name two documents to compare")
    problems = Problems()
    register = read_register(root, *_split(base), problems)
    if register is None:
        raise InputError(in_order(problems))
    order = [each.version for each in register.versions]
    earlier = order[: order.index(version)] if version in order else order
    if version and not earlier:
        _refuse(
            f"`{base}` has no approved version before `{version}`",
            f"compare it with `{base}@{MODEL}`",
        )
    return f"{base}@{earlier[-1]}" if earlier else f"{base}@{MODEL}"


def _find(root: Path, name: str, as_of: datetime.date, tell: Tell) -> _Found:
    base, at, version = name.strip("/").partition("@")
    if "/" not in base:
        return _of_edition(root, base, version)
    if not at:
        return _of_draft(root, base, as_of, tell)
    if version == MODEL:
        return _of_model(root, base, as_of, tell)
    return _of_version(root, base, version)


def _of_edition(root: Path, template_id: str, edition: str) -> _Found:
    if template_id not in (known := template_ids(root)):
        _refuse(
            f"there is no model policy `{template_id}`",
            meant_or_known(template_id, known),
            "unknown-template",
        )
    problems = Problems()
    read = problems.needed(read_edition(root, template_id, edition, None, problems))
    check_includes(read, problems)
    problems.stop()
    template = read.file.value
    standing = f"issued {printed_day(template.issued)}" if edition else "working template"
    return _Found(written_document(read), Side(f"edition {template.edition}", standing))


def _of_draft(root: Path, name: str, as_of: datetime.date, tell: Tell) -> _Found:
    composed = _composed(root, name, as_of, tell)
    document = composed.document
    images = image_bytes(composed.prepared, document, composed.school.logo)
    code = content_code(content_digest(document, images))
    classes = composed.school.adoptions[document.policy_id].value.amends
    side = Side(f"version {document.version}", f"draft, content code {code}")
    register = composed.standing.register if composed.standing else None
    return _Found(document, side, register, dict(classes), composed.prepared)


def _of_model(root: Path, name: str, as_of: datetime.date, tell: Tell) -> _Found:
    composed = _composed(root, name, as_of, tell)
    adoption = composed.school.adoptions[composed.document.policy_id]
    kept = dict.fromkeys(adoption.value.clauses, "keep")
    model: Any = replace(
        adoption, value=cast("Any", adoption.value.model_copy(update={"clauses": kept}))
    )
    problems = Problems()
    document = compose(composed.prepared, composed.school, model, law_of(root, problems), problems)
    if document is None:
        raise InputError(in_order(problems))
    issuer = f"{document.issuer_name}, with this school’s answers"
    return _Found(document, Side(f"model text of edition {document.edition}", issuer))


def _of_version(root: Path, name: str, version: str) -> _Found:
    school, policy = _split(name)
    problems = Problems()
    register = read_register(root, school, policy, problems)
    if register is None:
        raise InputError(in_order(problems))
    record = register.named(version)
    if record is None:
        _refuse(
            f"`{name}` has no approved version `{version}`",
            meant_or_known(version, [*register.records]),
        )
    document = read_version_document(root, record, problems)
    if document is None:
        raise InputError(in_order(problems))
    return _Found(document, approved_side(document), register)


def _composed(root: Path, name: str, as_of: datetime.date, tell: Tell) -> Composed:
    checked = check(root, select(root, [name]), as_of, tell)
    if not checked.policies:
        raise InputError(checked.diagnostics)
    return checked.policies[0]


def _split(name: str) -> tuple[str, str]:
    school, _, policy = name.partition("/")
    return school, policy


def _refuse(message: str, hint: str, rule: str = "not-comparable") -> NoReturn:
    problems = Problems()
    problems.add(rule, message, None, hint)
    raise InputError(problems)


def save_redline(output: Path, redline: Redline, tell: Tell = silent) -> str:
    """Write a redline as HTML, PDF and JSON. Returns its folder below output."""
    from policygen.products.redline import redline_products
    from policygen.project.build import made_before, render_all, write_all

    products = redline_products(redline)
    results = render_all([products], tell, making=made_before(output))
    write_all(output, [products], results)
    return products.folder
