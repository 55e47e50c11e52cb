"""One handler per use case, by the command or the action that asks for it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.context import Handler
from bot.core.handlers.ask import ask
from bot.core.handlers.course import course
from bot.core.handlers.export import export
from bot.core.handlers.feedback import feedback
from bot.core.handlers.forget import forget, forget_all
from bot.core.handlers.group import (
    choose_in_round,
    group,
    join,
    leave,
    name,
    plan,
    rate_mine,
    resume,
    say_in_round,
)
from bot.core.handlers.help import show_help
from bot.core.handlers.learn import learn
from bot.core.handlers.link import link, unlink
from bot.core.handlers.missed import ask_about, ask_on, explain, try_taught
from bot.core.handlers.notes import notes
from bot.core.handlers.passage import passage
from bot.core.handlers.pause import pause, pause_for, reviews_off, reviews_on
from bot.core.handlers.progress import progress
from bot.core.handlers.review import answer, choose, later, quiz, rate, review, show
from bot.core.handlers.settings import settings
from bot.core.handlers.studied import stop, studied
from bot.core.handlers.try_task import retry, try_task
from bot.core.handlers.welcome import greeting, welcome

__all__ = ["ACTIONS", "COMMANDS", "Handler", "greeting", "welcome"]

COMMANDS: Mapping[str, Handler] = {
    "ask": ask,
    "try": try_task,
    "learn": learn,
    "studied": studied,
    "quiz": quiz,
    "review": review,
    "progress": progress,
    "settings": settings,
    "link": link,
    "export": export,
    "forget": forget,
    "group": group,
    "notes": notes,
    "course": course,
    "help": show_help,
}

ACTIONS: Mapping[str, Handler] = {
    "answer": answer,
    "choose": choose,
    "show": show,
    "rate": rate,
    "later": later,
    "explain": explain,
    "ask_about": ask_about,
    "ask_on": ask_on,
    "try_taught": try_taught,
    "retry": retry,
    "stop": stop,
    "pause": pause,
    "pause_for": pause_for,
    "reviews_off": reviews_off,
    "reviews_on": reviews_on,
    "unlink": unlink,
    "forget_all": forget_all,
    "passage": passage,
    "feedback": feedback,
    "group_plan": plan,
    "group_join": join,
    "group_leave": leave,
    "group_name": name,
    "group_resume": resume,
    "group_choose": choose_in_round,
    "group_answer": say_in_round,
    "group_rate": rate_mine,
}
"""What only buttons ask for; every command is an action too."""
