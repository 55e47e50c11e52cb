"""What comes in from Discord: commands, presses, forms, completions, messages, servers -> turns of the core.

Everything is acknowledged on the client's loop before any work is done, then waits in the line of its place
(`lanes`), is carried out in a thread (`threads`) and answered through `Replies`.
"""

from __future__ import annotations

from bot.platforms.discord.inbound.inbound import Inbound

__all__ = ["Inbound"]
