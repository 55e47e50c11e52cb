"""Ask in sessions, and pause."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("unasked", sa.Boolean(), nullable=False),
        sa.Column("ignored", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_review_sessions_learner_id_learners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_sessions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("review_sessions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_review_sessions_learner_id_begun_at", ["learner_id", "begun_at"], unique=False
        )
    op.create_table(
        "review_session_items",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_session_items_review_id_reviews")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["review_sessions.id"],
            name=op.f("fk_review_session_items_session_id_review_sessions"),
        ),
        sa.PrimaryKeyConstraint("session_id", "review_id", name=op.f("pk_review_session_items")),
    )
    with op.batch_alter_table("review_session_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_session_items_review_id"), ["review_id"], unique=False)
    for column in ("paused_at", "paused_until"):
        op.add_column("learners", sa.Column(column, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("learners", schema=None) as batch_op:
        batch_op.drop_column("paused_until")
        batch_op.drop_column("paused_at")
    op.drop_table("review_session_items")
    op.drop_table("review_sessions")
