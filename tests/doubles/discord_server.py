"""A Discord of one's own on the loopback: REST API v10 and gateway, for the unmodified client library.

    with DiscordServer(clock) as server:             # or the fixture `discord_server`
        ada = server.person("Ada", locale="bg")
        guild = server.guild("Study", ada)           # the bot is in it; `guild.system_channel` is #general
        ...                                          # start the bot with token, api_url, gateway_url
        server.connected()
        asked = server.command(ada, guild.system_channel, "ask", {"question": "What is a token?"})
        answer = asked.answered()                    # waits until the answer stands there
        assert "token" in answer.text
        passage = server.press(ada, answer, label="Show passage").answered()
        assert passage.ephemeral and passage not in server.messages(guild.system_channel, as_=bob)

It runs in a thread of its own. A test acts in its own thread: every act returns at once, every wait
(`timeout` in real seconds) ends with the event it waits for, or with an AssertionError. Discord's time
(3 s to answer, 15 min tokens, a nonce's few minutes, ids, timestamps) is the injected clock's; real time
is for sockets only.

Addresses   `api_url` (http://127.0.0.1:PORT/api/v10), `gateway_url` (ws://127.0.0.1:PORT), `token`; `base`.
Building    `person`, `guild`, `text_channel`, `role`, `allow`, `deny`, `set_everyone`, `join`, `leave`, `dm`,
            `create_thread`, `add_to_guild`, `remove_from_guild`, `guild_outage`, `close_dms`, `open_dms`,
            `archive`, `delete_channel`, `delete_message` (places.py). `app` is the application as its owner
            set it up: `app.message_content = False` takes the privileged intent away (asked for: 4014).
Acting      `command`, `autocomplete`, `context_menu`, `press`, `choose`, `submit`, `say`, `edit`,
            `redeliver` (acting.py). They raise `CannotDo` for what Discord's client wouldn't offer: a
            greyed-out button, a wrong option, a missing command, a message that the person doesn't see.
Interaction `.acknowledged()`, `.answered()`, `.followed_up(n)`, `.updated()` (the message of the button),
            `.form()`, `.choices()` wait and give the result; `.took` real seconds to the first answer,
            `.response` its type, `.messages`, `.late`.
Message     `.content .embeds .components .buttons .attachments .text .pings .ephemeral .loading .edits
            .reply_to .deleted .author .nonce` (world.py).
Seeing      `messages(channel, as_=user)`, `last(channel, as_=user)`, `by_bot(channel)`; waits:
            `said(channel, count)`, `message(channel, containing)`, `wait(predicate)`, `connected()`,
            `disconnected()`, `synced()`, `typed(channel)`, `requested(method, path)`. `commands` are the
            registered ones by name.
Record      `requests` (number, method, path, query, body, files, status, answer), `refusals` (those with a
            status of 400 and more), `gateway.frames` (sent by the client), `gateway.connects`,
            `gateway.closes`, `hub.events` (sent by the double), `hub.sessions`; `unanswered` are the
            interactions that got no answer.
Faults      `faults.once("POST", r"/messages$", 429, retry_after=0.05)`, also 503, `"reset"`,
            `"reset after"`, `"hang"`; `faults.once("*", path, 403, code=50013)`; `served=True`: done all the
            same; `faults.always(...)`, `faults.remove(fault)`, `faults.clear()`; a fault counts its `.hits`;
            `rates.limit("POST", r"/messages$", 2, per=0.2)`, `rates.limit_all(50)`.
Gateway     `drop_gateway()` (closed with a code, or broken off), `ask_to_reconnect()` (op 7),
            `invalidate_sessions()` (op 9), `hold_heartbeats()` (a zombie), `refuse_gateway()`,
            `forget_sessions()`, `redeliver()`; `gateway.heartbeat_ms` is set before a client comes.
Crashes     Requests are numbered from 1. `steps.before(n, kill=pid)`, `steps.after(n, kill=pid)`, or with
            a function to call, which may raise `Stopped` (steps.py): then nothing is answered.
            `next_number` is the number of the next request.
Violations  Every request, and every answer and event of the double's own, is judged by Discord's published
            descriptions where those lie beside the checkout, and always by the limits and sequences that
            they don't hold. What is wrong stands in `violations`; `violations.check()` fails for each that
            nobody expected, and the fixture calls it. `violations.expect("pattern")`, or
            `with violations.expected("pattern"):`. Late answers (10062), expired tokens (50027) and missing
            rights are refusals only, no violations.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from types import TracebackType

from aiohttp import web

from knowledge.clock import Clock, SystemClock
from tests.doubles.discord.acting import Acts
from tests.doubles.discord.desk import Desk, Request
from tests.doubles.discord.gateway import INVALID_SESSION, RECONNECT, Gateway
from tests.doubles.discord.interactions import Interaction, wait_for
from tests.doubles.discord.options import CannotDo, File
from tests.doubles.discord.rest import Rest
from tests.doubles.discord.rights import sees
from tests.doubles.discord.world import Channel, Json, Message, User

__all__ = ["CannotDo", "DiscordServer", "File"]


class DiscordServer(Acts):
    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(Desk(clock or SystemClock()))
        self.clock = self.world.clock
        self.app = self.desk.app
        self.faults = self.desk.faults
        self.steps = self.desk.steps
        self.rates = self.desk.rates
        self.hub = self.desk.hub
        self.violations = self.desk.violations
        self.gateway = Gateway(self.desk)
        self._loop: asyncio.AbstractEventLoop
        self._stopping: asyncio.Event
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="discord-server")
        self._failure: BaseException | None = None

    # Running

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001  raised again where the server is waited for
            self._failure = failure
        finally:
            self._listening.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        application = web.Application(client_max_size=64 * 2**20)
        application.add_routes(self.gateway.routes())
        application.add_routes(Rest(self.desk).routes())
        runner = web.AppRunner(application, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.desk.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._listening.set()
        await self._stopping.wait()
        await runner.cleanup()

    def __enter__(self) -> DiscordServer:
        self._thread.start()
        assert self._listening.wait(10), "the server did not start"
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def stop(self) -> None:
        self.faults.clear()
        with self.world.lock:
            for connection in list(self.gateway.connections):
                connection.abort()
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the server did not stop"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base(self) -> str:
        return self.desk.base

    @property
    def api_url(self) -> str:
        return f"{self.desk.base}/api/v10"

    @property
    def gateway_url(self) -> str:
        return self.desk.base.replace("http://", "ws://")

    @property
    def token(self) -> str:
        return self.app.token

    # Seeing

    @property
    def commands(self) -> dict[str, Json]:
        """The commands registered everywhere, by name."""
        with self.world.lock:
            return {each["name"]: each for each in self.app.commands.get(None, {}).values()}

    @property
    def requests(self) -> list[Request]:
        with self.world.lock:
            return list(self.desk.requests)

    @property
    def refusals(self) -> list[Request]:
        return [each for each in self.requests if (each.status or 0) >= 400]

    @property
    def unanswered(self) -> list[Interaction]:
        """Where people read "the application did not respond", or will."""
        with self.world.lock:
            return [each for each in self.desk.interactions.values() if each.response is None]

    @property
    def next_number(self) -> int:
        with self.world.lock:
            return len(self.desk.requests) + 1

    def messages(self, channel: Channel, as_: User | None = None) -> list[Message]:
        """What stands in a channel, oldest first: as a person sees it, or (None) whoever it is for."""
        with self.world.lock:
            if as_ is not None and not sees(channel, as_):
                return []
            there = [each for each in channel.messages.values() if not each.deleted]
            return [each for each in there if as_ is None or each.only_for in (None, as_)]

    def last(self, channel: Channel, as_: User | None = None) -> Message:
        return self.messages(channel, as_)[-1]

    def by_bot(self, channel: Channel) -> list[Message]:
        return [each for each in self.messages(channel) if each.author is self.bot]

    # Waiting

    def wait(self, true: Callable[[], object], timeout: float = 10, what: str = "it") -> None:
        """Until `true()` holds; asked again after every change here."""
        wait_for(self.world, true, timeout, what)

    def said(self, channel: Channel, count: int = 1, timeout: float = 10) -> list[Message]:
        """Waits until the bot has said so much in a channel, nothing of it "is thinking" any more."""

        def there() -> bool:
            return len([each for each in self.by_bot(channel) if not each.loading]) >= count

        self.wait(there, timeout, f"{count} messages of the bot in {channel.name or 'the conversation'}")
        return self.by_bot(channel)

    def message(self, channel: Channel, containing: str, timeout: float = 10) -> Message:
        """Waits for a message of the bot with this text in it."""

        def found() -> list[Message]:
            return [each for each in self.by_bot(channel) if containing in each.text]

        self.wait(found, timeout, f"a message with {containing!r}")
        return found()[-1]

    def connected(self, sessions: int = 1, timeout: float = 20) -> None:
        """Waits until so many sessions are there and connected."""
        self.wait(
            lambda: sum(each.wire is not None for each in self.hub.sessions.values()) >= sessions,
            timeout,
            "a client at the gateway",
        )

    def disconnected(self, timeout: float = 20) -> None:
        self.wait(lambda: not self.gateway.connections, timeout, "the gateway to be left")

    def synced(self, timeout: float = 20) -> dict[str, Json]:
        """Waits until commands are registered and gives them."""
        self.wait(lambda: self.commands, timeout, "registered commands")
        return self.commands

    def typed(self, channel: Channel, timeout: float = 10) -> None:
        self.wait(lambda: channel.typing, timeout, "the bot to type")

    def requested(self, method: str, path: str, count: int = 1, timeout: float = 10) -> list[Request]:
        """Waits until so many requests were answered whose path `path` (a regular expression) is found in."""

        def found() -> list[Request]:
            mine = [each for each in self.requests if each.method == method and each.status is not None]
            return [each for each in mine if re.search(path, each.path)]

        self.wait(lambda: len(found()) >= count, timeout, f"{count} times {method} {path}")
        return found()

    # The gateway's faults

    def drop_gateway(self, code: int | None = None) -> None:
        """Every connection ends: closed with `code`, or broken off without a word."""
        with self.world.lock:
            for connection in list(self.gateway.connections):
                if code is None:
                    connection.abort()
                else:
                    connection.close(code)

    def ask_to_reconnect(self) -> None:
        """Op 7: the client is to come back and RESUME."""
        with self.world.lock:
            for connection in self.gateway.connections:
                connection.put({"op": RECONNECT, "d": None, "s": None, "t": None})

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Op 9; not `resumable`: the sessions are gone, and what was not delivered with them."""
        with self.world.lock:
            if not resumable:
                self.hub.sessions.clear()
            for connection in self.gateway.connections:
                if connection.session is not None:
                    connection.put({"op": INVALID_SESSION, "d": resumable, "s": None, "t": None})

    def forget_sessions(self) -> None:
        """A later RESUME is answered with op 9: what happened meanwhile is lost."""
        with self.world.lock:
            self.hub.sessions.clear()

    def hold_heartbeats(self) -> None:
        """Heartbeats are not acknowledged any more; the connection is a zombie."""
        self.gateway.acknowledge = False

    def release_heartbeats(self) -> None:
        self.gateway.acknowledge = True

    def refuse_gateway(self, refuse: bool = True) -> None:
        """No connection is taken (503) until called with False."""
        self.gateway.refuse = refuse
