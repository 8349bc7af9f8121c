"""HTML to tagged PDF, and the PDF read back and held against its document."""
