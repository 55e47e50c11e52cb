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
    """The statements that were sent, and how the database was about to carry out each SELECT among them."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def of(self, *parts: str) -> list[str]:
        """The plan of each statement that holds all of these."""
        found = [plan for statement, plan in self.sent if plan and all(part in statement for part in parts)]
        assert found, f"no statement with {parts} among {[statement for statement, _ in self.sent]}"
        return found


@contextmanager
def watched(database: Database) -> Iterator[Plans]:
    """Every statement sent within is kept; a SELECT is explained first, by its transaction's settings."""
    plans = Plans()
    explain = "EXPLAIN QUERY PLAN " if database.engine.dialect.name == "sqlite" else "EXPLAIN "

    def keep(connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        plan = ""
        if statement.startswith("SELECT"):
            cursor = connection.connection.cursor()
            cursor.execute(explain + statement, values)
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
            cursor.close()
        plans.sent.append((statement, plan))

    event.listen(database.engine, "before_cursor_execute", keep)
    try:
        yield plans
    finally:
        event.remove(database.engine, "before_cursor_execute", keep)


def measure(database: Database) -> None:
    """Lets the database count its rows, as it does from time to time by itself."""
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
