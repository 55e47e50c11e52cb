"""How a question of ours looks, before and after it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.alternatives import group
from bot.core.catalogue import escape, quote
from bot.core.context import action_id
from bot.core.forms import answer_fields
from bot.core.reply import Action, Reply, Style
from bot.core.topics import note_key
from bot.core.voice import Voice

if TYPE_CHECKING:
    from jobs.review.records import Asked, Revealed

RATINGS = (1, 2, 3, 4)


def question(voice: Voice, asked: Asked) -> Reply:
    """The prompt with its three ways to go on."""
    if asked.step is None:
        head = voice.say("question.quiz", title=asked.title)
    else:
        kind = "review_again" if asked.again else "review_late" if asked.late else "review"
        head = voice.say(f"question.{kind}", step=asked.step + 1, steps=asked.steps, title=asked.title)
    prompt = f"**{asked.prompt}**" if _plain(asked.prompt) else asked.prompt
    if asked.state != "open":
        done = voice.say("question.done")
        return Reply("\n\n".join((head, prompt, done)), tone="question", language=voice.language)
    answer_id = action_id("answer", attempt=asked.attempt_id)
    show_id = action_id("show", attempt=asked.attempt_id)
    later_id = action_id("later", attempt=asked.attempt_id)
    fields = answer_fields(voice)
    actions = [
        Action(answer_id, voice.label("action.answer"), "primary", fields, group(answer_id)),
        Action(show_id, voice.label("action.show"), group=group(show_id)),
    ]
    if asked.step is not None:
        actions.append(Action(later_id, voice.label("action.later"), group=group(later_id)))
    return Reply(
        "\n\n".join((head, prompt)),
        tone="question",
        actions=tuple(actions),
        language=voice.language,
    )


def answer(voice: Voice, revealed: Revealed, typed: bool = False) -> Reply:
    """The passage, the person's own answer beside it, and the four ratings."""
    parts = [voice.say("question.typed")] if typed else []
    parts.append(f"**{revealed.prompt}**" if _plain(revealed.prompt) else revealed.prompt)
    if revealed.response:
        parts += [voice.say("question.you_wrote"), quote(escape(revealed.response))]
    parts += [voice.say("question.in_notes"), quote(f"{revealed.citation.quote.strip()} [1]")]
    parts.append(voice.say("question.rate"))
    ratings = tuple(_rating(voice, revealed.attempt_id, rating) for rating in RATINGS)
    return Reply(
        "\n\n".join(parts),
        tone="answer",
        citations=(revealed.citation,),
        actions=(
            *ratings,
            Action(
                action_id("learn", note=note_key(revealed.citation.note), line=revealed.citation.start),
                voice.label("action.open_note"),
            ),
        ),
        language=voice.language,
    )


def _rating(voice: Voice, attempt_id: int, rating: int) -> Action:
    rate_id = action_id("rate", attempt=attempt_id, rating=rating)
    style: Style = "primary" if rating == RATINGS[2] else "plain"
    return Action(rate_id, voice.label(f"rating.{rating}"), style, group=group(rate_id))


def _plain(prompt: str) -> bool:
    return "\n" not in prompt and "*" not in prompt and "`" not in prompt
