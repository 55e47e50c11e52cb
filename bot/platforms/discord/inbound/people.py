"""Who did something on Discord, as the core knows people."""

from __future__ import annotations

from collections import OrderedDict

import discord

from bot.core.turn import Person
from bot.platforms.discord.places import Place

MOST_LOCALES = 10_000


class People:
    """Makes Persons of users; `admin_role` is the name or id of a role whose members are admins."""

    def __init__(self, admin_role: str = "") -> None:
        self._admin_role = admin_role.strip().removeprefix("@").casefold()
        self._locales: OrderedDict[int, str] = OrderedDict()

    def of_interaction(self, interaction: discord.Interaction) -> Person:
        """The locale is that of the person's client."""
        user, locale = interaction.user, str(interaction.locale.value)
        self._locales[user.id] = locale
        self._locales.move_to_end(user.id)
        if len(self._locales) > MOST_LOCALES:
            self._locales.popitem(last=False)
        permissions = interaction.permissions
        return self._person(user, locale, permissions.administrator or permissions.manage_guild)

    def of_message(self, message: discord.Message) -> Person:
        """Messages don't tell a locale: it is the one last seen, or left open."""
        author = message.author
        permissions = discord.Permissions.none()
        if isinstance(author, discord.Member):
            permissions = author.guild_permissions
        locale = self._locales.get(author.id, "")
        return self._person(author, locale, permissions.administrator or permissions.manage_guild)

    def _person(self, user: discord.User | discord.Member, locale: str, manages: bool) -> Person:
        return Person(
            external_id=str(user.id),
            name=user.display_name,
            locale=locale,
            is_admin=manages or self._has_role(user),
            inbox=str(Place("dm", user.id)),
        )

    def _has_role(self, user: discord.User | discord.Member) -> bool:
        if not self._admin_role or not isinstance(user, discord.Member):
            return False
        return any(self._admin_role in (str(role.id), role.name.casefold()) for role in user.roles)
