"""Databases with every table, made once for a process and given out empty, as most tests want them.

To make them for each test would take longer than most tests do.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url, text

from bot.database import upgrade
from deploy.migrations.tables import DECLARED
from knowledge.store import Base, Database

assert DECLARED, "importing them puts their tables on Base.metadata"


class PreparedSqlite:
    """A file that is copied."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "prepared.db"
        database = Database(f"sqlite:///{self._file}")
        upgrade(database)
        database.dispose()

    def copy(self, file: Path) -> str:
        """The URL of a copy, which is laid at `file`."""
        shutil.copyfile(self._file, file)
        return f"sqlite:///{file}"


class PreparedPostgres:
    """A schema that is emptied."""

    def __init__(self, url: str) -> None:
        self.url = url
        database = Database(url)
        upgrade(database)
        names = [table.name for table in reversed(Base.metadata.sorted_tables)]
        counters = inspect(database.engine).get_sequence_names()
        database.dispose()
        self._empty = ";".join(
            [
                *(f"DELETE FROM {name}" for name in names),  # noqa: S608
                *(f"SELECT setval('{name}', 1, false)" for name in counters),
            ]
        )

    def emptied(self) -> str:
        """The URL, with no row in any table and every counter at its start."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '20s'"))
            connection.exec_driver_sql(self._empty)
        engine.dispose()
        return self.url


@contextmanager
def postgres_schema(server: str) -> Iterator[str]:
    """The URL of an empty schema on a server, dropped afterwards; OperationalError if it can't be reached.

    No commit waits for the disk: what a killed process committed is there all the same.
    """
    schema = f"recap_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, connect_args={"connect_timeout": 3})
    try:
        with admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        options = f"-csearch_path={schema} -csynchronous_commit=off"
        url = make_url(server).update_query_dict({"options": options})
        yield url.render_as_string(hide_password=False)
        with admin.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    finally:
        admin.dispose()
