"""How a database goes about the statements that code sends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, text

from knowledge.store import Database


@dataclass
class Plans:
    """The statements that were sent, and how the database carries each of them out."""

    database: Database
    sent: list[tuple[str, Any]] = field(default_factory=list)

    def of(self, *parts: str) -> list[str]:
        """The plan of each statement that holds all of these."""
        found = [one for one in self.sent if all(part in one[0] for part in parts)]
        assert found, f"no statement with {parts} among {[one[0] for one in self.sent]}"
        explain = "EXPLAIN QUERY PLAN " if self.database.engine.dialect.name == "sqlite" else "EXPLAIN "
        with self.database.engine.connect() as connection:
            return [
                "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, values))
                for statement, values in found
            ]


@contextmanager
def watched(database: Database) -> Iterator[Plans]:
    """Every statement sent within is kept."""
    plans = Plans(database)

    def keep(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        plans.sent.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", keep)
    try:
        yield plans
    finally:
        event.remove(database.engine, "before_cursor_execute", keep)


def measure(database: Database) -> None:
    """Lets the database count its rows, as it does from time to time by itself."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
