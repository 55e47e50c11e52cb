"""A small bot on the unmodified discord.py, in a thread of its own: the loopback Discord is tried with it."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Generic, TypeVar

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.doubles.discord_server import DiscordServer

T = TypeVar("T")
Client = TypeVar("Client", bound=discord.Client)


class Form(discord.ui.Modal, title="Answer the question"):
    answer: discord.ui.TextInput[Form] = discord.ui.TextInput(
        label="Your answer", custom_id="answer", max_length=500, style=discord.TextStyle.paragraph
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"You said {self.answer.value}", ephemeral=True)


class Card(discord.ui.View):
    """Works after any restart: it has no timeout, and its parts have fixed custom_ids."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Notes", url="https://example.com/notes"))

    @discord.ui.button(label="Hint", custom_id="card:hint")
    async def hint(self, interaction: discord.Interaction, button: discord.ui.Button[Card]) -> None:
        await interaction.response.edit_message(content="a hint", view=self)

    @discord.ui.button(label="Answer", custom_id="card:answer", style=discord.ButtonStyle.primary)
    async def answer(self, interaction: discord.Interaction, button: discord.ui.Button[Card]) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.select(custom_id="card:pick", options=[discord.SelectOption(label=each) for each in "abc"])
    async def pick(self, interaction: discord.Interaction, select: discord.ui.Select[Card]) -> None:
        await interaction.response.defer()
        await interaction.followup.send(f"picked {select.values[0]}", ephemeral=True)


class Bot(discord.AutoShardedClient):
    """What it heard is in `events`, in order: kind of event and what it was about."""

    def __init__(self, **options: Any) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(**{"intents": intents, "guild_ready_timeout": 0.05, **options})
        self.tree = app_commands.CommandTree(self)
        self.news = threading.Condition()
        self.events: list[tuple[str, Any]] = []
        self.tree.add_command(ask)
        self.tree.add_command(notes)
        self.tree.add_command(learn)
        self.tree.add_command(about)
        self.tree.add_command(double)

    async def setup_hook(self) -> None:
        self.add_view(Card())
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Without discord.py's pause of five seconds."""

    def _note(self, kind: str, what: Any = None) -> None:
        with self.news:
            self.events.append((kind, what))
            self.news.notify_all()

    async def on_ready(self) -> None:
        self._note("ready", [guild.name for guild in self.guilds])

    async def on_resumed(self) -> None:
        self._note("resumed")

    async def on_shard_resumed(self, shard: int) -> None:
        self._note("shard resumed", shard)

    async def on_shard_ready(self, shard: int) -> None:
        self._note("shard ready", shard)

    async def on_message(self, message: discord.Message) -> None:
        self._note("message", message)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._note("joined", guild.name)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._note("left", guild.name)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self._note("unavailable", guild.name)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self._note("available", guild.name)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self._note("thread", thread)


@app_commands.command(name="ask", description="Ask the tutor")
@app_commands.describe(question="What you want to know", private="Only for you")
async def ask(
    interaction: discord.Interaction,
    question: app_commands.Range[str, 1, 4000],
    private: bool = False,
) -> None:
    await interaction.response.defer(thinking=True, ephemeral=private)
    embed = discord.Embed(title="Answer", description=question.upper(), colour=0x112233)
    embed.set_footer(text="from the notes").add_field(name="File", value="01-intro.md")
    await interaction.edit_original_response(content="done", embed=embed, view=Card())


@app_commands.command(name="notes", description="Send or take notes")
async def notes(interaction: discord.Interaction, file: discord.Attachment | None = None) -> None:
    content = await file.read() if file else b"# Notes"
    back = discord.File(io.BytesIO(content), "notes.md", description="the notes")
    await interaction.response.send_message("here", file=back, ephemeral=True)


@app_commands.command(name="learn", description="Learn about a topic")
async def learn(interaction: discord.Interaction, topic: str) -> None:
    await interaction.response.send_message(topic)


@learn.autocomplete("topic")
async def topics(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{current}{each}", value=f"{current}{each}") for each in range(25)]


@app_commands.command(name="double", description="Answers twice")
async def double(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("once")
    state = interaction.response
    state._response_type = None
    try:
        await state.send_message("twice")
    except discord.HTTPException as refused:
        await interaction.followup.send(f"refused with {refused.code}")


@app_commands.context_menu(name="Ask about this")
async def about(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"about: {message.content}")


class Running(Generic[Client]):
    """Runs a client against a loopback Discord; `do` runs a coroutine on its loop and gives the result."""

    def __init__(self, server: DiscordServer, client: Client, token: str = "") -> None:
        self.server = server
        self.client = client
        self.failure: BaseException | None = None
        self._token = token or server.token
        self._loop: asyncio.AbstractEventLoop
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="discord-bot")
        self._before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY

    def _run(self) -> None:
        async def main() -> None:
            self._loop = asyncio.get_running_loop()
            self._started.set()
            try:
                async with self.client:
                    await self.client.start(self._token)
            except Exception as failure:  # noqa: BLE001  the test looks at it
                self.failure = failure

        asyncio.run(main())

    def __enter__(self) -> Running[Client]:
        Route.BASE = self.server.api_url
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.server.gateway_url)
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self.client.close(), self._loop)
        self._thread.join(10)
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = self._before
        assert not self._thread.is_alive(), "the bot did not stop"

    def ended(self, timeout: float = 10) -> BaseException | None:
        """Waits until the client gave up, and tells why."""
        self._thread.join(timeout)
        assert not self._thread.is_alive(), "the bot goes on"
        return self.failure

    def do(self, work: Coroutine[Any, Any, T], timeout: float = 20) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def heard(
        self: Running[Bot], kind: str, of: Callable[[Any], bool] = lambda what: True, timeout: float = 20
    ) -> Any:
        """Waits for an event of that kind, and gives the latest."""

        def found() -> list[Any]:
            return [what for each, what in self.client.events if each == kind and of(what)]

        with self.client.news:
            assert self.client.news.wait_for(found, timeout), f"no {kind} among {self.client.events}"
            return found()[-1]
