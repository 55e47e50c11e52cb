"""Fills in the documents' tables from the source: `python -m tests.documents`, or `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from bot import config
from bot.core.commands import markdown_table
from bot.platforms.discord.permissions import markdown_table as permissions_table
from bot.platforms.slack.manifest import yaml
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.scopes import markdown_table as scopes_table

README = Path(__file__).resolve().parents[1] / "README.md"
DISCORD = README.parent / "deploy" / "discord.md"
SLACK = README.parent / "deploy" / "slack.md"
MANIFEST = README.parent / "deploy" / "slack-manifest.yaml"


def settings_table() -> str:
    """Every setting with its default."""
    rows = [
        f"| `{config.variable(name)}` | {_default(field.default)} | {field.description} |"
        for name, field in config.names()
    ]
    return "\n".join(["| Variable | Default | What it is |", "| --- | --- | --- |", *rows])


def tables(document: Path) -> dict[str, str]:
    """The tables of a document by the name of their place, as the source has them now."""
    if document == DISCORD:
        return {"permissions": permissions_table()}
    if document == SLACK:
        return {"scopes": scopes_table()}
    return {"commands": markdown_table(), "settings": settings_table()}


def filled(document: Path) -> str:
    """A document's text with its tables as the source has them now."""
    if document == MANIFEST:
        return yaml(SlackOptions())
    text = document.read_text("utf-8")
    for name, table in tables(document).items():
        text, count = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
            lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}",  # type: ignore[misc]
            text,
            flags=re.DOTALL,
        )
        if count != 1:
            raise ValueError(f"{document.name} has {count} places for the table of {name}")
    return text


def _default(value: object) -> str:
    if value is None or value is PydanticUndefined or value == "":
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    for document in (README, DISCORD, SLACK, MANIFEST):
        document.write_text(filled(document), encoding="utf-8")
