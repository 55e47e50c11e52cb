"""A Slack of one's own on the loopback: Web API, Socket Mode and signed requests, for unmodified clients.

    with SlackServer(clock) as server:               # or the fixture `slack_server`
        ada = server.person("Ada", locale="bg-BG")
        study = server.channel("study", ada)         # the bot joins on `server.invite(study)`
        ...                                          # start the bot with bot_token, app_token, api_url
        server.connected()                           # or server.http_to("http://127.0.0.1:8000/slack/events")
        asked = server.command(ada, study, "/ask", "What is a token?")
        answer = asked.answered()                    # waits until the answer stands there
        assert "token" in answer.shown
        passage = server.press(ada, answer, label="Show passage").answered()
        assert passage.ephemeral_to is ada and passage not in server.messages(study, viewer=bob)

It runs in a thread of its own. A test acts in its own thread: every act returns at once, every wait
(`timeout` in real seconds) ends with the event it waits for, or with an AssertionError. Slack's time (3 s to
acknowledge, 3 s for a trigger, 30 min of a response URL, tokens, tiers, timestamps) is the injected clock's;
real time is for sockets only. A `ts` is the clock's moment, a microsecond later than the one before.

Addresses   `api_url` (http://127.0.0.1:PORT/api/), `authorize_url`, `base`; `bot_token`, `app_token`,
            `signing_secret`, `client_id`, `client_secret`.
Transport   Socket Mode as soon as a client connects; `http_to(url)` from then on sends signed requests there,
            `hang_up()` none any more. `http.timeout` are the real seconds that a request may take.
Building    `person`, `channel`, `invite`, `leave`, `dm`, `between` (people without the bot), `usergroup`,
            `workspace`, `install`, `deactivate`, `archive`, `delete_channel`, `delete_message`,
            `take_scopes`, `uninstall`, `revoke` (places.py). `app` is the application as its owner set it up;
            `app.configure(manifest)` takes it from a manifest, from then on nothing undeclared can be typed.
Acting      `command`, `press`, `choose`, `suggest`, `submit`, `close`, `shortcut`, `say`, `mention`, `edit`,
            `open_home`, `open_assistant`, `move_assistant`, `redeliver` (acting.py), `authorize` (consent to
            the installation). They raise `CannotDo` for what Slack's client wouldn't offer: a button that
            isn't there, a command in a thread, an empty field that must be filled in.
Invocation  `.acknowledged()`, `.answered()`, `.followed_up(n)`, `.updated()` (the message of the button),
            `.opened()` (the modal), `.errors()` (at the fields of a form), `.options()` wait and give the
            result; `.took` real seconds to the acknowledgement, `.ack` what stood in it, `.late`, `.acks`,
            `.deliveries`, `.status`, `.failed`, `.views`, `.messages`, `.hook.uses`, `.hook.refused`.
Message     `.text .blocks .shown .buttons() .elements .pings .ephemeral_to .thread_ts .metadata .files .edits
            .deleted .streaming .parts .by_url .user .ts .events` (world.py). `.text` is the fallback text,
            `.shown` what is read in the blocks.
View        `.title .blocks .shown .buttons() .elements .body .open .edits .previous`.
Seeing      `messages(channel, viewer=user)`, `last(channel)`, `by_bot(channel)`, `home(user)`,
            `status(channel, thread)`; waits: `said(channel, count)`, `message(channel, containing)`,
            `published(user)`, `wait(predicate)`, `connected()`, `disconnected()`, `requested(method, count)`.
Record      `requests` (number, method, args, content_type, token, status, answer, error), `refusals`,
            `invocations` (everything the app was told), `unacknowledged`, `socket.frames`, `socket.connects`.
Faults      `faults.add("chat.postMessage", 429, retry_after=1)`, also 503, `"reset"`, `"reset after"`,
            `"hang"`, or one of Slack's words (`"channel_not_found"`); `times=None` for ever, `served=True`:
            done all the same; methods are patterns, and `response_url`, `upload`, `download` are among them;
            `faults.clear()`; a fault counts its `.hits`. `rates.enforce()` puts Slack's tiers in force,
            `rates.limit(method, 2, per=0.2)` one of the test's own.
Socket      `disconnect("warning" | "refresh_requested" | "link_disabled")`, `kill_sockets()`,
            `freeze_sockets()` (zombies), `refuse_sockets()`. What wasn't acknowledged goes out on the next
            connection: events with the next retry number, commands and buttons within 3 s of the clock. A
            command while nobody is connected is `.failed` at once.
Again       `redeliver(invocation or message)`; `tick()` sends what is due again by the clock: events that
            were not acknowledged within 3 s, at once, after a minute, after five. `replay(invocation)` sends
            the very same signed request again; `post(...)` any request, well or badly signed;
            `verify_url()` the challenge of the settings page.
Files       The message of an upload appears a moment after `files.completeUploadExternal` was answered; with
            `server.desk.share_at_once = False` only when `share_files()` is called.
Crashes     Requests are numbered from 1. `steps.before(n, kill=pid)`, `steps.after(n, kill=pid)`, or with
            a function to call, which may raise `Stopped` (steps.py): then nothing is answered.
            `next_number` is the number of the next request.
Violations  Every request, and every answer and payload of the double's own, is judged by Slack's published
            descriptions where those lie beside the checkout, and always by slack_sdk's models and by the
            limits that they don't hold. What is wrong stands in `violations`; `violations.check()` fails for
            each that nobody expected, and the fixture calls it. `violations.expect("pattern")`, or
            `with violations.expected("pattern"):`. Used-up response URLs, expired triggers, missing scopes
            and channels that the bot isn't in are refusals only, no violations.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from knowledge.clock import Clock, SystemClock
from tests.doubles.slack.acting import Acts
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.doing import Upload
from tests.doubles.slack.doors import Doors, consent
from tests.doubles.slack.errors import CannotDo
from tests.doubles.slack.http import Answer, Caller
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.rest import Rest
from tests.doubles.slack.seeing import Seeing
from tests.doubles.slack.socket import Socket
from tests.doubles.slack.world import User

__all__ = ["CannotDo", "SlackServer", "Upload"]


class SlackServer(Acts, Seeing):
    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(Desk(clock or SystemClock()))
        self.clock = self.world.clock
        self.app = self.desk.app
        self.faults = self.desk.faults
        self.steps = self.desk.steps
        self.rates = self.desk.rates
        self.violations = self.desk.violations
        self.socket = Socket(self.desk)
        self.desk.new_link = self.socket.ticket
        self._loop: asyncio.AbstractEventLoop
        self._stopping: asyncio.Event
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slack-server")
        self._failure: BaseException | None = None

    # Running

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001  raised again where the server is waited for
            self._failure = failure
        finally:
            self._listening.set()

    async def _serve(self) -> None:
        self._loop = self.desk.post.loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        application = web.Application(client_max_size=64 * 2**20)
        for part in (Rest(self.desk), Doors(self.desk), self.socket):
            application.add_routes(part.routes())
        runner = web.AppRunner(application, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.desk.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._listening.set()
        await self._stopping.wait()
        await self.desk.post.close()
        await runner.cleanup()

    def __enter__(self) -> SlackServer:
        self._thread.start()
        assert self._listening.wait(10), "the server did not start"
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def stop(self) -> None:
        self.faults.clear()
        with self.world.lock:
            self.socket.kill()
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the server did not stop"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base(self) -> str:
        return self.desk.base

    @property
    def api_url(self) -> str:
        return f"{self.desk.base}/api/"

    @property
    def authorize_url(self) -> str:
        """Where a browser is sent to agree to the installation."""
        return f"{self.desk.base}/oauth/v2/authorize"

    @property
    def bot_token(self) -> str:
        return self._bot_token.value

    @property
    def app_token(self) -> str:
        return self._app_token.value

    @property
    def signing_secret(self) -> str:
        return self.app.signing_secret

    @property
    def client_id(self) -> str:
        return self.app.client_id

    @property
    def client_secret(self) -> str:
        return self.app.client_secret

    @property
    def requests(self) -> list[Request]:
        with self.world.lock:
            return list(self.desk.requests)

    @property
    def refusals(self) -> list[Request]:
        return [each for each in self.requests if (each.status or 0) >= 400 or each.error]

    # Installing

    def authorize(self, url: str, user: User, *, approve: bool = True) -> str:
        """A person follows a link to Slack's page of consent and agrees, or doesn't; gives the address that
        his browser is led to.
        """
        with self.world.lock:
            return consent(self.desk, dict(parse_qsl(urlsplit(url).query)), user.id, approve=approve)

    # Slack calls the app

    def http_to(
        self,
        url: str,
        *,
        commands: str = "",
        interactivity: str = "",
        now: Callable[[], float] | None = None,
    ) -> None:
        """Everything goes as signed requests to `url` from now on, commands and interactions to their own
        where given. `now`: what requests are dated with, for apps that read the system's clock
        (`time.time`); the injected clock otherwise.
        """
        dated = now or (lambda: self.clock.now().timestamp())
        with self.world.lock:
            self.desk.post.caller = Caller(
                url, commands or url, interactivity or url, self.signing_secret, dated
            )

    @property
    def http(self) -> Caller:
        """How requests are sent; `http_to` comes before."""
        assert self.desk.post.caller is not None, "no address was given with http_to"
        return self.desk.post.caller

    def post(
        self,
        body: str,
        content_type: str = "application/json",
        *,
        url: str = "",
        at: int | None = None,
        secret: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10,
    ) -> Answer:
        """Any request; `at`: the seconds it is dated with, `secret`: what it is signed with instead of the
        app's, `headers`: over those that it would have (None as a value isn't needed: give all).
        """
        caller = self.http
        sent = {"Content-Type": content_type, **caller.sign(body, at, secret), **(headers or {})}
        work = caller.post(url or caller.events, body, sent)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def replay(self, invocation: Invocation, timeout: float = 10) -> Answer:
        """The very same request again, with its signature and its date."""
        first = next(
            each.answer
            for each in self.desk.post.deliveries
            if each.invocation is invocation and each.answer is not None
        )
        work = self.http.post(first.url, first.body, first.sent)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def verify_url(self) -> Answer:
        """The challenge that Slack's settings page sends when an address is entered; the text of the answer
        holds it again.
        """
        token, challenge = self.app.verification_token, f"{time.perf_counter_ns():x}"
        body = f'{{"token": "{token}", "challenge": "{challenge}", "type": "url_verification"}}'
        answer = self.post(body)
        assert challenge in answer.text or answer.status != 200, f"the challenge is missing: {answer}"
        return answer
