"""Telling drains of this process that there is something to send, once it is committed."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

Wake = Callable[[], None]


class Wakes:
    """Who wants to be woken, by platform."""

    def __init__(self) -> None:
        self._subscribed: defaultdict[str, list[Wake]] = defaultdict(list)

    def subscribe(self, platform: str, wake: Wake) -> Wake:
        """`wake` runs in the committing thread and must only signal. Calling what is given ends that."""
        self._subscribed[platform].append(wake)

        def end() -> None:
            self._subscribed[platform] = [one for one in self._subscribed[platform] if one is not wake]

        return end

    def after_commit(self, session: Session, platform: str) -> None:
        """Calls the platform's wakes once the transaction of `session` is committed, never if it isn't."""
        woken: set[str] | None = session.info.get(self)
        if woken is not None:
            woken.add(platform)
            return
        session.info[self] = woken = {platform}

        def committed(session: Session) -> None:
            if session.in_nested_transaction():
                return
            for platform in woken:
                for wake in self._subscribed[platform]:
                    try:
                        wake()
                    except Exception:
                        log.exception("a drain of %s could not be woken", platform)
            woken.clear()

        def rolled_back(session: Session) -> None:
            woken.clear()

        event.listen(session, "after_commit", committed)
        event.listen(session, "after_rollback", rolled_back)
