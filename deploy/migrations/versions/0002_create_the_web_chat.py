"""Create the web chat's tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "web_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("outbound", sa.String(length=100), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=True),
        sa.Column("pressed", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_messages")),
        sa.UniqueConstraint("answers", name=op.f("uq_web_messages_answers")),
        sa.UniqueConstraint("outbound", name=op.f("uq_web_messages_outbound")),
        sa.UniqueConstraint("place", "client_id", name=op.f("uq_web_messages_place_client_id")),
    )
    with op.batch_alter_table("web_messages", schema=None) as batch_op:
        batch_op.create_index("ix_web_messages_place_id", ["place", "id"], unique=False)
        batch_op.create_index("ix_web_messages_place_change", ["place", "change"], unique=False)

    op.create_table(
        "web_places",
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_web_places")),
    )


def downgrade() -> None:
    op.drop_table("web_places")
    with op.batch_alter_table("web_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_web_messages_place_change")
        batch_op.drop_index("ix_web_messages_place_id")

    op.drop_table("web_messages")
