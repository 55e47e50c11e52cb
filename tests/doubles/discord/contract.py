"""Discord's published descriptions as judges of requests, answers and events.

`Contract.load()` gives None where the descriptions are not beside the checkout; nothing is judged then.

Discord's objects are open: an unknown key passes unnoticed. What only requests use is closed here, so that a
misspelt key is found. CLOSED_BUT lists the keys that a client may send although the description lacks them.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.doubles.discord.world import Json

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "contracts" / "discord"
REST = "https://contract.invalid/openapi.json"
GATEWAY = "https://contract.invalid/gateway.json"

INTEGER = {"type": "integer"}
COMMAND_REQUEST = r"ApplicationCommand(Create|Update|Patch)Request(Partial)?"
MESSAGE_REQUEST = r".*Webhook\w*|MessageEditRequestPartial|.*CallbackRequest\w*"
CLOSED_BUT: tuple[tuple[str, str, Json, str], ...] = (
    (COMMAND_REQUEST, "nsfw", {"type": ["boolean", "null"]}, "documented for commands; discord.py sends it"),
    ("RichEmbed", "flags", INTEGER, "an embed that was read and is sent back carries it"),
    (MESSAGE_REQUEST, "tts", {"const": False}, "discord.py sends the default with every message"),
    (MESSAGE_REQUEST, "enforce_nonce", {"const": False}, "discord.js does; only true would have a meaning"),
    ("CreateTextThreadWithMessageRequest", "type", {"enum": [10, 11]}, "discord.js says what follows anyhow"),
)
"""Pattern of a schema's whole name, key, what it may hold, why."""

EVENTS = {
    "READY": "Ready",
    "GUILD_CREATE": "GuildCreate",
    "MESSAGE_CREATE": "MessageCreate",
    "MESSAGE_UPDATE": "Message",
    "CHANNEL_CREATE": "APIChannel",
    "CHANNEL_UPDATE": "APIChannel",
    "CHANNEL_DELETE": "APIChannel",
    "THREAD_CREATE": "APIChannel",
    "THREAD_UPDATE": "APIChannel",
}
INTERACTIONS = {
    3: "ComponentInteraction",
    4: "AutocompleteInteraction",
    5: "ModalInteraction",
}


class Contract:
    def __init__(self, rest: Json, gateway: Json) -> None:
        self.rest = rest
        _harden(rest)
        documents = [(REST, rest)]
        self._rest = jsonschema_rs.Registry(documents, draft=jsonschema_rs.Draft202012)
        self._gateway = jsonschema_rs.Registry([(GATEWAY, gateway)], draft=jsonschema_rs.Draft7)
        self._validators: dict[str, Any] = {}
        self._routes = sorted(
            ((template.count("{"), _pattern(template), template) for template in rest["paths"]),
            key=lambda route: route[0],
        )

    @staticmethod
    @functools.cache
    def load() -> Contract | None:
        """The one contract of the process; None where it is not there."""
        if not (FOLDER / "openapi.json").is_file():
            return None
        rest = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))
        gateway = json.loads((FOLDER / "gateway-events.schema.json").read_text(encoding="utf-8"))
        return Contract(rest, gateway)

    def find(self, method: str, path: str) -> tuple[str, Json, dict[str, str]] | None:
        """Template, operation and path parameters; literal segments win over placeholders."""
        for _, pattern, template in self._routes:
            match = pattern.fullmatch(path)
            if match and method.lower() in self.rest["paths"][template]:
                return template, self.rest["paths"][template][method.lower()], match.groupdict()
        return None

    def of_request(
        self, method: str, path: str, query: Mapping[str, str], content_type: str, body: Any
    ) -> list[str]:
        """What is wrong with a request; [] if nothing."""
        found = self.find(method, path)
        if found is None:
            return ["no such operation in the description"]
        template, operation, given = found
        base = f"/paths/{_escape(template)}"
        problems = self._of_parameters(template, operation, method.lower(), given, query)
        content = operation.get("requestBody", {}).get("content")
        if body is None:
            if operation.get("requestBody", {}).get("required"):
                problems.append("the body is missing")
        elif content is None:
            problems.append("a body where none belongs")
        elif content_type not in content:
            problems.append(f"content type {content_type!r} is none of {list(content)}")
        else:
            pointer = f"{base}/{method.lower()}/requestBody/content/{_escape(content_type)}/schema"
            problems += self._errors(REST, pointer, body)
        return problems

    def _of_parameters(
        self, template: str, operation: Json, method: str, given: Mapping[str, str], query: Mapping[str, str]
    ) -> list[str]:
        problems: list[str] = []
        item = self.rest["paths"][template]
        base = f"/paths/{_escape(template)}"
        declared: set[str] = set()
        for where, parameters in (
            (f"{base}/parameters", item.get("parameters", [])),
            (f"{base}/{method}/parameters", operation.get("parameters", [])),
        ):
            for index, parameter in enumerate(parameters):
                name = parameter["name"]
                if parameter["in"] == "query":
                    declared.add(name)
                value = given.get(name) if parameter["in"] == "path" else query.get(name)
                if value is None:
                    if parameter.get("required"):
                        problems.append(f"parameter {name} is missing")
                    continue
                tries = [self._errors(REST, f"{where}/{index}/schema", each) for each in _readings(value)]
                if all(tries):
                    problems.append(f"parameter {name}={value!r}: {tries[0][0]}")
        return problems + [f"parameter {name} is unknown" for name in query if name not in declared]

    def of_answer(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with the double's own answer."""
        found = self.find(method, path)
        if found is None:
            return []
        template, operation, _ = found
        answers = operation["responses"]
        key = next((key for key in (str(status), f"{status // 100}XX") if key in answers), None)
        if key is None:
            return [] if status >= 500 else [f"status {status} is none of {list(answers)}"]
        base = f"/paths/{_escape(template)}/{method.lower()}/responses/{key}"
        answer = answers[key]
        if "$ref" in answer:
            base = answer["$ref"].removeprefix("#")
            answer = self.rest["components"]["responses"][base.rsplit("/", 1)[1]]
        if "application/json" not in answer.get("content", {}):
            return [] if body is None else ["a body where none belongs"]
        return self._errors(REST, f"{base}/content/application~1json/schema", body)

    def of_event(self, event: str, data: Json) -> list[str]:
        """What is wrong with a dispatch of the double's own."""
        name = EVENTS.get(event)
        if event == "INTERACTION_CREATE":
            chat_input = data["type"] == 2 and data["data"]["type"] == 1
            name = "SlashCommandInteraction" if chat_input else INTERACTIONS.get(data["type"])
        return [] if name is None else self._errors(GATEWAY, f"/definitions/{name}", data)

    def of_hello(self, frame: Json) -> list[str]:
        return self._errors(GATEWAY, "/definitions/Hello", frame)

    def _errors(self, document: str, pointer: str, value: Any) -> list[str]:
        key = f"{document}#{pointer}"
        if key not in self._validators:
            newer = document == REST
            kind = jsonschema_rs.Draft202012Validator if newer else jsonschema_rs.Draft7Validator
            registry = self._rest if newer else self._gateway
            self._validators[key] = kind({"$ref": key}, registry=registry, validate_formats=True)
        problems: list[str] = []
        for error in self._validators[key].iter_errors(value):
            problems += _explain(error)
            if len(problems) >= 6:
                break
        return problems


def _explain(error: Any, depth: int = 0) -> list[str]:
    """Of a union, what the branch says whose `type` fits, else the branch that came farthest."""
    branches = [branch for branch in getattr(error.kind, "context", None) or [] if branch]
    if branches and depth < 8:
        here = len(error.instance_path)

        def misfit(branch: Iterable[Any]) -> tuple[bool, int, int]:
            paths = [list(each.instance_path) for each in branch]
            of_type = any(path[here:] == ["type"] for path in paths)
            return of_type, len(paths), -max(map(len, paths))

        return [each for inner in min(branches, key=misfit) for each in _explain(inner, depth + 1)]
    path = "/".join(map(str, error.instance_path)) or "the whole"
    return [f"{path}: {error.message[:300]}"]


def _readings(value: str) -> list[Any]:
    """What a query string may stand for."""
    readings: list[Any] = [value]
    if value.lower() in ("true", "false", "1", "0"):
        readings.append(value.lower() in ("true", "1"))
    if re.fullmatch(r"-?\d+", value):
        readings.append(int(value))
    return readings


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)))


def _escape(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _harden(document: Json) -> None:
    schemas: dict[str, Json] = document["components"]["schemas"]
    # Discord takes ids as numbers too, and discord.py sends those of attachments so.
    schemas["SnowflakeType"] = {"anyOf": [schemas["SnowflakeType"], {"type": "integer", "minimum": 0}]}
    # Errors of a field have words for codes (BASE_TYPE_REQUIRED), whatever the description says.
    schemas["InnerErrors"]["properties"]["_errors"]["items"] = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        "required": ["code", "message"],
    }
    for name, schema in schemas.items():
        if re.fullmatch(COMMAND_REQUEST, name):
            # A bit set, which the documentation has as a string; discord.py sends the number.
            bits = schema["properties"]["default_member_permissions"]
            bits["type"] = [*bits["type"], "string"]
    asked: set[str] = set()
    answered: set[str] = set()
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                _reach(operation.get("requestBody"), schemas, asked)
                _reach(operation.get("responses"), schemas, answered)
    for name in asked - answered:
        if "properties" in schemas[name] and "additionalProperties" not in schemas[name]:
            schemas[name]["additionalProperties"] = False
            for pattern, key, allowed, _ in CLOSED_BUT:
                if re.fullmatch(pattern, name):
                    schemas[name]["properties"].setdefault(key, allowed)


def _reach(node: Any, schemas: Mapping[str, Any], into: set[str]) -> None:
    if isinstance(node, dict):
        name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
        if name in schemas and name not in into:
            into.add(name)
            _reach(schemas[name], schemas, into)
        for value in node.values():
            _reach(value, schemas, into)
    elif isinstance(node, list):
        for value in node:
            _reach(value, schemas, into)
