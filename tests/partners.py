"""What some tests need from outside: a PostgreSQL server, a browser."""

from __future__ import annotations

import os
from typing import Literal, NoReturn

import pytest

Partner = Literal["postgres", "browser"]


def missing(partner: Partner, why: str) -> NoReturn:
    """Skips the test, or fails it where RECAP_TEST_REQUIRE (names, comma separated) says it must run."""
    required = os.environ.get("RECAP_TEST_REQUIRE", "").replace(",", " ").split()
    if partner in required:
        pytest.fail(f"{why}, and RECAP_TEST_REQUIRE asks for {partner}", pytrace=False)
    pytest.skip(why)
