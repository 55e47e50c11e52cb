"""What a test looks at and waits for, and what it does to connections."""

from __future__ import annotations

from collections.abc import Callable

from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.socket import Socket
from tests.doubles.slack.world import Channel, Message, User, View, World, wait_for


class Seeing:
    """A part of `SlackServer`."""

    desk: Desk
    world: World
    socket: Socket

    @property
    def invocations(self) -> list[Invocation]:
        """Everything that the app was told."""
        with self.world.lock:
            return list(self.desk.invocations)

    @property
    def unacknowledged(self) -> list[Invocation]:
        with self.world.lock:
            return [each for each in self.desk.invocations if not each.acked]

    @property
    def next_number(self) -> int:
        with self.world.lock:
            return len(self.desk.requests) + 1

    def messages(self, channel: Channel, viewer: User | None = None) -> list[Message]:
        """What stands in a channel, oldest first, threads included: as a person sees it, or (None) whoever
        it is for.
        """
        with self.world.lock:
            there = [each for each in channel.messages.values() if not each.deleted]
            if viewer is None:
                return there
            inside = viewer in channel.members or channel.kind == "channel"
            return [each for each in there if inside and each.ephemeral_to in (None, viewer)]

    def last(self, channel: Channel, viewer: User | None = None) -> Message:
        return self.messages(channel, viewer)[-1]

    def by_bot(self, channel: Channel) -> list[Message]:
        return [each for each in self.messages(channel) if each.user is channel.team.bot and not _root(each)]

    def home(self, user: User) -> View | None:
        """The App Home that was published for somebody."""
        with self.world.lock:
            return self.world.homes.get(user.id)

    def status(self, channel: Channel, thread: str) -> str:
        """What the app says it is doing in a thread; "" for nothing."""
        with self.world.lock:
            return str(channel.statuses.get(thread, {}).get("status", ""))

    # Waiting

    def wait(self, true: Callable[[], object], timeout: float = 10, what: str = "it") -> None:
        """Until `true()` holds; asked again after every change here."""
        wait_for(self.world, true, timeout, what)

    def said(self, channel: Channel, count: int = 1, timeout: float = 10) -> list[Message]:
        """Waits until the bot has said so much in a channel, none of it growing any more."""

        def there() -> bool:
            return len([each for each in self.by_bot(channel) if not each.streaming]) >= count

        self.wait(there, timeout, f"{count} messages of the bot in {channel.name or channel.kind}")
        return self.by_bot(channel)

    def message(self, channel: Channel, containing: str, timeout: float = 10) -> Message:
        """Waits for a message of the bot with this in its text or blocks."""

        def found() -> list[Message]:
            mine = [each for each in self.by_bot(channel) if not each.streaming]
            return [each for each in mine if containing in each.text or containing in each.shown]

        self.wait(found, timeout, f"a message with {containing!r}")
        return found()[-1]

    def replied(self, to: Message, timeout: float = 10) -> Message:
        """Waits for the bot's first message after this one: in its thread or, where it stands in none, in
        its channel or thread.
        """
        root = to.thread_ts or to.ts

        def found() -> list[Message]:
            later = [each for each in self.by_bot(to.channel) if each.ts > to.ts and not each.streaming]
            return [
                each for each in later if each.thread_ts == root or (not to.thread_ts and not each.thread_ts)
            ]

        self.wait(found, timeout, "a reply of the bot's")
        return found()[0]

    def published(self, user: User, containing: str = "", timeout: float = 10) -> View:
        """Waits for somebody's App Home (with this in it)."""

        def found() -> bool:
            home = self.world.homes.get(user.id)
            return home is not None and containing in home.shown

        self.wait(found, timeout, f"the home of {user.name}")
        return self.world.homes[user.id]

    def connected(self, sockets: int = 1, timeout: float = 20) -> None:
        """Waits until so many sockets are there and in use."""
        self.wait(lambda: len(self.desk.post.wires) >= sockets, timeout, "a client at the socket")

    def reconnected(self, connects: int, timeout: float = 30) -> None:
        """Waits until so many connections were made, ever, and one is in use."""

        def there() -> bool:
            return self.socket.connects >= connects and bool(self.desk.post.wires)

        self.wait(there, timeout, f"{connects} connections ever")

    def disconnected(self, timeout: float = 20) -> None:
        self.wait(lambda: not self.socket.connections, timeout, "the sockets to be left")

    def requested(self, method: str, count: int = 1, timeout: float = 10) -> list[Request]:
        """Waits until so many requests to a method were answered."""

        def found() -> list[Request]:
            return [each for each in self.desk.requests if each.method == method and each.status is not None]

        self.wait(lambda: len(found()) >= count, timeout, f"{count} times {method}")
        return found()

    # Connections and deliveries

    def disconnect(self, reason: str) -> None:
        """`warning`, `refresh_requested` or `link_disabled`, told to every client."""
        with self.world.lock:
            self.socket.disconnect(reason)

    def kill_sockets(self) -> None:
        """Every connection breaks off without a word."""
        with self.world.lock:
            self.socket.kill()

    def freeze_sockets(self) -> None:
        """The connections stay open, and nothing goes through them any more."""
        with self.world.lock:
            self.socket.freeze()

    def refuse_sockets(self, refuse: bool = True) -> None:
        """No connection is taken (503) until called with False."""
        self.socket.refuse = refuse

    def hang_up(self, timeout: float = 10) -> None:
        """No more requests go to the app; waits until those under way were answered. For a test that is
        about to stop a web server.
        """
        with self.world.lock:
            self.desk.post.caller = None
        self.wait(lambda: self.desk.post.calling == 0, timeout, "the requests under way to be answered")

    def tick(self) -> int:
        """Sends what is due again by the clock; how much."""
        with self.world.lock:
            return self.desk.post.tick()


def _root(message: Message) -> bool:
    """The beginning of an assistant's thread, which nobody said."""
    return message.subtype == "assistant_app_thread"
