"""The stored conversation, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.core.reply import Action, Reply
from bot.platforms.web.history import Exchange, History
from knowledge.store import Database
from tests.doubles.clock import FrozenClock

PLACE = "web:someone"


@pytest.fixture
def history(database: Database, clock: FrozenClock) -> History:
    return History(database, clock)


def begin(history: History, client_id: str = "client-1", place: str = PLACE) -> Exchange:
    return history.begin(place, client_id, "hello", None, "en")


def test_the_same_client_id_is_begun_once(history: History) -> None:
    first, again = begin(history), begin(history)
    assert (first.new, again.new) == (True, False)
    assert (first.said.id, first.reply.id) == (again.said.id, again.reply.id)
    assert len(history.page(PLACE).messages) == 2


def test_two_people_may_use_the_same_client_id(history: History) -> None:
    assert begin(history, place="web:other").said.id != begin(history).said.id


def test_at_the_same_moment_one_request_is_begun_once(history: History) -> None:
    found: list[Exchange] = []
    threads = [threading.Thread(target=lambda: found.append(begin(history))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(exchange.new for exchange in found) == 1
    assert len({exchange.reply.id for exchange in found}) == 1


def test_a_reply_round_trips_with_its_buttons(history: History) -> None:
    reply = Reply(
        "Hi", actions=(Action("rate?attempt=1&rating=3", "Good", "primary", group="a"),), language="bg"
    )
    message = history.fill(PLACE, begin(history).reply.id, reply)
    assert message.reply == reply
    assert history.page(PLACE).messages[1].reply == reply


def test_an_edit_that_overtook_the_reply_is_kept(history: History) -> None:
    exchange = begin(history)
    assert history.edit(PLACE, exchange.reply.id, Reply("result", "result"))
    message = history.fill(PLACE, exchange.reply.id, Reply("waiting", "progress"))
    assert message.reply is not None
    assert message.reply.text == "result"


def test_each_change_has_a_number_of_its_own_and_the_last_state_is_told_once(history: History) -> None:
    exchange = begin(history)
    seen = history.page(PLACE).change
    assert history.since(PLACE, seen) == []
    history.fill(PLACE, exchange.reply.id, Reply("one"))
    history.edit(PLACE, exchange.reply.id, Reply("two"))
    changed = history.since(PLACE, seen)
    assert [message.reply.text for message in changed if message.reply] == ["two"]
    assert history.since(PLACE, changed[-1].change) == []


def test_editing_to_the_same_is_no_change(history: History) -> None:
    exchange = begin(history)
    history.fill(PLACE, exchange.reply.id, Reply("one"))
    seen = history.since(PLACE, 0)[-1].change
    assert history.edit(PLACE, exchange.reply.id, Reply("one"))
    assert history.since(PLACE, seen) == []


def test_nobody_edits_a_message_of_another_place_or_of_a_learner(history: History) -> None:
    exchange = begin(history)
    assert not history.edit("web:other", exchange.reply.id, Reply("x"))
    assert not history.edit(PLACE, exchange.said.id, Reply("x"))
    assert not history.edit(PLACE, 999, Reply("x"))


def test_an_outbound_message_is_added_once(history: History) -> None:
    first = history.add(PLACE, "review:1", Reply("Due"))
    assert history.add(PLACE, "review:1", Reply("Due")) == first
    assert [message.unasked for message in history.page(PLACE).messages] == [True]


def test_a_pressed_action_is_remembered_until_the_message_is_edited(history: History) -> None:
    message_id = history.add(PLACE, "review:1", Reply("Due", actions=(Action("show", "Show"),)))
    history.press(PLACE, message_id, "show")
    message = history.message(PLACE, message_id)
    assert message is not None
    assert message.pressed == ("show",)
    history.edit(PLACE, message_id, Reply("Other", actions=(Action("show", "Show"),)))
    message = history.message(PLACE, message_id)
    assert message is not None
    assert message.pressed == ()


def test_pages_go_back_to_the_first_message(history: History, clock: FrozenClock) -> None:
    for number in range(7):
        clock.move(timedelta(minutes=1))
        history.add(PLACE, f"review:{number}", Reply(str(number)))
    last = history.page(PLACE, limit=3)
    before = history.page(PLACE, before=last.messages[0].id, limit=3)
    first = history.page(PLACE, before=before.messages[0].id, limit=3)
    texts = [
        [message.reply.text for message in page.messages if message.reply] for page in (last, before, first)
    ]
    assert texts == [["4", "5", "6"], ["1", "2", "3"], ["0"]]
    assert [last.more, before.more, first.more] == [True, True, False]


def test_unread_counts_recap_s_messages_that_were_not_seen(history: History) -> None:
    begin(history)
    last = history.add(PLACE, "review:1", Reply("Due"))
    assert history.unread(PLACE) == 2
    history.see(PLACE, last - 1)
    assert history.unread(PLACE) == 1
    history.see(PLACE, last)
    history.see(PLACE, last - 1)
    assert history.unread(PLACE) == 0


def test_a_turn_that_a_stop_interrupted_says_so_until_it_is_done_again(history: History) -> None:
    exchange = begin(history)
    history.close_interrupted()
    assert begin(history).reply.state == "interrupted"
    history.resume(PLACE, exchange.reply.id)
    assert begin(history).reply.state == "pending"
    assert history.fill(PLACE, exchange.reply.id, Reply("done")).state == "told"
    history.close_interrupted()
    assert begin(history).reply.state == "told"
