"""Hostile and faulty inputs through every door, and one way to run them: `python -m tests.hostile`."""
