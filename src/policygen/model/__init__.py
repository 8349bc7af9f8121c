"""What people write, as typed values: a model policy, a school, an adoption; and what was read, held together."""
