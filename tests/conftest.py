"""What every test shares."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every machine and every day: a failure can be had again by anyone.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
# To look further than that: `pytest --hypothesis-profile=search`.
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile("steady")
