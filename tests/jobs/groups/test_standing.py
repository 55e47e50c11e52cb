"""A group's figures, and the names of those who agreed: nothing tells who was wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from jobs.errors import GroupError, NoGroup
from jobs.groups.records import Round
from jobs.groups.service import Groups
from jobs.groups.standing import LEAST
from jobs.groups.tables import RoundRow
from jobs.people import Learner
from jobs.tables import AttemptRow, CardRow
from knowledge.store import Database
from tests.jobs.groups.conftest import CHANNEL, PLAN, PLATFORM, Channel, Meet, free, local


@pytest.fixture
def people(meet: Meet) -> list[Learner]:
    return [meet(name) for name in ("ana", "bo", "cy", "di", "eve")]


def test_figures_wait_until_enough_people_have_answered(
    channel: Channel, groups: Groups, people: list[Learner]
) -> None:
    asked = channel.ask(people[0], PLAN, *people)
    for learner in people[: LEAST - 1]:
        channel.pick(asked, learner, right=True)
    channel.to(local(3, 7))
    standing = groups.standing(PLATFORM, [CHANNEL])
    assert (standing.members, standing.rounds) == (5, 1)
    assert standing.all is None
    assert standing.topics == standing.sections == ()
    assert not any(week.answers for week in standing.weeks)


def test_with_enough_people_the_weakest_sections_are_told_with_their_share(
    channel: Channel, groups: Groups, people: list[Learner]
) -> None:
    asked = channel.ask(people[0], PLAN, *people)
    for learner in people[:LEAST]:
        channel.pick(asked, learner, right=learner is people[0])
    channel.to(local(3, 7))
    standing = groups.standing(PLATFORM, [CHANNEL])
    assert standing.all is not None
    assert (standing.all.answers, standing.all.right) == (LEAST, 1)
    assert [(one.title, one.share) for one in standing.topics] == [("Attention", 1 / LEAST)]
    assert len(standing.sections) == 1
    assert [(week.right, week.answers) for week in standing.weeks][-1] == (1, LEAST)


def test_a_question_answered_but_not_rated_counts_as_answered(
    channel: Channel, groups: Groups, people: list[Learner]
) -> None:
    asked = channel.ask(people[0], free(), *people)
    for learner in people[:LEAST]:
        groups.answer(asked.round_id, learner.id, "so")
    channel.to(local(3, 7))
    standing = groups.standing(PLATFORM, [CHANNEL])
    assert (standing.rounds, standing.all) == (1, None)


def test_an_open_question_is_in_no_figure(channel: Channel, groups: Groups, people: list[Learner]) -> None:
    asked = channel.ask(people[0], PLAN, *people)
    for learner in people[:LEAST]:
        channel.pick(asked, learner, right=True)
    assert groups.standing(PLATFORM, [CHANNEL]).rounds == 0


def test_a_place_without_a_group_has_no_standing(groups: Groups) -> None:
    with pytest.raises(NoGroup):
        groups.standing(PLATFORM, ["channel:none"])


def test_only_who_agreed_and_was_right_is_named_and_only_after_the_close(
    channel: Channel, groups: Groups, people: list[Learner]
) -> None:
    ana, bo, cy, di, _ = people
    asked = channel.ask(ana, PLAN, *people)
    for learner in (ana, cy):
        assert groups.name(asked.group_id, learner.id, named=True).is_named
    for learner, right in ((ana, True), (bo, True), (cy, False), (di, False)):
        channel.pick(asked, learner, right)
    assert groups.round(asked.round_id).named == ()
    channel.to(local(3, 7))
    assert groups.round(asked.round_id).named == ("ana",)
    groups.name(asked.group_id, ana.id, named=False)
    assert groups.round(asked.round_id).named == ()


def test_who_does_not_belong_to_the_group_can_not_be_named_in_it(
    channel: Channel, groups: Groups, people: list[Learner]
) -> None:
    asked = channel.ask(people[0], PLAN, people[0])
    with pytest.raises(GroupError, match="group_not_member"):
        groups.name(asked.group_id, people[1].id, named=True)


def gap(channel: Channel, database: Database, people: list[Learner]) -> Round:
    """An open question with a gap, whose word is *sentences*."""
    asked = channel.ask(people[0], free(), *people)
    with database.session() as session:
        row = session.get_one(CardRow, session.get_one(RoundRow, asked.round_id).card_id)
        row.origin, row.expected = "cloze", ["sentences"]
        row.prompt = "Padding fills up the shorter _____ of a batch."
    return asked


def test_answers_in_words_are_counted_by_their_verdicts_once_the_round_is_closed(
    channel: Channel, people: list[Learner]
) -> None:
    asked = channel.ask(people[0], free(), *people)
    padding = "Padding fills up the shorter sentences of a batch so that all have the same length in tokens"
    for learner, said in zip(people, (padding, padding, "no idea", "It is a kind of soup", "?"), strict=True):
        channel.groups.answer(asked.round_id, learner.id, said)
    assert channel.groups.round(asked.round_id).verdicts == (0, 0, 0), "nobody is told before the close"
    channel.to(local(3, 7))
    closed = channel.groups.round(asked.round_id)
    assert closed.verdicts[0] == 2
    assert 2 <= closed.verdicts[1] + closed.verdicts[2] <= 3
    assert (closed.expected, closed.common) == ((), ()), "of free answers none is repeated to all"
    judged = channel.groups.mine(asked.round_id, people[0].id).judged
    assert judged is not None
    assert judged.verdict == "right"


def test_of_a_gap_only_what_several_typed_is_told(
    channel: Channel, database: Database, people: list[Learner]
) -> None:
    asked = gap(channel, database, people)
    for learner, said in zip(people, ("Sentences", "sentence", "rows", " ROWS", "tokens"), strict=True):
        channel.groups.answer(asked.round_id, learner.id, said)
    assert channel.groups.round(asked.round_id).common == ()
    channel.to(local(3, 7))
    closed = channel.groups.round(asked.round_id)
    assert closed.verdicts == (2, 0, 3)
    assert closed.common == (("rows", 2), ("sentences", 2))
    assert closed.expected == ("sentences",)


def test_a_changed_answer_takes_its_verdict_with_it(
    channel: Channel, database: Database, people: list[Learner]
) -> None:
    asked = gap(channel, database, people)
    for said in ("sentences", "rows"):
        channel.groups.answer(asked.round_id, people[0].id, said)
    channel.to(local(3, 7))
    assert channel.groups.round(asked.round_id).verdicts == (0, 0, 1)
    assert channel.groups.mine(asked.round_id, people[0].id).proposed == 1


def test_what_filled_a_gap_before_answers_were_judged_is_counted_all_the_same(
    channel: Channel, database: Database, people: list[Learner]
) -> None:
    asked = gap(channel, database, people)
    for learner, said in zip(people, ("sentences", "rows"), strict=False):
        channel.groups.answer(asked.round_id, learner.id, said)
    with database.session() as session:
        session.execute(update(AttemptRow).values(verdict=None, judged=None))
    channel.to(local(3, 7))
    assert channel.groups.round(asked.round_id).verdicts == (1, 0, 1)
