"""What the settings say of models: how they are run, and which of them read for meaning."""

from __future__ import annotations

from bot.config import Settings
from jobs.engine.encoder import EngineEncoder
from jobs.engine.models import without_revision
from jobs.engine.protocol import Engine
from jobs.engine.settings import EngineSettings
from knowledge.embed_families import MINILM, OFF, full_name
from knowledge.encoder import BUNDLED
from knowledge.encoder.bundled import BundledEncoder

PATIENCE = 0.25
"""Seconds that an answer waits for the worker's vector of the question."""


def engine_settings(settings: Settings) -> EngineSettings:
    """The engine's share of the settings. What retrieval uses may be run and fetched like what is allowed."""
    encoder, partner = full_name(settings.retrieval.encoder), partner_name(settings)
    chosen = tuple(name for name in (encoder, partner) if name not in (BUNDLED, MINILM, OFF))
    return EngineSettings(
        models_path=settings.models_path,
        device=settings.engine.device,
        encoder=encoder,
        partner=partner,
        offline=settings.engine.offline,
        allowed_models=tuple(dict.fromkeys((*settings.engine.allowed, *chosen))),
        task_timeout=settings.engine.task_timeout,
        threads=settings.engine.threads,
    )


def partner_name(settings: Settings) -> str:
    """The model that is heard beside the index's own encoder; `off` where there is none."""
    encoder, partner = full_name(settings.retrieval.encoder), full_name(settings.retrieval.partner)
    return OFF if partner == encoder else partner


def encoder_of(
    settings: Settings, engine: Engine, budget: float = PATIENCE
) -> BundledEncoder | EngineEncoder | None:
    """The index's own encoder: the bundled one in this process, any other in the worker."""
    name = full_name(settings.retrieval.encoder)
    if name == OFF:
        return None
    return BundledEncoder() if name == BUNDLED else EngineEncoder(engine, name, "encoder", budget)


def partner_of(
    settings: Settings, engine: Engine, budget: float = PATIENCE
) -> BundledEncoder | EngineEncoder | None:
    """The encoder that is heard beside it, likewise."""
    name = partner_name(settings)
    if name == OFF:
        return None
    return BundledEncoder() if name == BUNDLED else EngineEncoder(engine, name, "partner", budget)


def reads_index_of(encoder: BundledEncoder | EngineEncoder | None, identity: str) -> bool:
    """Whether an encoder hears the vectors of that identity; for one in the worker, as far as its name tells.

    Where there is no encoder, or the bundled one can't be had, another index would be no better.
    """
    if isinstance(encoder, BundledEncoder):
        return encoder.identity in ("", identity)
    return encoder is None or without_revision(encoder.name)[0] == identity.rpartition("@")[0]
