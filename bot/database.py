"""Whether the database has the schema this version needs, and how it gets it.

Asking is cheap: Alembic (0.6 s to import) is loaded only where a step is missing.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from knowledge.errors import RecapError
from knowledge.store import Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = str(files("deploy.migrations"))
_LOCK = 0x5265636170  # any number that is ours alone


class DatabaseError(RecapError):
    """The database can't be used.

    `error.database_unreachable` (`url`, `reason`) or `error.database_newer` (`found`, `known`): a later
    version of Recap has changed it.
    """

    key = "error.database_unreachable"


def head() -> str:
    """The revision that this version of Recap needs."""
    steps = (step.name for step in files("deploy.migrations.versions").iterdir())
    return max(name[:4] for name in steps if name[:4].isdigit() and name.endswith(".py"))


def is_current(database: Database) -> bool:
    """Whether the schema is the one this version needs."""
    try:
        with database.engine.connect() as connection:
            return _revision(connection) == head()
    except OperationalError as error:
        raise _unreachable(database, error) from error


def upgrade(database: Database) -> None:
    """Brings the schema to this version's, in one transaction; does nothing where it is there already.

    Processes that start at once wait for one another.
    """
    from alembic import command
    from alembic.script import ScriptDirectory

    try:
        with database.engine.connect() as connection, _without_foreign_keys(connection), connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config = migration_config(connection)
            found = _revision(connection)
            known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
            if found is not None and found not in known:
                raise DatabaseError("error.database_newer", found=found, known=head())
            command.upgrade(config, "head")
    except OperationalError as error:
        raise _unreachable(database, error) from error


def migration_config(connection: Connection) -> Config:
    """Alembic's configuration for our steps on that connection; there is no file of it."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", MIGRATIONS.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


class _without_foreign_keys:  # noqa: N801 - used as a function
    """SQLite rebuilds a table to alter it, and must not follow its foreign keys meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._pragma("OFF")

    def __exit__(self, *_error: object) -> None:
        self._pragma("ON")

    def _pragma(self, value: str) -> None:
        if self._connection.dialect.name == "sqlite":
            # Past SQLAlchemy, which would begin a transaction, in which the pragma has no effect.
            driver = self._connection.connection.driver_connection
            assert driver is not None  # noqa: S101
            driver.execute(f"PRAGMA foreign_keys={value}")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _unreachable(database: Database, error: OperationalError) -> DatabaseError:
    url = database.engine.url.render_as_string(hide_password=True)
    return DatabaseError("error.database_unreachable", url=url, reason=str(error.orig).strip())
