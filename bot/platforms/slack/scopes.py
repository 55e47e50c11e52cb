"""What the app asks a workspace for, and what it wants to hear of, with a reason each."""

from __future__ import annotations

SCOPES = {
    "app_mentions:read": "to be asked by a mention",
    "assistant:write": "the assistant pane: its title, its prompts and what it is doing",
    "channels:history": "to know what was said in a thread before, to go on in it without a mention, and to "
    "look up whether a message went out before it is sent again",
    "channels:read": "to know a channel's name, and when the bot comes into it",
    "chat:write": "to answer, and to post reviews and group quizzes",
    "commands": "its slash commands and shortcuts",
    "files:read": "to read notes that are uploaded",
    "files:write": "progress charts, and answers that are too long for a message",
    "groups:history": "the same as `channels:history` in private channels that it is invited to",
    "groups:read": "the same as `channels:read` there",
    "im:history": "to be asked directly",
    "im:read": "to know which direct messages are with whom",
    "im:write": "to bring reviews by direct message",
    "mpim:history": "to be asked in direct messages with several people",
    "mpim:read": "to know that such a conversation has several people",
    "usergroups:read": "to know who is in the user groups of admins that the settings name",
    "users:read": "a person's language, time zone, and whether they are an admin of the workspace",
}
"""Of the bot's token."""

APP_SCOPES = {"connections:write": "to open the connection of Socket Mode"}
"""Of the app's token; it is chosen when that token is made."""

EVENTS = {
    "app_home_opened": "to show the tab *Home*",
    "app_mention": "questions by a mention",
    "app_uninstalled": "to forget the workspace's token and, in time, its data",
    "assistant_thread_started": "to offer prompts in the assistant pane",
    "assistant_thread_context_changed": "to know the channel that someone looks at beside the pane",
    "member_joined_channel": "to greet a channel that it is invited to",
    "message.channels": "follow-up questions in a thread that it takes part in",
    "message.groups": "the same in private channels",
    "message.im": "questions by direct message",
    "message.mpim": "the same in direct messages with several people",
    "tokens_revoked": "to stop using a token that was taken back",
}
"""Of the Events API."""


def markdown_table() -> str:
    """Scopes and events with their reasons, as deploy/slack.md has them."""
    rows = ["| Asked for | Why |", "| --- | --- |"]
    rows += [f"| scope `{scope}` | {reason} |" for scope, reason in SCOPES.items()]
    rows += [f"| scope `{scope}` of the app's token | {reason} |" for scope, reason in APP_SCOPES.items()]
    rows += [f"| event `{event}` | {reason} |" for event, reason in EVENTS.items()]
    return "\n".join(rows)
