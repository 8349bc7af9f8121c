"""A PDF that lost anything is found out. Each test breaks a good one on purpose."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pikepdf
import pytest

from policygen.html.sheets import policy_html
from policygen.pdf.check import check_pdf, count_pages, expect
from policygen.pdf.render import render_pdf
from tests.support import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.language.document import Section

pytestmark = pytest.mark.slow
EXPECTED = expect(samples.POLICY, samples.DRAFT)


@cache
def _good() -> bytes:
    return _rendered(samples.POLICY)


def _rendered(document) -> bytes:
    return render_pdf(
        policy_html(document, samples.DRAFT, medium="print", images=samples.IMAGES).encode()
    )


def _broken(breaks: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(_good())) as pdf:
        breaks(pdf)
        target = io.BytesIO()
        pdf.save(target)
    return target.getvalue()


def _tags(pdf: pikepdf.Pdf, role: str) -> list:
    return [
        each
        for each in pdf.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/S") == f"/{role}"
    ]


def _without_clause(identity: str):
    def kept(section: Section) -> Section:
        return replace(
            section,
            blocks=tuple(block for block in section.blocks if getattr(block, "id", "") != identity),
        )

    return replace(samples.POLICY, sections=tuple(map(kept, samples.POLICY.sections)))


def _substitute_font(pdf: pikepdf.Pdf) -> None:
    font = next(
        each
        for each in pdf.objects
        if isinstance(each, pikepdf.Dictionary) and "/FontFile2" in each
    )
    del font["/FontFile2"]


def _mute_font(pdf: pikepdf.Pdf) -> None:
    font = next(
        each
        for each in pdf.objects
        if isinstance(each, pikepdf.Dictionary) and "/ToUnicode" in each
    )
    del font["/ToUnicode"]


def _rename_font(pdf: pikepdf.Pdf) -> None:
    font = next(
        each
        for each in pdf.objects
        if isinstance(each, pikepdf.Dictionary) and "/ToUnicode" in each
    )
    font.BaseFont = pikepdf.Name("/ABCDEF+DejaVu-Sans")


def _draw_untagged(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[4]
    page.contents_add(pikepdf.Stream(pdf, b"0 0 50 50 re f"))


def _first_link(pdf: pikepdf.Pdf):
    return pdf.pages[2].Annots[0]


def test_the_good_one_is_good() -> None:
    assert check_pdf(_good(), EXPECTED) == []
    assert count_pages(_good()) >= EXPECTED.min_pages


@pytest.mark.parametrize(
    ("breaks", "message"),
    [
        (lambda pdf: pdf.pages.__delitem__(-1), "Appendix 2"),
        (lambda pdf: pdf.pages.__delitem__(2), "paragraph 3.1"),
        (lambda pdf: pdf.pages.__delitem__(slice(2, None)), "at least are needed"),
        (lambda pdf: [pdf.add_blank_page() for _ in range(60)], "more than"),
        (
            lambda pdf: pdf.pages.insert(0, pdf.pages[0]),
            "the contents say page 2 for `1 Introduction`, which is on page 3",
        ),
        (lambda pdf: pdf.pages.reverse(), "out of order"),
        (lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"), "the file has no tags"),
        (lambda pdf: pdf.Root.__delitem__("/MarkInfo"), "does not say that it is tagged"),
        (lambda pdf: pdf.Root.__delitem__("/Lang"), "the language is not `en-GB`"),
        (lambda pdf: pdf.Root.__delitem__("/ViewerPreferences"), "instead of its title"),
        (lambda pdf: pdf.Root.__delitem__("/Metadata"), "PDF/UA-1"),
        (lambda pdf: pdf.docinfo.__setitem__("/Title", "Other"), "the title is not"),
        (lambda pdf: pdf.docinfo.__delitem__("/policygen"), "which version of which policy"),
        (lambda pdf: pdf.Root.__delitem__("/Outlines"), "no bookmark leads to `1 Introduction`"),
        (
            lambda pdf: pdf.Root.__delitem__("/Names"),
            "nothing in the file is called `introduction`",
        ),
        (_substitute_font, "is not in the file"),
        (_mute_font, "cannot be read out"),
        (_rename_font, "`ABCDEF+DejaVu-Sans` is not one of the theme"),
        (_draw_untagged, "page 5 shows something that is neither tagged"),
        (
            lambda pdf: pdf.pages[1].obj.__delitem__("/StructParents"),
            "page 2 is not bound to the tags",
        ),
        (lambda pdf: _tags(pdf, "Figure")[0].__delitem__("/Alt"), "no alternative text"),
        (lambda pdf: _tags(pdf, "TH")[0].__delitem__("/A"), "whether it heads a row or a column"),
        (
            lambda pdf: _tags(pdf, "H1")[0].__setitem__("/S", pikepdf.Name.H4),
            "the first heading is an H4",
        ),
        (lambda pdf: _tags(pdf, "H3")[0].__setitem__("/S", pikepdf.Name.H5), "an H5 follows an H2"),
        (
            lambda pdf: _tags(pdf, "LBody")[0].__setitem__("/S", pikepdf.Name.P),
            "a tag P stands below LI",
        ),
        (
            lambda pdf: _tags(pdf, "Sect")[0].__setitem__("/S", pikepdf.Name.Chapter),
            "a tag Chapter stands below",
        ),
        (lambda pdf: _first_link(pdf).__delitem__("/Contents"), "does not say where it leads"),
        (
            lambda pdf: _first_link(pdf).__delitem__("/StructParent"),
            "a link on page 3 is not tagged",
        ),
    ],
)
def test_what_is_broken_is_found(breaks: Callable[[pikepdf.Pdf], object], message: str) -> None:
    faults = check_pdf(_broken(breaks), EXPECTED)
    assert any(message in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("identity", "where"), [("personal-email", "paragraph 3.1"), ("added-here", "paragraph 3.6")]
)
def test_a_clause_that_is_missing_is_named(identity: str, where: str) -> None:
    faults = check_pdf(_rendered(_without_clause(identity)), EXPECTED)
    assert faults[0].startswith(f"{where}: ")


def test_one_lost_word_at_the_end_of_a_section_is_found() -> None:
    *most, last = samples.DATA.blocks
    shortened = replace(
        last, blocks=(*last.blocks[:-1], samples.paragraph("What has been printed is locked away."))
    )
    sections = (*samples.POLICY.sections[:-1], replace(samples.DATA, blocks=(*most, shortened)))
    faults = check_pdf(_rendered(replace(samples.POLICY, sections=sections)), EXPECTED)
    assert len(faults) == 1
    assert faults[0].startswith("paragraph 5.7: ")


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", b"no PDF"])
def test_what_is_no_pdf_cannot_be_read_back(pdf: bytes) -> None:
    assert [fault.partition(":")[0] for fault in check_pdf(pdf, EXPECTED)] == [
        "the file cannot be read back"
    ]


def test_a_cut_file_is_found() -> None:
    assert check_pdf(_good()[: len(_good()) // 2], EXPECTED)


def test_the_running_header_and_footer_do_not_stand_between_the_words_of_a_page_turn() -> None:
    long = samples.paragraph(" ".join(f"word{number}" for number in range(2000)))
    document = replace(samples.FLAT, sections=(replace(samples.INTRODUCTION, blocks=(long,)),))
    wanted = expect(document, samples.DRAFT)
    whole = tuple(
        (where, text[index : index + 60])
        for where, text in wanted.passages
        for index in range(0, len(text), 60)
    )
    assert check_pdf(_rendered(document), replace(wanted, passages=whole)) == []
