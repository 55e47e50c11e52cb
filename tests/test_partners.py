"""A missing partner skips a test at home and fails it in continuous integration."""

from __future__ import annotations

import pytest

from tests.partners import missing


def test_a_missing_partner_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECAP_TEST_REQUIRE", "browser")
    with pytest.raises(pytest.skip.Exception, match="no server"):
        missing("postgres", "no server")


def test_a_missing_partner_that_is_required_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECAP_TEST_REQUIRE", "browser, postgres")
    with pytest.raises(pytest.fail.Exception, match="asks for postgres"):
        missing("postgres", "no server")
