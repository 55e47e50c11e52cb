"""What each way to fail is taken for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from yarl import URL

from bot.platforms.slack.errors import SlackError
from bot.platforms.slack.failures import Later, NotInstalled, Refused, translated
from bot.platforms.slack.faults import fault
from bot.platforms.slack.link import LinkRefused


def answered(status: int, data: object) -> SlackApiError:
    made: Any = SlackApiError
    error: SlackApiError = made("no", SimpleNamespace(status_code=status, data=data, headers={}))
    return error


def said(code: str, status: int = 200) -> SlackApiError:
    return answered(status, {"error": code})


def gateway(status: int) -> SlackApiError:
    """What something before Slack answers: no JSON."""
    return answered(status, "<html>")


def as_failure(error: SlackApiError) -> Exception:
    try:
        with translated():
            raise error
    except Exception as failure:  # noqa: BLE001  whatever it is
        return failure


def handshake(status: int) -> aiohttp.WSServerHandshakeError:
    url = URL("wss://wss.slack.example/link/?ticket=tell-nobody")
    info: Any = SimpleNamespace(real_url=url, url=url)
    return aiohttp.WSServerHandshakeError(info, (), status=status, message="no")


@pytest.mark.parametrize(
    ("error", "kind", "again"),
    [
        (said("invalid_auth"), "token", False),
        (said("not_allowed_token_type"), "token", False),
        (as_failure(said("invalid_auth")), "token", False),
        (said("account_inactive"), "uninstalled", False),
        (as_failure(said("token_revoked")), "uninstalled", False),
        (NotInstalled("the token is of another workspace"), "uninstalled", False),
        (SlackError("error.slack_unreachable", url="u", detail="d"), "key", False),
        (LinkRefused("invalid_auth"), "app_token", False),
        (LinkRefused("missing_scope"), "scope", False),
        (LinkRefused("link_disabled"), "socket", True),
        (LinkRefused("too_many_websockets"), "refused", True),
        (said("fatal_error"), "refused", True),
        (Refused("HTTP 404"), "refused", True),
        (said("ratelimited", 429), "unreachable", True),
        (gateway(503), "unreachable", True),
        (as_failure(gateway(502)), "unreachable", True),
        (Later("a limit"), "unreachable", True),
        (handshake(403), "unreachable", True),
        (aiohttp.ClientPayloadError("cut"), "unreachable", True),
        (ConnectionRefusedError("refused"), "unreachable", True),
        (TimeoutError(), "unreachable", True),
        (ZeroDivisionError("a fault of our own"), "internal", True),
    ],
)
def test_a_failure_is_known_for_what_it_is(error: BaseException, kind: str, again: bool) -> None:
    found = fault(error)
    assert (found.kind, found.again) == (kind, again)
    assert "\n" not in found.line
    assert "tell-nobody" not in found.line
