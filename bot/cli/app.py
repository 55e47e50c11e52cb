"""The commands of the shell and their arguments; what they do is imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.arguments import AsJson, Named
from bot.cli.cards_arguments import cards
from bot.cli.review import review
from bot.cli.simulate_arguments import simulate

app = typer.Typer(
    name="recap",
    help="A tutor that answers from your own notes, runs models, and brings back what you studied.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models = typer.Typer(help="The models of /try: which are on disk, and fetching them.", no_args_is_help=True)
db = typer.Typer(help="The database.", no_args_is_help=True)
manifest = typer.Typer(help="What documents are generated from.", no_args_is_help=True)
discord = typer.Typer(
    help="The bot on Discord; `recap run` starts it once it has a token.", no_args_is_help=True
)
slack = typer.Typer(help="The bot on Slack; `recap run` starts it once it is set up.", no_args_is_help=True)
encoder = typer.Typer(help="The encoder that comes with Recap: training it anew.", no_args_is_help=True)
app.add_typer(review, name="review")
app.add_typer(models, name="models")
app.add_typer(cards, name="cards")
app.add_typer(encoder, name="encoder")
app.add_typer(discord, name="discord")
app.add_typer(slack, name="slack")
app.add_typer(db, name="db")
app.add_typer(manifest, name="manifest")

Pairs = Annotated[Path, typer.Option("--pairs", help="Folder of the parallel text; the README says more.")]
LeaveOut = Annotated[
    list[str] | None,
    typer.Option("--leave-out", help="A source that isn't trained on but measured with; may come again."),
]


def _version(asked: bool) -> None:
    if asked:
        from bot.cli.version import version

        typer.echo(f"recap {version()}")
        raise typer.Exit


@app.callback()
def recap(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def run() -> None:
    """Serve the web chat, Discord and Slack, with the worker, the reviews and all the rest, until Ctrl-C."""
    from bot.cli.run import run

    run()


@app.command()
def chat() -> None:
    """Chat in this terminal; lines from a pipe work too."""
    from bot.cli.chat import chat

    chat()


@app.command()
def index(
    path: Annotated[
        Path | None,
        typer.Argument(help="Folder of notes, from now on the course's own."),
    ] = None,
    course: Named = None,
    as_json: AsJson = False,
) -> None:
    """Read the notes and build the index from them."""
    from bot.cli.index import index

    index(path, course, as_json)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    fast: Annotated[
        bool,
        typer.Option("--fast", help="Answer at once, without an encoder that has to be loaded first."),
    ] = False,
    course: Named = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the notes."""
    from bot.cli.ask import ask

    ask(question, fast, course, as_json)


@app.command("eval")
def eval_(
    folder: Annotated[Path, typer.Argument(help="Notes with questions.jsonl or queries.jsonl beside them.")],
    run: Annotated[
        Path | None, typer.Option("--run", help="Write what was found for each question there, as JSON.")
    ] = None,
    failures: Annotated[
        int, typer.Option("--failures", min=0, help="How many of the questions that failed to show.")
    ] = 20,
    as_json: AsJson = False,
) -> None:
    """Measure how well questions on a folder of notes are answered."""
    from bot.cli.evaluate import evaluate

    evaluate(folder, run, failures, as_json)


@app.command("try")
def try_(
    task: Annotated[str, typer.Argument(help="tokenize, similarity, embed, classify, inspect, sentiment, …")],
    text: Annotated[str, typer.Argument(help="What the model works on.")] = "",
    model: Annotated[str | None, typer.Option(help="Another model than the task's own.")] = None,
    labels: Annotated[str | None, typer.Option(help="For classify: labels with commas between them.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run a model on a text."""
    from bot.cli.try_task import try_task

    try_task(task, text, model, labels, as_json)


@models.command("list")
def models_list(as_json: AsJson = False) -> None:
    """List the models and whether they are on disk."""
    from bot.cli.models import list_models

    list_models(as_json)


@models.command("pull")
def models_pull(name: Annotated[str, typer.Argument(help="The model's name, as the list has it.")]) -> None:
    """Fetch a model's weights."""
    from bot.cli.models import pull

    pull(name)


@encoder.command("train")
def encoder_train(
    pairs: Pairs,
    out: Annotated[Path, typer.Option("--out", help="Folder for the encoder.")],
    epochs: Annotated[float | None, typer.Option(help="Times that all pairs are gone through.")] = None,
    dimension: Annotated[int | None, typer.Option(help="Of the vectors.")] = None,
    vocabulary: Annotated[int | None, typer.Option(help="Tokens at most.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same encoder.")] = None,
    teacher: Annotated[str, typer.Option(help="A sentence encoder, by name or folder.")] = "minilm",
    leave_out: LeaveOut = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:1.")] = "auto",
    as_json: AsJson = False,
) -> None:
    """Train an encoder on pairs of texts, one half of them English."""
    from bot.cli.encoder import train

    train(
        pairs,
        out,
        teacher,
        device,
        as_json,
        epochs=epochs,
        dimension=dimension,
        vocabulary=vocabulary,
        seed=seed,
        left_out=None if leave_out is None else tuple(leave_out),
    )


@encoder.command("evaluate")
def encoder_evaluate(
    folder: Annotated[str, typer.Argument(help="An encoder's folder, or a model's name.")],
    pairs: Pairs,
    leave_out: LeaveOut = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well an encoder finds translations, and sections by their headings across languages."""
    from bot.cli.encoder import measure

    measure(folder, pairs, leave_out, as_json)


@discord.command("sync")
def discord_sync(as_json: AsJson = False) -> None:
    """Register the commands with Discord where they differ; `recap run` does so too."""
    from bot.cli.discord import sync

    sync(as_json)


@discord.command("invite")
def discord_invite() -> None:
    """Print the link that adds the bot to a server, with the permissions it needs."""
    from bot.cli.discord import invite

    invite()


@slack.command("install")
def slack_install() -> None:
    """Print the link by which any workspace installs Recap."""
    from bot.cli.slack import install

    install()


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what is configured, reachable and missing; exit 1 if something is broken."""
    from bot.cli.doctor import doctor

    doctor(as_json)


app.command()(simulate)


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version's schema."""
    from bot.cli.database import upgrade

    upgrade()


@app.command()
def config() -> None:
    """Print every setting with its value, as a documented recap.toml; secrets are masked."""
    from bot.cli.config import show

    show()


@manifest.command("commands")
def manifest_commands(
    language: Annotated[str, typer.Option(help="en, bg or zh.")] = "en",
) -> None:
    """Print the table of chat commands as Markdown, as the README has it."""
    from bot.cli.manifest import commands

    commands(language)


@manifest.command("settings")
def manifest_settings() -> None:
    """Print the table of settings as Markdown, as the README has it."""
    from bot.cli.manifest import settings

    settings()


@manifest.command("slack")
def manifest_slack() -> None:
    """Print the manifest from which Slack makes the app, in YAML; the settings say how it is reached."""
    from bot.cli.manifest import slack

    slack()
