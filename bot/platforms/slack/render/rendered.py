"""A message as Slack takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.platforms.hosted.render.attached import Attached
from bot.platforms.slack.render.checks import of_message
from bot.platforms.slack.render.fingerprint import fingerprint_of
from bot.platforms.slack.render.rich import Block


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message."""

    text: str
    """What notifications and readers that show no blocks tell; escaped, at most 4000 characters."""
    blocks: tuple[Block, ...] = ()
    files: tuple[Attached, ...] = ()
    """What is uploaded with it."""
    flows: bool = False
    """An answer, which may be shown piece by piece where it comes in a thread."""

    def payload(self, *, update: bool = False) -> dict[str, Any]:
        """Arguments of `chat.postMessage`, or of `chat.update`, `chat.postEphemeral` and response URLs.

        It sets everything, so that it can also replace what a message showed before. Nobody is called but
        who stands in `blocks` as a user; no address is unfurled.
        """
        shown = {"text": self.text, "blocks": list(self.blocks), "link_names": False, "parse": "none"}
        return shown if update else {**shown, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}

    def fingerprint(self) -> str:
        """The same for every message that shows the same; see `fingerprint_of`."""
        names = [{"name": file.name} for file in self.files]
        return fingerprint_of({"text": self.text, "blocks": self.blocks, "files": names})

    def violations(self) -> list[str]:
        """Which of Slack's limits it breaks; empty for whatever `render` gives."""
        return of_message(self.text, self.blocks, self.files)
