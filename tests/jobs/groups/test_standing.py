"""A group's figures, and the names of those who agreed: nothing tells who was wrong."""

from __future__ import annotations

import pytest

from jobs.errors import GroupError, NoGroup
from jobs.groups.service import Groups
from jobs.groups.standing import LEAST
from jobs.people import Learner
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
