"""Slack's JSON of what exists."""

from __future__ import annotations

import mimetypes
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tests.doubles.slack.world import EPOCH, Channel, File, Json, Message, Team, User, View, World, stamp

ICONS = {f"image_{size}": f"https://a.slack-edge.com/80588/img/{size}.png" for size in (36, 48, 72)}
PICTURES = {
    f"image_{size}": f"https://secure.gravatar.com/avatar/{size}.jpg" for size in (24, 32, 48, 72, 192, 512)
}


def seconds(at: datetime) -> int:
    return int((at - EPOCH).total_seconds())


def user(one: User, now: datetime, *, locale: bool = False) -> Json:
    zone = ZoneInfo(one.tz)
    offset = now.astimezone(zone).utcoffset()
    shape: Json = {
        "id": one.id,
        "team_id": one.team.id,
        "name": one.name.lower().replace(" ", "."),
        "deleted": one.deleted,
        "color": "9f69e7",
        "real_name": one.name,
        "tz": one.tz,
        "tz_label": one.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "title": "",
            "phone": "",
            "skype": "",
            "real_name": one.name,
            "real_name_normalized": one.name,
            "display_name": one.name,
            "display_name_normalized": one.name,
            "status_text": "",
            "status_emoji": "",
            "status_expiration": 0,
            "avatar_hash": "ge3b51ca72de",
            **PICTURES,
            "status_text_canonical": "",
            "team": one.team.id,
        },
        "is_admin": one.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": one.guest,
        "is_ultra_restricted": False,
        "is_bot": one.bot,
        "is_app_user": False,
        "updated": seconds(now),
    }
    return {**shape, "locale": one.locale} if locale else shape


def team(one: Team) -> Json:
    icons: Json = {
        f"image_{size}": f"https://a.slack-edge.com/80588/img/{size}.png" for size in (34, 44, 68, 88)
    }
    return {
        "id": one.id,
        "name": one.name,
        "domain": one.domain,
        "email_domain": "",
        "icon": {**icons, "image_default": True},
        "url": f"https://{one.domain}.slack.com/",
    }


def channel(one: Channel, reader: User, *, count: bool = False) -> Json:
    """As the app's bot sees it."""
    if one.kind == "im":
        other = next((each for each in one.members if each is not reader), reader)
        return {
            "id": one.id,
            "created": seconds(one.created),
            "is_archived": one.archived,
            "is_im": True,
            "is_org_shared": False,
            "user": other.id,
            "is_user_deleted": other.deleted,
            "priority": 0,
        }
    shape: Json = {
        "id": one.id,
        "name": one.name,
        "is_channel": one.kind == "channel",
        "is_group": one.kind == "group",
        "is_im": False,
        "is_mpim": one.kind == "mpim",
        "is_private": one.kind != "channel",
        "created": seconds(one.created),
        "is_archived": one.archived,
        "is_general": one.name == "general",
        "unlinked": 0,
        "name_normalized": one.name,
        "is_shared": False,
        "is_org_shared": False,
        "is_ext_shared": False,
        "pending_shared": [],
        "creator": one.members[0].id if one.members else reader.id,
        "is_member": reader in one.members,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }
    return {**shape, "num_members": len(one.members)} if count else shape


def file(one: File, base: str, channels: dict[str, Channel]) -> Json:
    kind = one.name.rpartition(".")[2].lower() or "binary"
    name = quote(one.name)
    shape: Json = {
        "id": one.id,
        "created": seconds(one.created),
        "timestamp": seconds(one.created),
        "name": one.name,
        "title": one.title or one.name,
        "mimetype": one.content_type,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": one.owner.id,
        "user_team": one.team.id,
        "editable": False,
        "size": len(one.data),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": any(channels[each].kind == "channel" for each, _ in one.shares),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{base}/files-pri/{one.team.id}-{one.id}/{name}",
        "url_private_download": f"{base}/files-pri/{one.team.id}-{one.id}/download/{name}",
        "permalink": f"https://{one.team.domain}.slack.com/files/{one.owner.id}/{one.id}/{name}",
        "comments_count": 0,
        "is_starred": False,
        "shares": _shares(one, channels),
        "channels": [each for each, _ in one.shares if channels[each].kind == "channel"],
        "groups": [each for each, _ in one.shares if channels[each].kind in ("group", "mpim")],
        "ims": [each for each, _ in one.shares if channels[each].kind == "im"],
        "has_rich_preview": False,
        "file_access": "visible",
    }
    return {**shape, "alt_txt": one.alt_text} if one.alt_text else shape


def _shares(one: File, channels: dict[str, Channel]) -> Json:
    shares: Json = {}
    for id_, ts in one.shares:
        where = shares.setdefault("public" if channels[id_].kind == "channel" else "private", {})
        share = {
            "reply_users": [],
            "reply_users_count": 0,
            "reply_count": 0,
            "ts": ts,
            "channel_name": channels[id_].name,
            "team_id": one.team.id,
        }
        where.setdefault(id_, []).append(share)
    return shares


def message(one: Message, world: World, base: str, *, metadata: bool = False) -> Json:
    """As it stands in a channel's history."""
    shape: Json = {"type": "message", "user": one.user.id, "team": one.channel.team.id, "ts": one.ts}
    shape |= {"text": one.text, "blocks": one.blocks} if one.blocks else {"text": one.text}
    if one.user.bot:
        shape |= bot_of(one.user, world)
    if one.client_msg_id:
        shape["client_msg_id"] = one.client_msg_id
    if one.subtype:
        shape["subtype"] = one.subtype
    if one.files:
        shape["files"] = [file(each, base, world.channels) for each in one.files]
        shape |= {"upload": False, "display_as_bot": False}
    if one.attachments:
        shape["attachments"] = one.attachments
    if one.edited is not None:
        shape["edited"] = {"user": one.user.id, "ts": stamp(one.edited)}
    if metadata and one.metadata is not None:
        shape["metadata"] = one.metadata
    if one.reactions:
        shape["reactions"] = [
            {"name": name, "users": [each.id for each in who], "count": len(who)}
            for name, who in one.reactions.items()
        ]
    return {**shape, **_in_thread(one)}


def _in_thread(one: Message) -> Json:
    if one.thread_ts and one.thread_ts != one.ts:
        root = one.channel.messages.get(one.thread_ts)
        return {"thread_ts": one.thread_ts, **({"parent_user_id": root.user.id} if root else {})}
    replies = [each for each in thread(one.channel, one.ts) if each is not one]
    if not replies:
        return {"thread_ts": one.ts} if one.thread_ts else {}
    people = list(dict.fromkeys(each.user.id for each in replies))
    return {
        "thread_ts": one.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people,
        "is_locked": False,
        "subscribed": False,
    }


def thread(place: Channel, ts: str) -> list[Message]:
    """A message and what was answered to it, oldest first."""
    return [
        each
        for each in place.messages.values()
        if ts in (each.ts, each.thread_ts) and not each.deleted and each.ephemeral_to is None
    ]


def bot_of(one: User, world: World) -> Json:
    """What marks a message as an app's."""
    profile = {
        "id": one.bot_id,
        "deleted": False,
        "name": one.name,
        "updated": 0,
        "app_id": world.app_id,
        "icons": ICONS,
        "team_id": one.team.id,
    }
    return {"bot_id": one.bot_id, "app_id": world.app_id, "bot_profile": profile}


def view(one: View, app_id: str) -> Json:
    body = one.body
    shape: Json = {
        "id": one.id,
        "team_id": one.team.id,
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": one.values},
        "hash": one.hash,
        "title": body.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": bool(body.get("notify_on_close")),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": one.previous.id if one.previous else None,
        "root_view_id": one.root,
        "app_id": app_id,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": one.team.id,
        "bot_id": one.team.bot.bot_id,
    }
    return shape


def content_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
