"""The whole of Recap as a new user meets it: `recap run` on the sample course, in a real browser.

Writes the README's pictures where `--screenshots` says.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Shoot = Callable[[Page, str], None]
WORKER = 90_000
"""Milliseconds that a loaded machine may take to start the worker and load a model."""


class Recap:
    """`recap run` in a process of its own, with data that outlive it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RECAP_")},
            "RECAP_DATA_PATH": str(folder),
            "RECAP_WEB__PORT": "0",
            "RECAP_ENGINE__THREADS": "1",
            **settings,
        }
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._process = process
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                self.url = found[0]
                break
        assert self.url, "".join(said)
        self._environment["RECAP_WEB__PORT"] = self.url.rpartition(":")[2]
        # What it says later must not fill the pipe.
        self._reader = threading.Thread(target=_read_out, args=(process.stdout,))
        self._reader.start()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            self._reader.join()


def _read_out(stream: IO[str]) -> None:
    with stream:
        for _ in stream:
            pass


@pytest.fixture
def recap(tmp_path: Path) -> Iterator[Recap]:
    recap = Recap(tmp_path / "data", RECAP_REVIEW__INTERVALS="8s,30m,1h,2h")
    recap.start()
    yield recap
    recap.stop()


@pytest.fixture
def page(recap: Recap, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(recap.url)
    page.wait_for_selector("#welcome .action")
    return page


def say(page: Page, text: str) -> Locator:
    """Sends a line and gives the message that replies to it, once it is there."""
    count = page.locator(".recap").count()
    page.locator("#line").fill(text)
    page.locator("#line").press("Escape")
    page.locator("#line").press("Enter")
    reply = page.locator(".recap").nth(count)
    expect(reply.locator(".prose")).to_be_visible(timeout=20_000)
    return reply


def button(message: Locator, action: str) -> Locator:
    return message.locator(f"button[data-action^='{action}']")


def test_ask_try_learn_review_and_restart(page: Page, recap: Recap, shoot: Shoot) -> None:
    shoot(page, "welcome")
    page.locator("#line").press_sequentially("/")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    shoot(page, "commands")

    answer = say(page, "What is a tokenizer?")
    expect(answer).to_have_attribute("data-tone", "answer")
    answer.locator(".prose .cite").first.click()
    quoted = page.locator("#panel .quoted")
    expect(quoted.first).to_be_in_viewport()
    expect(quoted.first).to_contain_text(re.compile("token", re.IGNORECASE))
    shoot(page, "ask")
    page.keyboard.press("Escape")

    # A first /try waits for the worker; meanwhile the chat goes on.
    tried = say(page, "/try tokenize Tokenizers split unbelievable words.")
    expect(tried).to_have_attribute("data-tone", re.compile("progress|result"))
    assert "/learn" in (say(page, "/help").text_content() or "")
    expect(page.locator(".recap[data-tone=result]")).to_contain_text("token", timeout=WORKER)

    note = say(page, "/learn tokenization")
    expect(note).to_have_attribute("data-tone", "note")
    button(note, "studied").click()
    question = page.locator(".recap.unasked[data-tone=question]")
    expect(question).to_be_visible(timeout=30_000)
    button(question, "answer").click()
    question.locator("textarea").fill("It cuts text into tokens and maps each to a number.")
    shoot(page, "review")
    question.locator("textarea").press("Control+Enter")
    revealed = page.locator(".recap[data-tone=answer]").last
    expect(button(revealed, "rate")).to_have_count(4)
    expect(revealed.locator(".sources")).to_contain_text("02-tokenization.md")
    expect(button(question, "show")).to_be_disabled()

    count = page.locator(".message").count()
    page.reload()
    expect(page.locator(".message")).to_have_count(count)
    recap.stop()
    expect(page.locator("#banner")).to_be_visible()
    recap.start()
    expect(page.locator("#banner")).to_be_hidden(timeout=20_000)
    revealed = page.locator(".recap[data-tone=answer]").last
    button(revealed, "rate").nth(2).click()
    expect(page.locator(".recap[data-tone=success]").last).to_be_visible()
    expect(button(revealed, "rate").first).to_be_disabled()


def test_a_review_that_fell_due_while_it_was_stopped_comes_once_and_late(page: Page, recap: Recap) -> None:
    button(say(page, "/learn pipelines"), "studied").click()
    expect(page.locator(".recap[data-tone=success]")).to_be_visible()
    recap.stop()
    page.wait_for_timeout(9000)  # the due moment passes while nothing runs
    recap.start()
    question = page.locator(".recap.unasked[data-tone=question]")
    expect(question).to_have_count(1, timeout=40_000)
    expect(question).to_contain_text(re.compile("late", re.IGNORECASE))


def test_three_languages_and_the_settings(page: Page, shoot: Shoot) -> None:
    expect(say(page, "Какво е токенизация?").locator(".sources")).to_contain_text(
        "редове".removesuffix("ове")
    )
    chinese = say(page, "如何微调模型?")
    expect(chinese.locator(".sources")).to_contain_text("行")
    shoot(page, "languages")
    settings = say(page, "/settings language en")
    expect(settings).to_have_attribute("data-tone", "success")
    expect(page.locator("#line")).to_have_attribute("placeholder", re.compile("^Ask"))


def test_dark_and_phone(page: Page, shoot: Shoot) -> None:
    page.locator("#theme").click()
    answer = say(page, "Which models are encoder-only?")
    answer.locator(".prose .cite").first.click()
    expect(page.locator("#panel .quoted").first).to_be_in_viewport()
    shoot(page, "dark")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "phone")
