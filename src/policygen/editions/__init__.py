"""A template as written, what differs between two editions of it, and whether every change is explained."""
