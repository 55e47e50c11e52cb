"""Discord's limits on one message, in one table.

Where each comes from: *spec* is Discord's published API description (discord/discord-api-spec, 2026-07-18),
*docs* its documentation (discord/discord-api-docs). Text is counted in UTF-16 units, which is never less
than what Discord counts.
"""

from __future__ import annotations

from typing import Final

from bot.platforms.hosted.render.measure import units

CONTENT: Final = 2000
"""docs resources/message; spec: the same for interactions' bodies, 4000 elsewhere."""
EMBEDS: Final = 10
"""spec MessageCreateRequest.embeds"""
EMBED_TITLE: Final = 256
"""spec RichEmbed.title"""
EMBED_DESCRIPTION: Final = 4096
"""spec RichEmbed.description"""
EMBED_FOOTER: Final = 2048
"""spec RichEmbedFooter.text"""
EMBEDS_TOTAL: Final = 6000
"""docs resources/message: title, description, fields, footer and author of all embeds together."""
ROWS: Final = 5
"""docs components/reference"""
BUTTONS: Final = 5
"""spec ActionRowComponentForMessageRequest: in one row."""
LABEL: Final = 80
"""spec ButtonComponentForMessageRequest.label"""
CUSTOM_ID: Final = 100
"""spec custom_id: from 1; once in a message (docs components/reference)."""
OPTIONS: Final = 25
"""spec StringSelectComponentForMessageRequest.options"""
OPTION: Final = 100
"""spec StringSelectOptionForRequest: label, value and description each."""
PLACEHOLDER: Final = 150
"""spec StringSelectComponentForMessageRequest.placeholder"""
ATTACHMENTS: Final = 10
"""spec MessageCreateRequest.attachments"""
ATTACHMENT_BYTES: Final = 10 * 1024 * 1024
"""docs reference: where nobody has paid for more."""
REQUEST_BYTES: Final = 25 * 1024 * 1024
"""docs resources/message: the whole request."""
DESCRIPTION: Final = 1024
"""spec MessageAttachmentRequest.description"""
NONCE: Final = 25
"""spec MessageCreateRequest.nonce, as a string."""

size = units
"""Length of a text as it is held against the limits."""
