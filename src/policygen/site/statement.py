"""The accessibility statement of a school's policy site."""

from __future__ import annotations

from policygen.ground.dates import printed_day
from policygen.html.elements import element, escape, heading, lines
from policygen.html.page import MAIN
from policygen.site.frame import STATEMENT, SitePage, paper_copy
from policygen.site.parts import link_list
from policygen.site.shelf import Shelf

_CAN = (
    "use every page with a keyboard alone, or with a screen reader",
    "enlarge the text to 400% without scrolling sideways",
    "choose light or dark colours, or colours of your own, in your browser or system",
    "link to any numbered rule",
    "print any page, or take the PDF, which is tagged and has bookmarks",
)
_KNOWN = (
    "Wide tables scroll sideways on a small screen.",
    "In pages that show what changed, a picture is given by its description.",
    "Versions that are no longer in force are kept as they were approved; they are not mended afterwards.",
    "Forms are made to be printed and signed by hand. The office can take your answer in another way.",
)
_STANDARD = (
    "The pages are made to meet the Web Content Accessibility Guidelines (WCAG) 2.2, level AA. "
    "The PDFs are made to PDF/UA-1."
)
_ASK = "Ask there, too, for large print, Easy Read or another language, or to report a problem."
_TESTED = (
    "The program that makes these pages is tested: pages of each kind against WCAG 2.2 AA by machine, at the width of "
    "a phone and of a desktop, in light and dark colours, and their order with a keyboard and for a screen reader."
)


def statement_page(shelf: Shelf) -> SitePage:
    """What was done so that everybody can read the policies, what is known to be missing, and whom to ask."""
    advice = element(
        "a",
        "Equality Advisory and Support Service",
        href="https://www.equalityadvisoryservice.com/",
    )
    day = (
        f"It belongs to the pages as they were last changed, on {printed_day(shelf.updated)}."
        if shelf.updated
        else ""
    )
    main = (
        heading(1, "Accessibility statement"),
        element(
            "p",
            f"This statement is about the policy pages of {escape(shelf.name)}. You should be able to:",
        ),
        link_list(map(escape, _CAN), "items bullet"),
        heading(2, "How accessible these pages are"),
        element("p", _STANDARD),
        heading(2, "What we know of"),
        link_list(map(escape, _KNOWN), "items bullet"),
        heading(2, "If you need something else"),
        element("p", paper_copy(shelf), " ", _ASK),
        element("p", "If you are not happy with the answer, the ", advice, " can advise you."),
        heading(2, "How this was tested"),
        element("p", escape(_TESTED)),
        element("p", day) if day else "",
    )
    return SitePage(
        STATEMENT,
        f"Accessibility statement – {shelf.name}",
        f"How accessible the policy pages of {shelf.name} are, and whom to ask for another form",
        (element("main", "\n", lines(main), "\n", id=MAIN, class_="text-page"),),
    )
