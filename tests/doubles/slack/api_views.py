"""views.*: modals and App Home."""

from __future__ import annotations

from tests.doubles.slack import limits, wire, writing
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError, Misuse
from tests.doubles.slack.routing import method
from tests.doubles.slack.world import Json, View


@method("views.open")
def open_view(desk: Desk, request: Request) -> Json:
    body = _modal(desk, request)
    invocation = writing.spend_trigger(desk, str(request.args.get("trigger_id")))
    view = writing.new_view(desk, invocation.user, body)
    invocation.views.append(view)
    return {"view": wire.view(view, desk.app.id)}


@method("views.push")
def push(desk: Desk, request: Request) -> Json:
    body = _modal(desk, request)
    invocation = writing.spend_trigger(desk, str(request.args.get("trigger_id")))
    below = invocation.view
    if below is None or not below.open:
        raise ApiError("not_found")
    if depth(below) >= limits.MODALS:
        raise ApiError("push_limit_reached")
    view = writing.new_view(desk, invocation.user, body, previous=below)
    invocation.views.append(view)
    return {"view": wire.view(view, desk.app.id)}


@method("views.update")
def update(desk: Desk, request: Request) -> Json:
    view = _found(desk, request)
    if view.body["type"] == "home":
        raise ApiError("not_found")
    body = _modal(desk, request)
    if request.args.get("hash") and request.args["hash"] != view.hash:
        raise ApiError("hash_conflict")
    if not view.open:
        raise ApiError("not_found")
    writing.change_view(desk, view, body)
    return {"view": wire.view(view, desk.app.id)}


@method("views.publish")
def publish(desk: Desk, request: Request) -> Json:
    user = desk.world.users.get(str(request.args.get("user_id")))
    if user is None or user.team is not request.team or user.bot:
        raise ApiError("invalid_arguments", response_metadata={"messages": ["[ERROR] user_id"]})
    body = writing.judge_view(desk, request.args.get("view"))
    if body.get("type") != "home":
        raise Misuse("invalid_arguments", "view/type: a home is published, nothing else")
    view = desk.world.homes.get(user.id)
    if view is None:
        view = desk.world.homes[user.id] = writing.new_view(desk, user, body)
    else:
        if request.args.get("hash") and request.args["hash"] != view.hash:
            raise ApiError("hash_conflict")
        writing.change_view(desk, view, body)
    return {"view": wire.view(view, desk.app.id)}


def depth(view: View) -> int:
    count, below = 1, view.previous
    while below is not None:
        count, below = count + 1, below.previous
    return count


def _modal(desk: Desk, request: Request) -> Json:
    body = writing.judge_view(desk, request.args.get("view"))
    if body.get("type") != "modal":
        raise Misuse("invalid_arguments", "view/type: a modal is opened, nothing else")
    return body


def _found(desk: Desk, request: Request) -> View:
    id_, external = request.args.get("view_id"), request.args.get("external_id")
    for view in desk.world.views.values():
        if view.team is request.team and (
            view.id == id_ or (external and view.body.get("external_id") == external)
        ):
            return view
    raise ApiError("not_found")
