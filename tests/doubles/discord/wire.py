"""Entities as JSON, as Discord writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from tests.doubles.discord import rights
from tests.doubles.discord.world import (
    DM,
    EPHEMERAL,
    Attachment,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    Role,
    User,
)


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def user(who: User) -> Json:
    return {
        "id": str(who.id),
        "username": who.name.lower(),
        "discriminator": "0",
        "global_name": None if who.bot else who.name,
        "avatar": None,
        "bot": who.bot,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }


def own_user(who: User) -> Json:
    """The bot to itself."""
    return {**user(who), "mfa_enabled": False, "locale": who.locale, "verified": True, "email": None}


def role(each: Role) -> Json:
    return {
        "id": str(each.id),
        "name": each.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": each.position,
        "permissions": str(each.permissions),
        "managed": False,
        "mentionable": False,
        "flags": 0,
        "icon": None,
        "unicode_emoji": None,
        "description": None,
    }


def member(each: Member) -> Json:
    return {"user": user(each.user), **member_without_user(each)}


def member_without_user(each: Member) -> Json:
    return {
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(role.id) for role in each.roles],
        "joined_at": stamp(each.joined),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }


def channel(each: Channel, bot: User) -> Json:
    """A channel, thread or conversation."""
    last = max(each.messages, default=None)
    shape: Json = {
        "id": str(each.id),
        "type": each.kind,
        "flags": 0,
        "last_message_id": None if last is None else str(last),
    }
    if each.kind == DM:
        return {**shape, "recipients": [user(other) for other in each.recipients if other is not bot]}
    assert each.guild is not None
    shape |= {
        "guild_id": str(each.guild.id),
        "name": each.name,
        "parent_id": str(each.parent.id) if each.parent else None,
        "rate_limit_per_user": 0,
    }
    if each.is_thread:
        return {**shape, **_thread(each)}
    return {
        **shape,
        "position": 0,
        "topic": None,
        "nsfw": False,
        "permission_overwrites": [
            {"id": str(key), "type": one.kind, "allow": str(one.allow), "deny": str(one.deny)}
            for key, one in each.overwrites.items()
        ],
    }


def _thread(each: Channel) -> Json:
    count = sum(not message.deleted for message in each.messages.values())
    assert each.owner is not None
    return {
        "owner_id": str(each.owner.id),
        "message_count": count,
        "member_count": min(50, len(each.members)),
        "total_message_sent": len(each.messages),
        "thread_metadata": {
            "archived": each.archived,
            "auto_archive_duration": 1440,
            "archive_timestamp": stamp(each.created),
            "locked": False,
            "create_timestamp": stamp(each.created),
        },
    }


def thread_member(thread: Channel, who: User) -> Json:
    return {
        "id": str(thread.id),
        "user_id": str(who.id),
        "join_timestamp": stamp(thread.created),
        "flags": 0,
    }


def guild(each: Guild) -> Json:
    """A server as REST gives it."""
    return {
        "id": str(each.id),
        "name": each.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "home_header": None,
        "owner_id": str(each.owner.id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [role(one) for one in each.roles],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": str(each.system_channel.id) if each.system_channel else None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": each.locale,
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "nsfw": False,
        "premium_progress_bar_enabled": False,
        "premium_progress_bar_enabled_user_updated_at": None,
        "hub_type": None,
        "incidents_data": None,
        "safety_alerts_channel_id": None,
        "region": "deprecated",
        "widget_enabled": False,
        "widget_channel_id": None,
        "max_members": 500000,
        "max_presences": None,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
    }


def guild_create(each: Guild, bot: User, everybody: bool) -> Json:
    """A server as the gateway brings it: with channels, threads, and the members that the bot may know.

    One that was announced before, or is back, has `unavailable: false` besides; one just joined has not.
    """
    channels = [one for one in each.channels.values() if not one.deleted]
    members = [one for one in each.members.values() if everybody or one.user is bot]
    return {
        **guild(each),
        "joined_at": stamp(each.members[bot.id].joined),
        "large": False,
        "member_count": len(each.members),
        "voice_states": [],
        "members": [member(one) for one in members],
        "channels": [channel(one, bot) for one in channels if not one.is_thread],
        "threads": [
            channel(one, bot)
            for one in channels
            if one.is_thread and not one.archived and rights.sees(one, bot)
        ],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment(each: Attachment, base: str) -> Json:
    url = f"{base}/attachments/{each.channel}/{each.id}/{quote(each.filename)}"
    shape: Json = {
        "id": str(each.id),
        "filename": each.filename,
        "size": len(each.data),
        "url": url,
        "proxy_url": url,
        "content_type": each.content_type,
    }
    if each.ephemeral:
        shape["ephemeral"] = True
    return shape if each.description is None else {**shape, "description": each.description}


def message(each: Message, base: str, reads: Callable[[Message], bool], *, nested: bool = False) -> Json:
    """`reads` tells whether the app may read what a message says."""
    hidden = not reads(each)
    # A picture inside an embed is no attachment.
    files = [attachment(one, base) for one in each.attachments if not one.in_embed]
    shape: Json = {
        "id": str(each.id),
        "type": each.kind,
        "channel_id": str(each.channel.id),
        "author": user(each.author),
        "content": "" if hidden else each.content,
        "timestamp": stamp(each.created),
        "edited_timestamp": stamp(each.edited) if each.edited else None,
        "tts": False,
        "mention_everyone": each.mention_everyone,
        "mentions": [user(who) for who in each.mentions],
        "mention_roles": [str(one.id) for one in each.mention_roles],
        "attachments": [] if hidden else files,
        "embeds": [] if hidden else each.embeds,
        "components": [] if hidden else each.components,
        "pinned": False,
        "flags": each.flags,
    }
    if each.nonce is not None:
        shape["nonce"] = each.nonce
    if each.webhook:
        shape |= {"webhook_id": str(each.author.id), "application_id": str(each.author.id)}
    if each.interaction is not None:
        shape["interaction_metadata"] = each.interaction
    if each.reply_to is not None:
        shape["message_reference"] = {
            "type": 0,
            "channel_id": str(each.channel.id),
            "message_id": str(each.reply_to.id),
        }
        if each.channel.guild is not None:
            shape["message_reference"]["guild_id"] = str(each.channel.guild.id)
        if not nested and not each.flags & EPHEMERAL:
            gone = each.reply_to.deleted
            shape["referenced_message"] = None if gone else message(each.reply_to, base, reads, nested=True)
    return shape
