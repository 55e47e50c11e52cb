"""Slack: what happens there -> turns of the core, replies -> Block Kit. Socket Mode or HTTP."""
