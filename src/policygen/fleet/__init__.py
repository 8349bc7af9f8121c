"""Which school has which edition, and who still publishes a clause."""
