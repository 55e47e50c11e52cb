"""Errors into sentences: each in the person's language, and none of them a traceback."""

from __future__ import annotations

import logging
import secrets

from bot.core import catalogue
from bot.core.reply import Reply
from bot.core.turn import Call, Press, Turn
from bot.core.voice import Voice
from knowledge.errors import RecapError

log = logging.getLogger(__name__)


def told(error: Exception, turn: Turn, voice: Voice) -> Reply:
    """The reply to a turn that failed; a surprise goes to the log in full, with a reference that is told."""
    if isinstance(error, RecapError) and _key(error):
        log.info("answered with an error: %s (%s in %s)", error, turn.platform, turn.place)
        return sentence(error, voice)
    reference = secrets.token_hex(3)
    log.error(
        "a turn failed [%s] %s on %s in %s",
        reference,
        _summary(turn),
        turn.platform,
        turn.place,
        exc_info=error,
    )
    return voice.reply("error.internal", tone="error", private=True, reference=reference)


def _key(error: RecapError) -> str | None:
    """The catalogue's key for an error: its own, else that of the nearest class that has a sentence."""
    if catalogue.has(error.key):
        return error.key
    keys = (vars(kind).get("key") for kind in type(error).__mro__)
    return next((key for key in keys if key and key != RecapError.key and catalogue.has(key)), None)


def sentence(error: RecapError, voice: Voice) -> Reply:
    """What an error that has a sentence says to a person."""
    key = _key(error) or RecapError.key
    try:
        return voice.reply(key, tone="error", private=True, **{"reference": "–", **error.params})
    except KeyError:
        # The sentence asks for a parameter that the error doesn't carry: the class's own says less.
        general = next(vars(kind)["key"] for kind in type(error).__mro__ if "key" in vars(kind))
        return voice.reply(general, tone="error", private=True, **{"reference": "–", **error.params})


def _summary(turn: Turn) -> str:
    did = turn.did
    if isinstance(did, Press):
        return f"press {did.action.partition('?')[0]}"
    return f"call {did.command}" if isinstance(did, Call) else f"line of {len(did.text)} characters"
