"""The pages that policygen makes, for the screen and for paper. The front door of the `html_*` modules."""

from __future__ import annotations

from policygen.html_elements import Medium
from policygen.html_policy import extract_html, form_html, policy_html
from policygen.html_sheets import CircularContent, StaffRow, circular_html, roster_html, slips_html
from policygen.labels import Stamp

__all__ = [
    "CircularContent",
    "Medium",
    "StaffRow",
    "Stamp",
    "circular_html",
    "extract_html",
    "form_html",
    "policy_html",
    "roster_html",
    "slips_html",
]
