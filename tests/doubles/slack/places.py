"""What a test builds and changes: people, channels, workspaces. The app is told as it happens."""

from __future__ import annotations

from tests.doubles.slack import answers, api_app, news, writing
from tests.doubles.slack.desk import Desk
from tests.doubles.slack.tokens import Token
from tests.doubles.slack.world import Channel, Message, Team, User


class Places:
    """A part of `SlackServer`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.world = desk.world
        desk.post.take_ack = lambda invocation: answers.take(desk, invocation)
        self.team = desk.team("Study")
        """The workspace that the app is installed in from the beginning."""
        desk.app.owner = self.person("Owner", admin=True)
        self.team.installed = True
        self._bot_token = desk.tokens.bot(self.team, set(desk.app.scopes))
        self._app_token = desk.tokens.app()

    @property
    def bot(self) -> User:
        """The app's user in the first workspace."""
        return self.team.bot

    def workspace(self, name: str) -> Team:
        """Another workspace, without the app until it is installed there (`authorize`, `install`)."""
        with self.world.lock:
            return self.desk.team(name)

    def install(self, team: Team) -> Token:
        """The app is in it at once, without a browser; its token (`.value`, and `.refresh` where they
        rotate).
        """
        with self.world.lock:
            team.installed = True
            return self.desk.tokens.bot(team, set(self.desk.app.scopes), rotating=self.desk.app.rotation)

    def person(
        self,
        name: str,
        locale: str = "en-US",
        tz: str = "Europe/Sofia",
        admin: bool = False,
        *,
        team: Team | None = None,
        dms_open: bool = True,
        guest: bool = False,
    ) -> User:
        """Somebody of the workspace. `locale` as Slack has it: en-US, bg-BG, zh-CN."""
        with self.world.lock:
            user = User(self.world.id("U"), team or self.team, name, locale, tz, admin, guest=guest)
            user.dms_open = dms_open
            self.world.users[user.id] = user
        return user

    def channel(
        self, name: str, *members: User, private: bool = False, team: Team | None = None, bot: bool = False
    ) -> Channel:
        """A channel, as yet without the app unless `bot`: it joins when it is invited."""
        with self.world.lock:
            where = team or (members[0].team if members else self.team)
            kind, now = ("group" if private else "channel"), self.world.clock.now()
            channel = Channel(self.world.id("C"), kind, where, name, now, list(members))  # type: ignore[arg-type]
            self.world.channels[channel.id] = channel
        if bot:
            self.invite(channel)
        return channel

    def invite(self, channel: Channel, *users: User, by: User | None = None) -> None:
        """Those come into the channel; nobody named: the app."""
        with self.world.lock:
            for user in users or (channel.team.bot,):
                if user not in channel.members:
                    channel.members.append(user)
                    inviter = by or next((each for each in channel.members if each is not user), None)
                    news.membership(self.desk, channel, user, True, inviter)
            self.world.changed()

    def leave(self, channel: Channel, user: User | None = None) -> None:
        """Somebody goes, or (None) the app is put out."""
        with self.world.lock:
            gone = user or channel.team.bot
            channel.members.remove(gone)
            news.membership(self.desk, channel, gone, False)
            self.world.changed()

    def dm(self, user: User, *others: User) -> Channel:
        """The direct messages of a person with the app; with `others`, those of all of them with it."""
        with self.world.lock:
            return self.world.dm(user.team.bot, user, *others)

    def between(self, *people: User) -> Channel:
        """Direct messages of people, without the app."""
        with self.world.lock:
            return self.world.dm(*people)

    def usergroup(self, *people: User, team: Team | None = None) -> str:
        """The id of a new user group."""
        with self.world.lock:
            id_ = self.world.id("S")
            (team or self.team).usergroups[id_] = list(people)
        return id_

    def deactivate(self, user: User) -> None:
        with self.world.lock:
            user.deleted = True

    def archive(self, channel: Channel) -> None:
        with self.world.lock:
            channel.archived = True
            news.simple(self.desk, channel, channel.members[0], "channel_archive")
            self.world.changed()

    def delete_channel(self, channel: Channel) -> None:
        with self.world.lock:
            news.simple(self.desk, channel, channel.members[0], "channel_deleted")
            channel.deleted = True
            self.world.changed()

    def delete_message(self, message: Message) -> None:
        with self.world.lock:
            writing.remove(self.desk, message)

    # The app as its owner sees it

    def uninstall(self, team: Team | None = None) -> None:
        """An admin takes the app out: its tokens end (`account_inactive`), it is told."""
        with self.world.lock:
            api_app.uninstall(self.desk, team or self.team)

    def revoke(self, team: Team | None = None) -> None:
        """Its tokens are taken back (`token_revoked`), it is told."""
        with self.world.lock:
            api_app.revoke(self.desk, team or self.team)

    def take_scopes(self, *scopes: str, team: Team | None = None) -> None:
        """The app's tokens were granted without these."""
        with self.world.lock:
            for token in self.desk.tokens.of(team or self.team):
                token.scopes -= set(scopes)

    def share_files(self) -> int:
        """With `share_at_once` False: the messages of uploaded files appear now; how many."""
        from tests.doubles.slack import api_files

        with self.world.lock:
            return api_files.share(self.desk)
