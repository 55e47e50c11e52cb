"""Whatever a reply holds, its messages are valid, hold all of it and call nobody."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings

from bot.core import catalogue
from bot.core.passages import passage_action
from bot.core.reply import Action, Reply, Table
from bot.platforms.hosted.render.measure import clean, one_line
from bot.platforms.slack.render import MOST_MESSAGES, Rendered, fingerprint_of, limits, render
from bot.platforms.slack.render.limits import size as limits_size
from knowledge.notes import Citation
from tests.bot.platforms.hosted.render.reading import as_on_the_web, bare, holds
from tests.bot.platforms.hosted.render.replies import LONGEST, replies, strings, unhurried
from tests.bot.platforms.slack.render.blockkit import broken, by_models
from tests.bot.platforms.slack.render.reading import (
    called,
    called_by_text,
    everything,
    links,
    values,
    words,
)


def check(reply: Reply, messages: list[Rendered]) -> None:
    """Nothing that the web chat shows of the reply is missing, every action is there, nobody is called.

    Text counts as there if its visible characters stand in the messages in their order. Of a text in a file
    that is its Markdown.
    """
    assert messages
    for message in messages:
        assert message.violations() == []
        json.dumps(message.payload(), ensure_ascii=False).encode()
        assert list(called(message.blocks)) == []
        assert called_by_text(message.text) == []
        assert all(link.startswith("http") for link in links(message.blocks))
    told = bare(everything(messages))
    files = [file for message in messages for file in message.files if file.name.endswith(".md")]
    if files:
        assert clean(reply.text) in b"".join(file.data for file in files).decode()
    else:
        text, cells, addresses = as_on_the_web(clean(reply.text))
        assert holds(told, bare(text))
        for part in (*cells, *addresses):
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
    assert set(values(messages)) == wanted


@unhurried
@given(replies)
@example(Reply(""))
@example(Reply("\u200b \n\x00", table=Table((), ())))
def test_any_reply_becomes_valid_messages_that_hold_all_of_it(reply: Reply) -> None:
    check(reply, render(reply))


@unhurried
@given(replies)
def test_without_files_nothing_is_lost_either(reply: Reply) -> None:
    messages = render(reply, rich=False)
    assert not any(message.files for message in messages)
    check(reply, messages)


@unhurried
@given(strings)
def test_an_insert_is_shown_as_it_is(text: str) -> None:
    text = " ".join(clean(text).replace("&", "").split())
    messages = render(Reply(catalogue.escape(text)), rich=False)
    if bare(text):
        assert holds(bare("".join(words(message) for message in messages)), bare(text))


@unhurried
@given(replies)
def test_whoever_is_meant_is_called_once_and_nobody_else(reply: Reply) -> None:
    first, *others = render(reply, mentioned="U0MEANT")
    assert list(called(first.blocks)) == ["U0MEANT"]
    assert called_by_text(first.text) == ["<@U0MEANT>"]
    for message in others:
        assert list(called(message.blocks)) == called_by_text(message.text) == []
    assert all(message.violations() == [] for message in (first, *others))


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


@pytest.mark.parametrize(
    "piece", ["Some words. ", "line\\\n", "**a** b ", "```\n" + "code\n" * 40 + "```\n\n", "学习。", "x"]
)
def test_the_work_on_a_text_grows_as_the_text_does(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not with its square: what doesn't fit on a page is not read to its end for every page."""
    assert _weighed(piece, 100_000, monkeypatch) < 3 * _weighed(piece, 50_000, monkeypatch)


def _weighed(piece: str, length: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many characters are measured for a text of that length."""
    measured = 0

    def size(text: str) -> int:
        nonlocal measured
        measured += len(text)
        return limits_size(text)

    with monkeypatch.context() as patched:
        patched.setattr(limits, "size", size)
        render(Reply(piece * (length // len(piece))), rich=False)
    return measured


@settings(unhurried, max_examples=60)
@given(reply=replies)
def test_slack_s_own_types_take_every_message(reply: Reply) -> None:
    for message in render(reply):
        assert broken("MessageBlocks", list(message.blocks)) == []


@settings(unhurried, max_examples=60)
@given(reply=replies)
def test_slack_s_own_models_take_every_message(reply: Reply) -> None:
    for message in render(reply):
        assert by_models(message.blocks) == list(message.blocks)


@settings(unhurried, max_examples=60)
@given(reply=replies)
def test_a_message_that_comes_back_is_known_again(reply: Reply) -> None:
    """Slack adds ids to blocks and writes `&` out."""
    for message in render(reply):
        blocks = json.loads(json.dumps(message.blocks), object_hook=_escaped)
        for number, block in enumerate(blocks):
            block.setdefault("block_id", f"b{number}")
        files = [{"id": "F1", "name": file.name} for file in message.files]
        back = {"ts": "1.2", "text": message.text, "blocks": blocks, "files": files}
        assert fingerprint_of(back) == message.fingerprint()


def _escaped(part: dict[str, object]) -> dict[str, object]:
    text = part.get("text")
    if isinstance(text, str):
        part["text"] = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return part
