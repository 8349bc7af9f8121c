"""The pages that policygen makes, for the screen and for paper. The front door of the `html_*` modules."""

from __future__ import annotations

from policygen.pages.html_elements import Medium
from policygen.pages.html_policy import extract_html, form_html, history_html, policy_html
from policygen.pages.html_sheets import CircularContent, StaffRow, circular_html, roster_html, slips_html
from policygen.pages.labels import Stamp

__all__ = [
    "CircularContent",
    "Medium",
    "StaffRow",
    "Stamp",
    "circular_html",
    "extract_html",
    "form_html",
    "history_html",
    "policy_html",
    "roster_html",
    "slips_html",
]
