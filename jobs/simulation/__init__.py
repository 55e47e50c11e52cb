"""A group of learners on a virtual clock: the real review loop, months of it in minutes."""
