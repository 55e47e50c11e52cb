"""Slack's published descriptions as judges of requests, answers and of what the app is told.

`Contract.load()` gives None where the descriptions are not beside the checkout; then they judge nothing.

The description of the Web API ended in 2020. SINCE lists what came later, each with why it is right; answers
and payloads are compared with the keys of recorded samples besides.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.doubles.slack.contract_since import (
    ANSWERS_SINCE,
    ARGUMENTS_SINCE,
    EVERYWHERE,
    METHODS_SINCE,
    PAYLOADS_SINCE,
)
from tests.doubles.slack.world import Json

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "contracts" / "slack"
OPEN = ("blocks", "values", "event_payload", "metadata", "shares", "attachments", "icons", "options")
"""Below these keys anything may stand, or something that is judged by itself."""

SAMPLES = {
    "command": "slash-commands/SlashCommandPayload",
    "block_actions": "interactive-components/BlockActionPayload",
    "message_action": "interactive-components/MessageShortcutPayload",
    "view_submission": "views/ViewSubmissionPayload",
    "view_closed": "views/ViewClosedPayload",
}
EVENTS = {
    "app_home_opened": "AppHomeOpenedPayload",
    "app_mention": "AppMentionPayload",
    "app_uninstalled": "AppUninstalledPayload",
    "member_joined_channel": "MemberJoinedChannelPayload",
    "message": "MessagePayload",
    "message/bot_message": "MessageBotPayload",
    "message/message_changed": "MessageChangedPayload",
    "message/message_deleted": "MessageDeletedPayload",
    "reaction_added": "ReactionAddedPayload",
    "tokens_revoked": "TokensRevokedPayload",
}


class Contract:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.web = _read(folder / "slack_web_openapi_v2.json")
        kit = _read(folder / "blockkit.schema.json")
        # Documented, and in slack_sdk's models: where the numbers of a list begin.
        kit["definitions"]["RichTextList"]["properties"]["offset"] = {"type": "integer", "minimum": 0}
        self._kit = {
            name: jsonschema_rs.Draft7Validator({**kit, "$ref": f"#/definitions/{name}"})
            for name in ("MessageBlocks", "SlackModalView", "SlackHomeView")
        }
        wrapper = _read(folder / "slack_common_event_wrapper_schema.json")
        # `authorizations` took its place in 2020; Slack sends the old list no more.
        wrapper["required"].remove("authed_users")
        # Neither event carries one.
        wrapper["properties"]["event"]["required"].remove("event_ts")
        self._wrapper = jsonschema_rs.Draft7Validator(wrapper)
        self._answers: dict[str, Any] = {}
        self._samples: dict[str, Any] = {}

    @staticmethod
    @functools.cache
    def load() -> Contract | None:
        """The one contract of the process; None where it is not there."""
        return Contract(FOLDER) if (FOLDER / "slack_web_openapi_v2.json").is_file() else None

    def of_request(self, method: str, args: Json) -> list[str]:
        """What is wrong with the arguments of a request; [] if nothing."""
        declared = self._declared(method)
        if declared is None:
            return [f"{method} is no method of the description, nor one of those since"]
        problems = [
            f"argument {name} is missing"
            for name, (_, needed) in declared.items()
            if needed and args.get(name) in (None, "") and name != "token"
        ]
        for name, value in args.items():
            if name not in declared and name != "token":
                problems.append(f"argument {name} is unknown")
            elif name != "token" and not _fits(value, declared[name][0]):
                problems.append(f"argument {name}: {value!r:.80} is no {declared[name][0]}")
        return problems

    def _declared(self, method: str) -> dict[str, tuple[str, bool]] | None:
        """Arguments of a method: their types, and whether they are needed."""
        since = {name: (kind, False) for name, kind, _ in (*EVERYWHERE, *ARGUMENTS_SINCE.get(method, ()))}
        path = self.web["paths"].get(f"/{method}")
        if path is not None:
            operation = next(iter(path.values()))
            old = {
                each["name"]: (each["type"], each.get("required", False)) for each in operation["parameters"]
            }
            return old | since
        if method in METHODS_SINCE:
            return since | {name: (kind, needed) for name, kind, needed in METHODS_SINCE[method][1]}
        return None

    def of_answer(self, method: str, body: Json) -> list[str]:
        """What is wrong with the double's own answer."""
        if not body.get("ok"):
            return [] if isinstance(body.get("error"), str) else ["a refusal without a word"]
        problems = []
        if f"/{method}" in self.web["paths"]:
            validator = self._answers.get(method)
            if validator is None:
                validator = self._answers[method] = self._answer_of(method)
            problems += _errors(validator, body)
        return problems + self._unlike(f"api/{method}", body, ANSWERS_SINCE.get(method, {}))

    def _answer_of(self, method: str) -> Any:
        operation = next(iter(self.web["paths"][f"/{method}"].values()))
        schema = _opened(operation["responses"]["200"].get("schema", {}))
        definitions = _opened(self.web["definitions"])
        # Metadata, streams and assistants came later; blocks are judged by their own description.
        definitions["blocks"] = {"type": "array"}
        if method == "chat.update":
            # Described as an object, which they never were.
            schema["properties"]["message"]["properties"]["blocks"] = {"type": "array"}
        if method == "conversations.history":
            # As described, every channel has messages and pins; what isn't there is left out.
            schema["required"] = ["ok", "messages"]
            del schema["properties"]["messages"]["minItems"]
        return jsonschema_rs.Draft4Validator({**schema, "definitions": definitions})

    def of_blocks(self, blocks: list[Json]) -> list[str]:
        """What is wrong with the blocks of a message by Block Kit's description."""
        return _errors(self._kit["MessageBlocks"], blocks)

    def of_view(self, view: Json) -> list[str]:
        return _errors(self._kit["SlackHomeView" if view.get("type") == "home" else "SlackModalView"], view)

    def of_payload(self, kind: str, way: str, payload: Json) -> list[str]:
        """What is wrong with what the app is told."""
        if way != "events_api":
            name = SAMPLES.get(payload.get("type", kind))
            return (
                []
                if name is None
                else self._unlike(f"app-backend/{name}", payload, PAYLOADS_SINCE.get(kind, {}))
            )
        event = payload["event"]
        name = f"{event['type']}/{event['subtype']}" if "subtype" in event else event["type"]
        problems = _errors(self._wrapper, payload)
        if name in EVENTS:
            problems += self._unlike(f"events/{EVENTS[name]}", payload, PAYLOADS_SINCE.get(name, {}))
        return problems

    def _unlike(self, sample: str, body: Json, since: dict[str, str]) -> list[str]:
        """Keys that the recorded sample doesn't have."""
        recorded = self._sample(sample)
        if recorded is None:
            return []
        return [f"{path}: not in {sample}" for path in _strangers(body, recorded, "") if path not in since]

    def _sample(self, name: str) -> Any:
        if name not in self._samples:
            path = self._folder / "java-slack-sdk" / "samples" / f"{name}.json"
            self._samples[name] = _read(path) if path.is_file() else None
        return self._samples[name]


def _read(path: Path) -> Json:
    read: Json = json.loads(path.read_text(encoding="utf-8"))
    return read


def _errors(validator: Any, value: Any) -> list[str]:
    problems: list[str] = []
    for error in validator.iter_errors(value):
        problems += _explain(error)
        if len(problems) >= 6:
            break
    return problems


def _explain(error: Any, depth: int = 0) -> list[str]:
    """Of a union, what the branch says whose `type` fits, else the branch that came farthest."""
    branches = [branch for branch in getattr(error.kind, "context", None) or [] if branch]
    if branches and depth < 8:
        here = len(error.instance_path)

        def misfit(branch: Any) -> tuple[bool, int, int]:
            paths = [list(each.instance_path) for each in branch]
            of_type = any(path[here:] == ["type"] for path in paths)
            return of_type, len(paths), -max(map(len, paths))

        return [each for inner in min(branches, key=misfit) for each in _explain(inner, depth + 1)]
    path = "/".join(map(str, error.instance_path)) or "the whole"
    said = error.message
    return [f"{path}: {said if len(said) < 300 else '... ' + said[-200:]}"]


def _fits(value: Any, kind: str) -> bool:
    """Whether a value, from JSON or from a form, can stand for the type."""
    if kind == "boolean":
        return isinstance(value, bool) or str(value).lower() in ("true", "false", "0", "1")
    if kind == "integer":
        return not isinstance(value, bool) and str(value).lstrip("-").isdigit()
    if kind == "number":
        return not isinstance(value, bool) and str(value).replace(".", "", 1).isdigit()
    if kind in ("array", "object"):
        return isinstance(value, list if kind == "array" else dict)
    # Arguments that hold JSON are texts in forms, and come as they are in JSON.
    return isinstance(value, str | list | dict | bool)


def _opened(node: Any) -> Any:
    """A copy in which objects may hold more keys than were known in 2020."""
    if isinstance(node, dict):
        return {key: _opened(value) for key, value in node.items() if key != "additionalProperties"}
    return [_opened(each) for each in node] if isinstance(node, list) else node


def _strangers(value: Any, sample: Any, path: str) -> list[str]:
    if isinstance(value, dict) and isinstance(sample, dict):
        found = [f"{path}{key}" for key in value if key not in sample and key not in OPEN]
        for key in value.keys() & sample.keys():
            if key not in OPEN:
                found += _strangers(value[key], sample[key], f"{path}{key}.")
        return sorted(found)
    if isinstance(value, list) and isinstance(sample, list) and sample:
        merged: Any = sample[0]
        if isinstance(merged, dict):
            merged = {key: each for one in sample if isinstance(one, dict) for key, each in one.items()}
        return sorted({one for each in value for one in _strangers(each, merged, f"{path}")})
    return []
