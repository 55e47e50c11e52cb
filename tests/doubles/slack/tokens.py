"""Tokens: whose they are, what they allow, when they end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from tests.doubles.slack import limits
from tests.doubles.slack.errors import ApiError
from tests.doubles.slack.world import Team, World


@dataclass(eq=False)
class Token:
    """`dead` is the word that it is refused with once it is of no use any more."""

    value: str
    team: Team | None
    scopes: set[str]
    expires: datetime | None = None
    refresh: str = ""
    dead: str = ""


class Tokens:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens: dict[str, Token] = {}
        self._refreshers: dict[str, Token] = {}

    def app(self) -> Token:
        """App-level, for Socket Mode."""
        return self._keep(Token(f"xapp-1-{secrets.token_hex(20)}", None, {"connections:write"}))

    def bot(self, team: Team, scopes: set[str], *, rotating: bool = False) -> Token:
        if not rotating:
            return self._keep(Token(f"xoxb-{secrets.token_hex(20)}", team, scopes))
        token = Token(f"xoxe.xoxb-1-{secrets.token_hex(30)}", team, scopes)
        token.expires = self._world.clock.now() + limits.TOKEN_LIFE
        token.refresh = f"xoxe-1-{secrets.token_hex(30)}"
        self._refreshers[token.refresh] = token
        return self._keep(token)

    def _keep(self, token: Token) -> Token:
        self._tokens[token.value] = token
        return token

    def of(self, team: Team) -> list[Token]:
        return [each for each in self._tokens.values() if each.team is team]

    def find(self, value: str) -> Token:
        """ApiError unless it works now."""
        if not value:
            raise ApiError("not_authed")
        token = self._tokens.get(value)
        if token is None:
            raise ApiError("invalid_auth")
        if token.dead:
            raise ApiError(token.dead)
        if token.expires is not None and self._world.clock.now() >= token.expires:
            raise ApiError("token_expired")
        return token

    def refreshed(self, refresh: str) -> Token:
        """A new token for a refresh token, which is used up by that."""
        old = self._refreshers.pop(refresh, None)
        if old is None or old.dead or old.team is None:
            raise ApiError("invalid_refresh_token")
        return self.bot(old.team, old.scopes, rotating=True)

    def end(self, team: Team, word: str) -> None:
        """None of a workspace's tokens works any more."""
        for token in self.of(team):
            token.dead = token.dead or word
