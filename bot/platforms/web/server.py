"""Serves an ASGI application with uvicorn in the calling thread, and stops cleanly."""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from bot.platforms.web.errors import WebError

if TYPE_CHECKING:
    from starlette.applications import Starlette

GRACE = 3
"""Seconds that requests in work have left when the server stops."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. WebError `web.error.port_busy` or `web.error.address`, naming the setting."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError, OverflowError):
        raise WebError("web.error.address", host=host, setting="web.host") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise WebError("web.error.port_busy", host=host, port=port, setting="web.port") from None
        raise WebError("web.error.address", host=host, setting="web.host") from None
    return listener


def url_of(listener: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104  compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    application: Starlette,
    listener: socket.socket,
    stop: threading.Event,
    before: Callable[[], None],
    closing: Callable[[], Awaitable[None]],
) -> None:
    """Blocks until `stop` is set or the process is told to end (SIGINT, SIGTERM), then returns.

    `before` is called on the event loop when requests are taken; `closing` before connections are
    waited for, so that whatever holds them open can let go.
    """
    # uvicorn takes a tenth of a second to import: who only uses the command line doesn't pay for it.
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            before()

        async def on_tick(self, counter: int) -> bool:
            return await super().on_tick(counter) or stop.is_set()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            for server in self.servers:
                server.close()
            await closing()
            await super().shutdown(sockets)

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            # Unlike uvicorn's own: what ended us is not raised again after the clean end.
            with _signals(self.handle_exit):
                yield

    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=30,
        proxy_headers=False,
    )
    Server(config).run([listener])


@contextlib.contextmanager
def _signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
