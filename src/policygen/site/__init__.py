"""The website: pages around approved copies, each a pure function of what was frozen."""
