"""Cards of the course corpus, the five seeds and the sample course: `python -m tests.bench.cards`.

How many sections have a card, what the gates refuse, how long a note takes. `--sample N --seed S` prints N of
the made cards to be read by a person.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import numpy as np

from jobs.review.cards import Card
from jobs.review.choices import shuffled
from jobs.review.deck import MADE, Deck
from jobs.review.definitions import defined
from jobs.review.gates import unfair
from jobs.review.references import References
from jobs.review.selection import candidates
from jobs.review.siblings import chosen
from jobs.review.standing import teaches
from knowledge.clock import SystemClock
from knowledge.embed import Encoder
from knowledge.embed_loading import load_encoder
from knowledge.library import Library
from knowledge.notes import Note
from knowledge.refresh import refresh
from tests.bench.encoders import Foretold
from tests.bench.tasks import CORPORA

COURSES = {
    "course-en": CORPORA / "hf_course" / "chapters" / "en",
    "course-zh": CORPORA / "hf_course" / "chapters" / "zh-CN",
    "seeds": CORPORA / "seeds",
    "sample-course": Path(str(files("knowledge") / "sample_course")),
}


@dataclass
class Tally:
    """What was found in one course."""

    sections: int = 0
    telling: int = 0
    """Of these, that tell something: not only headings, quizzes, plans."""
    covered: int = 0
    covered_telling: int = 0
    candidates: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    """Of the candidates that are fair by themselves: whose question finds its section in the note, and in
    the course."""
    kinds: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)

    def count(self, note: Note, cards: Sequence[Card]) -> None:
        """Adds the cards of a note."""
        served = {card.section.id for card in cards}
        telling = {section.id for section in note.sections if teaches(section)}
        self.sections += len(note.sections)
        self.telling += len(telling)
        self.covered += sum(section.id in served for section in note.sections)
        self.covered_telling += len(telling & served)
        self.kinds.update(card.origin for card in cards)
        self.cards += cards


def measured(name: str, folder: Path, index: Path, encoder: Encoder, gates: bool) -> Tally:
    """The cards of a course's notes, and what each gate refuses."""
    notes = index / f"{name} notes"
    shutil.copytree(folder, notes, ignore=shutil.ignore_patterns("README.md"), dirs_exist_ok=True)
    refresh(name, notes, index, encoder, SystemClock())
    library = Library(index, Foretold(encoder))
    deck, references = Deck(library, name, SystemClock()), References(library, name)
    tally = Tally()
    for note in library.notes(name):
        began = time.perf_counter()
        cards = deck.write(note)
        tally.seconds.append(time.perf_counter() - began)
        tally.count(note, cards)
        if gates:
            for prompt in (*defined(note), *chosen(note), *candidates(note)):
                tally.candidates[prompt.origin] += 1
                if reason := unfair(note, prompt):
                    tally.refused[reason] += 1
                    continue
                tally.found["fair"] += 1
                tally.found["in the note"] += references.finds_itself(note, prompt, course=False)
                tally.found["in the course"] += references.finds_itself(note, prompt, course=True)
    return tally


def shown(cards: Sequence[Card]) -> Iterator[str]:
    """Cards as a reader sees them, each with its answer."""
    for number, card in enumerate(cards, 1):
        yield f"--- {number} [{card.origin}] {card.source}:{card.start} § {card.section.title}"
        yield card.prompt
        for letter, choice in zip("ABCDEFGH", shuffled(card.choices, card.key), strict=False):
            yield f"   {letter} {choice.text}{'   <==' if choice.correct else ''}"
        if card.expected:
            yield f"   = {' | '.join(card.expected)}"


def drawn(cards: Sequence[Card], count: int, seed: int) -> list[Card]:
    """A sample in which the kinds and the languages, as far as there are enough of each, come alike often."""
    groups: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        language = "zh" if any("\u3400" <= c <= "\u9fff" for c in card.prompt) else "en"
        language = "bg" if any("\u0400" <= c <= "\u04ff" for c in card.prompt) else language
        groups.setdefault((language, card.origin), []).append(card)
    random_ = random.Random(seed)
    for group in groups.values():
        random_.shuffle(group)
    found: list[Card] = []
    while len(found) < count and any(groups.values()):
        found += [group.pop() for _, group in sorted(groups.items()) if group]
    return found[:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="print so many made cards and nothing else")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--index", type=Path, help="a folder in which the indexes are kept")
    parser.add_argument("--course", action="append", choices=COURSES, help="without it all of them")
    options = parser.parse_args()
    if not CORPORA.is_dir():
        print("cards: the development data is not beside this checkout, nothing was measured")
        return
    encoder = load_encoder("bundled")
    made: list[Card] = []
    with tempfile.TemporaryDirectory() as folder:
        index = options.index or Path(folder)
        for name in options.course or COURSES:
            tally = measured(name, COURSES[name], index, encoder, not options.sample)
            made += [card for card in tally.cards if card.origin in (*MADE, "recall")]
            if not options.sample:
                print(report(name, tally), flush=True)
    print("\n".join(shown(drawn(made, options.sample, options.seed))))


def report(name: str, tally: Tally) -> str:
    """A course's figures."""
    found = sum(tally.candidates.values())
    middle, late = np.percentile(tally.seconds, [50, 95])
    return (
        f"{name}: {len(tally.seconds)} notes; sections with a card {tally.covered}/{tally.sections}"
        f" = {tally.covered / tally.sections:.3f}, of those that tell something"
        f" {tally.covered_telling}/{tally.telling} = {tally.covered_telling / max(tally.telling, 1):.3f}\n"
        f"  candidates {found} {dict(tally.candidates)}, refused {dict(tally.refused)},"
        f" then {dict(tally.found)}: passed {tally.found['in the course'] / max(found, 1):.3f}\n"
        f"  cards {sum(tally.kinds.values())} {dict(tally.kinds)}\n"
        f"  seconds a note: median {middle:.3f}, 95 % {late:.3f}, most {max(tally.seconds):.3f},"
        f" all {sum(tally.seconds):.1f}"
    )


if __name__ == "__main__":
    main()
