"""What is asked of every school, whatever its policies are: the facts without which nothing can be made for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from policygen.files.fields import FileModel
from policygen.files.yamlfile import read_data
from policygen.model.question import AnyQuestion, Question


class SchoolQuestions(FileModel):
    """The questions, each by the place of its fact in school.yaml."""

    questions: dict[str, Question]


@cache
def school_questions() -> Mapping[str, AnyQuestion]:
    """Those that come with the program, in the order of asking."""
    return read_data("school.yaml", SchoolQuestions).questions
