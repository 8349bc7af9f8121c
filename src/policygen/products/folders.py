"""What is made of a document in draft, and of an approved one: files ready to write, and pages ready to become PDFs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from typing import Any, Literal

from policygen import __version__
from policygen.compose.digest import content_code, content_digest
from policygen.compose.extracts import extracts
from policygen.editions.announce import AnnouncedChange
from policygen.ground import paths
from policygen.html.sheets import (
    CircularContent,
    Medium,
    Sheet,
    StaffRow,
    Stamp,
    circular_html,
    extract_html,
    form_html,
    history_html,
    policy_html,
    roster_html,
    sheet_setting,
    slips_html,
)
from policygen.language.document import Document, Section
from policygen.model.edition_record import EditionRecord
from policygen.model.template import FormEntry, Template
from policygen.pdf.check import (
    Expectation,
    check_pdf,
    count_pages,
    expect,
    expect_circular,
    expect_extract,
)
from policygen.pdf.render import RenderError, render_pdf, renderer_version
from policygen.products.text import policy_text

_MADE_WITH = ("jinja2", "markdown-it-py", "weasyprint", "pydyf", "fonttools")


@dataclass(frozen=True)
class PdfJob:
    """A page for paper, and what the PDF made of it must hold."""

    html: bytes
    expectation: Expectation


@dataclass(frozen=True)
class PdfResult:
    """A PDF, and what is wrong with it."""

    pdf: bytes
    pages: int = 0
    warnings: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Products:
    """The content of one output folder."""

    folder: str
    """Below output/."""
    files: Mapping[str, bytes]
    pdfs: Mapping[str, PdfJob]
    record: Mapping[str, Any] = field(default_factory=dict)
    """What its manifest says beside the list of outputs."""


@dataclass(frozen=True)
class Draft:
    """A composed document with all that its products need."""

    document: Document
    images: Mapping[str, bytes]
    inputs: Mapping[str, str]
    staff: Sequence[StaffRow]
    forms: Sequence[FormEntry]

    @property
    def digest(self) -> str:
        """The content digest."""
        return content_digest(self.document, self.images)


def render(job: PdfJob) -> PdfResult:
    """Make one PDF and read it back. A pure function of its job, for any process on any machine."""
    try:
        pdf = render_pdf(job.html)
    except RenderError as error:
        return PdfResult(b"", warnings=error.messages)
    return PdfResult(pdf, count_pages(pdf), faults=tuple(check_pdf(pdf, job.expectation)))


def draft_products(draft: Draft) -> tuple[Products, ...]:
    """The folders of one adopted policy in draft: what the school and board read, and the sheets to sign."""
    document = draft.document
    stamp = Stamp("draft", content_code(draft.digest))
    folder = paths.drafts_folder(document.school_id, document.policy_id)
    products = _copy(draft, stamp, folder)
    return (products, *_sheets(draft, stamp, products.record))


def approved_products(draft: Draft, folder: str, redline: Mapping[str, bytes]) -> Products:
    """The approved copy of a document that has its approvals, for a folder: all that a register freezes of it.

    `redline` are the files of what changed since the version before, the page first; none for a first version.
    """
    stamp = Stamp("approved", content_code(draft.digest))
    products = _copy(draft, stamp, folder)
    page = history_html(draft.document, stamp, images=draft.images, redline=next(iter(redline), ""))
    return replace(products, files={**products.files, "history.html": page.encode(), **redline})


@dataclass
class Copies:
    """Pages for the screen, and the same for paper, as they come together."""

    files: dict[str, bytes] = field(default_factory=dict)
    pdfs: dict[str, PdfJob] = field(default_factory=dict)

    def add(self, name: str, page: Callable[[Medium], str], expectation: Expectation) -> None:
        """Make both, under a name without an ending."""
        self.files[f"{name}.html"] = page("screen").encode()
        self.pdfs[f"{name}.pdf"] = PdfJob(page("print").encode(), expectation)


def _copy(draft: Draft, stamp: Stamp, folder: str) -> Products:
    """The policy, its forms and its extracts, as HTML, PDF and text."""
    document, images = draft.document, draft.images
    name = document.policy_id
    copies = Copies()
    copies.add(
        name,
        lambda medium: policy_html(document, stamp, medium=medium, images=images),
        expect(document, stamp),
    )
    copies.files[f"{name}.txt"] = policy_text(document, stamp).encode()
    for form in document.every_form:
        copies.add(
            f"forms/{form.name}",
            partial(_form, draft, stamp, form),
            expect(document, stamp, "form", form),
        )
    for audience, parts in extracts(document).items():
        copies.add(
            f"extracts/{audience}",
            partial(_extract, draft, stamp, audience, parts),
            expect_extract(document, stamp, audience, parts),
        )
    record = {
        **record_of(document, stamp),
        "content": {"digest": draft.digest, "code": content_code(draft.digest)},
        "inputs": dict(sorted(draft.inputs.items())),
        "made_with": made_with(),
    }
    return Products(folder, copies.files, copies.pdfs, record)


def _form(draft: Draft, stamp: Stamp, form: Section, medium: Medium) -> str:
    return form_html(draft.document, form, stamp, medium=medium, images=draft.images)


def _extract(
    draft: Draft, stamp: Stamp, audience: str, parts: Sequence[Section], medium: Medium
) -> str:
    return extract_html(draft.document, audience, parts, stamp, medium=medium, images=draft.images)


def record_of(document: Document, stamp: Stamp) -> dict[str, Any]:
    """What a manifest says of the version that its files show."""
    return {
        "school": document.school_id,
        "policy": document.policy_id,
        "title": document.title,
        "edition": document.edition,
        "version": document.version,
        "status": stamp.mode,
    }


def _sheets(draft: Draft, stamp: Stamp, record: Mapping[str, Any]) -> Iterator[Products]:
    """The lists and slips of a draft, where it has any: one folder or none."""
    document = draft.document
    rosters = {form.name for form in draft.forms if form.roster}
    copies = Copies()
    for form in document.every_form:
        if form.name not in rosters:
            continue
        for kind, page in _SHEETS.items():
            copies.add(
                f"{form.name}-{kind}",
                partial(_sheet, draft, stamp, form, page),
                expect(document, stamp, kind, form, draft.staff),
            )
    if copies.files:
        folder = paths.sheets_folder(document.school_id, document.policy_id, "draft")
        yield Products(folder, copies.files, copies.pdfs, record)


_SHEETS: dict[Literal["roster", "slips"], Callable[[Sheet, Sequence[StaffRow]], str]] = {
    "roster": roster_html,
    "slips": slips_html,
}


def _sheet(
    draft: Draft,
    stamp: Stamp,
    form: Section,
    page: Callable[[Sheet, Sequence[StaffRow]], str],
    medium: Medium,
) -> str:
    setting = sheet_setting(medium, stamp, draft.images)
    return page(Sheet(draft.document, form, setting), draft.staff)


def circular_products(
    template_id: str, template: Template, inputs: Mapping[str, str]
) -> Products | None:
    """The folder of the circular of a template; None where the template has none."""
    folder = paths.circular_folder(template_id, template.edition)
    made = circular_of(template_id, template, folder, (), {"inputs": dict(sorted(inputs.items()))})
    return made if made.files else None


def model_products(draft: Draft, template: Template) -> Products:
    """A model policy without a school, as HTML, PDF, text and Word file."""
    from policygen.word.write import policy_docx

    document, images = draft.document, draft.images
    stamp = Stamp("draft", content_code(draft.digest))
    name = document.policy_id
    copies = Copies()
    copies.add(
        name,
        lambda medium: policy_html(document, stamp, medium=medium, images=images),
        expect(document, stamp),
    )
    copies.files[f"{name}.txt"] = policy_text(document, stamp).encode()
    copies.files[f"{name}.docx"] = policy_docx(document, stamp, images)
    record = {
        "template": name,
        "edition": template.edition,
        "content": {"digest": draft.digest, "code": stamp.content_code},
        "inputs": dict(sorted(draft.inputs.items())),
        "made_with": made_with(),
    }
    folder = paths.model_folder(name, template.edition)
    return Products(folder, copies.files, copies.pdfs, record)


def circular_of(
    template_id: str,
    template: Template,
    folder: str,
    changes: Sequence[AnnouncedChange],
    said: Mapping[str, Any],
) -> Products:
    """A folder with the circular of an edition and its list of changes, or with nothing where the template has none.

    `said` is what the manifest says beside the edition.
    """
    record = {
        "template": template_id,
        "edition": template.edition,
        "issued": str(template.issued),
        **said,
        "made_with": made_with(),
    }
    circular = template.circular
    if circular is None:
        return Products(folder, {}, {}, record)
    content = CircularContent(
        issuer_name=template.issuer.name,
        title=template.title,
        edition=template.edition,
        issued=template.issued,
        action=circular.action or "",
        to=circular.to or "",
        purpose=circular.purpose or "",
        summary=tuple(circular.summary),
        contact=template.contact,
        consultation=circular.consultation or "",
        by_when=circular.by_when or "",
        changes=tuple(changes),
    )
    copies = Copies()
    copies.add("circular", partial(circular_html, content), expect_circular(content))
    return Products(folder, copies.files, copies.pdfs, record)


def with_manifest(products: Products, pdfs: Mapping[str, bytes]) -> dict[str, bytes]:
    """All files of a folder, its PDFs now made, with `manifest.json`: every output with its size and SHA-256."""
    files = {**products.files, **pdfs}
    manifest = {"manifest": 1, **products.record, "outputs": outputs_of(files)}
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    return {**files, paths.MANIFEST: text.encode()}


def edition_products(record: EditionRecord, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What announces an edition, with a manifest that says only what follows from the edition and these files."""
    said = {
        "template": record.template,
        "edition": record.edition,
        "issued": str(record.issued),
        "digest": record.digest,
    }
    return with_manifest(Products("", files, {}, said), {})


def outputs_of(files: Mapping[str, bytes]) -> dict[str, dict[str, int | str]]:
    """The size and SHA-256 of each file, as a manifest lists them."""
    return {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    }


def made_with() -> dict[str, str]:
    """The versions of policygen and of what takes part in making its bytes."""
    return {"policygen": __version__, "renderer": renderer_version()} | {
        name: version(name) for name in _MADE_WITH
    }
