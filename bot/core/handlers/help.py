"""`/help`: what can be done, and how each command is typed."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core import parse
from bot.core.catalogue import block, code
from bot.core.commands import COMMANDS, Command, example_line
from bot.core.context import Context
from bot.core.reply import Reply


def show_help(context: Context, arguments: Mapping[str, str]) -> Reply:
    """All commands, or one with its parameters and examples."""
    wanted = arguments.get("command", "").strip().lstrip("/").lower()
    if not wanted:
        return Reply(_all(context), language=context.voice.language, private=True)
    command = COMMANDS.get(wanted)
    if command is None:
        raise parse.unknown_command(wanted)
    return Reply(_one(context, command), language=context.voice.language, private=True)


def _all(context: Context) -> str:
    lines = [
        f"- {code(command.usage)} — {context.say(f'command.{command.name}.summary')}"
        for command in COMMANDS.values()
        if context.turn.person.is_admin or not command.admin
    ]
    return "\n".join((context.say("help.intro"), "", *lines, "", context.say("help.more")))


def _one(context: Context, command: Command) -> str:
    parameters = [
        f"- {code(parameter.usage)} — {context.say(f'parameter.{parameter.name}')}"
        for parameter in command.parameters
    ]
    if command.name == "try":
        tasks = [f"- {code(task)} — {context.say(f'task.{task}')}" for task in context.services.tasks]
        parameters = [*parameters, "", context.say("help.tasks"), "", *tasks]
    examples = [*command.examples]
    if command.name == "try":
        examples = [example_line(task) for task in context.services.tasks.values()]
    return "\n".join(
        (
            f"**{code(command.usage)}** — {context.say(f'command.{command.name}.summary')}",
            "",
            *parameters,
            "",
            context.say("help.examples"),
            "",
            block("\n".join(examples)),
        )
    )
