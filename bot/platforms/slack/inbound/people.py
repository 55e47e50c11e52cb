"""Who did something on Slack, as the core knows people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.core.turn import Person
from bot.platforms.slack.inbound.cached import Cached
from bot.platforms.slack.places import Place, account
from bot.platforms.slack.seam import Clients
from knowledge.clock import Clock

KEEP = timedelta(minutes=10)
"""How long a profile holds; who is made an admin has to wait no longer."""
PATIENCE = 2.0
"""Seconds that a turn waits for a profile."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack tells of a person."""

    name: str
    locale: str
    zone: str | None
    is_admin: bool


class People:
    """Makes Persons of users. Lives on Slack's loop."""

    def __init__(
        self,
        clients: Clients,
        clock: Clock,
        admins: Collection[str] = (),
        *,
        trusts: Callable[[str], bool] = lambda team: True,
        keep: timedelta = KEEP,
        patience: float = PATIENCE,
    ) -> None:
        """`admins`: ids of users and of user groups who are admins beside the workspace's own, which count
        where `trusts` says so of the workspace."""
        self._clients = clients
        self._trusts = trusts
        self._admins = frozenset(one for one in admins if one[:1] != "S")
        self._groups = tuple(one for one in admins if one[:1] == "S")
        self._profiles = Cached("a person", self._profile, clock, keep, patience)
        self._members = Cached("a user group", self._group, clock, keep, patience)

    async def person(self, team: str, user: str, name: str = "") -> Person:
        """The person behind a user. Never raises: of whom Slack tells nothing in time no locale is known, and
        they are no admin unless they are one by name.

        `name` as the event has it, if it has any.
        """
        profile, in_group = await asyncio.gather(
            self._profiles.get((team, user)), self._is_in_groups(team, user)
        )
        return Person(
            external_id=account(team, user),
            name=(profile.name if profile else "") or name or user,
            locale=profile.locale if profile else "",
            zone=profile.zone if profile else None,
            is_admin=user in self._admins or in_group or (profile is not None and profile.is_admin),
            inbox=str(Place("dm", team, user)),
        )

    async def name(self, team: str, user: str) -> str | None:
        """How a user is called."""
        profile = await self._profiles.get((team, user))
        return profile.name if profile else None

    def known_name(self, team: str, user: str) -> str | None:
        """The same, as far as it is known."""
        profile = self._profiles.known((team, user))
        return profile.name if profile else None

    def locale(self, team: str, user: str) -> str:
        """The locale, as far as it is known."""
        profile = self._profiles.known((team, user))
        return profile.locale if profile else ""

    def close(self) -> None:
        self._profiles.close()
        self._members.close()

    async def _is_in_groups(self, team: str, user: str) -> bool:
        members = await asyncio.gather(*(self._members.get((team, group)) for group in self._groups))
        return any(user in found for found in members if found)

    async def _profile(self, key: tuple[str, str]) -> Profile:
        client = await self._clients.of(key[0])
        answer = await client.users_info(user=key[1], include_locale=True)
        user: dict[str, Any] = answer.get("user") or {}
        told: dict[str, Any] = user.get("profile") or {}
        names = (told.get("display_name"), told.get("real_name"), user.get("real_name"), user.get("name"))
        rights = ("is_admin", "is_owner", "is_primary_owner")
        return Profile(
            name=next((str(one) for one in names if one), ""),
            locale=str(user.get("locale") or ""),
            zone=str(user["tz"]) if user.get("tz") else None,
            is_admin=self._trusts(key[0])
            and any(user.get(right) is True for right in rights)
            and _belongs(user, key[0]),
        )

    async def _group(self, key: tuple[str, str]) -> frozenset[str]:
        client = await self._clients.of(key[0])
        answer = await client.usergroups_users_list(usergroup=key[1])
        return frozenset(answer.get("users") or ())


def _belongs(user: Mapping[str, Any], team: str) -> bool:
    """Whether a user is of that workspace: in shared channels there are people of others, too."""
    home, organization = user.get("team_id"), user.get("enterprise_user") or {}
    return home is None or home == team or team in (organization.get("teams") or ())
