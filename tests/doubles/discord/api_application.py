"""REST: the application, its commands, where the gateway is."""

from __future__ import annotations

from datetime import timedelta

from tests.doubles.discord import bodies, limits, wire
from tests.doubles.discord.desk import Desk, Request
from tests.doubles.discord.errors import ApiError, missing_access, unknown_command
from tests.doubles.discord.routing import Answer, route
from tests.doubles.discord.world import Json

LOCALISED = ("name_localizations", "description_localizations")


@route("GET", "/applications/@me")
@route("GET", "/oauth2/applications/@me")
def about(desk: Desk, request: Request) -> Answer:
    return 200, {
        "id": str(desk.bot.id),
        "name": desk.app.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "hook": True,
        "verify_key": "0" * 64,
        "flags": desk.app.flags,
        "flags_new": str(desk.app.flags),
        "approximate_guild_count": sum(guild.bot_in for guild in desk.world.guilds.values()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "eligible_oauth2_scopes": [],
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": wire.user(desk.app.owner),
        "team": None,
        "bot": wire.user(desk.bot),
        "integration_types_config": {},
        "explicit_content_filter": 0,
        "rpc_application_state": 0,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "is_monetized": False,
        "max_participants": None,
        "storefront_available": False,
        "tags": [],
    }


@route("GET", "/gateway", open_to_all=True)
def gateway(desk: Desk, request: Request) -> Answer:
    return 200, {"url": gateway_url(desk)}


@route("GET", "/gateway/bot")
def gateway_bot(desk: Desk, request: Request) -> Answer:
    return 200, {
        "url": gateway_url(desk),
        "shards": desk.app.shards,
        "session_start_limit": {
            "total": limits.IDENTIFIES_A_DAY,
            "remaining": desk.app.identifies_left,
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        },
    }


def gateway_url(desk: Desk) -> str:
    return desk.base.replace("http://", "ws://")


def _scope(desk: Desk, request: Request) -> int | None:
    """The server whose commands these are, None for everywhere."""
    if request.parameters["application_id"] != str(desk.bot.id):
        raise missing_access()
    if "guild_id" not in request.parameters:
        return None
    guild = int(request.parameters["guild_id"])
    if guild not in desk.world.guilds or not desk.world.guilds[guild].bot_in:
        raise missing_access()
    return guild


def _tidy(part: Json) -> Json:
    """Options as Discord gives them back: what says nothing is left out."""
    shape = {key: value for key, value in part.items() if value not in (None, False, [], {})}
    for key in ("options", "choices"):
        if key in shape:
            shape[key] = [_tidy(each) for each in shape[key]]
    return shape


def _keep(desk: Desk, command: Json, scope: int | None, before: Json | None) -> Json:
    """What is stored of a command as sent; it keeps the id of the one that it replaces."""
    kind = command.get("type") or 1
    granted = command.get("default_member_permissions")  # sent as a number, given back as text
    kept: Json = {
        "id": before["id"] if before else str(desk.world.snowflake()),
        "application_id": str(desk.bot.id),
        "version": str(desk.world.snowflake()),
        "default_member_permissions": None if granted is None else str(granted),
        "type": kind,
        "name": command["name"],
        "name_localizations": command.get("name_localizations"),
        "description": command.get("description") or "",
        "description_localizations": command.get("description_localizations"),
        "dm_permission": command.get("dm_permission", True) is not False,
        "contexts": command.get("contexts"),
        "integration_types": command.get("integration_types") or [0],
        "nsfw": bool(command.get("nsfw")),
    }
    if kind == 1 and command.get("options"):
        kept["options"] = [_tidy(each) for each in command["options"]]
    if scope is not None:
        kept["guild_id"] = str(scope)
    if before is None:
        now = desk.world.clock.now()
        made = [at for at in desk.app.commands_made if now - at < timedelta(days=1)]
        if len(made) >= limits.COMMANDS_A_DAY:
            message = "Max number of daily application command creates has been reached (200)"
            raise ApiError(400, 30034, message)
        desk.app.commands_made = [*made, now]
    elif {**before, "version": ""} == {**kept, "version": ""}:
        kept["version"] = before["version"]
    return kept


def _same(desk: Desk, command: Json, scope: int | None) -> Json | None:
    for each in desk.app.commands.get(scope, {}).values():
        if (each["type"], each["name"]) == (command.get("type") or 1, command["name"]):
            return each
    return None


def _without_translations(part: Json) -> Json:
    shape = {key: value for key, value in part.items() if key not in LOCALISED}
    for key in ("options", "choices"):
        if key in shape:
            shape[key] = [_without_translations(each) for each in shape[key]]
    return shape


def _overwrite(desk: Desk, request: Request) -> Answer:
    scope = _scope(desk, request)
    bodies.check_commands(request.body)
    kept = [_keep(desk, each, scope, _same(desk, each, scope)) for each in request.body]
    desk.app.commands[scope] = {int(each["id"]): each for each in kept}
    desk.world.changed()
    return 200, kept


def _list(desk: Desk, request: Request) -> Answer:
    """Translations only when asked for."""
    commands = list(desk.app.commands.get(_scope(desk, request), {}).values())
    if request.query.get("with_localizations", "").lower() in ("true", "1"):
        return 200, commands
    return 200, [_without_translations(each) for each in commands]


def _add(desk: Desk, request: Request) -> Answer:
    scope = _scope(desk, request)
    bodies.check_command(request.body)
    before = _same(desk, request.body, scope)
    kept = _keep(desk, request.body, scope, before)
    desk.app.commands.setdefault(scope, {})[int(kept["id"])] = kept
    desk.world.changed()
    return (200 if before else 201), kept


def _find(desk: Desk, request: Request) -> tuple[int | None, Json]:
    scope = _scope(desk, request)
    found = desk.app.commands.get(scope, {}).get(int(request.parameters["command_id"]))
    if found is None:
        raise unknown_command()
    return scope, found


def _read(desk: Desk, request: Request) -> Answer:
    return 200, _find(desk, request)[1]


def _change(desk: Desk, request: Request) -> Answer:
    scope, before = _find(desk, request)
    changed = {**before, **request.body}
    bodies.check_command(changed)
    kept = _keep(desk, changed, scope, before)
    desk.app.commands[scope][int(before["id"])] = kept
    desk.world.changed()
    return 200, kept


def _remove(desk: Desk, request: Request) -> Answer:
    scope, before = _find(desk, request)
    del desk.app.commands[scope][int(before["id"])]
    desk.world.changed()
    return 204, None


for _base in ("/applications/{application_id}", "/applications/{application_id}/guilds/{guild_id}"):
    route("PUT", f"{_base}/commands")(_overwrite)
    route("GET", f"{_base}/commands")(_list)
    route("POST", f"{_base}/commands")(_add)
    route("GET", f"{_base}/commands/{{command_id}}")(_read)
    route("PATCH", f"{_base}/commands/{{command_id}}")(_change)
    route("DELETE", f"{_base}/commands/{{command_id}}")(_remove)
