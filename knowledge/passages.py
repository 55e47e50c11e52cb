"""A section cut into passages that an encoder reads whole."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from markdown_it.token import Token

from knowledge.layout import Layout, Span
from knowledge.notes import Passage, Section, content_hash
from knowledge.sections import section_tokens

CountTokens = Callable[[Sequence[str]], list[int]]

_CHARACTERS_PER_TOKEN = 12
"""Visible characters that a token of the window may stand for. Longer than any prose, this bounds
the passages of encoders that read a word of any length as one unknown token."""
_WORD = re.compile(r"[A-Za-z\u0400-\u052f]\S*")
"""A word between white space that begins with or holds a letter: a token at least to any encoder."""
_TOO_LONG = 1 << 30


def split_passages(
    section: Section, count_tokens: CountTokens, window: int, tokens: Sequence[Token] | None = None
) -> list[Passage]:
    """The section's passages, in order; each one's `embedding_text` has at most `window` tokens.

    Every line with something on it is in a passage; a line is cut only where it alone is longer than
    the window, and then its pieces joined are the line. The heading's own line is left to the
    heading ancestry, unless it is all there is, so that a bare outline is found too. An ancestry
    that would take more than half the window is shortened from the outside.

    `count_tokens` is called a few times a section, with many texts. A `window` too small for a
    single character of the text is met as nearly as can be. `tokens`: those of `section_tokens`, if at hand.
    """
    layout = Layout(section.text, section_tokens(section) if tokens is None else tokens)
    everything = layout.trimmed((0, len(section.text)))
    body = layout.trimmed((layout.body if section.level else 0, len(section.text)))
    if body[0] == body[1]:
        body = everything
    if body[0] == body[1]:
        return []
    whole = _passages(section, layout, section.headings, [body])
    if _tokens([whole[0].embedding_text], count_tokens, window)[0] <= window:
        return whole
    headings = _ancestry(section.headings, count_tokens, window // 2)
    same = headings == section.headings
    spans = _fitting(
        layout, body if same else everything, headings, count_tokens, window, known_too_long=same
    )
    return _passages(section, layout, headings, spans)


def _ancestry(headings: tuple[str, ...], count_tokens: CountTokens, most: int) -> tuple[str, ...]:
    """The ancestry less the outermost headings that don't fit; the own one shortened if it must be."""
    options = [headings[outermost:] for outermost in range(len(headings))]
    options += [(f"{headings[-1][:length].rstrip()}…",) for length in (400, 100, 25) if headings]
    counts = _tokens([" > ".join(option) for option in options], count_tokens, most)
    return next((option for option, count in zip(options, counts, strict=True) if count <= most), ())


def _fitting(
    layout: Layout,
    body: Span,
    headings: tuple[str, ...],
    count_tokens: CountTokens,
    window: int,
    known_too_long: bool,
) -> list[Span]:
    """Spans that fill the body, each of which fits the window together with the headings.

    `known_too_long`: the body together with the headings doesn't, so that it needn't be counted.
    """
    prefix = " > ".join(headings) + "\n" if headings else ""
    one, two, ancestry, special = count_tokens(["x", "x\nx", prefix, ""])
    newline = max(two - 2 * one + special, 0)
    room = max(window - max(ancestry, special), 1)

    def cost(spans: Sequence[Span]) -> list[int]:
        texts = [layout.text[start:end] for start, end in spans]
        return [count - special + newline for count in _tokens(texts, count_tokens, room + special)]

    coarsest = (known_too_long and layout.finer(body, room)) or [body]
    runs = _packed(_atoms(layout, coarsest, room, cost), room, layout.text)
    done: list[Span] = []
    while runs:  # tokens of joined texts needn't add up: what turns out too long is halved until it fits
        spans = [(run[0][0], run[-1][1]) for run in runs]
        counts = _tokens(
            [prefix + layout.text[slice(*layout.trimmed(span))] for span in spans], count_tokens, window
        )
        halves: list[list[Span]] = []
        for run, span, count in zip(runs, spans, counts, strict=True):
            parts = _halves(layout, run) if count > window else []
            halves += parts
            if not parts:
                done.append(span)
        runs = halves
    return sorted(done)


def _atoms(
    layout: Layout, todo: Sequence[Span], room: int, cost: Callable[[Sequence[Span]], list[int]]
) -> list[tuple[Span, int]]:
    """Spans cut as coarsely as the room allows, each with its tokens."""
    done: list[tuple[Span, int]] = []
    while todo:
        finer: list[Span] = []
        for span, tokens in zip(todo, cost(todo), strict=True):
            parts = layout.finer(span, room) if tokens > room else []
            finer += parts
            if not parts:
                done.append((span, tokens))
        todo = finer
    return sorted(done)


def _packed(atoms: Sequence[tuple[Span, int]], room: int, text: str) -> list[list[Span]]:
    """Neighbours together as far as the room allows, in runs of much the same size.

    What ends in a colon stays with what it announces.
    """
    total = sum(tokens for _, tokens in atoms)
    target = total / max(-(-total // room), 1)
    runs: list[list[Span]] = []
    size = 0
    for span, tokens in atoms:
        enough = size >= target and not text[slice(*runs[-1][-1])].rstrip().endswith((":", "："))
        if not runs or size + tokens > room or enough:
            runs.append([])
            size = 0
        runs[-1].append(span)
        size += tokens
    return runs


def _halves(layout: Layout, run: list[Span]) -> list[list[Span]]:
    if len(run) == 1:
        return [[part] for part in layout.finer(run[0], max((run[0][1] - run[0][0]) // 8, 1))]
    return [run[: len(run) // 2], run[len(run) // 2 :]]


def _tokens(texts: Sequence[str], count_tokens: CountTokens, most: int) -> list[int]:
    """Each text's tokens; a text that is too long by its looks isn't counted."""
    counts = [_TOO_LONG] * len(texts)
    short = [number for number, text in enumerate(texts) if not _looks_too_long(text, most)]
    if short:
        for number, count in zip(short, count_tokens([texts[number] for number in short]), strict=True):
            counts[number] = count
    return counts


def _looks_too_long(text: str, most: int) -> bool:
    limit = most * _CHARACTERS_PER_TOKEN
    if len(text) > limit and len("".join(text.split())) > limit:
        return True
    return len(text) > most and len(_WORD.findall(text)) > most


def _passages(
    section: Section, layout: Layout, headings: tuple[str, ...], spans: Iterable[Span]
) -> list[Passage]:
    passages = []
    seen: Counter[str] = Counter()
    for start, end in map(layout.trimmed, spans):
        if start == end:
            continue
        text = section.text[start:end]
        first, last = (section.start + layout.line(offset) for offset in (start, max(end - 1, start)))
        identity = json.dumps([section.id, first, last, text], ensure_ascii=False)
        seen[identity] += 1
        if seen[identity] > 1:  # the same words again on one very long line
            identity += f" {seen[identity]}"
        passages.append(
            Passage(content_hash(identity)[:16], section.id, section.note, headings, first, last, text)
        )
    return passages
