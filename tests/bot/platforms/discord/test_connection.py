"""The platform's life on a loopback Discord, with the unmodified discord.py."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.platforms.discord import portal, sync
from bot.platforms.discord.commands import application_commands
from bot.platforms.discord.errors import DiscordError
from bot.platforms.discord.options import DiscordOptions
from bot.wiring import App
from jobs.people_tables import SpaceRow
from tests.bot.platforms.discord.connected import Connect, connect, discord_server, options
from tests.doubles.clock import FrozenClock
from tests.doubles.discord_server import DiscordServer
from tests.jobs.engine.conftest import until

__all__ = ["connect", "discord_server", "options"]

COMMANDS = r"^/applications/\d+/commands$"


def asks(server: DiscordServer) -> str:
    """A member asks in direct messages; what is answered."""
    ada = server.person("Ada")
    server.guild("Study", ada)
    place = server.dm(ada)
    server.say(ada, place, "What is a tokenizer?")
    return server.said(place)[0].text


def registrations(server: DiscordServer) -> int:
    return len([each for each in server.requests if each.method == "PUT" and "/commands" in each.path])


def test_it_comes_online_registers_its_commands_and_leaves_in_order(
    discord_server: DiscordServer, connect: Connect
) -> None:
    running = connect()
    assert running.until("online").name == "recap"
    assert set(discord_server.synced()) == {command["name"] for command in application_commands()}
    running.stop()
    assert running.until("stopped")
    discord_server.disconnected()


def test_it_asks_for_the_least_that_it_needs(discord_server: DiscordServer, connect: Connect) -> None:
    connect().until("online")
    identify = next(frame for frame in discord_server.gateway.frames if frame["op"] == 2)
    assert identify["d"]["intents"] == (1 << 0) | (1 << 9) | (1 << 12)
    assert "shard" not in identify["d"] or identify["d"]["shard"] == [0, 1]


def test_commands_are_registered_once_however_often_it_starts(
    discord_server: DiscordServer, connect: Connect
) -> None:
    for _ in range(3):
        running = connect()
        running.until("online")
        discord_server.synced()
        running.stop()
    assert registrations(discord_server) == 1


def test_it_lives_with_a_refused_registration(
    discord_server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    discord_server.faults.once("PUT", COMMANDS, 403)
    running = connect()
    running.until("online")
    discord_server.requested("PUT", COMMANDS)
    assert "token" in asks(discord_server)
    assert [record.levelname for record in caplog.records if "registered" in record.message] == ["WARNING"]


def test_a_wrong_token_is_one_clear_line_and_never_tried_again(
    discord_server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    running = connect(token="not.the.token")  # noqa: S106
    assert running.until("refused").problem == "token"
    assert len(discord_server.requests) == 1
    (record,) = caplog.records
    assert "discord.token" in record.message
    assert "not.the.token" not in caplog.text


def test_without_the_intent_in_the_portal_it_starts_without_it(
    discord_server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    discord_server.app.message_content = False
    running = connect(message_content=True)
    assert running.until("online").without == ("intent",)
    asked = [frame["d"]["intents"] >> 15 & 1 for frame in discord_server.gateway.frames if frame["op"] == 2]
    assert asked == [1, 0]
    warnings = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert "message content intent" in warnings[0]


def test_with_the_intent_it_may_read_every_message(discord_server: DiscordServer, connect: Connect) -> None:
    assert not connect(message_content=True).until("online").without


def test_discord_away_at_the_start_is_waited_for(
    discord_server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    discord_server.faults.once("GET", r"^/users/@me$", 503, times=3)
    running = connect()
    running.until("online")
    assert running.pauses == [5, 10, 20]
    assert [record.levelname for record in caplog.records].count("WARNING") == 1


def test_a_gateway_that_breaks_off_is_resumed_and_nothing_said_meanwhile_is_lost(
    discord_server: DiscordServer, connect: Connect
) -> None:
    running = connect()
    running.until("online")
    discord_server.drop_gateway()
    assert "token" in asks(discord_server)
    assert running.until("online")
    assert running.pauses == []
    assert any(session.resumed for session in discord_server.hub.sessions.values())


@pytest.mark.parametrize("how", ["asked to reconnect", "session gone", "closed with 4000"])
def test_it_comes_back_however_the_gateway_lets_go(
    discord_server: DiscordServer, connect: Connect, how: str
) -> None:
    running = connect()
    running.until("online")
    if how == "asked to reconnect":
        discord_server.ask_to_reconnect()
    elif how == "session gone":
        discord_server.forget_sessions()
        discord_server.drop_gateway()
    else:
        discord_server.drop_gateway(4000)
    running.until("connecting")
    running.until("online")
    assert "token" in asks(discord_server)
    assert registrations(discord_server) == 1


def test_a_token_that_is_revoked_while_it_runs_ends_discord_alone(
    discord_server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    running = connect()
    running.until("online")
    discord_server.drop_gateway(4004)
    assert running.until("refused").problem == "token"
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1


@pytest.mark.slow
def test_what_discord_holds_up_does_not_hold_up_the_end(
    discord_server: DiscordServer, connect: Connect, app: App, clock: FrozenClock
) -> None:
    running = connect()
    running.until("online")
    ada = discord_server.person("Ada")
    discord_server.guild("Study", ada)
    fault = discord_server.faults.always("POST", r"/messages$", "hang")
    discord_server.say(ada, discord_server.dm(ada), "What is a tokenizer?")
    with app.database.session() as session:
        app.outbox.put(
            session,
            key="greeting:1",
            platform="discord",
            place=f"dm:{ada.id}",
            kind="greeting",
            payload={"language": "en"},
        )
    discord_server.wait(lambda: fault.hits, what="the first of both, behind which the other waits")
    running.stop()
    assert running.platform.status().state == "stopped"
    discord_server.faults.clear()
    clock.move(timedelta(minutes=1))
    connect()
    assert len(discord_server.said(discord_server.dm(ada), 2)) == 2, "both come after the next start"


def test_a_server_that_was_out_of_reach_at_the_start_is_met_as_soon_as_it_is_back(
    discord_server: DiscordServer, connect: Connect, app: App
) -> None:
    guild = discord_server.guild("Study", discord_server.person("Ada"))
    connect().until("online")
    spaces = app.services.spaces
    until(lambda: spaces.present("discord") == [f"guild:{guild.id}"])
    with app.database.session() as session:  # as if it had not been there yet
        session.execute(delete(SpaceRow))
    discord_server.guild_outage(guild)
    discord_server.guild_outage(guild, over=True)
    until(lambda: spaces.present("discord") == [f"guild:{guild.id}"])


@pytest.mark.parametrize(("shards", "expected"), [(2, 2), ("auto", 3)])
def test_it_spreads_over_shards(
    discord_server: DiscordServer, connect: Connect, shards: object, expected: int
) -> None:
    discord_server.app.shards = 3
    running = connect(shards=shards)
    running.until("online")
    discord_server.connected(expected)
    identified = [frame["d"]["shard"] for frame in discord_server.gateway.frames if frame["op"] == 2]
    assert sorted(identified) == [[number, expected] for number in range(expected)]


def test_the_portal_knows_what_is_missing(discord_server: DiscordServer, options: DiscordOptions) -> None:
    ada = discord_server.person("Ada")
    discord_server.guild("Study", ada)
    wanted = application_commands()
    before = portal.standing(options, wanted)
    assert before.name == "recap"
    assert len(before.changes.added) == len(wanted)
    assert [server.name for server in before.servers] == ["Study"]
    assert portal.register(options, wanted) == before.changes
    assert portal.register(options, wanted) == sync.Changes()
    after = portal.standing(options, wanted)
    assert not after.changes
    assert after.message_content
    assert str(discord_server.bot.id) in portal.invite_url(options)


def test_the_portal_says_what_is_wrong(discord_server: DiscordServer, options: DiscordOptions) -> None:
    discord_server.faults.always("GET", r"^/users/@me$", 503)
    with pytest.raises(DiscordError) as away:
        portal.standing(options, [])
    assert away.value.key == "error.discord_unreachable"
    discord_server.faults.clear()
    discord_server.faults.once("GET", r"^/users/@me$", 401)
    with pytest.raises(DiscordError) as refused:
        portal.invite_url(options)
    assert refused.value.key == "error.discord_token"
