"""Log lines: all in the file, one line on stderr, secrets nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = handlers, level
    logging.captureWarnings(False)


def test_a_traceback_stays_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(tmp_path / "recap.log", "info")
    try:
        raise ValueError("inner")
    except ValueError:
        logging.getLogger("bot.test").exception("it failed")
    assert capsys.readouterr().err == "ERROR: it failed\n"
    assert "ValueError: inner" in (tmp_path / "recap.log").read_text()


def test_secrets_never_reach_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(tmp_path / "recap.log", "debug", ["hush-hush"])
    log = logging.getLogger("bot.test")
    log.warning("token hush-hush at postgresql://user:pass-word@host/db")
    written = (tmp_path / "recap.log").read_text() + capsys.readouterr().err
    assert "hush-hush" not in written
    assert "pass-word" not in written


def test_libraries_are_heard_from_warnings_on(tmp_path: Path) -> None:
    logs.configure(tmp_path / "recap.log", "debug", quiet=True)
    logging.getLogger("alembic").info("noise")
    logging.getLogger("jobs.x").debug("news")
    assert (tmp_path / "recap.log").read_text().count("\n") == 1
