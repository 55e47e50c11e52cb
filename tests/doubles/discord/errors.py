"""The answers that are no success, with Discord's own numbers."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An error answer: HTTP status, Discord's code, its words, and field errors."""

    def __init__(self, status: int, code: int, message: str, errors: Any = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        return body if self.errors is None else {**body, "errors": self.errors}


class Misuse(ApiError):
    """What no correct client does; recorded as a violation besides being refused."""


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def unknown_channel() -> ApiError:
    return ApiError(404, 10003, "Unknown Channel")


def unknown_guild() -> ApiError:
    return ApiError(404, 10004, "Unknown Guild")


def unknown_member() -> ApiError:
    return ApiError(404, 10007, "Unknown Member")


def unknown_message() -> ApiError:
    return ApiError(404, 10008, "Unknown Message")


def unknown_user() -> ApiError:
    return ApiError(404, 10013, "Unknown User")


def unknown_webhook() -> ApiError:
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    return ApiError(404, 10062, "Unknown interaction")


def unknown_command() -> ApiError:
    return ApiError(404, 10063, "Unknown application command")


def already_acknowledged() -> ApiError:
    return Misuse(400, 40060, "Interaction has already been acknowledged.")


def too_many_followups() -> ApiError:
    return ApiError(400, 40094, "This interaction has reached the maximum number of follow up messages")


def missing_access() -> ApiError:
    return ApiError(403, 50001, "Missing Access")


def not_the_author() -> ApiError:
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    return Misuse(400, 50006, "Cannot send an empty message")


def closed_dm() -> ApiError:
    return ApiError(403, 50007, "Cannot send messages to this user")


def missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


def invalid_webhook_token() -> ApiError:
    return ApiError(401, 50027, "Invalid Webhook Token")


def invalid_recipient() -> ApiError:
    return ApiError(400, 50033, "Invalid Recipient(s)")


def invalid_form(field: str, problem: str) -> ApiError:
    errors: Any = {"_errors": [{"code": "DOUBLE_LIMIT", "message": problem}]}
    for step in reversed(field.split(".")):
        errors = {step: errors}
    return Misuse(400, 50035, "Invalid Form Body", errors)


def invalid_json() -> ApiError:
    return Misuse(400, 50109, "The request body contains invalid JSON.")


def archived_thread() -> ApiError:
    return ApiError(400, 50083, "Thread is archived")


def no_read_history() -> ApiError:
    return ApiError(400, 160002, "Cannot reply without permission to read message history")
