"""Follow-ups with and without what was asked before them: `python -m tests.bench.followups [--lexical]`.

The labelled ones of `tests.knowledge.followups` on the sample course; and what a thread does to questions
that stand by themselves: every question of the course's own quizzes after questions of the other notes.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from knowledge.answer import Answer
from knowledge.clock import SystemClock
from knowledge.embed import Encoder
from knowledge.embed_loading import load_encoder
from knowledge.library import Library
from knowledge.refresh import refresh
from tests.bench.encoders import Foretold
from tests.knowledge.followups import FRESH, HELD_OUT, TUNED, FollowUp

SAMPLE = Path(str(files("knowledge") / "sample_course"))
COURSE = "sample"
_QUIZ = re.compile(
    r"^## \d+\. (?:Short Retrieval Quiz|Кратък тест|简短测验).*\n((?:\d+\. .*\n)+)", re.MULTILINE
)


def library(index: Path, encoder: Encoder | None) -> Library:
    """The sample course, indexed."""
    refresh(COURSE, SAMPLE, index, encoder, SystemClock())
    return Library(index, Foretold(encoder) if encoder else None)


def right(answer: Answer, wanted: Sequence[str]) -> bool:
    """Whether the answer quotes what is wanted; where that is nothing, whether it abstains."""
    told = "\n".join(part.text for part in answer.parts)
    return any(words in told for words in wanted) if wanted else not answer.answered


def scores(asked: Library, rows: Sequence[FollowUp]) -> tuple[int, int]:
    """How many are right without and with what was asked before."""
    alone = sum(right(asked.ask(COURSE, row.question), row.wanted) for row in rows)
    return alone, sum(right(asked.ask(COURSE, row.question, None, (row.before,)), row.wanted) for row in rows)


def unrelated(most: int) -> Iterator[tuple[str, str]]:
    """A quiz question of one note after up to `most` questions of each other note."""
    found = [_QUIZ.search(note.read_text(encoding="utf-8")) for note in sorted(SAMPLE.glob("*.md"))]
    quizzes = [[line.partition(" ")[2] for line in quiz[1].splitlines()] for quiz in found if quiz]
    for quiz in quizzes:
        for other in quizzes:
            if other is not quiz:
                yield from ((before, question) for question in quiz for before in other[:most])


def changed(asked: Library, most: int) -> tuple[int, int, int]:
    """Of questions that stand by themselves: pairs, answers that a thread changes, answers it takes away."""
    pairs = [
        (asked.ask(COURSE, question), asked.ask(COURSE, question, None, (before,)))
        for before, question in unrelated(most)
    ]
    other = [(alone, led) for alone, led in pairs if alone.parts != led.parts]
    return len(pairs), len(other), sum(alone.answered and not led.answered for alone, led in other)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lexical", action="store_true", help="by words alone, without an encoder")
    lexical = parser.parse_args().lexical
    with tempfile.TemporaryDirectory() as index:
        asked = library(Path(index), None if lexical else load_encoder("minilm"))
        for name, rows in (("tuned", TUNED), ("held out", HELD_OUT), ("fresh", FRESH)):
            for kind, some in (
                ("answerable", [row for row in rows if row.wanted]),
                ("not in the notes", [row for row in rows if not row.wanted]),
            ):
                alone, led = scores(asked, some)
                print(f"{name}, {kind} ({len(some)}): alone {alone}, in the thread {led}")
        print("questions that stand by themselves: {} pairs, {} changed, {} lost".format(*changed(asked, 3)))


if __name__ == "__main__":
    main()
