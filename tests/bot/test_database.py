"""The schema: what the migrations make is what the tables say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, bindparam, text

from bot.database import DatabaseError, _without_foreign_keys, head, is_current, migration_config, upgrade
from deploy.migrations.tables import DECLARED
from jobs.review.pacing import USUAL
from jobs.review.rebuild import rebuild
from knowledge.store import Base, Database

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.dispose()


def test_an_empty_database_becomes_what_the_tables_say(empty: Database) -> None:
    assert DECLARED
    assert not is_current(empty)
    upgrade(empty)
    assert is_current(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_module_with_tables_is_declared() -> None:
    modules = {mapper.class_.__module__ for mapper in Base.registry.mappers}
    assert modules <= {module.__name__ for module in DECLARED}
    declaring = [
        path
        for package in ("bot", "jobs", "knowledge")
        for path in (ROOT / package).rglob("*.py")
        if "__tablename__" in path.read_text(encoding="utf-8")
    ]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in declaring}
    assert names == {module.__name__ for module in DECLARED}


def test_upgrading_again_changes_nothing(empty: Database) -> None:
    upgrade(empty)
    with empty.engine.begin() as connection:
        values = "VALUES ('a', 'A', 'notes', '2026-01-01 00:00:00')"
        connection.execute(text(f"INSERT INTO courses (id, title, notes_path, created_at) {values}"))
    upgrade(empty)
    with empty.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM courses")) == 1


def test_foreign_keys_are_on_again_after_the_upgrade(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    upgrade(database)
    with database.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    database.dispose()


def test_the_needed_revision_is_the_last_step(empty: Database) -> None:
    with empty.engine.connect() as connection:
        script = ScriptDirectory.from_config(migration_config(connection))
    assert script.get_heads() == [head()]


def test_processes_that_start_at_once_wait_for_one_another(empty: Database, empty_url: str) -> None:
    code = (
        "import sys; from bot.database import upgrade; from knowledge.store import Database;"
        "upgrade(Database(sys.argv[1])); print('up')"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, empty_url],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert (out.strip(), process.returncode) == ("up", 0), err
    assert is_current(empty)


def test_a_database_of_a_later_version_is_left_alone(empty: Database) -> None:
    upgrade(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not is_current(empty)
    with pytest.raises(DatabaseError) as refused:
        upgrade(empty)
    assert refused.value.key == "error.database_newer"
    assert refused.value.params == {"found": "9999", "known": head()}


def test_a_database_that_can_not_be_reached_is_said_without_its_password() -> None:
    database = Database("postgresql+psycopg://me:secret@127.0.0.1:1/none?connect_timeout=2")
    for attempt in (is_current, upgrade):
        with pytest.raises(DatabaseError) as refused:
            attempt(database)
        assert "127.0.0.1:1" in str(refused.value.params["url"])
        assert "secret" not in str(refused.value)


def test_asking_whether_the_schema_is_current_does_not_load_alembic(sqlite_url: str) -> None:
    upgrade(database := Database(sqlite_url))
    database.dispose()
    code = (
        "import sys; from bot.database import is_current; from knowledge.store import Database;"
        "print(is_current(Database(sys.argv[1])), 'alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, sqlite_url], cwd=ROOT, text=True, capture_output=True, check=True
    )
    assert done.stdout.split() == ["True", "False"]


def test_ids_of_people_and_what_they_were_asked_are_never_used_again(empty: Database) -> None:
    """An old database with rows in it, brought to where a deleted row's id stays spent."""
    learner = text(
        "INSERT INTO learners (name, zone, review_hour, locale, created_at)"
        " VALUES (:name, 'UTC', 18, 'en', '2026-01-01 00:00:00')"
    )
    account = text(
        "INSERT INTO accounts (learner_id, platform, external_id, place, seen_at)"
        " VALUES (1, 'web', 'x', 'page', '2026-01-01 00:00:00')"
    )
    with empty.engine.begin() as connection:
        command.upgrade(migration_config(connection), "0002")
        connection.execute(learner, [{"name": "Ana"}, {"name": "Bo"}])
        connection.execute(account)
    upgrade(empty)
    with empty.engine.begin() as connection:
        assert connection.execute(text("SELECT learner_id, inbox, name FROM accounts")).all() == [(1, "", "")]
        connection.execute(text("DELETE FROM learners WHERE name = 'Bo'"))
        connection.execute(learner, {"name": "Eva"})
        assert connection.scalar(text("SELECT max(id) FROM learners")) == 3
        if empty.engine.dialect.name == "sqlite":
            query = text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY name")
            assert connection.scalars(query).all() == [
                "attempts",
                "jobs",
                "learners",
                "review_sessions",
                "reviews",
            ]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_studies_of_before_get_the_days_that_their_waiting_reviews_tell_of(empty: Database) -> None:
    """A learner who lives in Tokyo by now studied in Sofia: the next reviews stay on their days."""
    with empty.engine.connect() as connection:
        command.upgrade(migration_config(connection), "0010")
        connection.commit()
    statements = (
        "INSERT INTO learners (id, name, zone, review_hour, quiet_start, quiet_end, locale, created_at)"
        " VALUES (1, 'Ana', 'Asia/Tokyo', 23, 22, 8, 'bg', '2026-03-01 00:00:00+00:00')",
        "INSERT INTO courses (id, title, notes_path, created_at)"
        " VALUES ('c', 'C', 'notes', '2026-03-01 00:00:00+00:00')",
        # 20:00 on the second of March in Sofia, the third in Tokyo
        "INSERT INTO studies (id, learner_id, course_id, note, title, studied_at, state)"
        " VALUES (7, 1, 'c', 'a.md', 'A', '2026-03-02 18:00:00+00:00', 'active')",
        # asked; put off by quiet hours to 08:00 of the sixth (Tokyo); 23:00 would be the fifth
        "INSERT INTO reviews (id, study_id, learner_id, step, repeat, interval, due_at, state, late) VALUES"
        " (1, 7, 1, 0, 0, '1d', '2026-03-03 16:00:00+00:00', 'answered', false),"
        " (2, 7, 1, 1, 0, '3d', '2026-03-05 23:00:00+00:00', 'waiting', false),"
        " (3, 7, 1, 2, 0, '1w', '2026-03-09 23:00:00+00:00', 'waiting', false),"
        " (4, 7, 1, 0, 1, '1d', '2026-03-04 23:00:00+00:00', 'waiting', false)",
        "INSERT INTO cards (id, course_id, note, key, origin, position, language, prompt, section_id,"
        " section_hash, headings, start, \"end\", answer, state, created_at) VALUES (1, 'c', 'a.md', 'k',"
        " 'quiz', 0, 'en', '?', 's', 'h', '[]', 1, 1, '!', 'active', '2026-03-01 00:00:00+00:00')",
        "INSERT INTO attempts (id, learner_id, card_id, review_id, revealed, rating, asked_at, answered_at,"
        " rated_at) VALUES (1, 1, 1, 1, true, 1, '2026-03-03 16:00:00+00:00',"
        " '2026-03-03 17:00:00+00:00', '2026-03-03 17:00:00+00:00')",
    )
    with empty.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    upgrade(empty)
    with empty.engine.connect() as connection:
        study = connection.execute(text("SELECT day, ladder FROM studies")).one()
        days = connection.scalars(text("SELECT day FROM reviews ORDER BY id")).all()
        rated = connection.scalar(text("SELECT rated_day FROM attempts"))
    assert (str(study.day), study.ladder) == ("2026-03-02", "1d,3d,1w")
    assert [str(day) for day in days] == ["2026-03-04", "2026-03-05", "2026-03-09", "2026-03-04"]
    assert str(rated) == "2026-03-03"
    assert rebuild(empty, USUAL, check=True).differing == 0


def test_going_back_to_before_cards_were_paused_asks_nothing_unconfirmed(empty: Database) -> None:
    statements = (
        "INSERT INTO learners (id, name, zone, review_hour, locale, created_at)"
        " VALUES (1, 'Ana', 'UTC', 18, 'en', '2026-03-01 00:00:00+00:00')",
        "INSERT INTO courses (id, title, notes_path, created_at)"
        " VALUES ('c', 'C', 'notes', '2026-03-01 00:00:00+00:00')",
        "INSERT INTO studies (id, learner_id, course_id, note, section_id, title, studied_at, state) VALUES"
        " (1, 1, 'c', 'a.md', '', 'A', '2026-03-02 18:00:00+00:00', 'active'),"
        " (2, 1, 'c', 'a.md', 's', 'S', '2026-03-02 18:00:00+00:00', 'active'),"
        " (3, 1, 'c', 'b.md', '', 'B', '2026-03-02 18:00:00+00:00', 'gone')",
        "INSERT INTO reviews (id, study_id, learner_id, step, repeat, interval, due_at, state, late) VALUES"
        " (1, 1, 1, 0, 0, '1d', '2026-03-03 16:00:00+00:00', 'waiting', false),"
        " (2, 2, 1, 0, 0, '1d', '2026-03-03 16:00:00+00:00', 'waiting', false),"
        " (3, 3, 1, 0, 0, '1d', '2026-03-03 16:00:00+00:00', 'waiting', false)",
    )
    card = text(
        "INSERT INTO cards (id, course_id, note, key, origin, position, language, prompt, section_id,"
        " section_hash, headings, start, \"end\", answer, state, pending, created_at) VALUES (:id, 'c',"
        " 'a.md', :key, 'quiz', 0, 'en', '?', 's', 'h', '[]', 1, 1, '!', :state, :pending,"
        " '2026-03-01 00:00:00+00:00')"
    ).bindparams(bindparam("pending", type_=JSON(none_as_null=True)))
    cards = [
        {"id": 1, "key": "a", "state": "active", "pending": None},
        {"id": 2, "key": "b", "state": "paused", "pending": {}},
        {"id": 3, "key": "c", "state": "withdrawn", "pending": {}},
    ]
    with empty.engine.begin() as connection:
        command.upgrade(migration_config(connection), "0013")
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(card, cards)
    with empty.engine.connect() as connection, _without_foreign_keys(connection), connection.begin():
        command.downgrade(migration_config(connection), "0012")
        states = {
            table: connection.scalars(text(f"SELECT state FROM {table} ORDER BY id")).all()  # noqa: S608
            for table in ("studies", "reviews", "cards")
        }
    assert states == {
        "studies": ["active", "stopped", "stopped"],
        "reviews": ["waiting", "dropped", "dropped"],
        "cards": ["active", "retired", "retired"],
    }
    upgrade(empty)
    assert is_current(empty)
