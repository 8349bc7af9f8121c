"""Outside judges that the tests call: a browser, and the validators that live in `tests/validators`."""
