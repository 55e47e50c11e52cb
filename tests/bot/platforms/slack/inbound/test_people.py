"""Who people are, and whose direct messages are ours: asked once, never waited for long."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.platforms.slack.failures import Later, NotInstalled
from bot.platforms.slack.inbound.cached import Cached
from bot.platforms.slack.inbound.direct import Direct
from bot.platforms.slack.inbound.origins import origin
from bot.platforms.slack.inbound.people import People
from bot.platforms.slack.seam import Source
from tests.doubles.clock import FrozenClock

ADA = {
    "id": "UADA",
    "name": "ada",
    "locale": "bg-BG",
    "tz": "Europe/Sofia",
    "is_admin": False,
    "is_owner": True,
    "profile": {"display_name": "", "real_name": "Ada Lovelace"},
}


class Slack:
    """A workspace's Web API as far as people are asked for; implements `Clients` and the client."""

    def __init__(self) -> None:
        self.users: dict[str, Any] = {"UADA": ADA}
        self.groups = {"SG": ["UBO"]}
        self.dms = {"UADA": "DADA"}
        self.calls: Counter[str] = Counter()
        self.failure: Exception | None = None
        self.hold: asyncio.Event | None = None

    async def of(self, team: str) -> Any:
        if team != "T1":
            raise NotInstalled(team)
        return self

    async def bot_user(self, team: str) -> str:
        return "UBOT"

    async def _answer(self, name: str, answer: Any) -> Any:
        self.calls[name] += 1
        if self.hold:
            await self.hold.wait()
        if self.failure:
            raise self.failure
        return answer

    async def users_info(self, *, user: str, include_locale: bool) -> Any:
        assert include_locale
        return await self._answer("users", {"user": self.users.get(user, {"id": user})})

    async def usergroups_users_list(self, *, usergroup: str) -> Any:
        return await self._answer("groups", {"users": self.groups[usergroup]})

    async def conversations_open(self, *, users: str, prevent_creation: bool) -> Any:
        assert prevent_creation
        channel = self.dms.get(users)
        return await self._answer("open", {"channel": {"id": channel} if channel else None})


def run(use: Callable[[Slack, FrozenClock], Awaitable[None]]) -> None:
    asyncio.run(_main(use))


async def _main(use: Callable[[Slack, FrozenClock], Awaitable[None]]) -> None:
    await use(Slack(), FrozenClock())


def people(slack: Slack, clock: FrozenClock, *admins: str, patience: float = 5) -> People:
    return People(slack, clock, admins, patience=patience)  # type: ignore[arg-type]


def test_a_person_is_as_slack_tells() -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        ada = await people(slack, clock).person("T1", "UADA", "ada")
        assert (ada.external_id, ada.inbox, ada.name) == ("T1/UADA", "dm:T1/UADA", "Ada Lovelace")
        assert (ada.locale, ada.zone, ada.is_admin) == ("bg-BG", "Europe/Sofia", True)

    run(use)


def test_a_profile_is_asked_for_once_in_a_while() -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        asked = people(slack, clock)
        await asyncio.gather(*(asked.person("T1", "UADA") for _ in range(20)))
        assert slack.calls["users"] == 1
        clock.move(timedelta(minutes=11))
        slack.users["UADA"] = {**ADA, "is_owner": False}
        assert not (await asked.person("T1", "UADA")).is_admin
        assert slack.calls["users"] == 2

    run(use)


@pytest.mark.parametrize("failure", [Later("away"), OSError("broken"), ValueError("odd")])
def test_of_whom_nothing_is_known_is_no_admin_and_has_no_locale(failure: Exception) -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        slack.failure = failure
        ada = await people(slack, clock).person("T1", "UADA", "ada")
        assert (ada.name, ada.locale, ada.zone, ada.is_admin) == ("ada", "", None, False)
        assert (await people(slack, clock).person("T2", "UADA")).name == "UADA"

    run(use)


@pytest.mark.parametrize(
    ("whose", "expected"),
    [
        ({"team_id": "T1"}, True),
        ({"team_id": "T9"}, False),
        ({"team_id": "T9", "is_stranger": True}, False),
        ({"team_id": "T9", "enterprise_user": {"teams": ["T9", "T1"]}}, True),
        ({"team_id": "T9", "enterprise_user": {"teams": ["T9"]}}, False),
    ],
)
def test_whoever_is_an_admin_of_another_workspace_is_none_here(whose: dict[str, Any], expected: bool) -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        slack.users["UADA"] = {**ADA, **whose}
        assert (await people(slack, clock).person("T1", "UADA")).is_admin is expected

    run(use)


def test_in_an_outage_the_last_profile_holds() -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        asked = people(slack, clock)
        await asked.person("T1", "UADA")
        clock.move(timedelta(hours=1))
        slack.failure = Later("away")
        assert (await asked.person("T1", "UADA")).locale == "bg-BG"

    run(use)


def test_nobody_waits_longer_than_patience_and_what_comes_late_is_kept() -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        asked, slack.hold = people(slack, clock, patience=0.01), asyncio.Event()
        assert (await asked.person("T1", "UADA")).locale == ""
        slack.hold.set()
        await asyncio.sleep(0)
        assert (await asked.person("T1", "UADA")).locale == "bg-BG"
        assert slack.calls["users"] == 1

    run(use)


def test_only_the_admins_of_a_workspace_that_is_trusted_count() -> None:
    slack, clock = Slack(), FrozenClock()

    async def main() -> None:
        asked = People(slack, clock, ("UBO",), trusts=lambda team: team == "T2")  # type: ignore[arg-type]
        assert not (await asked.person("T1", "UADA")).is_admin
        assert (await asked.person("T1", "UBO")).is_admin, "who is named is one anywhere"

    asyncio.run(main())


def test_the_settings_name_admins_by_person_or_by_group() -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        asked = people(slack, clock, "UCHEN", "SG")
        found = [(await asked.person("T1", user)).is_admin for user in ("UCHEN", "UBO", "UDAN")]
        assert found == [True, True, False]
        assert slack.calls["groups"] == 1
        slack.failure = OSError("away")
        clock.move(timedelta(hours=1))
        assert (await asked.person("T1", "UCHEN")).is_admin

    run(use)


def test_a_cache_forgets_what_was_asked_longest_ago() -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        async def fetch(key: tuple[str]) -> str:
            return await slack._answer(key[0], key[0])  # type: ignore[no-any-return]

        cached = Cached("a thing", fetch, clock, timedelta(hours=1), 5, most=2)
        for key in ("a", "b", "c"):
            assert await cached.get((key,)) == key
        assert (cached.known(("a",)), cached.known(("c",))) == (None, "c")

    run(use)


def source(channel: str) -> tuple[Source, Any]:
    where = origin("T1", "UADA", channel, direct=True)
    return Source("command:1", where.place, "UADA", channel), where


def test_direct_messages_of_two_others_are_read_by_both() -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        direct = Direct(slack, clock)  # type: ignore[arg-type]
        ours, where = await direct.settled(*source("DADA"))
        assert (str(ours.place), where.shared) == ("dm:T1/UADA", False)
        theirs, there = await direct.settled(*source("DOTHER"))
        assert (str(theirs.place), there.shared) == ("channel:T1/DOTHER", True)
        assert there.within == ("team:T1",)
        assert slack.calls["open"] == 1

    run(use)


def test_who_never_spoke_to_us_has_no_direct_messages_with_us() -> None:
    async def use(slack: Slack, clock: FrozenClock) -> None:
        slack.dms = {}
        direct = Direct(slack, clock)  # type: ignore[arg-type]
        assert (await direct.settled(*source("DOTHER")))[1].shared
        direct.heard("T1", "UADA", "DADA")
        assert not (await direct.settled(*source("DADA")))[1].shared

    run(use)
