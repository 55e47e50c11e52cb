"""The conversation as it is kept: one row per message, so that reloads and restarts lose nothing.

A place (`web:<person>`) counts its changes: each inserted or edited message takes the next number,
under the lock of the place's row. A page that has seen change n asks for what came after n.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.core.reply import Reply
from bot.platforms.web.tables import MessageRow, PlaceRow
from knowledge.clock import Clock
from knowledge.store import Database


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message."""

    id: int
    place: str
    change: int
    author: str
    client_id: str | None
    language: str
    text: str
    via: str | None
    state: str
    reply: Reply | None
    pressed: tuple[str, ...]
    unasked: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a learner did, with the message that replies to it."""

    said: Message
    reply: Message
    new: bool
    """False: the same request was taken before."""


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in their order, oldest first."""

    messages: tuple[Message, ...]
    more: bool
    """Whether there are older ones."""
    change: int
    """What has changed up to here is in `messages`."""
    unread: int
    """How many of Recap's messages the person has not seen."""


class History:
    """Reads and writes the conversations."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, place: str, client_id: str, text: str, via: str | None, language: str) -> Exchange:
        """Stores what a learner did and allocates the reply; the same `client_id` finds it again."""
        with self._database.session() as session:
            change = _advance(session, place, by=2)
            known = _exchange(session, place, client_id)
            if known is not None:
                return known
            common = {"place": place, "language": language, "created_at": self._clock.now(), "pressed": []}
            said = MessageRow(
                change=change - 1,
                author="learner",
                client_id=client_id,
                text=text,
                via=via,
                state="told",
                **common,
            )
            session.add(said)
            session.flush()
            reply = MessageRow(change=change, author="recap", answers=said.id, state="pending", **common)
            session.add(reply)
            session.flush()
            return Exchange(_message(said), _message(reply), new=True)

    def exchange(self, place: str, client_id: str) -> Exchange | None:
        """What was begun with this `client_id`."""
        with self._database.session() as session:
            return _exchange(session, place, client_id)

    def fill(self, place: str, reply_id: int, reply: Reply) -> Message:
        """Writes the reply to a turn, unless an edit from the outbox has overtaken it."""
        with self._database.session() as session:
            change = _advance(session, place)
            row = session.get_one(MessageRow, reply_id, with_for_update=True)
            if row.state != "told":
                _write(row, reply, change)
            return _message(row)

    def press(self, place: str, message_id: int, action: str) -> None:
        """Remembers that an action of a message has been carried out."""
        with self._database.session() as session:
            change = _advance(session, place)
            row = session.get(MessageRow, message_id, with_for_update=True)
            if row is not None and row.place == place and action not in row.pressed:
                row.pressed = [*row.pressed, action]
                row.change = change

    def edit(self, place: str, message_id: int, reply: Reply) -> bool:
        """Replaces what a message says. False: there is no such message in the place."""
        with self._database.session() as session:
            change = _advance(session, place)
            row = session.get(MessageRow, message_id, with_for_update=True)
            if row is None or row.place != place or row.author != "recap":
                return False
            if row.state != "told" or row.reply != reply.to_json():
                row.edited_at = self._clock.now()
                row.pressed = []
                _write(row, reply, change)
            return True

    def add(self, place: str, key: str, reply: Reply) -> int:
        """Stores a message that comes unasked and tells its id; the same `key` finds it again."""
        with self._database.session() as session:
            change = _advance(session, place)
            row = session.scalar(select(MessageRow).where(MessageRow.outbound == key))
            if row is None:
                row = MessageRow(
                    place=place,
                    author="recap",
                    outbound=key,
                    language=reply.language,
                    created_at=self._clock.now(),
                    pressed=[],
                )
                _write(row, reply, change)
                session.add(row)
                session.flush()
            return row.id

    def message(self, place: str, message_id: int) -> Message | None:
        """One message of a place."""
        with self._database.session() as session:
            row = session.get(MessageRow, message_id)
            return _message(row) if row is not None and row.place == place else None

    def page(self, place: str, before: int | None = None, limit: int = 40) -> Page:
        """The messages before `before` (None: the last ones)."""
        with self._database.session() as session:
            known = session.get(PlaceRow, place)
            query = select(MessageRow).where(MessageRow.place == place)
            if before is not None:
                query = query.where(MessageRow.id < before)
            rows = session.scalars(query.order_by(MessageRow.id.desc()).limit(limit + 1)).all()
            return Page(
                messages=tuple(_message(row) for row in reversed(rows[:limit])),
                more=len(rows) > limit,
                change=known.change if known else 0,
                unread=_unread(session, place, known.seen if known else 0),
            )

    def since(self, place: str, change: int, limit: int = 200) -> list[Message]:
        """What was inserted or edited after `change`, in that order."""
        with self._database.session() as session:
            rows = session.scalars(
                select(MessageRow)
                .where(MessageRow.place == place, MessageRow.change > change)
                .order_by(MessageRow.change)
                .limit(limit)
            )
            return [_message(row) for row in rows]

    def see(self, place: str, message_id: int) -> None:
        """Marks everything up to a message as seen."""
        with self._database.session() as session:
            session.execute(
                update(PlaceRow)
                .where(PlaceRow.place == place, PlaceRow.seen < message_id)
                .values(seen=message_id)
            )

    def unread(self, place: str) -> int:
        """How many of Recap's messages the person has not seen."""
        with self._database.session() as session:
            known = session.get(PlaceRow, place)
            return _unread(session, place, known.seen if known else 0)

    def resume(self, place: str, reply_id: int) -> None:
        """Takes up a turn again that a stop of the server interrupted."""
        with self._database.session() as session:
            change = _advance(session, place)
            row = session.get_one(MessageRow, reply_id, with_for_update=True)
            if row.state == "interrupted":
                row.state, row.change = "pending", change

    def close_interrupted(self) -> None:
        """Marks turns that no one works on any more; called before the first turn is taken."""
        with self._database.session() as session:
            session.execute(
                update(MessageRow).where(MessageRow.state == "pending").values(state="interrupted")
            )


def _advance(session: Session, place: str, by: int = 1) -> int:
    """Takes the next `by` change numbers of a place and its lock until the transaction ends."""
    counted = (
        update(PlaceRow)
        .where(PlaceRow.place == place)
        .values(change=PlaceRow.change + by)
        .returning(PlaceRow.change)
    )
    change = session.scalar(counted)
    if change is None:
        try:
            with session.begin_nested():
                session.add(PlaceRow(place=place, change=0, seen=0))
        except IntegrityError:
            pass  # another process met the person at the same moment
        change = session.scalar(counted)
    if change is None:
        raise RuntimeError(f"the row of {place} can't be had")
    return change


def _exchange(session: Session, place: str, client_id: str) -> Exchange | None:
    said = session.scalar(
        select(MessageRow).where(MessageRow.place == place, MessageRow.client_id == client_id)
    )
    if said is None:
        return None
    reply = session.scalars(select(MessageRow).where(MessageRow.answers == said.id)).one()
    return Exchange(_message(said), _message(reply), new=False)


def _write(row: MessageRow, reply: Reply, change: int) -> None:
    row.reply = reply.to_json()
    row.language = reply.language
    row.state = "told"
    row.change = change


def _unread(session: Session, place: str, seen: int) -> int:
    count = session.scalar(
        select(func.count())
        .select_from(MessageRow)
        .where(MessageRow.place == place, MessageRow.author == "recap", MessageRow.id > seen)
    )
    return count or 0


def _message(row: MessageRow) -> Message:
    return Message(
        id=row.id,
        place=row.place,
        change=row.change,
        author=row.author,
        client_id=row.client_id,
        language=row.language,
        text=row.text,
        via=row.via,
        state=row.state,
        reply=Reply.from_json(row.reply) if row.reply is not None else None,
        pressed=tuple(row.pressed),
        unasked=row.outbound is not None,
        created_at=row.created_at,
    )
