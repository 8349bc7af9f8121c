"""Two editions and a school's changes, brought together by id."""
