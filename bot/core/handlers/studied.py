"""`/studied`: starts the ladder of reviews; and stopping it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.core import topics
from bot.core.context import Context, action_id
from bot.core.forms import settings_fields
from bot.core.reply import Action, Reply
from bot.core.topics import note_key
from jobs.errors import ReviewError

if TYPE_CHECKING:
    from jobs.review.records import TopicProgress


def studied(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Says when the reviews of a note come; without a topic asks which note it was."""
    services = context.services
    if not arguments.get("topic", "").strip() and not arguments.get("note"):
        notes = services.library.notes(services.course)
        return topics.choose(context, "studied", notes, "studied.which")
    found = topics.meant(context, arguments)
    if len(found) > 1:
        return topics.choose(context, "studied", found)
    note = found[0]
    study = services.reviews.study(context.learner.id, note.path)
    services.planned()
    now = services.clock.now()
    dates = [f"{n}. {context.voice.moment(due, now)}" for n, due in enumerate(study.due, start=1)]
    lead = context.say("studied.restarted" if study.restarted else "studied.started", title=study.title)
    if study.goes_on:
        dates += ["", context.say("studied.beyond")]
    return Reply(
        "\n".join((lead, "", *dates, "", _where(context))),
        tone="success",
        actions=(
            Action(action_id("quiz", note=note_key(note.path)), context.label("action.quiz_now")),
            Action(
                "settings",
                context.label("action.settings"),
                fields=settings_fields(context.voice, context),
            ),
            Action(action_id("stop", note=note_key(note.path)), context.label("action.stop")),
        ),
        language=context.voice.language,
    )


def _where(context: Context) -> str:
    """Where the quizzes will come."""
    turn, zone = context.turn, context.learner.zone
    if turn.place == (turn.person.inbox or turn.place):
        return context.say("studied.where", zone=zone)
    chosen = context.services.reach.chosen(context.learner.id)
    if chosen is not None and chosen.open and not chosen.only_else:
        return context.say("studied.where_channel", zone=zone)
    return context.say("studied.where_private", zone=zone)


def _which_to_stop(context: Context) -> Reply:
    """The topics that are being reviewed, to pick from."""
    topics_now = context.services.reviews.progress(context.learner.id).topics
    running = [topic for topic in topics_now if not topic.finished]
    if not running:
        return context.reply("studied.nothing_to_stop", private=True)
    return Reply(
        context.say("studied.which_to_stop"),
        tone="question",
        actions=tuple(Action(_stop_id(one), one.title) for one in running),
        private=True,
        language=context.voice.language,
    )


def stop(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Ends the reviews of one note or section, also of one that is gone; without one asks which."""
    if not arguments.get("note"):
        return _which_to_stop(context)
    reviews, key, section = context.services.reviews, arguments["note"], arguments.get("section", "")
    mine = [
        topic
        for topic in reviews.progress(context.learner.id).topics
        if note_key(topic.note) == key and topic.section == section
    ]
    if not mine:
        raise ReviewError("error.not_studied", note=topics.note_of(context.services, key).path)
    topic = mine[-1]
    reviews.stop(context.learner.id, topic.note, section)
    again = Action(action_id("studied", note=key), context.label("action.studied"))
    return Reply(
        context.say("studied.stopped", title=topic.title),
        tone="success",
        actions=() if section or topic.gone else (again,),
        language=context.voice.language,
    )


def _stop_id(topic: TopicProgress) -> str:
    """The id of the action that ends the reviews of a topic."""
    section = {"section": topic.section} if topic.section else {}
    return action_id("stop", note=note_key(topic.note), **section)
