"""A code makes one learner of two; what can go wrong has a sentence of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs.errors import LearnerError, LinkError
from jobs.linking.service import CODES, CODES_WINDOW, GUESSES, VALID, Linking
from jobs.people import Learner, People
from jobs.people_tables import LinkCodeRow, LinkGuessRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock


def refused(linking: Linking, learner: Learner, code: str, where: tuple[str, str] = ("discord", "77")) -> str:
    with pytest.raises(LinkError) as error:
        linking.redeem(learner.id, *where, code)
    return error.value.key


def test_a_code_makes_one_learner_with_the_settings_of_who_made_it(
    linking: Linking, people: People, web: Learner, discord: Learner
) -> None:
    people.change(web.id, language="bg", review_hour=7)
    linked = linking.redeem(discord.id, "discord", "77", linking.make_code(web.id, "web", "cookie"))
    assert linked.learner_id == web.id
    one = people.meet("discord", "77", "ana", "channel:5", "Asia/Tokyo", "en", "dm:77")
    assert one.id == people.meet("web", "cookie", "You", "page").id == web.id
    assert (one.language, one.review_hour, one.zone) == ("bg", 7, "Europe/Sofia")
    assert {account.platform for account in linking.accounts(web.id)} == {"web", "discord"}
    with pytest.raises(LearnerError):
        people.learner(discord.id)


def test_a_code_works_once(linking: Linking, people: People, web: Learner, discord: Learner) -> None:
    code = linking.make_code(web.id, "web", "cookie")
    linking.redeem(discord.id, "discord", "77", code)
    other = people.meet("discord", "78", "bo", "channel:5", inbox="dm:78")
    assert refused(linking, other, code, ("discord", "78")) == "error.link_expired"


def test_a_code_holds_ten_minutes(
    linking: Linking, web: Learner, discord: Learner, clock: FrozenClock
) -> None:
    code = linking.make_code(web.id, "web", "cookie")
    clock.move(VALID)
    assert refused(linking, discord, code) == "error.link_expired"


def test_a_new_code_replaces_the_one_before(linking: Linking, web: Learner, discord: Learner) -> None:
    first = linking.make_code(web.id, "web", "cookie")
    second = linking.make_code(web.id, "web", "cookie")
    assert refused(linking, discord, first) == "error.link_expired"
    assert linking.redeem(discord.id, "discord", "77", second).learner_id == web.id


def test_a_wrong_code_is_unknown(linking: Linking, discord: Learner) -> None:
    for code in ("ABCD-EFGH", "hello", ""):
        assert refused(linking, discord, code) == "error.link_unknown"


def test_one_s_own_code_and_accounts_already_linked_are_told_apart(
    linking: Linking, web: Learner, discord: Learner
) -> None:
    code = linking.make_code(web.id, "web", "cookie")
    assert refused(linking, web, code, ("web", "cookie")) == "error.link_own"
    linking.redeem(discord.id, "discord", "77", code)
    again = linking.make_code(web.id, "web", "cookie")
    assert refused(linking, web, again, ("discord", "77")) == "error.link_already"


def test_codes_of_both_sides_are_one_link(linking: Linking, web: Learner, discord: Learner) -> None:
    of_web = linking.make_code(web.id, "web", "cookie")
    of_discord = linking.make_code(discord.id, "discord", "77")
    assert linking.redeem(discord.id, "discord", "77", of_web).learner_id == web.id
    assert refused(linking, web, of_discord, ("web", "cookie")) == "error.link_already"
    # A turn that began before the link still carries the learner that is gone.
    assert refused(linking, discord, of_web) == "error.link_already"


def test_guessing_is_stopped_and_goes_on_later(
    linking: Linking, web: Learner, discord: Learner, clock: FrozenClock, database: Database
) -> None:
    code = linking.make_code(web.id, "web", "cookie")
    for _ in range(GUESSES):
        assert refused(linking, discord, "ABCD-EFGH") == "error.link_unknown"
        clock.move(timedelta(minutes=1))
    with pytest.raises(LinkError) as error:
        linking.redeem(discord.id, "discord", "77", code)
    assert (error.value.key, error.value.params) == ("error.link_guesses", {"count": 5})
    with database.session() as session:
        assert len(session.scalars(select(LinkGuessRow)).all()) == GUESSES, "waiting costs nothing more"
    clock.move(timedelta(minutes=5))
    code = linking.make_code(web.id, "web", "cookie")
    assert linking.redeem(discord.id, "discord", "77", code).learner_id == web.id


def test_making_codes_is_limited(linking: Linking, web: Learner, clock: FrozenClock) -> None:
    for _ in range(CODES):
        linking.make_code(web.id, "web", "cookie")
    with pytest.raises(LinkError) as error:
        linking.make_code(web.id, "web", "cookie")
    assert (error.value.key, error.value.params) == ("error.link_codes", {"count": 60})
    clock.move(CODES_WINDOW)
    linking.make_code(web.id, "web", "cookie")


def test_codes_are_kept_as_digests_and_not_for_long(
    linking: Linking, web: Learner, discord: Learner, database: Database, clock: FrozenClock
) -> None:
    code = linking.make_code(web.id, "web", "cookie")
    refused(linking, discord, "ABCD-EFGH")
    with database.session() as session:
        kept = session.scalars(select(LinkCodeRow)).one()
        assert code.replace("-", "") not in kept.digest
    clock.move(timedelta(days=1, seconds=1))
    linking.prune()
    with database.session() as session:
        assert session.scalars(select(LinkCodeRow)).all() == []
        assert session.scalars(select(LinkGuessRow)).all() == []


def test_an_unlinked_account_begins_afresh_with_the_same_settings(
    linking: Linking, people: People, web: Learner, discord: Learner
) -> None:
    linking.redeem(discord.id, "discord", "77", linking.make_code(web.id, "web", "cookie"))
    people.change(web.id, review_hour=6)
    account = next(one for one in linking.accounts(web.id) if one.platform == "discord")
    assert linking.unlink(web.id, account.id).name == "ana"
    fresh = people.meet("discord", "77", "ana", "channel:5", inbox="dm:77")
    assert fresh.id not in (web.id, discord.id), "the id of a learner who is gone is never used again"
    assert (fresh.zone, fresh.review_hour) == ("Europe/Sofia", 6)
    assert [one.platform for one in linking.accounts(web.id)] == ["web"]
    linking.redeem(fresh.id, "discord", "77", linking.make_code(web.id, "web", "cookie"))
    assert len(linking.accounts(web.id)) == 2


def test_the_only_account_and_somebody_else_s_can_t_be_unlinked(
    linking: Linking, web: Learner, discord: Learner
) -> None:
    only = linking.accounts(web.id)[0]
    with pytest.raises(LinkError) as error:
        linking.unlink(web.id, only.id)
    assert error.value.key == "error.link_only"
    with pytest.raises(LinkError) as error:
        linking.unlink(discord.id, only.id)
    assert error.value.key == "error.link_account"
