"""The database: engine, sessions, declarative base and column types. Tables stand with their package.

SQLite runs in WAL mode with foreign keys on and a busy timeout, PostgreSQL as it is. Times go in and
come out timezone-aware in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import DateTime, Engine, MetaData, Table, create_engine, event, make_url
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of every package is declared on this base."""

    metadata = MetaData(naming_convention=_NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Refuses naive datetimes; stores UTC; gives aware UTC back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given where a moment in UTC is stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One database, opened once a process and shared by its threads.

    `url` is any SQLAlchemy URL; SQLite's folder is created. Use `session()` for one unit of work.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        arguments: dict[str, Any] = {}
        if parsed.get_backend_name() == "sqlite":
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            arguments["connect_args"] = {"timeout": 30}
        else:
            arguments["pool_pre_ping"] = True  # a server may have gone meanwhile, a file doesn't
        self.engine: Engine = create_engine(parsed, **arguments)
        if parsed.get_backend_name() == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_immediate)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One unit of work: committed at the end, rolled back on any exception, always closed."""
        with self._sessions() as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Closes every pooled connection."""
        self.engine.dispose()


def insert(session: Session, table: type[Base]) -> SqliteInsert:
    """An INSERT that knows `ON CONFLICT`, for the session's database."""
    return insert_for(dialect_of(session), table)


def dialect_of(session: Session) -> str:
    """`sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def insert_for(dialect: str, table: type[Base] | Table) -> SqliteInsert:
    """The same, for a dialect by its name: to be built once and used often."""
    if dialect == "postgresql":
        # Costs a tenth of a second, which who runs on SQLite needn't wait for.
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return cast("SqliteInsert", postgresql_insert(table))
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction control would delay BEGIN past our IMMEDIATE.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    # A deferred transaction that reads first and writes later fails with "database is locked"
    # when another writer came between; taking the write lock at once waits instead.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
