"""Keeps the libraries' logs to what helps.

Bolt explains at length what it doesn't understand, and slack_sdk puts each request together for a log
that nobody keeps. What Bolt has to tell comes through `app.failed` and `authorization`, in one line each.
"""

from __future__ import annotations

import logging

BOLT = logging.getLogger("slack_bolt")
SDK = logging.getLogger("slack_sdk")


def tame() -> None:
    """Sets it up. Idempotent."""
    # Both compare a logger's own level, so one that inherits it would count as the most talkative.
    BOLT.setLevel(logging.CRITICAL)
    for name in ("slack_sdk", "slack_sdk.web.async_client", "slack_sdk.web.async_base_client"):
        logging.getLogger(name).setLevel(logging.WARNING)
