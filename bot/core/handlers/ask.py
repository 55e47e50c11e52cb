"""`/ask`: an answer from the notes, every sentence quoted from where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.core import feedback
from bot.core.cited import quoted
from bot.core.context import Context, action_id
from bot.core.reply import Action, Reply
from bot.core.topics import note_key
from bot.core.turn import Line
from knowledge.notes import Citation
from knowledge.tables import QuestionRow

if TYPE_CHECKING:
    from knowledge.answer import Answer

_LABEL_LENGTH = 60
LATELY = timedelta(minutes=30)
"""How long a question can be gone on from without a thread."""
_MOST_BEFORE = 2


def ask(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Answers a question, or says that the notes don't and what is nearest."""
    return answered(context, arguments["question"].strip(), _before(context))


def answered(context: Context, question: str, before: Sequence[str]) -> Reply:
    """The answer to a question that may lean on what was said `before` it, oldest first."""
    services = context.services
    answer = services.library.ask(services.course, question, context.voice.language, before)
    asked = _remember(context, question, answer)
    if not (answer.answered and answer.parts):
        return _not_found(context, answer)
    return replace(_found(context, answer), feedback=feedback.stem(asked))


def _found(context: Context, answer: Answer) -> Reply:
    citations: list[Citation] = []
    pieces = [quoted(part, citations) for part in answer.parts]
    lead = context.say("ask.found", count=len(citations))
    text = "\n\n".join((lead, *pieces, *_read_with(context, answer), *_caveat(context, answer)))
    key = note_key(citations[0].note)
    return Reply(
        text,
        tone="answer",
        citations=tuple(citations),
        actions=(
            Action(
                action_id("quiz", note=key, section=citations[0].section_id),
                context.label("action.quiz_this"),
            ),
            Action(action_id("learn", note=key), context.label("action.open_note")),
        ),
        language=context.voice.language,
    )


def _not_found(context: Context, answer: Answer) -> Reply:
    if not answer.nearest:
        text = context.say("ask.not_in_notes")
    else:
        places = [
            context.say("ask.place", heading=citation.heading or citation.note, note=citation.note)
            for citation in answer.nearest
        ]
        text = "\n".join((context.say("ask.nearest"), "", *(f"- {place}" for place in places)))
    actions = tuple(
        Action(
            action_id("learn", note=note_key(citation.note), line=citation.start),
            (citation.heading or citation.note)[:_LABEL_LENGTH],
        )
        for citation in answer.nearest
    )
    return Reply(
        "\n\n".join((text, *_read_with(context, answer), *_course(context), *_caveat(context, answer))),
        tone="answer",
        actions=actions,
        language=context.voice.language,
    )


def _before(context: Context) -> tuple[str, ...]:
    """What a typed question may lean on: what was said in its thread, and what the person asked lately.

    Lately counts where the conversation is the person's own, or goes on from something said there.
    """
    turn, services = context.turn, context.services
    if not isinstance(turn.did, Line) or (turn.shared and not turn.did.thread):
        return ()
    since = services.clock.now() - LATELY
    # The reply may name what it leans on: nothing that those who read along there have not seen.
    seen = [QuestionRow.place.in_((turn.place, *turn.within))] if turn.shared else []
    with services.database.session() as session:
        lately = session.scalars(
            select(QuestionRow.text)
            .where(
                QuestionRow.course_id == services.course,
                QuestionRow.asked_by == context.learner.id,
                QuestionRow.asked_at >= since,
                *seen,
            )
            .order_by(QuestionRow.asked_at.desc(), QuestionRow.id.desc())
            .limit(_MOST_BEFORE)
        ).all()
    return (*reversed(lately), *turn.did.thread)


def _read_with(context: Context, answer: Answer) -> tuple[str, ...]:
    return (context.say("ask.read_with", question=answer.after),) if answer.after else ()


def _course(context: Context) -> tuple[str, ...]:
    """Says where the answer was looked for, where that may have been the wrong course."""
    services = context.services
    return (context.say("ask.in_course", title=services.title()),) if len(services.courses) > 1 else ()


def _caveat(context: Context, answer: Answer) -> tuple[str, ...]:
    """Says when the encoder was not heard: it isn't there, or doesn't know the language of the question."""
    encoder = context.services.encoder
    if answer.dense or encoder is None:
        return ()
    if not encoder.reads(answer.question):
        return (context.say("ask.words_only_unread"),)
    if encoder.state == "ready":
        return ()
    return (context.say("ask.words_only" if encoder.state == "loading" else "ask.words_only_failing"),)


def _remember(context: Context, question: str, answer: Answer) -> int:
    """The number under which the question is kept."""
    turn = context.turn
    row = QuestionRow(
        course_id=context.services.course,
        asked_by=context.learner.id,
        place=turn.place if turn.shared and not turn.hidden else "",
        text=question,
        language=answer.language,
        answered=answer.answered,
        generation_id=answer.generation,
        citations=[
            {"note": one.note, "section": one.section_id, "start": one.start, "end": one.end}
            for one in (part.citation for part in answer.parts)
        ],
        asked_at=context.services.clock.now(),
    )
    with context.services.database.session() as session:
        session.add(row)
        session.flush()
        return row.id
