"""How full the pages of the examples are, which forms take more than one, and what is signed where. See README.md."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from policygen.compose.compose import image_bytes
from policygen.html.labels import Stamp
from policygen.html.policy import form_html, policy_html
from policygen.language.document import Section
from policygen.pdf.check import Expectation, check_pdf, expect
from policygen.pdf.render import render_pdf
from policygen.project.check import Composed, Selection, check
from tests.support.paper import fills, parted

ROOT = Path(__file__).parents[1]
STAMP = Stamp("draft", "0000-0000")
THIN = 0.3
"""A page that uses less of its room is thin."""


@dataclass(frozen=True)
class Job:
    """A policy or form to be made."""

    name: str
    is_form: bool
    html: str
    parts: tuple[Section, ...]
    covers: int
    expectation: Expectation


@dataclass(frozen=True)
class Found:
    """What was found of one PDF."""

    job: Job
    fills: tuple[float, ...]
    """Of each page behind the cover."""
    elsewhere: int
    alone: int
    outside: int

    @property
    def thin(self) -> tuple[int, ...]:
        """The numbers of its thin pages."""
        numbered = enumerate(self.fills, self.job.covers + 1)
        return tuple(number for number, fill in numbered if fill < THIN)


def main() -> None:
    """Make every policy and form of the examples, or of one folder with `templates/` and `schools/`."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    checked = check(root, [Selection()], datetime.date(2026, 11, 12))
    jobs = [job for policy in checked.policies for job in _jobs(policy)]
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(_measured, jobs))
    for one in found:
        if one.thin or one.elsewhere or one.outside or (one.job.is_form and len(one.fills) > 1):
            thin = ", ".join(f"{number}" for number in one.thin) or "none"
            print(f"{one.job.name}: {len(one.fills)} pages, thin: {thin}; parted {one.elsewhere}")
    _report("policies", [one for one in found if not one.job.is_form])
    _report("forms", [one for one in found if one.job.is_form])


def _report(what: str, found: list[Found]) -> None:
    pages = sum(len(one.fills) for one in found)
    thin = sum(len(one.thin) for one in found)
    long = sum(len(one.fills) > 1 for one in found)
    covers = sum(one.job.covers for one in found)
    elsewhere, alone = sum(one.elsewhere for one in found), sum(one.alone for one in found)
    print(f"{what}: {len(found)} PDFs, {pages} pages without {covers} covers")
    print(f"  under {THIN:.0%} full: {thin}")
    print(f"  of more than one page: {long}")
    print(f"  signatures parted from their words: {elsewhere}, alone on a page: {alone}")
    print(f"  with ink in a margin: {sum(bool(one.outside) for one in found)}")


def _jobs(policy: Composed) -> Iterator[Job]:
    document = policy.document
    images = image_bytes(policy.prepared, document, policy.school.logo)
    name = f"{document.school_id}/{document.policy_id}"
    whole = policy_html(document, STAMP, medium="print", images=images)
    covers = int(document.front.cover)
    yield Job(name, False, whole, document.parts, covers, expect(document, STAMP))
    for form in document.forms:
        page = form_html(document, form, STAMP, medium="print", images=images)
        wanted = expect(document, STAMP, "form", form)
        yield Job(f"{name}: {form.id}", True, page, (form,), 0, wanted)


def _measured(job: Job) -> Found:
    pdf = render_pdf(job.html.encode())
    faults = check_pdf(pdf, job.expectation)
    outside = sum("reaches into the margin" in fault for fault in faults)
    elsewhere, alone = parted(pdf, job.parts)
    return Found(job, tuple(fills(pdf)[job.covers :]), elsewhere, alone, outside)


if __name__ == "__main__":
    main()
