"""The only modules that touch files and processes."""
