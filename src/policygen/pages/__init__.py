"""Products of a document: HTML, PDF, plain text."""
