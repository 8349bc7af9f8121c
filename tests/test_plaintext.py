"""Plain text keeps numbers, order and every word, within 78 columns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policygen.products.text import WIDTH, policy_text
from tests.support import samples

POLICIES = [samples.POLICY, samples.NUMBERED_HEADINGS, samples.FLAT]


@pytest.mark.parametrize("document", POLICIES, ids=lambda document: document.policy_id)
def test_no_line_is_wider_than_the_page(document) -> None:
    assert max(map(len, policy_text(document, samples.DRAFT).splitlines())) <= WIDTH


def test_no_line_is_broken_at_a_hyphen() -> None:
    """A word with a hyphen that is torn apart can be neither found nor compared."""
    words = "safeguarding-related " * 60
    opening = replace(samples.FLAT.sections[0], blocks=(samples.paragraph(words),))
    text = policy_text(replace(samples.FLAT, sections=(opening,)), samples.DRAFT)
    assert text.count("safeguarding-related") == 60


def test_the_head_says_what_it_is() -> None:
    assert policy_text(samples.APPROVED_POLICY, samples.APPROVED).startswith(
        """\
Acceptable use of IT by staff
=============================

Elm Grove Primary School
Grow together
Status: Approved, in force from 12 November 2026
Version: 1.2
Date of approval: 12 November 2026
Minute number: 19.2
Review: Every 2 years
Next review: 12 November 2028
Content code: 7f3a-91c2
Model policy: Northshire County Council, edition 2026.1
"""
    )


def test_numbers_hang_and_what_belongs_to_a_clause_stands_below_its_text() -> None:
    assert """
2.2   Limited personal use is allowed, on three principles:

      (a) it stays within the member of staff’s own time;
      (b) it never takes the place of the work that the school pays for, and
          in particular
          (i) it does not happen while pupils are present;
          (ii) it does not delay a reply to a parent;
      (c) it does no harm to the good name of the school.

      Personal use in the evening from home counts as personal use too, when
      it is on a device of the school.
""" in policy_text(samples.POLICY, samples.DRAFT)


def test_a_value_prints_as_it_stands() -> None:
    text = " ".join(policy_text(samples.POLICY, samples.DRAFT).split())
    assert " ".join(samples.AWKWARD.split()) in text
    assert "\n      1. second & \"last\" line 'end'[1]\n" in policy_text(
        samples.POLICY, samples.DRAFT
    )


def test_a_narrow_table_is_aligned_and_a_wide_one_is_listed() -> None:
    text = policy_text(samples.POLICY, samples.DRAFT)
    assert "Laptop model           ____________\n" in text
    assert "* Role: Network manager\n  Person: ____________\n" in text


def test_the_contents_and_headings_agree() -> None:
    lines = policy_text(samples.POLICY, samples.DRAFT).splitlines()
    assert lines.count("4 Monitoring and responsibilities") == 2
    assert lines.count("Appendix 2: Additional guidance for headteachers") == 2


def test_local_wording_is_labelled_in_a_draft_only() -> None:
    assert "[School’s own wording]" in policy_text(samples.POLICY, samples.DRAFT)
    assert "[School’s own wording]" not in policy_text(samples.APPROVED_POLICY, samples.APPROVED)
