"""How Sphinx makes a website of the Markdown files of `docs/`: `python3 build.py docs`."""

from __future__ import annotations

from sphinx.application import Sphinx

project = "policygen"
author = "the policygen authors"
language = "en_GB"
extensions = ["myst_parser"]
exclude_patterns = ["site", "images/*.py"]

nitpicky = True
"""A link that leads nowhere stops the build."""
myst_heading_anchors = 4

html_theme = "furo"
html_title = "policygen"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#1d3f6e",
        "color-brand-content": "#1d3f6e",
        "color-brand-visited": "#5a2d6e",
    },
    "dark_css_variables": {
        "color-brand-primary": "#9cc3f5",
        "color-brand-content": "#9cc3f5",
        "color-brand-visited": "#d3a8ea",
    },
}


def setup(app: Sphinx) -> None:
    """What Sphinx calls. After Furo, which makes the navigation."""
    app.connect("html-page-context", _mend, priority=900)


_MENDED = {
    # A block that may scroll sideways can be reached with the keyboard.
    "body": {
        "<pre>": '<pre tabindex="0">',
        '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    },
    # A heading has a level.
    "furo_navigation_tree": {'role="heading"': 'role="heading" aria-level="2"'},
}


def _mend(
    _app: Sphinx, _page: str, _template: str, context: dict[str, object], _doctree: object
) -> None:
    for name, changes in _MENDED.items():
        html = str(context.get(name, ""))
        for written, meant in changes.items():
            html = html.replace(written, meant)
        context[name] = html
