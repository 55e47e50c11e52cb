"""Pause cards and study sections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pending", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_index("ix_cards_course_id_section_id", ["course_id", "section_id"], unique=False)
    with op.batch_alter_table("studies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("section_id", sa.String(length=16), server_default="", nullable=False))


def downgrade() -> None:
    # Earlier versions know neither paused cards nor studies of a section or of what is gone.
    op.execute("UPDATE cards SET state = 'retired' WHERE state IN ('paused', 'withdrawn')")
    op.execute("UPDATE studies SET state = 'stopped' WHERE state = 'gone' OR section_id <> ''")
    op.execute(
        "UPDATE reviews SET state = 'dropped' WHERE state IN ('waiting', 'asked')"
        " AND study_id IN (SELECT id FROM studies WHERE state = 'stopped')"
    )
    with op.batch_alter_table("studies", schema=None) as batch_op:
        batch_op.drop_column("section_id")
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index("ix_cards_course_id_section_id")
        batch_op.drop_column("pending")
