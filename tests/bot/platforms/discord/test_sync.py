"""When the commands are registered anew."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bot.platforms.discord.commands import application_commands
from bot.platforms.discord.sync import Changes, canonical, changes


def as_discord_has_it(command: dict[str, Any]) -> dict[str, Any]:
    """What Discord answers for a registered command: more than it was given, and other forms of the same."""
    kept = {
        "id": "1",
        "application_id": "2",
        "version": "3",
        "default_member_permissions": None,
        "default_permission": True,
        "dm_permission": True,
        "nsfw": False,
        "name_localizations": None,
        "description": "",
        "description_localizations": None,
        **copy.deepcopy(command),
    }
    if kept["default_member_permissions"] is not None:
        kept["default_member_permissions"] = str(kept["default_member_permissions"])
    kept["contexts"] = list(reversed(kept["contexts"]))
    options = kept.pop("options", [])
    for option in options:
        if not option.get("required"):
            option.pop("required", None)
        if not option.get("autocomplete"):
            option.pop("autocomplete", None)
        option["name_localized"] = "x"
    return {**kept, "options": options} if options else kept


def test_what_is_registered_already_is_left_alone() -> None:
    wanted = application_commands()
    assert not changes([as_discord_has_it(each) for each in wanted], wanted)
    assert not changes([as_discord_has_it(each) for each in reversed(wanted)], wanted)


def test_a_first_registration_is_all_new() -> None:
    found = changes([], application_commands())
    assert "/ask" in found.added
    assert "message: Ask about this" in found.added
    assert (found.changed, found.removed) == ((), ())


@pytest.mark.parametrize(
    "alter",
    [
        lambda ask: ask.update(description="Something else"),
        lambda ask: ask["description_localizations"].update(bg="Друго"),
        lambda ask: ask["options"][0]["name_localizations"].pop("zh-CN"),
        lambda ask: ask["options"].pop(),
        lambda ask: ask["options"].reverse(),
        lambda ask: ask["options"][0].update(required=False),
        lambda ask: ask["options"][1]["choices"].pop(),
        lambda ask: ask.update(contexts=[0]),
        lambda ask: ask.update(default_member_permissions="32"),
        lambda ask: ask.update(nsfw=True),
    ],
)
def test_any_difference_that_a_person_would_notice_counts(alter: Any) -> None:
    wanted = application_commands()
    have = [as_discord_has_it(each) for each in wanted]
    alter(next(each for each in have if each["name"] == "ask"))
    assert changes(have, wanted) == Changes(changed=("/ask",))


def test_what_is_no_longer_ours_goes_and_what_discord_made_itself_stays() -> None:
    wanted = application_commands()
    have = [as_discord_has_it(each) for each in wanted]
    have.append({"id": "9", "type": 1, "name": "old", "description": "Old"})
    have.append({"id": "10", "type": 4, "name": "launch", "description": ""})
    assert changes(have, wanted) == Changes(removed=("/old",))


def test_the_same_name_may_stand_in_two_menus() -> None:
    both = [{"type": 2, "name": "Ask"}, {"type": 3, "name": "Ask"}]
    assert changes(both[:1], both).added == ("message: Ask",)


def test_the_canonical_form_is_one() -> None:
    for command in application_commands():
        assert canonical(command) == canonical(as_discord_has_it(command))
