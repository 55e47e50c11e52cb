"""The web chat's addresses: pages, and the JSON behind them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.core.turn import Person, Where
from bot.platforms.web import attachments
from bot.platforms.web.conversation import PLATFORM, Conversation, Request
from bot.platforms.web.errors import WebError
from bot.platforms.web.history import History, Message, Page
from bot.platforms.web.identity import Identity, Visitor
from bot.platforms.web.markdown import visible
from bot.platforms.web.options import WebOptions
from bot.platforms.web.render import message_json, reply_json, strings
from bot.platforms.web.seam import ChatCore, Mounted
from bot.platforms.web.security import Guard, Tries, error_response, read_json
from bot.platforms.web.streams import EventStream, Streams
from bot.platforms.web.threads import Threads
from knowledge.errors import RecapError

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
MOST_SUGGESTIONS = 12


class Assets(StaticFiles):
    """Static files that a browser keeps but asks about each time, so that an update is seen at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


class Routes:
    """Request in, response out; everything that may block runs in `threads`."""

    def __init__(
        self,
        core: ChatCore,
        history: History,
        conversation: Conversation,
        streams: Streams,
        threads: Threads,
        options: WebOptions,
        ready: Callable[[], bool],
        mounts: Mapping[str, Mounted],
    ) -> None:
        self._core = core
        self._history = history
        self._conversation = conversation
        self._streams = streams
        self._threads = threads
        self._options = options
        self._ready = ready
        self._mounts = mounts
        self._identity = Identity(options)
        self._tries = Tries()

    def application(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/", self.page),
                Route("/api/session", self.session),
                Route("/api/login", self.login, methods=["POST"]),
                Route("/api/turn", self.turn, methods=["POST"]),
                Route("/api/messages", self.messages),
                Route("/api/seen", self.seen, methods=["POST"]),
                Route("/api/events", self.events),
                Route("/api/complete", self.complete),
                Route("/api/passage", self.passage),
                Route("/api/picture/{message:int}/{mark}", self.picture),
                Route("/api/file/{message:int}/{mark}", self.file),
                Route("/healthz", self.health),
                Mount("/static", Assets(directory=STATIC)),
                *(Route(path, mounted) for path, mounted in self._mounts.items()),
            ],
            middleware=[Middleware(Guard, options=self._options, unguarded=frozenset(self._mounts))],
            exception_handlers={RecapError: _told, 404: _missing, 405: _missing, Exception: _failed},
        )

    async def page(self, request: HttpRequest) -> Response:
        """The chat, or the question for the token. `?token=` is exchanged for a cookie."""
        visitor = self._identity.visitor(request)
        token = request.query_params.get("token")
        if token is not None:
            admitted = self._admit(visitor, token) if self._options.exposed else None
            response: Response = RedirectResponse("/", 303)
            self._identity.write(response, admitted or visitor, _secure(request))
            return response
        response = FileResponse(STATIC / ("login.html" if visitor.level == "none" else "index.html"))
        response.headers["cache-control"] = "no-store"
        self._identity.write(response, visitor, _secure(request))
        return response

    async def login(self, request: HttpRequest) -> Response:
        token = (await read_json(request, self._options.max_body)).get("token")
        if not isinstance(token, str):
            raise WebError
        self._tries.check()
        admitted = self._admit(self._identity.visitor(request), token.strip())
        if admitted is None:
            raise WebError("web.error.token", status=403)
        response = JSONResponse({"admin": admitted.level == "admin"})
        self._identity.write(response, admitted, _secure(request))
        return response

    async def session(self, request: HttpRequest) -> Response:
        """Who is there and the page's words in their language."""
        visitor = self._identity.visitor(request)
        person = await self._person(request, visitor)
        language = await self._threads.quick(self._core.language, PLATFORM, person)
        data: dict[str, Any] = {
            "language": language,
            "strings": strings(language),
            "entered": visitor.level != "none",
        }
        if visitor.level != "none":
            welcome = await self._threads.quick(self._core.welcome, person, Where(PLATFORM, visitor.place))
            data |= {
                "admin": person.is_admin,
                "course": self._options.course,
                "max_text": self._options.max_text,
                "unread": await self._threads.quick(self._history.unread, visitor.place),
                "welcome": reply_json(welcome),
            }
        response = JSONResponse(data)
        if visitor.new:
            self._identity.write(response, visitor, _secure(request))
        return response

    async def turn(self, request: HttpRequest) -> Response:
        visitor = self._entered(request)
        data = await read_json(request, self._options.max_body)
        wanted = Request.parse(data, self._options.max_text)
        person = await self._person(request, visitor, localized=False)
        exchange = await self._conversation.take(person, visitor.place, wanted)
        return JSONResponse({"said": message_json(exchange.said), "reply": message_json(exchange.reply)})

    async def messages(self, request: HttpRequest) -> Response:
        visitor = self._entered(request)
        before = _number(request, "before") if "before" in request.query_params else None
        return JSONResponse(await self._threads.quick(self._page, visitor.place, before))

    def _page(self, place: str, before: int | None) -> dict[str, Any]:
        page: Page = self._history.page(place, before)
        return {
            "messages": [message_json(message) for message in page.messages],
            "more": page.more,
            "change": page.change,
            "unread": page.unread,
        }

    async def seen(self, request: HttpRequest) -> Response:
        visitor = self._entered(request)
        message_id = (await read_json(request, self._options.max_body)).get("id")
        if type(message_id) is not int or not 0 <= message_id < 2**31:
            raise WebError
        await self._threads.quick(self._history.see, visitor.place, message_id)
        return Response(status_code=204)

    async def events(self, request: HttpRequest) -> EventStream:
        visitor = self._entered(request)
        last = request.headers.get("last-event-id", "")
        after = int(last) if last.isdecimal() and len(last) < 10 else _number(request, "after")
        place = visitor.place

        async def fetch(after: int) -> list[tuple[int, dict[str, Any]]]:
            return await self._threads.quick(self._changes, place, after)

        return EventStream(self._streams, place, after, fetch)

    def _changes(self, place: str, after: int) -> list[tuple[int, dict[str, Any]]]:
        return [(message.change, message_json(message)) for message in self._history.since(place, after)]

    async def complete(self, request: HttpRequest) -> Response:
        visitor = self._entered(request)
        line = request.query_params.get("line", "")
        if len(line) > 500 or not line.strip():
            return JSONResponse({"suggestions": []})
        person = await self._person(request, visitor)
        found = await self._threads.quick(self._core.complete, person, line, Where(PLATFORM, visitor.place))
        return JSONResponse(
            {
                "suggestions": [
                    {"insert": one.insert, "label": visible(one.label), "detail": visible(one.detail)}
                    for one in found[:MOST_SUGGESTIONS]
                ]
            }
        )

    async def passage(self, request: HttpRequest) -> Response:
        self._entered(request)
        note = request.query_params.get("note", "")[:500]
        start, end = _number(request, "start"), _number(request, "end")
        course = request.query_params.get("course", "")[:64]
        view = await self._threads.quick(self._core.passage, note, start, end, course)
        return JSONResponse(
            {
                "note": view.note,
                "title": visible(view.title),
                "headings": [visible(heading) for heading in view.headings],
                "start": view.start,
                "end": view.end,
                "first_line": view.first_line,
                "lines": [visible(line) for line in view.lines],
            }
        )

    async def picture(self, request: HttpRequest) -> Response:
        """The picture of one of the visitor's own messages."""
        return attachments.picture(await self._message(request), request.path_params["mark"])

    async def file(self, request: HttpRequest) -> Response:
        """A file of one of the visitor's own messages, to be saved."""
        return attachments.file(await self._message(request), request.path_params["mark"])

    async def health(self, request: HttpRequest) -> Response:
        """Whether the chat takes turns, and whether everything behind it is ready."""
        ready = await self._threads.quick(self._ready)
        return JSONResponse({"status": "ready" if ready else "starting"})

    async def _message(self, request: HttpRequest) -> Message | None:
        """The visitor's own message that the address names."""
        visitor = self._entered(request)
        number = request.path_params["message"]
        if number >= 2**31:
            return None
        return await self._threads.quick(self._history.message, visitor.place, number)

    def _entered(self, request: HttpRequest) -> Visitor:
        visitor = self._identity.visitor(request)
        if visitor.new or visitor.level == "none":
            raise WebError("web.error.login", status=401)
        return visitor

    def _admit(self, visitor: Visitor, token: str) -> Visitor | None:
        self._tries.check()
        admitted = self._identity.admit(visitor, token)
        if admitted is None:
            self._tries.wrong()
        return admitted

    async def _person(self, request: HttpRequest, visitor: Visitor, localized: bool = True) -> Person:
        """The person; `localized`: with the language they chose in place of the browser's."""
        person = self._identity.person(request, visitor)
        if not localized:
            return person
        language = await self._threads.quick(self._core.language, PLATFORM, person)
        return person if person.locale.startswith(language) else replace(person, locale=language)


async def _told(request: HttpRequest, error: Exception) -> Response:
    log.info("refused %s: %s", request.url.path, error)
    return error_response(request, error if isinstance(error, RecapError) else WebError())


async def _missing(request: HttpRequest, error: Exception) -> Response:
    return error_response(request, WebError(status=404))


async def _failed(request: HttpRequest, error: Exception) -> Response:
    # Starlette logs it with its traceback; the page gets a sentence.
    return error_response(request, WebError("web.error.internal", status=500))


def _number(request: HttpRequest, name: str) -> int:
    text = request.query_params.get(name, "0")
    if not text.isdecimal() or len(text) > 9:
        raise WebError
    return int(text)


def _secure(request: HttpRequest) -> bool:
    return request.url.scheme == "https"
