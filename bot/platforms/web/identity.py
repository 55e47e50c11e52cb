"""Who sits at the page: a random cookie, and a pass once the token was entered.

The cookie is the person's only credential, so the database knows them by its hash. The pass is a
keyed hash of the person under the token: it ends when the token is changed, and is worth nothing
with another person's cookie.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from bot.core import catalogue
from bot.core.language import accepted_locale, locale_language
from bot.core.turn import Person
from bot.platforms.web.options import WebOptions

IDENTITY = "recap_id"
PASS = "recap_pass"  # noqa: S105  a cookie's name
YEAR = 365 * 24 * 3600

Level = Literal["none", "member", "admin"]

_SECRET = re.compile(r"[A-Za-z0-9_-]{32,64}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, known by its cookie."""

    secret: str
    level: Level
    new: bool = False

    @property
    def id(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()[:32]

    @property
    def place(self) -> str:
        return f"web:{self.id}"


class Identity:
    """Tells visitors apart and what they may do."""

    def __init__(self, options: WebOptions) -> None:
        self._options = options

    def visitor(self, request: Request) -> Visitor:
        """Who sends a request; a new one where the cookie is missing."""
        secret = request.cookies.get(IDENTITY, "")
        if not _SECRET.fullmatch(secret):
            return Visitor(secrets.token_urlsafe(32), "none" if self._options.exposed else "admin", new=True)
        return Visitor(secret, self._level(secret, request.cookies.get(PASS, "")))

    def admit(self, visitor: Visitor, token: str) -> Visitor | None:
        """The visitor with what `token` opens; None if it opens nothing."""
        level: Level = "none"
        for name, expected in (("member", self._options.token), ("admin", self._options.admin_token)):
            # Both are always compared: the time taken must not tell which one was near.
            if expected and hmac.compare_digest(token.encode("utf-8", "replace"), expected.encode()):
                level = "admin" if name == "admin" else "member"
        return Visitor(visitor.secret, level) if level != "none" else None

    def write(self, response: Response, visitor: Visitor, secure: bool) -> None:
        """Sets the visitor's cookies."""
        self._cookie(response, IDENTITY, visitor.secret, secure)
        if self._options.exposed and visitor.level != "none":
            self._cookie(response, PASS, self._pass(visitor.secret, visitor.level), secure)

    def person(self, request: Request, visitor: Visitor) -> Person:
        """The visitor as the core knows them."""
        locale = preferred_locale(request)
        zone = request.headers.get("x-recap-zone", "")
        return Person(
            external_id=visitor.id,
            name=catalogue.label(locale_language(locale), "web.you"),
            locale=locale,
            zone=zone if len(zone) <= 64 and _ZONE.fullmatch(zone) else None,
            is_admin=visitor.level == "admin",
        )

    def _level(self, secret: str, given: str) -> Level:
        if not self._options.exposed:
            return "admin"
        levels: tuple[Level, ...] = ("admin", "member")
        for level in levels:
            expected = self._pass(secret, level)
            if expected and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
                return level
        return "none"

    def _pass(self, secret: str, level: Level) -> str:
        token = self._options.admin_token if level == "admin" else self._options.token
        if not token:
            return ""
        return hmac.new(token.encode(), f"recap {level} {secret}".encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def _cookie(response: Response, name: str, value: str, secure: bool) -> None:
        response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="lax", secure=secure, path="/")


def preferred_locale(request: Request) -> str:
    """What the browser's person speaks, as far as we do."""
    return accepted_locale(request.headers.get("accept-language", ""))
