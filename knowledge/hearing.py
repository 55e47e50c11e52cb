"""A question as the encoders hear it, for one index."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.embed import QueryEncoder, Vectors
from knowledge.index import Generation
from knowledge.soft_match import SoftQuestion


@dataclass(frozen=True, slots=True)
class Heard:
    """What each encoder made of a question; None where it reads none of it, or isn't to be had in time."""

    pooled: Vectors | None = None
    """Of the index's own encoder, shape (dimension,)."""
    soft: SoftQuestion | None = None
    """Its tokens, where they have vectors of their own."""
    partner: Vectors | None = None
    """Of the encoder beside it, shape (dimension,)."""


UNHEARD = Heard()


def hear(
    generation: Generation, text: str, encoder: QueryEncoder | None, partner: QueryEncoder | None = None
) -> Heard:
    """The question for that index. An encoder that isn't the index's own is not asked."""
    manifest = generation.manifest
    tokens = None
    pooled = _vector(text, encoder, manifest.encoder)
    if pooled is not None and encoder is not None and generation.tokens is not None:
        tokens = encoder.token_encoder
    return Heard(
        pooled,
        SoftQuestion(tokens, text, generation.tokens) if tokens and generation.tokens is not None else None,
        _vector(text, partner, manifest.partner),
    )


def _vector(text: str, encoder: QueryEncoder | None, identity: str | None) -> Vectors | None:
    if encoder is None or not identity or encoder.identity != identity or not encoder.reads(text):
        return None
    vectors = encoder.encode_queries([text])
    return None if vectors is None else vectors[0]
