"""The model card, for people: what the encoder is, what it was made from, how well it does, its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from knowledge.encoder.training.corpus import Corpus
from knowledge.encoder.training.evaluation import Measure
from knowledge.encoder.training.recipe import Recipe

_CARD = """---
license: cc-by-sa-4.0
language:
{languages}
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags:
- static-embeddings
---

# {name}

A static sentence encoder for {spoken}:
a table of {rows:,} token vectors of {dimension} dimensions, 8 bits each. A text's vector is the sum of its
tokens' vectors, normalised; a text and its translation lie near each other. It is read with NumPy alone.

```python
from sentence_transformers import SentenceTransformer

vectors = SentenceTransformer("FOLDER").encode(["What is a tokenizer?"])
```

## How it was made

`recap encoder train` made it: a Unigram tokenizer with frequent whole words, a table that starts from the
teacher's vectors and is trained so that a text and its translation get the teacher's vector, and are told
from other texts, as are a heading and the section under it. The teacher is {teacher}.
`recipe.json` holds every number.

| | |
| --- | --- |
{recipe}

## What it was made from

{pairs:,} pairs of texts, {headings:,} headings with their sections.

| Pairs | |
| --- | --- |
{counts}

| Licence | Sources |
| --- | --- |
{sources}

The encoder is derived from them and given under CC BY-SA 4.0.
Left out, to measure with: {left_out}.

## How well it does

The share of questions whose first hit is right (R@1), in texts that it wasn't trained on: a text looks for
its translation; a heading for its section in the other language, in the sources left out. By the texts'
vectors, and by the tokens' (each token of the question looks for the nearest one of the text).

{figures}

## Limits

- It knows no order of words: *the dog bit the man* and *the man bit the dog* are the same to it.
- A word has one vector, whatever it means in its sentence.
- Most of the texts are about computing, many of the translations are by machine; other subjects do worse.
- It is no measure of truth or of quality, and repeats what its texts say about people.
"""

_NAMES: Mapping[str, str] = {"en": "English", "bg": "Bulgarian", "zh": "Chinese"}


def model_card(
    name: str,
    corpus: Corpus,
    recipe: Recipe,
    rows: int,
    teacher: str,
    sources: Mapping[str, Sequence[str]],
    measures: Sequence[Measure],
) -> str:
    """The README. `sources`: licence -> sources; `teacher`: its identity; `rows`: of the table."""
    spoken = [_NAMES.get(language, language) for language in corpus.languages]
    counts = Counter((pair.language, pair.kind) for pair in corpus.pairs)
    shown = {
        "Epochs": recipe.epochs,
        "Pairs in a batch": recipe.batch,
        "Learning rate": recipe.learning_rate,
        "Tokens left out": recipe.dropout,
        "Texts cut into pieces alone": recipe.pieces_alone,
        "Weight of the teacher's vectors": recipe.cosine,
        "Seed": recipe.seed,
    }
    return _CARD.format(
        languages="\n".join(f"- {language}" for language in corpus.languages),
        name=name,
        spoken=f"{', '.join(spoken[:-1])} and {spoken[-1]}",
        rows=rows,
        dimension=recipe.dimension,
        teacher=teacher.partition("@")[0],
        recipe="\n".join(f"| {label} | {value:g} |" for label, value in shown.items()),
        pairs=len(corpus.pairs),
        headings=len(corpus.headings),
        counts="\n".join(
            f"| English and {_NAMES.get(language, language)}, {kind} | {count:,} |"
            for (language, kind), count in sorted(counts.items())
        ),
        sources="\n".join(f"| {licence} | {', '.join(names)} |" for licence, names in sources.items()),
        left_out=", ".join(recipe.left_out) or "nothing",
        figures=figures(measures),
    )


def share(value: float | None) -> str:
    """With three decimals; a dash for none."""
    return "-" if value is None else f"{value:.3f}"


def figures(measures: Sequence[Measure]) -> str:
    """The measures as a table in Markdown."""
    if not measures:
        return "Nothing was held back to measure with."
    lines = [
        "| Task | Question | Answer | Questions | R@1, by the vector | R@1, by the tokens |",
        "| --- | --- | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {one.task} | {one.asked} | {one.found} | {one.questions} "
        f"| {share(one.pooled)} | {share(one.soft)} |"
        for one in measures
    ]
    return "\n".join(lines)
