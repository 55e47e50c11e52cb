"""What an outbound row says at the moment it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import groups_shown, handlers, jobs_shown, questions
from bot.core.language import locale_language
from bot.core.reply import Reply
from bot.core.services import Services
from bot.core.voice import Voice
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from jobs.outbox import Delivery


def present(services: Services, delivery: Delivery, voice: Voice) -> Reply:
    """Reply for one delivery, from the ids it carries. RecapError where its subject is gone."""
    payload = delivery.payload
    if delivery.kind == "review" and isinstance(payload.get("attempt"), int):
        asked = services.reviews.arrive(payload["attempt"], delivery.platform, delivery.place)
        reader = payload.get("for")
        within = payload.get("session")
        place = services.sessions.place(within, asked.attempt_id) if isinstance(within, int) else None
        name = reader["name"] if isinstance(reader, dict) else None
        return questions.question(voice, asked, reader=name, place=place)
    if delivery.kind == "job" and isinstance(payload.get("job"), int):
        return jobs_shown.job_reply(services, payload["job"], voice, payload)
    if delivery.kind == "greeting":
        return handlers.greeting(services, Voice(locale_language(str(payload.get("language")))))
    if delivery.kind in ("group", "group_paused"):
        group = services.groups.at(delivery.platform, (delivery.place,), 0)
        if group is not None:
            spoken = Voice(group.plan.language, group.plan.timetable.zone)
            lead = spoken.say("group.started")
            if delivery.kind == "group_paused":
                # It may go on, or be stopped, since this was queued.
                lead = spoken.say("group.silent", count=payload.get("count", 0)) if group.paused else ""
            return groups_shown.group(spoken, group, services.clock.now(), lead)
    if delivery.kind in ("group_question", "group_reveal") and isinstance(payload.get("round"), int):
        shown = services.groups.round(payload["round"])
        spoken = groups_shown.channel_voice(shown)
        if delivery.kind == "group_reveal":
            return groups_shown.reveal(spoken, shown)
        return groups_shown.question(spoken, shown, services.clock.now())
    raise RecapError("error.message_gone")
