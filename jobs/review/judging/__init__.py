"""Judging what a learner answered in their own words (`judge`) against what the notes say."""
