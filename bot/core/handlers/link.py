"""`/link`: several accounts of one person become one learner, by a code that is entered on the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import catalogue
from bot.core.context import Context, action_id, number
from bot.core.errors import CommandError
from bot.core.reply import Action, Reply, Table
from bot.core.turn import Line
from jobs.linking.service import VALID

if TYPE_CHECKING:
    from jobs.linking.service import Account


def link(context: Context, arguments: Mapping[str, str]) -> Reply:
    """With a code, makes this account one with whoever made it; without, shows a code and what is linked."""
    linking, turn = context.services.linking, context.turn
    code = arguments.get("code", "").strip()
    if code:
        linked = linking.redeem(context.learner.id, turn.platform, turn.person.external_id, code)
        context.services.planned()
        parts = [context.say("link.done")]
        if linked.stopped:
            parts.append(context.say("link.stopped", count=linked.stopped))
        accounts = linking.accounts(linked.learner_id)
        return replace(_listed(context, accounts, *parts), tone="success")
    if turn.shared and isinstance(turn.did, Line):
        # What is typed among others is answered among others, and a code is for one person's eyes.
        raise CommandError("error.link_shared")
    shown = linking.make_code(context.learner.id, turn.platform, turn.person.external_id)
    minutes = int(VALID.total_seconds()) // 60
    return _listed(
        context,
        linking.accounts(context.learner.id),
        context.say("link.code", code=shown),
        context.say("link.how", command=f"/link {shown}", minutes=minutes),
        context.say("link.care"),
    )


def unlink(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Asks whether that account is to be on its own again; pressed once more, it is."""
    linking = context.services.linking
    wanted = number(arguments, "account")
    names = _names(context, linking.accounts(context.learner.id))
    if wanted in names and "sure" not in arguments:
        return Reply(
            context.say("link.sure", account=names[wanted]),
            actions=(
                Action(
                    action_id("unlink", account=wanted, sure=1),
                    context.label("action.unlink_sure"),
                    "danger",
                    group="unlink",
                ),
            ),
            private=True,
            language=context.voice.language,
        )
    linking.unlink(context.learner.id, wanted)
    context.services.planned()
    return context.reply("link.undone", tone="success", private=True, account=names[wanted])


def _listed(context: Context, accounts: tuple[Account, ...], *parts: str) -> Reply:
    """What is said, above the accounts and a button to part each of them."""
    now, turn = context.services.clock.now(), context.turn
    here = (turn.platform, turn.person.external_id)
    names = _names(context, accounts)
    lead = context.say("link.linked" if len(accounts) > 1 else "link.none")
    actions: tuple[Action, ...] = ()
    table: Table | None = None
    if len(accounts) > 1:
        table = Table(
            (context.label("link.account"), context.label("link.seen")),
            tuple(
                (
                    names[one.id],
                    context.label("link.here")
                    if (one.platform, one.external_id) == here
                    else context.voice.moment(one.seen_at, now),
                )
                for one in accounts
            ),
        )
        actions = tuple(
            Action(
                action_id("unlink", account=one.id),
                context.label("action.unlink", account=names[one.id]),
                group="unlink",
            )
            for one in accounts
        )
    return Reply(
        "\n\n".join((*parts, lead)),
        table=table,
        actions=actions,
        private=True,
        language=context.voice.language,
    )


def _names(context: Context, accounts: tuple[Account, ...]) -> dict[int, str]:
    """What each account is called, by its id; those that would be called the same are numbered."""
    plain = {one.id: _name(context, one) for one in sorted(accounts, key=lambda one: one.id)}
    alike = Counter(plain.values())
    seen: Counter[str] = Counter()
    named = {}
    for account_id, name in plain.items():
        seen[name] += 1
        named[account_id] = f"{name} {seen[name]}" if alike[name] > 1 else name
    return named


def _name(context: Context, account: Account) -> str:
    key = f"platform.{account.platform}"
    platform = context.label(key) if catalogue.has(key) else account.platform.capitalize()
    # Not everywhere do people have a name of their own: the web chat calls everyone "You".
    named = account.name and account.platform not in ("web", "terminal")
    return f"{platform} ({account.name})" if named else platform
