"""Link accounts, choose where reviews come, know the servers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COUNTED = ("learners", "reviews", "attempts", "jobs")
"""Tables whose rows may be deleted while their ids are still in somebody's hands."""


def upgrade() -> None:
    op.create_table(
        "spaces",
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("platform", "place", name=op.f("pk_spaces")),
    )
    op.create_table(
        "link_guesses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_link_guesses_learner_id_learners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_guesses")),
    )
    with op.batch_alter_table("link_guesses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_guesses_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "link_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_link_codes_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_link_codes_learner_id_learners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_codes")),
    )
    with op.batch_alter_table("link_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_codes_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_codes_learner_id"), ["learner_id"], unique=False)

    op.create_table(
        "review_places",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("space", sa.String(length=200), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("only_else", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_review_places_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_review_places_learner_id_learners")
        ),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_review_places")),
    )
    with op.batch_alter_table("review_places", schema=None) as batch_op:
        batch_op.create_index("ix_review_places_platform_space", ["platform", "space"], unique=False)

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("inbox", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))

    if op.get_bind().dialect.name == "sqlite":
        # PostgreSQL never gives an id twice; SQLite has to be told so, for which a table is written anew.
        for table in COUNTED:
            with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
                pass


def downgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("told_at")
        batch_op.drop_column("closed_at")
        batch_op.drop_column("inbox")
        batch_op.drop_column("name")

    with op.batch_alter_table("review_places", schema=None) as batch_op:
        batch_op.drop_index("ix_review_places_platform_space")

    op.drop_table("review_places")
    with op.batch_alter_table("link_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_codes_learner_id"))
        batch_op.drop_index(batch_op.f("ix_link_codes_digest"))

    op.drop_table("link_codes")
    with op.batch_alter_table("link_guesses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_guesses_learner_id"))

    op.drop_table("link_guesses")
    op.drop_table("spaces")
