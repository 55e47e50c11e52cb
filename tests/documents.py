"""Fills in the README's tables from the source: `python -m tests.documents`, or `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from bot import config
from bot.core.commands import markdown_table

README = Path(__file__).resolve().parents[1] / "README.md"


def settings_table() -> str:
    """Every setting with its default."""
    rows = [
        f"| `{config.variable(name)}` | {_default(field.default)} | {field.description} |"
        for name, field in config.names()
    ]
    return "\n".join(["| Variable | Default | What it is |", "| --- | --- | --- |", *rows])


def filled(text: str) -> str:
    """The README with both tables as the source has them now."""
    for name, table in (("commands", markdown_table()), ("settings", settings_table())):
        text, count = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
            lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}",  # type: ignore[misc]
            text,
            flags=re.DOTALL,
        )
        if count != 1:
            raise ValueError(f"the README has {count} places for the table of {name}")
    return text


def _default(value: object) -> str:
    if value is None or value is PydanticUndefined or value == "":
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    README.write_text(filled(README.read_text("utf-8")), encoding="utf-8")
