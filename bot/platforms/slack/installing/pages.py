"""What a browser is shown after an installation, in its language."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from bot.core import catalogue
from bot.core.language import accepted_locale, locale_language
from bot.platforms.slack.http.asgi import HTML, Response
from knowledge.notes import Language

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}"
    "a{display:inline-block;padding:.5rem 1rem;border:1px solid;border-radius:.5rem}"
    ":root{color-scheme:light dark}"
)
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_ID = re.compile(r"[A-Z0-9]+")

OPEN = "https://slack.com/app_redirect"


def language_of(headers: Mapping[str, str]) -> Language:
    """Of the browser."""
    return locale_language(accepted_locale(headers.get("accept-language", "")))


def done(language: Language, team: str, title: str, app: str) -> Response:
    """Recap is installed."""
    known = _ID.fullmatch(team) and _ID.fullmatch(app)
    link = f"{OPEN}?{urlencode({'app': app, 'team': team})}" if known else "https://slack.com/"
    said = catalogue.label(language, "slack.install.done", team=title or team)
    return _page(language, 200, said, link, catalogue.label(language, "slack.install.open"))


def failed(language: Language, status: int, reason: str, again: str, /, **params: str) -> Response:
    """It isn't; `again`: where it is begun anew."""
    said = catalogue.label(language, f"slack.install.{reason}", **params)
    return _page(language, status, said, again, catalogue.label(language, "slack.install.again"))


def _page(language: Language, status: int, said: str, link: str, label: str) -> Response:
    title = catalogue.label(language, "slack.install.title")
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f'<h1>{escape(title)}</h1><p>{escape(said)}</p><p><a href="{escape(link)}">{escape(label)}</a></p>'
        "</html>"
    )
    return Response(status, body, HTML, (("content-security-policy", POLICY), ("cache-control", "no-store")))
