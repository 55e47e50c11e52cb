"""What a person does with Discord's own client, with everything that client itself would refuse."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from tests.doubles.discord import news, rights, wire, writing
from tests.doubles.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    FORM,
    MODAL,
    Interaction,
)
from tests.doubles.discord.options import CannotDo, File, Resolved, fill, find_options, with_focus
from tests.doubles.discord.places import Places
from tests.doubles.discord.world import (
    DM,
    Channel,
    Json,
    Message,
    User,
    flat,
)

LOCATION = {False: 0, True: 1}


class Acts(Places):
    """A part of `DiscordServer`. All returns at once; `CannotDo`: the client wouldn't let him."""

    def command(
        self,
        user: User,
        channel: Channel,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        user_install: bool = False,
    ) -> Interaction:
        """`/name ...`; `name` with its subcommand behind a space ("notes refresh"). Values of `options`: str,
        int, float, bool, `User`, `Channel`, `Role`, or a `File` to upload.
        """
        with self.world.lock:
            command = self._command(user, channel, name.split()[0], 1)
            resolved = Resolved(self.desk, channel)
            data = self._named(command)
            inner = fill(command, name.split()[1:], dict(options or {}), resolved)
            if inner:
                data["options"] = inner
            if resolved.shape:
                data["resolved"] = resolved.shape
            return self._interact(user, channel, COMMAND, data, user_install=user_install)

    def autocomplete(
        self, user: User, channel: Channel, name: str, option: str, typed: str, **others: Any
    ) -> Interaction:
        """Types into an option that completes; `others` are the options filled in before."""
        with self.world.lock:
            command = self._command(user, channel, name.split()[0], 1)
            steps = name.split()[1:]
            wanted = next((each for each in find_options(command, steps) if each["name"] == option), None)
            if wanted is None or not wanted.get("autocomplete"):
                raise CannotDo(f"/{name} doesn't complete {option!r}")
            data = self._named(command)
            data["options"] = with_focus(command, steps, {**others, option: typed}, option)
            return self._interact(user, channel, AUTOCOMPLETE, data)

    def context_menu(self, user: User, message: Message, name: str) -> Interaction:
        """The entry `name` in the menu of a message, as it is called in the app's default language."""
        with self.world.lock:
            self._see(user, message)
            command = self._command(user, message.channel, name, 3)
            resolved = Resolved(self.desk, message.channel)
            resolved.message(message)
            data = {**self._named(command), "target_id": str(message.id), "resolved": resolved.shape}
            return self._interact(user, message.channel, COMMAND, data)

    def press(
        self, user: User, message: Message, custom_id: str | None = None, *, label: str | None = None
    ) -> Interaction:
        """The button with this custom_id, or with this label."""
        with self.world.lock:
            self._see(user, message)
            key, wanted = ("custom_id", custom_id) if custom_id is not None else ("label", label)
            found = [each for each in message.buttons if each.get(key) == wanted and "custom_id" in each]
            if not found:
                raise CannotDo(f"no button {wanted!r} among {[each.get(key) for each in message.buttons]}")
            if found[0].get("disabled"):
                raise CannotDo(f"the button {wanted!r} is greyed out")
            data = {"custom_id": found[0]["custom_id"], "component_type": 2, "id": found[0]["id"]}
            return self._interact(user, message.channel, COMPONENT, data, source=message)

    def choose(self, user: User, message: Message, custom_id: str, *values: str) -> Interaction:
        """Picks values of a select menu."""
        with self.world.lock:
            self._see(user, message)
            found = [each for each in message.parts if each.get("custom_id") == custom_id]
            if not found or found[0]["type"] != 3:
                raise CannotDo(f"no select {custom_id!r} there")
            menu = found[0]
            if menu.get("disabled") or not set(values) <= {each["value"] for each in menu["options"]}:
                raise CannotDo(f"{values} can't be picked")
            if not menu.get("min_values", 1) <= len(values) <= menu.get("max_values", 1):
                raise CannotDo(f"{len(values)} values can't be picked")
            data = {"custom_id": custom_id, "component_type": 3, "values": list(values), "id": menu["id"]}
            return self._interact(user, message.channel, COMPONENT, data, source=message)

    def submit(self, opened: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Sends the form that `opened` was answered with; `values` by custom_id: text, or a list of a
        select's values. What is left out stays as it was filled in.
        """
        with self.world.lock:
            if opened.response != MODAL or opened.data is None:
                raise CannotDo("no form is open")
            unknown = set(values) - {each.get("custom_id") for each in flat(opened.data["components"])}
            if unknown:
                raise CannotDo(f"the form has no {sorted(map(str, unknown))}")
            components = [
                _filled(each, values, count) for count, each in enumerate(opened.data["components"])
            ]
            data = {"custom_id": opened.data["custom_id"], "components": components}
            return self._interact(
                opened.user, opened.channel, FORM, data, source=opened.source, opened_by=opened
            )

    def say(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        mentions: Sequence[User] = (),
        files: Sequence[File] = (),
    ) -> Message:
        """Writes a message; `mentions` go in front of it. A reply pings unless `ping` is False."""
        with self.world.lock:
            needed = rights.SEND_MESSAGES_IN_THREADS if channel.is_thread else rights.SEND_MESSAGES
            if not rights.sees(channel, user) or not rights.may(channel, user, needed):
                raise CannotDo(f"{user.name} may not write there")
            if reply_to is not None:
                self._see(user, reply_to)
            if channel.is_thread and user not in channel.members:
                channel.members.append(user)
            content = " ".join([*(who.mention for who in mentions), text]).strip()
            allowed = {"parse": ["users"], "replied_user": ping}
            body: Json = {"content": content, "allowed_mentions": allowed}
            message = writing.write(self.desk, channel, user, body, reply_to=reply_to, files=_uploads(files))
            channel.archived = False
            return message

    def edit(self, message: Message, text: str) -> None:
        """Its author changes what a message says."""
        with self.world.lock:
            writing.rewrite(self.desk, message, {"content": text})

    def start_typing(self, user: User, channel: Channel) -> None:
        with self.world.lock:
            news.typing(self.desk, channel, user)

    def redeliver(self, what: Interaction | Message) -> None:
        """The gateway tells of it once more, as it does now and then."""
        with self.world.lock:
            if isinstance(what, Message):
                news.message_created(self.desk, what)
            else:
                guild = what.channel.guild
                self.desk.hub.dispatch("INTERACTION_CREATE", what.payload, guild=guild)

    def _see(self, user: User, message: Message) -> None:
        if message.deleted or not rights.sees(message.channel, user) or message.only_for not in (None, user):
            raise CannotDo(f"{user.name} doesn't see that message")

    def _command(self, user: User, channel: Channel, name: str, kind: int) -> Json:
        if not rights.sees(channel, user):
            raise CannotDo(f"{user.name} isn't there")
        if channel.guild is not None and not channel.guild.bot_in:
            raise CannotDo("the bot isn't in that server")
        guild = channel.guild.id if channel.guild else None
        commands = [*self.desk.app.commands.get(None, {}).values()]
        if guild is not None:
            commands += self.desk.app.commands.get(guild, {}).values()
        found = next((each for each in commands if (each["name"], each["type"]) == (name, kind)), None)
        if found is None:
            raise CannotDo(f"no command {name!r} among {[each['name'] for each in commands]}")
        contexts = found["contexts"]
        if contexts is not None and LOCATION[channel.kind == DM] not in contexts:
            raise CannotDo(f"{name!r} isn't offered here")
        if contexts is None and channel.kind == DM and not found["dm_permission"]:
            raise CannotDo(f"{name!r} isn't offered in direct messages")
        needed = found["default_member_permissions"]
        if channel.guild is not None and needed is not None:
            own = rights.in_channel(channel, user)
            if own != rights.ALL and (int(needed) == 0 or own & int(needed) != int(needed)):
                raise CannotDo(f"{user.name} may not use {name!r}")
        if channel.guild is not None and not rights.may(channel, user, rights.USE_APPLICATION_COMMANDS):
            raise CannotDo(f"{user.name} may use no commands there")
        return found

    def _named(self, command: Json) -> Json:
        data = {"id": command["id"], "name": command["name"], "type": command["type"]}
        return {**data, "guild_id": command["guild_id"]} if "guild_id" in command else data

    def _interact(
        self,
        user: User,
        channel: Channel,
        kind: int,
        data: Json,
        *,
        source: Message | None = None,
        opened_by: Interaction | None = None,
        user_install: bool = False,
    ) -> Interaction:
        desk, guild = self.desk, channel.guild
        interaction = Interaction(
            world=self.world,
            id=self.world.snowflake(),
            kind=kind,
            user=user,
            channel=channel,
            at=self.world.clock.now(),
            payload={},
            started=time.perf_counter(),
            source=source,
            user_install=user_install,
            opened_by=opened_by,
            edits_before=len(source.edits) if source else 0,
        )
        owners = {"1": str(user.id)} if user_install else {"0": str(guild.id) if guild else "0"}
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(self.bot.id),
            "type": kind,
            "token": interaction.token,
            "version": 1,
            "locale": user.locale,
            "entitlements": [],
            "authorizing_integration_owners": owners,
            "context": LOCATION[channel.kind == DM],
            "app_permissions": str(rights.in_channel(channel, self.bot)),
            "attachment_size_limit": 10_485_760,
            "channel_id": str(channel.id),
            "channel": wire.channel(channel, self.bot),
            "data": data,
        }
        if guild is None:
            payload["user"] = wire.user(user)
        else:
            payload["channel"]["permissions"] = str(rights.in_channel(channel, user))
            own = str(rights.in_channel(channel, user))
            payload["member"] = {**wire.member(guild.members[user.id]), "permissions": own}
            payload |= {"guild_id": str(guild.id), "guild_locale": guild.locale}
            payload["guild"] = {"id": str(guild.id), "features": [], "locale": guild.locale}
        if source is not None:
            payload["message"] = wire.message(source, desk.base, lambda each: True)
        interaction.payload = payload
        desk.interactions[interaction.id] = interaction
        desk.hub.dispatch("INTERACTION_CREATE", payload, guild=guild)
        return interaction


def _filled(part: Json, values: Mapping[str, Any], count: int) -> Json:
    """A part of a form as it is sent: rows and labels with what stands in them."""
    number = part.get("id") or count * 10 + 1
    if part["type"] == 1:
        inner = [_filled(each, values, count * 10 + 2) for each in part["components"]]
        return {"type": 1, "id": number, "components": inner}
    if part["type"] == 18:
        inside = _filled(part["component"], values, count * 10 + 3)
        return {"type": 18, "id": number, "component": inside}
    if part["type"] == 10:
        return {"type": 10, "id": number}
    sent: Json = {"type": part["type"], "id": number, "custom_id": part["custom_id"]}
    if part["type"] != 4:
        chosen = values.get(part["custom_id"], [])
        return {**sent, "values": [chosen] if isinstance(chosen, str) else list(chosen)}
    text = str(values.get(part["custom_id"], part.get("value") or ""))
    if part.get("required", True) and not text:
        raise CannotDo(f"{part['custom_id']!r} must be filled in")
    least, most = part.get("min_length") or 0, part.get("max_length") or 4000
    if text and not least <= len(text) <= most:
        raise CannotDo(f"{part['custom_id']!r} takes {least} to {most} characters, not {len(text)}")
    return {**sent, "value": text}


def _uploads(files: Sequence[File]) -> list[Any]:
    return [each.upload(number) for number, each in enumerate(files)]
