"""Forms set tighter, step by step, where they would spill on to another page; laid out where words alone do not tell.

The theme says what each step does (`.fit-1` and so on in theme/forms.css), and that none goes below a readable size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Generic, TypeVar
from xml.etree.ElementTree import Element

from policygen.pdf.height import pages_needed

STEPS = 3
"""How many times a form may be set tighter."""
_MOST_PAGES = 6
"""A form that takes more is set as it is: nobody hands it out as a sheet, and each step is laid out in full."""
_FITS = "fit"
"""The class of a form: of the whole page, or of one section of a policy."""
_SURELY_ONE, _SURELY_MORE = 0.93, 1.06
"""Of how many pages by its words a form is not laid out to see whether it takes one or more."""

Laid = TypeVar("Laid")
LayOut = Callable[[Element], Laid]
Pages = Callable[[Laid, Element], int]
"""On how many pages of a document an element of it stands."""


def laid_out_to_fit(
    root: Element, lay_out: LayOut[Laid], try_out: LayOut[Laid], pages: Pages[Laid]
) -> Laid:
    """A document laid out with each form in the loosest setting in which it takes the fewest pages.

    `try_out` lays out a form by itself, of which only the pages are counted.
    """
    forms = [_Form(root, form, lay_out, try_out, pages) for form in _forms(root)]

    def whole() -> Laid:
        tries = [form.tries[form.step] for form in forms if form.is_tried]
        return tries[0] if tries else lay_out(root)

    for form in forms:
        form.set(form.likely())
    laid_out = whole()
    untried = [form for form in forms if not form.is_tried]
    spilt = [form for form in untried if pages(laid_out, form.element) > form.expected]
    moved = [form for form in spilt if form.set(form.loosest())]
    return whole() if moved else laid_out


def _forms(root: Element) -> Iterator[Element]:
    for node in root.iter():
        if _FITS in node.get("class", "").split():
            yield node


class _Form(Generic[Laid]):
    """A form of a document, set one way or another."""

    def __init__(
        self,
        root: Element,
        element: Element,
        lay_out: LayOut[Laid],
        try_out: LayOut[Laid],
        pages: Pages[Laid],
    ) -> None:
        self.element, self.step = element, 0
        self.tries: dict[int, Laid] = {}
        """Of a form that is all of the document: one of them is what it looks like in the end."""
        self._root, self._pages = root, pages
        self._is_whole = element.tag == "body"
        self._lay_out = lay_out if self._is_whole else try_out
        self._class = element.get("class", "")
        self._taken: dict[int, int] = {}

    @property
    def is_tried(self) -> bool:
        """Whether a try, as it is set now, is all of the document."""
        return self.step in self.tries

    @property
    def expected(self) -> int:
        """How many pages it should take as it is set."""
        return self._taken.get(self.step, 1)

    def set(self, step: int) -> bool:
        """Set it as tight as a step says. Returns whether it was not."""
        before, self.step = self.step, step
        self.element.set("class", self._class_of(step))
        return step != before

    def likely(self) -> int:
        """The first step in which it goes on a page; where none does, the first with as few as the last one has."""
        for step in range(STEPS + 1):
            needed = pages_needed(self.element, step)
            if needed < _SURELY_ONE or (needed < _SURELY_MORE and self._try(step) == 1):
                return step
        return self.loosest()

    def loosest(self) -> int:
        """The first step with as few pages as the last one has."""
        if pages_needed(self.element, 0) > _MOST_PAGES:
            return 0
        fewest = self._try(STEPS)
        for step in range(STEPS):
            may = pages_needed(self.element, step) < fewest * _SURELY_MORE
            if may and self._try(step) == fewest:
                return step
        return STEPS

    def _try(self, step: int) -> int:
        """How many pages it takes at a step, by itself."""
        if step not in self._taken:
            tried = deepcopy(self.element)
            tried.set("class", self._class_of(step))
            laid_out = self._lay_out(self._alone(tried))
            self._taken[step] = self._pages(laid_out, tried)
            if self._is_whole:
                self.tries[step] = laid_out
        return self._taken[step]

    def _class_of(self, step: int) -> str:
        return f"{self._class} {_FITS}-{step}" if step else self._class

    def _alone(self, tried: Element) -> Element:
        """It by itself as a document: where it begins on a page of its own, nothing around it takes part."""
        made = Element(self._root.tag, self._root.attrib)
        for part in self._root:
            if part is self.element:
                made.append(tried)
            elif part.tag == "body":
                body = Element("body", part.attrib)
                body.append(tried)
                made.append(body)
            else:
                made.append(part)
        return made
