"""Pages of a document, for the screen and for paper."""
