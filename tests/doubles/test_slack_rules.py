"""Who may do what where, as the loopback Slack's Web API sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.doubles.clock import FrozenClock
from tests.doubles.slack.world import Channel, User
from tests.doubles.slack_bot import CARD, form, section
from tests.doubles.slack_server import CannotDo, SlackServer
from tests.doubles.web_api import WebApi


@pytest.fixture
def ada(slack_server: SlackServer) -> User:
    return slack_server.person("Ada", "bg-BG")


@pytest.fixture
def study(slack_server: SlackServer, ada: User) -> Channel:
    return slack_server.channel("study", ada)


def test_public_channels_can_be_written_in_and_private_ones_are_unknown(
    slack_server: SlackServer, api: WebApi, ada: User, study: Channel
) -> None:
    secret = slack_server.channel("secret", ada, private=True)
    assert api.error("chat.postMessage", channel=study.id, text="x") == ""
    assert api.error("chat.postMessage", channel=secret.id, text="x") == "channel_not_found"
    assert api.error("conversations.info", channel=secret.id) == "channel_not_found"
    assert api("conversations.info", channel=study.id)["channel"]["is_member"] is False
    assert api.error("conversations.history", channel=study.id) == "not_in_channel"
    slack_server.take_scopes("chat:write.public")
    assert api.error("chat.postMessage", channel=study.id, text="x") == "not_in_channel"
    assert api("conversations.join", channel=study.id)["channel"]["is_member"] is True
    assert api.error("chat.postMessage", channel=study.id, text="x") == ""
    slack_server.invite(secret)
    assert api.error("chat.postMessage", channel=secret.id, text="x") == ""
    slack_server.leave(secret)
    assert api.error("chat.postMessage", channel=secret.id, text="x") == "channel_not_found"
    slack_server.archive(study)
    assert api.error("chat.postMessage", channel=study.id, text="x") == "is_archived"
    slack_server.delete_channel(study)
    assert api.error("chat.postMessage", channel=study.id, text="x") == "channel_not_found"


def test_direct_messages(slack_server: SlackServer, api: WebApi, ada: User) -> None:
    opened = api("conversations.open", users=ada.id)["channel"]["id"]
    assert api("chat.postMessage", channel=ada.id, text="x")["channel"] == opened == slack_server.dm(ada).id
    assert api("conversations.open", users=ada.id, return_im=True)["channel"]["user"] == ada.id
    closed = slack_server.person("Closed", dms_open=False)
    assert api.error("conversations.open", users=closed.id) == "cannot_dm_bot"
    slack_server.deactivate(ada)
    assert api.error("chat.postMessage", channel=opened, text="x") == "user_disabled"
    assert api.error("conversations.open", users="U0") == "user_not_found"
    bob, eve = slack_server.person("Bob"), slack_server.person("Eve")
    several = api("conversations.open", users=f"{bob.id},{eve.id}")["channel"]["id"]
    assert slack_server.dm(bob, eve).id == several
    assert slack_server.between(bob, eve).kind == "im"


def test_only_its_own_messages_can_be_changed(
    slack_server: SlackServer, api: WebApi, ada: User, study: Channel
) -> None:
    slack_server.invite(study)
    said = slack_server.say(ada, study, "mine")
    assert api.error("chat.update", channel=study.id, ts=said.ts, text="x") == "cant_update_message"
    assert api.error("chat.delete", channel=study.id, ts=said.ts) == "cant_delete_message"
    ts = api("chat.postMessage", channel=study.id, text="x", blocks=[section("x")])["ts"]
    assert api("chat.update", channel=study.id, ts=ts, text="y")["message"]["text"] == "y"
    changed = slack_server.last(study)
    assert (changed.blocks, changed.edits[0][0]) == ([], "x")
    assert api.error("chat.delete", channel=study.id, ts=ts) == ""
    assert api.error("chat.update", channel=study.id, ts=ts, text="z") == "message_not_found"


def test_private_messages_are_seen_by_one(
    slack_server: SlackServer, api: WebApi, ada: User, study: Channel
) -> None:
    bob = slack_server.person("Bob")
    there = {"channel": study.id, "text": "psst"}
    assert api.error("chat.postEphemeral", user=ada.id, **there) == "not_in_channel"
    slack_server.invite(study)
    assert api.error("chat.postEphemeral", user=bob.id, **there) == "user_not_in_channel"
    ts = api("chat.postEphemeral", user=ada.id, blocks=CARD, **there)["message_ts"]
    assert api.error("chat.update", ts=ts, **there) == "message_not_found"
    assert api("conversations.history", channel=study.id)["messages"] == []
    slack_server.invite(study, bob)
    assert slack_server.last(study, ada).text == "psst"
    assert slack_server.messages(study, bob) == []
    with pytest.raises(CannotDo, match="doesn't see"):
        slack_server.press(bob, slack_server.last(study, ada), "hint")


def test_history_threads_and_metadata(
    slack_server: SlackServer, api: WebApi, ada: User, study: Channel, clock: FrozenClock
) -> None:
    slack_server.invite(study)
    root = slack_server.say(ada, study, "root")
    note = {"event_type": "answer", "event_payload": {"reply": 7}}
    told = api("chat.postMessage", channel=study.id, text="in it", thread_ts=root.ts, metadata=note)
    assert told["message"]["metadata"] == note
    clock.move(timedelta(seconds=1))
    for number in range(3):
        slack_server.say(ada, study, f"later {number}")
    first = api("conversations.history", channel=study.id, limit=2)
    assert [each["text"] for each in first["messages"]] == ["later 2", "later 1"]
    cursor = first["response_metadata"]["next_cursor"]
    rest = api("conversations.history", channel=study.id, limit=2, cursor=cursor)
    assert [each["text"] for each in rest["messages"]] == ["later 0", "root"]
    assert (rest["messages"][1]["reply_count"], rest["has_more"]) == (1, False)
    plain = api("conversations.replies", channel=study.id, ts=root.ts)["messages"]
    assert [("metadata" in each, each["thread_ts"]) for each in plain] == [(False, root.ts)] * 2
    full = api("conversations.replies", channel=study.id, ts=root.ts, include_all_metadata=True)["messages"]
    assert full[1]["metadata"] == note
    after = api("conversations.history", channel=study.id, oldest=slack_server.last(study).ts, inclusive=True)
    assert [each["text"] for each in after["messages"]] == ["later 2"]
    assert api.error("conversations.replies", channel=study.id, ts="1.000001") == "thread_not_found"
    kept = api("chat.update", channel=study.id, ts=told["ts"], text="new")["message"]["metadata"]
    gone = api("chat.update", channel=study.id, ts=told["ts"], text="new", metadata={})["message"]
    assert (kept, "metadata" in gone) == (note, False)


def test_people(slack_server: SlackServer, api: WebApi, ada: User, study: Channel) -> None:
    told = api("users.info", user=ada.id, include_locale=True)["user"]
    assert (told["locale"], told["tz"], told["tz_offset"]) == ("bg-BG", "Europe/Sofia", 7200)
    assert "locale" not in api("users.info", user=ada.id)["user"]
    group = slack_server.usergroup(ada)
    assert api("usergroups.users.list", usergroup=group)["users"] == [ada.id]
    assert api.error("usergroups.users.list", usergroup="S0") == "no_such_subteam"
    everybody = api("users.list", include_locale=True)["members"]
    assert [each["is_bot"] for each in everybody] == [True, False, False]
    assert api("conversations.members", channel=study.id)["members"] == [ada.id]
    listed = api("conversations.list", types="public_channel,private_channel")["channels"]
    assert [each["name"] for each in listed] == ["study"]
    assert api("team.info")["team"]["name"] == "Study"
    assert api("bots.info", bot=slack_server.bot.bot_id)["bot"]["user_id"] == slack_server.bot.id
    assert api.error("users.info", user="U0") == "user_not_found"


def test_tokens(slack_server: SlackServer, api: WebApi, study: Channel) -> None:
    assert api.error("auth.test", token="") == "not_authed"
    assert api.error("auth.test", token="xoxb-wrong") == "invalid_auth"  # noqa: S106
    assert api.error("auth.test", token=slack_server.app_token) == "not_allowed_token_type"
    assert api.error("apps.connections.open") == "not_allowed_token_type"
    slack_server.take_scopes("chat:write", "chat:write.public")
    refused = api("chat.postMessage", channel=study.id, text="x")
    assert (refused["error"], refused["needed"]) == ("missing_scope", "chat:write")
    slack_server.revoke()
    assert api.error("auth.test") == "token_revoked"
    second = slack_server.install(slack_server.team).value
    assert api.error("auth.test", token=second) == ""
    slack_server.uninstall()
    assert api.error("auth.test", token=second) == "account_inactive"


def test_workspaces_don_t_know_one_another(slack_server: SlackServer, api: WebApi, ada: User) -> None:
    other = slack_server.workspace("Other")
    eve = slack_server.person("Eve", team=other)
    hall = slack_server.channel("hall", eve)
    assert hall.team is other
    assert api.error("users.info", user=eve.id) == "user_not_found"
    assert api.error("chat.postMessage", channel=hall.id, text="x") == "channel_not_found"
    with pytest.raises(CannotDo, match="isn't in that workspace"):
        slack_server.command(eve, hall, "/ask")
    token = slack_server.install(other).value
    assert api("auth.test", token=token)["team_id"] == other.id
    assert api.error("chat.postMessage", token=token, channel=hall.id, text="x") == ""
    assert api.error("chat.postMessage", token=token, channel=ada.id, text="x") == "channel_not_found"


def test_a_trigger_works_once_and_for_three_seconds(
    slack_server: SlackServer, api: WebApi, ada: User, study: Channel, clock: FrozenClock
) -> None:
    trigger = slack_server.command(ada, study, "/x").trigger_id
    assert api.error("views.open", trigger_id="x", view=form()) == "invalid_trigger_id"
    view = api("views.open", trigger_id=trigger, view=form())["view"]
    assert api.error("views.open", trigger_id=trigger, view=form()) == "exchanged_trigger_id"
    late = slack_server.command(ada, study, "/x").trigger_id
    clock.move(timedelta(seconds=4))
    assert api.error("views.open", trigger_id=late, view=form()) == "expired_trigger_id"
    assert api.error("views.update", view_id=view["id"], hash="x", view=form()) == "hash_conflict"
    assert api.error("views.update", view_id=view["id"], hash=view["hash"], view=form("New")) == ""
    modal = slack_server.world.views[view["id"]]
    assert modal.title == "New"
    slack_server.close(modal)
    assert api.error("views.update", view_id=view["id"], view=form()) == "not_found"
    pushing = slack_server.command(ada, study, "/x").trigger_id
    assert api.error("views.push", trigger_id=pushing, view=form()) == "not_found"


def test_homes(slack_server: SlackServer, api: WebApi, ada: User) -> None:
    home = {"type": "home", "blocks": [section("home")]}
    first = api("views.publish", user_id=ada.id, view=home)["view"]
    assert api.error("views.publish", user_id=ada.id, view=home, hash="x") == "hash_conflict"
    assert api.error("views.publish", user_id=ada.id, view=home, hash=first["hash"]) == ""
    assert api.error("views.update", view_id=first["id"], view=form()) == "not_found"
    assert slack_server.published(ada).shown.strip() == "home"


def test_a_response_url_ends_after_half_an_hour(
    slack_server: SlackServer, api: WebApi, ada: User, study: Channel, clock: FrozenClock
) -> None:
    asked = slack_server.command(ada, study, "/x")
    clock.move(timedelta(minutes=29))
    assert api.http.post(asked.response_url, json={"text": "still"}).text == "ok"
    assert asked.answered().ephemeral_to is ada
    clock.move(timedelta(minutes=2))
    gone = api.http.post(asked.response_url, json={"text": "late"})
    assert (gone.status_code, gone.json()["error"]) == (404, "expired_url")


def test_an_original_can_be_deleted_through_a_response_url(
    slack_server: SlackServer, api: WebApi, ada: User, study: Channel
) -> None:
    slack_server.invite(study)
    api("chat.postMessage", channel=study.id, text="x", blocks=CARD)
    card = slack_server.last(study)
    pressed = slack_server.press(ada, card, "hint")
    assert api.http.post(pressed.response_url, json={"delete_original": True}).text == "ok"
    assert card.deleted
    gone = api.http.post(pressed.response_url, json={"text": "x", "replace_original": True})
    assert (gone.status_code, gone.text) == (404, "message_not_found")


def test_streams(slack_server: SlackServer, api: WebApi, ada: User, study: Channel) -> None:
    slack_server.invite(study)
    root = slack_server.say(ada, study, "root")
    where = {"channel": study.id, "thread_ts": root.ts}
    assert api.error("chat.startStream", **where) == "missing_recipient_team_id"
    whom = {"recipient_team_id": slack_server.team.id, "recipient_user_id": ada.id}
    ts = api("chat.startStream", **where, **whom)["ts"]
    stream = {"channel": study.id, "ts": ts}
    assert api.error("chat.appendStream", **stream, chunks=[{"type": "markdown_text", "text": "a"}]) == ""
    assert slack_server.last(study).streaming
    assert api.error("chat.update", **stream, text="x") == "streaming_state_conflict"
    assert api("chat.stopStream", **stream, markdown_text="b")["message"]["text"] == "ab"
    assert api.error("chat.appendStream", **stream, markdown_text="c") == "message_not_in_streaming_state"
    assert api.error("chat.startStream", channel=study.id, thread_ts="1.000001", **whom) == "thread_not_found"


def test_files(slack_server: SlackServer, api: WebApi, ada: User, study: Channel) -> None:
    slack_server.invite(study)
    slack_server.desk.share_at_once = False
    given = api("files.getUploadURLExternal", filename="a.png", length=3, alt_txt="a chart")
    files = [{"id": given["file_id"], "title": "A chart"}]
    assert api.error("files.completeUploadExternal", files=files, channel_id=study.id) == "file_not_found"
    assert api.http.post(given["upload_url"], content=b"PNG").text == "OK - 3"
    done = api("files.completeUploadExternal", files=files, channel_id=study.id, initial_comment="look")
    assert done["files"][0]["shares"] == {}
    before = len(slack_server.messages(study))
    assert slack_server.share_files() == 1
    shown = slack_server.messages(study)[before]
    assert (shown.text, shown.files[0].alt_text, shown.subtype) == ("look", "a chart", "file_share")
    told = api("files.info", file=given["file_id"])["file"]
    assert told["shares"]["public"][study.id][0]["ts"] == shown.ts
    assert told["alt_txt"] == "a chart"
    ts = api("chat.postMessage", channel=study.id, text="x")["ts"]
    assert api.error("chat.update", channel=study.id, ts=ts, text="x", file_ids=["F0"]) == "file_not_found"
    changed = api("chat.update", channel=study.id, ts=ts, text="x", file_ids=[given["file_id"]])
    assert changed["message"]["files"][0]["id"] == given["file_id"]
    headers = {"Authorization": f"Bearer {slack_server.bot_token}"}
    assert api.http.get(told["url_private_download"], headers=headers).content == b"PNG"
    assert api.http.get(told["url_private_download"]).status_code == 302


def test_what_a_person_cannot_do(slack_server: SlackServer, ada: User, study: Channel) -> None:
    bob = slack_server.person("Bob")
    with pytest.raises(CannotDo, match="isn't there"):
        slack_server.say(bob, study, "x")
    said = slack_server.say(ada, study, "x")
    with pytest.raises(CannotDo, match="threads"):
        slack_server.command(ada, study, "/ask", thread=said.ts)
    with pytest.raises(CannotDo, match="no message of the app"):
        slack_server.press(ada, said, "hint")
    slack_server.app.configure({"features": {"slash_commands": [{"command": "/ask"}], "shortcuts": []}})
    with pytest.raises(CannotDo, match="no command '/nothing'"):
        slack_server.command(ada, study, "/nothing")
    with pytest.raises(CannotDo, match="no shortcut"):
        slack_server.shortcut(ada, "quiz")
    with pytest.raises(CannotDo, match="didn't subscribe"):
        slack_server.open_home(ada)
    assert slack_server.say(ada, slack_server.dm(ada), "unheard").events == []


def test_what_calls_people_is_known(
    slack_server: SlackServer, api: WebApi, ada: User, study: Channel
) -> None:
    api("chat.postMessage", channel=study.id, text=f"<!channel> {ada.mention} &lt;!here&gt;")
    assert slack_server.last(study).pings == {"!channel", f"@{ada.id}"}
    api("chat.postMessage", channel=study.id, text="quiet", blocks=[section("<!here|here>")])
    assert slack_server.last(study).pings == {"!here"}
