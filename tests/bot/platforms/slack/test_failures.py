"""Every answer of Slack's has a decided outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.slack import failures
from bot.platforms.slack.failures import (
    CODES,
    REVOKED,
    Closed,
    Failure,
    Later,
    Limited,
    MessageGone,
    NoChannel,
    NotAllowed,
    NotInstalled,
    Refused,
    UrlUsedUp,
    of_url,
    translated,
)

SPEC = Path(__file__).resolve().parents[5] / "shared/contracts/slack/slack_web_openapi_v2.json"
USED = (
    "chat.delete",
    "chat.postEphemeral",
    "chat.postMessage",
    "chat.update",
    "conversations.history",
    "conversations.open",
    "conversations.replies",
    "files.delete",
    "files.info",
    "files.upload",
)
"""`files.upload` stands for the two methods that came after the description."""


def answer(error: str, status: int = 200, **headers: str) -> SlackApiError:
    data = {"ok": False, "error": error} if error else {}
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers=headers, status_code=status
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call]


def outcome(error: Exception) -> Failure:
    with pytest.raises(Failure) as raised, translated():
        raise error
    assert raised.value.__cause__ is error
    return raised.value


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_that_is_known(code: str) -> None:
    assert type(outcome(answer(code))) is CODES[code]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("cannot_dm_bot", Closed),
        ("channel_not_found", NoChannel),
        ("is_archived", NoChannel),
        ("message_not_found", MessageGone),
        ("missing_scope", NotAllowed),
        ("not_in_channel", NotAllowed),
        ("token_revoked", NotInstalled),
        ("user_disabled", Closed),
        ("invalid_blocks", Refused),
        ("a_word_that_slack_may_yet_find", Refused),
    ],
)
def test_what_follows_from_the_usual_ones(code: str, kind: type[Failure]) -> None:
    assert type(outcome(answer(code))) is kind


def test_every_code_that_the_methods_in_use_document_is_known() -> None:
    if not SPEC.is_file():
        pytest.skip("the development data is not beside this checkout")
    paths = json.loads(SPEC.read_text(encoding="utf-8"))["paths"]
    documented = {code for method in USED for code in codes(paths[f"/{method}"])}
    assert len(documented) > 50
    assert sorted(documented - set(CODES)) == []


def codes(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        error = node.get("error")
        if isinstance(error, dict):
            yield from error.get("enum", ())
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for one in inner:
        yield from codes(one)


@pytest.mark.parametrize(
    "error",
    [
        answer("", 500),
        answer("", 503),
        answer("internal_error"),
        answer("ratelimited", 429),
        TimeoutError(),
        OSError("x"),
        aiohttp.ServerDisconnectedError(),
    ],
)
def test_what_passes_is_waited_for(error: Exception) -> None:
    assert isinstance(outcome(error), Later)


def test_how_long_to_wait_is_kept() -> None:
    waits = [
        outcome(answer("ratelimited", 429, **{"Retry-After": "42"})),
        outcome(answer("ratelimited", 429, **{"retry-after": "7"})),
        outcome(answer("ratelimited", 429)),
        outcome(answer("invalid_auth")),
        outcome(answer("internal_error")),
    ]
    seconds = [one.retry_in.total_seconds() for one in waits if isinstance(one, Later)]
    assert seconds == [42, 7, 1, REVOKED.total_seconds(), 0]


def test_a_scope_that_is_missing_is_named() -> None:
    error = answer("missing_scope")
    error.response.data["needed"] = "files:write"
    assert "files:write" in str(outcome(error))


def test_a_request_that_was_never_made_is_refused() -> None:
    assert type(outcome(SlackRequestError("nonsense"))) is Refused


@pytest.mark.parametrize("body", ["ok", "", '{"ok": true}'])
def test_what_a_response_url_takes(body: str) -> None:
    assert of_url(200, body, {}) is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, "used_url", UrlUsedUp),
        (404, "expired_url", UrlUsedUp),
        (404, '{"ok": false, "error": "used_url"}', UrlUsedUp),
        (404, "<html>gone</html>", UrlUsedUp),
        (404, "channel_not_found", NoChannel),
        (410, "channel_is_archived", NoChannel),
        (403, "action_prohibited", NotAllowed),
        (400, "invalid_payload", Refused),
        (200, '{"ok": false, "error": "invalid_blocks"}', Refused),
        (429, "", Limited),
        (500, "rollup_error", Later),
    ],
)
def test_what_a_response_url_refuses(status: int, body: str, kind: type[Failure]) -> None:
    assert type(of_url(status, body, {})) is kind


def test_the_tree_in_the_docstring_is_complete() -> None:
    kinds = {
        name for name, kind in vars(failures).items() if isinstance(kind, type) and issubclass(kind, Failure)
    }
    assert failures.__doc__ is not None
    assert all(f" {kind} " in f"{failures.__doc__} ".replace("\n", " ") for kind in kinds)
