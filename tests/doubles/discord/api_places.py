"""REST: the bot itself, people, servers."""

from __future__ import annotations

from tests.doubles.discord import news, rights, wire
from tests.doubles.discord.desk import Desk, Request
from tests.doubles.discord.errors import (
    invalid_recipient,
    missing_access,
    unknown_guild,
    unknown_member,
    unknown_user,
)
from tests.doubles.discord.routing import Answer, route
from tests.doubles.discord.world import Guild


@route("GET", "/users/@me")
def me(desk: Desk, request: Request) -> Answer:
    return 200, wire.own_user(desk.bot)


@route("GET", "/users/{user_id}")
def person(desk: Desk, request: Request) -> Answer:
    who = desk.world.users.get(int(request.parameters["user_id"]))
    if who is None:
        raise unknown_user()
    return 200, wire.user(who)


@route("POST", "/users/@me/channels")
def open_conversation(desk: Desk, request: Request) -> Answer:
    """Opens also with somebody who lets nobody write to him: only the message fails."""
    who = desk.world.users.get(int(request.body["recipient_id"]))
    if who is None or who is desk.bot:
        raise invalid_recipient()
    return 200, wire.channel(desk.world.dm(desk.bot, who), desk.bot)


def guild_of(desk: Desk, request: Request) -> Guild:
    guild = desk.world.guilds.get(int(request.parameters["guild_id"]))
    if guild is None:
        raise unknown_guild()
    if not guild.bot_in:
        raise missing_access()
    return guild


@route("GET", "/users/@me/guilds")
def my_guilds(desk: Desk, request: Request) -> Answer:
    guilds = [each for each in desk.world.guilds.values() if each.bot_in]
    guilds = [each for each in guilds if each.id > int(request.query.get("after", 0))]
    return 200, [
        {
            "id": str(each.id),
            "name": each.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(rights.in_guild(each, desk.bot)),
            "features": [],
        }
        for each in guilds[: int(request.query.get("limit", 200))]
    ]


@route("DELETE", "/users/@me/guilds/{guild_id}")
def leave(desk: Desk, request: Request) -> Answer:
    guild = guild_of(desk, request)
    guild.bot_in = False
    guild.members.pop(desk.bot.id, None)
    desk.world.changed()
    news.guild_left(desk, guild)
    return 204, None


@route("GET", "/guilds/{guild_id}")
def read_guild(desk: Desk, request: Request) -> Answer:
    return 200, wire.guild(guild_of(desk, request))


@route("GET", "/guilds/{guild_id}/channels")
def channels(desk: Desk, request: Request) -> Answer:
    inside = guild_of(desk, request).channels.values()
    return 200, [wire.channel(each, desk.bot) for each in inside if not each.is_thread and not each.deleted]


@route("GET", "/guilds/{guild_id}/threads/active")
def threads(desk: Desk, request: Request) -> Answer:
    inside = [each for each in guild_of(desk, request).channels.values() if each.is_thread]
    open_ones = [each for each in inside if not each.archived and rights.sees(each, desk.bot)]
    joined = [each for each in open_ones if desk.bot in each.members]
    return 200, {
        "threads": [wire.channel(each, desk.bot) for each in open_ones],
        "members": [wire.thread_member(each, desk.bot) for each in joined],
        "has_more": False,
    }


@route("GET", "/guilds/{guild_id}/roles")
def roles(desk: Desk, request: Request) -> Answer:
    return 200, [wire.role(each) for each in guild_of(desk, request).roles]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def member(desk: Desk, request: Request) -> Answer:
    found = guild_of(desk, request).members.get(int(request.parameters["user_id"]))
    if found is None:
        raise unknown_member()
    return 200, wire.member(found)


@route("GET", "/guilds/{guild_id}/members")
def members(desk: Desk, request: Request) -> Answer:
    """Needs the privileged intent, as the event does."""
    if not desk.app.members:
        raise missing_access()
    after = int(request.query.get("after", 0))
    found = sorted(guild_of(desk, request).members.values(), key=lambda each: each.user.id)
    found = [each for each in found if each.user.id > after][: int(request.query.get("limit", 1))]
    return 200, [wire.member(each) for each in found]
