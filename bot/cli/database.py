"""`recap db`: the schema."""

from __future__ import annotations

from bot.cli.opened import settings
from bot.cli.output import out, progress_bar
from bot.core import catalogue
from knowledge.store import Database


def upgrade() -> None:
    """Brings the database to this version's schema."""
    from bot import database as schema

    loaded = settings()
    database = Database(loaded.database_url)
    try:
        with progress_bar(loaded.language, "cli.upgrading"):
            schema.upgrade(database)
    finally:
        database.dispose()
    out(catalogue.label(loaded.language, "cli.upgraded", revision=schema.head()))
