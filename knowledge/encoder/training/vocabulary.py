"""The tokenizer that is trained for: a Unigram model of pieces, with frequent whole words added.

A word that is one token has a vector of its own; pieces are for the words that are not, and for Chinese,
which is written without spaces.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from knowledge.encoder.training.corpus import DICTIONARY, Corpus
from knowledge.encoder.training.pieces import learn_pieces
from knowledge.encoder.training.progress import Progress
from knowledge.encoder.training.recipe import Recipe
from knowledge.encoder.unigram import WORD_BEGINS

UNKNOWN = "[UNK]"
DECIMALS = 3
"""Of a score in the file."""
LONGEST_WORD = 24
"""Characters of a word that may become one token."""

_SPACED = r"\p{Latin}\p{Cyrillic}\p{Greek}\p{N}"
"""What is written with spaces between words; a word of anything else has no mark of its beginning."""
_WORD = re.compile(rf"{WORD_BEGINS}?[^\W\d_]+")
_IN_DICTIONARY = _OF_TEACHER = 3.0
"""Occurrences that it is worth to a word to stand in a dictionary, or in the teacher's vocabulary."""
_TEACHER_ALONE = 2.5
"""The same for a word of the teacher's that is in no text."""
_GAIN = 0.5
"""By what a whole word is more probable than its pieces at least, so that it is taken."""
_SELDOM = 2
"""Occurrences from which on a piece is kept."""
_UNKNOWN_SCORE = -30.0
_AT_ONCE = 4096

Scored = list[tuple[str, float]]


def learn_tokenizers(
    corpus: Corpus, words: Collection[str], recipe: Recipe, progress: Progress
) -> tuple[Tokenizer, Tokenizer]:
    """The tokenizer, and one of its pieces alone, whose numbers are the first ones of the other.

    `words`: the teacher's own. The tokenizer has at most `recipe.vocabulary` tokens, unless the texts have
    more characters.
    """
    progress(0.0, "pieces")
    counts, headwords = _count(corpus)
    progress(0.3, "pieces")
    wanted = min(recipe.pieces, recipe.vocabulary * 2 // 3)
    pieces = learn_pieces(counts, wanted, recipe.longest_piece)
    progress(0.9, "pieces")
    candidates = _candidates(counts, headwords, words, {piece for piece, _score in pieces})
    added = _scored(candidates[: recipe.vocabulary], counts, pieces)
    kept = _needed(pieces, added, counts)
    full = [*kept, *added[: max(0, recipe.vocabulary - 1 - len(kept))]]
    progress(1.0, "pieces")
    return tokenizer(full), tokenizer(kept)


def tokenizer(pieces: Scored) -> Tokenizer:
    """The tokenizer of these pieces; the unknown one is added before them."""
    made = Tokenizer(_model(pieces))
    made.normalizer, made.pre_tokenizer = _normalizer(), _pre_tokenizer()
    return made


def serialized(tokenizer: Tokenizer) -> str:
    """As compact JSON."""
    return json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))


def _model(pieces: Scored) -> models.Unigram:
    rounded = [(piece, round(score, DECIMALS)) for piece, score in pieces]
    return models.Unigram([(UNKNOWN, 0.0), *rounded], unk_id=0)


def _normalizer() -> normalizers.Normalizer:
    """NFKC; parts of identifiers apart; lower case; no stress marks; a mark before each word."""
    return normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"(?<=[a-z])(?=[A-Z])"), " "),
            normalizers.Replace(Regex(r"(?<=[A-Z])(?=[A-Z][a-z])"), " "),
            normalizers.Lowercase(),
            normalizers.Replace("\u0301", ""),
            normalizers.Replace(Regex(rf"(?<![{_SPACED}])(?=[{_SPACED}])"), WORD_BEGINS),
            normalizers.Replace(Regex(r"\s+"), " "),
        ]
    )


def _pre_tokenizer() -> pre_tokenizers.PreTokenizer:
    """Words, runs of Chinese, and any other sign by itself."""
    words = Regex(rf"{WORD_BEGINS}[{_SPACED}]+|\p{{Han}}+|[^\s]")
    return pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(words, "isolated")]
    )


def _count(corpus: Corpus) -> tuple[Counter[str], set[str]]:
    """How often each word comes, and the headwords of dictionaries."""
    normalize, split = _normalizer().normalize_str, _pre_tokenizer().pre_tokenize_str
    counts: Counter[str] = Counter()
    headwords: set[str] = set()
    for pair in corpus.pairs:
        for text in (pair.english, pair.other):
            found = [word for word, _span in split(normalize(text))]
            counts.update(found)
            if pair.kind == DICTIONARY and len(found) == 1:
                headwords.add(found[0])
    for heading in corpus.headings:
        for text in (heading.english, heading.other, heading.english_body, heading.other_body):
            counts.update(word for word, _span in split(normalize(text)))
    return counts, headwords


def _candidates(
    counts: Mapping[str, int], headwords: Collection[str], words: Iterable[str], pieces: Collection[str]
) -> list[str]:
    """Whole words that may be added, the worthiest first."""
    taught = {WORD_BEGINS + word for word in words}
    worth = {
        word: count + _IN_DICTIONARY * (word in headwords) + _OF_TEACHER * (word in taught)
        for word, count in counts.items()
        if 1 < len(word) <= LONGEST_WORD and _WORD.fullmatch(word) and word not in pieces
    }
    for word in taught:
        if word not in pieces and word not in worth:
            worth[word] = _TEACHER_ALONE
    return sorted(worth, key=lambda word: (-worth[word], word))


def _scored(words: list[str], counts: Mapping[str, int], pieces: Scored) -> Scored:
    """The words with log-probabilities that make them win over their pieces."""
    total = sum(counts.values())
    found: Scored = []
    for word, ids in zip(words, _cut(words, pieces), strict=True):
        parts = sum(pieces[number - 1][1] if number else _UNKNOWN_SCORE for number in ids)
        found.append((word, max(math.log((counts.get(word, 0) + 0.5) / total), parts + _GAIN)))
    return found


def _needed(pieces: Scored, added: Scored, counts: Mapping[str, int]) -> Scored:
    """The pieces that are still of use once the words are tokens: to some words, or as single characters."""
    used = [0] * (1 + len(pieces) + len(added))
    words = sorted(counts)
    for word, ids in zip(words, _cut(words, [*pieces, *added]), strict=True):
        for number in ids:
            used[number] += counts[word]
    return [
        (piece, score)
        for number, (piece, score) in enumerate(pieces, 1)
        if used[number] >= _SELDOM or len(piece.lstrip(WORD_BEGINS)) <= 1
    ]


def _cut(words: Iterable[str], pieces: Scored) -> Iterator[list[int]]:
    """Each word's pieces by number, 0 for what is unknown."""
    raw = Tokenizer(_model(pieces))
    rest = iter(words)
    while batch := list(islice(rest, _AT_ONCE)):
        for encoding in raw.encode_batch(batch, add_special_tokens=False):
            yield encoding.ids
