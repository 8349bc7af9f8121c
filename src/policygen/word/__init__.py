"""Word files of ours: a document as .docx, a redline with tracked changes, and a file of ours read back."""
