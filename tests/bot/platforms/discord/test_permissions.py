"""What the invite link asks for."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot.core import catalogue
from bot.core.catalogue import LANGUAGES
from bot.platforms.discord.permissions import NEEDED, PERMISSIONS, invite_url, missing
from knowledge.notes import Language


def test_the_bits_are_discords_own() -> None:
    asked = discord.Permissions(NEEDED)
    assert {name for name, granted in asked if granted} == {
        "read_messages",
        "send_messages",
        "send_messages_in_threads",
        "embed_links",
        "attach_files",
        "read_message_history",
    }


def test_the_link_asks_for_what_is_needed_and_no_more() -> None:
    link = urlsplit(invite_url(1234567890))
    query = parse_qs(link.query)
    assert (link.hostname, link.path) == ("discord.com", "/oauth2/authorize")
    assert query == {
        "client_id": ["1234567890"],
        "permissions": [str(NEEDED)],
        "scope": ["bot applications.commands"],
    }


def test_what_a_server_did_not_grant_is_named() -> None:
    assert list(missing(NEEDED)) == []
    assert list(missing(1 << 3)) == [], "an administrator lacks nothing"
    assert [one.name for one in missing(NEEDED & ~(1 << 14))] == ["Embed Links"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_permission_has_its_name_in_every_language(language: Language) -> None:
    assert all(catalogue.label(language, each.key) for each in PERMISSIONS)
