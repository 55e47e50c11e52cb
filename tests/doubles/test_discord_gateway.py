"""Connections to the loopback Discord: how they begin, break, come back, and what is heard over them."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
import pytest

from tests.doubles.discord.compression import encoder
from tests.doubles.discord.world import Channel, Guild
from tests.doubles.discord_bot import Bot, Running
from tests.doubles.discord_server import DiscordServer


def general(guild: Guild) -> Channel:
    assert guild.system_channel is not None
    return guild.system_channel


def intents(**granted: bool) -> discord.Intents:
    wanted = discord.Intents.default()
    for name, yes in granted.items():
        setattr(wanted, name, yes)
    return wanted


def say_and_hear(server: DiscordServer, bot: Running[Bot], place: Channel, text: str) -> discord.Message:
    server.say(server.app.owner, place, text)
    return bot.heard("message", lambda message: message.content == text)  # type: ignore[no-any-return]


def test_a_broken_connection_is_resumed_and_nothing_is_missed(
    discord_server: DiscordServer, bot: Running[Bot]
) -> None:
    place = general(discord_server.guild("Study"))
    say_and_hear(discord_server, bot, place, "before")
    with discord_server.world.lock:
        discord_server.drop_gateway()
        discord_server.say(discord_server.app.owner, place, "meanwhile")
        asked = discord_server.command(discord_server.app.owner, place, "learn", {"topic": "x"})
    bot.heard("message", lambda message: message.content == "meanwhile")
    bot.heard("shard resumed")
    assert asked.answered().content == "x"


def test_the_client_comes_back_when_asked_to(discord_server: DiscordServer, bot: Running[Bot]) -> None:
    place = general(discord_server.guild("Study"))
    say_and_hear(discord_server, bot, place, "before")
    discord_server.ask_to_reconnect()
    bot.heard("shard resumed")
    say_and_hear(discord_server, bot, place, "after")
    assert [session.resumed for session in discord_server.hub.sessions.values()] == [1]


def test_an_invalid_session_is_begun_anew(discord_server: DiscordServer, bot: Running[Bot]) -> None:
    place = general(discord_server.guild("Study"))
    say_and_hear(discord_server, bot, place, "before")
    (old,) = discord_server.hub.sessions
    discord_server.invalidate_sessions()
    discord_server.wait(lambda: set(discord_server.hub.sessions) - {old})
    discord_server.connected()
    say_and_hear(discord_server, bot, place, "after")


def test_without_its_session_a_resume_misses_what_happened(
    discord_server: DiscordServer, bot: Running[Bot]
) -> None:
    place = general(discord_server.guild("Study"))
    say_and_hear(discord_server, bot, place, "before")
    with discord_server.world.lock:
        discord_server.drop_gateway(4000)
        discord_server.say(discord_server.app.owner, place, "lost")
        discord_server.forget_sessions()
    discord_server.connected(timeout=30)
    say_and_hear(discord_server, bot, place, "after")
    assert "lost" not in [each.content for kind, each in bot.client.events if kind == "message"]


def test_an_invalid_session_that_can_be_resumed_is(
    discord_server: DiscordServer, bot: Running[Bot], place: Channel
) -> None:
    say_and_hear(discord_server, bot, place, "before")
    with discord_server.world.lock:
        discord_server.invalidate_sessions(resumable=True)
        discord_server.say(discord_server.app.owner, place, "meanwhile")
    bot.heard("message", lambda message: message.content == "meanwhile")
    bot.heard("shard resumed")


def test_a_server_can_be_out_of_reach_for_a_while(
    discord_server: DiscordServer, bot: Running[Bot], place: Channel
) -> None:
    say_and_hear(discord_server, bot, place, "before")
    assert place.guild is not None
    discord_server.guild_outage(place.guild)
    bot.heard("unavailable")
    discord_server.guild_outage(place.guild, over=True)
    bot.heard("available")
    say_and_hear(discord_server, bot, place, "after")
    assert "left" not in [kind for kind, _ in bot.client.events]


def test_members_are_looked_for(discord_server: DiscordServer, bot: Running[Bot], place: Channel) -> None:
    ada = discord_server.person("Ada")
    assert place.guild is not None
    discord_server.join(place.guild, ada)
    known = say_and_hear(discord_server, bot, place, "before").guild
    assert known is not None
    assert [each.id for each in bot.do(known.query_members("Ad"))] == [ada.id]


def test_a_zombie_is_noticed_and_replaced(discord_server: DiscordServer) -> None:
    discord_server.gateway.heartbeat_ms = 100
    place = general(discord_server.guild("Study"))
    with Running(discord_server, Bot(heartbeat_timeout=0.4)) as bot:
        discord_server.connected()
        say_and_hear(discord_server, bot, place, "before")
        discord_server.hold_heartbeats()
        discord_server.wait(lambda: 4000 in discord_server.gateway.closes, what="the zombie's end")
        discord_server.release_heartbeats()
        bot.heard("shard resumed")
        say_and_hear(discord_server, bot, place, "after")


def test_an_event_can_come_twice(discord_server: DiscordServer, bot: Running[Bot]) -> None:
    place = general(discord_server.guild("Study"))
    said = discord_server.say(discord_server.app.owner, place, "twice")
    discord_server.redeliver(said)
    say_and_hear(discord_server, bot, place, "end")
    heard = [what for kind, what in bot.client.events if kind == "message"]
    assert [each.id for each in heard if each.content == "twice"] == [said.id, said.id]


def test_a_wrong_token_is_refused(discord_server: DiscordServer) -> None:
    with Running(discord_server, Bot(), token=discord_server.token[:-1]) as bot:
        assert isinstance(bot.ended(), discord.LoginFailure)


def test_an_intent_that_was_not_granted_is_refused(discord_server: DiscordServer) -> None:
    discord_server.app.message_content = False
    with Running(discord_server, Bot(intents=intents(message_content=True))) as bot:
        assert isinstance(bot.ended(), discord.PrivilegedIntentsRequired)
    assert 4014 in discord_server.gateway.closes


def test_without_the_intent_only_what_concerns_the_bot_is_read(discord_server: DiscordServer) -> None:
    ada = discord_server.person("Ada")
    place = general(discord_server.guild("Study", ada))
    with Running(discord_server, Bot(intents=intents(message_content=False))) as bot:
        discord_server.connected()
        hidden = discord_server.say(ada, place, "among ourselves")
        mentioning = discord_server.say(ada, place, "tell us", mentions=[discord_server.bot])
        direct = discord_server.say(ada, discord_server.dm(ada), "tell me")
        answer = discord_server.command(ada, place, "learn", {"topic": "x"}).answered()
        reply = discord_server.say(ada, place, "go on", reply_to=answer)
        quiet = discord_server.say(ada, place, "so what", reply_to=answer, ping=False)
        bot.heard("message", lambda message: message.id == quiet.id)
    heard = {each.id: each.content for kind, each in bot.client.events if kind == "message"}
    assert heard[hidden.id] == ""
    assert heard[quiet.id] == ""
    assert heard[mentioning.id].endswith("tell us")
    assert heard[direct.id] == "tell me"
    assert heard[reply.id] == "go on"


def test_shards_hear_of_their_own_servers(discord_server: DiscordServer) -> None:
    guilds = [discord_server.guild(f"S{index}", shard_of=(index, 3)) for index in range(3)]
    with Running(discord_server, Bot(shard_count=3)) as bot:
        discord_server.connected(sessions=3, timeout=60)
        for index, guild in enumerate(guilds):
            message = say_and_hear(discord_server, bot, general(guild), f"in {index}")
            assert message.guild is not None
            assert message.guild.shard_id == index
        say_and_hear(discord_server, bot, discord_server.dm(discord_server.app.owner), "direct")


def test_a_client_that_leaves_in_peace_ends_its_session(discord_server: DiscordServer) -> None:
    with Running(discord_server, Bot()) as bot:
        bot.heard("ready")
    discord_server.disconnected()
    assert discord_server.hub.sessions == {}
    assert discord_server.gateway.closes == [1000]


# Without any library for Discord: frames as they are.


async def frames(server: DiscordServer, compress: str | None, *sent: Any, count: int) -> list[Any]:
    """What comes in answer to frames; a number is the code that the connection was closed with."""
    unpack = unpacker(compress)
    url = f"{server.gateway_url}/?v=10&encoding=json" + (f"&compress={compress}" if compress else "")
    got: list[Any] = []
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        for frame in sent:
            await socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))
        while len(got) < count:
            message = await socket.receive(timeout=10)
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                return [*got, socket.close_code]
            got.append(json.loads(unpack(message.data)))
    return got


def unpacker(compress: str | None) -> Callable[[Any], Any]:
    if compress == "zlib-stream":
        return zlib.decompressobj().decompress
    if compress == "zstd-stream":
        try:
            import zstandard  # type: ignore[import-not-found, unused-ignore]

            return zstandard.ZstdDecompressor().decompressobj().decompress  # type: ignore[no-any-return, unused-ignore]
        except ImportError:
            from compression.zstd import ZstdDecompressor  # type: ignore[import-not-found, unused-ignore]

            return ZstdDecompressor().decompress  # type: ignore[no-any-return, unused-ignore]
    return lambda data: data


@pytest.mark.parametrize("compress", [None, "zlib-stream", "zstd-stream"])
def test_frames_come_as_one_compressed_stream(discord_server: DiscordServer, compress: str | None) -> None:
    if encoder(compress) is None:
        pytest.skip("neither Python 3.14's compression.zstd nor the package zstandard is here")
    discord_server.guild("Учебна група 学习小组")
    identify = {"op": 2, "d": {"token": discord_server.token, "intents": 1, "properties": {}}}
    hello, ready, guild = asyncio.run(frames(discord_server, compress, identify, count=3))
    assert hello["op"] == 10
    assert (ready["t"], ready["s"]) == ("READY", 1)
    assert (guild["t"], guild["d"]["name"]) == ("GUILD_CREATE", "Учебна група 学习小组")


WRONG: dict[str, tuple[Any, int]] = {
    "an unknown operation": ({"op": 77, "d": None}, 4001),
    "a payload over 4096 bytes": ({"op": 1, "d": "x" * 5000}, 4002),
    "something before it identified": ({"op": 3, "d": {}}, 4003),
    "a shard that there isn't": ({"op": 2, "d": {"token": "", "intents": 0, "shard": [3, 2]}}, 4010),
    "an intent that there isn't": ({"op": 2, "d": {"token": "", "intents": 1 << 40}}, 4013),
    "a wrong token": ({"op": 2, "d": {"token": "wrong", "intents": 0}}, 4004),
}


@pytest.mark.parametrize("case", WRONG)
def test_misuse_closes_the_connection(discord_server: DiscordServer, case: str) -> None:
    frame, code = WRONG[case]
    if code != 4004:
        discord_server.violations.expect(f"closed with {code}")
    if frame["op"] == 2 and not frame["d"]["token"]:
        frame = {"op": 2, "d": {**frame["d"], "token": discord_server.token}}
    assert asyncio.run(frames(discord_server, None, frame, count=9))[-1] == code


def test_too_many_frames_close_the_connection(discord_server: DiscordServer) -> None:
    discord_server.violations.expect("closed with 4008")
    beats = [{"op": 1, "d": None}] * 121
    assert asyncio.run(frames(discord_server, None, *beats, count=200))[-1] == 4008


def test_the_starts_of_a_day_are_counted(discord_server: DiscordServer) -> None:
    discord_server.app.identifies_left = 1
    identify = {"op": 2, "d": {"token": discord_server.token, "intents": 0, "properties": {}}}
    assert asyncio.run(frames(discord_server, None, identify, count=2))[-1]["t"] == "READY"
    assert asyncio.run(frames(discord_server, None, identify, count=2))[-1] == 4004
