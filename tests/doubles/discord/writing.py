"""Messages come to be and change: limits, files, mentions, once-only by nonce."""

from __future__ import annotations

import re

from tests.doubles.discord import bodies, limits, news, rights, shaping
from tests.doubles.discord.desk import Desk, Upload
from tests.doubles.discord.errors import (
    ApiError,
    archived_thread,
    closed_dm,
    empty_message,
    invalid_form,
    missing_access,
    missing_permissions,
    no_read_history,
)
from tests.doubles.discord.world import (
    COMPONENTS_V2,
    DM,
    EPHEMERAL,
    LOADING,
    SUPPRESS_EMBEDS,
    Attachment,
    Channel,
    Json,
    Message,
    Role,
    User,
)

SETTABLE = SUPPRESS_EMBEDS | COMPONENTS_V2 | 1 << 12
MENTION = re.compile(r"<@(&?)!?(\d+)>")


def write(
    desk: Desk,
    channel: Channel,
    author: User,
    body: Json,
    files: list[Upload] | None = None,
    *,
    only_for: User | None = None,
    reply_to: Message | None = None,
    interaction: Json | None = None,
    loading: bool = False,
) -> Message:
    """A new message, checked, put into its channel and told of. An ephemeral one is `only_for` somebody."""
    files = files or []
    bodies.check_message(body, len(files))
    world = desk.world
    message = Message(
        id=world.snowflake(),
        channel=channel,
        author=author,
        content=(body.get("content") or "").strip(),
        created=world.clock.now(),
        flags=(body.get("flags") or 0) & SETTABLE,
        nonce=body.get("nonce"),
        only_for=only_for,
        reply_to=reply_to,
        kind=20 if interaction and interaction["type"] == 2 else 19 if reply_to else 0,
        interaction=interaction,
        webhook=interaction is not None,
    )
    message.flags |= (EPHEMERAL if only_for else 0) | (LOADING if loading else 0)
    message.attachments = _attach(desk, message, body.get("attachments"), files, [])
    message.embeds = shaping.embeds(desk, message, body.get("embeds") or [])
    message.components = shaping.components(desk, message, body.get("components") or [])
    if _is_empty(message) and not loading and not body.get("sticker_ids") and not body.get("poll"):
        raise empty_message()
    _mention(desk, message, body.get("allowed_mentions"))
    channel.messages[message.id] = message
    world.changed()
    news.message_created(desk, message)
    return message


def rewrite(desk: Desk, message: Message, body: Json, files: list[Upload] | None = None) -> Message:
    """Changes what `body` names, and only that."""
    files = files or []
    flags = message.flags & COMPONENTS_V2 | (body.get("flags") or 0)
    bodies.check_message({**body, "flags": flags}, len(files))
    before = message.content, message.embeds, message.components, message.attachments, message.flags
    was_loading = message.loading
    message.flags = message.flags & ~LOADING | flags & SETTABLE
    if "content" in body:
        message.content = (body["content"] or "").strip()
    if body.get("attachments") is not None or files:
        kept = message.attachments
        message.attachments = _attach(desk, message, body.get("attachments"), files, kept)
    if "embeds" in body:
        message.embeds = shaping.embeds(desk, message, body["embeds"] or [])
    if "components" in body:
        message.components = shaping.components(desk, message, body["components"] or [])
    if _is_empty(message):
        message.content, message.embeds, message.components, message.attachments, message.flags = before
        raise empty_message()
    message.edits.append(before[0])
    if not was_loading:
        message.edited = desk.world.clock.now()
    if "content" in body:
        _mention(desk, message, body.get("allowed_mentions"), new=was_loading)
    desk.world.changed()
    news.message_edited(desk, message)
    return message


def erase(desk: Desk, message: Message) -> None:
    message.deleted = True
    desk.world.changed()
    news.message_deleted(desk, message)


def send_checked(desk: Desk, channel: Channel, body: Json, files: list[Upload]) -> Message:
    """What the bot posts itself: permissions, closed conversations, replies, nonce."""
    again = _sent_before(desk, body)
    if again is not None:
        return again
    if channel.kind == DM:
        _check_dm(desk, channel)
    else:
        check_may_write(desk, channel, body, bool(files))
    return write(desk, channel, desk.bot, body, files, reply_to=_reference(desk, channel, body))


def _sent_before(desk: Desk, body: Json) -> Message | None:
    """With `enforce_nonce`, the bot's message that carries the nonce already and is young enough."""
    nonce = body.get("nonce")
    if not body.get("enforce_nonce") or nonce in (None, ""):
        return None
    since = desk.world.clock.now() - limits.NONCE_WINDOW
    for channel in desk.world.channels.values():
        for message in channel.messages.values():
            own = message.author is desk.bot and str(message.nonce) == str(nonce)
            if own and message.created >= since and not message.deleted:
                return message
    return None


def _check_dm(desk: Desk, channel: Channel) -> None:
    person = next(who for who in channel.recipients if who is not desk.bot)
    if not person.dms_open:
        raise closed_dm()
    if not desk.world.share_a_guild(person, desk.bot):
        raise ApiError(403, 50278, "Cannot send messages to this user due to having no mutual guilds")


def check_may_write(desk: Desk, channel: Channel, body: Json, files: bool) -> None:
    if not rights.sees(channel, desk.bot):
        raise missing_access()
    needed = rights.SEND_MESSAGES_IN_THREADS if channel.is_thread else rights.SEND_MESSAGES
    needed |= rights.EMBED_LINKS if body.get("embeds") else 0
    needed |= rights.ATTACH_FILES if files else 0
    if not rights.may(channel, desk.bot, needed):
        raise missing_permissions()
    if channel.archived and channel.kind == 12:
        raise archived_thread()
    channel.archived = False


def _reference(desk: Desk, channel: Channel, body: Json) -> Message | None:
    reference = body.get("message_reference")
    if not reference:
        return None
    found = channel.messages.get(int(reference["message_id"]))
    if found is None or found.deleted or found.ephemeral:
        if reference.get("fail_if_not_exists", True):
            error = {"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message"}
            fields = {"message_reference": {"_errors": [error]}}
            raise ApiError(400, 50035, "Invalid Form Body", fields)
        return None
    if not rights.may(channel, desk.bot, rights.READ_MESSAGE_HISTORY):
        raise no_read_history()
    return found


def _is_empty(message: Message) -> bool:
    return not (message.content or message.embeds or message.components or message.attachments)


def _attach(
    desk: Desk, message: Message, listed: list[Json] | None, files: list[Upload], kept: list[Attachment]
) -> list[Attachment]:
    """The attachments that the list keeps, by id, and the files that came along, by number."""
    if sum(len(each.data) for each in files) > limits.REQUEST_BYTES:
        raise ApiError(413, 40005, "Request entity too large")
    attachments = [one for one in kept if listed is None or str(one.id) in {str(x["id"]) for x in listed}]
    numbers = {each.field for each in files}
    for item in listed or []:
        known = any(str(one.id) == str(item["id"]) for one in attachments)
        if not known and f"files[{item['id']}]" not in numbers:
            raise invalid_form("attachments", f"no file and no attachment has the id {item['id']}")
    for each in files:
        if len(each.data) > limits.ATTACHMENT_BYTES:
            raise ApiError(413, 40005, "Request entity too large")
        attachments.append(_stored(desk, message, each, listed or []))
    if len(attachments) > limits.ATTACHMENTS:
        raise invalid_form("attachments", f"{len(attachments)} are more than {limits.ATTACHMENTS}")
    return attachments


def _stored(desk: Desk, message: Message, file: Upload, listed: list[Json]) -> Attachment:
    number = file.field.removeprefix("files[").rstrip("]")
    details: Json = next((one for one in listed if str(one["id"]) == number), {})
    one = Attachment(
        desk.world.snowflake(),
        re.sub(r"[^\w.\-]", "_", str(details.get("filename") or file.filename)),
        file.data,
        file.content_type,
        message.channel.id,
        details.get("description"),
        ephemeral=message.ephemeral,
    )
    desk.world.attachments[one.id] = one
    return one


def _mention(desk: Desk, message: Message, allowed: Json | None, new: bool = True) -> None:
    """Whom the message calls. A bot's right to call everyone is not asked for: with none given in a test's
    server a missing `allowed_mentions` would go unseen."""
    guild = message.channel.guild
    parse = ["users", "roles", "everyone"] if allowed is None else allowed.get("parse") or []
    users = {int(each) for each in (allowed or {}).get("users") or []}
    roles = {int(each) for each in (allowed or {}).get("roles") or []}
    people: list[User] = []
    called: list[Role] = []
    for is_role, number in MENTION.findall(message.content):
        if is_role and guild is not None:
            wanted = "roles" in parse or int(number) in roles
            called += [each for each in guild.roles if wanted and each.id == int(number)]
        elif not is_role and int(number) in desk.world.users and ("users" in parse or int(number) in users):
            people.append(desk.world.users[int(number)])
    replied = allowed is None or bool(allowed.get("replied_user"))
    if message.reply_to is not None and replied and message.reply_to.author is not message.author:
        people.append(message.reply_to.author)
    message.mentions = list(dict.fromkeys(people))
    message.mention_roles = list(dict.fromkeys(called))
    calls = re.search(r"@(everyone|here)\b", message.content)
    message.mention_everyone = bool(calls) and "everyone" in parse
    if not new:
        # An edit changes what is shown as a mention and calls nobody.
        message.mention_everyone = False
