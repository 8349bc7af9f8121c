"""The section language: Jinja, then Markdown, into a tree."""
