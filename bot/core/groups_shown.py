"""How a study group, its questions and its answers look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from itertools import groupby
from typing import TYPE_CHECKING

from bot.core import alternatives, choosing, questions
from bot.core.bars import bar
from bot.core.catalogue import escape, quote
from bot.core.context import action_id
from bot.core.reply import Action, Reply, Table
from bot.core.topics import note_key
from bot.core.voice import Voice
from jobs.groups.timetable import EVERY_DAY

if TYPE_CHECKING:
    from jobs.groups.records import Group, Round, Taken
    from jobs.review.records import Revealed

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def channel_voice(round_: Round) -> Voice:
    """How a channel is spoken to: in its group's language and zone."""
    return Voice(round_.language, round_.zone)


def private_voice(voice: Voice, round_: Round) -> Voice:
    """How one of its readers is spoken to: choices keep the letters that the channel shows."""
    return replace(voice, letters=round_.language)


def group(voice: Voice, shown: Group, now: datetime, lead: str = "") -> Reply:
    """The group with its plan, and the buttons that everyone may press."""
    plan, number = shown.plan, shown.group_id
    topic = shown.topic or voice.label("group.any_topic")
    lines = [
        voice.say("group.topic", topic=topic),
        voice.say(
            "group.when",
            days=days(voice, plan.timetable.days),
            time=clock_time(voice, plan.timetable.time),
            zone=plan.timetable.zone,
        ),
        voice.say("group.open_for", duration=duration(voice, plan.open_for)),
        voice.say("group.members", count=shown.members),
    ]
    if shown.active and shown.next_at is not None:
        when = replace(voice, zone=plan.timetable.zone).moment(shown.next_at, now)
        lines.append(voice.say("group.next", when=when))
    else:
        lines.append(voice.say("group.waits" if shown.paused else "group.paused"))
    return Reply(
        "\n".join((lead or voice.say("group.lead"), "", *(f"- {line}" for line in lines))),
        actions=(
            *((_resume(voice, number),) if shown.paused else ()),
            Action(action_id("group_join", group=number), voice.label("action.group_join"), "primary"),
            Action(action_id("group_leave", group=number), voice.label("action.group_leave")),
        ),
        language=voice.language,
    )


def question(voice: Voice, asked: Round, now: datetime) -> Reply:
    """What the channel is asked; once closed, what became of it."""
    head = voice.say("group.quiz_late" if asked.late else "group.quiz", title=asked.title)
    parts = [head, questions.prompt(asked.prompt), *questions.choice_lines(voice, asked.choices)]
    if asked.state == "open":
        parts.append(voice.say("group.unseen", when=voice.moment(asked.closes_at, now), zone=asked.zone))
        if asked.answers:
            parts.append(voice.say("group.answers", count=asked.answers))
        answering = questions.answering(
            voice, asked.choices, "group_choose", "group_answer", round=asked.round_id
        )
        actions = (*answering, _join(voice, asked))
        return Reply("\n\n".join(parts), tone="question", actions=actions, language=voice.language)
    if asked.answers or asked.state != "closed":
        parts.append(voice.say("group.closed"))
        actions = (_rate(voice, asked),) if asked.answers else ()
        return Reply("\n\n".join(parts), tone="question", actions=actions, language=voice.language)
    parts += [voice.say("group.nobody"), *_solution(voice, asked)]
    return Reply(
        "\n\n".join(questions.sourced(voice, parts, asked.citation, asked.self_told)),
        tone="question",
        citations=(asked.citation,),
        actions=(questions.open_note(voice, asked.citation), _study(voice, asked)),
        language=voice.language,
    )


def reveal(voice: Voice, shown: Round) -> Reply:
    """The answers in numbers, what is right, and the passage."""
    parts = [voice.say("group.reveal", title=shown.title), questions.prompt(shown.prompt)]
    if shown.choices:
        parts.append(voice.say("group.right", right=shown.right, count=shown.answers))
    else:
        parts.append(" ".join((voice.say("group.answered", count=shown.answers), *_judged(voice, shown))))
    parts += _solution(voice, shown)
    if shown.named:
        parts.append(voice.say("group.named", names=", ".join(shown.named)))
    parts = questions.sourced(voice, parts, shown.citation, shown.self_told)
    if not shown.choices and not any(shown.ratings):
        parts.append(voice.say("group.rate_yours"))
    return Reply(
        "\n\n".join(parts),
        tone="answer",
        citations=(shown.citation,),
        table=_distribution(voice, shown),
        actions=(
            _rate(voice, shown),
            questions.open_note(voice, shown.citation),
            _join(voice, shown),
        ),
        language=voice.language,
    )


def taken(voice: Voice, answer: Taken) -> Reply:
    """For the one who answered: what was noted, and nothing of what is right."""
    voice = private_voice(voice, answer.round)
    key = "group.changed" if answer.changed else "group.noted"
    if answer.picked is not None:
        parts = [voice.say(key), choosing.named(voice, answer.round.choices, answer.picked)]
    else:
        parts = [voice.say(key), quote(escape(answer.response))]
    parts.append(voice.say("group.last" if answer.last else "group.wait"))
    actions: tuple[Action, ...] = ()
    if not answer.is_member:
        parts.append(voice.say("group.guest"))
        actions = (_join(voice, answer.round),)
    return Reply("\n\n".join(parts), tone="success", actions=actions, private=True, language=voice.language)


def mine(voice: Voice, round_: Round, revealed: Revealed) -> Reply:
    """A learner's own answer, judged, with the ratings."""
    voice = private_voice(voice, round_)
    closing = ""
    if revealed.rating is not None:
        closing = voice.say("group.rated", rating=voice.label(f"rating.{revealed.rating}"))
    return replace(questions.answer(voice, revealed, closing=closing), private=True)


def days(voice: Voice, digits: str) -> str:
    """`12345` -> Mon–Fri, `135` -> Mon, Wed, Fri."""
    from babel.dates import get_day_names

    if digits == EVERY_DAY:
        return voice.label("group.every_day")
    names = get_day_names("abbreviated", locale=voice.language)
    runs = []
    for _, run in groupby(enumerate(digits), key=lambda pair: int(pair[1]) - pair[0]):
        row = [int(digit) - 1 for _, digit in run]
        runs += [f"{names[row[0]]}–{names[row[-1]]}"] if len(row) > 2 else [names[day] for day in row]
    return ("、" if voice.language == "zh" else ", ").join(runs)


def clock_time(voice: Voice, at: time) -> str:
    from babel.dates import format_time

    return format_time(at, format="short", locale=voice.language)


def duration(voice: Voice, seconds: int) -> str:
    """In the largest unit that needs no fraction."""
    from babel.units import format_unit

    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return str(format_unit(seconds // size, f"duration-{unit}", locale=voice.language))


def _judged(voice: Voice, shown: Round) -> list[str]:
    """How the answers in words were, and what several typed: numbers alone, no one's name beside them."""
    right, partly, wrong = shown.verdicts
    known = right + partly + wrong
    if not known:
        return []
    told = [voice.say("group.verdicts", right=right, partly=partly, wrong=wrong)]
    if shown.answers > known:
        told.append(voice.say("group.unjudged", count=shown.answers - known))
    if shown.common:
        typed = [f"**{escape(text)}** × {count}" for text, count in shown.common]
        told.append(voice.say("group.common", typed=voice.label("session.comma").join(typed)))
    return told


def _solution(voice: Voice, shown: Round) -> list[str]:
    """What is right: the choices with their reasons, or what belongs in the gap."""
    if shown.expected:
        return [voice.say("question.solution", right=f"**{escape(shown.expected[0])}**")]
    return questions.solution(voice, shown.choices, shown.explanation)


def _distribution(voice: Voice, shown: Round) -> Table | None:
    if shown.choices:
        most = max(*shown.picks, 1)
        rows = tuple(
            (
                f"{choosing.button(voice, at, choice)}{' ✓' if choice.correct else ''}",
                f"{bar(shown.picks[at] / most)} {shown.picks[at]}",
            )
            for at, choice in enumerate(shown.choices)
        )
        return Table((voice.label("group.choice"), voice.label("group.count")), rows)
    if not any(shown.ratings):
        return None
    most = max(shown.ratings)
    rows = tuple(
        (voice.label(f"rating.{rating}"), f"{bar(count / most)} {count}")
        for rating, count in zip(questions.RATINGS, shown.ratings, strict=True)
    )
    return Table((voice.label("group.rating"), voice.label("group.count")), rows)


def _resume(voice: Voice, number: int) -> Action:
    resume_id = action_id("group_resume", group=number)
    return Action(
        resume_id, voice.label("action.group_resume"), "primary", group=alternatives.group(resume_id)
    )


def _join(voice: Voice, round_: Round) -> Action:
    return Action(action_id("group_join", group=round_.group_id), voice.label("action.group_join"))


def _rate(voice: Voice, round_: Round) -> Action:
    return Action(action_id("group_rate", round=round_.round_id), voice.label("action.group_rate"), "primary")


def _study(voice: Voice, round_: Round) -> Action:
    return Action(action_id("studied", note=note_key(round_.citation.note)), voice.label("action.studied"))
