"""Installing Recap in any number of workspaces: OAuth, the store of their tokens, and renewing these."""
