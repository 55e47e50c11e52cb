"""Answers that are shown piece by piece, as Slack's own assistants do.

A piece is a block, not Markdown: nothing of a note is interpreted, and in the end there stands what an
ordinary message would have shown. Slack keeps metadata with whole messages only; until then the id of its
first block tells which message it is, so that who finds it half said after a crash goes on with it.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.platforms.slack.failures import Later, NoChannel, NotAllowed, Refused
from bot.platforms.slack.render import OWN, Rendered
from bot.platforms.slack.render.rich import Block
from bot.platforms.slack.rest import Rest, Spot
from knowledge.clock import Clock

log = logging.getLogger(__name__)

MOST_PIECES = 8
MOST_BLOCKS = 40
"""Of the words of a message whose rich text is taken apart; Slack takes 50."""
BUDGET = 15
"""Streams that a workspace begins in a minute; Slack promises 20 (tier 2), and more would only wait."""
MINUTE = timedelta(minutes=1)
WITHOUT = timedelta(hours=1)
"""How long a workspace is left alone that doesn't take them."""
_CONTROLS = ("actions", "context_actions")


def mark(reference: int, part: int) -> str:
    """The `block_id` by which a message that isn't whole is known again."""
    return f"{OWN}flow:{reference}.{part}"


def is_marked(message: Mapping[str, Any], wanted: str) -> bool:
    """Whether a message is the one of that mark."""
    return any(block.get("block_id") == wanted for block in message.get("blocks") or ())


class Streams:
    """Lives on Slack's loop."""

    def __init__(self, rest: Rest, clock: Clock) -> None:
        self._rest = rest
        self._clock = clock
        self._begun: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._without: dict[str, datetime] = {}

    async def say(
        self, spot: Spot, message: Rendered, marked: str, payload: Mapping[str, Any], user: str | None
    ) -> tuple[str, bool] | None:
        """Says a message piece by piece: its `ts`, and whether it stands there whole.

        None: it can't be said in that way, and nothing was said. `Later`: nobody knows how far it came.
        """
        pieces, controls = _apart(message)
        if not (message.flows and spot.thread and len(pieces) > 1 and self._may(spot.team)):
            return None
        pieces[0] = [{**pieces[0][0], "block_id": marked}, *pieces[0][1:]]
        try:
            ts = await self._rest.start_stream(spot, pieces[0], user)
        except Refused as refused:
            log.info("an answer is not streamed: %s", refused)
            if not isinstance(refused, NotAllowed | NoChannel):
                self._without[spot.team] = self._clock.now() + WITHOUT
            return None
        except Later as later:
            if not later.retry_in:
                raise
            return None  # an ordinary message is under another limit
        try:
            for piece in pieces[1:]:
                await self._rest.append_stream(spot, ts, piece)
            await self._rest.stop_stream(spot, ts, controls, payload)
        except Refused as refused:
            log.warning("a streamed answer breaks off: %s", refused)
            await self.end(spot, ts)
            return ts, False
        return ts, True

    async def end(self, spot: Spot, ts: str) -> None:
        """Leaves a message as it is, so that it can be edited like any other."""
        try:
            await self._rest.stop_stream(spot, ts, (), None)
        except Refused as refused:
            log.info("a stream had ended: %s", refused)

    def _may(self, team: str) -> bool:
        now, begun = self._clock.now(), self._begun[team]
        if now < self._without.get(team, now):
            return False
        while begun and now - begun[0] > MINUTE:
            begun.popleft()
        if len(begun) >= BUDGET:
            return False
        begun.append(now)
        return True


def _apart(message: Rendered) -> tuple[list[list[Block]], list[Block]]:
    """The words of a message as pieces, and the controls below them."""
    controls = [block for block in message.blocks if block["type"] in _CONTROLS]
    words = [block for block in message.blocks if block["type"] not in _CONTROLS]
    split = [part for block in words for part in _elements(block)]
    blocks = split if len(split) <= MOST_BLOCKS else words
    size = max(1, -(-len(blocks) // MOST_PIECES))
    return [list(blocks[at : at + size]) for at in range(0, len(blocks), size)], controls


def _elements(block: Block) -> Sequence[Block]:
    if block["type"] != "rich_text":
        return (block,)
    return [{"type": "rich_text", "elements": [element]} for element in block["elements"]]
