"""What Alembic runs: our tables against the connection that `bot.database` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from deploy.migrations.tables import DECLARED
from knowledge.store import Base, UtcDateTime

assert DECLARED  # noqa: S101 - imported for the tables it declares


def render(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """A step must not depend on the code as it is later: our types are written as plain ones."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite can't alter a table in place
    render_item=render,
    compare_type=True,
)
context.run_migrations()
