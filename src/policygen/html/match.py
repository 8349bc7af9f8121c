"""What was found of a file that was held against a model, as a page."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from policygen.ground.resources import theme
from policygen.html.blocks import text_table
from policygen.html.elements import Setting, element, heading, lines
from policygen.html.labels import Stamp
from policygen.html.page import page
from policygen.moving.decide import Row
from policygen.moving.report import STATES, MatchReport, counted, done_in_words, proof_in_words

_SETTING = Setting("screen", Stamp("approved", ""), {}, linked=frozenset())
_NONE = "–"


def match_html(report: MatchReport) -> str:
    """The page."""
    body = lines(
        (
            element("h1", f"{report.file} and the model policy"),
            element("p", f"{report.title}: {report.policy}"),
            heading(2, "Clauses"),
            element("p", f"{', '.join(counted(report.rows))}."),
            _clauses(report),
            heading(2, "Answers"),
            _answers(report),
            heading(2, "Facts of the school"),
            _facts(report),
            _new_facts(report),
            heading(2, "Every word that differs"),
            element("p", f"{proof_in_words(report)}."),
            _differences(report),
        )
    )
    main = element("main", body, id="main_content")
    return page(
        title=f"{report.file} and {report.policy}",
        description="An existing policy held against a model policy",
        class_="fleet",
        body=[main],
        style=theme("fleet.css"),
    )


def _clauses(report: MatchReport) -> Markup:
    rows = [
        (
            report.place(row) or _NONE,
            _found(row),
            row.clause or _NONE,
            done_in_words(row),
            report.words(row) if row.lines else _NONE,
            _NONE if row.state == "same" and row.done != "value" else row.model or _NONE,
        )
        for row in report.rows
    ]
    head = ("Place", "Found", "Clause", "What becomes of it", "Your file", "The model")
    return _table("In the order of your file", head, rows)


def _found(row: Row) -> str:
    if row.state == "changed" and row.likeness:
        return f"{STATES[row.state]}, {row.likeness:.0%} alike"
    return STATES[row.state]


def _answers(report: MatchReport) -> Markup:
    rows = [
        (row.ask, row.answer, row.because or "nothing that another answer would bring stands there")
        for row in report.answers
    ]
    rows += [(ask, _NONE, "not found: to be answered") for _, ask in report.open_questions]
    return _table("What your file answers", ("Question", "Answer", "Because your file says"), rows)


def _facts(report: MatchReport) -> Markup:
    rows = [(fact.name, fact.says, fact.now or _NONE, str(fact.places)) for fact in report.facts]
    head = ("Fact", "Your file says", "school.yaml says", "Places")
    return _table("Where your file says something else than school.yaml", head, rows)


def _new_facts(report: MatchReport) -> Markup:
    if not report.new_facts:
        return Markup("")
    said = "What is right of these, and missing in school.yaml, can be put into it, each below its group:"
    return lines((element("p", said), element("pre", report.new_facts)))


def _differences(report: MatchReport) -> Markup:
    rows = [
        (
            each.place or _NONE,
            each.file or _NONE,
            each.policy or _NONE,
            "elsewhere" if each.moved else _NONE,
        )
        for each in report.proof.differences
    ]
    head = ("Place", "Only in your file", "Only in the policy", "Stands")
    return _table("Your file and the policy as it would be built", head, rows)


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    if not rows:
        return element("p", "None.")
    return text_table(caption, head, rows, _SETTING)
