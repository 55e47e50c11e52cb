"""Rate limits that are short enough to be waited out where they are met."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

SHORT = 3
"""Seconds; a longer wait is told to who called, who has other things to send meanwhile."""


class ShortLimit(AsyncRetryHandler):
    """Waits for as long as Slack asks to, once; nothing was done of a call that met a limit."""

    def __init__(self, pause: Callable[[float], Awaitable[object]]) -> None:
        super().__init__(max_retry_count=1)
        self._pause = pause

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        return response is not None and response.status_code == 429 and retry_after(response) <= SHORT

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        assert response is not None  # noqa: S101  only a response can be a limit
        state.next_attempt_requested = True
        await self._pause(retry_after(response))
        state.increment_current_attempt()


def retry_after(response: HttpResponse) -> float:
    """Seconds that a limited call has to wait; a second where Slack names none."""
    for name, values in response.headers.items():
        if name.lower() == "retry-after":
            given = values[0] if isinstance(values, list) else values
            return float(given) if given.strip().isdecimal() else 1.0
    return 1.0
