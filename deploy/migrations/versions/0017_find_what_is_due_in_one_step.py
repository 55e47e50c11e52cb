"""Find what is due in one step, however much is planned or past."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
COUNTED = {"sqlite_autoincrement": True}
"""SQLite adds and drops a stored column only by writing the table anew, and must be told of this again."""

INDEXES = (
    ("studies", "ix_studies_course_id_note", ["course_id", "note"]),
    ("outbound", "ix_outbound_learner_id", ["learner_id"]),
    ("outbound", "ix_outbound_platform_state_due_at_id", ["platform", "state", "due_at", "id"]),
    ("open_prompts", "ix_open_prompts_learner_id", ["learner_id"]),
    ("open_prompts", "ix_open_prompts_attempt_id", ["attempt_id"]),
    ("jobs", "ix_jobs_learner_id", ["learner_id"]),
)


def upgrade() -> None:
    for table, name, columns in INDEXES:
        op.create_index(name, table, columns, unique=False)
    op.drop_index("ix_outbound_platform_state_due_at", "outbound")
    with op.batch_alter_table("reviews", schema=None, table_kwargs=COUNTED) as batch_op:
        batch_op.drop_index("ix_reviews_state_due_at")
        batch_op.add_column(
            sa.Column(
                "wake_at",
                sa.DateTime(timezone=True),
                sa.Computed("coalesce(held_until, due_at)", persisted=True),
                nullable=False,
            )
        )
        batch_op.create_index(
            "ix_reviews_wake_at",
            ["wake_at", "id"],
            unique=False,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )


def downgrade() -> None:
    op.create_index("ix_outbound_platform_state_due_at", "outbound", ["platform", "state", "due_at"])
    for table, name, _ in INDEXES:
        op.drop_index(name, table)
    with op.batch_alter_table("reviews", schema=None, table_kwargs=COUNTED) as batch_op:
        batch_op.drop_index("ix_reviews_wake_at")
        batch_op.drop_column("wake_at")
        batch_op.create_index("ix_reviews_state_due_at", ["state", "due_at"], unique=False)
