"""The picture of how a learner stands: what it shows, says and leaves alone."""

from __future__ import annotations

import io
import locale
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from bot.core import catalogue, progress_picture
from bot.core.chart import Pen
from bot.core.chart_parts import Chart
from bot.core.progress_picture import Drawn
from bot.core.voice import Voice
from jobs.review.records import Progress, TopicProgress, Week
from knowledge.notes import Language

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PLAIN = Pen(fonts=())
"""A machine without Chinese fonts."""
TITLES: dict[Language, tuple[str, ...]] = {
    "en": ("Tokenization", "Transformers and what they do to long attention 🤖", "Loss $x_1$ \\frac"),
    "bg": ("Токенизация", "Първи стъпки с трансформърите на български език"),
    "zh": ("分词", "微调你的第一个模型，从数据集到评估的完整流程说明"),
}


def topic(title: str, number: int = 0) -> TopicProgress:
    share = (None, 0.083, 0.93)[number % 3]
    return TopicProgress(title, f"{number}.md", number % 5, 4, NOW + timedelta(days=number), share)


def standing(*titles: str, rated: bool = True) -> Progress:
    counts = ((0, 0), (0, 2), (5, 6), (3, 3), (0, 0), (4, 9), (5, 5), (2, 3))
    weeks = tuple(
        Week(date(2026, 9, 28) + timedelta(weeks=n), right if rated else 0, of if rated else 0)
        for n, (right, of) in enumerate(counts)
    )
    forecast = (2, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 5, 0) if titles else (0,) * 14
    topics = tuple(topic(title, number) for number, title in enumerate(titles))
    return Progress(topics, 28 if rated else 0, 0.8 if rated else None, 2, forecast, weeks)


def drawn(progress: Progress, language: Language = "en", pen: Pen | None = None) -> Drawn:
    voice = Voice(language, "Europe/Sofia")
    found = progress_picture.draw(voice, progress, NOW, *([pen] if pen else []))
    assert found is not None
    return found


def pixels(found: Drawn) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Picture.open(io.BytesIO(found.image.png)) as picture:
        return np.asarray(picture.convert("RGBA"))


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_picture_is_small_sharp_and_on_a_ground_of_its_own(language: Language) -> None:
    found = drawn(standing(*TITLES[language] * 5), language)
    assert len(found.image.png) <= 60_000
    seen = pixels(found)
    assert seen.shape[1] == 800
    assert (seen[:, :, 3] == 255).all(), "nothing of the chat's own ground shows through"
    edges = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
    assert (edges == edges[0]).all(), "nothing is cut off at an edge"


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_alternative_text_tells_what_the_picture_shows(language: Language) -> None:
    found = drawn(standing(*TITLES[language]), language)
    alt = found.image.alt
    for title in TITLES[language]:
        assert title in alt
    assert catalogue.label(language, "progress.days", count=14) in alt
    assert "5/6" in alt
    assert "2/3" in alt
    assert "0/0" not in alt
    assert len(alt) <= progress_picture.MOST_ALT


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_topic_without_a_ladder_says_in_words_that_nothing_was_answered(language: Language) -> None:
    fresh = TopicProgress("Tokenization", "1.md", 0, 0, NOW, None)
    met = TopicProgress("Attention", "2.md", 0, 0, NOW, None, beyond=2)
    progress = Progress((fresh, met), 2, None, 0, (1,) * 14, standing().weeks)
    lines = drawn(progress, language).image.alt.splitlines()
    assert lines[0] == catalogue.label(language, "progress.alt_unanswered", title="Tokenization")
    assert lines[1] == catalogue.label(language, "progress.alt_beyond", title="Attention", count=2)


def test_many_long_titles_are_shortened_and_the_rest_is_counted() -> None:
    found = drawn(standing(*(f"{n} " + "long title " * 40 for n in range(30))))
    assert len(found.image.alt) <= progress_picture.MOST_ALT
    assert "7 long" in found.image.alt
    assert "22 more topics" in found.image.alt


def test_the_topics_that_come_soonest_are_the_ones_shown() -> None:
    late_first = standing(*(f"Topic {n}" for n in range(9)))
    turned = Progress(tuple(reversed(late_first.topics)), 0, None, 0, late_first.forecast, late_first.weeks)
    alt = drawn(turned).image.alt
    assert "Topic 8" not in alt
    assert alt.index("Topic 7") < alt.index("Topic 0"), "in the order of the table"


def test_without_a_chinese_font_topics_go_by_number_and_the_words_stand_beside() -> None:
    found = drawn(standing(*TITLES["zh"]), "zh", PLAIN)
    assert found.numbered
    assert catalogue.label("zh", "progress.weeks") in found.caption
    assert "分词" in found.image.alt, "the alternative text needs no font"


def test_one_name_that_cannot_be_written_numbers_the_topics_but_keeps_the_words() -> None:
    found = drawn(standing("Tokenization", "分词"), "en", PLAIN)
    assert found.numbered
    assert found.caption == ""


def test_ornaments_are_left_out_and_letters_never() -> None:
    assert PLAIN.drawable("  Токени\tзация \U0001fae0 \u202e ") == "Токени зация"
    assert PLAIN.drawable("分词") is None
    assert PLAIN.drawable("\U0001fae0") is None


@settings(max_examples=12, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_whatever_a_title_holds_is_drawn_without_a_complaint(titles: list[str]) -> None:
    # Warnings are errors here: a glyph that is missing would be one.
    for pen in (Pen(), PLAIN):
        assert drawn(standing(*titles), "bg", pen).image.png.startswith(b"\x89PNG")


def test_a_learner_who_only_took_quizzes_sees_the_weeks() -> None:
    found = drawn(standing())
    assert "5/6" in found.image.alt
    assert progress_picture.draw(Voice("en"), standing(rated=False), NOW) is None


def test_drawing_changes_nothing_around_it() -> None:
    before = dict(mpl.rcParams), locale.setlocale(locale.LC_ALL)
    drawn(standing(*TITLES["bg"]), "bg")
    assert (dict(mpl.rcParams), locale.setlocale(locale.LC_ALL)) == before


def test_many_threads_draw_the_same_picture() -> None:
    with ThreadPoolExecutor(8) as pool:
        pictures = list(pool.map(lambda _: drawn(standing(*TITLES["zh"]), "zh").image.png, range(8)))
    assert len(set(pictures)) == 1


class BrokenPen(Pen):
    def draw(self, chart: Chart) -> bytes:
        raise RuntimeError("the font file is damaged")


def test_where_nothing_can_be_drawn_the_words_remain(caplog: pytest.LogCaptureFixture) -> None:
    assert progress_picture.draw(Voice("en"), standing("Tokenization"), NOW, BrokenPen()) is None
    assert "could not be drawn" in caplog.text
