"""Replies that nobody has to remember: they live as long as the test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import discord

from bot.core.reply import Action, Reply
from bot.platforms.discord.inbound.seam import Ref, Source

STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}


@dataclass(eq=False)
class PlainRef:
    number: int
    source: Source
    private: bool

    def __str__(self) -> str:
        return str(self.number)


@dataclass
class PlainReplies:
    """Implements `bot.platforms.discord.inbound.seam.Replies`; `told` are the replies in their order."""

    refs: list[PlainRef] = field(default_factory=list)
    told: list[tuple[PlainRef, Reply]] = field(default_factory=list)
    lost: list[PlainRef] = field(default_factory=list)
    failure: Exception | None = None
    _taken: set[int] = field(default_factory=set)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def open(self, source: Source, *, private: bool) -> PlainRef | None:
        if self.failure is not None:
            raise self.failure
        if source.id in self._taken:
            return None
        self._taken.add(source.id)
        ref = PlainRef(next(self._numbers), source, private)
        self.refs.append(ref)
        return ref

    async def unacknowledged(self, ref: Ref) -> None:
        assert isinstance(ref, PlainRef)
        self.lost.append(ref)

    async def fill(self, ref: Ref, reply: Reply) -> None:
        assert isinstance(ref, PlainRef)
        self.told.append((ref, reply))
        content, view = reply.text[:2000], buttons(reply.actions)
        source = ref.source
        if isinstance(source, discord.Message):
            await source.reply(content, view=view)
        elif ref in self.lost:
            await source.channel.send(content, view=view)  # type: ignore[union-attr]
        elif source.type is discord.InteractionType.application_command:
            await source.edit_original_response(content=content, view=view)
        else:
            await source.followup.send(content, view=view, ephemeral=ref.private or reply.private)


def buttons(actions: tuple[Action, ...]) -> discord.ui.View:
    """The actions as buttons that discord.py doesn't wait for."""
    view = discord.ui.View(timeout=None)
    for action in actions[:25]:
        view.add_item(
            discord.ui.Button(label=action.label[:80], custom_id=action.id, style=STYLES[action.style])
        )
    view.stop()
    return view
