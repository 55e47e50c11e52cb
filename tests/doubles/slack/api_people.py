"""users.*, usergroups.*, team.info, bots.info, auth.test and reactions.add."""

from __future__ import annotations

from tests.doubles.slack import wire
from tests.doubles.slack.access import known
from tests.doubles.slack.api_places import paged, truthy
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError
from tests.doubles.slack.routing import method
from tests.doubles.slack.world import Json


@method("auth.test")
def auth_test(desk: Desk, request: Request) -> Json:
    team = request.team
    answer: Json = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": team.bot.name,
        "team_id": team.id,
        "user_id": team.bot.id,
        "bot_id": team.bot.bot_id,
        "is_enterprise_install": False,
    }
    assert request.token is not None
    if request.token.expires is not None:
        left = request.token.expires - desk.world.clock.now()
        answer["expires_in"] = int(left.total_seconds())
    return answer


@method("bots.info", "users:read")
def bots_info(desk: Desk, request: Request) -> Json:
    bot = request.team.bot
    if request.args.get("bot") not in (None, "", bot.bot_id):
        raise ApiError("bot_not_found")
    return {
        "bot": {
            "id": bot.bot_id,
            "deleted": False,
            "name": bot.name,
            "updated": 0,
            "app_id": desk.app.id,
            "user_id": bot.id,
            "icons": wire.ICONS,
        }
    }


@method("users.info", "users:read")
def users_info(desk: Desk, request: Request) -> Json:
    user = desk.world.users.get(str(request.args.get("user")))
    if user is None or user.team is not request.team:
        raise ApiError("user_not_found")
    locale = truthy(request.args.get("include_locale"))
    return {"user": wire.user(user, desk.world.clock.now(), locale=locale)}


@method("users.list", "users:read")
def users_list(desk: Desk, request: Request) -> Json:
    now = desk.world.clock.now()
    locale = truthy(request.args.get("include_locale"))
    there = [each for each in desk.world.users.values() if each.team is request.team]
    page, cursor = paged(there, request)
    return {
        "members": [wire.user(each, now, locale=locale) for each in page],
        "cache_ts": wire.seconds(now),
        "response_metadata": {"next_cursor": cursor},
    }


@method("usergroups.users.list", "usergroups:read")
def usergroup(desk: Desk, request: Request) -> Json:
    people = request.team.usergroups.get(str(request.args.get("usergroup")))
    if people is None:
        raise ApiError("no_such_subteam")
    return {"users": [each.id for each in people]}


@method("team.info", "team:read")
def team_info(desk: Desk, request: Request) -> Json:
    asked = request.args.get("team")
    if asked and asked != request.team.id:
        raise ApiError("team_not_found")
    return {"team": wire.team(request.team)}


@method("reactions.add", "reactions:write")
def react(desk: Desk, request: Request) -> Json:
    channel = known(desk, request, str(request.args.get("channel") or ""))
    message = desk.world.message(channel.id, str(request.args.get("timestamp") or ""))
    if message is None:
        raise ApiError("message_not_found")
    people = message.reactions.setdefault(str(request.args.get("name")), [])
    if request.team.bot in people:
        raise ApiError("already_reacted")
    people.append(request.team.bot)
    desk.world.changed()
    return {}
