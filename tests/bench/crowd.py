"""How soon 500 commands at once are acknowledged on Discord and on Slack, beside bare bots.

    python -m tests.bench.crowd [--platform discord|slack] [--commands N] [--rounds N] [--json]

Fifty members ask in ten channels, all in the same moment, on a loopback platform. First the whole of Recap
(`recap run`, which also answers every question from the sample course), then a bot that does nothing but
acknowledge, by the same library (on Slack: Bolt in Socket Mode). Each has a process of its own; the loopback
platform, which checks every request, is this one. Prints p50, p95 and the slowest acknowledgement, when the
last answer stood there, and the ratio of the slowest ones.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from tests.bench.chat_latency import percentile, row
from tests.doubles.discord.interactions import Interaction
from tests.doubles.discord_server import DiscordServer
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack_server import SlackServer

PEOPLE, CHANNELS = 50, 10
BAR = 1.0
"""Seconds within which each must be acknowledged."""
QUESTIONS = ("What is a tokenizer?", "Какво е токенизация?", "什么是分词器？")
BARE_DISCORD = """
import sys
import discord
from discord import app_commands
from bot.platforms.discord.endpoints import point_at

class Bare(discord.Client):
    def __init__(self):
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(intents=intents, max_messages=None, chunk_guilds_at_startup=False)
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="ask", description="Ask")(ask)

    async def setup_hook(self):
        await self.tree.sync()

async def ask(interaction: discord.Interaction, question: str):
    await interaction.response.defer()

point_at(sys.argv[1], sys.argv[2])
Bare().run(sys.argv[3], log_handler=None)
"""
BARE_SLACK = """
import asyncio, sys
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

async def main():
    app = AsyncApp(client=AsyncWebClient(sys.argv[2], base_url=sys.argv[1]))

    @app.command("/ask")
    async def ask(ack):
        await ack()

    await AsyncSocketModeHandler(app, sys.argv[3], web_client=app.client).start_async()

asyncio.run(main())
"""


@contextmanager
def process(*arguments: str, **environment: str) -> Iterator[None]:
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "")
    running = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.DEVNULL,
        env={**os.environ, **proxies, **environment},
    )
    try:
        yield
    finally:
        running.terminate()
        running.wait(30)


Ask = Callable[[int], Interaction | Invocation]
"""Types the command of that number."""


def on_discord(server: DiscordServer) -> Ask:
    people = [server.person(f"Person {n}") for n in range(PEOPLE)]
    guild = server.guild("Study", *people)
    channels = [server.text_channel(guild, f"room-{n}") for n in range(CHANNELS)]
    server.connected(timeout=120)
    server.synced(timeout=120)
    return lambda n: server.command(
        people[n % PEOPLE], channels[n % CHANNELS], "ask", {"question": QUESTIONS[n % len(QUESTIONS)]}
    )


def on_slack(server: SlackServer) -> Ask:
    people = [server.person(f"Person {n}") for n in range(PEOPLE)]
    channels = [server.channel(f"room-{n}", *people) for n in range(CHANNELS)]
    server.connected(timeout=120)
    return lambda n: server.command(
        people[n % PEOPLE], channels[n % CHANNELS], "/ask", QUESTIONS[n % len(QUESTIONS)]
    )


def crowd(ask: Ask, commands: int, answers: Callable[[], int] | None) -> dict[str, float]:
    """Milliseconds until the acknowledgements; `answers` counts them: also seconds until all stood there."""
    ask(0).acknowledged(30)
    time.sleep(3)
    already = answers() if answers else 0
    began = time.perf_counter()
    asked = [ask(n) for n in range(commands)]
    for one in asked:
        one.acknowledged(timeout=60)
    took = [one.took for one in asked if one.took is not None]
    assert len(took) == commands
    told = row(took)
    if answers:
        while answers() < already + commands:
            assert time.perf_counter() - began < 600, "not everybody was answered"
            time.sleep(0.1)
        told["all answered (s)"] = round(time.perf_counter() - began, 1)
    return told


def measure(platform: str, commands: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"RECAP_DATA_PATH": folder, "RECAP_WEB__PORT": "0"}
        subprocess.run(
            [sys.executable, "-m", "bot.cli", "index"],
            env={**os.environ, **settings},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return (discord if platform == "discord" else slack)(settings, commands)


def discord(settings: dict[str, str], commands: int) -> dict[str, dict[str, float]]:
    found = {}
    with DiscordServer() as server:
        own = {"TOKEN": server.token, "API_URL": server.api_url, "GATEWAY_URL": server.gateway_url}
        settings |= {f"RECAP_DISCORD__{name}": value for name, value in own.items()}
        with process("-m", "bot.cli", "run", **settings):
            ask = on_discord(server)
            asked: list[Interaction] = []

            def command(n: int) -> Interaction:
                one = ask(n)
                assert isinstance(one, Interaction)
                asked.append(one)
                return one

            def answered() -> int:
                return sum(any(not said.loading for said in one.messages) for one in asked)

            found["recap"] = crowd(command, commands, answered)
        server.violations.check()
    with (
        DiscordServer() as server,
        process("-c", BARE_DISCORD, server.api_url, server.gateway_url, server.token),
    ):
        found["bare bot"] = crowd(on_discord(server), commands, None)
    return found


def slack(settings: dict[str, str], commands: int) -> dict[str, dict[str, float]]:
    found = {}
    with SlackServer() as server:
        own = {"BOT_TOKEN": server.bot_token, "APP_TOKEN": server.app_token, "API_URL": server.api_url}
        settings |= {f"RECAP_SLACK__{name}": value for name, value in own.items()}
        with process("-m", "bot.cli", "run", **settings):
            ask = on_slack(server)
            for channel in [one for one in server.world.channels.values() if one.name.startswith("room-")]:
                server.invite(channel)

            def answered() -> int:
                return sum(
                    1
                    for channel in list(server.world.channels.values())
                    for said in server.messages(channel)
                    if said.user.bot and any(block["type"] == "actions" for block in said.blocks)
                )

            found["recap"] = crowd(ask, commands, answered)
        server.violations.check()
    with (
        SlackServer() as server,
        process("-c", BARE_SLACK, server.api_url, server.bot_token, server.app_token),
    ):
        found["bare bot"] = crowd(on_slack(server), commands, None)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--platform", choices=("discord", "slack"), default="discord")
    parser.add_argument("--commands", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rounds = [measure(given.platform, given.commands) for _ in range(given.rounds)]
    if given.json:
        print(json.dumps(rounds))
        return
    for number, found in enumerate(rounds, start=1):
        for who, told in found.items():
            print(f"round {number}  {who:9}", "  ".join(f"{name} {value}" for name, value in told.items()))
    slowest = {who: [found[who]["max"] / 1000 for found in rounds] for who in rounds[0]}
    ratio = median(slowest["recap"]) / median(slowest["bare bot"])
    print(f"slowest of all: {percentile(slowest['recap'], 1.0):.2f} s (bar {BAR:.0f} s)")
    print(f"ratio of the slowest ones, median of the rounds: {ratio:.1f}")


if __name__ == "__main__":
    main()
