"""Model policies into each school's own: checked, numbered, accessible HTML and PDF."""

__version__ = "0.1.0"
