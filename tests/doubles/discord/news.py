"""What the gateway tells of: one function per event."""

from __future__ import annotations

from tests.doubles.discord import gateway_sessions as gateway
from tests.doubles.discord import rights, wire
from tests.doubles.discord.desk import Desk
from tests.doubles.discord.gateway_sessions import Session
from tests.doubles.discord.world import Channel, Guild, Json, Message, User


def _of_message(desk: Desk, message: Message, event: str) -> None:
    channel = message.channel
    if message.ephemeral or not rights.sees(channel, desk.bot):
        return

    def data(session: Session) -> Json:
        intent = bool(session.intents & gateway.MESSAGE_CONTENT)
        shape = wire.message(message, desk.base, lambda each: desk.app.reads(each, intent))
        shape["channel_type"] = channel.kind
        if channel.guild is not None:
            shape["guild_id"] = str(channel.guild.id)
            member = channel.guild.members.get(message.author.id)
            if member is not None and not message.webhook:
                shape["member"] = wire.member_without_user(member)
        return shape

    intents = gateway.DIRECT_MESSAGES if channel.guild is None else gateway.GUILD_MESSAGES
    desk.hub.dispatch(event, data, guild=channel.guild, intents=intents)


def message_created(desk: Desk, message: Message) -> None:
    _of_message(desk, message, "MESSAGE_CREATE")


def message_edited(desk: Desk, message: Message) -> None:
    _of_message(desk, message, "MESSAGE_UPDATE")


def message_deleted(desk: Desk, message: Message) -> None:
    channel = message.channel
    if message.ephemeral or not rights.sees(channel, desk.bot):
        return
    data = {"id": str(message.id), "channel_id": str(channel.id)}
    if channel.guild is not None:
        data["guild_id"] = str(channel.guild.id)
    intents = gateway.DIRECT_MESSAGES if channel.guild is None else gateway.GUILD_MESSAGES
    desk.hub.dispatch("MESSAGE_DELETE", data, guild=channel.guild, intents=intents)


def typing(desk: Desk, channel: Channel, who: User) -> None:
    data: Json = {
        "channel_id": str(channel.id),
        "user_id": str(who.id),
        "timestamp": int(desk.world.clock.now().timestamp()),
    }
    if channel.guild is not None:
        data["guild_id"] = str(channel.guild.id)
        data["member"] = wire.member(channel.guild.members[who.id])
    intents = gateway.DIRECT_TYPING if channel.guild is None else gateway.GUILD_TYPING
    desk.hub.dispatch("TYPING_START", data, guild=channel.guild, intents=intents)


def _guild_create(desk: Desk, guild: Guild, session: Session) -> Json:
    return wire.guild_create(guild, desk.bot, bool(session.intents & gateway.GUILD_MEMBERS))


def guild_available(desk: Desk, guild: Guild, session: Session) -> Json:
    """Of a server that the session knows already."""
    return {**_guild_create(desk, guild, session), "unavailable": False}


def guild_joined(desk: Desk, guild: Guild) -> None:
    desk.hub.dispatch(
        "GUILD_CREATE",
        lambda session: _guild_create(desk, guild, session),
        guild=guild,
        intents=gateway.GUILDS,
    )


def guild_back(desk: Desk, guild: Guild) -> None:
    desk.hub.dispatch(
        "GUILD_CREATE",
        lambda session: guild_available(desk, guild, session),
        guild=guild,
        intents=gateway.GUILDS,
    )


def guild_left(desk: Desk, guild: Guild) -> None:
    """Without `unavailable`: the bot was removed, it is no outage."""
    desk.hub.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild=guild, intents=gateway.GUILDS)


def guild_outage(desk: Desk, guild: Guild) -> None:
    data = {"id": str(guild.id), "unavailable": True}
    desk.hub.dispatch("GUILD_DELETE", data, guild=guild, intents=gateway.GUILDS)


def of_channel(desk: Desk, channel: Channel, what: str) -> None:
    """`what`: CREATE, UPDATE or DELETE; threads have events of their own."""
    event = f"{'THREAD' if channel.is_thread else 'CHANNEL'}_{what}"
    data = wire.channel(channel, desk.bot)
    if event == "THREAD_CREATE":
        data["newly_created"] = True
    if event == "THREAD_DELETE":
        data = {key: data[key] for key in ("id", "guild_id", "parent_id", "type")}
    desk.hub.dispatch(event, data, guild=channel.guild, intents=gateway.GUILDS)


def of_role(desk: Desk, guild: Guild, role: Json, what: str) -> None:
    data = {"guild_id": str(guild.id), "role": role}
    desk.hub.dispatch(f"GUILD_ROLE_{what}", data, guild=guild, intents=gateway.GUILDS)


def of_member(desk: Desk, guild: Guild, who: User) -> None:
    """Roles or name of a member changed; everybody hears of the bot's own."""
    member = guild.members[who.id]
    data = {"guild_id": str(guild.id), **wire.member(member)}
    intents = gateway.GUILDS if who is desk.bot else gateway.GUILD_MEMBERS
    desk.hub.dispatch("GUILD_MEMBER_UPDATE", data, guild=guild, intents=intents)
