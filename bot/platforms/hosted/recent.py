"""What was heard lately: a platform may tell of a thing again when a connection was lost.

That is within one process and within minutes; what must not be forgotten stands in the database
(`Replies.open`).
"""

from __future__ import annotations

from collections import OrderedDict

MOST = 10_000


class Recent:
    """The last ids that were heard."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._ids: OrderedDict[int | str, None] = OrderedDict()

    def is_new(self, heard: int | str) -> bool:
        """Whether this id is heard for the first time; it is remembered from now on."""
        if heard in self._ids:
            return False
        self._ids[heard] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True
