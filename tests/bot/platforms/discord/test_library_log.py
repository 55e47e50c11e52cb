"""What discord.py says of its attempts to connect again."""

from __future__ import annotations

import logging

import pytest

from bot.platforms.discord import library_log


@pytest.fixture(autouse=True)
def tamed() -> None:
    library_log.tame()
    library_log.tame()


def test_an_attempt_to_connect_again_is_no_error_and_has_no_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    try:
        raise OSError("no route")
    except OSError:
        logging.getLogger("discord.client").exception("Attempting a reconnect in %.2fs", 1.5)
    (record,) = caplog.records
    assert (record.levelname, record.exc_info) == ("INFO", None)
    assert record.getMessage() == "Attempting a reconnect in 1.50s (OSError: no route)"


def test_everything_else_that_it_says_stays_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("discord.client").error("Something else: %s", "odd")
    logging.getLogger("discord.http").warning("We are being rate limited.")
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert caplog.records[0].getMessage() == "Something else: odd"
