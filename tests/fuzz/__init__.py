"""Fuzzing by coverage: `python -m tests.fuzz TARGET [--minutes N]`. What it found is kept in `found/` and replayed by tests."""
