"""Pictures in a real browser: seen, enlarged, read out, there again after a reload."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from bot.core import progress_picture
from bot.core.reply import Action, Reply, Table
from bot.core.voice import Voice
from jobs.review.records import Progress, TopicProgress, Week
from knowledge.notes import Language
from tests.doubles.scripted_core import ScriptedCore

pytestmark = pytest.mark.browser

Shoot = Callable[[Page, str], None]
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TITLES: dict[Language, tuple[str, ...]] = {
    "en": ("Tokenization", "Transformers and attention", "Pipelines", "Fine-tuning"),
    "bg": ("Токенизация", "Трансформъри и внимание", "Конвейери", "Фина настройка"),
    "zh": ("分词", "Transformer 与注意力", "管道", "微调"),
}


def progress(language: Language = "en") -> Reply:
    shares = (0.93, 0.71, 0.42, None)
    topics = tuple(
        TopicProgress(title, f"{n}.md", (3, 2, 1, 0)[n], 4, NOW + timedelta(days=n), shares[n])
        for n, title in enumerate(TITLES[language])
    )
    counts = ((0, 0), (2, 3), (5, 6), (3, 3), (0, 0), (4, 7), (5, 5), (2, 3))
    weeks = tuple(
        Week(date(2026, 9, 28) + timedelta(weeks=n), right, of) for n, (right, of) in enumerate(counts)
    )
    standing = Progress(topics, 27, 0.78, 2, (2, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 3, 0), weeks)
    voice = Voice(language, "Europe/Sofia")
    drawn = progress_picture.draw(voice, standing, NOW)
    assert drawn is not None
    return Reply(
        voice.say("progress.due", count=2),
        image=drawn.image,
        table=Table(("Topic", "Step"), tuple((topic.title, f"{topic.step}/4") for topic in topics)),
        actions=(Action("review", voice.label("action.review"), "primary"),),
        language=language,
    )


def ask(page: Page, reply: Reply, script: ScriptedCore) -> None:
    script.answers["/progress"] = reply
    page.locator("#line").fill("/progress")
    page.locator("#line").press("Escape")
    page.locator("#line").press("Enter")
    expect(page.locator(".recap .picture img")).to_be_visible()


def loaded(page: Page) -> bool:
    width = page.locator(".recap .picture img").evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )
    return bool(width == 800)


def test_a_picture_is_shown_with_its_words_and_is_there_after_a_reload(
    page: Page, script: ScriptedCore
) -> None:
    ask(page, progress(), script)
    image = page.locator(".recap .picture img")
    assert loaded(page)
    expect(image).to_have_attribute("loading", "lazy")
    assert "Tokenization: step 3 of 4, 93% remembered." in (image.get_attribute("alt") or "")
    page.reload()
    expect(image).to_be_visible()
    assert loaded(page)


def test_a_picture_keeps_its_room_while_it_loads(page: Page, script: ScriptedCore) -> None:
    page.route("**/api/picture/**", lambda route: route.abort())
    ask(page, progress(), script)
    box = page.locator(".recap .picture img").bounding_box()
    assert box is not None
    assert round(box["width"]) >= 398
    assert box["height"] > 300


@pytest.mark.parametrize("opener", ["img", "button"])
def test_a_picture_opens_large_and_closes_to_where_one_was(
    page: Page, script: ScriptedCore, opener: str
) -> None:
    ask(page, progress(), script)
    page.locator(f".recap .picture {opener}").click()
    dialog = page.locator("dialog.enlarged")
    expect(dialog).to_be_visible()
    large, small = (page.locator(f"{place} img").bounding_box() for place in ("dialog", ".recap .picture"))
    assert large is not None
    assert small is not None
    assert large["width"] > small["width"]
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".recap .picture button")).to_be_focused()


def test_escape_closes_the_picture_before_the_note_beside_it(page: Page, script: ScriptedCore) -> None:
    ask(page, progress(), script)
    page.locator("#line").fill("What is a tokenizer?")
    page.locator("#line").press("Enter")
    page.locator(".recap .prose .cite").first.click()
    expect(page.locator("#panel")).to_be_visible()
    page.locator(".recap .picture img").click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#panel")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "bg", "zh"])
def test_light_dark_and_phone(page: Page, script: ScriptedCore, shoot: Shoot, language: Language) -> None:
    ask(page, progress(language), script)
    assert loaded(page)
    shoot(page, f"parts/picture-{language}")
    page.locator("#theme").click()
    shoot(page, f"parts/picture-{language}-dark")
    page.set_viewport_size({"width": 390, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator(".recap .picture img").bounding_box()
    assert box is not None
    assert box["width"] <= 366
    shoot(page, f"parts/picture-{language}-phone")
    page.locator(".recap .picture button").click()
    expect(page.locator("dialog img")).to_be_visible()
    shoot(page, f"parts/picture-{language}-phone-large")
