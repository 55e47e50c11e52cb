"""The HTTP side: takes a request in, records and judges it, lets it be served, judges the answer."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from aiohttp import web

from tests.doubles.slack import (
    api_app,
    api_assistant,
    api_chat,
    api_files,
    api_people,
    api_places,
    api_streams,
    api_views,
)
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError, Misuse
from tests.doubles.slack.faults import AFTER_RESET, HANG, RESET, Fault
from tests.doubles.slack.routing import ROUTES
from tests.doubles.slack.tokens import Token
from tests.doubles.slack.world import Json
from tests.doubles.steps import Stopped

HANDLERS = (api_app, api_assistant, api_chat, api_files, api_people, api_places, api_streams, api_views)
"""Imported for the methods that they declare."""
IN_FORMS = [
    "attachments",
    "blocks",
    "chunks",
    "file_ids",
    "files",
    "loading_messages",
    "metadata",
    "prompts",
    "view",
]
"""Arguments that are JSON within a form."""


class Rest:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/{method}", self.serve), web.post("/api/{method}", self.serve)]

    async def serve(self, incoming: web.Request) -> web.StreamResponse:
        args, problem = await _arguments(incoming)
        return await serve(self._desk, incoming, incoming.match_info["method"], args, problem)


async def serve(
    desk: Desk, incoming: web.Request, name: str, args: Json, problem: str = ""
) -> web.StreamResponse:
    """One request to the Web API."""
    request = take_in(desk, incoming, name, args)
    try:
        desk.steps.reach(request.number, "before")
        fault = desk.faults.take(name)
        if fault is not None:
            request.failed_by = str(fault.kind)
            if not fault.served and fault.kind != AFTER_RESET:
                return await fail(desk, incoming, request, fault)
        with desk.world.lock:
            status, body, headers = _answer(desk, request, problem)
        desk.steps.reach(request.number, "after")
    except Stopped:
        return broken(incoming)
    if fault is not None:
        return await fail(desk, incoming, request, fault)
    if desk.contract is not None and status == 200:
        for each in desk.contract.of_answer(name, body):
            desk.violations.add(f"the double's answer to {request}: {each}")
    finished(desk, request, status, body)
    if desk.sharings and desk.share_at_once:
        asyncio.get_running_loop().call_later(0.01, _share, desk)
    return _json(status, body, headers)


def take_in(desk: Desk, incoming: web.Request, name: str, args: Json, data: bytes = b"") -> Request:
    with desk.world.lock:
        request = Request(
            number=len(desk.requests) + 1,
            method=name,
            args=args,
            content_type=incoming.content_type if incoming.body_exists else "",
            authorization=incoming.headers.get("Authorization", ""),
            path=incoming.path,
            data=data,
        )
        desk.requests.append(request)
        desk.world.lock.notify_all()
    return request


def finished(desk: Desk, request: Request, status: int, answer: Any) -> None:
    with desk.world.lock:
        request.status, request.answer = status, answer
        desk.world.lock.notify_all()


def _share(desk: Desk) -> None:
    with desk.world.lock:
        api_files.share(desk)


def _answer(desk: Desk, request: Request, problem: str) -> tuple[int, Json, dict[str, str]]:
    headers: dict[str, str] = {}
    try:
        if problem:
            raise Misuse(problem, "the body can't be read")
        if request.method not in ROUTES:
            raise Misuse("unknown_method", "the double doesn't serve this")
        route = ROUTES[request.method]
        if route.by != "none":
            request.token = _token(desk, request, route.by)
            headers["X-OAuth-Scopes"] = ",".join(sorted(request.token.scopes))
        team = request.token.team.id if request.token and request.token.team else ""
        wait = desk.rates.count(request.method, team, str(request.args.get("channel") or ""))
        if wait is not None:
            return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)}
        if desk.contract is not None:
            problems = desk.contract.of_request(request.method, request.args)
            if problems:
                raise Misuse("invalid_arguments", *problems)
        if route.scopes:
            request.need(*route.scopes)
        return 200, {"ok": True, **route.handler(desk, request)}, headers
    except Misuse as error:
        desk.violations.add(f"{request}: {error}")
        return 200, error.body(), headers
    except ApiError as error:
        return 200, error.body(), headers


def _token(desk: Desk, request: Request, kind: str) -> Token:
    value = request.authorization.removeprefix("Bearer ") or str(request.args.get("token") or "")
    token = desk.tokens.find(value)
    if (token.team is None) != (kind == "app"):
        raise ApiError("not_allowed_token_type")
    return token


async def fail(desk: Desk, incoming: web.Request, request: Request, fault: Fault) -> web.StreamResponse:
    """The answer of a fault, or none."""
    if fault.kind in (RESET, AFTER_RESET):
        return broken(incoming)
    if fault.kind == HANG:
        await asyncio.to_thread(fault.done.wait)
        return broken(incoming)
    if isinstance(fault.kind, str):
        body: Json = {"ok": False, "error": fault.kind}
        finished(desk, request, 200, body)
        return _json(200, body, {})
    if fault.kind == 429:
        body = {"ok": False, "error": "ratelimited"}
        finished(desk, request, 429, body)
        return _json(429, body, {"Retry-After": str(fault.retry_after)})
    finished(desk, request, fault.kind, None)
    return web.Response(status=fault.kind, text="upstream connect error")


def broken(incoming: web.Request) -> web.Response:
    """Cuts the connection; what is returned goes nowhere."""
    if incoming.transport is not None:
        incoming.transport.abort()
    return web.Response(status=500)


def _json(status: int, body: Json, headers: dict[str, str]) -> web.Response:
    more = {"X-Slack-Req-Id": secrets.token_hex(16), "Content-Type": "application/json; charset=utf-8"}
    return web.Response(status=status, body=json.dumps(body).encode(), headers={**more, **headers})


async def _arguments(incoming: web.Request) -> tuple[Json, str]:
    """The arguments of query and body, and Slack's word for a body that can't be read."""
    args: Json = dict(incoming.query)
    if incoming.content_type == "application/json" and incoming.can_read_body:
        try:
            body = json.loads(await incoming.text())
        except ValueError:
            return args, "invalid_json"
        if not isinstance(body, dict):
            return args, "json_not_object"
        args |= body
    elif incoming.can_read_body:
        args |= {key: value for key, value in (await incoming.post()).items() if isinstance(value, str)}
    for key in IN_FORMS:
        if isinstance(args.get(key), str):
            try:
                args[key] = json.loads(args[key]) if args[key] else None
            except ValueError:
                return args, f"invalid_{key}"
    return {key: value for key, value in args.items() if value is not None}, ""
