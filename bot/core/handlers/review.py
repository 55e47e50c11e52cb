"""`/quiz`, `/review`, and the buttons under a question of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core import choosing, questions, topics
from bot.core.context import Context, action_id, number
from bot.core.courses import sign
from bot.core.errors import CommandError
from bot.core.reply import Action, Reply
from jobs.errors import AttemptClosed, NothingToAsk


def quiz(context: Context, arguments: Mapping[str, str]) -> Reply:
    """One question, on the topic or on anything."""
    topic: str | None = None
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


def review(context: Context, arguments: Mapping[str, str]) -> Reply:
    """The first question that is due, or when the next one will be."""
    reviews = context.services.reviews
    due = reviews.due(context.learner.id)
    if due:
        turn = context.turn
        asked = reviews.ask(context.learner.id, due[0].review_id, turn.platform, turn.place)
        return questions.question(context.voice, asked)
    return nothing_due(context)


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
    return mine(context, questions.answer(context.voice, revealed, typed="typed" in arguments))


def choose(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Takes the one choice that was pressed."""
    picked = (number(arguments, "choice"),)
    revealed = context.services.reviews.choose(number(arguments, "attempt"), context.learner.id, picked)
    return mine(context, questions.answer(context.voice, revealed))


def show(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Shows what the notes say without an answer."""
    revealed = context.services.reviews.reveal(number(arguments, "attempt"), context.learner.id)
    return mine(context, questions.answer(context.voice, revealed))


def mine(context: Context, reply: Reply) -> Reply:
    """What concerns one person: among others, only they see it."""
    return replace(reply, private=context.turn.shared)


def rate(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Notes how it went; says when it comes again, and offers the next one that is due."""
    reviews, now = context.services.reviews, context.services.clock.now()
    rating = number(arguments, "rating")
    if rating not in questions.RATINGS:
        raise CommandError("error.action_unknown")
    rated = reviews.rate(number(arguments, "attempt"), context.learner.id, rating)
    context.services.groups.rated(number(arguments, "attempt"))
    context.services.planned()
    parts = [context.say("rated.noted", rating=context.label(f"rating.{rating}"))]
    if rated.again_due is not None:
        parts.append(context.say("rated.again", when=context.voice.moment(rated.again_due, now)))
    if rated.next_due is not None:
        parts.append(context.say("rated.next", when=context.voice.moment(rated.next_due, now)))
    elif rated.finished:
        parts.append(context.say("rated.finished"))
    due = reviews.due(context.learner.id)
    actions = [Action("quiz", context.label("action.quiz_more"))]
    if due:
        parts.append(context.say("rated.due", count=len(due)))
        actions.insert(0, Action("review", context.label("action.next_review"), "primary"))
    return mine(
        context,
        Reply(" ".join(parts), tone="success", actions=tuple(actions), language=context.voice.language),
    )


def later(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Puts a review off."""
    attempt = number(arguments, "attempt")
    again = context.services.reviews.later(attempt, context.learner.id)
    context.services.planned()
    when = context.voice.moment(again, context.services.clock.now())
    reply = Reply(
        context.say("review.later", when=when),
        tone="success",
        actions=(Action(action_id("progress"), context.label("action.progress")),),
        language=context.voice.language,
    )
    return mine(context, reply)
