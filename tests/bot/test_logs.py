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


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-12345-67890-AbCdEf",
        "xoxe.xoxb-1-Mi0yLTEyMzQ1",
        "xoxe-1-My0xLTEyMzQ1",
        "xapp-1-A0123-45678-abcdef",
    ],
)
def test_tokens_that_stand_in_no_setting_are_known_by_their_looks(tmp_path: Path, secret: str) -> None:
    logs.configure(tmp_path / "recap.log", "debug", quiet=True)
    log = logging.getLogger("bot.test")
    log.warning("headers: {'Authorization': 'Bearer %s'}", secret)
    log.warning("no wss://wss.slack.example/link/?ticket=%s&app_id=A1", secret[5:])
    log.warning("wanted is the bot's, which begins with xoxb-")
    written = (tmp_path / "recap.log").read_text()
    assert secret[5:] not in written
    assert "app_id=A1" in written
    assert "begins with xoxb-" in written


def test_libraries_are_heard_from_warnings_on(tmp_path: Path) -> None:
    logs.configure(tmp_path / "recap.log", "debug", quiet=True)
    logging.getLogger("alembic").info("noise")
    logging.getLogger("jobs.x").debug("news")
    assert (tmp_path / "recap.log").read_text().count("\n") == 1
