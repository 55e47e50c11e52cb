"""How long the picture of `/progress` takes, beside a bare matplotlib figure with as much in it.

    python -m tests.bench.chart [--rounds N]

Both are drawn in turn in this process, after a first one of each that also loads the library and its fonts.
The bare figure has three axes with the same bars, ticks and numbers, at the same size.
"""

from __future__ import annotations

import argparse
import io
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from bot.core import progress_picture
from bot.core.voice import Voice
from jobs.review.records import Progress, TopicProgress, Week

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TITLES = ("Tokenization", "Трансформъри и внимание", "Fine-tuning", "Pipelines", "Generation", "Embeddings")
FORECAST = (2, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 3, 0)
COUNTS = ((1, 2), (2, 3), (5, 6), (3, 3), (0, 0), (4, 7), (5, 5), (2, 3))
STANDING = Progress(
    tuple(
        TopicProgress(title, f"{n}.md", n % 5, 4, NOW + timedelta(days=n), 0.15 * n)
        for n, title in enumerate(TITLES)
    ),
    27,
    0.78,
    2,
    FORECAST,
    tuple(Week(date(2026, 9, 28) + timedelta(weeks=n), right, of) for n, (right, of) in enumerate(COUNTS)),
)


def ours() -> bytes:
    drawn = progress_picture.draw(Voice("en", "Europe/Sofia"), STANDING, NOW)
    assert drawn is not None
    return drawn.image.png


def bare() -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4.6), dpi=200)
    FigureCanvasAgg(figure)
    topics, days, weeks = figure.subplots(3, 1)
    topics.barh(range(len(TITLES)), [0.15 * n for n in range(len(TITLES))])
    topics.set_yticks(range(len(TITLES)), TITLES)
    for axes, counts in ((days, FORECAST), (weeks, [of for _, of in COUNTS])):
        axes.bar_label(axes.bar(range(len(counts)), counts))
        axes.set_xticks(range(len(counts)), [str(n + 1) for n in range(len(counts))])
    weeks.bar(range(len(COUNTS)), [right for right, _ in COUNTS])
    written = io.BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()


def seconds(draw: Callable[[], bytes]) -> float:
    started = time.perf_counter()
    draw()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    first = seconds(ours)
    seconds(bare)
    times: dict[str, list[float]] = {"picture": [], "bare": []}
    for _ in range(rounds):
        times["picture"].append(seconds(ours))
        times["bare"].append(seconds(bare))
    for name, taken in times.items():
        print(f"{name:8} median {statistics.median(taken) * 1000:.0f} ms, max {max(taken) * 1000:.0f} ms")
    print(f"the first picture, with the library: {first * 1000:.0f} ms")
    print(
        f"ratio of the medians: {statistics.median(times['picture']) / statistics.median(times['bare']):.2f}"
    )
    print(f"{len(ours())} bytes, bare {len(bare())}")


if __name__ == "__main__":
    main()
