"""Ask about what was missed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_topics",
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_open_topics_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_open_topics_learner_id_learners")
        ),
        sa.PrimaryKeyConstraint("platform", "place", "learner_id", name=op.f("pk_open_topics")),
    )


def downgrade() -> None:
    op.drop_table("open_topics")
