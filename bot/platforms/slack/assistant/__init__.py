"""The assistant pane: conversations beside whatever a person looks at, with prompts, status and title."""
