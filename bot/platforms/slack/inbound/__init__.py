"""What comes in from Slack: commands, presses, forms, shortcuts, messages -> turns of the core.

Everything is acknowledged on Slack's loop before any work is done, then waits in the line of its place
(`Turns`), is carried out in a thread and answered through the replies.
"""

from __future__ import annotations

from bot.platforms.slack.inbound.inbound import Inbound
from bot.platforms.slack.inbound.turns import Turns

__all__ = ["Inbound", "Turns"]
