"""Socket Mode: tickets, HELLO, acknowledgements, and every way to lose a connection."""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import datetime
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from tests.doubles.slack import limits
from tests.doubles.slack.desk import Desk
from tests.doubles.slack.world import Json

CONNECTIONS = 10
LIFE_S = 18_060
PING_S = 10.0


class Connection:
    """One websocket. Frames put on it from any thread leave in order."""

    def __init__(self, socket: web.WebSocketResponse, number: int) -> None:
        self.socket = socket
        self.number = number
        self.received: list[Json] = []
        self.frozen = False
        """Open still, but nothing goes through it."""
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Json | None] = asyncio.Queue()

    def put(self, frame: Json) -> None:
        if not self.frozen:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, frame)

    def close(self) -> None:
        """Closes behind what was put before."""
        self._loop.call_soon_threadsafe(self._queue.put_nowait, None)

    def abort(self) -> None:
        """Breaks off without a closing handshake."""
        self._loop.call_soon_threadsafe(self._abort)

    def _abort(self) -> None:
        transport = self.socket._req.transport if self.socket._req else None
        if transport is not None:
            transport.abort()

    async def write(self) -> None:
        """Until the connection ends."""
        while True:
            frame = await self._queue.get()
            if frame is None:
                await self.socket.close()
                return
            await self.socket.send_str(json.dumps(frame))

    async def ping(self) -> None:
        while True:
            await asyncio.sleep(PING_S)
            await self.socket.ping(f"Ping from the loopback Slack {self.number}".encode())


class Socket:
    """`server.socket`. `connects` counts connections ever made; `frames` is what clients sent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._tickets: dict[str, datetime] = {}
        self.connections: list[Connection] = []
        self.connects = 0
        self.frames: list[Json] = []
        self.refuse = False
        """No connection is taken: as if the network were down."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/link/", self.serve)]

    def ticket(self) -> str:
        """The address for one connection."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = self._desk.world.clock.now()
        base = self._desk.base.replace("http://", "ws://")
        return f"{base}/link/?ticket={ticket}&app_id={self._desk.app.id}"

    async def serve(self, incoming: web.Request) -> web.StreamResponse:
        given = self._tickets.pop(incoming.query.get("ticket", ""), None)
        if self.refuse:
            return web.Response(status=503)
        if given is None or self._desk.world.clock.now() - given > limits.TICKET_LIFE:
            return web.Response(status=403, text="ticket used or expired")
        socket = web.WebSocketResponse(max_msg_size=0, autoping=False)
        await socket.prepare(incoming)
        with self._desk.world.lock:
            self.connects += 1
            connection = Connection(socket, self.connects)
            self.connections.append(connection)
            connection.put(self._hello())
            self._desk.post.connected(connection)
        tasks = [asyncio.create_task(connection.write()), asyncio.create_task(connection.ping())]
        try:
            async for message in socket:
                await self._take(connection, message)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with self._desk.world.lock:
                self.connections.remove(connection)
                self._desk.post.gone(connection)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": "applink-loopback",
                "build_number": 1,
                "approximate_connection_time": LIFE_S,
            },
            "connection_info": {"app_id": self._desk.app.id},
        }

    async def _take(self, connection: Connection, message: WSMessage) -> None:
        if connection.frozen:
            return
        if message.type == WSMsgType.PING:
            await connection.socket.pong(message.data)
        elif message.type == WSMsgType.TEXT:
            with self._desk.world.lock:
                self._frame(connection, message.data)

    def _frame(self, connection: Connection, data: str) -> None:
        try:
            frame: Any = json.loads(data)
        except ValueError:
            frame = None
        if not isinstance(frame, dict) or not isinstance(frame.get("envelope_id"), str):
            self._desk.violations.add(f"the socket got what is no acknowledgement: {data[:200]}")
            return
        if set(frame) - {"envelope_id", "payload"}:
            self._desk.violations.add(f"an acknowledgement with unknown keys: {sorted(frame)}")
        connection.received.append(frame)
        self.frames.append(frame)
        payload = frame.get("payload")
        if isinstance(payload, dict) and set(payload) == {"text"} and not payload["text"]:
            payload = None
        self._desk.post.acknowledged(frame["envelope_id"], payload)

    # What a test does to it

    def disconnect(self, reason: str) -> None:
        """Tells every client to leave: `warning` (soon), `refresh_requested` (now; the connection then ends),
        `link_disabled` (Socket Mode was switched off; no new connection can be had).
        """
        if reason == "link_disabled":
            self._desk.app.socket_mode = False
        for connection in list(self.connections):
            info = {"host": "applink-loopback"}
            connection.put({"type": "disconnect", "reason": reason, "debug_info": info})
            if reason != "warning":
                self._desk.post.unplug(connection)
                connection.close()

    def kill(self) -> None:
        """Every connection breaks off without a word."""
        for connection in list(self.connections):
            self._desk.post.unplug(connection)
            connection.abort()

    def freeze(self) -> None:
        """The connections stay open, and nothing goes through them any more, no answer to a ping either."""
        for connection in self.connections:
            connection.frozen = True
