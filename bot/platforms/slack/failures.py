"""What Slack answers when it doesn't do what is asked, by what follows from it.

Failure
├── Later            come back after a while: an outage, a broken connection, a token that is refused
│   └── Limited      too many requests of a kind: ratelimited
└── Refused          never, in this way
    ├── NotInstalled the app isn't in that workspace (any more): account_inactive, token_revoked, ...
    ├── MessageGone  the message was deleted: message_not_found, cant_update_message
    ├── UrlUsedUp    the response URL works no longer: five uses, or thirty minutes
    ├── NoChannel    the channel is gone or archived: channel_not_found, is_archived
    ├── NotAllowed   not in that channel, or a scope is missing: not_in_channel, missing_scope
    └── Closed       the person can't be written to: cannot_dm_bot, user_not_found, user_disabled, ...
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.platforms.hosted.failures import (
    REVOKED,
    Closed,
    Failure,
    Later,
    MessageGone,
    NoChannel,
    NotAllowed,
    Refused,
)

__all__ = [
    "REVOKED",
    "Closed",
    "Failure",
    "Later",
    "Limited",
    "MessageGone",
    "NoChannel",
    "NotAllowed",
    "NotInstalled",
    "Refused",
    "UrlUsedUp",
    "translated",
]


class Limited(Later):
    pass


class NotInstalled(Refused):
    pass


class UrlUsedUp(Refused):
    pass


_BY_KIND: dict[type[Failure], str] = {
    NotInstalled: """
        account_inactive app_not_installed no_team org_login_required team_access_not_granted
        team_disabled token_revoked
    """,
    MessageGone: "cant_delete_message cant_update_message edit_window_closed message_not_found",
    UrlUsedUp: "expired_url invalid_token no_service no_service_id used_url",
    NoChannel: """
        channel_is_archived channel_not_found invalid_channel is_archived is_inactive thread_not_found
    """,
    NotAllowed: """
        access_denied action_prohibited as_user_not_supported cannot_reply_to_message
        compliance_exports_prevent_deletion ekm_access_denied enterprise_is_restricted
        file_uploads_disabled file_uploads_except_images_disabled message_limit_exceeded
        method_not_supported_for_channel_type missing_scope no_permission not_allowed_token_type
        not_in_channel posting_to_general_channel_denied restricted_action
        restricted_action_non_threadable_channel restricted_action_read_only_channel
        restricted_action_thread_locked restricted_action_thread_only_channel
        slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
        slack_connect_file_upload_sharing_blocked storage_limit_reached team_not_found
        two_factor_setup_required
    """,
    Closed: """
        cannot_dm_bot cannot_dm_user messages_tab_disabled not_enough_users user_disabled user_not_found
        user_not_in_channel user_not_visible
    """,
    Limited: "rate_limited ratelimited",
    Later: """
        accesslimited fatal_error file_update_failed internal_error request_timeout rollup_error
        service_unavailable team_added_to_org timezone_count_failed
    """,
    Refused: """
        cant_delete_file deprecated_endpoint duplicate_channel_not_found duplicate_message_not_found
        file_deleted file_not_found insecure_request invalid_arg_name invalid_arguments
        invalid_array_arg invalid_attachments invalid_blocks invalid_blocks_format invalid_charset
        invalid_cursor invalid_form_data invalid_json invalid_limit invalid_metadata_filter_keys
        invalid_metadata_format invalid_metadata_schema invalid_payload invalid_post_type
        invalid_ts_latest invalid_ts_oldest invalid_user_combination json_not_object malformed_request
        metadata_must_be_sent_from_app metadata_too_large method_deprecated missing_argument
        missing_charset missing_post_type missing_recipient_team_id missing_recipient_user_id
        msg_blocks_too_long msg_too_long no_dual_broadcast_content_update no_text superfluous_charset
        too_many_attachments too_many_contact_cards too_many_users unknown_method unknown_snippet_type
        unknown_subtype unsupported_subtype upgrade_required users_list_not_supplied
    """,
}
_OF_TOKEN = {"invalid_auth", "not_authed", "token_expired"}
"""The bot's own token is refused: somebody has to mend the settings, or it is being renewed."""
CODES: dict[str, type[Failure]] = {
    **{code: kind for kind, codes in _BY_KIND.items() for code in codes.split()},
    **dict.fromkeys(_OF_TOKEN, Later),
}
"""Slack's words for errors, of the methods that are used and of response URLs; others are `Refused`."""


@contextmanager
def translated() -> Iterator[None]:
    """The library's exceptions as ours."""
    try:
        yield
    except SlackApiError as error:
        response = error.response
        status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
        data = getattr(response, "data", None)
        told = data if isinstance(data, Mapping) else {}
        code = str(told.get("error") or "")
        needed = f" (needs {told['needed']})" if told.get("needed") else ""
        raise failure(status, code, response.headers, needed) from error
    except SlackClientError as error:
        raise Refused(str(error)) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Later(f"the connection to Slack broke: {error or type(error).__name__}") from error


def failure(status: int, code: str, headers: Mapping[str, str], more: str = "") -> Failure:
    """What an answer means that is not the one hoped for; `code` is Slack's word, if it said one."""
    said = f"{code or f'HTTP {status}'}{more}"
    if code in _OF_TOKEN:
        return Later(f"the bot's token is refused: {said}", REVOKED)
    kind = CODES.get(code, Refused)
    if status == 429 or kind is Limited:
        return Limited(said, _retry_after(headers))
    return Later(said) if status >= 500 else kind(said)


def of_url(status: int, body: str, headers: Mapping[str, str]) -> Failure | None:
    """What a response URL answered; None: it was said."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        told = None
    if status == 200 and (not isinstance(told, dict) or told.get("ok", True)):
        return None
    code = str(told.get("error") or "") if isinstance(told, dict) else body.strip()
    if status in (404, 410) and code not in CODES:
        return UrlUsedUp(code[:100] or f"HTTP {status}")
    return failure(status, code[:100], headers)


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    """How long Slack wants nothing more; a second where it names no time."""
    for name, value in headers.items():
        if name.lower() == "retry-after" and value.strip().isdecimal():
            return timedelta(seconds=int(value))
    return timedelta(seconds=1)
