"""What a platform's server answers when it doesn't do what is asked, by what follows from it.

Failure
├── Later            come back after a while: an outage, a limit, a broken connection
└── Refused          never, in this way
    ├── MessageGone  the message was deleted
    ├── NoChannel    the channel is gone
    ├── NotAllowed   without permission there
    └── Closed       the person takes no direct messages

Each platform adds what it alone knows, and translates its library's exceptions.
"""

from __future__ import annotations

from datetime import timedelta


class Failure(Exception):
    """See the module."""


class Later(Failure):
    def __init__(self, reason: str, retry_in: timedelta = timedelta(0)) -> None:
        self.retry_in = retry_in
        super().__init__(reason)


class Refused(Failure):
    pass


class MessageGone(Refused):
    pass


class NoChannel(Refused):
    pass


class NotAllowed(Refused):
    pass


class Closed(Refused):
    pass


REVOKED = timedelta(minutes=5)
"""How long to wait where the bot's own token is refused: somebody has to change the settings."""
