"""What isn't the Web API: response URLs, the upload and download of files, the page of consent."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlencode

from aiohttp import web

from tests.doubles.slack import api_app, rest, writing
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError, CannotDo, Misuse
from tests.doubles.slack.faults import AFTER_RESET
from tests.doubles.slack.invocation import Hook
from tests.doubles.slack.world import Json, Message
from tests.doubles.steps import Stopped

KEYS = frozenset(
    [
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "metadata",
        "mrkdwn",
        "link_names",
    ]
)
"""What may stand in what is said through a response URL."""


class Doors:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/{kind:commands|actions|app}/{team}/{key}", self.respond),
            web.post("/upload/v1/{file}", self.upload),
            web.get("/files-pri/{key}/{tail:.*}", self.download),
            web.get("/oauth/v2/authorize", self.authorize),
        ]

    async def respond(self, incoming: web.Request) -> web.StreamResponse:
        data = await incoming.read()
        try:
            body = json.loads(data)
        except ValueError:
            body = {}
        request = rest.take_in(self._desk, incoming, "response_url", body, data)
        hook = self._desk.hooks.get(incoming.match_info["key"])

        def act() -> tuple[int, str]:
            return respond(self._desk, request, hook)

        return await self._guarded(incoming, request, act)

    async def upload(self, incoming: web.Request) -> web.StreamResponse:
        if incoming.content_type == "multipart/form-data":
            form = await incoming.post()
            data = b"".join(each.file.read() for each in form.values() if isinstance(each, web.FileField))
        else:
            data = await incoming.read()
        request = rest.take_in(self._desk, incoming, "upload", {}, data)

        def act() -> tuple[int, str]:
            file = self._desk.world.files.get(incoming.match_info["file"])
            if file is None or file.completed:
                return 404, "file_not_found"
            if len(data) != file.expected:
                self._desk.violations.add(f"{request}: {len(data)} bytes, {file.expected} were announced")
            file.data, file.uploaded = data, True
            return 200, f"OK - {len(data)}"

        return await self._guarded(incoming, request, act)

    async def _guarded(self, incoming: web.Request, request: Request, act: object) -> web.StreamResponse:
        """Serves it, with whatever is to go wrong on purpose."""
        assert callable(act)
        desk = self._desk
        try:
            desk.steps.reach(request.number, "before")
            fault = desk.faults.take(request.method)
            if fault is not None:
                request.failed_by = str(fault.kind)
                if not fault.served and fault.kind != AFTER_RESET:
                    return await rest.fail(desk, incoming, request, fault)
            with desk.world.lock:
                status, text = act()
            desk.steps.reach(request.number, "after")
        except Stopped:
            return rest.broken(incoming)
        if fault is not None:
            return await rest.fail(desk, incoming, request, fault)
        rest.finished(desk, request, status, text)
        return web.Response(status=status, text=text)

    async def download(self, incoming: web.Request) -> web.StreamResponse:
        """A private file; who may not have it is led to the page for signing in, as at Slack."""
        request = rest.take_in(self._desk, incoming, "download", {})
        fault = self._desk.faults.take("download")
        if fault is not None:
            return await rest.fail(self._desk, incoming, request, fault)
        with self._desk.world.lock:
            file = self._desk.world.files.get(incoming.match_info["key"].partition("-")[2])
            try:
                token = self._desk.tokens.find(request.authorization.removeprefix("Bearer "))
            except ApiError:
                token = None
            allowed = token is not None and file is not None and token.team is file.team
            allowed = allowed and token is not None and "files:read" in token.scopes
        rest.finished(self._desk, request, 200 if allowed else 302, None)
        if not allowed or file is None:
            return web.Response(status=302, headers={"Location": f"{self._desk.base}/signin"})
        await asyncio.sleep(0)
        return web.Response(body=file.data, content_type=file.content_type)

    async def authorize(self, incoming: web.Request) -> web.StreamResponse:
        """The page of consent, where the app's owner agrees at once."""
        owner = self._desk.app.owner
        if owner is None:
            return web.Response(status=403, text="nobody is signed in: set `server.app.owner`")
        try:
            with self._desk.world.lock:
                url = consent(self._desk, dict(incoming.query), owner.id, approve=True)
        except CannotDo as problem:
            return web.Response(status=400, text=str(problem))
        return web.Response(status=302, headers={"Location": url})


def consent(desk: Desk, query: Json, user: str, *, approve: bool) -> str:
    """Where the browser is led when somebody agreed (or didn't). CannotDo for what Slack would show as an
    error of its own.
    """
    app = desk.app
    if query.get("client_id") != app.client_id:
        raise CannotDo("Slack knows no app with that client_id")
    redirect = str(query.get("redirect_uri") or (app.redirect_uris[0] if app.redirect_uris else ""))
    if not redirect or (
        app.redirect_uris and not any(redirect.startswith(each) for each in app.redirect_uris)
    ):
        raise CannotDo(f"redirect_uri {redirect!r} is none of {app.redirect_uris}")
    scopes = {each for each in str(query.get("scope") or "").replace(" ", ",").split(",") if each}
    if not scopes or scopes - app.scopes:
        raise CannotDo(f"invalid_scope: {sorted(scopes - app.scopes)}")
    state = {"state": query["state"]} if query.get("state") else {}
    if not approve:
        return f"{redirect}?{urlencode({'error': 'access_denied', **state})}"
    code = api_app.new_code(desk, desk.world.users[user], scopes, redirect)
    return f"{redirect}?{urlencode({'code': code.value, **state})}"


def respond(desk: Desk, request: Request, hook: Hook | None) -> tuple[int, str]:
    """What is said through a response URL; status and text of the answer."""
    if hook is None:
        return 404, json.dumps({"ok": False, "error": "invalid_url"})
    if hook.used_up(desk.world.clock.now()):
        hook.refused += 1
        expired = hook.uses < 5
        return 404, json.dumps({"ok": False, "error": "expired_url" if expired else "used_url"})
    try:
        _say(desk, hook, request.args)
    except ApiError as error:
        if isinstance(error, Misuse):
            desk.violations.add(f"{request}: {error}")
        return (404 if error.error == "message_not_found" else 400), error.error
    hook.uses += 1
    return 200, "ok"


def _say(desk: Desk, hook: Hook, body: Json) -> None:
    unknown = set(body) - KEYS
    if unknown:
        raise Misuse("invalid_payload", f"unknown keys {sorted(unknown)}")
    if body.get("response_type") not in (None, "ephemeral", "in_channel"):
        raise Misuse("invalid_payload", f"response_type {body['response_type']!r}")
    source = hook.invocation.source if hook.invocation.kind == "press" else None
    if body.get("delete_original"):
        if source is None:
            raise Misuse("invalid_payload", "delete_original without an original")
        if source.deleted:
            raise ApiError("message_not_found")
        writing.remove(desk, source)
        return
    writing.judge(desk, body, total=False)
    if body.get("replace_original") and source is not None:
        if source.deleted:
            raise ApiError("message_not_found")
        writing.rewrite(desk, source, body)
        return
    answer(desk, hook, body)


def answer(desk: Desk, hook: Hook, body: Json) -> Message:
    """A new message in answer to an invocation: for that person, or for all."""
    invocation = hook.invocation
    channel = invocation.channel
    if channel is None:
        raise ApiError("channel_not_found")
    only_for = None if body.get("response_type") == "in_channel" else invocation.user
    thread = str(body.get("thread_ts") or "")
    if only_for is not None and not thread and invocation.source is not None:
        thread = invocation.source.thread_ts
    message = writing.write(
        desk, channel, invocation.team.bot, body, thread_ts=thread, only_for=only_for, by_url=True
    )
    invocation.messages.append(message)
    return message
