"""The review loop: cards, the ladder, studies, attempts."""
