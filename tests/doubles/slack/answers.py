"""What an acknowledgement does: a command's answer, a form that closes, changes or shows errors."""

from __future__ import annotations

from tests.doubles.slack import doors, limits, writing
from tests.doubles.slack.api_views import depth
from tests.doubles.slack.desk import Desk
from tests.doubles.slack.errors import ApiError, Misuse
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.world import Json, View


def take(desk: Desk, invocation: Invocation) -> None:
    """Called once, when an acknowledgement came in time."""
    said = invocation.ack
    try:
        if invocation.kind == "command" and said:
            _message(desk, invocation, {"text": said} if isinstance(said, str) else said)
        elif invocation.kind == "submit" and invocation.view is not None:
            _form(desk, invocation, invocation.view, said if isinstance(said, dict) else {})
        elif invocation.kind == "suggest":
            _options(said)
    except ApiError as error:
        desk.violations.add(f"the acknowledgement of {invocation}: {error}")


def _message(desk: Desk, invocation: Invocation, body: Json) -> None:
    body = {key: value for key, value in body.items() if value is not None}
    unknown = set(body) - doors.KEYS
    if unknown:
        raise Misuse("invalid_payload", f"unknown keys {sorted(unknown)}")
    if not body.get("text") and not body.get("blocks"):
        return
    writing.judge(desk, body, total=False)
    assert invocation.hook is not None
    doors.answer(desk, invocation.hook, body)


def _form(desk: Desk, invocation: Invocation, view: View, said: Json) -> None:
    action = said.get("response_action")
    if not said:
        writing.close_views(view)
    elif action == "clear":
        writing.close_views(view, all_of_them=True)
    elif action == "errors":
        _errors(view, said.get("errors"))
    elif action == "update":
        body = writing.judge_view(desk, said.get("view"))
        writing.change_view(desk, view, body)
        invocation.views.append(view)
    elif action == "push":
        if depth(view) >= limits.MODALS:
            raise Misuse("push_limit_reached", "three modals lie on one another already")
        body = writing.judge_view(desk, said.get("view"))
        invocation.views.append(writing.new_view(desk, view.user, body, previous=view))
    else:
        raise Misuse("invalid_payload", f"response_action {action!r}")


def _errors(view: View, errors: object) -> None:
    fields = {each["block_id"] for each in view.blocks if each["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise Misuse("invalid_payload", "errors: none")
    if unknown := set(errors) - fields:
        raise Misuse("invalid_payload", f"errors at {sorted(unknown)}, which are no input blocks of the form")
    if not all(isinstance(each, str) and each for each in errors.values()):
        raise Misuse("invalid_payload", "errors: each is a text")


def _options(said: object) -> None:
    if not isinstance(said, dict) or not ({"options", "option_groups"} & set(said)):
        raise Misuse("invalid_payload", "a menu wants options or option_groups")
    groups = said.get("option_groups") or [said]
    if any(len(group.get("options", [])) > 100 for group in groups):
        raise Misuse("invalid_payload", "more than 100 options")
    for option in [each for group in groups for each in group.get("options", [])]:
        if not 0 < len(option["text"]["text"]) <= 75 or not 0 < len(option["value"]) <= 150:
            raise Misuse("invalid_payload", f"an option of the wrong length: {option['value']!r:.60}")
