"""How the judge of free answers agrees with labels: `python -m tests.bench.judge [--fit] [--errors]`.

200 answers of `judge_answers_{en,bg,zh}.toml`, labelled before the judge was written. Whatever was chosen was
chosen on the half `dev`; `test` is looked at to report. The split is by question.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jobs.review.judging import judge as judging
from jobs.review.judging.evidence import gather
from jobs.review.judging.judge import Judge
from knowledge.encoder.bundled import bundled
from knowledge.language import detect_language
from knowledge.notes import Language
from knowledge.terms import terms

LANGUAGES: tuple[Language, ...] = ("en", "bg", "zh")
LABELS = ("right", "partly", "wrong")
_RIDGE = 0.3
"""Of the fit: a hundred answers bear no steeper slopes."""
Row = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """One labelled answer."""

    half: str
    source: str
    question: str
    reference: str
    told_in: Language
    """The language of the reference."""
    label: str
    language: Language
    kind: str
    text: str

    @property
    def across(self) -> bool:
        return self.language != self.told_in


def answers() -> list[Answer]:
    """All of them."""
    found: list[Answer] = []
    for language in LANGUAGES:
        file = Path(__file__).parent / f"judge_answers_{language}.toml"
        for one in tomllib.loads(file.read_text(encoding="utf-8"))["questions"]:
            head = (one["half"], one["source"], one["question"], one["reference"], language)
            found.extend(Answer(*head, *each) for each in one["answers"])
    return found


def agreement(pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """(accuracy, Cohen's kappa) of (label, verdict) pairs."""
    same = sum(label == verdict for label, verdict in pairs) / len(pairs)
    labels, verdicts = Counter(label for label, _ in pairs), Counter(verdict for _, verdict in pairs)
    chance = sum(labels[name] * verdicts[name] for name in labels) / len(pairs) ** 2
    return same, (same - chance) / (1 - chance)


def by_thresholds(score: Callable[[Answer], float], dev: Iterable[Answer]) -> Callable[[Answer], str]:
    """A baseline: the two thresholds on a score that agree best with the labels of dev."""
    scored = [(score(one), one.label) for one in dev]
    cuts = sorted({value for value, _ in scored})

    def verdict(value: float, low: float, high: float) -> str:
        return "wrong" if value < low else "right" if value >= high else "partly"

    def right(low: float, high: float) -> int:
        return sum(verdict(value, low, high) == label for value, label in scored)

    best = max(((low, high) for low in cuts for high in cuts if low <= high), key=lambda cut: right(*cut))
    return lambda one: verdict(score(one), *best)


def pooled(one: Answer) -> float:
    """The cosine of answer and reference."""
    vectors = bundled().encode([one.text, one.reference])
    return float(vectors[0] @ vectors[1])


def overlap(one: Answer) -> float:
    """The share of the reference's terms that the answer has."""
    told = set(terms(one.reference))
    return len(told & set(terms(one.text))) / max(len(told), 1)


def judged(one: Answer) -> str:
    """The judge's verdict; where it can't tell, that is counted as no agreement."""
    return Judge(bundled).judge(one.question, one.reference, one.text).verdict or "untold"


def report(name: str, verdict: Callable[[Answer], str], rows: Sequence[Answer]) -> Row:
    """A line: agreement in all, by language and across, and the worst mistake."""
    pairs = [(one, verdict(one)) for one in rows]

    def share(kept: Callable[[Answer], bool]) -> str:
        mine = [(one.label, said) for one, said in pairs if kept(one)]
        return f"{agreement(mine)[0]:.3f}"

    same, kappa = agreement([(one.label, said) for one, said in pairs])
    wrong = [said for one, said in pairs if one.label == "wrong"]
    right = [said for one, said in pairs if one.label == "right"]
    return (
        name,
        f"{same:.3f}",
        f"{kappa:.3f}",
        *(share(lambda one, language=language: one.language == language) for language in LANGUAGES),  # type: ignore[misc]
        share(lambda one: one.across),
        f"{wrong.count('right') / len(wrong):.3f}",
        f"{right.count('wrong') / len(right):.3f}",
    )


def fitted(features: NDArray[np.float64], wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights of a logistic regression with a ridge, its base last; by Newton's method."""
    inputs = np.c_[features, np.ones(len(features))]
    ridge = np.diag([_RIDGE] * features.shape[1] + [1e-9])
    weights = np.zeros(inputs.shape[1])
    for _ in range(50):
        odds = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (odds - wanted) + ridge @ weights
        weights -= np.linalg.solve((inputs * (odds * (1 - odds))[:, None]).T @ inputs + ridge, slope)
    return weights


def fit(dev: Sequence[Answer]) -> None:
    """Prints the weights of `jobs.review.judging.judge`."""
    kept = [one for one in dev if not judging.says_unknown(one.text)]
    evidence = [
        gather(
            one.question,
            one.reference,
            one.text,
            detect_language(one.text) != detect_language(one.reference),
            bundled(),
        )
        for one in kept
    ]
    sound = [
        (judging.of_soundness(found), one.label != "wrong") for found, one in zip(evidence, kept, strict=True)
    ]
    whole = [
        (judging.of_completeness(found), one.label == "right")
        for found, one in zip(evidence, kept, strict=True)
        if one.label != "wrong"
    ]
    for name, rows in (("SOUND", sound), ("COMPLETE", whole)):
        weights = fitted(
            np.array([list(given.values()) for given, _ in rows]), np.array([wanted for _, wanted in rows])
        )
        print(name, dict(zip(rows[0][0], weights[:-1].round(2).tolist(), strict=True)), weights[-1].round(2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit the judge's weights to dev")
    parser.add_argument("--errors", action="store_true", help="list dev's answers on which they differ")
    asked = parser.parse_args()
    rows = answers()
    dev, test = ([one for one in rows if one.half == half] for half in ("dev", "test"))
    if asked.fit:
        fit(dev)
        return
    if asked.errors:
        for one in dev:
            if (said := judged(one)) != one.label:
                print(f"{one.label:>6} -> {said:<6} {one.kind:<10} {one.question} | {one.text}")
        return
    print(Counter(one.label for one in rows), Counter(one.language for one in rows))
    print("| half, judge | agree | kappa | en | bg | zh | across | wrong as right | right as wrong |")
    print("|---|---|---|---|---|---|---|---|---|")
    baselines = {"words": by_thresholds(overlap, dev), "cosine": by_thresholds(pooled, dev)}
    for half, given in (("dev", dev), ("test", test)):
        for name, verdict in (*baselines.items(), ("judge", judged)):
            print("|", " | ".join(report(f"{half}, {name}", verdict, given)), "|")
    for half, given in (("dev", dev), ("test", test)):
        counted = Counter((one.label, judged(one)) for one in given)
        print(f"\n{half}: label by verdict", *LABELS, sep="\t")
        for label in LABELS:
            print(label, *(counted[label, said] for said in LABELS), sep="\t")
    judge, took = Judge(bundled), []
    for one in rows:
        begun = time.perf_counter()
        judge.judge(one.question, one.reference, one.text)
        took.append(time.perf_counter() - begun)
    middle, slow = 1000 * np.median(took), 1000 * np.quantile(took, 0.95)
    print(f"\nmedian {middle:.1f} ms, 95th percentile {slow:.1f} ms an answer")


if __name__ == "__main__":
    main()
