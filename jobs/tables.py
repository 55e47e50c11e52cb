"""Tables of what happens later: people, studies, cards, reviews, attempts, jobs, outbound messages.

A column that refers to learners may say in its `info` what becomes of it when two learners turn out to be
one (`merge`, see `jobs.linking.merge`) and when a learner is forgotten (`forget`, see `jobs.erasure`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Computed, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class LearnerRow(Base):
    """A person, on however many platforms."""

    __tablename__ = "learners"
    __table_args__ = ({"sqlite_autoincrement": True},)
    """Ids are never used again: someone else's must not be mistaken for a learner who is gone."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(2))
    """The language chosen in the settings; None: the language of what the person writes."""
    heard: Mapped[str | None] = mapped_column(String(2))
    """The language that the person last wrote in; None: nothing told it yet."""
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    """IANA time zone."""
    review_hour: Mapped[int] = mapped_column(default=18)
    """The local hour (0-23) at which reviews of whole days come."""
    quiet_start: Mapped[int | None]
    quiet_end: Mapped[int | None]
    """Local hours between which nothing is sent unasked; both None: no quiet hours."""
    locale: Mapped[str] = mapped_column(String(35), default="en")
    """BCP 47, as the platform told it last: the language of what comes unasked when none is chosen
    nor heard."""
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last pause of the reviews was asked for; None: there was none."""
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it ends or ended; None with `paused_at`: not before the learner says so."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountRow(Base):
    """A learner's account on one platform."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """As the platform told it last."""
    place: Mapped[str] = mapped_column(String(200))
    """Where this account was last met: what comes unasked goes there if there is no inbox."""
    inbox: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Where what comes unasked reaches this person alone; empty: the platform has no such place."""
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the platform refuses what comes unasked (direct messages are closed); None: it doesn't."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the learner was last told what waits because of that."""


class StudyRow(Base):
    """A learner studied a note at some moment; its reviews hang on it."""

    __tablename__ = "studies"
    __table_args__ = (Index("ix_studies_course_id_note", "course_id", "note"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    note: Mapped[str] = mapped_column(String(500))
    section_id: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """The section that is studied; empty: the whole note."""
    title: Mapped[str] = mapped_column(String(500))
    """Of the note, or of the section."""
    studied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    day: Mapped[date]
    """The learner's local day of that moment."""
    ladder: Mapped[str] = mapped_column(String(500), default="")
    """The intervals that were in force (`1d,3d,1w,1mo`); empty: FSRS from the start."""
    resumed_day: Mapped[date | None]
    """The local day of the answer that steps count from which had passed unanswered (`jobs.review.relay`)."""
    state: Mapped[str] = mapped_column(String(10), default="active")
    """active | finished (nothing of it is to come) | stopped (by the learner, or studied anew)
    | gone (the notes ask nothing on it any more; it goes on when they do)"""


class CardRow(Base):
    """A question on a section, with what answers it."""

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("course_id", "key"),
        Index("ix_cards_course_id_note", "course_id", "note"),
        Index("ix_cards_course_id_section_id", "course_id", "section_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    note: Mapped[str] = mapped_column(String(500))
    key: Mapped[str] = mapped_column(String(64))
    """Hash of (note, origin, interval, prompt), and changes with them: finds the card after a refresh."""
    origin: Mapped[str] = mapped_column(String(20))
    """Who made it, and how: `jobs.review.records.Origin`."""
    position: Mapped[int]
    """0-based among the note's cards, in the order of the note."""
    interval: Mapped[str | None] = mapped_column(String(20))
    """For a review plan's prompt: the canonical interval it is written for (`1d`, `1w`, `1mo`)."""
    language: Mapped[str] = mapped_column(String(2))
    prompt: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """What can be picked, as the note lists it (`jobs.review.choices.Choice`); None: answered freely."""
    explanation: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What the author says behind the choices."""
    expected: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """What is accepted in a gap, the note's own word first; None: there is no gap to type into."""
    run: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What a model does with it, and said (`jobs.review.predict.Run`); None: nothing is run."""
    source: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """The note of the passage that answers it; empty: `note` itself."""
    section_id: Mapped[str] = mapped_column(String(16))
    """Of the passage that answers it."""
    section_hash: Mapped[str] = mapped_column(String(64))
    headings: Mapped[list[str]] = mapped_column(JSON)
    start: Mapped[int]
    end: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
    """The passage's text."""
    state: Mapped[str] = mapped_column(String(10), default="active")
    """active | paused (its fact changed: an admin decides) | withdrawn (by an admin)
    | retired (its question is gone from the notes)"""
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the note says now, where that waits for an admin's yes (`jobs.review.upkeep.FIELDS`)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


_WAITING = text("state = 'waiting'")


class ReviewRow(Base):
    """A review of a study: due at a moment, delivered once, then answered or not.

    Those that wait follow from the others and from the attempts (`jobs.review.timeline`).
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("study_id", "step", "repeat"),
        # Only what is still to come, so that it stays as small as that while the history grows.
        Index("ix_reviews_wake_at", "wake_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    step: Mapped[int]
    """0-based position in the ladder, and beyond its end the count goes on with the reviews by FSRS; below
    0: outside of it, brought by the group's round of that number."""
    repeat: Mapped[int] = mapped_column(default=0)
    """0 for the step's own review, n for its n-th *again*."""
    interval: Mapped[str] = mapped_column(String(20))
    """Canonical. Of a step of the ladder from the study on, of one by FSRS from the last answer on."""
    day: Mapped[date | None]
    """The learner's local day that it is planned for; None: below a day, due at an exact moment."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """waiting | asked | answered | dropped"""
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not delivered before, although due: quiet hours, or the day's share was full."""
    wake_at: Mapped[datetime] = mapped_column(
        UtcDateTime, Computed("coalesce(held_until, due_at)", persisted=True)
    )
    """When it can be delivered, as long as it is waiting; the database keeps it."""
    late: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AttemptRow(Base):
    """One asking of one card to one learner, with the answer and the rating; the log of all learning."""

    __tablename__ = "attempts"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    review_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id"), unique=True)
    """None: asked by `/quiz`, or by a group of which the learner had no study."""
    options: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """The card's choices as they were shown: a copy in its own order, which no refresh changes."""
    response: Mapped[str | None] = mapped_column(Text)
    picked: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    """Positions in `options` that were chosen; None: answered in other words, or not."""
    verdict: Mapped[str | None] = mapped_column(String(10))
    """right | partly | wrong, of an answer in words; None: it wasn't judged, or couldn't be."""
    judged: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the verdict rests on (`jobs.review.judging.verdict.Judged`); None: it wasn't judged."""
    revealed: Mapped[bool] = mapped_column(default=False)
    """The passage was shown without an answer."""
    rating: Mapped[int | None]
    """1 again, 2 hard, 3 good, 4 easy (as in FSRS)."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_day: Mapped[date | None]
    """The learner's local day of the answer; None too where it belongs to no study."""
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rated_day: Mapped[date | None]
    """The learner's local day of the rating."""
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the question comes back after *later*."""


class JobRow(Base):
    """Work slower than a blink: a `/try` or a refresh, durable from the moment it is asked for."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_created_at", "state", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """try | refresh | predict | propose"""
    state: Mapped[str] = mapped_column(String(10), default="queued")
    """queued | running | done | failed"""
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """{"key": catalogue key, "params": {...}} of a failed job."""
    learner_id: Mapped[int | None] = mapped_column(
        ForeignKey("learners.id"), index=True, info={"forget": "delete"}
    )
    language: Mapped[str] = mapped_column(String(2))
    """The language in which the person asked: progress and result are told in it."""
    platform: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(200))
    reply_ref: Mapped[str] = mapped_column(String(200))
    """The message that shows this job: progress and result edit it. All three empty: nobody is told."""
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutboundRow(Base):
    """A message that is not the immediate reply to a turn."""

    __tablename__ = "outbound"
    __table_args__ = (
        Index("ix_outbound_platform_state_due_at_id", "platform", "state", "due_at", "id"),
        Index("ix_outbound_edit_ref", "edit_ref"),
        Index("ix_outbound_learner_id_state", "learner_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    """What the message is, so that it is never queued twice: `review:17`, `job:4:result`."""
    platform: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(200))
    edit_ref: Mapped[str | None] = mapped_column(String(200))
    """The message to replace; None: a new message."""
    kind: Mapped[str] = mapped_column(String(20))
    """What to say; `bot.core.present` turns (kind, payload) into a Reply at the moment of sending."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    learner_id: Mapped[int | None] = mapped_column(
        ForeignKey("learners.id"), index=True, info={"forget": "delete"}
    )
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """waiting | sending | sent | failed | dropped (a later edit of the same message took its place) | held
    (its learner can't be reached anywhere; see `jobs.destinations`)"""
    renewed: Mapped[bool] = mapped_column(default=False)
    """What the row says changed while it was being sent: it is sent once more."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    holds_up: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It waits for another try, and reviews of its learner that were queued after it wait for it."""
    owner: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_ref: Mapped[str | None] = mapped_column(String(200))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
