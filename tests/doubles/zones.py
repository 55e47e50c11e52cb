"""Time zones with rules of our own, as a newer database would bring them."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def tzif(changes: list[tuple[datetime, int]], first: int) -> bytes:
    """A file of the time zone database (RFC 8536, version 2): `first` hours ahead of UTC until the first
    change, then what the change brings, the last one for ever."""
    offsets = [first, *(hours for _, hours in changes)]
    kinds = sorted(set(offsets))
    moments = [int(moment.astimezone(UTC).timestamp()) for moment, _ in changes]
    indices = bytes(kinds.index(hours) for hours in offsets[1:])
    types = b"".join(struct.pack(">lbb", hours * 3600, 0, 4 * at) for at, hours in enumerate(kinds))
    names = b"".join(f"Z{hours % 24:02}".encode() + b"\0" for hours in kinds)
    # Before the first change the first type that is no daylight saving counts: put it there by a change.
    moments, indices = [-(2**40), *moments], bytes([kinds.index(first)]) + indices
    counts = struct.pack(">6l", 0, 0, 0, len(moments), len(kinds), len(names))
    body = struct.pack(f">{len(moments)}q", *moments) + indices + types + names
    empty = (
        b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    )
    last = offsets[-1]
    footer = f"\n<Z>{'-' if last >= 0 else ''}{abs(last)}\n".encode().replace(b"<Z>", b"<Z00>")
    return empty + b"TZif2" + bytes(15) + counts + body + footer


def crafted(name: str, changes: list[tuple[datetime, int]], first: int) -> ZoneInfo:
    """A zone of that name with these rules."""
    return ZoneInfo.from_file(io.BytesIO(tzif(changes, first)), key=name)
