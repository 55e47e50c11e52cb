"""The chat in a real browser, as a person uses it, over a scripted core."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.core.reply import Reply
from tests.doubles.scripted_core import ScriptedCore
from tests.doubles.web_server import WebServer

pytestmark = pytest.mark.browser

Shoot = Callable[[Page, str], None]


def say(page: Page, text: str) -> None:
    page.locator("#line").fill(text)
    page.locator("#line").press("Escape")
    page.locator("#line").press("Enter")


def test_a_command_completes_as_one_types(page: Page, shoot: Shoot) -> None:
    line, options = page.locator("#line"), page.locator("#suggestions [role=option]")
    line.press_sequentially("/")
    expect(options).to_have_count(5)
    expect(line).to_have_attribute("aria-expanded", "true")
    shoot(page, "parts/commands")
    line.press_sequentially("tr")
    expect(options).to_have_count(1)
    line.press("Tab")
    expect(line).to_have_value("/try ")
    expect(options).to_have_count(3)
    line.press("ArrowDown")
    line.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(line).to_have_attribute("aria-activedescendant", "option-1")
    line.press("Enter")
    expect(line).to_have_value("/try similarity ")
    expect(options).to_have_count(0)


def test_suggestions_take_the_mouse_and_go_with_escape(page: Page) -> None:
    line, options = page.locator("#line"), page.locator("#suggestions [role=option]")
    page.locator("#slash").click()
    options.filter(has_text="/learn").click()
    expect(line).to_have_value("/learn ")
    line.fill("/")
    expect(options.first).to_be_visible()
    line.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(line).to_have_value("/")


def test_a_whole_command_is_sent_by_enter_at_once(page: Page) -> None:
    page.locator("#line").press_sequentially("/help")
    expect(page.locator("#suggestions [role=option]")).to_have_count(1)
    page.locator("#line").press("Enter")
    expect(page.locator(".recap table").last).to_contain_text("/ask question")


def test_an_answer_s_citation_opens_the_quoted_lines(page: Page, shoot: Shoot) -> None:
    say(page, "What is a tokenizer?")
    expect(page.locator(".learner .bubble")).to_have_text("What is a tokenizer?")
    cite = page.locator(".recap .prose .cite").nth(1)
    cite.click()
    quoted = page.locator("#panel .quoted .text")
    expect(quoted).to_have_text(
        [
            "Modern tokenizers work on subwords: frequent words stay whole, rare ones are split",
            "into pieces, so that no word is ever unknown.",
        ]
    )
    expect(page.locator("#panel .quoted .number")).to_have_text(["17", "18"])
    expect(quoted.first).to_be_in_viewport()
    expect(page.locator("#panel-title")).to_have_text("What a tokenizer does")
    shoot(page, "parts/answer")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(cite).to_be_focused()
    page.locator(".sources button").last.click()
    expect(page.locator("#panel .quoted .number").first).to_have_text("20")


def test_code_is_copied(page: Page) -> None:
    say(page, "What is a tokenizer?")
    page.locator(".code").hover()
    page.locator(".code .copy").click()
    expect(page.locator(".code .copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith(
        "from transformers import AutoTokenizer\n"
    )


def test_a_try_shows_progress_and_becomes_its_result(page: Page, script: ScriptedCore, shoot: Shoot) -> None:
    script.answers["/try"] = Reply("Waiting for the model …", "progress", progress=0.2)
    say(page, "/try")
    bar = page.locator(".recap progress")
    expect(bar).to_have_attribute("value", "0.2")
    turn = script.turns[-1]
    working = Reply("Running `tokenize` …", "progress", progress=0.7)
    script.queue(turn.place, "job:1:progress", working, turn.reply_ref)
    expect(bar).to_have_attribute("value", "0.7")
    shoot(page, "parts/progress")
    script.queue(turn.place, "job:1:result", Reply("**2** tokens", "result"), turn.reply_ref)
    expect(page.locator(".recap[data-tone=result]")).to_contain_text("2 tokens")
    expect(bar).to_have_count(0)
    expect(page.locator(".recap")).to_have_count(1)


def test_studying_brings_a_review_by_itself_to_answer_and_rate(page: Page, shoot: Shoot) -> None:
    say(page, "/learn tokenizers")
    note = page.locator(".recap[data-tone=note]")
    note.get_by_role("button", name="Show all").click()
    expect(note.get_by_role("button", name="Show less")).to_be_visible()
    note.get_by_role("button", name="Show less").click()
    note.get_by_role("button", name="I studied this").click()
    question = page.locator(".recap[data-tone=question]")
    expect(question).to_contain_text("Why do modern tokenizers work on subwords?")
    expect(page.locator("#heard")).to_contain_text("subwords")
    expect(note.get_by_role("button", name="I studied this")).to_be_disabled()

    question.get_by_role("button", name="Answer", exact=True).click()
    answer = question.get_by_label("Your answer")
    expect(answer).to_be_focused()
    answer.press("Control+Enter")
    expect(question.get_by_text("Please fill this in.")).to_be_visible()
    answer.fill("So that no word is unknown: rare ones are split.")
    shoot(page, "parts/review")
    answer.press("Control+Enter")
    expect(page.locator(".learner .bubble").last).to_contain_text("rare ones are split")
    expect(question.get_by_role("button", name="Show the answer")).to_be_disabled()
    page.get_by_role("button", name="Good").click()
    expect(page.locator(".recap[data-tone=success]").last).to_contain_text("next review")
    expect(page.get_by_role("button", name="Easy")).to_be_disabled()
    shoot(page, "parts/rated")


def test_the_settings_form_changes_the_page_s_language(page: Page, shoot: Shoot) -> None:
    say(page, "/settings")
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Language").select_option("bg")
    shoot(page, "parts/settings")
    page.get_by_label("Review hour").press("Enter")
    expect(page.locator(".recap[data-tone=success]")).to_contain_text("запазени")
    expect(page.locator("#line")).to_have_attribute(
        "placeholder", "Попитай за записките си или въведи / за команда"
    )
    expect(page.locator("html")).to_have_attribute("lang", "bg")
    # The form may be used again.
    expect(page.get_by_role("button", name="Change")).to_be_enabled()


def test_a_form_can_be_cancelled(page: Page) -> None:
    say(page, "/settings")
    page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("form.fields")).to_have_count(0)
    expect(page.get_by_role("button", name="Change")).to_be_focused()


def test_a_reload_keeps_history_buttons_and_the_draft(page: Page) -> None:
    say(page, "/learn tokenizers")
    expect(page.get_by_role("button", name="I studied this")).to_be_visible()
    page.locator("#line").fill("half a thou")
    page.reload()
    expect(page.locator("#line")).to_have_value("half a thou")
    expect(page.locator(".learner .bubble")).to_have_text("/learn tokenizers")
    page.get_by_role("button", name="I studied this").click()
    expect(page.locator(".recap[data-tone=question]")).to_be_visible()


def test_a_restart_of_the_server_is_survived_in_the_open_page(
    context: BrowserContext, serve: Callable[[int], WebServer], script: ScriptedCore
) -> None:
    with serve(0) as first:
        page = context.new_page()
        page.goto(first.url)
        say(page, "/learn tokenizers")
        expect(page.get_by_role("button", name="I studied this")).to_be_visible()
        port = int(first.url.rpartition(":")[2])
    expect(page.locator("#banner")).to_contain_text("Trying again")
    say(page, "said in between")
    expect(page.locator(".unsent")).to_contain_text("can't be reached")
    script.queue(script.turns[0].place, "review:1", script.question(late=True))
    with serve(port):
        expect(page.locator("#banner")).to_be_hidden(timeout=15_000)
        expect(page.locator(".unsent")).to_have_count(0)
        expect(page.locator(".recap[data-tone=answer]")).to_have_count(1)
        expect(page.locator(".recap[data-tone=question]")).to_have_count(1)
        page.get_by_role("button", name="I studied this").click()
        expect(page.locator(".recap[data-tone=success]")).to_be_visible()
        assert [turn.did.text for turn in script.turns if hasattr(turn.did, "text")] == [
            "/learn tokenizers",
            "said in between",
        ]


def test_two_tabs_show_the_same(page: Page, context: BrowserContext, server: WebServer) -> None:
    other = context.new_page()
    other.goto(server.url)
    expect(other.locator("#welcome .action").first).to_be_visible()
    say(page, "/help")
    expect(other.locator(".learner .bubble")).to_have_text("/help")
    expect(other.locator(".recap table")).to_be_visible()
    expect(other.locator("#welcome")).to_be_hidden()


def test_the_title_counts_what_came_while_one_looked_elsewhere(page: Page, script: ScriptedCore) -> None:
    say(page, "/help")
    expect(page.locator(".recap table")).to_be_visible()
    page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")
    script.queue(script.turns[0].place, "review:1", script.question(late=False))
    expect(page).to_have_title("(1) Recap")
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title("Recap")


def test_a_pill_tells_of_new_messages_below_and_older_ones_load_above(
    page: Page, script: ScriptedCore
) -> None:
    script.answers["hello"] = Reply("A few lines.\n\n" * 6)
    for number in range(24):
        say(page, "hello")
        expect(page.locator(".recap .prose")).to_have_count(number + 1)
    page.reload()
    expect(page.locator(".message")).to_have_count(40)
    page.locator("#scroll").evaluate("element => element.scrollTo(0, 0)")
    expect(page.locator(".message")).to_have_count(48)
    script.queue(script.turns[0].place, "review:1", script.question(late=False))
    expect(page.locator("#pill")).to_be_visible()
    page.locator("#pill").click()
    expect(page.locator(".recap[data-tone=question]")).to_be_in_viewport()
    expect(page.locator("#pill")).to_be_hidden()


def test_shift_enter_breaks_the_line_and_arrow_up_recalls(page: Page) -> None:
    line = page.locator("#line")
    line.press_sequentially("one")
    line.press("Shift+Enter")
    line.press_sequentially("two")
    expect(line).to_have_value("one\ntwo")
    line.press("Enter")
    expect(page.locator(".learner .bubble")).to_have_text("one\ntwo")
    expect(line).to_have_value("")
    say(page, "three")
    expect(page.locator(".recap .prose")).to_have_count(2)
    line.press("ArrowUp")
    expect(line).to_have_value("three")
    line.press("ArrowUp")
    expect(line).to_have_value("one\ntwo")
    line.press("ArrowDown")
    line.press("ArrowDown")
    expect(line).to_have_value("")


def test_a_megabyte_is_refused_where_it_was_typed(page: Page, script: ScriptedCore) -> None:
    page.locator("#line").evaluate(
        "(line) => { line.value = 'x'.repeat(1000000); line.dispatchEvent(new Event('input')) }"
    )
    page.locator("#line").press("Enter")
    expect(page.locator("#refusal")).to_contain_text("at most 20000 characters")
    assert script.turns == []


def test_markup_from_anywhere_stays_text(page: Page, script: ScriptedCore) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\"> <script>document.title='owned'</script>"
    script.answers[evil] = Reply(
        f"{evil} [x](javascript:alert(1)) \u202egnp.exe @everyone " + "w" * 5000, "error"
    )
    say(page, evil)
    expect(page.locator(".learner .bubble")).to_have_text(evil)
    expect(page.locator(".recap .prose")).to_contain_text("onerror")
    expect(page).to_have_title("Recap")
    assert page.locator(".message img, .message script, .message a").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_theme_can_be_switched_and_stays(page: Page, shoot: Shoot) -> None:
    say(page, "What is a tokenizer?")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.locator(".recap .prose .cite").first.click()
    expect(page.locator("#panel .quoted").first).to_be_visible()
    shoot(page, "parts/dark")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_a_phone_shows_the_chat_without_scrolling_sideways(page: Page, shoot: Shoot) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    shoot(page, "parts/phone-welcome")
    say(page, "What is a tokenizer?")
    expect(page.locator(".recap .prose")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".recap .prose .cite").first.click()
    expect(page.locator("#panel .quoted").first).to_be_in_viewport()
    box = page.locator("#panel").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 375)
    shoot(page, "parts/phone")
    page.locator("#panel-close").click()
    expect(page.locator("#panel")).to_be_hidden()


def test_the_keyboard_reaches_everything(page: Page) -> None:
    say(page, "What is a tokenizer?")
    expect(page.locator(".recap .prose")).to_be_visible()
    reached = set()
    page.locator("body").press("Tab")
    for _ in range(30):
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
        page.keyboard.press("Tab")
    assert {"skip", "theme", "cite", "line", "slash"} <= reached
    for element in page.locator("button:visible, textarea:visible").all():
        assert element.evaluate(
            "element => (element.ariaLabel || element.textContent || element.placeholder).trim()"
        )


@pytest.mark.parametrize(("locale", "word"), [("bg-BG", "Попитай"), ("zh-CN", "笔记"), ("fr-FR", "Ask")])
def test_the_page_speaks_the_browser_s_language(
    context: BrowserContext, server: WebServer, locale: str, word: str
) -> None:
    browser = context.browser
    assert browser is not None
    with browser.new_context(locale=locale) as abroad:
        page = abroad.new_page()
        page.goto(server.url)
        expect(page.locator("#line")).to_have_attribute("placeholder", re.compile(word))


def test_the_first_page_greets(page: Page, shoot: Shoot) -> None:
    expect(page.locator("#welcome")).to_contain_text("Hello, I'm Recap.")
    expect(page.locator("#line")).to_be_focused()
    shoot(page, "parts/welcome")
    page.locator("#welcome").get_by_role("button", name="Show the notes").click()
    expect(page.locator(".recap[data-tone=note]")).to_be_visible()
    expect(page.locator("#welcome")).to_be_hidden()
