"""What a test builds and changes: people, servers, channels, roles. The bot is told as it happens."""

from __future__ import annotations

from tests.doubles.discord import api_messages, news, rights, wire
from tests.doubles.discord.desk import Desk
from tests.doubles.discord.world import TEXT, Channel, Guild, Member, Message, Overwrite, Role, User


class Places:
    """A part of `DiscordServer`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.world = desk.world

    @property
    def bot(self) -> User:
        return self.desk.bot

    def person(self, name: str, *, locale: str = "en-US", dms_open: bool = True) -> User:
        """Somebody with an account, in no server yet. `locale` as in Discord's client: en-US, bg, zh-CN."""
        with self.world.lock:
            user = User(self.world.snowflake(), name, locale, dms_open=dms_open)
            self.world.users[user.id] = user
        return user

    def guild(
        self,
        name: str,
        *members: User,
        owner: User | None = None,
        bot: bool = True,
        everyone: int = rights.USUAL,
        locale: str = "en-US",
        shard_of: tuple[int, int] | None = None,
    ) -> Guild:
        """A server with one channel, #general, its system channel. `bot` False: the bot is added later.

        `shard_of` (index, count) gives it an id that falls to that shard.
        """
        world = self.world
        with world.lock:
            owner = owner or self.desk.app.owner
            id_ = world.snowflake()
            if shard_of is not None:
                index, count = shard_of
                id_ = ((id_ >> 22) // count * count + index << 22) + (id_ & 0x3FFFFF)
            guild = Guild(id_, name, owner, locale, roles=[Role(id_, "@everyone", everyone, 0)])
            world.guilds[guild.id] = guild
            for user in dict.fromkeys([owner, *members]):
                guild.members[user.id] = Member(user, world.clock.now())
            guild.system_channel = self.text_channel(guild, "general")
        if bot:
            self.add_to_guild(guild)
        return guild

    def add_to_guild(self, guild: Guild, permissions: int = 0) -> None:
        """The bot joins, with a role of its own that has `permissions` beside @everyone's."""
        with self.world.lock:
            role = Role(self.world.snowflake(), self.bot.name, permissions)
            guild.roles.append(role)
            guild.members[self.bot.id] = Member(self.bot, self.world.clock.now(), [role])
            guild.bot_in = True
            self.world.changed()
            news.guild_joined(self.desk, guild)

    def remove_from_guild(self, guild: Guild) -> None:
        """The bot is thrown out."""
        with self.world.lock:
            guild.bot_in = False
            guild.members.pop(self.bot.id, None)
            guild.roles = [role for role in guild.roles if role.name != self.bot.name]
            self.world.changed()
            news.guild_left(self.desk, guild)

    def guild_outage(self, guild: Guild, *, over: bool = False) -> None:
        """The server is out of reach for a while (GUILD_DELETE, unavailable), then back (GUILD_CREATE)."""
        with self.world.lock:
            (news.guild_back if over else news.guild_outage)(self.desk, guild)

    def join(self, guild: Guild, *users: User) -> None:
        with self.world.lock:
            for user in users:
                guild.members[user.id] = Member(user, self.world.clock.now())

    def leave(self, guild: Guild, user: User) -> None:
        with self.world.lock:
            guild.members.pop(user.id, None)

    def role(self, guild: Guild, name: str, permissions: int = 0, *users: User) -> Role:
        """A new role, given to `users`."""
        with self.world.lock:
            role = Role(self.world.snowflake(), name, permissions)
            guild.roles.append(role)
            news.of_role(self.desk, guild, wire.role(role), "CREATE")
            for user in users:
                guild.members[user.id].roles.append(role)
                news.of_member(self.desk, guild, user)
        return role

    def text_channel(self, guild: Guild, name: str) -> Channel:
        with self.world.lock:
            now = self.world.clock.now()
            channel = Channel(self.world.snowflake(), TEXT, name, guild=guild, created=now)
            guild.channels[channel.id] = channel
            self.world.channels[channel.id] = channel
            if guild.bot_in:
                news.of_channel(self.desk, channel, "CREATE")
        return channel

    def allow(self, channel: Channel, who: User | Role, permissions: int) -> None:
        self._overwrite(channel, who, permissions, 0)

    def deny(self, channel: Channel, who: User | Role, permissions: int) -> None:
        """Takes permissions away in a channel; `rights.ALL` hides it."""
        self._overwrite(channel, who, 0, permissions)

    def _overwrite(self, channel: Channel, who: User | Role, allow: int, deny: int) -> None:
        with self.world.lock:
            one = channel.overwrites.setdefault(who.id, Overwrite(int(isinstance(who, User))))
            one.allow = one.allow & ~deny | allow
            one.deny = one.deny & ~allow | deny
            news.of_channel(self.desk, channel, "UPDATE")

    def set_everyone(self, guild: Guild, permissions: int) -> None:
        """What @everyone may in the whole server."""
        with self.world.lock:
            guild.everyone.permissions = permissions
            news.of_role(self.desk, guild, wire.role(guild.everyone), "UPDATE")

    def dm(self, user: User) -> Channel:
        """The conversation of `user` with the bot."""
        with self.world.lock:
            return self.world.dm(self.bot, user)

    def close_dms(self, user: User) -> None:
        """From now on nobody may write to him: 50007."""
        user.dms_open = False

    def open_dms(self, user: User) -> None:
        user.dms_open = True

    def create_thread(self, user: User, place: Channel | Message, name: str) -> Channel:
        """A public thread in a channel, or one that starts at a message."""
        with self.world.lock:
            start = place if isinstance(place, Message) else None
            parent = place.channel if isinstance(place, Message) else place
            assert parent.kind == TEXT, "threads grow in text channels"
            return api_messages.open_thread(self.desk, parent, name, user, start)

    def archive(self, thread: Channel) -> None:
        with self.world.lock:
            thread.archived = True
            news.of_channel(self.desk, thread, "UPDATE")

    def delete_channel(self, channel: Channel) -> None:
        with self.world.lock:
            assert channel.guild is not None
            channel.deleted = True
            news.of_channel(self.desk, channel, "DELETE")
            for thread in list(channel.guild.channels.values()):
                if thread.parent is channel and not thread.deleted:
                    self.delete_channel(thread)
            self.world.changed()

    def delete_message(self, message: Message) -> None:
        with self.world.lock:
            message.deleted = True
            news.message_deleted(self.desk, message)
            self.world.changed()
