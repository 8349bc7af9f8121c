"""Forms set tighter, step by step, where they would spill on to another page: by laying them out, not by guessing.

The theme says what each step does (`.fit-1` and so on in theme/forms.css), and that none goes below a readable size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from xml.etree.ElementTree import Element

STEPS = 3
"""How many times a form may be set tighter."""
_MOST_PAGES = 6
"""A form that takes more is set as it is: nobody hands it out as a sheet, and each step is laid out in full."""
_FITS = "fit"
"""The class of a form: of the whole page, or of one section of a policy."""

Pages = Callable[[Element], int]
"""How many pages a document takes."""


def set_to_fit(root: Element, pages: Pages) -> None:
    """Give each form in a document the class of the loosest setting in which it takes the fewest pages."""
    for form in _forms(root):
        step = _loosest(form, _alone(root, form), pages)
        if step:
            _set(form, step)


def _forms(root: Element) -> Iterator[Element]:
    for node in root.iter():
        if _FITS in node.get("class", "").split():
            yield node


def _loosest(form: Element, alone: Callable[[Element], Element], pages: Pages) -> int:
    """The first step with as few pages as the last one has."""

    def taken(step: int) -> int:
        tried = deepcopy(form)
        _set(tried, step)
        return pages(alone(tried))

    loose = taken(0)
    if loose == 1 or loose > _MOST_PAGES:
        return 0
    fewest = taken(STEPS)
    if fewest == loose:
        return 0
    for step in range(1, STEPS):
        if taken(step) == fewest:
            return step
    return STEPS


def _set(form: Element, step: int) -> None:
    if step:
        form.set("class", f"{form.get('class')} {_FITS}-{step}")


def _alone(root: Element, form: Element) -> Callable[[Element], Element]:
    """A form by itself as a document: where it begins on a page of its own, nothing around it takes part."""

    def page(tried: Element) -> Element:
        made = Element(root.tag, root.attrib)
        for part in root:
            if part is form:
                made.append(tried)
            elif part.tag == "body":
                body = Element("body", part.attrib)
                body.append(tried)
                made.append(body)
            else:
                made.append(part)
        return made

    return page
