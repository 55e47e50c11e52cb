"""The database's schema, step by step (Alembic).

Users never call this: `bot.database.upgrade` does, when Recap starts or on `recap db upgrade`. After a
change to the tables, write the next step with

    python -m deploy.migrations "say what changed"

and read what it wrote. `python -m deploy.migrations --anew` rewrites the first step from the tables as
they are now and removes the others; that is for the time before the first release only.
"""
