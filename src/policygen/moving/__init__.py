"""Moving in: what files of other programs hold, and a policy in our language made of it."""
