"""Work waits while things arrive, and only then."""

from __future__ import annotations

import asyncio

from bot.platforms.slack.inbound.lull import Lull


def test_a_few_wait_for_nothing() -> None:
    async def main() -> None:
        lull = Lull(few=3, moment=3600)
        for _ in range(3):
            lull.heard()
        await lull.over()

    asyncio.run(asyncio.wait_for(main(), 5))


def test_many_wait_together_until_nothing_arrives_any_more() -> None:
    async def main() -> None:
        lull = Lull(few=3, moment=0.001, patience=3600)
        for _ in range(100):
            lull.heard()
        await asyncio.gather(*(lull.over() for _ in range(100)))

    asyncio.run(asyncio.wait_for(main(), 5))


def test_work_goes_on_even_where_things_never_stop_arriving() -> None:
    async def main() -> None:
        lull = Lull(few=3, moment=3600, patience=0.001)
        for _ in range(4):
            lull.heard()
        await lull.over()
        lull.close()

    asyncio.run(asyncio.wait_for(main(), 5))
