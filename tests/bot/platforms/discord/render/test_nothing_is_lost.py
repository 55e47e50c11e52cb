"""Whatever a reply holds, its messages are valid and hold all of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings

from bot.core import catalogue
from bot.core.passages import passage_action
from bot.core.reply import Action, Reply, Table
from bot.platforms.discord.render import MOST_MESSAGES, Rendered, render
from bot.platforms.hosted.render.measure import clean, one_line
from knowledge.notes import Citation
from tests.bot.platforms.discord.render.reading import custom_ids, everything, shown
from tests.bot.platforms.hosted.render.reading import as_on_the_web, bare, holds
from tests.bot.platforms.hosted.render.replies import LONGEST, replies, strings, unhurried
from tests.doubles.discord.contract import Contract


def check(reply: Reply, messages: list[Rendered]) -> None:
    """Nothing that the web chat shows of the reply is missing, every action is there, nobody is called.

    Text counts as there if its visible characters stand in the messages in their order. Of a text in a file
    that is its Markdown.
    """
    assert messages
    for message in messages:
        assert message.violations() == []
        json.dumps(message.payload()).encode()
        for text in (message.content, *(embed["description"] for embed in message.embeds)):
            text.encode()
            assert [piece for piece in shown(text) if piece.kind in ("mention", "emoji")] == []
    told = bare(everything(messages))
    files = [file for message in messages for file in message.files if file.name.endswith(".md")]
    if files:
        assert clean(reply.text) in b"".join(file.data for file in files).decode()
    else:
        text, cells, links = as_on_the_web(clean(reply.text))
        assert holds(told, bare(text))
        for part in (*cells, *links):
            assert holds(told, bare(part))
    if reply.table is not None and reply.table.rows:
        for cell in (*reply.table.header, *(cell for row in reply.table.rows for cell in row)):
            assert holds(told, bare(one_line(cell)))
    if reply.image is not None:
        assert holds(told, bare(one_line(reply.image.alt)))
    if reply.progress is not None:
        assert f"{round(reply.progress * 100)}%" in told
    for citation in reply.citations:
        for part in (citation.note, citation.heading, str(citation.start), str(citation.end)):
            assert holds(told, bare(one_line(part)))
    for action in reply.actions:
        assert holds(told, bare(one_line(action.label)))
    wanted = {action.id for action in reply.actions} | {passage_action(one) for one in reply.citations}
    assert set(custom_ids(messages)) == wanted


@unhurried
@given(replies)
@example(Reply(""))
@example(Reply("\u200b \n\x00", table=Table((), ())))
def test_any_reply_becomes_valid_messages_that_hold_all_of_it(reply: Reply) -> None:
    check(reply, render(reply))


@unhurried
@given(replies)
def test_without_embeds_and_files_nothing_is_lost_either(reply: Reply) -> None:
    messages = render(reply, rich=False)
    assert not any(message.embeds or message.files for message in messages)
    check(reply, messages)


@unhurried
@given(strings)
def test_an_insert_is_shown_as_it_is(text: str) -> None:
    text = " ".join(clean(text).replace("&", "").split())
    messages = render(Reply(catalogue.escape(text)), rich=False)
    told = [piece for message in messages for piece in shown(message.content)]
    assert {piece.kind for piece in told} <= {"text", "address"}
    if bare(text):
        assert bare("".join(piece.text for piece in told)) == bare(text)


@pytest.mark.parametrize("text", LONGEST)
def test_the_longest_texts(text: str) -> None:
    reply = Reply(text)
    messages = render(reply)
    assert len(messages) <= MOST_MESSAGES
    check(reply, messages)


def test_thousands_of_citations_and_actions() -> None:
    cited = tuple(Citation(f"note-{n}.md", ("Part",), n, n + 1, "quote", "0" * 16) for n in range(1, 3001))
    pressed = tuple(Action(f"act?number={n}", f"{n} " + "long " * 30) for n in range(2000))
    reply = Reply("All of it. [1]", "answer", cited, actions=pressed)
    check(reply, render(reply))


@settings(unhurried, max_examples=60)
@given(reply=replies)
def test_discord_s_own_description_takes_every_message(discord_contract: Contract, reply: Reply) -> None:
    for message in render(reply):
        for path in ("/channels/1/messages", "/webhooks/1/token"):
            assert discord_contract.of_request("POST", path, {}, "application/json", message.payload()) == []
