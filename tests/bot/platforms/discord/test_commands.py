"""The command table as Discord gets it: within every limit, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.core import catalogue
from bot.core.commands import COMMANDS
from bot.platforms.discord import commands
from bot.platforms.discord.commands import application_commands, menu_name

NAME = re.compile(r"^[-_'\w]{1,32}$")
"""\\w covers Discord's letters and numbers of every script."""
TYPED = [command for command in application_commands() if command["type"] == commands.CHAT_INPUT]
BY_NAME = {command["name"]: command for command in TYPED}


def named(command: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield command
    yield from command["options"]


def spoken(texts: Mapping[str, Any], name: str) -> list[str]:
    return [texts[name], *texts.get(f"{name}_localizations", {}).values()]


def option(command: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in BY_NAME[command]["options"] if each["name"] == name)
    return found


def weight(command: Mapping[str, Any]) -> int:
    """Characters that count towards Discord's 8000 a command: the longest localisation of each text."""
    chosen = [choice for each in command["options"] for choice in each.get("choices", ())]
    texts = [(each, name) for each in named(command) for name in ("name", "description")]
    texts += [(choice, "name") for choice in chosen]
    longest = sum(max(map(len, spoken(each, name))) for each, name in texts)
    return longest + sum(len(str(choice["value"])) for choice in chosen)


def test_every_command_of_the_table_is_there_and_the_message_menu() -> None:
    assert list(BY_NAME) == list(COMMANDS)
    (menu,) = (one for one in application_commands() if one["type"] == commands.MESSAGE)
    assert menu["name"] == menu_name() == "Ask about this"
    assert set(menu["name_localizations"]) == {"bg", "zh-CN"}
    assert all(1 <= len(name) <= 32 for name in spoken(menu, "name"))


@pytest.mark.parametrize("command", TYPED, ids=list(BY_NAME))
def test_names_and_texts_keep_to_the_limits_in_every_language(command: dict[str, Any]) -> None:
    for each in named(command):
        for name in spoken(each, "name"):
            assert NAME.match(name), name
            assert name == name.lower()
        for text in spoken(each, "description"):
            assert 1 <= len(text) <= 100, text
            assert not re.search(r"[`*]", text), "Discord shows marks of Markdown as they are"
        assert set(each["description_localizations"]) == {"bg", "zh-CN"}
        for choice in each.get("choices", ()):
            assert len(choice["value"]) <= 100
            assert all(1 <= len(name) <= 100 for name in spoken(choice, "name"))
        assert len(each.get("choices", ())) <= 25
    assert len(command["options"]) <= 25
    assert weight(command) <= 8000


@pytest.mark.parametrize("command", TYPED, ids=list(BY_NAME))
def test_options_are_those_of_the_table_with_their_names_in_every_language(command: dict[str, Any]) -> None:
    names = [each["name"] for each in command["options"]]
    own = {parameter.name for parameter in COMMANDS[command["name"]].parameters}
    assert len(set(names)) == len(names)
    assert own <= set(names)
    assert set(names) - own <= {commands.VISIBLE, commands.FILE}
    for locale in ("bg", "zh-CN"):
        localised = [each["name_localizations"][locale] for each in command["options"]]
        assert len(set(localised)) == len(localised)
    required = [each.get("required", False) for each in command["options"]]
    assert required == sorted(required, reverse=True), (
        "Discord refuses a required option after an optional one"
    )


def test_nothing_had_to_be_shortened() -> None:
    for command in TYPED:
        for each in named(command):
            assert not any(text.endswith("…") for text in spoken(each, "description")), each["name"]


def test_suggestions_are_offered_where_the_core_has_some() -> None:
    assert option("learn", "topic")["autocomplete"]
    assert option("try", "model")["autocomplete"]
    assert not option("ask", "question")["autocomplete"]
    assert [choice["value"] for choice in option("settings", "setting")["choices"]][:1] == ["language"]
    assert "autocomplete" not in option("settings", "setting"), "choices and suggestions exclude each other"


def test_a_choice_says_what_it_does_in_the_persons_language() -> None:
    (quiet,) = (one for one in option("settings", "setting")["choices"] if one["value"] == "quiet")
    said = catalogue.label("bg", "choice.setting.quiet")
    assert quiet["name_localizations"]["bg"] == f"quiet – {said}"


def test_commands_for_admins_are_in_servers_alone_and_hidden_unless_a_role_makes_admins() -> None:
    assert BY_NAME["notes"]["default_member_permissions"] == 1 << 5
    assert BY_NAME["notes"]["contexts"] == [commands.SERVER]
    assert BY_NAME["ask"]["contexts"] == [commands.SERVER, commands.BOT_DM]
    assert "default_member_permissions" not in BY_NAME["ask"]
    open_to_roles = {command["name"]: command for command in application_commands(hide_from_members=False)}
    assert "default_member_permissions" not in open_to_roles["notes"]


def test_who_sees_an_answer_and_an_upload_are_asked_for_by_discord_alone() -> None:
    assert [one["value"] for one in option("ask", commands.VISIBLE)["choices"]] == ["everyone", "me"]
    assert option("notes", commands.FILE)["type"] == commands.ATTACHMENT
    assert "visible" not in {
        parameter.name for command in COMMANDS.values() for parameter in command.parameters
    }


def test_a_long_text_is_shortened_between_words() -> None:
    shortened = commands._shortened("word " * 30, 100)
    assert len(shortened) <= 100
    assert shortened.endswith("word…")
