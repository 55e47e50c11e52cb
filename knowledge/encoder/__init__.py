"""Recap's own sentence encoder: a table of token vectors, read with NumPy in any process."""
