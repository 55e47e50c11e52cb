"""`recap doctor`, the language model's part: whether its endpoint answers and knows the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.finding import Finding, say
from bot.cli.output import sentence
from bot.proposing import language_model
from jobs.errors import LlmAnswerUnusable, LlmDenied, LlmError

if TYPE_CHECKING:
    from bot.wiring import App

_SHOWN = 5
"""Models that are named where the right one isn't among them."""


def llm(app: App) -> Finding:
    """Not set up, answering, or why not. Without it everything but proposals goes on."""
    model = language_model(app.settings)
    if model is None:
        return Finding("llm", "ok", say(app, "llm_none"))
    end = model.endpoint
    try:
        known = model.models()
    except (LlmDenied, LlmAnswerUnusable) as error:
        if isinstance(error, LlmDenied) and error.params["status"] in (401, 403):
            return Finding("llm", "warn", sentence(app.settings.language, error))
        return Finding("llm", "ok", say(app, "llm_silent", host=end.host, model=end.model))
    except LlmError as error:
        return Finding("llm", "warn", sentence(app.settings.language, error))
    if end.model not in known and f"{end.model}:latest" not in known:
        named = ", ".join(known[:_SHOWN]) or "-"
        return Finding("llm", "warn", say(app, "llm_unknown", host=end.host, model=end.model, known=named))
    return Finding("llm", "ok", say(app, "llm_ready", host=end.host, model=end.model))
