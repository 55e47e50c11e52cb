"""assistant.threads.*: the assistant pane."""

from __future__ import annotations

from tests.doubles.slack import limits
from tests.doubles.slack.access import known
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError, Misuse
from tests.doubles.slack.routing import method
from tests.doubles.slack.world import Channel, Json


@method("assistant.threads.setStatus", "assistant:write", "chat:write")
def set_status(desk: Desk, request: Request) -> Json:
    channel, thread = _thread(desk, request)
    status = {
        "thread_ts": thread,
        "status": str(request.args.get("status") or ""),
        "loading_messages": list(request.args.get("loading_messages") or []),
    }
    channel.status_log.append(status)
    if status["status"]:
        channel.statuses[thread] = status
    else:
        channel.statuses.pop(thread, None)
    desk.world.changed()
    return {}


@method("assistant.threads.setTitle", "assistant:write")
def set_title(desk: Desk, request: Request) -> Json:
    channel, thread = _thread(desk, request)
    pane = desk.panes.get((channel.id, thread))
    if pane is not None:
        pane.title = str(request.args.get("title") or "")
    desk.world.changed()
    return {}


@method("assistant.threads.setSuggestedPrompts", "assistant:write")
def set_prompts(desk: Desk, request: Request) -> Json:
    channel, thread = _thread(desk, request)
    prompts = list(request.args.get("prompts") or [])
    if not 0 < len(prompts) <= limits.PROMPTS:
        raise Misuse("invalid_arguments", f"prompts: 1 to {limits.PROMPTS}")
    if any(
        not isinstance(each, dict) or not each.get("title") or not each.get("message") for each in prompts
    ):
        raise Misuse("invalid_arguments", "prompts: each has a title and a message")
    pane = desk.panes.get((channel.id, thread))
    if pane is not None:
        pane.prompts, pane.prompts_title = prompts, str(request.args.get("title") or "")
    desk.world.changed()
    return {}


def _thread(desk: Desk, request: Request) -> tuple[Channel, str]:
    channel = known(desk, request, str(request.args.get("channel_id") or ""))
    thread = str(request.args.get("thread_ts") or "")
    if not thread and request.method.endswith("setSuggestedPrompts"):
        return channel, next((ts for id_, ts in desk.panes if id_ == channel.id), "")
    if thread not in channel.messages:
        raise ApiError("thread_not_found")
    return channel, thread
