"""Fixtures for every test: a clock that stands still, and both real databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from knowledge.encoder.bundled import bundled
from knowledge.encoder.static import StaticEncoder
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.pool import given_back
from tests.partners import missing
from tests.prepared import PreparedPostgres, PreparedSqlite, postgres_schema

POSTGRES = os.environ.get("RECAP_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", metavar="DIR", help="where the browser tests write their screenshots")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database that isn't there yet."""
    return f"sqlite:///{tmp_path / 'recap.db'}"


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> PreparedSqlite:
    return PreparedSqlite(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def prepared_sqlite_url(tmp_path: Path, prepared_sqlite: PreparedSqlite) -> str:
    """An empty database with all tables."""
    return prepared_sqlite.copy(tmp_path / "recap.db")


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty schema of its own on the test server, dropped afterwards."""
    yield from _postgres()


@pytest.fixture(scope="session")
def prepared_postgres() -> Iterator[PreparedPostgres]:
    for url in _postgres():
        yield PreparedPostgres(url)


def _postgres() -> Iterator[str]:
    try:
        with postgres_schema(POSTGRES) as url:
            yield url
    except OperationalError:
        missing("postgres", "no PostgreSQL at RECAP_TEST_POSTGRES")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with all tables and no rows; both kinds run what asks for this."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("prepared_sqlite_url"))
    prepared: PreparedPostgres = request.getfixturevalue("prepared_postgres")
    return prepared.emptied()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with all tables, which must have no connection checked out at the end."""
    database = Database(database_url)
    yield database
    assert given_back(database), "a connection was not given back"
    database.dispose()


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The five study notes that the project was asked for."""
    return _shared("corpora/seeds")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The development corpora."""
    return _shared("corpora")


@pytest.fixture(scope="session")
def bundled_encoder() -> StaticEncoder:
    """The encoder that comes with Recap."""
    return bundled()


def _shared(path: str) -> Path:
    folder = Path(__file__).resolve().parents[2] / "shared" / path
    if not folder.is_dir():
        pytest.skip(f"the development data ({path}) is not beside this checkout")
    return folder
