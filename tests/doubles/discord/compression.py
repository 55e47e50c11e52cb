"""How frames travel: as text, or as one compressed stream per connection."""

from __future__ import annotations

import importlib
import json
import zlib
from collections.abc import Callable
from typing import Any

from tests.doubles.discord.world import Json


def encoder(name: str | None) -> Callable[[Json], str | bytes] | None:
    """What turns a frame into a websocket message; None for a name that is unknown or can't be had here."""
    match name:
        case None:
            return lambda frame: json.dumps(frame)
        case "zlib-stream":
            deflate = zlib.compressobj()
            return lambda frame: deflate.compress(_raw(frame)) + deflate.flush(zlib.Z_SYNC_FLUSH)
        case "zstd-stream":
            return _zstd()
        case _:
            return None


def _raw(frame: Json) -> bytes:
    return json.dumps(frame, ensure_ascii=False).encode()


def _zstd() -> Callable[[Json], bytes] | None:
    """By the standard library of Python 3.14, or the package that discord.py reads with before."""
    stdlib = _module("compression.zstd")
    if stdlib is not None:
        stream: Any = stdlib.ZstdCompressor()
        return lambda frame: bytes(stream.compress(_raw(frame), mode=stream.FLUSH_BLOCK))
    package = _module("zstandard")
    if package is None:
        return None
    other: Any = package.ZstdCompressor().compressobj()
    flush = package.COMPRESSOBJ_FLUSH_BLOCK
    return lambda frame: bytes(other.compress(_raw(frame)) + other.flush(flush))


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
