"""Forms that are opened before something is done.

A view is only sent; nobody waits for it in memory. What is submitted, whenever, is told by the view.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from bot.core import catalogue
from bot.core.asking import asking
from bot.core.forms import Form, blank
from bot.core.language import locale_language
from bot.core.turn import Call, Press, Turn
from bot.platforms.slack.inbound.cached import AWAY
from bot.platforms.slack.inbound.origins import Origin
from bot.platforms.slack.inbound.turns import Did, Turns
from bot.platforms.slack.places import PLATFORM
from bot.platforms.slack.render import modal
from bot.platforms.slack.seam import Clients, SlackCore, Source
from knowledge.notes import Language
from knowledge.reader import SUFFIXES

log = logging.getLogger(__name__)

PATIENCE = 1.5
"""Seconds after which a form is shown without what stands in it: Slack waits for three."""
UPLOAD = "notes?action=upload"
"""The action behind the form that takes files."""

T = TypeVar("T")
Made = tuple[Form | None, Language]


class Modals:
    """Opens forms; each method tells whether there is one now. Lives on Slack's loop."""

    def __init__(self, core: SlackCore, turns: Turns, clients: Clients, patience: float = PATIENCE) -> None:
        self._core = core
        self._turns = turns
        self._clients = clients
        self._patience = patience

    async def press(self, source: Source, origin: Origin, action: str, trigger: str) -> bool:
        """The form of an action, as things stand for that person. False as well where the core has none."""

        def make(turn: Turn) -> Made:
            return self._core.form(turn), self._core.language(PLATFORM, turn.person)

        plain = self._language(source)
        unfilled = blank(action, plain), plain
        form, language = await self._made(source, origin, Press(action), make, unfilled)
        if form is None:
            return False
        return await self._open(source.team, modal(action, form, language, source), trigger)

    async def ask(self, source: Source, origin: Origin, call: Call, trigger: str) -> bool:
        """The form for what a command was typed without."""

        def make(turn: Turn) -> Made:
            language = self._core.language(PLATFORM, turn.person)
            return asking(call, language, lambda name: self._core.choices(turn, name)), language

        plain = self._language(source)
        unfilled = asking(call, plain, lambda name: ()), plain
        form, language = await self._made(source, origin, call, make, unfilled)
        if form is None:
            return False
        return await self._open(source.team, modal(call.command, form, language, source), trigger)

    async def upload(self, source: Source, origin: Origin, trigger: str) -> bool:
        """The form that takes files. False for who may not add notes: the core tells them."""

        def make(turn: Turn) -> tuple[bool, Language]:
            return turn.person.is_admin, self._core.language(PLATFORM, turn.person)

        call, unknown = Call("notes", {"action": "upload"}), (False, self._language(source))
        may, language = await self._made(source, origin, call, make, unknown)
        if not may:
            return False
        lead = catalogue.say(language, "slack.upload.lead", suffixes=" ".join(SUFFIXES))
        form = Form(catalogue.label(language, "slack.upload.title"), (), lead)
        view = modal(UPLOAD, form, language, source, uploads=True)
        return await self._open(source.team, view, trigger)

    def _language(self, source: Source) -> Language:
        return locale_language(self._turns.people.locale(source.team, source.user))

    async def _made(
        self, source: Source, origin: Origin, did: Did, make: Callable[[Turn], T], otherwise: T
    ) -> T:
        """What the core makes of it in time, else what can be had without it."""
        try:
            async with asyncio.timeout(self._patience):
                person = await self._turns.people.person(source.team, source.user)
                turn = Turn(PLATFORM, person, str(origin.place), "", did, origin.within, origin.shared)
                return await self._turns.threads.quick(self._patience, make, turn)
        except TimeoutError:
            log.warning("a form took longer than %.1f s: it is shown without its values", self._patience)
        except Exception:
            log.exception("a form could not be filled: it is shown without its values")
        return otherwise

    async def _open(self, team: str, view: dict[str, Any], trigger: str) -> bool:
        try:
            client = await self._clients.of(team)
            await client.views_open(trigger_id=trigger, view=view)
        except AWAY as error:
            log.warning("a form can't be opened on Slack: %s", error)
            return False
        return True
