"""Which of a note's made questions enter its deck: the best that pass the gates, of different kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection

from jobs.review.clozes import clozes
from jobs.review.definitions import definitions
from jobs.review.grids import grids
from jobs.review.listings import listings
from jobs.review.procedures import procedures
from jobs.review.prompts import Prompt
from jobs.review.snippets import snippets
from knowledge.notes import Note

PER_SECTION = 3
"""Questions of these kinds that a section may have."""
_TRIES = 8
"""Candidates of a section that are held against the gates: each costs a search."""
_REPEATED = 0.3
"""What each further question of a kind loses within its section."""


def candidates(note: Note) -> list[Prompt]:
    """What can be asked of a note beyond its definitions and not asked by them, before any gate."""
    defined = {
        (found.section.id, line) for found in definitions(note) for line in range(found.start, found.end + 1)
    }
    said = [
        prompt
        for prompt in (*clozes(note), *grids(note))
        if not any((prompt.section.id, line) in defined for line in range(prompt.start, prompt.end + 1))
    ]
    return [*said, *listings(note), *snippets(note), *procedures(note)]


def selected(
    found: Collection[Prompt], covered: Collection[str], admits: Callable[[Prompt], bool]
) -> list[Prompt]:
    """The best of the candidates that are admitted, in the order of the note.

    `covered`: ids of sections that need none. No two of one section ask about the same lines, and a second
    one of a kind only comes in where nothing else does as well.
    """
    chosen: list[Prompt] = []
    for section in dict.fromkeys(prompt.section.id for prompt in found):
        if section not in covered:
            chosen += _of_section([one for one in found if one.section.id == section], admits)
    return sorted(chosen, key=lambda prompt: (prompt.start, prompt.end, prompt.text))


def _of_section(found: list[Prompt], admits: Callable[[Prompt], bool]) -> list[Prompt]:
    chosen: list[Prompt] = []
    left = list(found)
    tried = 0
    while left and len(chosen) < PER_SECTION and tried < _TRIES:
        kinds = Counter(prompt.origin for prompt in chosen)
        best = max(left, key=lambda prompt: (prompt.quality - _REPEATED * kinds[prompt.origin], prompt.text))
        if best.quality <= _REPEATED * kinds[best.origin]:
            break
        left.remove(best)
        beside = not any(one.start <= best.end and best.start <= one.end for one in chosen)
        if not beside:
            continue
        tried += 1
        if admits(best):
            chosen.append(best)
    return chosen
