"""Claim sections that a language model is asked about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal_claims",
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("section_id", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_proposal_claims_course_id_courses")
        ),
        sa.PrimaryKeyConstraint("course_id", "note", "section_id", "hash", name=op.f("pk_proposal_claims")),
    )


def downgrade() -> None:
    op.drop_table("proposal_claims")
