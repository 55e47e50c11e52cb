"""A browser, and the chat in front of it."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.platforms.web.options import WebOptions
from jobs.outbox import Outbox
from knowledge.clock import SystemClock
from knowledge.store import Database
from tests.doubles.scripted_core import ScriptedCore
from tests.doubles.web_server import WebServer
from tests.partners import missing

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)
COURSE = "Transformers in practice"


@pytest.fixture(scope="session")
def chromium() -> Iterator[tuple[Browser, AbstractEventLoop]]:
    """The browser of all tests, and the loop that Playwright speaks to it on."""
    if not CHROMIUM.exists():
        missing("browser", f"there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def browser(chromium: tuple[Browser, AbstractEventLoop]) -> Iterator[Browser]:
    """The same, in one test.

    Playwright's loop lives in a greenlet of this thread and counts as running whenever nobody waits for the
    browser, so that nothing else could run a loop here: it does so in the tests of the browser alone.
    """
    browser, loop = chromium
    asyncio._set_running_loop(loop)
    yield browser
    asyncio._set_running_loop(None)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A person's browser. What its pages log as an error fails the test, lost connections aside."""
    context = browser.new_context(
        viewport={"width": 1180, "height": 820}, locale="en-GB", timezone_id="Europe/Sofia"
    )
    context.set_default_timeout(8000)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    wrong: list[str] = []
    context.on(
        "console",
        lambda message: (
            wrong.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    yield context
    context.close()
    assert wrong == []


@pytest.fixture
def store(prepared_sqlite_url: str) -> Iterator[Database]:
    database = Database(prepared_sqlite_url)
    yield database
    database.dispose()


@pytest.fixture
def script(store: Database) -> ScriptedCore:
    return ScriptedCore(store, Outbox(store, SystemClock(), "script"), SystemClock())


@pytest.fixture
def serve(store: Database, script: ScriptedCore) -> Callable[[int], WebServer]:
    """Makes a server at a port (0: any), with the state that the one before left."""
    clock = SystemClock()

    def at(port: int) -> WebServer:
        # An outbox of the server's own that subscribes the drain, like after a restart.
        return WebServer(script, store, script.outbox, clock, WebOptions(port=port, course=COURSE))

    return at


@pytest.fixture
def server(serve: Callable[[int], WebServer]) -> Iterator[WebServer]:
    with serve(0) as server:
        yield server


@pytest.fixture
def page(server: WebServer, context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("#welcome .action")
    return page


@pytest.fixture
def shoot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Writes a screenshot where `--screenshots` says, else nothing."""
    folder = request.config.getoption("--screenshots")

    def shoot(page: Page, name: str) -> None:
        if folder:
            page.wait_for_timeout(450)  # the end of a transition, for the picture only
            page.screenshot(path=Path(folder) / f"{name}.png")  # makes the folder

    return shoot
