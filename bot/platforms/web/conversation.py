"""Takes what a person does in the page: stored, done once, answered, told to every open page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from bot.core.language import locale_language
from bot.core.reply import Action
from bot.core.turn import Line, Person, Press, Turn, Where
from bot.platforms.web.errors import WebError
from bot.platforms.web.history import Exchange, History, Message
from bot.platforms.web.seam import ChatCore
from bot.platforms.web.streams import Streams
from bot.platforms.web.threads import Threads

PLATFORM = "web"
AT_ONCE = 4
"""Turns of one person in work at the same time; further ones wait."""

_CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True, slots=True)
class Request:
    """What the page asks for: a line of text, or a press of a button under a message."""

    client_id: str
    text: str = ""
    action: str | None = None
    message_id: int | None = None
    """The message that carries the button; None: the welcome."""
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, data: Mapping[str, Any], most: int) -> Request:
        """From the page's JSON; WebError where it isn't one or is longer than `most` characters."""
        client_id, text, press = data.get("id"), data.get("text"), data.get("press")
        if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
            raise WebError
        if isinstance(press, dict):
            return cls._press(client_id, press, most)
        if not isinstance(text, str):
            raise WebError
        text = _clean(text, most)
        if not text:
            raise WebError("web.error.empty")
        return cls(client_id, text)

    @classmethod
    def _press(cls, client_id: str, press: Mapping[str, Any], most: int) -> Request:
        action, message_id, fields = press.get("action"), press.get("message"), press.get("fields") or {}
        if not isinstance(action, str) or not (message_id is None or _is_id(message_id)):
            raise WebError
        if not isinstance(fields, dict) or not all(
            isinstance(name, str) and isinstance(value, str) for name, value in fields.items()
        ):
            raise WebError
        given = {name: _clean(value, most) for name, value in fields.items()}
        return cls(client_id, action=action, message_id=message_id, fields=given)


class Conversation:
    """The turns of all persons. Lives on the server's event loop; the work runs in threads."""

    def __init__(self, core: ChatCore, history: History, streams: Streams, threads: Threads) -> None:
        self._core = core
        self._history = history
        self._streams = streams
        self._threads = threads
        self._running: dict[tuple[str, str], asyncio.Task[Exchange]] = {}
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def take(self, person: Person, place: str, request: Request) -> Exchange:
        """Does a request and gives what was said with its reply.

        The same request again, at the same time or later, gives the same reply and does nothing twice.
        """
        key = (place, request.client_id)
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._take(person, place, request), name=f"turn {request.client_id}")
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        # Whoever asked may leave; the turn is carried out all the same.
        return await asyncio.shield(task)

    async def finish(self, seconds: float) -> None:
        """Waits for the turns in work."""
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=seconds)

    async def _take(self, person: Person, place: str, request: Request) -> Exchange:
        exchange, action = await self._threads.quick(self._begin, person, place, request)
        if not exchange.new and exchange.reply.state == "told":
            return exchange
        self._streams.wake(place)
        gate = self._gates.setdefault(place, asyncio.Semaphore(AT_ONCE))
        async with gate:
            reply = await self._threads.slow(self._work, person, place, request, action, exchange)
        self._streams.wake(place)
        return Exchange(exchange.said, reply, exchange.new)

    def _begin(self, person: Person, place: str, request: Request) -> tuple[Exchange, Action | None]:
        action, text, via = None, request.text, None
        if request.action is not None:
            known = self._history.exchange(place, request.client_id)
            if known is not None and known.reply.state == "told":
                return known, None  # its message may have been edited since, its button gone
            action = self._action(person, place, request.action, request.message_id)
            _check(action, request.fields)
            text, via = _spoken(action, request.fields), action.label
        exchange = self._history.begin(place, request.client_id, text, via, locale_language(person.locale))
        if exchange.reply.state == "interrupted":
            self._history.resume(place, exchange.reply.id)
        return exchange, action

    def _work(
        self, person: Person, place: str, request: Request, action: Action | None, exchange: Exchange
    ) -> Message:
        did = Press(action.id, request.fields) if action else Line(request.text)
        turn = Turn(PLATFORM, person, place, str(exchange.reply.id), did)
        reply = self._core.dispatch(turn)
        if action is not None and request.message_id is not None and reply.tone != "error":
            self._history.press(place, request.message_id, action.id)
        return self._history.fill(place, exchange.reply.id, reply)

    def _action(self, person: Person, place: str, action_id: str, message_id: int | None) -> Action:
        """The button as Recap offered it: only what was offered can be pressed."""
        if message_id is None:
            reply = self._core.welcome(person, Where(PLATFORM, place))
        else:
            message = self._history.message(place, message_id)
            if message is None or message.reply is None:
                raise WebError("web.error.button_gone", status=409)
            reply = message.reply
        for action in reply.actions:
            if action.id == action_id:
                return action
        raise WebError("web.error.button_gone", status=409)


def _check(action: Action, fields: Mapping[str, str]) -> None:
    known = {one.name: one for one in action.fields}
    for name in fields:
        if name not in known:
            raise WebError("web.error.field", field=name[:40])
    for one in action.fields:
        value = fields.get(one.name, "")
        choices = {choice for choice, _ in one.choices}
        if (one.required and not value) or (value and choices and value not in choices):
            raise WebError("web.error.field", field=one.label)


def _spoken(action: Action, fields: Mapping[str, str]) -> str:
    """A press as words of the learner: a lone field is what they wrote, several are listed."""
    labels = [
        (one.label, dict(one.choices).get(fields.get(one.name, ""), fields.get(one.name, "")))
        for one in action.fields
    ]
    if len(labels) == 1:
        return labels[0][1]
    return "\n".join(f"{label}: {value}" for label, value in labels if value)


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value < 2**31


def _clean(text: str, most: int) -> str:
    if len(text) > most:
        raise WebError("web.error.too_long", status=413, most=most)
    # Lone surrogates and NUL are valid JSON, but no database takes them.
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return text.replace("\r\n", "\n").strip()
