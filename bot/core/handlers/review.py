"""`/quiz`, `/review`, and the buttons under a question of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import choosing, missed, questions, sessions_shown, topics
from bot.core.alternatives import group
from bot.core.context import Context, action_id, number
from bot.core.courses import sign
from bot.core.errors import CommandError
from bot.core.handlers.predicting import predicting
from bot.core.reply import Action, Reply
from bot.core.topics import note_key
from jobs.errors import AttemptClosed, NothingToAsk
from jobs.review.ladder import parse_interval
from jobs.review.schedule import LATER, Later, later_options

if TYPE_CHECKING:
    from jobs.review.records import Asked, Rated, Revealed, SessionStep


def quiz(context: Context, arguments: Mapping[str, str]) -> Reply:
    """One question, on the topic or on anything."""
    topic: str | None = None
    if arguments.get("section") and (reply := _on_section(context, arguments)):
        return reply
    if arguments.get("note"):
        topic = topics.note_of(context.services, arguments["note"]).path
    elif arguments.get("topic", "").strip():
        topic = arguments["topic"].strip()
    turn = context.turn
    try:
        asked = context.services.reviews.quiz(context.learner.id, turn.platform, turn.place, topic)
    except NothingToAsk as nothing:
        if topic is not None:
            raise
        raise NothingToAsk("error.nothing_to_ask_at_all") from nothing
    return questions.question(context.voice, asked)


def _on_section(context: Context, arguments: Mapping[str, str]) -> Reply | None:
    """A question on a section of a note, which is reviewed from now on; None if the section is gone."""
    services, turn, voice = context.services, context.turn, context.voice
    note = topics.note_of(services, arguments["note"])
    section = next((one for one in note.sections if one.id == arguments["section"]), None)
    if section is None:
        return None
    found = services.reviews.quiz_section(context.learner.id, note, section, turn.platform, turn.place)
    reply = questions.question(voice, found.asked)
    if found.next_due is None:
        return reply
    key = "quiz.begun" if found.begun else "quiz.returns"
    when = voice.moment(found.next_due, services.clock.now())
    return replace(reply, text=f"{reply.text}\n\n{context.say(key, title=found.title, when=when)}")


def review(context: Context, arguments: Mapping[str, str]) -> Reply:
    """The first question that is due, or when the next one will be."""
    services, turn = context.services, context.turn
    step = services.sessions.begin(context.learner.id, turn.platform, turn.place, services.course)
    if step is None or step.asked is None:
        return nothing_due(context)
    return questions.question(context.voice, step.asked, place=step.place)


def nothing_due(context: Context) -> Reply:
    """When the next review comes, with a way to what is due elsewhere or to a question all the same."""
    reviews = context.services.reviews
    elsewhere = _due_elsewhere(context)
    upcoming = reviews.upcoming(context.learner.id)
    quiz_button = Action("quiz", context.label("action.quiz"))
    if not upcoming:
        learn_button = Action("learn", context.label("action.learn"), "primary")
        return Reply(
            context.say("review.none"),
            actions=(*elsewhere, learn_button, quiz_button),
            language=context.voice.language,
        )
    when = context.voice.moment(upcoming[0].due_at, context.services.clock.now())
    return Reply(
        context.say("review.next", title=upcoming[0].title, when=when),
        actions=(*elsewhere, quiz_button),
        language=context.voice.language,
    )


def _due_elsewhere(context: Context) -> list[Action]:
    """What is due in other courses, so that it isn't overlooked where only one is talked about."""
    mine, learner = context.services, context.learner
    others = [one for one in mine.courses if one.course != mine.course and one.reviews.due(learner.id)]
    return [
        sign(Action("review", context.label("review.elsewhere", title=one.title()), "primary"), one.course)
        for one in others
    ]


def answer(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Takes the answer, in words or as the letters of choices, and shows what the notes say."""
    reviews, attempt = context.services.reviews, number(arguments, "attempt")
    response = arguments.get("response", "").strip()
    asked = reviews.asked(attempt, context.learner.id)
    if not response:
        # Whose question it is, and whether it still stands, comes before what is wrong with the answer.
        if asked.state != "open":
            raise AttemptClosed
        raise CommandError("error.answer_empty")
    picked = choosing.picks(response, asked.choices)
    if picked is not None:
        revealed = reviews.choose(attempt, context.learner.id, picked)
    else:
        revealed = reviews.answer(attempt, context.learner.id, response)
    return _shown(context, revealed, typed="typed" in arguments)


def choose(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Takes the one choice that was pressed."""
    picked = (number(arguments, "choice"),)
    revealed = context.services.reviews.choose(number(arguments, "attempt"), context.learner.id, picked)
    return _shown(context, revealed)


def show(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Shows what the notes say without an answer."""
    revealed = context.services.reviews.reveal(number(arguments, "attempt"), context.learner.id)
    return _shown(context, revealed)


def _shown(context: Context, revealed: Revealed, typed: bool = False) -> Reply:
    """The passage, and after a miss the ways on from it; what a model is to say is run first."""
    if revealed.run is not None:
        return mine(context, predicting(context, revealed))
    reply = questions.answer(context.voice, revealed, typed)
    return mine(context, missed.with_ways(context.services, context.voice, revealed, reply))


def mine(context: Context, reply: Reply) -> Reply:
    """What concerns one person: among others, only they see it."""
    return replace(reply, private=context.turn.shared)


def rate(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Notes how it went and says when it comes again; goes on with the session, or offers what is due."""
    services = context.services
    rating, attempt = number(arguments, "rating"), number(arguments, "attempt")
    if rating not in questions.RATINGS:
        raise CommandError("error.action_unknown")
    rated = services.reviews.rate(attempt, context.learner.id, rating)
    services.groups.rated(attempt)
    services.planned()
    parts = [context.say("rated.noted", rating=context.label(f"rating.{rating}"))]
    asked = services.reviews.asked(attempt, context.learner.id)
    parts += _what_follows(context, rated, of_schedule=asked.step is not None)
    told, step = " ".join(parts), _go_on(context, attempt)
    if step is not None:
        title = asked.title if step.asked else ""
        return _stepped(context, told, step, _after_rating(context, attempt, rating, title))
    actions = [*_onwards(context), *_after_rating(context, attempt, rating)]
    if rated.next_due or rated.again_due:
        actions.append(Action(action_id("stop", note=note_key(asked.note)), context.label("action.stop")))
    return _noted(context, " ".join((told, *_more_due(context))), actions)


def _what_follows(context: Context, rated: Rated, of_schedule: bool) -> list[str]:
    """When it comes again. A repeat on the next review's own day is that review: one question, told once.

    `of_schedule`: by the learner's own reviews; what a group's round brings back comes beside them.
    """
    voice, now = context.voice, context.services.clock.now()
    again, following = rated.again_due, rated.next_due
    if of_schedule and again is not None and again == following:
        key = "rated.again_next" if rated.beyond else "rated.next"
        return [context.say(key, when=voice.moment(again, now))]
    parts = []
    if again is not None:
        parts.append(context.say("rated.again", when=voice.moment(again, now)))
    if following is not None:
        key = "rated.beyond" if rated.beyond else "rated.next"
        parts.append(context.say(key, when=voice.moment(following, now)))
    elif rated.finished:
        parts.append(context.say("rated.finished"))
    return parts


def later(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Puts a review off, offers other moments for it, and goes on with the session."""
    services, attempt = context.services, number(arguments, "attempt")
    until = next((one for one in LATER if one == arguments.get("until", "hour")), None)
    if until is None:
        raise CommandError("error.action_unknown")
    again = services.reviews.later(attempt, context.learner.id, until)
    services.planned()
    asked = services.reviews.asked(attempt, context.learner.id)
    step = _go_on(context, attempt)
    told = context.say("review.later_paused", title=asked.title)
    if not context.learner.paused(services.clock.now()):
        when = context.voice.moment(again, services.clock.now())
        told = context.say("review.later", title=asked.title, when=when)
    others = _other_moments(context, asked, until, among=step is not None and step.asked is not None)
    if step is not None:
        return _stepped(context, told, step, others)
    progress = Action(action_id("progress"), context.label("action.progress"))
    return _noted(context, told, [*others, progress])


def _after_rating(context: Context, attempt: int, rating: int, beside: str = "") -> tuple[Action, ...]:
    """The ways on from a miss that nothing but its rating tells; else they stand with the passage."""
    if rating != questions.RATINGS[0]:
        return ()
    revealed = replace(context.services.misses.revealed(attempt, context.learner.id), rating=None)
    return () if missed.is_miss(revealed) else missed.ways(context.services, context.voice, revealed, beside)


def _go_on(context: Context, attempt: int) -> SessionStep | None:
    turn = context.turn
    return context.services.sessions.go_on(context.learner.id, attempt, turn.platform, turn.place)


def _stepped(context: Context, told: str, step: SessionStep, actions: Sequence[Action] = ()) -> Reply:
    """What was done, and beneath it the session's next question or how it went."""
    if step.asked is not None:
        asks = questions.question(context.voice, step.asked, place=step.place)
        reply = replace(asks, text=f"{told}\n\n{asks.text}", actions=(*asks.actions, *actions))
        return mine(context, reply)
    parts, put_off = [told], 0
    if step.summary is not None:
        put_off = step.summary.put_off
        parts.append(sessions_shown.summary(context.voice, step.summary, context.services.clock.now()))
    parts += _more_due(context, besides=put_off)
    return _noted(context, "\n\n".join(parts), [*actions, *_onwards(context, put_off)])


def _other_moments(context: Context, asked: Asked, chosen: Later, among: bool) -> list[Action]:
    """To when else a question may be put off; `among`: beside another question, so that it must be named."""
    if asked.interval is None or not parse_interval(asked.interval).whole_days:
        return []
    found = []
    for until in later_options(context.services.clock.now(), context.learner):
        if until not in (chosen, "hour"):
            label = f"later.{until}_of" if among else f"later.{until}"
            id_ = action_id("later", attempt=asked.attempt_id, until=until)
            found.append(Action(id_, context.label(label, title=asked.title), group=group(id_)))
    return found


def _more_due(context: Context, besides: int = 0) -> list[str]:
    count = len(context.services.reviews.due(context.learner.id)) - besides
    return [context.say("rated.due", count=count)] if count > 0 else []


def _onwards(context: Context, besides: int = 0) -> list[Action]:
    """What can be done next: what is due, before another question."""
    actions = [Action("quiz", context.label("action.quiz_more"))]
    if len(context.services.reviews.due(context.learner.id)) > besides:
        actions.insert(0, Action("review", context.label("action.next_review"), "primary"))
    return actions


def _noted(context: Context, text: str, actions: Sequence[Action]) -> Reply:
    return mine(
        context,
        Reply(text, tone="success", actions=tuple(actions), language=context.voice.language),
    )
