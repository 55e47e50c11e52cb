"""A training from the pairs to the folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from knowledge.embed import Encoder
from knowledge.encoder.static import load_static
from knowledge.encoder.training.card import model_card
from knowledge.encoder.training.corpus import Corpus, read_corpus
from knowledge.encoder.training.device import repeatable
from knowledge.encoder.training.evaluation import Measure, evaluate
from knowledge.encoder.training.examples import english_texts, make_examples, tokenized
from knowledge.encoder.training.export import MOST_BYTES, check_free, check_size, replacing, write_encoder
from knowledge.encoder.training.loop import train_table
from knowledge.encoder.training.progress import Progress
from knowledge.encoder.training.recipe import LEFT_OUT, Recipe
from knowledge.encoder.training.sources import by_licence
from knowledge.encoder.training.start import check_dimension, first_table, targets
from knowledge.encoder.training.teacher import teach
from knowledge.encoder.training.vocabulary import learn_tokenizers, serialized
from knowledge.errors import TrainingError

README = "README.md"


def train_encoder(
    pairs: Path,
    out: Path,
    recipe: Recipe,
    teacher: Callable[[], Encoder],
    device: str,
    progress: Progress,
    most_bytes: int = MOST_BYTES,
) -> list[Measure]:
    """Trains an encoder into the folder `out`, and says how well it does on what was held back.

    `teacher` is called once the pairs are read. On a CPU the same pairs, recipe and teacher give the same
    bytes. TrainingError where the pairs, the numbers or the folder are not in order (see `corpus`, `start`
    and `export`), ModelUnavailable without the teacher.
    """
    check_free(out)
    progress(0.0, "reading_pairs")
    corpus = read_corpus(pairs, recipe.left_out)
    _check_sources(corpus, recipe)
    sources = by_licence(corpus.trained_sources, pairs)
    with repeatable(recipe.seed, recipe.threads, device):
        encoder = teacher()
        check_dimension(recipe.dimension, encoder.dimension)
        english = english_texts(corpus)
        teaching = teach(encoder, english, out, recipe.teacher_window, progress)
        full, alone = learn_tokenizers(corpus, teaching.words, recipe, progress)
        tokenizer, rows = serialized(full), full.get_vocab_size()
        check_size(tokenizer, rows, recipe.dimension, most_bytes)
        examples = make_examples(corpus, english, teaching.words)
        tokens = tokenized(full, examples.texts, recipe.longest_text, progress)
        pieces = tokenized(alone, examples.texts, recipe.longest_text, progress)
        wanted = targets(teaching, recipe.dimension)
        table = train_table(
            examples,
            tokens,
            pieces,
            wanted,
            first_table(examples, tokens, pieces, wanted, rows),
            recipe,
            device,
            progress,
        )
    name = encoder_name(corpus)
    with replacing(out, most_bytes) as folder:
        samples = [text for pair in corpus.dev for text in (pair.english, pair.other)]
        data = {"teacher": encoder.identity, "data": _counted(corpus)}
        write_encoder(folder, name, corpus.languages, tokenizer, table, samples, recipe, data)
        measures = evaluate(load_static(folder), corpus, progress) if corpus.dev or corpus.held else []
        card = model_card(name, corpus, recipe, rows, encoder.identity, sources, measures)
        (folder / README).write_text(card, encoding="utf-8")
    return measures


def encoder_name(corpus: Corpus) -> str:
    """By its languages, as in `knowledge.encoder.BUNDLED`."""
    return f"recap/static-{'-'.join(corpus.languages)}"


def _check_sources(corpus: Corpus, recipe: Recipe) -> None:
    """TrainingError `error.training_source` for one that isn't there; the usual recipe's may be absent."""
    for source in recipe.left_out:
        if source not in corpus.sources and source not in LEFT_OUT:
            known = ", ".join(sorted(corpus.sources))
            raise TrainingError("error.training_source", source=source, known=known)


def _counted(corpus: Corpus) -> dict[str, dict[str, int]]:
    return {
        "pairs": dict(sorted(Counter(pair.language for pair in corpus.pairs).items())),
        "headings": dict(sorted(Counter(one.language for one in corpus.headings).items())),
        "sources": dict(sorted(Counter(pair.source for pair in corpus.pairs).items())),
    }
