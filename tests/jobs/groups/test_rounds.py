"""Rounds of a study group: asked once, answered unseen, closed, graded for each member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jobs.errors import GroupError, NoGroup, ReviewError, RoundClosed
from jobs.groups.rounds import EDIT_EVERY, REFUSED, UNANSWERED
from jobs.groups.service import Groups
from jobs.groups.tables import AnswerRow, GroupRow, RoundRow
from jobs.groups.timetable import Timetable
from jobs.groups.watch import ELSEWHERE
from jobs.outbox import Delivery, Outbox
from jobs.people import Learner
from jobs.tables import AttemptRow, OutboundRow, ReviewRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.groups.conftest import CHANNEL, COURSE, PLAN, PLATFORM, SERVER, Channel, Meet, free, local


def kinds(found: Iterable[Delivery]) -> Counter[str]:
    return Counter(delivery.kind for delivery in found)


# The group


def test_a_group_is_asked_at_its_local_hour_on_its_days(
    channel: Channel, database: Database, ana: Learner
) -> None:
    group = channel.start(ana)
    assert group.next_at == local(2, 18, 30)
    posted = channel.to(local(4, 19))
    channel.groups.answer(posted[-1].payload["round"], ana.id, "Softmax")
    posted += channel.to(local(9, 12))
    assert kinds(one for one in posted if one.edit_ref is None) == {"group_question": 5, "group_reveal": 1}
    with database.session() as session:
        asked = [row.asked_at for row in session.query(RoundRow).order_by(RoundRow.id)]
    assert asked == [local(day, 18, 30) for day in (2, 3, 4, 5, 6)]
    assert {(delivery.platform, delivery.place) for delivery in posted} == {(PLATFORM, CHANNEL)}


def test_starting_again_gives_the_group_another_plan_and_keeps_its_members(
    channel: Channel, ana: Learner, bo: Learner
) -> None:
    first = channel.start(ana, PLAN, bo)
    later = replace(PLAN, timetable=Timetable(600, "Asia/Shanghai", "6"), note=None)
    again = channel.start(ana, later)
    assert (again.group_id, again.members, again.topic) == (first.group_id, 1, None)
    assert again.next_at is not None
    assert again.next_at == again.plan.timetable.after(channel.clock.now())


def test_members_join_and_leave_as_often_as_they_press(
    groups: Groups, channel: Channel, ana: Learner
) -> None:
    group = channel.start(ana)
    for _ in range(2):
        assert groups.join(group.group_id, ana.id).is_member
    assert groups.join(group.group_id, ana.id).members == 1
    for _ in range(2):
        assert not groups.leave(group.group_id, ana.id).is_member
    with pytest.raises(NoGroup):
        groups.join(99, ana.id)


def test_a_thread_belongs_to_the_group_of_its_channel(groups: Groups, channel: Channel, ana: Learner) -> None:
    group = channel.start(ana)
    found = groups.at(PLATFORM, ("channel:thread", CHANNEL, SERVER), ana.id)
    assert found is not None
    assert found.group_id == group.group_id
    assert groups.at(PLATFORM, ("channel:8", SERVER), ana.id) is None
    assert groups.at("slack", (CHANNEL,), ana.id) is None


def test_a_stopped_group_is_not_asked_and_its_open_round_ends_as_planned(
    groups: Groups, channel: Channel, ana: Learner
) -> None:
    asked = channel.ask(ana, PLAN, ana)
    channel.pick(asked, ana, right=True)
    assert not groups.stop(PLATFORM, (CHANNEL,), ana.id).active
    assert kinds(channel.to(local(20, 12))) == {"group_question": 2, "group_reveal": 1}
    assert groups.watch.next_due() is None
    with pytest.raises(NoGroup):
        groups.stop(PLATFORM, (CHANNEL,), ana.id)


def test_a_round_now_comes_once_and_not_beside_another(
    groups: Groups, channel: Channel, ana: Learner, clock: FrozenClock
) -> None:
    with pytest.raises(NoGroup):
        groups.quiz(PLATFORM, (CHANNEL,))
    channel.start(ana)
    asked = groups.quiz(PLATFORM, (CHANNEL,))
    assert asked.state == "open"
    with pytest.raises(GroupError) as refused:
        groups.quiz(PLATFORM, (CHANNEL,))
    assert refused.value.key == "error.round_already"
    # The planned round takes its place at its hour.
    assert kinds(channel.to(local(2, 19))) == {"group_question": 3}
    assert groups.round(asked.round_id).state == "closed"
    groups.stop(PLATFORM, (CHANNEL,), ana.id)
    clock.move(timedelta(days=2))
    channel.to(clock.now())
    with pytest.raises(GroupError) as refused:
        groups.quiz(PLATFORM, (CHANNEL,))
    assert refused.value.key == "error.group_paused"


# What is asked


def test_every_card_is_asked_before_one_comes_again_choices_first(channel: Channel, ana: Learner) -> None:
    channel.start(ana)
    channel.to(local(5, 12))
    assert [channel.groups.round(number).prompt for number in (1, 2, 3)] == [
        "Which function turns scores into weights?",
        "What does attention let every token do?",
        "Which function turns scores into weights?",
    ]


def test_without_a_topic_the_group_is_asked_what_its_members_study(
    channel: Channel, reviews: ReviewLoop, ana: Learner, bo: Learner
) -> None:
    reviews.study(bo.id, "padding.md")
    asked = channel.ask(ana, replace(PLAN, note=None), bo)
    assert asked.title == "Padding"


def test_as_long_as_nobody_studies_anything_the_course_is_asked_in_order(
    channel: Channel, ana: Learner
) -> None:
    channel.start(ana, replace(PLAN, note=None), ana)
    channel.to(local(4, 12))
    assert [channel.groups.round(number).title for number in (1, 2)] == ["Attention", "Padding"]


def test_what_members_missed_returns_sooner(
    channel: Channel, reviews: ReviewLoop, ana: Learner, clock: FrozenClock
) -> None:
    for note in ("attention.md", "padding.md"):
        reviews.study(ana.id, note)
    for _ in range(3):
        asked = reviews.quiz(ana.id, PLATFORM, "dm:ana", "padding")
        reviews.reveal(asked.attempt_id, ana.id)
        reviews.rate(asked.attempt_id, ana.id, 1)
    assert channel.ask(ana, replace(PLAN, note=None), ana).title == "Padding"


# Answers


def test_an_answer_is_taken_unseen_and_may_be_changed_until_the_close(
    channel: Channel, ana: Learner, bo: Learner, cy: Learner
) -> None:
    asked = channel.ask(ana, PLAN, ana, bo)
    first = channel.pick(asked, cy, right=False)
    assert (first.changed, first.is_member, first.last) == (False, False, False)
    again = channel.pick(asked, cy, right=False)
    assert (again.changed, again.attempt_id) == (False, first.attempt_id)
    changed = channel.pick(asked, cy, right=True)
    assert (changed.changed, changed.attempt_id) == (True, first.attempt_id)
    assert changed.round.answers == 1
    with pytest.raises(GroupError) as refused:
        channel.groups.mine(asked.round_id, cy.id)
    assert refused.value.key == "error.round_open"
    with pytest.raises(ReviewError):
        channel.groups.answer(asked.round_id, cy.id, (9,))


def test_everyone_sees_the_choices_in_one_order(channel: Channel, database: Database, meet: Meet) -> None:
    asked = channel.ask(meet("ana"))
    for name in "bcdef":
        channel.pick(asked, meet(name), right=True)
    with database.session() as session:
        options = {str(row.options) for row in session.query(AttemptRow)}
    assert len(options) == 1
    assert {choice.text for choice in asked.choices} == {"Tanh", "Softmax", "Dropout"}


def test_the_question_shows_how_many_answered_without_an_edit_for_each(
    channel: Channel, meet: Meet, clock: FrozenClock
) -> None:
    asked = channel.ask(meet("ana"))
    for name in "bcdefgh":
        channel.pick(asked, meet(name), right=True)
        assert channel.groups.watch.next_due() == clock.now()
    edits = channel.to(clock.now())
    assert [edit.edit_ref is not None for edit in edits] == [True]
    channel.pick(asked, meet("late"), right=False)
    assert channel.to(clock.now()) == []
    clock.move(EDIT_EVERY)
    assert [edit.payload["round"] for edit in channel.to(clock.now())] == [asked.round_id]
    assert channel.groups.round(asked.round_id).answers == 8


def test_news_wait_for_the_question_to_be_out(channel: Channel, ana: Learner, clock: FrozenClock) -> None:
    channel.start(ana)
    clock.set(local(2, 18, 30))
    channel.groups.watch.run()
    (delivery,) = channel.outbox.claim(PLATFORM)
    asked = channel.groups.round(int(delivery.payload["round"]))
    channel.pick(asked, ana, right=True)
    channel.groups.watch.run()
    assert channel.groups.watch.next_due() != clock.now()
    channel.outbox.sent(delivery.id, "m1")
    assert channel.groups.watch.next_due() is not None
    assert [edit.edit_ref for edit in channel.to(clock.now())] == ["m1"]


# The close


def test_the_reveal_comes_at_the_close_with_the_distribution(
    channel: Channel, ana: Learner, bo: Learner, cy: Learner
) -> None:
    asked = channel.ask(ana, PLAN, ana)
    for learner, right in ((bo, True), (cy, False)):
        channel.pick(asked, learner, right)
    posted = channel.to(local(3, 6, 31))
    assert kinds(posted) == {"group_question": 2, "group_reveal": 1}
    shown = channel.groups.round(asked.round_id)
    assert (shown.state, shown.answers, shown.right) == ("closed", 2, 1)
    assert sum(shown.picks) == 2
    assert shown.citation.note == "attention.md"
    with pytest.raises(RoundClosed):
        channel.pick(asked, ana, right=True)


def test_the_round_closes_at_once_when_every_member_has_answered(
    channel: Channel, ana: Learner, bo: Learner, cy: Learner, clock: FrozenClock
) -> None:
    asked = channel.ask(ana, PLAN, ana, bo)
    assert not channel.pick(asked, ana, right=True).last
    assert not channel.pick(asked, cy, right=True).last
    assert channel.pick(asked, bo, right=False).last
    assert kinds(channel.to(clock.now())) == {"group_question": 1, "group_reveal": 1}


def test_one_member_alone_does_not_close_the_round_to_others(
    channel: Channel, ana: Learner, bo: Learner
) -> None:
    asked = channel.ask(ana, PLAN, ana)
    assert not channel.pick(asked, ana, right=True).last
    channel.pick(asked, bo, right=True)


def test_where_nobody_answered_the_question_shows_the_answer_and_nothing_is_posted(
    channel: Channel, ana: Learner
) -> None:
    asked = channel.ask(ana)
    (edit,) = channel.to(local(3, 7))
    assert (edit.kind, edit.edit_ref is not None) == ("group_question", True)
    assert channel.groups.round(asked.round_id).state == "closed"


def test_a_press_after_the_close_is_told_so_even_before_the_reveal_is_out(
    channel: Channel, ana: Learner, clock: FrozenClock
) -> None:
    asked = channel.ask(ana)
    clock.set(local(3, 6, 30))
    with pytest.raises(RoundClosed):
        channel.pick(asked, ana, right=True)


# Silence


def silence(channel: Channel, ana: Learner) -> list[Delivery]:
    """What is posted, edits aside, in two weeks in which nobody answers."""
    channel.start(ana, PLAN, ana)
    return [delivery for delivery in channel.to(local(16, 12)) if delivery.edit_ref is None]


def test_a_group_that_nobody_answers_pauses_after_some_rounds_and_says_so_once(
    channel: Channel, ana: Learner, groups: Groups
) -> None:
    posted = silence(channel, ana)
    assert [one.kind for one in posted] == ["group_question"] * UNANSWERED + ["group_paused"]
    group = groups.at(PLATFORM, [CHANNEL], ana.id)
    assert group is not None
    assert (group.active, group.paused, group.next_at) == (False, True, None)
    assert groups.watch.next_due() is None


def test_a_paused_group_goes_on_from_anew_when_somebody_wants_it(
    channel: Channel, ana: Learner, bo: Learner, groups: Groups
) -> None:
    group_id = silence(channel, ana)[-1].payload["group"]
    for _ in range(2):
        group = groups.resume(group_id, PLATFORM, [CHANNEL], bo.id)
        assert group.active
        assert group.next_at == local(16, 18, 30)
    again = [one.kind for one in channel.to(local(31, 12)) if one.edit_ref is None]
    assert again == ["group_question"] * UNANSWERED + ["group_paused"]


def test_an_answer_now_and_then_keeps_a_group_going(channel: Channel, ana: Learner) -> None:
    asked = channel.ask(ana, PLAN, ana)
    for day in (3, 4, 5, 6, 9, 10, 11, 12):
        if day in (4, 9):
            channel.groups.answer(asked.round_id, ana.id, "Softmax")
        for delivery in channel.to(local(day, 18, 30)):
            if delivery.kind == "group_question" and delivery.edit_ref is None:
                asked = channel.groups.round(delivery.payload["round"])
    assert asked.closes_at > local(12, 18, 30), "it is still asked"


def test_a_group_that_an_admin_stopped_is_not_begun_by_the_button(
    channel: Channel, ana: Learner, groups: Groups
) -> None:
    group_id = silence(channel, ana)[-1].payload["group"]
    with pytest.raises(NoGroup):
        groups.resume(group_id, PLATFORM, ["channel:elsewhere"], ana.id)
    groups.stop(PLATFORM, [CHANNEL], ana.id)
    with pytest.raises(GroupError):
        groups.resume(group_id, PLATFORM, [CHANNEL], ana.id)
    assert groups.start(PLATFORM, CHANNEL, SERVER, PLAN, ana.id).active


# Grading


def upcoming(reviews: ReviewLoop, learner: Learner) -> list[tuple[str, int]]:
    return [(review.note, review.due_at.day) for review in reviews.upcoming(learner.id)]


def test_for_a_member_who_never_studied_the_note_a_ladder_begins(
    channel: Channel, reviews: ReviewLoop, ana: Learner, bo: Learner
) -> None:
    asked = channel.ask(ana, PLAN, ana, bo)
    channel.pick(asked, ana, right=True)
    channel.to(local(3, 7))
    assert upcoming(reviews, ana) == [("attention.md", day) for day in (4, 6, 10, 3)]
    assert upcoming(reviews, bo) == []
    mine = channel.groups.mine(asked.round_id, ana.id)
    assert (mine.right, mine.rating) == (True, 3)


def test_a_wrong_choice_comes_again_tomorrow_beside_the_ladder(
    channel: Channel, reviews: ReviewLoop, ana: Learner, clock: FrozenClock
) -> None:
    asked = channel.ask(ana, PLAN, ana)
    channel.pick(asked, ana, right=False)
    channel.to(local(3, 7))
    assert channel.groups.mine(asked.round_id, ana.id).rating == 1
    assert sorted(day for _, day in upcoming(reviews, ana)) == [3, 4, 4, 6, 10]
    clock.set(local(4, 18))
    assert reviews.deliver_due() == 1, "both in one session"
    due = [reviews.ask(ana.id, one.review_id, PLATFORM, "dm:ana") for one in reviews.due(ana.id)]
    (missed,) = [one for one in due if one.again]
    assert (missed.prompt, missed.step, missed.interval) == (asked.prompt, None, "1d")
    assert [one.step for one in due if not one.again] == [0]


def test_with_a_study_the_answer_is_practice_and_leaves_the_ladder_alone(
    channel: Channel, reviews: ReviewLoop, ana: Learner
) -> None:
    reviews.study(ana.id, "attention.md")
    before = upcoming(reviews, ana)
    asked = channel.ask(ana, PLAN, ana)
    channel.pick(asked, ana, right=True)
    channel.to(local(3, 7))
    assert upcoming(reviews, ana) == before
    topic = reviews.progress(ana.id).topics[0]
    assert (topic.step, topic.steps) == (0, 4)
    assert reviews.progress(ana.id).right_share == 1.0


def test_correcting_the_rating_takes_the_repeat_away_and_brings_it(
    channel: Channel, reviews: ReviewLoop, ana: Learner
) -> None:
    reviews.study(ana.id, "attention.md")
    asked = channel.ask(ana, PLAN, ana)
    channel.pick(asked, ana, right=False)
    channel.to(local(3, 7))
    attempt = channel.groups.mine(asked.round_id, ana.id).attempt_id
    assert len(reviews.upcoming(ana.id)) == 5
    assert reviews.rate(attempt, ana.id, 3).again_due is None
    assert len(reviews.upcoming(ana.id)) == 4
    assert reviews.rate(attempt, ana.id, 1).again_due is not None
    assert len(reviews.upcoming(ana.id)) == 5


def test_who_stopped_a_note_or_is_no_member_gets_no_reviews_from_it(
    channel: Channel, reviews: ReviewLoop, ana: Learner, bo: Learner
) -> None:
    reviews.study(ana.id, "attention.md")
    reviews.stop(ana.id, "attention.md")
    asked = channel.ask(ana, PLAN, ana)
    channel.pick(asked, ana, right=False)
    channel.pick(asked, bo, right=False)
    channel.to(local(3, 7))
    assert upcoming(reviews, ana) == upcoming(reviews, bo) == []
    assert channel.groups.mine(asked.round_id, bo.id).rating == 1


def test_an_answer_in_words_is_rated_by_its_learner_and_the_reveal_follows(
    channel: Channel, reviews: ReviewLoop, ana: Learner, bo: Learner, clock: FrozenClock
) -> None:
    asked = channel.ask(ana, free(), ana, bo)
    assert asked.choices == ()
    channel.groups.answer(asked.round_id, ana.id, "so that they are of one length")
    channel.groups.answer(asked.round_id, bo.id, "no idea")
    (_, reveal) = channel.to(clock.now())
    assert reveal.kind == "group_reveal"
    clock.move(timedelta(hours=1))
    for learner, rating in ((ana, 4), (bo, 1)):
        mine = channel.groups.mine(asked.round_id, learner.id)
        assert (mine.response is not None, mine.rating) == (True, None)
        reviews.rate(mine.attempt_id, learner.id, rating)
        channel.groups.rated(mine.attempt_id)
    assert channel.groups.round(asked.round_id).ratings == (1, 0, 0, 1)
    (edit,) = channel.to(clock.now())
    assert (edit.kind, edit.edit_ref) == ("group_reveal", f"m{reveal.id}")
    assert sorted(day for _, day in upcoming(reviews, bo)) == [2, 3, 3, 5, 9]


def test_who_did_not_answer_has_nothing_to_rate(channel: Channel, ana: Learner, bo: Learner) -> None:
    asked = channel.ask(ana, PLAN, ana)
    channel.pick(asked, ana, right=True)
    channel.to(local(3, 7))
    with pytest.raises(GroupError) as refused:
        channel.groups.mine(asked.round_id, bo.id)
    assert refused.value.key == "error.round_unanswered"


# Downtime and trouble


@pytest.mark.parametrize(
    ("back", "asked", "late"),
    [
        (local(2, 18, 35), 1, False),
        (local(2, 23, 0), 1, True),
        (local(3, 1, 0), 0, False),
        (local(5, 20, 0), 1, True),
        (local(8, 12, 0), 0, False),
    ],
)
def test_after_a_downtime_a_round_comes_late_once_on_its_own_day_or_not_at_all(
    channel: Channel, ana: Learner, clock: FrozenClock, back: datetime, asked: int, late: bool
) -> None:
    channel.start(ana)
    clock.set(back)
    for _ in range(3):
        channel.groups.watch.run()
    posted = channel.fetch()
    assert len(posted) == asked
    if posted:
        assert channel.groups.round(int(posted[0].payload["round"])).late is late
    due = channel.groups.watch.next_due()
    assert due is not None
    assert due > clock.now()


def test_a_close_that_was_missed_comes_late(channel: Channel, ana: Learner, clock: FrozenClock) -> None:
    asked = channel.ask(ana, PLAN, ana)
    channel.pick(asked, ana, right=True)
    clock.set(local(7, 12))
    channel.groups.watch.run()
    assert kinds(channel.fetch())["group_reveal"] == 1


def test_a_question_that_could_not_go_out_before_the_close_is_dropped(
    channel: Channel, ana: Learner, clock: FrozenClock
) -> None:
    channel.start(ana)
    clock.set(local(2, 18, 30))
    channel.groups.watch.run()
    clock.set(local(3, 8))
    channel.groups.watch.run()
    assert channel.fetch() == []
    assert channel.groups.round(1).state == "dropped"


def test_a_channel_that_refuses_every_question_is_not_asked_for_ever(
    channel: Channel, ana: Learner, database: Database, outbox: Outbox, clock: FrozenClock
) -> None:
    channel.start(ana)
    tried = 0
    for day in range(2, 14):
        clock.set(local(day, 18, 30))
        channel.groups.watch.run()
        for delivery in outbox.claim(PLATFORM):
            outbox.failed(delivery.id, "no permission", None)
            tried += 1
    assert tried == REFUSED
    with database.session() as session:
        assert [row.state for row in session.query(GroupRow)] == ["stopped"]


def test_a_group_of_a_course_that_is_not_served_here_waits(
    channel: Channel, ana: Learner, clock: FrozenClock
) -> None:
    channel.start(ana)
    elsewhere = Groups(channel.groups._database, channel.outbox, clock, lambda _: None)
    clock.set(local(2, 18, 30))
    assert elsewhere.watch.run() == 0
    assert elsewhere.watch.next_due() == clock.now() + ELSEWHERE
    clock.move(ELSEWHERE)
    assert channel.groups.watch.run() == 1


def test_an_answer_in_a_course_that_is_not_served_here_is_graded_where_it_is(
    channel: Channel, reviews: ReviewLoop, ana: Learner, clock: FrozenClock
) -> None:
    asked = channel.ask(ana, PLAN, ana)
    channel.pick(asked, ana, right=True)
    clock.set(asked.closes_at)
    elsewhere = Groups(channel.groups._database, channel.outbox, clock, lambda _: None)
    elsewhere.watch.run()
    assert reviews.upcoming(ana.id) == []
    channel.to(clock.now() + ELSEWHERE)
    assert len(reviews.upcoming(ana.id)) == 4


def test_a_group_that_can_not_be_asked_keeps_no_other_waiting(
    channel: Channel, ana: Learner, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.start(ana)
    channel.groups.start(PLATFORM, "channel:8", SERVER, PLAN, ana.id)
    pick = channel.groups._picking.pick

    def broken(group_id: int) -> int | None:
        if group_id == 1:
            raise RuntimeError("broken row")
        return pick(group_id)

    monkeypatch.setattr(channel.groups._picking, "pick", broken)
    clock.set(local(2, 18, 30))
    assert channel.groups.watch.run() == 1
    due = channel.groups.watch.next_due()
    assert due is not None
    assert due > clock.now()
    monkeypatch.undo()
    clock.set(due)
    assert channel.groups.watch.run() == 1


# Servers


def test_when_the_server_is_left_its_groups_stop_and_nothing_more_is_posted(
    channel: Channel, reviews: ReviewLoop, database: Database, ana: Learner, bo: Learner, clock: FrozenClock
) -> None:
    asked = channel.ask(ana, PLAN, ana, bo)
    channel.groups.start(PLATFORM, "channel:9", "guild:2", PLAN, ana.id)
    channel.pick(asked, ana, right=True)
    with database.session() as session:
        channel.groups.stop_space(session, PLATFORM, SERVER)
    posted = channel.to(local(3, 20))
    assert {delivery.place for delivery in posted} == {"channel:9"}
    assert len(reviews.upcoming(ana.id)) + len(reviews.due(ana.id)) == 4
    assert channel.groups.mine(asked.round_id, ana.id).right


def test_what_belonged_to_a_server_is_deleted_and_the_learners_keep_their_answers(
    channel: Channel, database: Database, ana: Learner
) -> None:
    asked = channel.ask(ana, PLAN, ana)
    channel.pick(asked, ana, right=True)
    channel.to(local(3, 7))
    with database.session() as session:
        channel.groups.stop_space(session, PLATFORM, SERVER)
        channel.groups.drop_space(session, PLATFORM, SERVER)
    with database.session() as session:
        assert [session.query(table).count() for table in (GroupRow, RoundRow, AnswerRow)] == [0, 0, 0]
        assert session.query(AttemptRow).count() == 1
        assert session.query(ReviewRow).count() == 5
        assert session.query(OutboundRow).filter_by(state="waiting").count() == 0
    assert asked.course == COURSE
