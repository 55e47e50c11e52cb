"""The HTTP side: takes a request in, records and judges it, lets it be served, judges the answer."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from aiohttp import BodyPartReader, web

from tests.doubles.discord import api_application, api_messages, api_places, callbacks
from tests.doubles.discord.desk import Desk, Request, Upload
from tests.doubles.discord.errors import ApiError, Misuse, invalid_json, unauthorized
from tests.doubles.discord.faults import AFTER_RESET, HANG, RESET, Fault
from tests.doubles.discord.rates import Standing
from tests.doubles.discord.routing import ROUTES
from tests.doubles.steps import Stopped

HANDLERS = (api_application, api_messages, api_places, callbacks)
"""Imported for the routes that they declare."""
PREFIX = "/api/v10"
CONTENT_TYPES = ("application/json", "multipart/form-data")
INVALID = object()
"""Stands for a body that is no JSON."""


class Rest:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", PREFIX + "/{tail:.*}", self.serve),
            web.get("/attachments/{channel}/{attachment}/{name}", self.download),
        ]

    async def download(self, incoming: web.Request) -> web.Response:
        with self._desk.world.lock:
            one = self._desk.world.attachments.get(int(incoming.match_info["attachment"]))
        if one is None:
            return web.Response(status=404)
        return web.Response(body=one.data, headers={"Content-Type": one.content_type})

    async def serve(self, incoming: web.Request) -> web.StreamResponse:
        request = await self._take_in(incoming)
        if self._desk.rates.banned:
            # As the network in front of Discord answers: no JSON, and no `Via`.
            return web.Response(status=429, text="error code: 1015", content_type="text/html")
        try:
            self._desk.steps.reach(request.number, "before")
            fault = self._desk.faults.take(request.method, request.path)
            if fault is not None:
                request.failed_by = str(fault.kind)
                if not fault.served and fault.kind != AFTER_RESET:
                    return await self._fail(incoming, request, fault)
            standing, status, body = self._answer(request)
            self._desk.steps.reach(request.number, "after")
        except Stopped:
            return _broken(incoming)
        if fault is not None:
            return await self._fail(incoming, request, fault)
        return self._send(request, standing, status, body)

    async def _take_in(self, incoming: web.Request) -> Request:
        body: Any = None
        files: list[Upload] = []
        if incoming.content_type == "multipart/form-data":
            body, files = await _form(incoming)
        elif incoming.can_read_body:
            raw = await incoming.read()
            try:
                body = json.loads(raw) if raw else None
            except ValueError:
                body = INVALID
        with self._desk.world.lock:
            request = Request(
                number=len(self._desk.requests) + 1,
                method=incoming.method,
                path=incoming.path.removeprefix(PREFIX),
                query=dict(incoming.query),
                content_type=incoming.content_type if incoming.body_exists else "",
                body=body,
                authorization=incoming.headers.get("Authorization"),
                files=files,
            )
            self._desk.requests.append(request)
            self._desk.world.lock.notify_all()
        return request

    async def _fail(self, incoming: web.Request, request: Request, fault: Fault) -> web.StreamResponse:
        if fault.kind in (RESET, AFTER_RESET):
            return _broken(incoming)
        if fault.kind == HANG:
            await asyncio.to_thread(fault.done.wait)
            return _broken(incoming)
        assert isinstance(fault.kind, int)
        status = fault.kind
        if status == 429:
            self_made = Standing(5, 0, fault.retry_after, fault.retry_after, fault.scope == "global")
            return self._send(request, self_made, 429, _slow_down(self_made))
        if status >= 500:
            with self._desk.world.lock:
                request.status = status
                self._desk.world.lock.notify_all()
            return web.Response(status=status, text="upstream connect error", headers={"Via": "1.1 google"})
        error = ApiError(status, fault.code, fault.message or f"{status}: made to fail")
        return self._send(request, Standing(1000, 999, 1.0), status, error.body())

    def _answer(self, request: Request) -> tuple[Standing, int, Any]:
        desk = self._desk
        standing = desk.rates.count(request.method, request.path)
        if standing.wait:
            return standing, 429, _slow_down(standing)
        with desk.world.lock:
            try:
                self._judge(request)
                status, body = self._serve(request)
            except ApiError as error:
                if isinstance(error, Misuse):
                    desk.violations.add(f"{request}: {error} {json.dumps(error.errors or '')[:300]}")
                status, body = error.status, error.body()
        return standing, status, body

    def _judge(self, request: Request) -> None:
        contract = self._desk.contract
        if request.body is INVALID:
            raise invalid_json()
        if request.body is not None and request.content_type not in CONTENT_TYPES:
            raise Misuse(400, 50035, f"Unsupported content type {request.content_type!r}")
        if contract is None:
            return
        problems = contract.of_request(
            request.method, request.path, request.query, request.content_type, request.body
        )
        if problems:
            details = {"_errors": [{"code": "DESCRIPTION", "message": "; ".join(problems)}]}
            raise Misuse(400, 50035, "Invalid Form Body", details)

    def _serve(self, request: Request) -> tuple[int, Any]:
        found = ROUTES.find(request.method, request.path)
        if found is None:
            self._desk.violations.add(f"{request}: the double doesn't serve this")
            raise ApiError(404, 0, "404: Not Found")
        handler, request.parameters, open_to_all = found
        if not open_to_all and request.authorization != f"Bot {self._desk.app.token}":
            raise unauthorized()
        return handler(self._desk, request)

    def _send(self, request: Request, standing: Standing, status: int, body: Any) -> web.Response:
        desk = self._desk
        if desk.contract is not None and request.failed_by is None:
            for problem in desk.contract.of_answer(request.method, request.path, status, body):
                desk.violations.add(f"the double's answer {status} to {request}: {problem}")
        with desk.world.lock:
            request.status, request.answer = status, body
            desk.rates.answered(status)
            desk.world.lock.notify_all()
        headers = {
            "Via": "1.1 google",
            "X-RateLimit-Limit": str(standing.limit),
            "X-RateLimit-Remaining": str(standing.remaining),
            "X-RateLimit-Reset": f"{time.time() + standing.reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{standing.reset_after:.3f}",
            "X-RateLimit-Bucket": _bucket(request),
        }
        if status == 429:
            headers |= {"Retry-After": str(max(1, round(standing.wait)))}
            headers["X-RateLimit-Scope"] = "global" if standing.is_global else "user"
            if standing.is_global:
                headers["X-RateLimit-Global"] = "true"
        if body is None:
            return web.Response(status=status, headers=headers)
        # Clients compare the content type with exactly this: no charset behind it.
        headers["Content-Type"] = "application/json"
        return web.Response(status=status, body=json.dumps(body).encode(), headers=headers)


def _bucket(request: Request) -> str:
    """The same for a route whatever its ids."""
    steps = ["0" if step.isdigit() or len(step) > 40 else step for step in request.path.split("/")]
    return f"{request.method}{'.'.join(steps)}"


def _slow_down(standing: Standing) -> dict[str, Any]:
    return {
        "message": "You are being rate limited.",
        "code": 0,
        "retry_after": round(standing.wait, 3),
        "global": standing.is_global,
    }


def _broken(incoming: web.Request) -> web.Response:
    """Cuts the connection; what is returned goes nowhere."""
    if incoming.transport is not None:
        incoming.transport.abort()
    return web.Response(status=500)


async def _form(incoming: web.Request) -> tuple[Any, list[Upload]]:
    body: Any = {}
    files: list[Upload] = []
    async for part in await incoming.multipart():
        assert isinstance(part, BodyPartReader), "nothing nested"
        name = str(part.name)
        data = bytes(await part.read(decode=False))
        if name == "payload_json":
            body = json.loads(data)
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files.append(Upload(name, str(part.filename), kind, data))
    return body, files
