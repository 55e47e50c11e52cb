"""Keep the order of a learner's reviews when one has to be sent again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbound", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holds_up", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index("ix_outbound_learner_id_state", ["learner_id", "state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("outbound", schema=None) as batch_op:
        batch_op.drop_index("ix_outbound_learner_id_state")
        batch_op.drop_column("holds_up")
