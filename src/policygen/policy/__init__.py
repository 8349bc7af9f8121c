"""What a model policy, a school and an adopted policy are: pure functions over frozen values."""
