"""Every limit on what is read, with the words of the table in docs/reference/limits.md, which is made of them.

A limit is far above what a real policy needs, and low enough that no input takes the machine: what is beyond it is
refused where it stands.
"""

from __future__ import annotations

from typing import Self


class Limit(int):
    """A number that something may not exceed, and what it counts, in words."""

    words: str

    def __new__(cls, number: int, words: str) -> Self:
        """Make a number that knows what it counts."""
        limit = super().__new__(cls, number)
        limit.words = words
        return limit


FILE_BYTES = Limit(50_000_000, "bytes of any file")
FORM_BYTES = Limit(200_000, "bytes that a form of `adopt --web` sends")
FILE_LETTERS = Limit(
    1_000_000, "letters of one text file: a section, a YAML file, a list of people"
)
NUMBER_DIGITS = Limit(9, "digits of each number of a version or edition")
NUMBERS = Limit(6, "numbers of a version or edition, with dots between them")
FILE_LINES = Limit(20_000, "lines of one text file")
LINE_LETTERS = Limit(20_000, "letters of one line of a text file, some seven pages")
TEXT_LINES = Limit(20_000, "lines of a section with all that it includes")
TEXT_LETTERS = Limit(
    1_000_000, "letters of a section with all that it includes, and with what a school fills in"
)
PARAGRAPH_LETTERS = Limit(10_000, "letters of one paragraph, item or cell")
DOCUMENT_LETTERS = Limit(1_000_000, "letters of a document, some 170,000 words or 400 pages")
DOCUMENT_CLAUSES = Limit(2_500, "clauses of a document")
DOCUMENT_PIECES = Limit(
    30_000,
    "pieces of a document: paragraphs, items, cells, and in them links, references, filled-in words",
)
DOCUMENT_BLOCKS = Limit(
    6_000,
    "paragraphs, subheads, cells and fields to sign of a document: each is laid out by itself",
)
FORM_BLOCKS = Limit(
    1_000, "of these, in the forms of a document: they are laid out in several ways"
)
INCLUDES = Limit(20, "texts that include one another, each the next")
INCLUDED = Limit(3_000, "texts that a section puts in, each as often as it is put in")
MARKDOWN_LEVELS = Limit(100, "levels of lists, containers and stress within each other in a text")
REPETITIONS = Limit(
    10_000, "repetitions of loops in one text, those of loops within loops each time"
)
PARTS = Limit(
    200, "parts of one expression, names that `set` gave counted with all that they stand for"
)
WHOLE_NUMBER = Limit(10**18, "the largest whole number in an expression")
YAML_LEVELS = Limit(24, "levels of lists and groups within each other in a YAML file")
YAML_ENTRIES = Limit(3_000, "items of one list, or keys of one group, in a YAML file")
COLUMNS = Limit(100, "columns of a list of staff or pupils")
ROWS = Limit(2_000, "rows of a list of staff, pupils or signatures")
STAFF = Limit(500, "members of staff on a list who have not left: each has a slip to sign")
CLASSES = Limit(100, "classes on a list of pupils: each begins a page")
SHEETS = Limit(100, "sheets of a workbook of Excel")
SHEET_CELLS = Limit(300_000, "cells of a workbook of Excel, empty ones that have a format counted")
PROBLEMS = Limit(200, "problems of one file that are told one by one")
PATTERNS = Limit(200, "patterns of a workspace's own under `no_longer` in law.yaml")
PATTERN_LETTERS = Limit(1_000, "letters of one such pattern")
PATTERN_STEPS = Limit(10_000, "steps that one such pattern may need at one place of a text")
PATTERN_REACH = Limit(
    300, "letters of a text that such a pattern is sure to see from where it begins"
)
PICTURE_BYTES = Limit(20_000_000, "bytes of a picture")
PICTURE_PIXELS = Limit(25_000_000, "pixels of a PNG or JPEG")
DRAWN = Limit(
    20_000,
    "elements of an SVG, those that `use` repeats each time, and each letter of text as four",
)
DRAWING_LEVELS = Limit(60, "elements of an SVG within each other")
BUNDLE_FILES = Limit(500, "files of a bundle")
BUNDLE_FILE_BYTES = Limit(5_000_000, "bytes of one file of a bundle")
BUNDLE_BYTES = Limit(30_000_000, "bytes of a bundle, packed and unpacked")
OFFICE_BYTES = Limit(30_000_000, "bytes of a Word file, packed")
OFFICE_PART_BYTES = Limit(150_000_000, "bytes of a Word file, unpacked")
OFFICE_FILES = Limit(2_000, "files within a Word file")
OFFICE_NODES = Limit(2_000_000, "elements of one part of a Word file")
OFFICE_LEVELS = Limit(200, "elements within each other in a Word file")
COPY_SECONDS = Limit(10, "seconds of work on a file that is handed to `verify`")
COPY_MEGABYTES = Limit(500, "megabytes of memory for a file that is handed to `verify`")


def table() -> str:
    """All limits, in order, as rows of Markdown."""
    rows = [
        f"| {limit.words} | {limit:,} |" for limit in globals().values() if isinstance(limit, Limit)
    ]
    return "\n".join(["| what is counted | limit |", "|---|--:|", *rows])
