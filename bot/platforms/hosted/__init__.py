"""What the platforms share whose servers are not ours: Discord and Slack. Nothing here knows either."""
