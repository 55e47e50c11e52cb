"""A platform in a process of its own: it shows a message once per nonce, as Discord does, and keeps a record.

    python -m tests.doubles.letterbox RECORD SEED

Prints the port it listens on. One JSON object a line comes in, one goes out. `{"place", "nonce", "text"}`
posts a message and is answered with `{"id"}`; a nonce that a place had within `MEMORY` gives the earlier
message again. Now and then, by the seed, it is full (`{"retry_in"}`), or does the work and breaks the
connection before it answers. What it shows stands in RECORD, one line a message, in the order of showing.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import TextIO

MEMORY = 300.0
"""Seconds, as Discord's "past few minutes"."""
FULL, BROKEN = 0.02, 0.01
"""Shares of the requests."""


class Letterbox:
    def __init__(self, record: TextIO, seed: int) -> None:
        self._record = record
        self._random = random.Random(seed)
        self._nonces: dict[tuple[str, str], tuple[float, int]] = {}
        self._count = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                answer = self._answer(json.loads(line))
                if answer is None:
                    break
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            pass  # whoever was killed
        finally:
            writer.close()

    def _answer(self, message: dict[str, str]) -> dict[str, float] | None:
        if self._random.random() < FULL:
            return {"retry_in": 0.2}
        key, now = (message["place"], message["nonce"]), time.monotonic()
        known = self._nonces.get(key)
        if known is None or now - known[0] > MEMORY:
            self._count += 1
            known = self._nonces[key] = (now, self._count)
            self._record.write(json.dumps([message["place"], message["text"]]) + "\n")
            self._record.flush()
        return None if self._random.random() < BROKEN else {"id": known[1]}


async def main(record: Path, seed: int) -> None:
    with record.open("a", encoding="utf-8") as file:
        server = await asyncio.start_server(Letterbox(file, seed).serve, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
