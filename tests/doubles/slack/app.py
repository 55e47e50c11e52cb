"""The app as its owner set it up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from tests.doubles.slack.errors import CannotDo
from tests.doubles.slack.world import Json, User

SCOPES = frozenset(
    [
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
    ]
)
EVENTS = frozenset(
    [
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "assistant_thread_context_changed",
        "assistant_thread_started",
        "channel_archive",
        "channel_deleted",
        "channel_left",
        "group_left",
        "member_joined_channel",
        "member_left_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "team_join",
        "tokens_revoked",
    ]
)


@dataclass(eq=False)
class Application:
    """`commands` and `shortcuts` None: no manifest was given, whatever people type is declared."""

    id: str
    name: str = "Recap"
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    client_id: str = field(
        default_factory=lambda: f"{secrets.randbelow(10**12):012d}.{secrets.randbelow(10**12):012d}"
    )
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification_token: str = field(default_factory=lambda: secrets.token_hex(12))
    scopes: frozenset[str] = SCOPES
    events: frozenset[str] = EVENTS
    redirect_uris: list[str] = field(default_factory=list)
    """Where OAuth may lead back to; empty: anywhere."""
    rotation: bool = False
    """Tokens of new installations end after twelve hours and are refreshed."""
    socket_mode: bool = True
    commands: frozenset[str] | None = None
    shortcuts: frozenset[str] | None = None
    owner: User | None = None
    manifest: Json | None = None

    def configure(self, manifest: Json) -> None:
        """Takes scopes, events, commands and shortcuts from an app manifest, as its settings page does."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        oauth = manifest.get("oauth_config", {})
        self.manifest = manifest
        self.scopes = frozenset(oauth.get("scopes", {}).get("bot", []))
        self.events = frozenset(settings.get("event_subscriptions", {}).get("bot_events", []))
        self.redirect_uris = list(oauth.get("redirect_urls", []))
        self.rotation = bool(settings.get("token_rotation_enabled"))
        self.socket_mode = bool(settings.get("socket_mode_enabled"))
        self.commands = frozenset(each["command"] for each in features.get("slash_commands", []))
        self.shortcuts = frozenset(each["callback_id"] for each in features.get("shortcuts", []))

    def declares(self, kind: str, name: str) -> None:
        """CannotDo for a command or shortcut that the manifest hasn't."""
        declared = self.commands if kind == "command" else self.shortcuts
        if declared is not None and name not in declared:
            raise CannotDo(f"no {kind} {name!r} among {sorted(declared)}")
