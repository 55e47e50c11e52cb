"""One person, several accounts: codes that prove it, and making one learner of two."""
