"""Writes the next step of the schema: `python -m deploy.migrations MESSAGE`, or `--anew`."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from bot.database import MIGRATIONS, migration_config, upgrade
from knowledge.store import Database

VERSIONS = Path(MIGRATIONS) / "versions"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.migrations", description=__doc__)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("message", nargs="?", help="what the step changes, in a few words")
    wanted.add_argument("--anew", action="store_true", help="begin again with one step (unreleased only)")
    parsed = parser.parse_args(arguments)
    if parsed.anew:
        for step in VERSIONS.glob("[0-9]*.py"):
            step.unlink()
    path = write(parsed.message or "Create every table")
    sys.stdout.write(f"{path}\n")


def write(message: str) -> Path:
    """Compares the tables with the schema that the steps so far give, and writes the difference."""
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        if number != "0001":
            upgrade(database)
        with database.engine.begin() as connection:
            config = migration_config(connection)
            head = ScriptDirectory.from_config(config).get_current_head()
            command.revision(config, message, autogenerate=True, rev_id=number, head=head or "base")
        database.dispose()
    written = next(VERSIONS.glob(f"{number}_*.py"))
    path = written.rename(VERSIONS / f"{number}_{slug}.py")
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "--quiet", str(path)], check=True)  # noqa: S603
    subprocess.run([*ruff, "check", "--fix", "--quiet", str(path)], check=True)  # noqa: S603
    return path


if __name__ == "__main__":
    main()
