"""A small bot on the real slack_bolt, for the tests of the loopback Slack."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack_server import SlackServer

Json = dict[str, Any]


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": words(label), "action_id": action_id, "value": action_id, **more}


def options(*values: str) -> list[Json]:
    return [{"text": words(value), "value": value} for value in values]


MENU = {"type": "static_select", "action_id": "pick", "options": options("a", "b"), "placeholder": words("?")}
CARD = [
    section("a card"),
    {"type": "actions", "elements": [button("Hint", "hint"), button("Answer", "answer"), MENU]},
]
FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": words("Good"), "value": "good"},
            "negative_button": {"text": words("Bad"), "value": "bad"},
        }
    ],
}


def form(title: str = "Answer") -> Json:
    field = {"type": "plain_text_input", "action_id": "text", "multiline": True}
    topic = {
        "type": "external_select",
        "action_id": "topic",
        "min_query_length": 1,
        "placeholder": words("?"),
    }
    blocks = [
        {"type": "input", "block_id": "answer", "label": words("Your answer"), "element": field},
        {"type": "input", "block_id": "topic", "label": words("Topic"), "element": topic, "optional": True},
    ]
    view = {"type": "modal", "callback_id": "form", "title": words(title), "submit": words("Send")}
    return {**view, "blocks": blocks, "notify_on_close": True, "private_metadata": "kept"}


class Bot:
    """`events` is what it heard, in order: kind and what it was about."""

    def __init__(self, server: SlackServer) -> None:
        self.events: list[tuple[str, Any]] = []
        self.news = threading.Condition()
        client = AsyncWebClient(token=server.bot_token, base_url=server.api_url)
        self.client = client
        self.app = app = AsyncApp(client=client, signing_secret=server.signing_secret)
        app.command("/ask")(self.ask)
        app.command("/form")(self.form)
        app.command("/quiet")(self.quiet)
        app.command("/short")(self.short)
        app.action("hint")(self.hint)
        app.action("answer")(self.form)
        app.action("pick")(self.pick)
        app.action("feedback")(self.feedback)
        app.options("topic")(self.topics)
        app.view("form")(self.submitted)
        app.view_closed("form")(self.closed)
        app.shortcut("about")(self.about)
        app.shortcut("quiz")(self.form)
        app.event("message")(self.message)
        app.event("app_mention")(self.mention)
        app.event("app_home_opened")(self.home)
        app.event("assistant_thread_started")(self.assistant)
        for kind in ("member_joined_channel", "app_uninstalled", "tokens_revoked", "channel_left"):
            app.event(kind)(self.heard_of)
        app.event("assistant_thread_context_changed")(self.heard_of)
        app.error(self.failed)

    def tell(self, kind: str, about: Any = None) -> None:
        with self.news:
            self.events.append((kind, about))
            self.news.notify_all()

    def heard(self, kind: str, of: Callable[[Any], bool] = lambda what: True, timeout: float = 20) -> Any:
        """Waits for an event of that kind, and gives the latest."""

        def found() -> list[Any]:
            return [what for each, what in self.events if each == kind and of(what)]

        with self.news:
            assert self.news.wait_for(found, timeout), f"no {kind} among {self.events}"
            return found()[-1]

    async def ask(self, ack: Any, command: Json, respond: Any) -> None:
        await ack()
        shown = command["text"].upper()
        await respond(text=shown, blocks=[section(shown), *CARD], response_type="in_channel")

    async def quiet(self, ack: Any, command: Json) -> None:
        """Answers in the acknowledgement."""
        await ack(f"quietly: {command['text']}")

    async def short(self, ack: Any, respond: Any) -> None:
        """Says more through the response URL than it takes."""
        await ack()
        answers = [await respond(text=f"number {number}") for number in range(6)]
        self.tell("responded", [answer.status_code for answer in answers])

    async def form(self, ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        try:
            opened = await client.views_open(trigger_id=body["trigger_id"], view=form())
            self.tell("opened", opened["view"]["id"])
        except SlackApiError as error:
            self.tell("refused", error.response["error"])

    async def hint(self, ack: Any, body: Json, respond: Any) -> None:
        await ack()
        if "message" in body:
            await respond(text="a hint", blocks=[section("a hint"), *CARD[1:]], replace_original=True)
        else:
            await respond(text="a private hint", replace_original=True)

    async def pick(self, ack: Any, action: Json, respond: Any) -> None:
        await ack()
        await respond(text=f"picked {action['selected_option']['value']}", replace_original=False)

    async def feedback(self, ack: Any, action: Json) -> None:
        await ack()
        self.tell("feedback", action["value"])

    async def topics(self, ack: Any, payload: Json) -> None:
        await ack(options=options(*(f"{payload['value']}{number}" for number in range(3))))

    async def submitted(self, ack: Any, view: Json, body: Json, client: AsyncWebClient) -> None:
        said = view["state"]["values"]["answer"]["text"]["value"]
        if said == "more":
            await ack(response_action="push", view=form("More"))
        elif said == "else":
            await ack(response_action="update", view=form("Else"))
        elif said == "enough":
            await ack(response_action="clear")
        elif len(said) < 2:
            await ack(response_action="errors", errors={"answer": "too short"})
        else:
            await ack()
            await client.chat_postMessage(channel=body["user"]["id"], text=f"You said {said}")

    async def closed(self, ack: Any, view: Json) -> None:
        await ack()
        self.tell("closed", view["callback_id"])

    async def about(self, ack: Any, shortcut: Json, respond: Any) -> None:
        await ack()
        await respond(text=f"about: {shortcut['message']['text']}")

    async def message(self, event: Json, say: Any, client: AsyncWebClient, request: Any) -> None:
        retry = request.headers.get("x-slack-retry-num", ["0"])[0]
        self.tell("message", event.get("text"))
        self.tell("try", retry)
        if event.get("bot_id") or event.get("subtype") not in (None, "file_share"):
            return
        if event.get("files"):
            url = event["files"][0]["url_private_download"]
            self.tell("file", await self.download(client, url))
        if event["channel_type"] == "im":
            if event.get("thread_ts"):
                await self.stream(event, client)
            else:
                await say(text=f"hi {event['text']}")

    async def stream(self, event: Json, client: AsyncWebClient) -> None:
        where = {"channel": event["channel"], "thread_ts": event["thread_ts"]}
        await client.assistant_threads_setStatus(
            channel_id=event["channel"], thread_ts=event["thread_ts"], status="is reading ..."
        )
        begun = await client.chat_startStream(**where, markdown_text="one ")
        await client.chat_appendStream(channel=event["channel"], ts=begun["ts"], markdown_text="two ")
        await client.chat_stopStream(
            channel=event["channel"], ts=begun["ts"], markdown_text="three", blocks=[FEEDBACK]
        )

    @staticmethod
    async def download(client: AsyncWebClient, url: str) -> bytes:
        headers = {"Authorization": f"Bearer {client.token}"}
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.get(url, headers=headers) as got,
        ):
            return await got.read()

    async def mention(self, event: Json, say: Any) -> None:
        self.tell("mention", event["text"])
        await say(text="you called?", thread_ts=event.get("thread_ts", event["ts"]))

    async def home(self, event: Json, client: AsyncWebClient) -> None:
        blocks = [section("your home"), {"type": "actions", "elements": [button("Quiz", "answer")]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    async def assistant(self, event: Json, client: AsyncWebClient) -> None:
        thread = event["assistant_thread"]
        where = {"channel_id": thread["channel_id"], "thread_ts": thread["thread_ts"]}
        prompts = [{"title": "Quiz me", "message": "Ask me a question"}]
        await client.assistant_threads_setSuggestedPrompts(**where, prompts=prompts, title="Try")
        await client.assistant_threads_setTitle(**where, title="A lesson")

    async def heard_of(self, event: Json) -> None:
        self.tell(event["type"], event)

    async def failed(self, error: Exception) -> None:
        self.tell("error", str(error))
