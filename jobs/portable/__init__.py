"""What leaves Recap for other programs, and what comes from them: CSV, Anki."""
