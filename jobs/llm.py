"""A language model behind an OpenAI-compatible endpoint: `transformers serve`, vLLM, Ollama, a hosted one.

Over `httpx2`, the library that `huggingface_hub` itself is built on. Its `InferenceClient` would send the
machine's Hugging Face token along to any endpoint, reads a body of any length, and bounds the time between
two bytes rather than the whole call.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jobs.errors import LlmAnswerUnusable, LlmBusy, LlmDenied, LlmRefused, LlmTimeout, LlmUnreachable

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger(__name__)

MOST_BYTES = 1_000_000
"""Of an answer's body."""
TRIES = 3
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
"""Seconds before the second try, doubled for the third; what the server asks for counts up to the latter."""
_CONNECT = 10.0
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_UNFIT = frozenset({400, 413, 422})
"""This request is refused; another one may be taken."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is."""

    url: str
    """The base, as in `http://127.0.0.1:11434/v1`: `/chat/completions` and `/models` come behind it."""
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    """Seconds that one call may take in all, each try by itself."""

    @property
    def host(self) -> str:
        """What people are told of it: neither key nor path."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


class LanguageModel:
    """Asks an endpoint. Thread-safe; opens nothing before the first call."""

    def __init__(
        self,
        endpoint: Endpoint,
        pause: Callable[[float], object] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`pause` waits between tries, for seconds; by default until `close` at the longest."""
        self.endpoint = endpoint
        self._closed = threading.Event()
        self._pause = pause or self._closed.wait
        self._jitter = jitter
        self._plain = False

    def close(self) -> None:
        """No further try is begun."""
        self._closed.set()

    def ask(self, system: str, user: str, schema: Mapping[str, Any], tokens: int = 2_000) -> str:
        """What the model says, of at most `tokens` tokens; asked to be JSON of a schema.

        An endpoint that knows no schemas is asked without from then on, so check what it says. LlmBusy and
        LlmUnreachable after the last of `TRIES`, LlmTimeout, LlmDenied, LlmRefused, LlmAnswerUnusable.
        """
        body: dict[str, Any] = {
            "model": self.endpoint.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "max_tokens": tokens,
            "temperature": 0.2,
        }
        form = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
        if not self._plain:
            try:
                return _said(self._call("POST", "chat/completions", {**body, "response_format": form}))
            except LlmRefused:
                log.info("%s refused a request with a schema; asking without", self.endpoint.host)
        said = _said(self._call("POST", "chat/completions", body))
        self._plain = True
        return said

    def models(self) -> list[str]:
        """The models that the endpoint names; the errors are those of `ask`."""
        found = self._call("GET", "models", None)
        listed = found.get("data")
        if not isinstance(listed, list):
            raise LlmAnswerUnusable(host=self.endpoint.host)
        return [str(one["id"]) for one in listed if isinstance(one, dict) and "id" in one]

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        for number in range(1, TRIES + 1):
            try:
                return self._try(method, path, body)
            except (LlmBusy, LlmUnreachable) as error:
                if number == TRIES or self._closed.is_set():
                    raise
                asked = error.after if isinstance(error, LlmBusy) else 0.0
                wait = max(min(asked, _LONGEST_PAUSE), _PAUSE * 2 ** (number - 1) * (0.5 + self._jitter()))
                log.info("the language model at %s: %s; again in %.1f s", self.endpoint.host, error, wait)
                self._pause(wait)
        raise AssertionError("unreachable")

    def _try(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        import httpx2  # takes longer to load than everything else that a start without it needs

        end = self.endpoint
        deadline = time.monotonic() + end.timeout
        headers = {"Authorization": f"Bearer {end.key}"} if end.key else {}
        limits = httpx2.Timeout(end.timeout, connect=min(end.timeout, _CONNECT))
        # A proxy of the environment is for what lies beyond this machine.
        trust = urlsplit(end.url).hostname not in _LOOPBACK
        try:
            with (
                httpx2.Client(timeout=limits, follow_redirects=False, trust_env=trust) as client,
                client.stream(method, f"{end.url}/{path}", json=body, headers=headers) as response,
            ):
                self._check(response)
                content = self._read(response, deadline)
        except httpx2.TimeoutException:
            raise LlmTimeout(host=end.host, seconds=f"{end.timeout:g}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise LlmUnreachable(host=end.host, reason=type(error).__name__) from None
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise LlmAnswerUnusable(host=end.host)
        return answer

    def _check(self, response: httpx2.Response) -> None:
        status, host = response.status_code, self.endpoint.host
        if status in _BUSY:
            after = response.headers.get("retry-after", "")
            raise LlmBusy(float(after) if after.isdecimal() else 0.0, host=host, status=status)
        if status in _UNFIT:
            raise LlmRefused(host=host, status=status)
        if status != 200:
            raise LlmDenied(host=host, status=status, model=self.endpoint.model)

    def _read(self, response: httpx2.Response, deadline: float) -> bytes:
        """The body; httpx2 bounds the time between two bytes, and its length not at all."""
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > MOST_BYTES:
                raise LlmAnswerUnusable(host=self.endpoint.host)
            if time.monotonic() > deadline or self._closed.is_set():
                raise LlmTimeout(host=self.endpoint.host, seconds=f"{self.endpoint.timeout:g}")
        return bytes(content)


def _said(answer: dict[str, Any]) -> str:
    """The text of a completion; what doesn't look like one says nothing."""
    try:
        content = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        return ""
    return content if isinstance(content, str) else ""
