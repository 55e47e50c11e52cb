"""What Slack allows where its published schemas are silent, and where they are needed without them."""

from __future__ import annotations

from datetime import timedelta

ACK = timedelta(seconds=3)
TRIGGER = timedelta(seconds=3)
URL_USES = 5
URL_LIFE = timedelta(minutes=30)
CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=12)
TICKET_LIFE = timedelta(seconds=30)
RETRIES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
"""When an event comes again that was not acknowledged."""

MESSAGE_TEXT = 40_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MARKDOWN_TOTAL = 12_000
BLOCKS_TOTAL = 13_200
"""Characters of a message's blocks as JSON. Slack doesn't tell its limit; it was met at about this."""
PRIVATE_METADATA = 3000
METADATA_BYTES = 15_000
CALLBACK_ID = 255
TITLE = 24
MODALS = 3
PROMPTS = 4
STREAMED_TEXT = 12_000
UPLOAD_BYTES = 2**30
FILES_OF_A_MESSAGE = 10
PAGE = 200

TIERS = {"Tier1": 1, "Tier2": 20, "Tier3": 50, "Tier4": 100}
"""Requests a minute, for each method and workspace."""
POSTS_OF_A_CHANNEL = 60
AUTH_TESTS = 600
