"""The page on which a school answers a policy's questions: fields with labels, hints and errors, the draft beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from markupsafe import Markup

from policygen.ground.resources import theme
from policygen.html.elements import block, element, finished
from policygen.html.page import MAIN, page
from policygen.html.preview import without_policy
from policygen.html.templates import filled

SCRIPT = "asking.js"
FieldKind: TypeAlias = Literal["one", "any", "line", "lines"]
"""One of several is chosen, any of several, one line is typed, or several."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen."""

    value: str
    words: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One question with what stands in it."""

    id: str
    key: str
    seen: str
    """The answer that was there when the page was made."""
    ask: str
    kind: FieldKind
    open: bool
    hints: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    """The paragraphs of the clause about which is decided."""
    options: tuple[Choice, ...] = ()
    value: str = ""
    suggested: tuple[Choice, ...] = ()
    error: str = ""
    doubtful: bool = False
    """Whether somebody may say that the answer is meant all the same."""

    @property
    def control(self) -> str:
        """The id of what is filled in first."""
        return f"{self.id}-1"

    @property
    def described(self) -> str:
        """The ids of what describes it."""
        has_hint = self.hints or self.clause
        parts = (
            f"{self.id}-hint" if has_hint else "",
            f"{self.id}-error" if self.error else "",
        )
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of one kind."""

    id: str
    title: str
    about: str
    fields: tuple[Field, ...]


def asking_html(
    title: str,
    school: str,
    groups: Sequence[Group],
    left: str,
    ending: str,
    *,
    notice: str = "",
    draft: bool,
) -> str:
    """The whole page. `left` says what is open, `ending` what comes after, `notice` what has happened."""
    errors = tuple(each for group in groups for each in group.fields if each.error)
    body = filled(
        "asking_page",
        title=title,
        school=school,
        groups=groups,
        errors=errors,
        left=left,
        ending=ending,
        notice=notice,
        draft=draft,
        control=_control,
    )
    parts = [block("main", body, id=MAIN, class_="asked")]
    if draft:
        frame = element("iframe", "", src="draft", title="The draft as it is now")
        parts.append(block("aside", frame, class_="beside", aria_label="Draft"))
    said = "Error: " if errors else ""
    body_parts = [
        finished('<p id="said" class="unseen" role="status"></p>'),
        block("div", Markup("\n").join(parts), class_="two" if draft else "one"),
    ]
    return _page(f"{said}{title} – {school}", body_parts)


def done_html(said: str) -> str:
    """The last page."""
    body = block("main", filled("asking_done", said=said), id=MAIN, class_="asked")
    return _page(said, [body], script=False)


def _control(field: Field) -> Markup:
    about = filled("asking_about", each=field)
    return filled("asking_control", each=field, about=about)


def _page(title: str, body: Sequence[str], *, script: bool = True) -> str:
    made = page(
        title=title,
        description="Questions of a model policy",
        class_="asking",
        style=theme("asking.css"),
        body=body,
    )
    run = f'<script src="{SCRIPT}" defer></script>\n</body>' if script else "</body>"
    return without_policy(made).replace("</body>", run, 1)
