"""The websocket side: HELLO, IDENTIFY, RESUME, heartbeats, and every way to lose a connection."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from tests.doubles.discord import limits, news, wire
from tests.doubles.discord.api_application import gateway_url
from tests.doubles.discord.compression import encoder
from tests.doubles.discord.desk import Desk
from tests.doubles.discord.gateway_sessions import (
    GUILD_MEMBERS,
    GUILD_PRESENCES,
    GUILDS,
    MESSAGE_CONTENT,
    Session,
)
from tests.doubles.discord.world import Json

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 1, 2, 3, 4, 6, 7
MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK, SOUNDBOARD = 8, 9, 10, 11, 31
KNOWN_INTENTS = (1 << 26) - 1

CLOSES = {
    4001: "Unknown opcode.",
    4002: "Error while decoding payload.",
    4003: "Not authenticated.",
    4004: "Authentication failed.",
    4005: "Already authenticated.",
    4007: "Invalid seq.",
    4008: "Rate limited.",
    4010: "Invalid shard.",
    4012: "Invalid API version.",
    4013: "Invalid intent(s).",
    4014: "Disallowed intent(s).",
}
MISUSES = (4001, 4002, 4003, 4005, 4007, 4008, 4010, 4012, 4013)
"""Closes that only a wrong client brings about."""


class Connection:
    """One websocket. Frames put on it from any thread leave in order."""

    def __init__(self, socket: web.WebSocketResponse, encode: Callable[[Json], str | bytes]) -> None:
        self.socket = socket
        self.session: Session | None = None
        self.received: list[Json] = []
        self.sends: list[float] = []
        self.closed_with: int | None = None
        """The code that this side closes with."""
        self._encode = encode
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Json | int] = asyncio.Queue()

    def put(self, frame: Json) -> None:
        self._loop.call_soon_threadsafe(self._queue.put_nowait, frame)

    def close(self, code: int) -> None:
        """Closes behind what was put before."""
        self._let_go()
        self.closed_with = code
        self._loop.call_soon_threadsafe(self._queue.put_nowait, code)

    def abort(self) -> None:
        """Breaks off without a closing handshake."""
        self._let_go()
        self.closed_with = 1006
        self._loop.call_soon_threadsafe(self._abort)

    def _let_go(self) -> None:
        """What happens from now on is kept for a RESUME."""
        if self.session is not None and self.session.wire is self:
            self.session.wire = None

    def _abort(self) -> None:
        transport = self.socket._req.transport if self.socket._req else None
        if transport is not None:
            transport.abort()

    async def write(self) -> None:
        """Until the connection ends."""
        while True:
            frame = await self._queue.get()
            if isinstance(frame, int):
                await self.socket.close(code=frame, message=CLOSES.get(frame, "").encode())
                return
            data = self._encode(frame)
            await (self.socket.send_str(data) if isinstance(data, str) else self.socket.send_bytes(data))


class Gateway:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.connections: list[Connection] = []
        self.connects: list[dict[str, str]] = []
        """Every connection's query."""
        self.frames: list[Json] = []
        """Every frame that a client sent."""
        self.closes: list[int | None] = []
        """The code that each connection ended with."""
        self.heartbeat_ms = 41_250
        self.acknowledge = True
        self.refuse = False
        """No connection is taken: as if the network were down."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get(path, self.serve) for path in ("/", "/gateway", "/gateway/")]

    async def serve(self, incoming: web.Request) -> web.StreamResponse:
        if self.refuse:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=0, autoping=True)
        await socket.prepare(incoming)
        query = dict(incoming.query)
        encode = encoder(query.get("compress"))
        if query.get("v") != "10" or query.get("encoding", "json") != "json" or encode is None:
            self._desk.violations.add(f"gateway: no version 10 in json, or an unknown compression: {query}")
            await socket.close(code=4012, message=CLOSES[4012].encode())
            return socket
        connection = Connection(socket, encode)
        with self._desk.world.lock:
            self.connections.append(connection)
            self.connects.append(query)
        hello = {"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}, "s": None, "t": None}
        self._judge_hello(hello)
        connection.put(hello)
        writer = asyncio.create_task(connection.write())
        try:
            await self._listen(connection)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            self._ended(connection)
        return socket

    def _judge_hello(self, hello: Json) -> None:
        if self._desk.contract is not None:
            for problem in self._desk.contract.of_hello(hello):
                self._desk.violations.add(f"the double's HELLO: {problem}")

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            code = self._check_frame(connection, message.data)
            frame: Json = {}
            if code is None:
                frame = json.loads(message.data)
                with self._desk.world.lock:
                    self.frames.append(frame)
                    connection.received.append(frame)
                    code = self._take(connection, frame)
                    self._desk.world.lock.notify_all()
            if code is not None:
                if code in MISUSES:
                    what = str({**frame, "d": "..."})
                    self._desk.violations.add(f"gateway: closed with {code} {CLOSES[code]} on {what}")
                connection.close(code)

    def _check_frame(self, connection: Connection, data: str) -> int | None:
        if len(data.encode()) > limits.GATEWAY_PAYLOAD:
            return 4002
        now = time.monotonic()
        recent = [at for at in connection.sends if now - at < limits.GATEWAY_SENDS_WITHIN]
        connection.sends = [*recent, now]
        return 4008 if len(connection.sends) > limits.GATEWAY_SENDS else None

    def _ended(self, connection: Connection) -> None:
        with self._desk.world.lock:
            code = connection.closed_with or connection.socket.close_code
            self.connections.remove(connection)
            self.closes.append(code)
            session = connection.session
            if session is not None and session.wire is connection:
                session.wire = None
                if code in (1000, 1001):
                    self._desk.hub.sessions.pop(session.id, None)
            self._desk.world.lock.notify_all()

    def _take(self, connection: Connection, frame: Json) -> int | None:
        """Serves a frame; the code to close with, if any."""
        operation, data = frame.get("op"), frame.get("d")
        if operation == HEARTBEAT:
            if self.acknowledge:
                connection.put({"op": HEARTBEAT_ACK, "d": None, "s": None, "t": None})
            return None
        if operation == IDENTIFY:
            return 4005 if connection.session else self._identify(connection, data)
        if operation == RESUME:
            return 4005 if connection.session else self._resume(connection, data)
        if operation not in (PRESENCE, VOICE, MEMBERS, SOUNDBOARD):
            return 4001
        if connection.session is None:
            return 4003
        if operation == MEMBERS:
            self._chunk(connection.session, data)
        return None

    def _identify(self, connection: Connection, data: Any) -> int | None:
        app = self._desk.app
        # Who identifies more often than he may within a day gets his token taken away.
        if data["token"] != app.token or app.identifies_left <= 0:
            return 4004
        intents = int(data["intents"])
        if intents & ~KNOWN_INTENTS:
            return 4013
        wanted = {MESSAGE_CONTENT: app.message_content, GUILD_MEMBERS: app.members}
        wanted[GUILD_PRESENCES] = app.presences
        if any(intents & bit and not granted for bit, granted in wanted.items()):
            return 4014
        shard = tuple(data.get("shard") or (0, 1))
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            return 4010
        app.identifies_left -= 1
        session = Session(intents, (shard[0], shard[1]), connection)
        connection.session = session
        self._desk.hub.sessions[session.id] = session
        self._welcome(session, "shard" in data)
        return None

    def _welcome(self, session: Session, sharded: bool) -> None:
        desk = self._desk
        guilds = [each for each in desk.world.guilds.values() if each.bot_in and session.hears_of(each)]
        ready: Json = {
            "v": 10,
            "user": wire.own_user(desk.bot),
            "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": gateway_url(desk),
            "application": {
                "id": str(desk.bot.id),
                "flags": desk.app.flags,
                "flags_new": str(desk.app.flags),
            },
            "private_channels": [],
            "relationships": [],
            "presences": [],
        }
        if sharded:
            ready["shard"] = list(session.shard)
        desk.hub.send(session, "READY", ready)
        if session.intents & GUILDS:
            for guild in guilds:
                desk.hub.send(session, "GUILD_CREATE", news.guild_available(desk, guild, session))

    def _resume(self, connection: Connection, data: Any) -> int | None:
        if data["token"] != self._desk.app.token:
            return 4004
        session = self._desk.hub.sessions.get(data["session_id"])
        if session is None:
            connection.put({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return None
        if data["seq"] > session.sequence:
            return 4007
        session.wire = connection
        connection.session = session
        session.resumed += 1
        session.replay(data["seq"])
        session.push("RESUMED", {})
        return None

    def _chunk(self, session: Session, data: Any) -> None:
        """Members that were asked for by id or by the beginning of their name."""
        guild = self._desk.world.guilds[int(data["guild_id"])]
        wanted = {str(each) for each in _as_list(data.get("user_ids"))}
        found = [
            each
            for each in guild.members.values()
            if (str(each.user.id) in wanted if wanted else each.user.name.startswith(data.get("query", "")))
        ]
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": [wire.member(each) for each in found],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(wanted - {str(each.user.id) for each in found}),
        }
        if "nonce" in data:
            chunk["nonce"] = data["nonce"]
        self._desk.hub.send(session, "GUILD_MEMBERS_CHUNK", chunk)


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
