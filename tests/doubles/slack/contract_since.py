"""What Slack has and its description of 2020 lacks: the allow-list, with a reason beside each entry.

Types are those of the description: string (JSON in a form counts), boolean, integer, number, array, object.
"""

from __future__ import annotations

Argument = tuple[str, str, str]
Argument_ = tuple[str, str, bool]

_STREAM = "streamed messages came in 2025 (slack_sdk chat_startStream and its like)"
_METADATA = ("metadata", "object", "message metadata came in 2022")
_MARKDOWN = ("markdown_text", "string", "markdown_text came in 2025")
EVERYWHERE: tuple[Argument, ...] = (
    (
        "team_id",
        "string",
        "for tokens of an organisation, since 2021; Bolt sends it with what it asks by itself",
    ),
)
"""Arguments that every method takes."""

ARGUMENTS_SINCE: dict[str, tuple[Argument, ...]] = {
    "chat.postMessage": (_METADATA, _MARKDOWN, ("container_id", "string", "slack_sdk has it since 3.3")),
    "chat.update": (
        _METADATA,
        _MARKDOWN,
        ("file_ids", "array", "files of a message can be changed since 2021"),
        ("reply_broadcast", "boolean", "documented since 2021"),
    ),
    "chat.delete": (("ts", "string", "described as a number, which loses its last digits"),),
    "chat.postEphemeral": (_MARKDOWN,),
    "conversations.history": (
        ("include_all_metadata", "boolean", "reads message metadata, 2022"),
        ("latest", "string", "described as a number, which loses its last digits"),
        ("oldest", "string", "described as a number, which loses its last digits"),
    ),
    "conversations.replies": (
        ("include_all_metadata", "boolean", "reads message metadata, 2022"),
        ("ts", "string", "described as a number, which loses its last digits"),
        ("latest", "string", "described as a number, which loses its last digits"),
        ("oldest", "string", "described as a number, which loses its last digits"),
    ),
    "conversations.open": (("prevent_creation", "boolean", "documented since 2021"),),
    "oauth.v2.access": (
        ("code", "string", "not needed beside a refresh token"),
        ("code", "string", "left out where a token is renewed, 2021"),
        ("grant_type", "string", "token rotation came in 2021"),
        ("refresh_token", "string", "token rotation came in 2021"),
    ),
    "views.open": (("interactivity_pointer", "string", "workflow steps, 2023"),),
    "views.push": (("interactivity_pointer", "string", "workflow steps, 2023"),),
}
"""Arguments beside those described: name, type, why."""

METHODS_SINCE: dict[str, tuple[str, tuple[Argument_, ...]]] = {
    "apps.connections.open": ("Socket Mode came in 2021", ()),
    "files.getUploadURLExternal": (
        "took the place of files.upload in 2024",
        (
            ("filename", "string", True),
            ("length", "integer", True),
            ("alt_txt", "string", False),
            ("snippet_type", "string", False),
        ),
    ),
    "files.completeUploadExternal": (
        "took the place of files.upload in 2024",
        (
            ("files", "array", True),
            ("channel_id", "string", False),
            ("channels", "string", False),
            ("initial_comment", "string", False),
            ("thread_ts", "string", False),
            ("blocks", "array", False),
        ),
    ),
    "chat.startStream": (
        _STREAM,
        (
            ("channel", "string", True),
            ("thread_ts", "string", True),
            ("markdown_text", "string", False),
            ("recipient_team_id", "string", False),
            ("recipient_user_id", "string", False),
            ("chunks", "array", False),
            ("task_display_mode", "string", False),
            ("icon_emoji", "string", False),
            ("icon_url", "string", False),
            ("username", "string", False),
        ),
    ),
    "chat.appendStream": (
        _STREAM,
        (
            ("channel", "string", True),
            ("ts", "string", True),
            ("markdown_text", "string", False),
            ("chunks", "array", False),
        ),
    ),
    "chat.stopStream": (
        _STREAM,
        (
            ("channel", "string", True),
            ("ts", "string", True),
            ("markdown_text", "string", False),
            ("chunks", "array", False),
            ("blocks", "array", False),
            ("metadata", "object", False),
            ("session_status", "string", False),
        ),
    ),
    "assistant.threads.setStatus": (
        "apps with an assistant came in 2024",
        (
            ("channel_id", "string", True),
            ("thread_ts", "string", True),
            ("status", "string", False),
            ("loading_messages", "array", False),
            ("icon_emoji", "string", False),
            ("icon_url", "string", False),
            ("username", "string", False),
        ),
    ),
    "assistant.threads.setTitle": (
        "apps with an assistant came in 2024",
        (("channel_id", "string", True), ("thread_ts", "string", True), ("title", "string", True)),
    ),
    "assistant.threads.setSuggestedPrompts": (
        "apps with an assistant came in 2024",
        (
            ("channel_id", "string", True),
            ("thread_ts", "string", False),
            ("title", "string", False),
            ("prompts", "array", True),
        ),
    ),
}
"""Whole methods: why, and their arguments with type and whether they are needed."""

ANSWERS_SINCE: dict[str, dict[str, str]] = {
    "files.completeUploadExternal": {"files.alt_txt": "the alternative text given with the upload"},
}
"""Keys of the double's answers that no recorded sample has: path, why."""

PAYLOADS_SINCE: dict[str, dict[str, str]] = {
    "press": {"actions.selected_options": "of checkboxes, and of menus of which several can be chosen"},
    "submit": {"response_urls": "documented; the sample's form has no conversation to respond to"},
    "message": {
        "event.app_id": "stands in messages of apps",
        "event.subtype": "has samples of its own for some subtypes only",
    },
    "message/message_changed": {
        "event.message.files": "stands in messages with files",
        "event.message.display_as_bot": "stands in messages with files",
        "event.previous_message.files": "stands in messages with files",
        "event.message.app_id": "stands in messages of apps",
        "event.previous_message.app_id": "stands in messages of apps",
        "event.message.reply_users": "stands in messages with a thread",
        "event.previous_message.reply_users": "stands in messages with a thread",
    },
    "message/message_deleted": {
        "event.previous_message.app_id": "stands in messages of apps",
        "event.previous_message.files": "stands in messages with files",
    },
    "app_mention": {"event.parent_user_id": "stands in replies of threads"},
    "app_uninstalled": {"event.event_ts": "stands in every event"},
    "tokens_revoked": {"event.event_ts": "stands in every event"},
}
"""The same of what the app is told, by the kind of invocation or the type of the event."""
