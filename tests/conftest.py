"""Fixtures for every test: a clock that stands still, and both real databases."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from deploy.migrations.tables import DECLARED
from knowledge.encoder.bundled import bundled
from knowledge.encoder.static import StaticEncoder
from knowledge.store import Base, Database
from tests.doubles.clock import FrozenClock
from tests.doubles.pool import given_back
from tests.partners import missing

assert DECLARED, "importing them puts their tables on Base.metadata"
POSTGRES = os.environ.get("RECAP_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", metavar="DIR", help="where the browser tests write their screenshots")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'recap.db'}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty schema of its own on the test server, dropped afterwards."""
    schema = f"recap_{uuid.uuid4().hex[:12]}"
    admin = create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        with admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        admin.dispose()
        missing("postgres", "no PostgreSQL at RECAP_TEST_POSTGRES")
    url = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both databases run what asks for this."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with all tables, which must have no connection checked out at the end."""
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
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
