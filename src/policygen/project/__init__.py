"""The conductor: knows the order of the steps and nothing else. What the CLI does is one call of these modules."""
