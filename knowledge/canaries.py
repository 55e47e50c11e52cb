"""Canaries: what a new generation must find before it goes live, its own headings among the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge.embed import Encoder
from knowledge.errors import NotesError
from knowledge.hearing import UNHEARD, Heard
from knowledge.index import Generation, PassageVectors
from knowledge.notes import Passage
from knowledge.report import Canaries
from knowledge.retrieve import search

CANARIES = 40
CANARY_DEPTH = 10
CANARY_SHARE = 0.6
"""The least share of canaries that a generation must answer to go live."""


def check(staged: Path, encoder: Encoder | None, own: PassageVectors | None) -> Canaries:
    """Opens a staged generation as a reader would and asks it for what it must find.

    NotesError `error.refresh_canaries` where it can't; also where vectors are missing or not of length one.
    """
    if own is not None and len(own):
        norms = np.linalg.norm(own.vectors, axis=1)
        if not np.allclose(norms, 1.0, atol=1e-3):
            sound = int((abs(norms - 1) < 1e-3).sum())
            raise NotesError("error.refresh_canaries", asked=len(own), found=sound)
    generation = Generation.open(staged)
    if len(generation.lexical) == 0 or (own is not None and len(own) != len(generation.dense or ())):
        raise NotesError("error.refresh_canaries", asked=1, found=0)
    wanted = _canaries(generation)
    vectors = encoder.encode([query for query, _ in wanted], "query") if encoder and own else None
    found = 0
    for number, (query, sections) in enumerate(wanted):
        heard = (
            Heard(vectors[number]) if vectors is not None and encoder and encoder.reads(query) else UNHEARD
        )
        hits = search(generation, query, heard, CANARY_DEPTH)
        found += any(hit.passage.section_id in sections for hit in hits)
    if found < CANARY_SHARE * len(wanted):
        raise NotesError("error.refresh_canaries", asked=len(wanted), found=found)
    return Canaries(len(wanted), found)


def _canaries(generation: Generation) -> list[tuple[str, set[str]]]:
    """Queries with the ids of the sections that answer them: headings, else the first words of a passage."""
    step = max(len(generation.passages) // CANARIES, 1)
    same: dict[str, set[str]] = {}
    for passage in generation.passages:
        same.setdefault(_question(passage), set()).add(passage.section_id)
    return [
        (_question(passage), same[_question(passage)]) for passage in generation.passages[::step][:CANARIES]
    ]


def _question(passage: Passage) -> str:
    return " ".join(passage.headings[-2:]) or " ".join(passage.text.split()[:12])
