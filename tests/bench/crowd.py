"""How soon 500 commands at once are acknowledged on Discord, beside a bare discord.py bot.

    python -m tests.bench.crowd [--commands N] [--rounds N] [--json]

Fifty members ask in ten channels, all in the same moment, on a loopback Discord. First the whole of Recap
(`recap run`, which also answers every question from the sample course), then a bot that does nothing but
defer, by the same library. Each has a process of its own; the loopback Discord, which checks every request,
is this one. Prints p50, p95 and the slowest acknowledgement, when the last answer stood there, and the ratio
of the slowest ones.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from tests.bench.chat_latency import percentile, row
from tests.doubles.discord.interactions import Interaction
from tests.doubles.discord_server import DiscordServer

PEOPLE, CHANNELS = 50, 10
BAR = 1.0
"""Seconds within which each must be acknowledged."""
QUESTIONS = ("What is a tokenizer?", "Какво е токенизация?", "什么是分词器？")
BARE = """
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


def crowd(server: DiscordServer, commands: int, whole: bool) -> dict[str, float]:
    """Milliseconds until the acknowledgements; `whole`: also the seconds until every answer stood there."""
    people = [server.person(f"Person {n}") for n in range(PEOPLE)]
    guild = server.guild("Study", *people)
    channels = [server.text_channel(guild, f"room-{n}") for n in range(CHANNELS)]
    server.connected(timeout=120)
    server.synced(timeout=120)
    server.command(people[0], channels[0], "ask", {"question": QUESTIONS[0]}).acknowledged(30)
    time.sleep(2)
    began = time.perf_counter()
    asked: list[Interaction] = [
        server.command(
            people[n % PEOPLE], channels[n % CHANNELS], "ask", {"question": QUESTIONS[n % len(QUESTIONS)]}
        )
        for n in range(commands)
    ]
    for one in asked:
        one.acknowledged(timeout=60)
    took = [one.took for one in asked if one.took is not None]
    assert len(took) == commands
    told = row(took)
    if whole:
        for one in asked:
            one.answered(timeout=300)
        told["all answered (s)"] = round(time.perf_counter() - began, 1)
    return told


def measure(commands: int) -> dict[str, dict[str, float]]:
    found = {}
    with tempfile.TemporaryDirectory() as folder, DiscordServer() as server:
        settings = {
            "RECAP_DATA_PATH": folder,
            "RECAP_WEB__PORT": "0",
            "RECAP_DISCORD__TOKEN": server.token,
            "RECAP_DISCORD__API_URL": server.api_url,
            "RECAP_DISCORD__GATEWAY_URL": server.gateway_url,
        }
        subprocess.run(
            [sys.executable, "-m", "bot.cli", "index"],
            env={**os.environ, **settings},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with process("-m", "bot.cli", "run", **settings):
            found["recap"] = crowd(server, commands, whole=True)
        server.violations.check()
    with DiscordServer() as server, process("-c", BARE, server.api_url, server.gateway_url, server.token):
        found["bare bot"] = crowd(server, commands, whole=False)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--commands", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rounds = [measure(given.commands) for _ in range(given.rounds)]
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
