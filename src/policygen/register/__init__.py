"""A school's frozen record of approved versions: its shapes, its chain of digests, and what follows from them."""
