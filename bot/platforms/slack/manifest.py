"""The app's manifest: what is pasted where Slack makes an app. All of it comes from the command table.

Shape: https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.core import catalogue
from bot.core.commands import COMMANDS, Command, Parameter
from bot.platforms.slack.naming import BUILT_IN, command_names
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.scopes import EVENTS, SCOPES

ASK_ABOUT_THIS, QUIZ_ME = "ask_about_this", "quiz_me"
EVENTS_PATH, INSTALL_PATH, INSTALLED_PATH = "/slack/events", "/slack/install", "/slack/oauth_redirect"
"""Where the web server takes Slack's requests."""
LONGEST_SHORTCUT, LONGEST_SHORTCUT_DESCRIPTION = 24, 150

_MARKUP = re.compile(r"[`*]")
_PLAIN = re.compile(r"[A-Za-z/][\w./-]*(:[\w./-]+)*( [\w./-]+)*")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def manifest(options: SlackOptions) -> dict[str, Any]:
    """The manifest as Slack takes it, for Socket Mode or with the addresses that Slack calls."""
    called = _is_called(options)
    settings: dict[str, Any] = {
        "event_subscriptions": {"bot_events": sorted(EVENTS)},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not called,
        "token_rotation_enabled": options.distributed,
    }
    oauth: dict[str, Any] = {"scopes": {"bot": sorted(SCOPES)}}
    if called:
        settings["event_subscriptions"]["request_url"] = _address(options, EVENTS_PATH)
        settings["interactivity"]["request_url"] = _address(options, EVENTS_PATH)
        settings["interactivity"]["message_menu_options_url"] = _address(options, EVENTS_PATH)
    if called or options.distributed:
        oauth["redirect_urls"] = [_address(options, INSTALLED_PATH)]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Recap",
            "description": _english("slack.manifest.description"),
            "long_description": _english("slack.manifest.long_description"),
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "assistant_view": {"assistant_description": _english("slack.manifest.assistant")},
            "bot_user": {"display_name": "Recap", "always_online": True},
            "shortcuts": [_shortcut("ask", "message", ASK_ABOUT_THIS), _shortcut("quiz", "global", QUIZ_ME)],
            "slash_commands": list(_commands(options)),
        },
        "oauth_config": oauth,
        "settings": settings,
    }


def yaml(options: SlackOptions) -> str:
    """The manifest as YAML, with the reason of each scope and event as a comment."""
    reasons = {**SCOPES, **EVENTS}
    return "\n".join(_lines(manifest(options), 0, reasons)) + "\n"


def _commands(options: SlackOptions) -> Iterator[dict[str, Any]]:
    *named, anything = command_names(options.prefix)
    called = {"url": _address(options, EVENTS_PATH)} if _is_called(options) else {}
    known = (command for name, command in COMMANDS.items() if name not in BUILT_IN)
    for name, command in zip(named, known, strict=True):
        hint = _hint(command)
        yield {
            "command": name,
            **called,
            "description": _capital(_english(f"command.{command.name}.summary")),
            **({"usage_hint": hint} if hint else {}),
            "should_escape": False,
        }
    yield {
        "command": anything,
        **called,
        "description": _english("slack.manifest.any"),
        "usage_hint": _english("slack.manifest.any_hint"),
        "should_escape": False,
    }


def _is_called(options: SlackOptions) -> bool:
    """Whether Slack sends requests: so it is before an app, and with it a secret, is made."""
    return options.http or bool(options.public_url and not options.socket)


def _hint(command: Command) -> str:
    return " ".join(map(_parameter, command.parameters))


def _parameter(parameter: Parameter) -> str:
    if not parameter.choices or parameter.option:
        return parameter.usage
    choices = "|".join(parameter.choices)
    return choices if parameter.required else f"[{choices}]"


def _shortcut(name: str, kind: str, callback: str) -> dict[str, Any]:
    return {
        "name": _english(f"slack.shortcut.{name}"),
        "type": kind,
        "callback_id": callback,
        "description": _english(f"slack.shortcut.{name}_description"),
    }


def _address(options: SlackOptions, path: str) -> str:
    return f"{options.public_url or 'https://recap.example'}{path}"


def _english(key: str) -> str:
    return _MARKUP.sub("", catalogue.label("en", key))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lines(value: Any, depth: int, reasons: Mapping[str, str]) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                yield f"{indent}{name}:"
                yield from _lines(inner, depth + 1, reasons)
            else:
                yield f"{indent}{name}: {_scalar(inner)}"
        return
    for inner in value:
        if isinstance(inner, dict):
            first, *more = _lines(inner, depth + 1, reasons)
            yield f"{indent}- {first.lstrip()}"
            yield from more
        else:
            why = f"  # {reasons[inner]}" if inner in reasons else ""
            yield f"{indent}- {_scalar(inner)}{why}"


def _scalar(value: str | bool | int) -> str:
    """A value of YAML; a text that YAML could take for something else stands in quotes, as in JSON."""
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return value if plain else json.dumps(value, ensure_ascii=False)
