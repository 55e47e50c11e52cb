"""Pictures and long documents come once, with their alt text, and go with what they belong to."""

from __future__ import annotations

import pytest

from bot.core.reply import Image, Reply
from tests.bot.platforms.slack.echo import Echo
from tests.bot.platforms.slack.study import Study, without_space
from tests.doubles.slack_server import SlackServer


def test_pictures_come_with_their_alt_text_and_are_replaced(echo: Echo, study: Study) -> None:
    _, ref = echo.command(study.ada, study.open)
    picture = Image(b"\x89PNG", "Three bars, rising.", "chart.png")
    echo.fill(ref, Reply("Look:", image=picture))
    echo.server.wait(lambda: echo.files(study.open))
    (file,) = echo.files(study.open)[0].files
    assert (file.name, file.alt_text, file.data) == ("chart.png", "Three bars, rising.", picture.png)
    echo.edit(ref, Reply("Look again:", image=picture))
    assert [one.name for message in echo.files(study.open) for one in message.files] == ["chart.png"]
    echo.edit(ref, Reply("a " * 40_000))
    echo.server.wait(
        lambda: echo.files(study.open) and echo.files(study.open)[-1].files[0].name != "chart.png"
    )
    (document,) = [one for message in echo.files(study.open) for one in message.files]
    assert document.data.decode().split() == ["a"] * 40_000
    echo.edit(ref, Reply("Nothing any more."))
    assert (echo.said(study.open), echo.files(study.open)) == (["Nothing any more."], [])


def test_a_picture_stands_in_the_thread(echo: Echo, study: Study, slack_server: SlackServer) -> None:
    root = slack_server.say(study.bob, study.open, "Who knows?")
    _, ref = echo.mention(study.ada, study.open, thread=root)
    echo.fill(ref, Reply("Look:", image=Image(b"\x89PNG", "A chart.")))
    echo.server.wait(lambda: echo.files(study.open))
    assert echo.files(study.open)[0].thread_ts == root.ts


def test_a_private_picture_comes_directly_and_it_is_told_where(echo: Echo, study: Study) -> None:
    _, ref = echo.command(study.ada, study.open, private=True)
    echo.fill(ref, Reply("Your progress:", image=Image(b"\x89PNG", "Three bars.")))
    echo.server.wait(lambda: echo.files(study.dm))
    (pointer,) = echo.server.by_bot(study.open)
    assert (pointer.ephemeral_to, "direct messages" in pointer.shown) == (study.ada, True)
    assert echo.said(study.dm)[0].endswith("Your progress:")


def test_a_private_picture_that_an_outage_kept_back_is_told_of_all_the_same(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    slack_server.faults.add("files.getUploadURLExternal", 503)
    _, ref = echo.command(study.ada, study.open, private=True)
    echo.fill(ref, Reply("Your progress:", image=Image(b"\x89PNG", "Three bars.")))
    echo.do(echo.replies.resume())
    slack_server.wait(lambda: echo.files(study.dm))
    (pointer,) = slack_server.by_bot(study.open)
    assert (pointer.ephemeral_to, "direct messages" in pointer.shown) == (study.ada, True)
    (said,) = echo.said(study.dm)
    assert said.endswith("\n\nYour progress:")


def test_without_the_right_to_files_all_is_said_in_messages(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    slack_server.take_scopes("files:write")
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("a " * 20_000))
    assert without_space(echo.said(study.open)) == "a" * 20_000


@pytest.mark.parametrize("method", ["upload", "files.completeUploadExternal"])
@pytest.mark.parametrize("fault", ["reset", "reset after", 503])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_whose_upload_was_cut_off_is_shown_once(
    echo: Echo, study: Study, slack_server: SlackServer, method: str, fault: int | str, at_once: bool
) -> None:
    slack_server.desk.share_at_once = at_once
    slack_server.faults.add(method, fault)
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("Look:", image=Image(b"\x89PNG", "Three bars.")))
    echo.do(echo.replies.resume())
    slack_server.share_files()
    slack_server.wait(lambda: echo.files(study.open))
    assert (len(echo.files(study.open)), echo.said(study.open)) == (1, ["Look:"])


def test_a_file_that_was_refused_is_not_taken_for_shown(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    slack_server.faults.add("files.completeUploadExternal", "restricted_action", times=None)
    slack_server.faults.add("files.info", "missing_scope", times=None)
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("a " * 40_000))
    echo.edit(ref, Reply("a " * 40_000))
    assert echo.files(study.open) == []
    assert without_space(echo.said(study.open)) == "a" * 40_000
