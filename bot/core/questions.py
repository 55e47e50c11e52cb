"""How a question of ours looks, before and after it is answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import choosing, judged_shown, sessions_shown
from bot.core.alternatives import group
from bot.core.catalogue import as_written, closed, escape, quote
from bot.core.context import action_id
from bot.core.forms import answer_fields
from bot.core.reply import Action, Reply, Style
from bot.core.topics import note_key
from bot.core.voice import Voice
from jobs.review.choices import several

if TYPE_CHECKING:
    from jobs.review.choices import Choice
    from jobs.review.records import Asked, Revealed, SessionPlace
    from knowledge.notes import Citation

RATINGS = (1, 2, 3, 4)
_CHEER = re.compile(
    r"^(?:(?:that(?:'s| is) )?(?:correct|right|exactly|yes|incorrect|wrong|no)\b[^.!,;:—–-]{0,25}[.!。！]+"
    r"|(?:正确|对|不对|错误|不正确|回答正确)[!！。]+|(?:вярно|правилно|точно така|грешно|не)[!.]+)\s*",
    re.IGNORECASE,
)


def question(
    voice: Voice, asked: Asked, reader: str | None = None, place: SessionPlace | None = None
) -> Reply:
    """The prompt with its ways to go on: its choices, or an answer in one's own words.

    `reader`: for whom it is, where others read along. `place`: where it stands in a session.
    """
    if asked.step is None and not asked.again:
        head = voice.say("question.quiz", title=asked.title)
    elif asked.step is None:
        head = voice.say("question.missed", title=asked.title)
    else:
        kind = "recall" if asked.beyond else "review"
        kind += "_again" if asked.again else "_late" if asked.late else ""
        head = voice.say(f"question.{kind}", step=asked.step + 1, steps=asked.steps, title=asked.title)
    if place:
        head = sessions_shown.head(voice, place, head)
    if reader:
        head = f"{voice.say('question.for', name=reader)} {head}"
    parts = [head, prompt(asked.prompt), *choice_lines(voice, asked.choices)]
    if asked.state != "open":
        text = "\n\n".join((*parts, voice.say("question.done")))
        return Reply(text, tone="question", language=voice.language)
    show_id = action_id("show", attempt=asked.attempt_id)
    later_id = action_id("later", attempt=asked.attempt_id)
    actions = [
        *answering(voice, asked.choices, "choose", "answer", attempt=asked.attempt_id),
        Action(show_id, voice.label("action.show"), group=group(show_id)),
    ]
    if asked.interval is not None:
        actions.append(Action(later_id, voice.label("action.later"), group=group(later_id)))
    return Reply("\n\n".join(parts), tone="question", actions=tuple(actions), language=voice.language)


def prompt(text: str) -> str:
    """What is asked, set apart."""
    head, blank, rest = text.partition("\n\n")
    return f"**{head}**{blank}{rest}" if _plain(head) else text


def choice_lines(voice: Voice, choices: Sequence[Choice]) -> tuple[str, ...]:
    """The choices in full, and whether several are to be named."""
    if not choices:
        return ()
    lines = choosing.listed(voice, choices)
    return (lines, voice.say("question.several")) if several(choices) else (lines,)


def answering(
    voice: Voice, choices: Sequence[Choice], choose: str, answer: str, **subject: int
) -> tuple[Action, ...]:
    """The buttons that answer: one a choice; a form where several are right, or words are asked for."""
    if choices and not several(choices):
        ids = [action_id(choose, **subject, choice=at) for at in range(len(choices))]
        return tuple(
            Action(id_, choosing.button(voice, at, choice), group=group(id_))
            for at, (id_, choice) in enumerate(zip(ids, choices, strict=True))
        )
    id_ = action_id(answer, **subject)
    fields = answer_fields(voice, choices)
    return (Action(id_, voice.label("action.answer"), "primary", fields, group(id_)),)


def answer(voice: Voice, revealed: Revealed, typed: bool = False, closing: str = "") -> Reply:
    """What is right and the passage, the person's own answer beside it, and the four ratings.

    `closing`: what is said above the ratings in place of asking for one.
    """
    parts = [voice.say("question.typed")] if typed else []
    parts.append(prompt(revealed.prompt))
    if revealed.picked is not None:
        parts += verdict(voice, revealed)
    else:
        if revealed.response:
            parts += [voice.say("question.you_wrote"), quote(escape(revealed.response))]
        if revealed.judged and not revealed.expected:
            parts.append(judged_shown.said(voice, revealed.judged))
        parts += filled(voice, revealed)
        parts += solution(voice, revealed.choices, revealed.explanation)
    parts = sourced(voice, parts, revealed.citation, revealed.self_told)
    parts.append(closing or voice.say("question.rate"))
    return Reply(
        "\n\n".join(parts),
        tone="answer",
        citations=(revealed.citation,),
        actions=(*ratings(voice, revealed), open_note(voice, revealed.citation)),
        language=voice.language,
    )


def sourced(voice: Voice, parts: list[str], citation: Citation, self_told: bool) -> list[str]:
    """What was told, and where it stands: the passage, unless the question's own lines are all there is."""
    if self_told:
        return [*parts[:-1], f"{parts[-1]} [1]"]
    told = closed(citation.quote.strip())
    apart = "\n\n" if told.endswith(("```", "~~~")) else " "
    return [*parts, voice.say("question.in_notes"), quote(f"{told}{apart}[1]")]


def ratings(voice: Voice, revealed: Revealed) -> tuple[Action, ...]:
    """The four ratings; the one that the choice or the verdict proposes is marked."""
    proposed = revealed.proposed
    return tuple(_rating(voice, revealed.attempt_id, rating, rating == proposed) for rating in RATINGS)


def again_tomorrow(voice: Voice, reply: Reply) -> Reply:
    """The reply with its rating *again* named by what it does after a miss."""
    ending = f"&rating={RATINGS[0]}"
    actions = tuple(
        replace(one, label=voice.label("action.again_tomorrow")) if one.id.endswith(ending) else one
        for one in reply.actions
    )
    return replace(reply, actions=actions)


def _rating(voice: Voice, attempt: int, rating: int, suggested: bool) -> Action:
    rate_id = action_id("rate", attempt=attempt, rating=rating)
    style: Style = "primary" if suggested else "plain"
    return Action(rate_id, voice.label(f"rating.{rating}"), style, group=group(rate_id))


def open_note(voice: Voice, citation: Citation) -> Action:
    """Leads to where a citation stands."""
    return Action(
        action_id("learn", note=note_key(citation.note), line=citation.start),
        voice.label("action.open_note"),
    )


def verdict(voice: Voice, revealed: Revealed) -> list[str]:
    """Right or wrong, what would have been right, and why, as the note explains it."""
    picked = revealed.picked or ()
    chosen = choosing.named(voice, revealed.choices, picked)
    if revealed.right:
        why = [revealed.choices[at].explain for at in picked]
        return [voice.say("question.right", chosen=chosen), *explained(*why, revealed.explanation)]
    wrong = [revealed.choices[at].explain for at in picked if not revealed.choices[at].correct]
    return [
        voice.say("question.wrong", chosen=chosen),
        *explained(*wrong),
        *solution(voice, revealed.choices, revealed.explanation),
    ]


def filled(voice: Voice, revealed: Revealed) -> list[str]:
    """What belongs in the gap, and whether that was typed; nothing for a question without a gap."""
    if not revealed.expected:
        return []
    name = f"**{escape(revealed.expected[0])}**"
    if revealed.matched is None:
        return [voice.say("question.solution", right=name)]
    return [
        voice.say("question.right", chosen=name) if revealed.matched else voice.say("question.gap", name=name)
    ]


def solution(voice: Voice, choices: Sequence[Choice], explanation: str) -> list[str]:
    """Which choices are right, and why; nothing for a question without choices."""
    right = [at for at, choice in enumerate(choices) if choice.correct]
    if not right:
        return []
    said = voice.say("question.solution", right=choosing.named(voice, choices, right))
    return [said, *explained(*(choices[at].explain for at in right), explanation)]


def explained(*explanations: str) -> list[str]:
    """What the note's author says, as one paragraph; cheers at its beginning are ours to give."""
    told = [text for one in dict.fromkeys(explanations) if (text := _CHEER.sub("", one).strip())]
    return [as_written(" ".join(told))] if told else []


def _plain(prompt: str) -> bool:
    return "\n" not in prompt and "*" not in prompt and "`" not in prompt
