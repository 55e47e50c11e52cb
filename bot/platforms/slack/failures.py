"""What Slack answers when it doesn't do what is asked, by what follows from it.

Failure
├── Later            come back after a while: an outage, a limit, a broken connection
└── Refused          never, in this way
    ├── NotInstalled the app isn't in that workspace (any more): account_inactive, token_revoked, ...
    ├── MessageGone  the message was deleted: message_not_found, cant_update_message
    ├── UrlUsedUp    the response URL works no longer: five uses, or thirty minutes
    ├── NoChannel    the channel is gone or archived: channel_not_found, is_archived
    ├── NotAllowed   not in that channel, or a scope is missing: not_in_channel, missing_scope
    └── Closed       the person can't be written to: cannot_dm_bot, user_not_found, user_disabled, ...
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


class NotInstalled(Refused):
    pass


class MessageGone(Refused):
    pass


class UrlUsedUp(Refused):
    pass


class NoChannel(Refused):
    pass


class NotAllowed(Refused):
    pass


class Closed(Refused):
    pass
